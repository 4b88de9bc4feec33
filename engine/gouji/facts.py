"""What rules ask of a report: its figures by metric and source, indexed once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import count, groupby
from operator import itemgetter
from typing import Any, Literal, TypeAlias

from gouji.errors import Message
from gouji.findings import Filling, Finding, Remarks, Said, Severity, Side, Statement, Term, Verdict, Words
from gouji.intervals import Operand
from gouji.quantities import MONEY
from gouji.records import Number, Observation, Report, Source
from gouji.registry import Registry
from gouji.rulemodel import Program, Rule, key
from gouji.spans import Span
from gouji.values import Struct

# Stands for a figure that is not known. Never calculated with: it makes every comparison false, so that
# an instance that holds with it nowhere in sight holds for certain.
UNKNOWN = float("nan")


Told: TypeAlias = tuple[int, str, int]
"""A figure of the text: where it begins, "o" or "u" as in Partition, its number."""

NO_REMARKS = Remarks({}, {})
_LISTS = ("text", "chart", "negative", "fractional", "with_unit", "repeated")


class Filled(Struct):
    """What a blank cell counts: its figure, the programs of the sums that leave it, the keys that these leave with it."""

    value: Number
    programs: Sequence[Program]
    together: Sequence[str]


class Facts:
    """The figures of one report. Indices are those of `report.observations`.

    `values` holds by key (`rulemodel.key`) the exact figure, 0 for a blank, and UNKNOWN for what is
    approximate or unreadable; `where` the index of the observation. Tables have no prefix in their keys.
    `remarks` are the words for what is found. `blank_in` lists blank keys by table, `blank_keys` those that count 0, `withheld` totals that do not;
    `filled` are those that count what the sums around them leave.
    """

    def __init__(self, report: Report, registry: Registry) -> None:
        self.report = report
        self.registry = registry
        self.remarks = NO_REMARKS
        self.values: dict[str, Any] = {}
        self.where: dict[str, int] = {}
        self.text: list[int] = []
        self.chart: list[int] = []
        self.repeated: list[int] = []
        self.negative: list[int] = []
        self.fractional: list[int] = []
        self.with_unit: list[int] = []  # printed in a unit that is not the metric's
        self.blank_in: dict[int | None, list[str]] = {}
        self.blank_keys: set[str] = set()
        self.withheld: set[str] = set()
        self.filled: dict[str, Filled] = {}
        self.has_table: bool = False
        self.silent: bool = False  # whether a table says nothing at all
        self.noted: dict[str, Any] = {}  # see Plan
        self.passed: int = 0
        self.findings: list[Finding] = []

    def observation(self, source: Source, path: str) -> Observation | None:
        """The observation of a metric in one source."""
        index = self.where.get(key(source, path))
        return None if index is None else self.report.observations[index]

    def operand(self, index: int) -> Operand:
        """The observation with this index as an equation takes it."""
        o = self.report.observations[index]
        if o.path in self.filled and self.where[o.path] == index:
            return Operand.exact(self.filled[o.path].value)
        factor = in_unit(o, self.registry.units.get(o.path))
        if o.state == "value" and o.low is not None and o.low == o.high:
            return Operand.exact(o.low * factor)
        metric = self.registry.metric(o.path)
        found = Operand.of(o, metric.signed, metric.decimal)
        return found if factor == 1 else found._replace(interval=found.interval.times(factor))

    def fill(self, name: str, filled: Filled) -> None:
        """Let a blank cell of a table count what its sums leave."""
        self.filled[name] = filled
        self.values[name] = filled.value
        self.blank_keys.discard(name)
        self.withheld.discard(name)
        for names in self.blank_in.values():
            if name in names:
                names.remove(name)

    def counted(self, terms: Iterable[Term]) -> list[Statement]:
        """The assumption for each blank among `terms` that counts what the sums around it leave."""
        if not self.filled:
            return []
        cells = {self.where[name]: name for name in self.filled}
        names = dict.fromkeys([cells[t.operand] for t in terms if t.operand in cells])
        return [
            self.remarks("blank_filled", label=self.registry.metric(name), value=self.filled[name].value)
            for name in names
        ]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Figures of the text or of a chart, each with that of a table about the same metric."""
        where, observations = self.where, self.report.observations
        told = sorted((*self.text, *self.chart))
        return [(i, where[path]) for i in told if (path := observations[i].path) in where]

    @cached_property
    def told(self) -> list[Told]:
        """Every figure of the running text that is no percentage, in reading order."""
        observations, unbound = self.report.observations, self.report.unbound
        told = [(observations[i].span.start, "o", i) for i in self.text]
        return sorted([*told, *[(u.span.start, "u", i) for i, u in enumerate(unbound) if u.unit != "%"]])

    def there(self) -> set[str]:
        """What the report has something of: kinds of mentions, and what hardly any report has."""
        found = {mention.kind for mention in self.report.mentions}
        found.update([name for name in _LISTS if getattr(self, name)])
        if self.report.partitions:
            found.add("partitions")
        if not self.where:
            # Without figures nothing holds for want of something.
            found.update(_LISTS)
        return found

    def mentioned(self, kind: str) -> Span | None:
        """Where the report says this of itself, if it does."""
        return next((m.span for m in self.report.mentions if m.kind == kind), None)

    def any_figure(self, path: str) -> int | None:
        """The figure of `path`: that of the table before that of the text; None where neither has one."""
        observations, where = self.report.observations, self.where
        index = where.get(path)
        if index is None or observations[index].state != "value":
            index = where.get(key("narrative", path))
        return index if index is not None and observations[index].state == "value" else None

    def term(self, side: Side, index: int, sign: Literal[1, -1] = 1) -> Term:
        """An observation as a term of a finding."""
        o = self.report.observations[index]
        return Term(side, sign, o.value, index, None, o.label or self.registry.label(o.path, "zh"), o.path)

    def unbound_term(self, side: Side, index: int) -> Term:
        """An unbound figure as a term of a finding."""
        u = self.report.unbound[index]
        return Term(side, 1, u.value, None, index, u.raw)

    def add(
        self,
        rule: Rule,
        *,
        case: str = "",
        instance: str = "",
        verdict: Verdict = "fail",
        severity: Severity | None = None,
        values: Mapping[str, Filling] | None = None,
        equation: str | Words = "",
        left: Number | None = None,
        right: Number | None = None,
        span: Span | None = None,
        terms: Sequence[Term] = (),
        given: Sequence[Term] = (),
        assumptions: Sequence[Said] = (),
        alternative: Said | None = None,
        identity: Sequence[str] = (),
        message: Message | None = None,
    ) -> None:
        """Record one finding of `rule`; `identity` tells apart findings that no figure tells apart.

        `values` stand in the places of the message; they and `equation` become text when somebody reads them.
        """
        if not rule.applies.to_body(self.report):
            return
        name = f"{rule.id}.{instance}" if instance else rule.id
        delta = None if left is None or right is None else left - right
        shown: dict[str, Filling] = {
            "instance": name,
            "equation": equation,
            "left": left,
            "right": right,
            "delta": delta,
            "difference": None if delta is None else max(delta, -delta),
        }
        if values:
            shown.update(values)
        if span is None and terms:
            span = self._span(terms[0])
        self.findings.append(
            Finding(
                rule.id,
                name,
                severity or rule.severities.get(case) or rule.severity,
                verdict,
                Statement(message or rule.message, shown),
                equation,
                left,
                right,
                delta,
                span,
                tuple(terms),
                tuple(assumptions),
                rule.exception(message or rule.message),
                alternative,
                identity=tuple(identity),
                given=tuple(given),
            )
        )

    def _span(self, term: Term) -> Span | None:
        if term.operand is not None:
            return self.report.observations[term.operand].span
        return self.report.unbound[term.unbound].span if term.unbound is not None else None


def in_unit(o: Observation, unit: str | None) -> Number:
    """By what a figure of money is multiplied to be one in `unit`; 1 for all other figures."""
    if o.unit == unit or o.unit not in MONEY or unit not in MONEY:
        return 1
    has, wants = MONEY[o.unit], MONEY[unit]
    return Decimal(has) / wants if has % wants else has // wants


def index(report: Report, registry: Registry) -> Facts:
    """The figures of `report` by key; the first without scope of each metric and source counts."""
    facts = Facts(report, registry)
    observations, units = report.observations, registry.units
    names = [o.path for o in observations]
    told = [i for i, o in enumerate(observations) if o.source != "table"]
    for i in told:
        names[i] = key(observations[i].source, names[i])
    figures: list[Any] = [o.low for o in observations]
    # One pass a question: each is a loop without branches, and hardly any finds something.
    blank = []
    for i, o in [(i, o) for i, o in enumerate(observations) if o.state != "value" or o.low is not o.high]:
        if o.state == "blank" or o.state == "na":
            figures[i] = 0
            blank.append((i, o.table))
        elif o.state == "text" or o.low is None or o.low != o.high:
            figures[i] = UNKNOWN
    odd = [i for i, figure in enumerate(figures) if type(figure) is not int or figure < 0]
    facts.fractional = [i for i in odd if type(figures[i]) is not int]
    facts.negative = [i for i in odd if figures[i] < 0]
    facts.with_unit = [i for i, o in enumerate(observations) if o.unit is not None and o.unit != units.get(o.path)]
    for i in facts.with_unit:
        if type(figures[i]) is int or type(figures[i]) is Decimal:
            figures[i] *= in_unit(observations[i], units.get(observations[i].path))
    facts.text = [i for i in told if observations[i].source == "narrative"]
    facts.chart = [i for i in told if observations[i].source == "chart"]
    facts.has_table = len(told) < len(observations)
    facts.where = dict(zip(names, count()))
    facts.values = dict(zip(names, figures))  # noqa: B905
    if len(facts.where) < len(names):
        _settle_repeated(facts, names, figures)
    if blank:
        _settle_blanks(facts, names, blank)
    return facts


def _settle_repeated(facts: Facts, names: Sequence[str], figures: Sequence[Any]) -> None:
    """Note which observations repeat a key, and let the first without scope stand for it."""
    observations = facts.report.observations
    first: dict[str, int] = {}
    for i, name in enumerate(names):
        chosen = first.setdefault(name, i)
        if chosen != i:
            facts.repeated.append(i)
            if observations[chosen].scope is not None and observations[i].scope is None:
                first[name] = i
    for i in facts.repeated:
        name = names[i]
        facts.where[name] = first[name]
        facts.values[name] = figures[first[name]]


def _settle_blanks(facts: Facts, names: Sequence[str], blank: Sequence[tuple[int, int | None]]) -> None:
    """Note which keys are blank; a table with nothing but blanks says nothing at all."""
    where, blank_in = facts.where, facts.blank_in
    # The cells of a table mostly follow one another.
    for table, cells in groupby(blank, itemgetter(1)):
        if keys := [name for i, _ in cells if where[name := names[i]] == i]:
            blank_in.setdefault(table, []).extend(keys)
    says = {o.table for o in facts.report.observations if o.state == "value" or o.state == "text"}
    for table, keys in blank_in.items():
        if table is None or table in says:
            facts.blank_keys.update(keys)
        else:
            for name in keys:
                del facts.values[name]
            facts.silent = True
