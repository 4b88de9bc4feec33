"""The frame of a report: what it says about itself beside its text: title, body, region, dates, period, year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from gouji.canonical import Canonical
from gouji.document import Document
from gouji.patterns import END, Finder, Pattern
from gouji.quantities import chinese_number
from gouji.records import Mention
from gouji.values import Struct

_PAGE = 12  # so many lines, or rows, are the head of a page, and so many its end
_TEXT = 60  # a shorter line is no preface
_PREFACES = 1
_TITLE = 60  # a longer line is no title
_NOTICE = 100  # nor is this, though it may name the report that it is about
_JOINED = 3  # over so many lines a title is broken
_PREFACE = 400  # so much of a line can name who wrote the report


class FrameModel(Struct):
    """Patterns over canonical lines; see `outline` in `grammars/narrative/pack.yaml`.

    `heading` opens a heading; `sought` are the patterns that are looked for in running text.
    """

    heading: Pattern
    patterns: Mapping[str, Pattern]
    sought: Mapping[str, Finder]


class Frame:
    """What a report says about itself. `foreign` says that by its title it is about a report and is none."""

    def __init__(self) -> None:
        self.mentions: list[Mention] = []
        self.title: str | None = None
        self.titled: tuple[tuple[int, int], ...] = ()
        self.foreign = False
        self.issuer: str | None = None
        self.region: str | None = None
        self.published_date: str | None = None
        self.period: tuple[str, str] | None = None
        self.report_year: int | None = None


def read_frame(document: Document, canonical: Canonical, model: FrameModel, into: Frame) -> None:
    """Fill `into` with the frame of a report."""
    _Reader(document, canonical, model, into).read()


class _Rank(NamedTuple):
    """How well a line serves as title; greater is better."""

    year: bool
    report: bool
    prose: bool
    body: bool


_BEST = _Rank(True, True, True, True)


class _Title(NamedTuple):
    rank: _Rank
    start: int
    end: int


class _Reader:
    def __init__(self, document: Document, canonical: Canonical, model: FrameModel, out: Frame) -> None:
        self.document = document
        self.text = canonical.text
        self.canonical = canonical
        self.patterns = model.patterns
        self.sought = model.sought
        self.out = out
        self.paragraphs = [(start, end) for start, end, table in canonical.lines if table is None]
        self.head = list(self._head(model.heading))
        # The lines that can introduce the report.
        self.opening = [(start, min(end, start + _PREFACE)) for start, end in self.paragraphs[:6]]
        self.names: list[tuple[int, int]] = []  # where title and issuer stand
        self.signer: tuple[int, int] | None = None

    def read(self) -> None:
        self._title()
        self.opening += self._prefaces()
        signed = self._signature()
        self._published(signed)
        self._period()
        self._issuer()
        self.out.region = self._region()
        self._preface_year()
        self._year()

    def _head(self, heading: Pattern) -> Iterator[tuple[int, int]]:
        """The lines above the first heading, of one that goes on in text the title only.

        Of a row it is the one cell that is filled, or that behind the word for title.
        """
        text, patterns, rows = self.text, self.patterns, 0
        for line in self.canonical.lines:
            if line.table is None:
                mark = patterns["title_mark"].match(text, line.start, line.end)
                if mark and patterns["title"].search(text, mark.end(), line.end):
                    yield mark.end(), line.end
                elif heading.match(text, line.start, line.end):
                    return
                elif line.end - line.start > _TITLE and (
                    front := patterns["title_front"].match(text, line.start, min(line.end, line.start + _NOTICE))
                ):
                    yield line.start, front.end()
                    return
                else:
                    yield line.start, line.end
            elif rows < _PAGE:
                rows += 1
                cells = [m.span() for m in _CELL.finditer(text, line.start, line.end)]
                entitled = [n for n, cell in enumerate(cells) if patterns["title_label"].fullmatch(text, *cell)]
                if len(cells) == 1 or (entitled and entitled[0] + 1 < len(cells)):
                    yield cells[entitled[0] + 1 if entitled else 0]

    def _title(self) -> None:
        """The line that names year and body of the report; else the best that comes near it."""
        best: _Title | None = None
        for last in range(len(self.head)):
            for first in range(last, max(last - _JOINED, -1), -1):
                found = self._candidate(first, last)
                if found and (best is None or found.rank > best.rank):
                    best = found
            if best and best.rank == _BEST:
                break
        if best is None:
            return
        out, patterns, (rank, start, end) = self.out, self.patterns, best
        pieces = [(start, end)]
        # A line in brackets below the title names the body, or the year.
        follower = next((line for line in self.head if line[0] > end), None)
        if (
            follower
            and patterns["title_body"].fullmatch(self.text, *follower)
            and not self.sought["title_tail"].search(self.text, *follower)
        ):
            pieces.append(follower)
        out.titled, out.foreign = tuple(pieces), not rank.report
        out.title = self._named("title", *pieces)
        for piece in pieces:
            if self._mention("title", *piece):
                break

    def _prefaces(self) -> list[tuple[int, int]]:
        """The first lines of text behind the title, where what a page has around its text stands between them."""
        behind = max((end for _, end in self.out.titled), default=0)
        known = self.opening[-1][0] if self.opening else 0
        lines = (line for line in self.paragraphs if line[0] > max(behind, known) and line[1] - line[0] >= _TEXT)
        return [(start, min(end, start + _PREFACE)) for start, end in islice(lines, _PREFACES)] if behind else []

    def _candidate(self, first: int, last: int) -> _Title | None:
        """What the lines of the head from `first` to `last` are as a title; None where they are none."""
        text, patterns = self.text, self.patterns
        start, end = self.head[first][0], self.head[last][1]
        if (lead := patterns["title_lead"].match(text, start, end)) is not None:
            start = lead.end()
        if (tail := self.sought["title_tail"].search(text, start, end)) is not None:
            end = tail.start()
        if end - start > _NOTICE:
            return None
        words = text[start:end].replace("\n", "")
        report = patterns["title"].search(words)
        table = None if report else patterns["title_table"].search(words)
        if not (report or table) or patterns["no_title"].search(words):
            return None
        foreign = patterns["no_report"].search(words) is not None
        if end - start > _TITLE and not foreign:
            return None
        parts = patterns["title_parts"].fullmatch(words)
        body = (parts["body"] or parts["inner"]) if parts else None
        if first < last:
            own = patterns["title_parts"].fullmatch(text, *self.head[last])
            parted = any(
                a[1] + 1 != b[0] for a, b in zip(self.head[first:last], self.head[first + 1 : last + 1], strict=True)
            )
            if parted or parts is None or (own and (own["body"] or own["inner"])) or (body and not self._is_body(body)):
                return None
        elif table and any("。" in text[s:e] for s, e in self.head[:first]):
            return None
        year = patterns["title_year"].search(words) is not None
        return _Title(_Rank(year, not foreign, table is None, body is not None), start, end)

    def _is_body(self, name: str) -> bool:
        patterns = self.patterns
        named = patterns["issuer_line"].fullmatch(name) or patterns["place_line"].fullmatch(name)
        return named is not None and not patterns["no_issuer"].search(name)

    def _named(self, kind: str, *pieces: tuple[int, int]) -> str:
        """A name as the source prints it; rules find its canonical form among the mentions."""
        printed = "".join(self._printed(*piece) for piece in pieces)
        text = "".join(self.text[start:end] for start, end in pieces).replace("\n", "")
        self.out.mentions.append(Mention(kind, text, printed, self.canonical.source(*pieces[0])))
        self.names += pieces
        return printed

    def _printed(self, start: int, end: int) -> str:
        span = self.canonical.source(start, end)
        return "".join(self.document.text[span.start : span.end].split())

    def _mention(self, role: str, start: int, end: int) -> bool:
        """Note the year that a piece of the text states; whether it does."""
        words = self.text[start:end]
        if year := self.sought["year"].search(words.replace("\n", "")):
            at = start + words.find(year[1])
            self._stated(role, year[1], at, at + len(year[1]))
        return year is not None

    def _stated(self, role: str, year: str, start: int, end: int) -> None:
        self.out.mentions.append(Mention("year", role, year, self.canonical.source(start, end)))

    def _signature(self) -> Mention | None:
        """The day on which the report was signed, below its text or its title."""
        lines, patterns = self.paragraphs, self.patterns
        last = range(len(lines) - 1, max(len(lines) - _PAGE, -1), -1)
        for index in (*last, *range(min(_PAGE, len(self.head), len(lines)))):
            start, end = lines[index]
            date = patterns["date_line"].fullmatch(self.text, start, end)
            day = date and _day(date)
            if not date or not day:
                continue
            at = date.start(1 if date[1] else 4)
            self._stated("signature", day[:4], at, at + 4)
            signed = self._dated("signed", start, end, day)
            if index and patterns["issuer_line"].fullmatch(self.text, *lines[index - 1]):
                self.signer = lines[index - 1]
                if index >= len(self.head):
                    self.out.issuer = self._named("issuer", self.signer)
            return signed
        return None

    def _dated(self, kind: str, start: int, end: int, day: str) -> Mention:
        mention = Mention(kind, self.text[start:end], day, self.canonical.source(start, end))
        self.out.mentions.append(mention)
        return mention

    def _published(self, signed: Mention | None) -> None:
        """The day of publication: that of the page, else that of the signature, else that of the document's record."""
        lines = self.canonical.lines[:_PAGE]
        if not lines:
            return
        start, end = lines[0].start, lines[-1].end
        dated = self.patterns["date"].search(self.text, start, end)
        for name in ("published", "page_date", "written") if dated else ():
            if name == "written" and signed:
                break
            date = self.sought[name].search(self.text, start, end)
            if date and (day := _day(date)):
                self.out.published_date = day
                self._dated("published", date.start(), date.end(END), day)
                return
        if signed:
            self.out.published_date = signed.value
            self.out.mentions.append(Mention("published", signed.text, signed.value, signed.span))

    def _period(self) -> None:
        date, period = self.patterns["date"].search, self.sought["period"].search
        for start, end in self.paragraphs:
            if not date(self.text, start, end) or not (match := period(self.text, start, end)):
                continue
            y1, m1, d1, y2, m2, d2 = match.groups()[:6]
            if not all(1 <= int(month) <= 12 and 1 <= int(day) <= 31 for month, day in ((m1, d1), (m2, d2))):
                continue
            begun = f"{int(y1):04d}-{int(m1):02d}-{int(d1):02d}"
            ended = f"{int(y2 or y1):04d}-{int(m2):02d}-{int(d2):02d}"
            self.out.period = begun, ended
            span = match.start(), match.end(END)
            source = self.canonical.source(*span)
            self.out.mentions.append(Mention("period", self.text[span[0] : span[1]], f"{begun}/{ended}", source))
            # A period that reaches into a second year is of the year that it has more months of.
            later = y2 and int(m2) > 13 - int(m1)
            self.out.mentions.append(Mention("year", "period", y2 if later else y1, source))
            return

    def _issuer(self) -> None:
        """Who issued the report, where no signature says it: by the title, by the opening lines, by the page."""
        if self.out.issuer is not None:
            return
        for start, end in self._issuers():
            name = self.text[start:end]
            if self.patterns["issuer_line"].fullmatch(name) and not self.patterns["no_issuer"].search(name):
                self.out.issuer = self._named("issuer", (start, end))
                return

    def _issuers(self) -> Iterator[tuple[int, int]]:
        text, patterns = self.text, self.patterns
        title = "".join(text[start:end] for start, end in self.out.titled).replace("\n", "")
        if parts := patterns["title_parts"].fullmatch(title):
            name = parts["body"] or parts["inner"] or parts["named"] or "\n"
            places = ((text.find(name, start, end)) for start, end in self.out.titled)
            yield from ((at, at + len(name)) for at in places if at >= 0)
            # A title that names the place alone: a line below it, before the text, that names a body of this place.
            behind = max(end for _, end in self.out.titled)
            yield from (
                (start, end)
                for start, end in self.head
                if start > behind and len(name) > 2 and text.startswith(name, start, end)
            )
        if self.signer is not None:
            yield self.signer
        for start, end in self.opening:
            for match in self.sought["written_by"].finditer(text, start, end):
                yield match.span("issuer")
        lines = self.canonical.lines[:_PAGE]
        if lines and (page := self.sought["page_body"].search(text, lines[0].start, lines[-1].end)):
            yield page.span("issuer")

    def _region(self) -> str | None:
        """The first place that the title, the issuer or the opening lines name as their own."""
        patterns = self.patterns
        closing = [(start, min(end, start + _PREFACE)) for start, end in self.paragraphs[-6:]]
        for start, end in (*self.names, *self.opening, *closing):
            words = self.text[start:end].replace("\n", "")
            for match in patterns["region"].finditer(words):
                # What leads to the name is no part of it: 现公布云岭县.
                name = patterns["region_lead"].sub("", match["region"])
                if not patterns["no_region"].search(name) and (at := self.text.find(name, start, end)) >= 0:
                    return self._printed(at, at + len(name))
        return None

    def _preface_year(self) -> None:
        """The year that the opening lines give to the report itself."""
        for start, end in self.opening:
            for match in self.sought["preface_year"].finditer(self.text, start, end):
                # Titles of other papers name other years.
                if self.text.count("《", start, match.start()) == self.text.count("》", start, match.start()):
                    self._stated("preface", match[1], *match.span(1))
                    return

    def _year(self) -> None:
        out = self.out
        for role in ("title", "period", "preface"):
            for mention in out.mentions:
                if mention.kind == "year" and mention.text == role and out.report_year is None:
                    out.report_year = int(mention.value)
        if out.report_year is None and out.published_date:
            out.report_year = int(out.published_date[:4]) - 1
        if out.report_year is None:
            years: dict[str, int] = {}
            for match in self.sought["year"].finditer(self.text):
                years[match[1]] = years.get(match[1], 0) + 1
            if years:
                out.report_year = int(max(years, key=lambda y: (years[y], y)))


_CELL = re.compile(r"[^|]+")
_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")


def _day(date: re.Match[str]) -> str | None:
    """The day that the groups of a match name, year first, in digits or as Chinese numerals; None where there is none."""
    year, month, day = next((date[n], date[n + 1], date[n + 2]) for n in (1, 4) if date[n])
    of_year = int(year.translate(_DIGITS))
    of_month, of_day = (int(part) if part.isdecimal() else chinese_number(part) or 0 for part in (month, day))
    return f"{of_year:04d}-{of_month:02d}-{of_day:02d}" if 1 <= of_month <= 12 and 1 <= of_day <= 31 else None
