"""What a data set holds, in numbers: each an SQL query over its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from gouji.findings import SEVERITIES

if TYPE_CHECKING:
    import duckdb

Rows: TypeAlias = list[tuple[Any, ...]]
_FINDINGS = """
SELECT file, rule, severity FROM findings WHERE verdict = 'fail'
UNION ALL SELECT file, rule, severity FROM between WHERE verdict = 'fail'
"""
_SEVERITIES = str([*SEVERITIES])
# What stands in a row of an unknown layout besides figures tells it from another.
_SHAPE = r"regexp_replace(head, '[0-9][0-9.,]*', '#', 'g')"


class Summary(NamedTuple):
    """Rows as the queries of QUERIES give them; see there for their columns."""

    totals: Rows
    severities: Rows
    cases: Rows
    years: Rows
    eras: Rows
    provinces: Rows
    coverage: Rows
    rules: Rows
    bodies: Rows
    quality: Rows
    trends: Rows
    layouts: Rows
    layout_count: Rows
    errors: Rows
    failed: Rows


class Count(NamedTuple):
    """How much a data set holds; every file is a report or an error, `between` counts the findings between reports."""

    reports: int
    errors: int
    findings: int
    between: int

    @property
    def files(self) -> int:
        """The files that it is about."""
        return self.reports + self.errors


QUERIES: dict[str, str] = {
    # reports, years from, to, bodies, figures, figures that no metric claims, rows that no grammar took
    "totals": "SELECT count(*), min(report_year), max(report_year), count(DISTINCT body), coalesce(sum(observations), 0), coalesce(sum(unbound), 0), coalesce(sum(unparsed), 0) FROM reports",
    # severity, checks that fail, reports with one
    "severities": f"SELECT severity, count(*), count(DISTINCT file) FROM ({_FINDINGS}) GROUP BY ALL ORDER BY severity",
    # severity, cases: what one correction settles counts as the gravest of it
    "cases": f"""
        SELECT {_SEVERITIES}[max_severity], count(*) FROM (
            SELECT max(list_position({_SEVERITIES}, severity)) AS max_severity FROM (
                SELECT file, '' AS other, "group", severity FROM findings WHERE verdict = 'fail'
                UNION ALL SELECT file, coalesce(other, '?'), "group", severity FROM between WHERE verdict = 'fail')
            GROUP BY file, other, "group")
        GROUP BY ALL ORDER BY ALL""",
    # year, form, reports
    "years": "SELECT report_year, form, count(*) FROM reports WHERE report_year IS NOT NULL GROUP BY ALL ORDER BY ALL",
    # era, form, reports
    "eras": "SELECT era, form, count(*) FROM reports GROUP BY ALL ORDER BY ALL",
    # outermost place, reports
    "provinces": "SELECT coalesce(province, '?') AS place, count(*) AS n FROM reports GROUP BY ALL ORDER BY n DESC, place LIMIT 25",
    # form, figures bound, unbound, rows untaken
    "coverage": "SELECT form, sum(observations), sum(unbound), sum(unparsed) FROM reports GROUP BY ALL ORDER BY form",
    # rule, severity, checks that fail, reports with one
    "rules": f"SELECT rule, severity, count(*) AS n, count(DISTINCT file) FROM ({_FINDINGS}) GROUP BY ALL ORDER BY n DESC, rule, severity",
    # body, errors, warnings, reports with one
    "bodies": f"""
        SELECT r.body, sum(errors)::BIGINT AS e, sum(warnings)::BIGINT AS w, count(*) FILTER (errors + warnings > 0) FROM reports AS r JOIN (
            SELECT file, count(*) FILTER (severity = 'error') AS errors, count(*) FILTER (severity = 'warning') AS warnings
            FROM ({_FINDINGS}) GROUP BY file) USING (file)
        WHERE r.body <> '' GROUP BY ALL HAVING e + w > 0 ORDER BY e DESC, w DESC, r.body LIMIT 20""",
    # year, reports, reports with an error, with a warning, with an info
    "quality": f"""
        SELECT report_year, count(*), count(*) FILTER (errors > 0), count(*) FILTER (warnings > 0), count(*) FILTER (infos > 0)
        FROM reports LEFT JOIN (
            SELECT file, count(*) FILTER (severity = 'error') AS errors, count(*) FILTER (severity = 'warning') AS warnings,
                count(*) FILTER (severity = 'info') AS infos
            FROM ({_FINDINGS}) GROUP BY file) USING (file)
        WHERE report_year IS NOT NULL GROUP BY ALL ORDER BY ALL""",
    # year, metric, median, mean; the metrics are those of `TRENDS`
    "trends": """
        SELECT report_year, path, median(value), avg(value) FROM observations JOIN reports USING (file)
        WHERE stands AND state = 'value' AND report_year IS NOT NULL AND path IN (SELECT unnest(?)) AND (source = 'table' OR NOT tabled)
        GROUP BY ALL ORDER BY path, report_year""",
    # shape of the head, tables, reports, an example: file, line, head
    "layouts": f"""
        SELECT {_SHAPE} AS shape, count(DISTINCT (file, "table")) AS n, count(DISTINCT file), min_by(file, (file, line)), min_by(line, (file, line)), min_by(head, (file, line))
        FROM unbound WHERE kind = 'unparsed' AND head IS NOT NULL GROUP BY shape ORDER BY n DESC, shape LIMIT 40""",
    # shapes of heads in all
    "layout_count": f"SELECT count(DISTINCT {_SHAPE}) FROM unbound WHERE kind = 'unparsed' AND head IS NOT NULL",
    # code, files
    "errors": "SELECT code, count(*) AS n FROM errors GROUP BY ALL ORDER BY n DESC, code",
    # file, code, message in Chinese, in English
    "failed": "SELECT file, code, message_zh, message_en FROM errors ORDER BY file LIMIT 50",
}  # fmt: skip

TRENDS = ("requests.received.total", "requests.t3.new.total", "disclosure.total", "review.total")
"""The metrics whose course over the years is shown."""


def count(connection: duckdb.DuckDBPyConnection) -> Count:
    """Count the rows of the tables that people ask for first."""
    rows = (connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in Count._fields)
    return Count(*rows)


def summarise(connection: duckdb.DuckDBPyConnection) -> Summary:
    """Ask everything."""
    found: dict[str, Rows] = {
        name: connection.execute(query, [list(TRENDS)] if name == "trends" else None).fetchall()
        for name, query in QUERIES.items()
    }
    return Summary(**found)
