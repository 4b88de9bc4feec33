"""Word documents (Office Open XML): the text as it would be printed, with every tracked change accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gouji.document import Document
from gouji.readers import flow, limits
from gouji.readers.archive import Archive
from gouji.readers.flow import CellNode, ParagraphNode, Piece, TableNode
from gouji.readers.numbering import Numbering
from gouji.readers.refusals import damaged

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_VAL = f"{_W}val"
_P, _TBL, _TR, _TC, _R, _T = (_W + name for name in ("p", "tbl", "tr", "tc", "r", "t"))
_DELETED = frozenset(_W + name for name in ("del", "moveFrom", "cellDel"))
# What is deleted, what only describes, and the second copy of a drawing.
_PASSED = _DELETED | {_W + "pPr", _W + "rPr", _W + "sdtPr", _W + "instrText", _W + "rt", _MC + "Fallback"}
_BREAKS = frozenset((_W + "br", _W + "cr"))
_SPACES = frozenset((_W + "tab", _W + "ptab"))
_OFF = ("0", "false", "none", "off")


def read(data: bytes, source: str, *_: object) -> Document:
    """The Document of a Word file.

    Raises ReadError for a file that is damaged, protected, without text, or beyond the limits.
    """
    archive = Archive(data, source, "DOCX")
    root = archive.xml("word/document.xml")
    body = None if root is None else root.find(_W + "body")
    if body is None:
        raise damaged(source, "DOCX")
    return flow.document(data, source, list(_Reader(archive).blocks(body)))


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.numbering = Numbering(archive.xml("word/numbering.xml"), archive.xml("word/styles.xml"))
        self.depth = 0
        self.open: list[Piece] = []
        self._targets: dict[str, str] | None = None

    def blocks(self, parent: _Element) -> Iterator[flow.Item]:
        """The paragraphs and tables below `parent`, in reading order."""
        for child in parent:
            if child.tag == _P:
                yield from self._paragraph(child)
            elif child.tag == _TBL and self.depth < limits.NESTING:
                self.depth += 1
                yield self._table(child)
                self.depth -= 1
            elif child.tag not in _PASSED:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: _Element) -> Iterator[flow.Item]:
        """A paragraph, in pieces where lines are broken; behind it what is anchored in it."""
        properties = paragraph.find(_W + "pPr")
        done: list[ParagraphNode] = []
        anchored: list[flow.Item] = []
        if number := self.numbering.next(properties):
            self.open.append(Piece(number))
        self._runs(paragraph, done, anchored)
        mark = None if properties is None else properties.find(f"{_W}rPr/{_W}del")
        if mark is None:
            # Where the mark of a paragraph is deleted, the next one goes on in it.
            done.append(ParagraphNode(self.open))
            self.open = []
        yield from done
        yield from anchored

    def _runs(self, parent: _Element, done: list[ParagraphNode], anchored: list[flow.Item]) -> None:
        for child in parent:
            tag = child.tag
            if tag == _R:
                if not _hidden(child):
                    self._runs(child, done, anchored)
            elif tag == _T:
                if child.text:
                    self.open.append(Piece(child.text))
            elif tag in _BREAKS:
                done.append(ParagraphNode(self.open))
                self.open = []
            elif tag in _SPACES:
                self.open.append(Piece(" "))
            elif tag == _W + "txbxContent":
                outer, self.open = self.open, []
                anchored.extend(self.blocks(child))
                self.open = outer
            elif tag == _C + "chart":
                anchored.extend(self._chart(child.get(_R_ID, "")))
            elif tag not in _PASSED:
                self._runs(child, done, anchored)

    def _table(self, table: _Element) -> TableNode:
        return TableNode([self._row(row) for row in _within(table, _TR)])

    def _row(self, row: _Element) -> list[CellNode]:
        properties = row.find(_W + "trPr")
        if properties is not None and properties.find(_W + "del") is not None:
            return []
        cells = []
        before = None if properties is None else properties.find(_W + "gridBefore")
        if before is not None and before.get(_VAL, "0") != "0":
            cells.append(CellNode())
        for cell in _within(row, _TC):
            about = cell.find(_W + "tcPr")
            if about is not None:
                if about.find(_W + "cellDel") is not None:
                    continue
                down, across = about.find(_W + "vMerge"), about.find(_W + "hMerge")
                if across is not None and across.get(_VAL) != "restart":
                    continue
                if down is not None and down.get(_VAL) != "restart":
                    cells.append(CellNode())
                    continue
            cells.append(CellNode([item for item in self.blocks(cell) if not _nothing(item)]))
        return cells

    def _chart(self, key: str) -> Iterator[TableNode]:
        """The figures behind a chart: category and value, series by series."""
        if self._targets is None:
            root = self.archive.xml("word/_rels/document.xml.rels")
            self._targets = {} if root is None else {r.get("Id", ""): r.get("Target", "") for r in root}
        root = self.archive.xml(f"word/{self._targets.get(key, '').lstrip('/').removeprefix('word/')}")
        if root is None:
            return
        for series in root.iter(_C + "ser"):
            names, values = (_points(series.find(_C + name)) for name in ("cat", "val"))
            rows = [[_text_cell(names[i]), _text_cell(values[i])] for i in names if i in values]
            if rows:
                yield TableNode(rows, "chart")


def _within(parent: _Element, tag: str) -> Iterator[_Element]:
    """The children of one kind, also those in content controls and insertions."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag not in _PASSED and child.tag not in (_TBL, _TR, _TC, _P):
            yield from _within(child, tag)


def _nothing(item: flow.Item) -> bool:
    return isinstance(item, ParagraphNode) and not any(piece.text.strip() for piece in item.pieces)


def _hidden(run: _Element) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(_VAL, "1") not in _OFF


def _points(element: Any) -> dict[str, str]:
    if element is None:
        return {}
    return {p.get("idx"): (p.findtext(_C + "v") or "") for p in element.iter(_C + "pt")}


def _text_cell(text: str) -> CellNode:
    return CellNode([ParagraphNode([Piece(text.removesuffix(".0"))])])
