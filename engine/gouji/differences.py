"""Two reports side by side: every figure of both, what became of it, and what the rules expect it to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from attrs import frozen

from gouji.bodies import BodyModel
from gouji.crosschecks import (
    CrossFinding,
    Outcome,
    Pair,
    check_copies,
    check_pair,
    expected,
    label_of,
)
from gouji.crosswalk import Alike, Crosswalk
from gouji.errors import Message
from gouji.findings import Verdicts
from gouji.intervals import Interval, Operand
from gouji.messages import Messages
from gouji.profiles import Profile
from gouji.records import Number, Report
from gouji.registry import Registry
from gouji.rulebook import Rulebook
from gouji.series import profiler
from gouji.values import Value

Comparable: TypeAlias = Literal["yes", "roughly", "no"]
_OPERATORS = {"==": "=", "<=": "≤", ">=": "≥", "<": "<", ">": ">", "!=": "≠"}


@frozen(eq=False, repr=False)
class DiffRow(Value):
    """One line: the metrics of the earlier and of the later report, what they come to, and what was expected.

    `shown` are both figures as people write them ("" where one is not given); `comparable` says whether they mean
    the same, `why` why they do not. `holds` are the rules that expected just this, `findings` those that did not.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    label: Message
    section: Message
    old: Number | None
    new: Number | None
    shown: tuple[str, str]
    comparable: Comparable = "yes"
    why: Message | None = None
    expected: str = ""
    holds: tuple[str, ...] = ()
    findings: tuple[CrossFinding, ...] = ()
    detail: bool = False

    @property
    def change(self) -> Number | None:
        """By how much the figure changed, where both are exactly known and mean the same."""
        if self.comparable != "yes" or self.old is None or self.new is None:
            return None
        return self.new - self.old

    @property
    def idle(self) -> bool:
        """Whether there is nothing to compare with and no more than a zero to tell."""
        return self.comparable == "no" and not self.old and not self.new and not self.findings

    @property
    def changed(self) -> bool:
        """Whether the figures differ, or only one is given."""
        return self.shown[0] != self.shown[1]


@frozen(eq=False, repr=False)
class Difference(Value):
    """Two reports side by side, and the findings between them."""

    old: Profile
    new: Profile
    rows: tuple[DiffRow, ...]
    findings: tuple[CrossFinding, ...]
    verdicts: Verdicts
    notes: tuple[Message, ...]


def compare(
    book: Rulebook, bodies: BodyModel, crosswalk: Crosswalk, messages: Messages, old: Report, new: Report
) -> Difference:
    """`old` and `new` side by side; put in order of their years where these are known.

    The rules between years run where one body's reports follow one another; two reports on one year are compared as
    copies.
    """
    profile = profiler(book, bodies).profile
    before, after = profile(old), profile(new)
    notes: list[Message] = []
    if before.year is not None and after.year is not None and before.year > after.year:
        before, after = after, before
        notes.append(messages.message("diff.swapped"))
    pair = Pair(after, before)
    outcome = Outcome()
    successive = before.year is not None and after.year == before.year + 1
    if not before.body.may_be(after.body):
        notes.append(messages.message("diff.other_body", old=before.body.name, new=after.body.name))
        successive = False
    elif before.year == after.year:
        notes.append(messages.message("diff.same_year"))
        outcome = check_copies(book, pair)
    elif successive:
        outcome = check_pair(book, pair)
    else:
        notes.append(messages.message("diff.no_rules"))
    if before.body.may_be(after.body) and not before.body.is_surely(after.body):
        notes.append(messages.message("diff.uncertain"))
    rows = tuple(_Rows(book, crosswalk, pair, outcome, successive).rows())
    failed = sum(f.verdict == "fail" for f in outcome.findings)
    verdicts = Verdicts(outcome.passed, failed, len(outcome.findings) - failed)
    return Difference(before, after, rows, tuple(outcome.findings), verdicts, tuple(notes))


class _Rows:
    """The rows of a table in the order of the registry, below the headings of the crosswalk."""

    def __init__(self, book: Rulebook, crosswalk: Crosswalk, pair: Pair, outcome: Outcome, successive: bool) -> None:
        self.registry: Registry = book.registry
        self.crosswalk = crosswalk
        self.pair = pair
        self.old = pair.last
        self.new = pair.this
        self.findings: dict[str, list[CrossFinding]] = {}
        for finding in outcome.findings:
            # A copied table says nothing of its single figures.
            if finding.rule in self._marking(book):
                for term in finding.terms:
                    if term.source == self.new.source and term.year == self.new.year:
                        self.findings.setdefault(term.path, []).append(finding)
        self.expected: dict[str, str] = {}
        self.holds: dict[str, list[str]] = {}
        if successive:
            self._expect(book)

    @staticmethod
    def _marking(book: Rulebook) -> frozenset[str]:
        return frozenset(rule.id for rule in book.rules if rule.kind != "copied")

    def _expect(self, book: Rulebook) -> None:
        for rule in book.rules:
            if rule.kind != "between_years" or not rule.applies.to(self.new.layouts, None, self.new.year):
                continue
            for program in book.programs(rule):
                for path, operator, evaluation in expected(program.instance, self.pair):
                    sign = "" if operator == "==" else _OPERATORS[operator] + " "
                    self.expected.setdefault(path, sign + evaluation.right.shown)
                    if evaluation.outcome == "pass":
                        self.holds.setdefault(path, []).append(rule.id)

    def rows(self) -> Iterator[DiffRow]:
        for section in self.crosswalk.sections:
            told: set[str] = set()
            for path in self.registry.metrics:
                if path in section.metrics and path not in told:
                    yield from self._row(path, section.title, told)

    def _row(self, path: str, section: Message, told: set[str]) -> Iterator[DiffRow]:
        old, new = self._operand(self.old, (path,)), self._operand(self.new, (path,))
        if old is None and new is None:
            return
        if old is not None and new is not None:
            yield self._filled((path,), (path,), section, old, new, "yes", None)
            return
        alike = self._alike(path, old is not None)
        if alike is not None and told.isdisjoint((*alike.before, *alike.after)):
            told.update((*alike.before, *alike.after))
            old, new = self._operand(self.old, alike.before), self._operand(self.new, alike.after)
            comparable: Comparable = "yes" if alike.exact else "roughly"
            yield self._filled(alike.before, alike.after, section, old, new, comparable, None)
        elif path not in told:
            same = self.old.form == self.new.form
            # What only a text gives may be left out of another: that is no lack.
            printed = (self.old.figure(path) or self.new.figure(path)) is not None
            if same or printed:
                why = self.crosswalk.unlike.get(path)
                yield self._filled((path,), (path,), section, old, new, "yes" if same else "no", why)

    def _alike(self, path: str, earlier: bool) -> Alike | None:
        """What the crosswalk makes of a metric that only the earlier, or only the later, report gives."""
        for alike in self.crosswalk.alike:
            if path in (alike.before if earlier else alike.after):
                other, paths = (self.new, alike.after) if earlier else (self.old, alike.before)
                if any(other.figure(p) is not None for p in paths):
                    return alike
        return None

    def _operand(self, profile: Profile, paths: Sequence[str]) -> Operand | None:
        """The sum of the metrics that a report gives; None where it gives none of them."""
        figures = [f for p in paths if (f := profile.best(p)) is not None]
        if not figures:
            return None
        if len(figures) == 1:
            return figures[0].operand
        total = Interval(0, 0)
        for figure in figures:
            total = total.plus(figure.operand.interval)
        return Operand(total, "exact" if total.exact else "approximate")

    def _filled(
        self,
        before: tuple[str, ...],
        after: tuple[str, ...],
        section: Message,
        old: Operand | None,
        new: Operand | None,
        comparable: Comparable,
        why: Message | None,
    ) -> DiffRow:
        path = after[0]
        labels = [
            Message(" + ".join(self._names(paths, "zh")), " + ".join(self._names(paths, "en")))
            for paths in dict.fromkeys((before, after))
        ]
        return DiffRow(
            before,
            after,
            Message(" ≈ ".join(m.zh for m in labels), " ≈ ".join(m.en for m in labels)),
            section,
            _exact(old),
            _exact(new),
            ("" if old is None else old.shown, "" if new is None else new.shown),
            comparable,
            why,
            self.expected.get(path, "") if comparable == "yes" else "",
            tuple(self.holds.get(path, ())),
            tuple(self.findings.get(path, ())),
            before[0] in self.crosswalk.details,
        )

    def _names(self, paths: Sequence[str], lang: str) -> list[str]:
        return [label_of(self.registry, path).text(lang) for path in paths]


def _exact(operand: Operand | None) -> Number | None:
    return operand.interval.low if operand is not None and operand.interval.exact else None
