"""Sentences of running text, by shape: what they say is read as it is meant, and nothing else is read into them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gouji
from score.shapes import Sentence, given, report, score, sentences

COMPOSED = list(sentences())
STRANGERS = list(sentences("strangers.yaml"))


@pytest.mark.parametrize("sentence", COMPOSED + STRANGERS, ids=lambda s: f"{s.shape}: {s.text[:24]}")
def test_shape(sentence: Sentence) -> None:
    assert given(report(gouji.engine(), sentence)) == sentence.slots


def test_every_known_shape_is_composed_twice(shared: Path) -> None:
    shapes = json.loads((shared / "truth" / "narrative_shapes.json").read_text(encoding="utf-8"))["shapes"]
    composed = [s.shape for s in COMPOSED]
    assert {str(s["n"]) for s in shapes if composed.count(str(s["n"])) < 2} == set()


def test_score_counts_slots() -> None:
    totals = score(gouji.engine())
    assert sum(s.found for s in totals.values()) / sum(s.wanted for s in totals.values()) >= 0.97
    assert sum(s.wrong for s in totals.values()) == 0
