"""Regular expressions that take time beyond patience on long texts, though not beyond all bounds.

Where a word leads from one repetition back to it, from it to a later one, and from that back to it, each repetition of
the word is one more place at which the one may end and the other begin (polynomial ambiguity: Weber and Seidl, 1991).
With k such pairs in a row, a matcher that fails has tried n^(k+1) ways on n repetitions. What is found is counted out
on such a text before it is believed: the ways through the places of the expression, not the time.
"""

from __future__ import annotations

import re
from collections import deque
from itertools import pairwise, product
from math import log2

from gouji.explosive import PAIRS, Automaton, Part, loops, takes, way
from gouji.values import Struct

DEGREE = 3
"""Power of the length of a text from which the ways through an expression are too many."""
BOUNDED = 100
"""Repetitions of so many times at most stay short whatever the text."""
STEPS = 4000
"""Steps from place to place of an expression that is looked at; one with more is left alone."""
ROUNDS = 64
_END = "\0"
_UNBOUNDED = re.compile(r"[*+]|\{\d*,(?:\d{3,})?\}")


class Slow(Struct):
    """The power of its length that an expression needs on a text, and the words that are repeated in the text."""

    degree: int
    words: tuple[str, ...]


def polynomial(source: str) -> Slow | None:
    """How slow an expression is where that is too slow, else None. Raises re.error when it is none."""
    if len(_UNBOUNDED.findall(source)) < DEGREE:
        return None
    automaton = Automaton(BOUNDED, once=True)
    try:
        whole = automaton.sequence(re._parser.parse(source))
    except OverflowError:
        return None
    if sum(map(len, automaton.follow.values())) > STEPS:
        return None
    ways = _Ways(automaton, whole)
    # A text for as many pairs as are too many is enough.
    chain = ways.longest()[: DEGREE - 1]
    if len(chain) + 1 < DEGREE:
        return None
    few, many = (ways.counted(chain, rounds) for rounds in (ROUNDS, 2 * ROUNDS))
    degree = round(log2(many / few)) if few and many else 0
    return Slow(degree, tuple(pair.word for pair in chain)) if degree >= DEGREE else None


class _Pair(Struct):
    """Two places, and a word that leads from the first to itself and to the second, and from the second to itself."""

    one: int
    other: int
    word: str


class _Ways:
    """The ways through an expression."""

    def __init__(self, automaton: Automaton, whole: Part) -> None:
        self.follow = automaton.follow
        self.takes = automaton.takes
        self.sets = automaton.characters()
        self.whole = whole
        self.components = list(loops(self.follow, len(self.sets)))
        self.left = PAIRS

    def longest(self) -> tuple[_Pair, ...]:
        """The pairs of the longest chain: from the second place of each the first of the next can be reached."""
        reach = {component[0]: self._reached(component[0]) for component in self.components}
        order = sorted(self.components, key=lambda c: -sum(other[0] in reach[c[0]] for other in self.components))
        best: dict[int, tuple[_Pair, ...]] = {}
        for n, later in enumerate(order):
            found: tuple[_Pair, ...] = ()
            for earlier in order[:n]:
                if later[0] in reach[earlier[0]]:
                    pair = self._pair(earlier, later)
                    found = max(found, best[earlier[0]] + ((pair,) if pair else ()), key=len)
            best[later[0]] = found
        return max(best.values(), key=len, default=())

    def _reached(self, start: int) -> set[int]:
        seen: set[int] = set()
        queue = deque([start])
        while queue:
            for following in self.follow.get(queue.popleft(), ()):
                if following not in seen:
                    seen.add(following)
                    queue.append(following)
        return seen

    def _pair(self, earlier: list[int], later: list[int]) -> _Pair | None:
        for one, other in product(earlier, later):
            word = self._word(one, other)
            if word is not None:
                return _Pair(one, other, word)
        return None

    def _word(self, one: int, other: int) -> str | None:
        start, goal = (one, one, other), (one, other, other)
        seen = {start: ""}
        queue = deque(seen)
        while queue and self.left > 0:
            here = queue.popleft()
            first, middle, last = (self.follow.get(place, {}) for place in here)
            for step in product(first, middle, last):
                self.left -= 1
                common = self.sets[step[0]] & self.sets[step[1]] & self.sets[step[2]]
                if common and step not in seen:
                    seen[step] = seen[here] + min(common, key=lambda c: (not c.isalnum(), c))
                    if step == goal:
                        return seen[step]
                    queue.append(step)
        return None

    def counted(self, chain: tuple[_Pair, ...], rounds: int) -> int:
        """The ways that a matcher tries on the words of a chain repeated `rounds` times; 0 where it need not."""
        text = way(self.follow, self.sets, self.whole.first, chain[0].one) + chain[0].word * rounds
        for before, after in pairwise(chain):
            if before.other != after.one:
                text += way(self.follow, self.sets, frozenset(self.follow[before.other]), after.one)
            text += after.word * rounds
        return max(self._tried(text), self._tried(text + _END))

    def _tried(self, text: str) -> int:
        at = {place: 1 for place in self.whole.first if self._takes(place, text[0])}
        tried = sum(at.values())
        for character in text[1:]:
            found: dict[int, int] = {}
            for place, count in at.items():
                for following, times in self.follow.get(place, {}).items():
                    if self._takes(following, character):
                        found[following] = found.get(following, 0) + count * times
            at = found
            tried += sum(at.values())
        return 0 if at.keys() & self.whole.last else tried

    def _takes(self, place: int, character: str) -> bool:
        return character in self.sets[place] or (character == _END and takes(self.takes[place], character))
