"""Which of many expressions can match at a place, told by the next few characters of the text.

Their trees make one automaton, whose states after each prefix are those of a trie: prefixes that expressions share
are so looked at once, however the expressions are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from gouji.values import Struct

Node = Any
"""What the next character leads to, as a dictionary; in the end a tuple: what is left of the expressions, in order.

RARE stands for all digits and spaces that the dictionary does not name, "" for every other character and for the end.
"""

RARE = "\\d\\s"

_DEPTH = 10
"""Characters that the choice may depend on."""
_FEW = 8
"""Expressions that are rather tried than told apart by all characters that show it."""
_COPIES = 4
"""Repetitions that are counted; more of them are taken for any number."""
_RANGE = 300
"""Characters of the largest range that are named one by one."""
_KINDS_OF_PAIRS = 5
"""Sets of pairs that a search looks for; more of them take longer than they save."""
_KINDS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "CATEGORY_DIGIT": ("0123456789", str.isdecimal),
    "CATEGORY_SPACE": (" \t\n\u3000", str.isspace),
    "CATEGORY_WORD": ("_", lambda c: not c or c.isalnum()),
}


class _Step(Struct):
    """A state that takes one character: of `named` or `kinds`, or neither if it is `negated`; and what comes then."""

    named: frozenset[str]
    kinds: tuple[Callable[[str], bool], ...]
    negated: bool
    then: int

    def takes(self, character: str) -> bool:
        """Whether a match can go on with `character`, or with one for which "" or RARE stands."""
        if character in ("", RARE) and self.negated:
            return True
        if character == RARE:
            return bool(self.kinds)
        return (character in self.named or any(kind(character) for kind in self.kinds)) != self.negated


class _Automaton:
    """The states of all expressions. What they ask of the text around is left out: that can only take matches away."""

    def __init__(self) -> None:
        self.steps: list[_Step | None] = []
        self.ways: list[tuple[int, ...]] = []
        self.owners: list[int] = []
        self.owner = -1

    def add(self, source: str) -> int:
        """The state in which the next expression begins."""
        self.owner += 1
        end = self._state()
        try:
            tree = re._parser.parse(source)
        except AttributeError:
            # The interpreter does not show how it reads expressions.
            return self._anything(end)
        return self._anything(end) if tree.state.flags & re.IGNORECASE else self._before(tree, end)

    def _state(self, ways: tuple[int, ...] = (), step: _Step | None = None) -> int:
        self.steps.append(step)
        self.ways.append(ways)
        self.owners.append(self.owner)
        return len(self.steps) - 1

    def _anything(self, then: int) -> int:
        loop = self._state()
        self.ways[loop] = (self._state(step=_Step(frozenset(), (), True, loop)), then)
        return loop

    def _before(self, items: Iterable[tuple[Any, Any]], then: int) -> int:
        """The state from which `items`, the parts of an expression as `re` parses it, lead to `then`."""
        for kind, value in reversed(list(items)):
            match str(kind), value:
                case "LITERAL", code:
                    then = self._state(step=_Step(frozenset(chr(code)), (), False, then))
                case (("NOT_LITERAL" | "ANY"), _):
                    then = self._state(step=_Step(frozenset(), (), True, then))
                case "IN", members:
                    then = self._state(step=_set(members, then))
                case "BRANCH", (_, branches):
                    then = self._state(tuple([self._before(branch, then) for branch in branches]))
                case "SUBPATTERN", (_, flags, _, inner) if not flags & re.IGNORECASE:
                    then = self._before(inner, then)
                case "ATOMIC_GROUP", inner:
                    then = self._before(inner, then)
                case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), (least, most, inner)):
                    then = self._repeated(least, most, inner, then)
                case (("ASSERT" | "ASSERT_NOT" | "AT"), _):
                    pass
                case _:
                    then = self._anything(then)
        return then

    def _repeated(self, least: int, most: int, inner: Any, then: int) -> int:
        if most > _COPIES:
            loop = self._state()
            self.ways[loop] = (self._before(inner, loop), then)
            then = loop
        else:
            for _ in range(most - least):
                then = self._state((self._before(inner, then), then))
        for _ in range(min(least, _COPIES)):
            then = self._before(inner, then)
        return then

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        """What `states` lead to without a character: the states that take one, and the ends."""
        seen, waiting = set(), list(states)
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting.extend(self.ways[state])
        return frozenset(state for state in seen if not self.ways[state])

    def after(self, states: frozenset[int]) -> dict[str, frozenset[int]]:
        """The states behind one more character; an expression that has matched stays."""
        stay = [state for state in states if self.steps[state] is None]
        steps = [step for state in states if (step := self.steps[state])]
        to: dict[str, set[int]] = {c: set() for c in sorted({"", RARE}.union(*(step.named for step in steps)))}
        for step in steps:
            for character in to if step.negated or step.kinds else step.named:
                if step.takes(character):
                    to[character].add(step.then)
        return {character: self.closure([*stay, *reached]) for character, reached in to.items()}


def _set(members: Iterable[tuple[Any, Any]], then: int) -> _Step:
    named: set[str] = set()
    kinds: list[Callable[[str], bool]] = []
    negated = False
    for kind, value in members:
        match str(kind), value:
            case "NEGATE", _:
                negated = True
            case "LITERAL", code:
                named.add(chr(code))
            case "RANGE", (low, high) if high - low < _RANGE:
                named.update(map(chr, range(low, high + 1)))
            case "RANGE", (low, high):
                kinds.append(lambda c, low=low, high=high: not c or low <= ord(c) <= high)  # type: ignore[misc]
            case _, category if str(category) in _KINDS:
                characters, test = _KINDS[str(category)]
                named.update(characters)
                kinds.append(test)
            case _:
                return _Step(frozenset(), (), True, then)
    return _Step(frozenset(named), tuple(kinds), negated, then)


def told_apart(expressions: Iterable[tuple[str, Any]], first: int = 2) -> Node:
    """The trie of `expressions`, each with what stands for it in the tuples; the next character leads to a node.

    A few of them are told apart by their `first` characters only. Raises re.error for a source that is no expression.
    """
    automaton = _Automaton()
    given = list(expressions)
    starts = [automaton.add(source) for source, _ in given]
    known: dict[Any, Node] = {}

    def node(states: frozenset[int], depth: int) -> Node:
        found = known.get((states, depth))
        if found is None:
            found = known[states, depth] = grown(states, depth)
        return found

    def grown(states: frozenset[int], depth: int) -> Node:
        owners = tuple(sorted({automaton.owners[state] for state in states}))
        open_ = any(automaton.steps[state] for state in states)
        if not open_ or depth == _DEPTH or (depth >= first and len(owners) <= _FEW):
            return known.setdefault(owners, tuple([given[owner][1] for owner in owners]))
        ways = {character: node(after, depth + 1) for character, after in automaton.after(states).items()}
        rest = ways.pop("")
        ways = {character: to for character, to in ways.items() if to is not rest} | {"": rest}
        if len(ways) == 1 and isinstance(rest, tuple):
            return rest
        # Nodes that lead to the same are one.
        return known.setdefault(tuple((character, id(to)) for character, to in ways.items()), ways)

    return node(automaton.closure(starts), 0)


def behind_first(source: str) -> str:
    """What holds behind the first character of every match of `source`, as an expression; "" where mostly anything can follow.

    Raises re.error for a source that is no expression.
    """
    first = told_apart([(source, source)])
    if not isinstance(first, dict) or first[""]:
        return ""
    free: set[str] = set()
    second: set[str] = set()
    for character, node in first.items():
        if isinstance(node, dict) and not node[""]:
            second.update(follower for follower, after in node.items() if after)
        elif node:
            free.add(character)
    # Where anything can follow most first characters, asking takes longer than it saves.
    return beyond_first(second, free) if second and 2 * len(free) < len(first) else ""


def openings(source: str) -> tuple[str, ...]:
    """What the matches of `source` begin with, one or two characters each; none where characters of a kind can.

    Raises re.error for a source that is no expression.
    """
    first = told_apart([(source, source)])
    if not isinstance(first, dict) or first[""]:
        return ()
    found: list[str] = []
    for character, node in first.items():
        if isinstance(node, dict) and not node[""]:
            found += [character + follower for follower, after in node.items() if after]
        elif node:
            found.append(character)
    return () if any(RARE in opening for opening in found) else tuple(found)


def beyond_first(second: Iterable[str], free: Iterable[str]) -> str:
    """An expression for a place behind a character: one of `second` stands there, or one of `free` in front of it."""
    looks = [f"({look}{one_of(found)})" for look, found in (("?=", {*second}), ("?<=", {*free})) if found]
    return f"(?:{'|'.join(looks)})"


def one_of_pairs(pairs: Iterable[str], free: Iterable[str]) -> str:
    """An expression for what stands behind a character: nothing if that is one of `free`, else what makes a pair of both.

    It finds all of `pairs` and few others: second characters that nearly the same stand before share a set of these.
    """
    before: dict[str, set[str]] = {}
    for pair in sorted(pairs):
        before.setdefault(pair[1], set()).add(pair[0])
    kinds: list[tuple[set[str], set[str]]] = []
    for second, firsts in sorted(before.items(), key=lambda item: len(item[1])):
        if len(kinds) < _KINDS_OF_PAIRS:
            kinds.append((firsts, {second}))
            continue
        # Where it makes the fewest pairs that are none.
        nearest = min(kinds, key=lambda kind: len(kind[0] | firsts) * (len(kind[1]) + 1) - len(kind[0]) * len(kind[1]))
        nearest[0].update(firsts)
        nearest[1].add(second)
    ways = [f"{one_of(seconds)}(?<={one_of(firsts)}{one_of(seconds)})" for firsts, seconds in kinds]
    if behind := {*free}:
        ways.append(f"(?<={one_of(behind)})")
    return f"(?:{'|'.join(ways)})"


def one_of(characters: Iterable[str]) -> str:
    """An expression for a key of a node that is one of `characters`."""
    return f"[{''.join(c if c == RARE else re.escape(c) for c in sorted(characters))}]"
