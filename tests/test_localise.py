"""Localisation against brute force: which cells are named, and that what is proposed repairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gouji.localise import Constraint, Figure, connected, fillings, repairs
from gouji.records import Number
from gouji.slips import miscounted, pair, slip

ROWS, COLUMNS = 3, 4


def table(cells: Sequence[Sequence[int]]) -> tuple[list[Constraint], dict[int, Figure]]:
    """A table whose last row and last column are totals; cells are numbered row by row."""
    values = {r * COLUMNS + c: cells[r][c] for r in range(ROWS) for c in range(COLUMNS)}
    shapes: list[tuple[str, dict[int, int]]] = []
    for r in range(ROWS):
        line = [r * COLUMNS + c for c in range(COLUMNS)]
        shapes.append((f"row {r}", dict.fromkeys(line[:-1], 1) | {line[-1]: -1}))
    for c in range(COLUMNS):
        line = [r * COLUMNS + c for r in range(ROWS)]
        shapes.append((f"column {c}", dict.fromkeys(line[:-1], 1) | {line[-1]: -1}))
    constraints = [Constraint(name, w, sum(w[n] * values[n] for n in w)) for name, w in shapes]
    return constraints, {n: Figure(value) for n, value in values.items()}


def balanced(parts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*line, sum(line)] for line in parts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def single_repairs(constraints: Sequence[Constraint], figures: Mapping[int, Figure]) -> set[tuple[int, int]]:
    """Every change of one cell that satisfies everything, found by trying."""
    reach = max((abs(int(c.gap)) for c in constraints), default=0)
    return {
        (cell, int(figure.value) + by)
        for cell, figure in figures.items()
        for by in {reach, -reach}
        if by and figure.value + by >= 0
        if all(c.gap + c.cells.get(cell, 0) * by == 0 for c in constraints)
    }


def pair_repairs(constraints: Sequence[Constraint], figures: Mapping[int, Figure]) -> set[frozenset[tuple[int, int]]]:
    """Every change of two cells that satisfies everything, found by trying."""
    gaps = {int(c.gap) for c in constraints} | {0}
    steps = (
        {a for gap in gaps for a in (gap, -gap)}
        | {a - b for a in gaps for b in gaps}
        | {a + b for a in gaps for b in gaps}
    )
    found = set()
    for a, b in combinations(figures, 2):
        for by_a in steps - {0}:
            for by_b in steps - {0}:
                if figures[a].value + by_a < 0 or figures[b].value + by_b < 0:
                    continue
                if all(c.gap + c.cells.get(a, 0) * by_a + c.cells.get(b, 0) * by_b == 0 for c in constraints):
                    found.add(frozenset({(a, int(figures[a].value) + by_a), (b, int(figures[b].value) + by_b)}))
    return found


parts = st.lists(
    st.lists(st.integers(0, 40), min_size=COLUMNS - 1, max_size=COLUMNS - 1), min_size=ROWS - 1, max_size=ROWS - 1
)


@given(parts, st.integers(0, ROWS * COLUMNS - 1), st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_one_wrong_cell_is_found(given_parts: list[list[int]], cell: int, wrong: int) -> None:
    cells = balanced(given_parts)
    r, c = divmod(cell, COLUMNS)
    right = cells[r][c]
    assume(right != wrong)
    cells[r][c] = wrong
    constraints, figures = table(cells)
    (found,) = repairs(constraints, figures)
    told = {(change.cell, change.repair) for repair in found for change in repair.changes}
    assert all(len(repair.changes) == 1 for repair in found)
    assert (cell, right) in told
    assert told == single_repairs(constraints, figures)


@given(parts, st.data())
@settings(max_examples=150, deadline=None)
def test_two_wrong_cells_are_found(given_parts: list[list[int]], data: st.DataObject) -> None:
    cells = balanced(given_parts)
    first, second = data.draw(
        st.lists(st.integers(0, ROWS * COLUMNS - 1), min_size=2, max_size=2, unique=True), label="cells"
    )
    truth = set()
    for cell in (first, second):
        r, c = divmod(cell, COLUMNS)
        wrong = data.draw(st.sampled_from([n for n in range(60) if n != cells[r][c]]))
        truth.add((cell, cells[r][c]))
        cells[r][c] = wrong
    constraints, figures = table(cells)
    assume(not single_repairs(constraints, figures) and any(not c.holds for c in constraints))
    causes = repairs(constraints, figures)
    assert len({change.cell for cause in causes for change in cause[0].changes}) == 2
    if len(causes) == 1:
        told = {frozenset((c.cell, int(c.repair)) for c in repair.changes) for repair in causes[0]}
        assert told <= pair_repairs(constraints, figures)
        if len(causes[0]) < 12:
            assert frozenset(truth) in told
    else:
        assert all(any((c.cell, c.repair) in truth for r in cause for c in r.changes) for cause in causes)


@given(parts, st.data())
@settings(max_examples=200, deadline=None)
def test_a_repair_repairs(given_parts: list[list[int]], data: st.DataObject) -> None:
    cells = balanced(given_parts)
    for _ in range(data.draw(st.integers(1, 4))):
        r, c = data.draw(st.integers(0, ROWS - 1)), data.draw(st.integers(0, COLUMNS - 1))
        cells[r][c] = data.draw(st.integers(0, 60))
    constraints, figures = table(cells)
    for cause in repairs(constraints, figures):
        for repair in cause:
            moved = {change.cell: change.repair - change.value for change in repair.changes}
            by_name = {c.name: c for c in constraints}
            for constraint in constraints:
                gap = constraint.gap + sum(w * moved.get(n, 0) for n, w in constraint.cells.items())
                if constraint.holds or constraint.name in repair.explains:
                    assert gap == 0, (repair, by_name)
            assert all(change.repair >= 0 for change in repair.changes)


@given(parts, st.sets(st.integers(0, ROWS * COLUMNS - 1), max_size=5))
@settings(max_examples=200, deadline=None)
def test_blanks_left_in_a_balanced_table_can_be_filled(given_parts: list[list[int]], blank: set[int]) -> None:
    cells = balanced(given_parts)
    truth = {n: cells[n // COLUMNS][n % COLUMNS] for n in blank}
    for n in blank:
        cells[n // COLUMNS][n % COLUMNS] = 0
    constraints, _ = table(cells)
    for constraint in constraints:
        bounds = fillings(connected(constraint, constraints, blank), blank)
        assert bounds is not None
        for n, value in truth.items():
            low, high = bounds[n]
            assert low <= value
            assert high is None or value <= high


def test_a_blank_that_two_lines_need_differently_cannot_be_filled() -> None:
    cells = balanced([[4, 0, 2], [1, 3, 5]])
    cells[0][1] = 0
    cells[0][3] += 1
    constraints, _ = table(cells)
    row = next(c for c in constraints if c.name == "row 0")
    assert fillings(connected(row, constraints, {1}), {1}) is None


def test_amounts_are_repaired_in_their_smallest_unit_and_counts_in_whole_numbers() -> None:
    half = Constraint("half", {0: 2, 1: -1}, 1)
    assert repairs([half], {0: Figure(3), 1: Figure(5)})[0][0].changes[0].cell == 1
    amounts = repairs([half], {0: Figure(3, whole=False), 1: Figure(5)})[0]
    assert {str(change.repair) for repair in amounts for change in repair.changes} == {"6", "2.5"}


def test_a_repair_breaks_no_bound_that_holds() -> None:
    total = Constraint("total", {0: 1, 1: 1, 2: -1}, 2)
    bound = Constraint("bound", {1: -1, 3: 1}, 0, "<=")
    figures = {0: Figure(5), 1: Figure(7), 2: Figure(10), 3: Figure(7)}
    told = {change.cell for repair in repairs([total, bound], figures)[0] for change in repair.changes}
    assert told == {0, 2}


def test_slips() -> None:
    cases: dict[tuple[Number, Number], str] = {
        (61, 60): "digit", (218, 216): "digit", (27, 72): "transposed", (429, 492): "transposed", (12, 112): "dropped",
        (5, 57): "dropped", (23, 123): "dropped", (13, 123): "dropped", (Decimal("12.5"), Decimal("1.26")): "other", (1223, 123): "doubled", (120, 12): "tenfold", (12, 120): "tenfold", (17, 438): "other",
    }  # fmt: skip
    assert {key: slip(*key) for key in cases} == cases
    assert pair((12, 30), (30, 12)) == "swapped"
    assert pair((1, 2), (12, 0)) == "split"
    assert pair((1, 2), (3, 4)) == "other"
    assert miscounted(7, (3, 7)) == "left_out"
    assert miscounted(-3, (3, 7)) == "counted_twice"
    assert miscounted(5, (3, 7)) == "other"
