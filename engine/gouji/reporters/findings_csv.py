"""`--format csv`: one row a finding, for a spreadsheet program."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from gouji.errors import GoujiError
from gouji.records import Report
from gouji.reporters import NOTHING_MORE, Closing, Setting
from gouji.reporters.records_json import Record, Records
from gouji.reporters.spreadsheet import BYTE_ORDER_MARK, csv_cell

if TYPE_CHECKING:
    from gouji.series import Crossing

_PLACE = ("page", "table", "row", "cell")
_COLUMNS = (
    *("file", "report_year", "form", "title", "issuer", "region"),
    *("rule", "instance", "severity", "verdict", "message", "equation", "left", "right", "delta"),
    *("line", "column", "end_line", "end_column", *_PLACE),
    *("assumptions", "alternative", "explanation", "suspects", "group", "fingerprint"),
    *("decision", "by", "when", "why", "reopened", "since", "before"),
)


class FindingsCsv:
    """Writes the rows of each report as soon as it is done."""

    def __init__(self, setting: Setting) -> None:
        self._write = setting.write
        self._records = Records(setting.say.lang)
        self._begun = False

    def report(self, report: Report) -> None:
        """Write the findings of a report."""
        about = {
            "file": report.source,
            "report_year": report.report_year,
            "form": report.form,
            "title": report.title,
            "issuer": report.issuer,
            "region": report.region,
        }
        self._rows([about | self._row(self._records.finding(report, finding)) for finding in report.findings])

    def error(self, error: GoujiError) -> None:
        """An error is no finding: it stands on standard error only."""

    def cross(self, crossing: Crossing) -> None:
        """Write the findings between reports, each at its first figure."""
        rows = []
        for finding in crossing.findings:
            record = self._records.cross(finding)
            first = record["terms"][0] if record["terms"] else {}
            about = {"file": first.get("source"), "report_year": record["year"], "issuer": record["body"]}
            place = {name: first.get(name) for name in ("line", "column", "end_line", "end_column")}
            told = {"assumptions": "; ".join(record["assumptions"])}
            rows.append({**record, **about, **place, **first.get("place", {}), **told})
        self._rows(rows)

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Write what is fixed since the baseline."""
        self._rows(
            [
                {
                    "file": fixed.source,
                    "rule": fixed.rule,
                    "severity": fixed.severity,
                    "message": fixed.message,
                    "since": "fixed",
                    "before": fixed.equation,
                    "fingerprint": fixed.fingerprint,
                }
                for fixed in closing.fixed
            ]
        )

    def _row(self, record: Record) -> Record:
        decision = record["decision"] or {}
        since = record["since"] or {}
        return {
            **record,
            **record.get("place", {}),
            **{name: decision.get(name) for name in ("decision", "by", "when", "why", "reopened")},
            "since": since.get("state"),
            "before": since.get("equation") or decision.get("equation"),
            "assumptions": "; ".join(record["assumptions"]),
            "suspects": "; ".join(map(_repair, _by_rank(record["suspects"]))),
        }

    def _rows(self, rows: list[Record]) -> None:
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not self._begun:
            self._begun = True
            text.write(BYTE_ORDER_MARK)
            writer.writerow(_COLUMNS)
        writer.writerows([csv_cell(row.get(column)) for column in _COLUMNS] for row in rows)
        if text.getvalue():
            self._write(text.getvalue())


def _by_rank(suspects: list[Record]) -> Iterable[list[Record]]:
    """The figures that one repair changes together, the most plausible repair first."""
    return (list(changes) for _, changes in groupby(suspects, key=itemgetter("rank")))


def _repair(changes: list[Record]) -> str:
    return " & ".join(f"{c['value']} → {c['repair']}" for c in changes) + f" ({changes[0]['pattern']})"
