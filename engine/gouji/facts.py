"""What rules ask of a report: its figures by metric and source, indexed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from gouji.errors import Message
from gouji.findings import Finding, Severity, Term, Verdict
from gouji.intervals import Operand, number_text
from gouji.records import Number, Observation, Report, Source
from gouji.registry import Registry
from gouji.rulemodel import Rule, filled, key
from gouji.spans import Span

# Stands for a figure that is not known. Never calculated with: it makes every comparison false, so that
# an instance that holds with it nowhere in sight holds for certain.
UNKNOWN = float("nan")


class Facts:
    """The figures of one report. Indices are those of `report.observations`.

    `values` holds by key (`rulemodel.key`) the exact figure, 0 for a blank, and UNKNOWN for what is
    approximate or unreadable; `where` the index of the observation. Tables have no prefix in their keys.
    `blank_in` lists blank keys by table, `blank_keys` those that count 0, `withheld` totals that do not.
    """

    def __init__(self, report: Report, registry: Registry) -> None:
        self.report = report
        self.registry = registry
        self.values: dict[str, Any] = {}
        self.where: dict[str, int] = {}
        self.text: list[int] = []
        self.chart: list[int] = []
        self.repeated: list[int] = []
        self.negative: list[int] = []
        self.fractional: list[int] = []
        self.with_unit: list[int] = []  # printed in a unit that is not the metric's
        self.blank: list[int] = []
        self.blank_in: dict[int | None, list[str]] = {}
        self.blank_keys: set[str] = set()
        self.withheld: set[str] = set()
        self.has_table: bool = False
        self.passed: int = 0
        self.findings: list[Finding] = []

    def observation(self, source: Source, path: str) -> Observation | None:
        """The observation of a metric in one source."""
        index = self.where.get(key(source, path))
        return None if index is None else self.report.observations[index]

    def operand(self, index: int) -> Operand:
        """The observation with this index as an equation takes it."""
        o = self.report.observations[index]
        metric = self.registry.metric(o.path)
        return Operand.of(o, metric.signed, metric.decimal)

    def any_figure(self, path: str) -> int | None:
        """The figure of `path`: that of the table before that of the text; None where neither has one."""
        for index in (self.where.get(path), self.where.get(key("narrative", path))):
            if index is not None and self.report.observations[index].state == "value":
                return index
        return None

    def term(self, side: str, index: int, sign: int = 1) -> Term:
        """An observation as a term of a finding."""
        o = self.report.observations[index]
        label = o.label or self.registry.label(o.path, "zh")
        return Term("left" if side == "left" else "right", 1 if sign > 0 else -1, o.value, index, None, label)

    def unbound_term(self, side: str, index: int) -> Term:
        """An unbound figure as a term of a finding."""
        u = self.report.unbound[index]
        return Term("left" if side == "left" else "right", 1, u.value, None, index, u.raw)

    def add(
        self,
        rule: Rule,
        *,
        case: str = "",
        instance: str = "",
        verdict: Verdict = "fail",
        severity: Severity | None = None,
        values: Mapping[str, str | Message] | None = None,
        equation: str = "",
        left: Number | None = None,
        right: Number | None = None,
        span: Span | None = None,
        terms: Sequence[Term] = (),
        assumptions: Sequence[Message] = (),
        alternative: Message | None = None,
        identity: Sequence[str] = (),
        message: Message | None = None,
    ) -> None:
        """Record one finding of `rule`; `identity` tells apart findings that no figure tells apart."""
        if not rule.applies.to_body(self.report):
            return
        name = ".".join(filter(None, (rule.id, instance)))
        delta = left - right if left is not None and right is not None else None
        shown: dict[str, str | Message] = {"instance": name, "equation": equation}
        for word, number in (("left", left), ("right", right), ("delta", delta)):
            shown[word] = "" if number is None else number_text(number)
        if delta is not None:
            shown["difference"] = number_text(max(delta, -delta))
        shown.update(values or {})
        observations = self.report.observations
        if span is None and terms:
            span = self._span(terms[0])
        parts = [name, *identity]
        for term in terms:
            path = observations[term.operand].path if term.operand is not None else ""
            raw = "" if term.value is None else number_text(term.value)
            parts.append(f"{term.side}:{path}={raw}")
        self.findings.append(
            Finding(
                rule=rule.id,
                instance=name,
                severity=severity or rule.severities.get(case) or rule.severity,
                verdict=verdict,
                message=filled(message or rule.message, shown),
                equation=equation,
                left=left,
                right=right,
                delta=delta,
                span=span,
                terms=tuple(terms),
                assumptions=tuple(assumptions),
                explanation=rule.exceptions if rule.exceptions.zh else None,
                alternative=alternative,
                fingerprint=sha256("\n".join(parts).encode()).hexdigest()[:16],
            )
        )

    def _span(self, term: Term) -> Span | None:
        if term.operand is not None:
            return self.report.observations[term.operand].span
        return self.report.unbound[term.unbound].span if term.unbound is not None else None


def index(report: Report, registry: Registry) -> Facts:
    """The figures of `report` by key; the first without scope of each metric and source counts."""
    facts = Facts(report, registry)
    values, where, observations, units = facts.values, facts.where, report.observations, registry.units
    for i, o in enumerate(observations):
        name = o.path
        if o.source == "table":
            facts.has_table = True
        elif o.source == "narrative":
            facts.text.append(i)
            name = "text " + name
        else:
            facts.chart.append(i)
            name = "chart " + name
        if o.unit is not None and o.unit != units.get(o.path):
            facts.with_unit.append(i)
        value: Any = o.low
        if o.state == "value":
            if type(value) is not int:
                facts.fractional.append(i)
            if value is None or value != o.high:
                value = UNKNOWN
            elif value < 0:
                facts.negative.append(i)
        elif o.state == "text":
            value = UNKNOWN
        else:
            value = 0
            facts.blank.append(i)
        if name in where:
            if o.source == "table":
                facts.repeated.append(i)
            if observations[where[name]].scope is None or o.scope is not None:
                continue
        where[name] = i
        values[name] = value
    if facts.blank:
        _settle_blanks(facts)
    return facts


def _settle_blanks(facts: Facts) -> None:
    """Note which keys are blank; a table with nothing but blanks says nothing at all."""
    observations, where, blank_in = facts.report.observations, facts.where, facts.blank_in
    for i in facts.blank:
        o = observations[i]
        name = o.path if o.source == "table" else key(o.source, o.path)
        if where[name] == i:
            blank_in.setdefault(o.table, []).append(name)
    for table, names in blank_in.items():
        if table is None or any(o.state in ("value", "text") for o in observations if o.table == table):
            facts.blank_keys.update(names)
        else:
            for name in names:
                del facts.values[name]
