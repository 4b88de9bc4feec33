"""A scanner for running text: finds the terminals that a grammar names and passes over the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lark import Token
from lark.lexer import TerminalDef

from gouji.patterns import Pattern
from gouji.prefixes import RARE, Node, told_apart


class Island(Token):
    """A token of running text with the `match` that it comes from; lines and columns it has none."""

    __slots__ = ("match",)
    match: re.Match[str]


class IslandScanner(NamedTuple):
    """Yields the islands of a text in order.

    At one place the higher priority wins, then the longer possible match. Most of a text is passed over by one search,
    for a character that a terminal can start with and one that can follow any of them; `prefixes` tells which
    terminals the characters from there on leave, with their expressions. Those in `hidden` only take their text out of reach of the others.
    """

    start: Pattern
    prefixes: Node
    hidden: frozenset[str]

    @classmethod
    def build(cls, terminals: Iterable[TerminalDef], hidden: Iterable[str]) -> IslandScanner:
        """A scanner for Lark terminals, of which those named in `hidden` yield no token.

        Raises re.error for a pattern that is no regular expression.
        """
        ordered = sorted(terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
        sources = [(t.name, t.pattern.to_regexp()) for t in ordered]
        prefixes = told_apart((source, (name, Pattern(source))) for name, source in sources)
        return cls(Pattern(_start(prefixes)), prefixes, frozenset(hidden))

    def scan(self, text: str, start: int, end: int, *, everything: bool = False) -> Iterator[Island]:
        """The tokens of `text` from `start` to `end`, with their positions in `text`; `everything`: hidden ones too."""
        prefixes, hidden = self.prefixes, self.hidden
        position = start
        for candidate in self.start.finditer(text, start, end):
            at = ahead = candidate.start()
            if at < position:
                continue
            node = prefixes
            while node.__class__ is dict:
                character = text[ahead : ahead + 1]
                to = node.get(character)
                if to is None:
                    to = node.get(RARE if character.isdecimal() or character.isspace() else "", node[""])
                node = to
                ahead += 1
            for name, pattern in node:  # noqa: B007
                if match := pattern.match(text, at, end):
                    break
            else:
                continue
            position = match.end()
            if everything or name not in hidden:
                # Straight to the string: the constructor of Token costs as much as finding one.
                word = match.group()
                island = str.__new__(Island, word)
                island.type, island.value, island.match = name, word, match
                island.start_pos, island.end_pos = at, position
                yield island


def _start(prefixes: Node) -> str:
    """What matches the character that a terminal starts with, where the next one does not rule all of them out."""
    if not isinstance(prefixes, dict) or prefixes[""]:
        return "(?s:.)"
    after = {first: node for first, node in prefixes.items() if node and first != RARE}
    anything = {first for first, node in after.items() if not isinstance(node, dict) or node[""]}
    seconds = {
        second for first in after.keys() - anything for second, node in after[first].items() if node and second != RARE
    }
    looks = [
        f"({look}[{''.join(map(re.escape, sorted(found)))}])"
        for look, found in (("?=", seconds), ("?<=", anything))
        if found
    ]
    return f"[{''.join(map(re.escape, sorted(after)))}](?:{'|'.join(looks)})"
