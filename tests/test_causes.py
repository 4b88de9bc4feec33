"""Findings by their cause: blanks decided, suspects named, rules that one cell breaks in one group."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve

import gouji
from gouji import rules
from gouji.document import Document
from gouji.findings import Finding
from gouji.records import Observation, Report
from gouji.spans import Span
from score.injection import COLUMNS, RESULTS, T3, draw, outcomes
from score.injection import report as printed

ENGINE = gouji.engine()
EXAMPLES = Path(__file__).parents[1] / "examples"
Cells = Mapping[str, int | str]
LAW, PARTIAL = f"{T3}outcome.denied.law_prohibited", f"{T3}outcome.partial"


def consistent(seed: int = 7) -> dict[str, int]:
    return draw(Random(seed), outcomes(ENGINE, 2019))


def report(cells: Cells) -> Report:
    observations = []
    for i, (path, cell) in enumerate(cells.items()):
        value = cell if isinstance(cell, int) else None
        state = "value" if isinstance(cell, int) else {"": "blank", "na": "na"}.get(cell, "text")
        raw = str(cell)
        observations.append(
            Observation(path, "table", state, value, value, value, "件", raw, "", Span(i, i + 1), table=3)  # type: ignore[arg-type]
        )
    return Report(
        Document("", "", ""), "table2019", ("table2019",), "Hans", 2019, observations=tuple(observations)
    )  # fmt: skip


def judged(cells: Cells) -> dict[str, Finding]:
    """Findings on the arithmetic, by instance."""
    findings, _ = rules.check(ENGINE.rulebook, report(cells))
    return {
        f.instance: f for f in findings if f.rule in ("R01", "R02", "R03", "R04", "R05", "R10", "L01", "L02", "L03")
    }


def test_a_consistent_table_with_blank_zeros_passes_and_says_what_it_assumed() -> None:
    cells: Cells = {path: n or "" for path, n in consistent().items()}
    assert judged(cells) == {}
    half: Cells = {path: "" if n == 0 and i % 2 else n for i, (path, n) in enumerate(consistent().items())}
    assert judged(half) == {}


def test_an_empty_table_neither_passes_nor_fails() -> None:
    cells: Cells = dict.fromkeys(consistent(), "")
    findings, verdicts = rules.check(ENGINE.rulebook, report(cells))
    assert not [f for f in findings if f.rule in ("R01", "R02", "R03", "L01")]
    full = rules.check(ENGINE.rulebook, printed(consistent(), 2019))[1]
    assert verdicts.passed < full.passed // 5


def test_only_totals_are_undecided_with_what_the_blanks_would_have_to_hold() -> None:
    table = consistent()
    cells: Cells = {path: n if path.endswith("total") else "" for path, n in table.items()}
    found = judged(cells)
    assert found
    assert {f.verdict for f in found.values()} == {"undecided"}
    row = f"R03.{next(p for p, n in table.items() if p.endswith('.total') and T3 in p and n)[len(T3) :].removesuffix('.total')}"
    assert "□" in found[row].equation
    assert "≟" in found[row].equation


def test_blank_totals_are_said_and_their_sums_are_not_judged() -> None:
    cells: Cells = {path: "" if path.endswith("total") else n for path, n in consistent().items()}
    found = judged(cells)
    assert {f.rule for f in found.values()} == {"R04"}


def only_figure_of_its_row(table: Mapping[str, int]) -> str:
    """An outcome of one kind of applicant, where all others are 0."""
    for row in sorted({path.rpartition(".")[0] for path in table if f"{T3}outcome." in path}):
        cells = [f"{row}.{column}" for column in COLUMNS if table[f"{row}.{column}"]]
        if len(cells) == 1:
            return cells[0]
    raise AssertionError("another seed")


@pytest.mark.parametrize("mark", ["", "na"])
@pytest.mark.parametrize("zeros", ["printed", "blank", "blank in its row"])
@pytest.mark.parametrize("where", ["among zeros", "among figures", "new"])
def test_a_blank_that_row_and_column_determine_is_one_finding(where: str, zeros: str, mark: str) -> None:
    table = consistent()
    results = [p for p in table if p.endswith(".natural") and "outcome." in p and "total" not in p]
    at = {
        "among zeros": only_figure_of_its_row(table),
        "among figures": max(results, key=lambda p: table[p]),
        "new": f"{T3}new.natural",
    }[where]
    cells: dict[str, int | str] = {**table}
    for path, n in table.items():
        if n == 0 and (zeros == "blank" or (zeros != "printed" and path.startswith(at.rpartition(".")[0] + "."))):
            cells[path] = ""
    findings, _ = rules.check(ENGINE.rulebook, report({**cells, at: mark}))
    (finding,) = [
        f
        for f in findings
        if at in {list(table)[i] for i in f.operands} or f.rule in ("R01", "R02", "R03", "R05", "R08")
    ]
    assert (finding.instance, finding.severity, finding.verdict) == (f"R10.{at}", "warning", "fail")
    assert str(table[at]) in finding.message.en
    assert finding.equation.count("□") == 2
    (suspect,) = finding.suspects
    assert (list(table)[suspect.operand], suspect.repair, suspect.slip) == (at, table[at], "blank")
    assert {name.partition(".")[0] for name in suspect.explains} == (
        {"R01", "R03"} if where == "new" else {"R02", "R03"}
    )
    # It is no blank that stands for nothing.
    counted = sum(cell == "" for cell in cells.values())
    assert [f.equation for f in findings if f.rule == "G07"] == ([str(counted)] if counted else [])


def test_a_blank_that_only_its_row_or_its_column_needs_stays_as_it_is() -> None:
    table = consistent()
    at = only_figure_of_its_row(table)
    row, _, column = at.rpartition(".")
    alone = judged({**table, at: "", f"{T3}outcome.total.{column}": table[f"{T3}outcome.total.{column}"] - table[at]})
    assert f"R05.{row.removeprefix(T3)}" in alone
    assert "R10" not in {f.rule for f in alone.values()}
    unread = judged({**table, at: "", f"{row}.total": "不清"})
    assert unread[f"R02.{column}"].verdict == "undecided"
    assert "R10" not in {f.rule for f in unread.values()}


def test_a_cell_that_cannot_be_read_leaves_a_blank_elsewhere_determined() -> None:
    table = consistent()
    at = only_figure_of_its_row(table)
    cells: Cells = {**table, at: "", f"{T3}carried_in.legal": "不清"}
    assert f"R10.{at}" in judged(cells)
    # A part of a request is no number that adds up with what is not known.
    half = Decimal("0.5")
    one = report(cells)
    odd = (evolve(o, value=half, low=half, high=half) if o.path == f"{T3}new.legal" else o for o in one.observations)
    findings, _ = rules.check(ENGINE.rulebook, evolve(one, observations=tuple(odd)))
    assert f"R10.{at}" in {f.instance for f in findings}


def test_a_blank_that_counts_what_its_sums_leave_is_told_wherever_it_counts() -> None:
    text = (EXAMPLES / "table2021-clean.txt").read_text(encoding="utf-8").replace("申请数量 | 80 |", "申请数量 |  |")
    for stated, told in ((79, True), (80, False)):
        findings = ENGINE.check("report.txt", text.replace("自然人申请83件", f"自然人申请{stated}件").encode()).findings
        found = {f.instance: f for f in findings}
        assert f"R10.{T3}new.natural" in found
        assert ("X05.new.natural" in found) == told
        if told:
            assert [a.zh for a in found["X05.new.natural"].assumptions] == ["“本年新收 / 自然人”空白按 80 计"]
            assert [a.en for a in found["X05.new.natural"].assumptions] == [
                "blank “new requests / natural persons” counted as 80"
            ]


@pytest.mark.parametrize(
    "blank",
    [
        {f"{PARTIAL}.natural", f"{PARTIAL}.commercial"},
        {f"{PARTIAL}.natural", f"{LAW}.natural"},
        {f"{PARTIAL}.natural", f"{PARTIAL}.commercial", f"{LAW}.commercial"},
        {f"{T3}new.natural", f"{T3}carried_out.natural"},
        {f"{T3}new.{column}" for column in COLUMNS},
        {f"{PARTIAL}.{column}" for column in (*COLUMNS, "total")},
        {f"{PARTIAL}.natural", f"{PARTIAL}.total"},
        {f"{PARTIAL}.natural", f"{T3}outcome.total.natural"},
    ],
    ids=[
        "row",
        "column",
        "corner",
        "both sides",
        "all parts",
        "whole row",
        "with its total",
        "with that of its column",
    ],
)
@pytest.mark.parametrize("zeros", ["printed", "blank"])
def test_blanks_that_are_determined_together_are_one_case_that_says_each(blank: set[str], zeros: str) -> None:
    table = consistent()
    wanted = {path: table[path] for path in blank if table[path]}
    assert len(wanted) > 1
    cells: Cells = {
        path: "" if path in blank or (zeros == "blank" and n == 0 and "total" not in path) else n
        for path, n in table.items()
    }
    found = judged(cells)
    assert {name.removeprefix("R10."): int(f.message.en.rpartition(" ")[2]) for name, f in found.items()} == wanted
    assert {(f.rule, f.severity, f.verdict) for f in found.values()} == {("R10", "warning", "fail")}
    assert len({f.group for f in found.values()}) == 1
    labels = {path: ENGINE.registry.metric(path).zh for path in wanted}
    for name, finding in found.items():
        own = name.removeprefix("R10.")
        assert finding.span is not None
        assert list(table)[finding.span.start] == own
        assert {list(table)[s.operand]: s.repair for s in finding.suspects} == wanted
        beside = {
            p for p in wanted if p != own and (p.rpartition(".")[0] == own.rpartition(".")[0] or p[-5:] == own[-5:])
        }
        assert sum(labels[path] in finding.message.zh for path in beside) == min(len(beside), 3)
        assert "□" in finding.equation
        assert " = " not in finding.equation


def test_blanks_of_which_one_may_hold_more_and_another_less_stay_open() -> None:
    table = consistent()
    square = {f"{row}.{column}": "" for row in (PARTIAL, LAW) for column in ("natural", "commercial")}
    found = judged({**table, **square})
    assert {name for name, f in found.items() if f.verdict == "undecided"} == {
        "R02.natural", "R02.commercial", "R03.outcome.partial"
    }  # fmt: skip
    assert "R10" not in {f.rule for f in found.values()}


@pytest.mark.parametrize("seed", range(30))
def test_whatever_a_blank_is_said_to_be_is_what_it_was(seed: int) -> None:
    random = Random(seed)
    table = consistent(seed)
    rows = sorted({path.rpartition(".")[0] for path in table if T3 in path})
    whole = [path for row in random.sample(rows, seed % 3) for path in table if path.rpartition(".")[0] == row]
    blank = {*random.sample([path for path in table if T3 in path], seed), *whole}
    zeros = random.random() < 0.5
    cells: Cells = {path: "" if path in blank or (zeros and n == 0) else n for path, n in table.items()}
    for name, finding in judged(cells).items():
        if finding.rule == "R10":
            assert int(finding.message.en.rpartition(" ")[2]) == table[name.removeprefix("R10.")] > 0
        assert finding.verdict == "undecided" or finding.rule in ("R04", "R05", "R10")


def test_rows_that_are_blank_throughout_stay_open_where_each_may_be_what_is_wanted() -> None:
    table = consistent()
    rows = [f"{row}.{column}" for row in (PARTIAL, LAW) for column in (*COLUMNS, "total")]
    found = judged({**table, **dict.fromkeys(rows, "")})
    assert {f.verdict for f in found.values()} == {"undecided"}


def test_blanks_that_no_figures_fit_together_are_not_determined() -> None:
    table = consistent()
    row = {f"{PARTIAL}.natural": "", f"{PARTIAL}.commercial": ""}
    wrong = {f"{PARTIAL}.total": table[f"{PARTIAL}.total"] + 1, f"{LAW}.total": table[f"{LAW}.total"] - 1}
    assert "R10" not in {f.rule for f in judged({**table, **row, **wrong}).values()}
    # The row proves nothing where a blank in it stands in no other sum that can be read.
    unread = {f"{T3}outcome.total.commercial": "不清"}
    assert "R10" not in {f.rule for f in judged({**table, **row, **unread}).values()}


def test_a_determined_blank_leaves_other_mistakes_to_be_found() -> None:
    table = consistent()
    at, other = only_figure_of_its_row(table), f"{T3}carried_in.legal"
    found = judged({**table, at: "", other: table[other] + 1})
    assert {f.rule for f in found.values()} == {"R01", "R03", "R10"}
    (suspect,) = found["R01.legal"].suspects
    assert (list(table)[suspect.operand], suspect.repair) == (other, table[other])
    assert found["R01.legal"].group == found["R03.carried_in"].group != found[f"R10.{at}"].group


def test_a_blank_of_a_single_row_is_open_and_named_with_the_figure_that_fits() -> None:
    results = dict.fromkeys((f"review.{result}" for result in RESULTS), 0)
    finding = judged({**consistent(), **results, "review.upheld": "", "review.total": 3})["L01"]
    assert finding.verdict == "undecided"
    assert "3" in finding.assumptions[-1].en


def test_a_blank_that_row_and_column_need_differently_fails() -> None:
    table = consistent()
    at = f"{T3}outcome.granted.natural"
    cells: dict[str, int | str] = {
        **table,
        at: "",
        f"{T3}outcome.granted.total": table[f"{T3}outcome.granted.total"] + 5,
    }
    cells |= {f"{T3}outcome.total.total": table[f"{T3}outcome.total.total"] + 5}
    assert "fail" in {f.verdict for f in judged(cells).values()}


def test_more_than_the_total_fails_whatever_the_blanks_hold() -> None:
    table = consistent()
    cells: Cells = table | {f"{T3}new.natural": table[f"{T3}new.total"] + 1, f"{T3}new.other": ""}
    assert judged(cells)["R03.new"].verdict == "fail"


def test_an_unreadable_cell_stops_no_other_verdict() -> None:
    table = consistent()
    cells = table | {f"{T3}outcome.granted.natural": "1 2"}
    found = judged(cells)
    assert {f.verdict for f in found.values()} <= {"undecided"}
    cells |= {f"{T3}carried_out.total": table[f"{T3}carried_out.total"] + 3}
    assert judged(cells)["R03.carried_out"].verdict == "fail"


def test_rules_that_one_cell_breaks_are_one_group_with_its_repair() -> None:
    table = consistent()
    at = f"{T3}carried_out.total"
    found = judged(table | {at: table[at] + 1})
    assert set(found) == {"R01.total", "R03.carried_out"}
    assert len({f.group for f in found.values()}) == 1
    for finding in found.values():
        (suspect,) = finding.suspects
        assert list(table)[suspect.operand] == at
        assert (suspect.value, suspect.repair) == (table[at] + 1, table[at])
        assert set(suspect.explains) == set(found)


def test_two_mistakes_far_apart_are_two_groups() -> None:
    table = consistent()
    found = judged(
        table | {f"{T3}carried_in.legal": table[f"{T3}carried_in.legal"] + 1, "review.total": table["review.total"] + 1}
    )
    assert found["L01"].group != found["R01.legal"].group
    assert found["R01.legal"].group == found["R03.carried_in"].group


def grouped(found: Mapping[str, Finding]) -> set[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for instance, finding in found.items():
        groups.setdefault(finding.group, set()).add(instance)
    return {frozenset(instances) for instances in groups.values()}


@pytest.mark.parametrize("by", [2, 5])
def test_two_rows_that_are_wrong_each_by_itself_are_two_groups(by: int) -> None:
    table = consistent()
    one, other = f"{T3}outcome.granted.commercial", f"{T3}outcome.partial.natural"
    found = judged({**table, one: table[one] + 2, other: table[other] + by})
    assert grouped(found) == {
        frozenset({"R02.commercial", "R03.outcome.granted"}),
        frozenset({"R02.natural", "R03.outcome.partial"}),
    }
    for instance, cell in (("R02.commercial", one), ("R02.natural", other)):
        (suspect,) = found[instance].suspects
        assert (list(table)[suspect.operand], suspect.repair) == (cell, table[cell])
        assert set(suspect.explains) == next(group for group in grouped(found) if instance in group)


def test_what_only_both_of_two_corrections_settle_is_a_group_with_both() -> None:
    table = consistent()
    one, other = f"{T3}outcome.granted.natural", f"{T3}outcome.partial.natural"
    found = judged({**table, one: table[one] + 3, other: table[other] + 5})
    assert {tuple(group) for group in grouped(found)} == {
        ("R02.natural",),
        ("R03.outcome.granted",),
        ("R03.outcome.partial",),
    }
    assert [list(table)[s.operand] for s in found["R03.outcome.granted"].suspects] == [one]
    assert [list(table)[s.operand] for s in found["R03.outcome.partial"].suspects] == [other]
    assert {list(table)[s.operand] for s in found["R02.natural"].suspects} == {one, other}


def test_an_amount_in_the_wrong_column_is_one_group() -> None:
    table = consistent()
    one, other = f"{T3}outcome.partial.natural", f"{T3}outcome.partial.commercial"
    found = judged({**table, one: table[one] + 2, other: table[other] - 2})
    assert grouped(found) == {frozenset({"R02.natural", "R02.commercial"})}


def parted(cells: Cells, *ignored: str) -> set[frozenset[str]]:
    """Groups of the findings on the arithmetic, where some rules are not asked."""
    rulebook = ENGINE.rulebook.select((), ignored) if ignored else ENGINE.rulebook
    findings, _ = rules.check(rulebook, report(cells))
    return grouped({f.instance: f for f in findings if f.rule in ("R01", "R02", "R03")})


def test_what_one_cell_that_cannot_be_read_leaves_open_is_one_group() -> None:
    table = consistent()
    assert parted({**table, f"{T3}new.commercial": "l2"}) == {frozenset({"R01.commercial", "R03.new"})}
    total = frozenset({"R01.total", "R02.total", "R03.outcome.total"})
    assert parted({**table, f"{T3}outcome.total.total": "9B"}) == {total}


def test_what_one_blank_leaves_open_is_one_group() -> None:
    table = consistent()
    assert parted({**table, f"{LAW}.natural": ""}, "R10") == {
        frozenset({"R02.natural", "R03.outcome.denied.law_prohibited"})
    }
    for mark in ("", "不清"):
        row = {f"{PARTIAL}.natural": "", f"{PARTIAL}.commercial": mark}
        assert parted({**table, **row}, "R10") == {frozenset({"R02.natural", "R02.commercial", "R03.outcome.partial"})}


@pytest.mark.parametrize("zeros", ["printed", "blank"])
def test_cells_that_cannot_be_read_far_apart_are_two_groups(zeros: str) -> None:
    table = consistent()
    one, other = f"{LAW}.natural", f"{PARTIAL}.commercial"
    for at in (f"{LAW}.commercial", f"{PARTIAL}.natural"):
        row, column = at.removeprefix(T3).rpartition(".")[::2]
        total = f"{T3}outcome.total"
        for path in (f"{T3}{row}.total", f"{total}.{column}", f"{total}.total", f"{T3}new.{column}", f"{T3}new.total"):
            table[path] -= table[at]
        table[f"{T3}{row}.{column}"] = 0
    assert parted(table) == set()
    cells: Cells = {path: "" if n == 0 and zeros == "blank" else n for path, n in table.items()}
    assert parted({**cells, one: "不清", other: "不清"}) == {
        frozenset({"R02.natural", "R03.outcome.denied.law_prohibited"}),
        frozenset({"R02.commercial", "R03.outcome.partial"}),
    }


def observe_text(path: str, value: Any, at: int) -> Observation:
    return Observation(path, "narrative", "value", value, value, value, None, str(value), "", Span(at, at + 1))


def told(table: Mapping[str, Any], text: Mapping[str, int], *rule: str) -> dict[str, Finding]:
    """Findings of some rules on a statistics table and what the text says."""
    observations = [
        *(evolve(observe_text(p, n, i), source="table", table=1) for i, (p, n) in enumerate(table.items())),
        *(observe_text(p, n, len(table) + i) for i, (p, n) in enumerate(text.items())),
    ]
    one = Report(
        Document("", "", ""), "stat2014", ("stat2014", "narrative"), "Hans", 2016, observations=tuple(observations)
    )
    return {f.instance: f for f in rules.check(ENGINE.rulebook, one)[0] if f.rule in rule}


@pytest.mark.parametrize(
    ("new", "carried", "stated", "repairs"),
    [
        # A digit of the new ones, two digits of all that came in.
        (340, 14, 345, {(340, "digit"), (354, "transposed")}),
        # Only one of them is a slip of the hand, be it the nearer or not.
        (354, 30, 345, {(354, "transposed")}),
        (351, 3, 345, {(354, "transposed")}),
        (254, 0, 245, {(254, "transposed")}),
        (351, 20, 345, set()),
    ],
)
def test_whatever_the_text_may_have_meant_is_a_repair(
    new: int, carried: int, stated: int, repairs: set[tuple[int, str]]
) -> None:
    table = dict.fromkeys(draw(Random(7), outcomes(ENGINE, 2021)), 0)
    for column in ("natural", "total"):
        table |= {f"{T3}new.{column}": new, f"{T3}carried_in.{column}": carried}
        table |= {f"{T3}outcome.{row}.{column}": new for row in ("granted", "total")}
        table[f"{T3}carried_out.{column}"] = carried
    one = printed(table, 2021)
    text = observe_text(f"{T3}new.total", stated, len(one.observations))
    findings, _ = rules.check(ENGINE.rulebook, evolve(one, observations=(*one.observations, text)))
    (finding,) = [f for f in findings if f.rule == "X05"]
    assert {s.operand for s in finding.suspects} <= {len(table)}
    assert {(s.repair, s.slip) for s in finding.suspects} == repairs
    assert [s.rank for s in finding.suspects] == [*range(1, len(repairs) + 1)]


def test_findings_that_share_a_correct_figure_are_two_groups() -> None:
    website = "disclosure.channel.website"
    found = told({"disclosure.total": 100, website: 470}, {website: 180}, "X01", "S09")
    # Neither 180 nor anything else agrees with the text and is not more than the total.
    assert grouped(found) == {frozenset({f"X01.{website}"}), frozenset({"S09.website"})}


def test_findings_that_one_figure_settles_are_one_group() -> None:
    website, weibo = "disclosure.channel.website", "disclosure.channel.weibo"
    found = told({"disclosure.total": 100, website: 470}, {website: 90}, "X01", "S09")
    assert grouped(found) == {frozenset({f"X01.{website}", "S09.website"})}
    found = told({"disclosure.total": 100, website: 470, weibo: 300}, {}, "X01", "S09")
    assert grouped(found) == {frozenset({"S09.website", "S09.weibo"})}


def against_text(table: Mapping[str, int], text: Mapping[str, int]) -> list[Finding]:
    """What is found in the figures of a table of applicants and of a text beside it."""
    one = printed(table, 2019)
    said = [observe_text(path, n, len(table) + i) for i, (path, n) in enumerate(text.items())]
    findings, _ = rules.check(ENGINE.rulebook, evolve(one, observations=(*one.observations, *said)))
    return [f for f in findings if f.rule[0] in "RX" and f.severity != "info"]


def test_the_text_says_which_of_several_repairs_is_right() -> None:
    table = consistent()
    moved = table | {
        f"{PARTIAL}.total": table[f"{PARTIAL}.total"] + 1,
        f"{LAW}.total": table[f"{LAW}.total"] - 1,
    }
    before = against_text(moved, {})
    assert len({s.rank for s in before[0].suspects}) > 1
    # One figure of the text is itself that of a cell, the other the sum of some.
    denied = sum(table[f"{T3}outcome.denied.{row}.total"] for row in ENGINE.registry.groups["denied"])
    text = {f"{PARTIAL}.total": table[f"{PARTIAL}.total"], f"{T3}outcome.denied.subtotal.total": denied}
    found = against_text(moved, text)
    assert {f.rule for f in found} == {"R03", "X01", "X03"}
    assert len({f.group for f in found}) == 1
    for finding in found:
        first = {list(table)[s.operand]: (s.repair, s.slip) for s in finding.suspects if s.rank == 1}
        assert first == {f"{row}.total": (table[f"{row}.total"], "told") for row in (PARTIAL, LAW)}
        assert all(s.slip != "told" for s in finding.suspects if s.rank > 1)


def test_the_text_is_not_to_be_changed_where_the_table_is_in_doubt() -> None:
    table = consistent()
    moved = table | {
        f"{PARTIAL}.total": table[f"{PARTIAL}.total"] + 1,
        f"{LAW}.total": table[f"{LAW}.total"] - 1,
    }
    # Neither repair gives what the text says.
    (finding,) = [
        f for f in against_text(moved, {f"{PARTIAL}.total": table[f"{PARTIAL}.total"] + 2}) if f.rule == "X01"
    ]
    assert all(s.operand < len(table) for s in finding.suspects)


@pytest.mark.parametrize("printed_as", [-94, Decimal("9.4"), 49])
def test_one_wrong_cell_is_one_case_whatever_it_breaks(printed_as: int | Decimal) -> None:
    received = {f"requests.received.{way}": n for way, n in (("in_person", 54), ("fax", 7), ("mail", 31))}
    online = "requests.received.online"
    table: dict[str, Any] = {"requests.received.total": 186, **received, online: printed_as}
    found = told(table, {online: 94}, "S01", "X01", "G01", "G02")
    assert len(found) == 2 + (printed_as != 49)
    assert len({f.group for f in found.values()}) == 1
    first = [(list(table)[s.operand], s.repair) for s in found["S01"].suspects if s.rank == 1]
    assert first == [(online, 94)]


def test_what_a_repaired_figure_settles_besides_belongs_to_its_case() -> None:
    total, website = "disclosure.total", "disclosure.channel.website"
    table: dict[str, Any] = {total: Decimal("864.2"), website: 8105}
    found = told(table, {total: 8642}, "X01", "S09", "G02")
    assert grouped(found) == {frozenset({f"X01.{total}", "S09.website", f"G02.{total}"})}
    apart = told(table | {website: 8700}, {total: 8642}, "X01", "S09", "G02")
    assert grouped(apart) == {frozenset({f"X01.{total}", f"G02.{total}"}), frozenset({"S09.website"})}


def test_a_part_of_the_text_that_is_too_much_and_not_that_of_the_table_is_one_case() -> None:
    table = {f"requests.received.{way}": n for way, n in (("in_person", 4), ("fax", 0), ("online", 11), ("mail", 1))}
    table["requests.received.total"] = 16
    text = table | {"requests.received.fax": 5}
    found = told(table, text, "S01", "X01")
    assert grouped(found) == {frozenset({"S01", "X01.requests.received.fax"})}
    # The text names all ways of the form: that there were more ways once does not make their sum a mere bound.
    assert (found["S01"].left, found["S01"].delta) == (21, 5)
    # The text may leave a way out: its parts are more than their total, whatever that is.
    del text["requests.received.in_person"], text["requests.received.mail"]
    text["requests.received.total"] = 15
    found = told(table | {"requests.received.total": 15, "requests.received.mail": 0}, text, "S01")
    assert found["S01"].delta is None
    assert "≥16" in found["S01"].message.zh


def test_what_a_slip_is_called_goes_with_the_number_of_figures_it_changes() -> None:
    cells = consistent()
    both = [f"{T3}outcome.total.{column}" for column in ("natural", "total")]
    for changed, zh, en in (
        ([both[0]], "改动这一处即可", "this one change is enough"),
        (both, "改动这几处即可", "these changes together are enough"),
    ):
        found = judged(cells | {path: cells[path] + 1234 for path in changed})
        first = [s for s in next(f for f in found.values() if f.suspects).suspects if s.rank == 1]
        assert {[*cells][s.operand] for s in first} == {*changed}
        assert {(s.slip, s.pattern.zh, s.pattern.en) for s in first} == {("other", zh, en)}


def hints(table: Mapping[str, int]) -> set[str]:
    return {f.instance for f in rules.check(ENGINE.rulebook, printed(table, 2019))[0] if f.rule == "R07"}


def test_a_hint_is_left_out_where_one_correction_settles_more_than_it_explains() -> None:
    table = consistent()
    partial, total = f"{PARTIAL}.natural", f"{T3}outcome.total.natural"
    assert table[partial]
    # The sum of the row and what came in say that the total is wrong.
    assert hints(table | {total: table[total] - table[partial]}) == set()
    # Counted twice in a column and in its total, nothing but these two sums is broken.
    twice = {f"{LAW}.{c}": table[f"{LAW}.{c}"] + table[partial] for c in ("natural", "total")}
    assert hints(table | twice) == {"R07.form2019.natural"}


def test_a_repair_outside_every_sum_is_not_made_up() -> None:
    table = consistent()
    cells: Cells = {f"review.{name}": table[f"review.{name}"] for name in RESULTS[:2]}
    assert judged(cells) == {}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_proposed_makes_the_named_rules_hold(seed: int) -> None:
    random = Random(seed)
    table = consistent(seed)
    cells = dict(table)
    for path in random.sample(list(table), 2):
        cells[path] = max(0, table[path] + random.choice((-1, 1, 9, 10)))
    broken = judged(cells)
    for finding in broken.values():
        for rank in {s.rank for s in finding.suspects}:
            repaired = dict(cells)
            explained: set[str] = set()
            for suspect in finding.suspects:
                if suspect.rank == rank:
                    assert isinstance(suspect.repair, int)
                    repaired[list(table)[suspect.operand]] = suspect.repair
                    explained |= set(suspect.explains)
            assert explained.isdisjoint(judged(repaired)), (seed, rank)
            assert judged(repaired).keys() < broken.keys()


def test_columns_of_the_experiment_are_those_of_the_form() -> None:
    assert tuple(ENGINE.registry.groups["applicants"]) == COLUMNS


def test_a_cell_that_cannot_be_read_says_what_it_would_have_to_be() -> None:
    table = consistent()
    at = max(
        (p for p in table if p.endswith(".natural") and "outcome." in p and "total" not in p), key=lambda p: table[p]
    )
    digits = str(table[at])
    for raw, told in ((" ".join(digits), "may read"), ("不清", "cannot be read")):
        for finding in judged({**table, at: raw}).values():
            assert finding.verdict == "undecided"
            assert told in finding.assumptions[-1].en
            assert digits in finding.assumptions[-1].en
