"""The outline of a report: its headings and the text below them, its frame, and what it says of its own parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gouji.canonical import Canonical, Line
from gouji.claims import claim, count, items_of
from gouji.document import Document
from gouji.frame import Frame, FrameModel, read_frame
from gouji.patterns import END, Finder, Pattern
from gouji.records import Mention, Section
from gouji.values import Struct


class OutlineModel(Struct):
    """Patterns over canonical lines; see `outline` in `grammars/narrative/pack.yaml`.

    `heading` opens a heading; its groups `levels` say of which level, outermost first.
    """

    levels: tuple[str, ...]
    heading: Pattern
    patterns: Mapping[str, Pattern]
    sought: Mapping[str, Finder]
    mentions: Mapping[str, Finder]
    frame: FrameModel


class Stretch(Struct):
    """A piece of running text below the headings in force, outermost first."""

    start: int
    end: int
    headings: tuple[str, ...]


class Outline(Frame):
    """What a report says about itself, its headings, and its running text by heading."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[Section] = []
        self.stretches: list[Stretch] = []


def read_outline(document: Document, canonical: Canonical, model: OutlineModel) -> Outline:
    """The outline of a report."""
    return _Reader(document, canonical, model).read()


class _Head:
    def __init__(self, level: int, ordinal: str, title: str, start: int, end: int) -> None:
        self.level = level
        self.ordinal = ordinal
        self.title = title
        self.start = start
        self.end = end
        # How many lines of running text and tables stand above it; what stands below it, once that is known.
        self.lines = self.tables = 0
        self.body = ""


class _Reader:
    def __init__(self, document: Document, canonical: Canonical, model: OutlineModel) -> None:
        self.document = document
        self.canonical = canonical
        self.model = model
        self.out: Outline = Outline()
        self.stack: list[_Head] = []
        self.lines: list[str] = []  # running text
        self.tables = 0

    def read(self) -> Outline:
        canonical, out = self.canonical, self.out
        text = canonical.text
        heads: list[_Head] = []
        read_frame(self.document, canonical, self.model.frame, out)
        titled = max((end for _, end in out.titled), default=0)
        table: int | None = None
        headings: tuple[str, ...] = ()
        for line in canonical.lines:
            start, end, of_table = line
            if of_table is not None:
                if of_table != table:
                    table = of_table
                    self.tables += 1
                continue
            if start < titled:
                start = max((ended for begun, ended in out.titled if begun < end and start < ended), default=start)
                if start > line.start and (start >= end or self._behind_title(start, end)):
                    continue
            # What a line says behind the title may be all of the text: one heading of it tells nothing.
            if start == line.start and (head_found := self._heading(text, start, end)):
                head, after = head_found
                # A heading counts nothing: what does is a line of a list, or a section in one line.
                counts = self.model.sought["figure"].search(text, start, head.end) or (
                    after < end and self.model.patterns["heading_counts"].match(text, after - 1)
                )
                if not counts or head.level == 1:
                    start = start if counts else after
                    self._close(head.level)
                    head.lines, head.tables = len(self.lines), self.tables
                    self.stack.append(head)
                    heads.append(head)
                    headings = tuple([h.title for h in self.stack])
            if start < end:
                self._stretch(start, end, headings)
                self.lines.append(text[start:end])
        self._close(1)
        out.sections = [
            Section(h.ordinal, h.title, h.level, canonical.source(h.start, h.end), h.body, h.tables) for h in heads
        ]
        self._mentions()
        return out

    def _close(self, level: int) -> None:
        """Note what stands below the headings that end where one of `level` begins."""
        while self.stack and self.stack[-1].level >= level:
            head = self.stack.pop()
            head.body, head.tables = "\n".join(self.lines[head.lines :]), self.tables - head.tables

    def _behind_title(self, start: int, end: int) -> bool:
        """Whether what follows a title in its line belongs to it; else it is text."""
        tail = self.model.sought["title_tail"].search(self.canonical.text, start, end)
        return tail is not None and tail.start() == start

    def _stretch(self, start: int, end: int, headings: tuple[str, ...]) -> None:
        """Add a stretch, to the one before where that breaks off in the middle of a list."""
        stretches = self.out.stretches
        if stretches:
            begun, ended, above = stretches[-1]
            if ended + 1 == start and self.canonical.text[ended - 1] in ":;,、" and above == headings:
                stretches.pop()
                start = begun
        # Straight to the tuple, as with every line.
        stretches.append(tuple.__new__(Stretch, (start, end, headings)))

    def _heading(self, text: str, start: int, end: int) -> tuple[_Head, int] | None:
        """The heading that a line begins with, and where the running text behind it starts."""
        match = self.model.heading.match(text, start, end)
        if match is None:
            return None
        level, at = self.model.levels.index(match.lastgroup) + 1, match.end()
        stop = self.model.patterns["heading_end"].search(text, at, min(end, at + 60))
        title_end, body = stop.span() if stop else (end, end)
        if title_end - at > 60:
            title_end = body = at
        return _Head(level, match.group(), text[at:title_end], start, title_end), body

    def _mentions(self) -> None:
        text = self.canonical.text
        # The cells of tables announce nothing.
        stretches = list(_running(self.canonical.lines))
        for kind, pattern in self.model.mentions.items():
            for match in (match for start, end in stretches for match in pattern.finditer(text, start, end)):
                if (found := self._value(match)) is not None:
                    start, end, value = found
                    self.out.mentions.append(Mention(kind, text[start:end], value, self.canonical.source(start, end)))

    def _value(self, match: re.Match[str]) -> tuple[int, int, str] | None:
        """Where a mention begins and ends, and what it says; see `Mention`."""
        patterns, groups = self.model.patterns, match.groupdict()
        if "parts" not in groups:
            found = claim(self.canonical.text, match, patterns)
            if found is None:
                return None
            return found.start, found.end, f"{found.claimed}/{found.listed}/{found.words}/{found.compound}"
        # 等六个部分: the list need not be complete.
        said = groups["said"] or groups["stated"] or groups["parts"]
        number = count(said) if said else None
        listed = groups["list"] or groups["members"] or groups["named"] or ""
        if number is None and listed.endswith("等"):
            # A list of examples.
            return None
        # What stands between the first two items separates the others too.
        separator = patterns["list_comma"].search(listed)
        items = items_of(listed, patterns["list_major" if separator and separator.group() == "," else "list_comma"])
        names = [patterns["list_lead"].sub("", item) for item in items if not patterns["list_extra"].search(item)]
        if number is None and not names:
            return None
        return match.start(), match.end(END), f"{'' if number is None else number}/{'|'.join(names)}"


def _running(lines: Iterable[Line]) -> Iterator[tuple[int, int]]:
    """Where running text stands between the tables of a document."""
    start = end = 0
    for _, ended, table in lines:
        if table is None:
            end = ended
        else:
            if start < end:
                yield start, end
            start = end = ended + 1
    if start < end:
        yield start, end
