"""Labels of an unknown form that are those of registered metrics, with a confidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gouji.layouts import plain
from gouji.pipeline import Engine
from gouji.registry import Registry
from gouji.workbench.draftwords import DraftWords
from gouji.workbench.merging import FormRow

BOUND = 0.8
"""Confidence from which a row is bound to the metric; below it the metric is mentioned."""
RELATED = 0.2
"""Rows of a form that must be known before any is believed to be: two words in common are no common subject."""


class Known(NamedTuple):
    """A registered metric that a row may be, and how sure that is (0 to 1)."""

    path: str
    confidence: float


def known(form: Sequence[FormRow], units: Sequence[str], engine: Engine, words: DraftWords) -> dict[int, Known]:
    """Registered metrics by place in the form, at most one row each."""
    index = _index(engine, words)
    rows = [i for i, row in enumerate(form) if not row.heading]
    told = [i for i in rows if not words.generic.fullmatch(form[i].key) and _candidates(form[i], index, words)]
    related = len(told) >= max(3, RELATED * len(rows))
    found: dict[int, Known] = {}
    for i in rows:
        best = _best(form, i, units[i], found, _candidates(form[i], index, words), engine.registry, words)
        if best is not None:
            found[i] = best if related else best._replace(confidence=best.confidence / 2)
    for path in {one.path for one in found.values()}:
        claims = sorted((i for i in found if found[i].path == path), key=lambda i: -found[i].confidence)
        # Of two rows with equal claims neither has it.
        equal = len(claims) > 1 and found[claims[0]].confidence == found[claims[1]].confidence
        for i in claims if equal else claims[1:]:
            del found[i]
    return found


def _index(engine: Engine, words: DraftWords) -> dict[str, dict[str, float]]:
    """label -> metrics that are called so, in a layout or in the registry, and how literally."""
    index: dict[str, dict[str, float]] = {}

    def note(label: str, path: str) -> None:
        for text, sure in ((label, 1.0), (words.bare(label), 0.95)):
            if len(text) > 1:
                entry = index.setdefault(text, {})
                entry[path] = max(entry.get(path, 0.0), sure)

    for layout in engine.layouts:
        for label in layout.labels:
            binding = layout.rows[label.row]
            if "value" in binding.columns:
                path = binding.paths[binding.columns.index("value")]
                if not path.startswith("ext."):
                    for text in label.texts:
                        note(text, path)
    for metric in engine.registry:
        if metric.type != "text" and not metric.derived and not metric.path.startswith("ext."):
            note(plain(metric.zh), metric.path)
    return index


def _candidates(row: FormRow, index: dict[str, dict[str, float]], words: DraftWords) -> dict[str, float]:
    found: dict[str, float] = {}
    for spelling in row.spellings:
        label = plain(spelling)
        for text, sure in ((label, 1.0), (words.bare(label), 0.95)):
            for path, literal in index.get(text, {}).items():
                found[path] = max(found.get(path, 0.0), sure * literal)
    return found


def _best(
    form: Sequence[FormRow],
    i: int,
    unit: str,
    found: dict[int, Known],
    candidates: dict[str, float],
    registry: Registry,
    words: DraftWords,
) -> Known | None:
    above = form[i].parent
    while above >= 0 and above not in found:
        above = form[above].parent
    place = found[above].path.split(".") if above >= 0 else []
    weighed = []
    for path, sure in candidates.items():
        steps = path.split(".")
        shared = next(
            (n for n, (a, b) in enumerate(zip(place, steps, strict=False)) if a != b), min(len(place), len(steps))
        )
        if place and not shared:
            sure *= 0.6
        elif not place and words.generic.fullmatch(form[i].key):
            sure *= 0.5
        if unit and registry.metric(path).unit not in ("", unit):
            sure *= 0.9
        weighed.append((round(sure, 2), shared, path))
    weighed.sort(reverse=True)
    if not weighed or (len(weighed) > 1 and weighed[0][:2] == weighed[1][:2]):
        return None
    return Known(weighed[0][2], weighed[0][0])
