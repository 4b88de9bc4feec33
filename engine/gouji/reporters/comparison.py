"""Reports beside one another on a terminal: the table of two years, and findings between reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from attrs import frozen
from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from gouji.crosschecks import Bound, CrossFinding, CrossTerm
from gouji.differences import Difference, DiffRow
from gouji.errors import Message
from gouji.findings import SEVERITIES
from gouji.profiles import Profile
from gouji.records import Number, number_text
from gouji.reporters.anomalies import Entry, Ledger
from gouji.reporters.page import INDENT, STYLES, Page
from gouji.reporters.tally import KINDS, Tally, in_cases, kind
from gouji.series import Crossing

# So many figures of a finding are shown one by one, and so many bounds, unless every detail is wanted.
_FIGURES, _BOUNDS = 12, 4
_LABEL = 16  # cells that the label of a metric must have beside its figures


@frozen(eq=False, repr=False)
class CrossSheet:
    """What came of comparing reports with one another."""

    page: Page
    crossing: Crossing

    def lines(self) -> Iterator[Text]:
        """A heading, the findings, and why something was not compared; nothing where there is nothing to say."""
        page, crossing = self.page, self.crossing
        notes = [note.message for note in crossing.notes if note.plain or page.verbose]
        known = Tally.between(crossing, "").known.total()
        if not (crossing.findings or known or crossing.verdicts.passed or notes):
            return
        yield from page.rule(page.say("cross.title"))
        yield from _findings(page, crossing.findings)
        if crossing.findings and known:
            yield Text()
            yield from page.paragraph(page.text(page.say("report.known", n=known), "faint"), 2)
        elif not crossing.findings and (known or crossing.verdicts.passed):
            held = page.say("cross.clean", n=crossing.verdicts.passed)
            told = page.say("report.nothing_new_known", n=known) if known else held
            yield from page.paragraph(page.text(f"{page.glyphs.good} {told}", "good"), 2)
        yield from _notes(page, notes)
        yield Text()


@frozen(eq=False, repr=False)
class DifferenceSheet:
    """Two reports side by side, then the findings between them."""

    page: Page
    difference: Difference

    def lines(self) -> Iterator[Text]:
        """A heading, both reports, the table, the findings."""
        page, difference = self.page, self.difference
        yield from page.rule(self._title())
        for profile in (difference.old, difference.new):
            head = Text.assemble("  ", (self._year(profile), STYLES["title"]), "  ")
            form = f"form.{profile.form}"
            told = page.text(page.file(profile.source, page.width // 2))
            told.append(f"  {page.say(form) if form in page.say else page.shown(profile.form)}", STYLES["faint"])
            yield from page.paragraph(told, head)
        yield from _notes(page, difference.notes)
        grouped = groupby(difference.rows, key=lambda row: (row.section.zh, row.section.en))
        sections = [(Message(*section), [*rows]) for section, rows in grouped]
        # What is laid out in one way here is not laid out in another there.
        roomy = all(self._roomy(shown) for _, rows in sections if (shown := self._shown(rows)))
        for title, rows in sections:
            yield from self._section(title, rows, roomy)
        yield from _findings(page, difference.findings)
        if not difference.findings and difference.verdicts.passed:
            yield Text()
            held = page.say("diff.clean", n=difference.verdicts.passed)
            yield from page.paragraph(page.text(f"{page.glyphs.good} {held}", "good"), 2)

    def _title(self) -> str:
        """Whose reports they are: both names where it is not certain that they are of one body."""
        old, new = (
            profile.body.name or profile.title or self.page.say("report.untitled")
            for profile in (self.difference.old, self.difference.new)
        )
        sure = self.difference.old.body.is_surely(self.difference.new.body)
        return new if sure else " / ".join(dict.fromkeys((old, new)))

    def _year(self, profile: Profile) -> str:
        return str(profile.year) if profile.year is not None else self.page.say("diff.no_year")

    def _told(self, rows: Sequence[DiffRow]) -> list[DiffRow]:
        """The rows that are not as they were."""
        return [row for row in rows if row.findings or row.changed or self.page.verbose]

    def _shown(self, rows: Sequence[DiffRow]) -> list[DiffRow]:
        """Those of them that are shown one by one."""
        return [row for row in self._told(rows) if self.page.verbose or row.findings or not (row.detail or row.idle)]

    def _section(self, title: Message, rows: Sequence[DiffRow], roomy: bool) -> Iterator[Text]:
        """The rows as a table; where it would leave labels no room, each label with its figures below it."""
        page, say = self.page, self.page.say
        told, shown = self._told(rows), self._shown(rows)
        idle = sum(row.idle and not row.detail for row in told) if not page.verbose else 0
        yield Text()
        yield from page.paragraph(page.text(say.of(title), "title"), 2)
        if shown:
            cells = self._labelled(shown)
            yield from self._table(self._heads(), cells) if roomy else self._stacked(self._heads(), cells)
        left = {"idle": idle, "details": len(told) - len(shown) - idle, "folded": len(rows) - len(told)}
        for name, n in left.items():
            if n:
                yield from page.paragraph(page.text(say(f"diff.{name}", n=n), "faint"))

    def _heads(self) -> Sequence[str]:
        years = (self._year(self.difference.old), self._year(self.difference.new))
        return (*years, *(self.page.say(f"diff.{name}") for name in ("change", "expected", "mark")))

    def _labelled(self, rows: Sequence[DiffRow]) -> list[tuple[Text, ...]]:
        return [(self.page.text(self.page.say.of(row.label)), *self._cells(row)) for row in rows]

    def _roomy(self, rows: Sequence[DiffRow]) -> bool:
        """Whether a table of these rows leaves labels enough room."""
        columns = zip(self._heads(), *(figures for _, *figures in self._labelled(rows)), strict=True)
        *numbers, mark = (2 + max(cell_len(str(cell)) for cell in column) for column in columns)
        return self.page.width - INDENT - sum(numbers) - min(mark, self._mark_width) >= _LABEL

    @property
    def _mark_width(self) -> int:
        return max(10, self.page.width // 4)

    def _stacked(self, heads: Sequence[str], rows: Sequence[Sequence[Text]]) -> Iterator[Text]:
        for label, old, new, change, expected, mark in rows:
            yield from self.page.paragraph(label)
            told = Text.assemble(old, f" {self.page.glyphs.arrow} ", new)
            for word, cell in (("", change), (f"{heads[3]} ", expected), ("", mark)):
                if cell.plain:
                    told = Text.assemble(told, "  ", (word, "dim"), cell)
            yield from self.page.paragraph(told, INDENT + 2)

    def _table(self, heads: Sequence[str], rows: Sequence[Sequence[Text]]) -> Iterator[Text]:
        page, say = self.page, self.page.say
        lines = box.ASCII if page.glyphs.heavy == "=" else box.SIMPLE_HEAD
        table = Table(box=lines, header_style="dim", pad_edge=False, show_edge=False, padding=(0, 1))
        # Numbers are never cut and labels wrap: the label takes what the numbers leave.
        table.add_column(say("diff.metric"), overflow="fold", ratio=1)
        for head in heads[:4]:
            table.add_column(head, justify="right", no_wrap=True)
        table.add_column(heads[4], overflow="fold", max_width=self._mark_width)
        for row in rows:
            table.add_row(*row)
        options = page.console.options.update(width=page.width - INDENT)
        for line in page.console.render_lines(table, options, pad=False):
            yield Text.assemble(" " * INDENT, *((piece.text, piece.style or "") for piece in line))

    def _cells(self, row: DiffRow) -> Iterator[Text]:
        page = self.page
        serious = max((SEVERITIES.index(f.severity) for f in row.findings), default=None)
        style = "" if serious is None else SEVERITIES[serious]
        for figure, mark in zip(row.shown, ("", style), strict=True):
            yield page.text(figure, mark) if figure else page.text(page.say("diff.absent"), "faint")
        yield page.text(self._change(row), "figure")
        yield page.text(row.expected, "computed" if row.findings else "faint")
        yield self._mark(row, style)

    def _change(self, row: DiffRow) -> str:
        if row.change is None or not row.change:
            return ""
        return f"{'+' if row.change > 0 else ''}{number_text(row.change)}"

    def _mark(self, row: DiffRow, style: str) -> Text:
        page, say = self.page, self.page.say
        if row.findings:
            rules = say("report.comma").join(dict.fromkeys(finding.rule for finding in row.findings))
            return page.text(f"{getattr(page.glyphs, style)} {rules}", style)
        if row.comparable == "no":
            why = "" if row.why is None else f" ({say.of(row.why)})"
            return page.text(say("diff.not_comparable") + (why if page.verbose else ""), "faint")
        if row.comparable == "roughly":
            return page.text(say("diff.roughly"), "faint")
        return page.text(page.glyphs.good, "good") if row.holds else Text()


def _notes(page: Page, notes: Sequence[Message]) -> Iterator[Text]:
    for note in notes:
        yield from page.paragraph(page.text(page.say.of(note), "faint"), Text(f"  {page.glyphs.info} "))


def _findings(page: Page, findings: Sequence[CrossFinding]) -> Iterator[Text]:
    """Findings with one cause under the most serious of them; when all is wanted each by itself."""
    for leader, *followers in [[finding] for finding in findings] if page.verbose else in_cases(findings):
        yield Text()
        if (entry := leader.decision) is not None and leader.accepted:
            told = page.say("decision.told", by=entry.by, when=entry.when, why=entry.why)
            words = page.text(page.say.of(leader.message))
            words.append("  " + page.shown(page.say("decision.kept", told=told)), STYLES["good"])
            yield from page.paragraph(words, page.badge(leader.severity, leader.verdict, leader.rule))
        else:
            badge = page.badge(leader.severity, leader.verdict, leader.rule)
            yield from page.paragraph(page.text(page.say.of(leader.message), "title"), badge)
            yield from _body(page, leader)
        for follower in followers:
            told = f"{follower.rule} {page.say.of(follower.message)}"
            if KINDS.index(kind(follower)) < KINDS.index(kind(leader)):
                # The case counts as what is gravest in it.
                told = f"{getattr(page.glyphs, kind(follower))} {told}"
            yield from page.note("follower", told)
            if not follower.accepted:
                yield from _decided(page, follower)


def _body(page: Page, finding: CrossFinding) -> Iterator[Text]:
    if len(finding.terms) <= _FIGURES or page.verbose:
        entries = [_entry(page, term) for term in finding.terms if len(finding.terms) <= _FIGURES or term.value]
        yield from Ledger(page, tuple(entries)).lines(page.width)
    else:
        # Too many figures to show: at least whose they are.
        reports = dict.fromkeys((str(term.year or "?"), term.source) for term in finding.terms)
        told = [Entry("", (year,), page.shown(finding.body), page.file(source)) for year, source in reports]
        yield from Ledger(page, tuple(told)).lines(page.width)
    if finding.equation and len(finding.terms) > 1:
        yield from page.note("equation", page.shown(finding.equation))
    for assumption in finding.assumptions:
        yield from page.note("assumption", assumption)
    if finding.explanation is not None:
        yield from page.note("explanation", finding.explanation)
    yield from _decided(page, finding)
    if (coverage := finding.coverage) is not None:
        bounds = coverage.bounds if page.verbose else coverage.bounds[:_BOUNDS]
        for bound in bounds:
            yield from page.paragraph(page.text(_bound(page, bound)))
        if more := len(coverage.bounds) - len(bounds):
            yield from page.paragraph(page.text(page.say("cross.more_bounds", n=more), "faint"))


def _decided(page: Page, finding: CrossFinding) -> Iterator[Text]:
    """What people decided about it, and what it was before."""
    entry, say = finding.decision, page.say
    if entry is not None:
        told = say("decision.told", by=entry.by, when=entry.when, why=entry.why)
        if finding.reopened:
            told = say("decision.was", decision=say(f"decision.{entry.verdict}"), told=told)
        yield from page.note("reopened" if finding.reopened else "disputed", page.shown(told))
        if finding.reopened and entry.equation:
            yield from page.note("before", page.shown(entry.equation))
    if page.verbose:
        yield from page.note("fingerprint", finding.fingerprint)


def _entry(page: Page, term: CrossTerm) -> Entry:
    """One figure with its year and its place: the sign says how it counts in the equation."""
    sign = "-" if term.sign < 0 else ""
    year = "" if term.year is None else f"{term.year}  "
    return Entry(
        sign,
        (page.number(term.value),),
        page.shown(year + page.say.of(term.label)),
        page.at(term.source, term.place),
        "printed" if term.side == "left" else "",
    )


def _bound(page: Page, bound: Bound) -> str:
    return page.say(
        "cross.bound",
        label=page.say.of(bound.label),
        whole=page.number(bound.whole),
        read=_range(page, bound.read),
        range=_range(page, (bound.low, bound.high)),
    )


def _range(page: Page, bounds: tuple[Number, Number | None]) -> str:
    low, high = bounds
    if high is None:
        return f"{page.shown('≥')}{page.number(low)}"
    return page.number(low) if low == high else f"{page.number(low)}-{page.number(high)}"
