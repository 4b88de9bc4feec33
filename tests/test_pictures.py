"""Every rule breaks on its own failing examples: each is drawn as what it is, and points to the figure to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from attrs import evolve
from rich.cells import cell_len
from rich.console import Console

from gouji import messages
from gouji.cases import example_report
from gouji.crosschecks import is_between
from gouji.findings import Finding
from gouji.messages import Voice
from gouji.packs import builtin
from gouji.records import Report
from gouji.registryfile import load_registry
from gouji.reporters.anomalies import Entry, Sides, anomaly
from gouji.reporters.page import Page
from gouji.reporters.terminal import Terminal
from gouji.rulecompiler import load_rulebook
from gouji.rules import check

REGISTRY = load_registry([builtin() / "grammars" / "metrics.yaml"])
RULES = [p for p in sorted((builtin() / "rules").glob("*.yaml")) if p.name != "messages.yaml"]
BOOK = load_rulebook(RULES, REGISTRY)
BY_ID = {rule.id: rule for rule in BOOK.rules}
BROKEN = [
    pytest.param(rule.id, n, id=f"{rule.id}-{n}")
    for rule in BOOK.rules
    if not is_between(rule)
    for n in range(len(rule.fails))
]


def broken(rule: str, n: int = 0, figures: dict[str, Any] | None = None) -> Report:
    """The report of a failing example, checked by its rule alone."""
    one = BY_ID[rule]
    report = example_report(BOOK, one, figures or one.fails[n])
    findings, verdicts = check(BOOK.of((one,)), report)
    return evolve(report, findings=findings, verdicts=verdicts)


def page(width: int, out: StringIO | None = None) -> Page:
    console = Console(file=out or StringIO(), width=width, color_system=None, _environ={})
    return Page(console, Voice("zh", messages.builtin()), REGISTRY, verbose=True)


def drawn(report: Report, width: int) -> str:
    out = StringIO()
    Terminal(page(width, out)).report(report)
    return out.getvalue()


def ledgers(report: Report) -> Iterator[tuple[Finding, list[Entry]]]:
    for finding in report.findings:
        body = anomaly(page(80), report, finding)
        if isinstance(body, Sides):
            for side, total in ((body.side("left"), finding.left), (body.side("right"), finding.right)):
                yield finding, [*body.addition(side, total)] if len(side) > 1 else []
        else:
            yield finding, [*body.entries()]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
@pytest.mark.parametrize(("rule", "n"), BROKEN)
def test_nothing_is_wider_than_the_page(rule: str, n: int, width: int) -> None:
    lines = drawn(broken(rule, n), width).splitlines()
    assert [line for line in lines if cell_len(line) > width] == []


@pytest.mark.parametrize(("rule", "n"), BROKEN)
def test_only_what_is_added_up_is_drawn_as_a_sum(rule: str, n: int) -> None:
    report = broken(rule, n)
    total = page(80).say("anomaly.sum")
    for _, entries in ledgers(report):
        parts: list[Decimal] = []
        for entry in entries:
            number = entry.numbers[0] if entry.numbers else ""
            if entry.label == total:
                assert sum(parts) == Decimal(number)
                parts = []
            elif re.fullmatch(r"-?[\d.]+", number):
                parts.append(-Decimal(number) if entry.sign == "-" else Decimal(number))


SUMS = "各项相加"


@pytest.mark.parametrize("rule", ["S22", "F01", "X04", "D05", "X01", "S16", "F05", "G03"])
def test_figures_that_are_no_sum(rule: str) -> None:
    assert SUMS not in drawn(broken(rule), 80)


def test_levels_that_differ_are_a_list() -> None:
    figures = {
        "requests.received.total": "355 件",
        "review.total": "65 件 @区政府本级",
        "review.upheld": "40 件 @区政府本级",
    }
    text = drawn(broken("V06", figures=figures), 80)
    assert SUMS not in text
    assert all(f"{n}  行政复议" in text for n in (65, 40))


def test_a_multiple_is_not_drawn_as_one_figure() -> None:
    half = drawn(broken("R08", 1), 80)
    assert SUMS not in half
    assert "2 × 120 > 228 = 223 + 5" in half
    least = drawn(broken("A05", 2), 80)
    assert "Δ" not in least
    assert "251 < 1000 × 12" in least


def test_what_is_equal_is_not_said_to_differ() -> None:
    text = drawn(broken("A06"), 80)
    assert "≠" not in text
    assert "Δ" not in text


def test_figure_outside_an_interval() -> None:
    text = drawn(broken("X01", 1), 80)
    assert "≥4 ≠ 2" in text
    assert "4 ≠ 2  Δ" not in text


@pytest.mark.parametrize(("rule", "n", "told"), [("F03", 0, "发出收费通知件数 0"), ("L06", 0, "被依法纠错数 1")])
def test_figures_by_which_a_rule_applies_are_told(rule: str, n: int, told: str) -> None:
    assert f"{told}  example:" in drawn(broken(rule, n), 80)


# Where to look ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "n", "line"),
    [
        ("S09", 0, 1),  # the channel, not the total
        ("S16", 0, 1),
        ("S10", 0, 6),  # the total that no channel makes up
        ("S11", 0, 1),
        ("S15", 0, 1),
        ("S17", 0, 1),
        ("A01", 0, 1),
        ("A06", 0, 3),
        ("B02", 0, 1),
        ("L04", 0, 1),
        ("R08", 0, 1),
        ("P01", 0, 7),
        ("P02", 0, 9),
        ("P06", 0, 1),
        ("S01", 0, 5),
        ("S07", 0, 3),  # the total has two digits swapped
        ("L02", 0, 5),
        ("R04", 0, 5),
        ("X01", 0, 1),
        ("X03", 0, 1),
        ("X05", 0, 1),
    ],
)
def test_the_place_is_that_of_the_figure_to_look_at(rule: str, n: int, line: int) -> None:
    report = broken(rule, n)
    finding = report.findings[0]
    assert finding.span is not None
    assert report.document.place(finding.span).line == line
