"""Regular expressions that take time beyond all bounds on some text.

An expression is explosive when one word leads in two ways from a place in it back to that place: each repetition of
the word doubles the ways that a matcher tries (exponential ambiguity: Weber and Seidl, 1991). The places are the
characters of the expression, joined by what may follow them (Glushkov's automaton); two ways over the same places
count as two. Lookarounds are passed over and long bounded repetitions count as unbounded ones, so that what is found
is tried before it is believed.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from gouji.values import Struct
from gouji.wordings import in_category

BOUNDED = 8
"""A repetition of more times counts as an unbounded one."""
PLACES = 400
"""Places of an expression that is looked at; one with more is left alone."""
PAIRS = 40_000
"""Pairs of places that are followed."""
REPETITIONS = 48
PATIENCE = 0.1
"""Seconds of computing after which a match of so many repetitions, which takes microseconds otherwise, is given up."""
DEADLINE = 2.0
"""The same by the clock, for systems that do not tell what a process computes, and for busy machines."""
_REPRESENTATIVES = "某数1aA_ \n\t|,.()-%"


class Part(Struct):
    """A part of an expression: the places at which it begins and ends, and whether it may be empty."""

    first: frozenset[int]
    last: frozenset[int]
    empty: bool


class Automaton:
    """The places of an expression: which characters each takes, and how often each other may follow it.

    A repetition of more than `bounded` times is gone round without end; with `once` one of fewer is gone through once
    instead of being copied.
    """

    def __init__(self, bounded: int = BOUNDED, once: bool = False) -> None:
        self.bounded = bounded
        self.once = once
        self.takes: list[list[tuple[str, Any]]] = []
        self.follow: defaultdict[int, dict[int, int]] = defaultdict(dict)

    def place(self, items: list[tuple[str, Any]]) -> Part:
        """A new place. Raises OverflowError beyond PLACES."""
        if len(self.takes) >= PLACES:
            raise OverflowError
        self.takes.append(items)
        here = frozenset([len(self.takes) - 1])
        return Part(here, here, False)

    def characters(self) -> list[frozenset[str]]:
        """The characters that each place takes, of those that tell places apart."""
        alphabet = dict.fromkeys((*_REPRESENTATIVES, *(chr(c) for c in _literals(self.takes))))
        return [frozenset(c for c in alphabet if takes(items, c)) for items in self.takes]

    def join(self, last: frozenset[int], first: frozenset[int]) -> None:
        """What begins at `first` may follow what ends at `last`."""
        for a in last:
            for b in first:
                self.follow[a][b] = self.follow[a].get(b, 0) + 1

    def sequence(self, tree: Any) -> Part:
        """The places of parts one after another. Raises OverflowError beyond PLACES."""
        whole = Part(frozenset(), frozenset(), True)
        for operation, argument in tree:
            part = self.part(str(operation), argument)
            if part is None:
                continue
            self.join(whole.last, part.first)
            whole = Part(
                whole.first | part.first if whole.empty else whole.first,
                whole.last | part.last if part.empty else part.last,
                whole.empty and part.empty,
            )
        return whole

    def part(self, name: str, argument: Any) -> Part | None:
        """The places of one operation of `re`; None for what takes no character."""
        if name == "IN":
            return self.place([(str(kind), value) for kind, value in argument])
        if name in ("LITERAL", "NOT_LITERAL", "ANY"):
            return self.place([(name, argument)])
        if name == "BRANCH":
            parts = [self.sequence(branch) for branch in argument[1]]
            return Part(
                frozenset().union(*(p.first for p in parts)),
                frozenset().union(*(p.last for p in parts)),
                any(p.empty for p in parts),
            )
        if name == "SUBPATTERN":
            return self.sequence(argument[-1])
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            return self.repeat(int(argument[0]), int(argument[1]), argument[2])
        # What cannot be gone back into (atomic, possessive), what takes no character, what refers to a group.
        return None

    def repeat(self, least: int, most: int, tree: Any) -> Part:
        """The places of what is repeated."""
        if most > self.bounded or self.once:
            part = self.sequence(tree)
            if most > self.bounded:
                self.join(part.last, part.first)
            return part._replace(empty=part.empty or not least)
        # x{0,2} is (x(x)?)?: a later copy is reached through the earlier ones only, or there would be two ways to it.
        copies = [self.sequence(tree) for _ in range(most)]
        if not copies:
            return Part(frozenset(), frozenset(), True)
        for one, following in pairwise(copies):
            self.join(one.last, following.first)
        ends = [part.last for part in copies[max(least - 1, 0) :]]
        return Part(copies[0].first, frozenset().union(*ends), copies[0].empty or not least)


def explosive(source: str) -> str | None:
    """A text whose repetition takes the expression exponential time, or None. Raises re.error when it is none."""
    tree: Any = re._parser.parse(source)
    automaton = Automaton()
    try:
        whole = automaton.sequence(tree)
    except OverflowError:
        return None
    sets = automaton.characters()
    for component in loops(automaton.follow, len(sets)):
        found = _twice(automaton.follow, sets, component)
        if found is not None:
            start, word = found
            if _confirmed(source, way(automaton.follow, sets, whole.first, start), word):
                return word
    return None


def way(follow: dict[int, dict[int, int]], sets: list[frozenset[str]], first: frozenset[int], goal: int) -> str:
    """A text that leads through one of the places `first` to the place `goal`."""
    ways = {place: min(sets[place], default="") for place in sorted(first)}
    queue = deque(ways)
    while queue and goal not in ways:
        place = queue.popleft()
        for following in follow.get(place, ()):
            if following not in ways:
                ways[following] = ways[place] + min(sets[following], default="")
                queue.append(following)
    return ways.get(goal, "")


def _confirmed(source: str, before: str, word: str) -> bool:
    """Whether the matcher of `re` is lost in the text. It cannot be stopped, so that it runs in a process of its own."""
    import json
    import subprocess
    import sys

    texts = [before + word * REPETITIONS + end for end in ("\0", "\n\0")]
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", _MATCHING], stdin=subprocess.PIPE) as process:
        try:
            process.communicate(json.dumps([source, texts, PATIENCE]).encode(), DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return process.returncode < 0


# The timer counts what the process computes, and ends it.
_MATCHING = """
import json, re, signal, sys
source, texts, patience = json.load(sys.stdin)
pattern = re.compile(source)
if hasattr(signal, "setitimer"):
    signal.setitimer(signal.ITIMER_VIRTUAL, patience)
for text in texts:
    pattern.fullmatch(text)
"""


def _literals(takes: Sequence[list[tuple[str, Any]]]) -> Iterator[int]:
    for items in takes:
        for kind, argument in items:
            if kind in ("LITERAL", "NOT_LITERAL"):
                yield argument
            elif kind == "RANGE":
                yield from argument


def takes(items: list[tuple[str, Any]], character: str) -> bool:
    """Whether a place that takes `items` (a class of `re`, taken apart) takes a character."""
    code = ord(character)
    negated = items[0][0] == "NEGATE"
    for kind, argument in items:
        if kind == "ANY":
            return character != "\n"
        if kind == "NOT_LITERAL":
            return bool(code != argument)
        if (
            (kind == "LITERAL" and code == argument)
            or (kind == "RANGE" and argument[0] <= code <= argument[1])
            or (kind == "CATEGORY" and in_category(character, str(argument)))
        ):
            return not negated
    return negated


def loops(follow: dict[int, dict[int, int]], size: int) -> Iterator[list[int]]:
    """The strongly connected sets of places in which one can go round."""
    reach = {}
    for start in range(size):
        seen: set[int] = set()
        queue = deque(follow.get(start, ()))
        while queue:
            place = queue.popleft()
            if place not in seen:
                seen.add(place)
                queue.extend(follow.get(place, ()))
        reach[start] = seen
    done: set[int] = set()
    for start in range(size):
        if start in done or start not in reach[start]:
            continue
        component = [p for p in reach[start] if start in reach[p]]
        done.update(component)
        yield component


def _twice(
    follow: dict[int, dict[int, int]], sets: list[frozenset[str]], component: list[int]
) -> tuple[int, str] | None:
    """A place of the component and a word that leads from it back to it in two ways."""
    inside = set(component)
    # place -> character -> (following place, in how many ways)
    steps: dict[int, defaultdict[str, list[tuple[int, int]]]] = {}
    for place in component:
        steps[place] = defaultdict(list)
        for following, ways in follow[place].items():
            if following in inside:
                for character in sets[following]:
                    steps[place][character].append((following, ways))
    for start in component:
        # (place, other place, whether the two ways have parted already) -> word that leads there
        seen: dict[tuple[int, int, bool], str] = {(start, start, False): ""}
        queue = deque(seen)
        while queue and len(seen) < PAIRS:
            a, b, parted = queue.popleft()
            word = seen[a, b, parted]
            for character in sorted(steps[a].keys() & steps[b].keys()):
                for c, ways in steps[a][character]:
                    for d, _ in steps[b][character]:
                        apart = parted or c != d or (a == b and ways > 1)
                        state = (c, d, apart)
                        if state in seen:
                            continue
                        seen[state] = word + character
                        if apart and c == d == start:
                            return start, seen[state]
                        queue.append(state)
    return None
