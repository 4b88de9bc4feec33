"""The imprint: by what gouji knows its own files again, so that none of them is taken for a report."""

from __future__ import annotations

OWN = "own-output"
"""The code of the error about such a file."""
HTML = '<meta name="generator" content="gouji">'
"""Stands in the head of every page."""
WORKBOOK = "gouji/extract/1"
"""The description of every workbook: spreadsheet programs keep it."""

_HEAD = 4096  # so far from the beginning of a file its imprint is looked for
_JSON = b'{"schema":"gouji/'
_LINE = (b'{"source": "', b'{"file": "')
_CSV = ("\ufefffile,sha256,form,".encode(), "\ufefffile,report_year,form,".encode())
_HEADING = "━━".encode()


def begins(data: bytes) -> bool:
    """Whether a file that begins with `data` is a page, data, or text of a terminal that gouji has written."""
    head = data[:_HEAD]
    first, _, rest = head.partition(b"\n")
    return (
        HTML.encode() in head
        or b"".join(head[:100].split()).startswith(_JSON)
        or (first.startswith(_LINE) and b'", "sha256": "' in first)
        or first.startswith(_CSV)
        or (first.startswith(_HEADING + b" ") and first.endswith(_HEADING) and rest.startswith(b"  "))
    )


def describes(properties: bytes) -> bool:
    """Whether the properties of a workbook (`docProps/core.xml`) are those of one that gouji has written."""
    return f">{WORKBOOK}<".encode() in properties
