"""What of one form corresponds to what of another, and under which headings two years stand side by side."""

from __future__ import annotations

from typing import Any

from gouji import schema
from gouji.errors import Message
from gouji.packs import Packs
from gouji.registry import Registry
from gouji.values import Struct
from gouji.yamlfile import read


class Section(Struct):
    """A heading and the metrics below it."""

    title: Message
    metrics: frozenset[str]


class Alike(Struct):
    """Metrics of an earlier form whose sum corresponds to that of metrics of a later one."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    exact: bool


class Crosswalk(Struct):
    """See `grammars/common/crosswalk.yaml`."""

    sections: tuple[Section, ...]
    details: frozenset[str]
    alike: tuple[Alike, ...]
    unlike: dict[str, Message]


def load_crosswalk(packs: Packs, registry: Registry) -> Crosswalk:
    """The crosswalk of the packs. Raises PackError with the place of whatever is wrong in it."""
    file = next(f for root in packs.grammar_roots for f in sorted(root.glob("*/crosswalk.yaml")))
    keys = ("sections", "details", "alike", "unlike")
    data = schema.keys(read(file), keys, keys, str(file))
    section = schema.record(zh=schema.text, en=schema.text, metrics=schema.below)
    alike = schema.record(before=schema.metrics, after=schema.metrics, exact=(schema.flag, False))
    unlike = schema.record(metrics=schema.metrics, why=schema.message)

    def each(name: str, reader: schema.Reader) -> Any:
        return schema.each(reader)(data[name], registry)

    return Crosswalk(
        tuple(Section(Message(s["zh"], s["en"]), frozenset(s["metrics"])) for s in each("sections", section)),
        frozenset(schema.metrics(data["details"], registry)),
        tuple(Alike(a["before"], a["after"], a["exact"]) for a in each("alike", alike)),
        {path: u["why"] for u in each("unlike", unlike) for path in u["metrics"]},
    )
