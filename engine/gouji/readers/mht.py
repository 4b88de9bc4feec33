"""MHTML files: a web page saved as one file, and what Word calls a single-file web page."""

from __future__ import annotations

from email import message_from_bytes

from gouji.document import Document
from gouji.readers import html
from gouji.readers.refusals import damaged


def read(data: bytes, source: str, *_: object) -> Document:
    """The Document of the page in an MHTML file; lines are those of the page. Raises ReadError."""
    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                return html.read_text(html.decode(page, source), data, source)
    raise damaged(source, "MHTML")
