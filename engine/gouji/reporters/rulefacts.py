"""What is to be told about a rule, in one language."""

from __future__ import annotations

from gouji.messages import Voice
from gouji.rulemodel import Rule


def facts(rule: Rule, say: Voice) -> dict[str, str]:
    """The facts by the name of their message (`rules.equation`); "" for what a rule does not have."""
    severities = dict.fromkeys(rule.severities.values())
    return {
        "severity": say("report.comma").join(say(f"severity.{severity}") for severity in severities),
        "equation": rule.equation,
        "applies": _applies(rule, say),
        "message": say.of(rule.message),
        "basis": say.of(rule.basis),
        "exceptions": say.of(rule.exceptions),
    }


def _applies(rule: Rule, say: Voice) -> str:
    applies = rule.applies
    forms = [say(f"form.{name}") if f"form.{name}" in say else name for name in sorted(applies.layouts)]
    years = f"{applies.first or ''}-{applies.last or ''}" if applies.first or applies.last else ""
    return say("report.comma").join(filter(None, [*forms, *sorted(applies.eras), years]))
