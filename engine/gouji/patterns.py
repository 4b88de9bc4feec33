"""Regular expressions of packs: compiled when first used, and without being parsed again when they come from the cache.

Parsing the expressions of the built-in packs takes longer than reading a report with them. A Pattern therefore
pickles with the code that `re` has made of it, which the cache keeps for one interpreter only (`compiled.place`).
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split")


class Pattern:
    """A regular expression with the methods of `re.Pattern`. Raises re.error when it is none."""

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[Any]]
    split: Callable[..., list[str]]

    def __init__(self, source: str, code: tuple[Any, ...] | None = None) -> None:
        self.source = source
        self._code = code
        if code is None:
            re.compile(source)

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = assembled(self.source, self._code)
        # From now on the methods are found without coming here.
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(self, name)

    def __reduce__(self) -> tuple[type[Pattern], tuple[str, tuple[Any, ...]]]:
        return Pattern, (self.source, self._code or code(self.source))

    def __repr__(self) -> str:
        return f"Pattern({self.source!r})"


class Finder:
    """Finds what an expression matches, from left to right and without overlaps; a match is its group FOUND.

    `re` skips to the characters that a match can begin with only where an expression opens with one set of them; any
    other it tries at every place. Here that set stands in front of it. Raises re.error for no expression.
    """

    def __init__(self, source: str) -> None:
        re.compile(source)
        expression = f"(?P<{FOUND}>{source})"
        if members := beginnings(source):
            first = f"[{''.join(members)}]"
            # The lookbehind goes back to the place of the first character, from which the expression looks ahead.
            expression = f"{first}(?<=(?={expression}){first})"
        self._pattern = Pattern(expression)

    def within(self, text: str, start: int, end: int) -> bool:
        """Whether there is a match in `text` from `start` to `end`."""
        return self._pattern.search(text, start, end) is not None

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """The matches in `text` from `start` to `end`."""
        for match in self._pattern.finditer(text, start, end):
            if match.start() >= start:
                start = match.end(FOUND)
                yield match


FOUND = "found"
"""The group of a match of a Finder that holds the match."""


@lru_cache(2000)
def beginnings(source: str) -> tuple[str, ...]:
    """What a match of `source` can begin with, as members of a set in an expression; none where it can be anything.

    Raises regex.error where `source` is no expression.
    """
    known = {chr(code) for code in range(128)} | set(source)
    first = beginning(source, (*sorted(known), *UNKNOWN))
    members = [re.escape(c) if c in known else UNKNOWN[c] for c in first]
    return tuple(members) if all(members) else ()


UNKNOWN = {"٣": r"\d", "\u3000": r"\s", "é": "", "\u3400": "", "\u9fa5": "", "\ue000": ""}
"""One character of each kind that an expression can mean without naming it, and the class that names the kind."""


def beginning(source: str, alphabet: Iterable[str]) -> list[str]:
    """Those texts of `alphabet` that a match of `source` can begin with. Raises regex.error where it is no expression."""
    # Its partial matching tells exactly which characters a pattern can begin with.
    import regex

    # A lookbehind speaks of the text before the match, which a single character does not have.
    compiled = regex.compile(re.sub(r"\(\?<[!=][^)]*\)", "", source))
    return [text for text in alphabet if compiled.match(text, partial=True)]


def code(source: str, flags: int = 0) -> tuple[Any, ...]:
    """What `re` compiles `source` to; () for an interpreter whose `re` does not show it."""
    try:
        parser, compiler = re._parser, re._compiler  # type: ignore[attr-defined]
        tree = parser.parse(source, flags)
        names = tree.state.groupdict
        groups: list[str | None] = [None] * tree.state.groups
        for name, index in names.items():
            groups[index] = name
        words = array("I", [int(word) for word in compiler._code(tree, flags)]).tobytes()
        return flags | tree.state.flags, words, tree.state.groups - 1, names, tuple(groups)
    except (AttributeError, OverflowError):
        return ()


def assembled(source: str, code: tuple[Any, ...] | None, flags: int = 0) -> re.Pattern[str]:
    """The expression `source` from its code; compiled where the code is no good. Raises re.error."""
    if code:
        try:
            import _sre  # type: ignore[import-not-found]

            all_flags, words, *groups = code
            compiled: re.Pattern[str] = _sre.compile(source, all_flags, list(array("I", words)), *groups)
            return compiled
        except (ImportError, AttributeError, TypeError, RuntimeError, ValueError):
            pass
    return re.compile(source, flags)
