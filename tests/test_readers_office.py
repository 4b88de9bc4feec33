"""Word documents, workbooks and PDF files: what is particular to each."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import pytest

import carriers
import forms
import gouji
import writers
from gouji import messages
from gouji.document import Document, Paragraph, Place, Table
from gouji.readers import docx, pdf, sheets
from gouji.readers.flow import CellNode, ParagraphNode, Piece
from gouji.reporters.page import Page
from gouji.reporters.records_json import Records
from test_readers_hostile import W, paragraph, word
from writers import Cell

NAMES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def texts(document: Document) -> list[str | list[list[str]]]:
    """Paragraphs and tables in order."""
    told: list[str | list[list[str]]] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            told.append(document.text[block.span.start : block.span.end])
        else:
            told.append([[document.text[c.start : c.end] for c in row] for row in block.rows])
    return told


def read(body: str, **parts: bytes) -> list[str | list[list[str]]]:
    """The blocks of a Word document with this body."""
    data = word(f"<w:sdt {NAMES}><w:sdtContent>{body}</w:sdtContent></w:sdt>", parts=parts)
    return texts(docx.read(data, "a.docx"))


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


# --- Word --------------------------------------------------------------------------------------------------------------


def test_tracked_changes_are_accepted() -> None:
    body = (
        f"<w:p>{run('收到申请')}<w:del><w:r><w:delText>12</w:delText></w:r></w:del><w:ins>{run('15')}</w:ins>{run('件。')}"
        f"<w:moveFrom>{run('移走')}</w:moveFrom></w:p>"
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('全年')}</w:p><w:p>{run('办结8件。')}</w:p>"
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p/></w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph('总计')}</w:tc><w:tc>{paragraph('9')}</w:tc></w:tr></w:tbl>"
    )
    assert read(body) == ["收到申请15件。", "全年办结8件。", [["总计", "9"]]]


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('框中文字12条')}</w:txbxContent>"
    body = (
        f"<w:p>{run('正文')}<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        f"</mc:AlternateContent></w:r>{run('继续')}</w:p>"
    )
    assert read(body) == ["正文继续", "框中文字12条"]


def test_hidden_text_and_field_codes_are_not_printed() -> None:
    body = (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        f"{run('办结')}<w:r><w:tab/><w:t>8</w:t><w:br/><w:t>件</w:t></w:r></w:p>"
    )
    assert read(body) == ["办结 8", "件"]


def test_merged_cells_of_word() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text) if text else '<w:p/>'}</w:tc>"

    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wide = '<w:gridSpan w:val="2"/>'
    body = (
        f"<w:tbl><w:tr>{cell('结果', down)}{cell('公开', wide)}{cell('7')}</w:tr>"
        f"<w:tr>{cell('', on)}{cell('不公开', down)}{cell('秘密')}{cell('')}</w:tr>"
        f"<w:tr>{cell('', on)}{cell('', on)}{cell('隐私')}{cell('1')}</w:tr></w:tbl>"
    )
    assert read(body) == [[["结果", "公开", "7"], ["", "不公开", "秘密", ""], ["", "", "隐私", "1"]]]


def test_numbers_that_word_prints_by_itself() -> None:
    numbering = f"""<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="4">
      <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
      <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1-%2."/></w:lvl>
      </w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num></w:numbering>""".encode()
    styles = f"""<w:styles xmlns:w="{W}"><w:style w:styleId="a"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr>
      </w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>""".encode()

    def numbered(text: str, level: int) -> str:
        number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>'
        return f"<w:p><w:pPr>{number}</w:pPr>{run(text)}</w:p>"

    body = numbered("总体情况", 0) + numbered("甲", 1) + numbered("乙", 1)
    body += f'<w:p><w:pPr><w:pStyle w:val="b"/></w:pPr>{run("主动公开")}</w:p>' + numbered("丙", 1)
    told = read(body, numbering=numbering, styles=styles)
    assert told == ["一、总体情况", "一-1.甲", "一-2.乙", "二、主动公开", "二-1.丙"]


def test_the_figures_behind_a_chart() -> None:
    points = "".join(
        f'<c:{kind}><c:pt idx="0"><c:v>{a}</c:v></c:pt><c:pt idx="1"><c:v>{b}</c:v></c:pt></c:{kind}>'
        for kind, a, b in (("cat", "当面申请数", "信函申请数"), ("val", "13", "9.0"))
    )
    out = BytesIO(word(f'<w:p {NAMES}><w:r><w:drawing><c:chart r:id="rId5"/></w:drawing></w:r></w:p>'))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships><Relationship Id="rId5" Target="charts/chart1.xml"/></Relationships>',
        )
        archive.writestr("word/charts/chart1.xml", f"<c:chartSpace {NAMES}><c:ser>{points}</c:ser></c:chartSpace>")
    document = docx.read(out.getvalue(), "a.docx")
    assert texts(document) == [[["当面申请数", "13"], ["信函申请数", "9"]]]
    assert [b.carrier for b in document.blocks if isinstance(b, Table)] == ["chart"]


def test_places_in_word() -> None:
    document = docx.read(writers.docx(["第一段", [[Cell("总计"), Cell("9")]], "第二段"]), "a.docx")
    paragraphs = [b.span for b in document.blocks if isinstance(b, Paragraph)]
    (table,) = [b for b in document.blocks if isinstance(b, Table)]
    assert [document.place(span) for span in paragraphs] == [Place(paragraph=1), Place(paragraph=2)]
    assert document.place(table.rows[0][1].span) == Place(table=1, row=1, cell=2)


@pytest.mark.parametrize(
    ("suffix", "write", "place"),
    [
        (".docx", writers.docx, "表1 行1 格2"),
        (".pdf", writers.pdf, "第1页 表1 行1 格2"),
        (".xlsx", writers.xlsx, "表1 行2 格2"),
        (".html", writers.html, ":6:"),
    ],
)
def test_a_finding_names_its_place(suffix: str, write: Callable[..., bytes], place: str, tmp_path: Path) -> None:
    """On the terminal behind the file, in JSON by names; a line where the file has lines."""
    table = [[Cell("（一）收到申请数"), Cell("9")], [Cell("1.当面申请数"), Cell("4")]]
    path = tmp_path / f"report{suffix}"
    path.write_bytes(write(["岚泽县2017年政府信息公开工作年度报告", table]))
    report = gouji.check(path)
    (total,) = [o for o in report if o.path == "requests.received.total"]
    out = StringIO()
    page = Page.on(out, messages.Voice("zh", gouji.engine().messages), gouji.engine().registry)
    assert place in page.place(report, total.span)
    record = Records("zh").check(report)["observations"][0]
    assert (record["line"] is None) == (suffix != ".html")
    assert record["place"]["cell"] == 2


def test_the_blank_form_of_2021(shared: Path) -> None:
    """Every cell of the published form is found as blank, and nothing is called an error."""
    report = gouji.check(shared / "truth" / "real" / "form-2021.docx")
    assert [o.path for o in report.observations] == forms.paths(2021)
    assert {o.state for o in report.observations} == {"blank"}
    assert [f.rule for f in report.findings if f.severity == "error"] == []


# --- workbooks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_a_workbook_without_frames(suffix: str, tmp_path: Path) -> None:
    values = [str(i % 9) for i in range(len(forms.paths(2022)))]
    blocks = forms.report(2022, values)
    path = tmp_path / f"report{suffix}"
    path.write_bytes(writers.xlsx(blocks, frames=False) if suffix == ".xlsx" else writers.xls(blocks))
    report = gouji.check(path)
    assert [(o.path, str(o.value)) for o in report if o.source == "table"] == [
        *zip(forms.paths(2022), values, strict=True)
    ]


def test_places_in_a_workbook_are_those_of_the_sheet() -> None:
    data = writers.xlsx(["标题", "", [[Cell("信息内容"), Cell("数量")], [Cell("规章"), Cell("12")]]])
    document = sheets.read(data, "a.xlsx")
    (table,) = [b for b in document.blocks if isinstance(b, Table)]
    assert document.place(table.rows[1][1].span) == Place(table=1, row=4, cell=2)


# --- PDF ---------------------------------------------------------------------------------------------------------------------


def test_lines_become_paragraphs_and_page_numbers_go() -> None:
    sentence = "全县主动公开政府信息7264条，其中，政府网站发布信息5418条，政务微信发布信息1846条。"
    blocks: list[writers.Block] = ["年度报告", *[sentence * n for n in (1, 5, 12, 30, 7)]]
    document = pdf.read(writers.pdf(blocks), "a.pdf")
    assert ["".join(str(t).split()) for t in texts(document)] == blocks


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        (["5.要求行政机关确认或", "0", "1"], ["重新出具", "", ""], [["5.要求行政机关确认或重新出具", "0", "1"]]),
        (["重复申请", "", ""], ["", "0", "1"], [["重复申请", "0", "1"]]),
        (["规章", "", ""], ["规范性文件", "0", "1"], [["规章", "", ""], ["规范性文件", "0", "1"]]),
        (["1.秘密", "0", "1"], ["2.隐私", "", ""], [["1.秘密", "0", "1"], ["2.隐私", "", ""]]),
        (["", "0", "1"], ["", "0", "2"], [["", "0", "1"], ["", "0", "2"]]),
    ],
)
def test_a_row_that_a_page_break_cuts_is_one_row(above: list[str], below: list[str], joined: list[list[str]]) -> None:
    def cells(texts: list[str]) -> list[CellNode]:
        return [CellNode([ParagraphNode([Piece(text)])]) for text in texts]

    rows = [cells(above)]
    pdf.append(rows, [cells(below)])
    assert [[cell.text for cell in row] for row in rows] == joined


def test_a_published_pdf(shared: Path) -> None:
    """No figure of its tables is wrong, no error is found where none is, and what is not bound is listed."""
    report = gouji.check(shared / "truth" / "real" / "hongze-2024.pdf")
    known = json.loads((shared / "truth" / "real_cases.json").read_text(encoding="utf-8"))
    (case,) = [case for case in known if case["id"] == "hongze-2024"]
    found = {o.path: o.value for o in report.observations if o.source == "table"}
    assert {path: case["figures"][path] for path in found} == found
    assert [f.instance for f in report.findings if f.severity == "error"] == []
    rows = {row: {path for path in case["figures"] if path.rpartition(".")[0] == row} for row in _rows(case["figures"])}
    whole = [row for row, paths in rows.items() if paths <= found.keys()]
    assert len(rows) - len(whole) == len(report.unparsed)
    assert len(found) >= 165


def _rows(figures: dict[str, object]) -> set[str]:
    return {path.rpartition(".")[0] for path in figures}


def test_the_rows_of_a_published_pdf_are_those_of_the_form(shared: Path) -> None:
    """Reading, apart from understanding: every row of table 3 has its seven figures behind its labels, over the page break."""
    document = pdf.read((shared / "truth" / "real" / "hongze-2024.pdf").read_bytes(), "hongze-2024.pdf")
    known = json.loads((shared / "truth" / "real_cases.json").read_text(encoding="utf-8"))
    (case,) = [case for case in known if case["id"] == "hongze-2024"]
    figures = case["figures"]
    (third,) = [t for t in texts(document) if isinstance(t, list) and len(t) == 26]
    wanted = [str(figures[path]) for path in forms.paths(2024, 2019) if path.startswith("requests.t3.")]
    assert [value for row in third[3:] for value in row[-7:]] == wanted


def test_writers_of_the_tests_mean_what_they_write() -> None:
    """A table that is drawn has the rows that a text extractor prints of it."""
    for year in (2019, 2022):
        for table in forms.tables(year, [str(i) for i in range(len(forms.paths(year)))]):
            rows = writers.as_extracted(table)
            (again,) = [b for b in carriers.read_tabs(carriers.write([rows], "tabs")) if not isinstance(b, str)]
            assert again == rows
