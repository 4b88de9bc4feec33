"""Parses text by the tables of a compiled grammar.

Lark makes the tables (LALR(1), with a lexer that knows which terminals a state accepts); running them needs none of
Lark. A program that finds its grammars compiled starts and reads sooner without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from gouji.patterns import Pattern
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
    """The terminals that a state accepts: `pattern` matches the first of them that fits, in a group with its name.

    `words` tells, of a terminal, what else its text is: 其中 is a terminal of its own where one for any word fits too.
    """

    pattern: Pattern
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
        self._scanners = scanners
        self._accepted = accepted
        self.ignored = ignored

    def parse(self, text: str, start: str) -> Tree:
        """The tree of `text` by the rule `start`, one of those that the grammar was made for.

        Raises Refused. A parser without scanners reads no text, only tokens.
        """
        states, scanners, accepted, ignored = self._states, self._scanners, self._accepted, self.ignored
        stack: list[int] = [self._starts[start]]
        values: list[Any] = []
        position, length, last = 0, len(text), 0
        while position < length:
            pattern, words = scanners[accepted[stack[-1]]]
            match = pattern.match(text, position)
            if match is None:
                raise Refused(position)
            begin, position, word = position, match.end(), match.group()
            name = match.lastgroup or ""
            if name in ignored:
                continue
            if name in words and (other := words[name].fullmatch(word)):
                name = other.lastgroup or ""
            last = begin
            # Straight to the tuple: texts are mostly tokens.
            token = tuple.__new__(Token, (name, word, begin, position, match))
            step = states[stack[-1]].get(name)
            if step.__class__ is int:
                # Nothing is complete: as `_take` does, without the call.
                stack.append(step)
                values.append(token)
            elif not self._take(stack, values, name, token, None):
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
        while True:
            step = states[stack[-1]].get(name)
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
                if stack[-1] == end:
                    return True
                continue
            at = len(values) - size
            children = values[at:]
            del values[at:], stack[at + 1 :]
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
            state: int = states[stack[-1]][origin]  # type: ignore[assignment]
            stack.append(state)
            if state == end:
                return True
