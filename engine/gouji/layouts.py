"""Layouts of tables: how to recognise one, which grammar reads it, what its rows bind to, how its columns are headed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from attrs import define, field

from gouji.grammar import Grammar
from gouji.patterns import Pattern
from gouji.quantities import MONEY
from gouji.values import Struct

Reads: TypeAlias = Literal["table", "chart"]

_BRACKETS = re.compile(r"\([^()]*\)?")
_UNIT = re.compile("|".join(sorted(MONEY, key=len, reverse=True)))
_NOT_IN_LABEL = re.compile(r"\([^()]*\)|^其中|[^\w]")
_ORDINALS = re.compile(r"^#*(?:\(?[一二三四五六七八九十\d]{1,3}[)、.:])+")


class RowBinding(Struct):
    """What a row gives: the metrics of its cells in the order of the form.

    "unit" is the cell of the printed unit and "code" that of the code of the row; cells of remarks, which packs call
    `text`, are passed over as codes are. `stem` is what the names of columns are appended to. A heading gives no
    metric. `headed` rows are read below known heads only.
    """

    columns: tuple[str, ...]
    paths: tuple[str, ...]
    stem: str = ""
    heading: bool = False
    headed: bool = False


class Head(Struct):
    """What one cell of a head says: the name of a column, whose figures stand below it, and in which unit.

    `always` says that the scope holds even where no other column has one.
    `FRAGMENT` is a piece of the heads of the form, `FOREIGN` the head of a column that the form does not have.
    """

    name: str
    scope: str | None = None
    unit: str | None = None
    always: bool = False

    @property
    def open(self) -> bool:
        """Whether it stands above the heads of columns."""
        return self.name == SPAN or self.name.endswith(".")


SPAN, LABEL, CAPTION = "span", "label", "caption"
REMARKS = "text"
FRAGMENT, FOREIGN = Head("?fragment"), Head("?foreign")


class RowLabel(Struct):
    """The label of a row in the spellings that its terminal knows; `place` counts the rows of the form."""

    row: str
    texts: tuple[str, ...]
    place: int


@define(slots=False, eq=False, repr=False)
class Layout:
    """One table layout of a pack.

    `rows` is keyed by TERMINAL, rule.TERMINAL or rule. `values` matches the cells behind a label. `kept` is what reading
    found out of the heads and rows of the form, which most tables have in common; whoever keeps it bounds it.
    """

    pack: str
    name: str
    reads: Reads
    start: str
    detect: Pattern
    grammar: Grammar
    rows: Mapping[str, RowBinding]
    labels: tuple[RowLabel, ...]
    values: Pattern
    heads: Pattern
    head_names: tuple[str, ...]
    head_characters: frozenset[str]
    _known_heads: dict[str, Head] = field(factory=dict, init=False)
    _known_rows: dict[tuple[str, str], tuple[str, RowBinding | None]] = field(factory=dict, init=False)
    kept: dict[Any, Any] = field(factory=dict, init=False)

    def evidence(self, table: str) -> int:
        """How many different cues of the layout the canonical text of a table holds."""
        return len(set(self.detect.findall(table)))

    def row(self, rule: str, label: str) -> tuple[str, RowBinding | None]:
        """The key of a row by its rule and the terminal of its label ("" without one), and what the row gives."""
        found = self._known_rows.get((rule, label))
        if found is None:
            key, terminal = own_name(rule), own_name(label)
            if terminal:
                key = f"{key}.{terminal}" if f"{key}.{terminal}" in self.rows else terminal
            # A grammar has so many of them at most.
            found = self._known_rows[rule, label] = key, self.rows.get(key)
        return found

    def head(self, cell: str) -> Head:
        """What a cell says as the head of a column."""
        found = self._known_heads.get(cell)
        if found is None:
            found = self._head(cell)
            if len(self._known_heads) < 1000:
                self._known_heads[cell] = found
        return found

    def _head(self, cell: str) -> Head:
        match = self.heads.fullmatch(cell) or self.heads.fullmatch(_BRACKETS.sub("", cell)) if len(cell) < 400 else None
        if match is None:
            return FRAGMENT if self.head_characters.issuperset(cell) else FOREIGN
        unit = _UNIT.search(cell, cell.find("(")) if "(" in cell else None
        index = int((match.lastgroup or "h0")[1:])
        scopes = match.groupdict()
        always = scopes.get("always")
        return Head(self.head_names[index], always or scopes.get("scope"), unit[0] if unit else None, bool(always))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in _FOUND_OUT}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, **{name: {} for name in _FOUND_OUT})


_FOUND_OUT = ("_known_heads", "_known_rows", "kept")


def own_name(name: str) -> str:
    """The name of a rule or a terminal in its own file, which grammars that import it put in front."""
    return name.rpartition("__")[2]


def plain(label: str) -> str:
    """A label without ordinals, notes in brackets and punctuation: what fuzzy matching compares."""
    return _NOT_IN_LABEL.sub("", unnumbered(label))


def unnumbered(label: str) -> str:
    """A label or a heading without its ordinal."""
    return _ORDINALS.sub("", label)


def column_path(stem: str, column: str) -> str:
    """The metric of a column in the row with this stem."""
    return stem if column == "value" else f"{stem}.{column}".lstrip(".")
