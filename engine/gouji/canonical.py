"""Canonical text: what every grammar sees.

A paragraph is one line; a table row is one line, `cell|cell|cell|` with the bar after every cell. Simplified
script, half-width punctuation, no white space but between two ASCII words, no noise of extractors. An OffsetMap
leads every canonical span back to the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from gouji.document import Cell, Document, Paragraph
from gouji.patterns import Pattern
from gouji.spans import OffsetMap, Span

_SPACE = r"[\s\u200b-\u200f\u2060\ufeff\xad][\s\u200b-\u200f\u2060\ufeff\xad]*"


class FoldTable(dict[int, int]):
    """Code point -> code point, for `str.translate`; a code point without an entry stands for itself."""

    def __missing__(self, code: int) -> int:
        # Remembered, so that translate asks once a character and process.
        self[code] = code
        return code


class Folds(NamedTuple):
    """How source text is folded: characters one to one, then phrases and noise with their lengths mapped."""

    table: FoldTable
    traditional: frozenset[str]
    phrases: dict[str, str]
    edit: Pattern

    @classmethod
    def build(cls, characters: dict[str, str], phrases: dict[str, str], noise: Iterable[str]) -> Folds:
        """Folds from data; OpenCC gives the Simplified form of every character, Unicode the compatible one."""
        from opencc import OpenCC

        han = [chr(c) for c in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))]
        # A newline between the characters keeps phrase rules out: one character in, one out.
        simplified = OpenCC("t2s").convert("\n".join(han)).split("\n")
        table = {a: b for a, b in zip(han, simplified, strict=True) if a != b and len(b) == 1}
        traditional = frozenset(table)
        for code in (*range(0x2E80, 0x2FE0), *range(0x3000, 0x3400), *range(0xF900, 0xFB00), *range(0xFE30, 0xFFE7)):
            character = chr(code)
            compatible = unicodedata.normalize("NFKC", character)
            # Circled and superscript numbers mark notes: they are no digits.
            if len(compatible) == 1 and compatible != character and unicodedata.category(character) != "No":
                table[character] = table.get(compatible, compatible)
        table.update(characters)
        # Every alternative opens with one set of characters, which the search tries first.
        words = [f"(?<={re.escape(p[0])}){re.escape(p[1:])}" for p in sorted(phrases, key=lambda p: (-len(p), p))]
        initials = "".join(sorted({re.escape(p[0]) for p in phrases}))
        edit = Pattern("|".join([_SPACE, *noise, *([f"[{initials}](?:{'|'.join(words)})"] if words else [])]))
        return cls(FoldTable({ord(a): ord(b) for a, b in table.items()}), traditional, phrases, edit)

    def __reduce__(self) -> tuple[Any, ...]:
        # Two strings are unpacked ten times faster than a dictionary of numbers.
        codes, folded = ("".join(map(chr, side)) for side in (self.table, self.table.values()))
        return _folds, (codes, folded, "".join(sorted(self.traditional)), self.phrases, self.edit)


def _folds(codes: str, folded: str, traditional: str, phrases: dict[str, str], edit: Pattern) -> Folds:
    return Folds(FoldTable(str.maketrans(codes, folded)), frozenset(traditional), phrases, edit)


class Line(NamedTuple):
    """One canonical line, without its newline; `table` is the ordinal of its table in the document."""

    start: int
    end: int
    table: int | None = None


class Canonical:
    """The canonical text of a document, its lines, and the way back."""

    def __init__(self, text: str, lines: list[Line], origin: OffsetMap, script: Literal["Hans", "Hant"]) -> None:
        self.text = text
        self.lines = lines
        self.origin = origin
        self.script = script

    def source(self, start: int, end: int) -> Span:
        """The source span of the canonical code points `start` to `end` (not empty)."""
        return self.origin.span(start, end)


class _Writer:
    def __init__(self, folded: str, folds: Folds, length: int = 0) -> None:
        self.folded = folded
        self.folds = folds
        self.out: list[str] = []
        self.length = length
        self.origin: OffsetMap = OffsetMap()

    def copy(self, start: int, end: int) -> None:
        """Append the folded text from `start` to `end`, edited."""
        text, position = self.folded, start
        for match in self.folds.edit.finditer(text, start, end):
            at, until = match.span()
            self._identity(position, at)
            position = until
            word = match.group()
            if replacement := self.folds.phrases.get(word):
                self.put(replacement, at, until - at)
            elif word.isspace() and start < at and until < end and _is_word(text[at - 1]) and _is_word(text[until]):
                self.put(" ", at, until - at)
        self._identity(position, end)

    def row(self, cells: Iterable[Cell]) -> None:
        """Append the cells of a table row, each with its delimiter."""
        # Most cells are copied as they are: their runs are written here, without a call for each.
        folded, search, out = self.folded, self.folds.edit.search, self.out
        derived, origin, width = self.origin.derived, self.origin.origin, self.origin.width
        for cell in cells:
            start, end = cell.start, cell.end
            if start < end:
                if search(folded, start, end):
                    self.copy(start, end)
                else:
                    derived.append(self.length)
                    origin.append(start)
                    width.append(0)
                    out.append(folded[start:end])
                    self.length += end - start
            derived.append(self.length)
            origin.append(cell.mark)
            width.append(1)
            out.append("|")
            self.length += 1

    def _identity(self, start: int, end: int) -> None:
        if start < end:
            self.origin.identity(self.length, start)
            self.out.append(self.folded[start:end])
            self.length += end - start

    def put(self, text: str, origin: int, width: int = 1) -> None:
        """Append `text` (a delimiter, a changed word) that stands for `width` code points from `origin` on."""
        self.origin.replacement(self.length, origin, width)
        self.out.append(text)
        self.length += len(text)


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def canonicalise(document: Document, folds: Folds) -> Canonical:
    """The canonical text of `document`."""
    folded = document.text.translate(folds.table)
    writer = _Writer(folded, folds)
    lines: list[Line] = []
    tables = 0
    for block in document.blocks:
        if isinstance(block, Paragraph):
            start = writer.length
            writer.copy(block.span.start, block.span.end)
            if writer.length > start:
                lines.append(Line(start, writer.length))
                writer.put("\n", block.span.end - 1)
            continue
        for row in block.rows:
            start = writer.length
            writer.row(row)
            lines.append(Line(start, writer.length, tables))
            writer.put("\n", row[-1].mark)
        tables += 1
    characters = set(document.text)
    changed = len(characters & folds.traditional)
    script: Literal["Hans", "Hant"] = "Hant" if changed * 20 > len(characters) else "Hans"
    return Canonical("".join(writer.out), lines, writer.origin, script)
