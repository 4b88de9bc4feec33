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


class _Stack:
    """The states behind the parts of a text that were read: the last one, with what it accepts, above the others.

    Of texts that have been read alike so far there is one. `steps` remembers what becomes of it with a terminal: the
    rules that are complete before that, in order, and the stack behind it.
    """

    __slots__ = ("above", "below", "node", "state", "steps", "words")

    def __init__(self, state: int, below: _Stack | None, scanner: Scanner | None) -> None:
        self.state = state
        self.below = below
        self.node: Node = scanner.node if scanner else None
        self.words: Mapping[str, Pattern] = scanner.words if scanner else {}
        self.steps: dict[str, _Step] = {}
        self.above: dict[int, _Stack] = {}


_Step: TypeAlias = "tuple[Sequence[Reduction], _Stack]"

_STACKS = 5000
"""Stacks that a parser remembers: tables have some hundred, and nothing bounds the brackets in a text."""


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
        self._tables = states, starts, ends, scanners, accepted, ignored
        self._states = states
        self._ends = ends
        self._accepted = [scanners[number] for number in accepted]
        self.ignored = ignored
        self._known = 0
        self._starts = {start: self._stack(state, None) for start, state in starts.items()}

    def parse(self, text: str, start: str) -> Tree:
        """The tree of `text` by the rule `start`, one of those that the grammar was made for.

        Raises Refused. A parser without scanners reads no text, only tokens.
        """
        ignored, made = self.ignored, tuple.__new__
        stack = self._starts[start]
        values: list[Any] = []
        position, length, last = 0, len(text), 0
        while position < length:
            # As in `islands`: a call for each token would take longer than the walk itself.
            node = stack.node
            ahead = position
            while node.__class__ is dict:
                character = text[ahead] if ahead < length else ""
                ahead += 1
                if character in node:
                    node = node[character]
                else:
                    rare = RARE in node and (character.isdecimal() or character.isspace())
                    node = node[RARE if rare else ""]
            for name, pattern in node:  # noqa: B007
                if match := pattern.match(text, position):
                    break
            else:
                raise Refused(position)
            begin, position = position, match.end()
            if name in ignored:
                continue
            last, word = begin, match[0]
            if name in stack.words and (other := stack.words[name].fullmatch(word)):
                name = other.lastgroup or ""
            step = stack.steps.get(name) or self._step(stack, name, None)
            if step is None:
                raise Refused(begin)
            complete, stack = step
            if complete:
                _reduce(values, complete)
            # Straight to the tuple: texts are mostly tokens.
            values.append(made(Token, (name, word, begin, position, match)))
        tree = self._end(stack, values, start)
        if tree is None:
            raise Refused(last)
        return tree

    def tree(self, tokens: Iterable[tuple[str, Token]], start: str) -> Tree | None:
        """The tree of tokens that somebody else has found, each with its terminal; None where they have none."""
        stack = self._starts[start]
        values: list[Any] = []
        for name, token in tokens:
            step = stack.steps.get(name) or self._step(stack, name, None)
            if step is None:
                return None
            complete, stack = step
            _reduce(values, complete)
            values.append(token)
        return self._end(stack, values, start)

    def _end(self, stack: _Stack, values: list[Any], start: str) -> Tree | None:
        """The tree of the text that ends here; None where it cannot."""
        step = stack.steps.get(END) or self._step(stack, END, self._ends[start])
        if step is None:
            return None
        _reduce(values, step[0])
        tree: Tree = values[-1]
        return tree

    def _step(self, stack: _Stack, name: str, end: int | None) -> _Step | None:
        """What becomes of `stack` with the terminal `name`; None where that cannot stand there.

        Behind the text nothing is left to take: there it is enough to arrive in the state `end`.
        """
        complete: list[Reduction] = []
        at = stack
        while at.state != end:
            to = self._states[at.state].get(name)
            if to is None:
                return None
            if isinstance(to, int):
                at = self._stack(to, at)
                break
            for _ in range(to.size):
                assert at.below is not None
                at = at.below
            behind = self._states[at.state][to.origin]
            assert isinstance(behind, int)
            at = self._stack(behind, at)
            if to.size != 1 or to.kept is not None or not to.single:
                complete.append(to)
        step = complete, at
        if self._known < _STACKS:
            stack.steps[name] = step
        return step

    def _stack(self, state: int, below: _Stack | None) -> _Stack:
        known = below.above.get(state) if below else None
        if known is None:
            known = _Stack(state, below, self._accepted[state] if self._accepted else None)
            if below and self._known < _STACKS:
                self._known += 1
                below.above[state] = known
        return known

    def __reduce__(self) -> tuple[Any, ...]:
        return Parser, self._tables


def _reduce(values: list[Any], complete: Iterable[Reduction]) -> None:
    """Make trees of the last values by the rules that are complete, in order."""
    for size, _, name, kept, single, grows in complete:
        if grows:
            # Its list grows in place; it belongs to nobody else any more.
            added = values.pop()
            values[-1].children.append(added)
            continue
        children = values[-size:] if size else []
        if size:
            del values[-size:]
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
        values.append(children[0] if single and len(children) == 1 else tuple.__new__(Tree, (name, children)))
