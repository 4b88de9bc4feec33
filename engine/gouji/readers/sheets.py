"""Workbooks: XLSX with its frames and merged cells (openpyxl), XLS as a grid of values (calamine)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, NamedTuple, TypeAlias

from gouji.document import Document, Place
from gouji.readers import flow, limits
from gouji.readers.archive import Archive, refuse_declarations
from gouji.readers.flow import FIGURE, CellNode, ParagraphNode, Piece, TableNode
from gouji.readers.refusals import damaged, missing, too_large

_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\s[^>]*?\br="([A-Z]{0,3})(\d{1,7})"')
_SECTION = re.compile("[一二三四五六七八九十]{1,3}[、.．]")
# (first row, first column, last row, last column), 1-based and inclusive.
Merged: TypeAlias = tuple[int, int, int, int]


class _Sheet(NamedTuple):
    """Values by (row, column), both 1-based; which cells have a frame, None where the file does not say."""

    number: int
    values: dict[tuple[int, int], str]
    framed: frozenset[tuple[int, int]] | None
    merged: list[Merged]


def read(data: bytes, source: str, *_: object) -> Document:
    """The Document of a workbook: its visible sheets one after the other.

    Raises ReadError for a file that is damaged, protected, empty, or beyond the limits.
    """
    sheets = _xlsx(data, source) if data.startswith(b"PK") else _xls(data, source)
    return flow.document(data, source, [item for sheet in sheets for item in _items(sheet)])


def _xlsx(data: bytes, source: str) -> list[_Sheet]:
    archive = Archive(data, source, "XLSX")
    for name in archive.names:
        part = archive.part(name) or b""
        if name.endswith((".xml", ".rels")):
            refuse_declarations(part, source, "XLSX")
        if name.startswith("xl/worksheets/"):
            _bounded(source, ((int(row), _column(letters)) for letters, row in _CELL.findall(part)))
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise missing(source, "XLSX", "office") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(data), data_only=True, keep_links=False)
    except Exception as error:
        # openpyxl meets damaged files with whatever exception comes first.
        raise damaged(source, "XLSX") from error
    sheets = []
    for number, sheet in enumerate(book.worksheets, 1):
        if sheet.sheet_state != "visible":
            continue
        values: dict[tuple[int, int], str] = {}
        framed = set()
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    values[cell.row, cell.column] = _text(cell.value)
                if cell.has_style and (cell.border.left.style or cell.border.right.style or cell.border.bottom.style):
                    framed.add((cell.row, cell.column))
        merged = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges]
        sheets.append(_Sheet(number, values, frozenset(framed) or None, merged))
    return sheets


def _xls(data: bytes, source: str) -> list[_Sheet]:
    try:
        from python_calamine import CalamineWorkbook
    except ImportError as error:
        raise missing(source, "XLS", "office") from error
    sheets = []
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        for number, about in enumerate(book.sheets_metadata, 1):
            if str(about.visible).endswith("Visible"):
                sheet = book.get_sheet_by_name(about.name)
                rows = sheet.to_python(skip_empty_area=False)
                values = {
                    (r, c): _text(value)
                    for r, row in enumerate(rows, 1)
                    for c, value in enumerate(row, 1)
                    if value != ""
                }
                ranges = sheet.merged_cell_ranges or []
                merged = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in ranges]
                sheets.append(_Sheet(number, values, None, merged))
    except Exception as error:
        # calamine meets damaged files with whatever exception comes first.
        raise damaged(source, "XLS") from error
    return sheets


def _bounded(source: str, cells: Iterable[tuple[int, int]]) -> None:
    """Refuse a sheet that spans a rectangle of millions of cells: libraries fill it."""
    rows = columns = count = 0
    for row, column in cells:
        rows, columns, count = max(rows, row), max(columns, column), count + 1
    if rows * columns > limits.CELLS * 20 or count > limits.CELLS * 2:
        raise too_large(
            source,
            f"工作表有 {rows} 行 {columns} 列，超过上限",
            f"a sheet of {rows} rows and {columns} columns is above the limit",
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(value: Any) -> str:
    """A value as it is printed without any number format: 12.0 is 12."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def _items(sheet: _Sheet) -> Iterator[flow.Item]:
    """Rows with several cells are those of tables; a cell that stands alone without a frame is running text."""
    columns = _framed(sheet) if sheet.framed is not None else _below_heads(sheet)
    covered = _covered(sheet.merged)
    table: list[list[CellNode]] = []
    for row in range(1, max((r for r, _ in sheet.values), default=0) + 1):
        cells = [
            _cell(sheet, row, c, covered.get((row, c))) for c in columns(row) if covered.get((row, c), (0, c))[1] == c
        ]
        alone = len(cells) == 1 and not (sheet.framed and (row, columns(row)[0]) in sheet.framed)
        if table and (alone or not cells):
            yield TableNode(table)
            table = []
        if alone:
            yield from cells[0].items
        elif cells:
            table.append(cells)
    if table:
        yield TableNode(table)


def _covered(merged: Sequence[Merged]) -> dict[tuple[int, int], tuple[int, int]]:
    """Where the merged cell begins that covers a cell."""
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, right in merged:
        if len(covered) + (bottom - top + 1) * (right - left + 1) <= limits.CELLS:
            covered.update({(r, c): (top, left) for r in range(top, bottom + 1) for c in range(left, right + 1)})
    return covered


def _cell(sheet: _Sheet, row: int, column: int, start: tuple[int, int] | None) -> CellNode:
    """A cell; a merged one has its text in the first of its rows and is blank in the others."""
    text = sheet.values.get((row, column), "") if start is None or start[0] == row else ""
    place = Place(table=sheet.number, row=row, cell=column)
    return CellNode([ParagraphNode([Piece(text)], place)] if text else [], place=place)


def _framed(sheet: _Sheet) -> Callable[[int], list[int]]:
    """The columns of a row that have a frame or a value."""
    columns: dict[int, set[int]] = {}
    for row, column in (*(sheet.framed or ()), *sheet.values):
        columns.setdefault(row, set()).add(column)
    return lambda row: sorted(columns.get(row, ()))


def _below_heads(sheet: _Sheet) -> Callable[[int], list[int]]:
    """The columns of a row as far as its values go, or those of the head above it: two texts or more, no figure."""
    rows: dict[int, list[int]] = {}
    for row, column in sheet.values:
        rows.setdefault(row, []).append(column)
    left = min((c for columns in rows.values() for c in columns), default=1)
    ends: dict[int, int] = {}
    end, above_is_head = 0, False
    for row in sorted(rows):
        last = max(rows[row])
        last = max((m[3] for m in sheet.merged if m[0] == row and m[1] == last), default=last)
        is_head = len(rows[row]) > 1 and not any(FIGURE.fullmatch(sheet.values[row, c]) for c in rows[row])
        following = rows.get(row + 1, [])
        if is_head:
            end = max(end, last) if above_is_head else last
        elif len(rows[row]) == 1 and (
            not following
            or (len(following) == 1 and _SECTION.match(sheet.values[row, rows[row][0]]))
            or (len(following) > 1 and not any(FIGURE.fullmatch(sheet.values[row + 1, c]) for c in following))
        ):
            end = 0
        above_is_head = is_head
        ends[row] = max(end, last)
    return lambda row: list(range(left, ends[row] + 1)) if row in ends else []
