"""The whole chain on what once broke it."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

import gouji
from corpus import read
from gouji import rules
from gouji.records import Report

FRAME = "某某市2017年政府信息公开工作年度报告\n一、依申请公开情况\n{}\n"


def checked(source: str) -> tuple[Report, set[str]]:
    """The report that `source` is, and the rules that it fails."""
    engine = gouji.engine()
    report = read(engine, source)
    return report, {f.rule for f in rules.check(engine.rulebook, report)[0]}


def test_an_unreadable_cell_beside_a_decimal_is_compared_without_a_crash() -> None:
    source = "统计指标|单位|数|\n其中:主动公开规范性文件数|条|约3|\n制发规范性文件总数|件|2.5|\n"
    report, failed = checked(source)
    assert [o.state for o in report.observations] == ["text", "value"]
    assert "G02" in failed


@pytest.mark.parametrize("sentence", ["（其中3件" * 300, "收到申请12件，" + "其中3件，" * 1000])
def test_deep_nesting_is_read_flat(sentence: str) -> None:
    report, _ = checked(FRAME.format(sentence))
    assert {u.value for u in report.unbound} == {3}


def test_a_page_break_is_no_line_end() -> None:
    report, _ = checked("某某市2017年政府信息公开工作年度报告\n\x0c一、概述\n全年收到\x0c政府信息公开申请12件。\n")
    (figure,) = report.observations
    assert figure.value == 12
    place = report.document.place(figure.span)
    assert (place.line, place.column) == (3, 14)


def test_a_fragment_of_a_table_is_read_like_the_rest() -> None:
    source = (
        FRAME.format("正文。")
        + "\t统计指标\n\t单位\n\t统计数\n\n\t收到申请数\n\t件\n\t8\n\n续表\n\t专职人员数\n\t人\n\t3\n\n\t兼职人员数\n\t人\n\t4\n\n"
    )
    report, _ = checked(source)
    assert (report["capacity.staff.full_time"], report["capacity.staff.part_time"]) == (3, 4)


def test_a_file_that_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    pipe, data = tmp_path / "pipe", "某区2017年政府信息公开工作年度报告\n".encode() * 5000
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    document = gouji.engine().read(str(pipe))
    writer.join()
    assert document.sha256 == sha256(data).hexdigest()
