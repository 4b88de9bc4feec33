"""Write one report in another way: tables in another carrier, text in another script, encoding or line end.

A report is a list of blocks: a line of running text (`str`) or a table (`list` of rows, a row being a tuple of cells).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeAlias

from opencc import OpenCC

from gouji.records import Report

Row: TypeAlias = tuple[str, ...]
Block: TypeAlias = str | list[Row]

_TO_HANT = OpenCC("s2t")
_TO_HANS = OpenCC("t2s")


# --- reading ---------------------------------------------------------------------------------------------------------


def read_tabs(text: str) -> list[Block]:
    """Blocks of a text whose tables are TAB-led cells: an empty line ends the row, other lines continue a cell."""
    blocks: list[Block] = []
    rows: list[Row] = []
    cells: list[str] = []
    for line in text.split("\n"):
        if line.startswith("\t"):
            cells.append(line[1:])
        elif cells and line:
            cells[-1] += "\n" + line
        elif cells:
            rows.append(tuple(cells))
            cells = []
        else:
            if rows:
                blocks.append(rows)
                rows = []
            blocks.append(line)
    if cells:
        rows.append(tuple(cells))
    if rows:
        blocks.append(rows)
    return blocks


def read_stream(text: str, arity: int = 3) -> list[Block]:
    """Blocks of a text with one table as a pipe stream: `|` opens a row, every cell is closed by `|`."""
    lines = text.split("\n")
    first = lines.index("|")
    last = max(i for i, line in enumerate(lines) if line.endswith("|"))
    cells = [cell.strip() for cell in " ".join(lines[first : last + 1]).split("|")][:-1]
    width = arity + 1
    if len(cells) % width or any(cells[::width]):
        raise ValueError(f"no pipe stream of {arity} cells a row: {cells[:8]} …")
    table = [tuple(cells[i + 1 : i + width]) for i in range(0, len(cells), width)]
    return [*lines[:first], table, *lines[last + 1 :]]


def read_bars(text: str) -> list[Block]:
    """Blocks of a text whose tables are `a | b | c |` rows, one a line."""
    blocks: list[Block] = []
    rows: list[Row] = []
    for line in [*text.split("\n"), None]:
        if line is not None and line.rstrip().endswith("|"):
            rows.append(tuple(cell.strip() for cell in line.rstrip()[:-1].split("|")))
            continue
        if rows:
            blocks.append(rows)
            rows = []
        if line is not None:
            blocks.append(line)
    return blocks


def read(text: str) -> list[Block]:
    """Blocks of a text in whichever of the three ways its tables are carried."""
    return (read_tabs if "\n\t" in text else read_stream if "\n|\n" in text else read_bars)(text)


# --- writing ---------------------------------------------------------------------------------------------------------


def _flat(cell: str) -> str:
    return "".join(part.strip() for part in cell.split("\n"))


def _tabs(rows: list[Row]) -> Iterable[str]:
    for row in rows:
        yield from ("\t" + cell for cell in row)
        yield ""


def _stream(rows: list[Row], joined: bool) -> Iterable[str]:
    for row in rows:
        yield "|"
        empty = 0
        for cell in map(_flat, row):
            if cell and empty:
                yield "|" * empty
                empty = 0
            if cell:
                yield cell + " |"
            elif joined:
                empty += 1
            else:
                yield "|"
        if empty:
            yield "|" * empty


def _stream_single(rows: list[Row]) -> Iterable[str]:
    return _stream(rows, joined=False)


def _stream_joined(rows: list[Row]) -> Iterable[str]:
    return _stream(rows, joined=True)


def _stream_open(rows: list[Row]) -> Iterable[str]:
    lines = list(_stream(rows, joined=True))
    return [*lines[:-1], lines[-1].removesuffix(" |")]


def _bars(rows: list[Row]) -> Iterable[str]:
    return (" | ".join(map(_flat, row)) + " |" for row in rows)


def _markdown(rows: list[Row]) -> Iterable[str]:
    lines = ["| " + " | ".join(map(_flat, row)) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]


CARRIERS: dict[str, Callable[[list[Row]], Iterable[str]]] = {
    "tabs": _tabs,
    "stream": _stream_single,
    "stream-joined": _stream_joined,
    "stream-open": _stream_open,
    "bars": _bars,
    "markdown": _markdown,
}


def write(blocks: list[Block], carrier: str) -> str:
    """The report with its tables in `carrier`, one of `CARRIERS`."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
        else:
            lines.extend(CARRIERS[carrier](block))
    return "\n".join(lines)


def unbroken(blocks: list[Block]) -> str:
    """The report in one line, its lines and filled cells parted by spaces, as tools take the text of a page."""
    words: list[str] = []
    for block in blocks:
        words += block.split() if isinstance(block, str) else [_flat(cell) for row in block for cell in row]
    return " ".join(filter(None, words))


def to_hant(text: str) -> str:
    """`text` in Traditional script, as a machine converts it."""
    return str(_TO_HANT.convert(text))


def to_hans(text: str) -> str:
    """`text` in Simplified script, as a machine converts it."""
    return str(_TO_HANS.convert(text))


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "big5")
LINE_ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def encode(text: str, encoding: str = "utf-8", line_end: str = "lf") -> bytes | None:
    """The bytes of a file; None when `encoding` lacks a character of the text."""
    try:
        return text.replace("\n", LINE_ENDS[line_end]).encode(encoding)
    except UnicodeEncodeError:
        return None


# --- comparing -------------------------------------------------------------------------------------------------------


def statements(report: Report) -> tuple[Counter[str], Counter[str]]:
    """What a report says and what was found in it, places aside: the same for every way of writing it."""
    figures = Counter(
        f"{o.path} {o.source} {o.state} {o.value} [{o.low}, {o.high}) {to_hans(o.unit or '')}"
        for o in report.observations
    )
    findings = Counter(f"{f.rule} {f.instance} {f.severity} {f.verdict} {f.left} {f.right}" for f in report.findings)
    return figures, findings
