"""Tables that no grammar need know, taken apart: label and values of each row, columns by kind, ordinals, indentation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gouji.canonical import Canonical, canonicalise
from gouji.document import Document, Table
from gouji.layouts import plain
from gouji.patterns import Pattern
from gouji.pipeline import Engine
from gouji.quantities import DIGITS_LIMIT, cell
from gouji.workbench.columns import Grid, aligned, is_code
from gouji.workbench.draftwords import DraftWords

ROWS_LIMIT = 400
"""Rows of a table that is taken apart: forms are shorter, and what is longer is a list."""
COLUMNS_LIMIT = 60
UNIT_LENGTH = 5
SPARSE = 0.05
"""Cells that a column of figures has filled at least, over all tables of a form."""
FIGURES = ("cumulative", "previous", "change", "total", "current")
"""Heads that promise figures."""

_HAN = "一二三四五六七八九十"
_PART = re.compile(r"其中[::]?")
_ORDINAL = re.compile(
    rf"(?P<han>[{_HAN}]{{1,3}})[、.:]|\((?P<han_in>[{_HAN}]{{1,3}})\)|(?P<arabic>\d{{1,2}})[.、:](?!\d)"
    r"|\((?P<arabic_in>\d{1,2})\)|(?P<half>\d{1,2})\)|(?P<circled>[\u2460-\u2473])|(?P<bare>\d{1,2})(?=[\u4e00-\u9fff])"
)
_RANKS = {"han": 1, "han_in": 2, "arabic": 3, "bare": 3, "arabic_in": 4, "half": 4, "circled": 5}
_CODE = re.compile(r"[A-Za-z]?\d[\d.-]{0,11}")


class Ordinal(NamedTuple):
    """The number in front of a label: `rank` grows with the depth at which such ordinals usually stand."""

    rank: int
    number: int
    style: str


class SheetRow(NamedTuple):
    """One row: canonical label without its ordinal, cells behind it, what tells its depth.

    `part` says that 其中 stands in front; `indent` is in columns of a terminal. `line` is that of the source, `code` what
    stands in a cell of its own in front of the label.
    A cell that is merged over several rows is a row of its own (`spanning`) above them; `depth` counts those that a
    row stands beside.
    """

    line: int
    label: str
    values: tuple[str, ...]
    ordinal: Ordinal | None
    part: bool
    indent: int
    depth: int = 0
    spanning: bool = False
    code: str = ""

    @property
    def figures(self) -> bool:
        """Whether a cell holds a number."""
        return any(cell(value)[0] == "value" for value in self.values)


class Column(NamedTuple):
    """One column behind the labels: "unit", "code", "value" or "text" (remarks), and what its head says."""

    kind: str
    head: str = ""


class Sheet(NamedTuple):
    """One table of one document. `heads` are the rows above the first that has values, `aside` what is no row of it.

    `short` says that rows leave out their empty last cells.
    """

    source: str
    table: int
    line: int
    rows: tuple[SheetRow, ...]
    columns: tuple[Column, ...]
    heads: tuple[tuple[str, ...], ...]
    aside: tuple[str, ...]
    text: str
    short: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the rows as they are compared."""
        return tuple(plain(row.label) or row.label for row in self.rows)

    @property
    def figures(self) -> int:
        """Cells with figures, in rows that were set aside, too."""
        return sum(map(self._counted, (*(row.values for row in self.rows), *map(_cells, self.aside))))

    @property
    def lost(self) -> tuple[str, ...]:
        """The rows with figures that were set aside."""
        return tuple(text for text in self.aside if self._counted(_cells(text)))

    def _counted(self, cells: Sequence[str]) -> int:
        """Cells with figures in a row; of those of a label and what else stands in front only the last ones count."""
        behind = cells[-len(self.columns) :]
        if len(behind) < len(self.columns):
            return sum(map(_figure, behind))
        return sum(column.kind == "value" and _printed(text) for column, text in zip(self.columns, behind, strict=True))

    @property
    def width(self) -> int:
        """Columns of figures, and of remarks: which is which, other tables of the form may tell better."""
        return sum(column.kind in ("value", "text") for column in self.columns)


def ordinal(label: str) -> tuple[Ordinal | None, bool, str]:
    """The ordinal of a canonical label, whether 其中 stands in front, and the rest."""
    found: Ordinal | None = None
    part = False
    at = 0
    while at < len(label):
        if match := _PART.match(label, at):
            part = True
        elif match := _ORDINAL.match(label, at):
            style = str(match.lastgroup)
            found = Ordinal(_RANKS[style], _number(match[style]), style)
        else:
            break
        if match.end() >= len(label):
            break
        at = match.end()
    return found, part, label[at:]


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if len(text) == 1 and "\u2460" <= text <= "\u2473":
        return ord(text) - 0x2460 + 1
    tens, ten, ones = text.partition("十")
    digits = {c: n for n, c in enumerate(_HAN, 1)}
    return (digits.get(tens, 1) * 10 + digits.get(ones, 0)) if ten else digits.get(text[-1], 0)


def sheets(engine: Engine, document: Document, words: DraftWords) -> Iterator[Sheet]:
    """Every table of a document that has rows with a label and values."""
    canonical = canonicalise(document, engine.folds)
    carriers = [block.carrier for block in document.blocks if isinstance(block, Table)]
    rows: dict[int, list[tuple[int, list[str]]]] = {}
    for line in canonical.lines:
        if line.table is not None:
            rows.setdefault(line.table, []).append((line.start, canonical.text[line.start : line.end].split("|")[:-1]))
    for table, lines in rows.items():
        if carriers[table] != "chart" and len(lines) <= ROWS_LIMIT and max(len(c) for _, c in lines) <= COLUMNS_LIMIT:
            sheet = _Reader(engine, document, canonical, words).sheet(table, lines)
            if sheet is not None:
                yield sheet


def _cells(row: str) -> list[str]:
    return row.split("|")[:-1]


def settled(tables: Sequence[Sheet], words: DraftWords) -> list[Sheet]:
    """The tables of one form with their columns told by the cells of all of them.

    A column of words, or one that is hardly ever filled and not headed as figures are, is none of figures.
    """
    texts: dict[object, list[str]] = {}
    for sheet in tables:
        for n, column in enumerate(sheet.columns):
            texts.setdefault(_alike(sheet, n, column), []).extend(row.values[n] for row in sheet.rows if row.figures)

    def kind(sheet: Sheet, n: int, column: Column) -> str:
        said = words.kind(column.head.rpartition("/")[2])
        cells = texts[_alike(sheet, n, column)]
        worded, figures = (sum(cell(text)[0] == state for text in cells) for state in ("text", "value"))
        empty = said not in FIGURES and sum(map(bool, cells)) < SPARSE * len(cells)
        return "text" if said == "text" or worded > figures or empty else "value"

    found = [
        sheet._replace(
            columns=tuple(
                column if column.kind in ("unit", "code") else column._replace(kind=kind(sheet, n, column))
                for n, column in enumerate(sheet.columns)
            )
        )
        for sheet in tables
    ]
    return found if all(any(c.kind == "value" for c in sheet.columns) for sheet in found) else list(tables)


def _alike(sheet: Sheet, n: int, column: Column) -> object:
    """What the columns of several tables that hold the same have in common: the head, else the place."""
    return column.head or (len(sheet.columns), n)


class _Reader:
    def __init__(self, engine: Engine, document: Document, canonical: Canonical, words: DraftWords) -> None:
        self.document = document
        self.canonical = canonical
        self.words = words
        self.value: Pattern = engine.layouts[0].values
        self.units: frozenset[str] = frozenset()
        self.grid = Grid((), (), words)

    def sheet(self, table: int, lines: list[tuple[int, list[str]]]) -> Sheet | None:
        text = "\n".join("|".join(cells) + "|" for _, cells in lines)
        printed = [cells for _, cells in lines]
        filled = aligned(printed, self.words)
        lines = [(start, cells) for (start, _), cells in zip(lines, filled, strict=True)]
        self.units = self._units([cells for _, cells in lines])
        self.grid = Grid([cells for _, cells in lines], self.units, self.words)
        # How many cells stand behind the label: the number that most rows with figures have.
        runs = [(self._run(cells), cells) for _, cells in lines]
        widths = Counter(run for run, cells in runs if run and run < len(cells) and any(map(_figure, cells[-run:])))
        if not widths:
            return None
        width = max(widths, key=lambda w: (widths[w], w))
        first = next(
            i
            for i, (run, cells) in enumerate(runs)
            if run >= width and any(map(_figure, cells[-width:])) and run < len(cells)
        )
        heads: list[tuple[str, ...]] = []
        aside: list[str] = []
        rows: list[SheetRow] = []
        groups: list[str] = []
        for i, (start, cells) in enumerate(lines):
            texts = [text for text in cells if text]
            if tuple(cells) in heads or self._numbers(texts):
                continue
            if i < first and (len(texts) > 2 or len(heads)) and self._heads(cells, width):
                heads.append(tuple(cells))
                continue
            # Blank cells in front of the values belong to merged labels.
            whole = len(cells) > width and (self._run(cells) >= width or self._damaged(cells, width))
            before = cells[:-width] if whole else self._heading(cells, width)
            if before is None:
                aside.append("|".join(cells) + "|")
                continue
            places = [n for n, text in enumerate(before) if text]
            code = ""
            if len(places) > 1 and self._code(cells, places[0]):
                code = before[places[0]]
                before = ["" if n == places[0] else text for n, text in enumerate(before)]
                places = places[1:]
            if not places or before[places[-1]].isdecimal():
                aside.append("|".join(cells) + "|")
                continue
            values = tuple(cells[len(before) :][:width]) or ("",) * width
            groups = groups[: places[0]]
            for n in range(places[-1]):
                if n >= len(groups):
                    groups.append(before[n])
                    if before[n] and ordinal(before[n])[2].strip(":") != "其中":
                        rows.append(self._row(start, cells, n, len([*filter(None, groups)]) - 1, ("",) * width, True))
            rows.append(self._row(start, cells, places[-1], len([*filter(None, groups)]), values)._replace(code=code))
        if len(rows) < 2 or not any(row.figures for row in rows):
            return None
        line = self.document.place(self.canonical.source(lines[0][0], lines[0][0] + 1)).line or 0
        columns = self._columns(rows, heads, width)
        return Sheet(
            self.document.source, table, line, tuple(rows), columns, tuple(heads), tuple(aside), text, filled != printed
        )

    def _units(self, rows: Sequence[list[str]]) -> frozenset[str]:
        """Words that are printed units: those below the head of units, and short ones that come back behind labels."""
        found: set[str] = set()
        for n, head in enumerate(rows):
            for j, text in enumerate(head):
                if self.words.column("unit").fullmatch(text) and len(text) > 1:
                    found |= {cells[j] for cells in rows[n + 1 :] if len(cells) == len(head) and _unit_like(cells[j])}
        if found:
            return frozenset(found)
        behind = Counter(
            cells[j + 1]
            for cells in rows
            if any(map(_figure, cells))
            for j in range(len(cells) - 2)
            if cells[j] and not self._like(cells[j]) and _unit_like(cells[j + 1])
        )
        return frozenset(text for text, count in behind.items() if count > 1)

    def _like(self, text: str) -> bool:
        """Whether a cell may stand behind a label."""
        return text in self.units or self.value.fullmatch(text + "|\n") is not None or cell(text)[0] in ("value", "na")

    def _run(self, cells: Sequence[str]) -> int:
        remarks = self.grid.remarks if len(cells) == self.grid.width else ()
        run = 0
        while run < len(cells) and (self._like(cells[-1 - run]) or len(cells) - 1 - run in remarks):
            run += 1
        return run

    def _damaged(self, cells: Sequence[str], width: int) -> bool:
        """Whether a row of the common width has words in place of some figures, and a label where labels stand."""
        label, values = cells[len(cells) - width - 1], cells[-width:]
        return (
            len(cells) == self.grid.width
            and bool(label)
            and not self._like(label)
            and 2 * sum(map(_figure, values)) > sum(map(bool, values))
        )

    def _code(self, cells: Sequence[str], place: int) -> bool:
        """Whether the first cell of a row is its code."""
        return cells[place].isdecimal() or (
            len(cells) == self.grid.width and place in self.grid.codes and is_code(cells[place])
        )

    def _numbers(self, texts: Sequence[str]) -> bool:
        """Whether a row numbers the columns."""
        if not all(len(text) <= DIGITS_LIMIT and self.words.numbers.fullmatch(text) for text in texts):
            return False
        numbers = [int(digits) for text in texts if (digits := text.strip("()")).isdecimal()]
        return all(b == a + 1 for a, b in pairwise(numbers))

    def _heads(self, cells: Sequence[str], width: int) -> bool:
        """Whether words stand where the values of rows are."""
        return any((text and not self._like(text)) or self.words.kind(text) for text in cells[-width:])

    def _heading(self, cells: list[str], width: int) -> list[str] | None:
        """The labels of a row without values, None where it is no row of the form."""
        texts = [text for text in cells if text]
        if len(texts) == 1 and (ordinal(texts[0])[0] is not None) and not texts[0].endswith((".", "。", ";")):
            return cells[: cells.index(texts[0]) + 1]
        return None

    def _row(
        self, start: int, cells: list[str], place: int, depth: int, values: tuple[str, ...], spanning: bool = False
    ) -> SheetRow:
        printed = cells[place]
        at = start + sum(len(text) + 1 for text in cells[:place])
        span = self.canonical.source(at, at + len(printed))
        found, part, label = ordinal(printed)
        part = part or (place > 0 and cells[place - 1].strip(":") == "其中")
        text = self.document.text
        indent, i = 0, span.start - 1
        while i >= 0 and text[i] in " \u3000\xa0":
            indent += 2 if text[i] == "\u3000" else 1
            i -= 1
        return SheetRow(self.document.place(span).line or 0, label, values, found, part, indent, depth, spanning)

    def _columns(self, rows: Sequence[SheetRow], heads: Sequence[tuple[str, ...]], width: int) -> tuple[Column, ...]:
        names = self._names(heads, width)
        columns = []
        for j in range(width):
            texts = [row.values[j] for row in rows if row.values[j]]
            head = names[j]
            kind = self.words.kind(head) if head else ""
            place = self.grid.width - width + j
            if kind in ("unit", "code", "text"):
                columns.append(Column(kind, head))
            elif place in self.grid.remarks:
                columns.append(Column("text", head))
            elif texts and sum(text in self.units for text in texts) * 2 > len(texts):
                columns.append(Column("unit", head))
            elif not head and j < width - 1 and len(texts) > 3 and _counting(texts):
                columns.append(Column("code", head))
            else:
                columns.append(Column("value", head))
        return tuple(columns)

    def _names(self, heads: Sequence[tuple[str, ...]], width: int) -> list[str]:
        """What the heads say of each column behind the label, from left to right; "" where they leave it open."""
        rows = [list(head) for head in heads]
        if not rows:
            return [""] * width
        if len(rows) == 1:
            return rows[0][-width:] if len(rows[0]) > width and all(rows[0][-width:]) else _padded(rows[0], width)
        labels = 0
        above = [text for text in rows[0] if text]
        while labels < len(above) - 1 and self.words.kind(above[labels]) in ("label", "serial"):
            labels += 1
        above, below = above[labels or 1 :], [text for text in rows[-1] if text]
        single = [text for text in above if self.words.kind(text) in ("unit", "code")]
        spans = [text for text in above if text not in single]
        if len(above) == width:
            return above
        if spans and below and len(below) % len(spans) == 0 and len(single) + len(below) == width:
            each = len(below) // len(spans)
            return single + [f"{spans[n // each]}/{text}" for n, text in enumerate(below)]
        return [""] * width


def _padded(head: list[str], width: int) -> list[str]:
    texts = [text for text in head if text]
    return texts[-width:] if len(texts) >= width + 1 else [""] * width


def _printed(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _figure(text: str) -> bool:
    return cell(text)[0] == "value"


def _unit_like(text: str) -> bool:
    return 0 < len(text.strip("()")) <= UNIT_LENGTH and not any(c.isdigit() for c in text) and cell(text)[0] == "text"


def _counting(texts: Sequence[str]) -> bool:
    """Whether cells without a head are codes: they count on from row to row, or are padded to one width and grow."""
    if not all(_CODE.fullmatch(text) for text in texts):
        return False
    keys = [[int(n) for n in re.findall(r"\d+", text)] for text in texts]
    if not all(a < b for a, b in pairwise(keys)):
        return False
    steps = sum(a[:-1] == b[:-1] and b[-1] - a[-1] == 1 for a, b in pairwise(keys))
    return 5 * steps >= 4 * (len(texts) - 1) or (
        all(text[0] == "0" for text in texts[:2]) and len({*map(len, texts)}) == 1
    )
