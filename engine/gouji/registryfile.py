"""The metrics that packs define: read, checked, every template of paths written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, get_args

from gouji import schema
from gouji.registry import PLACE, Blank, GroupLabel, Metric, MetricType, Registry
from gouji.yamlfile import Scalar, invalid, read, unknown, where

_PATH = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_YES_OR_NO = schema.choice(("yes", "no"))
_ATTRIBUTES: Mapping[str, schema.Reader] = {
    "zh": schema.text,
    "en": schema.text,
    "unit": schema.text,
    "type": schema.choice(get_args(MetricType)),
    "signed": _YES_OR_NO,
    "blank": schema.choice(get_args(Blank)),
    "derived": _YES_OR_NO,
}
_BLOCK = schema.record(
    about=(schema.said, None), defaults=(schema.table(schema.text), {}), metrics=schema.table(schema.table(schema.text))
)
_GROUP = schema.record(
    zh=(schema.text, None),
    en=(schema.text, None),
    axis=(schema.text, None),
    labels=(schema.text, None),
    members=schema.each(schema.text),
)
_FILE = schema.record(
    about=(schema.said, None),
    axes=(schema.table(schema.table(schema.table(schema.text))), {}),
    blocks=(schema.each(_BLOCK), ()),
    groups=(schema.table(_GROUP), {}),
)


def load_registry(paths: Sequence[Path]) -> Registry:
    """The registry that the YAML files `paths` define together.

    Raises PackError with file, line and column for an unknown key, axis or value, and for a path, axis or
    group that is defined twice, naming both places.
    """
    loader = _Loader()
    for path in paths:
        loader.read(path)
    return loader.registry()


class _Loader:
    def __init__(self) -> None:
        self.axes: dict[str, dict[str, dict[str, Any]]] = {}
        self.metrics: dict[str, Metric] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        self.group_data: list[tuple[Scalar, Mapping[Any, Any]]] = []
        self.places: dict[str, str] = {}

    def read(self, path: Path) -> None:
        data = read(path)
        _FILE(data, schema.NO_METRICS)
        for name, axis in data.get("axes", {}).items():
            self._claim("axis", name)
            self.axes[str(name)] = {str(m): _attributes(spec) for m, spec in axis.items()}
        for block in data.get("blocks", []):
            self._block(block)
        for name, group in data.get("groups", {}).items():
            self._claim("group", name)
            self.group_data.append((name, group))

    def _claim(self, kind: str, name: Scalar, shown: str = "") -> None:
        """Note where `name` is defined; PackError when it was defined before."""
        first = self.places.setdefault(f"{kind} {shown or name}", where(name))
        if first != where(name):
            raise invalid(
                name,
                f"{shown or name} 已在 {first} 定义",
                f"{shown or name} is already defined at {first}",
                "请改名或删去其中一处",
                "rename or remove one of them",
            )

    def _block(self, block: Mapping[Any, Any]) -> None:
        defaults = _attributes(block.get("defaults", {}))
        for template, spec in block["metrics"].items():
            own = _attributes(spec)
            for path, members in self._expand(template):
                if not _PATH.fullmatch(path):
                    raise invalid(template, f"{path} 不是合法的指标路径", f"{path} is no metric path")
                self._claim("metric", template, path)
                self.metrics[path] = _metric(template, path, [defaults, own, *members])

    def _expand(self, template: Scalar) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        names = PLACE.findall(template)
        for name in names:
            if name not in self.axes:
                raise unknown(Scalar(name, where(template)), "轴", "axis", self.axes)
        parts = PLACE.split(template)[::2]
        for combination in product(*(self.axes[name].items() for name in names)):
            path = parts[0] + "".join(m + part for (m, _), part in zip(combination, parts[1:], strict=True))
            yield path, [attributes for _, attributes in combination]

    def registry(self) -> Registry:
        labels: dict[str, GroupLabel] = {}
        for name, group in self.group_data:
            members = [path for m in group["members"] for path, _ in self._expand(m)]
            self.groups[str(name)] = tuple(members)
            called = {m: self._member_label(group, m) for m in members}
            labels[str(name)] = GroupLabel(str(group.get("zh", name)), str(group.get("en", name)), called)
        return Registry(self.metrics, self.groups, labels)

    def _member_label(self, group: Mapping[Any, Any], member: str) -> tuple[str, str]:
        if "labels" in group:
            path = group["labels"].replace("{}", member)
            if path not in self.metrics:
                raise unknown(Scalar(path, where(group["labels"])), "指标", "metric", self.metrics)
            metric = self.metrics[path]
            # The column is the last part of a cell's label: what remains names the row.
            return metric.zh.rpartition(" / ")[0] or metric.zh, metric.en.rpartition(" / ")[0] or metric.en
        if "axis" in group:
            axis = group["axis"]
            if axis not in self.axes:
                raise unknown(axis, "轴", "axis", self.axes)
            if member not in self.axes[axis]:
                raise unknown(Scalar(member, where(axis)), "成员", "member", self.axes[axis])
            found = self.axes[axis][member]
            return str(found.get("zh", member)), str(found.get("en", member))
        return member, member


def _attributes(spec: object) -> dict[str, Any]:
    return {str(k): v for k, v in schema.keys(spec, _ATTRIBUTES, (), "").items()}


def _metric(at: Scalar, path: str, layers: Sequence[Mapping[str, Any]]) -> Metric:
    """One metric of attribute layers: labels are joined, of other attributes the last one holds."""
    labels: dict[str, list[str]] = {"zh": [], "en": []}
    rest: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            if key in labels:
                labels[key].append(str(value))
            else:
                rest[key] = _value(key, value)
    if not labels["zh"] or not labels["en"]:
        raise invalid(at, f"{path} 缺少中文或英文名称", f"{path} needs a zh and an en label")
    return Metric(path, " / ".join(labels["zh"]), " / ".join(labels["en"]), **rest)


def _value(key: str, value: Scalar) -> str | bool:
    found = _ATTRIBUTES[key](value, schema.NO_METRICS)
    return found == "yes" if key in ("signed", "derived") else str(found)
