"""Sentences of running text, by shape: what they say is read as it is meant, and nothing else is read into them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gouji
from gouji import rules
from gouji.canonical import canonicalise
from gouji.document import Document
from gouji.findings import Finding
from gouji.outline import read_outline
from gouji.readers import text as reader
from score.shapes import Sentence, report, score, sentences, slots

COMPOSED = list(sentences())
STRANGERS = list(sentences("strangers.yaml"))


@pytest.mark.parametrize("sentence", COMPOSED + STRANGERS, ids=lambda s: f"{s.shape}: {s.text[:24]}")
def test_shape(sentence: Sentence) -> None:
    read = slots(report(gouji.engine(), sentence))
    assert read == sentence.slots


def test_every_known_shape_is_composed_twice(shared: Path) -> None:
    shapes = json.loads((shared / "truth" / "narrative_shapes.json").read_text(encoding="utf-8"))["shapes"]
    composed = [s.shape for s in COMPOSED]
    assert {str(s["n"]) for s in shapes if composed.count(str(s["n"])) < 2} == set()


def test_score_counts_slots() -> None:
    totals = score(gouji.engine())
    assert sum(s.found for s in totals.values()) / sum(s.wanted for s in totals.values()) >= 0.97
    assert sum(s.wrong for s in totals.values()) == 0


def running_text(found: Document) -> Iterator[tuple[str, int, bool]]:
    """Every number of the running text: its words, how often the report gives it, and whether it may be no figure."""
    engine = gouji.engine()
    canonical = canonicalise(found, engine.folds)
    report = engine.understand(found)
    spans = [o.span for o in report.observations if o.source == "narrative" and not o.implied]
    spans += [u.span for u in report.unbound] + [u.span for u in report.unparsed if u.table is None]
    scanner, cues = engine.narrative.scanner, engine.narrative.cues
    for stretch in read_outline(found, canonical, engine.outline).stretches:
        islands = list(scanner.scan(canonical.text, stretch.start, stretch.end, everything=True))
        for number in re.finditer(r"\d+", canonical.text[stretch.start : stretch.end]):
            start, end = stretch.start + number.start(), stretch.start + number.end()
            source = canonical.source(start, end)
            times = sum(span.start < source.end and span.end > source.start for span in spans)
            about = [t for t in islands if t.start < end and t.end > start]
            exempt = any(t.type in scanner.hidden or t.type in cues or "%" in t.text for t in about)
            yield number.group(), times, exempt


def assert_each_number_in_one_place(found: Document) -> None:
    for words, times, exempt in running_text(found):
        assert times == 1 or (times == 0 and exempt), words


@pytest.mark.parametrize("seed", ["000", "001", "002", "003", "004"], indirect=True)
def test_each_number_of_a_real_report_ends_in_one_place(seed: Path) -> None:
    assert_each_number_in_one_place(gouji.engine().read(str(seed)))


@pytest.mark.parametrize("sentence", COMPOSED + STRANGERS, ids=lambda s: f"{s.shape}: {s.text[:24]}")
def test_each_number_of_a_sentence_ends_in_one_place(sentence: Sentence) -> None:
    assert_each_number_in_one_place(document(f"{sentence.year}年政府信息公开工作年度报告\n{sentence.text}\n"))


WORDS = [
    "收到政府信息公开申请", "其中", "，", "；", "、", "。", "（", "）", "予以公开", "不予公开", "占", "分别为", "行政复议", "维持",
    "全部办结", "上年结转", "2021年", "计划", "通过网站主动公开政府信息", "比上年增加", "县公安局", "未收取任何费用", "培训", "：\n",
]  # fmt: skip
NUMBERS = ["12", "1,234", "3.5万", "40余", "近200", "0", "100-200", "1 234", "87654321", "十二", "三千余"]
UNITS = ["件", "条", "%", "人次", "元", "万元", "", "宗", "次"]
PIECES = st.one_of(
    st.sampled_from(WORDS), st.builds("".join, st.tuples(st.sampled_from(NUMBERS), st.sampled_from(UNITS)))
)


@given(st.lists(PIECES, min_size=1, max_size=24))
def test_each_number_of_any_sentence_ends_in_one_place(pieces: list[str]) -> None:
    assert_each_number_in_one_place(document("2022年政府信息公开工作年度报告\n" + "".join(pieces) + "\n"))


def document(text: str) -> Document:
    return reader.read(text.encode(), "composed", gouji.engine().carriers)


def checked(text: str, year: int = 2017) -> list[tuple[str, str]]:
    """Rule and message of every finding of a report with just this text."""
    return [(f.rule, str(f.message)) for f in found(text, year) if f.rule.startswith("X")]


def found(text: str, year: int = 2017) -> Sequence[Finding]:
    engine = gouji.engine()
    report = engine.understand(document(f"{year}年政府信息公开工作年度报告\n一、总体情况\n{text}\n"))
    return rules.check(engine.rulebook, report)[0]


def equations(text: str, rule: str, year: int = 2017) -> list[str]:
    """What the findings of one rule say in numbers."""
    return [f.equation for f in found(text, year) if f.rule == rule]


def test_a_share_is_checked_against_the_total_of_its_list() -> None:
    (finding,) = checked("受理政府信息公开申请80件，其中当面申请20件，占25%；网上申请60件，占78%。")
    assert finding[0] == "X04"
    assert "78%" in finding[1]


def test_what_one_body_has_is_no_share_of_what_another_has() -> None:
    text = "主动公开政府信息2026条。其中，县直各单位主动公开政府信息2475条，占62.2%。各乡镇主动公开政府信息1503条，占37.8%。"
    assert [e.partition(" =")[0] for e in equations(text, "X04", 2012)] == ["2475 / 2026", "1503 / 2026"]


RECEIVED = "收到申请100件，办结90件，其中予以公开36件，"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (RECEIVED + "占办结总数的40%。", ""),
        (RECEIVED + "占办结总数的36%。", "36 / 90"),
        (RECEIVED + "占全部申请的36%。", ""),
        (RECEIVED + "占申请总数的40%。", "36 / 100"),
        (RECEIVED + "占比40%。", ""),
        (RECEIVED + "占全省办结总数的5%。", ""),
        (RECEIVED + "占答复总数的5%。", ""),
        (RECEIVED + "占办结总数的近41%。", ""),
        (RECEIVED + "占办结总数的39%左右。", ""),
        ("收到申請100件，辦結90件，其中予以公開36件，佔辦結總數的36%。對來信均予答復，並無逾期。", "36 / 90"),
        ("收到申请30件。在26件答复中，予以公开13件，占50%。", ""),
        ("收到申请30件。在26件答复中，予以公开13件，占43.3%。", ""),
        ("收到申请30件。在26件答复中，予以公开13件，占47.3%。", "13 / 26"),
        ("收到申请30件。在26件答复中，予以公开13件，占申请总数的43.3%。", ""),
        ("收到申请30件。5件正在办理中，其中予以公开15件，占50%。", ""),
        ("收到申请30件，对26件作出处理，予以公开13件，占50%。", ""),
    ],
)
def test_the_base_of_a_share_is_what_words_name(text: str, share: str) -> None:
    assert [equation.partition(" =")[0] for equation in equations(text, "X04")] == [share] * bool(share)


def test_a_share_of_a_figure_without_metric_is_checked_too() -> None:
    (finding,) = checked("主动公开政府信息200条，其中概况类20条，占总数的12%，动态类180条，占总数的90%。")
    assert finding[0] == "X04"
    assert "12%" in finding[1]


@pytest.mark.parametrize(
    "text",
    [
        "受理政府信息公开申请80件，其中当面申请20件，占25%；网上申请60件，占75%。",
        "受理政府信息公开申请23件，其中当面申请1件，占4.34%；网上申请22件，占95.65%。",
        "受理政府信息公开申请80件，同比增长12.3%，其中当面申请20件，比上年下降5%。",
        "主动公开政府信息约200条，其中概况类20余条，占总数的12%。",
        "概况类信息占总数的12%。受理政府信息公开申请80件。",
    ],
)
def test_shares_that_fit_or_cannot_be_told_are_silent(text: str) -> None:
    assert checked(text) == []


@pytest.mark.parametrize(
    ("body", "scope"),
    [("青禾省人民政府", None), ("青禾省林业局", None), ("青禾省望湖市人民政府", "全省"), ("", "全省")],
)
def test_the_whole_of_a_province_is_the_whole_of_its_own_report_only(body: str, scope: str | None) -> None:
    text = f"{body}2021年政府信息公开工作年度报告\n一、总体情况\n全省共收到政府信息公开申请9000件。\n"
    assert [(o.value, o.scope) for o in gouji.engine().understand(document(text))] == [(9000, scope)]


@pytest.mark.parametrize(
    ("body", "scope"),
    [("国家林业局", None), ("海关总署", None), ("青禾省国家税务局", "全国"), ("青禾省林业厅", "全国")],
)
def test_the_whole_of_the_country_is_that_of_a_national_body(body: str, scope: str | None) -> None:
    text = f"{body}2012年政府信息公开工作年度报告\n一、总体情况\n全国各级机关共收到政府信息公开申请9000件。\n"
    assert [(o.value, o.scope) for o in gouji.engine().understand(document(text))] == [(9000, scope)]


@pytest.mark.parametrize(("other", "told"), [(4, []), (3, ["3 + 2 + 40 + 5 = 50 ≠ 54"])])
def test_ways_without_a_name_of_their_own_are_ways(other: int, told: list[str]) -> None:
    text = (
        f"收到申请54件。其中，当面申请3件，传真申请2件，网上申请40件，信函申请5件，电子邮件、电话等形式申请{other}件。"
    )
    assert equations(text, "S01", 2012) == told


@pytest.mark.parametrize("name", ["中心", "云溪科技中心"])
def test_a_body_that_names_itself_in_quotation_marks_counts_its_own(name: str) -> None:
    text = f"云溪科技中心2012年政府信息公开工作年度报告\n一、总体情况\n“{name}”收到政府信息公开申请14件。\n"
    assert [(o.value, o.scope) for o in gouji.engine().understand(document(text))] == [(14, None)]


def test_an_item_of_a_list_on_its_own_line_is_read_with_its_total() -> None:
    report = gouji.engine().understand(
        document(
            "2017年政府信息公开工作年度报告\n一、总体情况\n全年收到政府信息公开申请12件，其中：\n"
            "1.当面申请3件；\n2.网络申请5件；\n（三）信函申请4件。\n二、下一步打算\n"
        )
    )
    assert {o.path.rpartition(".")[2]: o.value for o in report} == {"total": 12, "in_person": 3, "online": 5, "mail": 4}
    assert [s.ordinal for s in report.sections] == ["一、", "二、"]
    assert len(report.partitions[0].parts) == 3


ISSUED = "主动公开信息100条，其中网站60条、公报40条"
WAYS = "收到申请100件，其中网络申请60件、信函申请40件"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # Of the last, of another part or of all: nobody can say.
        (f"{ISSUED}，其中政策文件10条。", []),
        (f"{ISSUED}，其中政策文件50条。", []),
        (f"{WAYS}，其中个人提出70件、企业提出30件。", []),
        ("收到申请100件，其中网络申请60件，其中个人提出70件、企业提出30件。", []),
        # More than all is too much, of whatever it is a part.
        (f"{ISSUED}，其中政策文件110条。", ["110 > 100"]),
        (f"{WAYS}，其中个人提出70件、企业提出40件。", ["70 + 40 = 110 > 100"]),
        # A bracket or a semicolon says of which.
        (f"{WAYS}（其中企业提出50件）。", ["50 > 40"]),
        ("收到申请100件，其中网络申请60件；信函申请40件，其中企业提出50件。", ["50 > 40"]),
        # So does the form.
        ("收到申请100件，办结90件，其中同意公开60件、不同意公开30件，其中涉及国家秘密10件、个人隐私20件。", []),
        (
            "收到申请100件，办结90件，其中同意公开60件、不同意公开30件，其中涉及国家秘密10件、个人隐私25件。",
            ["10 + 25 = 35 > 30"],
        ),
    ],
)
def test_a_breakdown_within_a_breakdown(text: str, told: list[str]) -> None:
    assert equations(text, "X02") + equations(text, "S04") == told


GREW = "(120 - 100) / 100 = 20% ≠ {}%"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("收到申请120件，较上年的100件增长20%。", []),
        ("收到申请120件，较上年的100件增长30%。", [GREW.format(30)]),
        ("收到申请120件，较上年的100件下降20%。", [GREW.format(-20)]),
        ("收到申请120件（2020年100件），同比增长30%。", [GREW.format(30)]),
        ("收到申請120件，較去年同期100件增長３０％。對此類申請均予答復，並無逾期。", [GREW.format(30)]),
        ("2020年收到申请100件，2021年收到申请120件，增长30%。", [GREW.format(30)]),
        ("网站访问由上年的100次增长到120次，增幅30%。", [GREW.format(30)]),
        ("收到申请120件，比上年增加20件，增长25%。", [GREW.format(25)]),
        ("收到申请80件，同比减少20件，降幅20%。", []),
        ("收到申请80件，同比减少20件，降幅25%。", ["(80 - 100) / 100 = -20% ≠ -25%"]),
        ("收到申请120件，比2020年的100件增加30件。", ["120 - 100 = 20 ≠ 30"]),
        ("收到申请120件，同比增长20%（2020年为100件）。", []),
        ("收到申请120件，同比增长30%（2020年为100件）。", [GREW.format(30)]),
        ("收到申请120件，较去年同期增长30%（上年100件，其中网络申请80件）。", [GREW.format(30)]),
        ("收到申请120件，同比增加30件（2020年：100件）。", ["120 - 100 = 20 ≠ 30"]),
        ("收到申请300件，办结120件，同比增长20%（2020年为100件）。", []),
        ("收到申请120件，办结90件，同比增长20%（2020年为100件）。", []),
        # Rounded, cut off, or not said exactly.
        ("收到申请103件，较上年的93件增长10.75%。", []),
        ("收到申请103件，较上年的93件增长10.8%。", []),
        ("收到申请103件，较上年的93件增长10.7%。", []),
        ("收到申请103件，较上年的93件增长10.9%。", ["(103 - 93) / 93 = 10.8% ≠ 10.9%"]),
        ("收到申请120件，较上年的100件增长约30%。", []),
        ("收到申请120件，较上年的100余件增长30%。", []),
        ("收到申请120件，较上年的100件增长30个百分点。", []),
        ("收到申请120余件，较上年的100件增长30%。", []),
        # Of what, since when, or how much it was is open.
        ("收到申请120件，比上年增长30%。", []),
        ("收到申请120件，较2018年的100件增长30%。", []),
        ("收到申请120件，上年结转100件，增长30%。", []),
        ("收到申请120件，较上年的100人增长30%。", []),
        ("2020年收到申请100件，2021年办结申请120件，增长30%。", []),
        ("累计公开信息120条，比上年增加20条，增长25%。", []),
        ("收到申请120件，比上年增加20件，其中网络申请增长25%。", []),
        ("收到申请120件，同比增长30%（2019年为100件）。", []),
        ("收到申请120件，同比增长30%（2020年办结100件）。", []),
        ("收到申请120件，同比增长30%（2020年为100人）。", []),
        ("收到申请120件，同比增长30%（2020年为100余件）。", []),
        ("收到申请120件，同比增长约30%（2020年为100件）。", []),
        ("收到申请120件。网络申请同比增长30%（2020年为100件）。", []),
        ("收到申请120件，占比30%（2020年为100件）。", []),
    ],
)
def test_growth_that_a_sentence_states_with_both_figures(text: str, told: list[str]) -> None:
    assert equations(text, "X12", 2021) == told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("收到申请120件，同比增长30%（2020年为100件）。", "同比增长30%(2020年为100件)"),
        ("收到申请120件（2020年100件），同比增长30%。", "(2020年100件),同比增长30%"),
        ("收到申请120件（较上年的100件增长30%）。", "较上年的100件增长30%"),
    ],
)
def test_stated_growth_is_quoted_with_its_brackets(text: str, words: str) -> None:
    (finding,) = [f for f in found(text, 2021) if f.rule == "X12"]
    assert f"“{words}”" in finding.message.zh


def test_the_figure_of_last_year_is_one_of_the_same_sentence_and_unit() -> None:
    text = "收到申请120件，比上年增加20件，增长25%。简报2020年度100期，2021年度90期。"
    (finding,) = [f for f in found(text, 2021) if f.rule == "X12"]
    assert [term.side for term in finding.terms] == ["left"]
    (finding,) = [f for f in found("收到申请120件，比上年的100件增长25%。", 2021) if f.rule == "X12"]
    assert [term.value for term in finding.terms] == [120, 100]


@pytest.mark.parametrize("digits", ["0123456789", "０１２３４５６７８９"])
def test_growth_over_a_year_that_is_printed_in_digits_of_any_width(digits: str) -> None:
    text = "收到申请120件，比2020年的100件增长25%。".translate(str.maketrans("0123456789", digits))
    (finding,) = [f for f in found(text, 2021) if f.rule == "X12"]
    assert (finding.left, finding.right) == (120, 100)


@pytest.mark.parametrize(
    "text",
    [
        "全年共公开信息35条，更新1条，其中机构概况1条，占3%；工作动态19条，占53%；公告16条，占44%。",
        "主动公开信息27条，其中法制新闻12条，其中主站采用15条。",
        "业务动态类信息174条，其中形势分析20条（同时撤销2条），工作动态156条。",
        "发放200余条，其中一类130条、二类62条、其他10余条。",
        "新闻发布会54场、通气会14场。其中，新闻发布会包括主要负责人8场、专题16场、其他30场。",
        "共188条。其中一类8条，共发布102条；二类4条，共发布86条。",
        "政务新媒体17个，其中推送11918条，阅读量超231万。",
        "新增88项，其中许可21项，处罚21项，总计21项，处理决定数量776件。",
        "新收申请317件，上年结转3件。其中，予以公开184件、无法提供123件、结转下年13件。",
        "收到申请1862件，办结1850件。其中，县级机关收到410件，各乡镇收到1452件。",
        "主动公开政府信息63条，其中全文电子化率达100%；历年累计418条。",
        "主动公开信息4510条，其中微信公众号发布1200条，粉丝数量达21余万。",
        "公开信息310条，同比增加25条。其中公报6条，网站300条，微信4条。",
        "收到政府信息公开申请20件，已经答复的18件中，同意公开14件，占总数的70%。",
        "通过县审计局门户网站公开政府信息2330条，通过省政府网站公开政府信息137条。",
        # Two lists in one, by who asks and by what came of it.
        "收到申请15件，其中企业提出4件，个人提出11件，当场提供资料9件，转交其他单位4件，延期答复2件。",
        "收到申请15件，其中企业提出4件，个人提出11件，当场提供资料9件。",
        # What is carried from year to year is no part; with what is new it is the whole.
        "全年收到公开件640件（上年结转9件，结转下年12件）。",
        "收到政府信息公开申请33件，上年结转2件，其中个人申请35件，网上申请30件，信函申请5件。",
        # A figure that takes up one before it.
        "收到申请7件，其中6件已回信，1件正在核实，已办理的6件均有回执。",
        # The list in the next sentence is that of the larger figure, or of none that stands before it.
        "发布各类信息85条，更新栏目9个，更新页面9条。其中，发布预算；公告50条，动态35条。",
        "通过政府网站公开政府信息420条，通过新媒体公开1300条，通过其他方式公开政府信息20条。其中，头条900条、抖音号800条、门户网站420条。",
        "发生行政复议18件，其中县政府作为复议机关受理12件；行政诉讼7件。",
        # One item may stand in several places.
        "累计发布90余条。其中，县局网站发布80条，微信公众号发布信息60条，微博发布信息20条。",
        # What is left of a table.
        "新闻发布会次数36其中：出席次12政策解读数篇17微博回应数次11其他回应数次45。",
    ],
)
def test_what_may_fit_is_no_disagreement(text: str) -> None:
    assert checked(text) == []


@pytest.mark.parametrize(
    ("text", "equation"),
    [
        ("公开信息310条，同比增加25条。其中公报6条，网站300条，微信14条。", "6 + 300 + 14 = 320 > 310"),
        ("收到申请1862件，办结1850件。其中，县级机关收到410件，各乡镇收到1552件。", "410 + 1552 = 1962 > 1862"),
        ("行政诉讼9件，其中驳回5件、撤诉4件、撤销1件。", "5 + 4 + 1 = 10 ≠ 9"),
        ("清理文件45件，其中废止13件，保留40件。", "13 + 40 = 53 > 45"),
        ("清理文件20件，其中废止13件、修改7件、失效4件。", "13 + 7 + 4 = 24 > 20"),
    ],
)
def test_a_list_is_compared_with_the_figure_that_it_breaks_down(text: str, equation: str) -> None:
    assert equations(text, "X02") == [equation]


def test_growth_may_be_that_of_a_figure_further_ahead() -> None:
    assert checked("收到申请12件，办结11件，比上年增加2件，增长20%。") == []
    assert equations("收到申请12件，办结11件，比上年增加2件，增长30%。", "X12") != []
