"""Write one report in every format that gouji reads.

A report is a list of blocks: a line of running text (`str`) or a table, which is a list of rows of cells with the
columns and rows that they span, as a person draws it. Each writer is independent of the readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import carriers


class Cell(NamedTuple):
    """A cell of a drawn table."""

    text: str = ""
    columns: int = 1
    rows: int = 1


Table: TypeAlias = list[list[Cell]]
Block: TypeAlias = str | Table


class Placed(NamedTuple):
    """A cell with the grid position of its upper left corner."""

    row: int
    column: int
    cell: Cell


def placed(table: Table) -> list[Placed]:
    """Every cell of a table with its position, the first free one of its row."""
    taken: set[tuple[int, int]] = set()
    out = []
    for r, row in enumerate(table):
        column = 0
        for cell in row:
            while (r, column) in taken:
                column += 1
            out.append(Placed(r, column, cell))
            taken |= {(r + i, column + j) for i in range(cell.rows) for j in range(cell.columns)}
            column += cell.columns
    return out


def size(table: Table) -> tuple[int, int]:
    """Rows and columns of the grid."""
    cells = placed(table)
    return len(table), max(p.column + p.cell.columns for p in cells)


def as_extracted(table: Table) -> list[carriers.Row]:
    """The rows as an extractor prints them: a cell over several rows is blank below the first of them."""
    rows: list[list[tuple[int, str]]] = [[] for _ in table]
    for p in placed(table):
        for i in range(p.cell.rows):
            rows[p.row + i].append((p.column, p.cell.text if i == 0 else ""))
    return [tuple(text for _, text in sorted(row)) for row in rows]


# --- formats ---------------------------------------------------------------------------------------------------------


def text(blocks: Sequence[Block], carrier: str = "tabs") -> bytes:
    """Plain text with its tables in one of the ways of `carriers`."""
    plain: list[carriers.Block] = [b if isinstance(b, str) else as_extracted(b) for b in blocks]
    # An empty line keeps tables apart from what follows.
    return carriers.write([part for b in plain for part in (b, "")], carrier).encode()


def html(blocks: Sequence[Block], charset: str = "utf-8") -> bytes:
    """A page with site chrome around it."""
    body = "\n".join(f"<p>{escape(b)}</p>" if isinstance(b, str) else html_table(b) for b in blocks)
    page = (
        f'<!DOCTYPE html>\n<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        "<title>政府信息公开年度报告_门户网站</title><style>td {border: 1px}</style></head>\n<body>"
        '<nav><ul><li><a href="/">首页</a></li></ul></nav>'
        '<div>当前位置：<a href="/">首页</a> &gt; <a href="/nb/">政府信息公开年度报告</a></div>\n'
        f'<div class="content">{body}</div>\n'
        "<footer>地址：站前路 18 号　邮编：332000　电话：0792-3190012</footer><script>var n = 12;</script></body></html>"
    )
    return page.encode(charset)


def html_gb18030(blocks: Sequence[Block]) -> bytes:
    """The same page in GB18030."""
    return html(blocks, "gb18030")


def html_table(table: Table) -> str:
    """The table in HTML."""
    rows = []
    for row in table:
        cells = []
        for cell in row:
            span = f' colspan="{cell.columns}"' * (cell.columns > 1) + f' rowspan="{cell.rows}"' * (cell.rows > 1)
            cells.append(f"<td{span}><p>{escape(cell.text).replace(chr(10), '<br>') or '&nbsp;'}</p></td>")
        rows.append(f"<tr>\n  {''.join(cells)}\n</tr>")
    return f"<table border=1><tbody>{''.join(rows)}</tbody></table>"


def docx(blocks: Sequence[Block]) -> bytes:
    """A Word document."""
    from docx import Document

    document = Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        rows, columns = size(block)
        table = document.add_table(rows, columns, style="Table Grid")
        grid = [list(row.cells) for row in table.rows]
        for p in placed(block):
            cell = grid[p.row][p.column]
            if p.cell.rows > 1 or p.cell.columns > 1:
                cell = cell.merge(grid[p.row + p.cell.rows - 1][p.column + p.cell.columns - 1])
            cell.text = p.cell.text
        document.add_paragraph("")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx(blocks: Sequence[Block], frames: bool = True) -> bytes:
    """A workbook with everything on one sheet, figures as numbers."""
    from openpyxl import Workbook
    from openpyxl.styles import Border, Side

    thin = Side(style="thin")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    book = Workbook()
    sheet: Any = book.active
    at = 1
    for block in blocks:
        if isinstance(block, str):
            sheet.cell(at, 1, block)
            at += 1
            continue
        for p in placed(block):
            first, left = at + p.row, p.column + 1
            value: Any = p.cell.text
            if value.removeprefix("-").isdigit() and (value == "0" or not value.removeprefix("-").startswith("0")):
                value = int(value)
            sheet.cell(first, left, value or None if value != 0 else 0)
            for i in range(p.cell.rows):
                for j in range(p.cell.columns):
                    if frames:
                        sheet.cell(first + i, left + j).border = border
            if p.cell.rows > 1 or p.cell.columns > 1:
                sheet.merge_cells(
                    start_row=first,
                    start_column=left,
                    end_row=first + p.cell.rows - 1,
                    end_column=left + p.cell.columns - 1,
                )
        at += len(block)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def xls(blocks: Sequence[Block]) -> bytes:
    """A workbook of old; its reader sees no frames."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    at = 0
    for block in blocks:
        if isinstance(block, str):
            sheet.write(at, 0, block)
            at += 1
            continue
        for p in placed(block):
            value: Any = int(p.cell.text) if p.cell.text.isdigit() else p.cell.text
            top, left = at + p.row, p.column
            sheet.write_merge(top, top + p.cell.rows - 1, left, left + p.cell.columns - 1, value)
        at += len(block)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _pages(table: Table, most: int = 15, head: int = 3) -> Iterator[tuple[list[Placed], bool]]:
    """The cells of a table page by page: what goes on over a break is blank below it, the head is printed again."""
    cells, rows = placed(table), len(table)
    cut = most if rows > most + 5 else rows
    for first, last in ((0, cut), (cut, rows)):
        if first == last:
            continue
        again = [p for p in cells if p.row < head] if first else []
        part = []
        for p in cells:
            start, end = max(p.row, first), min(p.row + p.cell.rows, last)
            if start < end:
                text = p.cell.text if p.row >= first else ""
                row = start - first + (head if first else 0)
                part.append(Placed(row, p.column, Cell(text, p.cell.columns, end - start)))
        yield again + part, bool(first)


def _pdf_table(cells: list[Placed], style: Any) -> Any:
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Grid

    rows = max(p.row + p.cell.rows for p in cells)
    columns = max(p.column + p.cell.columns for p in cells)
    data: list[list[Any]] = [[""] * columns for _ in range(rows)]
    looks: list[tuple[Any, ...]] = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    # Nine digits fit into each of fifteen columns: a number that is broken over lines is none.
    looks += [(padding, (0, 0), (-1, -1), 1) for padding in ("LEFTPADDING", "RIGHTPADDING")]
    for p in cells:
        if p.cell.text:
            data[p.row][p.column] = Paragraph(escape(p.cell.text).replace("\n", "<br/>"), style)
        if p.cell.rows > 1 or p.cell.columns > 1:
            looks.append(("SPAN", (p.column, p.row), (p.column + p.cell.columns - 1, p.row + p.cell.rows - 1)))
    widths = [60.0] * 3 if columns == 10 else []
    left = A4[0] - 84 - sum(widths)
    return Grid(data, colWidths=[*widths, *[left / (columns - len(widths))] * (columns - len(widths))], style=looks)


def pdf(blocks: Sequence[Block]) -> bytes:
    """Pages with ruled tables that go on over page breaks, their heads repeated, and page numbers."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    prose = ParagraphStyle(
        "prose", fontName="STSong-Light", fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK"
    )
    small = ParagraphStyle("cell", fontName="STSong-Light", fontSize=7, leading=9, wordWrap="CJK")
    story: list[Any] = []
    for block in blocks:
        if isinstance(block, str):
            if block:
                story.append(Paragraph(escape(block), prose))
            continue
        for part, repeat in _pages(block):
            story += [PageBreak()] if repeat else []
            story += [_pdf_table(part, small), Spacer(1, 12)]

    def number(canvas: Any, _: Any) -> None:
        canvas.setFont("STSong-Light", 9)
        canvas.drawCentredString(A4[0] / 2, 20, f"- {canvas.getPageNumber()} -")

    out = BytesIO()
    document = SimpleDocTemplate(out, pagesize=A4, leftMargin=36, rightMargin=36, topMargin=48, bottomMargin=48)
    document.build(story, onFirstPage=number, onLaterPages=number)
    return out.getvalue()


FORMATS: dict[str, tuple[str, Callable[[Sequence[Block]], bytes]]] = {
    "html": (".html", html),
    "html-gb18030": (".htm", html_gb18030),
    "docx": (".docx", docx),
    "xlsx": (".xlsx", xlsx),
    "pdf": (".pdf", pdf),
    "stream": (".txt", partial(text, carrier="stream")),
    "bars": (".txt", partial(text, carrier="bars")),
    "markdown": (".md", partial(text, carrier="markdown")),
}


def files(blocks: Sequence[Block], folder: Path, formats: Sequence[str] = tuple(FORMATS)) -> Iterator[tuple[str, Path]]:
    """(format, file) of the report in each of `formats`."""
    for name in formats:
        suffix, write = FORMATS[name]
        path = folder / f"{name}{suffix}"
        path.write_bytes(write(blocks))
        yield name, path
