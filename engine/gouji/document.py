"""A file as a reader gives it: paragraphs and tables, every piece with its place in the source."""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

from attrs import define, field, frozen

from gouji.spans import LineIndex, Span
from gouji.values import Value


@frozen(eq=False, repr=False)
class Place(Value):
    """Where a span stands, as people name it. Lines and columns are 1-based, ends exclusive."""

    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    page: int | None = None
    table: int | None = None
    row: int | None = None
    cell: int | None = None


@frozen(eq=False, repr=False)
class Cell(Value):
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


@frozen(eq=False, repr=False)
class Paragraph(Value):
    """Running text that belongs together: one line of a text file, one paragraph of a page."""

    span: Span


@frozen(eq=False, repr=False)
class Table(Value):
    """Rows of cells. `carrier` names the way in which the text carried it (tab, stream, bar, …)."""

    rows: tuple[tuple[Cell, ...], ...]
    carrier: str


Block: TypeAlias = Paragraph | Table


@define(slots=False, eq=False)
class Document:
    """What was read: the decoded text and its blocks in reading order.

    `text` is the whole source as decoded with `\\n` as its only line end; every span counts its code points.
    """

    source: str
    sha256: str
    text: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False, default=())

    @cached_property
    def lines(self) -> LineIndex:
        """The line starts of `text`."""
        return LineIndex.of(self.text)

    def place(self, span: Span) -> Place:
        """Line and column of both ends of `span`."""
        line, column = self.lines.position(span.start)
        end_line, end_column = self.lines.position(span.end)
        return Place(line, column, end_line, end_column)

    def line_text(self, line: int) -> str:
        """The source line with the 1-based number `line`, without its line end."""
        start = self.lines.starts[line - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)]
