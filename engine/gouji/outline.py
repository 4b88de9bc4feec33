"""The outline of a report: its headings, and what it says about itself (title, body, dates, period)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gouji.canonical import Canonical, Line
from gouji.claims import claim, count, items_of
from gouji.document import Document
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


class Stretch(Struct):
    """A piece of running text below the headings in force, outermost first."""

    start: int
    end: int
    headings: tuple[str, ...]


class Outline:
    """What the frame of a report says."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.stretches: list[Stretch] = []
        self.mentions: list[Mention] = []
        self.title: str | None = None
        self.issuer: str | None = None
        self.region: str | None = None
        self.published_date: str | None = None
        self.period: tuple[str, str] | None = None
        self.report_year: int | None = None


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
        self.names: list[tuple[int, int]] = []  # title and issuer

    def read(self) -> Outline:
        canonical, out = self.canonical, self.out
        text = canonical.text
        heads: list[_Head] = []
        stack: list[_Head] = []
        paragraphs = []
        for line in canonical.lines:
            if line.table is not None:
                for head in stack:
                    head.tables.add(line.table)
                continue
            paragraphs.append(line)
            start = line.start
            if out.title is None and not stack and self._marked_title(line.start, line.end):
                continue
            if head_found := self._heading(text, line.start, line.end):
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
            elif not stack and out.title is None and self._title(line.start, line.end):
                continue
            if start < line.end:
                self._stretch(Stretch(start, line.end, tuple(h.title for h in stack)))
                for head in stack:
                    head.body.append(text[start : line.end])
        out.sections = [
            Section(h.ordinal, h.title, h.level, canonical.source(h.start, h.end), "\n".join(h.body), len(h.tables))
            for h in heads
        ]
        self._frame([(line.start, line.end) for line in paragraphs])
        self._mentions()
        self._year()
        return out

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

    def _title(self, start: int, end: int) -> bool:
        if end - start > 60 or not self.model.patterns["title"].search(self.canonical.text, start, end):
            return False
        # A line in brackets below the title names the body.
        follower = next((line for line in self.canonical.lines if line.start > end), None)
        if (
            follower
            and follower.table is None
            and self.model.patterns["title_body"].fullmatch(self.canonical.text, follower.start, follower.end)
        ):
            end = follower.end
        self.out.title = self._named("title", start, end)
        self._mention("year", "title", start, end)
        return True

    def _marked_title(self, start: int, end: int) -> bool:
        """Whether a line is a title that Markdown marks as a heading: # 青禾县2016年政府信息公开工作年度报告."""
        marked = self.model.patterns["title_mark"].match(self.canonical.text, start, end)
        return marked is not None and self._title(marked.end(), end)

    def _named(self, kind: str, start: int, end: int) -> str:
        """A name as the source prints it; rules find its canonical form among the mentions."""
        printed = self._printed(start, end)
        text = self.canonical.text[start:end]
        self.out.mentions.append(Mention(kind, text, printed, self.canonical.source(start, end)))
        self.names.append((start, end))
        return printed

    def _printed(self, start: int, end: int) -> str:
        span = self.canonical.source(start, end)
        return "".join(self.document.text[span.start : span.end].split())

    def _mention(self, kind: str, role: str, start: int, end: int) -> None:
        if year := self.model.patterns["year"].search(self.canonical.text, start, end):
            self.out.mentions.append(Mention(kind, role, year[1], self.canonical.source(*year.span(1))))

    def _frame(self, paragraphs: list[tuple[int, int]]) -> None:
        text, out, patterns = self.canonical.text, self.out, self.model.patterns
        for index in range(len(paragraphs) - 1, max(len(paragraphs) - 12, -1), -1):
            start, end = paragraphs[index]
            date = patterns["date_line"].fullmatch(text, start, end)
            if date and out.published_date is None:
                self._published(date)
                self._mention("year", "signature", start, end)
                if index and patterns["issuer_line"].fullmatch(text, *paragraphs[index - 1]):
                    out.issuer = self._named("issuer", *paragraphs[index - 1])
        if out.published_date is None:
            for start, end in paragraphs[:8]:
                if (date := patterns["published"].search(text, start, end)) is not None:
                    self._published(date)
                    break
        for start, end in paragraphs:
            if match := next(self.model.sought["period"].finditer(text, start, end), None):
                y1, m1, d1, y2, m2, d2 = match.groups()[:6]
                out.period = (
                    f"{int(y1):04d}-{int(m1):02d}-{int(d1):02d}",
                    f"{int(y2 or y1):04d}-{int(m2):02d}-{int(d2):02d}",
                )
                begun, ended = match.start(), match.end(END)
                span = self.canonical.source(begun, ended)
                out.mentions.append(Mention("period", text[begun:ended], "/".join(out.period), span))
                out.mentions.append(Mention("year", "period", y1, span))
                break
        out.region = self._region(paragraphs)

    def _published(self, date: re.Match[str]) -> None:
        day = f"{int(date[1]):04d}-{int(date[2]):02d}-{int(date[3]):02d}"
        self.out.published_date = day
        self.out.mentions.append(Mention("published", date.group(), day, self.canonical.source(*date.span())))

    def _region(self, paragraphs: list[tuple[int, int]]) -> str | None:
        """The first place that the title, the issuer or the opening lines name as their own."""
        patterns = self.model.patterns
        lines = [(s, min(e, s + 400)) for s, e in (*self.names, *paragraphs[:6], *paragraphs[-6:])]
        for start, end in lines:
            for match in patterns["region"].finditer(self.canonical.text[start:end]):
                if not patterns["no_region"].search(match["region"]):
                    return self._printed(start + match.start("region"), start + match.end("region"))
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
        names = items_of(listed, patterns["list_major" if "," in listed else "list_comma"])
        if number is None and not names:
            return None
        return match.start(), match.end(END), f"{'' if number is None else number}/{'|'.join(names)}"

    def _year(self) -> None:
        out = self.out
        for role in ("title", "period"):
            for mention in out.mentions:
                if mention.kind == "year" and mention.text == role and out.report_year is None:
                    out.report_year = int(mention.value)
        if out.report_year is None and out.published_date:
            out.report_year = int(out.published_date[:4]) - 1
        if out.report_year is None:
            years: dict[str, int] = {}
            for match in self.model.patterns["year"].finditer(self.canonical.text):
                years[match[1]] = years.get(match[1], 0) + 1
            if years:
                out.report_year = int(max(years, key=lambda y: (years[y], y)))


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
