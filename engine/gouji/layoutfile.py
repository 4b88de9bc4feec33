"""The layouts that packs write down: read, checked against their grammars, compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gouji.amendments import Amendment, amendments, editing, merged
from gouji.grammarcompiler import build
from gouji.layouts import REMARKS, Layout, RowBinding, RowLabel, column_path, plain
from gouji.packfile import grammar_file, read_pack
from gouji.packs import Packs
from gouji.patterns import Pattern
from gouji.registry import Registry
from gouji.schema import listed
from gouji.yamlfile import Scalar, invalid, unknown, where

SPELLINGS = 24
"""Spellings of one label that damaged labels are compared with."""


def load_layouts(packs: Packs, registry: Registry) -> tuple[Layout, ...]:
    """Every table layout of the packs.

    Raises PackError with file, line and the nearest valid name for what does not fit: an unknown key, pack or
    metric, a binding of a terminal that the grammar does not have.
    """
    contents = {folder.name: (folder, read_pack(folder)) for folder in packs.folders()}
    added = amendments(packs)
    built: dict[str, list[Layout]] = {}
    # Packs of users come last: what is wrong with one of them is said before the others are compiled.
    for name, (folder, content) in reversed(contents.items()):
        built[name] = list(_of_pack(name, folder, content, contents, registry, packs, added))
    return tuple(layout for name in contents for layout in built[name])


def _of_pack(
    name: str,
    folder: Path,
    content: dict[Any, Any],
    contents: Mapping[str, tuple[Path, dict[Any, Any]]],
    registry: Registry,
    packs: Packs,
    added: Mapping[str, Sequence[Amendment]],
) -> Iterator[Layout]:
    if "layouts" in content:
        chain, names = [content], [name]
        while base := chain[-1].get("extends"):
            if base not in contents:
                raise unknown(base, "规则包", "pack", contents)
            if base in names:
                circle = " → ".join([*names, base])
                raise invalid(base, f"extends 循环：{circle}", f"extends goes round in a circle: {circle}")
            chain.append(contents[base][1])
            names.append(str(base))
        more = [one for pack in names for one in added.get(pack, ())]
        cells: dict[str, Any] = {}
        heads: dict[str, Scalar] = {}
        for one in reversed(chain):
            cells |= one.get("cells", {})
            heads |= one.get("heads", {})
        cells = merged(cells, [one.part("cells") for one in more])
        for amendment in more:
            for key, head in amendment.part("heads").items():
                heads[key] = Scalar(f"{heads[key]}|{head}", where(head)) if key in heads else head
        # The rows of the pack itself stand first, as table 2 stands before table 3.
        rows: dict[str, RowBinding] = {}
        stems = frozenset(str(data.get("path", label)) for one in chain for label, data in one.get("rows", {}).items())
        for one in chain:
            for label, data in one.get("rows", {}).items():
                rows.setdefault(str(label), _row(label, data, cells, registry, stems))
        first = {str(label): label for one in chain for label in one.get("rows", ())}
        for label, data in merged(first, [one.part("rows") for one in more]).items():
            if str(label) not in rows:
                rows[str(label)] = _row(label, data, cells, registry)
        edit = editing([s for one in more for s in one.spellings()], cell=True)
        detect = [cue for one in more for cue in listed(one.content.get("detect", []))]
        for layout, data in content["layouts"].items():
            yield _layout((name, str(layout)), folder, content, data, rows, heads, packs, edit, detect)


def _layout(
    names_of: tuple[str, str],
    folder: Path,
    content: dict[Any, Any],
    data: dict[Any, Any],
    rows: dict[str, RowBinding],
    heads: dict[str, Scalar],
    packs: Packs,
    edit: Callable[[Any], None] | None,
    detect: Sequence[Scalar],
) -> Layout:
    start = data.get("start", "start")
    cues = listed(data["detect"])
    grammar = build(grammar_file(folder, data["grammar"]), packs.grammar_roots, (start,), edit)
    terminals = {t.name.rsplit("__", 1)[-1]: t.pattern.to_regexp() for t in grammar.lark.terminals}
    names = terminals.keys() | {str(r.origin.name).rsplit("__", 1)[-1] for r in grammar.lark.rules}
    for key in content.get("rows", ()):
        if key.rsplit(".", 1)[-1] not in names and data["reads"] == "table":
            raise unknown(key, "行标签", "row label", names)
    labels = tuple(
        RowLabel(key, texts, place)
        for place, (key, binding) in enumerate(rows.items())
        if not binding.heading and (texts := _spelt(terminals.get(key.rsplit(".", 1)[-1], "")))
    )
    return Layout(
        *names_of,
        data["reads"],
        start,
        _compiled(cues, "|".join(f"(?:{cue})" for cue in (*cues, *detect))),
        grammar,
        rows,
        labels,
        Pattern(terminals.get("VALUES", "(?!)")),
        _compiled(heads, "|".join(f"(?P<h{n}>{head})" for n, head in enumerate(heads.values())) or "(?!)"),
        tuple(map(str, heads)),
        frozenset(c for head in heads.values() for c in head if "\u4e00" <= c <= "\u9fff"),
    )


def _compiled(at: Any, source: str) -> Pattern:
    try:
        return Pattern(source)
    except re.error as error:
        raise invalid(at, f"正则表达式有误：{error}", f"the regular expression is wrong: {error}") from error


def _spelt(source: str) -> tuple[str, ...]:
    """The texts that a label's expression spells out, without the rest of the cell; SPELLINGS of them at most."""
    tree: Any = re._parser.parse(source)

    def spell(tree: Any) -> list[str]:
        texts = [""]
        for operation, argument in tree:
            name = str(operation)
            found = [""]
            if name == "LITERAL":
                found = [chr(argument)]
            elif name == "BRANCH":
                found = [text for branch in argument[1] for text in spell(branch)]
            elif name == "IN" and all(str(kind) == "LITERAL" for kind, _ in argument):
                # What alternatives have in common is taken out of them: 网上|网络 is 网[上络].
                found = [chr(code) for _, code in argument]
            elif name == "SUBPATTERN":
                found = spell(argument[-1])
            elif name in ("MAX_REPEAT", "MIN_REPEAT"):
                found = spell(argument[2]) + [""] * (not argument[0])
            texts = [text + more for text in texts for more in dict.fromkeys(found)][:SPELLINGS]
        return texts

    texts = (plain(text.partition("|")[0]) for text in spell(tree))
    return tuple(dict.fromkeys(filter(None, texts)))


def _row(
    label: Scalar,
    data: dict[Any, Any],
    cells: Mapping[str, Any],
    registry: Registry,
    stems: frozenset[str] = frozenset(),
) -> RowBinding:
    columns = data.get("cells", ["value"])
    if isinstance(columns, Scalar):
        if columns not in cells:
            raise unknown(columns, "列组", "group of cells", cells)
        columns = cells[columns]
    heading = data.get("heading") == "true"
    stem = data.get("path", label)
    names = tuple("code" if c == REMARKS else str(c) for c in columns)
    paths = tuple("" if heading or c in ("unit", "code", REMARKS) else _path(stem, c, registry, stems) for c in columns)
    return RowBinding(names, paths, str(stem), heading, data.get("head") == "required")


def _path(stem: Scalar, column: Scalar, registry: Registry, stems: frozenset[str]) -> str:
    path = column_path(stem, column)
    if path not in registry:
        from difflib import get_close_matches

        at = Scalar(path, column.where if column != "value" else stem.where)
        near = get_close_matches(path, registry.metrics, n=1, cutoff=0.5)
        # Where the nearest has a row already, one that has none is more likely meant: it was renamed in one file only.
        beside = stem.rpartition(".")[0]
        free = [m for m in registry.metrics if m.rpartition(".")[0] == beside and m not in stems] if near else []
        if stem not in registry and free and near[0] in stems:
            hint = get_close_matches(stem, free, n=1, cutoff=0.0)[0]
            raise invalid(
                at,
                f"未知的指标 {path}",
                f"unknown metric {path}",
                f"指标 {hint} 没有对应的行，可能已改名",
                f"no row has the metric {hint}: perhaps that is its name now",
            )
        raise unknown(at, "指标", "metric", registry.metrics)
    return str(path)
