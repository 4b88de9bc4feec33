"""What to run on one report: the programs that its figures allow, as functions that add them up."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from gouji.rulemodel import PREFIXED, Compare, Fast, Program, Rule, Sum

Figures: TypeAlias = dict[str, Any]
Adder: TypeAlias = Callable[[Figures], Any]
Step: TypeAlias = tuple[Adder, Compare, Adder]

_PLANS = 256  # how many plans an agenda keeps: tables of one form mostly have the same rows


class Agenda:
    """What there is to do for reports of one form and year.

    The tables of a form mostly give the same figures, so that their plan is made once; texts seldom do. A
    program about the text is found by a figure without which it says nothing.
    """

    def __init__(self, structural: Sequence[Rule], programs: Iterable[Program]) -> None:
        self.structural = structural
        self.checks: list[Any] | None = None  # `structural` as the engine runs it
        self._table_programs: list[Program] = []
        self._triggered: dict[str, list[Program]] = {}
        self._plans: dict[tuple[str, ...], Plan] = {}
        for program in programs:
            if not program.triggers:
                self._table_programs.append(program)
            for trigger in program.triggers:
                self._triggered.setdefault(trigger, []).append(program)

    def plans(self, values: Figures) -> tuple[Plan, Plan]:
        """The plan for the tables of a report and the plan for its text, given its figures by key."""
        names = tuple(values)
        tables = tuple([name for name in names if PREFIXED not in name])
        plan = self._plan(tables, lambda: self._table_programs)
        if len(tables) == len(names):
            return plan, _NOTHING
        return plan, self._plan(names, lambda: self._due(names))

    def _plan(self, names: tuple[str, ...], programs: Callable[[], Iterable[Program]]) -> Plan:
        plan = self._plans.get(names)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            plan = self._plans[names] = Plan(programs(), frozenset(names))
        return plan

    def _due(self, names: Iterable[str]) -> Iterable[Program]:
        """The programs about the text that these figures call for."""
        due = {id(p): p for name in names for p in self._triggered.get(name, ())}
        return due.values()


class Plan:
    """The programs that certain figures allow, by how they are run.

    `sums` are parts that make a total: `parts` picks those of each, `totals` all totals. `whole` are other programs
    with all their figures, `partial` sums of the text of which some parts are not named, `slow` what is no plain sum.
    `noted` is what rules have found out about the rows that there are, by rule: it is the same for every report with
    the same ones, unless a table says nothing (`Facts.silent`).
    """

    def __init__(self, programs: Iterable[Program], figures: frozenset[str]) -> None:
        self.sums: list[Program] = []
        self.parts: list[Callable[[Figures], tuple[Any, ...]]] = []
        totals: list[str] = []
        self.whole: list[tuple[tuple[Step, ...], tuple[Step, ...], frozenset[str], Program]] = []
        self.partial: list[tuple[tuple[Step, ...], Step, Program]] = []
        self.slow: list[Program] = []
        self.noted: dict[str, Any] = {}
        for program in programs:
            self._schedule(program, figures, totals)
        # One name alone would give its figure and no list of them.
        self.totals = operator.itemgetter(*totals) if len(totals) > 1 else lambda values: [values[t] for t in totals]

    def programs(self) -> Iterator[Program]:
        """The programs with all their figures."""
        yield from self.sums
        for *_, program in self.whole:
            yield program

    def _schedule(self, program: Program, figures: frozenset[str], totals: list[str]) -> None:
        """Put a program where it belongs; nowhere if a figure is missing without which it says nothing."""
        pairs = zip(program.alternatives, program.needed, strict=True)
        alive = [f for f, needed in pairs if (needed <= figures if needed is not None else f and _complete(f, figures))]
        if not alive or not all(_complete(condition, figures) for condition in program.conditions):
            return
        conditions = tuple(_step(condition, figures) for condition in program.conditions)
        whole = [f for f in alive if f and _complete(f, figures)]
        if len(whole) == len(alive):
            left, compare, right = whole[0]
            plain = len(whole) == 1 and not conditions and left[1:] == right[1:] == (None, 0)
            if plain and compare is operator.eq and len(right[0]) == 1 < len(left[0]):
                self.sums.append(program)
                self.parts.append(operator.itemgetter(*left[0]))
                totals.append(right[0][0])
            else:
                self.whole.append((conditions, tuple(_step(f, figures) for f in whole), program.row, program))
        elif not whole and len(alive) == len(program.alternatives) and (fast := _widest(alive)):
            if figures.issuperset(fast[2][0]) and not figures.isdisjoint(fast[0][0]):
                self.partial.append((conditions, _step(fast, figures), program))
        else:
            self.slow.append(program)


_NOTHING = Plan((), frozenset())


def _widest(alternatives: Sequence[Fast | None]) -> Fast | None:
    """The sum of parts that has all parts of the others, which make up the same total; None where there is none.

    Where its parts are less than the total, those of the others are so too.
    """
    widest = max(alternatives, key=lambda fast: len(fast[0][0]) if fast else 0)
    if widest is None or widest[1] is not operator.eq:
        return None
    parts = {*widest[0][0]}
    for fast in alternatives:
        if fast is not widest and (
            fast is None
            or fast[1:] != widest[1:]
            or fast[0][1:] != (None, 0)
            or widest[0][1:] != (None, 0)
            or not parts.issuperset(fast[0][0])
        ):
            return None
    return widest


def _complete(fast: Fast, figures: frozenset[str]) -> bool:
    return figures.issuperset(fast[0][0]) and figures.issuperset(fast[2][0])


def _step(fast: Fast, figures: frozenset[str]) -> Step:
    left, compare, right = fast
    return _adder(left, figures), compare, _adder(right, figures)


def _adder(side: Sum, figures: frozenset[str]) -> Adder:
    """A function that adds up the figures of a side that there are, times their weights, and its constant."""
    keys, weights, constant = side
    chosen = [n for n, name in enumerate(keys) if name in figures]
    if not chosen:
        return lambda values: constant
    factors = [weights[n] for n in chosen] if weights else None
    pick = operator.itemgetter(*(keys[n] for n in chosen))
    if len(chosen) > 1:
        if factors:
            return lambda values: sum(map(operator.mul, pick(values), factors), constant)
        return lambda values: sum(pick(values), constant)
    if factors:
        return lambda values: pick(values) * factors[0] + constant
    return (lambda values: pick(values) + constant) if constant else pick
