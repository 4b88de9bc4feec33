"""PDF files with a text layer: lines of text joined to paragraphs, ruled tables joined over page breaks.

pdfplumber finds the characters and the rulings; here is only what becomes of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from gouji.document import Document, Place
from gouji.errors import ReadError
from gouji.readers import flow, limits
from gouji.readers.bounded import Exceeded, bounded
from gouji.readers.flow import FIGURE, CellNode, ParagraphNode, Piece, TableNode
from gouji.readers.refusals import damaged, encrypted, missing, refuse, too_large
from gouji.values import Struct

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF

Box: TypeAlias = tuple[float, float, float, float]
Character: TypeAlias = dict[str, Any]

_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]*(?:第\s*)?[0-9０-９]{1,3}\s*(?:页)?(?:\s*[/，,共]+\s*共?\s*\d{1,3}\s*页?)?[-—–－·\s]*"
)
_ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十0-9]{1,3}[）)、.．]")
_SENTENCE_ENDS = ("。", "；", "：", "！")
_CODE = re.compile(r"\(cid:\d+\)")
# Points: how far edges that are meant to meet may lie apart, and what is too thin for a cell.
_NEAR = 3.0
_THIN = 4.0


def read(data: bytes, source: str, *_: object) -> Document:
    """The Document of a PDF.

    Raises ReadError for a file that is damaged, protected, without a text layer, or beyond the limits.
    """
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
    except ImportError as error:
        raise missing(source, "PDF", "pdf") from error
    try:
        with bounded(limits.PDF_SECONDS, limits.PDF_MEMORY), pdfplumber.open(BytesIO(data)) as pdf:
            items = list(_items(pdf, source))
    except ReadError:
        raise
    except Exceeded as error:
        raise _endless(source) from error
    except Exception as error:
        # pdfminer meets damaged files with whatever exception comes first, and pdfplumber wraps it.
        reasons = (error, *error.args, error.__cause__, error.__context__)
        if any(isinstance(reason, PDFPasswordIncorrect) for reason in reasons):
            raise encrypted(source, "PDF") from error
        if any(isinstance(reason, MemoryError | RecursionError) for reason in reasons):
            raise _endless(source) from error
        raise damaged(source, "PDF") from error
    return flow.document(data, source, items)


def _endless(source: str) -> ReadError:
    seconds, memory = limits.PDF_SECONDS, limits.PDF_MEMORY >> 30
    return too_large(
        source,
        f"读取 PDF 超过 {seconds} 秒或 {memory} GB 内存的上限",
        f"reading the PDF takes more than {seconds} seconds or {memory} GB, the limit",
    )


class _Line(Struct):
    """One printed line."""

    top: float
    left: float
    right: float
    size: float
    text: str
    page: int


class _Grid(Struct):
    """One ruled table of a page: the text of its cells and where its rulings are."""

    top: float
    bottom: float
    edges: tuple[float, ...]
    rows: list[list[CellNode]]


def _items(pdf: PDF, source: str) -> Iterator[flow.Item]:
    from pdfminer.pdfpage import PDFPage

    if sum(1 for _ in islice(PDFPage.create_pages(pdf.doc), limits.PAGES + 1)) > limits.PAGES:
        raise too_large(
            source,
            f"PDF 超过 {limits.PAGES} 页的上限",
            f"a PDF of more than {limits.PAGES} pages, the limit",
        )
    pages: list[list[_Line | _Grid]] = []
    widths: list[float] = []
    characters = codes = pictures = 0
    for page in pdf.pages:
        chars = page.chars
        characters += len(chars)
        codes += sum(_CODE.fullmatch(c["text"]) is not None for c in chars)
        pictures += len(page.images)
        pages.append(_page(page, chars))
        widths.append(round(page.width))
        page.close()
    if characters < 10 * len(pages) and pictures:
        raise refuse(
            source,
            "scan",
            "PDF 是扫描图片，没有文字层",
            "the PDF is a scan without a text layer",
            "请先做文字识别（OCR），或换用 Word、网页版本",
            "recognise its text (OCR) first, or use the Word or web version",
        )
    if codes * 3 > characters:
        raise refuse(
            source,
            "no-characters",
            "PDF 的字体没有字符编码，读不出文字",
            "the fonts of the PDF do not say which characters they print",
            "请换用 Word、网页版本，或做文字识别（OCR）",
            "use the Word or web version, or recognise its text (OCR)",
        )
    yield from _joined(list(_without_margins(pages)), widths)


def _page(page: Page, chars: list[Character]) -> list[_Line | _Grid]:
    """The tables of a page, and the lines outside of them, from top to bottom."""
    number = page.page_number
    if len(page.rects) + len(page.lines) + len(page.curves) > limits.PAGE_SHAPES:
        tables = []
    else:
        tables = [boxes for table in page.find_tables() if (boxes := _rows(table.cells))]
    inside: list[list[list[Character]]] = [[[] for row in rows for _ in row] for rows in tables]
    boxes = [[box for row in rows for box in row] for rows in tables]
    bounds = [_bounds(boxed) for boxed in boxes]
    outside: list[Character] = []
    for c in chars:
        x, y = (c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2
        for found, boxed, (left, top, right, bottom) in zip(inside, boxes, bounds, strict=True):
            if left <= x <= right and top <= y <= bottom:
                i = next((i for i, b in enumerate(boxed) if b[0] <= x <= b[2] and b[1] <= y <= b[3]), None)
                if i is not None:
                    found[i].append(c)
                    break
        else:
            outside.append(c)
    parts: list[_Line | _Grid] = list(_lines(outside, number))
    for rows, found, boxed in zip(tables, inside, boxes, strict=True):
        parts.append(_grid(rows, boxed, [" ".join(line.text for line in _lines(c, number)) for c in found], number))
    return sorted(parts, key=lambda part: part.top)


def _bounds(boxes: Iterable[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _rows(cells: Iterable[Box]) -> list[list[Box]]:
    """Cells by rows; without rows of a single cell above and below, which frame running text, and [] for no table."""
    rows: list[list[Box]] = []
    for box in sorted((b for b in cells if b[2] - b[0] > _THIN and b[3] - b[1] > _THIN), key=lambda b: (b[1], b[0])):
        if rows and box[1] - rows[-1][0][1] < _NEAR:
            rows[-1].append(box)
        else:
            rows.append([box])
    wide = [i for i, row in enumerate(rows) if len(row) > 1]
    return [sorted(row) for row in rows[wide[0] : wide[-1] + 1]] if wide else []


def _grid(rows: list[list[Box]], boxes: list[Box], texts: list[str], page: int) -> _Grid:
    """The rows with a blank for every cell that reaches down from a row above."""
    place = Place(page=page)
    told = dict(zip(boxes, texts, strict=True))
    open_boxes: list[Box] = []
    made = []
    for row in rows:
        top = row[0][1]
        open_boxes = [box for box in open_boxes if box[3] > top + _NEAR]
        cells = [(box, told[box]) for box in row] + [(box, "") for box in open_boxes]
        made.append([_cell(text, place) for _, text in sorted(cells)])
        open_boxes.extend(row)
    _, top, _, bottom = _bounds(boxes)
    return _Grid(top, bottom, tuple(sorted({round(x, 1) for box in boxes for x in (box[0], box[2])})), made)


def _cell(text: str, place: Place) -> CellNode:
    return CellNode([ParagraphNode([Piece(text)])] if text else [], place=place)


def _lines(chars: list[Character], page: int) -> Iterator[_Line]:
    """Characters as lines from top to bottom."""
    rows: list[list[Character]] = []
    for c in sorted(chars, key=lambda c: (c["bottom"], c["x0"])):
        if rows and abs(c["bottom"] - rows[-1][0]["bottom"]) < max(_NEAR, 0.3 * rows[-1][0]["size"]):
            rows[-1].append(c)
        else:
            rows.append([c])
    for row in rows:
        row.sort(key=lambda c: c["x0"])
        words: list[str] = []
        before: Character | None = None
        for c in row:
            if before is not None:
                if c["text"] == before["text"] and c["x0"] - before["x0"] < 1:
                    # The same character again in the same place is what some programs print for bold.
                    continue
                if c["x0"] - before["x1"] > 0.3 * c["size"]:
                    words.append(" ")
            words.append(c["text"])
            before = c
        text = "".join(words).strip()
        if text:
            shown = [c for c in row if not c["text"].isspace()]
            top = min(c["top"] for c in shown)
            yield _Line(top, shown[0]["x0"], shown[-1]["x1"], shown[0]["size"], text, page)


def _without_margins(pages: Sequence[list[_Line | _Grid]]) -> Iterator[list[_Line | _Grid]]:
    """The pages without page numbers, and without first and last lines that most pages share."""
    ends: dict[str, int] = {}
    for parts in pages:
        for text in {part.text for part in (*parts[:1], *parts[-1:]) if isinstance(part, _Line)}:
            ends[text] = ends.get(text, 0) + 1

    def margin(part: _Line | _Grid) -> bool:
        return isinstance(part, _Line) and (
            _PAGE_NUMBER.fullmatch(part.text) is not None or (ends[part.text] > 2 and ends[part.text] * 2 > len(pages))
        )

    for parts in pages:
        first = bool(parts) and margin(parts[0])
        last = len(parts) > first and margin(parts[-1])
        yield parts[first : len(parts) - last]


def _margins(pages: Sequence[list[_Line | _Grid]], widths: Sequence[float]) -> dict[float, tuple[float, float]]:
    """Where lines begin and end on pages of each width; they end at least as far from the edge as they begin."""
    margins: dict[float, tuple[float, float]] = {}
    for parts, width in zip(pages, widths, strict=True):
        for part in parts:
            if isinstance(part, _Line):
                left, right = margins.get(width, (width, 0.0))
                margins[width] = min(left, part.left), max(right, part.right)
    return {width: (left, max(right, width - left)) for width, (left, right) in margins.items()}


def _goes_on(above: _Line, below: _Line, left: float, right: float) -> bool:
    """Whether two lines are of one paragraph: the one is full, the other not indented."""
    if above.text.endswith(_SENTENCE_ENDS) and _ORDINAL.match(below.text):
        return False
    full = above.right > right - 1.8 * above.size
    return full and below.left < left + 1.2 * below.size and abs(above.size - below.size) < 1


def _joined(pages: Sequence[list[_Line | _Grid]], widths: Sequence[float]) -> Iterator[flow.Item]:
    """Lines joined to paragraphs, tables joined over page breaks."""
    margins = _margins(pages, widths)
    lines: list[_Line] = []
    grid: _Grid | None = None
    for parts, width in zip(pages, widths, strict=True):
        left, right = margins.get(width, (0.0, 0.0))
        for i, part in enumerate(parts):
            if isinstance(part, _Grid):
                yield from _paragraph(lines)
                lines = []
                if grid is not None and i == 0 and _continues(grid, part):
                    append(grid.rows, part.rows)
                    continue
                if grid is not None:
                    yield TableNode(grid.rows)
                grid = part
                continue
            if grid is not None:
                yield TableNode(grid.rows)
                grid = None
            if lines and not _goes_on(lines[-1], part, left, right):
                yield from _paragraph(lines)
                lines = []
            lines.append(part)
    yield from _paragraph(lines)
    if grid is not None:
        yield TableNode(grid.rows)


def _paragraph(lines: list[_Line]) -> Iterator[ParagraphNode]:
    if lines:
        pieces = [Piece(line.text + " ") for line in lines]
        yield ParagraphNode(pieces, Place(page=lines[0].page))


def _continues(above: _Grid, below: _Grid) -> bool:
    """Whether the rulings of a table at the head of a page go on with those at the foot of the last one."""
    if abs(above.edges[0] - below.edges[0]) > 2 * _NEAR or abs(above.edges[-1] - below.edges[-1]) > 2 * _NEAR:
        return False

    def lies_on(edges: Sequence[float], x: float) -> bool:
        i = bisect_right(edges, x)
        return any(abs(edge - x) < 2 * _NEAR for edge in edges[max(i - 1, 0) : i + 1])

    return all(lies_on(above.edges, x) for x in below.edges) or all(lies_on(below.edges, x) for x in above.edges)


def append(above: list[list[CellNode]], below: list[list[CellNode]]) -> None:
    """Put the rows of a page below those of the last one; its head again is left out, a row cut in two is joined."""
    texts = [[cell.text for cell in row] for row in above]
    start = 0
    while start < len(below) - 1 and start < len(above) and [c.text for c in below[start]] == texts[start]:
        start += 1
    rest = below[start:]
    if rest and len(above[-1]) == len(rest[0]) and _is_cut(texts[-1], [c.text for c in rest[0]]):
        above[-1] = [_cell(f"{a.text}{b.text}", a.place or Place()) for a, b in zip(above[-1], rest[0], strict=True)]
        rest = rest[1:]
    above.extend(rest)


def _is_cut(upper: list[str], lower: list[str]) -> bool:
    """Whether two rows are the halves of one: the label goes on below its figures, or the figures stand below it."""
    both = list(zip(upper, lower, strict=True))
    told = [b for b in lower if b]
    if not told:
        return False
    label_goes_on = all(a and not FIGURE.fullmatch(a) for a, b in both if b) and not any(map(_ORDINAL.match, told))
    figures_below = all(not a and FIGURE.fullmatch(b) for a, b in both if b)
    return (label_goes_on and any(FIGURE.fullmatch(a) for a in upper)) or (figures_below and any(upper))
