"""Whole reports of the forms of 2019 and 2021, written from a few figures that agree with one another.

Only natural persons apply: every row of table 3 is one figure and its total.
"""

from __future__ import annotations

from attrs import define, field

OUTCOMES_2019 = [
    ("三、本年度办理结果 | （一）予以公开", "granted"),
    (" | （二）部分公开（区分处理的，只计这一情形，不计其他情形）", "partial"),
    (" | （三）不予公开 | 1.属于国家秘密", ""),
    (" |  | 2.其他法律行政法规禁止公开", ""),
    (" |  | 3.危及“三安全一稳定”", ""),
    (" |  | 4.保护第三方合法权益", "third_party"),
    (" |  | 5.属于三类内部事务信息", ""),
    (" |  | 6.属于四类过程性信息", ""),
    (" |  | 7.属于行政执法案卷", ""),
    (" |  | 8.属于行政查询事项", ""),
    (" | （四）无法提供 | 1.本机关不掌握相关政府信息", "not_held"),
    (" |  | 2.没有现成信息需要另行制作", ""),
    (" |  | 3.补正后申请内容仍不明确", ""),
    (" | （五）不予处理 | 1.信访举报投诉类申请", "petition"),
    (" |  | 2.重复申请", ""),
    (" |  | 3.要求提供公开出版物", ""),
    (" |  | 4.无正当理由大量反复申请", ""),
    (" |  | 5.要求行政机关确认或重新出具已获取信息", ""),
]
OTHER_2021 = [
    (" | （六）其他处理 | 1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", ""),
    (" |  | 2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", ""),
    (" |  | 3.其他", "other"),
]
CASES = (
    "行政复议 | 行政诉讼 |\n"
    "结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 未经复议直接起诉 | 复议后起诉 |\n"
    " |  |  |  |  | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n"
)


@define
class Annual:
    """One report: change what is wanted, then `text()`."""

    body: str = "望澜市西湖区"
    year: int = 2021
    carried_in: int = 4
    carried_out: int = 3
    granted: int = 38
    partial: int = 9
    third_party: int = 3
    not_held: int = 24
    petition: int = 4
    other: int = 5
    licensing: int = 3907
    penalty: int = 1126
    coercion: int = 43
    # 2019: items of last year and their change; documents newly and in total disclosed
    items: int = 386
    change: int = -7
    newly: int = 14
    disclosed: int = 96
    # 2021: documents made, repealed, in force; fees
    made: int = 12
    repealed: int = 5
    in_force: int = 88
    fees: str = "862.35"
    review: int = 4
    suits: int = 2
    published: str = ""
    remark: str = "持续做好主动公开。"
    new: int | None = field(default=None)

    @property
    def outcomes(self) -> int:
        """What was done with requests in all."""
        return self.granted + self.partial + self.third_party + self.not_held + self.petition + self.other

    def text(self) -> str:
        """The report as a text file with `a | b | c |` rows."""
        modern = self.year >= 2021
        new = self.outcomes + self.carried_out - self.carried_in if self.new is None else self.new
        rows = [("一、本年新收政府信息公开申请数量", new), ("二、上年结转政府信息公开申请数量", self.carried_in)]
        others = OTHER_2021 if modern else [(" | （六）其他处理", "other")]
        rows += [(label, getattr(self, name) if name else 0) for label, name in (*OUTCOMES_2019, *others)]
        rows += [(" | （七）总计", self.outcomes), ("四、结转下年度继续办理", self.carried_out)]
        published = f"发布日期：{self.published}\n" if self.published else ""
        return (
            f"{self.body}{self.year}年政府信息公开工作年度报告\n{published}\n"
            f"一、总体情况\n{self.year}年，{self.remark}\n\n"
            f"二、主动公开政府信息情况\n{self._table2021() if modern else self._table2019()}\n"
            "三、收到和处理政府信息公开申请情况\n"
            "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和） | 申请人情况 |\n"
            " | 自然人 | 法人或其他组织 | 总计 |\n"
            " |  | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 |  |\n"
            + "".join(f"{label} | {n} | 0 | 0 | 0 | 0 | 0 | {n} |\n" for label, n in rows)
            + f"\n四、政府信息公开行政复议、行政诉讼情况\n{CASES}"
            f"{self.review} | 0 | 0 | 0 | {self.review} | {self.suits} | 0 | 0 | 0 | {self.suits} | 0 | 0 | 0 | 0 | 0 |\n\n"
            "五、存在的主要问题及改进情况\n问题是答复不够及时，已经改进。\n\n"
            "六、其他需要报告的事项\n没有其他需要报告的事项。\n"
        )

    def _table2021(self) -> str:
        return (
            "第二十条第（一）项 |\n信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n规章 | 0 | 0 | 0 |\n"
            f"行政规范性文件 | {self.made} | {self.repealed} | {self.in_force} |\n"
            f"第二十条第（五）项 |\n信息内容 | 本年处理决定数量 |\n行政许可 | {self.licensing} |\n"
            f"第二十条第（六）项 |\n信息内容 | 本年处理决定数量 |\n行政处罚 | {self.penalty} |\n"
            f"行政强制 | {self.coercion} |\n"
            f"第二十条第（八）项 |\n信息内容 | 本年收费金额（单位：万元） |\n行政事业性收费 | {self.fees} |\n"
        )

    def _table2019(self) -> str:
        columns = "信息内容 | 上一年项目数量 | 本年增/减 | 处理决定数量 |\n"
        return (
            "第二十条第（一）项 |\n信息内容 | 本年新制作数量 | 本年新公开数量 | 对外公开总数量 |\n规章 | 0 | 0 | 0 |\n"
            f"规范性文件 | {self.newly} | {self.newly} | {self.disclosed} |\n"
            f"第二十条第（五）项 |\n{columns}行政许可 | {self.items} | {self.change} | {self.licensing} |\n"
            "其他对外管理服务事项 | 0 | 0 | 0 |\n"
            f"第二十条第（六）项 |\n{columns}行政处罚 | 0 | 0 | {self.penalty} |\n行政强制 | 0 | 0 | {self.coercion} |\n"
            "第二十条第（八）项 |\n信息内容 | 上一年项目数量 | 本年增/减 |\n行政事业性收费 | 0 | 0 |\n"
            "第二十条第（九）项 |\n信息内容 | 采购项目数量 | 采购总金额 |\n政府集中采购 | 12 | 2510000 |\n"
        )


def three_years(body: str = "望澜市西湖区") -> dict[int, Annual]:
    """2019, 2020 and 2021 of one body, in which everything agrees."""
    return {
        2019: Annual(body, 2019, carried_in=7, carried_out=6, granted=76, partial=17, not_held=49, other=11),
        2020: Annual(
            body, 2020, carried_in=6, carried_out=4, granted=70, partial=15, not_held=41, other=9,
            licensing=4010, penalty=1098, coercion=39, items=379, change=-3, newly=11, disclosed=107, review=5, suits=3,
        ),
        2021: Annual(body, 2021, carried_in=4, carried_out=3),
    }  # fmt: skip
