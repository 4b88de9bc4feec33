"""The second pass: reports compared with one another, over the whole corpus.

`sieve` finds in DuckDB the groups of reports in which a rule may not hold. Only these are put together again from
their rows and go through the rules, so that a corpus says the same as `gouji check` says of its files. Runs as a
process of its own: `python -m gouji.corpus.between`, with the setup of the run as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gouji.bodies import Body
from gouji.corpus import dataset, sieve, store, summary
from gouji.corpus.tables import BETWEEN, opened, reading, write_database
from gouji.crosschecks import CrossFinding, Pair, check_copies, check_pair
from gouji.document import Place
from gouji.hierarchy import Hierarchy, Level, check_levels, read_roster
from gouji.pipeline import Engine
from gouji.profiles import Claim, Header, Profile, Profiler, Row
from gouji.records import Number

if TYPE_CHECKING:
    import duckdb

_ROWS = 10_000  # of findings in a part
_AT_ONCE = 2000  # rows of the database
_LAST = "last.parquet"


def main() -> None:
    """Compare the reports of the data set that standard input describes; write the database that shows its tables.

    Prints how much the data set holds, as `summary.Count`.
    """
    setup = json.load(sys.stdin)
    try:
        engine = Engine.load([Path(p) for p in setup["packs"]])
        hierarchy = read_roster(Path(setup["roster"]), engine.bodies) if setup["roster"] else None
        compare(setup["out"], engine, setup["engine"], hierarchy)
        if not store.is_remote(setup["out"]):
            write_database(setup["out"])
        with opened(setup["out"]) as data:
            print(json.dumps(summary.count(data)))
    except Exception as error:
        # For whoever waits for us: one line that says what it was.
        sys.exit(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")


def compare(out: str, engine: Engine, digest: str, hierarchy: Hierarchy | None = None) -> None:
    """Write the parts of the findings between the reports of `out`, unless it is there for these reports and rules."""
    place = store.at(out)
    names = sorted(place.names("reports"))
    roster = repr(hierarchy and (hierarchy.complete, hierarchy.members))
    wanted = sha256("\n".join([digest, roster, *names]).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    if place.has(f"{BETWEEN}/{wanted}-{_LAST}"):
        return
    for name in [*place.names(BETWEEN)]:
        place.remove(f"{BETWEEN}/{name}")
    with opened(out) as connection:
        rows: list[dataset.Row] = []
        number = 0
        for found in findings(connection, out, engine, hierarchy) if names else ():
            rows += found
            if len(rows) >= _ROWS:
                place.put(f"{BETWEEN}/{wanted}-{number:05d}.parquet", dataset.part(dataset.BETWEEN, rows))
                rows.clear()
                number += 1
    # Where the last part is, all are.
    place.put(f"{BETWEEN}/{wanted}-{_LAST}", dataset.part(dataset.BETWEEN, rows))


def findings(
    connection: duckdb.DuckDBPyConnection, out: str, engine: Engine, hierarchy: Hierarchy | None = None
) -> Iterator[list[dataset.Row]]:
    """The findings of each group of reports in which there may be any, as rows."""
    headed = reading(out, "reports", ["*.parquet"], ", filename = true")
    connection.execute(f"CREATE VIEW headed AS SELECT *, parse_filename(filename) AS part FROM ({headed})")
    if hierarchy is None:
        connection.execute("CREATE VIEW whose AS SELECT * FROM headed")
    else:
        _place(connection, hierarchy)
    for _ in sieve.sieve(connection, out, engine.rulebook, hierarchy):
        yield from _exactly(connection, engine, hierarchy)


def _exactly(
    connection: duckdb.DuckDBPyConnection, engine: Engine, hierarchy: Hierarchy | None
) -> Iterator[list[dataset.Row]]:
    """The findings of each chosen group."""
    restore = _Restorer(connection, Profiler(engine.registry, engine.bodies))
    book = engine.rulebook
    query = f"SELECT c.number, c.kind, c.child, c.place, {_HEADER} FROM chosen AS c LEFT JOIN held AS w USING (file)"
    for _, rows in groupby(_stream(connection, f"{query} ORDER BY c.number, c.place"), lambda row: row[0]):
        sides = [*rows]
        kind = sides[0][1]
        if kind == sieve.LEVELS:
            assert hierarchy is not None
            this = restore(sides[0])
            children = [
                (hierarchy.members[child].name, [restore(one) for one in of if one[4] is not None])
                for child, of in groupby(sides[1:], lambda row: row[2])
            ]
            last = None
            outcome = check_levels(book, Level(this, children, hierarchy.complete, book.registry, book.remarks))
        else:
            this, last = map(restore, sides)
            outcome = (check_copies if kind == sieve.COPIES else check_pair)(book, Pair(this, last))
        yield [_row(n, finding, this, last) for n, finding in enumerate(outcome.findings)]


def _place(connection: duckdb.DuckDBPyConnection, hierarchy: Hierarchy) -> None:
    """Make `members`, the place of each report in the roster, and `whose`: its file may say whose a report is."""
    members: list[tuple[str, int]] = []
    named: list[tuple[Any, ...]] = []
    for file, *body in _stream(connection, f"SELECT file, {', '.join(_BODY)} FROM reports ORDER BY file"):
        own = hierarchy.body_of(file)
        if own is not None:
            named.append((file, [*own.region], own.organ, own.level, len(own.key[0]), own.certain))
        member = hierarchy.member(own or _body(body))
        if member is not None:
            members.append((file, member))
    sieve.load(connection, "members", {"file": "string", "member": "int32"}, members)
    kinds = {name: dataset.TABLES["reports"][name] for name in _BODY}
    sieve.load(connection, "named", {"file": "string", **kinds}, named)
    given = ", ".join(f"coalesce(n.{name}, r.{name}) AS {name}" for name in _BODY)
    connection.execute(
        f"CREATE VIEW whose AS SELECT r.* REPLACE ({given}) FROM headed AS r LEFT JOIN named AS n USING (file)"
    )


# --- reports from their rows -----------------------------------------------------------------------------------------

_BODY = ("body_region", "body_organ", "body_level", "body_known", "body_certain")
_OF_REPORT = ("file", "sha256", "report_year", "form", "layouts", "title", "published_date", "tabled", *_BODY)
_HEADER = ", ".join(f"w.{name}" for name in _OF_REPORT)
_FIGURE = ("source", "path", "state", "low", "high", "number")
_CLAIM = ("path", "value", "observation", "amount", "share", "digits", "year", "raw")


class _Restorer:
    """Gives the profiles of chosen reports; asked in their order, it reads each row once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, profiler: Profiler) -> None:
        self._profiler = profiler

        def rows(table: str, columns: Sequence[str], where: str) -> Iterator[tuple[Any, ...]]:
            named = ", ".join(f"t.{name}" for name in columns)
            query = f"SELECT c.number, c.place, {named} FROM chosen AS c JOIN {table} AS t USING (file) WHERE {where}"
            return _stream(connection, f"{query} ORDER BY c.number, c.place, t.number")

        self._figures = _Groups(rows("held_observations", _FIGURE, "t.stands"))
        self._claims = _Groups(rows("held_claims", _CLAIM, f"c.kind = {sieve.YEARS} AND c.place = 0"))

    def __call__(self, side: Sequence[Any]) -> Profile:
        """The profile of a row of `chosen`: its group, its place there, and what is known of the report."""
        number, _, _, place, file, digest, year, form, layouts, title, published, tabled, *body = side
        header = Header(file, digest, _body(body), year, form, tuple(layouts), title, published, tabled)
        rows = (
            Row(source, path, state, _number(low), _number(high), n)
            for _, _, source, path, state, low, high, n in self._figures.of(number, place)
        )
        claims = (_claim(*row[2:]) for row in self._claims.of(number, place))
        return self._profiler.restored(header, rows, tuple(claims))


class _Groups:
    """Rows that begin with a group and a place in it, in this order."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, number: int, place: int) -> Iterator[tuple[Any, ...]]:
        """Those of one place, which nobody asks for again; what comes before is skipped."""
        while self._next is not None and (at := self._next[:2]) <= (number, place):
            if at == (number, place):
                yield self._next
            self._next = next(self._rows, None)


def _stream(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, some at a time."""
    batches = connection.cursor().sql(query).to_arrow_reader(_AT_ONCE)
    return chain.from_iterable(zip(*(column.to_pylist() for column in batch.columns), strict=True) for batch in batches)


def _body(values: Iterable[Any]) -> Body:
    region, organ, level, known, certain = values
    region = tuple(region)
    return Body(region, organ, level, (region[len(region) - known :], organ), certain)


def _claim(
    path: str, value: float | None, observation: int, amount: str, share: bool, digits: int, year: int | None, raw: str
) -> Claim:
    return Claim(path, _number(value) or 0, observation, Decimal(amount), share, digits, year, raw, Place())


def _number(value: float | None) -> Number | None:
    """A number of the data set as reports have it: whole, or with its decimals."""
    if value is None:
        return None
    return int(value) if value.is_integer() else Decimal(repr(value))


# --- findings as rows ------------------------------------------------------------------------------------------------

_SAME = (
    "body", "rule", "instance", "severity", "verdict", "equation", "left", "right", "delta", "group", "fingerprint",
)  # fmt: skip


def _row(n: int, finding: CrossFinding, this: Profile, last: Profile | None) -> dataset.Row:
    coverage = finding.coverage
    return {
        **{name: getattr(finding, name) for name in _SAME},
        "file": this.source,
        "other": last and last.source,
        "number": n,
        "report_year": finding.year,
        "message_zh": finding.message.zh,
        "message_en": finding.message.en,
        "files": [term.source for term in finding.terms],
        "paths": [term.path for term in finding.terms],
        "operands": [term.operand for term in finding.terms],
        "below": coverage and coverage.of,
        "below_read": coverage and coverage.read,
        "below_missing": coverage and [*coverage.missing],
    }


if __name__ == "__main__":
    main()
