"""Tables of many documents sorted into probable layouts: the same columns, the same labels in the same order.

What is compared is a table's outline: the kinds of its columns and its labels without ordinals, notes and punctuation.
A table joins the layout with which it shares most labels; bodies add rows and leave rows out, so that not all must
be there. The work grows with the number of rows, not with the number of pairs of tables.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Generic, NamedTuple, Protocol, TypeVar

SHARED = 0.5
"""Labels that two tables of one layout share, of all that they have."""
COMMON = 0.5
"""Tables of a layout that must have a label for it to belong to the layout."""
CANDIDATES = 5
"""Layouts that a table is compared with."""
ORDER = 0.6
"""Labels of a table that follow one another as they do in its layout, of those that both have."""


class Outlined(Protocol):
    """A table with labels, and how many cells of figures stand behind them."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the rows as they are compared, in order."""
        ...

    @property
    def width(self) -> int:
        """Columns of figures."""
        ...


T = TypeVar("T", bound=Outlined)


class Cluster(NamedTuple, Generic[T]):
    """Tables of one probable layout; the `representative` has most of the rows that are common to them."""

    members: tuple[T, ...]
    labels: tuple[str, ...]
    representative: T


def clustered(tables: Iterable[T]) -> list[Cluster[T]]:
    """The probable layouts of `tables`, that of most tables first."""
    found: list[_Growing[T]] = []
    holders: dict[str, list[_Growing[T]]] = {}
    for table in tables:
        labels = set(table.labels)
        shared = Counter(one.place for label in labels for one in holders.get(label, ()))
        # Of the layouts that it shares most labels with, the few best are looked at closely.
        near = [(found[place].likeness(table), -place) for place, _ in shared.most_common(CANDIDATES)]
        likeness, place = max(near, default=(0.0, 0))
        if likeness < SHARED:
            growing = _Growing[T](len(found))
            found.append(growing)
        else:
            growing = found[-place]
        for label in labels - growing.counts.keys():
            holders.setdefault(label, []).append(growing)
        growing.add(table)
    return [one.cluster() for one in sorted(found, key=lambda one: (-len(one.members), one.place))]


class _Growing(Generic[T]):
    """A layout while tables join it."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.members: list[T] = []
        self.counts: Counter[str] = Counter()
        self.widths: Counter[int] = Counter()
        self.order: dict[str, int] = {}

    def add(self, table: T) -> None:
        self.members.append(table)
        self.counts.update(set(table.labels))
        self.widths[table.width] += 1
        for n, label in enumerate(table.labels):
            self.order.setdefault(label, n)

    def likeness(self, table: T) -> float:
        """How much of the labels that either has both have; 0 for other columns or another order."""
        labels = set(table.labels)
        common = {label for label, n in self.counts.items() if n >= COMMON * len(self.members)}
        both = labels & common
        if not both or table.width not in self.widths:
            return 0.0
        # A table that is part of the layout belongs to it, if it is no mere handful of rows.
        share = max(len(both) / len(labels | common), len(both) / len(labels) - 0.3 if len(both) > 3 else 0.0)
        places = [self.order[label] for label in table.labels if label in both]
        rising = sum(a < b for a, b in itertools.pairwise(places))
        return share if len(places) < 3 or rising >= ORDER * (len(places) - 1) else 0.0

    def cluster(self) -> Cluster[T]:
        common = {label for label, n in self.counts.items() if n >= COMMON * len(self.members)}
        best = max(self.members, key=lambda t: (len(common & set(t.labels)), -len(t.labels)))
        labels = tuple(label for label in best.labels if label in common)
        return Cluster(tuple(self.members), labels, best)
