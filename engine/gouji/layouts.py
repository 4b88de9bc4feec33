"""Layouts of tables: how to recognise one, which grammar reads it, what its rows bind to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from gouji.grammar import Grammar
from gouji.packs import Packs
from gouji.patterns import Pattern
from gouji.registry import Registry
from gouji.yamlfile import Scalar, invalid, read, unknown

Reads: TypeAlias = Literal["table", "chart"]

_PACK_KEYS = frozenset(
    {
        "title",
        "authority",
        "years",
        "era",
        "extends",
        "layouts",
        "cells",
        "rows",
        "carriers",
        "narrative",
        "cues",
        "outline",
    }
)
_LAYOUT_KEYS = frozenset({"grammar", "start", "reads", "detect"})
_ROW_KEYS = frozenset({"path", "cells", "heading"})


class RowBinding(NamedTuple):
    """What a row gives: a metric for each cell; "unit" is the cell of the printed unit. A heading gives none."""

    columns: tuple[str, ...]
    paths: tuple[str, ...]
    heading: bool = False


class Layout(NamedTuple):
    """One table layout of a pack. `rows` is keyed by TERMINAL, rule.TERMINAL or rule, then by number of cells."""

    pack: str
    era: str
    reads: Reads
    start: str
    detect: Pattern
    grammar: Grammar
    rows: Mapping[str, Mapping[int, RowBinding]]

    def evidence(self, table: str) -> int:
        """How many different cues of the layout the canonical text of a table holds."""
        return len(set(self.detect.findall(table)))


def load_layouts(packs: Packs, registry: Registry) -> tuple[Layout, ...]:
    """Every table layout of the packs.

    Raises PackError with file, line and the nearest valid name for what does not fit: an unknown key, pack or
    metric, a binding of a terminal that the grammar does not have.
    """
    contents = {folder.name: (folder, read(folder / "pack.yaml")) for folder in packs.folders()}
    layouts: list[Layout] = []
    for name, (folder, content) in contents.items():
        try:
            layouts.extend(_of_pack(name, folder, content, contents, registry, packs))
        except (AttributeError, TypeError, KeyError) as error:
            # A list where a mapping belongs, or the other way round, wherever it stands.
            raise invalid(
                str(folder / "pack.yaml"),
                "结构不对：应为键与值",
                "the structure is wrong: keys with values are expected",
            ) from error
    return tuple(layouts)


def _of_pack(
    name: str,
    folder: Path,
    content: dict[Any, Any],
    contents: Mapping[str, tuple[Path, dict[Any, Any]]],
    registry: Registry,
    packs: Packs,
) -> Iterator[Layout]:
    for key in content:
        if key not in _PACK_KEYS:
            raise unknown(key, "键", "key", _PACK_KEYS)
    if "layouts" in content:
        rows = dict(_rows(content, contents, registry))
        for layout in content["layouts"].values():
            yield _layout(name, folder, content, layout, rows, packs)


def _layout(
    pack: str, folder: Path, content: dict[Any, Any], data: dict[Any, Any], rows: Mapping[str, Any], packs: Packs
) -> Layout:
    for key in data:
        if key not in _LAYOUT_KEYS:
            raise unknown(key, "键", "key", _LAYOUT_KEYS)
    for key in ("grammar", "reads", "detect"):
        if key not in data:
            raise invalid(data, f"版式缺少 {key}", f"the layout has no {key}")
    if data["reads"] not in ("table", "chart"):
        raise unknown(data["reads"], "读取对象", "kind of region", ("table", "chart"))
    start = str(data.get("start", "start"))
    grammar = Grammar.build(folder / data["grammar"], packs.grammar_roots, (start,))
    names = {t.name.rsplit("__", 1)[-1] for t in grammar.lark.terminals}
    names |= {str(r.origin.name).rsplit("__", 1)[-1] for r in grammar.lark.rules}
    for key in content.get("rows", ()):
        if key.rsplit(".", 1)[-1] not in names and data["reads"] == "table":
            raise unknown(key, "行标签", "row label", names)
    try:
        detect = Pattern("|".join(f"(?:{cue})" for cue in data["detect"]))
    except re.error as error:
        raise invalid(
            data["detect"], f"正则表达式有误：{error}", f"the regular expression is wrong: {error}"
        ) from error
    return Layout(pack, str(content.get("era", "")), data["reads"], start, detect, grammar, rows)


def _rows(
    content: dict[Any, Any], contents: Mapping[str, tuple[Path, dict[Any, Any]]], registry: Registry
) -> Iterator[tuple[str, dict[int, RowBinding]]]:
    cells: dict[str, Any] = {}
    if base := content.get("extends"):
        if base not in contents:
            raise unknown(base, "规则包", "pack", contents)
        cells |= contents[base][1].get("cells", {})
        yield from _rows(contents[base][1], contents, registry)
    cells |= content.get("cells", {})
    for label, data in (content.get("rows") or {}).items():
        for key in data:
            if key not in _ROW_KEYS:
                raise unknown(key, "键", "key", _ROW_KEYS)
        columns = data.get("cells", ["value"])
        if isinstance(columns, Scalar):
            if columns not in cells:
                raise unknown(columns, "列组", "group of cells", cells)
            columns = cells[columns]
        heading = data.get("heading") == "true"
        paths = ["" if heading or c == "unit" else _path(data.get("path", label), c, registry) for c in columns]
        binding = RowBinding(tuple(map(str, columns)), tuple(paths), heading)
        bindings = {len(columns): binding}
        if binding.columns == ("unit", "value"):
            bindings[1] = RowBinding(("value",), binding.paths[1:], heading)
        yield str(label), bindings


def _path(stem: Scalar, column: Scalar, registry: Registry) -> str:
    path = stem if column == "value" else f"{stem}.{column}".lstrip(".")
    if path not in registry and not path.startswith("ext."):
        raise unknown(
            Scalar(path, column.where if column != "value" else stem.where), "指标", "metric", registry.metrics
        )
    return str(path)
