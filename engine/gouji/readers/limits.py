"""The bounds within which files are read: what is beyond them is refused with one line.

Real reports stay far below: the longest seen has 60 pages, 1 MB of text and 4,000 cells.
"""

from __future__ import annotations

FILE_BYTES = 32 << 20
"""A file as it is on the disk."""

PART_BYTES = 16 << 20
"""One part of an archive (the XML of a document, of a sheet), unpacked."""

UNPACKED_BYTES = 128 << 20
"""All parts of an archive together, unpacked."""

PARTS = 5000
"""Parts of an archive."""

TEXT_LENGTH = 16 << 20
"""Code points of extracted text."""

CELLS = 200_000
"""Cells of all tables together; the cells that a sheet says it has, merged ones too, times 2, and those of the
rectangle that it spans, times 20."""

COLUMNS = 1000
"""What `colspan` may say; HTML itself knows no more."""

NESTING = 30
"""Tables within tables: what is deeper counts as the content of the cell around it."""

PAGES = 200
"""Pages of a PDF."""

PAGE_SHAPES = 6000
"""Lines and rectangles of one page of a PDF; a page with more is a drawing, and is read as running text."""

PDF_SECONDS = 120
"""Time for one PDF; its drawing instructions are a program that may go on for ever."""

PDF_MEMORY = 2 << 30
"""Memory for one PDF, on top of what the process has already."""

SHEET_SECONDS = 60
"""Time for one workbook."""

SHEET_MEMORY = 2 << 30
"""Memory for one workbook, on top of what the process has already."""

CONVERT_SECONDS = 60
"""Time for LibreOffice to convert one file."""
