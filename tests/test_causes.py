"""Findings by their cause: blanks decided, suspects named, rules that one cell breaks in one group."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest

import gouji
from gouji import rules
from gouji.document import Document
from gouji.findings import Finding
from gouji.records import Observation, Report
from gouji.spans import Span
from score.injection import COLUMNS, RESULTS, T3, draw, outcomes
from score.injection import report as printed

ENGINE = gouji.engine()
Cells = Mapping[str, int | str]


def consistent(seed: int = 7) -> dict[str, int]:
    return draw(Random(seed), outcomes(ENGINE, 2019))


def report(cells: Cells) -> Report:
    observations = []
    for i, (path, cell) in enumerate(cells.items()):
        value = cell if isinstance(cell, int) else None
        state = "value" if isinstance(cell, int) else "blank" if not cell else "text"
        raw = str(cell)
        observations.append(
            Observation(path, "table", state, value, value, value, "件", raw, "", Span(i, i + 1), table=3)  # type: ignore[arg-type]
        )
    return Report(
        Document("", "", ""), "table2019", ("table2019",), "Hans", 2019, observations=tuple(observations)
    )  # fmt: skip


def judged(cells: Cells) -> dict[str, Finding]:
    """Findings on the arithmetic, by instance."""
    findings, _ = rules.check(ENGINE.rulebook, report(cells))
    return {f.instance: f for f in findings if f.rule in ("R01", "R02", "R03", "R04", "R05", "L01", "L02", "L03")}


def test_a_consistent_table_with_blank_zeros_passes_and_says_what_it_assumed() -> None:
    cells: Cells = {path: n or "" for path, n in consistent().items()}
    assert judged(cells) == {}
    half: Cells = {path: "" if n == 0 and i % 2 else n for i, (path, n) in enumerate(consistent().items())}
    assert judged(half) == {}


def test_an_empty_table_neither_passes_nor_fails() -> None:
    cells: Cells = dict.fromkeys(consistent(), "")
    findings, verdicts = rules.check(ENGINE.rulebook, report(cells))
    assert not [f for f in findings if f.rule in ("R01", "R02", "R03", "L01")]
    full = rules.check(ENGINE.rulebook, printed(consistent(), 2019))[1]
    assert verdicts.passed < full.passed // 5


def test_only_totals_are_undecided_with_what_the_blanks_would_have_to_hold() -> None:
    table = consistent()
    cells: Cells = {path: n if path.endswith("total") else "" for path, n in table.items()}
    found = judged(cells)
    assert found
    assert {f.verdict for f in found.values()} == {"undecided"}
    row = f"R03.{next(p for p, n in table.items() if p.endswith('.total') and T3 in p and n)[len(T3) :].removesuffix('.total')}"
    assert "□" in found[row].equation
    assert "≟" in found[row].equation


def test_blank_totals_are_said_and_their_sums_are_not_judged() -> None:
    cells: Cells = {path: "" if path.endswith("total") else n for path, n in consistent().items()}
    found = judged(cells)
    assert {f.rule for f in found.values()} == {"R04"}


def test_one_blank_is_named_with_the_figure_that_fits() -> None:
    table = consistent()
    at = max(
        (p for p in table if p.endswith(".natural") and "outcome." in p and "total" not in p), key=lambda p: table[p]
    )
    found = judged(table | {at: ""})
    assert set(found) == {"R02.natural", f"R03.{at.removeprefix(T3).removesuffix('.natural')}"}
    for finding in found.values():
        assert finding.verdict == "undecided"
        assert str(table[at]) in finding.assumptions[-1].en


def test_a_blank_that_row_and_column_need_differently_fails() -> None:
    table = consistent()
    at = f"{T3}outcome.granted.natural"
    cells: dict[str, int | str] = {
        **table,
        at: "",
        f"{T3}outcome.granted.total": table[f"{T3}outcome.granted.total"] + 5,
    }
    cells |= {f"{T3}outcome.total.total": table[f"{T3}outcome.total.total"] + 5}
    assert "fail" in {f.verdict for f in judged(cells).values()}


def test_more_than_the_total_fails_whatever_the_blanks_hold() -> None:
    table = consistent()
    cells: Cells = table | {f"{T3}new.natural": table[f"{T3}new.total"] + 1, f"{T3}new.other": ""}
    assert judged(cells)["R03.new"].verdict == "fail"


def test_an_unreadable_cell_stops_no_other_verdict() -> None:
    table = consistent()
    cells = table | {f"{T3}outcome.granted.natural": "1 2"}
    found = judged(cells)
    assert {f.verdict for f in found.values()} <= {"undecided"}
    cells |= {f"{T3}carried_out.total": table[f"{T3}carried_out.total"] + 3}
    assert judged(cells)["R03.carried_out"].verdict == "fail"


def test_rules_that_one_cell_breaks_are_one_group_with_its_repair() -> None:
    table = consistent()
    at = f"{T3}carried_out.total"
    found = judged(table | {at: table[at] + 1})
    assert set(found) == {"R01.total", "R03.carried_out"}
    assert len({f.group for f in found.values()}) == 1
    for finding in found.values():
        (suspect,) = finding.suspects
        assert list(table)[suspect.operand] == at
        assert (suspect.value, suspect.repair) == (table[at] + 1, table[at])
        assert set(suspect.explains) == set(found)


def test_two_mistakes_far_apart_are_two_groups() -> None:
    table = consistent()
    found = judged(
        table | {f"{T3}carried_in.legal": table[f"{T3}carried_in.legal"] + 1, "review.total": table["review.total"] + 1}
    )
    assert found["L01"].group != found["R01.legal"].group
    assert found["R01.legal"].group == found["R03.carried_in"].group


def test_a_repair_outside_every_sum_is_not_made_up() -> None:
    table = consistent()
    cells: Cells = {f"review.{name}": table[f"review.{name}"] for name in RESULTS[:2]}
    assert judged(cells) == {}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_proposed_makes_the_named_rules_hold(seed: int) -> None:
    random = Random(seed)
    table = consistent(seed)
    cells = dict(table)
    for path in random.sample(list(table), 2):
        cells[path] = max(0, table[path] + random.choice((-1, 1, 9, 10)))
    broken = judged(cells)
    for finding in broken.values():
        for rank in {s.rank for s in finding.suspects}:
            repaired = dict(cells)
            explained: set[str] = set()
            for suspect in finding.suspects:
                if suspect.rank == rank:
                    assert isinstance(suspect.repair, int)
                    repaired[list(table)[suspect.operand]] = suspect.repair
                    explained |= set(suspect.explains)
            assert explained.isdisjoint(judged(repaired)), (seed, rank)
            assert judged(repaired).keys() < broken.keys()


def test_columns_of_the_experiment_are_those_of_the_form() -> None:
    assert tuple(ENGINE.registry.groups["applicants"]) == COLUMNS


def test_a_cell_that_cannot_be_read_says_what_it_would_have_to_be() -> None:
    table = consistent()
    at = max(
        (p for p in table if p.endswith(".natural") and "outcome." in p and "total" not in p), key=lambda p: table[p]
    )
    digits = str(table[at])
    for raw, told in ((" ".join(digits), "may read"), ("不清", "cannot be read")):
        for finding in judged({**table, at: raw}).values():
            assert finding.verdict == "undecided"
            assert told in finding.assumptions[-1].en
            assert digits in finding.assumptions[-1].en
