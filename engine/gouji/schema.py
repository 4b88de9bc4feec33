"""Reading rule data: each function takes a YAML value and gives what a check needs, or a PackError."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias, TypeVar

from gouji.errors import Message
from gouji.patterns import Finder, Pattern
from gouji.records import Number
from gouji.registry import Registry
from gouji.yamlfile import Scalar, invalid, unknown, where

_Expression = TypeVar("_Expression", Pattern, Finder)
Reader: TypeAlias = Callable[[Any, Registry], Any]


def keys(data: Any, allowed: Iterable[str], required: Iterable[str], at: object) -> dict[Any, Any]:
    """`data` as a mapping with only `allowed` keys and all `required` ones."""
    if not isinstance(data, dict):
        raise invalid(data or at, "此处应为键值表", "expected a mapping here")
    known = list(allowed)
    for key in data:
        if key not in known:
            raise unknown(key, "键", "key", known)
    for key in required:
        if key not in data:
            raise invalid(where(data, where(at)), f"缺少键 {key}", f"missing key {key}", f"请补上 {key}", f"add {key}")
    return data


def text(value: Any, registry: Registry | None = None) -> str:
    """A single scalar."""
    if not isinstance(value, Scalar):
        raise invalid(value, "此处应为文字", "expected plain text here")
    return str(value)


def message(value: Any, registry: Registry | None = None) -> Message:
    """Text in both languages: {zh: …, en: …}."""
    data = keys(value, ("zh", "en"), ("zh", "en"), value)
    return Message(text(data["zh"]), text(data["en"]))


def words(value: Any, registry: Registry | None = None) -> tuple[str, ...]:
    """A list of scalars, or one."""
    values = value if isinstance(value, list) else [value]
    return tuple(text(v) for v in values)


def number(value: Any, registry: Registry | None = None) -> Number:
    """An int, or a Decimal where there is a point."""
    try:
        return int(text(value)) if re.fullmatch(r"[+-]?\d+", text(value)) else Decimal(text(value))
    except InvalidOperation:
        raise invalid(value, f"“{value}”不是数字", f"{value!r} is no number") from None


def numbers(value: Any, registry: Registry | None = None) -> tuple[Number, ...]:
    """A list of numbers, or one."""
    return tuple(number(v) for v in (value if isinstance(value, list) else [value]))


def flag(value: Any, registry: Registry | None = None) -> bool:
    """yes or no."""
    if value not in ("yes", "no"):
        raise unknown(value, "取值", "value", ("yes", "no"))
    return bool(value == "yes")


def pattern(value: Any, registry: Registry | None = None) -> Pattern:
    """A regular expression."""
    return expression(value, Pattern)


def expression(value: Any, kind: type[_Expression]) -> _Expression:
    """A regular expression as `kind` takes it."""
    try:
        return kind(text(value))
    except re.error as error:
        raise invalid(value, f"正则表达式有误：{error}", f"the regular expression is wrong: {error}") from error


def metrics(value: Any, registry: Registry) -> tuple[str, ...]:
    """A list of metric paths, or one; {group} stands for each of its members."""
    found: list[str] = []
    for template in value if isinstance(value, list) else [value]:
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
    for given, prefix in zip(value if isinstance(value, list) else [value], found, strict=True):
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
        if not isinstance(value, list):
            raise invalid(value, "此处应为列表", "expected a list here")
        return tuple(reader(v, registry) for v in value)

    return read


def table(reader: Reader) -> Reader:
    """A mapping from any key to what `reader` reads."""

    def read(value: Any, registry: Registry) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid(value, "此处应为键值表", "expected a mapping here")
        return {str(k): reader(v, registry) for k, v in value.items()}

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
