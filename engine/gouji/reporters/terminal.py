"""Reports on a terminal: a header, the anomalies as diffs, at last a summary over all files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from gouji.errors import GoujiError
from gouji.findings import SEVERITIES, Finding, Said, Suspect, Verdicts
from gouji.records import Observation, Report
from gouji.reporters import NOTHING_MORE, Closing
from gouji.reporters.anomalies import Bound, Strip, anomaly, compares
from gouji.reporters.page import INDENT, STYLES, Page
from gouji.slips import rank
from gouji.values import Struct

_REPAIRS = 4  # how many repairs are told

if TYPE_CHECKING:
    from gouji.series import Crossing

_NOTES = tuple(
    f"note.{name}"
    for name in (
        *("instance", "equation", "assumption", "suspect", "rival", "alternative", "explanation", "follower"),
        *("fingerprint", "before", "disputed", "reopened"),
    )
)


class Terminal:
    """Shows each report as it comes and a summary when all are done; none that is there only to be `compared`."""

    def __init__(self, page: Page, quiet: bool = False, compared: bool = False) -> None:
        self.page = page
        self.quiet = quiet
        self.compared = compared and not page.verbose
        self.tallies: list[Tally] = []
        self.errors: list[GoujiError] = []
        self.crossing: Crossing | None = None

    def report(self, report: Report) -> None:
        """Show one report; only count it when quiet."""
        self.tallies.append(Tally.of(report))
        if not self.quiet and not self.compared:
            self.page.put(_Sheet(self.page, report).lines())

    def error(self, error: GoujiError) -> None:
        """Remember an input that could not be read for the summary."""
        self.errors.append(error)

    def cross(self, crossing: Crossing) -> None:
        """Show what came of comparing the reports; only count it when quiet."""
        self.crossing = crossing
        if not self.quiet:
            from gouji.reporters.comparison import CrossSheet

            self.page.put(CrossSheet(self.page, crossing).lines())

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Show the summary."""
        self.page.put(_Summary(self.page, self.tallies, self.errors, closing, self.crossing, self.compared).lines())


class Tally(Struct):
    """How a report came out, in numbers."""

    source: str
    failed: Counter[str]
    undecided: int
    passed: int
    accepted: Counter[str]

    @classmethod
    def of(cls, report: Report) -> Tally:
        """The numbers of a checked report."""
        failed = Counter(finding.severity for finding in report.findings if finding.verdict == "fail")
        accepted = Counter(
            finding.severity if finding.verdict == "fail" else finding.verdict
            for finding in report.findings
            if finding.accepted
        )
        verdicts = report.verdicts or Verdicts()
        return cls(report.source, Counter(failed), verdicts.undecided, verdicts.passed, Counter(accepted))

    @classmethod
    def between(cls, crossing: Crossing) -> Tally:
        """The numbers of what was compared between reports."""
        failed = Counter(finding.severity for finding in crossing.findings if finding.verdict == "fail")
        accepted = Counter(f.severity if f.verdict == "fail" else f.verdict for f in crossing.findings if f.accepted)
        return cls("", Counter(failed), crossing.verdicts.undecided, crossing.verdicts.passed, Counter(accepted))

    def numbers(self) -> tuple[int, ...]:
        """Errors, warnings, infos, undecided, held."""
        return (*(self.failed[severity] for severity in reversed(SEVERITIES)), self.undecided, self.passed)


class _Sheet(Struct):
    """Everything about one report."""

    page: Page
    report: Report

    def lines(self) -> Iterator[Text]:
        """Header, anomalies with errors first, remarks, leftovers."""
        yield from self._header()
        ranked = sorted(self.report.findings, key=lambda f: (f.verdict != "fail", -SEVERITIES.index(f.severity)))
        open_ones = [f for f in ranked if not f.accepted]
        for finding, followers in self._causes([f for f in open_ones if self._serious(f)]):
            yield Text()
            yield from _Case(self.page, self.report, finding, followers).lines()
        remarks = [f for f in open_ones if not self._serious(f)]
        remarks += [f for f in ranked if f.accepted]
        if remarks:
            yield Text()
        for finding in remarks:
            yield from _Brief(self.page, self.report, finding).lines()
        if not ranked:
            # Compared with an earlier check there may be findings that are not told again.
            verdicts = self.report.verdicts or Verdicts()
            if verdicts.failed + verdicts.undecided + verdicts.passed:
                told = "report.nothing_new" if verdicts.failed + verdicts.undecided else "report.clean"
                yield self.page.text(f"  {self.page.glyphs.good} {self.page.say(told)}", "good")
            else:
                # Nothing passes by being empty.
                yield self.page.text(f"  {self.page.glyphs.undecided} {self.page.say('report.no_rule')}", "undecided")
        yield from self._leftovers()
        yield Text()

    def _serious(self, finding: Finding) -> bool:
        """Whether a finding is shown in full."""
        return self.page.verbose or finding.severity != "info"

    def _causes(self, findings: Sequence[Finding]) -> Iterator[tuple[Finding, Sequence[Finding]]]:
        """Findings with one cause under the first of them; when all is wanted each by itself."""
        groups: dict[int, list[Finding]] = {}
        for i, finding in enumerate(findings):
            alone = self.page.verbose or not finding.group
            groups.setdefault(-i - 1 if alone else finding.group, []).append(finding)
        for leader, *followers in groups.values():
            yield leader, followers

    def _header(self) -> Iterator[Text]:
        page, report, say = self.page, self.report, self.page.say
        name = report.title or say("report.untitled")
        yield from page.rule(name)
        yield from page.paragraph(page.text(page.file(report.source, page.width - 2), "faint"), 2, page.width)
        verdicts = report.verdicts or Verdicts()
        facts = [
            say("report.year", year=report.report_year) if report.report_year else say("report.no_year"),
            say(f"form.{report.form}") if f"form.{report.form}" in say else report.form,
            say(f"script.{report.script}"),
            say("report.figures", n=sum(o.state == "value" for o in report.observations)),
        ]
        results = [
            say("report.held", n=verdicts.passed),
            say("report.failed", n=verdicts.failed),
            say("report.undecided", n=verdicts.undecided),
            say("report.unbound", n=len(report.unbound)),
        ]
        for line in (facts, results):
            yield from page.paragraph(page.text(f" {page.glyphs.info} ".join(line)), 2)

    def _leftovers(self) -> Iterator[Text]:
        page, report = self.page, self.report
        if report.unparsed:
            places = [report.document.place(piece.span) for piece in report.unparsed]
            if places[0].line is None:
                told = ("report.unparsed_places", "places", [page.spot(place._replace(cell=None)) for place in places])
            else:
                told = ("report.unparsed", "lines", [str(place.line) for place in places])
            key, name, spots = told
            words = page.say(key, n=len(spots), **{name: page.say("report.comma").join(spots)})
            yield Text()
            yield from page.paragraph(page.text(words, "warning"), 2)
            if page.verbose:
                yield from page.quote(report, [piece.span for piece in report.unparsed], page.width)
        if report.unbound and page.verbose:
            yield Text()
            yield page.text("  " + page.say("report.unbound_list"), "faint")
            yield from page.quote(report, [stray.span for stray in report.unbound], page.width)


class _Case(Struct):
    """One anomaly in full: headline, body, equation, and everything that helps to judge it."""

    page: Page
    report: Report
    finding: Finding
    followers: Sequence[Finding] = ()

    def lines(self) -> Iterator[Text]:
        """The anomaly from headline to repair."""
        page, finding = self.page, self.finding
        headline = page.text(page.say.of(finding.message), "title")
        yield from page.paragraph(headline, _badge(page, finding))
        yield from anomaly(page, self.report, finding).lines(page.width)
        if page.verbose and finding.instance != finding.rule:
            yield from self._note("instance", finding.instance)
        if compares(finding):
            yield from self._note("equation", finding.equation)
        for given in self._given():
            yield from self._note("assumption", given)
        for assumption in finding.assumptions:
            yield from self._note("assumption", assumption)
        yield from self._repairs()
        if finding.alternative:
            yield from self._note("alternative", finding.alternative)
        if finding.explanation:
            yield from self._note("explanation", finding.explanation)
        yield from self._decided()
        for follower in self.followers:
            body = anomaly(page, self.report, follower)
            told = f"{follower.rule} {page.say.of(follower.message)}"
            # A long addition over again would bury the cause: its equation is enough.
            short = isinstance(body, (Bound, Strip))
            yield from self._note("follower", told if short else f"{told}  {follower.equation}")
            if short:
                yield from body.lines(page.width)

    def _given(self) -> Iterator[str]:
        """The figures by which the rule applies, each with its place; of several those that are not 0."""
        cells = [self.report.observations[term.operand] for term in self.finding.given if term.operand is not None]
        for cell in cells:
            if cell.value or len(cells) == 1:
                place = self.page.place(self.report, cell.span)
                yield f"{self._name(cell)} {self.page.printed(cell)}  {place}"

    def _decided(self) -> Iterator[Text]:
        """What people decided about it, and what it was before."""
        finding, entry, say = self.finding, self.finding.decision, self.page.say
        if finding.since is not None and finding.since.state == "changed":
            yield from self._note("before", finding.since.equation)
        if entry is not None:
            told = say("decision.told", by=entry.by, when=entry.when, why=entry.why)
            if finding.reopened:
                told = say("decision.was", decision=say(f"decision.{entry.verdict}"), told=told)
            yield from self._note("reopened" if finding.reopened else "disputed", told)
            if finding.reopened and entry.equation:
                yield from self._note("before", entry.equation)
        if self.page.verbose:
            yield from self._note("fingerprint", finding.fingerprint)

    def _note(self, name: str, told: str | Said, style: str = "") -> Iterator[Text]:
        words = told if isinstance(told, str) else self.page.say.of(told)
        head = Text.assemble(" " * INDENT, (self.page.say(f"note.{name}"), "dim"))
        head.pad_right(INDENT + max(cell_len(self.page.say(key)) for key in _NOTES) + 2 - head.cell_len)
        yield from self.page.paragraph(self.page.text(words, style), head)

    def _repairs(self) -> Iterator[Text]:
        """The repair that stands out, and its rivals; or all that are equally good. Of the rivals their number, if short."""
        ranks: dict[int, list[Suspect]] = {}
        for suspect in self.finding.suspects:
            ranks.setdefault(suspect.rank, []).append(suspect)
        found = list(ranks.values())
        if not found:
            return
        best = [changes for changes in found if rank(changes[0].slip) == rank(found[0][0].slip)]
        if len(best) > 1:
            best = best if self.page.verbose else best[:_REPAIRS]
            told = self.page.say("report.comma").join(map(self._changes, best))
            yield from self._note("suspect", self.page.say("note.doubt", changes=told), "computed")
        else:
            yield from self._note("suspect", self._repair(best[0]), "computed")
        if self.page.verbose:
            for changes in found[len(best) :]:
                yield from self._note("rival", self._repair(changes))
        elif others := len(found) - len(best):
            yield from self._note("rival", self.page.say("note.rivals", n=others))

    def _repair(self, changes: Sequence[Suspect]) -> str:
        """`total 61 → 60 (one digit) would repair R02, R03`, and where to look."""
        page = self.page
        # Who wants to know which instances of a rule are meant asks for every detail.
        rules = dict.fromkeys(name if page.verbose else name.partition(".")[0] for name in changes[0].explains)
        places = (page.place(self.report, self.report.observations[c.operand].span) for c in changes)
        return page.say(
            "note.repair",
            change=self._changes(changes),
            pattern=page.say.of(changes[0].pattern),
            rules=page.say("report.comma").join(rules),
            place=page.say("report.comma").join(places),
        )

    def _changes(self, changes: Sequence[Suspect]) -> str:
        """`total 61 → 60 and natural persons 12 → 11`."""
        page, told = self.page, []
        for change in changes:
            cell = self.report.observations[change.operand]
            printed = page.number(change.value) if cell.state == "value" else page.printed(cell)
            told.append(f"{self._name(cell)} {printed} {page.glyphs.arrow} {page.number(change.repair)}")
        return page.say("note.and").join(told)

    def _name(self, cell: Observation) -> str:
        """What a cell is called: by the registry, which names its row and column; by the report otherwise."""
        known = self.page.labels.label(cell.path, self.page.say.lang)
        return known if cell.column or not cell.label.strip() else cell.label.strip()


class _Brief(Struct):
    """A remark in one line: rule, message, equation, place."""

    page: Page
    report: Report
    finding: Finding

    def lines(self) -> Iterator[Text]:
        """The line, wrapped where the terminal is narrow."""
        page, finding = self.page, self.finding
        body = page.text(page.say.of(finding.message))
        if compares(finding):
            body.append("  " + page.shown(finding.equation), STYLES["figure"])
        if finding.span is not None:
            body.append("  " + page.place(self.report, finding.span), STYLES["faint"])
        if (entry := finding.decision) is not None and finding.accepted:
            told = page.say("decision.told", by=entry.by, when=entry.when, why=entry.why)
            body.append("  " + page.shown(page.say("decision.kept", told=told)), STYLES["good"])
        yield from page.paragraph(body, _badge(page, finding), page.width)


class _Summary(Struct):
    """What all files come to: a line a file, the totals, and what could not be read."""

    page: Page
    tallies: Sequence[Tally]
    errors: Sequence[GoujiError]
    closing: Closing
    crossing: Crossing | None = None
    compared: bool = False

    def lines(self) -> Iterator[Text]:
        """The summary."""
        page, say = self.page, self.page.say
        yield from page.rule(say("summary.title"))
        kinds = (*reversed(SEVERITIES), "undecided", "good")
        heads = [say(f"summary.{kind}") for kind in kinds]
        # Words where a file name has room beside them, else the signs that stand at the findings.
        if sum(cell_len(head) + 2 for head in heads) + 24 > page.width:
            heads = [getattr(page.glyphs, kind) for kind in kinds]
        rows = [(tally.source, tally.numbers()) for tally in self.tallies if not self.compared]
        if (crossing := self.crossing) is not None and (crossing.findings or crossing.verdicts.passed):
            rows.append((say("cross.title"), Tally.between(crossing).numbers()))
        total = tuple(map(sum, zip(*(numbers for _, numbers in rows), strict=True))) or (0,) * 5
        widths = [max(cell_len(head), len(str(n))) for head, n in zip(heads, total, strict=True)]
        if rows:
            line = Text(" ")
            for head, width in zip(heads, widths, strict=True):
                line.append(" " * (width + 1 - cell_len(head)) + head + " ", "dim")
            yield line
        for name, numbers in rows:
            yield self._row(numbers, widths, name)
        if len(rows) > 1:
            yield Text("  " + page.glyphs.light * (sum(widths) + 2 * len(widths) - 2), "dim")
            yield self._row(total, widths, say("summary.total", n=len(self.tallies)))
        if self.errors:
            yield from page.paragraph(page.text(say("summary.unreadable", n=len(self.errors)), "error"), 2)
            for error in self.errors:
                told = f"{error.source}: {say.of(error.problem)}"
                yield from page.paragraph(page.text(told), INDENT)
        yield from self._kept()
        accepted = sum((tally.accepted for tally in self.tallies), Counter[str]())
        if self.crossing is not None:
            accepted += Tally.between(self.crossing).accepted
        if accepted:
            yield from page.paragraph(page.text(say("summary.accepted", n=accepted.total())), 2)
        must, should = (n - accepted[kind] for n, kind in zip(total, ("error", "warning"), strict=False))
        yield from page.paragraph(self._conclusion((must, should, *total[2:]), accepted.total()), 2)

    def _kept(self) -> Iterator[Text]:
        """What became of the findings of an earlier check, and decisions that fit nothing."""
        page, say, closing = self.page, self.page.say, self.closing
        if closing.known is not None:
            told = say("summary.compared", known=closing.known, fixed=len(closing.fixed))
            yield from page.paragraph(page.text(told), 2)
        for fixed in closing.fixed:
            place = f"{page.glyphs.good} {fixed.rule}  {fixed.message}  {fixed.equation}  {page.file(fixed.source)}"
            yield from page.paragraph(page.text(place, "good"), INDENT)
        if closing.unused:
            yield from page.paragraph(page.text(say("summary.unused", n=len(closing.unused)), "warning"), 2)
        for entry in closing.unused:
            told = say("decision.unused_entry", fingerprint=entry.fingerprint, rule=entry.rule, why=entry.why)
            yield from page.paragraph(page.text(f"{entry.where}: {told}"), INDENT)

    def _row(self, numbers: Sequence[int], widths: Sequence[int], name: str) -> Text:
        line = Text(" ")
        for severity, number, width in zip((*reversed(SEVERITIES), "undecided", "good"), numbers, widths, strict=True):
            line.append(f" {number:>{width}} ", STYLES[severity] if number else "dim")
        line.append(" ")
        line.append(self.page.file(name, self.page.width - line.cell_len))
        return line

    def _conclusion(self, total: Sequence[int], accepted: int) -> Text:
        page = self.page
        if total[0]:
            return page.text(f"{page.glyphs.error} {page.say('summary.must', n=total[0])}", "error")
        if total[1]:
            told = "summary.should" if self.closing.known is None else "summary.should_new"
            return page.text(f"{page.glyphs.warning} {page.say(told, n=total[1])}", "warning")
        if self.errors:
            return page.text(page.say("summary.some_unread" if self.tallies else "summary.none_read"), "warning")
        if total[3]:
            return page.text(f"{page.glyphs.undecided} {page.say('summary.open', n=total[3])}", "undecided")
        if not sum(total) and not accepted and self.closing.known is None:
            return page.text(f"{page.glyphs.undecided} {page.say('summary.no_rule')}", "undecided")
        if accepted:
            return page.text(f"{page.glyphs.good} {page.say('summary.all_accepted', n=accepted)}", "good")
        told = "summary.remarks_only" if total[2] else "summary.clean"
        if self.closing.known is not None:
            told = "summary.remarks_new" if total[2] else "report.nothing_new"
        return page.text(f"{page.glyphs.good} {page.say(told)}", "good")


def _badge(page: Page, finding: Finding) -> Text:
    """How serious a finding is, and of which rule."""
    return page.badge(finding.severity, finding.verdict, finding.rule)
