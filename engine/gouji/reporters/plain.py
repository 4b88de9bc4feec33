"""Plain text for a terminal: what is neutralised, how wide it is, where a line may break.

Knows no styles and imports no rich, so that help and error paths stay quick.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from unicodedata import combining, east_asian_width

# Control characters, directional overrides and invisible marks: a hostile file must not steer the terminal.
_HARMFUL = dict.fromkeys(
    [
        *range(0x20),
        *range(0x7F, 0xA0),
        0xAD,
        0x61C,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
    ]
)
_HARMFUL |= dict.fromkeys(map(ord, "\t\n\r\v\f\x85\u2028\u2029"), " ")

_CLOSING = "，。；：、！？）》」』】”’…,.;:!?)]}%‰◂"
_OPENING = "（《「『【“‘([{▸"
# What stays together on a line: a number or word, or one wide character, with the punctuation that leans on it.
_PIECE = re.compile(rf"[{re.escape(_OPENING)}]*(?:[!-~]+|\S|(?=\s))[{re.escape(_CLOSING)}]*\s*", re.S)


def clean(text: str) -> str:
    """`text` from a file, fit to be shown on one line: nothing in it is an instruction to the terminal."""
    return text.translate(_HARMFUL)


def width(text: str) -> int:
    """How many terminal cells `text` takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def breaks(text: str, room: int, first: int | None = None, measure: Callable[[str], int] = width) -> Iterator[int]:
    """Offsets at which `text` is divided into lines of at most `room` cells, the first of `first` cells.

    Numbers and words stay whole and closing punctuation stays with what it closes; only a piece that is
    wider than a whole line is divided, a path behind a slash where it has one there, else between characters.
    """
    left = room if first is None else first
    start = slash = 0
    for piece in _PIECE.finditer(text):
        size = measure(piece.group().rstrip())
        if size > left and piece.start() > start:
            yield piece.start()
            start, left = piece.start(), room
        if size > left:
            for at in range(piece.start(), piece.end()):
                cell = measure(text[at])
                if cell > left and at > start:
                    start = slash if slash > start else at
                    yield start
                    left = room - measure(text[start:at])
                left -= cell
                slash = at + 1 if text[at] in "/\\" else slash
        else:
            left -= measure(piece.group())


def wrap(text: str, room: int, measure: Callable[[str], int] = width) -> list[str]:
    """`text` as lines of at most `room` cells."""
    cuts = [0, *breaks(text, room, measure=measure), len(text)]
    return [text[a:b].rstrip() for a, b in pairwise(cuts)]


def pad(text: str, room: int) -> str:
    """`text` with blanks behind it up to `room` cells."""
    return text + " " * (room - width(text))
