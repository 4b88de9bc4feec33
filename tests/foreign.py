"""Forms that no built-in pack covers, composed from their rows: the same form as many bodies fill it in, and the truth about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Item(NamedTuple):
    """A row of a form: what it is called, its depth, how it comes to its figure.

    `parts` names the rows that add up to it; `within` the row of which it is a part; else `top` bounds a random figure.
    `metric` is the registered metric that it is, if any.
    """

    key: str
    label: str
    depth: int
    ordinal: str = ""
    unit: str = ""
    parts: tuple[str, ...] = ()
    within: str = ""
    top: int = 400
    metric: str = ""


class Sample(NamedTuple):
    """One filled form: its text, and for each value cell the row, the column and the figure, by line."""

    text: str
    cells: list[tuple[int, str, int, str]]
    """(line, key of the row, column from 0, figure as printed)"""


class Form(NamedTuple):
    """A form: the heads of its columns (label, unit, code, figures) and its rows."""

    title: str
    heads: tuple[str, ...]
    items: tuple[Item, ...]
    cumulative: bool


def figures(form: Form, draw: random.Random, months: int) -> dict[str, list[int]]:
    """Figures that fit one another, a column each: of the month, and of the year up to it."""
    found: dict[str, list[int]] = {}
    by_key = {item.key: item for item in form.items}

    def of(key: str) -> list[int]:
        if key not in found:
            item = by_key[key]
            if item.parts:
                columns = [of(part) for part in item.parts]
                found[key] = [sum(column) for column in zip(*columns, strict=True)]
            else:
                top = item.top
                if item.within:
                    top = of(item.within)[0]
                month = draw.randint(0, top) if draw.random() > 0.1 else 0
                rest = of(item.within)[1] - of(item.within)[0] if item.within else top * months
                found[key] = [month, month + draw.randint(0, max(rest, 0))]
        return found[key]

    for item in form.items:
        of(item.key)
    return found


LOCAL = ("其中：本级新增的专项登记数", "乡镇代为收转数", "试点单位自行办理数", "网格员代办数", "流动服务点受理数")


def sample(
    form: Form,
    seed: int,
    carrier: str = "pipe",
    *,
    local: bool = False,
    spoil: Callable[[random.Random, str], str] | None = None,
    plain: bool = False,
) -> Sample:
    """The form as one body fills it in. `local` adds a row, `spoil` changes labels, `plain` leaves indentation out."""
    draw = random.Random(seed)
    values = figures(form, draw, 1 + seed % 11)
    lines: list[str] = [f"{form.title}（{seed}号填报单位）", ""]
    cells: list[tuple[int, str, int, str]] = []
    places = [n for n, item in enumerate(form.items) if item.unit and n > 2 and item.depth]
    at = draw.choice(places) if local else -1

    def row(texts: Sequence[str], key: str, first: int) -> None:
        if carrier == "pipe":
            lines.append(" | ".join(texts) + " |")
            cells.extend((len(lines), key, n, text) for n, text in enumerate(texts[first:]) if key)
        else:
            for n, text in enumerate(texts):
                lines.append("\t" + text)
                if key and n >= first:
                    cells.append((len(lines), key, n - first, text))
            lines.append("")

    row(form.heads, "", 0)
    for n, item in enumerate(form.items):
        label = spoil(draw, item.label) if spoil else item.label
        indent = "" if plain else "　" * item.depth
        code = f"{n + 1:02d}"
        if not item.unit:
            row([indent + item.ordinal + label, *[""] * (len(form.heads) - 1)], "", 0)
            continue
        row(
            [indent + item.ordinal + label, item.unit, code, *map(str, values[item.key][: len(form.heads) - 3])],
            item.key,
            3,
        )
        if n == at:
            text = draw.choice(LOCAL)
            row(
                [indent + text, item.unit, "", str(draw.randint(1, 50)), str(draw.randint(50, 90))][: len(form.heads)],
                "local " + text,
                3,
            )
    return Sample("\n".join(lines) + "\n", cells)


MONTHLY = Form(
    "政府信息公开工作月报表",
    ("指标名称", "计量单位", "代码", "本月数", "本年累计"),
    (
        Item("active", "主动公开信息数", 0, "一、", "条", top=900, metric="disclosure.total"),
        Item(
            "fulltext",
            "全文电子化的主动公开信息数",
            1,
            "其中：",
            "条",
            within="active",
            metric="disclosure.e1.fulltext",
        ),
        Item("service", "咨询服务情况", 0, "二、"),
        Item("visitors", "现场接待人数", 1, "1.", "人次", metric="service.e1.visitors"),
        Item("phone", "咨询电话接听数", 1, "2.", "人次", metric="service.e1.phone_enquiries"),
        Item(
            "received",
            "申请总数",
            0,
            "三、",
            "条",
            ("in_person", "fax", "online", "mail"),
            metric="requests.received.total",
        ),
        Item("in_person", "当面申请数", 1, "1.", "条", top=40, metric="requests.received.in_person"),
        Item("fax", "传真申请数", 1, "2.", "条", top=9, metric="requests.received.fax"),
        Item("online", "网上申请数", 1, "3.", "条", top=90, metric="requests.received.online"),
        Item("mail", "信函申请数", 1, "4.", "条", top=30, metric="requests.received.mail"),
        Item(
            "replies",
            "对申请的答复总数",
            0,
            "四、",
            "条",
            ("granted", "partly", "refused", "unable"),
            metric="requests.replies.total",
        ),
        Item("granted", "同意公开答复数", 1, "1.", "条", top=60, metric="requests.replies.granted"),
        Item("partly", "同意部分公开答复数", 1, "2.", "条", top=20, metric="requests.replies.partially_granted"),
        Item(
            "refused",
            "否决公开答复总数",
            1,
            "3.",
            "条",
            ("secret", "trade", "privacy", "refused_other"),
            metric="requests.replies.refused.total",
        ),
        Item("secret", "国家秘密", 2, "（1）", "条", top=5, metric="requests.replies.refused.state_secret"),
        Item("trade", "商业秘密", 2, "（2）", "条", top=9, metric="requests.replies.refused.trade_secret"),
        Item("privacy", "个人隐私", 2, "（3）", "条", top=9, metric="requests.replies.refused.privacy"),
        Item("refused_other", "其他情形", 2, "（4）", "条", top=9),
        Item("unable", "无法答复总数", 1, "4.", "条", ("none", "elsewhere", "unable_other")),
        Item("none", "信息不存在", 2, "（1）", "条", top=15, metric="requests.replies.not_exist"),
        Item("elsewhere", "非本部门掌握", 2, "（2）", "条", top=15, metric="requests.replies.not_this_agency"),
        Item("unable_other", "其他情形", 2, "（3）", "条", top=9),
        Item("station", "村级公开栏更新数", 0, "五、", "次", top=300),
        Item("kiosk", "查询终端使用数", 0, "六、", "人次", top=300),
    ),
    True,
)

LIBRARY = Form(
    "公共图书馆业务统计表",
    ("项目", "单位", "编码", "本季数", "本年累计"),
    (
        Item("stock", "新增藏量", 0, "一、", "册", ("bought", "given", "swapped")),
        Item("bought", "购置", 1, "（一）", "册", top=4000),
        Item("given", "接受捐赠", 1, "（二）", "册", top=500),
        Item("swapped", "馆际交换", 1, "（三）", "册", top=90),
        Item("loans", "外借总量", 0, "二、", "册次", ("loans_adult", "loans_child")),
        Item("loans_adult", "成人读者", 1, "（一）", "册次", ("la_books", "la_journals")),
        Item("la_books", "图书", 2, "1.", "册次", top=9000),
        Item("la_journals", "期刊", 2, "2.", "册次", top=3000),
        Item("loans_child", "少儿读者", 1, "（二）", "册次", ("lc_books", "lc_journals")),
        Item("lc_books", "图书", 2, "1.", "册次", top=9000),
        Item("lc_journals", "期刊", 2, "2.", "册次", top=900),
        Item("visits", "到馆读者", 0, "三、", "人次", top=90000),
        Item("visits_child", "少儿读者", 1, "其中：", "人次", within="visits"),
        Item("events", "读者活动", 0, "四、", "场", ("talks", "shows", "classes")),
        Item("talks", "讲座", 1, "（一）", "场", top=30),
        Item("shows", "展览", 1, "（二）", "场", top=12),
        Item("classes", "培训", 1, "（三）", "场", top=25),
        Item("seats", "阅览座席开放数", 0, "五、", "个", top=800),
        Item("hours", "开放时数", 0, "六、", "小时", top=900),
    ),
    True,
)

HOSPITAL = Form(
    "医院工作季报",
    ("指标", "计量单位", "代码", "本季度", "本年累计"),
    (
        Item("treated", "总诊疗人次数", 0, "", "人次", ("outpatient", "emergency", "home")),
        Item("outpatient", "门诊人次数", 1, "1.", "人次", ("clinic_w", "clinic_z")),
        Item("clinic_w", "西医门诊", 2, "（1）", "人次", top=9000),
        Item("clinic_z", "中医门诊", 2, "（2）", "人次", top=4000),
        Item("emergency", "急诊人次数", 1, "2.", "人次", top=3000),
        Item("home", "家庭卫生服务人次数", 1, "3.", "人次", top=300),
        Item("dead", "急诊死亡人数", 1, "其中：", "人", top=20),
        Item("admitted", "入院人数", 0, "", "人", top=2500),
        Item("discharged", "出院人数", 0, "", "人", ("cured", "better", "unhealed", "died")),
        Item("cured", "治愈", 1, "1.", "人", top=900),
        Item("better", "好转", 1, "2.", "人", top=700),
        Item("unhealed", "未愈", 1, "3.", "人", top=90),
        Item("died", "死亡", 1, "4.", "人", top=30),
        Item("operations", "住院病人手术人次数", 0, "", "人次", top=800),
        Item("income", "医疗收入", 0, "", "千元", ("income_out", "income_in")),
        Item("income_out", "门急诊收入", 1, "1.", "千元", ("out_drugs", "out_tests")),
        Item("out_drugs", "药品", 2, "（1）", "千元", top=9000),
        Item("out_tests", "检查", 2, "（2）", "千元", top=9000),
        Item("income_in", "住院收入", 1, "2.", "千元", ("in_drugs", "in_tests")),
        Item("in_drugs", "药品", 2, "（1）", "千元", top=9000),
        Item("in_tests", "检查", 2, "（2）", "千元", top=9000),
    ),
    True,
)
