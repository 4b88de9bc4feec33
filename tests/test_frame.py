"""What a report says about itself: title, body, region, dates, period; and what is said of them."""

from __future__ import annotations

import pytest

import gouji
from gouji.errors import ReadError
from gouji.findings import Finding
from gouji.records import Report

TITLE = "云岭县民政局2016年政府信息公开工作年度报告"
BODY = "一、政府信息公开概述\n全年主动公开政府信息12条。\n"


def checked(text: str) -> Report:
    return gouji.engine().check("x.txt", text.encode())


def told(report: Report, *rules: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule in rules]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("本报告是由云岭县民政局编制的2016年度政府信息公开年度报告。", None),
        ("特向社会公布2016年度政府信息公开年度报告。", None),
        ("现将我局2016年政府信息公开工作年度报告如下：", None),
        ("2016年，我局加强领导。现将2016年政府信息公开年度报告公布如下", None),
        (f"您现在的位置：首页 > 信息公开 > 政府信息公开年度报告\n{TITLE}", TITLE),
        (f"首页>>政府信息公开>>政府信息公开年报\n{TITLE}", TITLE),
        (f"云岭县人民政府\n政府信息公开年报\n{TITLE}", TITLE),
        (f"登录 注册\n{TITLE}", TITLE),
        ("云岭县民政局\n2016年政府信息公开工作年度报告", TITLE),
        ("云岭县民政局2016年\n政府信息公开工作年度报告", TITLE),
        ("云岭县民政局2016年政府信息公开工作\n年度报告", TITLE),
        ("云岭县民政局\n2016年政府信息公开\n工作年度报告", TITLE),
        ("云岭县民政局关于2016年度政府信息公开情况的报告", "云岭县民政局关于2016年度政府信息公开情况的报告"),
        (f"• 标题：{TITLE}\n• 发布机构：云岭县民政局", TITLE),
        (f"{TITLE} | ||\n云岭县 | 民政 |", TITLE),
        (f"{TITLE}（2017年2月7日）", TITLE),
    ],
)
def test_the_title_is_the_line_with_year_and_body(head: str, title: str | None) -> None:
    assert checked(f"{head}\n{BODY}").title == title


@pytest.mark.parametrize(
    "line",
    [
        f"{TITLE} 一、政府信息公开概述 全年主动公开政府信息12条。",
        f"{TITLE} 本报告包括概述等部分。全年主动公开政府信息12条。",
        f"{TITLE}  根据《中华人民共和国政府信息公开条例》编制。全年主动公开政府信息12条。",
    ],
)
def test_a_title_in_one_line_with_the_text(line: str) -> None:
    report = checked(f"{line}全年运行正常，各项公开任务按期完成，公众满意。\n")
    assert (report.title, report.issuer) == (TITLE, "云岭县民政局")
    assert [(o.path, o.value) for o in report.observations] == [("disclosure.total", 12)]
    assert told(report, "G04") == []


def test_what_is_left_of_a_heading_in_one_line_is_no_body() -> None:
    line = "2017年度岭北区青河街道政府信息公开年度报告 一、概述 运行正常。 二、政府信息主动公开情况 青河街道2017年全年主动公开政府信息92条。"
    assert [(o.value, o.scope) for o in checked(f"{line}三、其他 全年没有其他需要说明的事项。\n").observations] == [
        (92, None)
    ]


@pytest.mark.parametrize("body", ["云溪海关", "云溪證監會", "云溪县信访办"])
def test_other_bodies_that_report(body: str) -> None:
    assert told(checked(f"{body}2009年度信息公开年度报告\n{BODY}"), "G04") == []


@pytest.mark.parametrize("body", ["安河里街", "云岭二中", "云岭职业技术学院", "云岭县中心小学", "云岭城建集团"])
def test_a_title_names_any_kind_of_body(body: str) -> None:
    assert told(checked(f"{body}2021年政府信息公开工作年度报告\n{BODY}"), "G04") == []


@pytest.mark.parametrize("year", ["２０２２", "二〇二二", "二○二二"])
def test_a_title_names_its_year_in_any_digits(year: str) -> None:
    report = checked(f"云岭县{year}年政府信息公开工作年度报告\n{BODY}")
    assert report.title == f"云岭县{year}年政府信息公开工作年度报告"
    assert told(report, "G04") == []


def test_a_body_on_a_line_of_its_own_belongs_to_the_title_below_only() -> None:
    report = checked(f"云岭县人民政府\n青石镇2016年政府信息公开工作年度报告\n{BODY}")
    assert report.title == "青石镇2016年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("云岭县水利局2016年政府信息公开情况统计表", "云岭县水利局2016年政府信息公开情况统计表"),
        ("云岭县水利局政府信息公开情况统计表\n（2016年度）", "云岭县水利局政府信息公开情况统计表（2016年度）"),
    ],
)
def test_a_table_alone_has_a_title_of_its_own(head: str, title: str) -> None:
    rows = "统计指标 | 单位 | 统计数 |\n（一）主动公开政府信息数 | 条 | 100 |\n制发规范性文件总数 | 件 | 10 |\n"
    report = checked(f"{head}\n填报单位：云岭县水利局\n{rows}")
    assert (report.title, report.issuer, report.report_year) == (title, "云岭县水利局", 2016)
    assert told(report, "G04") == []


@pytest.mark.parametrize(
    ("text", "region", "issuer"),
    [
        ("本报告是由云岭县农业局编制的。", "云岭县", "云岭县农业局"),
        ("现向社会公布云岭县农业局2016年政府信息公开年度报告。", "云岭县", "云岭县农业局"),
        ("根据条例要求，现公布青石乡2016年政府信息公开工作年度报告。", "青石乡", "青石乡"),
        ("特编制望澜市岭北区卫生局2016年政府信息公开年度报告。", "望澜市岭北区", "望澜市岭北区卫生局"),
        ("本报告包括青江省审计厅2016年政务信息公开的情况。", "青江省", None),
        ("2016年我局以岭北区政府信息公开网站为平台公开信息。", "岭北区", None),
        ("本街道2016年政府信息公开工作正常。", None, None),
        ("2016年本局在云岭县人民政府网站公开信息。", "云岭县", None),
        ("2016年本局在区政府网站公开信息。", None, None),
        ("现将青石乡2016年政府信息公开工作报告如下。", "青石乡", None),
        ("将乐县2016年政府信息公开工作正常。", "将乐县", None),
        ("根据条例规定，向社会公布云岭县审计局2016年政府信息公开工作年度报告。", "云岭县", "云岭县审计局"),
        ("按照条例要求,根据云岭县财政局部署编制本年度报告。", None, None),
        ("按照条例规定,编制云岭县财政局2016年政府信息公开年度报告。", "云岭县", "云岭县财政局"),
        ("按照条例的规定，云岭县农业局编制了2016年度政府信息公开年度报告。", "云岭县", "云岭县农业局"),
        ("本报告由本机关编制。", None, None),
        ("根据条例要求，县政府办公室编制了本报告。", None, None),  # whose office it is it does not say
        ("索引号：k1 发布机构：云岭县财政局\n2016年主动公开政府信息3条。", "云岭县", "云岭县财政局"),
    ],
)
def test_region_and_issuer_are_names_without_the_words_in_front(
    text: str, region: str | None, issuer: str | None
) -> None:
    report = checked(f"{text}\n{BODY}")
    assert (report.region, report.issuer) == (region, issuer)


@pytest.mark.parametrize(
    ("title", "region", "issuer"),
    [
        ("云岭县人民政府信息公开2016年度报告", "云岭县", "云岭县人民政府"),
        ("青江省财政厅政府信息公开2016年度报告", "青江省", "青江省财政厅"),
        ("岭北区发展改革委2016年政府信息公开工作年度报告", "岭北区", "岭北区发展改革委"),
        ("青江州卫生健康委2016年政府信息公开工作年度报告", "青江州", "青江州卫生健康委"),
        ("云岭县市政管理办公室2016年政府信息公开工作年度报告", "云岭县", "云岭县市政管理办公室"),
        ("望澜市市政管理办公室2016年政府信息公开工作年度报告", "望澜市", "望澜市市政管理办公室"),
        ("青江海关发布2016年政府信息公开工作年度报告", None, "青江海关"),
        ("望澜市公安局岭北区分局2016年政府信息公开工作年度报告", "望澜市", "望澜市公安局岭北区分局"),
        ("2016年度云岭县青石乡人民政府信息公开年度报告", "云岭县青石乡", "云岭县青石乡人民政府"),
        ("岭北区青河街道办事处2016年政府信息公开工作年度报告", "岭北区青河街道", "岭北区青河街道办事处"),
        ("岭北区城市管理委员会2016年政府信息公开工作年度报告", "岭北区", "岭北区城市管理委员会"),
        ("自治区人民政府办公厅2016年政府信息公开工作年度报告", None, "自治区人民政府办公厅"),
        ("2016年政府信息公开工作年度报告（望澜市岭北区）", "望澜市岭北区", None),
        ("向阳乡2016年政府信息公开工作年度报告", "向阳乡", "向阳乡"),
        (
            "云岭县2016年政府信息公开工作年度报告\n来源：网站 打印\n云岭县人民政府办公室",
            "云岭县",
            "云岭县人民政府办公室",
        ),
        ("云岭县2016年政府信息公开工作年度报告\n云岭县政府网站\n青石县人民政府办公室", "云岭县", None),
    ],
)
def test_region_and_issuer_of_a_title(title: str, region: str | None, issuer: str | None) -> None:
    report = checked(f"{title}\n{BODY}")
    assert (report.region, report.issuer) == (region, issuer)


def test_a_preface_below_what_a_page_has_around_its_text_names_the_issuer() -> None:
    chrome = "打印\n收藏\n分享\n微信\n微博\n全真版\n文字版\n相关链接：\n"
    preface = "根据《中华人民共和国政府信息公开条例》的要求，由云岭县人民政府办公室编制本报告。本报告由概述、主动公开、依申请公开等部分组成，所列数据都是全县的。"
    report = checked(f"2016年政府信息公开工作年度报告\n{chrome}{preface}\n{BODY}")
    assert (report.region, report.issuer) == ("云岭县", "云岭县人民政府办公室")


def test_a_signature_names_the_issuer_before_the_title() -> None:
    report = checked(f"青石乡2016年政府信息公开工作年度报告\n{BODY}{BODY * 12}云岭县青石乡人民政府\n2017年2月3日\n")
    assert report.issuer == "云岭县青石乡人民政府"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("时间：2017-02-21 09:30 来源：云岭县民政局", "2017-02-21"),
        ("  • 日期: 2017-02-21 17:45", "2017-02-21"),
        ("  • 2017-02-21", "2017-02-21"),
        ("2017年02月21日来源：民政局", "2017-02-21"),
        ("信息提供日期 : 2017-02-21 00:00来源 :", "2017-02-21"),
        ("发布时间: | 2017年02月21日 10:50 |", "2017-02-21"),
        ("成文日期：2017-01-05 发布日期：2017-02-21", "2017-02-21"),
        ("公文生成日期：2017-02-21", "2017-02-21"),
        ("（二〇一七年二月二十一日）", "2017-02-21"),
        ("来源：云岭县民政局  时间：2017-02-21", "2017-02-21"),
        ("【信息来源：民政局】 【信息时间：2017-02-21 10:30】", "2017-02-21"),
        ("发布日期：[2017-02-21]", "2017-02-21"),
        ("2017-02-21 发布：云岭县民政局", "2017-02-21"),
        (" | 2017-02-21 作者：民政局 点击数： | |", "2017-02-21"),
        ("文件来源：县政府，生效时间：2016-03-01", None),
        ("统计时间：2016-12-31", None),
        ("会议日期：2017-13-45", None),
    ],
)
def test_the_day_of_publication(line: str, day: str | None) -> None:
    assert checked(f"{TITLE}\n{line}\n{BODY}").published_date == day


def dated(page: str, signed: str) -> Report:
    return checked(f"{TITLE}\n发布时间：{page}\n{BODY * 9}云岭县民政局\n{signed}\n")


def test_a_page_that_is_later_than_the_signature_is_the_publication() -> None:
    report = dated("2017-03-10", "2017年1月9日")
    assert (report.published_date, told(report, "D01", "D03")) == ("2017-03-10", [])
    (late,) = told(dated("2017-10-12", "2017年2月20日"), "D01")
    assert (late.severity, "2017-02-20" in late.message.zh) == ("info", True)
    (late,) = told(dated("2017-10-12", "2017年5月20日"), "D01")
    assert late.severity == "warning"


def test_a_date_within_the_period_is_wrong_and_its_last_day_is_odd() -> None:
    assert [f.severity for f in told(dated("2016-03-10", "2017年1月9日"), "D03")] == ["error"]
    assert [f.severity for f in told(dated("2017-03-10", "2016年1月9日"), "D03")] == ["error"]
    assert [f.severity for f in told(checked(f"{TITLE}\n发布日期：2016-12-31\n{BODY}"), "D03")] == ["warning"]


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("本报告中所列数据的统计期限自2015-1-1起至2015-12-31止。", "2015-01-01/2015-12-31"),
        ("起止时间为2015年1月1日至12月31日。", "2015-01-01/2015-12-31"),
        ("所列数据为2015年1月1日至2015年12月31日。", "2015-01-01/2015-12-31"),
        ("统计时限自2015年1月1日起至2015年12月31止。", "2015-01-01/2015-12-31"),
        ("统计日期为2015年1月1日----2015年12月31日。", "2015-01-01/2015-12-31"),
        ("统计期限自2008年5月1日《条例》实施之日起，至2008年12月31日止。", "2008-05-01/2008-12-31"),
        ("统计期限自2015年1月1日起,截止2015年12月31日。", "2015-01-01/2015-12-31"),
        ("数据的统计年限为2015年1月1日-12月31日。", "2015-01-01/2015-12-31"),
        ("数据自2015年3月5日以来增长3.5%。", None),
        ("公开内容自2015年5月1日至6月30日公示。", None),
    ],
)
def test_a_period_in_digits_or_in_other_words(words: str, period: str | None) -> None:
    report = checked(f"一、政府信息公开概述\n{words}主动公开政府信息12条。\n")
    assert report.period == (tuple(period.split("/")) if period else None)
    if period:
        assert report.report_year == int(period[:4])


@pytest.mark.parametrize(
    ("period", "rules"),
    [
        ("2016年1月1日至2016年12月31日", []),
        ("2015年12月1日至2016年10月30日", ["D04"]),
        ("2016年1月1日至2016年11月30日", ["D04"]),
        ("2015年1月1日至2015年12月31日", ["X08"]),
        ("2015年1月1日至2015年11月30日", ["X08"]),
    ],
)
def test_a_wrong_period_is_told_once(period: str, rules: list[str]) -> None:
    report = checked(f"{TITLE}\n统计期限为{period}。\n{BODY}")
    assert [f.rule for f in told(report, "D04", "X08")] == rules


def test_schools_report_on_school_years() -> None:
    text = "{0}\n2021-2022学年度信息公开工作报告\n发布日期：2022-10-20\n统计期限自2021年9月1日起至2022年8月31日止。\n"
    school = checked(text.format("云岭师范大学") + BODY)
    assert (school.title, school.report_year) == ("云岭师范大学2021-2022学年度信息公开工作报告", 2021)
    assert told(school, "D02", "D03", "D04", "X08", "G04") == []


@pytest.mark.parametrize(
    ("preface", "found"),
    [
        ("现公布云岭县民政局2015年政府信息公开工作年度报告。", True),
        ("本报告是由云岭县民政局编制的2015年度政府信息公开年度报告。", True),
        ("现公布云岭县民政局2016年政府信息公开工作年度报告。", False),
        ("根据《县政府办关于现公布2015年政府信息公开工作年度报告的通知》，制定本报告。", False),
        ("按时发布2015年政府信息公开工作年度报告。", False),
    ],
)
def test_the_year_of_the_preface_is_that_of_the_title(preface: str, found: bool) -> None:
    assert bool(told(checked(f"{TITLE}\n{preface}\n{BODY}"), "X08")) is found


@pytest.mark.parametrize(
    "head",
    [
        "索引号 | 002/2017-00001 | 发布机构 | 云岭县民政局 |\n公开方式 | 主动公开 | 成文日期 | 2017-01-12 |\n文号 | | 有效性 | |",
        "索引号 | 公开方式 | 发布机构 |\n116/2017-1 | 主动公开 | 云岭县民政局 |",
        "当前位置: 首页 > 信息公开 > 政府信息公开年报 |\n索引号: | 33/2017-1 | 成文日期: | 2017-03-05 |",
        "发布时间: | 2017年02月17日 |",
        "浏览次数：31 | | | |\n打印 | 关闭 | | |",
    ],
)
def test_the_head_of_a_page_is_no_form(head: str) -> None:
    assert told(checked(f"{head}\n{TITLE}\n{BODY}"), "G09") == []


def test_the_year_of_a_table_is_no_row_of_it() -> None:
    rows = (
        "统计指标 | 单位 | 统计数 |\n（一）主动公开政府信息数 | 条 | 100 |\n{0}其中：主动公开规范性文件数 | 条 | 10 |\n"
    )
    head = "政府信息公开工作情况统计表 | | |\n（2015年度） | | |\n填报单位：云岭县粮食局 | | |\n"
    for added, found in (("", []), ("甲 | 乙 | 1 |\n", []), ("召开动员大会数 | 次 | 5 |\n", ["info"])):
        report = checked(head + rows.format(added) + "制发规范性文件总数 | 件 | 10 |\n")
        assert [f.severity for f in told(report, "G09") if f.severity == "info"] == found


@pytest.mark.parametrize(
    "title",
    [
        "《云岭县民政局2023年政府信息公开工作年度报告》解读",
        "【文稿解读】云岭县民政局2023年政府信息公开工作年度报告",
        "云岭县政务公开办关于做好2021年政府信息公开工作年度报告编制发布工作的通知",
        "政府信息公开年度工作报告范文",
    ],
)
def test_what_is_about_reports_is_none(title: str) -> None:
    with pytest.raises(ReadError) as caught:
        checked(f"{title}\n一、编制依据\n年度报告依照条例编制，反映政府信息公开情况。\n")
    assert caught.value.code == "no-report"


def test_a_notice_that_brings_a_report_with_it_is_read() -> None:
    text = f"关于印发云岭县2016年政府信息公开年度报告的通知\n{TITLE}\n{BODY}"
    assert checked(text).title == TITLE


SIX = """云岭县民政局2021年政府信息公开工作年度报告
一、总体情况
工作正常。
二、主动公开政府信息情况
{two}
三、收到和处理政府信息公开申请情况
{three}
四、政府信息公开行政复议、行政诉讼情况
无。
五、存在的主要问题及改进情况
问题是答复不够及时，已经改进。
六、其他需要报告的事项{six}
"""


@pytest.mark.parametrize("six", ["\n无。", "\n没有。", "：无。", "。无", " 无", "无。"])
def test_a_section_that_says_nothing_happened_is_there(six: str) -> None:
    report = checked(SIX.format(two="信息。", three="信息。", six=six))
    assert [f for f in told(report, "G05") if "其他需要报告" in f.message.zh] == []


def test_a_heading_that_is_printed_twice_is_not_empty() -> None:
    text = (
        "一、总体情况\n一、总体情况 县民政局按照条例的要求开展工作，各项任务完成。\n二、主动公开政府信息情况\n信息。\n"
    )
    report = checked(f"云岭县民政局2021年政府信息公开工作年度报告\n{text}")
    assert [f.instance for f in told(report, "G05") if f.instance.endswith("empty")] == []


def test_labels_between_commas_are_a_table_that_is_not_read() -> None:
    three = "自然人,法人或其他组织,总计\n商业企业,科研机构,其他\n一、本年新收政府信息公开申请数量,3,0,0,0,3\n"
    report = checked(SIX.format(two="信息。", three=three, six="\n无。"))
    assert [f.severity for f in told(report, "G05") if f.instance == "G05.表三"] == ["warning"]


def test_a_section_without_a_word_is_empty() -> None:
    report = checked(SIX.format(two="信息。", three="信息。", six=""))
    assert [f.severity for f in told(report, "G05") if "其他需要报告" in f.message.zh] == ["error"]


def test_a_heading_out_of_order_is_quoted_as_the_report_prints_it() -> None:
    parts = SIX.format(two="信息。", three="信息。", six="\n无。").replace("四、政府", "三、政府").split("三、")
    report = checked(f"{parts[0]}三、{parts[2].replace('五、', '四、' + parts[1] + '五、')}")
    (order,) = [f for f in told(report, "G05") if f.instance.endswith("order")]
    assert order.message.zh == "“三、政府信息公开行政复议、行政诉讼情况”的位置不对"
    assert order.explanation is not None
    assert "次序" in order.explanation.zh


def test_what_may_be_right_fits_what_is_said() -> None:
    loose = "申请人情况\n自然人 法人或其他组织\n商业企业 科研机构\n结转下年度继续办理"
    rows = "\n".join(f"某类事项{n} | {n} | {n + 1} | 若干 |" for n in range(7))
    report = checked(SIX.format(two=rows, three=loose, six=""))
    said = {f.instance.partition(".")[2]: f.explanation and f.explanation.en for f in told(report, "G05")}
    assert said == {
        "6.empty": "its text may be a picture that was lost in conversion",
        "表二": None,
        "表三": "the table may have come apart in conversion",
        "表四": "a table may be a picture that was lost in conversion",
    }


def test_a_table_that_cannot_be_read_is_not_said_to_be_absent() -> None:
    loose = "申请人情况\n自然人 法人或其他组织\n商业企业 科研机构\n结转下年度继续办理"
    report = checked(SIX.format(two="信息。", three=loose, six="\n无。"))
    tables = {f.instance: (f.severity, "缺少" in f.message.zh) for f in told(report, "G05")}
    assert tables == {"G05.表二": ("error", True), "G05.表三": ("warning", False), "G05.表四": ("error", True)}


@pytest.mark.parametrize(
    "words",
    [
        "收到申请9件，办结7件，其余2件结转下年度继续办理。",
        "上年结转3件，结转下年度继续办理4件。",
        "申请人中自然人6件，法人中商业企业3件，科研机构0件。",
        "行政诉讼1件，结果维持，另有1件尚未审结。",
        "依照条例第二十条第五项公开行政许可，本年处理决定数量为12件。",
        "行政复议5件，其中结果维持3件、结果纠正1件，结转下年度继续办理0件。",
    ],
)
def test_words_of_a_sentence_are_no_table(words: str) -> None:
    report = checked(SIX.format(two=words, three=words, six="\n无。").replace("无。\n五", f"{words}\n五"))
    tables = {f.instance: f.severity for f in told(report, "G05")}
    assert tables == {"G05.表二": "error", "G05.表三": "error", "G05.表四": "error"}


def test_rows_that_are_not_read_are_those_of_their_own_section() -> None:
    rows = "\n".join(f"某类事项{n} | {n} | {n + 1} | 若干 |" for n in range(7))
    report = checked(SIX.format(two=rows, three="没有申请。", six="\n无。"))
    said = {f.instance: "行表格未能识别" in f.message.zh for f in told(report, "G05")}
    assert said == {"G05.表二": True, "G05.表三": False, "G05.表四": False}


def test_a_late_signature_is_shown_where_it_stands() -> None:
    text = f"{TITLE}\n{BODY}云岭县民政局\n2017年5月20日\n"
    (late,) = told(checked(text), "D01")
    assert late.span is not None
    assert text[late.span.start : late.span.end] == "2017年5月20日"
