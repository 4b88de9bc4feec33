"""Terminals that nearly matched: how far each came, and at which character it broke."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

SHOWN = 3


class Near(NamedTuple):
    """A terminal that took `taken` and broke at `broke` ("" at the end of the text), where it wanted `wanted`."""

    terminal: str
    taken: str
    broke: str
    wanted: str


@lru_cache(maxsize=2048)
def _partial(source: str) -> Any:
    # The module `re` cannot tell how far it came.
    import regex

    return regex.compile(source)


def nearest(text: str, terminals: Iterable[tuple[str, str]]) -> list[Near]:
    """Of terminals (name, expression) those that came furthest into `text` and do not match it, the furthest first.

    Two characters at least must have been taken; `text` is short (a row, a clause).
    """
    found: list[tuple[int, Near]] = []
    for name, source in terminals:
        pattern = _partial(source)
        if pattern.match(text):
            continue
        length = _reach(pattern, text)
        if length >= 2:
            wanted = _wanted(pattern, text[:length], source)
            found.append((length, Near(name, text[:length], text[length : length + 1], wanted)))
    furthest = max((length for length, _ in found), default=0)
    return [near for length, near in sorted(found, key=lambda f: (-f[0], f[1].terminal)) if 2 * length > furthest][
        :SHOWN
    ]


def _reach(pattern: Any, text: str) -> int:
    low, high = 0, min(len(text), 80)
    while low < high:
        middle = (low + high + 1) // 2
        if pattern.fullmatch(text[:middle], partial=True):
            low = middle
        else:
            high = middle - 1
    return low


def _wanted(pattern: Any, taken: str, source: str) -> str:
    """A character of the expression with which the match would have gone on."""
    return next((c for c in dict.fromkeys(_characters(source)) if pattern.fullmatch(taken + c, partial=True)), "")


def _characters(source: str) -> Iterator[str]:
    return (c for c in source if c > "\x7f" or c.isalnum())
