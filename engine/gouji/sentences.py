"""What stands around a figure of the running text: its sentence, the figures of that, and the words between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from gouji.facts import Facts, Told
from gouji.findings import Side, Term
from gouji.intervals import Interval
from gouji.records import Number, Observation, Report, Unbound
from gouji.spans import Span
from gouji.values import Struct

ENDS = "。!?！？\n"
_FULL_STOPS = "。｡"
# From the end of a text it goes back to the last pause: a clause is short.
_UP_TO_PAUSE = re.compile(rf".*[{ENDS},，;；:：、(（]", re.S)
# So many figures of a sentence, and so much of it, are looked at on either side of one of them.
_FIGURES, _LONGEST, _CLAUSE = 20, 400, 60


def figure(report: Report, told: tuple[str, int]) -> Observation | Unbound:
    """The figure that is meant."""
    kind, index = told
    return report.observations[index] if kind == "o" else report.unbound[index]


class Part(Struct):
    """A figure of the text, be it an observation (with its path) or unbound, by its number."""

    number: int
    path: str | None
    rounded: Interval | None
    unit: str | None
    raw: str
    value: Number
    span: Span
    scope: str | None

    @property
    def interval(self) -> Interval:
        """Where the exact figure lies."""
        return self.rounded or Interval(self.value, self.value)

    def term(self, facts: Facts, side: Side) -> Term:
        """It as a term of a finding."""
        return facts.unbound_term(side, self.number) if self.path is None else facts.term(side, self.number)


def part_of(facts: Facts, figure: tuple[str, int]) -> Part | None:
    """The figure that is meant; None where it is no number."""
    kind, index = figure
    # Straight to the tuple: a breakdown has many parts.
    new = tuple.__new__
    if kind == "o":
        o = facts.report.observations[index]
        if o.state != "value" or o.value is None:
            return None
        # Most figures are exact; only the others need an interval.
        interval = None if o.low == o.high else facts.operand(index).interval
        if interval is not None and interval.low is None:
            return None
        unit = o.unit or facts.registry.metric(o.path).unit
        return new(Part, (index, o.path, interval, unit, o.raw.strip(), o.value, o.span, o.scope))
    u = facts.report.unbound[index]
    return new(Part, (index, None, None, u.unit, u.raw.strip(), u.value, u.span, None))


def before(report: Report, told: Sequence[Told], at: int) -> Iterator[tuple[str, int]]:
    """The figures between the beginning of the sentence and `at`, the nearest first."""
    until = bisect_left(told, (at,))
    for place, kind, index in reversed(told[max(0, until - _FIGURES) : until]):
        if at - place > _LONGEST or _ended(report, place, at):
            return
        yield kind, index


def behind(report: Report, told: Sequence[Told], at: int) -> Iterator[tuple[str, int]]:
    """The figures between `at` and the end of the paragraph, the nearest first."""
    since = bisect_left(told, (at,))
    for place, kind, index in told[since : since + _FIGURES]:
        if place - at > _LONGEST or "\n" in report.document.text[at:place]:
            return
        yield kind, index


def clause(report: Report, at: int) -> str:
    """The words of a clause before `at`."""
    since = max(0, at - _CLAUSE)
    paused = _UP_TO_PAUSE.match(report.document.text, since, at)
    return words(report, paused.end() if paused else since, at)


def since_full_stop(report: Report, start: int, end: int) -> tuple[int, bool]:
    """Where the last sentence that begins between `start` and `end` does; else `start`, and that none does."""
    ended = max([report.document.text.rfind(mark, start, end) for mark in _FULL_STOPS])
    return (start, False) if ended < 0 else (ended + 1, True)


def words(report: Report, start: int, end: int) -> str:
    """The words from `start` to `end` as expressions know them: Simplified, half-width, without white space."""
    return "".join(normalize("NFKC", report.simplified[start:end]).split())


def _ended(report: Report, start: int, end: int) -> bool:
    text = report.document.text
    return any(text.find(mark, start, end) >= 0 for mark in ENDS)
