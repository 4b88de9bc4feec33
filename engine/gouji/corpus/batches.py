"""Batches: the pieces of a corpus that are worked on, written and resumed as one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from gouji.corpus.walk import Item

MEAN, MOST = 50, 200
"""Files a batch: on average, and at most."""


class Batch(NamedTuple):
    """Consecutive inputs; `number` counts the batches of a run."""

    number: int
    items: tuple[Item, ...]


def batches(items: Iterable[Item]) -> Iterator[Batch]:
    """Cut the inputs into batches.

    Where a batch ends the name of its last input decides: an input that is added or removed changes its own
    batch and leaves the others what they were.
    """
    held: list[Item] = []
    number = 0
    for item in items:
        held.append(item)
        if len(held) == MOST or _ends(item.name):
            yield Batch(number, tuple(held))
            number += 1
            held = []
    if held:
        yield Batch(number, tuple(held))


def evened(found: Iterable[Batch], held: int) -> Iterator[Batch]:
    """The batches in their order, but the last `held` of them by size: whoever ends first waits for a small one only."""
    waiting: deque[Batch] = deque()
    for batch in found:
        waiting.append(batch)
        if len(waiting) > held:
            yield waiting.popleft()
    yield from sorted(waiting, key=lambda batch: -len(batch.items))


def _ends(name: str) -> bool:
    return int.from_bytes(sha256(name.encode("utf-8", "surrogateescape")).digest()[:4], "big") % MEAN == 0
