"""Readers: files to Documents, one module a format."""

READERS: dict[str, str] = {".txt": "text", ".md": "text", ".markdown": "text", ".text": "text"}
"""Suffix -> reader. A folder is walked for these; a file that is named is read whatever its suffix."""
