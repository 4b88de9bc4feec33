"""Reading rule files: YAML to rules, everything named in them checked at load."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from attrs import define

from gouji import phrases, schema
from gouji.checks import KINDS
from gouji.errors import Message
from gouji.expressions import SOURCES, parse
from gouji.findings import Severity
from gouji.records import Source
from gouji.registry import Registry
from gouji.relations import OTHER_REPORTS, own_path
from gouji.rulemodel import Applies, Era, Kept, Rule
from gouji.schema import Reader
from gouji.yamlfile import Scalar, invalid, read, unknown, where

_COMMON = (
    "id",
    "title",
    "kind",
    "severity",
    "below",
    "stated",
    "applies",
    "source",
    "for",
    "equation",
    "when",
    "blank",
    "message",
    "basis",
    "exceptions",
    "yields",
    "pass",
    "fail",
)
_REQUIRED = ("id", "title", "severity", "message", "basis", "pass", "fail")
FIGURE = re.compile(
    r"(?P<implied>implied )?(?P<low>[+-]?\d+(\.\d+)?)(?P<range>\.\.(?P<high>\d+(\.\d+)?)?)?( (?P<unit>\S+))??( @(?P<scope>.+))?"
)
"""A figure of an example: 12, 12.5 万元, 3..5, implied 0, 7 @全区."""
_STATES = ("blank", "na", "text", "missing")
_PLACEHOLDERS = ("left", "right", "delta", "difference", "equation", "instance", "left_label", "right_label")


def read_rules(
    paths: Sequence[Path], registry: Registry, forms: Collection[str] | None = None
) -> tuple[tuple[Rule, ...], tuple[Era, ...]]:
    """The rules and eras of the YAML files `paths`; `forms` are the layouts that they may apply to, None for any.

    Raises PackError with file, line and column for unknown keys, kinds, metrics and groups, for equations
    that cannot be read, and for an id that is used twice, naming both places.
    """
    rules: dict[str, Rule] = {}
    eras: list[Era] = []
    for path in paths:
        data = schema.keys(read(path), ("about", "eras", "rules"), (), str(path))
        if "about" in data:
            schema.message(data["about"])
        for name, spec in schema.mapping(data.get("eras", {})).items():
            eras.append(_era(name, spec, registry))
        for entry in schema.items(data.get("rules", [])):
            rule = _RuleReader(registry, path, forms).rule(entry)
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
        for name in (*rule.yields, *rule.params.get("hint_of", ())):
            if name not in rules:
                raise unknown(Scalar(name, rule.where), "规则", "rule", rules)
    return tuple(rules.values()), tuple(eras)


def _era(name: Scalar, spec: Any, registry: Registry) -> Era:
    found = schema.record(forms=(schema.words, ()), years=schema.text)(spec, registry)
    first, last = _years(spec["years"])
    return Era(str(name), found["forms"], first or 0, last)


def _years(value: Scalar) -> tuple[int | None, int | None]:
    first, dash, last = schema.text(value).partition("-")
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


@define(eq=False, repr=False)
class _RuleReader:
    registry: Registry
    path: Path
    forms: Collection[str] | None

    def rule(self, entry: Any) -> Rule:
        kind = _kind(schema.mapping(entry).get("kind", Scalar("equation", where(entry))), self.registry)
        spec = KINDS[kind]
        required = [*_REQUIRED, *spec.required, *(["equation"] if spec.equation else [])]
        data = schema.keys(entry, [*_COMMON, *spec.params], required, str(self.path))
        get: dict[str, Any] = {str(k): v for k, v in data.items()}
        if not spec.between:
            self.refuse_other_reports([*_cases(get.get("equation")), *_cases(get.get("when"))])
        message = schema.message(get["message"])
        params = self.params({k: get[k] for k in spec.params if k in get}, spec.params)
        exceptions, excused = _exceptions(get.get("exceptions"), {"message": message, **params})
        rule = Rule(
            id=schema.text(get["id"]),
            title=schema.message(get["title"]),
            kind=kind,
            severities={name: _severity(level, self.registry) for name, level in _cases(get["severity"])},
            message=message,
            basis=schema.message(get["basis"]),
            exceptions=exceptions,
            excused=excused,
            applies=self.applies(get.get("applies", {})),
            sources=self.sources(get.get("source")),
            repeats={str(k): str(v) for k, v in self.groups(get.get("for", {}))},
            kept_equations=Kept({name: parse(_equation(text)) for name, text in _cases(get.get("equation"))}),
            kept_when=Kept(
                {
                    name: tuple(parse(_equation(t)) for t in schema.listed(texts))
                    for name, texts in _cases(get.get("when"))
                }
            ),
            row_blank="blank" in get and _blank(get["blank"], self.registry) == "row",
            below=_severity(get["below"], self.registry) if "below" in get else None,
            stated="stated" in get and schema.flag(get["stated"], self.registry),
            yields=schema.words(get["yields"]) if "yields" in get else (),
            params=params,
            kept_examples=Kept((self.examples(get["pass"], get["id"]), self.examples(get["fail"], get["id"]))),
            where=where(get["id"]),
        )
        allowed = [*_PLACEHOLDERS, *rule.repeats, *spec.placeholders]
        for lang in (get["message"]["zh"], get["message"]["en"]):
            for name in phrases.places(schema.sentence(lang)):
                if name not in allowed:
                    raise unknown(Scalar(name, where(lang)), "占位符", "placeholder", allowed)
        return rule

    def refuse_other_reports(self, cases: Sequence[tuple[str, Any]]) -> None:
        """A rule on one report cannot name the figures of another."""
        for _, texts in cases:
            for text in map(_equation, schema.listed(texts)):
                for prefix in OTHER_REPORTS:
                    if re.search(rf"(?<![\w.]){re.escape(prefix)}", text):
                        raise invalid(
                            text,
                            f"{prefix} 只能用于报告之间的规则",
                            f"{prefix} belongs into rules between reports",
                            "请写明 kind: between_years 或 kind: between_levels",
                            "say kind: between_years or kind: between_levels",
                        )

    def params(self, given: Mapping[str, Any], readers: Mapping[str, Reader]) -> dict[str, Any]:
        return {name: readers[name](value, self.registry) for name, value in given.items()}

    def applies(self, value: Any) -> Applies:
        data = schema.keys(value, ("layouts", "eras", "years", "body"), (), str(self.path))
        get: dict[str, Any] = {str(k): v for k, v in data.items()}
        first, last = _years(get["years"]) if "years" in get else (None, None)
        for name in schema.listed(get.get("layouts", [])):
            if schema.text(name) and self.forms is not None and name not in self.forms:
                raise unknown(name, "版式", "layout", self.forms)
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
        return tuple(SOURCES[word] for word in schema.some(_source)(value, self.registry))

    def groups(self, value: Any) -> Iterator[tuple[Scalar, Scalar]]:
        for variable, group in schema.mapping(value).items():
            if schema.text(group) not in self.registry.groups:
                raise unknown(group, "组", "group", self.registry.groups)
            yield variable, group

    def examples(self, value: Any, at: Scalar) -> tuple[Mapping[str, Any], ...]:
        """Example reports: figures by path, `text(path)` for another source, other facts behind `$`."""
        found = schema.listed(value)
        if not found:
            raise invalid(value, "没有示例", "there is no example", "请写上至少一例", "give one at least")
        for example in found:
            if not schema.mapping(example):
                raise invalid(example, "示例是空的", "the example is empty", "请写上数字", "give its figures")
            for name in example:
                path = own_path(name.partition("(")[2].rstrip(")") if "(" in name else name)
                if name.startswith("$"):
                    continue
                if path not in self.registry:
                    raise unknown(Scalar(path, where(name)), "指标", "metric", self.registry.metrics)
                for figure in schema.listed(example[name]):
                    if schema.text(figure) not in _STATES and not FIGURE.fullmatch(figure):
                        raise invalid(
                            figure,
                            f"示例中的数值“{figure}”无法识别",
                            f"cannot read the figure {figure!r} of an example",
                            f"写数字，或 {' '.join(_STATES)}",
                            f"write a number, or one of: {' '.join(_STATES)}",
                        )
        return tuple(_plain(example) for example in found)


def _plain(value: Any) -> Any:
    """The value without its positions, which nobody asks for once it has been checked."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else str(value)


def _exceptions(value: Any, params: Mapping[str, Any]) -> tuple[Message, dict[Message, Message]]:
    """What may be right all the same: one text for all messages of a rule, or one each for some of them, by name."""
    if value is None:
        return Message("", ""), {}
    if set(schema.mapping(value)) <= {"zh", "en"}:
        return schema.message(value), {}
    messages = [name for name, param in params.items() if isinstance(param, Message)]
    by_name = schema.keys(value, messages, (), value)
    return Message("", ""), {params[name]: schema.message(text) for name, text in by_name.items()}


def _equation(value: Any) -> Scalar:
    schema.text(value)
    found: Scalar = value
    return found


def _cases(value: Any) -> list[tuple[str, Any]]:
    """(case name, value): one case without a name, or a mapping of them."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [(str(k), v) for k, v in value.items()]
    return [("", value)]


_kind = schema.choice(KINDS, ("规则种类", "kind of rule"))
_source = schema.choice(SOURCES, ("来源", "source"))
_severity = schema.choice(get_args(Severity), ("级别", "severity"))
_blank = schema.choice(("zero", "row"))
