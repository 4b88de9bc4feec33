"""Which cells are wrong: the fewest figures whose change makes every identity hold, in exact numbers.

Every exact equation of a rule over the figures of a report is a linear constraint. A set of cells is a repair when
they alone can be given values, whole and not negative, that satisfy all of them. Where they cannot, a combination of
constraints says so in which none of them stands: one of the other cells of that combination has to change. Branching
over these finds every smallest repair, and looks at little else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from gouji.records import Number
from gouji.slips import Slip, miscounted, pair, rank, slip
from gouji.values import Struct

Exact: TypeAlias = Number | Fraction

Key: TypeAlias = tuple[str, frozenset[int]]

DEPTH = 3  # cells of the largest repair that is looked for
_NODES = 3000  # sets of cells that are tried at most
_LISTED = 100  # repairs that are told: two figures of a form seldom have half as many


class Constraint(Struct):
    """A linear identity or bound: `gap` is what the sides differ by as printed, 0 (or at most 0) where it holds."""

    name: str
    cells: Mapping[int, Number]
    gap: Number
    operator: Literal["==", "<="] = "=="

    @property
    def key(self) -> Key:
        """What tells it from others: one rule may speak of tables and of the text under one name."""
        return self.name, frozenset(self.cells)

    @property
    def holds(self) -> bool:
        """Whether the printed figures satisfy it."""
        return self.gap == 0 or (self.operator == "<=" and self.gap < 0)


class Figure(Struct):
    """A cell as it is printed: a blank one counts 0; `told` is what other words of the report say it is."""

    value: Number
    whole: bool = True
    signed: bool = False
    blank: bool = False
    told: Number | None = None


class Change(Struct):
    """One figure that a repair changes."""

    cell: int
    value: Number
    repair: Number


class Repair(Struct):
    """Changes that together satisfy every constraint, those that they satisfy anew, and the slip they undo."""

    changes: tuple[Change, ...]
    satisfies: tuple[Constraint, ...]
    slip: Slip

    @property
    def explains(self) -> tuple[str, ...]:
        """The names of the constraints that it satisfies anew."""
        return tuple(constraint.name for constraint in self.satisfies)

    def settles(self, ways: Iterable[Constraint]) -> bool:
        """Whether it makes one of `ways`, which need not be among the constraints, hold as well."""
        moved = {change.cell: change.repair - change.value for change in self.changes}
        return any(
            way.gap + sum(weight * moved[cell] for cell, weight in way.cells.items() if cell in moved) == 0
            for way in ways
            if way.gap
        )

    @property
    def order(self) -> tuple[int, int, Number, tuple[int, ...]]:
        """Fewer cells first, then the more plausible slip, then the smaller change."""
        size = max(max(c.repair - c.value, c.value - c.repair) for c in self.changes)
        return len(self.changes), rank(self.slip), size, tuple(c.cell for c in self.changes)


def repairs(
    constraints: Sequence[Constraint], figures: Mapping[int, Figure], depth: int = DEPTH
) -> list[tuple[Repair, ...]]:
    """For each cause of the violated constraints its smallest repairs of `depth` cells at most, the most plausible first."""
    graph = _Graph(constraints, figures)
    causes: list[tuple[Repair, ...]] = []
    rest: list[list[Constraint]] = []
    for cluster in _clusters([c for c in constraints if not c.holds and c.operator == "=="]):
        found = graph.smallest(cluster, 1)
        if found:
            causes.append(found)
        else:
            rest.append(cluster)
    if len(causes) == 2 and not rest:
        # Two figures in each other's place look like two mistakes.
        together = graph.smallest([c for c in constraints if not c.holds and c.operator == "=="], 2)
        if exchanged := tuple(repair for repair in together if repair.slip in ("swapped", "split")):
            return [exchanged]
    # What one cell does not explain may be connected by identities that hold.
    for linked in graph.linked(rest) if depth > 1 else ():
        if found := graph.smallest(linked, depth):
            causes += graph.apart(found)
    return causes


def borne_out(cause: tuple[Repair, ...], witnesses: Sequence[Sequence[Constraint]]) -> tuple[Repair, ...]:
    """The repairs of a cause, first those that settle most of `witnesses`, which are given as the ways to settle each.

    What no identity of a cause says by itself, other words of the report may: there the sums are not all in doubt.
    """
    counts = [sum(repair.settles(ways) for ways in witnesses) for repair in cause]
    most = max(counts)
    if most == min(counts) or all(len(c.cells) <= 2 for c in cause[0].satisfies):
        return cause
    told = [repair._replace(slip="told") for repair, n in zip(cause, counts, strict=True) if n == most]
    return (*told, *(repair for repair, n in zip(cause, counts, strict=True) if n < most))


def _clusters(violated: Sequence[Constraint]) -> list[list[Constraint]]:
    """Violated constraints by the cells that they share, directly or through others."""
    clusters: list[tuple[set[int], list[Constraint]]] = []
    for constraint in violated:
        cells, members = set(constraint.cells), [constraint]
        apart = []
        for other in clusters:
            if cells.isdisjoint(other[0]):
                apart.append(other)
            else:
                cells |= other[0]
                members = other[1] + members
        clusters = [*apart, (cells, members)]
    return [members for _, members in clusters]


class _Graph:
    def __init__(self, constraints: Sequence[Constraint], figures: Mapping[int, Figure]) -> None:
        self.figures = figures
        self.around: dict[int, list[Constraint]] = {}
        for constraint in constraints:
            for cell in constraint.cells:
                self.around.setdefault(cell, []).append(constraint)

    def linked(self, clusters: Sequence[list[Constraint]]) -> list[list[Constraint]]:
        """Clusters joined where an identity has cells of both."""
        bridges = []
        for cluster in clusters:
            cells = {cell for constraint in cluster for cell in constraint.cells}
            beside = {n for cell in cells for c in self.around[cell] for n in c.cells}
            bridges.append(Constraint("", dict.fromkeys(cells | beside, 1), 1))
        groups = _clusters(bridges)
        numbers = {id(bridge): n for n, group in enumerate(groups) for bridge in group}
        joined: list[list[Constraint]] = [[] for _ in groups]
        for cluster, bridge in zip(clusters, bridges, strict=True):
            joined[numbers[id(bridge)]] += cluster
        return joined

    def smallest(self, violated: Sequence[Constraint], depth: int) -> tuple[Repair, ...]:
        """Every repair of the fewest cells, up to `depth` of them; none where that is not enough."""
        self.nodes = 0
        for size in range(1, depth + 1):
            found: dict[frozenset[int], Repair] = {}
            self._branch(frozenset(), size, violated, found, set())
            if self.nodes > _NODES:
                # What was not looked at may be as good as what was found.
                return ()
            if found:
                return tuple(sorted(found.values(), key=lambda repair: repair.order)[:_LISTED])
        return ()

    def apart(self, found: tuple[Repair, ...]) -> list[tuple[Repair, ...]]:
        """Repairs of several cells as the causes that they are: what one slip explains is one, what two do is another.

        Where the best repairs do not agree on what belongs together, all of it stays one cause.
        """
        split = [self._blocks(repair) for repair in found]
        keys = [{tuple(c.key for c in block.satisfies) for block in blocks} for blocks in split]
        best = [key for key, repair in zip(keys, found, strict=True) if rank(repair.slip) == rank(found[0].slip)]
        if len(split[0]) < 2 or any(key != keys[0] for key in best):
            return [found]
        causes: dict[tuple[Key, ...], dict[tuple[Change, ...], Repair]] = {}
        for key, blocks, repair in zip(keys, split, found, strict=True):
            for block in blocks if key == keys[0] else split[0]:
                rivals = causes.setdefault(tuple(c.key for c in block.satisfies), {})
                told = block if key == keys[0] else repair
                rivals.setdefault(told.changes, told)
        return [tuple(sorted(rivals.values(), key=lambda repair: repair.order)) for rivals in causes.values()]

    def _blocks(self, repair: Repair) -> list[Repair]:
        """The slips of a repair, each with what it settles by itself; and all of them for what is left."""
        if repair.slip in ("swapped", "split"):
            return [repair]
        slips: list[list[Change]] = []
        for change in repair.changes:
            beside = self._upset(change)
            apart = [s for s in slips if all(c.cell not in beside and change.cell not in self._upset(c) for c in s)]
            joined = [c for s in slips if s not in apart for c in s]
            slips = [*apart, [*joined, change]]
        blocks, left = [], list(repair.satisfies)
        for changes in slips:
            others = {c.cell for c in repair.changes if c not in changes}
            settled = tuple(c for c in repair.satisfies if others.isdisjoint(c.cells))
            if settled:
                blocks.append(Repair(tuple(changes), settled, self._slip(changes, settled)))
                left = [c for c in left if c not in settled]
        if left:
            blocks.append(Repair(repair.changes, tuple(left), repair.slip))
        return blocks

    def _upset(self, change: Change) -> set[int]:
        """The cells of which one has to change as well, or what holds would not: an amount is moved between them."""
        by = change.repair - change.value
        return {
            cell
            for c in self.around[change.cell]
            if c.holds and (c.operator == "==" or c.gap + c.cells[change.cell] * by > 0)
            for cell in c.cells
        }

    def _branch(
        self,
        chosen: frozenset[int],
        size: int,
        violated: Sequence[Constraint],
        found: dict[frozenset[int], Repair],
        seen: set[frozenset[int]],
    ) -> None:
        if chosen in seen or self.nodes > _NODES:
            return
        seen.add(chosen)
        self.nodes += 1
        answer = self._attempt(chosen, violated)
        if isinstance(answer, Repair):
            found[chosen] = answer
        elif len(chosen) < size:
            for cell in sorted(answer):
                self._branch(chosen | {cell}, size, violated, found, seen)

    def _attempt(self, chosen: frozenset[int], violated: Sequence[Constraint]) -> Repair | set[int]:
        """The repair that changes `chosen`, else cells of which one must change as well (none: a dead end)."""
        untouched = [c for c in violated if chosen.isdisjoint(c.cells)]
        if untouched:
            return set(min(untouched, key=lambda c: len(c.cells)).cells)
        touched = {id(c): c for cell in chosen for c in self.around[cell]}.values()
        cells = sorted(chosen)
        equalities = [c for c in touched if c.operator == "=="]
        solution = _solve_one(equalities, *cells) if len(cells) == 1 else _solve(equalities, cells)
        if isinstance(solution, set):
            return solution - chosen
        changes = []
        for cell, difference in zip(cells, solution, strict=True):
            figure = self.figures[cell]
            repair = _number(_minus(figure.value, -1, difference))
            if not difference:
                return set()
            if repair is None or (figure.whole and repair != int(repair)) or (repair < 0 and not figure.signed):
                return {n for c in touched for n in c.cells} - chosen
            changes.append(Change(cell, figure.value, int(repair) if figure.whole else repair))
        moved = {change.cell: change.repair - change.value for change in changes}
        for c in touched:
            if c.operator == "==":
                continue
            shift = sum(weight * moved[n] for n, weight in c.cells.items() if n in moved)
            if c.gap + shift > max(0, c.gap):
                return {n for c in touched for n in c.cells} - chosen
        return Repair(tuple(changes), tuple(violated), self._slip(changes, violated))

    def _slip(self, changes: Sequence[Change], violated: Sequence[Constraint]) -> Slip:
        # That text and table disagree is no reason to believe one of them.
        evident = any(len(c.cells) > 2 for c in violated)
        slips = [self._single(change, evident) for change in changes]
        if len(changes) == 2:
            a, b = changes
            beside = any(b.cell in c.cells for c in self.around[a.cell])
            together = pair((a.value, b.value), (a.repair, b.repair))
            if beside and together != "other":
                return together
        return max(slips, key=rank)

    def _single(self, change: Change, evident: bool) -> Slip:
        figure = self.figures[change.cell]
        if evident and figure.told is not None and figure.told == change.repair:
            return "told"
        if figure.blank:
            return "blank"
        by_hand = slip(change.value, change.repair)
        if by_hand != "other":
            return by_hand
        for constraint in self.around[change.cell]:
            own = constraint.cells[change.cell]
            opposite = [n for n, weight in constraint.cells.items() if weight * own < 0]
            beside = [n for n, weight in constraint.cells.items() if weight * own > 0 and n != change.cell]
            if not beside:
                # A total alone on its side: which part did it miss?
                adding = miscounted(change.repair - change.value, (self.figures[n].value for n in opposite))
                if adding != "other":
                    return adding
            elif len(opposite) == 1 and change.value == self.figures[opposite[0]].value:
                return "total_as_part"
        return "other"


def _number(value: Exact) -> Number | None:
    """The number as a report would print it; None for one that has no end in decimals."""
    if not isinstance(value, Fraction):
        return value
    if value.denominator == 1:
        return value.numerator
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return number if Fraction(number) == value else None


def _solve_one(equalities: Sequence[Constraint], cell: int) -> list[Exact] | set[int]:
    """The same as `_solve` for one cell, which most slips change."""
    if not equalities:
        return set()
    gap, cells = equalities[0].gap, equalities[0].cells
    weight = cells[cell]
    for other in equalities:
        own = other.cells[cell]
        if not own or not (type(other.gap) is type(own) is type(gap) is type(weight) is int):
            return _solve(equalities, [cell])
        if other.gap * weight != gap * own:
            both = cells.keys() | other.cells.keys()
            return {n for n in both if other.cells.get(n, 0) * weight != cells.get(n, 0) * own}
    return [-gap * weight if weight in (1, -1) else Fraction(-gap) / _fraction(weight)]


def _solve(equalities: Iterable[Constraint], cells: Sequence[int]) -> list[Exact] | set[int]:
    """What to add to each of `cells` so that all `equalities` hold.

    Where nothing does: the other cells of a combination of equalities that contradicts itself, of which one
    must change, too. Where more than one thing does: no cells, for then fewer of them are enough or none is
    determined.
    """
    pivots: list[tuple[int, list[Exact], Exact, dict[int, Exact]]] = []
    for constraint in equalities:
        row: list[Exact] = [constraint.cells.get(cell, 0) for cell in cells]
        gap: Exact = -constraint.gap
        combined: dict[int, Exact] = dict(constraint.cells)
        for at, other, other_gap, other_combined in pivots:
            if factor := row[at]:
                row = [_minus(a, factor, b) for a, b in zip(row, other, strict=True)]
                gap = _minus(gap, factor, other_gap)
                for cell, weight in other_combined.items():
                    combined[cell] = _minus(combined.get(cell, 0), factor, weight)
        at = next((n for n, weight in enumerate(row) if weight), -1)
        if at < 0:
            if gap:
                return {cell for cell, weight in combined.items() if weight}
            continue
        if row[at] != 1:
            # A total counts -1: then whole numbers stay whole.
            less = 1 if row[at] == -1 else Fraction(-1) / _fraction(row[at])
            row, gap = [_minus(0, less, a) for a in row], _minus(0, less, gap)
            combined = {cell: _minus(0, less, weight) for cell, weight in combined.items()}
        pivots.append((at, row, gap, combined))
    if len(pivots) < len(cells):
        return set()
    values: dict[int, Exact] = {}
    for at, row, gap, _ in reversed(pivots):
        for n, value in values.items():
            gap = _minus(gap, row[n], value)
        values[at] = gap
    return [values[n] for n in range(len(cells))]


def _minus(a: Exact, factor: Exact, b: Exact) -> Exact:
    if isinstance(a, int) and isinstance(b, int) and isinstance(factor, int):
        return a - factor * b
    return _fraction(a) - _fraction(factor) * _fraction(b)


def _fraction(value: Exact) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(value)


def fillings(constraints: Iterable[Constraint], blank: Iterable[int]) -> dict[int, tuple[Number, Number | None]] | None:
    """What each blank cell may hold so that the constraints can be satisfied; None where nothing fits.

    Bounds are narrowed constraint by constraint until they stay: None is certain, bounds may be too wide.
    """
    bounds: dict[int, tuple[Number, Number | None]] = dict.fromkeys(blank, (0, None))
    concerned = [
        c
        for c in constraints
        if c.operator == "==" and not bounds.keys().isdisjoint(c.cells) and all(abs(w) == 1 for w in c.cells.values())
    ]
    for _ in range(8):
        before = dict(bounds)
        for constraint in concerned:
            for cell in constraint.cells.keys() & bounds.keys():
                narrowed = _narrowed(constraint, cell, bounds)
                if narrowed is None:
                    return None
                bounds[cell] = narrowed
        if bounds == before:
            break
    return bounds


def _narrowed(
    constraint: Constraint, cell: int, bounds: Mapping[int, tuple[Number, Number | None]]
) -> tuple[Number, Number | None] | None:
    """The bounds of `cell` given those of the other blanks of the constraint; None where nothing is left."""
    low: Number | None = -constraint.gap
    high: Number | None = -constraint.gap
    for other, weight in constraint.cells.items():
        if other == cell or other not in bounds:
            continue
        least, most = bounds[other]
        down, up = (least, most) if weight > 0 else (most, least)
        high = None if high is None or down is None else high - weight * down
        low = None if low is None or up is None else low - weight * up
    weight = constraint.cells[cell]
    if weight < 0:
        low, high = (None if high is None else -high), (None if low is None else -low)
    own_low, own_high = bounds[cell]
    if low is not None and low > own_low:
        own_low = low
    if high is not None and (own_high is None or high < own_high):
        own_high = high
    return None if own_high is not None and own_low > own_high else (own_low, own_high)


def connected(start: Constraint, constraints: Sequence[Constraint], blank: set[int]) -> Iterator[Constraint]:
    """`start` and the constraints that blank cells connect with it."""
    reached, waiting = {id(start)}, [start]
    by_cell: dict[int, list[Constraint]] = {}
    for constraint in constraints:
        for cell in blank.intersection(constraint.cells):
            by_cell.setdefault(cell, []).append(constraint)
    while waiting:
        constraint = waiting.pop()
        yield constraint
        for cell in blank.intersection(constraint.cells):
            for other in by_cell.get(cell, ()):
                if id(other) not in reached:
                    reached.add(id(other))
                    waiting.append(other)
