"""The metric registry: which figures a report can hold, how they are called, what a blank means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Literal, TypeAlias

from gouji.values import Struct

Blank: TypeAlias = Literal["zero", "total", "none", "na"]
MetricType: TypeAlias = Literal["int", "decimal", "text"]

PLACE = re.compile(r"\{(\w*)\}")
"""An axis or a group that a path names."""
_EXTENSION = re.compile(r"(?:^|\.)ext\.(\w+)")


class Metric(Struct):
    """One figure: its path, labels and unit, and how to read it.

    `decimal` and `signed` say whether it may have decimals or a minus sign; `blank` what an empty cell
    means (zero, total, none, na: see the data file); `derived` marks a figure that no form prints.
    The label of a table cell is `row / column`.
    """

    path: str
    zh: str
    en: str
    unit: str = ""
    type: MetricType = "int"
    signed: bool = False
    blank: Blank = "none"
    derived: bool = False

    @property
    def decimal(self) -> bool:
        """Whether the figure may have decimals."""
        return self.type == "decimal"

    def text(self, lang: str) -> str:
        """The label in `lang` ("zh" or "en")."""
        return self.en if lang == "en" else self.zh


class GroupLabel(Struct):
    """What a group is called, and its members one by one: (zh, en)."""

    zh: str
    en: str
    members: dict[str, tuple[str, str]]


class Registry:
    """All metrics by path with their units, and the ordered groups of path segments that rules may use.

    Below `ext.` there is a metric for every name, but for the `extensions` (`ext.NAME`) that packs have registered.
    """

    def __init__(
        self, metrics: dict[str, Metric], groups: dict[str, tuple[str, ...]], labels: dict[str, GroupLabel]
    ) -> None:
        self.metrics = metrics
        self.groups = groups
        self.labels = labels
        self._by_blank: dict[tuple[str, ...], frozenset[str]] = {}
        self.units = {path: metric.unit for path, metric in self.metrics.items()}
        self.extensions = frozenset(
            found[1] for path in self.metrics if "ext." in path and (found := _EXTENSION.search(path))
        )

    def metric(self, path: str) -> Metric:
        """The metric at `path`; for a path below `ext.` one that is named by its last segment.

        Raises KeyError when the path is not registered.
        """
        found = self.metrics.get(path)
        if found is None:
            if path not in self:
                raise KeyError(path)
            name = path.rpartition(".")[2]
            return Metric(path, name, name, type="decimal", signed=True)
        return found

    def label(self, path: str, lang: str) -> str:
        """The label of `path` in `lang`, or the path itself where it is not registered."""
        return self.metric(path).text(lang) if path in self else path

    def blank_as(self, policies: tuple[str, ...]) -> frozenset[str]:
        """The metrics whose blanks mean one of `policies`."""
        found = self._by_blank.get(policies)
        if found is None:
            found = self._by_blank[policies] = frozenset(m.path for m in self if m.blank in policies)
        return found

    def named_groups(self, template: str) -> list[str]:
        """The groups that a path names in braces, registered or not."""
        return PLACE.findall(template)

    def expand(self, template: str) -> Iterator[str]:
        """The paths that `template` stands for: every {group} replaced by each of its members.

        Raises KeyError for a group that is not registered.
        """
        parts = PLACE.split(template)
        for members in product(*(self.groups[name] for name in parts[1::2])):
            yield parts[0] + "".join(m + rest for m, rest in zip(members, parts[2::2], strict=True))

    def nearest(self, path: str) -> str | None:
        """The registered path most like `path`, None when nothing is near."""
        from difflib import get_close_matches

        near = get_close_matches(path, self.metrics, n=1, cutoff=0.6)
        return near[0] if near else None

    def __contains__(self, path: object) -> bool:
        if path in self.metrics or not isinstance(path, str):
            return path in self.metrics
        extension = _EXTENSION.search(path)
        return extension is not None and extension[1] not in self.extensions

    def __iter__(self) -> Iterator[Metric]:
        return iter(self.metrics.values())
