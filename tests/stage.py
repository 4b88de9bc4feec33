"""Hand-made reports for the tests of reporters: short texts in our own words, with figures placed in them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from attrs import define, evolve, field

from gouji.document import Document
from gouji.errors import Message
from gouji.findings import Finding, Suspect, Term, Verdicts
from gouji.records import Number, Observation, Report, Source, State, Unbound, Unparsed
from gouji.spans import Span


@define
class Draft:
    """A report in the making: figures are found in the text by their digits, behind a landmark."""

    text: str
    name: str
    about: dict[str, Any] = field(factory=dict)
    observations: list[Observation] = field(factory=list)
    unbound: list[Unbound] = field(factory=list)
    unparsed: list[Unparsed] = field(factory=list)
    findings: list[Finding] = field(factory=list)

    def find(self, words: str, after: str = "") -> Span:
        """The span of `words`, the first ones behind the landmark `after`."""
        start = self.text.index(words, self.text.index(after) + len(after))
        return Span(start, start + len(words))

    def figure(
        self, path: str, raw: str, after: str, label: str | None = None, source: Source = "narrative", **more: Any
    ) -> int:
        """Place a figure; its index among the observations."""
        value: Number | None = Decimal(raw) if "." in raw else int(raw) if raw.lstrip("+-").isdigit() else None
        state: State = "value" if value is not None else "na"
        one = Observation(
            path,
            source,
            state,
            value,
            value,
            value,
            "件",
            raw,
            after if label is None else label,
            self.find(raw, after),
        )
        self.observations.append(evolve(one, **more))
        return len(self.observations) - 1

    def row(
        self, row: str, label: str, cells: str, columns: Sequence[str], prefix: str, table: int = 1
    ) -> dict[str, int]:
        """Place the cells of a table row that the text has as `label|cell|cell|`; "" is a blank cell."""
        at = self.text.index(label + "|") + len(label) + 1
        places = {}
        for column, raw in zip(columns, cells.split("|"), strict=True):
            span = Span(at, at + max(1, len(raw)))
            value = int(raw) if raw else None
            state: State = "value" if raw else "blank"
            self.observations.append(
                Observation(
                    f"{prefix}.{row}.{column}", "table", state, value, value, value, "件", raw, label, span,
                    table=table, row=row, column=column,
                )
            )  # fmt: skip
            places[column] = len(self.observations) - 1
            at += len(raw) + 1
        return places

    def terms(self, side: str, *operands: int) -> tuple[Term, ...]:
        """Figures that stand on one side of an equation with a plus."""
        return tuple(Term(side, 1, self.observations[i].value, operand=i) for i in operands)  # type: ignore[arg-type]

    def report(self, passed: int = 0) -> Report:
        """The finished report."""
        document = Document(self.name, sha256(self.text.encode()).hexdigest(), self.text)
        failed = sum(f.verdict == "fail" for f in self.findings)
        facts = {"form": "narrative", "layouts": ("narrative",), "script": "Hans", **self.about}
        return Report(
            document,
            observations=tuple(self.observations),
            unbound=tuple(self.unbound),
            unparsed=tuple(self.unparsed),
            findings=tuple(self.findings),
            verdicts=Verdicts(passed, failed, len(self.findings) - failed),
            **facts,
        )


def refusals() -> Report:
    """Running text: the grounds of refusal give 497 and not 495; outcomes of reviews that may overlap."""
    draft = Draft(
        "2016年度湖滨区政府信息公开工作年度报告\n"
        "一、依申请公开情况\n"
        "全年办结申请1432件，均未超期；收到的公开申请共2040件。决定不予公开政府信息495件，理由如下：不是《条例》所指政府信息271件；"
        "法律法规规定的其他情形218件；涉及个人隐私7件；涉及商业秘密1件；涉及国家秘密0件；"
        "危及国家安全、公共安全、经济安全和社会稳定0件。咨询电话另行接听2764次。\n"
        "二、复议情况\n"
        "行政复议共230件，其中维持151件，纠错30件，撤回49件，另有2件部分维持。\n",
        "reports/2016_hubin.txt",
        {"report_year": 2016, "title": "2016年度湖滨区政府信息公开工作年度报告", "published_date": "2017-03-30"},
    )
    grounds = {
        "state_secret": ("0", "涉及国家秘密"),
        "trade_secret": ("1", "涉及商业秘密"),
        "privacy": ("7", "涉及个人隐私"),
        "security_stability": ("0", "危及国家安全、公共安全、经济安全和社会稳定"),
        "not_gov_info": ("271", "不是《条例》所指政府信息"),
        "other_legal": ("218", "法律法规规定的其他情形"),
    }
    received = draft.figure("requests.received.total", "2040", "公开申请")
    closed = draft.figure("requests.completed.total", "1432", "办结")
    refused = draft.figure("requests.replies.refused.total", "495", "不予公开政府信息")
    parts = [draft.figure(f"requests.replies.refused.{path}", raw, label) for path, (raw, label) in grounds.items()]
    total = draft.figure("review.total", "230", "行政复议共", "行政复议")
    outcomes = [
        draft.figure(path, raw, after)
        for path, raw, after in (
            ("review.upheld", "151", "维持"),
            ("review.corrected", "30", "纠错"),
            ("review.detail.not_accepted", "49", "撤回"),
            ("review.detail.partially_upheld", "2", "另有"),
        )
    ]
    clause = draft.find("咨询电话另行接听2764次")
    draft.unbound.append(Unbound(2764, "次", "2764", draft.find("2764", "接听"), clause))
    draft.findings += [
        Finding(
            "S13", "S13", "info", "fail",
            Message("办结数与收到申请数不同", "completed and received requests differ"),
            "1432 ≠ 2040", 1432, 2040, -608, draft.observations[closed].span,
            draft.terms("left", closed) + draft.terms("right", received),

        ),
        Finding(
            "X02", "X02.review", "warning", "fail",
            Message("行政复议的各类结果相加不等于总数", "the outcomes of reviews do not add up to their total"),
            "151 + 30 + 49 + 2 = 232 ≠ 230", 232, 230, 2, draft.observations[total].span,
            draft.terms("left", *outcomes) + draft.terms("right", total),
            alternative=Message(
                "若“另有2件”已含在前面各项之中，则 151 + 30 + 49 = 230，成立",
                "if the 2 are already among the others, 151 + 30 + 49 = 230 holds",
            ),

        ),
        Finding(
            "S04", "S04", "error", "fail",
            Message("不予公开的各项理由相加不等于总数", "the grounds of refusal do not add up to the total"),
            "0 + 1 + 7 + 0 + 271 + 218 = 497 ≠ 495", 497, 495, 2, draft.observations[refused].span,
            draft.terms("left", *parts) + draft.terms("right", refused),
            suspects=(Suspect(parts[-1], 218, 216, ("S04",), Message("末位数字不同", "one digit differs"), "digit"),),
            explanation=Message("同一件申请可能列了两项理由", "one refusal may rest on two grounds"),

        ),
    ]  # fmt: skip
    return draft.report(passed=14)


def statistics() -> Report:
    """A table of 2014 in traditional script beside running text, which contradict each other."""
    draft = Draft(
        "全區年內召開新聞發布會2次,另經政務門戶網站發布信息15327條。\n"
        "湖濱區2016年政府信息公開工作情況統計表\n"
        "|\n(一)主動公開政府信息數 |\n條 |\n8240 |\n"
        "|\n其中:主動公開規范性文件數 |\n條 |\n13 |\n"
        "|\n制發規范性文件總數 |\n件 |\n0 |\n"
        "|\n2.政府網站公開政府信息數 |\n條 |\n31906 |\n"
        "|\n召開動員大會及其他活動數 |\n次 |\n5 |\n"
        "|\n(四)專項經費 |\n萬元 |\n |\n",
        "reports/2016_hubin_hant.txt",
        {"form": "stat2014", "layouts": ("stat2014", "narrative"), "script": "Hant", "report_year": 2016},
    )

    def cell(path: str, raw: str, label: str) -> int:
        return draft.figure(path, raw, label + " |", label, "table", table=1, row=path, column="value")

    told = draft.figure("disclosure.channel.website", "15327", "網站發布信息")
    total = cell("disclosure.total", "8240", "(一)主動公開政府信息數")
    disclosed = cell("disclosure.normative_docs.disclosed", "13", "其中:主動公開規范性文件數")
    issued = cell("disclosure.normative_docs.issued", "0", "制發規范性文件總數")
    website = cell("disclosure.channel.website", "31906", "2.政府網站公開政府信息數")
    draft.unparsed.append(Unparsed(draft.find("召開動員大會及其他活動數"), "召开动员大会及其他活动数|次|5|", 1))
    draft.findings += [
        Finding(
            "S08", "S08", "warning", "fail",
            Message("主动公开的规范性文件多于制发的规范性文件", "more normative documents disclosed than issued"),
            "13 > 0", 13, 0, 13, draft.observations[disclosed].span,
            draft.terms("left", disclosed) + draft.terms("right", issued),
            explanation=Message("往年或上级的文件也可在本年公开", "older or superior documents may be disclosed this year"),
        ),
        Finding(
            "S09", "S09.website", "warning", "fail",
            Message("网站公开数大于主动公开总数", "the web site has more than was disclosed in all"),
            "31906 > 8240", 31906, 8240, 23666, draft.observations[website].span,
            draft.terms("left", website) + draft.terms("right", total),
        ),
        Finding(
            "X01", "X01.disclosure.channel.website", "warning", "fail",
            Message("正文与表格的政府网站公开信息数不一致", "text and table differ on what the web site published"),
            "15327 ≠ 31906", 15327, 31906, -16579, draft.observations[told].span,
            draft.terms("left", told) + draft.terms("right", website),
            assumptions=(Message("范围相同：全区", "same scope: the whole district"),),
        ),
        Finding(
            "S21", "S21", "warning", "undecided",
            Message("专项经费为空白，无法判断", "the special fund is blank"),
            span=draft.find("(四)專項經費"),
        ),
    ]  # fmt: skip
    return draft.report(passed=41)


COLUMNS = ("natural", "commercial", "research", "welfare", "legal", "other", "total")


def applicants() -> Report:
    """The table of 2019: one wrong total breaks its row and its column, a slip in another column only that one."""
    rows = {
        "new": ("一、本年新收政府信息公开申请数量", "201|15|0|0|6|1|223"),
        "carried_in": ("二、上年结转政府信息公开申请数量", "5||||||5"),
        "outcome.granted": ("（一）予以公开", "72|1|||1||74"),
        "outcome.partial": ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "23|3|||5||31"),
        "outcome.denied.state_secret": ("1.属于国家秘密", "0||||||0"),
        "outcome.denied.law_prohibited": ("2.其他法律行政法规禁止公开", "20|1|0|0|0|0|61"),
        "outcome.denied.third_party": ("4.保护第三方合法权益", "2||||||2"),
        "outcome.unable.not_held": ("1.本机关不掌握相关政府信息", "62|8|||||70"),
        "outcome.unable.needs_creation": ("2.没有现成信息需要另行制作", "0||||||0"),
        "outcome.not_processed.petition": ("1.信访举报投诉类申请", "2||||||2"),
        "outcome.other.subtotal": ("（六）其他处理", "21|||||1|22"),
        "outcome.total": ("（七）总计", "202|13|0|0|6|1|222"),
        "carried_out": ("四、结转下年度继续办理", "4|3|||||6"),
    }
    text = "2019年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n申请人情况|自然人|商业企业|…|总计|\n"
    text += "".join(f"{label}|{cells}|\n" for label, cells in rows.values())
    draft = Draft(
        text,
        "reports/2019_gongye.txt",
        {
            "form": "table2019",
            "layouts": ("table2019",),
            "report_year": 2019,
            "title": "2019年政府信息公开工作年度报告",
        },
    )
    at = {row: draft.row(row, label, cells, COLUMNS, "requests.t3") for row, (label, cells) in rows.items()}
    kinds = [row for row in rows if row.startswith("outcome.") and row != "outcome.total"]
    wrong = at["outcome.denied.law_prohibited"]
    out = at["carried_out"]
    digit = Message("一位数字之差", "one digit differs")
    carried = (Suspect(out["commercial"], 3, 2, ("R01.commercial", "R03.carried_out"), digit),)
    slip = (
        Suspect(
            wrong["total"],
            61,
            21,
            ("R02.total", "R03.outcome.denied.law_prohibited"),
            Message("一位数字之差", "one digit"),
        ),
    )
    draft.findings += [
        Finding(
            "R01", "R01.commercial", "error", "fail",
            Message("商业企业一列：新收加结转不等于总计加结转下年", "commercial enterprises: what came in is not what went out"),
            "15 + 0 = 15 ≠ 13 + 3 = 16", 15, 16, -1, draft.observations[at["new"]["commercial"]].span,
            draft.terms("left", at["new"]["commercial"], at["carried_in"]["commercial"])
            + draft.terms("right", at["outcome.total"]["commercial"], out["commercial"]),
            assumptions=(Message("空白按 0 计：1 格", "blank counted as 0: 1 cell"),), suspects=carried, group=1,
        ),
        Finding(
            "R03", "R03.carried_out", "error", "fail",
            Message("“结转下年度继续办理”一行：各列相加不等于总计", "row “carried over”: the columns do not add up"),
            "4 + 3 = 7 ≠ 6", 7, 6, 1, draft.observations[out["total"]].span,
            draft.terms("left", *(out[c] for c in COLUMNS[:-1])) + draft.terms("right", out["total"]),
            suspects=carried, group=1,
        ),
        Finding(
            "R02", "R02.total", "error", "fail",
            Message("总计一列：各项办理结果相加不等于（七）总计", "total: the outcomes do not add up to row (7)"),
            "74 + 31 + 61 + 2 + 70 + 2 + 22 = 262 ≠ 222", 262, 222, 40, draft.observations[at["outcome.total"]["total"]].span,
            draft.terms("left", *(at[row]["total"] for row in kinds)) + draft.terms("right", at["outcome.total"]["total"]),
            suspects=slip, group=2,
        ),
        Finding(
            "R03", "R03.outcome.denied.law_prohibited", "error", "fail",
            Message("“其他法律行政法规禁止公开”一行：各列相加不等于总计", "row “prohibited by law”: the columns do not add up"),
            "20 + 1 + 0 + 0 + 0 + 0 = 21 ≠ 61", 21, 61, -40, draft.observations[wrong["total"]].span,
            draft.terms("left", *(wrong[c] for c in COLUMNS[:-1])) + draft.terms("right", wrong["total"]),
            suspects=slip, group=2,
        ),
    ]  # fmt: skip
    return draft.report(passed=37)


def growth() -> Report:
    """Growth and a share that their figures do not give; of one growth last year's figure is not printed."""
    draft = Draft(
        "湖滨区2016年政府信息公开工作年度报告\n"
        "全年收到公开申请400件（上年为303件），增长50%；其中当面申请100件，占20%。行政复议18件，比上年增加6件，增长20%。\n",
        "reports/2016_hubin.txt",
        {"report_year": 2016, "title": "湖滨区2016年政府信息公开工作年度报告"},
    )
    received = draft.figure("requests.received.total", "400", "公开申请")
    in_person = draft.figure("requests.received.in_person", "100", "当面申请")
    reviews = draft.figure("review.total", "18", "行政复议")
    clause = draft.find("上年为303件")
    draft.unbound.append(Unbound(303, "件", "303", draft.find("303"), clause))
    draft.unbound.append(Unbound(20, "%", "20", draft.find("20", "占"), draft.find("占20%")))
    last = Term("right", 1, 303, unbound=0, label="303")
    share = Term("left", 1, 20, unbound=1, label="20")
    draft.findings += [
        Finding(
            "X12", "X12.requests.received.total", "warning", "fail",
            Message("收到申请数：上年 303、本年 400，实为 32%", "requests received: 303 and then 400 make 32%"),
            "(400 - 303) / 303 = 32% ≠ 50%", 400, 303, 97, draft.observations[received].span,
            (*draft.terms("left", received), last),
        ),
        Finding(
            "X12", "X12.review.total", "warning", "fail",
            Message("行政复议数量：上年 12、本年 18，实为 50%", "reviews: 12 and then 18 make 50%"),
            "(18 - 12) / 12 = 50% ≠ 20%", 18, 12, 6, draft.observations[reviews].span, draft.terms("left", reviews),
        ),
        Finding(
            "X04", "X04", "warning", "fail",
            Message("所称 20%，而 100 占 400 的 25%", "20% is stated, but 100 of 400 is 25%"),
            "100 / 400 = 25% ≠ 20%", Decimal(20), Decimal(25), Decimal(-5), draft.find("20", "占"),
            (share, *draft.terms("right", in_person, received)),
        ),
    ]  # fmt: skip
    return draft.report(passed=8)


def later() -> Report:
    """The table of 2019 where an earlier check had the first of its cases."""
    report = applicants()
    known = tuple(finding for finding in report.findings if finding.group == 1)
    return evolve(report, known=known, findings=tuple(f for f in report.findings if f.group != 1))


def spotless() -> Report:
    """A report in which everything agrees."""
    draft = Draft("2021年收到申请3件，其中网络3件。\n", "reports/2021_good.txt", {"report_year": 2021})
    draft.figure("requests.received.total", "3", "申请")
    return draft.report(passed=9)


def hostile() -> Report:
    """A file that tries to steer the terminal: escapes, markup, directional overrides, in every text it has."""
    evil = "\x1b[31m[bold]\u202e合计\x07[/bold]\x9b2J"
    draft = Draft(
        f"{evil}共12件，{evil}其中甲5件、乙8件。\n",
        "reports/\x1b]0;owned\x07evil.txt",
        {"report_year": 2016, "title": f"{evil}[link=http://x]报告"},
    )
    total = draft.figure("requests.received.total", "12", "共", evil)
    parts = [
        draft.figure("requests.received.online", raw, after, evil + after) for raw, after in (("5", "甲"), ("8", "乙"))
    ]
    draft.unparsed.append(Unparsed(draft.find("其中"), evil))
    draft.findings.append(
        Finding(
            "X02", "X02", "error", "fail", Message(f"合计{evil}不等", f"{evil} differs"), f"5 + 8 = 13 ≠ 12{evil}", 13, 12, 1,
            draft.observations[total].span, draft.terms("left", *parts) + draft.terms("right", total),
        )
    )  # fmt: skip
    return draft.report()
