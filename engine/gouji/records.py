"""Records: what a report says, as frozen values with provenance to the character."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import field

from gouji.document import Document
from gouji.spans import Span
from gouji.values import Value, record

if TYPE_CHECKING:
    from gouji.findings import Finding, Verdicts

Number: TypeAlias = int | Decimal
Source: TypeAlias = Literal["table", "narrative", "chart"]
State: TypeAlias = Literal["value", "blank", "na", "text"]


def number_text(value: Number) -> str:
    """The number in plain decimal notation, without superfluous zeros."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@record
class Observation(Value):
    """One figure (or one cell that should hold one) at one place.

    `value` is the number as printed times its multiplier; an exact figure has `low == high == value`,
    an approximate one lies in the half-open interval [`low`, `high`) with `high` None when unbounded.
    `state` tells a value from a blank cell, a mark such as "/" (na) and a cell that is no number (text).
    `table`, `row` and `column` say which cell of which form table it is: the ordinal of the table in the
    document, and the row and column names of the layout pack. `implied` marks a figure that words state
    without printing a number (未收取费用). `scope` is what the words
    restrict it to (本级, one account, half a year), if anything.
    """

    path: str
    source: Source
    state: State
    value: Number | None
    low: Number | None
    high: Number | None
    unit: str | None
    raw: str
    label: str
    span: Span
    scope: str | None = None
    implied: bool = False
    table: int | None = None
    row: str | None = None
    column: str | None = None

    @property
    def exact(self) -> bool:
        """Whether `value` is known to the last unit."""
        return self.state == "value" and self.low == self.high


@record
class Unbound(Value):
    """A figure of the running text that no metric claims; `clause` is the span of its clause.

    A percentage that is the share of a figure says in `of` of which one, as Partition does.
    """

    value: Number
    unit: str | None
    raw: str
    span: Span
    clause: Span
    of: tuple[str, int] | None = None


@record
class Unparsed(Value):
    """A table row, or a sentence with figures, that no grammar took; `table` as in Observation."""

    span: Span
    text: str
    table: int | None = None


@record
class Partition(Value):
    """A sentence that breaks a total down: `A件，其中B件、C件`.

    `total` and `parts` are indices into `figures` of the narrative: ("o", i) the i-th observation,
    ("u", i) the i-th unbound figure. `exhaustive` says that the words claim completeness.
    """

    total: tuple[str, int]
    parts: tuple[tuple[str, int], ...]
    exhaustive: bool
    span: Span


@record
class Section(Value):
    """A heading and what it announces: `ordinal` as printed (一、), `title` canonical, `level` from 1.

    `body` is the canonical text below the heading up to the next heading of the same or a higher level
    that is not itself a heading or a table row; `tables` counts the tables below it.
    """

    ordinal: str
    title: str
    level: int
    span: Span
    body: str = ""
    tables: int = 0


@record
class Mention(Value):
    """A statement about the report itself: a date, a year, an announced count; `text` is canonical.

    What `value` holds depends on the kind; of the parts that a preface announces (contents) the number, if it is
    printed, and behind a slash the names with bars between them; of a list that is counted (claimed) the claimed
    number, the listed one, the words of the count and the items that may be compound, with slashes between them; of a
    row of a form that has more or fewer cells than that, or several with words (cells), both numbers and its metrics, in
    the same way.
    """

    kind: str
    text: str
    value: str
    span: Span


@record
class Report(Value):
    """One report as gouji understood it.

    `known` are the findings that an earlier check had as they are: compared with it, they are not among `findings`.
    Of a report in Traditional script `folded` is the text of its document with each character in its Simplified form.
    """

    document: Document = field(repr=False)
    form: str
    layouts: tuple[str, ...]
    script: Literal["Hans", "Hant"]
    report_year: int | None = None
    title: str | None = None
    issuer: str | None = None
    region: str | None = None
    published_date: str | None = None
    period: tuple[str, str] | None = None
    sections: tuple[Section, ...] = field(default=(), repr=False)
    mentions: tuple[Mention, ...] = field(default=(), repr=False)
    observations: tuple[Observation, ...] = field(default=(), repr=False)
    unbound: tuple[Unbound, ...] = field(default=(), repr=False)
    unparsed: tuple[Unparsed, ...] = field(default=(), repr=False)
    partitions: tuple[Partition, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    verdicts: Verdicts | None = field(default=None, repr=False)
    known: tuple[Finding, ...] = field(default=(), repr=False)
    folded: str | None = field(default=None, repr=False)

    @property
    def simplified(self) -> str:
        """The text of the document, that of one in Traditional script with each character in its Simplified form."""
        return self.folded or self.document.text

    @property
    def source(self) -> str:
        """The path as it was given."""
        return self.document.source

    def all(self, path: str, source: Source | None = None) -> tuple[Observation, ...]:
        """Every observation of the metric `path`, in reading order."""
        return tuple(o for o in self.observations if o.path == path and (source is None or o.source == source))

    def get(self, path: str, source: Source | None = None) -> Observation | None:
        """The observation of `path`: that of a table before that of the text; None when there is none."""
        found = sorted(self.all(path, source), key=lambda o: (o.source != "table", o.state != "value"))
        return found[0] if found else None

    def __getitem__(self, path: str) -> Number | None:
        """The value of the metric `path` (`report["requests.received.total"]`); KeyError when not reported."""
        observation = self.get(path)
        if observation is None:
            raise KeyError(path)
        return observation.value

    def __contains__(self, path: object) -> bool:
        return any(o.path == path for o in self.observations)

    def __iter__(self) -> Iterator[Observation]:
        return iter(self.observations)

    def table(self, prefix: str) -> dict[str, dict[str, Number | None]]:
        """The cells of a form table below the metric path `prefix`, as row name -> column name -> value."""
        rows: dict[str, dict[str, Number | None]] = {}
        for o in self.observations:
            if o.table is not None and o.row is not None and (o.path + ".").startswith(prefix + "."):
                rows.setdefault(o.row, {})[o.column or ""] = o.value
        return rows
