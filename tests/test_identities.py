"""Equations that samples suggest: laws are proposed, accidents are not."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gouji.document import Document
from gouji.pipeline import Engine
from gouji.readers import text
from gouji.workbench.drafting import Draft, draft
from gouji.workbench.draftpack import draft_pack

Rows = Sequence[tuple[str, Sequence[int]]]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def documents(engine: Engine, samples: Sequence[Rows], heads: str = "项目 | 数量 |") -> list[Document]:
    """Tables with these rows: label and figures."""
    found = []
    for n, rows in enumerate(samples):
        lines = [heads, *(" | ".join([label, *map(str, figures)]) + " |" for label, figures in rows)]
        found.append(text.read(("\n".join(lines) + "\n").encode(), f"sample{n}", engine.carriers))
    return found


def drafted(engine: Engine, samples: Sequence[Rows]) -> list[str]:
    """The equations that are drafted from samples."""
    return laws(draft(engine, "trial", documents(engine, samples)))


def laws(found: Draft) -> list[str]:
    """The equations as text: labels of rows, of columns in square brackets."""
    (form,) = found.forms

    def name(cell: tuple[int | None, int | None]) -> str:
        row, column = cell
        return form.rows[row].row.label if row is not None else f"[{form.columns[column or 0].title}]"

    return [f"{'+'.join(map(name, law.parts))}{law.operator}{name(law.total)}" for law in form.laws]


LABELS = ("一、培训人员", "（一）教师", "（二）学生", "（三）职工", "二、场地面积", "三、设备台数")


def trial(draw: random.Random, figures: Callable[[random.Random], tuple[int, ...]]) -> Rows:
    return [(label, (figure,)) for label, figure in zip(LABELS, figures(draw), strict=True)]


def summed(draw: random.Random) -> tuple[int, ...]:
    parts = draw.randint(1, 90), draw.randint(0, 90), draw.randint(0, 9)
    return (sum(parts), *parts, draw.randint(0, 900), draw.randint(0, 90))


def test_a_sum_that_holds_is_proposed(engine: Engine) -> None:
    found = draft(engine, "trial", documents(engine, [trial(random.Random(n), summed) for n in range(8)]))
    assert laws(found) == ["教师+学生+职工==培训人员"]
    (law,) = found.forms[0].laws
    assert law.holds == 8
    assert law.accidents is not None
    assert law.accidents < 0.01


def test_a_slip_does_not_hide_a_law_and_is_named(engine: Engine, tmp_path: Path) -> None:
    samples = [list(trial(random.Random(n), summed)) for n in range(12)]
    samples[7][0] = (samples[7][0][0], (samples[7][0][1][0] + 10,))
    found = draft_pack(engine, "trial", documents(engine, samples), tmp_path)
    assert laws(found.draft) == ["教师+学生+职工==培训人员"]
    rules = (tmp_path / "rules" / "trial.yaml").read_text(encoding="utf-8")
    assert "unsure: does not hold in sample7" in rules
    assert "severity: warning" in rules


@pytest.mark.parametrize("top", [1, 2, 3, 5, 20])
def test_figures_that_have_nothing_to_do_with_each_other_give_no_law(engine: Engine, top: int) -> None:
    for seed in range(12):
        draws = [random.Random(f"{top} {seed} {n}") for n in range(3 + seed)]
        samples = [trial(draw, lambda d: tuple(d.randint(0, top) for _ in LABELS)) for draw in draws]
        assert drafted(engine, samples) == []


def lone(draw: random.Random) -> tuple[int, ...]:
    figure = draw.randint(1, 90)
    return figure, figure, 0, 0, draw.randint(0, 900), draw.randint(0, 90)


def nothing(draw: random.Random) -> tuple[int, ...]:
    return 0, 0, 0, 0, draw.randint(0, 900), draw.randint(0, 90)


@pytest.mark.parametrize("figures", [lone, nothing])
def test_zeros_are_no_evidence(engine: Engine, figures: Callable[[random.Random], tuple[int, ...]]) -> None:
    assert drafted(engine, [trial(random.Random(n), figures) for n in range(20)]) == []


def test_copies_of_one_sample_are_one_sample(engine: Engine) -> None:
    assert drafted(engine, [trial(random.Random(1), summed)] * 20) == []


def test_two_samples_are_too_few(engine: Engine) -> None:
    assert drafted(engine, [trial(random.Random(n), summed) for n in range(2)]) == []


def matrix(draw: random.Random) -> Rows:
    """Departments by columns, with a total of both."""
    rows = [[draw.randint(0, 300) for _ in range(3)] for _ in range(4)]
    rows = [[*row, sum(row)] for row in rows]
    total = [sum(column) for column in zip(*rows, strict=True)]
    return list(zip(("内科", "外科", "儿科", "骨科", "合计"), [*rows, total], strict=True))


def test_totals_of_rows_and_of_columns(engine: Engine, tmp_path: Path) -> None:
    heads = "科室 | 门诊人次 | 急诊人次 | 体检人次 | 合计 |"
    samples = documents(engine, [matrix(random.Random(n)) for n in range(6)], heads)
    found = draft_pack(engine, "trial", samples, tmp_path)
    proposed = laws(found.draft)
    assert proposed.count("内科+外科+儿科+骨科==合计") == 4
    assert "[门诊人次]+[急诊人次]+[体检人次]==[合计]" in proposed
    assert len(proposed) == 5
    assert all(one.bound == one.figures for one in found.tried)
    paths = {o for o in (tmp_path / "grammars/trial/corpus/trial.txt").read_text(encoding="utf-8").split() if "." in o}
    assert "ext.trial.nei_ke.men_zhen_ren_ci" in paths
    assert "ext.trial.he_ji.total" in paths
