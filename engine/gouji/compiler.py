"""Packs as data to what the engine runs on: everything is read, checked and compiled here, once."""

from __future__ import annotations

from gouji import schema
from gouji.bodies import BodyModel, load_bodies
from gouji.canonical import Folds
from gouji.crosswalk import Crosswalk, load_crosswalk
from gouji.cuefile import load_narrative
from gouji.cues import NarrativeModel
from gouji.grammarcompiler import build
from gouji.inspection import inspect
from gouji.layoutfile import load_layouts
from gouji.layouts import Layout
from gouji.messages import Messages
from gouji.outline import OutlineModel
from gouji.outlinefile import load_outline
from gouji.packfile import grammar_file, read_pack
from gouji.packs import Packs
from gouji.patterns import Pattern, beginnings
from gouji.readers.carriers import Carrier
from gouji.registry import Registry
from gouji.registryfile import load_registry
from gouji.rulebook import Rulebook
from gouji.rulecompiler import load_rulebook, remarks_of
from gouji.rulemodel import Kept
from gouji.yamlfile import invalid, read


def compile_packs(
    packs: Packs,
) -> tuple[
    Registry,
    Rulebook,
    Messages,
    Folds,
    tuple[Carrier, ...],
    tuple[Layout, ...],
    NarrativeModel,
    OutlineModel,
    Kept[BodyModel],
    Kept[Crosswalk],
]:
    """The parts of an engine, in its order. Raises PackError with the place of whatever is wrong."""
    inspect(packs)
    registry = load_registry(packs.metrics())
    messages = Messages.merged(packs.messages())
    # What is wrong with a rule is said before the grammars are compiled, which takes longer.
    rulebook = load_rulebook(packs.rules(), registry, remarks_of(messages), [f.name for f in packs.folders()])
    layouts = load_layouts(packs, registry)
    folds = _folds(packs)
    return (
        registry,
        rulebook,
        messages,
        folds,
        load_carriers(packs),
        layouts,
        load_narrative(packs, registry),
        load_outline(packs),
        Kept(load_bodies(packs, folds.table)),
        Kept(load_crosswalk(packs, registry)),
    )


def _folds(packs: Packs) -> Folds:
    characters: dict[str, str] = {}
    phrases: dict[str, str] = {}
    traditional: dict[str, str] = {}
    noise: list[str] = []
    for root in packs.grammar_roots:
        for file in sorted(root.glob("*/folds.yaml")):
            data = schema.keys(read(file), _FOLDS, (), str(file))
            for name, table in (("characters", characters), ("phrases", phrases), ("traditional", traditional)):
                for key, value in schema.mapping(data.get(name, {})).items():
                    if (
                        not key
                        or not schema.text(value)
                        or (name == "characters" and (len(key) != 1 or len(value) != 1))
                    ):
                        raise invalid(
                            key,
                            "应为非空文字，characters 中一个字符对一个字符",
                            "expected text, in `characters` one character for one",
                        )
                    if table.get(str(key), value) != value:
                        raise invalid(
                            key,
                            f"“{key}”已折为“{table[str(key)]}”",
                            f"“{key}” is folded to “{table[str(key)]}” already",
                        )
                    table[str(key)] = str(value)
            for pattern in schema.items(data.get("noise", [])):
                schema.pattern(pattern)
                noise.append(str(pattern))
    return Folds.build(characters, phrases, traditional, noise)


_FOLDS = ("characters", "phrases", "traditional", "noise")


def load_carriers(packs: Packs) -> tuple[Carrier, ...]:
    """Every carrier of tables in plain text. Raises PackError."""
    carriers = []
    openings: dict[str, Pattern] = {}
    for folder in packs.folders():
        pack = read_pack(folder)
        parts = pack.get("parts", {})
        for name, spec in pack.get("carriers", {}).items():
            grammar = build(grammar_file(folder, spec["grammar"]), packs.grammar_roots, ("start",))
            region, cell = (schema.pattern(schema.composed(spec[key], parts)) for key in ("region", "cell"))
            opens = schema.composed(spec["opens"], parts) if "opens" in spec else None
            if opens is not None and opens not in openings:
                # Carriers that begin alike look for it once. Most lines begin with nothing that one can begin with.
                source = schema.expression(opens, Pattern).source
                first = beginnings(source)
                openings[opens] = Pattern(f"\n(?=[{''.join(first)}])(?={source})" if first else f"\n(?={source})")
            finder = openings[opens] if opens is not None else None
            carriers.append(Carrier(str(name), region, cell, str(spec["rows"]), grammar, finder))
    return tuple(carriers)
