"""Data sets: the figures of many reports in one file, report by report, the suffix naming the format.

Long data sets have one row an observation, wide ones one row a report with one column a metric.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import IO, Protocol

from gouji.messages import Voice
from gouji.records import Observation, Report
from gouji.registry import Registry
from gouji.reporters.records_json import EXTRACT, Record, Records, dumps, number, observation_record
from gouji.reporters.tables import FORMATS, Column, Table

SUFFIXES = (".json", *FORMATS)

_REPORT = (
    *map(Column, ("file", "sha256", "form")),
    Column("report_year", "integer"),
    *map(Column, ("title", "issuer", "region", "published_date")),
)
_PLACE = ("page", "table", "row", "cell")
_LONG = (
    *_REPORT,
    *map(Column, ("path", "metric", "source", "state")),
    *(Column(name, "number") for name in ("value", "low", "high")),
    *map(Column, ("unit", "scope", "raw", "label")),
    *(Column(name, "integer") for name in ("line", "column", "end_line", "end_column", *_PLACE)),
    Column("implied", "flag"),
    Column("cell_table", "integer"),
    *map(Column, ("cell_row", "cell_column")),
)
# Of several figures of one metric the table counts before the text, the text before a chart.
_RANK = {"table": 0, "narrative": 1, "chart": 2}


class DataSet(Protocol):
    """Takes reports, one after another."""

    def add(self, report: Report) -> None:
        """Take the figures of a report."""

    def close(self) -> None:
        """Write what is left to write; the file stays open."""


def data_set(suffix: str, file: IO[bytes], say: Voice, registry: Registry, *, wide: bool = False) -> DataSet:
    """The data set that writes the format of `suffix` (one of SUFFIXES) to `file`."""
    if wide:
        return _Wide(suffix, file, say, registry)
    return _Nested(file, say.lang) if suffix == ".json" else _Long(suffix, file, say, registry)


class _Nested:
    """One JSON object with everything that the reports say."""

    def __init__(self, file: IO[bytes], lang: str) -> None:
        self._array = _JsonArray(file)
        self._records = Records(lang)

    def add(self, report: Report) -> None:
        self._array.add(self._records.extract(report))

    def close(self) -> None:
        self._array.close()


class _JsonArray:
    """The reports of one JSON object, each written as it comes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._before = f'{{\n "schema": "{EXTRACT}",\n "reports": ['

    def add(self, row: Record) -> None:
        body = dumps(row, indent=1).rstrip().replace("\n", "\n  ")
        self._file.write(f"{self._before}\n  {body}".encode("utf-8", "backslashreplace"))
        self._before = ","

    def close(self) -> None:
        empty = self._before if self._before != "," else ""
        self._file.write(f"{empty}\n ]\n}}\n".encode())


class _Long:
    """One row an observation, with what identifies its report."""

    def __init__(self, suffix: str, file: IO[bytes], say: Voice, registry: Registry) -> None:
        self._table = FORMATS[suffix].table(file, _LONG, say)
        self._lang = say.lang
        self._registry = registry

    def add(self, report: Report) -> None:
        whole = _identity(report)
        for observation in report.observations:
            self._table.add(whole | self._row(report, observation))

    def close(self) -> None:
        self._table.close()

    def _row(self, report: Report, observation: Observation) -> Record:
        record = observation_record(report, observation)
        place = record.pop("place", {})
        cell = record.pop("cell", {})
        return {
            **record,
            **{name: place.get(name) for name in _PLACE},
            "metric": self._registry.label(observation.path, self._lang),
            "implied": observation.implied,
            **{f"cell_{name}": cell.get(name) for name in ("table", "row", "column")},
        }


class _Wide:
    """One row a report, one column a metric; which columns there are is known when all reports are."""

    def __init__(self, suffix: str, file: IO[bytes], say: Voice, registry: Registry) -> None:
        import tempfile

        self._suffix = suffix
        self._file = file
        self._say = say
        self._registry = registry
        self._paths: set[str] = set()
        self._kept = tempfile.TemporaryFile()  # noqa: SIM115

    def add(self, report: Report) -> None:
        figures = wide_figures(report)
        self._paths.update(figures)
        pickle.dump(_identity(report) | figures, self._kept)

    def close(self) -> None:
        columns = (*_REPORT, *self._metrics())
        if self._suffix == ".json":
            table: Table | _JsonArray = _JsonArray(self._file)
        else:
            table = FORMATS[self._suffix].table(self._file, columns, self._say)
        for row in self._rows():
            table.add({column.name: row.get(column.name) for column in columns})
        table.close()
        self._kept.close()

    def _metrics(self) -> Iterator[Column]:
        """The metrics that any report has, those of the registry in its order."""
        known = [metric.path for metric in self._registry if metric.path in self._paths]
        for path in (*known, *sorted(self._paths.difference(known))):
            unit = self._registry.metric(path).unit if path in self._registry else ""
            yield Column(path, "number", self._registry.label(path, self._say.lang), unit)

    def _rows(self) -> Iterator[Record]:
        self._kept.seek(0)
        while True:
            try:
                yield pickle.load(self._kept)
            except EOFError:
                return


def wide_figures(report: Report) -> Record:
    """The figure of every metric that a report gives for the whole body, as printed.

    What the words restrict to a part of the body or of the year (`scope`) is no figure of the report.
    """
    best: dict[str, tuple[int, Observation]] = {}
    for observation in report.observations:
        rank = _RANK[observation.source]
        if observation.state == "value" and observation.scope is None:
            found = best.get(observation.path)
            if found is None or rank < found[0]:
                best[observation.path] = rank, observation
    return {path: number(observation.value) for path, (_, observation) in best.items()}


def _identity(report: Report) -> Record:
    return {
        "file": report.source,
        "sha256": report.document.sha256,
        "form": report.form,
        "report_year": report.report_year,
        "title": report.title,
        "issuer": report.issuer,
        "region": report.region,
        "published_date": report.published_date,
    }
