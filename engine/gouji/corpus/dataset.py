"""The data set: which tables it has, what their columns hold, how a part of them is written.

A part holds the rows of one batch, in the order of its inputs; the same rows are the same bytes. Every table has
`file`, by which tables are joined.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

from gouji.document import Place, Table
from gouji.errors import GoujiError, Message
from gouji.findings import Statement
from gouji.profiles import Profile
from gouji.records import Report
from gouji.reporters.records_json import number
from gouji.reporters.tables import exchangeable

if TYPE_CHECKING:
    import pyarrow

SCHEMA = "gouji/corpus/1"
_HEAD = 500  # characters of a row are enough to tell it from another
_DIGITS = 64  # of a SHA-256
Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[str, list[Row]]
Columns: TypeAlias = Mapping[str, str]

_PLACE = {"line": "int32", "column": "int32", "end_line": "int32", "end_column": "int32", "page": "int32"}

_OF_REPORT = ("form", "script", "report_year", "title", "issuer", "published_date")
_OF_FINDING = ("rule", "instance", "severity", "verdict", "equation", "group", "fingerprint")

# Column -> type of Arrow. `tests/test_corpus_run.py` and `docs/corpus.md` hold the same names.
TABLES: dict[str, Columns] = {
    "reports": {
        "file": "string", "sha256": "string", "bytes": "int64", "form": "string", "layouts": "list<string>",
        "script": "string", "era": "string", "report_year": "int32", "title": "string", "issuer": "string",
        "region": "string", "published_date": "string", "body": "string", "province": "string",
        "body_region": "list<string>", "body_organ": "string", "body_level": "string", "body_known": "int32",
        "body_certain": "bool", "tabled": "bool", "observations": "int32", "unbound": "int32", "unparsed": "int32", "passed": "int32", "failed": "int32",
        "undecided": "int32",
    },
    "observations": {
        "file": "string", "number": "int32", "path": "string", "source": "string", "state": "string",
        "value": "double", "low": "double", "high": "double", "unit": "string", "scope": "string", "raw": "string",
        "label": "string", "implied": "bool", "cell_table": "int32", "cell_row": "string", "cell_column": "string",
        "stands": "bool", **_PLACE,
    },
    "claims": {
        "file": "string", "number": "int32", "observation": "int32", "path": "string", "value": "double",
        "amount": "string", "share": "bool", "digits": "int32", "year": "int32", "raw": "string", "line": "int32",
        "column": "int32", "end_line": "int32", "end_column": "int32", "page": "int32",
    },
    "findings": {
        "file": "string", "number": "int32", "rule": "string", "instance": "string", "severity": "string",
        "verdict": "string", "message_zh": "string", "message_en": "string", "equation": "string", "left": "double",
        "right": "double", "delta": "double", "paths": "list<string>", "operands": "list<int32>", "group": "int32",
        "suspect": "int32", "repair": "double", "slip": "string", "fingerprint": "string", **_PLACE,
    },
    "unbound": {
        "file": "string", "number": "int32", "kind": "string", "value": "double", "unit": "string", "raw": "string",
        "text": "string", "table": "int32", "head": "string", **_PLACE,
    },
    "errors": {
        "file": "string", "sha256": "string", "code": "string", "message_zh": "string", "message_en": "string",
        "remedy_zh": "string", "remedy_en": "string",
    },
}  # fmt: skip
"""The tables: what was read, every figure, what is said about last year, every finding, what no grammar took, what
could not be read. `observations.stands` marks the figure that stands for the whole body among several of a metric."""

BETWEEN = {
    "file": "string", "other": "string", "number": "int32", "body": "string", "report_year": "int32", "rule": "string",
    "instance": "string", "severity": "string", "verdict": "string", "message_zh": "string", "message_en": "string",
    "equation": "string", "left": "double", "right": "double", "delta": "double", "files": "list<string>",
    "paths": "list<string>", "operands": "list<int32>", "group": "int32", "fingerprint": "string",
    "below": "int32", "below_read": "int32", "below_missing": "list<string>",
}  # fmt: skip
"""Findings between reports: those of `file`, compared with `other`, the earlier one, or with those of the bodies
below. Written by the second pass."""


def empty() -> Rows:
    """No rows in every table."""
    return {name: [] for name in TABLES}


def add_report(rows: Rows, report: Report, profile: Profile, size: int, era: str, folded: Callable[[str], str]) -> None:
    """Add the rows of a checked report of `size` bytes, and what is compared of it with others.

    `folded` brings text into the form in which layouts are compared.
    """
    file = report.source
    body = profile.body
    verdicts = report.verdicts
    rows["reports"].append(
        {
            **{name: getattr(report, name) for name in _OF_REPORT},
            "region": body.place or report.region,
            "sha256": report.document.sha256,
            "layouts": list(report.layouts),
            "file": file,
            "bytes": size,
            "era": era,
            "body": body.name,
            # The outermost place that is known: a city where nothing names its province.
            "province": body.region[0] if body.region else None,
            "body_region": list(body.region),
            "body_organ": body.organ,
            "body_level": body.level,
            "body_known": len(body.key[0]),
            "body_certain": body.certain,
            "tabled": profile.tabled,
            "observations": len(report.observations),
            "unbound": len(report.unbound),
            "unparsed": len(report.unparsed),
            "passed": verdicts.passed if verdicts else 0,
            "failed": verdicts.failed if verdicts else 0,
            "undecided": verdicts.undecided if verdicts else 0,
        }
    )
    standing = profile.standing
    place_of = report.document.place
    for n, o in enumerate(report.observations):
        place = place_of(o.span)
        rows["observations"].append(
            {
                "file": file, "number": n, "path": o.path, "source": o.source, "state": o.state, "value": number(o.value),
                "low": number(o.low), "high": number(o.high), "unit": o.unit, "scope": o.scope, "raw": o.raw,
                "label": o.label, "implied": o.implied, "cell_table": o.table,
                "cell_row": None if o.table is None else o.row, "cell_column": None if o.table is None else o.column,
                "stands": n in standing, "line": place.line, "column": place.column, "end_line": place.end_line,
                "end_column": place.end_column, "page": place.page,
            }
        )  # fmt: skip
    for n, claim in enumerate(profile.claims):
        place = claim.place
        said = {
            name: getattr(claim, name) for name in ("observation", "path", "value", "share", "digits", "year", "raw")
        }
        rows["claims"].append(said | _at(place) | {"file": file, "number": n, "amount": str(claim.amount)})
    for n, finding in enumerate(report.findings):
        best = finding.suspects[0] if finding.suspects else None
        rows["findings"].append(
            {name: getattr(finding, name) for name in _OF_FINDING}
            | _at(Place() if finding.span is None else place_of(finding.span))
            | {
                "file": file,
                "number": n,
                **_both("message", finding.message),
                "left": number(finding.left),
                "right": number(finding.right),
                "delta": number(finding.delta),
                "operands": list(finding.operands),
                "paths": [term.path for term in finding.terms],
                "suspect": best.operand if best else None,
                "repair": best.repair if best else None,
                "slip": best.slip if best else None,
            }
        )
    heads = _heads(report, folded)
    text = report.document.text
    for n, figure in enumerate(report.unbound):
        said = {"value": number(figure.value), "unit": figure.unit, "raw": figure.raw}
        clause = text[figure.clause.start : figure.clause.end]
        told = {"file": file, "number": n, "kind": "figure", "text": clause}
        rows["unbound"].append(said | told | _at(place_of(figure.span)))
    for n, piece in enumerate(report.unparsed, len(report.unbound)):
        said = {"text": piece.text, "table": piece.table, "head": heads.get(piece.table)}
        rows["unbound"].append(said | {"file": file, "number": n, "kind": "unparsed"} | _at(place_of(piece.span)))


def _at(place: Place) -> Row:
    return {name: getattr(place, name) for name in _PLACE}


def _heads(report: Report, folded: Callable[[str], str]) -> dict[int | None, str]:
    """The first row of each table of which no grammar took anything: unknown layouts are told apart by it."""
    known = {o.table for o in report.observations}
    unknown = {piece.table for piece in report.unparsed} - known
    tables = [block for block in report.document.blocks if isinstance(block, Table)]
    text = report.document.text
    return {
        n: "|".join(folded(text[cell.start : cell.end]) for cell in table.rows[0])[:_HEAD]
        for n, table in enumerate(tables)
        if n in unknown and table.rows
    }


def add_error(rows: Rows, error: GoujiError, sha256: str = "") -> None:
    """Add an input that could not be read; `sha256` of its content where that is known."""
    known = sha256 if len(sha256) == _DIGITS else None
    told = {**_both("message", error.problem), **_both("remedy", error.remedy)}
    rows["errors"].append({"file": error.source, "sha256": known, "code": error.code, **told})


def _both(name: str, message: Message | Statement) -> dict[str, str]:
    return {f"{name}_{lang}": message.text(lang) for lang in ("zh", "en")}


def part(columns: Columns, rows: Iterable[Row]) -> bytes:
    """The Parquet file of some rows of a table with these columns."""
    from pyarrow import parquet

    sink = BytesIO()
    # Whatever the library would write by default may be another thing in its next release.
    parquet.write_table(
        arrow(columns, rows),
        sink,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        data_page_version="1.0",
        store_schema=False,
    )
    return sink.getvalue()


def arrow(columns: Columns, rows: Iterable[Row]) -> pyarrow.Table:
    """Some rows of a table with these columns."""
    import pyarrow

    rows = list(rows)
    arrays = [_array([row.get(name) for row in rows], kind) for name, kind in columns.items()]
    return pyarrow.Table.from_arrays(arrays, names=[*columns])


def _array(values: list[Any], kind: str) -> pyarrow.Array:
    """A column. What the format cannot hold is rare: it is looked for only where the library finds it."""
    import pyarrow

    number = kind == "double"
    try:
        held = [None if v is None else float(v) for v in values] if number else values
        return pyarrow.array(held, _type(kind))
    except (OverflowError, UnicodeEncodeError):
        fit = partial(exchangeable, number=number)
        return pyarrow.array([[*map(fit, v)] if isinstance(v, list) else fit(v) for v in values], _type(kind))


def _type(kind: str) -> pyarrow.DataType:
    import pyarrow

    if kind.startswith("list<"):
        return pyarrow.list_(_type(kind[5:-1]))
    if kind == "double":
        return pyarrow.float64()
    return getattr(pyarrow, {"bool": "bool_"}.get(kind, kind))()


def as_json(record: Mapping[str, Any]) -> str:
    """A small record in one order of keys."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
