"""Reading rule files and compiling them: ids, equations and examples are checked at load."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Any, get_args

from attrs import define, evolve, field

from gouji import schema
from gouji.checks import KINDS
from gouji.errors import Message, PackError
from gouji.expressions import SOURCES, Equation, Item, Linear, Relation, parse, place
from gouji.findings import Severity
from gouji.records import Report, Source
from gouji.registry import Registry
from gouji.rulemodel import Applies, Compare, Era, Fast, Instance, Program, Rule, differs, placeholders
from gouji.schema import Reader
from gouji.yamlfile import Scalar, invalid, read, unknown, where

_COMMON = (
    "id title kind severity below applies source for equation when blank message basis exceptions yields pass fail"
).split()
_REQUIRED = ("id", "title", "severity", "message", "basis", "pass", "fail")
_PLACEHOLDERS = ("left", "right", "delta", "difference", "equation", "instance", "left_label", "right_label")
_COMPARE: dict[str, Compare] = {
    "==": operator.eq,
    "!=": differs,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@define(eq=False)
class Plan:
    """What there is to do for reports of one layout, era and year."""

    programs: tuple[Program, ...]
    structural: tuple[Rule, ...]


@define(eq=False)
class Rulebook:
    """Rules, compiled. `programs` are the instances of equation rules by rule id, `totals` those whose blank
    total may not count 0: slot -> the sums of its parts."""

    rules: tuple[Rule, ...]
    registry: Registry
    eras: tuple[Era, ...]
    programs: Mapping[str, tuple[Program, ...]] = field(repr=False)
    slots: Mapping[Source, Mapping[str, int]] = field(repr=False)
    size: int
    totals: Mapping[int, tuple[Program, ...]] = field(repr=False)
    named_sums: Mapping[str, tuple[frozenset[str], ...]] = field(repr=False)
    _plans: dict[Any, Plan] = field(factory=dict, init=False, repr=False)

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

    def plan(self, report: Report) -> Plan:
        """What applies to `report`."""
        key = (report.form, report.layouts, report.report_year)
        plan = self._plans.get(key)
        if plan is None:
            era = self.era(report)
            name = era.name if era else None
            rules = [r for r in self.rules if r.applies.to(report.layouts, name, report.report_year)]
            programs = [p for rule in rules if rule.kind == "equation" for p in self.programs[rule.id]]
            plan = Plan(tuple(programs), tuple(rule for rule in rules if rule.kind != "equation"))
            self._plans[key] = plan
        return plan


def _matches(rule_id: str, prefix: str) -> bool:
    return rule_id.startswith(prefix)


def _unknown_rule(name: str, known: Sequence[str]) -> PackError:
    near = get_close_matches(name, known, n=1, cutoff=0.4)
    return PackError(
        name,
        "unknown-rule",
        Message(f"没有规则 {name}", f"no rule {name}"),
        Message(f"最接近的是 {near[0]}", f"the nearest is {near[0]}") if near else Message("用 gouji rules 查看", "see gouji rules"),
    )


def load_rulebook(paths: Sequence[Path], registry: Registry) -> Rulebook:
    """The rules of the YAML files `paths`, compiled against `registry`.

    Raises PackError with file, line and column for unknown keys, kinds, metrics and groups, for equations
    that cannot be read, and for an id that is used twice, naming both places.
    """
    rules: dict[str, Rule] = {}
    eras: list[Era] = []
    for path in paths:
        data = schema.keys(read(path), ("about", "eras", "rules"), (), str(path))
        for name, spec in data.get("eras", {}).items():  # type: ignore[call-overload]
            eras.append(_era(name, spec, registry))
        for entry in data.get("rules", []):  # type: ignore[call-overload]
            rule = _RuleReader(registry, path).rule(entry)
            if rule.id in rules:
                first = rules[rule.id].where
                raise invalid(
                    rule.where,
                    f"规则 {rule.id} 已在 {first} 定义",
                    f"rule {rule.id} is already defined at {first}",
                    "请改用别的编号",
                    "use another id",
                )
            rules[rule.id] = rule
    known = {era.name for era in eras}
    for rule in rules.values():
        for name in rule.applies.eras - known:
            raise unknown(Scalar(name, rule.where), "时期", "era", known)
        for name in rule.yields:
            if name not in rules:
                raise unknown(Scalar(name, rule.where), "规则", "rule", rules)
    return _Compiler(registry).rulebook(tuple(rules.values()), tuple(eras))


def _era(name: Scalar, spec: Any, registry: Registry) -> Era:
    found = schema.record(forms=(schema.words, ()), years=schema.text)(spec, registry)
    first, last = _years(spec["years"])
    return Era(str(name), found["forms"], first or 0, last)


def _years(value: Scalar) -> tuple[int | None, int | None]:
    first, dash, last = value.partition("-")
    if not (first or last) or not all(part.isdigit() for part in (first, last) if part):
        raise invalid(value, f"“{value}”不是年份范围", f"{value!r} is no range of years", "写作 2014-2018 或 2019-", "write 2014-2018 or 2019-")
    if not dash:
        return int(first), int(first)
    return int(first) if first else None, int(last) if last else None


@define
class _RuleReader:
    registry: Registry
    path: Path

    def rule(self, entry: Any) -> Rule:
        if not isinstance(entry, dict):
            raise invalid(entry or str(self.path), "每条规则应为键值表", "a rule is a mapping")
        kind = entry.get("kind", Scalar("equation", where(entry)))
        if kind not in KINDS:
            raise unknown(kind, "规则种类", "kind of rule", KINDS)
        spec = KINDS[kind]
        required = [*_REQUIRED, *spec.required, *(["equation"] if spec.equation else [])]
        data = schema.keys(entry, [*_COMMON, *spec.params], required, str(self.path))
        get: dict[str, Any] = {str(k): v for k, v in data.items()}
        message = schema.message(get["message"])
        rule = Rule(
            id=schema.text(get["id"]),
            title=schema.message(get["title"]),
            kind=str(kind),
            severities=_severities(get["severity"]),
            message=message,
            basis=schema.message(get["basis"]),
            exceptions=schema.message(get["exceptions"]) if "exceptions" in get else Message("", ""),
            applies=self.applies(get.get("applies", {})),
            sources=self.sources(get.get("source")),
            repeats={str(k): str(v) for k, v in self.groups(get.get("for", {}))},
            equations={name: parse(text) for name, text in _cases(get.get("equation"))},
            when={name: tuple(parse(t) for t in _list(texts)) for name, texts in _cases(get.get("when"))},
            row_blank=_choice(get.get("blank"), ("zero", "row")) == "row",
            below=_severity(get["below"]) if "below" in get else None,
            yields=schema.words(get["yields"]) if "yields" in get else (),
            params=self.params({k: get[k] for k in spec.params if k in get}, spec.params),
            passes=self.examples(get["pass"], spec.equation),
            fails=self.examples(get["fail"], spec.equation),
            where=where(get["id"]),
        )
        allowed = [*_PLACEHOLDERS, *rule.repeats, *spec.placeholders]
        for lang in (get["message"]["zh"], get["message"]["en"]):
            for name in placeholders(lang):
                if name not in allowed:
                    raise unknown(Scalar(name, where(lang)), "占位符", "placeholder", allowed)
        return rule

    def params(self, given: Mapping[str, Any], readers: Mapping[str, Reader]) -> dict[str, Any]:
        return {name: readers[name](value, self.registry) for name, value in given.items()}

    def applies(self, value: Any) -> Applies:
        data = schema.keys(value, ("layouts", "eras", "years", "body"), (), str(self.path))
        get: dict[str, Any] = {str(k): v for k, v in data.items()}
        first, last = _years(get["years"]) if "years" in get else (None, None)
        return Applies(
            frozenset(schema.words(get.get("layouts", []))),
            frozenset(schema.words(get.get("eras", []))),
            first,
            last,
            schema.pattern(get["body"]) if "body" in get else None,
        )

    def sources(self, value: Any) -> tuple[Source, ...]:
        if value is None:
            return ("table",)
        found = []
        for word in value if isinstance(value, list) else [value]:
            if word not in SOURCES:
                raise unknown(word, "来源", "source", SOURCES)
            found.append(SOURCES[str(word)])
        return tuple(found)

    def groups(self, value: Any) -> Iterator[tuple[Scalar, Scalar]]:
        if not isinstance(value, dict):
            raise invalid(value, "此处应为键值表", "expected a mapping here")
        for variable, group in value.items():
            if group not in self.registry.groups:
                raise unknown(group, "组", "group", self.registry.groups)
            yield variable, group

    def examples(self, value: Any, figures_only: bool) -> tuple[Mapping[str, Any], ...]:
        """Example reports: figures by path, `text(path)` for another source, other facts behind `$`."""
        found = value if isinstance(value, list) else [value]
        for example in found:
            if not isinstance(example, dict) or not example:
                raise invalid(example or value, "示例应为非空的键值表", "an example is a mapping and not empty")
            for key in example:
                path = key.partition("(")[2].rstrip(")") if "(" in key else key
                if not key.startswith("$") and path not in self.registry:
                    raise unknown(Scalar(path, where(key)), "指标", "metric", self.registry.metrics)
        return tuple(found)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _cases(value: Any) -> list[tuple[str, Any]]:
    """(case name, value): one case without a name, or a mapping of them."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [(str(k), v) for k, v in value.items()]
    return [("", value)]


def _choice(value: Scalar | None, allowed: Sequence[str]) -> str | None:
    if value is not None and value not in allowed:
        raise unknown(value, "取值", "value", allowed)
    return value


def _severity(value: Any) -> Severity:
    if value not in get_args(Severity):
        raise unknown(value, "级别", "severity", get_args(Severity))
    return str(value)  # type: ignore[return-value]


def _severities(value: Any) -> dict[str, Severity]:
    return {name: _severity(level) for name, level in _cases(value)}


@define
class _Compiler:
    """Gives every figure that an equation names a slot, and every instance a program."""

    registry: Registry
    slots: dict[Source, dict[str, int]] = field(factory=lambda: {"table": {}, "narrative": {}, "chart": {}})
    size: int = 1

    def rulebook(self, rules: tuple[Rule, ...], eras: tuple[Era, ...]) -> Rulebook:
        programs = {rule.id: tuple(map(self.program, self.instances(rule))) for rule in rules if rule.equations}
        totals: dict[int, list[Program]] = {}
        sums: dict[str, list[frozenset[str]]] = {}
        for rule in rules:
            for program in programs.get(rule.id, ()):
                if rule.kind == "printed":
                    total = program.instance.relations[0].right.items[0]
                    totals.setdefault(self.slots[total.source][total.path], []).append(program)
                elif program.instance.source == "narrative":
                    for total, parts in _named_sums(program.instance.relations):
                        sums.setdefault(total, []).append(parts)
        return Rulebook(
            rules,
            self.registry,
            eras,
            programs,
            self.slots,
            self.size,
            {slot: tuple(found) for slot, found in totals.items()},
            {total: tuple(found) for total, found in sums.items()},
        )

    def instances(self, rule: Rule) -> Iterator[Instance]:
        for source in rule.sources:
            for case, equation in rule.equations.items():
                conditions = rule.when.get(case, rule.when.get("", ()))
                used = [v for v in rule.repeats if any(f"${v}" in str(e) for e in (equation, *conditions))]
                for members in product(*(self.registry.groups[rule.repeats[v]] for v in used)):
                    binding = dict(zip(used, members, strict=True))
                    labels = {v: self.registry.labels[rule.repeats[v]].members[m] for v, m in binding.items()}
                    yield Instance(
                        ".".join(filter(None, (rule.id, case, *members))),
                        rule,
                        case,
                        source,
                        equation.bind(self.registry, source, binding),
                        tuple(_one(c, c.bind(self.registry, source, binding)) for c in conditions),
                        {v: Message(*label) for v, label in labels.items()},
                    )

    def slot(self, item: Item) -> int:
        slots = self.slots[item.source]
        if item.path not in slots:
            slots[item.path] = self.size
            self.size += 1
        return slots[item.path]

    def program(self, instance: Instance) -> Program:
        slots = tuple(tuple(self.slot(item) for item in r.items) for r in instance.relations)
        fast = [self.fast(r) for r in instance.relations]
        conditions = [self.fast(c) for c in instance.conditions]
        if None in conditions:
            at = instance.rule.when.get(instance.case, instance.rule.when.get("", ()))[0].text
            raise invalid(at, "when 里不能用系数或比率", "when allows no coefficients and ratios")
        return Program(
            instance, self.trigger(instance), tuple(filter(None, conditions)), tuple(filter(None, fast)), slots
        )

    def trigger(self, instance: Instance) -> int:
        """The slot of a figure that every alternative needs, one of the text if possible; else 0."""
        needed: list[Item] = []
        for n, relation in enumerate(instance.relations):
            sides = [relation.left, relation.right]
            found = [i for side in sides for i in side.items if len(side.items) == 1 or i.source == "table"]
            needed = found if n == 0 else [i for i in needed if i in found]
        needed.sort(key=lambda item: item.source != "narrative")
        return self.slot(needed[0]) if needed else 0

    def fast(self, relation: Relation) -> Fast | None:
        """The relation as sums over slots; None where it has coefficients or ratios."""
        if relation.left_divisor or relation.right_divisor:
            return None
        if any(item.coefficient not in (1, -1) for item in relation.items):
            return None
        left = self.picked(relation.left, 1) + self.picked(relation.right, -1)
        right = self.picked(relation.right, 1) + self.picked(relation.left, -1)
        # Two figures at least, so that the getter always gives a tuple; slot 0 is zero.
        return Fast(
            operator.itemgetter(0, 0, *left),
            relation.left.constant,
            _COMPARE[relation.operator],
            operator.itemgetter(0, 0, *right),
            relation.right.constant,
        )

    def picked(self, side: Linear, sign: int) -> list[int]:
        return [self.slot(item) for item in side.items if item.coefficient == sign]


def _one(condition: Equation, relations: tuple[Relation, ...]) -> Relation:
    if len(relations) > 1:
        raise invalid(place(condition.text, 0), "when 里不能用 or", "when allows no or")
    return relations[0]


def _named_sums(relations: Sequence[Relation]) -> Iterator[tuple[str, frozenset[str]]]:
    for relation in relations:
        if relation.operator == "==" and len(relation.right.items) == 1 and len(relation.left.items) > 1:
            yield relation.right.items[0].path, frozenset(item.path for item in relation.left.items)
