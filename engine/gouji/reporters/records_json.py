"""Reports as plain data: the JSON of the contract, and the data sets that `extract` writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import define, field

from gouji.document import Place
from gouji.errors import GoujiError
from gouji.findings import CHECK, Decision, Finding, Fixed, Said, Suspect, Term, Verdicts
from gouji.records import Number, Observation, Report, Section, Unbound, Unparsed
from gouji.reporters import NOTHING_MORE, Closing

if TYPE_CHECKING:
    from gouji.crosschecks import Bound, CrossFinding, CrossTerm
    from gouji.differences import Difference, DiffRow
    from gouji.series import Crossing

Record: TypeAlias = dict[str, Any]

EXTRACT = "gouji/extract/1"
DIFF = "gouji/diff/1"


@define(eq=False, repr=False)
class Records:
    """Turns reports into records: what an observation, a finding, an error looks like as JSON."""

    lang: str

    def check(self, report: Report) -> Record:
        """A checked report, as an element of `reports`."""
        return self.extract(report) | {
            "findings": [self.finding(report, finding) for finding in report.findings],
            "verdicts": _verdicts(report.verdicts or Verdicts()),
            "accepted": sum(finding.accepted for finding in report.findings),
        }

    def extract(self, report: Report) -> Record:
        """What a report says, without any judgement."""
        return {
            "source": report.source,
            "sha256": report.document.sha256,
            "form": report.form,
            "layouts": list(report.layouts),
            "script": report.script,
            "report_year": report.report_year,
            "title": report.title,
            "issuer": report.issuer,
            "region": report.region,
            "published_date": report.published_date,
            "period": None if report.period is None else list(report.period),
            "sections": [_section(report, section) for section in report.sections],
            "observations": [observation_record(report, observation) for observation in report.observations],
            "unbound": [_unbound(report, figure) for figure in report.unbound],
            "unparsed": [_unparsed(report, piece) for piece in report.unparsed],
        }

    def finding(self, report: Report, finding: Finding) -> Record:
        """One finding; its sentences in the chosen language."""
        place = Place() if finding.span is None else report.document.place(finding.span)
        return {
            "rule": finding.rule,
            "instance": finding.instance,
            "severity": finding.severity,
            "verdict": finding.verdict,
            "message": self.text(finding.message),
            "equation": finding.equation,
            "left": number(finding.left),
            "right": number(finding.right),
            "delta": number(finding.delta),
            **_place(place),
            "operands": list(finding.operands),
            "terms": [_term(term) for term in finding.terms],
            "assumptions": [self.text(message) for message in finding.assumptions],
            "explanation": self.text(finding.explanation),
            "alternative": self.text(finding.alternative),
            "suspects": [self._suspect(suspect) for suspect in finding.suspects],
            "group": finding.group,
            "fingerprint": finding.fingerprint,
            "decision": _decision(finding),
            "since": None if finding.since is None else finding.since._asdict(),
        }

    def cross(self, finding: CrossFinding) -> Record:
        """A finding between reports; every operand names its report."""
        record: Record = {
            "rule": finding.rule,
            "instance": finding.instance,
            "severity": finding.severity,
            "verdict": finding.verdict,
            "message": self.text(finding.message),
            "source": finding.source,
            "body": finding.body,
            "year": finding.year,
            "equation": finding.equation,
            "left": number(finding.left),
            "right": number(finding.right),
            "delta": number(finding.delta),
            "operands": [{"source": t.source, "observation": t.operand} for t in finding.terms],
            "terms": [self._cross_term(term) for term in finding.terms],
            "assumptions": [self.text(message) for message in finding.assumptions],
            "explanation": self.text(finding.explanation),
            "group": finding.group,
            "fingerprint": finding.fingerprint,
            "decision": _decision(finding),
        }
        if coverage := finding.coverage:
            record["children"] = {"read": coverage.read, "of": coverage.of, "missing": list(coverage.missing)}
            record["bounds"] = [self._bound(bound) for bound in coverage.bounds]
        return record

    def difference(self, difference: Difference) -> Record:
        """Two reports side by side."""
        sides = {
            name: {
                "source": profile.source,
                "sha256": profile.sha256,
                "title": profile.title,
                "body": profile.body.name,
                "report_year": profile.year,
                "form": profile.form,
            }
            for name, profile in (("old", difference.old), ("new", difference.new))
        }
        return {
            "schema": DIFF,
            **sides,
            "rows": [self._row(row) for row in difference.rows],
            "cross": [self.cross(finding) for finding in difference.findings],
            "verdicts": _verdicts(difference.verdicts),
            "notes": [self.text(note) for note in difference.notes],
        }

    def _row(self, row: DiffRow) -> Record:
        return {
            "paths": {"old": list(row.before), "new": list(row.after)},
            "label": self.text(row.label),
            "old": number(row.old),
            "new": number(row.new),
            "change": number(row.change),
            "expected": row.expected,
            "comparable": row.comparable,
            "why": self.text(row.why),
            "rules": list(dict.fromkeys(finding.rule for finding in row.findings)),
            "holds": list(row.holds),
        }

    def _bound(self, bound: Bound) -> Record:
        return {
            "path": bound.path,
            "label": self.text(bound.label),
            "whole": number(bound.whole),
            "read": [number(value) for value in bound.read],
            "missing": [number(bound.low), number(bound.high)],
        }

    def _cross_term(self, term: CrossTerm) -> Record:
        return {
            "side": term.side,
            "sign": term.sign,
            "value": number(term.value),
            "source": term.source,
            "observation": term.operand,
            "path": term.path,
            "label": self.text(term.label),
            "report_year": term.year,
            **_place(term.place),
        }

    def error(self, error: GoujiError) -> Record:
        """An input that could not be read."""
        return {
            "source": error.source,
            "code": error.code,
            "message": self.text(error.problem),
            "remedy": self.text(error.remedy),
        }

    def _suspect(self, suspect: Suspect) -> Record:
        return {
            "operand": suspect.operand,
            "value": number(suspect.value),
            "repair": number(suspect.repair),
            "explains": list(suspect.explains),
            "pattern": self.text(suspect.pattern),
            "slip": suspect.slip,
            "rank": suspect.rank,
        }

    def text(self, message: Said | None) -> str | None:
        """A sentence in the chosen language."""
        return None if message is None else message.text(self.lang)


@define(eq=False, repr=False)
class CheckDocument:
    """`--format json`: one object, written when all inputs are done."""

    records: Records
    write: Callable[[str], object]
    reports: list[Record] = field(factory=list)
    errors: list[Record] = field(factory=list)
    crossed: list[Record] = field(factory=list)
    notes: list[str | None] = field(factory=list)

    def report(self, report: Report) -> None:
        """Keep a report for the object."""
        self.reports.append(self.records.check(report))

    def error(self, error: GoujiError) -> None:
        """Keep an error for the object."""
        self.errors.append(self.records.error(error))

    def cross(self, crossing: Crossing) -> None:
        """Keep the findings between reports for the object, and why some were not compared."""
        self.notes = [self.records.text(note.message) for note in crossing.notes]
        self.crossed = [self.records.cross(finding) for finding in crossing.findings]

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Write the object."""
        whole: Record = {
            "schema": CHECK,
            "reports": self.reports,
            "cross": self.crossed,
            "notes": self.notes,
            "errors": self.errors,
            "decisions": {"unused": [_entry(entry) for entry in closing.unused]},
        }
        if closing.known is not None:
            whole["baseline"] = {"known": closing.known, "fixed": [*map(_fixed, closing.fixed)]}
        self.write(dumps(whole, indent=1))


@define(eq=False, repr=False)
class CheckLines:
    """`--format jsonl`: each report on a line of its own, as soon as it is done."""

    records: Records
    write: Callable[[str], object]

    def report(self, report: Report) -> None:
        """Write the line of one report."""
        self.write(dumps(self.records.check(report)))

    def error(self, error: GoujiError) -> None:
        """An error is no report: it stands on standard error only."""

    def cross(self, crossing: Crossing) -> None:
        """Write what does not agree between reports, if anything, on a line of its own."""
        if crossing.findings:
            self.write(dumps({"cross": [self.records.cross(finding) for finding in crossing.findings]}))

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Nothing is left to write."""


def dumps(record: Record, indent: int | None = None) -> str:
    """A record as JSON with a line end, keys in their order, Chinese as it is."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=indent) + "\n"


def number(value: Number | None) -> int | float | None:
    """A value as a JSON number; `raw` keeps the digits of an amount that no double holds exactly."""
    if not isinstance(value, Decimal):
        return value
    double = float(value)
    return double if isfinite(double) else int(value)


def observation_record(report: Report, observation: Observation) -> Record:
    """One figure, as an element of `observations`."""
    record: Record = {
        "path": observation.path,
        "source": observation.source,
        "state": observation.state,
        "value": number(observation.value),
        "low": number(observation.low),
        "high": number(observation.high),
        "unit": observation.unit,
        "scope": observation.scope,
        "raw": observation.raw,
        "label": observation.label,
        **_place(report.document.place(observation.span)),
    }
    if observation.implied:
        record["implied"] = True
    if observation.table is not None:
        record["cell"] = {"table": observation.table, "row": observation.row, "column": observation.column}
    return record


def _unbound(report: Report, figure: Unbound) -> Record:
    return {
        "value": number(figure.value),
        "unit": figure.unit,
        "raw": figure.raw,
        **_place(report.document.place(figure.span)),
        "text": report.document.text[figure.clause.start : figure.clause.end],
    }


def _unparsed(report: Report, piece: Unparsed) -> Record:
    return {**_place(report.document.place(piece.span)), "text": piece.text}


def _section(report: Report, section: Section) -> Record:
    return {
        "ordinal": section.ordinal,
        "title": section.title,
        "level": section.level,
        **_place(report.document.place(section.span)),
    }


def _term(term: Term) -> Record:
    return {
        "side": term.side,
        "sign": term.sign,
        "value": number(term.value),
        "operand": term.operand,
        "unbound": term.unbound,
        "label": term.label,
    }


def _decision(finding: Finding | CrossFinding) -> Record | None:
    entry = finding.decision
    return None if entry is None else _entry(entry) | {"reopened": finding.reopened}


def _entry(entry: Decision) -> Record:
    return {
        "decision": entry.verdict,
        "by": entry.by,
        "when": entry.when,
        "why": entry.why,
        "fingerprint": entry.fingerprint,
        "rule": entry.rule,
        "instance": entry.instance,
        "source": entry.source,
        "equation": entry.equation,
        "where": entry.where,
    }


def _fixed(fixed: Fixed) -> Record:
    return {name: value for name, value in fixed._asdict().items() if name != "group"}


def _verdicts(verdicts: Verdicts) -> Record:
    return {"pass": verdicts.passed, "fail": verdicts.failed, "undecided": verdicts.undecided}


def _place(place: Place) -> Record:
    """Line and column, always; `place` only where the format has pages, tables or cells."""
    record: Record = {
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
    names = ("page", "table", "row", "cell", "paragraph")
    parts = {name: getattr(place, name) for name in names}
    if known := {name: value for name, value in parts.items() if value is not None}:
        record["place"] = known
    return record
