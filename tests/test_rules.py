"""Every rule on its own examples, and what all rules have in common."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.cases import example_report
from gouji.crosschecks import is_between
from gouji.document import Document
from gouji.errors import PackError
from gouji.findings import Finding
from gouji.packs import builtin
from gouji.records import Number, Observation, Partition, Report, Source, State, Unbound
from gouji.registryfile import load_registry
from gouji.rulebook import Rulebook
from gouji.rulecompiler import load_rulebook
from gouji.rulemodel import Rule
from gouji.rules import check
from gouji.spans import Span

REGISTRY = load_registry([builtin() / "grammars" / "metrics.yaml"])
RULES = [p for p in sorted((builtin() / "rules").glob("*.yaml")) if p.name != "messages.yaml"]
BOOK = load_rulebook(RULES, REGISTRY)

T3 = "requests.t3."
APPLICANTS = REGISTRY.groups["applicants"]
COLUMNS = REGISTRY.groups["applicants_and_total"]
ROWS = REGISTRY.groups["rows_2019"]
OUTCOMES = [f"outcome.{name}" for name in REGISTRY.groups["outcomes_2019"]]

Figures = Mapping[str, Any]


def only(rule: Rule) -> Rulebook:
    return BOOK.of((rule,))


def observe(path: str, value: Any, source: Source, at: int, **more: Any) -> Observation:
    """An observation of `value`: a number, (low, high), or the state of a cell without one."""
    state: State = value if value in ("blank", "na", "text") else "value"
    low: Number | None = None
    high: Number | None = None
    if state == "value":
        low, high = value if isinstance(value, tuple) else (value, value)
    more.setdefault("table", 1 if source == "table" else None)
    raw = str(low) if state == "value" else ""
    return Observation(path, source, state, low, low, high, None, raw, "", Span(at, at + 1), **more)


def report(
    table: Figures | None = None,
    text: Figures | None = None,
    form: str = "table2019",
    year: int | None = None,
    **more: Any,
) -> Report:
    observations = [observe(p, v, "table", n) for n, (p, v) in enumerate((table or {}).items())]
    for path, value in (text or {}).items():
        extra = value if isinstance(value, dict) else {"value": value}
        observations.append(observe(path, extra.pop("value"), "narrative", 1000 + len(observations), **extra))
    layouts = tuple(dict.fromkeys([form, "narrative"]))
    return Report(Document("x", "", ""), form, layouts, "Hans", year, observations=tuple(observations), **more)


def found(rep: Report, *rules: str) -> dict[str, Finding]:
    """The findings of the rules with these ids, by instance."""
    return {f.instance: f for f in check(BOOK, rep)[0] if f.rule in rules}


# Examples ------------------------------------------------------------------------------------------------


def examples(passing: bool) -> list[Any]:
    return [
        pytest.param(rule, figures, source, id=f"{rule.id}-{source}-{n}")
        for rule in BOOK.rules
        if not is_between(rule)  # see test_years.py and test_levels.py
        for source in rule.sources
        for n, figures in enumerate(rule.passes if passing else rule.fails)
    ]


@pytest.mark.parametrize(("rule", "figures", "source"), examples(passing=True))
def test_passing_example(rule: Rule, figures: Figures, source: Source) -> None:
    findings, verdicts = check(only(rule), example_report(BOOK, rule, figures, source))
    assert findings == ()
    assert verdicts.passed >= 1


@pytest.mark.parametrize(("rule", "figures", "source"), examples(passing=False))
def test_failing_example(rule: Rule, figures: Figures, source: Source) -> None:
    findings, verdicts = check(only(rule), example_report(BOOK, rule, figures, source))
    assert {f.verdict for f in findings} == {figures.get("$verdict", "fail")}
    assert {f.rule for f in findings} == {rule.id}
    assert verdicts.failed + verdicts.undecided == len(findings)
    assert figures.get("$severity", rule.severity) in {f.severity for f in findings}
    for finding in findings:
        assert len(finding.fingerprint) == 16
        for words in (finding.message.zh, finding.message.en):
            assert words
            assert "{" not in words


def test_the_shipped_rules_are_all_there() -> None:
    ids = {rule.id for rule in BOOK.rules}
    for prefix, count in (("S", 22), ("R", 10), ("L", 6), ("F", 7), ("P", 6), ("X", 11)):
        numbered = {f"{prefix}{n:02}" for n in range(1, count + 1)}
        assert numbered - ids <= {"X10"}  # silence of the text is no finding
    assert {"G05-ART32", "X05-REPEAT", "G12", "A08", "D05"} <= ids


def test_every_rule_cites_a_basis_in_both_languages() -> None:
    for rule in BOOK.rules:
        for message in (rule.title, rule.basis, rule.message):
            assert message.zh
            assert message.en


# Blanks --------------------------------------------------------------------------------------------------


def row(name: str, values: list[Any]) -> dict[str, Any]:
    return {f"{T3}{name}.{column}": value for column, value in zip(COLUMNS, values, strict=True)}


def test_blank_counts_0_and_says_so() -> None:
    rep = report(row("new", [201, 15, "blank", "na", 7, "blank", 222]))
    finding = found(rep, "R03")["R03.new"]
    assert (finding.left, finding.right, finding.delta) == (223, 222, 1)
    assert finding.equation == "201 + 15 + 0 + 0 + 7 + 0 = 223 ≠ 222"
    assert [a.en for a in finding.assumptions] == ["blank counted as 0: 3 cells"]
    assert [a.zh for a in finding.assumptions] == ["空白按 0 计：3 格"]


def test_blank_counts_0_where_that_holds() -> None:
    rep = report(row("new", [201, 15, "blank", "na", 7, "blank", 223]))
    assert not found(rep, "R03", "R04", "R05")


def test_blank_total_of_printed_parts_is_its_own_finding() -> None:
    table = {**row("new", [201, 15, 0, 0, 7, 0, "blank"]), **row("carried_in", [0, 0, 0, 0, 0, 0, 0])}
    table |= {**row("outcome.total", [201, 15, 0, 0, 7, 0, 223]), **row("carried_out", [0, 0, 0, 0, 0, 0, 0])}
    findings = found(report(table), "R01", "R03", "R04", "R05")
    assert list(findings) == ["R04.row.new"]
    assert findings["R04.row.new"].left == 223
    assert findings["R04.row.new"].severity == "warning"


@pytest.mark.parametrize("part", ["blank", 0])
def test_blank_total_of_nothing_counts_0(part: object) -> None:
    table = {**row("new", [part] * 6 + ["blank"]), **row("carried_in", [1, 0, 0, 0, 0, 0, 1])}
    table |= {**row("outcome.total", [1, 0, 0, 0, 0, 0, 1]), **row("carried_out", ["blank"] * 7)}
    assert not found(report(table), "R01", "R03", "R04", "R05")


def test_total_without_any_part_stays_open() -> None:
    table = {**row("new", ["blank"] * 6 + [223]), **row("carried_in", [0] * 7)}
    findings = found(report(table), "R03", "R05")
    assert {i: f.verdict for i, f in findings.items()} == {"R03.new": "undecided"}


def test_total_of_zeros_is_reported_once() -> None:
    table = {**row("new", [0, 0, "blank", 0, 0, 0, 3]), **row("carried_in", [0] * 7)}
    findings = found(report(table), "R03", "R05")
    assert {i: f.verdict for i, f in findings.items()} == {"R05.new": "fail"}


def test_entirely_blank_table_says_nothing() -> None:
    rep = report({f"{T3}{r}.{c}": "blank" for r in ROWS for c in COLUMNS})
    findings, _ = check(BOOK, rep)
    assert {f.rule for f in findings} <= {"G04", "G05", "G07"}
    equations = BOOK.of([r for r in BOOK.rules if r.id[0] in "RL"])
    assert check(equations, rep)[1].passed == 0


def test_what_is_found_in_a_report_does_not_depend_on_those_before() -> None:
    """All three have the same figures: a table that says nothing gives none."""
    blank = {f"{T3}{r}.{c}": "blank" for r in ROWS for c in COLUMNS}
    reports = [report(blank), report(dict(list(blank.items())[7:])), report({})]

    def judged(order: Sequence[int]) -> dict[int, tuple[int, list[tuple[str, tuple[str, ...]]]]]:
        book, told = BOOK.of(BOOK.rules), {}
        for n in order:
            findings, verdicts = check(book, reports[n])
            told[n] = verdicts.passed, [(f.instance, f.identity) for f in findings]
        return told

    expected = judged([0]) | judged([1]) | judged([2])
    assert len({str(one) for one in expected.values()}) == 3
    for order in permutations(range(3)):
        assert judged(order) == expected


def test_parts_that_count_something_else_show_nothing() -> None:
    total = evolve(observe("ext.a", 50, "narrative", 0), unit="件")
    part = evolve(observe("ext.b", 3, "narrative", 1), unit="封")
    rep = evolve(
        report({}), observations=(total, part), partitions=(Partition(("o", 0), (("o", 1),), False, Span(0, 2)),)
    )
    assert check(BOOK.of([BOOK["X02"]]), rep)[1].passed == 0


def test_blanks_are_reported_once_a_table() -> None:
    table = {**row("new", ["blank"] * 6 + [0]), "disclosure.art20_1.regulations.made": "na"}
    findings = found(report(table), "G07")
    assert [f.equation for f in findings.values()] == ["6"]


def test_unreadable_cell_is_undecided_until_the_others_exceed() -> None:
    table = row("new", [201, 15, "text", 0, 7, 0, 230])
    assert found(report(table), "R03")["R03.new"].verdict == "undecided"
    table[f"{T3}new.total"] = 222
    finding = found(report(table), "R03")["R03.new"]
    assert finding.verdict == "fail"
    assert "?" in finding.equation


TABLE_2 = [
    "disclosure.art20_1.normative_docs.repealed",
    "disclosure.art20_5.licensing.decisions",
    "disclosure.art20_6.penalty.decisions",
    "disclosure.art20_8.fees.amount",
]


@pytest.mark.parametrize("form", ["table2019", "table2021"])
@pytest.mark.parametrize("path", TABLE_2)
def test_an_unreadable_cell_is_open_although_no_equation_needs_it(path: str, form: str) -> None:
    table = {"disclosure.art20_1.normative_docs.made": 2, "disclosure.art20_1.normative_docs.in_force": 9, path: "text"}
    findings = found(report(table, form=form), "G13", "B02")
    assert {name: f.verdict for name, f in findings.items()} == {f"G13.{path}": "undecided"}


def test_a_limit_says_nothing_of_a_cell_that_cannot_be_read() -> None:
    power = "disclosure.art20_5.licensing."
    rep = report({power + "prev_items": 421, power + "items_change": "text", power + "decisions": 1844})
    assert [f.rule for f in check(BOOK, rep)[0] if f.rule.startswith(("A", "G13"))] == ["G13"]


@pytest.mark.parametrize(
    ("amount", "unit", "of_ten"), [("2.4", "万元", True), ("24", "元", False), ("0.0405", "万元", False)]
)
def test_an_amount_is_a_multiple_in_yuan(amount: str, unit: str, of_ten: bool) -> None:
    rep = report(text={"fees.processing.collected": Decimal(amount)}, form="table2021")
    rep = evolve(rep, observations=tuple(evolve(o, unit=unit) for o in rep.observations))
    assert (not found(rep, "F05")) is of_ten


@pytest.mark.parametrize("state", ["blank", "na"])
def test_a_blank_that_the_form_allows_is_no_finding(state: str) -> None:
    findings, _ = check(
        BOOK, report(dict.fromkeys(TABLE_2, state) | row("new", [1, 0, 0, 0, 0, 0, 1]), form="table2021")
    )
    assert not [f.instance for f in findings if "art20" in f.instance or f.rule in ("G07", "B02")]


def test_an_unreadable_cell_is_told_once() -> None:
    findings = found(report(row("new", [201, 15, "text", 0, 7, 0, 230])), "R03", "G13")
    assert [f.rule for f in findings.values()] == ["R03"]


cells = st.integers(0, 30) | st.just("blank")


@given(st.lists(st.lists(cells, min_size=7, max_size=7), min_size=4, max_size=4), st.booleans())
@settings(max_examples=200, deadline=None)
def test_table_sums_agree_with_counting(grid: list[list[Any]], balanced: bool) -> None:
    names = ["new", "carried_in", "outcome.total", "carried_out"]

    def number(cell: Any) -> int:
        return 0 if cell == "blank" else int(cell)

    if balanced:
        for line in grid:
            line[6] = sum(map(number, line[:6]))
    table: dict[str, Any] = {}
    for name, line in zip(names, grid, strict=True):
        table |= row(name, line)
    findings = found(report(table), "R01", "R03", "R04", "R05", "R10")
    # A blank that the sums leave one figure counts that.
    for name, line in zip(names, grid, strict=True):
        for n, column in enumerate(COLUMNS):
            if told := findings.get(f"R10.{T3}{name}.{column}"):
                assert line[n] == "blank"
                line[n] = int(told.message.en.rpartition(" ")[2])
    withheld = set()
    for name, line in zip(names, grid, strict=True):
        parts, total = sum(map(number, line[:6])), number(line[6])
        blank_total = line[6] == "blank" and parts > 0
        # More than the printed parts may be there only where a part is blank.
        may_fit = "blank" in line[:6] and parts < total
        if blank_total:
            withheld.add(name)
        assert (f"R04.row.{name}" in findings) == blank_total
        reported = [i for i in (f"R03.{name}", f"R05.{name}") if i in findings]
        assert len(reported) == (parts != total and not blank_total)
        if reported:
            assert findings[reported[0]].verdict == "fail" or may_fit
    for n, column in enumerate(COLUMNS):
        left, right = number(grid[0][n]) + number(grid[1][n]), number(grid[2][n]) + number(grid[3][n])
        open_ = column == "total" and withheld
        assert (f"R01.{column}" in findings) == (left != right and not open_)


# Text ----------------------------------------------------------------------------------------------------

GROUNDS = [f"requests.replies.refused.{name}" for name in REGISTRY.groups["refusals"]]
REFUSED = "requests.replies.refused.total"


def test_rules_of_the_table_hold_in_the_text() -> None:
    text = dict(zip(GROUNDS, [0, 1, 7, 0, 271, 218], strict=True)) | {REFUSED: 495}
    finding = found(report(text=text, form="narrative"), "S04")["S04"]
    assert (finding.severity, finding.delta) == ("error", 2)
    assert finding.equation == "0 + 1 + 7 + 0 + 271 + 218 = 497 ≠ 495"
    assert finding.explanation is not None


@pytest.mark.parametrize(("total", "fails"), [(19, False), (30, False), (18, True)])
def test_unnamed_parts_of_the_text_are_unknown(total: int, fails: bool) -> None:
    rep = report(text={GROUNDS[4]: 14, GROUNDS[5]: 5, REFUSED: total}, form="narrative")
    assert bool(found(rep, "S04")) == fails


@pytest.mark.parametrize(
    ("stated", "printed", "severity"),
    [
        (8, 8, None),
        (7, 8, "warning"),
        ((37000, 38000), 37999, None),
        ((37000, 38000), 38000, "warning"),
        ((4, None), 2, "info"),
        ((4, None), 4, None),
        ({"value": 7, "scope": "区政府本级"}, 8, None),
        (7, "blank", None),
    ],
)
def test_text_against_table(stated: Any, printed: Any, severity: str | None) -> None:
    path = "requests.completed.total"
    findings = found(report({path: printed}, {path: stated}, "stat2014"), "X01")
    assert [f.severity for f in findings.values()] == ([severity] if severity else [])


def test_requests_in_the_text_may_include_the_carried_in() -> None:
    table = {**row("new", [148, 20, 4, 3, 7, 2, 184]), **row("carried_in", [6, 1, 0, 0, 0, 0, 7])}
    text = {f"{T3}new.natural": 154, f"{T3}new.org_subtotal": 37, f"{T3}new.total": 191}
    assert not found(report(table, text), "X01", "X03", "X05")
    assert list(found(report(table, text | {f"{T3}new.natural": 153}), "X01", "X03", "X05")) == ["X05.new.natural"]


def test_bodies_are_never_compared() -> None:
    assert not found(report({"org.obligated_units": 48}, {"org.obligated_units": 63}, "stat2014"), "X01")


def test_implied_zero_is_its_own_rule() -> None:
    rep = report({"review.total": 4}, {"review.total": {"value": 0, "implied": True}}, "stat2014")
    assert list(found(rep, "X01", "X09")) == ["X09.review.total"]


def test_scopes_that_differ_are_not_compared() -> None:
    text: dict[str, Any] = dict.fromkeys(GROUNDS, 3)
    text[GROUNDS[0]] = {"value": 3, "scope": "区政府本级"}
    text[REFUSED] = {"value": 10, "scope": "全区"}
    assert not found(report(text=text, form="narrative"), "S04")


def test_a_figure_with_a_scope_is_no_part_of_one_without() -> None:
    text: dict[str, Any] = dict.fromkeys(GROUNDS, 3)
    assert found(report(text=text | {REFUSED: 10}, form="narrative"), "S04")
    for scoped in (REFUSED, GROUNDS[0]):
        mixed = text | {REFUSED: 10}
        mixed[scoped] = {"value": mixed[scoped], "scope": "市级机关"}
        assert not found(report(text=mixed, form="narrative"), "S04")


# Breakdowns in sentences ---------------------------------------------------------------------------------


def sentence(
    total: tuple[str, Any], parts: list[tuple[str, Any]], exhaustive: bool = False, **more: Any
) -> dict[str, Finding]:
    """The findings on a breakdown; a figure whose path is "" is bound to no metric."""
    observations: list[Observation] = []
    unbound: list[Unbound] = []

    def figure(path: str, value: Any) -> tuple[str, int]:
        at = len(observations) + len(unbound)
        if path:
            observations.append(observe(path, value, "narrative", at, **more))
            return "o", len(observations) - 1
        unbound.append(Unbound(value, "件", str(value), Span(at, at + 1), Span(at, at + 1)))
        return "u", len(unbound) - 1

    first = figure(*total)
    rest = tuple(figure(*part) for part in parts)
    partition = Partition(first, rest, exhaustive, Span(0, 1))
    rep = report(form="narrative")
    rep = evolve(rep, observations=tuple(observations), unbound=tuple(unbound), partitions=(partition,))
    return found(rep, "X02", "S01", "S03", "S04", "S05")


REVIEW = [
    ("review.upheld", 202),
    ("review.pending", 24),
    ("review.detail.not_accepted", 2),
    ("review.detail.partially_upheld", 2),
    ("review.detail.partially_ordered", 2),
]


@pytest.mark.parametrize("exhaustive", [True, False])
def test_breakdown_with_a_second_reading_stays_an_error(exhaustive: bool) -> None:
    finding = sentence(("review.total", 230), REVIEW, exhaustive)["X02.review.total"]
    assert (finding.severity, finding.left, finding.right) == ("error", 232, 230)
    assert finding.equation == "202 + 24 + 2 + 2 + 2 = 232 ≠ 230"
    assert finding.alternative is not None
    assert "行政复议部分维持数" in finding.alternative.zh
    assert "行政复议部分责令履行数" in finding.alternative.zh
    assert "230" in finding.alternative.en


def test_second_reading_needs_the_exact_difference() -> None:
    finding = sentence(("review.total", 229), REVIEW)["X02.review.total"]
    assert finding.alternative is None


@pytest.mark.parametrize(("exhaustive", "fails"), [(True, True), (False, False)])
def test_less_than_the_total_is_a_subset_unless_all_are_named(exhaustive: bool, fails: bool) -> None:
    assert bool(sentence(("review.total", 240), REVIEW, exhaustive)) == fails


def test_named_rule_speaks_for_its_breakdown() -> None:
    parts = list(zip(GROUNDS, [0, 1, 7, 0, 271, 218], strict=True))
    assert list(sentence((REFUSED, 495), parts)) == ["S04"]


def test_every_family_of_parts_by_itself() -> None:
    total, path = ("requests.t3.inflow.total", 228), "requests.t3."
    parts = [(f"{path}new.total", 223), (f"{path}carried_in.total", 5), (f"{path}carried_out.total", 6)]
    assert not sentence(total, parts, exhaustive=True)
    parts[0] = (f"{path}new.total", 224)
    assert sentence(total, parts)["X02.requests.t3.inflow.total"].left == 229


def test_figure_outside_the_family_is_left_out() -> None:
    parts = [("review.upheld", 4), ("review.detail.withdrawn", 1), ("litigation.total", 9)]
    assert not sentence(("review.total", 5), parts)


def test_part_inside_another_counts_once() -> None:
    parts = [
        ("requests.replies.granted_or_partial", 152),
        ("requests.replies.granted", 128),
        ("requests.replies.other_group", 66),
    ]
    assert not sentence(("requests.replies.total", 218), parts, exhaustive=True)


def test_channels_may_overlap() -> None:
    parts = [("disclosure.channel.website", 9000), ("disclosure.channel.wechat", 3000)]
    assert not sentence(("disclosure.total", 10000), parts, exhaustive=True)


@pytest.mark.parametrize(
    ("values", "severity"),
    [([10, 20, 30], "warning"), ([30, 25, 5], "info"), ([30, 20, 5], None)],
)
def test_figures_without_metric(values: list[int], severity: str | None) -> None:
    findings = sentence(("", 55), [("", value) for value in values])
    assert [f.severity for f in findings.values()] == ([severity] if severity else [])
    if severity == "info":
        assert all(f.alternative for f in findings.values())


def test_a_rounded_total_holds_what_it_may() -> None:
    assert not sentence(("review.total", (200, 300)), [("review.upheld", 202), ("review.detail.withdrawn", 24)], True)
    assert sentence(("review.total", (100, 200)), [("review.upheld", 202), ("review.detail.withdrawn", 24)])


def test_units_that_differ_are_not_added() -> None:
    rep = report(form="narrative")
    figures = (
        Unbound(Decimal("48.01"), "亿元", "48.01", Span(0, 5), Span(0, 5)),
        Unbound(50, "件", "50", Span(6, 8), Span(6, 8)),
    )
    partition = Partition(("u", 0), (("u", 1),), False, Span(0, 8))
    assert not found(evolve(rep, unbound=figures, partitions=(partition,)), "X02")


# Findings ------------------------------------------------------------------------------------------------


def test_findings_that_share_a_cell_belong_together() -> None:
    table = {**row("new", [1, 0, 0, 0, 0, 0, 2]), **row("carried_in", [0] * 7), **row("carried_out", [0] * 7)}
    table |= {**row("outcome.total", [1, 0, 0, 0, 0, 0, 1]), "review.upheld": 1, "review.corrected": 0}
    table |= {"review.other": 0, "review.pending": 0, "review.total": 3}
    findings = found(report(table), "R01", "R03", "L01")
    assert findings["R01.total"].group == findings["R03.new"].group
    assert findings["L01"].group != findings["R03.new"].group


def test_fingerprint_follows_the_figures() -> None:
    table = row("new", [201, 15, 0, 0, 7, 0, 222])
    first = found(report(table), "R03")["R03.new"]
    assert found(report(table), "R03")["R03.new"].fingerprint == first.fingerprint
    moved = evolve(report(table), observations=tuple(reversed(report(table).observations)))
    assert found(moved, "R03")["R03.new"].fingerprint == first.fingerprint
    table[f"{T3}new.natural"] = 202
    assert found(report(table), "R03")["R03.new"].fingerprint != first.fingerprint


def test_terms_lead_to_the_observations() -> None:
    rep = report(row("new", [201, 15, 0, 0, 7, 0, 222]))
    finding = found(rep, "R03")["R03.new"]
    assert [rep.observations[i].value for i in finding.operands] == [201, 15, 0, 0, 7, 0, 222]
    assert [t.side for t in finding.terms] == ["left"] * 6 + ["right"]
    assert finding.span == rep.observations[6].span


def test_total_above_and_below_its_parts_weigh_differently() -> None:
    table = {"review.upheld": 1, "review.corrected": 0, "review.other": 0}
    assert found(report(table | {"review.total": 2}, form="stat2014"), "S05")["S05"].severity == "warning"
    assert found(report(table | {"review.total": 0}, form="stat2014"), "S05")["S05"].severity == "error"


def test_alternatives_show_what_was_tried() -> None:
    rep = report({f"{T3}new.total": 38, f"{T3}carried_in.total": 3}, {"requests.received.total": 40})
    finding = found(rep, "X05")["X05.received"]
    assert finding.equation == "40 ≠ 41 = 38 + 3; 40 ≠ 38"
    assert finding.delta == -1


def test_order_does_not_depend_on_chance() -> None:
    table = {f"{T3}{r}.{c}": n % 7 for n, (r, c) in enumerate((r, c) for r in ROWS for c in COLUMNS)}
    findings, _ = check(BOOK, report(table))
    again, _ = check(pickle.loads(pickle.dumps(BOOK)), report(table))
    assert findings == again
    keys = [(f.span.start if f.span else -1, f.rule) for f in findings]
    assert keys == sorted(keys)


def test_money_and_counts_mix() -> None:
    path = "disclosure.art20_9.procurement."
    rep = report({f"{path}projects": 12, f"{path}amount": Decimal("2510000.50")})
    assert not found(rep, "A05", "G01", "G02")


def test_first_figure_without_scope_counts() -> None:
    rep = report(text={REFUSED: 18, **dict.fromkeys(GROUNDS, 3)}, form="narrative")
    scoped = observe(REFUSED, 2, "narrative", 0, scope="区政府本级")
    assert not found(evolve(rep, observations=(scoped, *rep.observations)), "S04")


# Rulebooks -----------------------------------------------------------------------------------------------


def test_selecting_rules() -> None:
    assert {r.id[0] for r in BOOK.select(["R", "L"], []).rules} == {"R", "L"}
    assert {r.id for r in BOOK.select(["R"], ["R0", "R1"]).rules} == set()
    assert "R03" not in {r.id for r in BOOK.select([], ["R03"]).rules}
    with pytest.raises(PackError) as error:
        BOOK.select(["R33"], [])
    assert "R03" in error.value.remedy.en
    assert BOOK["R03"].id == "R03"
    with pytest.raises(PackError):
        BOOK["R3"]


RULE = """\
rules:
  - id: U01
    title: {zh: 甲, en: first}
    severity: error
    equation: review.upheld <= review.total
    message: {zh: "{left}", en: "{right}"}
    basis: {zh: 甲, en: first}
    pass: {review.upheld: 1, review.total: 1}
    fail: {review.upheld: 2, review.total: 1}
"""


def load(tmp_path: Path, *texts: str) -> Rulebook:
    files = []
    for n, words in enumerate(texts):
        file = tmp_path / f"{n}.yaml"
        file.write_text(words, encoding="utf-8")
        files.append(file)
    return load_rulebook(files, REGISTRY)


def test_a_rule_of_ones_own(tmp_path: Path) -> None:
    book = load(tmp_path, RULE)
    (finding,), verdicts = check(book, report({"review.upheld": 2, "review.total": 1}))
    assert (finding.rule, finding.message.zh, finding.message.en) == ("U01", "2", "1")
    assert verdicts.failed == 1


def test_same_id_twice_names_both_places(tmp_path: Path) -> None:
    with pytest.raises(PackError) as error:
        load(tmp_path, RULE, RULE)
    assert error.value.source == f"{tmp_path}/1.yaml:2:9"
    assert f"{tmp_path}/0.yaml:2:9" in error.value.problem.en


@pytest.mark.parametrize(
    ("old", "new", "place", "problem", "remedy"),
    [
        ("severity", "severety", "4:5", "unknown key severety", "severity"),
        ("severity: error", "severity: fatal", "4:15", "unknown severity fatal", "there are: error, warning, info"),
        ("    severity: error\n", "", "2:5", "missing key severity", "add severity"),
        ("severity: error", "severity: error\n    kind: equaton", "5:11", "unknown kind of rule equaton", "equation"),
        ("review.total\n", "review.totl\n", "5:32", "unknown metric review.totl", "review.total"),
        ("<= review", "=< review", "5:29", "the equation breaks at “=< review.to", "correct"),
        ("{left}", "{lft}", "6:19", "unknown placeholder lft", "left"),
        ("{zh: 甲, en: first}\n    severity", "{zh: 甲}\n    severity", "3:13", "missing key en", "add en"),
        ("pass: {review.upheld", "pass: {review.uphold", "8:12", "unknown metric review.uphold", "review.upheld"),
        ("pass: {review.upheld: 1, review.total: 1}", "pass: {}", "8:11", "the example is empty", "give its figures"),
        ("severity: error", "severity: error\n    for: {c: colums}", "5:14", "unknown group colums", "check the name"),
        ("severity: error", "severity: error\n    source: tabel", "5:13", "unknown source tabel", "table"),
        ("severity: error", "severity: error\n    applies: {year: 2014-}", "5:15", "unknown key year", "years"),
        (
            "severity: error",
            "severity: error\n    applies: {years: now}",
            "5:22",
            "'now' is no range of years",
            "2014-2018",
        ),
        ("severity: error", "severity: error\n    applies: {eras: [E9]}", "2:9", "unknown era E9", "check the name"),
        ("severity: error", "severity: error\n    blank: 0", "5:12", "unknown value 0", "there are: zero, row"),
        ("severity: error", "severity: error\n    yields: [U1]", "2:9", "unknown rule U1", "U01"),
        ("severity: error", "severity: error\n    hint_of: [U1]", "2:9", "unknown rule U1", "U01"),
        (
            "severity: error",
            "severity: error\n    when: review.total >= 1 or review.other >= 1",
            "5:11",
            "when allows no or, coefficients and ratios",
            "correct",
        ),
        *(
            (
                "    equation: review.upheld <=",
                f"    kind: {kind}\n    equation: review.upheld <=",
                "6:15",
                f"expected: sum of {what}",
                "correct",
            )
            for kind, what in (("printed", "the parts == total"), ("determined", "figures == sum of figures"))
        ),
        (
            "    equation: review.upheld <= review.total\n",
            "    kind: multiple\n    of: ten\n    metrics: [review.total]\n",
            "6:9",
            "'ten' is no number",
            "correct",
        ),
    ],
)
def test_errors_have_place_and_remedy(
    tmp_path: Path, old: str, new: str, place: str, problem: str, remedy: str
) -> None:
    assert old in RULE
    with pytest.raises(PackError) as error:
        load(tmp_path, RULE.replace(old, new, 1))
    assert error.value.problem.en.startswith(problem)
    assert error.value.source == f"{tmp_path}/0.yaml:{place}"
    assert remedy in error.value.remedy.en
    assert error.value.problem.zh


def test_what_a_kind_expects_is_the_same_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(PackError) as error:
        load(
            tmp_path,
            RULE.replace("    equation: review.upheld <=", "    kind: determined\n    equation: review.upheld <="),
        )
    assert error.value.problem.en == "expected: sum of figures == sum of figures"
    assert error.value.problem.zh == "此处应为：若干项之和 == 若干项之和"


def test_the_same_disagreement_is_told_once() -> None:
    path = "requests.received.total"
    rep = report({path: 8}, {path: 7}, "stat2014")
    again = tuple(observe(path, value, "narrative", 2000 + n) for n, value in enumerate([7, 7, 9]))
    findings, _ = check(BOOK.select(["X01"], []), evolve(rep, observations=(*rep.observations, *again)))
    assert [f.left for f in findings] == [7, 9]
