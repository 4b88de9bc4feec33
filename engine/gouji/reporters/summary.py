"""The end of what a terminal shows: what all reports come to, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from gouji.errors import GoujiError
from gouji.reporters import Closing
from gouji.reporters.page import INDENT, STYLES, Page
from gouji.reporters.tally import KINDS, Tally, fixed_cases
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.series import Crossing

_NAME = 20  # cells that the name of a file must have beside its numbers
_STYLES = STYLES | {"known": STYLES["figure"], "failed": STYLES["figure"], "fixed": STYLES["good"]}


class Summary(Struct):
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
        tallies = [tally for tally in self.tallies if not self.compared]
        if (crossing := self.crossing) is not None and (
            crossing.findings or crossing.known or crossing.verdicts.passed
        ):
            tallies.append(Tally.between(crossing, say("cross.title")))
        total = Tally.total(tallies)
        if tallies:
            yield from self._table(tallies, total).lines()
        if self.errors:
            yield from page.paragraph(page.text(say("summary.unreadable", n=len(self.errors)), "error"), 2)
            for error in self.errors:
                told = f"{error.source}: {say.of(error.problem)}"
                yield from page.paragraph(page.text(told), INDENT)
        yield from self._since(total)
        if self.closing.unused:
            yield from page.paragraph(page.text(say("summary.unused", n=len(self.closing.unused)), "warning"), 2)
        for entry in self.closing.unused:
            told = say("decision.unused_entry", fingerprint=entry.fingerprint, rule=entry.rule, why=entry.why)
            yield from page.paragraph(page.text(f"{entry.where}: {told}"), INDENT)
        if accepted := total.accepted.total():
            yield from page.paragraph(page.text(say("summary.accepted", n=accepted)), 2)
        yield from page.paragraph(self._conclusion(total), 2)

    def _table(self, tallies: Sequence[Tally], total: Tally) -> Table:
        """A line a report: first the cases by kind, then what was there before, then the checks."""
        say = self.page.say
        checks = (say("summary.checks"), ("failed", "good"))
        groups = [(say("summary.cases"), KINDS), checks]
        if self.closing.known is not None:
            groups = [(say("summary.new_cases"), KINDS), ("", ("known", "fixed")), checks]
        fixed = Counter(case[0].source for case in fixed_cases(self.closing.fixed))

        def numbers(tally: Tally, gone: int) -> Mapping[str, int]:
            others = {"known": tally.known.total(), "fixed": gone, "failed": tally.failed, "good": tally.passed}
            return {name: tally.cases[name] for name in KINDS} | others

        rows = [(tally.source, numbers(tally, fixed[tally.source])) for tally in tallies]
        sums = (say("summary.total", n=len(self.tallies)), numbers(total, fixed.total()))
        return Table(self.page, groups, rows, sums)

    def _since(self, total: Tally) -> Iterator[Text]:
        """What became of the findings of an earlier check."""
        page, say, closing = self.page, self.page.say, self.closing
        if closing.known is None:
            return
        fixed = [*fixed_cases(closing.fixed)]
        told = say("summary.compared", new=total.cases.total(), known=total.known.total(), fixed=len(fixed))
        yield from page.paragraph(page.text(told), 2)
        for leader, *followers in fixed:
            rules = say("report.comma").join(dict.fromkeys(one.rule for one in (leader, *followers)))
            place = f"{page.glyphs.good} {rules}  {leader.message}  {leader.equation}  {page.file(leader.source)}"
            yield from page.paragraph(page.text(place, "good"), INDENT)
        errors, warnings = (total.remaining[severity] for severity in ("error", "warning"))
        if errors or warnings:
            told = say("summary.remaining", errors=errors, warnings=warnings)
            yield from page.paragraph(page.text(told, "error" if errors else "warning"), 2)

    def _conclusion(self, total: Tally) -> Text:
        page, say = self.page, self.page.say
        found = total.cases - total.accepted
        since = "" if self.closing.known is None else "_new"
        if n := found["error"]:
            checks = total.failing["error"]
            told = say(f"summary.must{since}" if checks == n else f"summary.must{since}_checks", n=n, checks=checks)
            return page.text(f"{page.glyphs.error} {told}", "error")
        if n := found["warning"]:
            return page.text(f"{page.glyphs.warning} {say(f'summary.should{since}', n=n)}", "warning")
        if self.errors:
            return page.text(say("summary.some_unread" if self.tallies else "summary.none_read"), "warning")
        if n := found["undecided"]:
            return page.text(f"{page.glyphs.undecided} {say('summary.open', n=n)}", "undecided")
        if not (total.cases or total.failed or total.passed or since):
            return page.text(f"{page.glyphs.undecided} {say('summary.no_rule')}", "undecided")
        if accepted := total.accepted.total():
            return page.text(f"{page.glyphs.good} {say('summary.all_accepted', n=accepted)}", "good")
        told = "summary.remarks_only" if found["info"] else "summary.clean"
        if since:
            told = "summary.remarks_new" if found["info"] else "report.nothing_new"
        return page.text(f"{page.glyphs.good} {say(told)}", "good")


class Table(Struct):
    """Numbers in groups of columns, each with its heads and a title above them, and a name behind each line.

    Heads are words where a name has room beside them, else the signs that stand at the findings, told below. A name
    that would be cut beyond recognition stands above its numbers.
    """

    page: Page
    groups: Sequence[tuple[str, Sequence[str]]]
    rows: Sequence[tuple[str, Mapping[str, int]]]
    sums: tuple[str, Mapping[str, int]]

    def lines(self) -> Iterator[Text]:
        """Titles, heads, rows, and their sums where there are several."""
        page = self.page
        names = [name for _, columns in self.groups for name in columns]
        words = [page.say(f"summary.{name}") for name in names]
        signs = [str(getattr(page.glyphs, name)) for name in names]
        fits = sum(cell_len(word) + 2 for word in words) + 2 * len(self.groups) + _NAME <= page.width
        heads = words if fits else signs
        places = self._places(names, heads)
        end = max(places.values())
        yield self._titles(places, dict(zip(names, heads, strict=True)))
        yield _set(((places[name], head, "dim") for name, head in zip(names, heads, strict=True)))
        for row in self.rows:
            yield from self._row(row, places, end)
        if len(self.rows) > 1:
            yield Text("  " + page.glyphs.light * (end - 2), "dim")
            yield from self._row(self.sums, places, end)
        if not fits:
            told = (f"{sign} {word}" for sign, word in zip(signs, words, strict=True))
            yield from page.listed(told, "  ", "faint")

    def _places(self, names: Sequence[str], heads: Sequence[str]) -> dict[str, int]:
        """Where each column ends; groups stand apart."""
        apart = {columns[0] for _, columns in self.groups[1:]}
        places, at = {}, 0
        for name, head in zip(names, heads, strict=True):
            at += 2 + 2 * (name in apart) + max(cell_len(head), len(str(self.sums[1][name])))
            places[name] = at
        return places

    def _titles(self, places: Mapping[str, int], heads: Mapping[str, str]) -> Text:
        line = Text(style="dim")
        for title, columns in self.groups:
            if title:
                first = columns[0]
                left = places[first] - max(cell_len(heads[first]), len(str(self.sums[1][first])))
                line.pad_right(max(left - line.cell_len, 2 if line.plain else 0))
                line.append(title)
        return line

    def _row(self, row: tuple[str, Mapping[str, int]], places: Mapping[str, int], end: int) -> Iterator[Text]:
        name, numbers = row
        told = ((places[key], str(numbers[key]), _STYLES[key] if numbers[key] else "dim") for key in places)
        line = _set(told)
        if self.page.width - end - 2 < _NAME:
            yield from self.page.paragraph(Text(self.page.file(name, self.page.width - 2)), 2)
            yield line
        else:
            yield Text.assemble(line, "  ", self.page.file(name, self.page.width - end - 2))


def _set(cells: Iterable[tuple[int, str, str]]) -> Text:
    """A line of words that end at their places."""
    line = Text()
    for end, told, style in cells:
        line.pad_right(end - cell_len(told) - line.cell_len)
        line.append(told, style)
    return line
