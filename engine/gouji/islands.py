"""A scanner for running text: finds the terminals that a grammar names and passes over the text between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from gouji.parser import Token
from gouji.patterns import Pattern
from gouji.prefixes import RARE, Node, one_of, one_of_pairs, told_apart
from gouji.values import Struct

if TYPE_CHECKING:
    from lark.lexer import TerminalDef


class IslandScanner(Struct):
    """Yields the islands of a text in order.

    At one place the higher priority wins, then the longer possible match. Most of a text is passed over by one search,
    for two characters that a terminal can start with (and few others). `pairs` tells which terminals two characters and
    those behind them leave, with their expressions; `firsts` does so for the characters that any other one can follow,
    `others` for all that are not named: where a terminal can begin with any, none is passed over.
    Terminals in `hidden` only take their text out of reach of the others.
    """

    start: Pattern
    pairs: Mapping[str, Node]
    firsts: Mapping[str, Node]
    others: Node
    hidden: frozenset[str]

    @classmethod
    def build(cls, terminals: Iterable[TerminalDef], hidden: Iterable[str]) -> IslandScanner:
        """A scanner for Lark terminals, of which those named in `hidden` yield no token.

        Raises re.error for a pattern that is no regular expression.
        """
        ordered = sorted(terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
        sources = [(t.name, t.pattern.to_regexp()) for t in ordered]
        # Where a terminal can begin, mostly none does.
        trie = told_apart(((source, (name, Pattern(source))) for name, source in sources), first=3)
        alphabet = [first for first in {*map(chr, range(33, 127)), *trie} if first not in ("", RARE)]
        nodes = {first: node for first in sorted(alphabet) if (node := trie.get(first, trie[""]))}
        firsts = {
            first: node for first, node in nodes.items() if not isinstance(node, dict) or RARE in node or node[""]
        }
        if rare := trie.get(RARE, trie[""]):
            firsts |= {character: rare for character in _rare() if character not in trie}
        pairs = {
            first + second: after
            for first, node in nodes.items()
            if isinstance(node, dict)
            for second, after in node.items()
            if second not in ("", RARE) and (after or first in firsts)
        }
        told = (pair for pair in pairs if pair[0] not in firsts)
        start = f"{one_of({*nodes, *firsts})}{one_of_pairs(told, firsts)}"
        return cls(Pattern(r"[\s\S]" if trie[""] else start), pairs, firsts, trie[""], frozenset(hidden))

    def scan(self, text: str, start: int, end: int, *, everything: bool = False) -> Iterator[Token]:
        """The tokens of `text` from `start` to `end`, with their positions in `text`; `everything`: hidden ones too."""
        pairs, hidden, search = self.pairs, self.hidden, self.start.search
        position, length = start, len(text)
        while candidate := search(text, position, end):
            at = candidate.start()
            position, ahead = at + 1, at + 2
            node: Node = pairs.get(text[at:ahead])
            if node is None:
                ahead = position
                node = self.firsts.get(text[at], self.others)
            # As in `parser`: a call for each candidate would take longer than the walk itself.
            while node.__class__ is dict:
                character = text[ahead] if ahead < length else ""
                ahead += 1
                if character in node:
                    node = node[character]
                else:
                    rare = RARE in node and (character.isdecimal() or character.isspace())
                    node = node[RARE if rare else ""]
            for name, pattern in node:
                if match := pattern.match(text, at, end):
                    position = match.end()
                    if everything or name not in hidden:
                        # Straight to the tuple: texts are mostly tokens.
                        yield tuple.__new__(Token, (name, match.group(), at, position, match))
                    break


def _rare() -> list[str]:
    """The digits and spaces beyond ASCII; those of the higher planes would make every search far slower."""
    return [c for c in map(chr, range(0x80, 0x10000)) if c.isdecimal() or c.isspace()]
