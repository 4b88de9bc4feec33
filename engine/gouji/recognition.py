"""Which layout a table has, and its trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from gouji.canonical import Canonical, Line
from gouji.document import Document, Table
from gouji.layouts import Layout
from gouji.parser import Refused, Tree
from gouji.values import Struct

ERRORS_LIMIT = 20
"""Rows of one table that a grammar may refuse before it is given single rows."""


class Recognised(Struct):
    """A table, its canonical text, and the layout that has most evidence for it; None where none has any."""

    lines: list[Line]
    text: str
    layout: Layout | None
    evidence: int


def recognise(document: Document, canonical: Canonical, layouts: Sequence[Layout]) -> Iterator[Recognised]:
    """Every table of a document with its layout, in order."""
    carriers = [block.carrier for block in document.blocks if isinstance(block, Table)]
    tables = [(lines, canonical.text[lines[0].start : lines[-1].end + 1]) for lines in _tables(canonical.lines)]
    evidence = [
        {
            i: layout.evidence(text)
            for i, layout in enumerate(layouts)
            if (layout.reads == "chart") == (carrier == "chart")
        }
        for (_, text), carrier in zip(tables, carriers, strict=True)
    ]
    # What one table leaves open, the others of the report decide.
    overall = [sum(found.get(i, 0) for found in evidence) for i in range(len(layouts))]
    for (lines, text), found in zip(tables, evidence, strict=True):
        best = max(found, key=lambda i: (found[i], overall[i], -i), default=None)
        if best is None or not (found[best] or overall[best]):
            yield Recognised(lines, text, None, 0)
        else:
            yield Recognised(lines, text, layouts[best], found[best])


def trees(layout: Layout, text: str) -> Iterator[tuple[Tree | None, int]]:
    """The trees of a table with their offsets; a row that the grammar does not take at its place comes as None.

    Such rows are few: after ERRORS_LIMIT of them the rest of the table is read row by row.
    """
    offset = 0
    for _ in range(ERRORS_LIMIT):
        try:
            yield layout.grammar.parse(text[offset:], layout.start), offset
            return
        except Refused as error:
            row = text.rfind("\n", 0, offset + error.offset) + 1
        if row > offset:
            try:
                yield layout.grammar.parse(text[offset:row], layout.start), offset
            except Refused:
                yield from _single_rows(layout, text, offset, row)
        row = max(row, offset)
        yield None, row
        offset = text.find("\n", row) + 1 or len(text)
        if offset >= len(text):
            return
    yield from _single_rows(layout, text, offset, len(text))


def _single_rows(layout: Layout, text: str, start: int, end: int) -> Iterator[tuple[Tree | None, int]]:
    while start < end:
        stop = text.find("\n", start, end) + 1 or end
        try:
            yield layout.grammar.parse(text[start:stop], layout.start), start
        except Refused:
            yield None, start
        start = stop


def _tables(lines: Iterable[Line]) -> Iterator[list[Line]]:
    for table, rows in groupby(lines, attrgetter("table")):
        if table is not None:
            yield list(rows)
