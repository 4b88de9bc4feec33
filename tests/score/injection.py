"""One wrong figure, or two: is it reported, and is the culprit named?

Consistent tables of 2019 and 2021 are drawn with realistic magnitudes and zeros, one figure is changed by one slip,
and what gouji says is held against brute force: which single figures (or pairs) can be changed so that every
identity of the form holds is computed here from the form alone, without gouji's rules and without its search.

    python tests/score/injection.py [TRIALS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import gouji
from gouji import rules
from gouji.document import Document
from gouji.findings import Suspect
from gouji.pipeline import Engine
from gouji.records import Observation, Report
from gouji.spans import Span

COLUMNS = ("natural", "commercial", "research", "welfare", "legal", "other")
RESULTS = ("upheld", "corrected", "other", "pending")
T3 = "requests.t3."
SUITS = ("review", "litigation.direct", "litigation.after_review")

Table = dict[str, int]
Change = tuple[str, int]


class Equation(NamedTuple):
    """Cells on the left and on the right, whose sums must agree."""

    left: tuple[str, ...]
    right: tuple[str, ...]


def outcomes(engine: Engine, year: int) -> list[str]:
    """The rows of results of the form of `year`."""
    return list(engine.registry.groups[f"outcomes_{year}"])


def equations(results: Sequence[str]) -> list[Equation]:
    """What the form prescribes: its note on the columns, and the meaning of every total."""
    rows = ["new", "carried_in", *(f"outcome.{r}" for r in results), "outcome.total", "carried_out"]
    found = []
    for column in (*COLUMNS, "total"):
        at = {row: f"{T3}{row}.{column}" for row in rows}
        found.append(Equation((at["new"], at["carried_in"]), (at["outcome.total"], at["carried_out"])))
        found.append(Equation(tuple(at[f"outcome.{r}"] for r in results), (at["outcome.total"],)))
    found += [Equation(tuple(f"{T3}{r}.{c}" for c in COLUMNS), (f"{T3}{r}.total",)) for r in rows]
    found += [Equation(tuple(f"{suit}.{r}" for r in RESULTS), (f"{suit}.total",)) for suit in SUITS]
    return found


def draw(random: Random, results: Sequence[str]) -> Table:
    """A consistent report: natural persons ask most, most cells are 0."""
    table: Table = {}
    scale = random.choice((8, 60, 400, 3000))
    for column in COLUMNS:
        share = {"natural": 1.0, "commercial": 0.15}.get(column, 0.02)
        closed = 0
        for result in results:
            likely = {"granted": 0.9, "partial": 0.5, "unable.not_held": 0.7}.get(result, 0.12)
            some = int(random.expovariate(1 / (scale * share / 6 + 0.2))) if random.random() < likely else 0
            table[f"{T3}outcome.{result}.{column}"] = some
            closed += some
        out = random.randint(0, closed // 10 + 1) if closed else 0
        table[f"{T3}outcome.total.{column}"] = closed
        table[f"{T3}carried_out.{column}"] = out
        carried = random.randint(0, min(closed + out, closed // 10 + 1))
        table[f"{T3}carried_in.{column}"] = carried
        table[f"{T3}new.{column}"] = closed + out - carried
    for row in list(dict.fromkeys(name.rpartition(".")[0] for name in table)):
        table[f"{row}.total"] = sum(table[f"{row}.{column}"] for column in COLUMNS)
    for suit in SUITS:
        parts = [random.choice((0, 0, 0, 1, 2, 5, 11)) for _ in RESULTS]
        table |= {f"{suit}.{name}": n for name, n in zip(RESULTS, parts, strict=True)}
        table[f"{suit}.total"] = sum(parts)
    return table


def report(table: Mapping[str, int], year: int) -> Report:
    """The report that prints these figures."""
    form = "table2019" if year < 2021 else "table2021"
    observations = tuple(
        Observation(path, "table", "value", n, n, n, "件", str(n), "", Span(i, i + 1), table=3 if T3 in path else 4)
        for i, (path, n) in enumerate(table.items())
    )
    return Report(Document("", "", ""), form, (form, "narrative"), "Hans", year, observations=observations)


# Slips ---------------------------------------------------------------------------------------------------


def _digit(random: Random, table: Table, cell: str) -> Table:
    digits = list(str(table[cell]))
    at = random.randrange(len(digits))
    digits[at] = random.choice([d for d in "0123456789" if d != digits[at]])
    return {cell: int("".join(digits))}


def _transposed(random: Random, table: Table, cell: str) -> Table:
    digits = list(str(table[cell]))
    if len(digits) < 2:
        return {}
    at = random.randrange(len(digits) - 1)
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return {cell: int("".join(digits))}


def _dropped(random: Random, table: Table, cell: str) -> Table:
    digits = str(table[cell])
    at = random.randrange(len(digits))
    return {cell: int(digits[:at] + digits[at + 1 :])} if len(digits) > 1 else {}


def _doubled(random: Random, table: Table, cell: str) -> Table:
    digits = str(table[cell])
    at = random.randrange(len(digits))
    return {cell: int(digits[: at + 1] + digits[at:])}


def _tenfold(random: Random, table: Table, cell: str) -> Table:
    return {cell: table[cell] * 10}


def _total_as_part(random: Random, table: Table, cell: str) -> Table:
    row, _, column = cell.rpartition(".")
    return {cell: table[f"{row}.total"]} if column != "total" else {}


def _partial_twice(random: Random, table: Table, cell: str) -> Table:
    column = random.choice((*COLUMNS, "total"))
    total = f"{T3}outcome.total.{column}"
    return {total: table[total] + table[f"{T3}outcome.partial.{column}"]}


def _left_out(random: Random, table: Table, cell: str) -> Table:
    row, _, column = cell.rpartition(".")
    return {f"{row}.total": table[f"{row}.total"] - table[cell]} if column != "total" else {}


def _swapped(random: Random, table: Table, cell: str) -> Table:
    cells = list(table)
    at = cells.index(cell)
    other = cells[at + 1] if at + 1 < len(cells) else cells[at - 1]
    return {cell: table[other], other: table[cell]}


def _split(random: Random, table: Table, cell: str) -> Table:
    row, _, column = cell.rpartition(".")
    digits = str(table[cell])
    if column not in COLUMNS[:-1] or len(digits) < 2:
        return {}
    beside = f"{row}.{COLUMNS[COLUMNS.index(column) + 1]}"
    return {cell: int(digits[0]), beside: int(digits[1:])} if table[beside] == 0 else {}


def _two(random: Random, table: Table, cell: str) -> Table:
    other = random.choice([name for name in table if name != cell])
    return _digit(random, table, cell) | _digit(random, table, other)


Slip = Callable[[Random, Table, str], Table]
ONE: dict[str, Slip] = {
    "one digit wrong": _digit,
    "two digits swapped": _transposed,
    "a digit dropped": _dropped,
    "a digit doubled": _doubled,
    "ten times as much": _tenfold,
    "total typed as a part": _total_as_part,
    "partial counted twice": _partial_twice,
    "part left out of a total": _left_out,
}
TWO: dict[str, Slip] = {"neighbours swapped": _swapped, "split over two cells": _split, "two digits wrong": _two}


# Brute force ---------------------------------------------------------------------------------------------


class Truth:
    """Which figures, changed alone or in pairs, satisfy every equation; found by trying all of them."""

    def __init__(self, form: Sequence[Equation], table: Mapping[str, int]) -> None:
        self.table = table
        self.gaps = [sum(table[c] for c in e.left) - sum(table[c] for c in e.right) for e in form]
        self.weights: dict[str, dict[int, int]] = {cell: {} for cell in table}
        for n, equation in enumerate(form):
            for side, weight in ((equation.left, 1), (equation.right, -1)):
                for cell in side:
                    self.weights[cell][n] = weight
        self.wrong = {n for n, gap in enumerate(self.gaps) if gap}

    def _value(self, cell: str, only: Iterable[int]) -> int | None:
        """What `cell` must be so that these equations hold by it alone; None where they disagree."""
        needed = {self.table[cell] - self.gaps[n] * self.weights[cell][n] for n in only}
        return needed.pop() if len(needed) == 1 else None

    def singles(self) -> set[frozenset[Change]]:
        """Changes of one figure."""
        found = set()
        for cell, weights in self.weights.items():
            if weights and weights.keys() == self.wrong:
                value = self._value(cell, weights)
                if value is not None and value >= 0:
                    found.add(frozenset({(cell, value)}))
        return found

    def pairs(self) -> set[frozenset[Change]]:
        """Changes of two figures."""
        found = set()
        for a, b in combinations(self.weights, 2):
            first, second = self.weights[a], self.weights[b]
            if not self.wrong <= first.keys() | second.keys():
                continue
            both = first.keys() & second.keys()
            x, y = self._value(a, first.keys() - both), self._value(b, second.keys() - both)
            if x is None and y is not None and both and len(first) == len(both):
                x = self._rest(a, b, y, both)
            elif y is None and x is not None and both and len(second) == len(both):
                y = self._rest(b, a, x, both)
            if x is None or y is None or min(x, y) < 0 or x == self.table[a] or y == self.table[b]:
                continue
            shift = {a: x - self.table[a], b: y - self.table[b]}
            if all(self.gaps[n] + first[n] * shift[a] + second[n] * shift[b] == 0 for n in both):
                found.add(frozenset({(a, x), (b, y)}))
        return found

    def _rest(self, cell: str, other: str, value: int, both: Iterable[int]) -> int | None:
        shift = value - self.table[other]
        needed = {
            self.table[cell] - (self.gaps[n] + self.weights[other][n] * shift) * self.weights[cell][n] for n in both
        }
        return needed.pop() if len(needed) == 1 else None


# The experiment ------------------------------------------------------------------------------------------


class Tally:
    """How often what was asked for came out, for one kind of slip."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.trials = self.reported = self.identifiable = self.first = self.leading = self.listed = self.absurd = 0
        self.missed: list[Table] = []

    def row(self) -> tuple[str, ...]:
        """Its line of the table."""

        def share(n: int, of: int) -> str:
            return f"{n / of:.1%}" if of else "–"

        return (
            self.kind, str(self.trials), share(self.reported, self.trials), str(self.identifiable),
            share(self.first, self.identifiable), share(self.leading, self.identifiable),
            share(self.listed, self.trials), str(self.absurd),
        )  # fmt: skip


HEADS = (
    "slip", "trials", "reported", "identifiable", "named first", "among the first three", "listed", "absurd repairs",
)  # fmt: skip


def published(engine: Engine, cases: Iterable[Mapping[str, Any]]) -> list[tuple[int, Table]]:
    """(form, table) of the published reports whose tables 3 and 4 are known whole and agree."""
    found = []
    for case in cases:
        year = 2019 if case["era"] == "table2019" else 2021
        form = equations(outcomes(engine, year))
        cells = dict.fromkeys(cell for e in form for cell in (*e.left, *e.right))
        figures = case["figures"]
        if all(isinstance(figures.get(cell, ""), int | None) for cell in cells):
            table = {cell: figures[cell] or 0 for cell in cells}
            if not Truth(form, table).wrong:
                found.append((year, table))
    return found


def run(
    engine: Engine, trials: int, seed: int = 1, pool: Sequence[tuple[int, Table]] = ()
) -> tuple[list[Tally], list[float]]:
    """`trials` of one slip and a quarter as many of two; the seconds that each check took.

    Every second table is one of `pool`, (form, table), where there is one.
    """
    random = Random(seed)
    tallies: list[Tally] = []
    seconds: list[float] = []
    for kinds, count in ((ONE, trials), (TWO, trials // 4)):
        for kind, slip in kinds.items():
            tally = Tally(kind)
            while tally.trials < max(1, count // len(kinds)):
                year = random.choice((2019, 2021))
                table = draw(random, outcomes(engine, year))
                if pool and random.random() < 0.5:
                    year, table = random.choice(pool)
                form = outcomes(engine, year)
                changed = slip(random, table, random.choice(list(table)))
                truth = frozenset((cell, table[cell]) for cell, n in changed.items() if n != table[cell])
                if len(truth) != (1 if kinds is ONE else 2):
                    continue
                _try(engine, tally, table | changed, year, equations(form), truth, seconds)
            tallies.append(tally)
    return tallies, seconds


def _try(
    engine: Engine, tally: Tally, table: Table, year: int, form: Sequence[Equation], truth: frozenset[Change],
    seconds: list[float],
) -> None:  # fmt: skip
    tried = Truth(form, table)
    if not tried.wrong:
        return
    printed = report(table, year)
    before = perf_counter()
    findings, _ = rules.check(engine.rulebook, printed)
    seconds.append(perf_counter() - before)
    errors = [f for f in findings if f.severity == "error" and f.verdict == "fail"]
    paths = [o.path for o in printed.observations]
    causes = {f.group: _repairs(f.suspects, paths) for f in errors if f.suspects}
    fewest = tried.singles() or (tried.pairs() if len(truth) == 2 else set())
    tally.trials += 1
    tally.reported += bool(errors)
    listed = [repair for repairs in causes.values() for repair in repairs]
    # Two causes far apart are two repairs of one figure each.
    parts = [truth] if len(causes) < 2 else [frozenset({change}) for change in truth]
    tally.listed += all(part in listed for part in parts)
    tally.absurd += any(value < 0 or value != int(value) for repair in listed for _, value in repair)
    if fewest == {truth}:
        tally.identifiable += 1
        tally.first += all(any(repairs[0] == part for repairs in causes.values()) for part in parts)
        leading = all(any(part in repairs[:3] for repairs in causes.values()) for part in parts)
        tally.leading += leading
        if not leading:
            tally.missed.append(table)


def _repairs(suspects: Sequence[Suspect], paths: Sequence[str]) -> list[frozenset[Change]]:
    ranks: dict[int, list[Change]] = {}
    for suspect in suspects:
        ranks.setdefault(suspect.rank, []).append((paths[suspect.operand], suspect.repair))  # type: ignore[arg-type]
    return [frozenset(changes) for changes in ranks.values()]


def markdown(tallies: Sequence[Tally]) -> str:
    """The table as Markdown."""
    lines = [HEADS, ("---",) + ("---:",) * (len(HEADS) - 1), *(t.row() for t in tallies)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Run the experiment and print its table."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    tallies, seconds = run(gouji.engine(), trials)
    print(markdown(tallies))
    print(f"check with localisation: 95th percentile {quantiles(seconds, n=20)[-1] * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
