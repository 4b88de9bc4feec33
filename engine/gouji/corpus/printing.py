"""Printing a composed report: tables in one of the carriers, text in one script, encoding and line end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from opencc import OpenCC

Row: TypeAlias = Sequence[str]
Block: TypeAlias = "str | list[Row]"


def _tabs(rows: list[Row]) -> Iterable[str]:
    for row in rows:
        yield from ("\t" + cell for cell in row)
        yield ""


def _stream(rows: list[Row]) -> Iterable[str]:
    for row in rows:
        yield "|"
        yield from (f"{cell} |" if cell else "|" for cell in row)


def _bars(rows: list[Row]) -> Iterable[str]:
    return (" | ".join(row) + " |" for row in rows)


def _markdown(rows: list[Row]) -> Iterable[str]:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]


CARRIERS: dict[str, Callable[[list[Row]], Iterable[str]]] = {
    "tabs": _tabs,
    "stream": _stream,
    "bars": _bars,
    "markdown": _markdown,
}
"""How plain text carries tables. Only tables whose rows all have one length can be a stream."""

LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}
HANS, HANT = ("utf-8", "utf-8-sig", "utf-16", "gb18030"), ("utf-8", "big5hkscs", "utf-16")
_WIDE = str.maketrans("():,;", "（）：，；")


def written(blocks: Sequence[Block], carrier: str) -> str:
    """The report with its tables in `carrier`."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
        else:
            even = len({len(row) for row in block}) == 1
            lines += ["", *CARRIERS["bars" if carrier == "stream" and not even else carrier](block), ""]
    return "\n".join(lines) + "\n"


def full_width(label: str) -> str:
    """A canonical label as forms print it."""
    return label.translate(_WIDE)


def to_traditional(text: str) -> str:
    """`text` in Traditional script, as a machine converts it."""
    return str(_converter().convert(text))


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("s2t")


def encoded(text: str, encoding: str, line_end: str) -> bytes:
    """The bytes of a file; UTF-8 where `encoding` lacks a character."""
    text = text.replace("\n", LINE_ENDS[line_end])
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8")
