"""The second pass: reports compared with one another, over the whole corpus.

DuckDB sieves: it pairs the reports of a body, evaluates the equations of the rules over all pairs at once, and
keeps those pairs in which something may not hold. Only these are put together again from their rows and go through
the rules, so that a corpus says the same as `gouji check` says of two files. Runs as a process of its own:
`python -m gouji.corpus.between`, with the setup of the run as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gouji.bodies import Body
from gouji.corpus import dataset, store
from gouji.corpus.tables import BETWEEN, opened
from gouji.crosschecks import CrossFinding, Outcome, Pair, check_copies, check_pair
from gouji.document import Document, Place
from gouji.pipeline import Engine
from gouji.profiles import Claim, Profiler
from gouji.records import Number, Observation, Report
from gouji.relations import own_path
from gouji.rulebook import Rulebook
from gouji.rulemodel import key
from gouji.spans import Span

if TYPE_CHECKING:
    import duckdb

_ROWS = 10_000  # of findings in a part
_LAST = "last.parquet"


def main() -> None:
    """Compare the reports of the data set that standard input describes."""
    setup = json.load(sys.stdin)
    compare(setup["out"], Engine.load([Path(p) for p in setup["packs"]]), setup["engine"])


def compare(out: str, engine: Engine, digest: str) -> None:
    """Write the parts of the findings between the reports of `out`, unless it is there for these reports and rules."""
    place = store.at(out)
    names = sorted(place.names("reports"))
    wanted = sha256("\n".join([digest, *names]).encode()).hexdigest()[:24]
    if place.has(f"{BETWEEN}/{wanted}-{_LAST}"):
        return
    for name in [*place.names(BETWEEN)]:
        place.remove(f"{BETWEEN}/{name}")
    with opened(out) as connection:
        sieve(connection, engine.rulebook)
        rows: list[dataset.Row] = []
        number = 0
        for found in _pairs(connection, engine):
            rows += found
            if len(rows) >= _ROWS:
                place.put(f"{BETWEEN}/{wanted}-{number:05d}.parquet", dataset.part(dataset.BETWEEN, rows))
                rows.clear()
                number += 1
    # Where the last part is, all are.
    place.put(f"{BETWEEN}/{wanted}-{_LAST}", dataset.part(dataset.BETWEEN, rows))


# --- the sieve -------------------------------------------------------------------------------------------------------

_PAIRS = """
-- The different reports of a body on a year, the last one published last.
CREATE TABLE issued AS
SELECT *, row_number() OVER (PARTITION BY body_key, above, report_year ORDER BY coalesce(published_date, ''), file) AS nth,
    count(*) OVER (PARTITION BY body_key, above, report_year) AS copies
FROM (
    SELECT file, report_year, published_date, tabled,
        body_region[len(body_region) - body_known + 1:] || [body_organ] AS body_key,
        body_region[:len(body_region) - body_known] AS above
    FROM reports WHERE body_certain AND report_year IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY body_key, above, report_year, sha256 ORDER BY file) = 1
);
CREATE TABLE pairs AS SELECT row_number() OVER (ORDER BY this, copies, last) AS pair, * FROM (
SELECT this.file AS this, last.file AS last, false AS copies FROM issued AS this JOIN issued AS last
ON this.body_key = last.body_key AND this.report_year = last.report_year + 1
    -- Of one body both may say to which city it belongs, or only one of them.
    AND (this.above = last.above OR this.above = [] OR last.above = [])
WHERE this.nth = this.copies AND last.nth = last.copies
QUALIFY count(*) OVER (PARTITION BY this.file) = 1
UNION ALL
SELECT this.file, last.file, true FROM issued AS this JOIN issued AS last
ON this.body_key = last.body_key AND this.above = last.above AND this.report_year = last.report_year AND this.nth = last.nth + 1
);
CREATE TABLE sides AS
SELECT pair, copies, this AS file, false AS earlier FROM pairs UNION ALL SELECT pair, copies, last, true FROM pairs;
"""

_FIGURES = """
CREATE TABLE figures AS
SELECT file, CASE WHEN source = 'narrative' THEN 'text ' || path ELSE path END AS name, path,
    CASE WHEN state = 'value' THEN low WHEN state = 'text' THEN -1e300 ELSE 0 END AS low,
    CASE WHEN state = 'value' THEN coalesce(high, 1e300) WHEN state = 'text' THEN 1e300 ELSE 0 END AS high,
    state = 'value' AND low = high AS exact
FROM observations
WHERE stands AND path IN (SELECT path FROM needed) AND file IN (SELECT file FROM sides);
-- A report without tables counts with what its text says.
INSERT INTO figures SELECT file, path, path, low, high, exact FROM figures
WHERE name LIKE 'text %' AND file IN (SELECT file FROM issued WHERE NOT tabled);
"""

# An equation may not hold where the sum of its terms, right ones taken negative, is not surely what it should be.
_EQUATIONS = """
INSERT INTO suspicious
SELECT pair FROM (
    SELECT s.pair, t.equation, t.alternative,
        sum(CASE WHEN t.weight > 0 THEN t.weight * f.low ELSE t.weight * f.high END) + any_value(t.rest) AS low,
        sum(CASE WHEN t.weight > 0 THEN t.weight * f.high ELSE t.weight * f.low END) + any_value(t.rest) AS high,
        any_value(t.least) AS least, any_value(t.most) AS most
    FROM sides AS s JOIN figures AS f USING (file) JOIN terms AS t ON t.name = f.name AND t.earlier = s.earlier
    WHERE NOT s.copies
    GROUP BY s.pair, t.equation, t.alternative HAVING count(*) = any_value(t.terms)
) GROUP BY pair, equation HAVING NOT bool_or(low >= least AND high <= most);
"""

_TERMS = {
    "equation": "string", "alternative": "int32", "name": "string", "earlier": "bool", "weight": "double",
    "rest": "double", "terms": "int32", "least": "double", "most": "double",
}  # fmt: skip

_SCALE = """
INSERT INTO suspicious
SELECT p.pair FROM pairs AS p
JOIN figures AS a ON a.file = p.this JOIN figures AS b ON b.file = p.last AND b.path = a.path
JOIN scales AS s ON s.path = a.path
WHERE NOT p.copies AND a.exact AND b.exact AND least(a.low, b.low) > 0 AND greatest(a.low, b.low) > s.above
    AND (greatest(a.low, b.low) > least(a.low, b.low) * s.beyond
        OR list_contains(s.exactly, greatest(a.low, b.low) / least(a.low, b.low)));
"""

_COPIED = """
INSERT INTO suspicious
SELECT pair FROM (
    SELECT s.pair, t.name, list_sort(list((f.path, f.low)) FILTER (NOT s.earlier)) AS here,
        list_sort(list((f.path, f.low)) FILTER (s.earlier)) AS there, any_value(t.least) AS least,
        count(DISTINCT f.low) AS figures
    FROM sides AS s JOIN figures AS f USING (file) JOIN copied AS t ON t.path = f.path
    WHERE NOT s.copies AND f.name = f.path AND NOT (f.low = 0 AND f.high = 0) GROUP BY s.pair, t.name
) WHERE here = there AND figures >= least;
"""

_CHOSEN = """
INSERT INTO suspicious SELECT pair FROM pairs WHERE copies OR this IN (SELECT file FROM claims);
CREATE TABLE chosen AS SELECT * FROM sides WHERE pair IN (SELECT pair FROM suspicious);
"""


def sieve(connection: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    """Make the table `chosen`: the pairs of reports in which a rule may not hold."""
    connection.execute(_PAIRS)
    connection.execute("CREATE TABLE suspicious (pair BIGINT)")
    terms = [*_terms(book)]
    scales = [
        (
            path,
            float(rule.params["above"]),
            float(rule.params.get("beyond", 1e300)),
            [float(f) for f in rule.params.get("exactly", ())],
        )
        for rule in book.rules
        if rule.kind == "scale"
        for path in rule.params["metrics"]
    ]
    copied = [
        (f"{rule.id}.{name}", path, float(rule.params["distinct"]))
        for rule in book.rules
        if rule.kind == "copied"
        for name, table in rule.params["tables"].items()
        for path in table["metrics"]
    ]
    _load(connection, "terms", _TERMS, terms)
    _load(
        connection,
        "scales",
        {"path": "string", "above": "double", "beyond": "double", "exactly": "list<double>"},
        scales,
    )
    _load(connection, "copied", {"name": "string", "path": "string", "least": "double"}, copied)
    paths = {t[2].removeprefix("text ") for t in terms} | {s[0] for s in scales} | {c[1] for c in copied}
    _load(connection, "needed", {"path": "string"}, [(path,) for path in sorted(paths)])
    for step in (_FIGURES, _EQUATIONS, _SCALE, _COPIED, _CHOSEN):
        connection.execute(step)


def _terms(book: Rulebook) -> Iterator[tuple[str, int, str, bool, float, float, int, float, float]]:
    """Every term of every equation between years: what it is multiplied with, and in which bounds the sum must lie."""
    bounds = {"==": (0.0, 0.0), ">=": (0.0, 1e300), "<=": (-1e300, 0.0)}
    for rule in book.rules:
        if rule.kind != "between_years":
            continue
        for program in book.programs(rule):
            instance = program.instance
            for n, relation in enumerate(instance.relations):
                try:
                    items, rest = relation.linear()
                except ValueError:
                    items, rest = (), 0
                # What cannot be summed up never surely holds: it is looked at wherever its figures are.
                least, most = bounds.get(relation.operator, (1.0, 0.0)) if items else (1.0, 0.0)
                slack = float(relation.within) + 1e-9
                weights = items or tuple((1, item) for item in relation.items)
                for weight, item in weights:
                    own = own_path(item.path)
                    yield (
                        f"{rule.id}/{instance.name}/{instance.source}", n, key(item.source, own), own != item.path,
                        float(weight), float(rest), len(weights), least - slack, most + slack,
                    )  # fmt: skip


def _load(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]
) -> None:
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    connection.register("loaded", dataset.arrow(columns, named))
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM loaded")
    connection.unregister("loaded")


# --- the pairs that are left -----------------------------------------------------------------------------------------


def _pairs(connection: duckdb.DuckDBPyConnection, engine: Engine) -> Iterator[list[dataset.Row]]:
    """The findings of each chosen pair, as rows."""
    profiler = Profiler(engine.registry, engine.bodies)
    chosen = "SELECT c.pair, c.copies, c.earlier, t.* FROM chosen AS c JOIN {} AS t USING (file) {} ORDER BY c.pair, c.earlier, {}"
    reports = _stream(connection, chosen.format("reports", "", "t.file"))
    figures = _stream(connection, chosen.format("observations", "WHERE t.stands", "t.number"))
    claims = _stream(connection, chosen.format("claims", "", "t.number"))
    of_figures, of_claims = _grouped(figures), _grouped(claims)
    for _, both in groupby(reports, lambda row: row["pair"]):
        profiles = []
        for row in both:
            at = row["pair"], row["earlier"]
            profile = profiler.profile(_report(row, [*of_figures(at)]), _body(row))
            profile.claims = tuple(map(_claim, of_claims(at)))
            profile.tabled = row["tabled"]
            profiles.append(profile)
            copies = row["copies"]
        pair = Pair(profiles[0], profiles[1])
        outcome: Outcome = (check_copies if copies else check_pair)(engine.rulebook, pair)
        yield [_row(n, finding, pair) for n, finding in enumerate(outcome.findings)]


def _stream(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a query, some at a time."""
    for batch in connection.cursor().sql(query).to_arrow_reader(2000):
        yield from batch.to_pylist()


def _grouped(rows: Iterator[Mapping[str, Any]]) -> Any:
    """A function that gives the rows of one side of one pair; asked in order, it skips what nobody asked for."""
    groups = groupby(rows, lambda row: (row["pair"], row["earlier"]))
    waiting: list[tuple[tuple[int, int], list[Mapping[str, Any]]]] = []

    def of(at: tuple[int, int]) -> list[Mapping[str, Any]]:
        while True:
            if not waiting:
                following = next(groups, None)
                if following is None:
                    return []
                waiting.append((following[0], [*following[1]]))
            if waiting[0][0] > at:
                return []
            found = waiting.pop()
            if found[0] == at:
                return found[1]

    return of


class _Lines:
    """Stands in for the line starts of a document that is not there any more."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places

    def position(self, at: int) -> tuple[int, int]:
        place = self._places[at]
        return place.line or 0, place.column or 0


class _Rows(Document):
    """A document of which only the places of its figures are known: the n-th figure stands at n."""

    def __init__(self, source: str, sha256: str, places: Sequence[Place]) -> None:
        super().__init__(source, sha256, "")
        self._places = places
        self.__dict__["lines"] = _Lines(places)

    def place(self, span: Span) -> Place:
        return self._places[span.start]


def _report(row: Mapping[str, Any], figures: Sequence[Mapping[str, Any]]) -> Report:
    places = [_place(figure) for figure in figures]
    observations = tuple(_observation(figure, n) for n, figure in enumerate(figures))
    return Report(
        _Rows(row["file"], row["sha256"], places or [Place()]), row["form"], tuple(row["layouts"]), row["script"],
        row["report_year"], row["title"], row["issuer"], row["region"], row["published_date"],
        observations=observations,
    )  # fmt: skip


def _observation(row: Mapping[str, Any], n: int) -> Observation:
    return Observation(
        row["path"], row["source"], row["state"], _number(row["value"]), _number(row["low"]), _number(row["high"]),
        row["unit"], row["raw"], row["label"], Span(n, n + 1), row["scope"], row["implied"], row["cell_table"],
        row["cell_row"], row["cell_column"],
    )  # fmt: skip


def _body(row: Mapping[str, Any]) -> Body:
    region = tuple(row["body_region"])
    own = region[len(region) - row["body_known"] :]
    return Body(region, row["body_organ"], row["body_level"], (own, row["body_organ"]), row["body_certain"])


def _claim(row: Mapping[str, Any]) -> Claim:
    said = {name: row[name] for name in ("path", "observation", "share", "digits", "year", "raw")}
    value = _number(row["value"])
    return Claim(value=value if value is not None else 0, amount=Decimal(row["amount"]), place=_place(row), **said)


def _place(row: Mapping[str, Any]) -> Place:
    return Place(row["line"], row["column"], row["end_line"], row["end_column"], row["page"])


def _number(value: float | None) -> Number | None:
    """A number of the data set as reports have it: whole, or with its decimals."""
    if value is None:
        return None
    return int(value) if value.is_integer() else Decimal(repr(value))


def _row(n: int, finding: CrossFinding, pair: Pair) -> dataset.Row:
    return {
        **{
            name: getattr(finding, name)
            for name in (
                "body",
                "rule",
                "instance",
                "severity",
                "verdict",
                "equation",
                "left",
                "right",
                "delta",
                "group",
                "fingerprint",
            )
        },
        "file": pair.this.source,
        "other": pair.last.source,
        "number": n,
        "report_year": finding.year,
        "message_zh": finding.message.zh,
        "message_en": finding.message.en,
        "files": [term.source for term in finding.terms],
        "paths": [term.path for term in finding.terms],
        "operands": [term.operand for term in finding.terms],
    }


if __name__ == "__main__":
    main()
