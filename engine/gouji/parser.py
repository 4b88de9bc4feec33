"""Parses text by the tables of a compiled grammar.

Lark makes the tables (LALR(1), with a lexer that knows which terminals a state accepts); running them needs none of
Lark. A program that finds its grammars compiled starts and reads sooner without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from gouji.patterns import Pattern
from gouji.prefixes import RARE, Node
from gouji.values import Struct

END = "$END"
"""The terminal that stands behind a text."""


class Token(Struct):
    """What a terminal matched: its text and where that stands, as offsets. `match` is what it comes from."""

    type: str
    text: str
    start: int
    end: int
    match: re.Match[str]


class Tree(Struct):
    """What a rule matched: its name or alias, and what it keeps."""

    data: str
    children: list[Any]

    def tokens(self) -> Iterator[Token]:
        """The tokens of the tree in order."""
        pending: list[Any] = [self]
        while pending:
            node = pending.pop()
            if node.__class__ is Token:
                yield node
            else:
                pending.extend(reversed(node.children))


class Refused(Exception):
    """A text that the grammar does not take; `offset` is where the token stands that cannot follow.

    Where the text ends too early it is where the last token stands, 0 where there is none.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Reduction(Struct):
    """What becomes of a rule that is complete.

    Its last `size` values make a tree `name`, which stands for the nonterminal `origin`. `kept` are the values that the
    tree keeps, and whether it takes their children instead of them; None for all as they are. `single`: one value that
    is kept alone stands for itself. `grows`: a repetition and one more of what is repeated are that repetition again.
    """

    size: int
    origin: str
    name: str
    kept: tuple[tuple[int, bool], ...] | None
    single: bool
    grows: bool


State: TypeAlias = "Mapping[str, int | Reduction]"
"""Terminal or nonterminal -> the state in which it is taken, or the rule that is complete before it."""


class Scanner(Struct):
    """The terminals that a state accepts.

    `node` tells which of them the next characters leave (`prefixes.told_apart`), each a name with its expression; the
    first that matches is meant. `words` tells, of a terminal, what else its text is: 其中 is a terminal of its own
    where one for any word fits too.
    """

    node: Node
    words: Mapping[str, Pattern]


class Parser:
    """The tables of a grammar. `starts` and `ends` hold, by start rule, the state before a text and the one behind."""

    def __init__(
        self,
        states: Sequence[State],
        starts: Mapping[str, int],
        ends: Mapping[str, int],
        scanners: Sequence[Scanner],
        accepted: Sequence[int],
        ignored: frozenset[str],
    ) -> None:
        """`accepted` is the number of each state's scanner among `scanners`; without scanners, tokens must be given."""
        self._states = states
        self._starts = starts
        self._ends = ends
        # Tuples that are nothing else are unpacked sooner.
        plain = [tuple(scanner) for scanner in scanners]
        self._accepted: list[tuple[Node, Mapping[str, Pattern]]] = [plain[number] for number in accepted]
        self.ignored = ignored

    def parse(self, text: str, start: str) -> Tree:
        """The tree of `text` by the rule `start`, one of those that the grammar was made for.

        Raises Refused. A parser without scanners reads no text, only tokens.
        """
        states, accepted, ignored, made = self._states, self._accepted, self.ignored, tuple.__new__
        state = self._starts[start]
        stack: list[int] = [state]
        values: list[Any] = []
        position, length, last = 0, len(text), 0
        while position < length:
            node, words = accepted[state]
            ahead = position
            while node.__class__ is dict:
                character = text[ahead] if ahead < length else ""
                ahead += 1
                if character in node:
                    node = node[character]
                else:
                    node = node.get(RARE if character.isdecimal() or character.isspace() else "", node[""])
            for name, pattern in node:  # noqa: B007
                if match := pattern.match(text, position):
                    break
            else:
                raise Refused(position)
            begin, position = position, match.end()
            if name in ignored:
                continue
            last, word = begin, match[0]
            if name in words and (other := words[name].fullmatch(word)):
                name = other.lastgroup or ""
            # Straight to the tuple: texts are mostly tokens.
            token = made(Token, (name, word, begin, position, match))
            step = states[state].get(name)
            if step.__class__ is int:
                # Nothing is complete: as `_take` does, without the call.
                state = step
                stack.append(step)
                values.append(token)
            elif self._take(stack, values, name, token, None):
                state = stack[-1]
            else:
                raise Refused(begin)
        if not self._take(stack, values, END, None, self._ends[start]):
            raise Refused(last)
        tree: Tree = values[-1]
        return tree

    def tree(self, tokens: Iterable[tuple[str, Token]], start: str) -> Tree | None:
        """The tree of tokens that somebody else has found, each with its terminal; None where they have none."""
        stack: list[int] = [self._starts[start]]
        values: list[Any] = []
        for name, token in tokens:
            if not self._take(stack, values, name, token, None):
                return None
        return values[-1] if self._take(stack, values, END, None, self._ends[start]) else None

    def _take(self, stack: list[int], values: list[Any], name: str, token: Any, end: int | None) -> bool:
        """Complete what is complete before the terminal `name`, and take its `token`; whether it can stand there.

        Behind the text nothing is left to take: there it is enough to arrive in the state `end`.
        """
        states = self._states
        state = stack[-1]
        while True:
            step = states[state].get(name)
            if step.__class__ is int:
                stack.append(step)
                values.append(token)
                return True
            if step is None:
                return False
            size, origin, rule, kept, single, grows = step  # type: ignore[misc]
            if grows:
                # Its list grows in place; it belongs to nobody else any more. The state behind it stays what it was.
                values[-2].children.append(values.pop())
                stack.pop()
                state = stack[-1]
            else:
                children = values[-size:] if size else []
                if size:
                    del values[-size:], stack[-size:]
                if kept is not None:
                    found: list[Any] = []
                    for i, opened in kept:
                        if not opened:
                            found.append(children[i])
                        elif found:
                            found += children[i].children
                        else:
                            # A list that belongs to nobody else any more.
                            found = children[i].children
                    children = found
                values.append(children[0] if single and len(children) == 1 else tuple.__new__(Tree, (rule, children)))
                state = states[stack[-1]][origin]  # type: ignore[assignment]
                stack.append(state)
            if state == end:
                return True
