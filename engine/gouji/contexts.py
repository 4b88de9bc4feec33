"""Of which year and of which body a text speaks: what words for either leave in force for the figures behind them."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from gouji.cues import NarrativeModel
from gouji.outline import Outline
from gouji.patterns import END
from gouji.values import Struct

CLAUSE_END = re.compile(r"[;:。()、\n,](?<!,(?=\d{3}(?!\d)))")
"""What ends a clause; a comma between the digits of a number does not."""
_MARKS = ("clause_year", "scope_part", "scope_whole")
"""Words for year and scope; of two at one place the one named first holds."""


class When(Struct):
    """The year in force, "" for none that is known; whether words count `since` a year, or `until` a day of it.

    `said`: words name the year, which else is that of the report.
    """

    year: str
    since: bool = False
    until: bool = False
    said: bool = True


class Context:
    """What holds at a place of a text: the year, the scope of the figures, another body that is named."""

    def __init__(self, text: str, outline: Outline, model: NarrativeModel) -> None:
        self.text = text
        self.patterns = model.patterns
        self.finders = model.finders
        self.report_year = str(outline.report_year or "")
        self.region = outline.region or ""
        self.issuers = [m.text for m in outline.mentions if m.kind == "issuer"]
        self.own_names = [*(m.text for m in outline.mentions if m.kind == "title"), *self.issuers]
        self.unsaid = When(self.report_year, said=False)
        self.planned = When("", said=False)
        self.when = self.unsaid
        self.scope: str | None = None
        self.body: str | None = None
        self.heading_body: str | None = None
        self.beyond = False
        self.whole = False
        self.passing = False
        self.marks: list[tuple[int, int, str, re.Match[str]]] = []
        self.clauses: list[int] = []

    def paragraph(self, heading: str) -> None:
        """Begin a paragraph below `heading`, which may be the name of another body."""
        alien = self.patterns["heading_body"].fullmatch(heading) and not self.is_own(heading)
        self.heading_body = heading if alien else None
        self.scope, self.whole = None, False

    def sentence(self, start: int, end: int) -> None:
        """Begin the sentence from `start` to `end`."""
        text, patterns = self.text, self.patterns
        if self.passing:
            self.scope, self.passing = None, False
        self.body = None
        self.when = self.planned if patterns["plan_opening"].match(text, start, end) else self.unsaid
        if self.scope is not None and patterns["scope_reset"].match(text, start, end):
            self.scope = None
        self.clauses = [start, *[m.end() for m in CLAUSE_END.finditer(text, start, end)]]
        finders = self.finders
        marks = [(m.start(), m.end(END), name, m) for name in _MARKS for m in finders[name].finditer(text, start, end)]
        self.marks = sorted(marks, key=lambda mark: -mark[0]) if len(marks) > 1 else marks

    def advance(self, at: int, *, begun: bool) -> None:
        """Take note of the words for year and body up to `at`; `begun`: figures of the sentence stand before it."""
        while self.marks and self.marks[-1][1] <= at:
            _, _, name, match = self.marks.pop()
            if name == "clause_year":
                if match["behind"] and not self._of_subject(match.start()):
                    continue
                until = bool(match["until"] or match["ended"])
                if until and self.when.since and not self.when.year:
                    # 自施行以来,截至2012年底: the day ends what has begun long before.
                    continue
                year = self.report_year if match["this"] else match["year"] or match["behind"] or ""
                since = match["since"] or match["since_ever"] or match["begun"]
                self.when = When(year, bool(since), until)
                continue
            part = name == "scope_part"
            words = match.string[match.start() : match.end(END)]
            if part and match["self"] and not self._wide:
                continue
            self.whole = not part and match["all"] is not None
            if part and not match["self"] and self._named_so(words):
                self.scope = self.body = None
            elif part or self.beyond or not match["own"] or self.text[match.start() - 1] == ";":
                wide = match["beyond"] if part else None
                self.beyond = wide is not None and not self._national and not self.region.endswith(wide)
                self.scope, self.body = words if part and (self.beyond or wide is None) else None, None
                # 其中市本级320件: what a part of a sentence is restricted to, the next one is not.
                self.passing = begun or (part and match["done"] is not None)

    def _of_subject(self, at: int) -> bool:
        """Whether nothing but its subject stands before the year of a clause: 我局2015年 as well as 2015年,我局."""
        return self.patterns["year_subject"].fullmatch(self.text, self.clause_start(at), at) is not None

    def of_this_year(self, clause: int, at: int) -> bool:
        """Whether the words from `clause` to `at` leave a figure in the year of the report, as done and not planned."""
        return self.in_year() and self.finders["other_time"].search(self.text, clause, at) is None

    def in_year(self) -> bool:
        """Whether the year in force is that of the report, or that is not known."""
        return not self.report_year or self.when.year == self.report_year

    def clause_start(self, at: int) -> int:
        """Where the clause of the sentence that `at` stands in begins; not too far back."""
        return max(self.clauses[bisect_right(self.clauses, at) - 1], at - 80)

    def level(self, at: int) -> str:
        """The bodies that the clause which counts something at `at` begins with; "" where that is the one that reports."""
        found = self.patterns["level"].search(self.text, max(at - 60, 0), at)
        return found["level"] if found else ""

    def is_own(self, name: str) -> bool:
        """Whether a name may be that of the body itself, in short (县政府办 for 云溪县人民政府办公室) or in full."""
        return self._named_so(name) or name.endswith(self._endings)

    def _named_so(self, name: str) -> bool:
        return any(name in own or _abridges(name, own) for own in self.own_names)

    @cached_property
    def _wide(self) -> bool:
        """Whether the text speaks of all that belongs to the body."""
        return self.patterns["wide"].search(self.text) is not None

    @cached_property
    def _national(self) -> bool:
        """Whether the country is what the body governs."""
        return any(self.patterns["national"].match(name) for name in self.own_names)

    @cached_property
    def _endings(self) -> tuple[str, ...]:
        """How the full name of the body ends: as its issuer does, or else as it calls itself (我委)."""
        if self.issuers:
            return tuple(self.issuers)
        return tuple({name for match in self.patterns["itself"].finditer(self.text) for name in match.groups() if name})


def _abridges(short: str, name: str) -> bool:
    """Whether all characters of a short name stand in the long one, in their order."""
    rest = iter(name)
    return all(character in rest for character in short)
