"""Published reports, composed from their figures in the layout that was noted: everything comes back, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import gouji
from score.cases import CARRIERS, Score, load, score


@pytest.fixture(scope="module")
def scores(shared: Path) -> list[Score]:
    return [score(gouji.engine(), case, carrier) for case in load(shared) for carrier in CARRIERS]


def test_figures_are_found(scores: list[Score]) -> None:
    found, listed = sum(s.found for s in scores), sum(s.figures for s in scores)
    assert listed > 4000
    assert found >= 0.995 * listed, [f"{s.case} {s.carrier}: {c}" for s in scores for c in s.complaints][:20]


def test_nothing_is_bound_wrongly(scores: list[Score]) -> None:
    assert [f"{s.case} {s.carrier}: {w}" for s in scores for w in s.wrong] == []


def test_identities_hold_and_fail_as_in_the_reports(scores: list[Score]) -> None:
    assert sum(s.identities for s in scores) > 700
    wrong = [f"{s.case} {s.carrier}: {c}" for s in scores if s.agreeing < s.identities for c in s.complaints]
    assert wrong == []


def test_claims_of_the_text_are_found(scores: list[Score]) -> None:
    found, told = sum(s.claims_found for s in scores), sum(s.claims for s in scores)
    assert told
    assert found >= 0.97 * told
