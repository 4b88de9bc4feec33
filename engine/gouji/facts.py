"""What rules ask of a report: its figures by metric and source, indexed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from attrs import define, field

from gouji.errors import Message
from gouji.findings import Finding, Severity, Term, Verdict
from gouji.intervals import Operand, number_text
from gouji.records import Number, Observation, Report, Source
from gouji.registry import Registry
from gouji.rulemodel import Rule, filled
from gouji.spans import Span

# Stands for a figure that is not known. Never calculated with: it makes every comparison false, so that
# an instance that holds with it nowhere in sight holds for certain.
UNKNOWN = float("nan")

Slots = Mapping[str, Mapping[str, int]]


@define
class Facts:
    """The figures of one report. Indices are those of `report.observations`.

    `values` and `where` have one entry a slot: the exact figure (0 for a blank) and the index of its
    observation, -1 where there is none. Slot 0 is the constant zero.
    """

    report: Report
    registry: Registry
    values: list[Any]
    where: list[int]
    text: list[int] = field(factory=list)
    chart: list[int] = field(factory=list)
    table: dict[str, int] = field(factory=dict)
    repeated: list[int] = field(factory=list)
    negative: list[int] = field(factory=list)
    fractional: list[int] = field(factory=list)
    with_unit: list[int] = field(factory=list)
    blank: list[int] = field(factory=list)
    blank_slots: set[int] = field(factory=set)
    withheld: set[int] = field(factory=set)
    slots: Slots = field(factory=dict, repr=False)
    passed: int = 0
    findings: list[Finding] = field(factory=list)

    def slot(self, source: Source, path: str) -> int:
        """The slot of a metric that some rule names."""
        return self.slots[source][path]

    def observation(self, slot: int) -> Observation | None:
        """The observation in a slot."""
        index = self.where[slot]
        return self.report.observations[index] if index >= 0 else None

    def operand(self, index: int) -> Operand:
        """The observation with this index as an equation takes it."""
        o = self.report.observations[index]
        metric = self.registry.metric(o.path)
        return Operand.of(o, metric.signed, metric.decimal)

    def narrative(self, path: str) -> list[int]:
        """Observations of `path` in the running text."""
        observations = self.report.observations
        return [i for i in self.text if observations[i].path == path]

    def any_figure(self, path: str) -> int | None:
        """The figure of `path`: that of the table before that of the text; None where neither has one."""
        found = [self.table[path]] if path in self.table else []
        for index in found + self.narrative(path):
            if self.report.observations[index].state == "value":
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
        for key, number in (("left", left), ("right", right), ("delta", delta)):
            shown[key] = "" if number is None else number_text(number)
        if delta is not None:
            shown["difference"] = number_text(abs(delta))
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


def index(report: Report, registry: Registry, slots: Slots, size: int) -> Facts:
    """The figures of `report` by slot; the first without scope of each metric and source counts."""
    facts = Facts(report, registry, [UNKNOWN] * size, [-1] * size, slots=slots)
    values, where, table = facts.values, facts.where, facts.table
    values[0] = where[0] = 0
    observations = report.observations
    narrative, chart = slots["narrative"], slots["chart"]
    in_table: Callable[[str], int | None] = slots["table"].get
    for i, o in enumerate(observations):
        path = o.path
        source: Source = o.source
        if source == "table":
            if path in table:
                facts.repeated.append(i)
                if observations[table[path]].scope is None or o.scope is not None:
                    continue
            table[path] = i
            slot = in_table(path)
        elif source == "narrative":
            facts.text.append(i)
            slot = narrative.get(path)
        else:
            facts.chart.append(i)
            slot = chart.get(path)
        if o.unit is not None:
            facts.with_unit.append(i)
        if o.state == "value":
            value = o.low
            if value != o.high or value is None:
                value = UNKNOWN  # type: ignore[assignment]
            elif value < 0:
                facts.negative.append(i)
            if type(value) is not int:
                facts.fractional.append(i)
        elif o.state == "text":
            value = UNKNOWN  # type: ignore[assignment]
        else:
            value = 0
            facts.blank.append(i)
        if slot is None:
            continue
        if where[slot] >= 0 and (observations[where[slot]].scope is None or o.scope is not None):
            continue
        where[slot] = i
        values[slot] = value
    if facts.blank:
        _settle_blanks(facts, slots)
    return facts


def _settle_blanks(facts: Facts, slots: Slots) -> None:
    """Note which slots are blank; a table with nothing but blanks says nothing at all."""
    observations = facts.report.observations
    empty: dict[int | None, bool] = {}
    for i in facts.blank:
        o = observations[i]
        if o.table not in empty:
            empty[o.table] = o.table is not None and not any(
                p.table == o.table and p.state in ("value", "text") for p in observations
            )
        slot = slots[o.source].get(o.path)
        if slot is None or facts.where[slot] != i:
            continue
        if empty[o.table]:
            facts.where[slot] = -1
            facts.values[slot] = UNKNOWN
        else:
            facts.blank_slots.add(slot)
