"""What is kept of a report to compare it with others: its body, its year, and a compact vector of its figures.

Of a hundred thousand reports each leaves some kilobytes: machine integers, and one list of metrics for all reports of
one shape.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from sys import intern
from typing import TYPE_CHECKING

from gouji.bodies import Body, BodyModel
from gouji.document import Place
from gouji.intervals import EXACT_ZERO, Interval, Operand
from gouji.patterns import Pattern
from gouji.records import Number, Observation, Report, Source, State
from gouji.registry import Registry
from gouji.rulemodel import key
from gouji.spans import Span
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.intervals import Stated

_BLANK, _ODD = -(2**63), -(2**63) + 1
_BLANK_OPERAND = Operand(EXACT_ZERO, "blank")
_REACH = 60  # so near behind its figure stands what is said about the change


class Figure(Struct):
    """One figure of a profile: `observation` is the index of its observation in the report."""

    path: str
    source: Source
    operand: Operand
    observation: int
    place: Place

    @property
    def value(self) -> Number | None:
        """The figure where it is exactly known; 0 for a blank that counts so."""
        interval = self.operand.interval
        return interval.low if interval.exact else None


class Claim(Struct):
    """What a text says about the change of a figure: by `amount` per cent, or by so many where `share` is False.

    `path`, `value` and `observation` are those of the figure, `place` is that of the amount.

    `digits` are the decimals that are printed, `year` the year that it names.
    """

    path: str
    value: Number
    observation: int
    amount: Number
    share: bool
    digits: int
    year: int | None
    raw: str
    place: Place


class Growth(Struct):
    """How a change since last year is said: from the end of a figure to the unit of the amount; words of a decrease."""

    said: Pattern
    falls: Pattern


class Header(Struct):
    """What a profile says of its report as a whole; `tabled`: whether a table was read."""

    source: str
    sha256: str
    body: Body
    year: int | None
    form: str
    layouts: tuple[str, ...]
    title: str | None
    published: str | None
    tabled: bool


class Row(Struct):
    """A figure that stands for its report, kept elsewhere: `observation` is the index that it had in the report."""

    source: Source
    path: str
    state: State
    low: Number | None
    high: Number | None
    observation: int


class Profile:
    """One report, as others are compared with it."""

    __slots__ = (
        "_at", "_columns", "_index", "_keys", "_lines", "_odd", "_places", "_values",
        "body", "claims", "form", "layouts", "published", "sha256", "source", "tabled", "title",
        "year",
    )  # fmt: skip

    def __init__(self, header: Header, claims: tuple[Claim, ...] = ()) -> None:
        self.source = header.source
        self.sha256 = header.sha256
        self.body = header.body
        self.year = header.year
        self.form = header.form
        self.layouts = header.layouts
        self.title = header.title
        self.published = header.published
        self.tabled = header.tabled
        self.claims = claims
        self._keys: tuple[str, ...] = ()
        self._at: dict[str, int] = {}
        self._values: array[int] = array("q")
        self._index: array[int] = array("I")
        self._lines: array[int] = array("I")
        self._columns: array[int] = array("I")
        self._odd: dict[int, Operand] = {}
        self._places: dict[int, Place] = {}

    def figure(self, path: str, source: Source = "table") -> Figure | None:
        """The figure of a metric in one source."""
        at = self._at.get(key(source, path))
        return None if at is None else self._figure(at, path, source)

    def stated(self, path: str, source: Source = "table") -> Figure | None:
        """The figure of a metric in one source; that of the text where the report has no tables at all."""
        return self.figure(path, source) or (None if self.tabled else self.figure(path, "narrative"))

    def best(self, path: str) -> Figure | None:
        """The figure of a metric: that of a table before that of the text."""
        return self.figure(path) or self.figure(path, "narrative")

    def number(self, path: str) -> Number | None:
        """The figure of a metric that is printed and exactly known, that of a table before that of the text."""
        at = self._at.get(path)
        if at is None:
            at = self._at.get(key("narrative", path))
        return None if at is None else self._number(at)

    def exact(self, name: str) -> Number | None:
        """The figure with this key (`rulemodel.key`) where it is printed and exactly known."""
        at = self._at.get(name)
        return None if at is None else self._number(at)

    def gives(self, name: str) -> bool:
        """Whether there is a figure with this key, or a text that may stand for a missing table."""
        return name in self._at or name.startswith("text ") or not self.tabled

    def printed(self) -> dict[str, Number | None]:
        """The figures of the tables by metric, without zeros and blanks; None for one that is not exactly known."""
        return {
            name: self._number(at)
            for name, at in self._at.items()
            if self._values[at] not in (0, _BLANK) and not name.startswith("text ")
        }

    def _number(self, at: int) -> Number | None:
        value = self._values[at]
        if value == _ODD:
            operand = self._odd[at]
            return operand.interval.low if operand.kind == "exact" else None
        return None if value == _BLANK else value

    @property
    def standing(self) -> frozenset[int]:
        """The indices of the observations that stand for the report."""
        return frozenset(self._index)

    def figures(self) -> Iterator[Figure]:
        """All figures, in reading order."""
        for at, name in enumerate(self._keys):
            source: Source = "narrative" if name.startswith("text ") else "table"
            yield self._figure(at, name.removeprefix("text "), source)

    def _figure(self, at: int, path: str, source: Source) -> Figure:
        value = self._values[at]
        operand = (
            _BLANK_OPERAND if value == _BLANK else self._odd[at] if value == _ODD else Operand(Interval(value, value))
        )
        place = self._places.get(at) or Place(self._lines[at], self._columns[at])
        return Figure(path, source, operand, self._index[at], place)


class Profiler:
    """Makes profiles; reports of one shape share the list of their metrics."""

    def __init__(self, registry: Registry, bodies: BodyModel, growth: Growth | None = None) -> None:
        self.registry = registry
        self.bodies = bodies
        self.growth = growth
        self._shapes: dict[tuple[str, ...], tuple[tuple[str, ...], dict[str, int]]] = {}

    def profile(self, report: Report, body: Body | None = None) -> Profile:
        """The profile of a report, which is that of `body` where somebody knows."""
        header = Header(
            report.source, report.document.sha256, body or self.bodies.identify(report), report.report_year, report.form,
            report.layouts, report.title, report.published_date, any(o.source == "table" for o in report.observations),
        )  # fmt: skip
        profile = Profile(header, () if self.growth is None else tuple(self._claims(report, self.growth)))
        kept = self._kept(report.observations)
        keys = tuple(kept)
        if keys not in self._shapes:
            keys = tuple(map(intern, keys))
            self._shapes[keys] = keys, {name: at for at, name in enumerate(keys)}
        profile._keys, profile._at = self._shapes[keys]
        self._fill(profile, report, list(kept.values()))
        return profile

    def restored(self, header: Header, rows: Iterable[Row], claims: tuple[Claim, ...]) -> Profile:
        """The profile that a report has had, from the figures that stood for it."""
        profile = Profile(header, claims)
        keys = []
        for at, row in enumerate(rows):
            keys.append(key(row.source, row.path))
            profile._values.append(self._value(profile, at, row.path, row))
            profile._index.append(row.observation)
            profile._places[at] = Place()
        profile._keys = tuple(keys)
        profile._at = {name: at for at, name in enumerate(keys)}
        return profile

    def _kept(self, observations: Sequence[Observation]) -> dict[str, int]:
        """The observations that stand for their report, by key: the first of each metric that no scope restricts."""
        kept: dict[str, int] = {}
        rows: dict[tuple[int | None, str | None], list[Observation]] = {}
        filled = set()
        for o in observations:
            if o.source == "table":
                rows.setdefault((o.table, o.row), []).append(o)
                if o.state in ("value", "text"):
                    filled.add(o.table)
        for index, o in enumerate(observations):
            if o.scope is not None or o.source == "chart" or o.path not in self.registry:
                continue
            if o.state in ("blank", "na") and not (o.table in filled and self._counts(o, rows[o.table, o.row])):
                continue
            kept.setdefault(key(o.source, o.path), index)
        return kept

    def _counts(self, blank: Observation, row: Iterable[Observation]) -> bool:
        """Whether a blank cell stands for 0: no total of something, and no cell of a row that says nothing."""
        policy = self.registry.metric(blank.path).blank
        others = [o for o in row if o is not blank]
        if policy == "na":
            return any(o.state == "value" for o in others)
        if policy == "total":
            return bool(others) and not any(o.value or o.state == "text" for o in others)
        return policy == "zero"

    def _fill(self, profile: Profile, report: Report, indices: Sequence[int]) -> None:
        document, observations = report.document, report.observations
        first = document.place(observations[indices[0]].span) if indices else Place()
        # Where lines and columns are all there is to a place, nothing else is asked for.
        plain = Place(first.line, first.column, first.end_line, first.end_column) == first and first.line is not None
        for at, index in enumerate(indices):
            o = observations[index]
            line, column = 0, 0
            if plain:
                line, column = document.lines.position(o.span.start)
            else:
                profile._places[at] = document.place(o.span)
            profile._values.append(self._value(profile, at, o.path, o))
            profile._index.append(index)
            profile._lines.append(line)
            profile._columns.append(column)

    def _value(self, profile: Profile, at: int, path: str, stated: Stated) -> int:
        """A figure as a profile keeps it; what is no machine integer goes beside it."""
        if stated.state in ("blank", "na"):
            return _BLANK
        if type(stated.low) is int and stated.low == stated.high and abs(stated.low) < 2**62:
            return stated.low
        metric = self.registry.metric(path)
        profile._odd[at] = Operand.of(stated, metric.signed, metric.decimal)
        return _ODD

    def _claims(self, report: Report, growth: Growth) -> Iterator[Claim]:
        """The changes since last year that stand right behind a figure of the text."""
        text = report.document.text.translate(self.bodies.table)
        for index, o in enumerate(report.observations):
            if o.source != "narrative" or o.scope is not None or not o.exact or o.implied:
                continue
            end = o.span.end
            while match := growth.said.match(text, end, end + _REACH):
                said = match.groupdict()
                if said["unit"] in ("%", o.unit):
                    amount = said["amount"].replace(",", "")
                    yield Claim(
                        o.path,
                        o.value or 0,
                        index,
                        Decimal(amount) * (-1 if growth.falls.search(said["change"]) else 1),
                        said["unit"] == "%",
                        len(amount.partition(".")[2]),
                        int(said["year"]) if said["year"] else None,
                        report.document.text[end : match.end()].strip(),
                        report.document.place(Span(match.start("amount"), match.end("unit"))),
                    )
                end = match.end()
