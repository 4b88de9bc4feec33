"""A report that speaks of one level in one place and of all levels in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gouji import schema
from gouji.facts import Facts
from gouji.kinds import Kind
from gouji.rulemodel import Rule

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook


def _mixed_levels(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Themes of which only one level is told, in a report that tells of all levels elsewhere."""
    observations = facts.report.observations
    scope = rule.params["scope"]
    if not any((told := observations[i].scope) and scope.search(told) for i in facts.text):
        facts.passed += bool(facts.text)
        return
    themes: dict[str, list[int]] = {}
    for i, o in enumerate(observations):
        theme = o.path.partition(".")[0]
        if theme in rule.params["themes"] and o.state == "value" and not o.implied:
            themes.setdefault(theme, []).append(i)
    narrow = {
        theme: indices
        for theme, indices in themes.items()
        if all((told := observations[i].scope) and scope.search(told) for i in indices)
    }
    if not narrow or len(narrow) == len(themes):
        facts.passed += len(themes) > 1
        return
    titles = rule.params["themes"]
    wide = [theme for theme in themes if theme not in narrow]
    first = next(iter(narrow.values()))
    facts.add(
        rule,
        values={
            "narrow": facts.remarks.listed(titles[theme] for theme in narrow),
            "wide": facts.remarks.listed(titles[theme] for theme in wide),
            "scope": observations[first[0]].scope or "",
        },
        terms=[facts.term("left", i) for indices in narrow.values() for i in indices],
    )


SCOPE_KINDS: dict[str, Kind] = {
    "mixed_levels": Kind(
        _mixed_levels,
        {"scope": schema.pattern, "themes": schema.table(schema.message)},
        ("scope", "themes"),
        ("narrow", "wide", "scope"),
        needs=lambda _: ("text",),
    )
}
