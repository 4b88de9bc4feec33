"""The sieve of the second pass: where, over a whole corpus, may a rule between reports not hold?

DuckDB groups the reports that are compared (two years of a body, two copies of a report, a body and those below it)
and evaluates all equations over all groups at once, in doubles. What surely holds is done with; the groups that are
left are few, and others look at them exactly. Whatever is uncertain stays. Groups go through in slices, each of which
reads the parts of its own reports only: what is kept of every report is which body and year it is of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gouji.corpus import dataset
from gouji.corpus.tables import reading
from gouji.hierarchy import Hierarchy
from gouji.relations import own_path
from gouji.rulebook import Rulebook

if TYPE_CHECKING:
    import duckdb

YEARS, COPIES, LEVELS = range(3)
"""What the reports of a group are to one another."""

_SLICE = 8000  # reports of groups that are looked at together

_KINDS = {"between_years": YEARS, "between_levels": LEVELS}
_BOUNDS = {"==": (0.0, 0.0), ">=": (0.0, 1e300), "<=": (-1e300, 0.0)}

_KNOWN = """
CREATE TABLE known AS
SELECT row_number() OVER (ORDER BY file)::INTEGER AS report, *,
    coalesce(published_date, '') AS published,
    body_region[len(body_region) - body_known + 1:] || [body_organ] AS body_key,
    body_region[:len(body_region) - body_known] AS above
FROM whose WHERE report_year IS NOT NULL;
"""

_PAIRS = """
-- The different reports of a body on a year, the last one published last.
CREATE TEMP TABLE issued AS
SELECT *, row_number() OVER (PARTITION BY body_key, above, report_year ORDER BY published, report) AS nth,
    count(*) OVER (PARTITION BY body_key, above, report_year) AS copies
FROM (
    SELECT report, report_year, published, body_key, above FROM known WHERE body_certain
    QUALIFY row_number() OVER (PARTITION BY body_key, above, report_year, sha256 ORDER BY report) = 1
);
CREATE TABLE all_pairs AS SELECT row_number() OVER (ORDER BY this, kind, last)::INTEGER AS number, * FROM (
SELECT this.report AS this, last.report AS last, {years} AS kind, last.report_year AS year
FROM issued AS this JOIN issued AS last ON this.body_key = last.body_key AND this.report_year = last.report_year + 1
    -- Of one body both may say to which city it belongs, or only one of them.
    AND (this.above = last.above OR this.above = [] OR last.above = [])
WHERE this.nth = this.copies AND last.nth = last.copies
QUALIFY count(*) OVER (PARTITION BY this.report) = 1
UNION ALL
SELECT this.report, last.report, {copies}, last.report_year FROM issued AS this JOIN issued AS last
ON this.body_key = last.body_key AND this.above = last.above AND this.report_year = last.report_year AND this.nth = last.nth + 1
);
DROP TABLE issued;
CREATE TABLE all_sides AS
SELECT number, kind, this AS report, false AS other FROM all_pairs UNION ALL SELECT number, kind, last, true FROM all_pairs;
"""

# The sum over the bodies below is a report of its own, with a number below zero.
_LEVELS = """
CREATE TABLE placed AS
SELECT member, report_year, report, published FROM known JOIN members USING (file)
QUALIFY row_number() OVER (PARTITION BY member, report_year, sha256 ORDER BY report) = 1;
CREATE TABLE all_levels AS
SELECT ((SELECT count(*) FROM all_pairs) + row_number() OVER (ORDER BY first, report_year))::INTEGER AS number, * FROM (
    SELECT member, report_year, report, min(report) OVER (PARTITION BY member) AS first FROM placed
    WHERE member IN (SELECT parent FROM below)
    QUALIFY row_number() OVER (PARTITION BY member, report_year ORDER BY published DESC, report DESC) = 1
);
CREATE TABLE all_children AS
SELECT l.number, b.child, p.report FROM all_levels AS l JOIN below AS b ON b.parent = l.member
LEFT JOIN placed AS p ON p.member = b.child AND p.report_year = l.report_year;
INSERT INTO all_sides
SELECT number, {levels}, report, false FROM all_levels UNION ALL SELECT number, {levels}, -number, true FROM all_levels;
CREATE TABLE slices AS
SELECT slice, min(number) AS first, max(number) AS last FROM (
    SELECT number, sum(count(*)) OVER (ORDER BY number) // {slice} AS slice
    FROM (SELECT number FROM all_sides UNION ALL SELECT number FROM all_children) GROUP BY number
) GROUP BY slice ORDER BY slice;
"""

_SLICED = (
    "".join(
        f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM all_{name} WHERE number BETWEEN {{first}} AND {{last}};"
        for name in ("pairs", "sides", "levels", "children")
    )
    + """
CREATE OR REPLACE TABLE held AS SELECT * FROM known WHERE report IN (SELECT report FROM sides UNION ALL SELECT report FROM children);
CREATE OR REPLACE TABLE suspicious (number INTEGER);
"""
)

# Zeros and blanks matter to equations only.
_FIGURES = """
CREATE OR REPLACE TABLE figures AS
SELECT k.report, n.name, f.low, f.high, f.exact FROM (
    SELECT file, path, source = 'narrative' AS narrative,
        CASE WHEN state = 'value' THEN coalesce(low, -1e300) WHEN state = 'text' THEN -1e300 ELSE 0 END AS low,
        CASE WHEN state = 'value' THEN coalesce(high, 1e300) WHEN state = 'text' THEN 1e300 ELSE 0 END AS high,
        coalesce(state = 'value' AND low = high, false) AS exact
    FROM held_observations WHERE stands
) AS f JOIN needed AS n USING (path, narrative) JOIN held AS k USING (file)
WHERE (n.summed OR f.low <> 0 OR f.high <> 0) AND NOT (n.untabled AND k.tabled);
"""

# Copies of a report that differ make a hull; what was not read may be anything.
_SUMS = """
INSERT INTO figures
SELECT -number, name, sum(low), CASE WHEN {complete} AND count(*) = any_value(bodies) THEN sum(high) ELSE 1e300 END, false
FROM (
    SELECT c.number, c.child, f.name, min(f.low) AS low, max(f.high) AS high
    FROM children AS c JOIN figures AS f USING (report) WHERE f.name % 2 = 0 GROUP BY ALL
) JOIN (SELECT number, count(DISTINCT child) AS bodies FROM children GROUP BY ALL) USING (number)
GROUP BY number, name;
"""

# An equation may not hold where the sum of its terms, right ones taken negative, is not surely what it should be.
_EQUATIONS = """
INSERT INTO suspicious
SELECT number FROM (
    SELECT s.number, t.equation, t.alternative,
        sum(CASE WHEN t.weight > 0 THEN t.weight * f.low ELSE t.weight * f.high END) + any_value(t.rest) AS low,
        sum(CASE WHEN t.weight > 0 THEN t.weight * f.high ELSE t.weight * f.low END) + any_value(t.rest) AS high,
        any_value(t.least) AS least, any_value(t.most) AS most
    FROM sides AS s JOIN figures AS f USING (report) JOIN terms AS t USING (kind, name, other)
    GROUP BY s.number, t.equation, t.alternative HAVING count(*) = any_value(t.terms)
) GROUP BY number, equation HAVING NOT bool_or(low >= least AND high <= most);
"""

_SCALES = """
CREATE TEMP TABLE sized AS
SELECT report, name // 2 AS metric, low AS size FROM figures WHERE exact AND low > 0 AND name // 2 IN (SELECT metric FROM scales);
CREATE TEMP TABLE paired AS
SELECT p.number, a.metric, greatest(a.size, b.size) AS big, least(a.size, b.size) AS small
FROM pairs AS p JOIN sized AS a ON a.report = p.this JOIN sized AS b ON b.report = p.last AND b.metric = a.metric
WHERE p.kind = {years} AND a.size <> b.size AND greatest(a.size, b.size) > (SELECT min(above) FROM scales)
    AND greatest(a.size, b.size) >= least(a.size, b.size) * (SELECT min(least(beyond, coalesce(list_min(exactly), beyond))) FROM scales);
INSERT INTO suspicious
SELECT number FROM paired JOIN scales USING (metric)
WHERE big > above AND (big > small * beyond OR list_contains(exactly, big / small));
DROP TABLE sized; DROP TABLE paired;
"""

# Equal tables have equal hashes; of those that have, the different figures are counted.
_COPIED = """
CREATE TEMP TABLE printed AS
SELECT report, t.title, bit_xor(hash(f.name, f.low)) AS content, count(*) AS size
FROM figures AS f JOIN copied AS t ON f.name = 2 * t.metric WHERE f.low <> 0 OR f.high <> 0
GROUP BY report, t.title HAVING count(*) >= any_value(t.least);
CREATE TEMP TABLE alike AS
SELECT p.number, a.report, a.title FROM pairs AS p JOIN printed AS a ON a.report = p.this
JOIN printed AS b ON b.report = p.last AND b.title = a.title AND b.content = a.content AND b.size = a.size
WHERE p.kind = {years};
INSERT INTO suspicious
SELECT number FROM alike JOIN copied AS t USING (title) JOIN figures AS f USING (report) WHERE f.name = 2 * t.metric
GROUP BY number, title HAVING count(DISTINCT f.low) FILTER (f.low <> 0 OR f.high <> 0) >= any_value(t.least);
DROP TABLE printed; DROP TABLE alike;
"""

_GROWTH = """
INSERT INTO suspicious
SELECT number FROM (
    SELECT p.number, c.number AS claim, bool_or(CASE WHEN c.share
        THEN abs((c.value - f.low) * 100 - c.amount::DOUBLE * f.low) * 2 * 10 ** c.digits <= f.low * (1 - 1e-9)
        ELSE c.value - f.low = c.amount::DOUBLE END) AS grew
    FROM held_claims AS c JOIN held AS k USING (file) JOIN pairs AS p ON p.this = k.report
    JOIN meant AS m ON m.path = c.path JOIN figures AS f ON f.report = p.last AND f.name // 2 = m.metric
    WHERE p.kind = {years} AND f.exact AND f.low >= m.least AND coalesce(c.year, p.year) = p.year
    GROUP BY p.number, c.number
) WHERE NOT grew;
"""

_ROSTER = """
INSERT INTO suspicious
SELECT number FROM levels JOIN figures USING (report) JOIN counted ON metric = name // 2
JOIN (SELECT number, count(DISTINCT child) AS bodies FROM children GROUP BY ALL) USING (number)
WHERE {complete} AND exact AND low <> bodies AND low <> bodies + 1;
"""

_COVERAGE = "INSERT INTO suspicious SELECT number FROM children WHERE report IS NULL;"

# In the order in which groups are looked at: the report itself first, then what it is compared with.
_CHOSEN = """
INSERT INTO suspicious SELECT number FROM pairs WHERE kind = {copies};
CREATE OR REPLACE TABLE chosen AS
SELECT number, kind, place, child, report, file FROM (
    SELECT number, kind, other::INTEGER AS place, NULL AS child, report FROM sides WHERE report > 0
    UNION ALL
    SELECT number, {levels}, row_number() OVER (PARTITION BY number ORDER BY child, report), child, report FROM children
) LEFT JOIN held USING (report) WHERE number IN (SELECT number FROM suspicious);
"""


class Term(NamedTuple):
    """One term of an equation: of which report, what it is multiplied with, in which bounds the sum must lie."""

    kind: int
    equation: str
    alternative: int
    metric: str
    source: str
    other: bool
    weight: float
    rest: float
    terms: int
    least: float
    most: float


def sieve(
    connection: duckdb.DuckDBPyConnection, out: str, book: Rulebook, hierarchy: Hierarchy | None = None
) -> Iterator[None]:
    """Slice by slice make the table `chosen`: groups of reports in which a rule may not hold, their members in order.

    What these have of other tables is in the views `held_observations` and `held_claims`. The bodies are those of the
    view `whose`; for levels there must be the table `members` (file, member).
    """
    metrics = _Metrics()
    terms = [*_terms(book)]
    summed = [(t.kind, t.equation, t.alternative, metrics.name(t.source, t.metric, summed=True), *t[5:]) for t in terms]
    growth = [rule.params for rule in book.rules if rule.kind == "growth"]
    claimed = [row[0] for row in connection.execute("SELECT DISTINCT path FROM claims ORDER BY path").fetchall()]
    tables: dict[str, tuple[Mapping[str, str], list[Sequence[object]]]] = {
        "terms": (
            {"kind": "int32", "equation": "string", "alternative": "int32", "name": "int32", "other": "bool",
             "weight": "double", "rest": "double", "terms": "int32", "least": "double", "most": "double"},
            [*summed],
        ),
        "scales": (
            {"metric": "int32", "above": "double", "beyond": "double", "exactly": "list<double>"},
            [
                (metrics.of(path), float(rule.params["above"]), float(rule.params.get("beyond", 1e300)),
                 [float(factor) for factor in rule.params.get("exactly", ())])
                for rule in book.rules if rule.kind == "scale" for path in rule.params["metrics"]
            ],
        ),
        "copied": (
            {"title": "string", "metric": "int32", "least": "double"},
            [
                (f"{rule.id}.{name}", metrics.of(path), float(rule.params["distinct"]))
                for rule in book.rules if rule.kind == "copied"
                for name, table in rule.params["tables"].items() for path in table["metrics"]
            ],
        ),
        "meant": (
            {"path": "string", "metric": "int32", "least": "double"},
            [
                (path, metrics.of(other), float(params["least"]))
                for params in growth for path in claimed for other in (path, *params.get("also", {}).get(path, ()))
            ],
        ),
        "counted": (
            {"metric": "int32"},
            [(metrics.of(path),) for rule in book.rules if rule.kind == "roster" for path in rule.params["metrics"]],
        ),
        "needed": (
            {"path": "string", "narrative": "bool", "untabled": "bool", "name": "int32", "summed": "bool"},
            [],
        ),
        "below": (
            {"parent": "int32", "child": "int32"},
            [(m.parent, n) for n, m in enumerate(hierarchy.members if hierarchy else ()) if m.parent is not None],
        ),
    }  # fmt: skip
    tables["needed"][1].extend(metrics.needed())
    for name, (columns, rows) in tables.items():
        load(connection, name, columns, rows)
    if hierarchy is None:
        load(connection, "members", {"file": "string", "member": "int32"}, ())
    words = {"years": YEARS, "copies": COPIES, "levels": LEVELS, "slice": _SLICE}
    words["complete"] = hierarchy is not None and hierarchy.complete
    for step in (_KNOWN, _PAIRS, _LEVELS):
        connection.execute(step.format(**words))
    steps = [_FIGURES, _SUMS, _EQUATIONS, _SCALES, _COPIED, _GROWTH, _ROSTER]
    if any(rule.kind == "coverage" for rule in book.rules):
        steps.append(_COVERAGE)
    for first, last in connection.execute("SELECT first, last FROM slices ORDER BY first").fetchall():
        connection.execute(_SLICED.format(first=first, last=last))
        parts = [row[0] for row in connection.execute("SELECT DISTINCT part FROM held ORDER BY part").fetchall()]
        for table in ("observations", "claims"):
            connection.execute(f"CREATE OR REPLACE VIEW held_{table} AS {reading(out, table, parts)}")
        for step in (*steps, _CHOSEN):
            connection.execute(step.format(**words))
        yield


class _Metrics:
    """Metrics as numbers. A figure of a table has twice that number as name, one of the text one more."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._summed: set[int] = set()

    def of(self, path: str) -> int:
        return self._numbers.setdefault(path, len(self._numbers))

    def name(self, source: str, path: str, summed: bool = False) -> int:
        number = self.of(path)
        if summed:
            self._summed.add(number)
        return 2 * number + (source == "narrative")

    def needed(self) -> Iterator[tuple[str, bool, bool, int, bool]]:
        """Which figures count as which; a report without tables counts with what its text says."""
        for path, n in self._numbers.items():
            summed = n in self._summed
            yield from (
                (path, False, False, 2 * n, summed),
                (path, True, False, 2 * n + 1, summed),
                (path, True, True, 2 * n, summed),
            )


def _terms(book: Rulebook) -> Iterator[Term]:
    for rule in book.rules:
        if rule.kind not in _KINDS:
            continue
        for program in book.programs(rule):
            instance = program.instance
            for n, relation in enumerate(instance.relations):
                try:
                    items, rest = relation.linear()
                except ValueError:
                    items, rest = (), 0
                # What cannot be summed up never surely holds: it is looked at wherever its figures are.
                least, most = _BOUNDS.get(relation.operator, (1.0, 0.0)) if items else (1.0, 0.0)
                slack = float(relation.within) + 1e-9
                weights = items or tuple((1, item) for item in relation.items)
                for weight, item in weights:
                    own = own_path(item.path)
                    other = own != item.path
                    # Of the bodies below the tables count.
                    source = "table" if other and rule.kind == "between_levels" else item.source
                    yield Term(
                        _KINDS[rule.kind], f"{rule.id}/{instance.name}/{instance.source}", n, own, source,
                        other, float(weight), float(rest), len(weights), least - slack, most + slack,
                    )  # fmt: skip


def load(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]
) -> None:
    """Make a table of some rows."""
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    connection.register("loaded", dataset.arrow(columns, named))
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM loaded")
    connection.unregister("loaded")
