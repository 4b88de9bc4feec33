"""Reading the data of packs: each function takes a YAML value and gives what a check needs, or a PackError."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias, TypeVar

from gouji import phrases
from gouji.errors import Message, PackError
from gouji.patterns import Finder, Pattern
from gouji.records import Number
from gouji.registry import Registry
from gouji.yamlfile import Null, Scalar, invalid, unknown, where

_PART = re.compile(r"\(\?&(\w+)\)")
_Expression = TypeVar("_Expression", Pattern, Finder)
Reader: TypeAlias = Callable[[Any, Registry], Any]


def mapping(value: Any) -> dict[Any, Any]:
    """`value` as a mapping."""
    if not isinstance(value, dict):
        raise _unfit(value, "键值表", "a mapping", "写作“键: 值”", "write `key: value`")
    found: dict[Any, Any] = value
    return found


def items(value: Any) -> list[Any]:
    """`value` as a list."""
    if not isinstance(value, list):
        raise _unfit(value, "列表", "a list", "写作 [甲, 乙]", "write [one, two]")
    return value


def listed(value: Any) -> list[Any]:
    """A list, or the list of one value that is none."""
    return value if isinstance(value, list) else [value]


def text(value: Any, registry: Registry | None = None) -> str:
    """A single scalar."""
    if not isinstance(value, Scalar) or isinstance(value, Null):
        raise _unfit(value, "文字", "plain text", "只写一段文字", "write one text only")
    return str(value)


def _unfit(value: Any, zh: str, en: str, remedy_zh: str, remedy_en: str) -> PackError:
    """What stands where something of another form belongs."""
    if isinstance(value, Null):
        return invalid(
            value, f"此处没有内容，应为{zh}", f"nothing is given here, expected {en}",
            "请补上内容，或删去这个键", "fill it in, or remove the key",
        )  # fmt: skip
    return invalid(value, f"此处应为{zh}", f"expected {en} here", remedy_zh, remedy_en)


def keys(data: Any, allowed: Iterable[str], required: Iterable[str], at: object) -> dict[Any, Any]:
    """`data` as a mapping with only `allowed` keys and all `required` ones; `at` is its place where it has none."""
    known, found = list(allowed), mapping(data)
    for key in found:
        if key not in known:
            raise unknown(key, "键", "key", known)
    for key in required:
        if key not in found:
            place = where(data) or where(at) or str(at)
            raise invalid(place, f"缺少键 {key}", f"missing key {key}", f"请补上 {key}", f"add {key}")
    return found


def message(value: Any, registry: Registry | None = None) -> Message:
    """Text in both languages: {zh: …, en: …}."""
    data = keys(value, ("zh", "en"), ("zh", "en"), value)
    return Message(text(data["zh"]), text(data["en"]))


def sentence(value: Any, registry: Registry | None = None) -> str:
    """Text whose braces are places to be filled, `{n}` or `{n:cell|cells}`: one that opens none is told now."""
    if phrases.damaged(told := text(value)):
        raise invalid(
            value,
            "花括号不成对，或其中不是占位符",
            "unbalanced braces, or braces that hold no placeholder",
            "写作 {n}，或随数目而变的词 {n:cell|cells}",
            "write {n}, or {n:cell|cells} for a word that goes with a number",
        )
    return told


def said(value: Any, registry: Registry | None = None) -> None:
    """Text in both languages, or one text for both."""
    if isinstance(value, dict):
        message(value)
    else:
        text(value)


def words(value: Any, registry: Registry | None = None) -> tuple[str, ...]:
    """A list of scalars, or one."""
    values = listed(value)
    return tuple(text(v) for v in values)


def number(value: Any, registry: Registry | None = None) -> Number:
    """An int, or a Decimal where there is a point."""
    try:
        return int(text(value)) if re.fullmatch(r"[+-]?\d+", text(value)) else Decimal(text(value))
    except InvalidOperation:
        raise invalid(value, f"“{value}”不是数字", f"{value!r} is no number") from None


def numbers(value: Any, registry: Registry | None = None) -> tuple[Number, ...]:
    """A list of numbers, or one."""
    return tuple(number(v) for v in listed(value))


def choice(allowed: Iterable[str], kind: tuple[str, str] = ("取值", "value")) -> Reader:
    """One of the words `allowed`; `kind` says in Chinese and English what they are."""
    known = tuple(allowed)

    def read(value: Any, registry: Registry) -> str:
        if text(value) not in known:
            raise unknown(value, *kind, known)
        return str(value)

    return read


def flag(value: Any, registry: Registry | None = None) -> bool:
    """yes or no."""
    return bool(_YES_OR_NO(value, NO_METRICS) == "yes")


NO_METRICS = Registry({}, {}, {})
"""For readers that need none."""
_YES_OR_NO = choice(("yes", "no"))


def pattern(value: Any, registry: Registry | None = None) -> Pattern:
    """A regular expression."""
    return expression(value, Pattern)


def written(value: Any, registry: Registry | None = None) -> Scalar:
    """A text with the place where it is written."""
    text(value)
    scalar: Scalar = value
    return scalar


def composed(expression: Scalar, parts: Mapping[Any, Scalar]) -> Scalar:
    """An expression with the parts in the place of their names, `(?&name)`. Raises PackError for a name that no part has."""
    for _ in range(len(parts) + 1):
        if not (names := set(_PART.findall(expression))):
            break
        for name in names:
            if name not in parts:
                raise unknown(Scalar(name, expression.where), "表达式部分", "part of an expression", parts)
        expression = Scalar(_PART.sub(lambda part: f"(?:{parts[part[1]]})", expression), expression.where)
    return expression


def expression(value: Any, kind: type[_Expression]) -> _Expression:
    """A regular expression as `kind` takes it."""
    try:
        return kind(text(value))
    except re.error as error:
        raise invalid(value, f"正则表达式有误：{error}", f"the regular expression is wrong: {error}") from error


def metrics(value: Any, registry: Registry) -> tuple[str, ...]:
    """A list of metric paths, or one; {group} stands for each of its members."""
    found: list[str] = []
    for template in listed(value):
        for name in registry.named_groups(text(template)):
            if name not in registry.groups:
                raise unknown(Scalar(name, where(template)), "组", "group", registry.groups)
        for path in registry.expand(template):
            if path not in registry:
                raise unknown(Scalar(path, where(template)), "指标", "metric", registry.metrics)
            found.append(path)
    return tuple(found)


def metric_set(value: Any, registry: Registry) -> frozenset[str]:
    """As `metrics`, where the order says nothing."""
    return frozenset(metrics(value, registry))


def prefixes(value: Any, registry: Registry) -> tuple[str, ...]:
    """A list of beginnings of metric paths; each must fit some metric."""
    found = words(value)
    for given, prefix in zip(listed(value), found, strict=True):
        if not prefix.startswith("ext.") and not any(m.startswith(prefix) for m in registry.metrics):
            raise unknown(given, "指标", "metric", registry.metrics)
    return found


def below(value: Any, registry: Registry) -> tuple[str, ...]:
    """All metrics that begin with one of a list of prefixes."""
    found = prefixes(value, registry)
    return tuple(path for path in registry.metrics if path.startswith(found))


def each(reader: Reader) -> Reader:
    """A list of what `reader` reads."""

    def read(value: Any, registry: Registry) -> tuple[Any, ...]:
        return tuple(reader(v, registry) for v in items(value))

    return read


def some(reader: Reader) -> Reader:
    """A list of what `reader` reads, which is not empty, or one of it."""

    def read(value: Any, registry: Registry) -> tuple[Any, ...]:
        found = listed(value)
        if not found:
            raise invalid(value, "列表是空的", "the list is empty", "请写上至少一项", "give one at least")
        return tuple(reader(v, registry) for v in found)

    return read


def table(reader: Reader) -> Reader:
    """A mapping from any key to what `reader` reads."""

    def read(value: Any, registry: Registry) -> dict[str, Any]:
        return {str(k): reader(v, registry) for k, v in mapping(value).items()}

    return read


def by_metric(reader: Reader) -> Reader:
    """A mapping whose keys are metric paths."""

    def read(value: Any, registry: Registry) -> dict[str, Any]:
        found: dict[str, Any] = table(reader)(value, registry)
        for name in value:
            metrics(name, registry)
        return found

    return read


def record(**fields: Reader | tuple[Reader, Any]) -> Reader:
    """A mapping with these keys; a (reader, default) pair may be left out."""
    required = [k for k, v in fields.items() if not isinstance(v, tuple)]

    def read(value: Any, registry: Registry) -> dict[str, Any]:
        data: Mapping[Any, Any] = keys(value, fields, required, value)
        found: dict[str, Any] = {}
        for name, reader in fields.items():
            if isinstance(reader, tuple):
                found[name] = reader[0](data[name], registry) if name in data else reader[1]
            else:
                found[name] = reader(data[name], registry)
        return found

    return read
