"""Reports of one body over the years: every rule on its own examples, and whole series with planted mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve

import gouji
from gouji.bodies import Body
from gouji.cases import example_report, example_reports
from gouji.crosschecks import CrossFinding, Pair, check_copies, check_pair
from gouji.rulemodel import Rule
from gouji.series import profiler

ENGINE = gouji.engine()
BOOK = ENGINE.rulebook
YEAR_KINDS = {"between_years", "scale", "copied", "growth", "copies"}
RULES = [rule for rule in BOOK.rules if rule.kind in YEAR_KINDS]
SOMEBODY = Body(("青禾县",), "", "county", (("青禾县",), ""), True)


# Examples ------------------------------------------------------------------------------------------------


def examples(passing: bool) -> list[Any]:
    return [
        pytest.param(rule, figures, id=f"{rule.id}-{n}")
        for rule in RULES
        for n, figures in enumerate(rule.passes if passing else rule.fails)
    ]


def outcome(rule: Rule, figures: Mapping[str, Any]) -> tuple[list[CrossFinding], int]:
    book = evolve(BOOK, rules=(rule,))
    this = example_report(book, rule, figures)
    (last,) = example_reports(book, rule, figures, "prev.")
    assert last is not None
    profile = profiler(book, ENGINE.bodies).profile
    year = this.report_year or 2022
    pair = Pair(
        profile(evolve(this, report_year=year), SOMEBODY), profile(evolve(last, report_year=year - 1), SOMEBODY)
    )
    found = (check_copies if rule.kind == "copies" else check_pair)(book, pair)
    return found.findings, found.passed


@pytest.mark.parametrize(("rule", "figures"), examples(passing=True))
def test_passing_example(rule: Rule, figures: Mapping[str, Any]) -> None:
    findings, passed = outcome(rule, figures)
    assert findings == []
    assert passed >= 1


@pytest.mark.parametrize(("rule", "figures"), examples(passing=False))
def test_failing_example(rule: Rule, figures: Mapping[str, Any]) -> None:
    findings, _ = outcome(rule, figures)
    assert [f.rule for f in findings] == [rule.id]
    assert findings[0].severity == figures.get("$severity", rule.severity)
    for words in (findings[0].message.zh, findings[0].message.en):
        assert words
        assert "{" not in words
    assert len(findings[0].fingerprint) == 16
    assert {term.source for term in findings[0].terms} == {"example"}
