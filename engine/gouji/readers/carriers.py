"""Tables in plain text: finds the regions that carry one and splits them into rows of cells.

What a carrier looks like is data (`grammars/carriers`); here is only how pieces become rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from math import gcd

from gouji.document import Cell, Table
from gouji.grammar import Grammar
from gouji.parser import Token
from gouji.patterns import Pattern
from gouji.readers import limits
from gouji.spans import Span
from gouji.values import Struct

_MARKS = "\t|"
_CANDIDATE = re.compile(r"\t|[^\t\n|]{1,200}\t|[^|\n]{0,400}(?:\||\n[ \t]*\|)")
_VALUE = re.compile(r"[-+－＋\s\d０-９.,，．%％万萬元/—–无無]*|[增减減]\d+")

_ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]")
_SERIAL = re.compile("序[ 　]*[号號]")
_UNIT = re.compile(r"[条條件次篇人个個]|人次|[万萬]?元")


# Rows that show how long a row of a stream is, and how long one may be.
_ROWS = 3
_PERIOD = 60
# Labels of one row: groups, its own, and a unit.
_ROW_LABELS = 4
# No row of a form has so many cells: they are those of several rows, with nothing between these.
_SEVERAL = 25
# Pieces over which the label of a row may be broken.
_LABEL_PIECES = 5


class TooManyCells(Exception):
    """The tables of a text are beyond the limit."""


class Carrier(Struct):
    """One way in which text carries a table; see `grammars/carriers/pack.yaml`.

    `opens` matches the line end before the first line of a table.
    """

    name: str
    region: Pattern
    cell: Pattern
    rows: str
    grammar: Grammar
    opens: Pattern | None = None

    def table(self, text: str, start: int) -> Table | None:
        """The table in `text`, which begins at `start` of its document; None when it has no row of two cells.

        Raises TooManyCells where cells that lines leave out would be too many.
        """
        cells = _SPLIT.get(self.cell.source, self._cells)
        rows = [
            cells(token.text, start + token.start)
            for token in self.grammar.parse(text).children
            if isinstance(token, Token)
        ]
        if self.rows == "lines" and "|" in text:
            rows = _joined(rows, text, start)
        if self.rows == "stream":
            rows = [row for pieces in rows for row in _stream_rows(text, start, pieces)]
        elif self.rows == "gaps":
            rows = [row for pieces in rows for row in _parted(text, start, pieces)]
        elif self.rows == "series":
            rows = [pair for row in rows for pair in _series_rows(text, start, row)]
        elif self.rows == "grid":
            # Empty cells at the end of a row may be left out.
            width = max(map(len, rows), default=0)
            if width * len(rows) > limits.CELLS:
                raise TooManyCells
            rows = [row + [_after(row)] * (width - len(row)) for row in rows]
        elif all(text[row[0].mark - start] == "|" and row[0].blank for row in rows if row):
            # Every row begins with a bar: it opens the row and closes no cell.
            rows = [row[1:] for row in rows]
            if rows and rows[0]:
                rows = _unmerged(rows, text, start)
        elif "|" in text:
            _ended(rows, text, start)
        if max(map(len, rows), default=0) < 2:
            return None
        return Table(tuple([tuple(row) for row in rows if row]), self.name)

    def exceeds(self, text: str, count: int) -> bool:
        """Whether `text`, which no grammar has seen yet, has more than `count` cells."""
        return len(text) > count and next(islice(self.cell.finditer(text), count, None), None) is not None

    def _cells(self, row: str, start: int) -> list[Cell]:
        cells: list[Cell] = []
        new, end_of_row = tuple.__new__, len(row)
        for match in self.cell.finditer(row):
            places = match.regs
            first, last = places[0]
            if first == last == end_of_row:
                continue
            begin, end = places[match.lastindex or 1]
            mark = first if first < begin else end if end < end_of_row else end_of_row - 1
            if begin < end:
                text = row[begin:end].strip()
                if len(text) < end - begin:
                    begin = row.find(text, begin) if text else begin
                    end = begin + len(text)
            # Straight to the tuple: tables are mostly cells.
            cells.append(new(Cell, (start + begin, start + end, start + mark)))
        return cells


def _led_by_tab(row: str, start: int) -> list[Cell]:
    """The cells of a row where a TAB leads each of them: what an expression finds, without a match for each."""
    cells: list[Cell] = []
    new = tuple.__new__
    before, *pieces = row.split("\t")
    mark = start + len(before)
    for piece in pieces:
        text = piece.strip()
        begin = mark + 1 + piece.find(text)
        cells.append(new(Cell, (begin, begin + len(text), mark)))
        mark += 1 + len(piece)
    return cells


def _ended_by_bar(row: str, start: int) -> list[Cell]:
    """The same where a bar ends each cell but the last one, which may be without."""
    cells: list[Cell] = []
    new = tuple.__new__
    *pieces, rest = row.split("|")
    mark = start - 1
    for piece in pieces:
        text = piece.strip()
        begin = mark + 1 + piece.find(text)
        mark += 1 + len(piece)
        cells.append(new(Cell, (begin, begin + len(text), mark)))
    if rest:
        text = rest.strip()
        begin = mark + 1 + rest.find(text)
        cells.append(Cell(begin, begin + len(text), mark + len(rest)))
    return cells


_SPLIT = {r"\t([^\t]*)": _led_by_tab, r"([^|]*)(?:\||$)": _ended_by_bar}
"""What splits a row as an expression does."""


def tables(text: str, carriers: Sequence[Carrier]) -> Iterator[tuple[Span, Table]]:
    """Every table that `text` (lines ended by newline) carries, with the span of its region, in order.

    Raises TooManyCells beyond `limits.CELLS`.
    """
    openings = {id(one.opens): one.opens for one in carriers}
    # A line end before the first line, too: what it matches stands in `text` where the line behind it begins.
    ended = "\n" + text
    position = 0
    left = limits.CELLS
    begun = dict.fromkeys(openings, -1)
    while True:
        for one, opening in openings.items():
            if begun[one] < position:
                if opening is None:
                    begun[one] = _marked(text, position)
                else:
                    # Where nothing marks a cell, only its first line tells a table.
                    match = opening.search(ended, position)
                    begun[one] = match.start() if match else len(text)
        if (start := min(begun.values(), default=len(text))) >= len(text):
            return
        # What looks like a table and is none is passed over as a whole: each line is looked at once.
        position = text.find("\n", start) + 1 or len(text)
        for carrier in carriers:
            if begun[id(carrier.opens)] == start and (region := carrier.region.match(text, start)):
                position = max(position, region.end())
                if carrier.exceeds(region.group(), left):
                    raise TooManyCells
                if table := carrier.table(region.group(), start):
                    left -= sum(map(len, table.rows))
                    position = region.end()
                    yield Span(start, position), table
                    break


def _marked(text: str, position: int) -> int:
    """Where the first line from `position` on that can open a table with marks begins; the end of `text` if none does.

    No line opens one but that of a mark and the line above.
    """
    # Where each mark stands next: none is looked for twice in the same piece of the text.
    places = {mark: text.find(mark, position) for mark in _MARKS}
    while found := [place for place in places.values() if place >= 0]:
        at = min(found)
        line = text.rfind("\n", 0, at) + 1
        above = text.rfind("\n", 0, max(line - 1, 0)) + 1
        for start in (above, line):
            if start >= position and _CANDIDATE.match(text, start):
                return start
        position = text.find("\n", at) + 1 or len(text)
        for mark, place in places.items():
            if 0 <= place < position:
                places[mark] = text.find(mark, position)
    return len(text)


def _after(row: list[Cell]) -> Cell:
    """An empty cell behind the last one of a row."""
    return Cell(row[-1].mark, row[-1].mark, row[-1].mark)


def _joined(rows: list[list[Cell]], text: str, start: int) -> list[list[Cell]]:
    """Rows in which the cell that a line breaks off is one with the first cell of the next line.

    No bar ends such a cell, as one does every row that is as long as most, and so long is what the two lines make up;
    the piece in the next line begins with no ordinal.
    A line without any bar stays alone: whether a label begins in it, only those who know the labels can tell.
    """

    def is_open(cell: Cell) -> bool:
        return text[cell.mark - start] != "|"

    pairs = zip([None, *rows], rows, strict=False)
    closed = [len(row) for above, row in pairs if row and not is_open(row[-1]) and not (above and is_open(above[-1]))]
    if 2 * len(closed) <= len(rows):
        return rows
    width = max(set(closed), key=closed.count)
    joined: list[list[Cell]] = []
    for row in rows:
        above = joined[-1] if joined else []
        if (
            len(above) > 1
            and is_open(above[-1])
            and row
            and len(above) + len(row) - 1 == width
            and _is_label(above[-1], text, start)
            and _is_label(row[0], text, start)
            and _ORDINAL.match(text, row[0].start - start) is None
        ):
            joined[-1] = [*above[:-1], Cell(above[-1].start, row[0].end, row[0].mark), *row[1:]]
        else:
            joined.append(row)
    return joined


def _ended(rows: list[list[Cell]], text: str, start: int) -> None:
    """Give rows their last cell, which is empty, where bars stand between cells and close none."""
    closed: list[list[Cell]] = []
    open_: list[list[Cell]] = []
    for row in rows:
        if row:
            (closed if text[row[-1].mark - start] == "|" else open_).append(row)
    if len(open_) > 1 and (len(open_) > len(closed) or max(map(len, open_)) > max(map(len, closed))):
        for row in closed:
            end = text.find("\n", row[-1].mark - start)
            if end >= 0:
                row.append(Cell(start + end, start + end, start + end))


def _unmerged(rows: list[list[Cell]], text: str, start: int) -> list[list[Cell]]:
    """Rows in which a merged cell is repeated in each place that it takes, with its text in the first of them only."""
    words = [[text[cell.start - start : cell.end - start] for cell in row] for row in rows]
    if len(set(map(len, rows))) > 1 or not any(a == b and _VALUE.fullmatch(a) is None for a, b in pairwise(words[0])):
        return rows
    spread: set[int] = set()  # the columns that a merged head has taken beside its own
    single = []
    for r, row in enumerate(rows):
        labels = [word != "" and _VALUE.fullmatch(word) is None for word in words[r]]
        again = {c for c in range(1, len(row)) if words[r][c] == words[r][c - 1]}
        if sum(labels) > 1 and all(label or not word for label, word in zip(labels, words[r], strict=True)):
            spread = again
        if r:
            again = {c for c in again if labels[c] or c in spread} | {
                c for c in range(len(row)) if labels[c] and words[r][c] == words[r - 1][c]
            }
        single.append([Cell(cell.end, cell.end, cell.mark) if c in again else cell for c, cell in enumerate(row)])
    return single


def _labels(cells: list[Cell], text: str, start: int) -> list[bool]:
    """Which of `cells` hold words and not a value."""
    value = _VALUE.fullmatch
    return [value(text, begin - start, end - start) is None for begin, end, _ in cells]


def _is_label(cell: Cell, text: str, start: int) -> bool:
    return _VALUE.fullmatch(text, cell.start - start, cell.end - start) is None


def _is_unit(cell: Cell, text: str, start: int) -> bool:
    return _UNIT.fullmatch(text, cell.start - start, cell.end - start) is not None


def _stream_rows(text: str, start: int, pieces: list[Cell], *, opened: bool = True) -> Iterator[list[Cell]]:
    """Rows of a stream. An opener is an empty piece too, so that only the whole stream tells them apart.
    Where rows are not `opened`, each empty piece is a cell.

    Where all labels begin at multiples of one distance, each row is so long. Otherwise a row is its labels and the n
    values behind them; n is the largest that any row of the stretch needs.
    """
    while pieces and pieces[-1].blank and pieces[-1].mark - start >= len(text) - 1:
        pieces.pop()
    pieces = _unnumbered(pieces, text, start)
    blank = [begin == end for begin, end, _ in pieces]
    labels = _labels(pieces, text, start)
    heads = [i for i, label in enumerate(labels) if label and (i == 0 or not labels[i - 1])]
    if period := _period(heads, labels, blank):
        opener = heads[0]
        yield from (pieces[i + opener : i + period] for i in range(0, len(pieces), period))
        return
    if period := _grid(labels, blank):
        yield from (pieces[i : i + period] for i in range(0, len(pieces), period))
        return
    runs = []  # (first label, end of labels, end of what follows)
    for head, following in pairwise([*heads, len(pieces)]):
        end = next((i for i in range(head, following) if not labels[i]), following)
        # Behind a unit without a figure the next row begins: its cell was empty, and is gone.
        units = (i + 1 for i in range(head + 1, end - 1) if _is_unit(pieces[i], text, start))
        for unit in units:
            runs.append((head, unit, unit))
            head = unit
        runs.append((head, end, following))
    width = 0
    stretch: list[tuple[int, int, int]] = []
    above: list[Cell] = []  # the head, as far as it has been met
    for head, end, following in runs:
        filled = max((i - end + 1 for i in range(end, following) if not blank[i]), default=0)
        # A label that is broken over some pieces ends in a unit, as no head does.
        broken = 3 <= end - head <= _LABEL_PIECES + 1 and head > heads[0] and _is_unit(pieces[end - 1], text, start)
        if (broken or end - head < max(3, min(filled, _LABEL_PIECES + 2))) and (
            filled or following - end > (2 if opened else 0)
        ):
            if above:
                yield above
                above = []
            width = max(width, filled)
            stretch.append((head, end, following))
            continue
        # As many labels as figures, or labels that nothing follows but an opener, are a head or a caption.
        yield from _stretch(pieces, stretch, width)
        own = _own_labels(text, start, pieces[head:end], filled)
        stretch, width = [], 0
        above += pieces[head : end - own]
        if not opened and not filled:
            # Places that are merged below: the head goes on behind them.
            continue
        yield above
        above = []
        if own:
            width, stretch = filled, [(end - own, end, following)]
        elif filled:
            # A row of values without a label stands below its head, behind an opener.
            yield pieces[end + (opened and blank[end]) : following]
    if above:
        yield above
    yield from _stretch(pieces, stretch, width)


def _parted(text: str, start: int, row: list[Cell]) -> Iterator[list[Cell]]:
    """The rows of what is one only because the lines that end rows are missing; otherwise the row itself."""
    if len(row) < _SEVERAL:
        yield row
    else:
        yield from _stream_rows(text, start, row, opened=False)


def _unnumbered(pieces: list[Cell], text: str, start: int) -> list[Cell]:
    """The pieces without the first column, where it numbers all rows from 1 on and its head says so."""
    if not pieces or _SERIAL.fullmatch(text, pieces[0].start - start, pieces[0].end - start) is None:
        return pieces
    texts = [text[piece.start - start : piece.end - start] for piece in pieces]
    labels = _labels(pieces, text, start)
    rows = [i for i in range(1, len(pieces)) if labels[i] and not labels[i - 1]]
    if [texts[i - 1].lstrip("0") for i in rows] != [str(n) for n in range(1, len(rows) + 1)]:
        return pieces
    serials = {0, *(i - 1 for i in rows)}
    return [piece for i, piece in enumerate(pieces) if i not in serials]


def _period(heads: list[int], labels: list[bool], blank: list[bool]) -> int | None:
    """The number of pieces of each row, which labels begin, behind an empty piece that opens it if they do not.

    `heads` is where runs of labels begin. Only the last row may be without a label: one of figures below its head.
    None where rows are not equally long, or where fewer than three of them begin with labels.
    """
    if len(heads) < _ROWS or heads[0] > 1:
        return None
    opener = heads[0]
    first = blank if opener else labels
    distance = gcd(*(head - opener for head in heads))
    for remarks in (False, True):
        for period in range(opener + 2 + remarks, _PERIOD + 1):
            begun = range(0, len(labels), period)
            if remarks:
                # Words may stand behind figures in the last place of a row.
                even = len(labels) % period == 0 and {(h - opener) % period for h in heads} == {0, period - 1 - opener}
            else:
                even = distance % period == 0
            if even and all(first[i] for i in begun[:-1]) and (not opener or all(labels[i + 1] for i in begun[:-1])):
                return period
    return None


def _grid(labels: list[bool], blank: list[bool]) -> int | None:
    """The number of pieces of each row where merged cells leave empty ones, also before the first label of a row.

    In such rows no label stands behind a figure, and only the last one has no label. None where there are none such.
    """
    for period in range(_ROWS, min(len(labels) // _ROWS, _PERIOD) + 1):
        begun = range(0, len(labels), period)
        if (
            len(labels) % period == 0
            and any(blank[i] for i in begun)
            and all(_in_order(labels[i : i + period], blank[i : i + period], i < begun[-1]) for i in begun)
        ):
            return period
    return None


def _in_order(labels: list[bool], blank: list[bool], labelled: bool) -> bool:
    last = max((i for i, label in enumerate(labels) if label), default=-1)
    if last < 0 or sum(labels) > _ROW_LABELS:
        # Figures do not stand behind heads.
        return all(blank[last + 1 :]) if last >= 0 else not labelled
    return all(label or empty for label, empty in zip(labels[:last], blank, strict=False))


def _own_labels(text: str, start: int, labels: list[Cell], values: int) -> int:
    """How many of the labels that end a head are those of the row behind it: label and unit, or none.

    A head has no more columns than there are values, but for that of the labels; one that it has twice is no label.
    """
    texts = [text[label.start - start : label.end - start] for label in labels]
    if not values or len(texts) < values + 2 or texts[-1] in texts[:-1]:
        return 0
    own = 2 if _UNIT.fullmatch(texts[-1]) else 1
    # A label with an ordinal may have been broken over some pieces.
    broken = range(own, min(own + _LABEL_PIECES, len(texts) - values))
    return next((n for n in broken if _ORDINAL.match(texts[-n])), own)


def _stretch(pieces: list[Cell], stretch: list[tuple[int, int, int]], width: int) -> Iterator[list[Cell]]:
    # Where nothing opens rows, empty pieces behind one may be its own or stand before the label of the next one.
    doubt = not pieces[0].blank and any(following - end > width + 1 for _, end, following in stretch[:-1])
    for head, end, following in stretch:
        row = pieces[head : min(end + width, following)]
        yield [cell for cell in row if not cell.blank] if doubt else row


def _series_rows(text: str, start: int, cells: list[Cell]) -> Iterator[list[Cell]]:
    """(category, value) rows of a flattened chart; none when names and numbers do not pair."""
    names = [cell for cell in cells if _is_label(cell, text, start)]
    numbers = cells[len(names) :]
    if len(names) == len(numbers) and cells[: len(names)] == names:
        yield from ([name, number] for name, number in zip(names, numbers, strict=True))
