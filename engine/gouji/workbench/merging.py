"""The rows of one form, merged from the tables of many documents: spellings of a label, and which row stands below which.

Tables are aligned row by row. Two labels are one row where they are equal; or where one is the other without a few
characters, or with a few others, and no table has both. Which row a row belongs to each table tells by itself (merged
cells, indentation, codes, ordinals), and the majority of those that tell anything decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from attrs import define, field

from gouji.layouts import plain
from gouji.nearness import distance
from gouji.workbench.sheets import Sheet, SheetRow

SURE = 0.75
"""Tables that must agree on what a row belongs to; where fewer do, the draft says that it is unsure."""
_NEGATIONS = frozenset("不非未无免")


@define(eq=False, repr=False)
class FormRow:
    """One row of the form and where it stands in each table. `parent` is the place of the row that it belongs to."""

    key: str
    found: dict[int, SheetRow] = field(factory=dict)
    spellings: Counter[str] = field(factory=Counter)
    parent: int = -1
    unsure: list[str] = field(factory=list)

    @property
    def label(self) -> str:
        """The label in its commonest spelling, canonical."""
        return max(self.spellings, key=lambda s: (self.spellings[s], -len(s), s))

    @property
    def part(self) -> bool:
        """Whether 其中 stands in front."""
        return 2 * sum(row.part for row in self.found.values()) > len(self.found)

    @property
    def spanning(self) -> bool:
        """Whether it is a cell that is merged over the rows below it."""
        return any(row.spanning for row in self.found.values())

    @property
    def heading(self) -> bool:
        """Whether no table has a figure in it."""
        return not any(row.figures for row in self.found.values())

    def common(self, column: int) -> str:
        """The commonest text of a cell."""
        texts = Counter(row.values[column] for row in self.found.values() if column < len(row.values))
        del texts[""]
        return max(texts, key=lambda t: (texts[t], t), default="")


def merged(sheets: Sequence[Sheet]) -> list[FormRow]:
    """The rows of the form that `sheets` have in common or alone, in its order, each below its parent."""
    noted = _noted(sheets)
    keys = [[_key(row, noted) for row in sheet.rows] for sheet in sheets]
    counts = Counter(key for one in keys for key in set(one))
    together = {frozenset(pair) for one in keys for pair in _pairs(sorted(set(one)))}
    order = sorted(range(len(sheets)), key=lambda n: (-sum(counts[key] for key in set(keys[n])), n))
    form: list[FormRow] = []
    for n in order:
        form = _aligned(form, n, sheets[n].rows, keys[n], counts, together)
    votes = [_parents(form, n, sheets[n], len(sheets) / 2) for n in range(len(sheets))]
    for place, row in enumerate(form):
        told = Counter(vote[place] for vote in votes if place in vote)
        if told:
            row.parent, agree = max(told.items(), key=lambda item: (item[1], -item[0]))
            if agree < SURE * told.total():
                row.unsure.append(
                    f"its place in the hierarchy: {agree} of {told.total()} sample{'s' * (told.total() != 1)}"
                )
    return form


def _noted(sheets: Sequence[Sheet]) -> frozenset[str]:
    """Labels that only their notes in brackets tell apart: 复制费(纸张), 复制费(光盘)."""
    found = set()
    for sheet in sheets:
        texts: dict[str, set[str]] = {}
        for row in sheet.rows:
            texts.setdefault(plain(row.label), set()).add(row.label)
        neighbours = zip(sheet.rows, sheet.rows[1:], strict=False)
        beside = {plain(a.label) for a, b in neighbours if plain(a.label) == plain(b.label) and a.label != b.label}
        found |= {key for key, labels in texts.items() if len(labels) > 1 and key in beside}
    return frozenset(found)


def _key(row: SheetRow, noted: frozenset[str]) -> str:
    key = plain(row.label) or row.label
    return ("*" if row.spanning else "") + (row.label if key in noted else key)


def _pairs(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    for i, one in enumerate(keys):
        for other in keys[i + 1 :]:
            if _alike(one, other):
                yield one, other


@lru_cache(1 << 16)
def _alike(one: str, other: str) -> bool:
    """Whether two labels may be spellings of one: a few characters dropped, or of long ones a few mistaken."""
    short, long = sorted((one, other), key=len)
    if 3 * (Counter(short) & Counter(long)).total() < 2 * len(long):
        return False
    if len(long) < 4 or len(long) - len(short) > len(long) // 4 or _digits(one) != _digits(other):
        return False
    rest = iter(long)
    if all(character in rest for character in short):
        return not (Counter(long) - Counter(short)).keys() & _NEGATIONS
    differ = (Counter(long) - Counter(short)).keys() | (Counter(short) - Counter(long)).keys()
    return len(short) > 4 and not differ & _NEGATIONS and distance(one, other) <= len(long) // 6


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _aligned(
    form: list[FormRow],
    number: int,
    rows: Sequence[SheetRow],
    keys: Sequence[str],
    counts: Counter[str],
    together: set[frozenset[str]],
) -> list[FormRow]:
    """The form with one more table: its rows beside those that they are, the others between them."""
    likeness: dict[tuple[str, str], int] = {}

    def score(row: FormRow, other: SheetRow, key: str) -> int:
        pair = row.key, key
        if pair not in likeness:
            rare = min(counts[row.key], counts[key]) * 4 <= max(counts[row.key], counts[key])
            known = row.key == key or key in {plain(s) for s in row.spellings if not row.spanning}
            alike = rare and frozenset(pair) not in together and _alike(*pair)
            likeness[pair] = 6 if known else 2 if alike else 0
        found = likeness[pair]
        if found:
            # What is numbered alike is more likely the same.
            near = next(iter(row.found.values()))
            found += near.ordinal == other.ordinal
        return found

    start = 0
    while start < min(len(form), len(rows)) and form[start].key == keys[start]:
        start += 1
    n, m = len(form) - start, len(rows) - start
    best = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            match = score(form[start + i], rows[start + j], keys[start + j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + match if match else 0)
    pairs = [(i, i) for i in range(start)]
    i = j = 0
    while i < n and j < m:
        match = score(form[start + i], rows[start + j], keys[start + j])
        if match and best[i][j] == best[i + 1][j + 1] + match:
            pairs.append((start + i, start + j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    found: list[FormRow] = []
    a = b = 0
    for i, j in [*pairs, (len(form), len(rows))]:
        found.extend(form[a:i])
        found.extend(_row(number, rows[k], keys[k]) for k in range(b, j))
        if i < len(form):
            form[i].found[number] = rows[j]
            form[i].spellings[rows[j].label] += 1
            found.append(form[i])
        a, b = i + 1, j + 1
    return found


def _row(number: int, row: SheetRow, key: str) -> FormRow:
    return FormRow(key, {number: row}, Counter([row.label]))


# --- hierarchy ----------------------------------------------------------------------------------------------------


def _parents(form: Sequence[FormRow], number: int, sheet: Sheet, few: float) -> dict[int, int]:
    """What each row belongs to as one table tells it: places in the form; nothing where the table tells nothing."""
    places = [place for place, row in enumerate(form) if number in row.found]
    rows = [form[place].found[number] for place in places]
    above = nested(codes := _codes(sheet, rows))
    if above:
        _coded(form, places, codes, above, few)
        return {place: places[k] if k >= 0 else -1 for place, k in zip(places, above, strict=True)}
    indents = {row.indent for row in rows}
    if len(indents) < 2 and not any(row.ordinal or row.part or row.depth for row in rows):
        return {}
    unit = next((n for n, column in enumerate(sheet.columns) if column.kind == "unit"), None)
    units = [row.values[unit] if unit is not None else "" for row in rows]
    found: dict[int, int] = {}
    stack: list[int] = []
    for n in range(len(rows)):
        while stack:
            relation = _relation(rows, units, stack, n, len(indents) > 1)
            if relation == "child":
                break
            stack.pop()
            if relation == "sibling":
                break
        found[places[n]] = places[stack[-1]] if stack else -1
        stack.append(n)
    return found


def _codes(sheet: Sheet, rows: Sequence[SheetRow]) -> list[str]:
    """The codes of the rows, from the column of codes or from in front of the labels."""
    at = next((n for n, column in enumerate(sheet.columns) if column.kind == "code"), None)
    return [(row.values[at] if at is not None else row.code).rstrip(".-") for row in rows]


def nested(codes: Sequence[str]) -> list[int]:
    """The place of the row that each row stands below as its code tells it (1, 11, 111 or 1, 1.1, 1.1.1); -1 for none.

    [] where the codes tell nothing: where one that goes as deep as others has no row to stand below, or does not
    follow it (9, 10, 11 begin with one another by chance).
    """
    parted = any(set(code) & set(".-") for code in codes)
    steps = [tuple(re.split("[.-]", code)) if parted and code else tuple(code) for code in codes]
    known = set(steps)
    found: list[int] = []
    stack: list[int] = []
    depths: dict[int, int] = {}
    for n, here in enumerate(steps):
        if not here:
            found.append(-1)
            continue
        above = next((here[:k] for k in range(len(here) - 1, 0, -1) if here[:k] in known), None)
        while stack and steps[stack[-1]] != above:
            stack.pop()
        if (above and not stack) or depths.setdefault(len(here), len(stack)) != len(stack):
            return []
        found.append(stack[-1] if stack else -1)
        stack.append(n)
    return found if any(above >= 0 for above in found) else []


def _coded(form: Sequence[FormRow], places: Sequence[int], codes: Sequence[str], above: list[int], few: float) -> None:
    """Put the rows without a code where their neighbours are: those that few tables have, behind the row above."""
    following: list[int | None] = []
    after = None
    for n in range(len(codes) - 1, -1, -1):
        following.append(after)
        after = n if codes[n] else after
    before = None
    for n, after in enumerate(reversed(following)):
        if codes[n]:
            before = n
        elif before is not None and (
            len(form[places[n]].found) < few or (after is not None and above[before] == above[after])
        ):
            above[n] = above[before]


def _relation(rows: Sequence[SheetRow], units: Sequence[str], stack: Sequence[int], n: int, indented: bool) -> str:
    """How row `n` stands to the last row of `stack`: its child, its sibling, or above it."""
    row, top = rows[n], rows[stack[-1]]
    if row.depth != top.depth:
        return "child" if row.depth > top.depth else "above"
    if row.spanning or top.spanning:
        return "sibling" if top.spanning else "above"
    if indented and row.indent != top.indent:
        return "child" if row.indent > top.indent else "above"
    if row.ordinal and top.ordinal:
        if row.ordinal.rank != top.ordinal.rank:
            return "child" if row.ordinal.rank > top.ordinal.rank else "above"
        if row.ordinal.number > top.ordinal.number:
            return "sibling"
        return "child" if row.ordinal.number == 1 and (row.part or not indented) else "above"
    if row.ordinal:
        ranks = [one for k in stack if (one := rows[k].ordinal)]
        if any(one.rank >= row.ordinal.rank and one.number < row.ordinal.number for one in ranks):
            return "above"
        if any(one.rank > row.ordinal.rank for one in ranks):
            return "above"
        return "sibling" if indented and not row.part and row.ordinal.number > 1 else "child"
    root = any(not rows[k].ordinal and not rows[k].part for k in stack)
    if top.ordinal:
        if row.part:
            return "sibling" if indented and len(stack) > 1 else "child"
        # Between 1. and 2. it belongs where they do.
        following = next((one for later in rows[n + 1 : n + 4] if (one := later.ordinal)), None)
        for k in reversed(stack):
            if following and (one := rows[k].ordinal) and following == one._replace(number=one.number + 1):
                return "sibling" if k == stack[-1] else "above"
        return "above" if root else "sibling"
    if row.part:
        return "sibling" if top.part or (indented and len(stack) > 1) else "child"
    if top.part:
        if root and any(rows[k].ordinal for k in stack):
            return "above"
        # The list that 其中 began goes on with what is counted in the same unit.
        return "sibling" if units[n] == units[stack[-1]] and not row.label.endswith("总数") else "above"
    return "sibling"
