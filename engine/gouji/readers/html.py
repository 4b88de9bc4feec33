"""HTML pages: what a reader of the page sees, each piece with its line and column in the source.

lxml (libxml2) parses, as leniently as browsers do, but keeps no positions. So the source is marked before it is parsed:
every stretch of text begins with its offset between two private characters, every row and cell has it as an attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gouji.document import Document
from gouji.errors import ReadError
from gouji.readers import flow, limits, text
from gouji.readers.flow import CellNode, ParagraphNode, Piece, TableNode
from gouji.readers.refusals import too_many_cells
from gouji.spans import LineIndex
from gouji.values import Struct

_OPEN, _CLOSE = "\ue000", "\ue001"
_ATTRIBUTE = "at"
_MARKED = re.compile(r"<t[dhr](?=[\s/>])|>(?=\s*[^\s<])|&#?\w{1,32};", re.I)
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_PRIVATE = str.maketrans(_OPEN + _CLOSE, "\ufffd\ufffd")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([\w-]{2,20})", re.I)
_NEWLINE = re.compile(r"\r\n?")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BLOCKS = re.compile(r"<(?:!doctype|html|body|p|div|br|(?P<table>table))\b", re.I)
_NUMBER = re.compile(r"\s*(\d{1,9})")
_TITLE = re.compile(r"<title[^>]{0,99}>\s*+([^<>&]{4,120}?)\s*</title", re.I)
_SITE = re.compile(r"\s*(?:[_|–—]|-(?!\d)).*", re.S)
"""What the name of a page has behind its own: those of the column and of the site."""
_DATED = re.compile(r"\D*(?:19|20)\d\d\D*")
"""The name of one document, which has its year and no other number; that of a site has none."""
_SHORT = 60
"""A line of so many characters that has a year may be the name of a document."""


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# What a page has beside its content, and what is never shown.
_SKIPPED = _names(
    "script style noscript template head title nav footer select option button textarea iframe object svg math audio "
    "video canvas map datalist del rp rt"
)
_RAW = frozenset(("script", "style"))
_BREAKS = _names(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol p pre section summary ul"
)
_GROUPS = frozenset(("thead", "tbody", "tfoot"))


def read(data: bytes, source: str, *_: object) -> Document:
    """The Document of an HTML page.

    Raises ReadError for a page in an unknown encoding, without text, or beyond the limits.
    """
    return read_text(decode(data, source), data, source)


def read_text(page: str, data: bytes, source: str) -> Document:
    """The Document of the page `page`, decoded from the file `data`. Raises ReadError."""
    from lxml import etree

    page = _NEWLINE.sub("\n", page).translate(_PRIVATE)
    # Text that only its tables are marked up in has paragraphs as plain text has them, a line each.
    first = _BLOCKS.search(page)
    target: Any = _Target(source, preformatted=first is None or first["table"] is not None)
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    parser.feed(_MARKED.sub(_marked, page).encode("utf-8", "replace"))
    parser.close()
    items: list[flow.Item] = target.done()
    if (name := _name(page)) is not None and not _shows(items, name.text):
        items.insert(0, ParagraphNode([name]))
    return flow.document(data, source, items, LineIndex.of(page))


def _name(page: str) -> Piece | None:
    """What the page says it is called, where that names a document."""
    match = _TITLE.search(page)
    name = _SITE.sub("", match[1]) if match else ""
    return Piece(name, match.start(1)) if match and _DATED.fullmatch(name) else None


def _shows(items: Iterable[flow.Item], name: str) -> bool:
    """Whether a page has its name among its text, or a line of its own that may be one: that is what it is called."""
    shown = ["".join("".join(piece.text for piece in node.pieces).split()) for node in _paragraphs(items)]
    return "".join(name.split()) in "".join(shown) or any(
        len(line) <= _SHORT and _DATED.fullmatch(line) for line in shown
    )


def _paragraphs(items: Iterable[flow.Item]) -> Iterator[ParagraphNode]:
    """The paragraphs of a page, those in the cells of its tables as well."""
    for item in items:
        if isinstance(item, ParagraphNode):
            yield item
        else:
            for row in item.rows:
                for cell in row:
                    yield from _paragraphs(cell.items)


def decode(data: bytes, source: str) -> str:
    """The page as text: in its own charset where it says a true one, else in the one that fits. Raises ReadError."""
    declared = _CHARSET.search(data, 0, 4096) or _XML_ENCODING.match(data, 0, 200)
    name = declared[1].decode("ascii").lower() if declared else ""
    encoding = "gb18030" if name.startswith(("gb", "x-gb", "cp936")) else "big5hkscs" if name.startswith("big5") else ""
    try:
        return text.decode(data, source, encoding)
    except ReadError as error:
        # Pages are put together from pieces: a few bytes that are in no encoding cost no more than themselves.
        for candidate in filter(None, ("utf-8", encoding)):
            page = data.decode(candidate, "replace")
            if error.code == "encoding" and page.count("\ufffd") * 200 < sum(c > "\x7f" for c in page):
                return page
        raise


def _marked(match: re.Match[str]) -> str:
    word = match.group()
    if word[0] == "<":
        return f"{word} {_ATTRIBUTE}={match.start()}"
    return f"{word}{_OPEN}{match.end()}{_CLOSE}"


class _Span(Struct):
    """Columns that a cell of an earlier row still covers, for so many rows."""

    start: int
    end: int
    rows: int


class _OpenTable:
    """A table that is being read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.cells = 0
        self.node = TableNode()
        self.row: list[CellNode] | None = None
        self.cell: CellNode | None = None
        self.origin = 0
        self.column = 0
        self.spans: list[_Span] = []
        self.passed = 0
        self.coming: list[_Span] = []

    def open_row(self, origin: int) -> None:
        """A row begins at `origin`."""
        self.close_row()
        self.row, self.column, self.passed, self.origin = [], 0, 0, origin

    def open_cell(self, origin: int, columns: int, rows: int) -> CellNode:
        """A cell begins at `origin` and spans columns and rows."""
        if self.row is None:
            self.open_row(origin)
        self._covered()
        assert self.row is not None
        self.origin = origin
        self.cell = CellNode(origin=origin)
        self.row.append(self.cell)
        if rows > 1:
            self.coming.append(_Span(self.column, self.column + columns, rows - 1))
        self.column += columns
        return self.cell

    def close_row(self) -> None:
        """The row ends; cells from above may cover columns behind its last cell."""
        if self.row is None:
            return
        self._covered(to_end=True)
        self.node.rows.append(self.row)
        self.cells += len(self.row)
        if self.cells > limits.CELLS:
            raise too_many_cells(self.source)
        left = [_Span(s.start, s.end, s.rows - 1) for s in self.spans if s.rows > 1]
        self.spans = sorted(left + self.coming)
        self.coming = []
        self.row = self.cell = None

    def end_group(self) -> None:
        """A group of rows ends: no cell goes on below it."""
        self.close_row()
        self.spans = []

    def _covered(self, to_end: bool = False) -> None:
        """A blank for each cell from above that stands here."""
        assert self.row is not None
        while self.passed < len(self.spans):
            span = self.spans[self.passed]
            if span.start > self.column and not to_end:
                return
            self.passed += 1
            if span.start >= self.column:
                self.row.append(CellNode(origin=self.origin))
                self.column = span.end


class _Target:
    """Takes the events of the parser; its `close` is what lxml asks for."""

    def __init__(self, source: str, preformatted: bool) -> None:
        self.source = source
        self.items: list[flow.Item] = []
        self.tables: list[_OpenTable] = []
        self.pieces: list[Piece] = []
        self.words: list[str] = []
        self.skipped: list[str] = []
        self.links = 0
        self.linked = 0
        self.too_deep = 0
        self.preformatted = int(preformatted)

    def start(self, tag: str, attributes: Mapping[str, Any]) -> None:
        """An element opens."""
        if self.words:
            self._text()
        if self.skipped:
            if self.skipped[-1] not in _RAW:
                self.skipped.append(tag)
                return
            self.skipped.pop()
            if self.skipped:
                return
        if tag in _SKIPPED or (attributes and ("hidden" in attributes or _HIDDEN.search(attributes.get("style", "")))):
            self.skipped.append(tag)
        elif tag in _BREAKS:
            self._break()
            self.preformatted += tag == "pre"
        elif tag == "td" or tag == "th":
            self._open_cell(attributes)
        elif tag == "tr":
            self._break()
            if self.tables and not self.too_deep:
                self.tables[-1].open_row(_origin(attributes))
        elif tag == "table":
            self._open_table()
        elif tag == "a" and "href" in attributes:
            self.links += 1

    def end(self, tag: str) -> None:
        """An element closes."""
        if self.words:
            self._text()
        if self.skipped:
            if self.skipped[-1] == tag:
                self.skipped.pop()
            elif tag in self.skipped:
                del self.skipped[self.skipped.index(tag) :]
            return
        if tag in _BREAKS:
            self._break()
            self.preformatted -= tag == "pre"
        elif tag == "td" or tag == "th" or tag == "tr":
            self._break()
        elif tag == "table":
            self._close_table()
        elif tag in _GROUPS:
            self._break()
            if self.tables and not self.too_deep:
                self.tables[-1].end_group()
        elif tag == "a":
            self.links = max(0, self.links - 1)

    def data(self, words: str) -> None:
        """Text, perhaps not all of a stretch."""
        if not self.skipped:
            self.words.append(words)

    def comment(self, _: str) -> None:
        """A comment is not shown."""

    def close(self) -> None:
        """The page ends."""

    def done(self) -> list[flow.Item]:
        """What the page holds."""
        if self.words:
            self._text()
        self._break()
        while self.tables:
            self._close_table()
        return self.items

    def _text(self) -> None:
        parts = _MARK.split("".join(self.words))
        self.words.clear()
        if parts[0].strip():
            # Behind an entity that the source does not end properly: it stands where the text before it stands.
            self._piece(parts[0], self.pieces[-1].origin if self.pieces else 0)
        for i in range(1, len(parts), 2):
            self._piece(parts[i + 1], int(parts[i]))

    def _piece(self, words: str, origin: int) -> None:
        if self.preformatted and "\n" in words:
            for line in words.split("\n"):
                self._piece(line, origin)
                self._break()
                origin += len(line) + 1
        elif words:
            # A line of the source ends no line of the page: its indentation is dropped.
            for line in words.split("\n") if "\n" in words else (words,):
                self.pieces.append(Piece(line or " ", origin))
                origin += len(line) + 1
            if self.links:
                self.linked += len(words.strip())

    def _break(self) -> None:
        """What comes next is another paragraph."""
        if not self.pieces:
            return
        length = sum(len(piece.text.strip()) for piece in self.pieces)
        # A line that is mostly links leads elsewhere: menus, breadcrumbs, lists of other pages.
        if length and (self.linked * 2 <= length or self._cell() is not None):
            self._append(ParagraphNode(self.pieces))
        self.pieces, self.linked = [], 0

    def _cell(self) -> CellNode | None:
        return self.tables[-1].cell if self.tables else None

    def _append(self, item: flow.Item) -> None:
        """Into the open cell; what stands in a table outside its cells goes before it."""
        for table in reversed(self.tables):
            if table.cell is not None:
                table.cell.items.append(item)
                return
        self.items.append(item)

    def _open_table(self) -> None:
        self._break()
        if len(self.tables) >= limits.NESTING:
            self.too_deep += 1
        else:
            self.tables.append(_OpenTable(self.source))

    def _open_cell(self, attributes: Mapping[str, Any]) -> None:
        self._break()
        if self.tables and not self.too_deep:
            columns = _count(attributes.get("colspan"), limits.COLUMNS)
            rows = _count(attributes.get("rowspan"), 65534)
            self.tables[-1].open_cell(_origin(attributes), columns, rows)

    def _close_table(self) -> None:
        self._break()
        if self.too_deep:
            self.too_deep -= 1
        elif self.tables:
            table = self.tables.pop()
            table.close_row()
            self._append(table.node)


def _origin(attributes: Mapping[str, Any]) -> int:
    return _count(attributes.get(_ATTRIBUTE), limits.FILE_BYTES)


def _count(value: str | None, most: int) -> int:
    match = _NUMBER.match(value) if value else None
    return min(max(int(match[1]), 1), most) if match else 1
