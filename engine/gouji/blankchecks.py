"""Checks of blank cells that the sums of a form leave one figure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from decimal import InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

from gouji import schema
from gouji.facts import Facts, Filled
from gouji.intervals import EXACT_ZERO, Operand
from gouji.kinds import Kind
from gouji.relations import Arithmetic, Evaluation, evaluate
from gouji.rulemodel import Program, Rule, key
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook

Picker: TypeAlias = Callable[[Mapping[str, Any]], Sequence[Any]]

_NAMED = 3  # so many blank cells are named beside another one


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
        """Whether it leaves nothing for its blanks, for it balances without them."""
        return self.gap == 0 and len({*self.blank.values()}) == 1

    @property
    def line(self) -> tuple[str, ...]:
        """Whether it runs along a row or along a column, as the names of what it is repeated over."""
        return tuple(self.program.instance.binding)

    def given(self, figures: Mapping[str, int]) -> _Sum:
        """It with `figures` in some of its blank cells."""
        if figures.keys().isdisjoint(self.blank):
            return self
        left = {name: sign for name, sign in self.blank.items() if name not in figures}
        told = sum(sign * figures[name] for name, sign in self.blank.items() if name in figures)
        return self._replace(gap=self.gap + told, nothing=self.nothing and not told, blank=left)


def _fill(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Fill the blank cells to which the sums of `rule` leave one figure above 0, in row and column, alone or together.

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
    held = True
    # A row that is blank throughout stands for nothing, unless that is what other sums lack.
    for blank_rows in (True, False):
        zero = {name for one in sums if one.settled or (blank_rows and one.nothing) for name in one.blank}
        known: dict[str, int] = {}
        for connected in _connected(sums, zero):
            figures = {name: value for name, value in _solved(connected).items() if value}
            # Totals by themselves are another rule's matter: they are what their parts add up to.
            if figures.keys() <= facts.withheld:
                continue
            known |= figures
            for name, value in figures.items():
                around = [one.program for one in connected if name in one.blank]
                facts.fill(name, Filled(value, around, tuple(figures)))
                held = False
        sums = [one.given(known) for one in sums]
        if not any(one.gap for one in sums):
            break
    facts.passed += held


def _connected(sums: Sequence[_Sum], zero: Container[str]) -> Iterator[list[_Sum]]:
    """The sums that have blank cells which are not `zero`, those that share one, directly or not, together."""
    waiting = [
        one for each in sums if (one := each.given(dict.fromkeys([n for n in each.blank if n in zero], 0))).blank
    ]
    while waiting:
        cells, members = {*waiting[0].blank}, list[_Sum]()
        while joining := [one for one in waiting if not cells.isdisjoint(one.blank)]:
            waiting = [one for one in waiting if cells.isdisjoint(one.blank)]
            members += joining
            cells.update(*(one.blank for one in joining))
        yield members


def _solved(sums: Sequence[_Sum]) -> dict[str, int]:
    """The figures that `sums` leave their blank cells; none where they leave a choice, or where nothing fits.

    Every cell has to stand in a row and in a column: then there is a sum more than cells, which proves the others.
    """
    lines: dict[str, set[tuple[str, ...]]] = {}
    for one in sums:
        for name in one.blank:
            lines.setdefault(name, set()).add(one.line)
    figures: dict[str, int] = {}
    waiting = list(sums) if min(map(len, lines.values())) > 1 else []
    while waiting:
        left = []
        for one in waiting:
            rest = one.given(figures)
            if len(rest.blank) == 1:
                ((name, sign),) = rest.blank.items()
                figures[name] = -rest.gap * sign
            elif rest.settled:
                figures.update(dict.fromkeys(rest.blank, 0))
            elif rest.blank:
                left.append(rest)
            elif rest.gap:
                return {}
        if len(left) == len(waiting):
            return {}
        waiting = left
    return figures if min(figures.values(), default=-1) >= 0 else {}


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
            figure = 0 if name in facts.withheld else values.get(name)
            if type(figure) is not int:
                return None
            gap += sign * figure
            nothing = nothing and not figure
            if name in facts.blank_keys:
                blank[name] = sign
    return _Sum(program, gap, nothing, blank)


def _determined(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """The blank cells that were filled, each with the sums that leave its figure."""
    for name, (value, programs, together) in facts.filled.items():
        if programs[0].instance.rule.id != rule.id:
            continue
        asked = [_asked(program, together, facts) for program in programs]
        beside = {path for one in asked for path in _blank_in(one)}
        # A row that is blank throughout asks for nothing by itself.
        asked = [one for one in asked if one.outcome != "pass"]
        others = [facts.registry.metric(path) for path in together if path in beside and path != name]
        named = facts.remarks.listed(others[:_NAMED])
        i = facts.where[name]
        facts.add(
            rule,
            instance=name,
            values={
                "label": facts.registry.metric(name),
                "value": value,
                "others": facts.remarks("and_more", listed=named) if len(others) > _NAMED else named,
            },
            equation=Arithmetic(tuple(asked)),
            terms=[facts.term("left", i)],
            message=rule.params.get("together") if others else None,
        )


def _asked(program: Program, blank: Container[str], facts: Facts) -> Evaluation:
    """The sum with its figures, in which nothing is open but the cells that are `blank`."""
    relation = program.instance.relations[0]
    names = [key(item.source, item.path) for item in relation.items]
    operands = [Operand(EXACT_ZERO, "blank") if n in blank else Operand.exact(facts.values[n]) for n in names]
    return evaluate(relation, operands)


def _blank_in(asked: Evaluation) -> Iterator[str]:
    """The metrics of the blank cells of a sum."""
    pairs = zip(asked.relation.items, asked.operands, strict=True)
    return (item.path for item, operand in pairs if operand.kind == "blank")


BLANK_KINDS: dict[str, Kind] = {
    "determined": Kind(
        _determined, {"together": schema.message}, (), ("label", "value", "others"), equation=True, fill=_fill
    ),
}
