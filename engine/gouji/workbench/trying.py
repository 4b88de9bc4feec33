"""An equation tried on reports, before it becomes a rule."""

from __future__ import annotations

from typing import NamedTuple

from gouji.expressions import parse
from gouji.facts import index
from gouji.intervals import Operand
from gouji.records import Report, Source
from gouji.registry import Registry
from gouji.relations import Arithmetic, evaluate
from gouji.rulemodel import key
from gouji.yamlfile import Scalar

GIVEN = "EQUATION"


class Trial(NamedTuple):
    """What an equation gives for one report.

    `outcome` is pass, fail, undecided or "not assessable" (`missing` names the metrics that the report does not have);
    `shown` is the equation with its numbers.
    """

    source: str
    outcome: str
    shown: str
    missing: tuple[str, ...] = ()


class Trying:
    """An equation, read once and tried on many reports."""

    def __init__(self, equation: str, registry: Registry, origin: Source = "table") -> None:
        """Read `equation`, whose metrics stand for figures of `origin` where they do not say otherwise.

        Raises PackError at `EQUATION:1:column` with what was expected or the nearest metric.
        """
        self.registry = registry
        text = Scalar(equation, f"{GIVEN}:1:1")
        self.relations = parse(text).bind(registry, origin, {})

    def on(self, report: Report) -> Trial:
        """What the equation gives for a report: the best of its alternatives."""
        facts = index(report, self.registry)
        tried = []
        missing: dict[str, None] = {}
        for relation in self.relations:
            places = [facts.where.get(key(item.source, item.path)) for item in relation.items]
            missing |= {i.path: None for i, place in zip(relation.items, places, strict=True) if place is None}
            operands = [
                facts.operand(place) if place is not None else Operand.missing(self.registry.metric(item.path).signed)
                for item, place in zip(relation.items, places, strict=True)
            ]
            tried.append(evaluate(relation, operands))
        order = ("pass", "undecided", "fail", "not assessable")
        tried.sort(key=lambda evaluation: order.index(evaluation.outcome))
        best = tried[0]
        shown = "" if best.outcome == "not assessable" else Arithmetic((best,)).text("en")
        return Trial(report.source, best.outcome, shown, tuple(missing))
