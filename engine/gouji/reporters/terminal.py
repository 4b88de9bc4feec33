"""Reports on a terminal: a header, the anomalies as diffs, at last a summary over all files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from gouji.errors import GoujiError
from gouji.findings import SEVERITIES, Finding, Suspect, Verdicts
from gouji.records import Observation, Report
from gouji.reporters import NOTHING_MORE, Closing
from gouji.reporters.anomalies import Bound, Strip, anomaly, compares
from gouji.reporters.page import STYLES, Page
from gouji.reporters.summary import Summary
from gouji.reporters.tally import Tally, in_cases
from gouji.slips import rank
from gouji.values import Struct

_REPAIRS = 4  # how many repairs are told

if TYPE_CHECKING:
    from gouji.series import Crossing


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
            self.page.put(_Sheet(self.page, report, self.tallies[-1].known.total()).lines())

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
        self.page.put(Summary(self.page, self.tallies, self.errors, closing, self.crossing, self.compared).lines())


class _Sheet(Struct):
    """Everything about one report, of which `known` cases are as an earlier check had them."""

    page: Page
    report: Report
    known: int

    def lines(self) -> Iterator[Text]:
        """Header, anomalies with errors first, remarks, leftovers."""
        yield from self._header()
        ranked = sorted(self.report.findings, key=lambda f: (f.verdict != "fail", -SEVERITIES.index(f.severity)))
        cases = [*in_cases(ranked)] if not self.page.verbose else [[finding] for finding in ranked]
        remarks = []
        for leader, *followers in sorted(cases, key=lambda case: case[0].accepted):
            if leader.accepted or not self._serious(leader):
                remarks.append(_Brief(self.page, self.report, leader, followers))
            else:
                yield Text()
                yield from _Case(self.page, self.report, leader, followers).lines()
        if remarks:
            yield Text()
        for remark in remarks:
            yield from remark.lines()
        if ranked and self.known:
            yield Text()
            yield from self.page.paragraph(self.page.text(self.page.say("report.known", n=self.known), "faint"), 2)
        if not ranked:
            # Compared with an earlier check there may be findings that are not told again.
            verdicts = self.report.verdicts or Verdicts()
            if verdicts.failed + verdicts.undecided + verdicts.passed:
                told = "report.nothing_new" if verdicts.failed + verdicts.undecided else "report.clean"
                told = "report.nothing_new_known" if self.known else told
                words = self.page.say(told, n=self.known)
                yield from self.page.paragraph(self.page.text(f"{self.page.glyphs.good} {words}", "good"), 2)
            else:
                # Nothing passes by being empty.
                words = f"{self.page.glyphs.undecided} {self.page.say('report.no_rule')}"
                yield from self.page.paragraph(self.page.text(words, "undecided"), 2)
        yield from self._leftovers()
        yield Text()

    def _serious(self, finding: Finding) -> bool:
        """Whether a finding is shown in full."""
        return self.page.verbose or finding.severity != "info"

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
            yield from page.listed(line, f" {page.glyphs.info} ")

    def _leftovers(self) -> Iterator[Text]:
        page, report = self.page, self.report
        if report.unparsed:
            places = [report.document.place(piece.span) for piece in report.unparsed]
            if places[0].line is None:
                told = ("report.unparsed_places", "places", [page.spot(place._replace(cell=None)) for place in places])
            else:
                told = ("report.unparsed", "lines", [*dict.fromkeys(str(place.line) for place in places)])
            key, name, spots = told
            words = page.say(key, n=len(places), count=len(spots), **{name: page.say("report.comma").join(spots)})
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
            yield from page.note("instance", finding.instance)
        if compares(finding):
            yield from page.note("equation", finding.equation)
        for given in self._given():
            yield from page.note("assumption", given)
        for assumption in finding.assumptions:
            yield from page.note("assumption", assumption)
        yield from self._repairs()
        if finding.alternative:
            yield from page.note("alternative", finding.alternative)
        if finding.explanation:
            yield from page.note("explanation", finding.explanation)
        yield from self._decided(finding)
        for follower in self.followers:
            body = anomaly(page, self.report, follower)
            told = f"{follower.rule} {page.say.of(follower.message)}"
            # A long addition over again would bury the cause, and so would a remark: its equation is enough.
            short = isinstance(body, (Bound, Strip)) and follower.severity != "info"
            yield from page.note("follower", told if short else f"{told}  {follower.equation}")
            if short:
                yield from body.lines(page.width)
            yield from self._decided(follower)

    def _given(self) -> Iterator[str]:
        """The figures by which the rule applies, each with its place; of several those that are not 0."""
        cells = [self.report.observations[term.operand] for term in self.finding.given if term.operand is not None]
        for cell in cells:
            if cell.value or len(cells) == 1:
                place = self.page.place(self.report, cell.span)
                yield f"{self._name(cell)} {self.page.printed(cell)}  {place}"

    def _decided(self, finding: Finding) -> Iterator[Text]:
        """What people decided about one of its findings, and what that was before."""
        page, entry, say = self.page, finding.decision, self.page.say
        if finding.since is not None and finding.since.state == "changed":
            yield from page.note("before", finding.since.equation)
        if entry is not None:
            told = say("decision.told", by=entry.by, when=entry.when, why=entry.why)
            if finding.reopened:
                told = say("decision.was", decision=say(f"decision.{entry.verdict}"), told=told)
            yield from page.note("reopened" if finding.reopened else "disputed", told)
            if finding.reopened and entry.equation:
                yield from page.note("before", entry.equation)
        if self.page.verbose:
            yield from page.note("fingerprint", finding.fingerprint)

    def _repairs(self) -> Iterator[Text]:
        """The repair that stands out, and its rivals; or all that are equally good. Of the rivals their number, if short."""
        page = self.page
        ranks: dict[int, list[Suspect]] = {}
        for suspect in self.finding.suspects:
            ranks.setdefault(suspect.rank, []).append(suspect)
        found = list(ranks.values())
        if not found:
            return
        best = [changes for changes in found if rank(changes[0].slip) == rank(found[0][0].slip)]
        if len(best) > 1:
            best = best if page.verbose else best[:_REPAIRS]
            told = page.say("report.comma").join(map(self._changes, best))
            yield from page.note("suspect", page.say("note.doubt", changes=told), "computed")
        else:
            yield from page.note("suspect", self._repair(best[0]), "computed")
        if page.verbose:
            for changes in found[len(best) :]:
                yield from page.note("rival", self._repair(changes))
        elif others := len(found) - len(best):
            yield from page.note("rival", page.say("note.rivals", n=others))

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
    """A remark in one line: rule, message, equation, place; below it what has the same cause."""

    page: Page
    report: Report
    finding: Finding
    followers: Sequence[Finding] = ()

    def lines(self) -> Iterator[Text]:
        """The lines, wrapped where the terminal is narrow."""
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
        for follower in self.followers:
            told = f"{follower.rule} {page.say.of(follower.message)}"
            equation = f"  {follower.equation}" if compares(follower) else ""
            yield from page.note("follower", told + equation)


def _badge(page: Page, finding: Finding) -> Text:
    """How serious a finding is, and of which rule."""
    return page.badge(finding.severity, finding.verdict, finding.rule)
