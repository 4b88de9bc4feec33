"""What the running text is read by: the grammar of sentences, the cues, and what a cue binds to. All from data."""

from __future__ import annotations

from collections.abc import Mapping

from gouji.grammar import Grammar
from gouji.islands import IslandScanner
from gouji.patterns import Finder, Pattern
from gouji.values import Struct

ERAS = ("e1", "e2", "e3", "e4")
COUNTS = frozenset(["QUANTITY", "HAN_QUANTITY", "RANGE", "BROKEN"])
"""The terminals that hold numbers."""


class Cue(Struct):
    """What one cue binds to. `paths` maps (era, topic) to metrics; an empty era or topic stands for any."""

    name: str
    paths: Mapping[tuple[str, str], tuple[str, ...]]
    units: frozenset[str]
    topic: str | None = None
    topics: frozenset[str] = frozenset()
    opens: bool = False
    under: frozenset[str] = frozenset()
    unless: Finder | None = None
    value: str | None = None
    becomes: tuple[frozenset[str], str] | None = None
    year: int | None = None
    standing: bool = False
    alone: bool = False
    outside: frozenset[str] = frozenset()
    accounts: bool = False
    off: frozenset[str] = frozenset()

    def metrics(self, era: str, topic: str | None) -> tuple[str, ...]:
        """The metrics that the cue counts in reports of `era` when the sentence speaks of `topic`."""
        for t in (topic, "") if topic else ("",):
            if found := self.paths.get((era, t)) or self.paths.get(("", t)):
                return found
        return ()


class NarrativeModel(Struct):
    """Everything that the running text is read by; see `grammars/narrative/pack.yaml` for each pattern.

    A sentence without any of the terminals `telling` gives no figure.
    """

    grammar: Grammar
    scanner: IslandScanner
    cues: Mapping[str, Cue]
    telling: frozenset[str]
    patterns: Mapping[str, Pattern]
    finders: Mapping[str, Finder]
    heading_topics: Mapping[str, Pattern]
    nothing_below: Mapping[str, Pattern]
    wholes: Mapping[str, tuple[str, ...]]
    whole_parts: Mapping[str, tuple[str, ...]]
    counting: frozenset[str]
    together: Mapping[str, frozenset[str]]
