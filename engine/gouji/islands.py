"""A scanner for running text: finds the terminals that a grammar names and passes over the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lark import Token
from lark.lexer import TerminalDef

from gouji.patterns import UNKNOWN, Pattern, beginning


class Island(Token):
    """A token of running text with the `match` that it comes from; lines and columns it has none."""

    __slots__ = ("match",)
    match: re.Match[str]


class IslandScanner(NamedTuple):
    """Yields the islands of a text in order.

    At one place the higher priority wins, then the longer possible match. The terminals are kept by the
    characters that they can start with, those of one character as one expression whose outermost groups are
    named after them; most of a text is so passed over by one search, for such a character and one that can follow
    any of them. Those in `hidden` only take their text out
    of reach of the others.
    """

    start: Pattern
    by_first: Mapping[str, Pattern]
    hidden: frozenset[str]

    @classmethod
    def build(cls, terminals: Iterable[TerminalDef], hidden: Iterable[str]) -> IslandScanner:
        """A scanner for Lark terminals, of which those named in `hidden` yield no token.

        Raises regex.error for a pattern that is no regular expression.
        """
        ordered = sorted(terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
        sources = [t.pattern.to_regexp() for t in ordered]
        alphabet = {chr(c) for c in range(33, 127)} | {c for source in sources for c in source if c > "\x7f"}
        by_first: dict[str, tuple[str, ...]] = {}
        seconds: set[str] = set()
        anything: set[str] = set()
        for terminal, source in zip(ordered, sources, strict=True):
            first = beginning(source, alphabet)
            for character in first:
                by_first[character] = (*by_first.get(character, ()), f"(?P<{terminal.name}>{source})")
            named = {chr(code) for code in range(128)} | set(source)
            pairs = beginning(source, [a + b for a in first for b in named | UNKNOWN.keys()])
            anything.update(pair[0] for pair in pairs if pair[1] not in named)
            seconds.update(pair[1] for pair in pairs if pair[0] not in anything)
        together = {found: Pattern("|".join(found)) for found in sorted(set(by_first.values()))}
        table = {character: together[found] for character, found in sorted(by_first.items())}
        looks = [
            f"({look}[{''.join(map(re.escape, sorted(found)))}])"
            for look, found in (("?=", seconds), ("?<=", anything))
            if found
        ]
        start = f"[{re.escape(''.join(table))}](?:{'|'.join(looks)})"
        return cls(Pattern(start), table, frozenset(hidden))

    def scan(self, text: str, start: int, end: int, *, everything: bool = False) -> Iterator[Island]:
        """The tokens of `text` from `start` to `end`, with their positions in `text`; `everything`: hidden ones too."""
        by_first, hidden = self.by_first, self.hidden
        position = start
        for candidate in self.start.finditer(text, start, end):
            at = candidate.start()
            if at < position:
                continue
            match = by_first[text[at]].match(text, at, end)
            if match is None:
                continue
            position = match.end()
            name = match.lastgroup
            if everything or name not in hidden:
                # Straight to the string: the constructor of Token costs as much as finding one.
                word = match.group()
                island = str.__new__(Island, word)
                island.type, island.value, island.match = name or "", word, match
                island.start_pos, island.end_pos = at, position
                yield island
