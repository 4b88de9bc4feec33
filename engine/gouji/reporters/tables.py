"""Tables as files: rows come one by one and leave for the file as they come, whatever their number."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from gouji import imprint
from gouji.messages import Voice
from gouji.reporters.records_json import Record, dumps
from gouji.reporters.spreadsheet import BYTE_ORDER_MARK, csv_cell
from gouji.values import Struct

if TYPE_CHECKING:
    import pyarrow
    import xlsxwriter

_ROW_GROUP = 10_000
# Limits of the file format; a sheet that is full has another behind it.
_SHEET_ROWS = 1_048_576
_SHEET_TEXT = 32_767

Kind: TypeAlias = Literal["text", "number", "integer", "flag"]


class Column(Struct):
    """A column: its name, what its cells hold, and what it is called where there is room to say so."""

    name: str
    kind: Kind = "text"
    title: str = ""
    unit: str = ""


class Table(Protocol):
    """A file that takes rows; a row is a record with the names of the columns, None for an empty cell."""

    def add(self, row: Record) -> None:
        """Take a row."""

    def close(self) -> None:
        """Write what is left to write; the file stays open."""


class CsvTable:
    """Comma-separated values with a byte-order mark, text guarded against being run as a formula."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], say: Voice) -> None:
        self._text = TextIOWrapper(file, "utf-8", errors="backslashreplace", newline="")
        self._text.write(BYTE_ORDER_MARK)
        self._names = [column.name for column in columns]
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow(map(csv_cell, self._names))

    def add(self, row: Record) -> None:
        """Write a line."""
        self._writer.writerow([csv_cell(row[name]) for name in self._names])

    def close(self) -> None:
        """Hand the last lines on."""
        self._text.detach()


class JsonLines:
    """A JSON object a line."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], say: Voice) -> None:
        self._file = file
        self._names = [column.name for column in columns]

    def add(self, row: Record) -> None:
        """Write a line."""
        self._file.write(dumps({name: row[name] for name in self._names}).encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Nothing is left to write."""


class ParquetTable:
    """Apache Parquet, a row group at a time."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], say: Voice) -> None:
        import pyarrow
        from pyarrow import parquet

        types = {"text": pyarrow.string(), "number": pyarrow.float64(), "integer": pyarrow.int64()}
        self._schema: pyarrow.Schema = pyarrow.schema(
            [(column.name, types.get(column.kind, pyarrow.bool_())) for column in columns]
        )
        self._columns = columns
        self._rows: list[list[Any]] = []
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")

    def add(self, row: Record) -> None:
        """Keep a row until its group is full."""
        self._rows.append([exchangeable(row[column.name], number=column.kind == "number") for column in self._columns])
        if len(self._rows) == _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last group and the footer."""
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow

        cells = list(zip(*self._rows, strict=True))
        arrays = [pyarrow.array(column, field.type) for column, field in zip(cells, self._schema, strict=True)]
        self._writer.write_table(pyarrow.table(arrays, schema=self._schema))
        self._rows.clear()


class ExcelTable:
    """An Excel workbook: rows on as many sheets as they need, at last a sheet that explains the columns."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], say: Voice) -> None:
        import datetime

        from xlsxwriter import Workbook

        self._book: xlsxwriter.Workbook = Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.use_zip64()
        # The same figures are the same bytes, whenever they are written.
        self._book.set_properties({"created": datetime.datetime(1980, 1, 1), "comments": imprint.WORKBOOK})
        self._bold = self._book.add_format({"bold": True})
        self._columns = columns
        self._say = say
        self._sheets = 0
        self._begin()

    def add(self, row: Record) -> None:
        """Write a row, on a new sheet where the last is full."""
        if self._next == _SHEET_ROWS:
            self._end()
            self._begin()
        for n, column in enumerate(self._columns):
            self._put(self._next, n, exchangeable(row[column.name], number=column.kind == "number"))
        self._next += 1

    def close(self) -> None:
        """Write the workbook."""
        self._end()
        if explained := [column for column in self._columns if column.title]:
            self._sheet = self._book.add_worksheet(self._say("extract.metrics"))
            for row, column in enumerate(explained):
                for n, text in enumerate((column.name, column.title, column.unit)):
                    self._put(row, n, text or None)
        self._book.close()

    def _begin(self) -> None:
        self._sheets += 1
        title = self._say("extract.sheet")
        self._sheet = self._book.add_worksheet(title if self._sheets == 1 else f"{title} {self._sheets}")
        self._sheet.freeze_panes(1, 0)
        for n, column in enumerate(self._columns):
            self._sheet.write_string(0, n, column.name, self._bold)
        self._next = 1

    def _end(self) -> None:
        self._sheet.autofilter(0, 0, self._next - 1, len(self._columns) - 1)

    def _put(self, row: int, n: int, value: object) -> None:
        if isinstance(value, str):
            # A longer text would be left out as a whole.
            self._sheet.write_string(row, n, value if len(value) <= _SHEET_TEXT else value[: _SHEET_TEXT - 1] + "…")
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, n, value)
        elif value is not None:
            self._sheet.write_number(row, n, value)


class Format(Struct):
    """A kind of file: how it is written, and what must be installed for it: (module, extra)."""

    table: Callable[[IO[bytes], Sequence[Column], Voice], Table]
    needs: tuple[str, str] | None = None


FORMATS: dict[str, Format] = {
    ".jsonl": Format(JsonLines),
    ".csv": Format(CsvTable),
    ".parquet": Format(ParquetTable, ("pyarrow", "parquet")),
    ".xlsx": Format(ExcelTable, ("xlsxwriter", "excel")),
}


def exchangeable(value: Any, *, number: bool) -> Any:
    """A value that binary formats can hold: doubles as numbers, no half characters in text."""
    if number and value is not None:
        try:
            return float(value)
        except OverflowError:
            return None
    if isinstance(value, str) and not value.isascii():
        # Names of files may be no valid text.
        return value.encode("utf-8", "backslashreplace").decode()
    return value
