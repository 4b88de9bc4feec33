"""The printed forms as drawn tables: standard labels with whatever figures a test wants in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from writers import Block, Cell, Table

COLUMNS = ("natural", "commercial", "research", "welfare", "legal", "other", "total")
_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("（一）予以公开", (("", "outcome.granted"),)),
    ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", (("", "outcome.partial"),)),
    (
        "（三）不予公开",
        (
            ("1.属于国家秘密", "outcome.denied.state_secret"),
            ("2.其他法律行政法规禁止公开", "outcome.denied.law_prohibited"),
            ("3.危及“三安全一稳定”", "outcome.denied.security_stability"),
            ("4.保护第三方合法权益", "outcome.denied.third_party"),
            ("5.属于三类内部事务信息", "outcome.denied.internal_affairs"),
            ("6.属于四类过程性信息", "outcome.denied.process_info"),
            ("7.属于行政执法案卷", "outcome.denied.enforcement_file"),
            ("8.属于行政查询事项", "outcome.denied.admin_query"),
        ),
    ),
    (
        "（四）无法提供",
        (
            ("1.本机关不掌握相关政府信息", "outcome.unable.not_held"),
            ("2.没有现成信息需要另行制作", "outcome.unable.needs_creation"),
            ("3.补正后申请内容仍不明确", "outcome.unable.unclear_after_correction"),
        ),
    ),
    (
        "（五）不予处理",
        (
            ("1.信访举报投诉类申请", "outcome.not_processed.petition"),
            ("2.重复申请", "outcome.not_processed.duplicate"),
            ("3.要求提供公开出版物", "outcome.not_processed.publication"),
            ("4.无正当理由大量反复申请", "outcome.not_processed.excessive"),
            ("5.要求行政机关确认或重新出具已获取信息", "outcome.not_processed.reconfirm"),
        ),
    ),
)
_OTHER_2021 = (
    ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "outcome.other.no_correction"),
    ("2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "outcome.other.fee_unpaid"),
    ("3.其他", "outcome.other.misc"),
)
_OUTCOMES = ("upheld", "corrected", "other", "pending", "total")
_OUTCOME_LABELS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def paths(year: int, requests_year: int = 0) -> list[str]:
    """The metric of every value cell of tables 2, 3 and 4, in the order of the form.

    `requests_year` is the year of the form of table 3, where it is another than that of the others.
    """
    requests = [f"requests.t3.{row}.{column}" for row in _request_rows(requests_year or year) for column in COLUMNS]
    cases = [f"{kind}.{o}" for kind in ("review", "litigation.direct", "litigation.after_review") for o in _OUTCOMES]
    return [*(path for _, _, cells in _items(year) for path in cells), *requests, *cases]


def _request_rows(year: int) -> Iterator[str]:
    yield from ("new", "carried_in")
    for _, rows in _GROUPS:
        yield from (path for _, path in rows)
    yield from (path for _, path in _OTHER_2021) if year >= 2021 else ("outcome.other.subtotal",)
    yield from ("outcome.total", "carried_out")


def _items(year: int) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(label, heads of a block where it begins, metrics) of the rows of table 2."""
    art = "disclosure.art20_{}"
    heads: tuple[str, ...]
    if year >= 2021:
        heads = ("第二十条第（一）项", "本年制发件数", "本年废止件数", "现行有效件数")
        for label, row in (("规章", "regulations"), ("行政规范性文件", "normative_docs")):
            yield label, heads, tuple(f"{art.format(1)}.{row}.{c}" for c in ("made", "repealed", "in_force"))
        yield "行政许可", ("第二十条第（五）项", "本年处理决定数量"), (f"{art.format(5)}.licensing.decisions",)
        heads = ("第二十条第（六）项", "本年处理决定数量")
        yield "行政处罚", heads, (f"{art.format(6)}.penalty.decisions",)
        yield "行政强制", heads, (f"{art.format(6)}.coercion.decisions",)
        heads = ("第二十条第（八）项", "本年收费金额（单位：万元）")
        yield "行政事业性收费", heads, (f"{art.format(8)}.fees.amount",)
        return
    heads = ("第二十条第（一）项", "本年新\n制作数量", "本年新\n公开数量", "对外公开总数量")
    for label, row in (("规章", "regulations"), ("规范性文件", "normative_docs")):
        yield label, heads, tuple(f"{art.format(1)}.{row}.{c}" for c in ("made", "newly_disclosed", "total_disclosed"))
    three = ("prev_items", "items_change", "decisions")
    for item, rows in (
        ("五", (("行政许可", 5, "licensing"), ("其他对外管理服务事项", 5, "other_services"))),
        ("六", (("行政处罚", 6, "penalty"), ("行政强制", 6, "coercion"))),
    ):
        heads = (f"第二十条第（{item}）项", "上一年项目数量", "本年增/减", "处理决定数量")
        for label, number, row in rows:
            yield label, heads, tuple(f"{art.format(number)}.{row}.{c}" for c in three)
    heads = ("第二十条第（八）项", "上一年项目数量", "本年增/减")
    yield "行政事业性收费", heads, tuple(f"{art.format(8)}.fees.{c}" for c in three[:2])
    heads = ("第二十条第（九）项", "采购项目数量", "采购总金额")
    yield "政府集中采购", heads, tuple(f"{art.format(9)}.procurement.{c}" for c in ("projects", "amount"))


def tables(year: int, cells: Sequence[str], requests_year: int = 0) -> tuple[Table, Table, Table]:
    """Tables 2, 3 and 4 of the form of 2019 or 2021 with `cells` in the order of `paths`."""
    requests_year = requests_year or year
    values = iter(cells)
    second: Table = []
    caption = ""
    for label, heads, metrics in _items(year):
        widths = {3: (1, 1, 1), 2: (1, 2), 1: (3,)}[len(metrics)]
        if heads[0] != caption:
            caption = heads[0]
            second.append([Cell(caption, 4)])
            second.append([Cell("信息内容"), *(Cell(h, w) for h, w in zip(heads[1:], widths, strict=True))])
        second.append([Cell(label), *(Cell(next(values), w) for w in widths)])

    def seven() -> list[Cell]:
        return [Cell(next(values)) for _ in COLUMNS]

    third: Table = [
        [Cell("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), Cell("申请人情况", 7)],
        [Cell("自然人", 1, 2), Cell("法人或其他组织", 5), Cell("总计", 1, 2)],
        [Cell(t) for t in ("商业\n企业", "科研\n机构", "社会公益组织", "法律服务机构", "其他")],
        [Cell("一、本年新收政府信息公开申请数量", 3), *seven()],
        [Cell("二、上年结转政府信息公开申请数量", 3), *seven()],
    ]
    start = len(third)
    for group, rows in _GROUPS:
        for i, (label, _) in enumerate(rows):
            head = [Cell(group, 1 if label else 2, len(rows))] if i == 0 else []
            third.append([*head, *([Cell(label)] if label else []), *seven()])
    if requests_year >= 2021:
        for i, (label, _) in enumerate(_OTHER_2021):
            third.append([*([Cell("（六）其他处理", 1, 3)] if i == 0 else []), Cell(label), *seven()])
    else:
        third.append([Cell("（六）其他处理", 2), *seven()])
    third.append([Cell("（七）总计", 2), *seven()])
    third[start].insert(0, Cell("三、本年度办理结果", 1, len(third) - start))
    third.append([Cell("四、结转下年度继续办理", 3), *seven()])

    outcomes = [Cell(t) for t in _OUTCOME_LABELS]
    fourth: Table = [
        [Cell("行政复议", 5), Cell("行政诉讼", 10)],
        [*(c._replace(rows=2) for c in outcomes), Cell("未经复议直接起诉", 5), Cell("复议后起诉", 5)],
        [*outcomes, *outcomes],
        [Cell(next(values)) for _ in range(15)],
    ]
    return second, third, fourth


def report(year: int, cells: Sequence[str], prose: Sequence[str] = (), requests_year: int = 0) -> list[Block]:
    """A report of that year around the three tables."""
    second, third, fourth = tables(year, cells, requests_year)
    return [
        f"望澜市岚泽县{year}年政府信息公开工作年度报告",
        "一、总体情况",
        *prose,
        "二、主动公开政府信息情况",
        second,
        "三、收到和处理政府信息公开申请情况",
        third,
        "四、政府信息公开行政复议、行政诉讼情况",
        fourth,
        "五、存在的主要问题及改进情况",
        "一年来答复文书的质量还不够稳定，下一年将逐件复核并组织集中学习。",
        "六、其他需要报告的事项",
        "无其他需要报告的事项。",
    ]
