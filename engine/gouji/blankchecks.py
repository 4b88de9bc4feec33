"""Checks of blank cells that the sums of a form leave one figure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from decimal import InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

from gouji.facts import Facts
from gouji.intervals import EXACT_ZERO, Operand
from gouji.kinds import Kind
from gouji.relations import Arithmetic, Evaluation, evaluate
from gouji.rulemodel import Program, Rule, key
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook

Picker: TypeAlias = Callable[[Mapping[str, Any]], Sequence[Any]]


class _Sum(Struct):
    """A sum of which all figures are known: how far its sides are apart, whether they are all 0, and its blank cells.

    A blank cell is 1 on the left side and -1 on the right one.
    """

    program: Program
    gap: int
    nothing: bool
    blank: Mapping[str, int]

    @property
    def settled(self) -> bool:
        """Whether it leaves nothing for its blanks: it balances without them, or there is nothing in it but zeros."""
        return self.gap == 0 and (self.nothing or len({*self.blank.values()}) == 1)

    @property
    def line(self) -> tuple[str, ...]:
        """Whether it runs along a row or along a column, as the names of what it is repeated over."""
        return tuple(self.program.instance.binding)


def _fill(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Fill the blank cells of which every sum of `rule` that can be read leaves the same figure above 0, in row and column.

    From here on they count that (`Facts.filled`): what they were left out of holds.
    """
    values = facts.values
    complete = facts.noted.get(rule.id)
    if complete is None:
        complete = facts.noted[rule.id] = [*_complete(book.programs(rule), values)]
    try:
        # Most blanks stand for nothing: that is seen at once.
        balanced = all(sum(left(values)) == sum(right(values)) for left, right, _ in complete)
    except (TypeError, InvalidOperation):  # Decimal and UNKNOWN do not mix
        balanced = False
    if balanced:
        facts.passed += bool(complete)
        return
    sums = [one for _, _, program in complete if (one := _sum(program, facts))]
    zero = {name for one in sums if one.settled for name in one.blank}
    found: dict[str, list[tuple[_Sum, int | None]]] = {}
    for one in sums:
        empty = one.blank.keys() - zero
        for name in empty:
            found.setdefault(name, []).append((one, -one.gap * one.blank[name] if len(empty) == 1 else None))
    held = True
    for name, needed in found.items():
        value = needed[0][1]
        if value and value > 0 and all(v == value for _, v in needed) and len({one.line for one, _ in needed}) > 1:
            facts.fill(name, value, [one.program for one, _ in needed])
            held = False
    facts.passed += held


def _complete(programs: Sequence[Program], figures: Container[str]) -> Iterator[tuple[Picker, Picker, Program]]:
    """The programs of which there are all figures, each with what picks those of either side."""
    for program in programs:
        fast = program.alternatives[0]
        if fast is not None and all(name in figures for name in (*fast[0][0], *fast[2][0])):
            yield _picked(fast[0][0]), _picked(fast[2][0]), program


def _picked(names: Sequence[str]) -> Picker:
    """What picks the figures with these names."""
    # One name alone would give its figure and no list of them.
    return operator.itemgetter(*names) if len(names) > 1 else lambda values: [values[name] for name in names]


def _sum(program: Program, facts: Facts) -> _Sum | None:
    """The sum that a program compares; None where it has no blank cell, or a figure that is not exactly known."""
    fast = program.alternatives[0]
    if fast is None or facts.blank_keys.isdisjoint((*fast[0][0], *fast[2][0])):
        return None
    values, gap, nothing, blank = facts.values, 0, True, {}
    for side, sign in ((fast[0][0], 1), (fast[2][0], -1)):
        for name in side:
            figure = values.get(name)
            if type(figure) is not int:
                return None
            gap += sign * figure
            nothing = nothing and not figure
            if name in facts.blank_keys:
                blank[name] = sign
    return _Sum(program, gap, nothing, blank)


def _determined(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """The blank cells that were filled, each with the sums that leave its figure."""
    for name, (value, programs) in facts.filled.items():
        if programs[0].instance.rule.id != rule.id:
            continue
        i = facts.where[name]
        facts.add(
            rule,
            instance=name,
            values={"label": facts.registry.metric(name), "value": value},
            equation=Arithmetic(tuple([_asked(program, name, facts) for program in programs])),
            terms=[facts.term("left", i)],
        )


def _asked(program: Program, blank: str, facts: Facts) -> Evaluation:
    """The sum with its figures, in which nothing is open but one blank cell."""
    relation = program.instance.relations[0]
    names = [key(item.source, item.path) for item in relation.items]
    operands = [Operand(EXACT_ZERO, "blank") if n == blank else Operand.exact(facts.values[n]) for n in names]
    return evaluate(relation, operands)


BLANK_KINDS: dict[str, Kind] = {
    "determined": Kind(_determined, {}, (), ("label", "value"), equation=True, fill=_fill),
}
