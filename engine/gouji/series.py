"""The reports of one body over the years, among many reports of many bodies.

Reports are kept as profiles, grouped by body and sorted by year: the work is linear in their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from attrs import frozen

from gouji.bodies import BodyModel, Key
from gouji.crosschecks import CrossFinding, Outcome, Pair, check_copies, check_pair
from gouji.errors import Message
from gouji.findings import Verdicts
from gouji.hierarchy import Hierarchy
from gouji.messages import Messages
from gouji.profiles import Growth, Profile, Profiler
from gouji.records import Report
from gouji.rulebook import Rulebook
from gouji.values import Value


@frozen(eq=False, repr=False)
class Note(Value):
    """Why something was not compared; `plain` ones are shown to everybody, as the user asked for that comparison."""

    message: Message
    plain: bool = False


@frozen(eq=False, repr=False)
class Crossing(Value):
    """What came of comparing reports with one another; `known` are findings that an earlier check had as they are."""

    findings: tuple[CrossFinding, ...]
    verdicts: Verdicts
    notes: tuple[Note, ...] = ()
    known: tuple[CrossFinding, ...] = ()


class Comparison:
    """Takes checked reports one by one and tells at last where they do not agree with one another."""

    def __init__(
        self, rulebook: Rulebook, bodies: BodyModel, messages: Messages, hierarchy: Hierarchy | None = None
    ) -> None:
        self.rulebook = rulebook
        self.messages = messages
        self.hierarchy = hierarchy
        self.profiler = profiler(rulebook, bodies)
        self.inputs: list[Profile] = []
        self.earlier: list[Profile] = []
        self.asserted: Profile | None = None
        self.expected: bool = False
        self.notes: dict[str, Note] = {}

    def add(self, report: Report) -> None:
        """Take a report that is checked."""
        self.inputs.append(self._profile(report))

    def add_earlier(self, report: Report, asserted: bool = False) -> None:
        """Take a report to compare with; `asserted` where the user says that it is last year's of the inputs.

        Set `expected` where every input should have one.
        """
        self.earlier.append(self._profile(report))
        if asserted:
            self.asserted = self.earlier[-1]

    def finish(self) -> Crossing:
        """Compare what there is."""
        outcome = Outcome()
        inputs = frozenset(map(id, self.inputs))
        for group in self._groups():
            self._over_years(group, inputs, outcome)
        if self.asserted is not None:
            self._asserted(self.asserted, outcome)
        if self.hierarchy is not None:
            outcome.take(self.hierarchy.check(self.rulebook, [*self.inputs, *self.earlier]))
        failed = sum(f.verdict == "fail" for f in outcome.findings)
        verdicts = Verdicts(outcome.passed, failed, len(outcome.findings) - failed)
        return Crossing(tuple(outcome.findings), verdicts, tuple(self.notes.values()))

    def _profile(self, report: Report) -> Profile:
        body = self.hierarchy.body_of(report.source) if self.hierarchy is not None else None
        return self.profiler.profile(report, body)

    def _note(self, key: str, plain: bool = False, **values: object) -> None:
        message = self.messages.message(key, **values)
        self.notes.setdefault(message.en, Note(message, plain))

    def _groups(self) -> Iterator[list[Profile]]:
        """The reports of each body that is known beyond doubt, in order of the first of them."""
        groups: dict[Key, list[Profile]] = {}
        doubtful: dict[Key, list[Profile]] = {}
        for profile in (*self.inputs, *self.earlier):
            (groups if profile.body.certain else doubtful).setdefault(profile.body.key, []).append(profile)
        for profiles in groups.values():
            # A county has a name of its own; where reports put it below different cities they are believed.
            bodies: list[list[Profile]] = []
            for profile in sorted(profiles, key=lambda p: -len(p.body.above)):
                fitting = [group for group in bodies if group[0].body.may_be(profile.body)]
                if len(fitting) == 1:
                    fitting[0].append(profile)
                elif fitting:
                    doubtful.setdefault(profile.body.key, []).append(profile)
                else:
                    bodies.append([profile])
            # Sorting put them out of order, in which copies of one year stand for one another.
            order = {id(profile): n for n, profile in enumerate(profiles)}
            yield from (sorted(group, key=lambda p: order[id(p)]) for group in bodies)
        for key, profiles in doubtful.items():
            if len(profiles) + len(groups.get(key, ())) > 1 and self.asserted is None:
                sources = ", ".join(p.source for p in profiles)
                self._note("cross.uncertain", body=profiles[0].body.name or "?", sources=sources)

    def _over_years(self, profiles: list[Profile], inputs: frozenset[int], outcome: Outcome) -> None:
        years: dict[int, list[Profile]] = {}
        for profile in profiles:
            if profile.year is None:
                if len(profiles) > 1:
                    self._note("cross.no_year", source=profile.source)
            else:
                years.setdefault(profile.year, []).append(profile)
        standing = {year: self._in_order(copies) for year, copies in years.items()}
        for year in sorted(standing):
            for earlier, later in pairwise(standing[year]):
                if id(earlier) in inputs or id(later) in inputs:
                    outcome.take(check_copies(self.rulebook, Pair(later, earlier)))
            own = [profile for profile in standing[year] if id(profile) in inputs]
            if own and year - 1 in standing:
                outcome.take(check_pair(self.rulebook, Pair(own[-1], standing[year - 1][-1])))
            elif own and (before := [y for y in standing if y < year]):
                self._note("cross.gap", body=own[-1].body.name, year=year, last=max(before))
        if self.expected:
            for profile in profiles:
                if id(profile) in inputs and profile.year is not None and profile.year - 1 not in standing:
                    self._note("cross.no_previous", body=profile.body.name, year=profile.year - 1, plain=True)

    @staticmethod
    def _in_order(copies: list[Profile]) -> list[Profile]:
        """The different copies of a report; the last one published stands for its year."""
        different: dict[str, Profile] = {}
        for profile in copies:
            different.setdefault(profile.sha256, profile)
        # Stable: of copies without a date, or of one date, the one that was given last.
        return sorted(different.values(), key=lambda p: p.published or "")

    def _asserted(self, last: Profile, outcome: Outcome) -> None:
        """Compare every input with the one report that the user says came before it."""
        same = [p for p in self.inputs if p.body.is_surely(last.body)]
        known = set(map(id, same))
        others = [p for p in self.inputs if id(p) not in known and p.body.may_be(last.body)]
        after = [
            p for p in (*same, *others) if p.year is not None and last.year is not None and p.year - last.year == 1
        ]
        for this in after:
            # Where both are known beyond doubt they have been compared already.
            if id(this) not in known:
                outcome.take(check_pair(self.rulebook, Pair(this, last)))
        if not after and not any(p.year == last.year for p in same):
            for this in self.inputs:
                key = "cross.not_before" if this.body.may_be(last.body) else "cross.other_body"
                self._note(key, plain=True, source=last.source, other=this.source, body=this.body.name or "?")


def profiler(rulebook: Rulebook, bodies: BodyModel) -> Profiler:
    """What makes profiles for the rules of a rulebook."""
    growth = next((rule.params for rule in rulebook.rules if rule.kind == "growth"), None)
    return Profiler(rulebook.registry, bodies, Growth(growth["said"], growth["falls"]) if growth else None)
