"""What packs write down for the running text: read, checked against its grammar, compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lark import Lark
from lark.exceptions import LarkError

from gouji.amendments import alternatives, amendments, editing, merged
from gouji.cues import COUNTS, ERAS, Cue, NarrativeModel
from gouji.grammarcompiler import build, edited
from gouji.islands import IslandScanner
from gouji.packfile import read_pack
from gouji.packs import Packs
from gouji.patterns import Finder, Pattern
from gouji.registry import Registry
from gouji.schema import expression, pattern
from gouji.yamlfile import Scalar, invalid, unknown

_QUALIFYING = ("other_time", "change", "cumulative", "ever")
"""The patterns that are asked for in front of every figure; where none of them is, one search tells it."""
_FOUND = (
    *("relevant", "clause_year", "scope_part", "scope_whole", "flattened", "account", "aside"),
    *(*_QUALIFYING, "qualifying"),
)
"""The patterns that are searched for."""


def load_narrative(packs: Packs, registry: Registry) -> NarrativeModel:
    """The narrative model of the packs.

    Raises PackError for a cue that the grammar does not have, an unknown metric, unit group or key.
    """
    folder, content = next(
        (folder, data)
        for folder in packs.folders()
        if "narrative" in (data := read_pack(folder)) and "amends" not in data
    )
    added = amendments(packs).get(folder.name, [])
    data = content["narrative"]
    # The tokens come from the scanner; a single lexer is the least that Lark makes.
    grammar = build(folder / data["grammar"], packs.grammar_roots, ("start",), lexer="basic")
    bindings = merged(content["cues"], [one.part("cues") for one in added])
    edit = editing([s for one in added for s in one.spellings()], cell=False)
    terminals = _terminals(folder / data["cues"], edit)
    units = {str(k): frozenset(map(str, v)) for k, v in data["units"].items()}
    cues = {}
    for name, spec in bindings.items():
        if name not in terminals:
            raise unknown(name, "提示词", "cue", terminals)
        cues[str(name)] = _cue(name, spec, units, registry, data["wholes"])
    structural = [t for t in grammar.lark.terminals if t.name != "CUE"]
    scanner = IslandScanner.build([*(terminals[name] for name in cues), *structural], grammar.parser.ignored)
    sources = {
        str(k): _amended(k, v, [one.part("narrative") for one in added])
        for k, v in data.items()
        if isinstance(v, Scalar) and k not in ("grammar", "cues")
    }
    qualifying = Scalar("|".join(f"(?:{sources[k]})" for k in _QUALIFYING), sources["ever"].where)
    return NarrativeModel(
        grammar,
        scanner,
        cues,
        COUNTS | {name for name, cue in cues.items() if cue.value is not None},
        {k: pattern(v) for k, v in sources.items() if k not in _FOUND},
        {k: expression(v, Finder) for k, v in (*sources.items(), ("qualifying", qualifying)) if k in _FOUND},
        {str(k): pattern(v) for k, v in data["heading_topics"].items()},
        _nothing_below(data["nothing_below"], cues),
        {str(k): tuple(map(str, v)) for k, v in data["wholes"].items()},
        {str(k): tuple(map(str, v)) for k, v in data["whole_parts"].items()},
        units["case"] - {""},
        _together(data["together"], cues),
    )


def _together(groups: dict[Any, Any], cues: Mapping[str, Cue]) -> dict[str, frozenset[str]]:
    for names in groups.values():
        for name in names:
            if name not in cues:
                raise unknown(name, "提示词", "cue", cues)
    return {str(topic): frozenset(map(str, names)) for topic, names in groups.items()}


def _nothing_below(headings: dict[Any, Any], cues: Mapping[str, Cue]) -> dict[str, Pattern]:
    for name in headings:
        if name not in cues or cues[name].value != "0":
            raise unknown(name, "提示词", "cue", [n for n, cue in cues.items() if cue.value == "0"])
    return {str(name): pattern(v) for name, v in headings.items()}


def _amended(key: Scalar, value: Scalar, parts: list[Mapping[Any, Any]]) -> Scalar:
    return Scalar(alternatives(value, [part[key] for part in parts if key in part]), value.where)


def _terminals(path: Path, edit: Callable[[Any], None] | None) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        lark = Lark(text if edit is None else edited(text, path, [], edit), parser=None, lexer="basic")
    except (OSError, LarkError) as error:
        where = f"{path}:{getattr(error, 'line', 1)}:{getattr(error, 'column', 1)}"
        reason = str(error).strip().splitlines()[0]
        raise invalid(where, f"语法有误：{reason}", f"the grammar is wrong: {reason}") from error
    return {t.name: t for t in lark.terminals}


def _cue(
    name: Scalar,
    spec: dict[Any, Any],
    units: Mapping[str, frozenset[str]],
    registry: Registry,
    wholes: Mapping[Any, Any],
) -> Cue:
    if "units" in spec and spec["units"] not in units:
        raise unknown(spec["units"], "单位组", "group of units", units)
    if spec.get("topic") in spec.get("topics", ()):
        raise invalid(spec["topic"], "提示词不能既要求又给出同一主题", "a cue cannot both demand and give a topic")
    eras = tuple(map(str, spec.get("eras", ())))
    paths: dict[tuple[str, str], tuple[str, ...]] = {}
    for era, topic, metrics in _paths(spec):
        for metric in metrics:
            for whole in wholes if "<whole>" in metric else ("",):
                path = Scalar(metric.replace("<whole>", whole), metric.where)
                if path not in registry:
                    raise unknown(path, "指标", "metric", registry.metrics)
        for e in _spread(era, eras):
            paths[e, topic] = tuple(map(str, metrics))
    becomes = spec.get("becomes")
    return Cue(
        str(name),
        paths,
        units[spec["units"]] if "units" in spec else frozenset(),
        str(spec["topic"]) if "topic" in spec else None,
        frozenset(map(str, spec.get("topics", ()))),
        spec.get("opens") == "true",
        frozenset(map(str, spec.get("under", ()))),
        expression(spec["unless"], Finder) if "unless" in spec else None,
        str(spec["value"]) if "value" in spec else None,
        (frozenset(map(str, becomes["parts"])), str(becomes["path"])) if becomes else None,
        int(spec["year"]) if "year" in spec else None,
        spec.get("standing") == "true",
        spec.get("alone") == "true",
        frozenset(map(str, spec.get("outside", ()))),
        spec.get("accounts") == "true",
        frozenset(map(str, spec.get("off", ()))),
    )


def _paths(spec: dict[Any, Any]) -> Iterator[tuple[str, str, list[Scalar]]]:
    """(era, topic, metrics) of a cue; a key of `path` is an era or else a topic."""
    if "paths" in spec:
        yield "", "", spec["paths"]
    path = spec.get("path")
    if isinstance(path, Scalar):
        yield "", "", [path]
    elif path:
        for key, value in path.items():
            metrics = value if isinstance(value, list) else [value]
            yield (str(key), "", metrics) if key in ERAS else ("", str(key), metrics)


def _spread(era: str, only: tuple[str, ...]) -> tuple[str, ...]:
    """The eras that a key stands for: e2 is also e1's, e3 also e4's."""
    if era:
        return {"e2": ("e1", "e2"), "e3": ("e3", "e4")}.get(era, (era,))
    if only:
        return tuple(e for key in only for e in _spread(key, ()))
    return ("",)
