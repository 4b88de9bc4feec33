"""Checks on figures inside sentences: breakdowns and percentages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from gouji import schema
from gouji.errors import Message
from gouji.facts import Facts
from gouji.findings import Severity, Term
from gouji.intervals import Interval, Operand, number_text
from gouji.kinds import Kind
from gouji.records import Number, Partition
from gouji.rulemodel import Rule
from gouji.spans import Span

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook


@frozen
class _Part:
    """A figure of a breakdown: an observation (with its path) or an unbound figure."""

    index: int
    path: str | None
    interval: Interval
    unit: str | None
    raw: str
    value: Number
    span: Span
    scope: str | None

    def term(self, facts: Facts, side: str) -> Term:
        return facts.unbound_term(side, self.index) if self.path is None else facts.term(side, self.index)


def _part(facts: Facts, figure: tuple[str, int]) -> _Part | None:
    """The figure that a partition names; None where it is no number."""
    kind, index = figure
    if kind == "o":
        o = facts.report.observations[index]
        interval = facts.operand(index).interval
        if o.state != "value" or o.value is None or interval.low is None:
            return None
        unit = o.unit or facts.registry.metric(o.path).unit
        return _Part(index, o.path, interval, unit, o.raw.strip(), o.value, o.span, o.scope)
    u = facts.report.unbound[index]
    return _Part(index, None, Interval(u.value, u.value), u.unit, u.raw.strip(), u.value, u.span, None)


def _partition(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Breakdowns in one sentence: the parts may not exceed the total, and make it up if they claim to."""
    for partition in facts.report.partitions:
        total = _part(facts, partition.total)
        if total is None:
            continue
        # A figure stands in one sentence once, even where two readings name it twice.
        parts = [p for p in map(lambda f: _part(facts, f), dict.fromkeys(partition.parts)) if p and p != total]
        for chosen in _choices(rule, total, parts):
            _confront(rule, book, facts, partition, total, chosen, complete=len(chosen) == len(parts))


def _choices(rule: Rule, total: _Part, parts: Sequence[_Part]) -> list[list[_Part]]:
    """The parts that can be added up: one list for each known family that they belong to."""
    same_unit = [p for p in parts if _units_fit(rule, total.unit, p.unit)]
    loose = [p for p in same_unit if p.path is None or p.path.startswith("ext.")]
    families: tuple[tuple[str, ...], ...] = rule.params["families"].get(total.path, ()) if total.path else ()
    chosen = [[p for p in same_unit if p.path in family] for family in families]
    chosen = [_uncontained(rule, found) for found in chosen if found]
    # A metric that is no part of this total by the form (or repeats it) says nothing about it.
    if total.path is None or total.path.startswith("ext."):
        return [same_unit] if same_unit else []
    if not chosen:
        return [loose] if loose else []
    widest = max(chosen, key=len)
    return [*chosen, [p for p in same_unit if p in widest or p in loose]] if loose else chosen


def _units_fit(rule: Rule, a: str | None, b: str | None) -> bool:
    if a is None or b is None or a == b:
        return True
    return any(a in units and b in units for units in rule.params["interchangeable"])


def _uncontained(rule: Rule, parts: list[_Part]) -> list[_Part]:
    """Without the parts that another part of the list already counts."""
    named = {p.path for p in parts}
    inside = {c for whole, inner in rule.params["contains"].items() if whole in named for c in inner}
    return [p for p in parts if p.path not in inside]


def _confront(
    rule: Rule, book: Rulebook, facts: Facts, partition: Partition, total: _Part, parts: list[_Part], complete: bool
) -> None:
    if len({p.scope for p in (total, *parts) if p.path}) > 1:
        return
    paths = {p.path for p in parts}
    if total.path and None not in paths and any(paths <= named for named in book.named_sums.get(total.path, ())):
        return
    known = total.path is not None and None not in paths and not any(str(p).startswith("ext.") for p in paths)
    if total.path in rule.params["overlapping"]:
        for part in parts:
            _judge(rule, facts, partition, total, [part], exhaustive=False, known=False)
        return
    _judge(rule, facts, partition, total, parts, exhaustive=partition.exhaustive and complete, known=known)


def _judge(
    rule: Rule, facts: Facts, partition: Partition, total: _Part, parts: list[_Part], *, exhaustive: bool, known: bool
) -> None:
    sums = Interval(0, 0)
    for part in parts:
        sums = sums.plus(part.interval)
    difference = sums.plus(total.interval.times(-1))
    above = difference.above(0)
    if not above and not (exhaustive and difference.below(0)):
        facts.passed += 1
        return
    alternative = _second_reading(rule, facts, total, parts, difference, known) if above else None
    severity: Severity = "error" if known else "info" if alternative else "warning"
    text = " + ".join(p.interval.shown for p in parts)
    left = text if len(parts) == 1 else f"{text} = {sums.shown}"
    sign = "≠" if known or exhaustive else ">"
    facts.add(
        rule,
        instance=total.path or "",
        severity=severity,
        values={
            "left": sums.shown,
            "right": total.interval.shown,
            "parts": "、".join(p.raw for p in parts),
            "total": total.raw,
        },
        equation=f"{left} {sign} {total.interval.shown}",
        left=sums.low if sums.exact else None,
        right=total.interval.low if total.interval.exact else None,
        span=partition.span if total.span is None else total.span,
        terms=[*(p.term(facts, "left") for p in parts), total.term(facts, "right")],
        alternative=alternative,
    )


def _second_reading(
    rule: Rule, facts: Facts, total: _Part, parts: list[_Part], difference: Interval, known: bool
) -> Message | None:
    """A reading under which one part is contained in another and the breakdown balances."""
    if not difference.exact:
        return None
    for pair in rule.params["same_cases"]:
        both = [p for p in parts if p.path in pair]
        if len(both) == 2 and both[0].value == both[1].value == difference.low:
            return _reading(facts, both[1], both[0], total, same=True)
    if known:
        return None
    for part in parts:
        if part.path is None and part.value == difference.low:
            larger = [p for p in parts if p is not part and p.value >= part.value]
            if larger:
                return _reading(facts, part, larger[0], total, same=False)
    return None


def _reading(facts: Facts, part: _Part, other: _Part, total: _Part, same: bool) -> Message:
    def name(p: _Part, lang: str) -> str:
        label = facts.registry.label(p.path, lang) if p.path else ""
        return f"{p.raw}（{label}）" if label and lang == "zh" else f"{p.raw} ({label})" if label else p.raw

    balance = number_text(total.value)
    if same:
        return Message(
            f"若{name(other, 'zh')}与{name(part, 'zh')}为同一批案件，则合计为 {balance}，两者相符",
            f"if {name(other, 'en')} and {name(part, 'en')} are the same cases, the sum is {balance} and agrees",
        )
    return Message(
        f"若{name(part, 'zh')}已包含在其他分项（如{name(other, 'zh')}）中，则合计为 {balance}，两者相符",
        f"if {name(part, 'en')} is part of another figure (such as {name(other, 'en')}), the sum is {balance} and agrees",
    )


_ = Operand

TEXT_KINDS: dict[str, Kind] = {
    "partition": Kind(
        _partition,
        {
            "families": schema.by_metric(schema.each(schema.metrics)),
            "contains": schema.by_metric(schema.metrics),
            "same_cases": schema.each(schema.metrics),
            "overlapping": schema.metrics,
            "interchangeable": schema.each(schema.words),
        },
        ("families", "contains", "same_cases", "overlapping", "interchangeable"),
        ("parts", "total"),
    ),
}
