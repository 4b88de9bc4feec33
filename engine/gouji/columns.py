"""The columns of a table, as its heads name them."""

from __future__ import annotations

from collections.abc import Sequence

from gouji.layouts import FRAGMENT, SPAN, Head
from gouji.values import Struct

HEAD_ROWS_LIMIT = 10
"""Head rows that unfold one another; a table with more has no heads, and is left alone."""
COLUMNS_LIMIT = 100
"""Columns that the heads of a table may name; one with more is left alone."""


ROWS_KEPT = 20
"""Different head rows below the same columns that are remembered."""


class Columns:
    """The columns that the heads of a table name, read from its head rows downwards."""

    def __init__(self, heads: Sequence[Head] = (), foreign: bool = False, depth: int = 1) -> None:
        self.heads = list(heads)
        self.depth = depth
        self.leaves = [head for head in heads if not head.open]
        self.foreign = foreign
        self.forms: dict[str, Form] = {}
        self._default: dict[Sequence[str], bool] = {}
        self._below: dict[tuple[Head, ...], tuple[list[Head], bool, int]] = {}

    def __bool__(self) -> bool:
        return bool(self.heads) or self.foreign

    def below(self, row: list[Head]) -> tuple[list[Head], bool, int]:
        """The columns with one more head row, as the constructor takes them. What is beyond the limits stays foreign."""
        key = tuple(row)
        found = self._below.get(key)
        if found is None:
            found = self._with(row)
            if len(self._below) < ROWS_KEPT:
                self._below[key] = found
        return found

    def _with(self, row: list[Head]) -> tuple[list[Head], bool, int]:
        if self.depth < HEAD_ROWS_LIMIT:
            columns = _unfolded(self.heads, row)
            if len(columns) <= COLUMNS_LIMIT:
                return columns, False, self.depth + 1 if any(head.open for head in self.heads) else 1
        return [], True, HEAD_ROWS_LIMIT

    def default(self, columns: tuple[str, ...]) -> bool:
        """Whether nothing in the heads speaks against the columns of the form in their order."""
        known = self._default.get(columns)
        if known is None:
            known = self._default[columns] = self._fits(columns)
        return known

    def _fits(self, columns: tuple[str, ...]) -> bool:
        names = [head.name for head in self.leaves]
        if self.foreign or len(names) != len(columns):
            return not self.foreign and not names
        return all(
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
            names = [one.name for one in rest]
            ends = (n for n, one in enumerate(rest) if one.open != grouped or one.name in names[:n])
            count = 0 if grouped and head.name != SPAN else next(ends, len(rest))
        below, rest = rest[:count], rest[count:]
        prefix = "" if head.name == SPAN else head.name
        columns.extend(one._replace(name=prefix + one.name) for one in below)
        if not below:
            columns.append(head)
    return columns


class Slot(Struct):
    """Where in a row a metric stands: the number of its value cell, its column, and what the head of that says."""

    path: str
    place: int
    column: str
    scope: str | None = None
    unit: str | None = None


class Form(Struct):
    """The cells of a row below certain heads, how many there are, and the metrics with their scopes."""

    cells: Sequence[Slot] = ()
    width: int = 0
    names: frozenset[tuple[str, str | None]] = frozenset()

    @classmethod
    def of(cls, cells: Sequence[Slot], width: int) -> Form:
        """The form with these cells; nothing where none of them is a figure."""
        names = frozenset([(cell.path, cell.scope) for cell in cells if cell.path])
        return cls(cells, width, names) if names else cls()
