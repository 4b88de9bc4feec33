"""Canonical text: what every grammar sees.

A paragraph is one line; a table row is one line, `cell|cell|cell|` with the bar after every cell. Simplified
script, half-width punctuation, no white space but between two ASCII words, no noise of extractors. An OffsetMap
leads every canonical span back to the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias

from gouji.document import Cell, Document, Paragraph
from gouji.patterns import END, Finder, Pattern
from gouji.spans import OffsetMap, Span
from gouji.values import Struct

Script: TypeAlias = Literal["Hans", "Hant"]

_BLANK = r"[\s\u200b-\u200f\u2060\ufeff\xad]"
_SPACE = f"{_BLANK}{_BLANK}*"


class FoldTable(dict[int, int]):
    """Code point -> code point, for `str.translate`; a code point without an entry stands for itself."""

    def __missing__(self, code: int) -> int:
        # Remembered: all texts are made of the same few thousand characters.
        self[code] = code
        return code


class _Seen(dict[int, int]):
    """A table for `str.translate` that is filled with the code points of the text, and of no other."""

    def __init__(self, table: FoldTable) -> None:
        super().__init__()
        self.table = table

    def __missing__(self, code: int) -> int:
        to = self[code] = self.table[code]
        return to


class Folds(Struct):
    """How source text is folded: characters one to one, then phrases and noise with their lengths mapped.

    `edits` match the latter in a text of either script, `changed` each character that is folded.
    """

    table: FoldTable
    traditional: frozenset[str]
    phrases: dict[str, str]
    edits: dict[Script, Finder]
    changed: Pattern

    @classmethod
    def build(
        cls,
        characters: dict[str, str],
        phrases: dict[str, str],
        traditional_phrases: dict[str, str],
        noise: Iterable[str],
    ) -> Folds:
        """Folds from data; OpenCC gives the Simplified form of every character, Unicode the compatible one.

        In Simplified text the characters of `traditional_phrases` can stand side by side by chance: 产品质量.
        """
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
        every = phrases | traditional_phrases
        named: dict[Script, dict[str, str]] = {"Hans": phrases, "Hant": every}
        fixed = [_SPACE, *noise]
        edits = {script: Finder("|".join([*fixed, *_spaced(words)])) for script, words in named.items()}
        changed = Pattern(f"[{re.escape(''.join(a for a, b in sorted(table.items()) if a != b))}]")
        return cls(FoldTable({ord(a): ord(b) for a, b in table.items()}), traditional, every, edits, changed)

    def fold(self, text: str) -> tuple[str, Script]:
        """`text` with its characters folded, and its script."""
        folded, changed, at = text, set[str](), 0
        if len(set(self.changed.findall(text, 0, _SAMPLE))) > _FEW:
            return self._translated(text)
        # A character is folded wherever it stands before the search goes on: it stops once for each.
        while match := self.changed.search(folded, at):
            character, at = match.group(), match.end()
            to = self.table[ord(character)]
            changed.add(character)
            if len(changed) > _FEW or self.table[to] != to:
                return self._translated(text)
            folded = folded.replace(character, chr(to))
        traditional = len(changed & self.traditional)
        # The beginning of a text shows most often that few of its characters are Traditional ones.
        script = _script(traditional, len(set(text[: _SAMPLE * traditional])))
        return folded, "Hans" if script == "Hans" else _script(traditional, len(set(text)))

    def _translated(self, text: str) -> tuple[str, Script]:
        """What `fold` gives, for a text of which many characters are folded."""
        seen = _Seen(self.table)
        folded = text.translate(seen)
        return folded, _script(len(self.traditional.intersection(map(chr, seen))), len(seen))

    def __reduce__(self) -> tuple[Any, ...]:
        # Two strings are unpacked ten times faster than a dictionary of numbers.
        codes, folded = ("".join(map(chr, side)) for side in (self.table, self.table.values()))
        return _folds, (codes, folded, "".join(sorted(self.traditional)), self.phrases, self.edits, self.changed)


_FEW = 30
"""Characters that are folded one after the other: what Simplified text has of them."""

_TRADITIONAL = 20
"""A text is in Traditional script where more than one of so many of its distinct characters is."""

_SAMPLE = 400
"""Characters, for each Traditional one of the text, in which enough others are looked for; the beginning of a text."""


def _script(traditional: int, distinct: int) -> Script:
    """The script of a text with so many distinct characters, and Traditional ones among them."""
    return "Hant" if traditional * _TRADITIONAL > distinct else "Hans"


def _spaced(phrases: Iterable[str]) -> Iterator[str]:
    """Expressions for phrases, the longest first. Extractors break them as they break lines."""
    return (f"{_BLANK}*".join(map(re.escape, p)) for p in sorted(phrases, key=lambda p: (-len(p), p)))


def _folds(codes: str, folded: str, traditional: str, *rest: Any) -> Folds:
    return Folds(FoldTable(str.maketrans(codes, folded)), frozenset(traditional), *rest)


class Line(Struct):
    """One canonical line, without its newline; `table` is the ordinal of its table in the document."""

    start: int
    end: int
    table: int | None = None


class Canonical:
    """The canonical text of a document, its lines, the way back, and the `folded` text that it was made from."""

    def __init__(self, text: str, lines: list[Line], origin: OffsetMap, script: Script, folded: str) -> None:
        self.text = text
        self.lines = lines
        self.origin = origin
        self.script = script
        self.folded = folded

    def source(self, start: int, end: int) -> Span:
        """The source span of the canonical code points `start` to `end` (not empty)."""
        return self.origin.span(start, end)


class _Writer:
    def __init__(self, folded: str, folds: Folds, script: Script) -> None:
        self.folded = folded
        self.folds = folds
        self.edit = folds.edits[script]
        self.out: list[str] = []
        self.length = 0
        self.origin: OffsetMap = OffsetMap()

    def copy(self, start: int, end: int) -> None:
        """Append the folded text from `start` to `end`, edited."""
        text, position = self.folded, start
        for match in self.edit.finditer(text, start, end):
            at, until = match.start(), match.end(END)
            self._identity(position, at)
            position = until
            word = text[at:until]
            if not word.isspace():
                if replacement := self.folds.phrases.get(re.sub(_BLANK, "", word)):
                    self.put(replacement, at, until - at)
            elif start < at and until < end and _is_word(text[at - 1]) and _is_word(text[until]):
                self.put(" ", at, until - at)
        self._identity(position, end)

    def rows(self, rows: Iterable[tuple[Cell, ...]]) -> Iterator[tuple[int, int]]:
        """Append table rows, each cell with its delimiter; gives where each row begins and ends."""
        # Most cells are copied as they are: their runs are written here, without a call for each.
        folded, edited, write = self.folded, self.edit.search, self.out.append
        derived, origin, width = self.origin.derived.append, self.origin.origin.append, self.origin.width.append
        for row in rows:
            begun = length = self.length
            for start, end, mark in row:
                if start < end:
                    if edited(folded, start, end):
                        self.length = length
                        self.copy(start, end)
                        length = self.length
                    else:
                        derived(length)
                        origin(start)
                        width(0)
                        write(folded[start:end])
                        length += end - start
                derived(length)
                origin(mark)
                width(1)
                write("|")
                length += 1
            self.length = length
            self.put("\n", mark)
            yield begun, length

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
    text, script = folds.fold(document.text)
    writer = _Writer(text, folds, script)
    lines: list[Line] = []
    tables = 0
    for block in document.blocks:
        if isinstance(block, Paragraph):
            start = writer.length
            writer.copy(block.span.start, block.span.end)
            if writer.length > start:
                # Straight to the tuple, here and for rows.
                lines.append(tuple.__new__(Line, (start, writer.length, None)))
                writer.put("\n", block.span.end - 1)
            continue
        lines += [tuple.__new__(Line, (start, end, tables)) for start, end in writer.rows(block.rows)]
        tables += 1
    return Canonical("".join(writer.out), lines, writer.origin, script, text)
