"""How a figure comes to be wrong: the slips of copying and adding, told from what is printed and what would fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from gouji.records import Number, number_text

# From the most to the least plausible; the words for each stand in the messages (`slip.digit`).
Slip: TypeAlias = Literal[
    "told", "swapped", "split", "digit", "transposed", "dropped", "doubled", "tenfold", "left_out", "counted_twice",
    "total_as_part", "blank", "other",
]  # fmt: skip

_RANK: dict[str, int] = {
    "told": 0,
    "swapped": 1,
    "split": 1,
    "digit": 2,
    "transposed": 2,
    "dropped": 2,
    "doubled": 2,
    "tenfold": 2,
    "left_out": 3,
    "counted_twice": 3,
    "total_as_part": 3,
    "blank": 4,
    "other": 5,
}


def rank(slip: str) -> int:
    """How plausible a slip is: 0 is the most."""
    return _RANK[slip]


def slip(printed: Number, right: Number) -> Slip:
    """The slip of the hand that makes `printed` out of `right`; "other" where it is none."""
    a, b = (number_text(n) for n in (printed, right))
    if len(a.partition(".")[2]) != len(b.partition(".")[2]):
        return "tenfold" if printed and right and (printed == right * 10 or right == printed * 10) else "other"
    a, b = a.replace(".", ""), b.replace(".", "")
    if printed and right and (printed == right * 10 or right == printed * 10):
        return "tenfold"
    if len(a) == len(b):
        differing = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(differing) == 1:
            return "digit"
        if len(differing) == 2:
            i, j = differing
            if (a[i], a[j]) == (b[j], b[i]):
                return "transposed"
    elif _without_one(a, b) is not None:
        return "dropped"
    elif (at := _without_one(b, a)) is not None:
        return "doubled" if a[at] in a[max(at - 1, 0) : at] + a[at + 1 : at + 2] else "other"
    return "other"


def _without_one(short: str, long: str) -> int | None:
    """Which digit of `long` is missing in `short`; None where more than one is, or another one."""
    if len(long) != len(short) + 1:
        return None
    at = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    return at if short[at:] == long[at + 1 :] else None


def miscounted(change: Number, parts: Iterable[Number]) -> Slip:
    """The slip of adding that leaves a total `change` short of its parts, or beyond them."""
    known = {part for part in parts if part}
    if change > 0 and change in known:
        return "left_out"
    return "counted_twice" if -change in known else "other"


def pair(printed: tuple[Number, Number], right: tuple[Number, Number]) -> Slip:
    """The slip that explains two neighbouring figures at once; "other" where there is none."""
    if printed == (right[1], right[0]):
        return "swapped"
    joined = "".join(map(number_text, printed))
    if joined.isdecimal() and sorted((right[0], right[1])) == [0, int(joined)]:
        return "split"
    return "other"
