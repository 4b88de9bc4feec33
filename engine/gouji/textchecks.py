"""Checks of the breakdowns inside sentences."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from gouji import schema, sentences
from gouji.facts import Facts
from gouji.findings import Severity, Statement
from gouji.intervals import Interval
from gouji.kinds import Kind
from gouji.records import Number, Partition, number_text
from gouji.rulemodel import Rule
from gouji.sentences import Part, part_of
from gouji.spans import Span
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook


_BRACKETS, _LIST_ENDS = "(（", ";；"


def _partition(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Breakdowns in one sentence: the parts may not exceed the total, and make it up if they claim to."""
    outer: dict[tuple[str, int], list[Partition]] = {}
    for partition in facts.report.partitions:
        for part in partition.parts:
            outer.setdefault(part, []).append(partition)
    for partition in facts.report.partitions:
        if partition.total in outer and (wholes := _wholes(facts, partition, outer)):
            meant = _meant(rule, facts, partition, wholes)
            if meant is None:
                facts.passed += 1
                continue
            partition = evolve(partition, total=meant, exhaustive=partition.exhaustive and meant == partition.total)
        closed = _names_the_rest(rule, facts, partition)
        if closed:
            partition = evolve(partition, exhaustive=True)
        if _plainly_holds(facts, partition):
            facts.passed += 1
            continue
        total = part_of(facts, partition.total)
        if total is None:
            continue
        # A figure stands in one sentence once, even where two readings name it twice.
        figures = (figure for figure in dict.fromkeys(partition.parts) if figure != partition.total)
        parts = [part for part in (part_of(facts, figure) for figure in figures) if part]
        for chosen in _choices(rule, total, parts):
            if _several(chosen, total.value):
                facts.passed += 1
                continue
            _confront(rule, facts, partition, total, chosen, complete=len(chosen) == len(parts), closed=closed)


def _wholes(
    facts: Facts, partition: Partition, outer: Mapping[tuple[str, int], Sequence[Partition]]
) -> list[tuple[str, int]]:
    """The figures that a breakdown within another one may break down, the nearest first; none where it is clear which.

    100件,其中A60件、B40件,其中C50件: C may be part of B, of A, or of all. B40件(其中C10件): of B. A60件;B40件,其中C10件: of B.
    """
    text, first = facts.report.document.text, min(_span(facts, part).start for part in partition.parts)
    if not set(_BRACKETS).isdisjoint(text[_span(facts, partition.total).end : first]):
        return []
    wholes: dict[tuple[str, int], int] = {}
    wanted = [partition.total]
    for figure in wanted:
        for around in outer.get(figure, ()):
            for whole in (*around.parts, around.total):
                if whole not in wholes and (span := _span(facts, whole)).end <= first:
                    wholes[whole] = span.start
                    wanted.append(whole)
    ended = max(text.rfind(mark, min(wholes.values()), first) for mark in _LIST_ENDS)
    found = sorted((whole for whole, at in wholes.items() if at > ended), key=lambda whole: -wholes[whole])
    return found if len(found) > 1 else []


def _span(facts: Facts, figure: tuple[str, int]) -> Span:
    return sentences.figure(facts.report, figure).span


def _meant(rule: Rule, facts: Facts, partition: Partition, wholes: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """Which of `wholes` a breakdown breaks down; None where that is open and one of them is large enough.

    The figure whose parts those of the breakdown are by the form; else the largest, which all others are parts of.
    """
    parts = [part for figure in partition.parts if (part := part_of(facts, figure)) is not None]
    totals = {whole: part for whole in wholes if (part := part_of(facts, whole)) is not None}
    families: Mapping[str, Sequence[frozenset[str]]] = rule.params["families"]
    for whole, total in totals.items():
        if any(part.path in family for part in parts for family in families.get(total.path or "", ())):
            return whole
    if not totals:
        return partition.total
    largest = max(totals, key=lambda whole: totals[whole].value)
    alike = [part for part in parts if _units_fit(rule, totals[largest].unit, part.unit)]
    sums = sum(part.interval.low or 0 for part in alike)
    return largest if totals[largest].interval.below(sums) else None


def _several(parts: Sequence[Part], total: Number) -> bool:
    """Whether figures in a row break a total down more than once.

    3件，其中一审2件、二审1件，驳回2件、尚未审结1件: by the courts, and by how they ended.
    """
    added: Number = 0
    runs = size = 0
    for part in parts:
        added, size = added + part.value, size + 1
        if part.rounded is not None or added > total:
            return False
        if added == total and size > 1:
            added, runs, size = 0, runs + 1, 0
    return runs > 1 and not size


def _plainly_holds(facts: Facts, partition: Partition) -> bool:
    """Whether figures of one scope fit their total whichever of them are its parts, as most do."""
    observations, unbound = facts.report.observations, facts.report.unbound
    bounds: list[tuple[Number, Number | None]] = []
    units: list[str | None] = []
    scope = None
    for kind, index in (partition.total, *partition.parts):
        if kind == "o":
            o = observations[index]
            if o.low is None or o.low < 0:
                return False
            if o.scope is not None:
                if scope is not None and o.scope != scope:
                    return False
                scope = o.scope
            units.append(o.unit)
            bounds.append((o.low, o.high))
        else:
            units.append(unbound[index].unit)
            bounds.append((unbound[index].value, unbound[index].value))
    total, most = bounds[0]
    added = sum([low for low, _ in bounds]) - total
    alike = units.count(units[0])
    if partition.exhaustive:
        return added == total and alike == len(units) and all(low == high for low, high in bounds)
    if alike == 1:
        # Parts that count something else are none: nothing would have been compared.
        return False
    return most is None or added < most or added == most == total


def _choices(rule: Rule, total: Part, parts: Sequence[Part]) -> list[list[Part]]:
    """The parts that can be added up: one list for each known family that they belong to."""
    same_unit = [p for p in parts if _units_fit(rule, total.unit, p.unit)]
    if total.path is None or total.path.startswith("ext."):
        return [same_unit] if same_unit else []
    # A metric that is no part of this total by the form (or repeats it) says nothing about it.
    loose = [p for p in same_unit if p.path is None or p.path.startswith("ext.")]
    families: tuple[frozenset[str], ...] = rule.params["families"].get(total.path, ())
    chosen = [[p for p in same_unit if p.path in family] for family in families]
    chosen = [_uncontained(rule, found) for found in chosen if found]
    if not chosen:
        return [loose] if loose else []
    widest = max(chosen, key=len)
    return [*chosen, sorted([*widest, *loose], key=lambda p: p.span.start)] if loose else chosen


def _units_fit(rule: Rule, a: str | None, b: str | None) -> bool:
    if a is None or b is None or a == b:
        return True
    return any(a in units and b in units for units in rule.params.get("interchangeable", ()))


def _uncontained(rule: Rule, parts: list[Part]) -> list[Part]:
    """Without the parts that another part of the list already counts."""
    named = {p.path for p in parts}
    inside = {c for whole, inner in rule.params["contains"].items() if whole in named for c in inner}
    return [p for p in parts if p.path not in inside]


def _confront(
    rule: Rule, facts: Facts, partition: Partition, total: Part, parts: list[Part], *, complete: bool, closed: bool
) -> None:
    # Parts without a scope of their own share that of the total.
    if len({p.scope for p in (total, *parts)} - {None}) > 1:
        return
    paths = {p.path for p in parts}
    known = total.path is not None and None not in paths and not any(str(p).startswith("ext.") for p in paths)
    overlapping = total.path in rule.params["overlapping"] and not closed
    if overlapping or not paths.isdisjoint(rule.params["crossing"]):
        for part in parts:
            _judge(rule, facts, partition, total, [part], exhaustive=False, known=False)
        return
    _judge(rule, facts, partition, total, parts, exhaustive=partition.exhaustive and complete, known=known)


def _names_the_rest(rule: Rule, facts: Facts, partition: Partition) -> bool:
    """Whether a list of kinds, which else may overlap, ends with all others: then everything is counted, and once."""
    (kind, index), (last, rest) = partition.total, partition.parts[-1]
    report = facts.report
    if kind != "o" or last != "u" or report.observations[index].path not in rule.params["overlapping"]:
        return False
    clause = report.unbound[rest].clause
    if not rule.params["rest"].match(report.simplified, clause.start, clause.end):
        return False
    # Every figure of the list must be one of its parts.
    start, end = min(_span(facts, part).start for part in partition.parts), report.unbound[rest].span.start
    listed = bisect_right(facts.told, (end, "z")) - bisect_left(facts.told, (start, ""))
    return listed == len(partition.parts)


def _judge(
    rule: Rule, facts: Facts, partition: Partition, total: Part, parts: list[Part], *, exhaustive: bool, known: bool
) -> None:
    added = sum([part.value for part in parts if part.rounded is None])
    sums = Interval(added, added)
    for part in parts:
        if part.rounded is not None:
            sums = sums.plus(part.rounded)
    if sums.exact and total.rounded is None and (added == total.value or (added < total.value and not exhaustive)):
        facts.passed += 1
        return
    difference = sums.plus(total.interval.times(-1))
    above = difference.above(0)
    if not above and not (exhaustive and difference.below(0)):
        facts.passed += 1
        return
    if above and _fits_without_further(rule, facts, total, parts):
        facts.passed += 1
        return
    alternative = _second_reading(rule, facts, total, parts, difference, known) if above else None
    severity: Severity = "error" if known else "info" if alternative else "warning"
    facts.add(
        rule,
        instance=total.path or "",
        severity=severity,
        values={
            "left": sums,
            "right": total.interval,
            "parts": facts.remarks.listed(part.raw for part in parts),
            "total": total.raw,
        },
        # Figures without a metric are told apart by the words around them.
        identity=[_clause(facts, p) for p in (*parts, total) if p.path is None],
        equation=_Breakdown(parts, sums, "≠" if known or exhaustive else ">", total),
        left=sums.low if sums.exact else None,
        right=total.interval.low if total.interval.exact else None,
        span=total.span,
        terms=[*(p.term(facts, "left") for p in parts), total.term(facts, "right")],
        alternative=alternative,
    )


def _fits_without_further(rule: Rule, facts: Facts, total: Part, parts: Sequence[Part]) -> bool:
    """Whether parts fit their total up to one that its clause counts beyond it."""
    # 9件,其中维持5件、纠正4件,另有2件未审结
    beyond = rule.params["beyond"]
    for n, part in enumerate(parts):
        if beyond.search(sentences.clause(facts.report, part.span.start)):
            within = Interval(0, 0)
            for one in parts[:n]:
                within = within.plus(one.interval)
            return bool(n) and not within.plus(total.interval.times(-1)).above(0)
    return False


def _clause(facts: Facts, part: Part) -> str:
    span = facts.report.unbound[part.number].clause
    return facts.report.document.text[span.start : span.end]


class _Breakdown(Struct):
    """A breakdown that does not fit its total, in numbers."""

    parts: Sequence[Part]
    sums: Interval
    sign: str
    total: Part

    def text(self, lang: str) -> str:
        parts = " + ".join([part.interval.shown for part in self.parts])
        left = parts if len(self.parts) == 1 else f"{parts} = {self.sums.shown}"
        return f"{left} {self.sign} {self.total.interval.shown}"


def _second_reading(
    rule: Rule, facts: Facts, total: Part, parts: list[Part], difference: Interval, known: bool
) -> Statement | None:
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


def _reading(facts: Facts, part: Part, other: Part, total: Part, same: bool) -> Statement:
    def name(p: Part) -> str | Statement:
        return facts.remarks("figure_of", raw=p.raw, label=facts.registry.metric(p.path)) if p.path else p.raw

    one, another = (other, part) if same else (part, other)
    told = "same_cases" if same else "contained"
    return facts.remarks(told, one=name(one), other=name(another), sum=number_text(total.value))


TEXT_KINDS: dict[str, Kind] = {
    "partition": Kind(
        _partition,
        {
            "families": schema.by_metric(schema.each(schema.metric_set)),
            "contains": schema.by_metric(schema.metrics),
            "same_cases": schema.each(schema.metrics),
            "overlapping": schema.metrics,
            "crossing": schema.metrics,
            "interchangeable": schema.each(schema.words),
            "beyond": schema.pattern,
            "rest": schema.pattern,
        },
        ("families", "contains", "same_cases", "overlapping", "crossing", "interchangeable", "beyond", "rest"),
        ("parts", "total"),
        needs=lambda _: ("partitions",),
    ),
}
