"""An equation tried on reports, before it becomes a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gouji.expressions import parse
from gouji.facts import Facts, index
from gouji.intervals import Operand
from gouji.records import Report, Source
from gouji.registry import Registry
from gouji.relations import Arithmetic, Relation, evaluate
from gouji.rulemodel import key
from gouji.yamlfile import Scalar

GIVEN = "EQUATION"
PLACES: tuple[Source, ...] = ("table", "narrative", "chart")


class Trial(NamedTuple):
    """What an equation gives for one report.

    `outcome` is pass, fail, undecided or "not assessable" (`missing` names the metrics that the report does not have);
    `shown` is the equation with its numbers, `places` where these stand, or where figures were looked for in vain.
    """

    source: str
    outcome: str
    shown: str
    places: tuple[Source, ...]
    missing: tuple[str, ...] = ()


class Trying:
    """An equation, read once and tried on many reports."""

    def __init__(self, equation: str, registry: Registry, places: Sequence[Source] = PLACES) -> None:
        """Read `equation`; a metric that does not say where its figure stands is looked for in `places`.

        Raises PackError at `EQUATION:1:column` with what was expected or the nearest metric.
        """
        self.registry = registry
        read = parse(Scalar(equation, f"{GIVEN}:1:1"))
        self.bound = {place: read.bind(registry, place, {}) for place in places}

    def on(self, report: Report) -> list[Trial]:
        """What the equation gives in each place that has its figures; with figures from several where none has all."""
        facts = index(report, self.registry)
        by_place = [
            [[facts.where.get(key(i.source, i.path)) for i in relation.items] for relation in relations]
            for relations in self.bound.values()
        ]
        alternatives = next(iter(self.bound.values()))
        trials = {str(found): self._trial(facts, alternatives, found) for found in by_place}
        told = [trial for trial in trials.values() if trial.outcome != "not assessable"]
        # The first place that has a figure gives it.
        first = [
            [next((i for i in found if i is not None), None) for found in zip(*places, strict=True)]
            for places in zip(*by_place, strict=True)
        ]
        return told or [self._trial(facts, alternatives, first)]

    def _trial(self, facts: Facts, alternatives: Sequence[Relation], found: Sequence[Sequence[int | None]]) -> Trial:
        """The best of the alternatives of the equation, their figures being the observations `found`."""
        tried = []
        missing: dict[str, None] = {}
        for relation, indices in zip(alternatives, found, strict=True):
            missing |= {item.path: None for item, i in zip(relation.items, indices, strict=True) if i is None}
            operands = [
                Operand.missing(self.registry.metric(item.path).signed) if i is None else facts.operand(i)
                for item, i in zip(relation.items, indices, strict=True)
            ]
            tried.append((evaluate(relation, operands), indices))
        order = ("pass", "undecided", "fail", "not assessable")
        best, indices = min(tried, key=lambda one: order.index(one[0].outcome))
        report = facts.report
        if best.outcome == "not assessable":
            return Trial(report.source, best.outcome, "", tuple(self.bound), tuple(missing))
        used = dict.fromkeys(report.observations[i].source for i in indices if i is not None)
        return Trial(report.source, best.outcome, Arithmetic((best,)).text("en"), tuple(used))
