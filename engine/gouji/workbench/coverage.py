"""How much of documents the known grammars take, and what they leave: listed, and clustered into probable layouts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gouji.canonical import Canonical, Line, canonicalise
from gouji.document import Document, Place
from gouji.errors import ReadError
from gouji.layouts import plain
from gouji.outline import Outline, read_outline
from gouji.pipeline import Engine
from gouji.quantities import cell
from gouji.recognition import recognise
from gouji.records import Report
from gouji.spans import Span
from gouji.workbench.clustering import clustered

_NUMBER = re.compile(r"\d[\d,.]*")
_SENTENCE = re.compile(r"[^。!?\n]+[。!?]?")
_SHORT = 40


class Untaken(NamedTuple):
    """A table row, or a sentence with figures, of which something was not taken; `text` is canonical."""

    kind: str  # "row" or "sentence"
    text: str
    place: Place
    table: int | None = None


class Share(NamedTuple):
    """How much of a section (or of a whole document) was taken: rows with figures, sentences with figures."""

    title: str
    rows: int = 0
    rows_taken: int = 0
    sentences: int = 0
    sentences_taken: int = 0

    @property
    def part(self) -> float | None:
        """The part that was taken, 0 to 1; None where there is nothing to take."""
        whole = self.rows + self.sentences
        return (self.rows_taken + self.sentences_taken) / whole if whole else None


class Table(NamedTuple):
    """A table of which rows were not taken. `layout` is the pack that it was read by, if any."""

    source: str
    line: int | None
    head: tuple[str, ...]
    labels: tuple[str, ...]
    columns: int
    layout: str | None

    @property
    def width(self) -> int:
        """Columns of figures."""
        return self.columns


class Coverage(NamedTuple):
    """What was taken of one document."""

    source: str
    form: str
    whole: Share
    sections: tuple[Share, ...]
    untaken: tuple[Untaken, ...]
    tables: tuple[Table, ...]


class Cluster(NamedTuple):
    """Tables that probably have one layout, or sentences of one wording; `example` is the fullest of them."""

    kind: str  # "table" or "sentence"
    columns: int
    labels: tuple[str, ...]
    times: int
    files: int
    example: Table | tuple[str, Untaken]


def cover(engine: Engine, source: str) -> Coverage:
    """What the grammars of an engine take of the document at `source`. Raises ReadError."""
    document = engine.read(source)
    canonical = canonicalise(document, engine.folds)
    try:
        report: Report | None = engine.understand(document)
    except ReadError as error:
        if error.code != "no-report":
            raise
        report = None
    return _Measure(engine, document, canonical, report).coverage()


class _Measure:
    def __init__(self, engine: Engine, document: Document, canonical: Canonical, report: Report | None) -> None:
        self.document = document
        self.canonical = canonical
        self.report = report
        self.outline: Outline = read_outline(document, canonical, engine.outline)
        self.layouts = [table.layout for table in recognise(document, canonical, engine.layouts)]
        observations = report.observations if report else ()
        self.taken = _Spans(o.span for o in observations if o.table is not None)
        self.told = _Spans(o.span for o in observations if o.table is None)
        self.left = _Spans(u.span for u in report.unparsed) if report else None
        self.open = _Spans(u.span for u in report.unbound) if report else None

    def coverage(self) -> Coverage:
        sections = [s for s in self.outline.sections if s.level == 1]
        shares = [Share("")] + [Share(s.ordinal + s.title) for s in sections]
        untaken: list[Untaken] = []
        rows_left: dict[int, list[Line]] = {}
        for line in self.canonical.lines:
            if line.table is not None and _figures(self._text(line)):
                span = self._span(line.start, line.end)
                left = self.left is None or self.left.within(span)
                place = sum(s.span.start <= span.start for s in sections)
                shares[place] = shares[place]._replace(
                    rows=shares[place].rows + 1, rows_taken=shares[place].rows_taken + (not left)
                )
                if left:
                    rows_left.setdefault(line.table, []).append(line)
                    untaken.append(Untaken("row", self._text(line), self.document.place(span), line.table))
        for start, end in self._sentences():
            span = self._span(start, end)
            open_ = self.open.within(span) if self.open is not None else _figures(self.canonical.text[start:end])
            if not open_ and not self.told.within(span):
                continue
            place = sum(s.span.start <= span.start for s in sections)
            shares[place] = shares[place]._replace(
                sentences=shares[place].sentences + 1, sentences_taken=shares[place].sentences_taken + (not open_)
            )
            if open_:
                untaken.append(Untaken("sentence", self.canonical.text[start:end], self.document.place(span)))
        whole = Share("", *(sum(numbers) for numbers in zip(*(share[1:] for share in shares), strict=True)))
        return Coverage(
            self.document.source,
            self.report.form if self.report else "unknown",
            whole,
            tuple(share for share in shares if share.part is not None),
            tuple(sorted(untaken, key=lambda u: (u.place.line or 0, u.place.column or 0))),
            tuple(self._table(number, lines) for number, lines in sorted(rows_left.items())),
        )

    def _sentences(self) -> Iterator[tuple[int, int]]:
        for stretch in self.outline.stretches:
            for match in _SENTENCE.finditer(self.canonical.text, stretch.start, stretch.end):
                yield match.span()

    def _text(self, line: Line) -> str:
        return self.canonical.text[line.start : line.end]

    def _span(self, start: int, end: int) -> Span:
        return self.canonical.source(start, max(end, start + 1))

    def _table(self, number: int, left: list[Line]) -> Table:
        """The shape of a table: its head, and the labels of the rows that were not taken."""
        lines = [line for line in self.canonical.lines if line.table == number]
        head: tuple[str, ...] = ()
        for line in lines:
            if _figures(self._text(line)):
                break
            cells = tuple(filter(None, self._text(line).split("|")))
            head = cells if len(cells) > 1 else head
        rows = [self._text(line).split("|")[:-1] for line in left]
        read = any(self.taken.within(self._span(line.start, line.end)) for line in lines)
        layout = self.layouts[number] if read else None
        return Table(
            self.document.source,
            self.document.place(self._span(left[0].start, left[0].end)).line,
            head,
            tuple(filter(None, map(label, rows))),
            max((sum(cell(c)[0] != "text" for c in row[1:]) for row in rows), default=0),
            layout.pack if layout else None,
        )


class _Spans:
    """Spans, to ask whether one of them begins within another."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.starts = sorted(span.start for span in spans)

    def within(self, span: Span) -> bool:
        from bisect import bisect_left

        place = bisect_left(self.starts, span.start)
        return place < len(self.starts) and self.starts[place] < max(span.end, span.start + 1)


def _figures(text: str) -> bool:
    return any(character.isdigit() for character in text)


def label(row: Sequence[str]) -> str:
    """The label of a row: the longest cell of words before its first figure, without ordinal and notes."""
    words: list[str] = []
    for text in row:
        if cell(text)[0] == "value" and words:
            break
        words.append(plain(text))
    return max(words, key=len, default="")


def clusters(coverages: Sequence[Coverage]) -> list[Cluster]:
    """What was left in many documents, as probable layouts and wordings; the most frequent first.

    Which tables belong together, `clustering` says; sentences do when only their numbers differ.
    """
    found = []
    for group in clustered(table for coverage in coverages for table in coverage.tables):
        example = group.representative
        files = len({table.source for table in group.members})
        found.append(Cluster("table", example.columns, group.labels, len(group.members), files, example))
    wordings: dict[str, list[tuple[str, Untaken]]] = {}
    for coverage in coverages:
        for left in coverage.untaken:
            if left.kind == "sentence":
                wordings.setdefault(_NUMBER.sub("#", left.text), []).append((coverage.source, left))
    for wording, places in wordings.items():
        files = len({source for source, _ in places})
        if len(places) > 1:
            found.append(Cluster("sentence", 0, (wording,), len(places), files, places[0]))
    return sorted(found, key=lambda c: (c.kind != "table", -c.files, -c.times, c.labels))
