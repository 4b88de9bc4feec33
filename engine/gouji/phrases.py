"""Sentences with places to be filled: `{n}` is a value, `{n:cell|cells}` the word that goes with one and with more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

_PLACE = re.compile(r"\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}")
_BRACES = re.compile(r"[{}]")
ONE = "1"


class Piece(NamedTuple):
    """Words, and the place behind them: `name` is "" for none, `forms` those of the word that goes with the value."""

    words: str
    name: str = ""
    forms: tuple[str, str] | None = None

    def filled(self, value: str) -> str:
        """The words with the value behind them, or with the word that goes with it."""
        return self.words + (value if self.forms is None else self.forms[value != ONE])


@cache
def pieces(text: str) -> tuple[Piece, ...]:
    """A sentence as its pieces, in order."""
    found, at = [], 0
    for place in _PLACE.finditer(text):
        forms = None if place[2] is None else (place[2], place[3])
        found.append(Piece(text[at : place.start()], place[1], forms))
        at = place.end()
    return (*found, Piece(text[at:])) if at < len(text) else tuple(found)


def places(text: str) -> list[str]:
    """The names of the places of a sentence."""
    return [piece.name for piece in pieces(text) if piece.name]


def damaged(text: str) -> bool:
    """Whether there are braces that open no place."""
    return any(_BRACES.search(piece.words) for piece in pieces(text))


def filled(text: str, values: Mapping[str, object]) -> str:
    """A sentence with all its places filled. Raises KeyError for a place without a value."""
    return "".join([p.filled(str(values[p.name])) if p.name else p.words for p in pieces(text)])


def shown(text: str) -> str:
    """A sentence to be read with its places open, each word as it goes with more than one."""
    return _PLACE.sub(lambda place: f"{{{place[1]}}}" if place[2] is None else place[3], text)
