"""A scanner for running text: finds the terminals that a grammar names and passes over the text between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import define, field
from lark import Token
from lark.lexer import TerminalDef


@define(slots=False)
class IslandScanner:
    """Yields the islands of a text in order.

    At one place the higher priority wins, then the longer possible match. Alternatives are kept by the first
    character that they can start with, so that most characters are passed over by one search. `names` of
    terminals stand for a token type; those in `hidden` take their text out of reach and yield nothing.
    """

    _by_first: dict[str, tuple[str, tuple[str, ...]]] = field(repr=False)
    _hidden: frozenset[str] = field(repr=False)
    _find: Callable[..., Any] = field(init=False, repr=False)
    _match: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._revive()

    @classmethod
    def build(cls, terminals: Iterable[TerminalDef], hidden: Iterable[str]) -> IslandScanner:
        """A scanner for Lark terminals.

        Raises regex.error for a pattern that is no regular expression.
        """
        # Its partial matching tells exactly which characters a pattern can begin with.
        import regex

        ordered = sorted(terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
        patterns = [(t.name, re.sub(r"\(\?P<\w+>", "(?:", t.pattern.to_regexp())) for t in ordered]
        alphabet = {chr(c) for c in range(33, 127)} | {c for _, p in patterns for c in p if c > "\x7f"}
        by_first: dict[str, list[tuple[str, str]]] = {}
        for name, pattern in patterns:
            # A lookbehind speaks of the text before the match, which a single character does not have.
            compiled = regex.compile(re.sub(r"\(\?<[!=][^)]*\)", "", pattern))
            for character in alphabet:
                if compiled.match(character, partial=True):
                    by_first.setdefault(character, []).append((name, pattern))
        table = {
            character: (
                "|".join(f"(?P<T{i}>{pattern})" for i, (_, pattern) in enumerate(found)),
                tuple(name for name, _ in found),
            )
            for character, found in sorted(by_first.items())
        }
        return cls(table, frozenset(hidden))

    def scan(self, text: str, start: int, end: int) -> Iterator[Token]:
        """The tokens of `text` from `start` to `end`, with their positions in `text`."""
        find, matchers, hidden = self._find, self._match, self._hidden
        position = start
        while candidate := find(text, position, end):
            position = candidate.start()
            matcher, names = matchers.get(candidate.group()) or self._compile(candidate.group())
            match = matcher(text, position, end)
            if match is None or match.end() == position:
                position += 1
                continue
            position = match.end()
            name = names[int(match.lastgroup[1:])]
            if name not in hidden:
                yield Token(name, match.group(), match.start(), end_pos=position)

    def _revive(self) -> None:
        self._find = re.compile(f"[{re.escape(''.join(self._by_first))}]").search
        self._match = {}

    def _compile(self, first: str) -> tuple[Callable[..., Any], tuple[str, ...]]:
        # Compiled when first met: most texts need few of them, and starting up must be quick.
        pattern, names = self._by_first[first]
        self._match[first] = compiled = (re.compile(pattern).match, names)
        return compiled

    def __getstate__(self) -> dict[str, Any]:
        return {"_by_first": self._by_first, "_hidden": self._hidden}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._revive()
