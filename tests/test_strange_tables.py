"""Tables that are not as the form has them: what they surely say is read, and nothing is bound to a wrong metric."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import carriers
import gouji
from corpus import read
from gouji import rules
from gouji.records import Report

T3 = "requests.t3"
HEAD = "(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)|申请人情况|\n|自然人|法人或其他组织|总计|\n||商业企业|科研机构|社会公益组织|法律服务机构|其他||\n"
NEW = "一、本年新收政府信息公开申请数量|"
IN = "二、上年结转政府信息公开申请数量|"
OUT = "四、结转下年度继续办理|"
STAT = "统计指标|单位|统计数|\n"


def parsed(lines: str) -> Report:
    return read(gouji.engine(), "政府信息公开\n" + lines)


def figures(lines: str) -> dict[str, object]:
    """Metric -> value, or state where there is none, a list where it comes several times; scoped ones as metric@scope."""
    found: dict[str, list[object]] = {}
    for o in parsed(lines).observations:
        if o.source == "table":
            name = o.path + (f"@{o.scope}" if o.scope else "")
            found.setdefault(name, []).append(o.value if o.state == "value" else o.state)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def row(stem: str, columns: str, *values: object) -> dict[str, object]:
    return {f"{stem}.{column}": value for column, value in zip(columns.split(), values, strict=True)}


SEVEN = "natural commercial research welfare legal other total"
OUTCOMES = "upheld corrected other pending total"
CASES = "行政复议|行政诉讼|\n结果维持|结果纠正|其他结果|尚未审结|总计|未经复议直接起诉|复议后起诉|\n" + (
    "结果维持|结果纠正|其他结果|尚未审结|总计|" * 2 + "\n"
)
HEAD_FILLED = (
    "(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)|申请人情况|||||||||\n"
    "自然人|法人或其他组织|总计||||||||\n商业企业|科研机构|社会公益组织|法律服务机构|其他||||||\n"
)
NOTHING: dict[str, object] = {}
TABLES: dict[str, tuple[str, dict[str, object]]] = {
    "transposed table 3": (
        "申请人|本年新收|上年结转|予以公开|部分公开|不予公开|总计|结转下年度|\n自然人|1|2|3|4|5|6|7|\n总计|1|2|3|4|5|6|7|\n",
        NOTHING,
    ),
    "units as rows below labels of table 3": (
        "单位|予以公开|部分公开|不予公开|无法提供|不予处理|其他处理|总计|\n教育局|1|1|1|1|1|1|6|\n合计|1|1|1|1|1|1|6|\n",
        NOTHING,
    ),
    "units as rows below labels of the statistics": (
        "单位|主动公开政府信息数|收到申请数|申请办结数|\n教育局|12|3|3|\n收到申请数|件|5|\n",
        NOTHING,
    ),
    "two halves of the statistics side by side": (
        "统计指标|单位|统计数|统计指标|单位|统计数|\n收到申请数|件|5|行政复议数量|件|2|\n当面申请数|件|5|八、机构建设和保障经费情况|——||\n",
        NOTHING,
    ),
    "transposed statistics": ("主动公开政府信息数|收到申请数|申请办结数|\n12|3|3|\n", NOTHING),
    "table 3 without its total column": (
        "|自然人|法人或其他组织|\n||商业企业|科研机构|社会公益组织|法律服务机构|其他|\n" + NEW + "1|2|3|4|5|6|\n",
        row(f"{T3}.new", "natural commercial research welfare legal other", 1, 2, 3, 4, 5, 6),
    ),
    "table 3 without heads": (
        f"{NEW}1|2|3|4|5|6|21|\n{IN}0|0|0|0|0|0|0|\n",
        row(f"{T3}.new", SEVEN, 1, 2, 3, 4, 5, 6, 21) | row(f"{T3}.carried_in", SEVEN, *[0] * 7),
    ),
    "table 3 with rows whose blanks are gone": (
        HEAD + NEW + "2|3|5|||||\n" + IN + "1|||||||\n" + OUT + "|0|1||||1|\n",
        row(f"{T3}.carried_in", SEVEN, 1, *["blank"] * 6)
        | row(f"{T3}.carried_out", SEVEN, "blank", 0, 1, *["blank"] * 3, 1),
    ),
    "table 3 without heads and with six columns": (f"{NEW}1|2|3|4|5|6|\n", NOTHING),
    "total first": (
        "|总计|自然人|法人或其他组织|\n|||商业企业|科研机构|社会公益组织|法律服务机构|其他|\n" + NEW + "21|1|2|3|4|5|6|\n",
        row(f"{T3}.new", "total natural commercial research welfare legal other", 21, 1, 2, 3, 4, 5, 6),
    ),
    "flat heads in another order": (
        "项目|其他|法律服务机构|自然人|商业企业|科研机构|社会公益组织|总计|\n" + NEW + "1|2|3|4|5|6|21|\n",
        row(f"{T3}.new", "other legal natural commercial research welfare total", 1, 2, 3, 4, 5, 6, 21),
    ),
    "a column of remarks": (
        "项目|自然人|商业企业|科研机构|社会公益组织|法律服务机构|其他|总计|备注|\n" + NEW + "1|2|3|4|5|6|21|9|\n",
        row(f"{T3}.new", SEVEN, 1, 2, 3, 4, 5, 6, 21),
    ),
    "a subtotal of organisations": (
        "项目|自然人|商业企业|科研机构|社会公益组织|法律服务机构|其他|小计|总计|\n" + NEW + "1|2|3|4|5|6|20|21|\n",
        row(f"{T3}.new", f"{SEVEN} org_subtotal", 1, 2, 3, 4, 5, 6, 21, 20),
    ),
    "heads that speak of something else": (
        "项目|一季度|二季度|三季度|四季度|上年同期|去年|总计值|\n" + NEW + "1|2|3|4|5|6|21|\n",
        NOTHING,
    ),
    "sliced heads": (
        "|自然人|法人或其他组织|总计|\n商业企科研机社会公法律服|业|构益组织|务机构|\n" + NEW + "1|2|3|4|5|6|21|\n",
        NOTHING,
    ),
    "heads over two lines": (
        "|自然人|法人或其他组织|总计|\n|商业|科研|社会公益|法律服务|其他|\n|企业|机构|组织|机构||\n" + NEW + "1|2|3|4|5|6|21|\n",
        row(f"{T3}.new", SEVEN, 1, 2, 3, 4, 5, 6, 21),
    ),
    "a figure split over two cells": (HEAD + NEW + "1|2|0|0|0|0|0|12|\n" + IN + "1|0|0|0|0|0|1|\n",
        row(f"{T3}.carried_in", SEVEN, 1, 0, 0, 0, 0, 0, 1)),
    "two figures in one cell": (HEAD + NEW + "1 2|0|0|0|0|0|12|\n",
        row(f"{T3}.new", SEVEN, "text", 0, 0, 0, 0, 0, 12)),
    "values before and behind merged labels": (
        HEAD + NEW + "||1|2|3|4|5|6|21|\n" + IN + "||0||||||0|\n",
        row(f"{T3}.new", SEVEN, 1, 2, 3, 4, 5, 6, 21) | row(f"{T3}.carried_in", SEVEN, 0, *["blank"] * 5, 0),
    ),
    "an empty column at the end": (
        HEAD + NEW + "1|2|3|4|5|6|21||\n", row(f"{T3}.new", SEVEN, 1, 2, 3, 4, 5, 6, 21)),
    "a subtotal row that the form does not have": (
        HEAD + "(三)不予公开|1|0|0|0|0|0|1|\n1.属于国家秘密|1|0|0|0|0|0|1|\n",
        row(f"{T3}.outcome.denied.subtotal", SEVEN, 1, 0, 0, 0, 0, 0, 1)
        | row(f"{T3}.outcome.denied.state_secret", SEVEN, 1, 0, 0, 0, 0, 0, 1),
    ),
    "a group merged with the label of a row": (
        HEAD + "(五)不予处理4.无正当理由大量反复申请|1|0|0|0|0|0|1|\n",
        row(f"{T3}.outcome.not_processed.excessive", SEVEN, 1, 0, 0, 0, 0, 0, 1),
    ),
    "groups repeated in front of every label": (
        HEAD + "三、本年度办理结果|(三)不予公开|1.属于国家秘密|1|0|0|0|0|0|1|\n三、本年度办理结果|(三)不予公开|5.属于三类内部事务信息|2|0|0|0|0|0|2|\n",
        row(f"{T3}.outcome.denied.state_secret", SEVEN, 1, 0, 0, 0, 0, 0, 1)
        | row(f"{T3}.outcome.denied.internal_affairs", SEVEN, 2, 0, 0, 0, 0, 0, 2),
    ),
    "the group in the label": (
        HEAD + "不予公开-属于内部事务信息|1|0|0|0|0|0|1|\n1.逾期不补正|2|0|0|0|0|0|2|\n2.逾期不缴费|3|0|0|0|0|0|3|\n",
        row(f"{T3}.outcome.denied.internal_affairs", SEVEN, 1, 0, 0, 0, 0, 0, 1)
        | row(f"{T3}.outcome.other.no_correction", SEVEN, 2, 0, 0, 0, 0, 0, 2)
        | row(f"{T3}.outcome.other.fee_unpaid", SEVEN, 3, 0, 0, 0, 0, 0, 3),
    ),
    "other outcomes as a short group name": (
        HEAD + "(六)其他|3.其他|1|0|0|0|0|0|1|\n", row(f"{T3}.outcome.other.misc", SEVEN, 1, 0, 0, 0, 0, 0, 1)),
    "columns of 2021 above a row of 2019": (
        "信息内容|本年制发件数|本年废止件数|现行有效件数|\n规范性文件|3|0|8|\n"
        + HEAD + NEW + "1|0|0|0|0|0|1|\n(六)其他处理|0|0|0|0|0|0|0|\n",
        row("disclosure.art20_1.normative_docs", "made repealed in_force", 3, 0, 8)
        | row(f"{T3}.new", SEVEN, 1, 0, 0, 0, 0, 0, 1) | row(f"{T3}.outcome.other.subtotal", SEVEN, *[0] * 7),
    ),
    "table 2 in another order": (
        "信息内容|现行有效件数|本年制发件数|本年废止件数|\n行政规范性文件|8|3|0|\n",
        row("disclosure.art20_1.normative_docs", "in_force made repealed", 8, 3, 0),
    ),
    "table 2 with other columns": ("信息内容|数量|同比|备注|\n规章|1|2|3|\n行政许可|4|5|6|\n", NOTHING),
    "documents without heads": ("第二十条第(一)项|\n规章|1|2|3|\n行政规范性文件|1|2|3|\n", NOTHING),
    "table 2 without its last column": (
        "信息内容|上一年项目数量|处理决定数量|\n行政许可|4|5|\n",
        row("disclosure.art20_5.licensing", "prev_items decisions", 4, 5),
    ),
    "heads cut short": (
        "信息内容|本年新|本年新|对外公开总数量|\n规章|1|2|3||\n",
        row("disclosure.art20_1.regulations", "made newly_disclosed total_disclosed", 1, 2, 3),
    ),
    "annotated cells": (
        "信息内容|本年制发件数|本年废止件数|现行有效件数|\n行政规范性文件|22(其中修订16件)|55（含自然失效29件）|无|\n"
        "信息内容|上一年项目数量|本年增/减|处理决定数量|\n行政处罚|22|--253|+22|\n",
        row("disclosure.art20_1.normative_docs", "made repealed in_force", 22, 55, "na")
        | row("disclosure.art20_6.penalty", "prev_items items_change decisions", 22, -253, 22),
    ),
    "table 4 as three tables": (
        "行政复议\n结果维持|结果纠正|其他结果|尚未审结|总计|\n1|2|3|4|10|\n\n"
        "行政诉讼（未经复议直接起诉）\n结果维持|结果纠正|其他结果|尚未审结|总计|\n5|6|7|8|26|\n\n"
        "### (三)行政诉讼（复议后起诉）\n结果维持|结果纠正|其他结果|尚未审结|总计|\n0|0|0|0|0|\n",
        row("review", "upheld corrected other pending total", 1, 2, 3, 4, 10)
        | row("litigation.direct", "upheld corrected other pending total", 5, 6, 7, 8, 26)
        | row("litigation.after_review", "upheld corrected other pending total", *[0] * 5),
    ),
    "a third of table 4 that nothing names": (
        "结果维持|结果纠正|其他结果|尚未审结|总计|\n1|2|3|4|10|\n", NOTHING),
    "a label in brackets over two rows": (
        HEAD + "(二)部分公开(区分处理的,只计||||||||\n这一情形,不计其他情形)|1|0|0|0|0|0|1|\n(七)总计|1|0|0|0|0|0|1|\n",
        row(f"{T3}.outcome.partial", SEVEN, 1, 0, 0, 0, 0, 0, 1) | row(f"{T3}.outcome.total", SEVEN, 1, 0, 0, 0, 0, 0, 1),
    ),
    "a label over two rows of which the first is known": (
        HEAD + "2.没有现成信息||||||||\n需要另行制作|1|0|0|0|0|0|1|\n(七)总计|1|0|0|0|0|0|1|\n",
        row(f"{T3}.outcome.unable.needs_creation", SEVEN, 1, 0, 0, 0, 0, 0, 1)
        | row(f"{T3}.outcome.total", SEVEN, 1, 0, 0, 0, 0, 0, 1),
    ),
    "a blank row above a row of the province": (
        HEAD + NEW + "1|0|0|0|0|0|1|\n" + IN + "|||||||\n其中:涉企政策咨询|1|0|0|0|0|0|1|\n(七)总计|1|0|0|0|0|0|1|\n",
        row(f"{T3}.new", SEVEN, 1, 0, 0, 0, 0, 0, 1) | row(f"{T3}.carried_in", SEVEN, *["blank"] * 7)
        | row(f"{T3}.outcome.total", SEVEN, 1, 0, 0, 0, 0, 0, 1),
    ),
    "table 4 in another order": (
        "行政复议|\n总计|结果维持|结果纠正|其他结果|尚未审结|\n10|1|2|3|4|\n",
        row("review", "total upheld corrected other pending", 10, 1, 2, 3, 4),
    ),
    "table 4 with fourteen cells": (
        "行政复议|行政诉讼|\n结果维持|结果纠正|其他结果|尚未审结|总计|未经复议直接起诉|复议后起诉|\n|||||结果维持|结果纠正|其他结果|尚未审结|总计|结果维持|结果纠正|其他结果|尚未审结|总计|\n"
        "1|2|3|4|10|1|2|3|4|10|1|2|3|4|\n",
        NOTHING,
    ),
    "a row of fifteen figures without heads": ("|".join("123456789012345") + "|\n", NOTHING),
    "labels in the second cell, numbered": (
        "序号|统计指标|单位|统计数|\n1|(一)收到申请数|件|5|\n2|1.当面申请数|件|2|\n",
        {"requests.received.total": 5, "requests.received.in_person": 2},
    ),
    "a group in front of the label": (
        STAT + "依申请公开情况|收到申请数|件|5|\n", {"requests.received.total": 5}),
    "the unit behind the figure": (
        "统计指标|统计数|单位|\n收到申请数|5|件|\n", {"requests.received.total": 5}),
    "three columns of bodies": (
        "统计指标|单位|区政府统计数|区直单位统计数|乡镇街道统计数|\n收到申请数|件|5|6|7|\n",
        {"requests.received.total@区政府": 5, "requests.received.total@区直单位": 6, "requests.received.total@乡镇街道": 7},
    ),
    "two years": (
        "统计指标|单位|2016年|2015年|\n收到申请数|件|5|6|\n",
        {"requests.received.total": 5, "requests.received.total@2015年": 6},
    ),
    "three columns without heads": ("收到申请数|件|5|6|7|\n主动公开政府信息数|条|5|6|7|\n", NOTHING),
    "a row of the province": (
        STAT + "收到申请数|件|5|\n申请办结数|件|5|\n申请答复数|件|5|\n接受咨询群众数|人次|40|\n举报投诉数量|件|0|\n单位负责人|张某|8|\n",
        {"requests.received.total": 5, "requests.completed.total": 5, "requests.replies.total": 5,
         "ext.table.接受咨询群众数": 40, "complaints.total": 0},
    ),
    "characters lost, another between its neighbours": (
        STAT + "2.政府网站公开政府信息数|条|5|\n3.政务微公开政府信息数|条|6|\n4.政务微信公开政府信息数|条|7|\n",
        {"disclosure.channel.website": 5, "disclosure.channel.weibo": 6, "disclosure.channel.wechat": 7},
    ),
    "characters lost, two rows as near": (
        STAT + "2.政府网站公开政府信息数|条|5|\n3.政务微公开政府信息数|条|6|\n5.其他方式公开政府信息数|条|7|\n",
        {"disclosure.channel.website": 5, "disclosure.channel.other": 7},
    ),
    "a repeated row": (
        STAT + "收到申请数|件|5|\n收到申请数|件|6|\n申请办结数|件|7|\n", {"requests.received.total": 5}),
    "two forms in one table": (
        STAT + "收到申请数|件|5|\n申请办结数|件|5|\n" + STAT + "收到申请数|件|9|\n申请办结数|件|8|\n申请答复数|件|8|\n",
        {"requests.received.total": 5, "requests.completed.total": 5},
    ),
    "two forms in two tables": (
        "区教育局\n" + STAT + "收到申请数|件|5|\n\n区民政局\n" + STAT + "收到申请数|件|9|\n申请办结数|件|8|\n",
        {"requests.received.total": 5, "requests.received.total@区民政局": 9, "requests.completed.total@区民政局": 8},
    ),
    "the same form twice": (
        "区教育局\n" + STAT + "收到申请数|件|5|\n申请办结数|件|5|\n\n（手机版）\n" + STAT + "收到申请数|件|5|\n申请办结数|件|5|\n",
        {"requests.received.total": [5, 5], "requests.completed.total": [5, 5]},
    ),
    "a page break with repeated heads": (
        HEAD + NEW + "1|2|3|4|5|6|21|\n\n- 3 -\n\n" + HEAD + IN + "0|0|0|0|0|0|0|\n",
        row(f"{T3}.new", SEVEN, 1, 2, 3, 4, 5, 6, 21) | row(f"{T3}.carried_in", SEVEN, *[0] * 7),
    ),
    "a page break without heads": (
        HEAD + NEW + "1|2|3|4|5|6|21|\n\n- 3 -\n\n" + IN + "0|0|0|0|0|0|0|\n" + OUT + "0|0|0|0|0|0|0|\n",
        row(f"{T3}.new", SEVEN, 1, 2, 3, 4, 5, 6, 21)
        | row(f"{T3}.carried_in", SEVEN, *[0] * 7) | row(f"{T3}.carried_out", SEVEN, *[0] * 7),
    ),
    "a label over two rows": (
        HEAD + "2.其他法律行政法规禁|||||||\n止公开|1|0|0|0|0|0|1|\n3.危及“三安全一稳定”|0|0|0|0|0|0|0|\n",
        row(f"{T3}.outcome.denied.security_stability", SEVEN, *[0] * 7)
        | row(f"{T3}.outcome.denied.law_prohibited", SEVEN, 1, 0, 0, 0, 0, 0, 1),
    ),
    "words in a value cell": (
        STAT + "收到申请数|件|见附表|\n申请办结数|件|约五件|\n举报投诉数量|件|2|\n",
        {"requests.received.total": "text", "requests.completed.total": "text", "complaints.total": 2},
    ),
    "Kangxi radicals": (
        HEAD + "⼀、本年新收政府信息公开申请数量|1|0|0|0|0|0|1|\n7.属于⾏政执法案卷|0|0|0|0|0|0|0|\n",
        row(f"{T3}.new", SEVEN, 1, 0, 0, 0, 0, 0, 1) | row(f"{T3}.outcome.denied.enforcement_file", SEVEN, *[0] * 7),
    ),
    "pinyin in the labels": (
        "信息內容|本年處(chǔ)理決定數量|\n行政處(chǔ)罰|5|\n行政強制|0|\n第二十條第(八)項|\n信息內容|本年收費金額|\n",
        {"disclosure.art20_6.penalty.decisions": 5, "disclosure.art20_6.coercion.decisions": 0}),
    "Taiwan words": (
        STAT + "制發規範性檔案總數|件|5|\n政府入口網站公開政府資訊數|條|6|\n",
        {"disclosure.normative_docs.issued": 5, "disclosure.channel.website": 6},
    ),
    "figures of table 4 twice": (
        CASES + "1|0|0|0|1|" + "0|" * 10 + "\n" + "1|0|0|0|1|" + "0|" * 10 + "\n",
        row("review", OUTCOMES, 1, 0, 0, 0, 1)
        | row("litigation.direct", OUTCOMES, *[0] * 5) | row("litigation.after_review", OUTCOMES, *[0] * 5),
    ),
    "places of columns above the heads of table 4": (
        "|" * 15 + "\n" + CASES + "1|0|0|0|1|" + "0|" * 10 + "\n",
        row("review", OUTCOMES, 1, 0, 0, 0, 1)
        | row("litigation.direct", OUTCOMES, *[0] * 5) | row("litigation.after_review", OUTCOMES, *[0] * 5),
    ),
    "one figure merged over all columns of a row that is filled up": (
        HEAD_FILLED + NEW + "5|||||||||\n" + IN + "1|0|0|0|0|0|1|||\n",
        row(f"{T3}.carried_in", SEVEN, 1, 0, 0, 0, 0, 0, 1),
    ),
    "a head that lost its last character": (
        "信息内容|上一年项目数量|本年增/|处理决定数量|\n行政许可|421|-2|1844|\n",
        row("disclosure.art20_5.licensing", "prev_items items_change decisions", 421, -2, 1844),
    ),
    "changes in words": (
        "信息内容|上一年项目数量|本年增/减|处理决定数量|\n行政许可|421|增1423|1844|\n行政处罚|80|减少38|增2|\n",
        row("disclosure.art20_5.licensing", "prev_items items_change decisions", 421, 1423, 1844)
        | row("disclosure.art20_6.penalty", "prev_items items_change decisions", 80, -38, "text"),
    ),
    "heads broken over cells": (
        "信息内容|本年新|制作数量|本年新|公开数量|对外公开总数量|\n规章|1|2|3|\n规范性文件|4|5|6|\n",
        row("disclosure.art20_1.regulations", "made newly_disclosed total_disclosed", 1, 2, 3)
        | row("disclosure.art20_1.normative_docs", "made newly_disclosed total_disclosed", 4, 5, 6),
    ),
    "a label broken over cells": (
        HEAD + "(四)无法提供|1.本机关不掌|握相关政|府信息|3|0|0|0|0|0|3|\n",
        row(f"{T3}.outcome.unable.not_held", SEVEN, 3, 0, 0, 0, 0, 0, 3),
    ),
    "caption, labels and columns in one row": (
        "第二十条第(一)项|信息内容|本年制发件数|本年废止件数|现行有效件数|\n行政规范性文件|4|0|9|\n",
        row("disclosure.art20_1.normative_docs", "made repealed in_force", 4, 0, 9),
    ),
    "units in the cells": (
        "信息内容|采购项目数量|采购总金额|\n政府集中采购|8|251000元|\n",
        row("disclosure.art20_9.procurement", "projects amount", 8, 251000),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_strange_table(name: str) -> None:
    lines, expected = TABLES[name]
    assert figures(lines) == expected


EXAMPLES = Path(__file__).parents[1] / "examples"


def findings(text: str) -> set[str]:
    """Rules that do not hold in a report."""
    report = read(gouji.engine(), text)
    return {f.instance for f in rules.check(gouji.engine().rulebook, report)[0] if f.verdict == "fail"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("三、收到", "二、收到"),
        ("二、主动公开政府信息情况", "主动公开政府信息情况"),
        ("二、主动公开政府信息情况", "## 表二：主动公开政府信息情况"),
        ("三、收到和处理政府信息公开申请情况", "行政机关收到和处理政府信息公开申请情况"),
        ("四、政府信息公开行政复议、行政诉讼情况", "作被申请行政复议、提起行政诉讼情况"),
        ("三、收到", "(三)、收到"),
    ],
)
def test_a_heading_with_a_strange_ordinal_is_a_heading(old: str, new: str) -> None:
    text = (EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8")
    assert old in text
    assert not {f for f in findings(text.replace(old, new)) if f.startswith("G05")}


def test_a_section_that_is_not_there_is_missed() -> None:
    text = (EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8")
    assert "G05.4" in findings(text.replace("四、政府信息公开行政复议、行政诉讼情况\n", ""))


def test_an_old_form_in_a_later_year_is_told() -> None:
    text = (EXAMPLES / "table2019-clean.txt").read_text(encoding="utf-8")
    later = re.sub(r"20(\d\d)", lambda m: str(2003 + int(m[1])), text)
    assert "G10" not in findings(text)
    assert "G10" in findings(later)


def test_a_row_of_2019_in_the_form_of_2021_leaves_the_form_of_2021() -> None:
    lines, _ = TABLES["columns of 2021 above a row of 2019"]
    assert parsed(lines).form == "table2021"


def test_a_damaged_label_is_told() -> None:
    lines, _ = TABLES["characters lost, another between its neighbours"]
    assert "G09.renamed.政务微博公开政府信息数" in findings("政府信息公开\n" + lines)


def test_codes_of_the_annex_are_kept() -> None:
    report = parsed("指标名称|计量单位|代码|本期实际|本年累计|\n申请总数|条|05|11|12|\n行政复议数|件|21|1|1|\n")
    assert [(o.row, o.scope, o.value) for o in report.observations if o.path == "requests.received.total"] == [
        ("05", None, 11),
        ("05", "本年累计", 12),
    ]


REMARKED = [
    ["统计指标", "单位", "统计数", "备注"],
    ["三、依申请公开情况", "——"],
    ["（一）收到申请数", "件", "12"],
    ["1.当面申请数", "件", "3", "含结转1件"],
    ["2.传真申请数", "件", "0"],
    ["3.网络申请数", "件", "9"],
]
WRITTEN: dict[str, Callable[[list[str]], str]] = {
    "rows closed by bars": lambda cells: " | ".join(cells) + " |\n",
    "rows filled up": lambda cells: " | ".join(cells) + " | " + "|" * (4 - len(cells)) + "\n",
    "cells closed by bars": lambda cells: "".join(cell + " |\n" for cell in cells),
    "cells filled up": lambda cells: (
        "".join(cell + " |\n" for cell in cells) + "|" * (4 - len(cells)) + "\n" * (len(cells) < 4)
    ),
    "cells between empty lines": lambda cells: "".join(cell + "\n\n" for cell in cells),
    "TABs": lambda cells: "\t".join(cells) + "\n",
    "spaces": lambda cells: " ".join(cells) + "\n",
}


@pytest.mark.parametrize("written", WRITTEN)
def test_remarks_that_some_rows_leave_out(written: str) -> None:
    table = "".join(map(WRITTEN[written], REMARKED))
    report = gouji.engine().check("x.txt", f"附件：政府信息公开情况统计表\n{table}".encode())
    found = {o.path.removeprefix("requests.received."): o.value for o in report.observations}
    assert found == {"total": 12, "in_person": 3, "fax": 0, "online": 9}


def cut(label: str, *places: int) -> list[carriers.Block]:
    """A report whose row `label` has lost the cells at `places`, counted from its end; 0 is one too many."""
    blocks = carriers.read((EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8"))
    for block in blocks:
        for i, row in enumerate(block if isinstance(block, list) else []):
            if any(label in cell for cell in row):
                kept = [cell for n, cell in enumerate(row, -len(row)) if n not in places]
                block[i] = (*kept, "5") if 0 in places else tuple(kept)  # type: ignore[index]
    return blocks


def html(blocks: list[carriers.Block]) -> str:
    def row(cells: carriers.Row) -> str:
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"

    return "\n".join(
        f"<p>{block}</p>" if isinstance(block, str) else "<table>" + "\n".join(map(row, block)) + "</table>"
        for block in blocks
    )


def tabbed(blocks: list[carriers.Block]) -> str:
    return "\n".join(
        block if isinstance(block, str) else "\n".join("\t".join(cells) for cells in block) for block in blocks
    )


CARRIED: dict[str, Callable[[list[carriers.Block]], str]] = {
    **{name: partial(carriers.write, carrier=name) for name in carriers.CARRIERS},
    "html": html,
    "sheet": tabbed,
}


@pytest.mark.parametrize("carrier", CARRIED)
@pytest.mark.parametrize(
    ("label", "places", "count"),
    [
        ("予以公开", (-3,), 6),
        ("予以公开", (-6, -5), 5),
        ("予以公开", (0,), 8),
        ("一、本年新收", (-6,), 6),
        ("七）总计", (-7,), 6),
    ],
)
def test_a_row_that_has_lost_a_cell_is_told_where_it_stands(
    label: str, places: tuple[int, ...], count: int, carrier: str
) -> None:
    text = CARRIED[carrier](cut(label, *places))
    report = gouji.engine().check("report.html" if carrier == "html" else "report.txt", text.encode())
    (finding,) = report.findings
    assert (finding.rule, finding.severity) == ("G09", "warning")
    assert finding.span is not None
    assert label in report.document.text[finding.span.start : finding.span.end]
    assert f"{count} 格" in finding.message.zh
    assert "7 格" in finding.message.zh
    assert f"{count} cells" in finding.message.en
    # None of its figures is taken for that of another column.
    assert len([o for o in report.observations if o.path.startswith("requests.t3.") and o.source == "table"]) == 24 * 7


@pytest.mark.parametrize("carrier", CARRIED)
def test_a_row_that_has_lost_its_last_cell_has_no_total(carrier: str) -> None:
    text = CARRIED[carrier](cut("予以公开", -1))
    report = gouji.engine().check("report.html" if carrier == "html" else "report.txt", text.encode())
    (finding,) = [f for f in report.findings if f.severity != "info"]
    # Where lines are filled up the last place is blank.
    assert finding.instance in ("G09.cells.requests.t3.outcome.granted.natural", "R04.row.outcome.granted")


@pytest.mark.parametrize("carrier", ["bars", "markdown", "tabs", "html"])
def test_a_row_without_a_label_that_has_lost_a_cell_is_not_a_table_that_is_missing(carrier: str) -> None:
    blocks = carriers.read((EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8"))
    for block in blocks:
        if isinstance(block, list) and "行政复议" in block[0]:
            block[-1] = block[-1][:6] + block[-1][7:]
    text = CARRIED[carrier](blocks)
    report = gouji.engine().check("report.html" if carrier == "html" else "report.txt", text.encode())
    assert [f.instance for f in report.findings] == ["G09.cells.review.upheld"]
    assert "14 格" in report.findings[0].message.zh


def test_rows_without_a_total_are_no_rows_that_have_lost_a_cell() -> None:
    clean = (EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8")
    # A blank total, even where one kind of applicant outweighs the others.
    old = "（二）部分公开（区分处理的，只计这一情形，不计其他情形） | 7 | 2 | 0 | 0 | 0 | 0 | 9 |"
    assert old in clean
    for new in (old.replace("| 9 |", "|  |"), old.replace("| 7 | 2 | 0 | 0 | 0 | 0 | 9 |", "| 2 | 7 |  |  |  |  |  |")):
        report = gouji.engine().check("report.txt", clean.replace(old, new).encode())
        assert not [f for f in report.findings if f.rule == "G09"]
        assert "R04.row.outcome.partial" in {f.instance for f in report.findings}


def test_what_is_missing_beside_a_row_that_has_lost_a_cell_is_told_by_itself() -> None:
    blocks = cut("予以公开", -3)
    for block in blocks:
        if isinstance(block, list):
            block[:] = [row for row in block if "2.重复申请" not in row]
    report = gouji.engine().check("report.txt", carriers.write(blocks, "bars").encode())
    found = {f.instance: f for f in report.findings if f.rule == "G09"}
    assert set(found) == {"G09.cells.requests.t3.outcome.granted.natural", "G09.missing.requests.t3"}
    missing = found["G09.missing.requests.t3"]
    assert "7" in missing.message.en
    line = report.document.place(missing.span).line if missing.span else None
    assert line
    assert "1.信访举报投诉类申请" in report.document.text.split("\n")[line - 1]


def test_words_among_the_figures_are_cells_and_no_label() -> None:
    clean = (EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8")
    old = "（一）予以公开 | 32 | 4 | 0 | 1 | 1 | 0 | 38 |"
    assert old in clean
    for new, told in (
        ("32 | 见附件 | 0 | 另附 | 1 | 0 | 38 |", "不是数字"),
        ("32 | 见附件 | 0 | 另附 | 1 | 38 |", "6 格"),
    ):
        report = gouji.engine().check("report.txt", clean.replace(old, f"（一）予以公开 | {new}").encode())
        (finding,) = [f for f in report.findings if f.rule == "G09"]
        assert finding.severity == "warning"
        assert "予以公开" in finding.message.zh
        assert told in finding.message.zh
        assert finding.span is not None
        assert report.document.text[finding.span.start : finding.span.end] == "（一）予以公开"


def test_behind_the_name_of_a_group_stands_no_cell_too_many() -> None:
    clean = (EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8")
    old = "（三）不予公开 | 1.属于国家秘密 |"
    assert old in clean
    found = findings(clean.replace(old, "（三）不予公开 | .属于国家秘密 |"))
    assert found == {"G09.missing.requests.t3", "G09.added.1"}
