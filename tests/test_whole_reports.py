"""Whole reports as clerks write them: nothing is said of those that are right, and one planted slip is found."""

from __future__ import annotations

from pathlib import Path

import pytest

import gouji
from compose import Annual
from gouji.findings import Finding
from gouji.records import Report

ANNEX = """栖溪县2011年政府信息公开工作年度报告
一、依申请公开情况
全年受理政府信息公开申请143条，其中当面申请31条，网上申请69条。
附表
指标名称|计量单位|代码|{year}年度|历年累计|
申请总数|条|05|{total}|655|
其中：1.当面申请数|条|06|31|170|
2.传真申请数|条|07|2|11|
3.电子邮件申请数|条|08|17|70|
4.网上申请数|条|09|69|300|
5.信函申请数|条|10|24|104|
6.其他形式申请数|条|11|0|0|
对申请的答复总数|条|12|140|641|
"""
STATISTICS = """云岭市环境局2015年政府信息公开工作年度报告
一、回应解读情况
{text}
统计指标 | 单位 | 统计数 |
二、回应解读情况 | —— | |
1.参加或举办新闻发布会总次数 | 次 | 3 |
其中：主要负责同志参加新闻发布会次数 | 次 | 2 |
2.政府网站在线访谈次数 | 次 | 4 |
其中：主要负责同志参加政府网站在线访谈次数 | 次 | 1 |
八、机构建设和保障经费情况 | —— | |
（四）政府信息公开专项经费 | 万元 | {fund} |
"""


def checked(tmp_path: Path, text: str) -> Report:
    path = tmp_path / "report.txt"
    path.write_text(text, encoding="utf-8")
    return gouji.check(str(path))


def told(report: Report, *rules: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule in rules]


def test_rules_of_one_form_leave_the_tables_of_another_alone(tmp_path: Path) -> None:
    """Requests by e-mail have a row of their own before 2014; the sum of later forms does not hold there."""
    report = checked(tmp_path, ANNEX.format(year=2011, total=143))
    assert told(report, "S01", "S03", "P01", "X01") == []


@pytest.mark.parametrize(("email", "found"), [("电子邮件申请17件，", False), ("其他形式申请17件，", False), ("", True)])
def test_ways_of_requesting_that_later_forms_do_not_have(email: str, found: bool, tmp_path: Path) -> None:
    ways = f"当面申请31件，传真申请2件，{email}网上申请69件，信函申请24件"
    text = f"青禾县2010年政府信息公开工作年度报告\n一、依申请公开情况\n全年共收到政府信息公开申请143件，其中{ways}。\n"
    assert bool(told(checked(tmp_path, text), "S01", "X02")) == found


def test_a_title_that_markdown_marks(tmp_path: Path) -> None:
    report = checked(tmp_path, "# 青禾县2014年政府信息公开工作年度报告\n\n## 一、概述\n\n主动公开政府信息320条。\n")
    assert report.title == "青禾县2014年政府信息公开工作年度报告"
    assert told(report, "G04") == []
    assert [section.title for section in report.sections] == ["概述"]


def test_a_period_in_other_words(tmp_path: Path) -> None:
    text = "临澜市交通局2008年政府信息公开工作年度报告\n本报告反映的是2008年{}月1日至12月31日期间的情况。\n一、概述\n公开信息。\n"
    assert told(checked(tmp_path, text.format(5)), "D04") == []
    assert len(told(checked(tmp_path, text.format(1)), "D04")) == 1


def test_applicants_that_are_more_than_the_requests(tmp_path: Path) -> None:
    remark = "2021年收到政府信息公开申请82件，其中自然人申请{}件，法人或其他组织申请10件，上年结转4件。"
    text = Annual(remark=remark.format(80)).text()
    assert [finding.equation for finding in told(checked(tmp_path, text), "X02")] == ["80 + 10 = 90 ≠ 82"]


@pytest.mark.parametrize(("mail", "equation"), [(57, []), (75, ["21 + 75 + 4 = 100 ≠ 82"])])
def test_ways_of_new_requests(mail: int, equation: list[str], tmp_path: Path) -> None:
    remark = f"本年度新收政府信息公开申请82件，其中网络申请21件，信函申请{mail}件，当面申请4件。"
    report = checked(tmp_path, Annual(remark=remark).text())
    assert [finding.equation for finding in told(report, "X02")] == equation


def test_the_column_of_the_year_is_that_of_the_report(tmp_path: Path) -> None:
    report = checked(tmp_path, ANNEX.format(year=2011, total=119))
    assert {finding.rule for finding in told(report, "P01", "X01")} == {"P01", "X01"}
    assert report["requests.received.total"] == 119
    other = checked(tmp_path, ANNEX.format(year=2010, total=119))
    assert told(other, "X01") == []


@pytest.mark.parametrize(
    "text",
    [
        "局主要负责人参加在线访谈1次。",
        "局主要领导做客网站在线访谈1次。",
        "举办新闻发布会3次，其中主要负责同志出席新闻发布会2次；在线访谈4次，主要负责同志参加政府网站在线访谈1次。",
    ],
)
def test_what_the_principal_attends_is_not_all(text: str, tmp_path: Path) -> None:
    report = checked(tmp_path, STATISTICS.format(text=text, fund=0))
    assert told(report, "X01", "X05-REPEAT") == []
    assert any(o.path == "response.web_interviews.by_principal" and o.source == "narrative" for o in report)


@pytest.mark.parametrize(
    ("words", "fund", "found"),
    [
        ("35000元", 35000, "35000 元 ≠ 35000 万元"),
        ("3500元", "3.5", "3500 元 ≠ 3.5 万元"),
        ("35000元", "3.5", ""),
        ("3.5万元", "3.5", ""),
        ("184719元", "18.47", ""),
        ("184719元", "18", ""),
    ],
)
def test_money_in_two_units(words: str, fund: object, found: str, tmp_path: Path) -> None:
    report = checked(tmp_path, STATISTICS.format(text=f"安排政府信息公开专项经费{words}。", fund=fund))
    assert [finding.equation for finding in told(report, "X01")] == [found] * bool(found)


def test_a_wrong_share_is_told_with_the_base_that_it_comes_nearest_to(tmp_path: Path) -> None:
    text = Annual(
        remark="公开信息9318条，举办培训3次。新收政府信息公开申请82件，其中自然人申请82件，按时答复77件，占96.9%。"
    ).text()
    (finding,) = told(checked(tmp_path, text), "X04")
    assert "77 占 82 的 93.9" in finding.message.zh


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ("办结申请83件。", []),
        ("办结申请79件。", ["79 ≠ 83"]),
        ("办结申请79件，另办结上年结转申请4件。", []),
        ("办结申请79件。另有4件为上年结转并已办结。", []),
        ("办结申请78件，另办结上年结转申请4件。", ["78 ≠ 83"]),
        ("办结申请79件，经另行制作4件。", ["79 ≠ 83"]),
        ("办结申请79件。回应关切事项4件，另不计入。", ["79 ≠ 83"]),
        # Those of last year that were completed need not be all that were carried in.
        ("办结申请81件，另办结上年结转申请2件。", []),
        ("上年结转申请2件。", ["2 ≠ 4"]),
    ],
)
def test_what_is_counted_beyond_a_total(text: str, told_of: list[str], tmp_path: Path) -> None:
    report = checked(tmp_path, Annual(remark=text).text())
    assert [finding.equation for finding in told(report, "X01")] == told_of


def test_a_breakdown_ends_before_what_is_counted_beyond_it(tmp_path: Path) -> None:
    text = "行政复议9件，其中维持5件、纠正4件，另有{}件尚未审结。"
    assert not told(checked(tmp_path, STATISTICS.format(text=text.format(2), fund=0)), "X02")
    assert told(checked(tmp_path, STATISTICS.format(text=text.replace("另有", "").format(2), fund=0)), "X02")
    more = text.replace("纠正4", "纠正6").format(2)
    assert told(checked(tmp_path, STATISTICS.format(text=more, fund=0)), "X02", "S05")


def _table3(text: str) -> tuple[str, str, str]:
    start, end = text.index("（本列数据"), text.index("\n四、政府信息公开")
    return text[:start], text[start:end], text[end:]


def test_a_table_that_stands_there_twice(tmp_path: Path) -> None:
    before, table, after = _table3(Annual().text())
    (finding,) = told(checked(tmp_path, before + table + table + after), "G09")
    assert "自“一、本年新收政府信息公开申请数量”起重复出现" in finding.message.zh
    changed = table.replace("予以公开 | 38 |", "予以公开 | 83 |")
    assert changed != table
    (finding,) = told(checked(tmp_path, f"{before}{table}\n另附：\n{changed}{after}"), "G08")
    assert finding.instance.startswith("G08.requests.t3.outcome.granted")


def test_a_table_that_is_there_again_with_other_figures_is_a_warning(tmp_path: Path) -> None:
    before, table, after = _table3(Annual().text())
    (finding,) = told(checked(tmp_path, before + table + table + after), "G09")
    assert finding.severity == "info"
    (finding,) = told(checked(tmp_path, before + table + table.replace(" | 38 |", " | 83 |") + after), "G09")
    assert finding.severity == "warning"
    assert "数字与前不同" in finding.message.zh


def test_a_row_that_stands_there_twice_ends_no_table(tmp_path: Path) -> None:
    text = Annual().text()
    row = next(line for line in text.split("\n") if "（二）部分公开" in line)
    report, whole = checked(tmp_path, text.replace(row, f"{row}\n{row}")), checked(tmp_path, text)
    (finding,) = told(report, "G09")
    assert "部分公开" in finding.message.zh
    assert "连续出现两次" in finding.message.zh
    assert [(o.path, o.value) for o in report] == [(o.path, o.value) for o in whole]
    # With other figures nobody knows which row is right, nor whose the ones behind it are.
    other = text.replace(row, f"{row}\n{row.replace('| 9 |', '| 7 |')}")
    assert other.count(row) == 1
    assert [f.severity for f in told(checked(tmp_path, other), "G09") if "数字与前不同" in f.message.zh] == ["warning"]


def test_a_table_of_another_body_is_compared_with_nothing(tmp_path: Path) -> None:
    before, table, after = _table3(Annual().text())
    _, other, _ = _table3(Annual(granted=12, partial=2, not_held=7, other=1, third_party=1).text())
    assert told(checked(tmp_path, f"{before}{table}\n其中：区教育局\n{other}{after}"), "G08") == []


def test_a_table_without_its_total_column_is_not_said_to_be_absent(tmp_path: Path) -> None:
    before, table, after = _table3(Annual().text())
    cut = "\n".join(line.rstrip("| ").rpartition("|")[0] + "|" for line in table.splitlines())
    (finding,) = told(checked(tmp_path, before + cut + after), "G05")
    assert "没有读到表三" in finding.message.zh
    assert finding.span is not None
