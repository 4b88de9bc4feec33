"""Every rule on its own examples, and the semantics that rules share."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from gouji.cases import example_report
from gouji.errors import PackError
from gouji.packs import builtin
from gouji.registry import Registry, load_registry
from gouji.rulebook import Rulebook
from gouji.rulemodel import Rule
from gouji.rules import check, load_rulebook

RULES = [p for p in sorted((builtin() / "rules").glob("*.yaml")) if p.name != "messages.yaml"]
REGISTRY = load_registry([builtin() / "grammars" / "metrics.yaml"])
BOOK = load_rulebook(RULES, REGISTRY)


def only(rule: Rule) -> Rulebook:
    return evolve(BOOK, rules=(rule,))


def examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, figures, source, id=f"{rule.id}-{source}-{n}")
        for rule in BOOK.rules
        for source in (rule.sources if kind != "x" else ())
        for n, figures in enumerate(rule.passes if kind == "pass" else rule.fails)
    ]


@pytest.mark.parametrize(("rule", "figures", "source"), examples("pass"))
def test_passing_example(rule, figures, source):
    findings, verdicts = check(only(rule), example_report(BOOK, rule, figures, source))
    assert findings == ()
    assert verdicts.passed >= 1


@pytest.mark.parametrize(("rule", "figures", "source"), examples("fail"))
def test_failing_example(rule, figures, source):
    findings, verdicts = check(only(rule), example_report(BOOK, rule, figures, source))
    assert [f for f in findings if f.verdict == "fail"]
    assert {f.rule for f in findings} == {rule.id}
    assert verdicts.failed == len(findings)
    expected = figures.get("$severity", rule.severity)
    assert expected in {f.severity for f in findings}
    for finding in findings:
        for text in (finding.message.zh, finding.message.en):
            assert text
            assert "{" not in text
