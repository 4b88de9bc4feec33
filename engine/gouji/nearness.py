"""How near a damaged label is to one that a form has."""

from __future__ import annotations

from gouji.layouts import RowLabel


def _tolerance(label: str) -> int:
    """How many characters a damaged label may differ from `label` by."""
    return len(label) // 4


def far_from(label: str, known: RowLabel) -> int | None:
    """How far a label is from that of a row; None where it is too far to be meant."""
    near = [far for text in known.texts if (far := _within(label, text)) is not None]
    return min(near, default=None)


def _within(label: str, known: str) -> int | None:
    """How far a label is from `known`; None beyond the tolerance."""
    longer, tolerance = max(len(label), len(known)), _tolerance(known)
    # What is not shared is the least that has to be edited: for most labels counting is enough.
    if abs(len(label) - len(known)) > tolerance or longer - shared(label, known) > tolerance:
        return None
    far = distance(label, known)
    return far if far <= tolerance else None


def resembles(label: str, known: str) -> bool:
    """Whether a label may be meant for `known`, its characters shuffled or not: it is no row of its own then."""
    both = len(label) + len(known)
    if 2 * min(len(label), len(known)) < 0.8 * both and abs(len(label) - len(known)) > _tolerance(known):
        return False
    return 2 * shared(label, known) >= 0.8 * both or _within(label, known) is not None


def shared(label: str, known: str) -> int:
    """How many characters two labels have in common, wherever they stand."""
    return sum(min(label.count(c), known.count(c)) for c in set(known).intersection(label))


def distance(a: str, b: str) -> int:
    """The edit distance (Levenshtein) of two short texts, of which 80 characters count."""
    a, b = a[:80], b[:80]
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (one != other))
    return row[-1]
