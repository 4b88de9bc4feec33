"""Text whose line ends were lost: what a page shows in lines and cells stands in one line, parted by spaces.

Whoever copies a page, or takes its text with a tool, may get it so. Rows of a table that stand behind one another in
a line are told from sentences: labels and figures by turns, and no mark that ends a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_LONG = 100
"""No line of fewer characters holds a table."""
_ROWS = 5
"""So many rows are a table."""
_WIDE, _HEADS = 15, 5
"""So many figures in one row behind so many heads are one, too."""
_LABEL = 60
_HEADING = 8
"""A piece of so many characters that is no sentence stands for itself."""
_PIECE = re.compile(r"[^ \xa0\u3000]+")
_FIGURE = re.compile(r"[+-]?\d[\d,.]*(?:[万萬]?元)?")
_LONE = re.compile(r"[ \xa0\u3000][+-]?\d[\d,.]*(?:[万萬]?元)?(?=[ \xa0\u3000\n])")
"""A figure between spaces: most texts have none, and are left alone."""
_UNIT = re.compile(r"[条條件次篇个個人项項份元]|人次|[万萬]元|[场場]次")
_CLAUSE = re.compile(r"[。；;！!？?]|[，,](?!\d{3})")
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_ORDINAL = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")
_STOP = "。；！？"


class _Piece(NamedTuple):
    start: int
    end: int
    kind: str  # figure, unit, label or sentence


def unfold(text: str) -> str:
    """`text` with a line end for each space that stands for one; every other code point stays where it is."""
    ends: list[int] = []
    stop = 0
    for lone in _LONE.finditer(text):
        if lone.start() < stop:
            continue
        start, stop = text.rfind("\n", 0, lone.start()) + 1, text.find("\n", lone.start())
        stop = len(text) if stop < 0 else stop
        line = text[start:stop]
        if len(line) >= _LONG and "\t" not in line and "|" not in line:
            ends += [start + end for end in _line_ends(line)]
    if not ends:
        return text
    characters = list(text)
    for end in ends:
        characters[end] = "\n"
    return "".join(characters)


def _line_ends(line: str) -> Iterator[int]:
    """The spaces of one line that stand for line ends; none where it holds no table."""
    pieces = [_Piece(*m.span(), _kind(m.group())) for m in _PIECE.finditer(line)]
    tables = list(_tables(pieces))
    if not tables:
        return
    inside = {n for first, last in tables for n in range(first, last)}
    for n in range(1, len(pieces)):
        if _goes_on(line, pieces, n):
            continue
        if n in inside or n - 1 in inside or _parts(line, pieces, n):
            yield pieces[n - 1].end


def _kind(piece: str) -> str:
    if _FIGURE.fullmatch(piece):
        return "figure"
    if _UNIT.fullmatch(piece):
        return "unit"
    return "sentence" if len(piece) > _LABEL or _CLAUSE.search(_BRACKETS.sub("", piece)) else "label"


def _tables(pieces: Sequence[_Piece]) -> Iterator[tuple[int, int]]:
    """The stretches of pieces, first and last, that are rows of tables."""
    first = 0
    for n in range(len(pieces) + 1):
        if n == len(pieces) or pieces[n].kind == "sentence":
            if _is_table([piece.kind for piece in pieces[first:n]]):
                yield first, n
            first = n + 1


def _is_table(kinds: Sequence[str]) -> bool:
    """Whether labels and figures stand by turns, with several figures in a row or with units before them.

    A row that has a line of its own is left as it is: its cells may be parted by spaces.
    """
    rows = telling = width = widest = 0
    for before, kind, after in zip(["", *kinds], kinds, [*kinds[1:], ""], strict=False):
        width = width + 1 if kind == "figure" else 0
        widest = max(widest, width)
        if kind == "figure" and before != "figure":
            rows += 1
            telling += before == "unit" or after == "figure"
    return (widest >= _WIDE and kinds.count("label") >= _HEADS) or (rows >= _ROWS and telling > 1)


def _goes_on(line: str, pieces: Sequence[_Piece], n: int) -> bool:
    """Whether piece `n` goes on with the label before it: a remark in brackets, a character of a label set wide."""
    before, piece = pieces[n - 1], pieces[n]
    if not before.kind == piece.kind == "label":
        return False
    if before.end - before.start == piece.end - piece.start == 1:
        return True
    return (
        line[piece.start] in "（("
        and n + 1 < len(pieces)
        and pieces[n + 1].kind in ("figure", "unit")
        and not _ORDINAL.match(line, piece.start)
    )


def _parts(line: str, pieces: Sequence[_Piece], n: int) -> bool:
    """Whether piece `n` begins a line of a page that lost its line ends, outside of its tables."""
    before, after = pieces[n - 1], pieces[n]
    if line[before.end - 1] in _STOP or _ORDINAL.match(line, after.start):
        return True
    if _ORDINAL.fullmatch(line, before.start, before.end):
        return False
    behind_ordinal = n > 1 and _ORDINAL.fullmatch(line, pieces[n - 2].start, pieces[n - 2].end) is not None
    return any(
        piece.kind == "label" and (piece.end - piece.start >= _HEADING or (piece is before and behind_ordinal))
        for piece in (before, after)
    ) or (before.kind == "label" and _ORDINAL.match(line, before.start) is not None)
