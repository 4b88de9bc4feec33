"""Workbooks: XLSX with its frames and merged cells (openpyxl), XLS as a grid of values (calamine).

calamine is no Python: where it runs out of memory it ends its process. It gets one of its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

from gouji import imprint
from gouji.document import Document, Place
from gouji.errors import ReadError
from gouji.readers import flow, limits
from gouji.readers.archive import Archive, parse, refuse_declarations
from gouji.readers.bounded import Exceeded, bounded
from gouji.readers.flow import FIGURE, CellNode, ParagraphNode, Piece, TableNode
from gouji.readers.refusals import damaged, missing, own, too_large
from gouji.values import Struct

if TYPE_CHECKING:
    from lxml.etree import _Element

_SECTION = re.compile("[一二三四五六七八九十]{1,3}[、.．]")
# (first row, first column, last row, last column), 1-based and inclusive.
Merged: TypeAlias = tuple[int, int, int, int]


class _Sheet(Struct):
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
    if imprint.describes(Archive(data, source, "XLSX").part("docProps/core.xml") or b""):
        raise own(source)
    if find_spec("openpyxl") is None:
        raise missing(source, "XLSX", "office")
    try:
        with bounded(limits.SHEET_SECONDS, limits.SHEET_MEMORY):
            return _framed_sheets(data, source)
    except (Exceeded, MemoryError) as error:
        raise _endless(source) from error
    except ReadError:
        raise
    except Exception as error:
        # openpyxl meets damaged files with whatever exception comes first.
        raise damaged(source, "XLSX") from error


def _framed_sheets(data: bytes, source: str) -> list[_Sheet]:
    from openpyxl import load_workbook

    archive = Archive(data, source, "XLSX")
    for name in archive.names:
        part = archive.part(name) or b""
        if name.endswith((".xml", ".rels")):
            refuse_declarations(part, source, "XLSX")
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            count = _count(parse(part, source, "XLSX"))
            if count > limits.CELLS * 2:
                raise too_large(
                    source, f"工作表有 {count} 个单元格，超过上限", f"a sheet of {count} cells is above the limit"
                )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(data), data_only=True, keep_links=False)
    sheets = []
    for number, sheet in enumerate(book.worksheets, 1):
        if sheet.sheet_state != "visible":
            continue
        if _too_wide(sheet.max_row, sheet.max_column):
            raise _wide(source, sheet.max_row, sheet.max_column)
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


def _count(sheet: _Element) -> int:
    """The cells of a sheet, rows as one each, and those of its ranges, of which openpyxl makes every cell."""
    from openpyxl.utils.cell import range_boundaries

    count = sum(1 for _ in sheet.iter("{*}row", "{*}c"))
    for one in sheet.iter("{*}mergeCell", "{*}hyperlink"):
        left, top, right, bottom = range_boundaries(str(one.get("ref")))
        count += (bottom - top + 1) * (right - left + 1)
    return count


def _too_wide(rows: int, columns: int) -> bool:
    """Whether a sheet spans a rectangle of millions of cells: libraries fill it."""
    return rows * columns > limits.CELLS * 20


def _wide(source: str, rows: int, columns: int) -> ReadError:
    return too_large(
        source,
        f"工作表有 {rows} 行 {columns} 列，超过上限",
        f"a sheet of {rows} rows and {columns} columns is above the limit",
    )


def _endless(source: str) -> ReadError:
    seconds, memory = limits.SHEET_SECONDS, limits.SHEET_MEMORY >> 30
    return too_large(
        source,
        f"读取工作簿超过 {seconds} 秒或 {memory} GB 内存的上限",
        f"reading the workbook takes more than {seconds} seconds or {memory} GB, the limit",
    )


def _xls(data: bytes, source: str) -> list[_Sheet]:
    if find_spec("python_calamine") is None:
        raise missing(source, "XLS", "office")
    child = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        f"from gouji.readers import sheets; sheets.print_xls({limits.SHEET_SECONDS}, {limits.SHEET_MEMORY})"
    )
    command = [sys.executable, "-c", child]
    try:
        done = subprocess.run(
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=limits.SHEET_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise _endless(source) from error
    if done.returncode < 0:
        raise _endless(source)
    if done.returncode:
        raise damaged(source, "XLS")
    sheets = []
    for number, rows, columns, values, merged in json.loads(done.stdout):
        if _too_wide(rows, columns):
            raise _wide(source, rows, columns)
        sheets.append(_Sheet(number, {(r, c): text for r, c, text in values}, None, [(*m,) for m in merged]))
    return sheets


def print_xls(seconds: int, memory: int) -> None:
    """Print the visible sheets of the XLS file on standard input as JSON: number, extent, values, merged cells.

    This is what the process of its own does. What is wrong with the file ends it, by a signal where memory runs out.
    """
    from python_calamine import CalamineWorkbook

    sheets: list[tuple[int, int, int, list[tuple[int, int, str]], list[Merged]]] = []
    data = sys.stdin.buffer.read()
    try:
        with bounded(seconds, memory):
            book = CalamineWorkbook.from_filelike(BytesIO(data))
            for number, about in enumerate(book.sheets_metadata, 1):
                if not str(about.visible).endswith("Visible"):
                    continue
                sheet = book.get_sheet_by_name(about.name)
                height, width = sheet.total_height, sheet.total_width
                values = []
                if not _too_wide(height, width):
                    values = [
                        (r, c, _text(value))
                        for r, row in enumerate(sheet.to_python(skip_empty_area=False), 1)
                        for c, value in enumerate(row, 1)
                        if value != ""
                    ]
                merged = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in sheet.merged_cell_ranges or []]
                sheets.append((number, height, width, values, merged))
            sys.stdout.write(json.dumps(sheets))
    except (Exceeded, MemoryError):
        os.abort()


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
