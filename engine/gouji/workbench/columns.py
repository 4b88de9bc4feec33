"""What the columns of a table that no grammar knows hold, told by all of their cells: codes, figures, remarks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from gouji.quantities import cell
from gouji.workbench.draftwords import DraftWords

SHAPED = 0.8
"""Cells of a column of codes that must look like codes."""
CODE = r"(?:[A-Za-z]|(?:[A-Za-z]{1,4}[.-]?)?\d{1,12}(?:[.-]\d{1,12}){0,7}[.-]?)"
"""The code of a row: K01, 1-02, 1.1.2, 0101, B."""
_CODE = re.compile(CODE)


class Grid:
    """The rows of a table that are as wide as most of its rows with figures; `width` is 0 where it has none.

    `codes` are the columns (from 0) of codes in front of the labels, `remarks` those of words behind figures. `units`
    are the words that are printed units.
    """

    def __init__(self, rows: Sequence[Sequence[str]], units: Collection[str], words: DraftWords) -> None:
        figured = [any(map(_figure, cells)) for cells in rows]
        widths = Counter(len(cells) for cells, some in zip(rows, figured, strict=True) if some)
        self.width = max(widths, key=lambda w: (widths[w], w), default=0)
        wide = [(cells, some) for cells, some in zip(rows, figured, strict=True) if len(cells) == self.width]
        above = next((n for n, (_, some) in enumerate(wide) if some), 0)
        self.kinds = [{words.kind(cells[j]) for cells, _ in wide[:above] if cells[j]} for j in range(self.width)]
        self.rows = [cells for cells, some in wide if some]
        columns = [[text for cells in self.rows if (text := cells[j])] for j in range(self.width)]
        self.texts = [sum(cell(text)[0] == "text" and text not in units for text in texts) for texts in columns]
        self.figures = [sum(map(_figure, texts)) for texts in columns]
        worded = [2 * (self.texts[j] - sum(map(is_code, texts))) > len(texts) for j, texts in enumerate(columns)]
        self.label = worded.index(True) if True in worded else self.width
        self.codes = frozenset(j for j in range(self.label % max(self.width, 1)) if _coded(columns[j]))
        self.remarks = frozenset(self._remarks([len(texts) for texts in columns]))

    def _remarks(self, filled: Sequence[int]) -> Iterator[int]:
        """Words behind figures; with figures on both sides they are remarks where they are called so, or are few."""
        figures = [
            j
            for j in range(self.label + 1, self.width)
            if self.figures[j] >= max(self.texts[j], 1) and not self._said(j)
        ]
        for j in range(self.label + 1, self.width):
            behind, last = bool(figures) and figures[0] < j, bool(figures) and figures[-1] < j
            words = self.texts[j] > self.figures[j] and not self.kinds[j] & {"unit", "code"}
            if self._said(j) or (words and behind and (last or 2 * filled[j] <= len(self.rows))):
                yield j

    def _said(self, j: int) -> bool:
        return "text" in self.kinds[j]


def aligned(rows: Sequence[list[str]], words: DraftWords) -> list[list[str]]:
    """`rows` with the empty last cells that a source left out, where head and cells leave no doubt that it did.

    A row gets them whose cells fit below the head from the left and, moved by what it lacks, do not: a row may lack
    its first cells, too, where a label is merged over several. Either all rows with figures lack as many, or what is
    lacking are remarks. A table without one row of heads is left as it is.
    """
    figured = [any(map(_figure, cells)) for cells in rows]
    above = [cells for cells in rows[: figured.index(True) if True in figured else 0] if sum(map(bool, cells)) > 1]
    if len(above) != 1 or not all(above[0]):
        return list(rows)
    width = len(above[0])
    kinds = [words.kind(text) for text in above[0]]
    lacking = Counter(width - len(cells) for cells, some in zip(rows, figured, strict=True) if some)
    whole = [cells for cells, some in zip(rows, figured, strict=True) if some and len(cells) == width]
    columns = [Counter(map(_figure, filter(None, texts))) for texts in zip(*whole, strict=True)]

    def fits(cells: Sequence[str], by: int) -> bool:
        label = next((j for j, text in enumerate(cells) if cell(text)[0] == "text" and not is_code(text)), -1)
        return ("label" not in kinds or (label >= 0 and kinds[label + by] == "label")) and all(
            _fits(text, kinds[j], columns[j] if columns else None) for j, text in enumerate(cells, by) if text
        )

    def whole_row(cells: list[str]) -> list[str]:
        by = width - len(cells)
        if by <= 0 or not (len(lacking) == 1 or set(kinds[-by:]) == {"text"}):
            return cells
        return [*cells, *[""] * by] if fits(cells, 0) and not fits(cells, by) else cells

    return [whole_row(cells) if some else cells for cells, some in zip(rows, figured, strict=True)]


def _fits(text: str, kind: str, column: Counter[bool] | None) -> bool:
    """Whether a cell may stand in a column: below a head of this kind, with so many words and figures."""
    figure = _figure(text)
    if kind in ("label", "text"):
        return not figure
    if kind == "unit":
        return not any(c.isdigit() for c in text)
    if kind in ("code", "serial"):
        return is_code(text)
    if kind:
        return cell(text)[0] != "text"
    return not column or column[figure] >= column[not figure]


def _coded(texts: Sequence[str]) -> bool:
    """Whether the cells of a column in front of the labels are codes: nearly all look so, and nearly none comes twice."""
    enough = SHAPED * len(texts)
    return bool(texts) and sum(map(is_code, texts)) >= enough and len({*texts}) >= enough


def is_code(text: str) -> bool:
    """Whether a cell may be the code of a row."""
    return _CODE.fullmatch(text) is not None


def _figure(text: str) -> bool:
    return cell(text)[0] == "value"
