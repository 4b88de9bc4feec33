"""Regular expressions of packs: compiled when first used, and without being parsed again when they come from the cache.

Parsing the expressions of the built-in packs takes longer than reading a report with them. A Pattern therefore
pickles with the code that `re` has made of it, which the cache keeps for one interpreter only (`compiled.place`).
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any

from gouji.prefixes import behind_first, openings

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub")


class Pattern:
    """A regular expression with the methods of `re.Pattern`. Raises re.error when it is none."""

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[Any]]
    split: Callable[..., list[str]]
    sub: Callable[..., str]

    def __new__(cls, *_: Any) -> Pattern:
        """A pattern that is compiled when it is first used."""
        made: Pattern = object.__new__(_Uncompiled)
        return made

    def __init__(self, source: str, code: tuple[Any, ...] | None = None) -> None:
        self.source = source
        self._code = code
        if code is None:
            re.compile(source)

    def __reduce__(self) -> tuple[Any, ...]:
        return Pattern, (self.source, self._code or code(self.source))

    def __repr__(self) -> str:
        return f"Pattern({self.source!r})"


class _Uncompiled(Pattern):
    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = assembled(self.source, self._code)
        # From now on the methods are found without coming here; a class with this method would be slower at that, too.
        self.__dict__.update((method, getattr(compiled, method)) for method in _METHODS)
        self.__class__ = Pattern  # type: ignore[assignment]
        return getattr(self, name)


class Finder:
    """Finds what an expression matches, from left to right and without overlaps; a match ends where its group END is.

    `re` skips to the characters that a match can begin with only where an expression opens with one set of them; any
    other it tries at every place. Here that set stands in front of it, and the one of what can follow; where there are
    few such beginnings, `str` finds them. Raises re.error for no expression.
    """

    def __init__(self, source: str) -> None:
        re.compile(source)
        # The group stands behind the expression, whose own groups keep their numbers.
        expression = f"(?:{source})(?P<{END}>)"
        self._pattern, self._skips = Pattern(expression), False
        words = openings(source)
        self._openings = words if len(words) <= _FEW else ()
        if members := beginnings(source):
            first = f"[{''.join(members)}]"
            # A lookbehind cannot hold an expression that refers to a group of its own.
            with suppress(re.error):
                # It goes back to the place of the first character, from which the expression looks ahead.
                self._pattern, self._skips = Pattern(f"{first}{behind_first(source)}(?<=(?={expression}){first})"), True

    @cached_property
    def search(self) -> Callable[..., re.Match[str] | None]:
        """Gives the first match in a text, as `re` does: most searches find nothing, and a call in between would cost as much."""
        return self._pattern.search

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "search"}

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """The matches in `text` from `start` to `end`."""
        if self._openings:
            return self._opened(text, start, end)
        if not self._skips:
            return self._pattern.finditer(text, start, end)
        first = self._pattern.search(text, start, end)
        # Mostly there is none.
        return self._from(first, text, end) if first else iter(())

    def _from(self, match: re.Match[str] | None, text: str, end: int) -> Iterator[re.Match[str]]:
        while match:
            yield match
            match = self._pattern.search(text, match.end(END), end)

    def _opened(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        # Where each of the beginnings stands next: none is looked for twice in the same piece of the text.
        places = {opening: text.find(opening, start, end) for opening in self._openings}
        while found := [place for place in places.values() if place >= 0]:
            start = min(found)
            if match := self._pattern.match(text, start, end):
                yield match
            start = match.end(END) if match else start + 1
            for opening, place in places.items():
                if 0 <= place < start:
                    places[opening] = text.find(opening, start, end)


_FEW = 3
"""Beginnings that are looked for one by one: with a set, `re` takes ten times as long as `str` with a word."""

END = "gouji_end"
"""The group of a match of a Finder that stands where the match ends."""


@lru_cache(2000)
def beginnings(source: str) -> tuple[str, ...]:
    """What a match of `source` can begin with, as members of a set in an expression; none where it can be anything.

    Raises re.error where `source` is no expression.
    """
    try:
        tree = re._parser.parse(source)
    except AttributeError:
        # The interpreter does not show how it reads expressions.
        return ()
    members: dict[str, None] = {}
    if tree.state.flags & re.IGNORECASE or _begins(tree, members):
        return ()
    return () if "" in members else tuple(sorted(members))


def _begins(items: Iterable[tuple[Any, Any]], members: dict[str, None]) -> bool:
    """Add to `members` what the parts of an expression can begin with, "" for anything; whether they can be empty."""
    for kind, value in items:
        match str(kind), value:
            case "LITERAL", code:
                members[re.escape(chr(code))] = None
                return False
            case "IN", parts:
                members.update(dict.fromkeys(map(_member, parts)))
                return False
            case (("ASSERT" | "ASSERT_NOT" | "AT"), _):
                # What is asked of the text around can only take matches away.
                continue
            case "BRANCH", (_, branches):
                empty = [_begins(branch, members) for branch in branches]
                if not any(empty):
                    return False
            case "SUBPATTERN", (_, flags, _, inner) if not flags & re.IGNORECASE:
                if not _begins(inner, members):
                    return False
            case "ATOMIC_GROUP", inner:
                if not _begins(inner, members):
                    return False
            case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), (least, _, inner)):
                if not _begins(inner, members) and least:
                    return False
            case _:
                members[""] = None
                return False
    return True


def _member(part: tuple[Any, Any]) -> str:
    """One part of a set as it is written there; "" where only anything says it."""
    match str(part[0]), str(part[1]):
        case "LITERAL", code:
            return re.escape(chr(int(code)))
        case "RANGE", _:
            low, high = part[1]
            return f"{re.escape(chr(low))}-{re.escape(chr(high))}"
        case "CATEGORY", "CATEGORY_DIGIT":
            return r"\d"
        case "CATEGORY", "CATEGORY_SPACE":
            return _SPACES
        case "CATEGORY", "CATEGORY_WORD":
            return r"\w"
    return ""


_SPACES = r"\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
r"""What \s stands for, named: one look at a table of bits tells a character, and no second one its category."""


def code(source: str) -> tuple[Any, ...]:
    """What `re` compiles `source` to; () for an interpreter whose `re` does not show it."""
    try:
        parser, compiler = re._parser, re._compiler  # type: ignore[attr-defined]
        tree = parser.parse(source)
        names = tree.state.groupdict
        groups: list[str | None] = [None] * tree.state.groups
        for name, index in names.items():
            groups[index] = name
        words = array("I", [int(word) for word in compiler._code(tree, 0)]).tobytes()
        return tree.state.flags, words, tree.state.groups - 1, names, tuple(groups)
    except (AttributeError, OverflowError):
        return ()


def assembled(source: str, code: tuple[Any, ...] | None) -> re.Pattern[str]:
    """The expression `source` from its code; compiled where the code is no good. Raises re.error."""
    if code:
        try:
            import _sre  # type: ignore[import-not-found]

            flags, words, *groups = code
            compiled: re.Pattern[str] = _sre.compile(source, flags, list(array("I", words)), *groups)
            return compiled
        except (ImportError, AttributeError, TypeError, RuntimeError, ValueError):
            pass
    return re.compile(source)
