"""What a report says wrongly or not at all is not passed over, and what it does not say is not said for it."""

from __future__ import annotations

from pathlib import Path

import pytest

import gouji
from corpus import read
from gouji.cli import main
from gouji.records import Report

EXAMPLES = Path(__file__).parents[1] / "examples"
TITLE = "云川市2021年政府信息公开工作年度报告\n\n一、总体情况\n"


def checked(text: str) -> Report:
    return gouji.engine().check("x.txt", text.encode())


@pytest.mark.parametrize("mark", ["；", "。"])
@pytest.mark.parametrize(("total", "agrees"), [(84, True), (83, False)])
def test_a_list_behind_a_semicolon_belongs_to_what_stands_in_front_of_it(mark: str, total: int, agrees: bool) -> None:
    report = checked(
        f"{TITLE}行政复议案件230件{mark}行政诉讼案件{total}件，其中驳回76件，撤诉3件，确认违法1件，未审结4件。\n"
    )
    assert [(f.rule, f.severity) for f in report.findings if f.rule == "X02"] == ([] if agrees else [("X02", "error")])


def test_a_list_behind_a_comma_can_belong_to_the_first_figure() -> None:
    report = checked(f"{TITLE}收到申请12件，上年结转1件，其中当面申请3件、网络申请9件。\n")
    assert not [f for f in report.findings if f.rule == "X02"]


def test_the_region_is_that_of_title_and_issuer_before_words_of_the_text() -> None:
    text = "2021年政府信息公开工作年度报告\n一是调整云川区政府信息公开工作领导小组。区档案馆作为区政府信息查阅点。\n"
    assert read(gouji.engine(), text).region is None
    named = text + "云川市岭北区人民政府办公室\n2022年1月20日\n"
    assert read(gouji.engine(), named).region == "云川市岭北区"
    office = "云川市岭北区市场监督管理局2021年政府信息公开工作年度报告\n收到申请3件。\n"
    assert read(gouji.engine(), office).region == "云川市岭北区"


def test_where_no_rule_applies_nothing_is_said_to_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.txt"
    file.write_text(TITLE + "收到申请12件。\n", encoding="utf-8")
    assert main(["check", str(file), "--select", "R01", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "none of the rules in use applies to this report" in told
    assert "no figures that disagree" not in told


def test_a_blank_total_is_told_with_the_sum_of_its_own_form_only(shared: Path) -> None:
    seed = next((shared / "seeds").glob("002*.txt"))
    lines = seed.read_text(encoding="utf-8").split("\n")
    lines[340] = "\t"
    report = gouji.engine().check("x.txt", "\n".join(lines).encode())
    blank = {f.instance: f.left for f in report.findings if f.rule == "R04"}
    assert set(blank.values()) == {222}
    assert not any("2021" in instance for instance in blank)


def wrapped(text: str, width: int) -> str:
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))


@pytest.mark.parametrize("indent", ["　　", ""])
@pytest.mark.parametrize("width", [20, 22, 25])
def test_text_that_was_broken_at_a_margin_reads_like_text_that_was_not(width: int, indent: str) -> None:
    first = f"{indent}全市共收到政府信息公开申请３６件，其中当面申请９件、网络申请２０件、信函申请７件，全部在规定的期限内答复申请人。"
    second = f"{indent}全年召开政府信息公开工作会议６次，举办各类培训班８次，接受培训人员５１２人次，并对各单位的工作进行了检查和通报。"
    whole = read(gouji.engine(), f"{TITLE}{first}\n{second}\n")
    broken = read(gouji.engine(), f"{TITLE}{wrapped(first, width)}\n{wrapped(second, width)}\n")
    figures = [(o.path, o.value) for o in whole.observations]
    assert len(figures) == 7
    assert [(o.path, o.value) for o in broken.observations] == figures


def test_short_lines_are_not_joined() -> None:
    report = read(gouji.engine(), f"{TITLE}行政复议案件\n3件人大建议\n行政诉讼案件\n2件政协提案\n")
    assert [o.path for o in report.observations] == []


@pytest.mark.parametrize(("mail", "agrees"), [(11, True), (13, False)])
def test_e_mail_beside_the_ways_of_requesting_is_one_of_them(mail: int, agrees: bool) -> None:
    ways = f"其中当面申请5件，传真申请1件，网络申请12件，信函申请{mail}件，电子邮件申请1件。"
    report = checked(f"云川市2011年政府信息公开工作年度报告\n二、依申请公开\n收到政府信息公开申请30件，{ways}\n")
    assert any(f.rule in ("S01", "X02") for f in report.findings) is not agrees


def test_the_share_of_all_cases_that_a_list_names_is_the_figure() -> None:
    report = read(gouji.engine(), f"{TITLE}行政复议案件35件，其中因政府信息公开引发的行政复议案件1件。\n")
    assert [(o.path, o.value) for o in report.observations] == [("review.total", 1)]
    assert [u.value for u in report.unbound] == [35]


def test_a_heading_may_end_where_a_year_or_a_figure_begins() -> None:
    text = (
        "云川市2016年政府信息公开工作年度报告\n四、行政复议、行政诉讼情况\n"
        "(一)申请行政复议的情况。2016年共发生3件，其中维持2件、撤销1件。\n(二)提起行政诉讼的情况。3件，其中维持2件、撤销1件。\n"
    )
    report = read(gouji.engine(), text)
    assert [s.title for s in report.sections[1:]] == ["申请行政复议的情况", "提起行政诉讼的情况"]
    assert report["review.upheld"] == report["litigation.upheld"] == 2


FORM = """\
云川市2016年政府信息公开工作年度报告
统计指标{0}单位{0}统计数
一、主动公开情况{0}——
（一）主动公开政府信息数{0}条{0}100
其中：主动公开规范性文件数{0}条{0}10
制发规范性文件总数{0}件{0}10
云川市人民政府
2017年3月1日
"""


@pytest.mark.parametrize("between", ["\n", " "])
def test_what_signs_a_report_is_no_row_of_the_table_above(between: str) -> None:
    report = read(gouji.engine(), FORM.format(between))
    assert (report["disclosure.total"], report["disclosure.normative_docs.issued"]) == (100, 10)
    assert (report.issuer, report.published_date, report.unparsed) == ("云川市人民政府", "2017-03-01", ())


def test_a_line_that_opens_like_a_head_makes_no_table() -> None:
    report = read(gouji.engine(), f"{TITLE}信息内容不断丰富\n全年主动公开政府信息 100 条\n收到申请 5 件，办结 5\n")
    assert [o.source for o in report if o.path == "disclosure.total"] == ["narrative"]


def test_the_columns_of_two_years_of_two_bodies_are_not_those_of_one() -> None:
    head = "统计指标\t单位\t2016年\t2015年\n"
    rows = "（一）主动公开政府信息数\t条\t{0}\t{1}\n其中：主动公开规范性文件数\t条\t{2}\t{3}\n"
    text = "云川市2016年政府信息公开工作年度报告\n\n市政府\n" + head + rows.format(100, 90, 10, 9)
    report = checked(text + "\n白石镇政府\n" + head + rows.format(7, 6, 2, 1))
    assert [o.value for o in report.all("disclosure.total") if o.scope is None] == [100]
    assert not [f for f in report.findings if f.rule == "G08"]


@pytest.mark.parametrize(
    ("sentence", "agrees"),
    [
        ("行政诉讼3件，其中一审2件、二审1件，法院驳回2件，1件尚在审理。", True),
        ("收到申请10件，其中公民7件、法人3件，当面申请4件、网络申请6件。", True),
        ("行政诉讼3件，其中一审2件、二审2件，法院驳回2件，1件尚在审理。", False),
        ("行政诉讼3件，其中维持3件，撤诉3件。", False),
    ],
)
def test_a_total_may_be_broken_down_twice(sentence: str, agrees: bool) -> None:
    report = checked(f"{TITLE}{sentence}\n")
    assert [f.rule for f in report.findings if f.rule == "X02"] == ([] if agrees else ["X02"])


@pytest.mark.parametrize(
    ("kinds", "agrees"),
    [
        ("财政类32条、教育类21条、其他信息30条", True),
        ("财政类32条、教育类21条、其他信息20条", False),
        ("财政类32条、教育类21条、其他信息40条", False),
        ("财政类32条、教育类21条", True),
        ("财政类52条、教育类61条", True),  # kinds may overlap where none is the rest
        ("财政类32条（含预算2条）、教育类21条、其他信息20条", True),
        ("网站公开63条、微信公开41条、其他渠道公开30条", True),
    ],
)
def test_kinds_of_information_with_all_others_make_up_what_was_disclosed(kinds: str, agrees: bool) -> None:
    report = checked(f"{TITLE}全年主动公开政府信息83条，其中{kinds}。\n")
    assert [f.rule for f in report.findings if f.rule == "X02"] == ([] if agrees else ["X02"])


@pytest.mark.parametrize(
    ("parts", "agrees"),
    [
        ("当面申请3件，网络申请5件", True),
        ("当面申请3件，网络申请7件", True),
        ("当面申请3件，网络申请8件", False),
        ("当面申请3件，传真申请0件，网络申请5件，信函申请1件", False),
        ("当面申请3件，传真申请0件，网络申请5件，信函申请1件，电子邮件申请1件", True),
    ],
)
def test_ways_of_requesting_that_are_not_all_named_say_nothing_unless_they_are_too_many(
    parts: str, agrees: bool
) -> None:
    report = checked(f"云川市2016年政府信息公开工作年度报告\n一、收到申请情况\n收到申请10件。{parts}。\n")
    assert ("S01" in {f.rule for f in report.findings}) is not agrees


@pytest.mark.parametrize(
    ("fees", "agrees"),
    [
        ("本年度没有收取信息处理费。", True),  # whoever does not pay a fee was told of it before
        ("本年度发出收费通知0件，收取信息处理费0元。", False),
        ("本年度发出收费通知2件，收取信息处理费0元。", True),
    ],
)
def test_that_no_fee_was_collected_does_not_say_that_none_was_asked_for(fees: str, agrees: bool) -> None:
    text = (EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if "逾期未按收费通知" in line)
    head, section, _ = text.replace(row, row.replace("| 0", "| 2")).partition("六、其他需要报告的事项")
    report = checked(f"{head}{section}\n{fees}\n")
    assert report.observations
    assert ("R09" in {f.rule for f in report.findings}) is not agrees
