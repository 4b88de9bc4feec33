"""Data sets: the figures of many reports in one file, the suffix naming the format."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path

from gouji.records import Report
from gouji.reporters.records_json import EXTRACT, Record, Records, dumps, rows

_COLUMNS = [
    *["file", "sha256", "form", "report_year", "title", "issuer", "region", "published_date"],
    *["path", "source", "state", "value", "low", "high", "unit", "scope", "raw", "label"],
    *["line", "column", "end_line", "end_column", "implied", "cell_table", "cell_row", "cell_column"],
]
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9,.]*")


def json_text(reports: Iterable[Report], lang: str) -> str:
    """One object with everything that the reports say."""
    records = Records(lang)
    return dumps({"schema": EXTRACT, "reports": [records.extract(report) for report in reports]}, indent=1)


def jsonl_text(reports: Iterable[Report], lang: str) -> str:
    """One line an observation."""
    return "".join(dumps(row) for row in rows(reports))


def csv_text(reports: Iterable[Report], lang: str) -> str:
    """One row an observation, with a byte-order mark: spreadsheet programs then read the Chinese right."""
    out = StringIO()
    out.write("\ufeff")
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows(reports):
        writer.writerow({column: _csv_cell(row, column) for column in _COLUMNS})
    return out.getvalue()


WRITERS: dict[str, Callable[[Iterable[Report], str], str]] = {
    ".json": json_text,
    ".jsonl": jsonl_text,
    ".csv": csv_text,
}


def write_whole(path: Path, text: str) -> None:
    """Write `path` whole or leave it as it was: a new file beside it takes its place at once."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
        # mkstemp makes files that only the owner may read; a data set gets the usual rights.
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _csv_cell(row: Record, column: str) -> object:
    """A cell; text that a spreadsheet program would run as a formula is quoted with an apostrophe."""
    value = row[column]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") and not _PLAIN_NUMBER.fullmatch(value):
        return "'" + value
    return value
