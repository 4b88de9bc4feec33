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
    """Patterns over canonical lines; see `outline` in `grammars/narrative/pack.yaml`."""

    levels: tuple[Pattern, ...]
    any_level: Pattern
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
        self.body: list[str] = []
        self.tables: set[int] = set()


class _Reader:
    def __init__(self, document: Document, canonical: Canonical, model: OutlineModel) -> None:
        self.document = document
        self.canonical = canonical
        self.model = model
        self.out: Outline = Outline()

    def read(self) -> Outline:
        canonical, out = self.canonical, self.out
        text = canonical.text
        heads: list[_Head] = []
        stack: list[_Head] = []
        read_frame(self.document, canonical, self.model.frame, out)
        for line in canonical.lines:
            if line.table is not None:
                for head in stack:
                    head.tables.add(line.table)
                continue
            start = line.start
            start = max((ended for begun, ended in out.titled if begun < line.end and start < ended), default=start)
            if start > line.start and (start >= line.end or self._behind_title(start, line.end)):
                continue
            # What a line says behind the title may be all of the text: one heading of it tells nothing.
            if start == line.start and (head_found := self._heading(text, start, line.end)):
                head, after = head_found
                # A heading counts nothing: what does is a line of a list, or a section in one line.
                counts = self.model.sought["figure"].within(text, head.start, head.end) or self.model.patterns[
                    "heading_counts"
                ].match(text, after - 1)
                if not counts or head.level == 1:
                    start = start if counts else after
                    while stack and stack[-1].level >= head.level:
                        stack.pop()
                    stack.append(head)
                    heads.append(head)
            if start < line.end:
                self._stretch(Stretch(start, line.end, tuple(h.title for h in stack)))
                for head in stack:
                    head.body.append(text[start : line.end])
        out.sections = [
            Section(h.ordinal, h.title, h.level, canonical.source(h.start, h.end), "\n".join(h.body), len(h.tables))
            for h in heads
        ]
        self._mentions()
        return out

    def _behind_title(self, start: int, end: int) -> bool:
        """Whether what follows a title in its line belongs to it; else it is text."""
        tail = self.model.sought["title_tail"].search(self.canonical.text, start, end)
        return tail is not None and tail.start() == start

    def _stretch(self, new: Stretch) -> None:
        """Add a stretch, to the one before where that breaks off in the middle of a list."""
        stretches = self.out.stretches
        last = stretches[-1] if stretches else None
        broken_off = last is not None and self.canonical.text[last.end - 1] in ":;,、"
        if last and broken_off and last.end + 1 == new.start and last.headings == new.headings:
            stretches[-1] = Stretch(last.start, new.end, last.headings)
        else:
            stretches.append(new)

    def _heading(self, text: str, start: int, end: int) -> tuple[_Head, int] | None:
        """The heading that a line begins with, and where the running text behind it starts."""
        if not self.model.any_level.match(text, start, end):
            return None
        for level, pattern in enumerate(self.model.levels, 1):
            if match := pattern.match(text, start, end):
                stop = self.model.patterns["heading_end"].search(text, match.end(), min(end, match.end() + 60))
                title_end = stop.start() if stop else end
                body = stop.end() if stop else end
                if title_end - match.end() > 60:
                    title_end, body = match.end(), match.end()
                return _Head(
                    level, match.group(), text[match.end() : title_end], start, max(title_end, match.end())
                ), body
        return None

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
    for line in lines:
        if line.table is None:
            end = line.end
        else:
            if start < end:
                yield start, end
            start = end = line.end + 1
    if start < end:
        yield start, end
