"""The archives that Office files are: their parts unpacked within bounds, their XML without entities."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from gouji.readers import limits
from gouji.readers.refusals import damaged, encrypted, refuse, too_large

if TYPE_CHECKING:
    from lxml.etree import _Element


class Archive:
    """The parts of the file `source`, a `kind`. Raises ReadError for one that is truncated or has too many parts."""

    def __init__(self, data: bytes, source: str, kind: str) -> None:
        self.source = source
        self.kind = kind
        self.unpacked = 0
        try:
            self.zip = ZipFile(BytesIO(data))
        # The last is what zipfile raises for an archive of a newer version than it knows.
        except (BadZipFile, EOFError, ValueError, NotImplementedError) as error:
            raise damaged(source, kind) from error
        self.names = {info.filename: info for info in self.zip.infolist()}
        if len(self.names) > limits.PARTS:
            raise too_large(
                source,
                f"压缩包超过 {limits.PARTS} 个部分的上限",
                f"an archive of more than {limits.PARTS} parts, the limit",
            )

    def part(self, name: str) -> bytes | None:
        """The bytes of a part; None when there is none. Raises ReadError beyond the limits, and for damage."""
        info = self.names.get(name)
        if info is None:
            return None
        if info.flag_bits & 1:
            raise encrypted(self.source, self.kind)
        try:
            with self.zip.open(info) as file:
                data = file.read(limits.PART_BYTES + 1)
        except (BadZipFile, EOFError, OSError, RuntimeError, zlib.error) as error:
            raise damaged(self.source, self.kind) from error
        self.unpacked += len(data)
        if len(data) > limits.PART_BYTES or self.unpacked > limits.UNPACKED_BYTES:
            most = (limits.PART_BYTES if len(data) > limits.PART_BYTES else limits.UNPACKED_BYTES) >> 20
            raise too_large(
                self.source,
                f"解压后超过 {most} MB 的上限",
                f"unpacks to more than {most} MB, the limit",
            )
        return data

    def xml(self, name: str) -> _Element | None:
        """The root element of a part; None when there is none. Raises ReadError."""
        data = self.part(name)
        return None if data is None else parse(data, self.source, self.kind)


def parse(data: bytes, source: str, kind: str) -> _Element:
    """The root element of XML that declares nothing: no entity is expanded, no file and no address is opened.

    Raises ReadError for XML that is broken, nested beyond reason, or declares a document type.
    """
    from lxml import etree

    refuse_declarations(data, source, kind)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root: Any = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise damaged(source, kind, str(error)[:80]) from error
    if root.getroottree().docinfo.doctype:
        refuse_declarations(b"<!DOCTYPE", source, kind)
    element: _Element = root
    return element


def refuse_declarations(data: bytes, source: str, kind: str) -> None:
    """Office files declare no document type: one that does is an attack. Raises ReadError."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise refuse(
            source,
            "entities",
            f"{kind} 文件里声明了 XML 实体，拒绝读取",
            f"the {kind} file declares XML entities, which are refused",
            "请用原程序打开后另存",
            "open it in its own program and save it anew",
        )
