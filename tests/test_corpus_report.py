"""What is told of a data set: on the terminal, as a page, as a status."""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.cells import cell_len

from gouji.cli import PIPE_CLOSED, main
from gouji.corpus import dataset, sample
from gouji.corpus.run import Job, run_here
from gouji.corpus.tables import opened
from gouji.corpus.worker import Setup
from gouji.pipeline import Engine

REPORTS = 60


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data set of composed reports, one with a table that no grammar knows, and of a file that is no report."""
    corpus, out = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("out")
    sample.write(sample.Composer(Engine.load(), seed=2, share=0.3), REPORTS, corpus)
    strange = "馆藏<b>册数 | 年初 | 年末 |\n图书 | 12 | 31 |\n期刊 | 4 | 5 |\n"
    for n in (1, 2):
        text = f"青禾县{2010 + n}年政府信息公开工作年度报告\n收到政府信息公开申请{n}件。\n附表\n{strange}"
        (corpus / f"strange{n}.txt").write_text(text, encoding="utf-8")
    (corpus / "shopping<script>.txt").write_text("豆腐三块\n", encoding="utf-8")
    job = Job([str(corpus)], Setup(str(out)))
    job.begin()
    run_here(job, 2)
    job.end()
    yield out
    # The command line keeps what it loads until its end, and this is not the end.
    gc.unfreeze()


class Page(HTMLParser):
    """The elements of a page, its text, what it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._script = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._script else data


@pytest.fixture(scope="module")
def page(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    target = tmp_path_factory.mktemp("page") / "page.html"
    assert main(["corpus", "report", str(out), "-o", str(target), "--lang", "en"]) == 0
    return Page(target.read_text(encoding="utf-8"))


def test_the_page_stands_alone(page: Page) -> None:
    """Nothing is loaded, and the policy of the page forbids it to whatever would try."""
    (policy,) = (a["content"] for tag, a in page.tags if tag == "meta" and "Content-Security-Policy" in a.values())
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    assert "connect-src" not in policy
    assert {tag for tag, _ in page.tags}.isdisjoint({"link", "iframe", "img", "object", "embed", "base"})
    assert [a for _, a in page.tags if a.keys() & {"src", "href", "action", "data", "srcset", "background"}] == []


def test_charts_and_tables_are_there(page: Page) -> None:
    ids = {a.get("id") for tag, a in page.tags if tag == "div"}
    assert {"chart-years", "chart-provinces", "chart-coverage", "chart-rules", "chart-quality", "chart-trend-0"} <= ids
    assert f"{REPORTS + 2}reports" in page.text
    assert "shopping<script>.txt" in page.text


def test_hostile_names_are_text(page: Page) -> None:
    assert "shopping<script>.txt" in page.text
    assert "馆藏<b>册数" in page.text
    assert "b" not in {tag for tag, a in page.tags if "册数" in str(a)}


def test_unknown_layouts_are_a_queue(page: Page, capsys: pytest.CaptureFixture[str], out: Path) -> None:
    """Two tables of one unknown layout are one entry."""
    assert main(["corpus", "report", str(out), "--lang", "en", "--no-color"]) == 0
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert re.search(r"馆藏<b>册数\S* 2 2 ", told)
    assert "1 in all" in told


def test_rates_are_told_of_every_severity(page: Page, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By rule and by year, on the terminal and on the page; cases apart from the checks that fail by them."""
    with opened(str(out)) as data:
        rules = data.execute(
            "SELECT severity, rule, count(*) FROM findings WHERE verdict = 'fail' GROUP BY ALL"
        ).fetchall()
        between = data.execute(
            "SELECT severity, rule, count(*) FROM between WHERE verdict = 'fail' GROUP BY ALL"
        ).fetchall()
        cases = data.execute(
            """SELECT count(DISTINCT (file, "group")) FROM findings AS f WHERE verdict = 'fail' AND severity = 'error'"""
        ).fetchall()[0][0]
    counted: dict[tuple[str, str], int] = {}
    for severity, rule, n in rules + between:
        counted[severity, rule] = counted.get((severity, rule), 0) + n
    assert {severity for severity, _ in counted} == {"error", "warning", "info"}
    assert main(["corpus", "report", str(out), "--lang", "en", "--no-color"]) == 0
    told = capsys.readouterr().out
    for title, severity in (("Errors by rule", "error"), ("Warnings by rule", "warning"), ("Infos by rule", "info")):
        assert title in page.text
        below = told[told.index(title) :]
        for rule, n in ((rule, n) for (one, rule), n in counted.items() if one == severity):
            row = next(line.split() for line in below.splitlines() if line.split()[:1] == [rule])
            assert str(n) in row
        assert f"with {'a ' if severity == 'warning' else 'an '}{severity}" in told
    checks = sum(n for (severity, _), n in counted.items() if severity == "error")
    row = next(line.split() for line in told.splitlines() if line.split()[:1] == ["error"])
    errors_between = sum(n for severity, _, n in between if severity == "error")
    assert cases <= int(row[1]) <= cases + errors_between
    assert (int(row[2]), f"{row[1]} errors (cases)" in " ".join(told.split())) == (checks, True)


def test_the_terminal_tells_the_same(capsys: pytest.CaptureFixture[str], out: Path) -> None:
    assert main(["corpus", "report", str(out), "--lang", "zh", "--no-color"]) == 0
    told = capsys.readouterr().out
    for heading in ("读了什么", "覆盖", "发现的问题", "趋势", "尚无语法的版式", "没有读成的文件"):
        assert heading in told
    assert "\x1b" not in told


@pytest.mark.parametrize("command", ["report", "status"])
def test_a_reader_who_has_gone_is_no_finding(command: str, out: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run([sys.executable, "-m", "gouji", "corpus", command, str(out)], stdout=pipe, check=False)
    assert done.returncode == PIPE_CLOSED


def test_a_data_set_without_reports_has_no_empty_sections(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "shopping.txt").write_text("豆腐三块\n", encoding="utf-8")
    data = tmp_path / "out"
    assert main(["corpus", "run", str(tmp_path / "in"), "-o", str(data), "-j", "1"]) == 2
    assert main(["corpus", "report", str(data), "--lang", "zh", "--no-color"]) == 0
    lines = capsys.readouterr().out.splitlines()
    headings = [n for n, line in enumerate(lines) if line.endswith("───")]
    assert headings
    assert all(lines[n + 1].strip() for n in headings)
    assert not any(lines[n].startswith(("读了什么", "趋势")) for n in headings)


def test_status(capsys: pytest.CaptureFixture[str], out: Path) -> None:
    assert main(["corpus", "status", str(out), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert f"complete. {REPORTS + 3} files: {REPORTS + 2} reports, 1 could not be read; " in told
    assert "shopping<script>.txt" in told
    about = out / "corpus.json"
    kept = about.read_bytes()
    about.unlink()
    assert main(["corpus", "status", str(out), "--lang", "en"]) == 2
    assert "not complete" in capsys.readouterr().out
    about.write_bytes(kept)


def test_where_there_is_no_data_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("status", "report"):
        assert main(["corpus", command, str(tmp_path), "--lang", "en"]) == 2
        assert "there is no data set here" in capsys.readouterr().err


def test_where_nothing_can_be_written(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "nowhere" / "page.html"
    assert main(["corpus", "report", str(out), "-o", str(page), "--lang", "en"]) == 2
    assert str(page) in capsys.readouterr().err
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "report.txt").write_text("豆腐三块\n", encoding="utf-8")
    assert main(["corpus", "sample", "1", "-o", str(tmp_path / "file"), "--lang", "en"]) == 2
    assert main(["corpus", "run", str(tmp_path), "-o", str(tmp_path / "file"), "--lang", "en"]) == 2
    assert capsys.readouterr().err.count(str(tmp_path / "file")) == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["notes.txt", "reports/january.txt", "reports/mine.parquet", "corpus.json", ".hidden"])
def test_a_folder_that_holds_something_else_is_not_written_to(
    name: str, lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["corpus", "sample", "2", "-o", str(tmp_path / "in"), "--seed", "4", "--lang", lang]) == 0
    other, out = tmp_path / "out" / name, str(tmp_path / "out")
    other.parent.mkdir(parents=True)
    other.write_text("mine", encoding="utf-8")
    command = ["corpus", "run", str(tmp_path / "in"), "-o", out, "-j", "1", "--lang", lang]
    capsys.readouterr()
    assert main(command) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(out)
    assert "-o" in told
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [other]
    # A data set, complete or begun, may have neighbours.
    shutil.rmtree(out)
    assert main(command) == 0
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    assert main(command) == 0
    (tmp_path / "out" / "corpus.json").unlink()
    assert main(command) == 0
    assert (tmp_path / "out" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_run_that_has_only_begun_goes_on(tmp_path: Path) -> None:
    from gouji.corpus.run import alone

    assert main(["corpus", "sample", "2", "-o", str(tmp_path / "in"), "--seed", "4"]) == 0
    with alone(str(tmp_path / "out")):
        pass
    assert main(["corpus", "run", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-j", "1"]) == 0


def test_a_data_set_is_known_again_where_files_cannot_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gouji.corpus.run import alone

    assert main(["corpus", "sample", "2", "-o", str(tmp_path / "in"), "--seed", "4"]) == 0
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with alone(str(tmp_path / "out")):
        (tmp_path / "out" / "observations").mkdir()
        (tmp_path / "out" / "observations" / "part.parquet").write_bytes(b"")
    assert main(["corpus", "run", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-j", "1"]) == 0


def test_commands_run_and_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "sample", "5", "-o", str(tmp_path / "in"), "--seed", "4", "--lang", "en"]) == 0
    ledger = (tmp_path / "in" / sample.LEDGER).read_bytes()
    assert main(["corpus", "sample", "5", "-o", str(tmp_path / "in"), "--lang", "en"]) == 2
    assert "not empty; nothing was written" in capsys.readouterr().err
    assert (tmp_path / "in" / sample.LEDGER).read_bytes() == ledger
    assert main(["corpus", "run", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-j", "1", "--lang", "en"]) == 0
    told = capsys.readouterr().err
    assert "complete. 5 files: 5 reports, 0 could not be read" in told
    assert "done before" not in told
    assert dataset.SCHEMA in (tmp_path / "out" / "corpus.json").read_text()


def test_a_run_and_its_status_say_the_same_whatever_was_done_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that could not be read is told again, and so is an input that is not there."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("青禾县2016年政府信息公开工作年度报告\n收到申请3件。\n", encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_text("豆腐三块\n", encoding="utf-8")
    out = str(tmp_path / "out")
    for again in (False, True):
        arguments = [str(tmp_path / "in"), str(tmp_path / "nowhere"), "-o", out, "-j", "1", "--lang", "en"]
        assert main(["corpus", "run", *arguments]) == 2
        first, *others = capsys.readouterr().err.splitlines()
        assert "complete. 3 files: 1 report, 2 could not be read; " in first
        assert ("2 of these files were done before" in others) == again
        assert main(["corpus", "status", out, "--lang", "en"]) == 0
        assert capsys.readouterr().out.splitlines()[0] == first
    assert main(["corpus", "run", *arguments, "-v"]) == 2
    assert "  no-report  " in capsys.readouterr().err


def test_where_there_is_nothing_to_read_a_data_set_stays_as_it_is(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.xyz").write_text("x", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    for path, told in ((tmp_path, "the folder holds no reports"), (tmp_path / "typo", "no such file or folder")):
        assert main(["corpus", "run", str(path), "-o", str(out), "--lang", "en"]) == 2
        assert f"{path}: {told}" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


@pytest.mark.parametrize("width", ["40", "80", "200"])
def test_nothing_on_the_terminal_is_cut(
    width: str, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert main(["corpus", "report", str(out), "--lang", "zh", "--no-color"]) == 0
    told = capsys.readouterr().out
    assert [line for line in told.splitlines() if cell_len(line) > int(width)] == []
    # A chart shortens long labels for itself, and a bar or a figure is never shortened.
    assert not re.search(r"[█\d]…", told)
    assert re.search(r"^S0\d  .*\d+%$", told, re.M)
