"""Real reports composed from their figures: the standard labels, in the layout and with the slips that a case notes.

A composed report is a list of blocks as in `carriers`: lines of running text and tables of plain cells. Sentences are
our own; only figures, standard labels and the kinds of slips are those of published reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import carriers

Row: TypeAlias = tuple[str, ...]
Figures: TypeAlias = Mapping[str, Any]

APPLICANTS = {
    "natural": "自然人",
    "commercial": "商业企业",
    "research": "科研机构",
    "welfare": "社会公益组织",
    "legal": "法律服务机构",
    "other": "其他",
    "total": "总计",
}
RESULTS = {"upheld": "结果维持", "corrected": "结果纠正", "other": "其他结果", "pending": "尚未审结", "total": "总计"}
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
NO_LONGER = "、行政机关不再处理其政府信息公开申请"
# The rows of table 3: cells before the values, the stem of their metrics.
ROWS: tuple[tuple[Row, str], ...] = (
    (("一、本年新收政府信息公开申请数量",), "new"),
    (("二、上年结转政府信息公开申请数量",), "carried_in"),
    (("三、本年度办理结果", "（一）予以公开"), "outcome.granted"),
    (("", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"), "outcome.partial"),
    (("", "（三）不予公开", "1.属于国家秘密"), "outcome.denied.state_secret"),
    (("", "", "2.其他法律行政法规禁止公开"), "outcome.denied.law_prohibited"),
    (("", "", "3.危及“三安全一稳定”"), "outcome.denied.security_stability"),
    (("", "", "4.保护第三方合法权益"), "outcome.denied.third_party"),
    (("", "", "5.属于三类内部事务信息"), "outcome.denied.internal_affairs"),
    (("", "", "6.属于四类过程性信息"), "outcome.denied.process_info"),
    (("", "", "7.属于行政执法案卷"), "outcome.denied.enforcement_file"),
    (("", "", "8.属于行政查询事项"), "outcome.denied.admin_query"),
    (("", "（四）无法提供", "1.本机关不掌握相关政府信息"), "outcome.unable.not_held"),
    (("", "", "2.没有现成信息需要另行制作"), "outcome.unable.needs_creation"),
    (("", "", "3.补正后申请内容仍不明确"), "outcome.unable.unclear_after_correction"),
    (("", "（五）不予处理", "1.信访举报投诉类申请"), "outcome.not_processed.petition"),
    (("", "", "2.重复申请"), "outcome.not_processed.duplicate"),
    (("", "", "3.要求提供公开出版物"), "outcome.not_processed.publication"),
    (("", "", "4.无正当理由大量反复申请"), "outcome.not_processed.excessive"),
    (("", "", "5.要求行政机关确认或重新出具已获取信息"), "outcome.not_processed.reconfirm"),
    (("", "（六）其他处理"), "outcome.other.subtotal"),
    (("", "（六）其他处理", f"1.申请人无正当理由逾期不补正{NO_LONGER}"), "outcome.other.no_correction"),
    (("", "", f"2.申请人逾期未按收费通知要求缴纳费用{NO_LONGER}"), "outcome.other.fee_unpaid"),
    (("", "", "3.其他"), "outcome.other.misc"),
    (("", "（七）总计"), "outcome.total"),
    (("四、结转下年度继续办理",), "carried_out"),
)
MADE = {"made": "本年新制作数量", "newly_disclosed": "本年新公开数量", "total_disclosed": "对外公开总数量"}
ISSUED = {"made": "本年制发件数", "repealed": "本年废止件数", "in_force": "现行有效件数"}
POWER = {"prev_items": "上一年项目数量", "items_change": "本年增/减", "decisions": "处理决定数量"}
DECISIONS = {"decisions": "本年处理决定数量"}
RULES = (("规章", "art20_1.regulations"), ("规范性文件", "art20_1.normative_docs"))
MORE = ("其他主动公开文件", "art20_1.ext.other_docs")
# The stacked parts of table 2 by form: article, heads of its columns, rows.
TABLE_2: dict[str, list[tuple[str, dict[str, str], tuple[tuple[str, str], ...]]]] = {
    "table2019": [
        ("一", MADE, (*RULES, MORE)),
        ("五", POWER, (("行政许可", "art20_5.licensing"), ("其他对外管理服务事项", "art20_5.other_services"))),
        ("六", POWER, (("行政处罚", "art20_6.penalty"), ("行政强制", "art20_6.coercion"))),
        ("八", {k: POWER[k] for k in ("prev_items", "items_change")}, (("行政事业性收费", "art20_8.fees"),)),
        ("九", {"projects": "采购项目数量", "amount": "采购总金额"}, (("政府集中采购", "art20_9.procurement"),)),
    ],
    "table2021": [
        ("一", ISSUED, (RULES[0], ("行政规范性文件", RULES[1][1]))),
        ("五", DECISIONS, (("行政许可", "art20_5.licensing"),)),
        ("六", DECISIONS, (("行政处罚", "art20_6.penalty"), ("行政强制", "art20_6.coercion"))),
        ("八", {"amount": "本年收费金额（单位：万元）"}, (("行政事业性收费", "art20_8.fees"),)),
    ],
}
# What a case notes of its labels and cells: the standard wording, and the one of the report.
SLIPS: dict[str, dict[str, str]] = {
    "hongze-2024": {
        "2.其他法律行政法规禁止公开": "2.其他法律行政止公开",
        "（区分处理的，只计这一情形，不计其他情形）": "（区分处理的，只计这一情 形，不计其他情形）",
        "大量反复申请": "大量反复 申请",
        "或重新出具": "或重 新出具",
        "总计": "总 计",
    },
    "shuyang-drc-2023": {"行政规范性文件": "规范性文件"},
    "guangzhou-beijingjie-2020": {"采购总金额": "采购总金额(万元)", "第二十条第（": "第二十条第("},
    "huangpi-street-2020": {
        "规章": "规章(设区的市、自治州人民政府应提供相关数据)",
        "规范性文件": "规范性文件(行政机关制定发布的决定、公告、通告、意见、通 知，一般情况下属于规范性文件)",
        "其他主动公开文件": "其他主动公开文件(含以本单位或本单位办公室名义正式签发的、非涉密的文件)",
        "上一年项目数量": "上一年项目数量 (指2019年事项数)",
        "本年增/减": "本年增/减 (指2020年增加或减 少的事项 数广减用负 值表示,如 -8)",
        "处理决定数量": "处理决定数量 (指2020年办 件量)",
    },
    "cqstreet-zero-2019": {"本年新公开数量": "本年新\n公开数量", "对外公开总数量": "对外公开\n总数量"},
    "ankang-2019": {"160.5964": "160.5964万元"},
    "taiping-town-2022": {"商业企业": "商业\n企业", "（三）不予公开": "(三)\n不予公开"},
    "yangling-stat-2020": {"本年新制作数量": "本年新", "本年新公开数量": "本年新"},
    "panyu-invest-2022-trad": {
        "处罚": "處(chǔ)罰",
        "本年制发件数": "本年制發(fā)件數",
        "行政规范性文件": "行政規范性文件",
    },
}
# Every row has an empty cell more than the form has columns.
WIDER = frozenset({"yangling-stat-2020"})
# The heads of table 4 are lost but for the first row.
HEADLESS = frozenset({"suqian-2025"})


def compose(case: Mapping[str, Any]) -> list[carriers.Block]:
    """The report that a case describes, as paragraphs and tables."""
    figures: Figures = case["figures"]
    body, year = "江海市", case["year"]
    blocks: list[carriers.Block] = [f"{body}{year}年政府信息公开工作年度报告", "一、总体情况", *sentences(case)]
    second = [*table_2(figures, case["era"])] if any(".art20_" in path for path in figures) else []
    third = [*table_3(figures)] if any(path.startswith("requests.t3.") for path in figures) else []
    fourth = [*table_4(figures, case["id"] in HEADLESS)] if "review.total" in figures else []
    for heading, rows in (
        ("二、主动公开政府信息情况", second),
        ("三、收到和处理政府信息公开申请情况", third),
        ("四、政府信息公开行政复议、行政诉讼情况", fourth),
    ):
        blocks.append(heading)
        if rows:
            blocks.append([tuple(slipped(cell, case["id"]) for cell in row) for row in rows])
            if case["id"] in WIDER:
                blocks[-1] = [(*row, "") for row in blocks[-1]]
    blocks += ["五、存在的主要问题及改进情况", "公开的时效仍需提高，将加强培训。", "六、其他需要报告的事项", "无。"]
    if case["script"] == "traditional":
        blocks = [
            carriers.to_hant(b) if isinstance(b, str) else [tuple(map(carriers.to_hant, row)) for row in b]
            for b in blocks
        ]
    return blocks


def slipped(cell: str, case: str) -> str:
    """A cell with the slips of its case; the longer of two standard wordings goes first."""
    slips = SLIPS.get(case, {})
    for standard in sorted(slips, key=len, reverse=True):
        if standard in cell and (standard == cell or len(standard) > 2 or standard == "总计"):
            return cell.replace(standard, slips[standard])
        if standard == "处罚" and standard in cell:
            return cell.replace(standard, slips[standard])
    return cell


def table_2(figures: Figures, form: str) -> Iterator[Row]:
    for article, columns, rows in TABLE_2[form]:
        shown = [(label, stem) for label, stem in rows if any(p.startswith(f"disclosure.{stem}.") for p in figures)]
        if shown:
            yield (f"第二十条第（{article}）项",)
            yield ("信息内容", *columns.values())
            for label, stem in shown:
                yield (label, *(cell(figures, f"disclosure.{stem}.{column}") for column in columns))


def table_3(figures: Figures) -> Iterator[Row]:
    yield (NOTE, "申请人情况")
    yield ("", "自然人", "法人或其他组织", "总计")
    yield ("", "", *list(APPLICANTS.values())[1:6], "")
    for labels, stem in ROWS:
        if any(f"requests.t3.{stem}.{column}" in figures for column in APPLICANTS):
            yield (*labels, *(cell(figures, f"requests.t3.{stem}.{column}") for column in APPLICANTS))


def table_4(figures: Figures, headless: bool) -> Iterator[Row]:
    if headless:
        yield ("行政复议行政诉讼",)
    else:
        yield ("行政复议", "行政诉讼")
        yield (*RESULTS.values(), "未经复议直接起诉", "复议后起诉")
        yield ("",) * 5 + (*RESULTS.values(), *RESULTS.values())
    stems = ("review", "litigation.direct", "litigation.after_review")
    yield tuple(cell(figures, f"{stem}.{result}") for stem in stems for result in RESULTS)


def cell(figures: Figures, path: str) -> str:
    value = figures.get(path)
    return "" if value is None else str(value)


# Metrics of claims that one plain sentence can state, and sentences whose figures must not be taken for those of the
# tables: another scope, a list that is not complete.
SENTENCES: dict[str, Callable[[Any], str]] = {
    "主动公开": lambda v: f"全年主动公开政府信息{v}条。",
    "收到申请": lambda v: f"全年共收到政府信息公开申请{v}件。",
    "申请": lambda v: f"全年收到政府信息公开申请{v}件。",
    "信息处理费": lambda v: f"全年收取信息处理费{v}元。",
    "受理申请(区政府办)": lambda v: f"区政府办代表区政府受理政府信息公开申请{v}件。",
    "行政许可(双公示)": lambda v: f"在双公示专栏公开行政许可信息{v}项。",
}
CLAIMED = {
    "主动公开": "disclosure.total",
    "收到申请": "requests.received.total",
    "申请": "requests.received.total",
    "信息处理费": "fees.processing.collected",
}


def sentences(case: Mapping[str, Any]) -> Iterator[str]:
    """Plain sentences for the claims of a case that can be told in one."""
    told = False
    for claim in case["narrative_claims"]:
        if claim["metric"] in SENTENCES and claim["value"] is not None and claim["unit"] not in ("份", "宗"):
            told = True
            yield SENTENCES[claim["metric"]](claim["value"])
    if not told:
        yield "政府信息公开工作按要求开展。"
