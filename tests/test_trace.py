"""The gallery of failures: the first line of `gouji grammar trace` names the cause."""

from __future__ import annotations

from pathlib import Path

import pytest

import gouji
from gouji.cli import main
from gouji.packs import builtin
from gouji.pipeline import Engine
from gouji.workbench.corpus import of_pack
from gouji.workbench.scaffold import scaffold
from gouji.workbench.trace import trace

FORM = next(case.source for case in of_pack(builtin() / "grammars/stat2014"))
HEAD = "统计指标|单位|统计数|"
ROW = "2.传真申请数|件|119|"

GALLERY = {
    "a missing row": (
        FORM.replace(ROW + "\n", ""),
        25,
        "缺少“传真申请数”一行：它应在“当面申请数”与“网络申请数”之间",
        "the row “传真申请数” is missing: it belongs between “当面申请数” and “网络申请数”",
    ),
    "several missing rows": (
        FORM.replace("四、行政复议数量|件|140|\n(一)维持具体行政行为数|件|141|\n", ""),
        48,
        "缺少 2 行：行政复议案件数量、维持具体行政行为数；应在“告知通过其他途径办理数”与“行政诉讼案件数量”之间",
        "2 rows are missing: 行政复议案件数量、维持具体行政行为数; they belong between “告知通过其他途径办理数” and "
        "“行政诉讼案件数量”",
    ),
    "a changed unit": (
        FORM.replace(ROW, "2.传真申请数|次|119|"),
        25,
        "已读取，但单位“次”与 requests.received.fax 的单位“件”不同",
        "taken, but the unit “次” is not “件”, the unit of requests.received.fax",
    ),
    "a merged header": (
        FORM.replace(HEAD, "统计指标|单位统计数|"),
        1,
        "表头“单位统计数”把“单位”和“统计数”两列合成了一格，它下面的列无从对应",
        "the head “单位统计数” joins two columns, “单位” and “统计数”, so that the columns below it cannot be told",
    ),
    "a header that is not known": (
        FORM.replace(HEAD, "统计指标|单位|上级核定|"),
        1,
        "表头中的“上级核定”不是已知的列，它下面的列无从对应",
        "the head “上级核定” is no known column, so that the columns below it cannot be told",
    ),
    "a swapped column": (
        FORM.replace(ROW, "2.传真申请数|119|件|"),
        25,
        "第 3 格应为数字，却是“件”，数字在另一格：两列对调了",
        "cell 3 should hold the number but holds “件”, and another cell holds a number: two columns are swapped",
    ),
    "a label split over lines": (
        FORM.replace(ROW, "2.传真|\n申请数|件|119|"),
        25,
        "标签被拆在两行：“传真”与“申请数”合起来是“传真申请数”",
        "the label is split over two rows: “传真” and “申请数” together are “传真申请数”",
    ),
    "a number with a footnote": (
        FORM.replace(ROW, "2.传真申请数|件|119①|"),
        25,
        "第 3 格“119①”不是数字：119 之后多了“①”",
        "cell 3, “119①”, is no number: behind 119 stands “①”",
    ),
    "words in the place of a number": (
        FORM.replace(ROW, "2.传真申请数|件|不详待查|"),
        25,
        "第 3 格“不详待查”不是数字",
        "cell 3, “不详待查”, is no number",
    ),
    "a misspelt label": (
        FORM.replace(ROW, "2.转真申请数|件|119|"),
        25,
        "已读取：标签“2.转真申请数”与格式不同，按最接近的“传真申请数”读取",
        "taken: the label “2.转真申请数” is not that of the form; read as “传真申请数”, which is nearest",
    ),
    "too few cells": (
        FORM.replace(ROW, "2.传真申请数|"),
        25,
        "“传真申请数”一行只有 0 格，应有 2 格（unit value）",
        "the row “传真申请数” has 0 cells only, 2 are due (unit value)",
    ),
    "too many cells": (
        FORM.replace(ROW, "2.传真申请数|件|119|1|5|"),
        25,
        "“传真申请数”一行有 4 格，只应有 2 格（unit value）",
        "the row “传真申请数” has 4 cells, 2 are due (unit value)",
    ),
    "a row twice": (
        FORM.replace(ROW, ROW + "\n" + ROW),
        26,
        "“传真申请数”在第 25 行已经读过，同一表格中不再读第二次",
        "“传真申请数” was read in line 25 already; a table gives a figure once",
    ),
    "a row without a label": (
        FORM.replace(ROW, "|5|119|"),
        25,
        "这一行没有标签",
        "this row has no label",
    ),
    "a table that no layout knows": (
        "项目|本月|累计|\n藏书|12|13|\n借出|3|4|\n",
        1,
        "没有版式认得这个表格：其中没有任何版式的识别文字（pack.yaml 的 detect）",
        "no layout knows this table: it holds none of the texts by which layouts are recognised (detect in pack.yaml)",
    ),
    "a figure without a cue": (
        "政府信息公开工作年度报告\n全年收到政府信息公开申请12件,举办读书沙龙15场。\n",
        2,
        "“15场”的前后没有说明它是什么的提示词",
        "no cue in front of “15场” or behind it says what it counts",
    ),
    "words between a cue and its figure": (
        "政府信息公开工作年度报告\n收到政府信息公开申请的电子邮箱里有12件。\n",
        2,
        "“12”与提示词“收到政府信息公开申请”之间隔着“的电子邮箱里有”，不能确定说的是它",
        "“的电子邮箱里有” stands between “12” and the cue “收到政府信息公开申请”, so that it is not sure that they belong together",
    ),
}


@pytest.mark.parametrize("name", GALLERY)
def test_the_cause_comes_first(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, line, zh, en = GALLERY[name]
    assert source != FORM
    file = tmp_path / "report.txt"
    file.write_text(source, encoding="utf-8")
    for lang, cause in (("zh", zh), ("en", en)):
        main(["grammar", "trace", str(file), "--lang", lang, "--line", str(line)])
        first, *rest = capsys.readouterr().out.splitlines()
        assert first == f"{file}:{line}  {cause}"
        assert not any(raw in "\n".join([first, *rest]) for raw in ("__", "$END", "ANON", "VALUES\\"))


@pytest.mark.parametrize("name", [name for name in GALLERY if "misspelt" not in name and "unit" not in name])
def test_without_a_line_the_first_failure_comes_first(name: str, tmp_path: Path) -> None:
    source, line, zh, _ = GALLERY[name]
    file = tmp_path / "report.txt"
    file.write_text(source, encoding="utf-8")
    failed = [one for one in trace(gouji.engine(), str(file)) if not one.taken]
    assert (failed[0].line, failed[0].cause.zh) == (line, zh)


def test_what_was_taken_says_what_bound_it(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text(FORM, encoding="utf-8")
    (one,) = trace(gouji.engine(), str(file), [25])
    assert one.taken
    assert one.cause.en == "taken: “2.传真申请数”, 1 cell"
    assert one.tokens == (("", "2."), ("FAX", "传真申请数|"), ("VALUES", "件|119|"))
    assert one.tree == ("start", "row")
    assert [(b.path, b.value, b.unit, b.by.en) for b in one.bound] == [
        ("requests.received.fax", 119, "件", "row “2.传真申请数”, column value")
    ]


def test_a_full_width_bracket_in_a_grammar(tmp_path: Path) -> None:
    scaffold("monthly", tmp_path)
    grammar = tmp_path / "grammars/monthly/monthly.lark"
    grammar.write_text(
        grammar.read_text(encoding="utf-8").replace("/收到件数/ NOTE", "/收到金额（万元）/ NOTE"), encoding="utf-8"
    )
    file = tmp_path / "form.txt"
    file.write_text("项目|单位|数量|\n收到金额（万元）|万元|12|\n办结件数|件|3|\n", encoding="utf-8")
    (one,) = trace(Engine.load([tmp_path]), str(file), [2])
    assert one.cause.zh == "终结符 RECEIVED 写的是“（”，而规范文本中是“(”：语法只能用规范文本的字"
    assert [(n.terminal, n.taken, n.broke, n.wanted) for n in one.near] == [("RECEIVED", "收到金额", "(", "（")]


def test_a_label_that_is_known_elsewhere_only(tmp_path: Path) -> None:
    scaffold("monthly", tmp_path)
    grammar = tmp_path / "grammars/monthly/monthly.lark"
    content = grammar.read_text(encoding="utf-8")
    for old, new in (
        ("start: (row | unknown)+", "start: (row | unknown | closed)+\nclosed: _closed (VALUES | DAMAGED) open*"),
        ("_label: RECEIVED | CLOSED | OPEN", "_label: RECEIVED\n_closed: CLOSED\nopen: OPEN (VALUES | DAMAGED)"),
    ):
        assert old in content
        content = content.replace(old, new)
    grammar.write_text(content, encoding="utf-8")
    pack = tmp_path / "grammars/monthly/pack.yaml"
    content = pack.read_text(encoding="utf-8")
    pack.write_text(content.replace("CLOSED: {", "closed: {"), encoding="utf-8")
    report = tmp_path / "report.txt"
    report.write_text("项目|数量|\n收到件数|12|\n退回件数|9|\n未办结数|3|\n", encoding="utf-8")
    (one,) = trace(Engine.load([tmp_path]), str(report), [4])
    assert one.cause.en == "the row “未办结数” cannot stand here: the row that it belongs to does not stand above it"


def test_a_line_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.txt"
    file.write_text(FORM, encoding="utf-8")
    assert main(["grammar", "trace", str(file), "--lang", "en", "--line", "999"]) == 2
    told = capsys.readouterr().out
    assert told == f"{file}:999  nothing is read here: the line is empty or beyond the end of the file\n"
    assert main(["grammar", "trace", str(file), "--lang", "en", "--line", "25", "--line", "999"]) == 2
