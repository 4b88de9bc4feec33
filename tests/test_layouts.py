"""Table layouts: what a grammar generates is read, numbers come back, damage costs a row only."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark

import gouji
import gouji.errors
from corpus import cases, read
from gouji.columns import COLUMNS_LIMIT, HEAD_ROWS_LIMIT, Columns
from gouji.grammarcompiler import build
from gouji.layouts import Layout
from gouji.packs import builtin
from gouji.records import Report
from strategies import COUNTS

LAYOUTS = gouji.engine().layouts
CASES = list(cases(builtin() / "grammars"))
FORMS = [c for c in cases(builtin() / "grammars") if "every row" in c.title]
VALUE = re.compile(r"(?<=\|)\d+(?:\.\d+)?(?=\|)")


def source_grammar(layout: Layout) -> Lark:
    """The grammar of a layout compiled from its file: the saved form lacks what from_lark asks for."""
    root = builtin() / "grammars"
    text = (root / layout.grammar.name).read_text(encoding="utf-8")
    return Lark(text, parser="lalr", start=layout.start, import_paths=[str(root)], maybe_placeholders=False)


GRAMMARS = {(layout.pack, layout.start): source_grammar(layout) for layout in LAYOUTS}


def explicit(layout: Layout) -> dict[str, Any]:
    """Terminals that hold cells, filled with figures, blanks and marks as reports have them."""
    value = st.one_of(COUNTS.map(str), st.sampled_from(["", "/", "0", "12.5", "-3"]))
    generated: dict[str, Any] = {}
    for terminal in GRAMMARS[layout.pack, layout.start].terminals:
        name = terminal.name.rsplit("__", 1)[-1]
        if name in ("VALUES", "FIGURES"):
            generated[terminal.name] = st.lists(value, min_size=5 if name == "FIGURES" else 1, max_size=15).map(
                lambda cells: "".join(f"{cell}|" for cell in cells) + "\n"
            )
        elif name == "NOTE" or name == "LEAD":
            generated[terminal.name] = st.just("|")
    return generated


@cache
def documents(name: tuple[str, str]) -> st.SearchStrategy[str]:
    """Texts that the grammar generates; made once, because taking a grammar apart takes seconds."""
    layout = next(layout for layout in LAYOUTS if (layout.pack, layout.start) == name)
    return from_lark(GRAMMARS[name], start=layout.start, explicit=explicit(layout))


@pytest.mark.parametrize("name", GRAMMARS, ids="-".join)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_what_the_grammar_generates_is_read(name: tuple[str, str], data: st.DataObject) -> None:
    layout = next(layout for layout in LAYOUTS if (layout.pack, layout.start) == name)
    text = data.draw(documents(name))
    # Canonical text always ends with a newline.
    text = text.removesuffix("\n") + "\n"
    tokens = list(layout.grammar.parse(text, layout.start).tokens())
    assert [text[t.start : t.end] for t in tokens] == [t.text for t in tokens]
    assert all(t.text.endswith("|\n") for t in tokens if t.type.endswith("VALUES"))


@pytest.mark.parametrize("form", FORMS, ids=lambda c: f"{c.file.parts[-3]}")
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_numbers_of_a_whole_table_come_back(form: Any, data: st.DataObject) -> None:
    slots = len(VALUE.findall(form.source))
    values = data.draw(st.lists(COUNTS, min_size=slots, max_size=slots))
    numbers = iter(values)
    report = read(gouji.engine(), VALUE.sub(lambda _: str(next(numbers)), form.source))
    assert [o.value for o in report.observations] == values
    for o in report.observations:
        assert report.document.text[o.span.start : o.span.end] == o.raw == str(o.value)


def damaged(row: str) -> str:
    """The row with a label that no form has."""
    return "损坏的一行|" + row.split("|", 1)[1]


@pytest.mark.parametrize("damage", [damaged, lambda row: row[: len(row) // 2]], ids=["label", "cut"])
@pytest.mark.parametrize("form", FORMS, ids=lambda c: f"{c.file.parts[-3]}")
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_damaged_row_costs_itself_only(form: Any, damage: Callable[[str], str], data: st.DataObject) -> None:
    lines = form.source.split("\n")
    rows = [i for i, line in enumerate(lines) if VALUE.search(line)]
    hit = data.draw(st.sampled_from(rows))
    whole = values(read(gouji.engine(), form.source))
    lost = {Decimal(v) for v in VALUE.findall(lines[hit])}
    lines[hit] = damage(lines[hit])
    found = values(read(gouji.engine(), "\n".join(lines)))
    added = {p: found.pop(p) for p in [*found] if p.startswith("ext.table.")}
    assert set(added.values()) <= lost, "the row is kept as an addition at most"
    assert found.items() <= whole.items(), "nothing is bound to another metric"
    missing = {p: v for p, v in whole.items() if p not in found}
    kept = {v for p, v in found.items()}
    assert all(v in lost or p.startswith(("review", "litigation")) for p, v in missing.items())
    assert kept <= set(whole.values())


@pytest.mark.parametrize("form", FORMS, ids=lambda c: f"{c.file.parts[-3]}")
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_label_that_lost_a_character_is_read_as_its_row_or_not_at_all(form: Any, data: st.DataObject) -> None:
    lines = form.source.split("\n")
    labelled = [i for i, line in enumerate(lines) if VALUE.search(line) and re.search("[\u4e00-\u9fff]", line)]
    hit = data.draw(st.sampled_from(labelled))
    at = data.draw(st.sampled_from([m.start() for m in re.finditer("[\u4e00-\u9fff]", lines[hit])]))
    whole = values(read(gouji.engine(), form.source))
    lines[hit] = lines[hit][:at] + data.draw(st.sampled_from(["", "某", lines[hit][at] * 2])) + lines[hit][at + 1 :]
    assert values(read(gouji.engine(), "\n".join(lines))).items() <= whole.items()


def test_rows_that_a_grammar_refuses_cost_themselves_only() -> None:
    rows = ["一、主动公开情况|——||", "(二)被依法纠错数|件|3|"] * 30
    source = "统计指标|单位|统计数|\n" + "\n".join([*rows, "四、行政复议数量|件|4|", "六、举报投诉数量|件|5|"]) + "\n"
    report = read(gouji.engine(), source)
    assert values(report) == {"review.total": 4, "complaints.total": 5} | (
        {"review.corrected": 3} if "review.corrected" in report else {}
    )


RECEIVED = "一、本年新收政府信息公开申请数量"
CARRIED = "二、上年结转政府信息公开申请数量"


def test_a_row_that_contradicts_those_above_it_is_not_read() -> None:
    """A blank cell to the left of one row and to the right of another: the first says where its own values begin."""
    first, second = f"{RECEIVED}||1|2|3|4|5|6|21|\n", f"{CARRIED}|1|2|3|4|5|6|21||\n"
    report = read(gouji.engine(), first + second)
    assert list(values(report).values()) == [1, 2, 3, 4, 5, 6, 21]
    assert [u.text + "\n" for u in report.unparsed] == [second]
    alike = read(gouji.engine(), first + f"{CARRIED}||1|2|3|4|5|6|21|\n")
    assert list(values(alike).values()) == [1, 2, 3, 4, 5, 6, 21] * 2


def test_heads_that_go_on_unfolding_are_no_heads() -> None:
    """Each of these rows stands below the last columns of the row above it, so that columns multiply."""
    head, row = "行政复议|行政诉讼|未经复议直接起诉|复议后起诉|\n", f"{RECEIVED}|1|0|0|0|0|0|1|\n"
    columns = Columns()
    form = next(layout for layout in LAYOUTS if layout.pack == "table2021")
    sizes = []
    for _ in range(3 * HEAD_ROWS_LIMIT):
        columns = Columns(*columns.below([form.head(text) for text in head.rstrip("|\n").split("|")]))
        sizes.append(len(columns.heads))
    assert max(sizes) <= COLUMNS_LIMIT
    assert columns.foreign
    report = read(gouji.engine(), head * 3 * HEAD_ROWS_LIMIT + row)
    assert not report.observations
    assert [u.text + "\n" for u in report.unparsed] == [row]


def values(report: Report) -> dict[str, Decimal]:
    """Metric -> value of a report."""
    return {o.path: Decimal(str(o.value)) for o in report.observations if o.state == "value"}


def test_terminals_have_ascii_names() -> None:
    for layout in LAYOUTS:
        assert all(t.name.isascii() for t in layout.grammar.lark.terminals)


def test_a_cjk_literal_in_a_rule_is_refused(tmp_path: Any) -> None:
    file = tmp_path / "bad.lark"
    file.write_text('start: A "数"\nA: "甲"\n', encoding="utf-8")
    with pytest.raises(gouji.errors.PackError) as caught:
        build(file, [tmp_path], ("start",))
    assert caught.value.source == f"{file}:1:11"
