"""Text that lost its line ends is read as if it had them, and nothing else is torn apart."""

from __future__ import annotations

from pathlib import Path

import pytest

import carriers
import gouji
from gouji.readers.unfold import unfold
from gouji.records import Report

EXAMPLES = Path(__file__).parents[1] / "examples"


def told(report: Report) -> tuple[set[object], list[tuple[str, str]]]:
    figures: set[object] = {(o.path, o.source, o.value, o.scope) for o in report.observations if o.state == "value"}
    return figures, sorted((f.instance, f.severity) for f in report.findings)


@pytest.mark.parametrize("space", [" ", "\xa0", "\u3000"], ids=["space", "no_break", "ideographic"])
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_report_in_one_line_says_what_it_says_in_many(path: Path, space: str) -> None:
    text = path.read_text(encoding="utf-8")
    line = carriers.unbroken(carriers.read(text)).replace(" ", space)
    assert "\n" not in line
    engine = gouji.engine()
    assert told(engine.check("x.txt", line.encode())) == told(engine.check("x.txt", text.encode()))


def test_every_figure_stands_where_it_stood_in_the_line() -> None:
    text = (EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8")
    line = carriers.unbroken(carriers.read(text))
    report = gouji.engine().check("x.txt", line.encode())
    assert report.document.text == line
    for observation in report.observations:
        if observation.state == "value" and not observation.implied:
            place = report.document.place(observation.span)
            assert place.line == 1
            assert line[observation.span.start : observation.span.end] == observation.raw


@pytest.mark.parametrize(
    "text",
    [
        "全区 共 受理 政府信息公开申请 12 件 ，其中 当面申请 3 件 ，网络申请 9 件 ，均 已 答复 。 " * 8,
        "当面申请 传真申请 网络申请 信函申请 3 0 9 0 " + "全年共受理申请12件，均已答复。" * 10,
        "一、本年新收政府信息公开申请数量 20 0 0 0 0 1 21",
        "甲 12 乙 13 丙 14 丁 15 戊 16 己 17 " + "全年共受理申请12件，均已答复。" * 10,  # labels and figures, no table
        "收到申请数 | 件 | 8 | 办结数 | 件 | 8 | 答复数 | 件 | 8 | " * 4,
    ],
)
def test_what_is_no_table_in_one_line_stays_as_it_is(text: str) -> None:
    assert unfold(text) == text


def test_a_row_of_figures_in_a_line_of_its_own_stays_one() -> None:
    row = "        ".join(map(str, range(100, 115)))
    assert unfold(f"结果维持  结果纠正\n{row}\n") == f"结果维持  结果纠正\n{row}\n"


def test_a_label_set_wide_and_a_remark_in_brackets_stay_together() -> None:
    rows = "收 到 数 件 8 办结数 （含上年结转） 件 7 答复数 件 6 当面数 件 5 网络数 件 4 信函数 件 3"
    lines = unfold(f"统计表 {rows} {'填报说明。' * 20}").split("\n")
    assert "收 到 数" in lines
    assert "办结数 （含上年结转）" in lines
    assert "3" in lines


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*-clean.txt")), ids=lambda path: path.stem)
def test_cells_that_run_together_give_no_figures(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    line = carriers.unbroken(carriers.read(text)).replace(" ", "")
    engine = gouji.engine()
    report = engine.check("x.txt", line.encode())
    assert {(o.path, o.value) for o in report.observations} == {
        (o.path, o.value) for o in engine.check("x.txt", text.encode()).observations if o.source != "table"
    }
    # The tables are there and cannot be read.
    assert "error" not in {f.severity for f in report.findings}
    missed = [f.instance for f in report.findings if f.rule == "G05"]
    assert missed == (["G05.none", "G05.表二", "G05.表三", "G05.表四"] if "table" in path.stem else [])
