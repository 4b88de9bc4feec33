"""From what a structured file holds to a Document: paragraphs and tables in reading order, as text with places.

The extracted text has a line a paragraph and a line a table row, whose cells a TAB divides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TypeAlias

from gouji.document import Anchors, Block, Cell, Document, Paragraph, Place, Table
from gouji.readers import limits
from gouji.readers.refusals import empty, too_long, too_many_cells
from gouji.spans import LineIndex, OffsetMap, Span
from gouji.values import Struct

FIGURE = re.compile(r"[-+－＋]?[0-9０-９][0-9０-９,，.．]*|[-/／—]{1,2}")
"""A cell of figures, or of what stands for one that does not apply."""

_BLANK = " \t\n\r\u3000\xa0\ufeff\u200b"
_ONE_LINE = str.maketrans("\t\n\r\x0b\x0c\x85\u2028\u2029", " " * 8)
# A cell with more characters than this in several paragraphs, or with more than that in one, holds running text.
_PARAGRAPHS_LENGTH = 150
_PARAGRAPH_LENGTH = 400
# A row with more cells than this is one of a table, however long the label in it.
_LAYOUT_CELLS = 3


class Piece(Struct):
    """Text that stands in one stretch in its file, there from code point `origin` on."""

    text: str
    origin: int = 0


_GAP = Piece(" ")


class CellNode:
    """A cell of a table with whatever stands in it.

    `origin` is where the file opens it; `place` holds what the file says about it, as its page.
    """

    def __init__(self, items: list[Item] | None = None, origin: int = 0, place: Place | None = None) -> None:
        self.items = items if items is not None else []
        self.origin = origin
        self.place = place

    def pieces(self) -> Iterator[Piece]:
        """The text of the cell, of tables in it too, in order, with a blank between paragraphs."""
        for i, item in enumerate(self.items):
            if i:
                yield _GAP
            if isinstance(item, TableNode):
                for row in item.rows:
                    for cell in row:
                        yield from cell.pieces()
                        yield _GAP
            else:
                yield from item.pieces

    @cached_property
    def text(self) -> str:
        """The text of the cell, once it is complete."""
        return "".join([piece.text for piece in self.pieces()]).strip(_BLANK)


class ParagraphNode:
    """Running text that belongs together; `place` where the file says where it stands, on which page."""

    def __init__(self, pieces: list[Piece] | None = None, place: Place | None = None) -> None:
        self.pieces = pieces if pieces is not None else []
        self.place = place


class TableNode:
    """A table: rows of cells. A cell that spans columns stands once, one that spans rows leaves a blank below it."""

    def __init__(self, rows: list[list[CellNode]] | None = None, carrier: str = "cells") -> None:
        self.rows = rows if rows is not None else []
        self.carrier = carrier


Item: TypeAlias = ParagraphNode | TableNode


def document(data: bytes, source: str, items: Sequence[Item], lines: LineIndex | None = None) -> Document:
    """The Document of a file with the bytes `data` that holds `items`.

    `lines` are those of the decoded file where it is itself text, and the origins of the pieces count its code points.
    Raises ReadError where there is no text, or too much of it.
    """
    writer = _Writer(source, lines)
    writer.flow(items)
    text = "".join(writer.out)
    if not text.strip(_BLANK):
        raise empty(source)
    return Document(source, sha256(data).hexdigest(), text, tuple(writer.blocks), writer.anchors)


class _Writer:
    def __init__(self, source: str, lines: LineIndex | None) -> None:
        self.source = source
        self.out: list[str] = []
        self.length = 0
        self.blocks: list[Block] = []
        self.origin = OffsetMap() if lines is not None else None
        self.anchors = Anchors(self.origin, lines)
        self.tables = 0
        self.paragraphs = 0
        self.cells = 0
        self.at = 0

    def flow(self, items: Sequence[Item]) -> None:
        """Write paragraphs and tables in order."""
        for item in items:
            if isinstance(item, TableNode):
                self._table(item)
            else:
                self._paragraph(item)

    def _paragraph(self, paragraph: ParagraphNode) -> None:
        start = self.length
        self._pieces(paragraph.pieces)
        if self.length > start:
            if paragraph.place is not None:
                self.anchors.add(start, paragraph.place)
            elif self.origin is None:
                self.paragraphs += 1
                self.anchors.add(start, Place(paragraph=self.paragraphs))
            elif self.anchors.places and self.anchors.places[-1].table is not None:
                self.anchors.add(start, Place())
            self.blocks.append(Paragraph(Span(start, self.length)))
            self._mark("\n")

    def _table(self, table: TableNode) -> None:
        """Rows that hold running text are layout and are written as such; the stretches between them are tables."""
        stretch: list[list[CellNode]] = []
        for row in table.rows:
            if _is_layout(row):
                self._rows(stretch, table.carrier)
                stretch = []
                for cell in row:
                    self.flow(cell.items)
            elif row:
                stretch.append(row)
        self._rows(stretch, table.carrier)

    def _rows(self, rows: list[list[CellNode]], carrier: str) -> None:
        if max((sum(cell.text != "" for cell in row) for row in rows), default=0) < 2:
            for row in rows:
                for cell in row:
                    self.flow(cell.items)
            return
        self.tables += 1
        self.blocks.append(
            Table(
                tuple(
                    tuple(self._cell(cell, r, c, last=c == len(row)) for c, cell in enumerate(row, 1))
                    for r, row in enumerate(rows, 1)
                ),
                carrier,
            )
        )

    def _cell(self, cell: CellNode, row: int, number: int, *, last: bool) -> Cell:
        self.cells += 1
        if self.cells > limits.CELLS:
            raise too_many_cells(self.source)
        start = self.length
        known = cell.place or Place()
        self.anchors.add(
            start,
            Place(
                page=known.page,
                table=known.table or self.tables,
                row=known.row or row,
                cell=known.cell or number,
            ),
        )
        self.at = cell.origin
        self._pieces(cell.pieces())
        end = self.length
        self._mark("\n" if last else "\t")
        return Cell(start, end, end)

    def _pieces(self, pieces: Iterable[Piece]) -> None:
        start, gap = self.length, False
        for text, origin in pieces:
            stripped = text.strip(_BLANK)
            if not stripped:
                gap = True
                continue
            lead = 0 if text[0] == stripped[0] else text.find(stripped[0])
            if (gap or lead) and self.length > start:
                self._mark(" ")
            if self.origin is not None:
                self.origin.identity(self.length, origin + lead)
            self.out.append(stripped.translate(_ONE_LINE))
            self.length += len(stripped)
            self.at = origin + lead + len(stripped) - 1
            gap = lead + len(stripped) < len(text)
        if self.length > limits.TEXT_LENGTH:
            raise too_long(self.source)

    def _mark(self, delimiter: str) -> None:
        """A delimiter stands for the last code point before it."""
        if self.origin is not None:
            self.origin.replacement(self.length, self.at, 1)
        self.out.append(delimiter)
        self.length += 1


def _is_layout(row: list[CellNode]) -> bool:
    """Whether a row arranges running text or tables on the page instead of showing figures."""
    if any(_is_nested(item) for cell in row for item in cell.items):
        return True
    if len(row) > _LAYOUT_CELLS:
        return False
    long = any(len(c.text) > (_PARAGRAPHS_LENGTH if len(c.items) > 1 else _PARAGRAPH_LENGTH) for c in row)
    return long and not any(FIGURE.fullmatch(cell.text) for cell in row)


def _is_nested(item: Item) -> bool:
    """A table within a cell that has several cells of its own; one that frames a single text is no table."""
    return isinstance(item, TableNode) and sum(cell.text != "" for row in item.rows for cell in row) > 1
