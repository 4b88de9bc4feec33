"""Coverage, samples, watching, and equations that are tried."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import gouji
from gouji.cli import main
from gouji.errors import PackError
from gouji.workbench.corpus import read, told
from gouji.workbench.coverage import Table, clusters, cover
from gouji.workbench.sampling import samples, strategy
from gouji.workbench.scaffold import scaffold
from gouji.workbench.trying import Trying
from gouji.workbench.watching import View, Watch, views

REPORT = """政府信息公开工作年度报告
一、主动公开情况
2016年度,主动公开政府信息120条。
二、依申请公开情况
全年收到政府信息公开申请12件,开设公开课9场。
统计指标|单位|统计数|
收到申请数|件|12|
当面申请数|件|3|
夜间受理数|件|||5|
"""
FORM = "项目|本月|累计|\n一、馆藏|{}|13|\n1.藏书|3|4|\n2.期刊|5|6|\n"


def write(folder: Path, name: str, content: str) -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return str(folder / name)


# --- coverage --------------------------------------------------------------------------------------------------------


def test_what_was_taken_of_a_document_and_of_its_sections(tmp_path: Path) -> None:
    found = cover(gouji.engine(), write(tmp_path, "a.txt", REPORT))
    assert found.form == "stat2014"
    assert found.whole[1:] == (3, 2, 2, 1)
    assert [(share.title, share.part) for share in found.sections] == [
        ("一、主动公开情况", 1.0),
        ("二、依申请公开情况", 0.5),
    ]
    assert [(one.kind, one.place.line, one.text) for one in found.untaken] == [
        ("sentence", 5, "全年收到政府信息公开申请12件,开设公开课9场。"),
        ("row", 9, "夜间受理数|件|||5|"),
    ]


def test_unknown_layouts_are_clustered(tmp_path: Path) -> None:
    sources = [write(tmp_path, f"{n}.txt", FORM.format(n)) for n in range(5)]
    sources.append(write(tmp_path, "other.txt", "项目|本月|\n门诊|13|\n急诊|4|\n"))
    found = [cover(gouji.engine(), source) for source in sources]
    assert {one.whole.part for one in found} == {0.0}
    first, second = clusters(found)
    assert (first.files, first.times, first.columns, first.labels) == (5, 5, 2, ("馆藏", "藏书", "期刊"))
    assert (second.files, second.labels) == (1, ("门诊", "急诊"))
    assert isinstance(first.example, Table)
    assert first.example.head == ("项目", "本月", "累计")


def test_cover_prints_bars_and_clusters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(2):
        write(tmp_path, f"{n}.txt", FORM.format(n))
    assert main(["grammar", "cover", str(tmp_path), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "░░░░░░░░░░   0 %  table rows 0/3, sentences 0/0" in out
    assert "1. 2 tables in 2 files, 2 columns of figures" in out


def test_a_layout_that_reads_no_row_is_not_named(tmp_path: Path) -> None:
    # The heads are those of a known layout, and all that the table has in common with it.
    rows = "\n".join(f"{label} | {n}01 | {n}7 |" for n, label in enumerate(("到馆人次合计", "成人到馆", "少儿到馆"), 1))
    source = write(tmp_path, "a.txt", f"指标名称 | 上半年计划数 | 下半年计划数 |\n{rows}\n")
    (table,) = cover(gouji.engine(), source).tables
    assert (table.columns, table.layout) == (2, None)


# --- samples ---------------------------------------------------------------------------------------------------------

TABLES = [one for one in gouji.engine().layouts if one.reads == "table"]


@pytest.mark.parametrize("layout", TABLES, ids=lambda one: one.pack)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_a_sample_gives_what_it_should(layout: object, data: st.DataObject) -> None:
    sample = data.draw(strategy(gouji.engine(), layout))  # type: ignore[arg-type]
    assume(not any(map(_seems_shifted, sample.text.splitlines())))
    assert told(read(gouji.engine(), sample.text)) == sample.expected


def _seems_shifted(line: str) -> bool:
    """Whether a row ends blank behind a figure as large as those before it together: it may have lost a cell."""
    cells = line.removesuffix("|").split("|")[1:]
    figures = [int(cell) for cell in takewhile(str.isdecimal, cells)]
    return len(figures) > 2 and cells[-1] == "" and figures[-1] >= sum(figures[:-1]) > 0


def test_samples_are_written_as_reports_are(tmp_path: Path) -> None:
    scaffold("monthly", tmp_path)
    metrics = tmp_path / "grammars/monthly/metrics.yaml"
    metrics.write_text(metrics.read_text(encoding="utf-8").replace("unit: 件", "unit: 人次"), encoding="utf-8")
    pack = tmp_path / "grammars/monthly/pack.yaml"
    content = pack.read_text(encoding="utf-8")
    detect = next(line for line in content.splitlines() if "detect:" in line)
    pack.write_text(
        content.replace(detect, "    detect: ['收到件数[(|]', '办结件数[(|]', '未办结数[(|]']"), encoding="utf-8"
    )
    rows = [line.split("|") for one in samples("monthly", 8, [tmp_path], seed=1) for line in one.text.splitlines()]
    assert {row[1] for row in rows} == {"人次"}
    assert all(row[0].count("(") == row[0].count(")") for row in rows)


def test_samples_of_a_pack_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    scaffold("monthly", tmp_path)
    found = samples("monthly", 4, [tmp_path], seed=3)
    assert len(found) == 4
    assert found == samples("monthly", 4, [tmp_path], seed=3)
    assert any("monthly." in line for one in found for line in one.expected)


# --- watching --------------------------------------------------------------------------------------------------------


def test_a_view_says_what_changed_and_what_fails_first(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GOUJI_CACHE", str(cache))
    scaffold("monthly", tmp_path)
    file = write(tmp_path, "form.txt", "项目|单位|数量|\n收到件数|件|12|\n办结件数|件|9|\n")
    watch = Watch(str(tmp_path), [file])
    first = watch.run()
    assert (first.failure, first.changes, first.cases) == (None, (), (2, 2))
    assert [share.part for _, share in first.shares] == [1.0]
    pack = tmp_path / "grammars/monthly/pack.yaml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace("{path: monthly.closed", "{path: monthly.open"), encoding="utf-8")
    second = watch.run()
    assert second.changes == ((file, "- monthly.closed = 9 件"), (file, "+ monthly.open = 9 件"))
    assert second.failure is not None
    pack.write_text(text.replace("monthly.closed", "monthly.closd"), encoding="utf-8")
    third = watch.run()
    assert third.failure is not None
    assert "pack.yaml:25:18" in third.failure[0]
    assert third.failure[1].en == "unknown metric monthly.closd"
    assert third.cases is None
    # The user's cache of compiled packs is for those that are used, not for every saving.
    assert list(cache.iterdir()) == []


def test_a_view_follows_each_saving_of_the_pack_its_rules_and_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaffold("monthly", tmp_path / "root")
    file = write(tmp_path, "form.txt", "项目|单位|数量|\n收到件数|件|12|\n")
    asked: list[tuple[set[str], object]] = []

    def watched(*folders: Path, watch_filter: object, recursive: bool) -> Iterator[set[object]]:
        assert not recursive
        asked.append((set(map(str, folders)), watch_filter))
        yield set()

    monkeypatch.setattr("watchfiles.watch", watched)
    assert len(list(views(Watch(str(tmp_path / "root"), [file])))) == 2
    [(folders, concerns)] = asked
    assert callable(concerns)
    for path, wanted in (
        ("root/rules/monthly.yaml", True),
        ("root/grammars/monthly/corpus/table.txt", True),
        ("root/grammars/monthly/pack.yaml~", False),
        ("form.txt", True),
        ("other.txt", False),
    ):
        assert str((tmp_path / path).parent) in folders
        assert concerns(None, str(tmp_path / path)) is wanted


def test_what_is_saved_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scaffold("monthly", tmp_path)
    watch = Watch(str(tmp_path), [])

    def torn(at: int) -> View:
        os.utime(tmp_path / "grammars/monthly/pack.yaml", ns=(at, at))
        monkeypatch.undo()
        raise KeyError("rows")

    monkeypatch.setattr(watch, "_run", lambda: torn(1))
    assert watch.run().cases == (2, 2)
    monkeypatch.setattr(watch, "_run", lambda: torn(1))
    with pytest.raises(KeyError):
        watch.run()


# --- equations -------------------------------------------------------------------------------------------------------


def test_an_equation_is_printed_with_its_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, "a.txt", REPORT)
    assert main(["rules", "try", "requests.received.total >= requests.received.in_person", file, "--lang", "en"]) == 0
    assert main(["rules", "try", "requests.received.total == requests.received.in_person", file, "--lang", "en"]) == 1
    assert main(["rules", "try", "requests.received.total == requests.received.fax", file, "--lang", "en"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{file}  holds  12 ≥ 3  (table)",
        f"{file}  FAILS  12 ≠ 3  (table)",
        f"{file}  does not have requests.received.fax  (looked in: table, text, chart)",
    ]


@pytest.mark.parametrize(
    ("options", "equation", "told"),
    [
        ([], "requests.received.total == 12", ["holds  12 = 12  (table)", "holds  12 = 12  (text)"]),
        (["--in", "text"], "requests.received.total == 12", ["holds  12 = 12  (text)"]),
        (["--in", "table"], "disclosure.total == 120", ["does not have disclosure.total  (looked in: table)"]),
        ([], "disclosure.total == 120", ["holds  120 = 120  (text)"]),
        ([], "table(requests.received.total) == text(requests.received.total)", ["holds  12 = 12  (table, text)"]),
        # No place has both.
        ([], "disclosure.total >= requests.received.in_person", ["holds  120 ≥ 3  (text, table)"]),
    ],
)
def test_an_equation_is_tried_wherever_its_figures_stand(
    options: list[str], equation: str, told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, "a.txt", REPORT)
    assert main(["rules", "--lang", "en", "try", *options, equation, file]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{file}  {line}" for line in told]


def test_trying_has_help_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "try", "--help", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Usage: gouji rules try [OPTIONS] EQUATION PATH...")
    assert "--in [table|text|chart]" in told
    assert main(["rules", "try", "--lang", "en"]) == 2
    assert capsys.readouterr().err == "EQUATION is missing. See gouji rules try --help\n"


@pytest.mark.parametrize(
    ("equation", "place", "says"),
    [
        ("requests.received.totl == 3", "EQUATION:1:1", "requests.received.total"),
        ("requests.received.total = 3", "EQUATION:1:25", "=="),
        ("sum(requests.received.fax", "EQUATION:1:26", "expected"),
    ],
)
def test_what_is_wrong_with_an_equation_is_said_with_its_column(equation: str, place: str, says: str) -> None:
    with pytest.raises(PackError) as caught:
        Trying(equation, gouji.engine().registry)
    assert caught.value.source == place
    assert says in caught.value.problem.en + caught.value.remedy.en


@pytest.mark.parametrize(
    ("key", "figures", "told"),
    [
        ("pass", "{monthly.received: 12, monthly.closed: 9, monthly.open: 2}", "does not hold"),
        ("fail", "{monthly.received: 12, monthly.closed: 9, monthly.open: 3}", "not reported"),
    ],
)
def test_rules_are_tried_on_their_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, figures: str, told: str
) -> None:
    main(["grammar", "new", "monthly", "-o", str(tmp_path)])
    assert main(["grammar", "test", str(tmp_path), "--lang", "en"]) == 0
    capsys.readouterr()
    rules = tmp_path / "rules" / "monthly.yaml"
    lines = rules.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
    lines[at] = f"    {key}: {figures}"
    rules.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["grammar", "test", str(tmp_path), "--lang", "en"]) == 1
    shown = capsys.readouterr()
    assert f"`{key}` of rule monthly_01" in shown.out + shown.err
    assert told in shown.out + shown.err
