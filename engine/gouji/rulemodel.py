"""Rules as values: what a rule file says, compiled to what the check needs."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

from gouji.errors import Message
from gouji.findings import Severity
from gouji.patterns import Pattern
from gouji.records import Number, Report, Source
from gouji.registry import Registry
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.expressions import Equation
    from gouji.relations import Relation

T = TypeVar("T")

Figures: TypeAlias = Mapping[str, Any]

TEXT = "narrative"  # the layout that every report has besides those of its tables


class Era(Struct):
    """Which forms and report years belong to an era; `last` is None for the present one."""

    name: str
    forms: tuple[str, ...]
    first: int
    last: int | None

    def covers(self, year: int) -> bool:
        """Whether reports on `year` belong here."""
        return self.first <= year and (self.last is None or year <= self.last)


class Applies(Struct):
    """To which reports a rule applies: every condition that is given must hold."""

    layouts: frozenset[str] = frozenset()
    eras: frozenset[str] = frozenset()
    first: int | None = None
    last: int | None = None
    body: Pattern | None = None

    def to(self, layouts: tuple[str, ...], era: str | None, year: int | None) -> bool:
        """Whether layouts, era and report year fit; the issuing body is asked separately."""
        if self.layouts and self.layouts.isdisjoint(layouts):
            return False
        if self.eras and era not in self.eras:
            return False
        if self.first is None and self.last is None:
            return True
        return year is not None and (self.first or 0) <= year <= (self.last or year)

    def to_tables(self, layouts: tuple[str, ...]) -> bool:
        """Whether the tables of a report are of a form that is meant; running text is a layout without tables."""
        forms = self.layouts - {TEXT}
        return not forms or not forms.isdisjoint(layouts)

    def to_body(self, report: Report) -> bool:
        """Whether the body that issued the report, as title, issuer and region name it, fits."""
        if self.body is None:
            return True
        return bool(self.body.search("\n".join(filter(None, (report.title, report.issuer, report.region)))))


class Kept(Generic[T]):
    """A value that comes out of its pickle when it is first asked for, so that its classes need not be there before."""

    def __init__(self, value: T | None, pickled: bytes = b"") -> None:
        self._value = value
        self._pickled = pickled

    @property
    def value(self) -> T:
        """What is kept."""
        if self._pickled:
            self._value, self._pickled = pickle.loads(self._pickled), b""
        return cast(T, self._value)

    def __reduce__(self) -> tuple[type[Kept[T]], tuple[None, bytes]]:
        return Kept, (None, self._pickled or pickle.dumps(self._value, pickle.HIGHEST_PROTOCOL))


class Bound(Struct):
    """An equation over concrete metrics: what must be known to hold before anything is said, and the alternatives."""

    conditions: tuple[Relation, ...]
    relations: tuple[Relation, ...]


class Instance:
    """A rule applied to one source and one member of what it repeats over (`R01.natural`).

    Of what the cache holds, rule and registry are given back by the rulebook, and the relations of all
    instances of a rule are unpacked when a figure does not fit one of them.
    """

    rule: Rule
    registry: Registry

    def __init__(
        self,
        name: str,
        case: str,
        source: Source,
        binding: Mapping[str, str],
        bound: Kept[dict[tuple[Source, str], Bound]],
    ) -> None:
        self.name = name
        self.case = case
        self.source = source
        self.binding = binding
        self._bound = bound

    def of(self, rule: Rule, registry: Registry) -> Instance:
        """This instance, belonging to `rule`."""
        self.rule, self.registry = rule, registry
        return self

    @property
    def bound(self) -> Bound:
        """The equation over concrete metrics, with its conditions."""
        return self._bound.value[self.source, self.name]

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The alternatives of the equation, of which one must hold."""
        return self.bound.relations

    @property
    def conditions(self) -> tuple[Relation, ...]:
        """What must be known to hold before anything is said."""
        return self.bound.conditions

    @property
    def labels(self) -> dict[str, Message]:
        """The labels of what the variables stand for."""
        groups = self.registry.labels
        return {v: Message(*groups[self.rule.repeats[v]].members[m]) for v, m in self.binding.items()}

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in ("rule", "registry")}


class Rule(Struct):
    """One rule as its author wrote it; `params` are the data of structural kinds, `where` its place.

    `exceptions` are those of all its messages, or in `excused` of each message that has some.
    """

    id: str
    title: Message
    kind: str
    severities: Mapping[str, Severity]
    message: Message
    basis: Message
    exceptions: Message
    excused: Mapping[Message, Message]
    applies: Applies
    sources: tuple[Source, ...]
    repeats: Mapping[str, str]
    kept_equations: Kept[Mapping[str, Equation]]
    kept_when: Kept[Mapping[str, tuple[Equation, ...]]]
    row_blank: bool
    below: Severity | None
    stated: bool
    yields: tuple[str, ...]
    params: Mapping[str, Any]
    kept_examples: Kept[tuple[tuple[Figures, ...], tuple[Figures, ...]]]
    where: str

    @property
    def passes(self) -> tuple[Figures, ...]:
        """Figures with which it holds."""
        return self.kept_examples.value[0]

    @property
    def fails(self) -> tuple[Figures, ...]:
        """Figures with which it does not."""
        return self.kept_examples.value[1]

    def exception(self, message: Message) -> Message | None:
        """What may be right although the rule says `message`; None for nothing."""
        found = self.excused.get(message, self.exceptions)
        return found if found.zh else None

    @property
    def all_exceptions(self) -> tuple[Message, ...]:
        """The exceptions of all its messages together, and those of each."""
        return (self.exceptions, *self.excused.values()) if self.exceptions.zh else tuple(self.excused.values())

    @property
    def equations(self) -> Mapping[str, Equation]:
        """The equation of each case; of none for structural kinds."""
        return self.kept_equations.value

    def conditions(self, case: str) -> tuple[Equation, ...]:
        """What must hold before `case` is looked at."""
        return self.kept_when.value.get(case, self.kept_when.value.get("", ()))

    @property
    def severity(self) -> Severity:
        """The severity of the rule, that of its first case where cases differ."""
        return next(iter(self.severities.values()))

    @property
    def equation(self) -> str:
        """The equation as written, alternatives and cases separated by semicolons; "" for structural kinds."""
        return "; ".join(str(equation) for equation in self.equations.values())


class Program:
    """An instance compiled to keys of figures (`Facts.values`).

    For each condition and each alternative: the sums that are compared (`Fast`), None where ratios forbid
    it; and for each alternative the keys without which it says nothing, None where that is all of them. Of
    the `triggers` of a program about the text a report has one at least, or it says nothing.
    """

    def __init__(
        self,
        instance: Instance,
        conditions: tuple[Fast, ...],
        alternatives: tuple[Fast | None, ...],
        needed: tuple[frozenset[str] | None, ...],
        triggers: tuple[str, ...],
    ) -> None:
        self.instance = instance
        self.conditions = conditions
        self.alternatives = alternatives
        self.needed = needed
        self.triggers = triggers

    @cached_property
    def row(self) -> frozenset[str]:
        """The keys of a rule that holds for a blank row: blank all together, they say nothing; else none."""
        if not self.instance.rule.row_blank:
            return frozenset()
        return frozenset().union(*(side[0] for fast in self.alternatives if fast for side in (fast[0], fast[2])))


Compare: TypeAlias = Callable[[Any, Any], bool]

# Keys of the figures that a side adds up, their weights (None: all 1) and a constant.
# Negative terms have been moved to the other side, so that sums are all there is.
Sum: TypeAlias = tuple[tuple[str, ...], tuple[Number, ...] | None, Number]
Fast: TypeAlias = tuple[Sum, Compare, Sum]

_PREFIX: dict[Source, str] = {"table": "", "narrative": "text ", "chart": "chart "}
# What tells the key of a figure of the text or of a chart from that of a table.
PREFIXED = " "


def key(source: Source, path: str) -> str:
    """The key of a metric of one source among the figures of a report."""
    return _PREFIX[source] + path


def differs(a: Any, b: Any) -> bool:
    """`a != b`, but False when one of them is not known (no number)."""
    return bool(a < b or a > b)
