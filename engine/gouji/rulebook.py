"""Rules compiled: the programs of every rule, and which of them apply to which report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from gouji.errors import Message, PackError
from gouji.findings import Remarks
from gouji.plans import Agenda
from gouji.records import Report
from gouji.registry import Registry
from gouji.rulemodel import Era, Kept, Program, Rule

_AGENDAS = 64  # how many are kept: reports of one form and year share one


class Rulebook:
    """Rules, compiled.

    `totals` are the keys of the parts of each total whose blank counts 0 only if theirs do, `remarks` are the words of
    what is said besides the messages of the rules.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        registry: Registry,
        eras: tuple[Era, ...],
        kept: Mapping[str, Kept[tuple[Program, ...]]],
        totals: Mapping[str, tuple[tuple[str, ...], ...]],
        remarks: Remarks,
    ) -> None:
        self.rules = rules
        self.registry = registry
        self.eras = eras
        self.kept = kept
        self.totals = totals
        self.remarks = remarks
        self._agendas: dict[Any, Agenda] = {}

    def __reduce__(self) -> tuple[type[Rulebook], tuple[Any, ...]]:
        return Rulebook, (self.rules, self.registry, self.eras, self.kept, self.totals, self.remarks)

    @cached_property
    def yielding(self) -> Mapping[str, Rule]:
        """The rules that leave a finding to another rule, by id."""
        return {rule.id: rule for rule in self.rules if rule.yields}

    def programs(self, rule: Rule) -> tuple[Program, ...]:
        """The programs of a rule, one an instance; none where it is no equation."""
        programs = self.kept[rule.id].value if rule.id in self.kept else ()
        for program in programs:
            program.instance.of(rule, self.registry)
        return programs

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
        return self.of(rules)

    def of(self, rules: Sequence[Rule]) -> Rulebook:
        """The same with these rules only."""
        return Rulebook(tuple(rules), self.registry, self.eras, self.kept, self.totals, self.remarks)

    def era(self, report: Report) -> Era | None:
        """The era of a report: by its form, else by its year."""
        for era in self.eras:
            if report.form in era.forms:
                return era
        year = report.report_year
        return next((e for e in self.eras if year is not None and e.covers(year)), None)

    def agenda(self, report: Report) -> Agenda:
        """What applies to reports of the form, layouts and year of `report`."""
        name = (report.form, report.layouts, report.report_year)
        agenda = self._agendas.get(name)
        if agenda is None:
            if len(self._agendas) >= _AGENDAS:
                self._agendas.clear()
            era = self.era(report)
            era_name = era.name if era else None
            rules = [r for r in self.rules if r.applies.to(report.layouts, era_name, report.report_year)]
            programs = [
                program
                for rule in rules
                if rule.kind == "equation"
                for program in self.programs(rule)
                if program.triggers or rule.applies.to_tables(report.layouts)
            ]
            agenda = self._agendas[name] = Agenda([r for r in rules if r.kind != "equation"], programs)
        return agenda


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
