"""Equations that hold between the figures of a form in its samples, and whether they are laws or accidents.

Only what the form itself suggests is tried: a row and the rows below it, a row called 合计 and the rows beside it, a
column called 合计 and those beside it, 其中, 累计. No search is made among figures that have nothing to do with each
other. A sum is then proposed where it holds in samples enough of which say something (the total and two parts at
least are not 0, and no other sample has the same figures), and where accidents cannot explain it: how often would it
hold if the total were any other figure that stands in the same column of the sample, or in the same cell of the
others? The product of these shares over the samples, times the number of equations tried, is the number of
equations to be expected that hold by accident; it must be below `ACCIDENTS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb
from typing import NamedTuple

from gouji.patterns import Pattern
from gouji.quantities import cell
from gouji.records import Number
from gouji.workbench.merging import FormRow

ACCIDENTS = 0.01
"""Accidental equations to be expected among those tried, at most."""
SAYING = 3
"""Samples that must say something."""
SLIPS = 0.1
"""Samples in which a sum may fail: reports have mistakes, and it is for these that the rule is wanted."""

SHARE = "%"
"""The unit of shares and rates, which add up to nothing."""

Cell = tuple[int, int]
"""(row of the form, column of figures)"""


class Figures:
    """The figures of a form: for each sample a number by cell; blank cells and marks such as "/" count 0."""

    def __init__(self, form: Sequence[FormRow], columns: Sequence[Sequence[int]]) -> None:
        self.samples: list[dict[Cell, Number]] = []
        self.printed: list[set[Cell]] = []
        self.unreadable: list[set[Cell]] = []
        for number, places in enumerate(columns):
            numbers: dict[Cell, Number] = {}
            printed: set[Cell] = set()
            unreadable: set[Cell] = set()
            for i, row in enumerate(form):
                values = row.found[number].values if number in row.found else ()
                for j, place in enumerate(places):
                    if 0 <= place < len(values):
                        state, quantity = cell(values[place])
                        if state == "text":
                            unreadable.add((i, j))
                        else:
                            numbers[i, j] = quantity.value if quantity else 0
                            if quantity:
                                printed.add((i, j))
            self.samples.append(numbers)
            self.printed.append(printed)
            self.unreadable.append(unreadable)


class Law(NamedTuple):
    """An equation that is proposed: `total` is the sum of `parts` and of those of `maybe` that a body adds.

    With `operator` "<=" the only part does not exceed the total. `holds` and `fails` count samples (cells of them for
    equations between columns), `saying` those among the former that say something; `accidents` is how many equations
    of this strength to expect by accident, None where the words of the form are the reason.
    """

    operator: str
    total: tuple[int | None, int | None]
    parts: tuple[tuple[int | None, int | None], ...]
    maybe: tuple[tuple[int, int], ...]
    holds: int
    saying: int
    fails: tuple[int, ...]
    accidents: float | None
    reason: str


class _Trial(NamedTuple):
    """What is to be tried: a total, its parts, rows that only some bodies have."""

    total: Cell
    parts: tuple[Cell, ...]
    maybe: tuple[Cell, ...]
    reason: str


def laws(
    form: Sequence[FormRow],
    units: Sequence[str],
    figures: Figures,
    names: Sequence[str],
    measures: Sequence[str],
    total: Pattern,
) -> list[Law]:
    """The equations to propose for a form.

    `names` are those of its columns of figures, `measures` the units that their heads print ("" for none), `units`
    those of its rows.
    """
    sums = [t for t in _row_sums(form, units, total) if t.parts]
    counted = [j for j, name in enumerate(names) if name.rpartition("/")[2] not in ("change",)]
    across = list(_column_sums(names, measures))
    tried = len(sums) * len(counted) + len(across)
    found: list[Law] = []
    settled: set[int] = set()
    for trial in sums:
        for j in counted:
            moved = _Trial(
                (trial.total[0], j),
                tuple((i, j) for i, _ in trial.parts),
                tuple((i, j) for i, _ in trial.maybe),
                trial.reason,
            )
            law = _sum(moved, figures, tried)
            if law is not None:
                found.append(law)
                settled |= {i for i, _ in trial.parts} if trial.reason == "part" else set()
    columns = (_columns(total_column, parts, form, figures, tried) for total_column, parts in across)
    found = _widest([*found, *filter(None, columns)])
    found.extend(_parts(form, units, figures, counted, settled))
    for now, since in _cumulative(names):
        law = _below(
            (None, now), (None, since), [(i, j) for i in range(len(form)) for j in [now]], since, figures, "cumulative"
        )
        if law is not None:
            found.append(law)
    return found


# --- what is tried ------------------------------------------------------------------------------------------------


def _row_sums(form: Sequence[FormRow], units: Sequence[str], total: Pattern) -> Iterator[_Trial]:
    children: dict[int, list[int]] = {}
    for i, row in enumerate(form):
        children.setdefault(row.parent, []).append(i)

    def below(i: int) -> Iterator[int]:
        """The rows with figures below a row; those below a heading stand for it."""
        for child in children.get(i, ()):
            if form[child].heading:
                yield from below(child)
            else:
                yield child

    for i, row in enumerate(form):
        parts = [k for k in below(i) if units[k] == units[i]]
        if row.heading or not parts:
            continue
        listed = [k for k in parts if not form[k].part]
        # 其中 in front of the first of several rows opens their list.
        opened = len(parts) > 1 and parts[0] not in listed and len(parts) - len(listed) == 1
        for chosen in [parts] if not listed or opened else [listed]:
            yield _trial(form, i, chosen, "part" if not listed else "below")
    for siblings in children.values():
        rows = [k for k in siblings if not form[k].heading and not form[k].part]
        for place, i in enumerate(rows):
            if total.fullmatch(form[i].label) and not any(not form[k].heading for k in children.get(i, ())):
                before = [k for k in rows[:place] if units[k] == units[i]]
                after = [k for k in rows[place + 1 :] if units[k] == units[i]]
                last = max((n for n, k in enumerate(before) if total.fullmatch(form[k].label)), default=-1)
                yield _trial(form, i, before[last + 1 :], "beside")
                if last >= 0:
                    yield _trial(form, i, [k for k in before if total.fullmatch(form[k].label)], "beside")
                    yield _trial(form, i, [k for k in before if not total.fullmatch(form[k].label)], "beside")
                if not before:
                    stop = next((n for n, k in enumerate(after) if total.fullmatch(form[k].label)), len(after))
                    yield _trial(form, i, after[:stop], "beside")


def _trial(form: Sequence[FormRow], i: int, parts: Sequence[int], reason: str) -> _Trial:
    common = [k for k in parts if len(form[k].found) * 2 >= len(form[i].found)]
    added = tuple((k, 0) for k in parts if k not in common)
    return _Trial((i, 0), tuple((k, 0) for k in common) if len(common) > 1 else (), added, reason)


def _column_sums(names: Sequence[str], measures: Sequence[str]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(column of a total, columns beside it that may add up to it): all of its unit, those before it, those behind it."""
    for j, name in enumerate(names):
        above, _, own = name.rpartition("/")
        if own == "total":
            others = [
                k
                for k, other in enumerate(names)
                if k != j
                and other.rpartition("/")[0] == above
                and other.rpartition("/")[2] not in ("total", "cumulative", "previous", "change")
            ]
            # A head that prints no unit may mean any, but no share.
            wanted = (
                [measures[j]]
                if measures[j]
                else list(dict.fromkeys(measures[k] for k in others if measures[k] != SHARE))
            )
            ways = {tuple(k for k in others if measures[k] == one) for one in ("", *wanted)}
            ways |= {tuple(k for k in others if measures[k] in ("", one)) for one in wanted}
            ways |= {side for way in ways for side in (tuple(k for k in way if k < j), tuple(k for k in way if k > j))}
            yield from ((j, way) for way in sorted(ways) if len(way) > 1)


def _cumulative(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(column of the period, column of all since): the one has the other's name but for this."""
    for j, name in enumerate(names):
        if "cumulative" in name.split("/"):
            yield from ((k, j) for k, other in enumerate(names) if other == name.replace("cumulative", "current"))


# --- what speaks for it -------------------------------------------------------------------------------------------


_Witness = tuple[int, Number, list[Number], list[Number], list[Number]]
"""A sum in one sample: number of the sample, total, parts, parts that bodies added, figures that may stand for the total."""


class _Weighed(NamedTuple):
    holds: int
    saying: int
    fails: tuple[int, ...]
    accidents: float


def _sum(trial: _Trial, data: Figures, tried: int) -> Law | None:
    rows: list[_Witness] = []
    for number, numbers in enumerate(data.samples):
        # A total that is left blank says nothing of its parts.
        if trial.total not in data.printed[number] or any(
            c in data.unreadable[number] for c in (*trial.parts, *trial.maybe)
        ):
            continue
        parts = [numbers.get(c, 0) for c in trial.parts]
        extra = [numbers[c] for c in trial.maybe if c in numbers]
        pool = [
            v for c, v in numbers.items() if c[1] == trial.total[1] and c != trial.total and c in data.printed[number]
        ]
        pool += [other[trial.total] for n, other in enumerate(data.samples) if n != number and trial.total in other]
        rows.append((number, numbers[trial.total], parts, extra, pool))
    weighed = _weigh(rows, tried)
    if weighed is None:
        return None
    return Law(
        "==",
        trial.total,
        trial.parts,
        trial.maybe,
        weighed.holds,
        weighed.saying,
        weighed.fails,
        weighed.accidents,
        trial.reason,
    )


def _columns(total: int, parts: Sequence[int], form: Sequence[FormRow], figures: Figures, tried: int) -> Law | None:
    rows: list[_Witness] = []
    for number, numbers in enumerate(figures.samples):
        for i in range(len(form)):
            if (i, total) not in figures.printed[number] or any((i, k) in figures.unreadable[number] for k in parts):
                continue
            pool = [v for (r, c), v in numbers.items() if c == total and r != i]
            rows.append((number, numbers[i, total], [numbers.get((i, k), 0) for k in parts], [], pool))
    weighed = _weigh(rows, tried)
    if weighed is None:
        return None
    cells = tuple((None, k) for k in parts)
    return Law(
        "==", (None, total), cells, (), weighed.holds, weighed.saying, weighed.fails, weighed.accidents, "column"
    )


def _weigh(rows: Sequence[_Witness], tried: int) -> _Weighed | None:
    """Whether sums are a law; None if not."""
    holds = saying = 0
    fails: list[int] = []
    chance = Fraction(1)
    seen: set[tuple[Number, ...]] = set()
    failed: set[tuple[Number, ...]] = set()
    for number, total, parts, extra, pool in rows:
        figures = (total, *parts, *extra)
        sums = {sum(parts, 0), sum(parts, 0) + sum(extra, 0)}
        if total not in sums:
            fails.append(number)
            failed.add(figures)
            continue
        holds += 1
        if not total or sum(part != 0 for part in (*parts, *extra)) < 2 or figures in seen:
            continue
        seen.add(figures)
        saying += 1
        chance *= Fraction(1 + sum(value in sums for value in pool), 1 + len(pool))
    if saying < SAYING or len(fails) > SLIPS * (holds + len(fails)):
        return None
    accidents = float(chance) * tried * comb(saying + len(failed), len(failed))
    if accidents >= ACCIDENTS:
        return None
    return _Weighed(holds, saying, tuple(dict.fromkeys(fails)), accidents)


def _widest(found: Sequence[Law]) -> list[Law]:
    """Of several sums of one total, that which holds oftenest."""
    best: dict[tuple[int | None, int | None], Law] = {}
    for law in found:
        kept = best.get(law.total)
        if kept is None or (law.holds, law.saying, len(law.parts)) > (kept.holds, kept.saying, len(kept.parts)):
            best[law.total] = law
    return list(best.values())


def _parts(
    form: Sequence[FormRow], units: Sequence[str], figures: Figures, columns: Sequence[int], settled: set[int]
) -> Iterator[Law]:
    for i, row in enumerate(form):
        above = row.parent
        if not row.part or i in settled or above < 0 or form[above].heading or units[i] != units[above]:
            continue
        for j in columns:
            law = _below((i, j), (above, j), [(i, j)], j, figures, "part", above)
            if law is not None:
                yield law


def _below(
    part: tuple[int | None, int | None],
    total: tuple[int | None, int | None],
    cells: Sequence[Cell],
    column: int,
    figures: Figures,
    reason: str,
    row: int | None = None,
) -> Law | None:
    """A part that does not exceed its whole: the words of the form say so, the samples may not contradict them."""
    holds = saying = 0
    fails: list[int] = []
    seen: Counter[tuple[Number, Number]] = Counter()
    for number, numbers in enumerate(figures.samples):
        for i, j in cells:
            whole = (i if row is None else row, column)
            if (i, j) not in figures.printed[number] or whole not in figures.printed[number]:
                continue
            small, large = numbers[i, j], numbers[whole]
            if small > large:
                fails.append(number)
                continue
            holds += 1
            if small and not seen[small, large]:
                seen[small, large] += 1
                saying += 1
    if saying < SAYING or len(fails) > SLIPS * (holds + len(fails)):
        return None
    return Law("<=", total, (part,), (), holds, saying, tuple(dict.fromkeys(fails)), None, reason)
