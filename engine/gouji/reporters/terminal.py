"""Reports on a terminal: a header, the anomalies as diffs, at last a summary over all files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, field, frozen
from rich.cells import cell_len
from rich.text import Text

from gouji.errors import GoujiError, Message
from gouji.findings import SEVERITIES, Finding, Suspect, Verdicts
from gouji.records import Report
from gouji.reporters.anomalies import Bound, Strip, anomaly, compares
from gouji.reporters.page import INDENT, STYLES, Page

if TYPE_CHECKING:
    from gouji.series import Crossing

_NOTES = tuple(
    f"note.{name}"
    for name in ("instance", "equation", "assumption", "suspect", "alternative", "explanation", "follower")
)


@define(eq=False, repr=False)
class Terminal:
    """Shows each report as it comes and a summary when all are done."""

    page: Page
    quiet: bool = False
    tallies: list[Tally] = field(factory=list)
    errors: list[GoujiError] = field(factory=list)
    crossing: Crossing | None = None

    def report(self, report: Report) -> None:
        """Show one report; only count it when quiet."""
        self.tallies.append(Tally.of(report))
        if not self.quiet:
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

    def finish(self) -> None:
        """Show the summary."""
        self.page.put(_Summary(self.page, self.tallies, self.errors, self.quiet, self.crossing).lines())


class Tally(NamedTuple):
    """How a report came out, in numbers."""

    source: str
    failed: Counter[str]
    undecided: int
    passed: int

    @classmethod
    def of(cls, report: Report) -> Tally:
        """The numbers of a checked report."""
        failed = Counter(finding.severity for finding in report.findings if finding.verdict == "fail")
        verdicts = report.verdicts or Verdicts()
        return cls(report.source, Counter(failed), verdicts.undecided, verdicts.passed)

    @classmethod
    def between(cls, crossing: Crossing) -> Tally:
        """The numbers of what was compared between reports."""
        failed = Counter(finding.severity for finding in crossing.findings if finding.verdict == "fail")
        return cls("", Counter(failed), crossing.verdicts.undecided, crossing.verdicts.passed)

    def numbers(self) -> tuple[int, ...]:
        """Errors, warnings, infos, undecided, held."""
        return (*(self.failed[severity] for severity in reversed(SEVERITIES)), self.undecided, self.passed)


@frozen(eq=False, repr=False)
class _Sheet:
    """Everything about one report."""

    page: Page
    report: Report

    def lines(self) -> Iterator[Text]:
        """Header, anomalies with errors first, remarks, leftovers."""
        yield from self._header()
        ranked = sorted(self.report.findings, key=lambda f: (f.verdict != "fail", -SEVERITIES.index(f.severity)))
        for finding, followers in self._causes([f for f in ranked if self._serious(f)]):
            yield Text()
            yield from _Case(self.page, self.report, finding, followers).lines()
        remarks = [f for f in ranked if not self._serious(f)]
        if remarks:
            yield Text()
        for finding in remarks:
            yield from _Brief(self.page, self.report, finding).lines()
        if not ranked:
            yield self.page.text(f"  {self.page.glyphs.good} {self.page.say('report.clean')}", "good")
        yield from self._leftovers()
        yield Text()

    def _serious(self, finding: Finding) -> bool:
        """Whether a finding is shown in full."""
        return self.page.verbose or (finding.verdict == "fail" and finding.severity != "info")

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
            lines = [str(report.document.place(piece.span).line) for piece in report.unparsed]
            places = page.say("report.comma").join(lines)
            yield Text()
            yield from page.paragraph(page.text(page.say("report.unparsed", n=len(lines), lines=places), "warning"), 2)
            if page.verbose:
                yield from page.quote(report, [piece.span for piece in report.unparsed], page.width)
        if report.unbound and page.verbose:
            yield Text()
            yield page.text("  " + page.say("report.unbound_list"), "faint")
            yield from page.quote(report, [stray.span for stray in report.unbound], page.width)


@frozen(eq=False, repr=False)
class _Case:
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
        for assumption in finding.assumptions:
            yield from self._note("assumption", assumption)
        for suspect in finding.suspects:
            yield from self._note("suspect", self._repair(suspect), "computed")
        if finding.alternative:
            yield from self._note("alternative", finding.alternative)
        if finding.explanation:
            yield from self._note("explanation", finding.explanation)
        for follower in self.followers:
            body = anomaly(page, self.report, follower)
            told = f"{follower.rule} {page.say.of(follower.message)}"
            # A long addition over again would bury the cause: its equation is enough.
            short = isinstance(body, (Bound, Strip))
            yield from self._note("follower", told if short else f"{told}  {follower.equation}")
            if short:
                yield from body.lines(page.width)

    def _note(self, name: str, told: str | Message, style: str = "") -> Iterator[Text]:
        words = told if isinstance(told, str) else self.page.say.of(told)
        head = Text.assemble(" " * INDENT, (self.page.say(f"note.{name}"), "dim"))
        head.pad_right(INDENT + max(cell_len(self.page.say(key)) for key in _NOTES) + 2 - head.cell_len)
        yield from self.page.paragraph(self.page.text(words, style), head)

    def _repair(self, suspect: Suspect) -> str:
        """`total 61 → 60 (one digit) would repair R02, R03`, and where to look."""
        page, cell = self.page, self.report.observations[suspect.operand]
        # Who wants to know which instances of a rule are meant asks for every detail.
        rules = dict.fromkeys(name if page.verbose else name.partition(".")[0] for name in suspect.explains)
        return page.say(
            "note.repair",
            change=f"{cell.label.strip()} {page.number(suspect.value)} {page.glyphs.arrow} {page.number(suspect.repair)}",
            pattern=page.say.of(suspect.pattern),
            rules=page.say("report.comma").join(rules),
            place=page.place(self.report, cell.span),
        )


@frozen(eq=False, repr=False)
class _Brief:
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
        yield from page.paragraph(body, _badge(page, finding), page.width)


@frozen(eq=False, repr=False)
class _Summary:
    """What all files come to: a line a file, the totals, and what could not be read."""

    page: Page
    tallies: Sequence[Tally]
    errors: Sequence[GoujiError]
    quiet: bool
    crossing: Crossing | None = None

    def lines(self) -> Iterator[Text]:
        """The summary."""
        page, say = self.page, self.page.say
        yield from page.rule(say("summary.title"))
        kinds = (*reversed(SEVERITIES), "undecided", "good")
        heads = [say(f"summary.{kind}") for kind in kinds]
        # Words where a file name has room beside them, else the signs that stand at the findings.
        if sum(cell_len(head) + 2 for head in heads) + 24 > page.width:
            heads = [getattr(page.glyphs, kind) for kind in kinds]
        rows = [(tally.source, tally.numbers()) for tally in self.tallies]
        if (crossing := self.crossing) is not None and (crossing.findings or crossing.verdicts.passed):
            rows.append((say("cross.title"), Tally.between(crossing).numbers()))
        total = tuple(map(sum, zip(*(numbers for _, numbers in rows), strict=True))) or (0,) * 5
        widths = [max(cell_len(head), len(str(n))) for head, n in zip(heads, total, strict=True)]
        if self.tallies:
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
        yield from page.paragraph(self._conclusion(total), 2)

    def _row(self, numbers: Sequence[int], widths: Sequence[int], name: str) -> Text:
        line = Text(" ")
        for severity, number, width in zip((*reversed(SEVERITIES), "undecided", "good"), numbers, widths, strict=True):
            line.append(f" {number:>{width}} ", STYLES[severity] if number else "dim")
        line.append(" ")
        line.append(self.page.file(name, self.page.width - line.cell_len))
        return line

    def _conclusion(self, total: Sequence[int]) -> Text:
        page = self.page
        if total[0]:
            return page.text(f"{page.glyphs.error} {page.say('summary.must', n=total[0])}", "error")
        if total[1]:
            return page.text(f"{page.glyphs.warning} {page.say('summary.should', n=total[1])}", "warning")
        if self.errors:
            return page.text(page.say("summary.some_unread" if self.tallies else "summary.none_read"), "warning")
        told = "summary.remarks_only" if total[2] else "summary.clean"
        return page.text(f"{page.glyphs.good} {page.say(told)}", "good")


def _badge(page: Page, finding: Finding) -> Text:
    """How serious a finding is, and of which rule."""
    return page.badge(finding.severity, finding.verdict, finding.rule)
