"""Reading rule files and compiling them: ids, equations and examples are checked at load."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias, get_args

from attrs import define, evolve, field, fields

from gouji import schema
from gouji.checks import KINDS
from gouji.errors import Message, PackError
from gouji.expressions import SOURCES, Linear, Relation, parse, place
from gouji.findings import Severity
from gouji.records import Number, Report, Source
from gouji.registry import Registry
from gouji.rulemodel import Applies, Compare, Era, Fast, Instance, Program, Rule, Sum, differs, key, placeholders
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


Getter: TypeAlias = Callable[[dict[str, Any]], Iterable[Any]]
Step: TypeAlias = tuple[Getter, Number, Compare, Getter, Number]

_PLANS = 256  # how many plans are kept: reports of one form mostly share one


@define(eq=False)
class Plan:
    """What there is to do for reports of one layout, era and year that give the same figures.

    `sums` are parts that make a total, `whole` are other programs with all their figures, `partial` sums of
    the text of which some parts are not named, `slow` what is no plain sum.
    """

    sums: list[tuple[Getter, str, Program]]
    whole: list[tuple[tuple[Step, ...], tuple[Step, ...], Program]]
    partial: list[tuple[tuple[Step, ...], Step, Program]]
    slow: list[tuple[tuple[Step, ...], Program]]
    structural: tuple[Rule, ...]


@define(eq=False)
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
        alive = [f for f, needed in zip(program.alternatives, program.needed, strict=True) if needed <= figures]
        if not alive or not all(_complete(condition, figures) for condition in program.conditions):
            return
        conditions = tuple(_step(condition, figures) for condition in program.conditions)
        whole = [f for f in alive if f and _complete(f, figures)]
        if len(whole) == len(alive):
            (left, compare, right), rule = whole[0], program.instance.rule
            plain = len(whole) == 1 and not conditions and not rule.row_blank and right[1] is None
            if plain and compare is operator.eq and len(right[0]) == 1 and left[2] == right[2] == 0:
                plan.sums.append((_getter(left, figures), right[0][0], program))
            else:
                plan.whole.append((conditions, tuple(_step(f, figures) for f in whole), program))
        elif len(program.alternatives) == 1 and (fast := alive[0]) and fast[1] is operator.eq:
            if figures.issuperset(fast[2][0]) and not figures.isdisjoint(fast[0][0]):
                plan.partial.append((conditions, _step(fast, figures), program))
        else:
            plan.slow.append((conditions, program))


def _complete(fast: Fast, figures: frozenset[str]) -> bool:
    return figures.issuperset(fast[0][0]) and figures.issuperset(fast[2][0])


def _step(fast: Fast, figures: frozenset[str]) -> Step:
    left, compare, right = fast
    return _getter(left, figures), left[2], compare, _getter(right, figures), right[2]


def _getter(side: Sum, figures: frozenset[str]) -> Getter:
    """A function that picks the figures of a side that there are, times their weights."""
    keys, weights, _ = side
    chosen = [n for n, name in enumerate(keys) if name in figures]
    if not chosen:
        return _nothing
    if len(chosen) == 1:
        name, weight = keys[chosen[0]], weights[chosen[0]] if weights else 1
        return lambda values: (values[name] * weight,)
    pick = operator.itemgetter(*(keys[n] for n in chosen))
    if weights is None:
        return pick
    factors = [weights[n] for n in chosen]
    return lambda values: map(operator.mul, pick(values), factors)


def _nothing(values: dict[str, Any]) -> tuple[Any, ...]:
    return ()


def _matches(rule_id: str, prefix: str) -> bool:
    return rule_id.startswith(prefix)


def _unknown_rule(name: str, known: Sequence[str]) -> PackError:
    near = get_close_matches(name, known, n=1, cutoff=0.4)
    return PackError(
        name,
        "unknown-rule",
        Message(f"没有规则 {name}", f"no rule {name}"),
        Message(f"最接近的是 {near[0]}", f"the nearest is {near[0]}")
        if near
        else Message("用 gouji rules 查看", "see gouji rules"),
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
        raise invalid(
            value,
            f"“{value}”不是年份范围",
            f"{value!r} is no range of years",
            "写作 2014-2018 或 2019-",
            "write 2014-2018 or 2019-",
        )
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
        return tuple(_plain(example) for example in found)


def _plain(value: Any) -> Any:
    """The value without its positions, which nobody asks for once it has been checked."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else str(value)


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
    """Gives every instance of a rule a program."""

    registry: Registry

    def rulebook(self, rules: tuple[Rule, ...], eras: tuple[Era, ...]) -> Rulebook:
        programs = {rule.id: tuple(map(self.program, self.instances(rule))) for rule in rules if rule.equations}
        totals: dict[str, list[Program]] = {}
        sums: dict[str, list[frozenset[str]]] = {}
        for rule in rules:
            for program in programs.get(rule.id, ()):
                if rule.kind == "printed":
                    (_, _, (total, _, _)) = _printed_sum(program)
                    totals.setdefault(total[0], []).append(program)
                elif program.instance.source == "narrative":
                    for total, parts in _named_sums(program.instance.relations):
                        sums.setdefault(total, []).append(parts)
        return Rulebook(
            rules,
            self.registry,
            eras,
            programs,
            {total: tuple(found) for total, found in totals.items()},
            {total: tuple(found) for total, found in sums.items()},
        )

    def instances(self, rule: Rule) -> Iterator[Instance]:
        for source in rule.sources:
            for case, equation in rule.equations.items():
                conditions = rule.conditions(case)
                used = [v for v in rule.repeats if any(f"${v}" in str(e) for e in (equation, *conditions))]
                for members in product(*(self.registry.groups[rule.repeats[v]] for v in used)):
                    name = ".".join(filter(None, (rule.id, case, *members)))
                    binding = dict(zip(used, members, strict=True))
                    yield Instance(name, rule, case, source, binding, self.registry)

    def program(self, instance: Instance) -> Program:
        conditions = []
        for text, relation in zip(instance.rule.conditions(instance.case), instance.conditions, strict=True):
            fast = self.fast(relation)
            if fast is None or len(text.alternatives) > 1:
                raise invalid(
                    place(text.text, 0), "when 里不能用 or、系数和比率", "when allows no or, coefficients and ratios"
                )
            conditions.append(fast)
        return Program(
            instance,
            tuple(conditions),
            tuple(self.fast(r) for r in instance.relations),
            tuple(frozenset(self.needed(r)) for r in instance.relations),
        )

    def needed(self, relation: Relation) -> Iterator[str]:
        """Keys without which the relation says nothing: all but the parts of sums of the text."""
        sides = [side.items for side in (relation.left, relation.right)]
        sides += [divisor.items for divisor in (relation.left_divisor, relation.right_divisor) if divisor]
        for n, items in enumerate(sides):
            for item in items:
                if item.source != "narrative" or len(items) == 1 or n > 1:
                    yield key(item.source, item.path)

    def fast(self, relation: Relation) -> Fast | None:
        """The relation as sums over keys; None where it has ratios."""
        if relation.left_divisor or relation.right_divisor:
            return None
        left, right = relation.left, relation.right
        return _sum(left, right), _COMPARE[relation.operator], _sum(right, left)


def _sum(own: Linear, other: Linear) -> Sum:
    """One side: its own positive terms and the negative ones of the other side."""
    terms = [(i, i.coefficient) for i in own.items if i.coefficient > 0]
    terms += [(i, -i.coefficient) for i in other.items if i.coefficient < 0]
    weights = tuple(weight for _, weight in terms)
    keys = tuple(key(item.source, item.path) for item, _ in terms)
    return keys, None if all(w == 1 for w in weights) else weights, own.constant


def _printed_sum(program: Program) -> Fast:
    """The sum of a `printed` rule; PackError where it is not parts on the left and one total on the right."""
    fast = program.alternatives[0]
    if fast is None or len(program.alternatives) > 1 or len(fast[2][0]) != 1 or fast[1] is not operator.eq:
        at = program.instance.rule.equations[program.instance.case].text
        raise invalid(place(at, 0), "此处应为：分项之和 == 总计", "expected: sum of the parts == total")
    return fast


def _named_sums(relations: Sequence[Relation]) -> Iterator[tuple[str, frozenset[str]]]:
    for relation in relations:
        if relation.operator == "==" and len(relation.right.items) == 1 and len(relation.left.items) > 1:
            yield relation.right.items[0].path, frozenset(item.path for item in relation.left.items)
