"""What spreadsheet programs make of text: which cells of a CSV file they would run as a formula."""

from __future__ import annotations

import re

# A program that opens CSV files in Chinese or Japanese takes the full-width signs for the others.
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9,.]*")

# Excel and WPS read a CSV file as UTF-8 only where it begins so; without it they take it for GB18030.
BYTE_ORDER_MARK = "\ufeff"


def csv_cell(value: object) -> object:
    """A value as a cell; text that would be run as a formula is quoted with an apostrophe."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(value):
        return "'" + value
    return value
