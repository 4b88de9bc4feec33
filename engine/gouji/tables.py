"""Form tables: canonical rows to trees to observations."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve

from gouji.canonical import Canonical, Line
from gouji.columns import Columns, Form, Slot
from gouji.document import Document
from gouji.layouts import (
    CAPTION,
    FOREIGN,
    FRAGMENT,
    LABEL,
    Head,
    Layout,
    RowBinding,
    column_path,
    own_name,
    plain,
    unnumbered,
)
from gouji.nearness import far_from, resembles, shared
from gouji.parser import Token, Tree
from gouji.quantities import cell, signed
from gouji.recognition import recognise, trees
from gouji.records import Mention, Number, Observation, Source, Unparsed
from gouji.registry import Registry
from gouji.values import Struct

CELLS_LIMIT = 60
"""Cells of the longest row that is looked at when its label is damaged."""
LEFT_LIMIT = 100
"""Rows of one table that are looked at again when the grammar does not know them."""
HEADS_KEPT = 200
"""Different heads of tables that a layout remembers."""
LABEL_PIECES = 5
"""Cells over which the label of a row may have been broken."""
FLATTENED = 4
"""Heads of columns behind one that spans some of them: so many stand in rows of their own."""
ADDITIONS_AMONG = 3
"""Rows of the form that a table must have before rows that the form does not have are kept as additions."""

COLUMN_AMONG = 5
"""So many rows with other cells than in the form, and no more rows that are as there, are a table with other columns."""

CELLS_LOST = 2
"""So many cells a row may have lost; one that lacks more was left blank."""

TOTAL = "total"
"""The column that adds up those before it in a row."""

COPIED_AMONG = 10
"""Figures that a table must have, and of which one may differ, to be taken for a copy of another one."""

_NO_FIGURE = ("unit", "code")


class TableReading:
    """What the tables of a report gave; `used` names the layouts by pack, strongest first; `packs` that of each table.

    `forms` holds the first cell of each metric: a table that has them again is that of another body.
    """

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.unparsed: list[Unparsed] = []
        self.mentions: list[Mention] = []
        self.used: list[str] = []
        self.packs: list[str] = []
        self.forms: dict[str, Observation] = {}


def read_tables(
    document: Document, canonical: Canonical, layouts: Sequence[Layout], registry: Registry
) -> TableReading:
    """The observations of every table, each read by the layout that has most evidence for it."""
    reading = TableReading()
    strength: dict[str, int] = {}
    for ordinal, found in enumerate(recognise(document, canonical, layouts)):
        layout = found.layout
        if layout is None:
            reading.unparsed.extend(_unread(canonical, found.lines, ordinal))
            continue
        if layout.reads != "chart":
            strength[layout.pack] = strength.get(layout.pack, 0) + found.evidence
            reading.packs.append(layout.pack)
        binder = _Binder(document, canonical, layout, registry, found.lines[0].start, ordinal, reading)
        for tree, at in trees(layout, found.text):
            binder.shift(at)
            if tree is not None:
                binder.bind(tree)
            else:
                binder.refused(found.text[at : found.text.index("\n", at)])
        binder.finish()
    reading.used = sorted(strength, key=lambda pack: -strength[pack])
    return reading


def of_the_year(found: Sequence[Observation], year: int | None) -> Sequence[Observation]:
    """What was found, where the first column that names the year of the report itself stands for the whole."""
    own = {f"{year}年", f"{year}年度", "本年", "本年度"}
    if year is None or not any(o.scope in own for o in found):
        return found
    whole = {o.path for o in found if o.scope is None}
    told = []
    for o in found:
        if o.scope in own and o.path not in whole:
            whole.add(o.path)
            told.append(evolve(o, scope=None))
        else:
            told.append(o)
    return told


def _unread(canonical: Canonical, lines: Iterable[Line], table: int) -> Iterator[Unparsed]:
    """The rows with figures of a table that no grammar took."""
    for line in lines:
        row = canonical.text[line.start : line.end]
        if any(c.isdigit() for c in row):
            yield Unparsed(canonical.source(line.start, line.end), row, table)


_NO_QUANTITY = (None, None, None, None)


class _Left(Struct):
    """A row that was not bound: offsets in the canonical text, its cells, its row if its label is known.

    `columns` are the heads that were in force.
    """

    start: int
    end: int
    cells: list[str]
    row: str | None
    columns: Columns


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
        self._under()
        self.found: list[Observation] = []
        self.bound: set[tuple[str, str | None]] = set()
        self.rows: list[tuple[int, str]] = []  # (offset, row) of what was bound, in order
        self.untotalled: list[
            tuple[int, str, Columns]
        ] = []  # those with figures, but not in the last cell; their heads
        self.left: list[_Left] = []
        self.pieces: set[int] = set()  # rows left that are the beginning of the label of the next one
        self.starts: dict[int, int] = {}  # number of cells -> where the values begin among them
        self.filled: bool | None = None  # whether rows are filled up with empty cells at their end, as the heads are
        self.repeated: Mention | None = None  # where the table begins again
        self.values: dict[str, list[str]] = {}  # the cells of each row that was bound
        self.differs = False  # a row that is there again has other figures
        self.places = {label.row: label.place for label in layout.labels}

    def shift(self, at: int) -> None:
        """The next tree begins `at` characters into the table."""
        self.offset = self.base + at

    def _under(self, heads: Sequence[Head] = (), foreign: bool = False, depth: int = 1) -> None:
        """The rows that follow stand below these heads; what was found out below the same heads is still known."""
        key = (*heads, foreign, depth)
        columns = self.layout.kept.get(key)
        if columns is None:
            columns = Columns(heads, foreign, depth)
            if len(self.layout.kept) < HEADS_KEPT:
                self.layout.kept[key] = columns
        self.columns: Columns = columns
        self.closed = False  # by a row of figures

    def bind(self, tree: Tree) -> None:
        """Visit the rows of `tree` in order; rows nest in the rules that tell equal labels apart."""
        stack: list[Any] = [tree]
        while stack:
            node = stack.pop()
            if node.__class__ is Token:
                continue
            if Tree in map(type, node.children):
                stack.extend(reversed(node.children))
            elif node.children:
                self._row(node.data, node.children)

    def refused(self, row: str) -> None:
        """A row that the grammar does not take where it stands; `shift` says where that is."""
        self._leave(self.offset, self.offset + len(row), row.split("|")[:-1], None)

    def _row(self, rule: str, tokens: list[Token]) -> None:
        cells = tokens[-1]
        label = tokens[-2] if len(tokens) > 1 else None
        key, binding = self.layout.row(rule, label.type if label else "")
        values = cells.text.split("|")
        del values[-1]  # the end of the line
        at = self.offset + cells.start
        torn = self.left and label is not None and self._torn(label)
        readable = binding is not None and (
            own_name(cells.type) != "DAMAGED" or (len(self.left) < LEFT_LIMIT and self._worded(values))
        )
        if not readable or torn or not self._bind(key, label, values, at):
            start, end = self._row_start(self.offset + (label or cells).start), self.offset + cells.end - 1
            self._leave(
                start, end, self.canonical.text[start:end].split("|")[:-1], key if binding and not torn else None
            )

    def _torn(self, label: Token) -> bool:
        """Whether a label goes on with one that began in the row above, which was left."""
        start, end = self._row_start(self.offset + label.start), self.offset + label.end
        if self.left[-1].end + 1 != start:
            return False
        above = "".join(self.left[-1].cells)
        if sum(map(bool, self.left[-1].cells)) != 1 or plain(above) == "":
            return False
        whole = plain(above + self.canonical.text[start:end].strip("|").rpartition("|")[2])
        return any(whole in known.texts for known in self.layout.labels)

    def _row_start(self, at: int) -> int:
        return self.canonical.text.rfind("\n", 0, at) + 1

    def _bind(self, key: str, label: Token | str | None, values: list[str], at: int) -> bool:
        """Bind the row `key` with the cells `values`, which begin `at`; whether that could be done."""
        binding = self.layout.rows[key]
        if isinstance(label, Token):
            label = self._label(self.offset + label.end - 1)
        if binding.heading:
            self._heading(label or "", values, at)
            return True
        if len(values) == 1 and self._is_unit(values[0]):
            # A unit whose figure is blank, where a blank at the end of a row leaves no cell.
            values = [*values, ""]
        if label is None and not any(values) and len(self.columns.leaves) != len(values):
            # Places that extractors fill up; a blank row of figures without a label stands below heads for all of them.
            return True
        form = self._cells(key, values)
        if form is None or _closed_up(form, values):
            return False
        if self.repeated or not self.bound.isdisjoint(form.names):
            return self._again(key, values, at)
        self.bound.update(form.names)
        self.values[key] = values
        self.rows.append((at, key))
        if not values[-1] and any(values):
            self.untotalled.append((at, key, self.columns))
        self.closed = True
        self._observe(binding.stem, form.cells, label, values, at)
        return True

    def _again(self, key: str, values: list[str], at: int) -> bool:
        """Take note of a row that was bound before; whether it says no more than that.

        Straight behind itself it is a row too many; anywhere else, or with other figures, the table begins again.
        """
        same = self.values.get(key) == values
        self.differs |= not same
        if self.repeated:
            return False
        start = self._row_start(at)
        end = at - 1 if start < at else at + len("|".join(values)) + 1
        text = self.canonical.text[start:end].strip("|").rpartition("|")[2]
        again = Mention("doubled", text, str(self.table), self.canonical.source(start, end))
        if same and self.rows[-1][1] == key:
            self.reading.mentions.append(again)
            return True
        self.repeated = evolve(again, kind="repeated")
        return False

    # --- which cell is which -----------------------------------------------------------------------------------

    def _cells(self, key: str, values: list[str]) -> Form | None:
        """The metrics of a row by cell; None when in doubt."""
        form = self.columns.forms.get(key)
        if form is None:
            binding = self.layout.rows[key]
            form = self._form(binding)
            if binding.stem:
                # Without a stem the line above the table has a say.
                self.columns.forms[key] = form
        cells, width, _ = form
        if not cells:
            return None
        if len(values) == width:
            return form
        if len(values) == width - 1 and cells[0].column == "unit" and not self._is_unit(values[0]):
            # The unit stands in the label or in the head.
            return Form.of([cell._replace(place=cell.place - 1) for cell in cells[1:]], width - 1)
        if 0 < len(values) < width and values[-1] and cells[-1].place < len(values):
            # Remarks that a row leaves out at its end.
            return form
        if FRAGMENT in self.columns.heads and not self.columns.default(self.layout.rows[key].columns):
            return None
        start = self._start(values, width)
        return None if start is None else form._replace(cells=[c._replace(place=c.place + start) for c in cells])

    def _is_unit(self, text: str) -> bool:
        return text.isalpha() and text in self.registry.units.values()

    def _form(self, binding: RowBinding) -> Form:
        """The cells of a row and how many there are: as the heads name them, else in the order of the form."""
        heads = self.columns.leaves
        if sum(head.name == "value" for head in heads) == 1:
            # Whose figures the only column holds goes without saying.
            heads = [head._replace(scope=None) if head.name == "value" and not head.always else head for head in heads]
        if not self.columns or self.columns.default(binding.columns):
            if binding.headed and not any(head.name != FRAGMENT.name for head in self.columns.heads):
                return Form()
            order = enumerate(zip(binding.paths, binding.columns, strict=True))
            cells = [
                Slot(path, i, column, *((heads[i].scope, heads[i].unit) if heads else ()))
                for i, (path, column) in order
            ]
            return Form.of(cells, len(cells))
        if not binding.stem and not any("." in head.name for head in heads):
            # What the columns are of, the line above the table says.
            above = self.layout.head(unnumbered(self._caption()))
            heads = [head._replace(name=above.name + head.name) for head in heads] if above.open else heads
        cells = [
            Slot(path, i, head.name, head.scope, head.unit)
            for i, head in enumerate(heads)
            if (path := self._headed(binding, head)) is not None
        ]
        return Form.of(cells, len(heads))

    def _headed(self, binding: RowBinding, head: Head) -> str | None:
        """The metric of the column `head` in a row, "" for unit and code, None for what the row does not have."""
        if head.name in _NO_FIGURE:
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
        if self.filled and width > 1 and values[0] and not any(values[1:]):
            return None  # the only figure of the row may have been merged over all its columns
        if leading != trailing:
            # What a row shows itself must not contradict the rows above it.
            start = extra if leading else 0
            return start if self.starts.setdefault(len(values), start) == start else None
        if leading:
            shown = {True: 0, False: extra, None: None}[self.filled]
            return self.starts.get(len(values), shown if any(values) else extra)
        return None

    # --- what a row says -----------------------------------------------------------------------------------------

    def _heading(self, label: str, values: list[str], at: int) -> None:
        codes = [i for i, head in enumerate(self.columns.leaves) if head.name == "code"]
        for i, value in enumerate(values):
            if i not in codes and any(c.isdigit() for c in value):
                span = self.canonical.source(at, at + len(value))
                self.reading.mentions.append(Mention("header_number", label, value, span))
            at += len(value) + 1

    def _observe(self, stem: str, cells: Sequence[Slot], label: str | None, values: list[str], at: int) -> None:
        unit = code = None
        origin: Source = "chart" if self.layout.reads == "chart" else "table"
        text, spans = self.document.text, self.canonical.origin.row(at, map(len, values))
        metric, units, found, table = self.registry.metric, self.registry.units, self.found.append, self.table
        for path, place, column, scope, own in cells:
            value = values[place]
            if not path:
                if column == "unit":
                    unit = value.strip("()") or None
                else:
                    code = value or None
                continue
            state, quantity = cell(value)
            if state == "text" and metric(path).signed:
                state, quantity = cell(signed(value))
            number, low, high, printed = quantity or _NO_QUANTITY
            # A blank cell is where its mark is.
            begin, stop = span = spans[place]
            found(
                Observation(
                    path,
                    origin,
                    state,
                    number,
                    low,
                    high,
                    printed or own or unit or units.get(path) or None,
                    text[begin:stop] if value else "",
                    label or metric(path).zh,
                    span,
                    scope,
                    False,
                    table,
                    code or stem or path.rpartition(".")[0],
                    column,
                )
            )

    def _label(self, end: int) -> str:
        """The label that ends at `end` as printed, with the ordinal that the grammar passed over."""
        text = self.canonical.text
        start = max(text.rfind("\n", 0, end), text.rfind("|", 0, end)) + 1
        begin, stop = self.canonical.origin.span(start, end if end > start else start + 1)
        return "".join(self.document.text[begin:stop].split())

    # --- rows that the grammar does not know -------------------------------------------------------------------------

    def _leave(self, start: int, end: int, cells: list[str], row: str | None) -> None:
        """Keep a row for later, unless it is a head."""
        if not self._head(cells):
            self.left.append(_Left(start, end, cells, row, self.columns))

    def _head(self, cells: list[str]) -> bool:
        """Whether a row heads columns; if so, they are noted."""
        texts = [cell for cell in cells if cell]
        if not self.layout.head_names or len(texts) > CELLS_LIMIT or any(text.isdecimal() for text in texts):
            return False
        heads = self._heads(texts)
        known = [head for head in heads if head not in (FRAGMENT, FOREIGN)]
        if len(texts) > 1 and not cells[-1] and self.filled is not False:
            # Empty cells among heads are those that a merged one leaves.
            self.filled = all(cells[: len(texts)])
        elif len(texts) > 1 and not all(cells):
            self.filled = False
        if known and known[0].name == CAPTION and len(known) == len(heads):
            self._under()
            if all(head.name in (CAPTION, LABEL) for head in known):
                return True
        columns = [i for i, head in enumerate(known) if head.name not in (LABEL, CAPTION)]
        if any(head.name == LABEL for head in (known[columns[0] : columns[-1]] if columns else ())):
            # Two halves of the form side by side.
            self._under(foreign=True)
            return True
        if len(known) > 1 or any(head.open or head.name == LABEL for head in known):
            self._below([head for head in heads if head.name not in (LABEL, CAPTION)])
            return True
        # A mark for nothing heads no column.
        words = sum(any(c.isalnum() for c in text) for text in texts)
        if any(c.isdigit() for text in texts for c in text) or words < 3:
            return False
        # Words over columns that the form does not have: its order says nothing about them.
        if FOREIGN in heads:
            self._under(foreign=True)
        elif any(head.open for head in self.columns.heads):
            self._below(heads)
        return True

    def _heads(self, texts: list[str]) -> list[Head]:
        """What the cells of a head row say; one that was broken says so with the next ones."""
        heads = []
        at = 0
        while at < len(texts):
            head, pieces = self.layout.head(texts[at]), 1
            if head is FRAGMENT or texts[at].count("(") > texts[at].count(")"):
                for count in range(2, LABEL_PIECES + 1):
                    cell = "".join(texts[at : at + count])
                    whole = self.layout.head(cell)
                    if whole not in (FRAGMENT, FOREIGN) and cell.count("(") == cell.count(")"):
                        head, pieces = whole, count
                        break
            heads.append(head)
            at += pieces
        return heads

    def _below(self, row: list[Head]) -> None:
        """One more head row; the first behind a row of figures begins anew."""
        if (spread := self._flattened(row)) is not None:
            self._under(spread, foreign=not spread)
            return
        self._under(*((row,) if self.closed else self.columns.below(row)))

    def _flattened(self, row: list[Head]) -> list[Head] | None:
        """The columns of a row that holds several rows of heads one behind the other, in the order of the form.

        None for any other row; no columns where they are not those of the form, since nothing tells their order.
        """
        first = next((i for i, head in enumerate(row) if head.open), len(row))
        if sum(not head.open for head in row[first:]) < FLATTENED:
            return None
        names = sorted(head.name for head in row if not head.open)
        for binding in self.layout.rows.values():
            if sorted(column.rpartition(".")[2] for column in binding.columns) == names:
                return [Head(column) for column in binding.columns]
        return []

    def finish(self) -> None:
        """Look once more at the rows that were left, and hand everything over."""
        bound = {i for i in range(min(len(self.left), LEFT_LIMIT)) if self._rescue(i)}
        if self.untotalled:
            self._leave_shifted()
        uncounted = []
        for i, row in enumerate(self.left):
            if i in bound or i in self.pieces or not any(c.isdigit() for text in row.cells for c in text):
                continue
            if i >= LEFT_LIMIT or not self._addition(row):
                text = self.canonical.text[row.start : row.end]
                self.reading.unparsed.append(Unparsed(self.canonical.source(row.start, row.end), text, self.table))
                if i < LEFT_LIMIT and (other := self._counted(row)):
                    uncounted.append(other)
        if len(uncounted) < max(COLUMN_AMONG, len(self.rows)):
            self.reading.mentions += uncounted
        if self.repeated:
            self.reading.mentions.append(evolve(self.repeated, kind="differing") if self.differs else self.repeated)
        if self.left:
            self.found.sort(key=lambda o: o.span.start)
        self.reading.observations.extend(self._own(self.found))

    def _counted(self, left: _Left) -> Mention | None:
        """That a row has more or fewer cells than in the form, or several with words; None where it has neither."""
        if left.row is None or self.repeated:
            return None
        binding, heads = self.layout.rows[left.row], left.columns
        if binding.heading or (FRAGMENT in heads.heads and not heads.default(binding.columns)):
            return None
        now, self.columns = self.columns, heads
        form = self._form(binding)
        self.columns = now
        known = [label for label in self.layout.labels if label.row == left.row]
        named = (i for i, cell in enumerate(left.cells, 1) if any(far_from(plain(cell), k) is not None for k in known))
        split = next(named, 0)
        if len(left.cells) - split > CELLS_LIMIT:
            return None
        values = left.cells[split:]
        if (known and not split) or not (values and self.layout.values.fullmatch(values[0] + "|\n")):
            # Behind the name of a group stands the label of a row.
            return None
        while len(values) > form.width and not (values[0] and values[-1]):
            # Left of merged labels, or filled up.
            values = values[:-1] if values[0] else values[1:]
        count, filled = len(values), sum(map(bool, values))
        if count == form.width and all(values[:filled]):
            # Places at the end of the row are filled up.
            count = filled
        if not form.cells or not self.bound.isdisjoint(form.names):
            return None
        if count == form.width and all(self.layout.values.fullmatch(value + "|\n") for value in values):
            return None
        label = left.cells[split - 1] if split else ""
        at = left.start + sum(len(cell) + 1 for cell in left.cells[: split - 1]) if split else left.start
        told = "/".join([str(count), str(form.width), *(cell.path for cell in form.cells if cell.path)])
        span = self.canonical.source(at, at + len(label) if label else left.end)
        return Mention("cells", label, told, span)

    def _leave_shifted(self) -> None:
        """Leave rows that have lost cells where the places of their last ones were filled up.

        The total seems to be blank, and the last figure of the row adds up several others or more: it is the total where
        no other row has so much in its column, for no part is more than the total of that.
        """
        if len(self.untotalled) >= sum(o.column == TOTAL and bool(o.value) for o in self.found):
            return
        for at, key, heads in self.untotalled:
            stem = self.layout.rows[key].stem
            row = [o for o in self.found if o.row == stem]
            filled = [o for o in row if o.state != "blank"]
            figures = [o.value for o in filled if type(o.value) is int and o.scope is None]
            if not row or row[-1].column != TOTAL or filled != row[: len(figures)] or len(figures) < 3:
                continue
            if (
                not 0 < len(row) - len(figures) <= CELLS_LOST
                or not figures[-1] >= sum(figures[:-1]) > 0
                or figures[-1] in figures[:-1]
            ):
                continue
            if any(
                (o.value or 0) >= figures[-1] for o in self.found if o.column == filled[-1].column and o.row != stem
            ):
                continue
            self.found = [o for o in self.found if o.row != stem]
            self.bound -= {(o.path, o.scope) for o in row}
            self.rows.remove((at, key))
            start, end = self._row_start(at), self.canonical.text.index("\n", at)
            self.left.append(_Left(start, end, self.canonical.text[start:end].split("|")[:-1], key, heads))

    def _rescue(self, index: int) -> bool:
        """Bind a row by a damaged label; whether that could be done.

        Its place among the rows above and below that were read says which rows it can be; of these it is the one
        whose label is nearest, if no other is as near.
        """
        left = self.left[index]
        if len(left.cells) > CELLS_LIMIT:
            return False
        split = self._values(left.cells)
        if split is None or not any(left.cells[split:]):
            return False
        at = left.start + sum(len(cell) + 1 for cell in left.cells[:split])
        # A label may have been broken over some cells.
        broken = ["".join(left.cells[i:split]) for i in range(split - 2, max(split - LABEL_PIECES, 0) - 1, -1)]
        if left.row is not None:
            # The grammar knows how it begins.
            return any(self._nearest(left, split, at, label, exact=True) for label in broken)
        label = left.cells[split - 1]
        if any(self._nearest(left, split, at, one, exact=True) for one in broken) or self._nearest(
            left, split, at, label
        ):
            return True
        above = self.left[index - 1] if index else None
        # The label may have begun in the row above.
        begun = above is not None and above.end + 1 == left.start and sum(map(bool, above.cells)) == 1
        if above and begun and self._nearest(left, split, at, "".join(above.cells) + label):
            self.pieces.add(index - 1)
            return True
        return any(self._nearest(left, split, at, one) for one in broken) or self._continued(left, split, at)

    def _continued(self, left: _Left, split: int, at: int) -> bool:
        """Give the values of a row to the row above, which was read as blank, where the labels of both are one label."""
        place = bisect_left(self.rows, (at, ""))
        if not place:
            return False
        text, (above, row) = self.canonical.text, self.rows[place - 1]
        line = text[self._row_start(above) : text.find("\n", above)]
        cells = [cell for cell in line.split("|") if cell]
        if not cells or text.find("\n", above) + 1 != left.start:
            return False
        begun, label = cells[-1], cells[-1] + left.cells[split - 1]
        spellings = next((known.texts for known in self.layout.labels if known.row == row), ())
        open_ = begun.count("(") > begun.count(")")
        if plain(label) not in spellings or (plain(label) == plain(begun) and not open_):
            return False
        paths = self.layout.rows[row].paths
        blank = [o for o in self.found if o.path in paths]
        if any(o.state != "blank" for o in blank):
            return False
        self.found = [o for o in self.found if o.path not in paths]
        self.bound -= {(o.path, o.scope) for o in blank}
        del self.rows[place - 1]
        return self._as(row, left, split, at)

    def _as(self, row: str, left: _Left, split: int, at: int) -> bool:
        """Bind what was left as a certain row, below the heads that were in force there."""
        heads, self.columns = self.columns, left.columns
        bound = self._bind(row, self._label(at - 1), left.cells[split:], at)
        self.columns = heads
        self.rows.sort()
        return bound

    def _nearest(self, left: _Left, split: int, at: int, printed: str, exact: bool = False) -> bool:
        """Bind a row by the label that is nearest to what it prints, or the same, among those that can stand there."""
        label = plain(printed)
        free = self._free(at)
        near = sorted(
            (far, known.row not in free, known.row, known.texts[0])
            for known in self.layout.labels
            if (far := far_from(label, known)) is not None
        )
        here = [one for one in near if not one[1]]
        if not here or near[0][0] < here[0][0] or (len(here) > 1 and here[1][0] == here[0][0]):
            return False
        far, _, row, text = here[0]
        if far and exact:
            return False
        bound = self._as(row, left, split, at)
        if bound and far:
            span = self.canonical.source(at - 1 - len(left.cells[split - 1]), at - 1)
            self.reading.mentions.append(Mention("renamed", printed, text, span))
        return bound

    def _free(self, at: int) -> set[str]:
        """The rows of the form that can stand at an offset: those between its neighbours that were not read."""
        place = bisect_left(self.rows, (at, ""))
        after = self.places.get(self.rows[place - 1][1], -1) if place else -1
        before = self.places.get(self.rows[place][1], len(self.places)) if place < len(self.rows) else len(self.places)
        taken = {row for _, row in self.rows}
        return {k.row for k in self.layout.labels if after < k.place < before and k.row not in taken}

    def _worded(self, values: list[str]) -> bool:
        """Whether one cell of a row holds words, and neither a label nor a head: they are kept as unreadable."""
        filled = [value for value in values if value]
        words = [value for value in filled if not self.layout.values.fullmatch(value + "|\n")]
        if len(words) != 1 or len(filled) == 1 or self.layout.head(words[0]) is not FOREIGN:
            return False
        label = plain(words[0])
        return not any(resembles(label, text) for known in self.layout.labels for text in known.texts)

    def _values(self, cells: list[str]) -> int | None:
        """The index of the first cell behind the label; None where the row has no label or no values."""
        split = len(cells)
        while split and self.layout.values.fullmatch(cells[split - 1] + "|\n"):
            split -= 1
        return split if 0 < split < len(cells) and cells[split - 1] else None

    def _addition(self, left: _Left) -> bool:
        """Keep a row that the national form does not have, where the rows around it show how it is read."""
        split = self._values(left.cells)
        place = bisect_left(self.rows, (left.start, ""))
        if left.row is not None or split is None or not place or len(self.rows) < ADDITIONS_AMONG or self.repeated:
            return False
        label, free = plain(left.cells[split - 1]), self._free(left.start)
        # What might be a row that is missing here is no addition.
        if len(label) < 2 or any(
            resembles(label, text) or (known.row in free and 2 * shared(label, text) >= min(len(label), len(text)))
            for known in self.layout.labels
            for text in known.texts
        ):
            return False
        like = self.layout.rows[self.rows[place - 1][1]]
        stem = f"ext.table.{label}"
        binding = like._replace(
            stem=stem, paths=tuple("" if c in _NO_FIGURE else column_path(stem, c) for c in like.columns)
        )
        at = left.start + sum(len(cell) + 1 for cell in left.cells[:split])
        heads, self.columns = self.columns, left.columns
        cells, width, scoped = self._form(binding)
        self.columns = heads
        names = [name for name, _ in scoped]
        if width != len(left.cells) - split or not names or any((name, None) in self.bound for name in names):
            return False
        self.bound.update((name, None) for name in names)
        self._observe(stem, cells, self._label(at - 1), left.cells[split:], at)
        return True

    # --- forms of several bodies --------------------------------------------------------------------------------

    def _own(self, found: list[Observation]) -> list[Observation]:
        """What was found, with the body that it is of where another table has had the same metrics already."""
        forms, here = self.reading.forms, {o.path: o for o in found}
        again = not forms.keys().isdisjoint(here) and [o for o in found if o.path in forms and o.scope is None]
        if not again:
            forms.update(here)
            return found
        if len(again) == len(found) and _copied([(o.value or 0, forms[o.path].value or 0) for o in again]):
            return found
        body = self._caption() or f"表{self.table + 1}"
        return [evolve(o, scope=" ".join(filter(None, (body, o.scope)))) for o in found]

    def _caption(self) -> str:
        """The line above the table, unless a label begins in it."""
        text = self.canonical.text
        start = text.rfind("\n", 0, max(self.base - 1, 0)) + 1
        line = text[start : self.base - 1] if start < self.base else ""
        if not 0 < len(line) <= 40 or "|" in line:
            return ""
        words = plain(line)
        begun = len(words) < 2 or any(text.startswith(words) for known in self.layout.labels for text in known.texts)
        return "" if begun else line


def _closed_up(form: Form, values: Sequence[str]) -> bool:
    """Whether a row has lost its blanks: its total is empty, and the last of the figures that begin it adds the others up."""
    first, last = form.cells[0], form.cells[-1]
    if values[last.place] or last.column.rpartition(".")[2] != TOTAL or last.place - first.place + 1 != len(form.cells):
        return False
    row = values[first.place : last.place + 1]
    filled = [int(value) for value in row if value.isdecimal()]
    return (
        len(filled) > 1
        and all(value.isdecimal() for value in row[: len(filled)])
        and not any(row[len(filled) :])
        and filled[-1] == sum(filled[:-1]) > 0
    )


def _copied(pairs: Sequence[tuple[Number, Number]]) -> bool:
    """Whether two tables, given the figures of each cell, are one that stands there twice, be it with an odd change."""
    filled = [one == other for one, other in pairs if one or other]
    return all(filled) or (len(filled) >= COPIED_AMONG and filled.count(False) <= len(filled) // COPIED_AMONG)
