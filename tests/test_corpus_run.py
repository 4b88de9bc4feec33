"""A corpus as a data set: what comes of it, whatever happens meanwhile."""

from __future__ import annotations

import random
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from attrs import evolve
from pyarrow import parquet

from compose import Annual
from gouji import imprint
from gouji.corpus import dataset, sample
from gouji.corpus.batches import MOST, Batch, batches
from gouji.corpus.run import Job, run_here
from gouji.corpus.tables import COLUMNS, opened
from gouji.corpus.walk import Item, walk
from gouji.corpus.worker import Setup
from gouji.errors import GoujiError, ReadError
from gouji.pipeline import Engine

REPORTS = 160
LOSSY = Path(__file__).parent / "lossy"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.fixture(scope="module")
def corpus(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Composed reports; one in four has a planted error."""
    folder = tmp_path_factory.mktemp("corpus")
    sample.write(sample.Composer(engine, seed=5, share=0.25), REPORTS, folder)
    return folder


@pytest.fixture(scope="module")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set of the corpus."""
    out = tmp_path_factory.mktemp("out")
    done(corpus, out)
    return out


def done(corpus: Path, out: Path, processes: int = 2, **limits: Any) -> Job:
    """Run a job to its end."""
    job = Job([str(corpus)], Setup(str(out), **limits))
    job.begin()
    run_here(job, processes)
    job.end()
    return job


def content(out: Path) -> dict[str, bytes]:
    """The data set, file by file: without the database, which names the folder, and the lock of the run."""
    files = [p for p in out.rglob("*") if p.is_file() and p.suffix != ".duckdb" and p.parent.name != "run"]
    return {str(p.relative_to(out)): p.read_bytes() for p in files}


def ask(out: Path, query: str) -> list[tuple[Any, ...]]:
    with opened(str(out)) as connection:
        return connection.execute(query).fetchall()


# --- what comes out --------------------------------------------------------------------------------------------------


def test_every_planted_error_is_found_and_none_invented(corpus: Path, undisturbed: Path) -> None:
    """A finding is right where the planted figure is one of its figures; whatever else is above a hint is invented."""
    found = ask(
        undisturbed,
        "SELECT list_value(file), paths FROM findings WHERE severity <> 'info' AND verdict = 'fail' "
        "UNION ALL SELECT files, paths FROM between WHERE severity <> 'info' AND verdict = 'fail'",
    )
    named = {
        (file, path) for files, paths in found for n, path in enumerate(paths) for file in files[n : n + 1] or files
    }
    planted = planted_in(corpus)
    assert len(planted) >= REPORTS / 8
    assert planted - named == set()
    wrong = {file for file, _ in planted}
    assert {file for files, _ in found for file in files if not wrong.intersection(files)} == set()


def planted_in(corpus: Path) -> set[tuple[str, str]]:
    import json

    lines = (corpus / sample.LEDGER).read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert {r["kind"] for r in records} >= {"digit", "tenfold", "carried"}
    return {(str(corpus / r["file"]), r["path"]) for r in records}


def test_the_data_set_says_what_gouji_says(engine: Engine, corpus: Path, undisturbed: Path) -> None:
    """The rows of a report are its observations and findings."""
    for file, figures, failed in ask(
        undisturbed, "SELECT file, observations, failed FROM reports ORDER BY file LIMIT 12"
    ):
        report = engine.check(file)
        assert (len(report.observations), report.verdicts and report.verdicts.failed) == (figures, failed)
        rows = ask(undisturbed, f"SELECT path, raw, line FROM observations WHERE file = '{file}' ORDER BY number")
        assert rows == [(o.path, o.raw, report.document.place(o.span).line) for o in report.observations]
        told = ask(undisturbed, f"SELECT instance, fingerprint FROM findings WHERE file = '{file}' ORDER BY number")
        assert told == [(f.instance, f.fingerprint) for f in report.findings]


def test_the_region_is_that_of_the_body(tmp_path: Path) -> None:
    """The title names a 西湖区 only; an address in the text says of which city."""
    (tmp_path / "in").mkdir()
    text = Annual("西湖区", remark="来信请寄：望澜市西湖区一号。").text()
    (tmp_path / "in" / "report.txt").write_text(text, encoding="utf-8")
    done(tmp_path / "in", tmp_path / "out", 1)
    assert ask(tmp_path / "out", "SELECT region, body_region FROM reports") == [("望澜市西湖区", ["望澜市", "西湖区"])]


def test_comparing_says_what_gouji_says(engine: Engine, undisturbed: Path) -> None:
    """The sieve lets nothing through that the rules between the years would find."""
    from gouji.series import Comparison

    comparison = Comparison(engine.rulebook, engine.bodies, engine.messages)
    for (file,) in ask(undisturbed, "SELECT file FROM reports ORDER BY file"):
        comparison.add(engine.check(file))
    expected = [
        (f.instance, f.equation, f.fingerprint, [(t.source, t.path, t.operand) for t in f.terms])
        for f in comparison.finish().findings
    ]
    assert expected
    rows = ask(undisturbed, "SELECT instance, equation, fingerprint, files, paths, operands FROM between")
    assert sorted((*row[:3], [*zip(*row[3:], strict=True)]) for row in rows) == sorted(expected)


@pytest.mark.parametrize("complete", ["yes", "no"])
def test_levels_say_what_gouji_says(complete: str, engine: Engine, tmp_path: Path) -> None:
    """A city and its districts over two years: one wrong sum, one missing report, one that differs from its copy."""
    from gouji.hierarchy import read_roster
    from gouji.series import Comparison
    from test_levels import city, districts, roster

    below = districts()
    reports = {"2021/city.txt": city(below, granted=2), "2022/city.txt": city(below, granted=-40)}
    reports |= {f"{year}/{n:02}.txt": d for year in (2021, 2022) for n, d in enumerate(below)}
    reports["2021/03-corrected.txt"] = evolve(below[3], review=below[3].review + 4, in_force=40)
    del reports["2022/07.txt"]
    place = tmp_path / "reports"
    for name, report in reports.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(evolve(report, year=int(name[:4])).text(), encoding="utf-8")
    listed = tmp_path / "roster.yaml"
    listed.write_text(roster(complete).replace("city.txt", "reports/*/city.txt"), encoding="utf-8")
    done(place, tmp_path / "out", roster=str(listed))
    comparison = Comparison(engine.rulebook, engine.bodies, engine.messages, read_roster(listed, engine.bodies))
    for path in sorted(place.rglob("*.txt")):
        comparison.add(engine.check(str(path)))
    found = comparison.finish().findings
    assert {"V01", "V01-COVERAGE", "Y07"} <= {f.rule for f in found}
    expected = [
        (f.instance, f.verdict, f.equation, f.fingerprint, [(t.source, t.path, t.operand) for t in f.terms],
         [*f.coverage.missing] if f.coverage else None)
        for f in found
    ]  # fmt: skip
    rows = ask(
        tmp_path / "out",
        "SELECT instance, verdict, equation, fingerprint, files, paths, operands, below_missing FROM between",
    )
    assert sorted((*row[:4], [*zip(*row[4:7], strict=True)], row[7]) for row in rows) == sorted(expected)


def test_schemas_are_as_documented(undisturbed: Path, checkout: Path) -> None:
    manual = (checkout / "docs" / "corpus.md").read_text(encoding="utf-8")
    for table, columns in COLUMNS.items():
        assert f"### {table}" in manual
        for part in (undisturbed / table).glob("*.parquet"):
            assert parquet.read_schema(part).names == [*columns]
        for name in columns:
            assert f"`{name}`" in manual, f"{table}.{name}"


def test_the_database_is_a_view(undisturbed: Path) -> None:
    connection = duckdb.connect(str(undisturbed / "corpus.duckdb"), read_only=True)
    assert connection.execute("SELECT count(*) FROM reports").fetchall() == [(REPORTS,)]
    assert {row[0] for row in connection.execute("SHOW TABLES").fetchall()} == {*COLUMNS}


def test_parts_are_in_the_order_of_the_inputs(undisturbed: Path) -> None:
    parts = sorted((undisturbed / "reports").glob("*.parquet"))
    names = [name for part in parts for name in parquet.read_table(part)["file"].to_pylist()]
    assert names == sorted(names)
    assert len(parts) > 1


# --- what disturbs ---------------------------------------------------------------------------------------------------


def test_one_process_or_three_are_the_same(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    done(corpus, tmp_path, processes=1)
    assert content(tmp_path) == content(undisturbed)


def test_killed_and_resumed_is_the_same(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    """`kill -9` at moments that a seed draws: after so many parts of any table are there."""
    draw = random.Random(9)
    total = len([name for name in content(undisturbed) if name.endswith(".parquet")])
    for moment in sorted(draw.sample(range(total), 5)):
        run = subprocess.Popen(
            [sys.executable, "-m", "gouji", "corpus", "run", str(corpus), "-o", str(tmp_path), "-j", "2"],
            stderr=subprocess.DEVNULL,
        )
        while run.poll() is None and len([*tmp_path.rglob("*.parquet")]) <= moment:
            pass
        run.kill()
        run.wait()
    job = done(corpus, tmp_path)
    assert content(tmp_path) == content(undisturbed)
    assert job.tally.kept > 0


def test_nothing_to_do_is_nothing_done(corpus: Path, undisturbed: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in undisturbed.rglob("*.parquet")}
    job = done(corpus, undisturbed)
    assert job.tally.kept == REPORTS
    assert {p: p.stat().st_mtime_ns for p in undisturbed.rglob("*.parquet")} == before


def test_a_changed_file_costs_its_batch(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    import shutil

    place = tmp_path / "corpus"
    shutil.copytree(corpus, place)
    out = tmp_path / "out"
    done(place, out)
    before = {p.name.partition("-")[2] for p in (out / "reports").iterdir()}
    first = sorted(p for p in place.rglob("*.*") if p.suffix in (".txt", ".md"))[0]
    first.write_bytes(first.read_bytes() + "补充说明。\n".encode())
    (first.parent / "0.txt").write_bytes(first.read_bytes())
    job = done(place, out)
    after = {p.name.partition("-")[2] for p in (out / "reports").iterdir()}
    assert len(before - after) == 1
    assert job.tally.files == REPORTS + 1
    fresh = tmp_path / "fresh"
    done(place, fresh)
    assert content(out) == content(fresh)


@pytest.fixture
def poisoned(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus with a file that crashes its reader, one that hangs, one that takes 2 GB, one that cannot be read."""
    import shutil

    # The hook is a module of tests that the interpreter of a worker process loads when it starts.
    monkeypatch.setenv("PYTHONPATH", str(LOSSY))
    place = tmp_path / "poisoned"
    shutil.copytree(corpus, place)
    for name, text in (("crash", "CRASH"), ("hang", "HANG"), ("allocate", "ALLOCATE"), ("binary", "\x00\x01")):
        (place / f"{name}.txt").write_text(text, encoding="utf-8")
    (place / "gone.txt").symlink_to(place / "nowhere")
    return place


def test_poison_costs_itself_only(poisoned: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done(poisoned, out, seconds=3, megabytes=512)
    assert ask(out, "SELECT count(*) FROM reports") == [(REPORTS,)]
    listed: Mapping[str, str] = {Path(file).name: code for file, code in ask(out, "SELECT file, code FROM errors")}
    assert listed == {
        "crash.txt": "crash", "hang.txt": "time", "allocate.txt": "memory", "binary.txt": "binary", "gone.txt": "unreadable",
    }  # fmt: skip
    again = done(poisoned, out, seconds=3, megabytes=512)
    assert again.tally.kept == REPORTS + 5


def test_a_full_disk_is_no_harm(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Where no part can be written the run ends with a clear error; it goes on when there is room again."""
    blocked = tmp_path / "observations"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(GoujiError) as raised:
        done(corpus, tmp_path)
    assert raised.value.code == "unwritable"
    assert not (tmp_path / "corpus.json").exists()
    blocked.unlink()
    done(corpus, tmp_path)
    assert content(tmp_path) == content(undisturbed)


def test_a_second_run_waits_for_nobody(tmp_path: Path) -> None:
    from gouji.corpus.run import alone

    with alone(str(tmp_path)), pytest.raises(GoujiError, match="another run"), alone(str(tmp_path)):
        pass


# --- object stores ---------------------------------------------------------------------------------------------------


def test_urls_are_places(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Inputs and data set named by fsspec URLs: the same rows, and nothing to do the second time."""
    inputs, out = corpus.as_uri(), (tmp_path / "out").as_uri()
    for kept in (0, REPORTS):
        job = Job([inputs], Setup(out))
        job.begin()
        run_here(job, 2)
        job.end()
        assert job.tally.kept == kept
    for query in (
        "SELECT replace(file, 'file://', ''), path, raw, line, stands FROM observations ORDER BY ALL",
        "SELECT replace(file, 'file://', ''), instance, operands, report_year FROM between ORDER BY ALL",
    ):
        with opened(out) as connection:
            assert connection.execute(query).fetchall() == ask(undisturbed, query)


def test_an_object_store_is_a_store(tmp_path: Path) -> None:
    """Objects and files behave alike, and DuckDB reads both."""
    from gouji.corpus import store

    columns = dataset.TABLES["errors"]
    part = dataset.part(columns, [{"file": "a.txt", "code": "time"}])
    for url in (f"memory://{tmp_path.name}", str(tmp_path)):
        place = store.at(url)
        assert [*place.names("errors")] == []
        for name in ("1.parquet", "2.parquet"):
            place.put(f"errors/{name}", part)
        place.rename("errors/1.parquet", "errors/3.parquet")
        place.rename("errors/1.parquet", "errors/3.parquet")
        assert sorted(place.names("errors")) == ["2.parquet", "3.parquet"]
        assert (place.has("errors/3.parquet"), place.has("errors/1.parquet")) == (True, False)
        with opened(url) as connection:
            assert connection.execute("SELECT count(*), min(code) FROM errors").fetchall() == [(2, "time")]
        for name in ("1.parquet", "2.parquet", "3.parquet"):
            place.remove(f"errors/{name}")
        assert [*place.names("errors")] == []


def test_an_object_store_is_read_by_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fsspec opens keeps one position, whoever reads: another thread would read somewhere else."""
    from fsspec.implementations.memory import MemoryFile

    from gouji.corpus import store

    url = f"memory://{tmp_path.name}"
    rows = [{"file": f"{n}.txt", "code": f"{n * n}"} for n in range(5000)]
    for number in range(3):
        store.at(url).put(f"errors/{number}.parquet", dataset.part(dataset.TABLES["errors"], rows))
    readers: list[int] = []
    read = MemoryFile.read

    def noted(file: MemoryFile, *size: int) -> bytes:
        readers.append(threading.get_ident())
        content: bytes = read(file, *size)
        return content

    monkeypatch.setattr(MemoryFile, "read", noted)
    with opened(url) as connection:
        query = "SELECT file, code FROM errors WHERE code > '1'"
        streamed = zip(*(connection.cursor().sql(query).to_arrow_reader(500) for _ in range(2)), strict=True)
        assert sum(len(one) + len(other) for one, other in streamed) == 2 * 3 * sum(row["code"] > "1" for row in rows)
    assert {*readers} == {threading.get_ident()}


# --- inputs ----------------------------------------------------------------------------------------------------------


def named(paths: list[str], spool: str | None = None) -> list[str]:
    found = [*walk(paths, spool)]
    assert not any(isinstance(one, ReadError) for one in found)
    return [one.name for one in found if isinstance(one, Item)]


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz"])
def test_archives_are_folders(kind: str, corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    """The same reports from an archive give the same rows."""
    chosen = sorted(p for p in corpus.rglob("*.*") if p.suffix in (".txt", ".md"))[:20]
    packed = tmp_path / f"reports.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in chosen:
                archive.write(path, str(path.relative_to(corpus)))
    else:
        mode: Any = "w:" + kind.partition(".")[2]
        with tarfile.open(packed, mode) as tar:
            for path in reversed(chosen):
                tar.add(path, str(path.relative_to(corpus)))
    out = tmp_path / "out"
    done(packed, out, processes=1)
    rows = ask(out, f"SELECT replace(file, '{packed}', ''), path, raw, line FROM observations ORDER BY ALL")
    wanted = ", ".join(f"'{path}'" for path in chosen)
    query = "SELECT replace(file, '{}', ''), path, raw, line FROM observations WHERE file IN ({}) ORDER BY ALL"
    assert rows == ask(undisturbed, query.format(corpus, wanted))
    assert rows


def test_walk_is_sorted_and_counts_nothing_twice(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.md", "a.txt", "b/~$1.docx", "b/c/3.txt", "b/notes.xyz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    expected = [str(tmp_path / name) for name in ("a.txt", "b/1.md", "b/2.txt", "b/c/3.txt")]
    assert named([str(tmp_path)]) == expected
    assert named([str(tmp_path / "b" / "c"), str(tmp_path), str(tmp_path)]) == expected


def test_a_pattern_is_as_good_as_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert [item.name for item in walk([str(tmp_path / "*.txt")]) if isinstance(item, Item)] == [
        str(tmp_path / name) for name in ("a.txt", "b.txt")
    ]


def test_what_cannot_be_walked_is_listed(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "broken.tar").write_bytes(b"x" * 600)
    missing = str(tmp_path / "nowhere")
    out = tmp_path / "out"
    job = Job([str(tmp_path / "broken.zip"), str(tmp_path / "broken.tar"), missing], Setup(str(out)))
    job.begin()
    run_here(job, 1)
    job.end()
    assert sorted(code for (code,) in ask(out, "SELECT code FROM errors")) == ["archive", "archive", "not-found"]


def test_what_gouji_has_written_is_no_input(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("青禾县2016年政府信息公开工作年度报告\n收到申请3件。\n", encoding="utf-8")
    (folder / "page.html").write_text(f"<html><head>{imprint.HTML}</head>政府信息公开</html>", encoding="utf-8")
    job = done(folder, tmp_path / "out", 1)
    assert (job.held.reports, job.held.errors) == (1, 0)


def test_batches_end_by_name() -> None:
    """An input more changes its own batch and no other."""
    items = [Item(f"{n:05}.txt") for n in range(3000)]
    before = [*batches(items)]
    assert [item for batch in before for item in batch.items] == items
    assert max(len(batch.items) for batch in before) <= MOST
    after = {batch.items for batch in batches(sorted([*items, Item("00100a.txt")]))}
    assert len({batch.items for batch in before} - after) <= 2
    assert [batch.number for batch in before] == [*range(len(before))]
    assert isinstance(before[0], Batch)


def test_composing_is_repeatable(engine: Engine) -> None:
    """One seed, one corpus: the first reports are the same however many follow."""
    few = [*sample.Composer(engine, 3).compose(15)]
    more = [*sample.Composer(engine, 3).compose(40)]
    assert more[:15] == few
    assert [s.file for s in sample.Composer(engine, 4).compose(15)] == [s.file for s in few] or few != more
    assert len({s.file for s in more}) == 40


def test_composed_reports_are_of_every_era(undisturbed: Path) -> None:
    eras = {era for (era,) in ask(undisturbed, "SELECT DISTINCT era FROM reports")}
    forms = {form for (form,) in ask(undisturbed, "SELECT DISTINCT form FROM reports")}
    assert len(eras) == 4
    assert forms == {"narrative", "stat2014", "table2019", "table2021"}


def test_parts_do_not_depend_on_when_they_are_written() -> None:
    rows: list[dict[str, Any]] = [{"file": "a", "code": "x"}, {"file": "\udcff", "code": None}]
    columns = dataset.TABLES["errors"]
    assert dataset.part(columns, rows) == dataset.part(columns, rows)


def test_an_orphan_ends() -> None:
    """A worker whose parent is gone ends when it has nothing more to do."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "gouji.corpus.worker"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(60) == 0
