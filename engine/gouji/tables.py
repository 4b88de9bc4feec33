"""Form tables: canonical rows to trees to observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from gouji.canonical import Canonical, Line
from gouji.document import Document, Table
from gouji.layouts import Layout, RowBinding
from gouji.quantities import cell
from gouji.records import Mention, Observation, Unparsed
from gouji.registry import Registry

ERRORS_LIMIT = 20
"""Rows of one table that a grammar may refuse before it is given single rows."""


class TableReading:
    """What the tables of a report gave; `used` names the layouts by pack, strongest first."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.unparsed: list[Unparsed] = []
        self.mentions: list[Mention] = []
        self.used: list[str] = []
        self.eras: list[str] = []


def read_tables(
    document: Document, canonical: Canonical, layouts: Sequence[Layout], registry: Registry
) -> TableReading:
    """The observations of every table, each read by the layout that has most evidence for it."""
    reading = TableReading()
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
    strength: dict[str, int] = {}
    for ordinal, ((lines, text), found) in enumerate(zip(tables, evidence, strict=True)):
        best = max(found, key=lambda i: (found[i], overall[i], -i), default=None)
        chart = carriers[ordinal] == "chart"
        if best is None or not (found[best] or overall[best]):
            reading.unparsed.extend(_unread(canonical, lines, ordinal))
            continue
        layout = layouts[best]
        if not chart:
            strength[layout.pack] = strength.get(layout.pack, 0) + found[best]
            reading.eras.append(layout.era)
        binder = _Binder(document, canonical, layout, registry, lines[0].start, ordinal, reading)
        for tree, at in _trees(layout, text):
            if tree is not None:
                binder.shift(at)
                binder.bind(tree)
            else:
                start = lines[0].start + at
                reading.unparsed.extend(_unread(canonical, [n for n in lines if n.start == start], ordinal))
    reading.used = sorted(strength, key=lambda pack: -strength[pack])
    return reading


def _trees(layout: Layout, text: str) -> Iterator[tuple[Tree[Any] | None, int]]:
    """The trees of a table with their offsets; a row that the grammar does not take at its place comes as None.

    Such rows are few: after ERRORS_LIMIT of them the rest of the table is read row by row.
    """
    offset = 0
    for _ in range(ERRORS_LIMIT):
        try:
            yield layout.grammar.parse(text[offset:], layout.start), offset
            return
        except UnexpectedInput as error:
            row = text.rfind("\n", 0, offset + max(error.pos_in_stream or 0, 0)) + 1
        if row > offset:
            try:
                yield layout.grammar.parse(text[offset:row], layout.start), offset
            except UnexpectedInput:
                yield from _single_rows(layout, text, offset, row)
        row = max(row, offset)
        yield None, row
        offset = text.find("\n", row) + 1 or len(text)
        if offset >= len(text):
            return
    yield from _single_rows(layout, text, offset, len(text))


def _single_rows(layout: Layout, text: str, start: int, end: int) -> Iterator[tuple[Tree[Any] | None, int]]:
    while start < end:
        stop = text.find("\n", start, end) + 1 or end
        try:
            yield layout.grammar.parse(text[start:stop], layout.start), start
        except UnexpectedInput:
            yield None, start
        start = stop


def _unread(canonical: Canonical, lines: Iterable[Line], table: int) -> Iterator[Unparsed]:
    """The rows with figures of a table that no grammar took."""
    for line in lines:
        row = canonical.text[line.start : line.end]
        if any(c.isdigit() for c in row):
            yield Unparsed(canonical.source(line.start, line.end), row, table)


def _tables(lines: Iterable[Line]) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and line.table != group[0].table:
            yield group
            group = []
        if line.table is not None:
            group.append(line)
    if group:
        yield group


class _Binder:
    def __init__(
        self,
        document: Document,
        canonical: Canonical,
        layout: Layout,
        registry: Registry,
        offset: int,
        table: int,
        reading: TableReading,
    ) -> None:
        self.document = document
        self.canonical = canonical
        self.layout = layout
        self.registry = registry
        self.base = self.offset = offset
        self.table = table
        self.reading = reading
        self.bound: set[str] = set()

    def shift(self, at: int) -> None:
        """The next tree begins `at` characters into the table."""
        self.offset = self.base + at

    def bind(self, tree: Tree[Any]) -> None:
        """Visit the rows of `tree` in order; rows nest in the rules that tell equal labels apart."""
        stack: list[Any] = [tree]
        while stack:
            node = stack.pop()
            if not isinstance(node, Tree):
                continue
            tokens = [child for child in node.children if isinstance(child, Token)]
            if tokens and len(tokens) == len(node.children):
                self._row(node.data.rsplit("__", 1)[-1], tokens)
            else:
                stack.extend(reversed(node.children))

    def _row(self, rule: str, tokens: list[Token]) -> None:
        cells = tokens[-1]
        label = tokens[-2] if len(tokens) > 1 else None
        rows = self.layout.rows
        bindings = rows.get(rule)
        if label is not None:
            terminal = label.type.rsplit("__", 1)[-1]
            bindings = rows.get(f"{rule}.{terminal}") or rows.get(terminal)
        values = str(cells).removesuffix("\n").split("|")[:-1]
        binding = bindings.get(len(values)) if bindings else None
        if binding is None or (binding.paths[-1] and binding.paths[-1] in self.bound):
            self._leave(label or cells, cells, values)
        else:
            self._cells(binding, label, cells, values)

    def _cells(self, binding: RowBinding, label: Token | None, cells: Token, values: list[str]) -> None:
        text = self._label(label) if label is not None else ""
        unit: str | None = None
        at = self.offset + (cells.start_pos or 0)
        row = binding.paths[-1].rpartition(".")[0] if len(values) > 2 and label is not None else binding.paths[-1]
        for column, path, value in zip(binding.columns, binding.paths, values, strict=True):
            end = at + len(value)
            if binding.heading:
                if any(c.isdigit() for c in value):
                    self.reading.mentions.append(Mention("header_number", text, value, self.canonical.source(at, end)))
            elif column == "unit":
                unit = value.strip("()") or None
            else:
                self.bound.add(path)
                state, quantity = cell(value)
                # A blank cell is where its mark is; any other is where its text is.
                span = self.canonical.source(at, end) if value else self.canonical.source(end, end + 1)
                printed = quantity.unit if quantity and quantity.unit else unit
                self.reading.observations.append(
                    Observation(
                        path,
                        "chart" if self.layout.reads == "chart" else "table",
                        state,
                        quantity.value if quantity else None,
                        quantity.low if quantity else None,
                        quantity.high if quantity else None,
                        printed or (self.registry.metric(path).unit or None),
                        self.document.text[span.start : span.end] if value else "",
                        text or self.registry.metric(path).zh,
                        span,
                        table=self.table,
                        row=row or path.rpartition(".")[0],
                        column=column,
                    )
                )
            at = end + 1

    def _leave(self, first: Token, cells: Token, values: list[str]) -> None:
        if any(c.isdigit() for v in values for c in v) or first is not cells:
            text = self.canonical.text
            start, end = self.offset + (first.start_pos or 0), self.offset + (cells.end_pos or 0) - 1
            while text[start - 1] not in "|\n" and start > 0:
                start -= 1
            if start < end:
                self.reading.unparsed.append(Unparsed(self.canonical.source(start, end), text[start:end], self.table))

    def _label(self, token: Token) -> str:
        """The label as printed, with the ordinal that the grammar passed over."""
        text, end = self.canonical.text, self.offset + (token.end_pos or 0) - 1
        start = max(text.rfind("\n", 0, end), text.rfind("|", 0, end)) + 1
        span = self.canonical.source(start, max(end, start + 1))
        return "".join(self.document.text[span.start : span.end].split())
