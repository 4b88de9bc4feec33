"""How an anomaly looks on a page: one renderable a kind, all made of quotations and ledgers.

A `Ledger` is what a clerk writes on the margin: the parts, a line, what they give, what is printed, the difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from gouji.findings import Finding, Term
from gouji.records import Number, Observation, Report
from gouji.reporters import plain
from gouji.reporters.page import INDENT, SIDE_BY_SIDE, STYLES, Page
from gouji.slips import rank
from gouji.spans import Span
from gouji.values import Struct

_RELATION = re.compile(r"!=|<=|>=|[≟≠<>≤≥]")
# What figures give, which is none of them, against what is stated: (120 - 100) / 100 = 20% ≠ 30%.
_DERIVED = re.compile(r"[^;]* [-+×/] [^;]* = (-?[\d.]+)(%?) ([≠<>≤≥]) (-?[\d.]+)(%?)")
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "≤": "≥", "≥": "≤"}
_STOP = re.compile(r"[\d,，、;；:：。]")
TOTAL = "total"
# So many parts are shown one by one; of more, those that are zero or blank share a line.
_SHORT = 8


class Figure(Struct):
    """A figure that contributes to a finding, as it is shown."""

    term: Term
    number: str
    label: str
    span: Span | None
    observation: Observation | None

    @property
    def source(self) -> str:
        """Where it comes from: table, narrative, chart; "" for a constant."""
        return self.observation.source if self.observation else "narrative" if self.span else ""

    @property
    def nothing(self) -> bool:
        """Whether it adds nothing: zero, blank, not applicable."""
        return not self.term.value


class Entry(Struct):
    """A line of a ledger: one number a column, what it is, where it stands. No numbers: a line is drawn."""

    sign: str = ""
    numbers: tuple[str, ...] = ()
    label: str = ""
    place: str = ""
    style: str = ""
    marked: bool = False


class Ledger(Struct):
    """Numbers in columns, each line with its label and place; numbers are never cut, labels wrap."""

    page: Page
    entries: tuple[Entry, ...]
    heads: tuple[str, ...] = ()
    indent: int = INDENT

    def lines(self, room: int) -> Iterator[Text]:
        """The ledger in `room` cells."""
        count = max((len(entry.numbers) for entry in self.entries), default=0)
        heads = self.heads if len(self.heads) == count else ()
        if heads and self.indent + sum(map(cell_len, heads)) + 3 * count > room // 2:
            # Heads that would leave the labels no room stand in a line of their own.
            yield from self.page.paragraph(Text(" / ".join(heads), STYLES["faint"]), self.indent, room)
            heads = ()
        cells = [heads, *(entry.numbers for entry in self.entries)]
        columns = _Columns.fitting(
            [max(cell_len(row[i]) for row in cells if i < len(row)) for i in range(count)],
            max((cell_len(entry.label) for entry in self.entries), default=0),
            max((cell_len(entry.place) for entry in self.entries), default=0),
            self.indent,
            room,
        )
        if heads:
            yield Text.assemble(" " * (self.indent + 2), (columns.row(heads), "dim"))
        for entry in self.entries:
            if entry.numbers or entry.label:
                yield from self._entry(entry, columns)
            else:
                yield Text(" " * self.indent + self.page.glyphs.light * (columns.left - self.indent - 2), "dim")

    def _entry(self, entry: Entry, columns: _Columns) -> Iterator[Text]:
        style = STYLES.get(entry.style, entry.style)
        line = Text(" " * self.indent + f"{entry.sign:<2}", style)
        row = columns.row(entry.numbers, entry.marked)
        line.append(row[: columns.first], style or STYLES["figure"])
        line.append(row[columns.first :], style or "dim")
        for i, label in enumerate(plain.wrap(entry.label, columns.label, cell_len) or [""]):
            if i:
                yield line
                line = Text(" " * columns.left)
            line.append(label, style)
            if i == 0 and columns.beside:
                line.append(" " * (columns.left + columns.label + 2 - line.cell_len))
                line.append(entry.place, STYLES["faint"])
        yield line
        if entry.place and not columns.beside:
            yield Text(" " * min(columns.left, max(0, columns.room - cell_len(entry.place))) + entry.place, "dim")


class _Columns(Struct):
    """Where things stand in a ledger: the width of each column of numbers, of labels, and what is left of them."""

    numbers: tuple[int, ...]
    left: int
    label: int
    beside: bool
    room: int

    @classmethod
    def fitting(cls, numbers: Sequence[int], label: int, place: int, indent: int, room: int) -> _Columns:
        """Columns for so wide numbers, labels and places; places go below where labels would suffer."""
        left = indent + 2 + sum(width + 3 for width in numbers)
        beside = min(label, room - left - place - 2)
        if beside >= min(label, 24):
            return cls(tuple(numbers), left, beside, True, room)
        return cls(tuple(numbers), left, max(8, min(label, room - left)), False, room)

    @property
    def first(self) -> int:
        """The width of the first column with its margins."""
        return self.numbers[0] + 3 if self.numbers else 0

    def row(self, cells: Sequence[str], marked: bool = False) -> str:
        """Numbers set right, each with room for brackets; those of the first one are drawn if it is marked."""
        row = ""
        for i, width in enumerate(self.numbers):
            cell = cells[i] if i < len(cells) else ""
            boxed = f"[{cell}]" if marked and i == 0 else f" {cell} "
            row += " " * (width - cell_len(cell)) + boxed + " "
        return row


class Anomaly:
    """What every kind of anomaly shares: the finding, its figures, and the page."""

    def __init__(self, page: Page, report: Report, finding: Finding, figures: tuple[Figure, ...]) -> None:
        self.page = page
        self.report = report
        self.finding = finding
        self.figures = figures
        self.file_room: int | None = None  # how wide the name of the file may be beside a figure

    def lines(self, room: int) -> Iterator[Text]:
        """The body: what is printed, what the parts give, the difference."""
        yield from self.quotes(self.figures, room)
        yield from Ledger(self.page, tuple(self.entries()), self.heads()).lines(room)

    def entries(self) -> Iterator[Entry]:
        """The lines of the ledger; none unless the kind of anomaly has some."""
        yield from ()

    def heads(self) -> tuple[str, ...]:
        """What stands above the columns of the ledger, if there are several."""
        return ()

    def numbers(self, figure: Figure) -> tuple[str, ...]:
        """The numbers of one figure's line: its own, and whatever stands beside it."""
        return (figure.number,)

    def sums(self, figures: Sequence[Figure], total: Number | None) -> tuple[str, ...]:
        """The numbers of the line below `figures`."""
        return (self.page.number(total),)

    def side(self, name: str) -> tuple[Figure, ...]:
        """The figures of one side of the equation."""
        return tuple(figure for figure in self.figures if figure.term.side == name)

    def quotes(self, figures: Iterable[Figure], room: int) -> Iterator[Text]:
        """The sentences that hold `figures`; of a table its ledger tells as much, unless all is wanted."""
        wanted = [f for f in figures if f.source != "table" or (self.page.verbose and self._in_words(f))]
        spans = [figure.span for figure in wanted if figure.span]
        if self.finding.span and not any(figure.span for figure in self.figures):
            # What is counted is no figure: the words that say so are shown.
            spans = [self.finding.span]
        yield from self.page.quote(self.report, spans, room)

    def _in_words(self, figure: Figure) -> bool:
        """Whether the source line of a table cell holds more than the cell."""
        if figure.span is None:
            return False
        document = self.report.document
        line = document.line_text(document.lines.position(figure.span.start)[0])
        return bool(re.search(r"\w", line.replace(figure.number, "", 1)))

    def exact(self) -> bool:
        """Whether every figure is one number, so that differences can be told."""
        return all(f.observation is None or f.observation.low == f.observation.high for f in self.figures)

    def relation(self) -> str:
        """The sign between left and right as it came out: 497 ≠ 495, 11 > 0."""
        # Signs before a number belong to it (≥13); that between the sides has blanks around it.
        signs = [word for word in self.finding.equation.split() if _RELATION.fullmatch(word)]
        return self.page.shown(signs[0] if signs else "≠" if self.finding.delta else "=")

    def suspected(self, figure: Figure) -> bool:
        """Whether this figure is one of those that most plausibly are wrong."""
        suspects = self.finding.suspects
        return figure.term.operand in {s.operand for s in suspects if rank(s.slip) == rank(suspects[0].slip)}

    def entry(self, figure: Figure, sign: str = "", style: str = "", marked: bool = False) -> Entry:
        """The line of one figure."""
        place = self.page.place(self.report, figure.span, self.file_room)
        marked = marked or self.suspected(figure)
        return Entry(sign, self.numbers(figure), figure.label, place, style, marked)

    def limit(self, value: Number | None, sign: str) -> Entry:
        """The line of a side that no figure stands for: a constant of the rule."""
        return Entry(sign, (self.page.number(value),), self.page.say("anomaly.limit"), style="printed")

    def difference(self) -> Iterator[Entry]:
        """The last line of a ledger, where there is a difference to tell."""
        if self.finding.delta and self.exact():
            number = self.page.difference(self.finding.delta)
            yield Entry(self.page.glyphs.difference, (number,), self.page.say("anomaly.difference"), style="error")

    def total(self, figures: Sequence[Figure], total: Number | None) -> Number | None:
        """What a side comes to; of a text that may not name all parts, what it names."""
        known = [figure.term.sign * figure.term.value for figure in figures if figure.term.value is not None]
        return sum(known) if total is None and len(known) == len(figures) and self.exact() else total

    def addition(self, figures: Sequence[Figure], total: Number | None, sign: str = "=") -> Iterator[Entry]:
        """Figures under one another, a line, their sum; `sign` compares it with a sum above."""
        shown = [f for f in figures if self.page.verbose or len(figures) <= _SHORT or not f.nothing]
        for i, figure in enumerate(shown):
            # A number that is negative brings its sign.
            plus = "+" if i and not figure.number.startswith("-") else ""
            yield self.entry(figure, "-" if figure.term.sign < 0 else plus)
        if hidden := len(figures) - len(shown):
            yield Entry(label=self.page.say("anomaly.zeros", n=hidden), style="faint")
        yield Entry()
        style = "computed" if sign == "=" else "printed"
        yield Entry(sign, self.sums(figures, total), self.page.say("anomaly.sum"), style=style)


class Listing(Anomaly):
    """Figures that belong together although none is made up of the others: one under the other."""

    def entries(self) -> Iterator[Entry]:
        """A line for each."""
        return map(self.entry, self.figures)


class Bound(Anomaly):
    """Two figures of which one must not exceed, or must equal, the other: two lines and the difference."""

    def entries(self) -> Iterator[Entry]:
        """The two figures, one under the other."""
        for figure in self.side("left"):
            yield self.entry(figure, style="printed")
        for figure in self.side("right"):
            yield self.entry(figure, self.relation(), "printed")
        if not self.side("right") and self.finding.right is not None:
            yield self.limit(self.finding.right, self.relation())
        yield from self.difference()


class Derived(Anomaly):
    """What figures give against what is stated of them: the figures, then the two that are compared."""

    def entries(self) -> Iterator[Entry]:
        """The figures one under the other, a line, what they give, what is stated; the place of that if it is known."""
        match = _derived(self.finding)
        assert match is not None
        given, stated = (f"{number}{unit}" for number, unit in (match.group(1, 2), match.group(4, 5)))
        # A share is a figure of the text; a growth stands in its words only.
        shares = self.side("left") if self.finding.left == Decimal(match[4]) else ()
        for figure in self.figures:
            if figure not in shares:
                yield self.entry(figure)
        if not self.side("right") and self.finding.right is not None:
            # What was there last year is not printed where the difference is.
            yield Entry("", (self.page.number(self.finding.right),), self.page.say("anomaly.inferred"))
        yield Entry()
        yield Entry("=", (self.page.shown(given),), self.page.say("anomaly.derived"), style="computed")
        for figure in shares:
            yield self.entry(figure._replace(number=stated), self.relation(), "printed")
        if not shares:
            yield Entry(self.relation(), (stated,), self.page.say("anomaly.stated"), style="printed")


class Sum(Anomaly):
    """Parts that do not give the printed total; also two sums that differ."""

    def entries(self) -> Iterator[Entry]:
        """The addition as a clerk does it, the printed total below it."""
        left, right, relation = self.side("left"), self.side("right"), self.relation()
        totals = self.total(left, self.finding.left), self.total(right, self.finding.right)
        if len(left) <= 1 < len(right):
            left, right, relation = right, left, _FLIPPED.get(relation, relation)
            totals = totals[1], totals[0]
        yield from self.addition(left, totals[0])
        if len(right) > 1:
            yield Entry(label=" ")
            yield from self.addition(right, totals[1], relation)
        elif right:
            yield self.entry(right[0], relation, "printed", marked=not self.finding.suspects)
        else:
            yield self.limit(totals[1], relation)
        yield from self.difference()


class Column(Sum):
    """A column of a form table that does not add up: its rows, with the table's total column as a margin."""

    def heads(self) -> tuple[str, ...]:
        """The column in question and the total column; none for a table whose only column is that of the values."""
        cells = [figure.observation for figure in self.figures if figure.observation]
        labels = [
            self.page.labels.label(cell.path, self.page.say.lang).rpartition(" / ")
            for cell in (cells[0], self._margin(cells[0]))
            if cell is not None
        ]
        if len({self._column(cell) for cell in cells}) > 1:
            return ()
        return tuple(self.page.shown(column) for row, _, column in labels if row)

    def _column(self, cell: Observation) -> str:
        return self.page.labels.label(cell.path, self.page.say.lang).rpartition(" / ")[2]

    def numbers(self, figure: Figure) -> tuple[str, ...]:
        """The cell and the total of its row."""
        margin = self._margin(figure.observation)
        return (figure.number,) if margin is None else (figure.number, self.page.printed(margin))

    def sums(self, figures: Sequence[Figure], total: Number | None) -> tuple[str, ...]:
        """The computed sum of the column and of the total column."""
        cells = [(figure.term.sign, self._margin(figure.observation)) for figure in figures]
        known = [sign * cell.value for sign, cell in cells if cell is not None and cell.value is not None]
        return (self.page.number(total), *([self.page.number(sum(known))] if known else []))

    def _margin(self, cell: Observation | None) -> Observation | None:
        """The cell of the total column in the row of `cell`; none when the finding is about that column."""
        if cell is None or cell.column == TOTAL:
            return None
        return next((o for o in self.report if o.table == cell.table and o.row == cell.row and o.column == TOTAL), None)


class Strip(Anomaly):
    """A row of a form table that does not add up: the row as it is printed, with the computed sum as a margin."""

    def lines(self, room: int) -> Iterator[Text]:
        """The row as printed; where it is too wide, its cells under one another."""
        cells = [*self._cells()]
        widths = [max(map(cell_len, cell[:3])) for cell in cells]
        if INDENT + sum(widths) + 2 * len(widths) > room:
            named = tuple(figure._replace(label=self._head(figure)) for figure in self.figures)
            if len({figure.observation.label for figure in self.figures if figure.observation}) == 1:
                yield from self.page.paragraph(self.page.text(self.figures[0].label))
            yield from Sum(self.page, self.report, self.finding, named).lines(room)
            return
        place = self.page.place(self.report, self.figures[0].span)
        yield from Ledger(self.page, (Entry(label=self.figures[0].label, place=place),), indent=INDENT - 2).lines(room)
        for part in range(3):
            line = Text(" " * INDENT)
            for cell, width in zip(cells, widths, strict=True):
                style = cell[3] if part == 1 else "faint"
                line.append(" " * (width - cell_len(cell[part])) + cell[part], STYLES[style])
                line.append("  ")
            yield line

    def _cells(self) -> Iterator[tuple[str, str, str, str]]:
        """(column, number, line:column, style) of every cell, then of the margin and of the printed total."""
        parts, printed, total = self.side("left"), self.side("right"), self.finding.left
        if len(parts) == 1:
            parts, printed, total = printed, parts, self.finding.right
        for figure in parts:
            marked = self.suspected(figure)
            number = f"[{figure.number}]" if marked else figure.number
            yield self._head(figure), number, self._spot(figure), "printed" if marked else "figure"
        yield self.page.say("anomaly.margin"), f"= {self.page.number(total)}", "", "computed"
        for figure in printed:
            marked = self.suspected(figure) or not self.finding.suspects
            number = f"[{figure.number}]" if marked else figure.number
            yield self._head(figure), f"{self.relation()} {number}", self._spot(figure), "printed"

    def _head(self, figure: Figure) -> str:
        path = figure.observation.path if figure.observation else ""
        return self.page.shown(self.page.labels.label(path, self.page.say.lang).rpartition(" / ")[2])

    def _spot(self, figure: Figure) -> str:
        return self.page.spot(self.report.document.place(figure.span)) if figure.span else ""


class Sides(Anomaly):
    """What the text says against what the table says: side by side where there is room."""

    def lines(self, room: int) -> Iterator[Text]:
        """Two panels, then both values with the difference."""
        panels = self.side("left"), self.side("right")
        if room >= SIDE_BY_SIDE:
            gap = f" {self.page.glyphs.bar} "
            half = (room - len(gap)) // 2
            # Below its label, if not beside it, a place keeps within its panel.
            self.file_room = half // 2
            left, right = ([*self._panel(panel, half)] for panel in panels)
            for a, b in zip_longest(left, right, fillvalue=Text()):
                yield Text.assemble(a, " " * (half - a.cell_len), (gap, "dim"), b)
        else:
            for panel in panels:
                yield from self._panel(panel, room)
        line = Text(" " * INDENT)
        told = f"{self.page.number(self.finding.left)} {self.relation()} {self.page.number(self.finding.right)}"
        # Two figures are all that the equation holds, with bounds and units where they matter.
        told = self.page.shown(self.finding.equation.partition(";")[0]) if len(self.figures) == 2 else told
        line.append(told, STYLES["printed"])
        if self.finding.delta and self.exact():
            delta = self.page.difference(self.finding.delta)
            line.append(f"  {self.page.glyphs.difference} {delta}", STYLES["error"])
        yield line

    def _panel(self, figures: tuple[Figure, ...], room: int) -> Iterator[Text]:
        yield Text.assemble(" " * (INDENT - 2), (self.page.say(f"source.{figures[0].source}"), STYLES["title"]))
        yield from self.quotes(figures, room)
        total = self.finding.left if figures[0].term.side == "left" else self.finding.right
        entries = [self.entry(figures[0])] if len(figures) == 1 else [*self.addition(figures, total)]
        yield from Ledger(self.page, tuple(entries)).lines(room)


class Remark(Anomaly):
    """Something to say that is no comparison of figures: the place itself is shown."""

    def lines(self, room: int) -> Iterator[Text]:
        """The words in question."""
        yield from self.quotes(self.figures, room)


def compares(finding: Finding) -> bool:
    """Whether the equation of a finding tells more than a number."""
    return "=" in finding.equation or _RELATION.search(finding.equation) is not None


def anomaly(page: Page, report: Report, finding: Finding) -> Anomaly:
    """The renderable that fits a finding."""
    figures = tuple(_figure(page, report, term) for term in finding.terms)
    return _kind(finding, figures)(page, report, finding, figures)


def _kind(finding: Finding, figures: tuple[Figure, ...]) -> type[Anomaly]:
    left = [figure for figure in figures if figure.term.side == "left"]
    right = [figure for figure in figures if figure.term.side == "right"]
    if not left:
        return Remark
    if _derived(finding):
        return Derived
    if not right and finding.right is None:
        return Listing
    if not (_adds_up(finding, left, finding.left) and _adds_up(finding, right, finding.right if right else None)):
        return Listing
    sources = [{figure.source for figure in side} for side in (left, right)]
    if right and "" not in sources[0] | sources[1] and not sources[0] & sources[1]:
        return Sides
    if len(left) == 1 and len(right) <= 1:
        return Bound
    cells = [figure.observation for figure in figures]
    if len({cell and cell.table for cell in cells}) == 1 and cells[0] is not None and cells[0].table is not None:
        rows, columns = {cell and cell.row for cell in cells}, {cell and cell.column for cell in cells}
        if len(rows) == 1 and len(columns) > 1:
            return Strip
        if len(columns) == 1 and len(rows) > 1:
            return Column
    return Sum


def _derived(finding: Finding) -> re.Match[str] | None:
    """What the equation compares, where that is not what the sides of the finding hold."""
    match = _DERIVED.fullmatch(finding.equation)
    sides = (finding.left, finding.right)
    if match is None or None in sides or sides == (Decimal(match[1]), Decimal(match[4])):
        return None
    return match


def _adds_up(finding: Finding, figures: Sequence[Figure], value: Number | None) -> bool:
    """Whether a side of the equation is the plain sum of its figures: no share, no multiple, nothing beside them."""
    if value is None:
        return not re.search(" [/×] ", finding.equation)
    return sum(figure.term.sign * (figure.term.value or 0) for figure in figures) == value


def _figure(page: Page, report: Report, term: Term) -> Figure:
    if term.operand is not None:
        cell = report.observations[term.operand]
        own = page.shown(cell.label).strip(" :：\u3000") or page.shown(term.label)
        known = page.labels.label(cell.path, page.say.lang)
        # Who reads English gets both: the words to look for, and what they mean.
        label = (own or known) if page.say.lang == "zh" or not own else f"{own} ({known})"
        return Figure(term, page.printed(cell), label, cell.span, cell)
    if term.unbound is not None:
        stray = report.unbound[term.unbound]
        # The words before it, back to the last figure or stop, say what it counts.
        words = _STOP.split(report.document.text[stray.clause.start : stray.span.start])[-1]
        if term.label != stray.raw:
            words = term.label
        number = page.number(stray.value) + ("%" if stray.unit == "%" else "")
        return Figure(term, number, page.shown(words).strip() or page.shown(term.label), stray.span, None)
    return Figure(term, page.number(term.value), page.shown(term.label) or page.say("anomaly.limit"), None, None)
