"""A file as a reader gives it: paragraphs and tables, every piece with its place in the source."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TypeAlias

from attrs import define, field

from gouji.spans import LineIndex, OffsetMap, Span
from gouji.values import Struct


class Place(Struct):
    """Where a span stands, as people name it: all numbers are 1-based, ends exclusive."""

    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    page: int | None = None
    table: int | None = None
    row: int | None = None
    cell: int | None = None
    paragraph: int | None = None

    @property
    def short(self) -> str:
        """Page, paragraph, table and row in few characters: p3, p3t2r7."""
        parts = (("p", self.page), ("#", self.paragraph), ("t", self.table), ("r", self.row))
        return "".join(f"{letter}{number}" for letter, number in parts if number is not None)


class Anchors:
    """Where the pieces of an extracted text stand in its file.

    A piece begins at `starts[i]` and stands at `places[i]`: a page, a paragraph, a cell of a table. Where the file
    itself is text, `origin` leads further, to the code points of that text, and `lines` to its lines.
    """

    def __init__(self, origin: OffsetMap | None = None, lines: LineIndex | None = None) -> None:
        self.starts: list[int] = []
        self.places: list[Place] = []
        self.origin = origin
        self.lines = lines

    def add(self, start: int, place: Place) -> None:
        """From `start` on the text stands at `place`; starts come in order."""
        self.starts.append(start)
        self.places.append(place)

    def place(self, span: Span) -> Place:
        """Where `span` begins, and where it ends if the file has lines."""
        index = bisect_right(self.starts, span.start) - 1
        known = self.places[index] if index >= 0 else Place()
        if self.origin is None or self.lines is None:
            return known
        source = self.origin.span(span.start, span.end)
        line, column = self.lines.position(source.start)
        end_line, end_column = self.lines.position(source.end)
        return Place(
            line, column, end_line, end_column, known.page, known.table, known.row, known.cell, known.paragraph
        )


class Cell(Struct):
    """One table cell: its text from `start` to `end` (equal for a blank cell), and the delimiter that shows it.

    `mark` is the offset of the delimiter that the carrier gives the cell (a TAB, a bar): a blank cell is there.
    """

    start: int
    end: int
    mark: int

    @property
    def blank(self) -> bool:
        """Whether the cell holds no text."""
        return self.start == self.end

    @property
    def span(self) -> Span:
        """The span of the text."""
        return Span(self.start, self.end)


class Paragraph(Struct):
    """Running text that belongs together: one line of a text file, one paragraph of a page."""

    span: Span


class Table(Struct):
    """Rows of cells. `carrier` names the way in which the text carried it (tab, stream, bar, …)."""

    rows: tuple[tuple[Cell, ...], ...]
    carrier: str


Block: TypeAlias = Paragraph | Table


@define(slots=False, eq=False)
class Document:
    """What was read: the decoded text and its blocks in reading order.

    `text` is the whole source as decoded with `\\n` as its only line end; every span counts its code points. Where the
    file holds more than text, `text` is what was extracted from it, and `anchors` lead back to the file.
    """

    source: str
    sha256: str
    text: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False, default=())
    anchors: Anchors | None = field(repr=False, default=None)

    @cached_property
    def lines(self) -> LineIndex:
        """The line starts of `text`."""
        return LineIndex.of(self.text)

    def place(self, span: Span) -> Place:
        """Line and column of both ends of `span` where the file has lines; else, or as well, page, table and cell."""
        if self.anchors is not None:
            return self.anchors.place(span)
        line, column = self.lines.position(span.start)
        end_line, end_column = self.lines.position(span.end)
        return Place(line, column, end_line, end_column)

    def line_text(self, line: int) -> str:
        """The line of `text` with the 1-based number `line`, without its line end."""
        start = self.lines.starts[line - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)]
