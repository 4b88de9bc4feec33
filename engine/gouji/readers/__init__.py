"""Readers: files to Documents, one module a format.

What a file is its first bytes say; the suffix only decides between kinds of plain text, and which files of a folder are
reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from gouji import imprint
from gouji.document import Document
from gouji.readers import limits
from gouji.readers.carriers import Carrier
from gouji.readers.refusals import encrypted, own, too_large, unknown
from gouji.values import Struct


class Format(Struct):
    """One kind of file: the suffixes under which it comes, and the module of this package that reads it."""

    module: str
    suffixes: tuple[str, ...]


FORMATS: dict[str, Format] = {
    "text": Format("text", (".txt", ".text", ".tsv", ".md", ".markdown")),
    "html": Format("html", (".html", ".htm", ".shtml", ".xhtml")),
    "mht": Format("mht", (".mht", ".mhtml")),
    "docx": Format("docx", (".docx", ".docm")),
    "xlsx": Format("sheets", (".xlsx", ".xlsm")),
    "xls": Format("sheets", (".xls", ".et")),
    "pdf": Format("pdf", (".pdf",)),
    "doc": Format("office", (".doc", ".wps")),
    "odt": Format("office", (".odt",)),
    "rtf": Format("office", (".rtf",)),
}

READERS: dict[str, str] = {suffix: name for name, format in FORMATS.items() for suffix in format.suffixes}
"""Suffix -> format. A folder is walked for these; a file that is named is read whatever its suffix."""

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?>(?><!--.{0,2000}?-->)\s*)*<(?:!doctype\s+html|html|head|body|meta)\b",
    re.I | re.S,
)
_TAGS = re.compile(rb"<(?:html|body|div|table|tr|td|p|br|span)\b[^<>]{0,500}>", re.I)
# Converters write Markdown with tables in HTML: what matters of such a file stands in them.
_HTML_TABLE = re.compile(rb"<table\b[^<>]{0,500}>\s*(?:<t(?:head|body)\b[^<>]{0,200}>\s*)?<tr\b", re.I)
_WORD_XML = re.compile(rb"\s*<\?xml[^>]{0,200}>\s*<\?mso-application progid=\"Word")
_MIME = re.compile(rb"\s*(?:MIME-Version|From|Content-Type|Subject|Date)\s*:", re.I)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read(data: bytes, source: str, suffix: str, carriers: Sequence[Carrier]) -> Document:
    """The Document of the file `source` with the bytes `data`; `suffix` is in lower case, with its dot.

    Raises ReadError for what cannot be read, with what helps.
    """
    if len(data) > limits.FILE_BYTES:
        most = limits.FILE_BYTES >> 20
        raise too_large(source, f"文件超过 {most} MB 的上限", f"larger than {most} MB, the limit")
    if imprint.begins(data):
        raise own(source)
    return _reader(FORMATS[detect(data, source, suffix)].module)(data, source, carriers)


@cache
def _reader(module: str) -> Callable[[bytes, str, Sequence[Carrier]], Document]:
    reader: Callable[[bytes, str, Sequence[Carrier]], Document] = import_module(f"gouji.readers.{module}").read
    return reader


def detect(data: bytes, source: str, suffix: str) -> str:
    """The format, one of `FORMATS`. Raises ReadError for a container whose content is no report."""
    if data.startswith(b"PK\x03\x04"):
        return _archive(data, source)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(data, source)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[:100].lstrip().startswith(b"{\\rtf"):
        return "rtf"
    head = data[:65536]
    if head.startswith(_BOMS[1:]):
        head = head.replace(b"\x00", b"")
    for mark in _BOMS:
        head = head.removeprefix(mark)
    if _MIME.match(head) and b"text/html" in head.lower():
        return "mht"
    if b"<" not in head:
        return "text"
    if _WORD_XML.match(head):
        return "doc"
    if _HTML.match(head) or (READERS.get(suffix) != "text" and _TAGS.search(head)) or _HTML_TABLE.search(head):
        return "html"
    return "text"


def _archive(data: bytes, source: str) -> str:
    """What a ZIP archive is, by the names of its parts; they stand in it as they are."""
    if b"word/document.xml" in data or b"word/_rels" in data:
        return "docx"
    if b"xl/workbook" in data or b"xl/worksheets" in data:
        return "xlsx"
    if b"opendocument.text" in data[:200]:
        return "odt"
    raise unknown(source, "是压缩包，不是报告文件", "an archive, not a report")


def _compound(data: bytes, source: str) -> str:
    """What an OLE compound file is, by the names of its streams."""
    streams = {
        name: name.encode("utf-16-le") in data for name in ("EncryptedPackage", "WordDocument", "Workbook", "Book")
    }
    if streams["EncryptedPackage"]:
        raise encrypted(source, "Office")
    if streams["WordDocument"]:
        return "doc"
    if streams["Workbook"] or streams["Book"]:
        return "xls"
    raise unknown(source, "是 Office 文件，但不是文档或表格", "an Office file, but neither a document nor a workbook")
