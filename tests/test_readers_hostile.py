"""Files that are broken, locked or made to do harm: one clear line each, in bounded time and memory."""

from __future__ import annotations

import signal
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import pytest

import forms
import gouji
import writers
from gouji.errors import ReadError
from gouji.readers import bounded, limits
from gouji.records import Report

REPORT = forms.report(2022, ["0"] * len(forms.paths(2022)), ["全县收到政府信息公开申请97件。"])
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[bytes, str], ReadError]:
    """The error with which a file is refused, whole in both languages."""

    def refusal(data: bytes, name: str) -> ReadError:
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(ReadError) as caught:
            gouji.check(path)
        error = caught.value
        assert error.source == str(path)
        for message in (error.problem, error.remedy):
            assert message.zh
            assert message.en
            assert "\n" not in message.zh + message.en
        return error

    return refusal


Refused = Callable[[bytes, str], ReadError]


def word(body: str, head: str = "", parts: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """A Word document with this body and further parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        )
        for name, data in parts.items():
            archive.writestr(f"word/{name}.xml", data)
    return out.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


TITLE = paragraph("望澜市岚泽县2022年政府信息公开工作年度报告")


# --- archives and XML ------------------------------------------------------------------------------------------------


def test_a_part_that_unpacks_beyond_the_limit(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PART_BYTES", 1 << 20)
    data = word(paragraph("0" * (2 << 20)))
    assert len(data) < 1 << 16
    assert refused(data, "bomb.docx").code == "too-large"


def test_a_part_that_hides_how_large_it_is(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that an archive states is a claim."""
    monkeypatch.setattr(limits, "PART_BYTES", 1 << 20)
    data = word(paragraph("0" * (2 << 20)))
    size = zipfile.ZipFile(BytesIO(data)).infolist()[0].file_size.to_bytes(4, "little")
    assert refused(data.replace(size, (100).to_bytes(4, "little")), "liar.docx").code in ("too-large", "damaged")


def test_many_parts_of_a_workbook(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 1 << 20)
    out = BytesIO(writers.xlsx(REPORT))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for i in range(10):
            archive.writestr(f"xl/media/{i}.bin", bytes(200_000))
    assert refused(out.getvalue(), "bomb.xlsx").code == "too-large"


def test_more_parts_than_any_document_has(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PARTS", 10)
    assert refused(word(TITLE, parts={f"x{i}": b"" for i in range(20)}), "parts.docx").code == "too-large"


LAUGHS = (
    "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9))
    + "]>"
)


def test_entities_that_multiply(refused: Refused) -> None:
    assert refused(word(paragraph("&j;"), LAUGHS), "laughs.docx").code == "entities"


def test_an_entity_that_names_a_file(refused: Refused, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("收到申请5432件")
    head = f"<!DOCTYPE d [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>"
    assert refused(word(TITLE + paragraph("&x;"), head), "external.docx").code == "entities"
    sheet = "<!DOCTYPE d [<!ENTITY a 'b'>]>"
    out = BytesIO(writers.xlsx(REPORT))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/worksheets/sheet2.xml", sheet)
    assert refused(out.getvalue(), "external.xlsx").code == "entities"


def test_entities_in_an_encoding_that_hides_them(refused: Refused) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        body = f'{LAUGHS}<w:document xmlns:w="{W}"><w:body>{paragraph("&j;")}</w:body></w:document>'
        archive.writestr("word/document.xml", ('<?xml version="1.0" encoding="utf-16"?>' + body).encode("utf-16"))
    assert refused(out.getvalue(), "hidden.docx").code in ("entities", "damaged")


@pytest.mark.parametrize("cut", [100, 0.5, 0.98])
@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_truncated_archives(suffix: str, cut: float, refused: Refused) -> None:
    data = writers.docx(REPORT) if suffix == ".docx" else writers.xlsx(REPORT)
    assert refused(data[: int(len(data) * cut if cut < 1 else cut)], f"cut{suffix}").code in ("damaged", "binary")


def test_an_archive_that_is_no_document(refused: Refused) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.jpg", b"\xff\xd8")
    assert refused(out.getvalue(), "report.docx").code == "binary"


def test_an_encrypted_office_file(refused: Refused) -> None:
    """Office keeps an encrypted document in a compound file with a stream of this name."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    assert refused(data, "locked.docx").code == "encrypted"


def test_tables_nested_beyond_reason_in_word(refused: Refused) -> None:
    body = "<w:tbl><w:tr><w:tc>" * 2000 + TITLE + "</w:tc></w:tr></w:tbl>" * 2000
    assert refused(word(body), "nested.docx").code == "damaged"


# --- workbooks ---------------------------------------------------------------------------------------------------------

CELLS = "<row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c></row>"


def workbook(rows: str, after: str = "", encoding: str = "utf-8") -> bytes:
    """A workbook whose first sheet holds these rows, and what is to stand behind them."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(writers.xlsx(REPORT))) as good, zipfile.ZipFile(out, "w") as archive:
        for name in good.namelist():
            data = good.read(name)
            if name.startswith("xl/worksheets/"):
                data = (
                    f'<?xml version="1.0" encoding="{encoding}"?>'
                    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                    f"<sheetData>{rows}</sheetData>{after}</worksheet>"
                ).encode(encoding)
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("rows", "after"),
    [
        (CELLS + '<row r="200000"><c r="AAA200000"><v>2</v></c></row>', ""),
        (CELLS + "<row r='200000'><c r='AAA200000'><v>2</v></c></row>", ""),
        (CELLS + '<row r ="200000"><c r = "AAA200000"><v>2</v></c></row>', ""),
        (CELLS, '<mergeCells count="1"><mergeCell ref="A1:XFD100000"/></mergeCells>'),
        (CELLS, "<mergeCells><mergeCell ref='A1:XFD20'/><mergeCell ref='A21:XFD40'/></mergeCells>"),
        (CELLS, '<hyperlinks><hyperlink ref="A1:XFD100000" location="A1"/></hyperlinks>'),
    ],
)
def test_a_workbook_of_millions_of_cells(rows: str, after: str, encoding: str, refused: Refused) -> None:
    assert refused(workbook(rows, after, encoding), "wide.xlsx").code == "too-large"


def test_a_merged_title_is_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "title.xlsx"
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>全县收到政府信息公开申请97件。</t></is></c></row>'
    path.write_bytes(workbook(text, '<mergeCells><mergeCell ref="A1:XFD1"/></mergeCells>'))
    assert gouji.check(path)["requests.received.total"] == 97


def test_a_workbook_that_takes_too_long(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object, **__: object) -> None:
        raise bounded.Exceeded

    monkeypatch.setattr("openpyxl.load_workbook", endless)
    assert refused(writers.xlsx(REPORT), "slow.xlsx").code == "too-large"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux only")
def test_an_old_workbook_whose_last_cell_is_far_away(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library makes all cells before it, and ends its process when memory runs out."""
    monkeypatch.setattr(limits, "SHEET_MEMORY", 300 << 20)
    data = writers.xls(REPORT)
    at = data.rindex(b"\xfd\x00\x0a\x00") + 4
    assert refused(data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :], "far.xls").code == "too-large"


def test_an_old_workbook_that_is_truncated(refused: Refused) -> None:
    data = writers.xls(REPORT)
    assert refused(data[: len(data) // 2], "cut.xls").code in ("damaged", "binary")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux only")
def test_an_alarm_at_the_last_moment_leaves_no_bound_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)

    late = iter((None, None, bounded.Exceeded))
    set_timer = signal.setitimer

    def setitimer(which: int, seconds: float, interval: float = 0) -> tuple[float, float]:
        if error := next(late, None):
            raise error
        return set_timer(which, seconds, interval)

    monkeypatch.setattr(signal, "setitimer", setitimer)
    with bounded.bounded(60, 1 << 30):
        assert resource.getrlimit(resource.RLIMIT_AS) != before[0]
    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="time is bounded on Unix only")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_alarm_that_nobody_hears_goes_off_again() -> None:
    """What is raised in a finalizer, or in a callback of the garbage collector, goes no further."""

    class Deaf:
        ended = False

        def __del__(self) -> None:
            try:
                while True:
                    pass
            finally:
                Deaf.ended = True

    @bounded.bounded(0.1, 1 << 30)
    def forever() -> None:
        Deaf()
        assert Deaf.ended
        while True:
            pass

    with pytest.raises(bounded.Exceeded):
        forever()


@pytest.fixture
def ring() -> Iterator[Callable[[float], object]]:
    """Set the limit of time that a corpus has for each file: TimeoutError."""

    def late(number: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="time is bounded on Unix only")
def test_a_limit_of_time_goes_on_behind_another(ring: Callable[[float], object]) -> None:
    ring(100)
    with bounded.bounded(60, 1 << 30):
        assert signal.getitimer(signal.ITIMER_REAL)[0] <= 60
    assert 60 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="time is bounded on Unix only")
def test_a_limit_of_time_holds_within_another(ring: Callable[[float], object]) -> None:
    @bounded.bounded(60, 1 << 30)
    def forever() -> None:
        while True:
            pass

    ring(0.05)
    with pytest.raises(TimeoutError):
        forever()


# --- HTML ------------------------------------------------------------------------------------------------------------


def read(html: str, tmp_path: Path) -> Report:
    path = tmp_path / "page.html"
    path.write_text(f"<html><body><p>望澜市岚泽县2022年政府信息公开工作年度报告</p>{html}", encoding="utf-8")
    return gouji.check(path)


def test_a_cell_that_spans_a_thousand_million_columns(tmp_path: Path) -> None:
    rows = '<tr><td colspan="1000000000" rowspan="1000000000">收到申请</td><td>12</td></tr><tr><td>7</td></tr>' * 50
    report = read(f"<table>{rows}</table>", tmp_path)
    assert len(report.document.text) < 5000


def test_cells_that_multiply_down_the_rows(refused: Refused) -> None:
    cells = '<td rowspan="65000">1</td>' * 1000
    data = f"<html><body>年度报告<table><tr>{cells}</tr>{'<tr></tr>' * 10_000}</table>".encode()
    assert refused(data, "grid.html").code == "too-large"


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "b", "ul><li"])
def test_a_hundred_thousand_nested_tags(tag: str, tmp_path: Path) -> None:
    report = read(f"<{tag}>" * 100_000 + "<p>全县收到政府信息公开申请97件。</p>", tmp_path)
    assert report["requests.received.total"] == 97


def test_a_cell_with_a_megabyte_of_text(tmp_path: Path) -> None:
    report = read(f"<table><tr><td>收到申请数</td><td>件</td><td>{'公' * 1_000_000}</td></tr></table>", tmp_path)
    assert all(o.value is None for o in report.observations)


def test_a_thousand_copies_of_one_table(tmp_path: Path) -> None:
    fourth = forms.tables(2022, [str(i % 7) for i in range(len(forms.paths(2022)))])[2]
    report = read(writers.html([fourth] * 1000).decode(), tmp_path)
    assert len(report.observations) == 15_000


def test_more_text_than_any_report_has(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT_LENGTH", 1000)
    assert refused(writers.html(REPORT), "long.html").code == "too-large"


def test_links_and_pictures_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def connect(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", connect)
    page = '<link rel="stylesheet" href="http://192.0.2.1/a.css"><img src="http://192.0.2.1/b.png"><iframe src="file:///etc/passwd">'
    report = read(f"{page}</iframe><p>全县收到政府信息公开申请97件。</p>", tmp_path)
    assert "root:" not in report.document.text
    assert report["requests.received.total"] == 97


# --- PDF -------------------------------------------------------------------------------------------------------------


def raw_pdf(pages: int, content: bytes = b"", objects: bytes = b"", resources: str = "") -> bytes:
    """A PDF of so many pages that share one content stream, written by hand without a table of objects."""
    kids = " ".join(f"{i + 10} 0 R" for i in range(pages))
    body = [
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        f"2 0 obj<</Type/Pages/Count {pages}/Kids[{kids}]>>endobj\n".encode(),
        b"3 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n" % (len(content), content),
        objects,
        *(
            f"{i + 10} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R"
            f"/Resources<<{resources}>>>>endobj\n".encode()
            for i in range(pages)
        ),
        b"trailer<</Root 1 0 R>>\n%%EOF",
    ]
    return b"".join(body)


def test_a_pdf_of_five_thousand_pages(refused: Refused) -> None:
    error = refused(raw_pdf(5000, zlib.compress(b"q Q")), "long.pdf")
    assert error.code == "too-large"
    assert str(limits.PAGES) in error.problem.zh


def test_a_pdf_that_draws_for_ever(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms that each draw the next one ten times are a program that does not end in this life."""
    monkeypatch.setattr(limits, "PDF_SECONDS", 1)
    forms = b"".join(
        b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>/Length 50>>stream\n%s\nendstream endobj\n"
        % (i, i + 1, b"/F Do " * 8 + b"  ")
        for i in range(6000, 6040)
    )
    data = raw_pdf(1, zlib.compress(b"/F Do"), forms, "/XObject<</F 6000 0 R>>")
    assert refused(data, "loop.pdf").code == "too-large"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux only")
def test_a_pdf_that_unpacks_to_gigabytes(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PDF_MEMORY", 200 << 20)
    packer = zlib.compressobj(9)
    content = b"".join(packer.compress(bytes(1 << 20)) for _ in range(400)) + packer.flush()
    assert len(content) < 1 << 20
    assert refused(raw_pdf(1, content), "bomb.pdf").code in ("too-large", "empty")


@pytest.mark.parametrize("cut", [20, 0.3])
def test_a_truncated_pdf(cut: float, refused: Refused) -> None:
    data = writers.pdf(REPORT)
    assert refused(data[: int(len(data) * cut if cut < 1 else cut)], "cut.pdf").code in ("damaged", "empty")


def test_an_encrypted_pdf(refused: Refused) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(100, 100, "report")
    canvas.save()
    assert refused(out.getvalue(), "locked.pdf").code == "encrypted"


def test_a_scan_says_that_it_is_one(refused: Refused) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out)
    for _ in range(2):
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    assert refused(out.getvalue(), "scan.pdf").code == "scan"


# --- what is not there, and names that lie -----------------------------------------------------------------------------


def test_a_missing_extra_is_named(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = writers.xlsx(REPORT)
    monkeypatch.setitem(sys.modules, "pdfplumber", None)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    assert "gouji[pdf]" in refused(writers.pdf(REPORT), "a.pdf").remedy.en
    assert "gouji[office]" in refused(workbook, "a.xlsx").remedy.zh
    legacy = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "Workbook".encode("utf-16-le")
    assert "gouji[office]" in refused(legacy, "a.xls").remedy.zh


@pytest.mark.parametrize("name", ["a.doc", "a.wps", "a.rtf", "a.odt"])
def test_without_libreoffice_old_files_say_so(name: str, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    data = {
        "a.rtf": b"{\\rtf1 x}",
        "a.odt": b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text",
    }.get(name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "WordDocument".encode("utf-16-le"))
    error = refused(data, name)
    assert error.code == "missing-program"
    assert "LibreOffice" in error.remedy.zh


def test_a_suffix_that_lies_does_no_harm(tmp_path: Path) -> None:
    expected = len(forms.paths(2022))
    pieces = {
        "word.doc": writers.docx(REPORT),
        "page.doc": writers.html(REPORT),
        "page.xls": writers.html(REPORT),
        "page.txt": writers.html_gb18030(REPORT),
        "word.pdf": writers.docx(REPORT),
        "print.docx": writers.pdf(REPORT),
        "sheet.html": writers.xlsx(REPORT),
        "plain.html": writers.text(REPORT),
        "plain.docx": writers.text(REPORT),
        "nothing": writers.docx(REPORT),
    }
    for name, data in pieces.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert sum(o.source == "table" for o in gouji.check(path)) == expected, name


def test_a_text_file_needs_no_library() -> None:
    """Start-up is measured: a report in plain text loads none of the readers of other formats."""
    code = (
        "import sys, gouji, tempfile, pathlib\n"
        "p = pathlib.Path(tempfile.mkdtemp()) / 'a.txt'\n"
        "p.write_text('望澜市岚泽县2022年政府信息公开工作年度报告\\n全县收到政府信息公开申请97件。\\n', encoding='utf-8')\n"
        "gouji.check(p)\n"
        "print([m for m in ('lxml', 'pdfplumber', 'openpyxl', 'zipfile', 'email') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['zipfile']")


def test_one_bad_file_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.docx").write_bytes(b"PK\x03\x04 word/document.xml")
    (tmp_path / "good.html").write_bytes(writers.html(REPORT))
    done = subprocess.run(
        [sys.executable, "-m", "gouji", "check", "--format", "json", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert '"damaged"' in done.stdout
    assert '"table2021"' in done.stdout


def test_lines_that_leave_out_millions_of_cells(refused: Refused) -> None:
    rows = "项目" + "\t数" * 60 + "\n" + "项目\t数\n" * (limits.CELLS // 30)
    refused(rows.encode(), "report.txt")
