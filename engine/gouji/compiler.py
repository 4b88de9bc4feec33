"""Packs as data to what the engine runs on: everything is read, checked and compiled here, once."""

from __future__ import annotations

from collections.abc import Mapping

from gouji.bodies import BodyModel, load_bodies
from gouji.canonical import Folds
from gouji.crosswalk import Crosswalk, load_crosswalk
from gouji.cues import NarrativeModel, load_narrative
from gouji.grammar import Grammar
from gouji.layouts import Layout, load_layouts
from gouji.messages import Messages
from gouji.outline import OutlineModel, load_outline
from gouji.packs import Packs
from gouji.patterns import Pattern
from gouji.readers.carriers import Carrier
from gouji.registry import Registry, load_registry
from gouji.rulebook import Rulebook
from gouji.rulecompiler import load_rulebook
from gouji.yamlfile import read


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
    BodyModel,
    Crosswalk,
]:
    """The parts of an engine, in its order. Raises PackError with the place of whatever is wrong."""
    registry = load_registry(packs.metrics())
    folds = _folds(packs)
    return (
        registry,
        load_rulebook(packs.rules(), registry),
        Messages.load(packs.messages()[0]),
        folds,
        _carriers(packs),
        load_layouts(packs, registry),
        load_narrative(packs, registry),
        load_outline(packs),
        load_bodies(packs, folds.table),
        load_crosswalk(packs, registry),
    )


def _folds(packs: Packs) -> Folds:
    characters: dict[str, str] = {}
    phrases: dict[str, str] = {}
    noise: list[str] = []
    for root in packs.grammar_roots:
        for file in sorted(root.glob("*/folds.yaml")):
            data = read(file)
            characters |= {str(k): str(v) for k, v in data.get("characters", {}).items()}
            phrases |= {str(k): str(v) for k, v in data.get("phrases", {}).items()}
            noise += map(str, data.get("noise", ()))
    return Folds.build(characters, phrases, noise)


def _carriers(packs: Packs) -> tuple[Carrier, ...]:
    carriers = []
    for folder in packs.folders():
        specs: Mapping[str, Mapping[str, str]] = read(folder / "pack.yaml").get("carriers", {})
        for name, spec in specs.items():
            grammar = Grammar.build(folder / spec["grammar"], packs.grammar_roots, ("start",))
            carriers.append(
                Carrier(str(name), Pattern(str(spec["region"])), Pattern(str(spec["cell"])), str(spec["rows"]), grammar)
            )
    return tuple(carriers)
