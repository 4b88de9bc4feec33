"""A scanner for running text: finds the terminals that a grammar names and passes over the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lark import Token
from lark.lexer import TerminalDef

from gouji.patterns import Pattern


class Island(NamedTuple):
    """A terminal: its name, its expression, and whether it only takes its text out of reach of the others."""

    name: str
    pattern: Pattern
    hidden: bool


class IslandScanner(NamedTuple):
    """Yields the islands of a text in order.

    At one place the higher priority wins, then the longer possible match. The terminals are kept by the
    characters that they can start with, so that most of a text is passed over by one search.
    """

    start: Pattern
    by_first: Mapping[str, tuple[Island, ...]]

    @classmethod
    def build(cls, terminals: Iterable[TerminalDef], hidden: Iterable[str]) -> IslandScanner:
        """A scanner for Lark terminals, of which those named in `hidden` yield no token.

        Raises regex.error for a pattern that is no regular expression.
        """
        # Its partial matching tells exactly which characters a pattern can begin with.
        import regex

        unseen = frozenset(hidden)
        ordered = sorted(terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
        sources = [t.pattern.to_regexp() for t in ordered]
        alphabet = {chr(c) for c in range(33, 127)} | {c for source in sources for c in source if c > "\x7f"}
        by_first: dict[str, list[Island]] = {}
        for terminal, source in zip(ordered, sources, strict=True):
            island = Island(terminal.name, Pattern(source), terminal.name in unseen)
            # A lookbehind speaks of the text before the match, which a single character does not have.
            compiled = regex.compile(re.sub(r"\(\?<[!=][^)]*\)", "", source))
            for character in alphabet:
                if compiled.match(character, partial=True):
                    by_first.setdefault(character, []).append(island)
        table = {character: tuple(found) for character, found in sorted(by_first.items())}
        return cls(Pattern(f"[{re.escape(''.join(table))}]"), table)

    def scan(self, text: str, start: int, end: int) -> Iterator[Token]:
        """The tokens of `text` from `start` to `end`, with their positions in `text`."""
        search, by_first = self.start.search, self.by_first
        position = start
        while candidate := search(text, position, end):
            position = candidate.start()
            for island in by_first[candidate.group()]:
                match = island.pattern.match(text, position, end)
                if match is not None and match.end() > position:
                    if not island.hidden:
                        yield Token(island.name, match.group(), position, end_pos=match.end())
                    position = match.end()
                    break
            else:
                position += 1
