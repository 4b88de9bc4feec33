"""Rules compiled: every instance as sums over figures, and what to run on which report."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from attrs import define, evolve, field, fields

from gouji.errors import Message, PackError
from gouji.records import Report
from gouji.registry import Registry
from gouji.rulemodel import Compare, Era, Fast, Program, Rule, Sum

Figures: TypeAlias = dict[str, Any]
Adder: TypeAlias = Callable[[Figures], Any]
Step: TypeAlias = tuple[Adder, Compare, Adder]

_PLANS = 256  # how many plans are kept: reports of one form mostly share one


class Plan:
    """What there is to do for reports of one layout, era and year that give the same figures.

    `sums` are parts that make a total, `whole` are other programs with all their figures, `partial` sums of
    the text of which some parts are not named, `slow` what is no plain sum.
    """

    def __init__(
        self,
        sums: list[tuple[Adder, str, frozenset[str], Program]],
        whole: list[tuple[tuple[Step, ...], tuple[Step, ...], frozenset[str], Program]],
        partial: list[tuple[tuple[Step, ...], Step, Program]],
        slow: list[Program],
        structural: tuple[Rule, ...],
    ) -> None:
        self.sums = sums
        self.whole = whole
        self.partial = partial
        self.slow = slow
        self.structural = structural


@define(eq=False, repr=False)
class Rulebook:
    """Rules, compiled.

    `programs` are the instances of equation rules by rule id. `totals` are the sums of parts of each total
    whose blank counts 0 only if they do, `named_sums` the parts of each total of the text that a rule of
    its own adds up.
    """

    rules: tuple[Rule, ...]
    registry: Registry
    eras: tuple[Era, ...]
    programs: Mapping[str, tuple[Program, ...]] = field(repr=False)
    totals: Mapping[str, tuple[Program, ...]] = field(repr=False)
    named_sums: Mapping[str, tuple[frozenset[str], ...]] = field(repr=False)
    _plans: dict[Any, Plan] = field(factory=dict, init=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {a.name: getattr(self, a.name) for a in fields(Rulebook) if a.init}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    @cached_property
    def yielding(self) -> Mapping[str, Rule]:
        """The rules that leave a finding to another rule, by id."""
        return {rule.id: rule for rule in self.rules if rule.yields}

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule with this id; PackError with the nearest id when there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise _unknown_rule(rule_id, [rule.id for rule in self.rules])

    def select(self, select: Sequence[str], ignore: Sequence[str]) -> Rulebook:
        """The rules whose id begins with one of `select` (all when empty) and none of `ignore`.

        Raises PackError for a prefix that no rule has, naming the nearest id.
        """
        ids = [rule.id for rule in self.rules]
        for prefix in (*select, *ignore):
            if not any(_matches(i, prefix) for i in ids):
                raise _unknown_rule(prefix, ids)
        rules = tuple(
            rule
            for rule in self.rules
            if (not select or any(_matches(rule.id, p) for p in select))
            and not any(_matches(rule.id, p) for p in ignore)
        )
        return evolve(self, rules=rules)

    def era(self, report: Report) -> Era | None:
        """The era of a report: by its form, else by its year."""
        for era in self.eras:
            if report.form in era.forms:
                return era
        year = report.report_year
        return next((e for e in self.eras if year is not None and e.covers(year)), None)

    def plan(self, report: Report, figures: tuple[str, ...]) -> Plan:
        """What applies to `report`, of which `figures` are the keys."""
        name = (report.form, report.layouts, report.report_year, figures)
        plan = self._plans.get(name)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            plan = self._plans[name] = self._plan(report, frozenset(figures))
        return plan

    def _plan(self, report: Report, figures: frozenset[str]) -> Plan:
        era = self.era(report)
        name = era.name if era else None
        rules = [r for r in self.rules if r.applies.to(report.layouts, name, report.report_year)]
        plan = Plan([], [], [], [], tuple(rule for rule in rules if rule.kind != "equation"))
        for rule in rules:
            for program in self.programs[rule.id] if rule.kind == "equation" else ():
                self._schedule(program, figures, plan)
        return plan

    def _schedule(self, program: Program, figures: frozenset[str], plan: Plan) -> None:
        """Put a program where it belongs; nowhere if a figure is missing without which it says nothing."""
        pairs = zip(program.alternatives, program.needed, strict=True)
        alive = [f for f, needed in pairs if (needed <= figures if needed is not None else f and _complete(f, figures))]
        if not alive or not all(_complete(condition, figures) for condition in program.conditions):
            return
        conditions = tuple(_step(condition, figures) for condition in program.conditions)
        whole = [f for f in alive if f and _complete(f, figures)]
        if len(whole) == len(alive):
            left, compare, right = whole[0]
            plain = len(whole) == 1 and not conditions and right[1] is None
            if plain and compare is operator.eq and len(right[0]) == 1 and left[2] == right[2] == 0:
                plan.sums.append((_adder(left, figures), right[0][0], program.row, program))
            else:
                plan.whole.append((conditions, tuple(_step(f, figures) for f in whole), program.row, program))
        elif len(program.alternatives) == 1 and (fast := alive[0]) and fast[1] is operator.eq:
            if figures.issuperset(fast[2][0]) and not figures.isdisjoint(fast[0][0]):
                plan.partial.append((conditions, _step(fast, figures), program))
        else:
            plan.slow.append(program)


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


def _matches(rule_id: str, prefix: str) -> bool:
    return rule_id.casefold().startswith(prefix.casefold())


def _unknown_rule(name: str, known: Sequence[str]) -> PackError:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1, cutoff=0.4)
    return PackError(
        name,
        "unknown-rule",
        Message(f"没有规则 {name}", f"no rule {name}"),
        Message(f"最接近的是 {near[0]}", f"the nearest is {near[0]}")
        if near
        else Message("用 gouji rules 查看", "see gouji rules"),
    )
