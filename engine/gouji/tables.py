"""Form tables: canonical rows to trees to observations."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from attrs import evolve
from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from gouji.canonical import Canonical, Line
from gouji.document import Document, Table
from gouji.layouts import CAPTION, FOREIGN, FRAGMENT, LABEL, SPAN, Head, Layout, RowBinding, column_path, plain
from gouji.quantities import cell
from gouji.records import Mention, Observation, Unparsed
from gouji.registry import Registry

ERRORS_LIMIT = 20
"""Rows of one table that a grammar may refuse before it is given single rows."""
CELLS_LIMIT = 60
"""Cells of the longest row that is looked at when its label is damaged."""


class TableReading:
    """What the tables of a report gave; `used` names the layouts by pack, strongest first.

    `forms` holds the first cell of each metric: a table that has them again is that of another body.
    """

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.unparsed: list[Unparsed] = []
        self.mentions: list[Mention] = []
        self.used: list[str] = []
        self.eras: list[str] = []
        self.forms: dict[str, Observation] = {}


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
            binder.shift(at)
            if tree is not None:
                binder.bind(tree)
            else:
                binder.refused(text[at : text.index("\n", at)])
        binder.finish()
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


class _Columns:
    """The columns that the heads of a table name, read from its head rows downwards."""

    def __init__(self) -> None:
        self.heads: list[Head] = []
        self.closed = False
        self.foreign = False

    def __bool__(self) -> bool:
        return bool(self.heads) or self.foreign

    def clear(self) -> None:
        """Forget the heads: a caption announces another table."""
        self.heads, self.closed, self.foreign = [], False, False

    def add(self, row: list[Head]) -> None:
        """One more head row; the first behind a row of figures begins anew."""
        if self.closed:
            self.clear()
        self.heads = _unfolded(self.heads, row)

    def default(self, columns: Sequence[str]) -> bool:
        """Whether nothing in the heads speaks against the columns of the form in their order."""
        names = [head.name for head in self.heads if not head.open]
        if len(names) != len(columns):
            return not self.foreign and not names
        return not self.foreign and all(
            name == FRAGMENT.name or column == name or column.endswith("." + name)
            for name, column in zip(names, columns, strict=True)
        )


def _unfolded(above: list[Head], row: list[Head]) -> list[Head]:
    """Columns from left to right: what spans several columns in the rows `above` gives way to those below it."""
    slots = [i for i, head in enumerate(above) if head.open]
    if not slots:
        return row
    columns: list[Head] = []
    rest = list(row)
    for i, head in enumerate(above):
        if not head.open:
            columns.append(head)
            continue
        count = len(rest)
        if i != slots[-1]:
            grouped = bool(rest) and rest[0].open
            seen: set[str] = set()
            count = 0
            for one in rest:
                if one.open != grouped or one.name in seen:
                    break
                seen.add(one.name)
                count += 1
            if grouped and head.name != SPAN:
                count = 0
        below, rest = rest[:count], rest[count:]
        prefix = "" if head.name == SPAN else head.name
        columns.extend(one._replace(name=prefix + one.name) for one in below)
        if not below:
            columns.append(head)
    return columns


class _Cell(NamedTuple):
    """Where in a row a metric stands: the index of its value cell, and what its head says."""

    path: str
    index: int
    column: str
    head: Head | None = None


class _Left(NamedTuple):
    """A row that was not bound: offsets in the canonical text, its cells, its row if its label is known.

    `after` is the place in the form of the last row that was bound before it.
    """

    start: int
    end: int
    cells: list[str]
    row: str | None
    after: int


class _Binder:
    """Binds the rows of one table."""

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
        self.columns = _Columns()
        self.found: list[Observation] = []
        self.bound: set[tuple[str, str | None]] = set()
        self.rows: list[tuple[int, str]] = []  # (offset, row) of what was bound, in order
        self.left: list[_Left] = []
        self.starts: dict[int, int] = {}  # number of cells -> where the values begin among them
        self.repeated = False
        self.places = {label.row: label.place for label in layout.labels}

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

    def refused(self, row: str) -> None:
        """A row that the grammar does not take where it stands; `shift` says where that is."""
        self._leave(self.offset, self.offset + len(row), row.split("|")[:-1], None)

    def _row(self, rule: str, tokens: list[Token]) -> None:
        cells = tokens[-1]
        label = tokens[-2] if len(tokens) > 1 else None
        rows = self.layout.rows
        key = rule
        if label is not None:
            terminal = label.type.rsplit("__", 1)[-1]
            key = f"{rule}.{terminal}" if f"{rule}.{terminal}" in rows else terminal
        binding = rows.get(key)
        values = str(cells).removesuffix("\n").split("|")[:-1]
        at = self.offset + (cells.start_pos or 0)
        end = self.offset + (cells.end_pos or 0) - 1
        if binding is None or cells.type.rsplit("__", 1)[-1] == "DAMAGED" or not self._bind(key, label, values, at):
            start = self._row_start(self.offset + ((label or cells).start_pos or 0))
            self._leave(start, end, self.canonical.text[start:end].split("|")[:-1], key if binding else None)

    def _row_start(self, at: int) -> int:
        return self.canonical.text.rfind("\n", 0, at) + 1

    def _bind(self, key: str, label: Token | str | None, values: list[str], at: int) -> bool:
        """Bind the row `key` with the cells `values`, which begin `at`; whether that could be done."""
        binding = self.layout.rows[key]
        if isinstance(label, Token):
            label = self._label(self.offset + (label.end_pos or 0) - 1)
        if binding.heading:
            self._heading(label or "", values, at)
            return True
        cells = self._cells(binding, values)
        if cells is None or self.repeated:
            return False
        names = [(cell.path, cell.head.scope if cell.head else None) for cell in cells if cell.path]
        if not self.bound.isdisjoint(names):
            self.repeated = True
            return False
        self.bound.update(names)
        self.rows.append((at, key))
        self.columns.closed = True
        self._observe(binding, cells, label, values, at)
        return True

    # --- which cell is which -----------------------------------------------------------------------------------

    def _cells(self, binding: RowBinding, values: list[str]) -> list[_Cell] | None:
        """The metrics of a row by cell: as the heads name them, else in the order of the form; None when in doubt."""
        heads = [head for head in self.columns.heads if not head.open]
        if sum(head.name == "value" for head in heads) == 1:
            # Whose figures the only column holds goes without saying.
            heads = [head._replace(scope=None) if head.name == "value" else head for head in heads]
        order = [_Cell(path, i, column) for i, (path, column) in enumerate(zip(binding.paths, binding.columns, strict=True))]
        if not self.columns or self.columns.default(binding.columns):
            if binding.headed and not any(head.name != FRAGMENT.name for head in self.columns.heads):
                return None
            named = {i: head for i, head in enumerate(heads)} if len(heads) == len(order) else {}
            cells = [cell._replace(head=named.get(cell.index)) for cell in order]
        else:
            cells = [
                _Cell(path, i, head.name, head)
                for i, head in enumerate(heads)
                if (path := self._headed(binding, head)) is not None
            ]
            if not any(cell.path for cell in cells):
                return None
        width = max(len(heads), cells[-1].index + 1) if cells[0].head else len(order)
        if len(values) == width - 1 and binding.columns[0] == "unit":
            # The unit stands in the label or in the head.
            cells = [cell._replace(index=cell.index - 1) for cell in cells if cell.column != "unit"]
            width -= 1
        start = self._start(values, width)
        return None if start is None else [cell._replace(index=cell.index + start) for cell in cells]

    def _headed(self, binding: RowBinding, head: Head) -> str | None:
        """The metric of the column `head` in a row, "" for unit and code, None for what the row does not have."""
        if head.name in ("unit", "code"):
            return ""
        if head.name in binding.columns:
            return binding.paths[binding.columns.index(head.name)]
        path = column_path(binding.stem, head.name)
        return path if path in self.registry.metrics else None

    def _start(self, values: list[str], width: int) -> int | None:
        """Where `width` values begin: empty cells around them are left of merged labels, or a column more."""
        extra = len(values) - width
        if extra <= 0:
            return None if extra else 0
        leading, trailing = not any(values[:extra]), not any(values[width:])
        if leading != trailing:
            return self.starts.setdefault(len(values), extra if leading else 0)
        if leading:
            return self.starts.get(len(values), None if any(values) else extra)
        return None

    # --- what a row says -----------------------------------------------------------------------------------------

    def _heading(self, label: str, values: list[str], at: int) -> None:
        for value in values:
            if any(c.isdigit() for c in value):
                span = self.canonical.source(at, at + len(value))
                self.reading.mentions.append(Mention("header_number", label, value, span))
            at += len(value) + 1

    def _observe(
        self, binding: RowBinding, cells: list[_Cell], label: str | None, values: list[str], at: int
    ) -> None:
        starts = [at]
        for value in values:
            starts.append(starts[-1] + len(value) + 1)
        unit = code = None
        for cell_ in cells:
            if cell_.column == "unit":
                unit = values[cell_.index].strip("()") or None
            elif cell_.column == "code":
                code = values[cell_.index] or None
        for path, index, column, head in cells:
            if not path:
                continue
            value, start = values[index], starts[index]
            end = start + len(value)
            state, quantity = cell(value)
            # A blank cell is where its mark is; any other is where its text is.
            span = self.canonical.source(start, end) if value else self.canonical.source(end, end + 1)
            printed = quantity.unit if quantity and quantity.unit else (head.unit if head else None) or unit
            stem = binding.stem or path.rpartition(".")[0]
            self.found.append(
                Observation(
                    path,
                    "chart" if self.layout.reads == "chart" else "table",
                    state,
                    quantity.value if quantity else None,
                    quantity.low if quantity else None,
                    quantity.high if quantity else None,
                    printed or (self.registry.metric(path).unit or None),
                    self.document.text[span.start : span.end] if value else "",
                    label or self.registry.metric(path).zh,
                    span,
                    scope=head.scope if head else None,
                    table=self.table,
                    row=code or stem,
                    column=column,
                )
            )

    def _label(self, end: int) -> str:
        """The label that ends at `end` as printed, with the ordinal that the grammar passed over."""
        text = self.canonical.text
        start = max(text.rfind("\n", 0, end), text.rfind("|", 0, end)) + 1
        span = self.canonical.source(start, max(end, start + 1))
        return "".join(self.document.text[span.start : span.end].split())

    # --- rows that the grammar does not know -------------------------------------------------------------------------

    def _leave(self, start: int, end: int, cells: list[str], row: str | None) -> None:
        """Keep a row for later, unless it is a head."""
        if not self._head(cells):
            after = self.places.get(self.rows[-1][1], -1) if self.rows else -1
            self.left.append(_Left(start, end, cells, row, after))

    def _head(self, cells: list[str]) -> bool:
        """Whether a row heads columns; if so, they are noted."""
        texts = [cell for cell in cells if cell]
        if len(texts) > CELLS_LIMIT or any(text.isdecimal() for text in texts):
            return False
        heads = [self.layout.head(text) for text in texts]
        known = [head for head in heads if head not in (FRAGMENT, FOREIGN)]
        if known and known[0].name == CAPTION and len(known) == len(heads):
            self.columns.clear()
            return True
        if len(known) > 1 or any(head.open or head.name == LABEL for head in known):
            self.columns.add([head for head in heads if head.name not in (LABEL, CAPTION)])
            return True
        if any(c.isdigit() for text in texts for c in text) or len(texts) < 3:
            return False
        # Words over columns that the form does not have: its order says nothing about them.
        if FOREIGN in heads:
            self.columns.clear()
            self.columns.foreign = True
        return True

    def finish(self) -> None:
        """Look once more at what was left, and hand everything over."""
        for left in self.left:
            if not self._rescue(left) and any(c.isdigit() for text in left.cells for c in text):
                text = self.canonical.text[left.start : left.end]
                self.reading.unparsed.append(
                    Unparsed(self.canonical.source(left.start, left.end), text, self.table)
                )
        self.reading.observations.extend(self._scoped(sorted(self.found, key=lambda o: o.span.start)))

    def _scoped(self, found: list[Observation]) -> list[Observation]:
        return found

    def _rescue(self, left: _Left) -> bool:
        return False
