"""`--format sarif`: SARIF 2.1.0 (OASIS), which code scanners exchange."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from gouji.document import Place
from gouji.errors import GoujiError
from gouji.findings import Finding, Fixed, Severity
from gouji.messages import Voice
from gouji.records import Report, number_text
from gouji.registry import Registry
from gouji.reporters import NOTHING_MORE, Closing, Setting
from gouji.reporters.records_json import Record, dumps, number
from gouji.reporters.rulefacts import facts
from gouji.rulemodel import Rule
from gouji.spans import Span

if TYPE_CHECKING:
    from gouji.crosschecks import CrossFinding
    from gouji.series import Crossing

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PARTS = ("page", "table", "row", "cell")


class Sarif:
    """Keeps the findings of all reports and writes one run when all are done."""

    def __init__(self, setting: Setting) -> None:
        self._say = setting.say
        self._write = setting.write
        self._version = setting.version
        self._rules = setting.rulebook.rules
        self._labels = setting.registry
        self._index = {rule.id: n for n, rule in enumerate(self._rules)}
        self._artifacts: list[Record] = []
        self._results: list[Record] = []
        self._errors: list[Record] = []

    def report(self, report: Report) -> None:
        """Keep the findings of a report."""
        self._artifacts.append(
            {"location": {"uri": _uri(report.source)}, "hashes": {"sha-256": report.document.sha256}}
        )
        self._results += [self._result(report, finding) for finding in report.findings]

    def error(self, error: GoujiError) -> None:
        """Keep an input that could not be read."""
        self._errors.append(
            {
                "level": "error",
                "descriptor": {"id": error.code},
                "message": {"text": f"{self._say.of(error.problem)}; {self._say.of(error.remedy)}"},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(error.source)}}}],
            }
        )

    def cross(self, crossing: Crossing) -> None:
        """Keep the findings between reports, each with the places of its figures."""
        self._results += map(self._between, crossing.findings)

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Write the run."""
        driver = {
            "name": "gouji",
            "version": self._version,
            "language": {"zh": "zh-CN", "en": "en"}[self._say.lang],
            "rules": [_rule(rule, self._say, self._labels) for rule in self._rules],
        }
        run = {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [
                {"executionSuccessful": not self._errors, "toolExecutionNotifications": self._errors},
            ],
            "artifacts": self._artifacts,
            "results": [*self._results, *map(self._absent, closing.fixed)],
        }
        self._write(dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1))

    def _result(self, report: Report, finding: Finding) -> Record:
        undecided = finding.verdict == "undecided"
        told = f"{self._say.of(finding.message)}  {finding.equation}".rstrip()
        result: Record = self._of_rule(finding.rule) | {
            "kind": "open" if undecided else "fail",
            "level": "none" if undecided else _LEVELS[finding.severity],
            "message": {"text": told},
            "locations": [_location(report, finding.span)],
            "relatedLocations": [
                _location(report, report.observations[operand].span)
                | {
                    "id": n,
                    "message": {"text": f"{report.observations[operand].label} {report.observations[operand].raw}"},
                }
                for n, operand in enumerate(finding.operands)
            ],
            "partialFingerprints": {"gouji/v1": finding.fingerprint},
            "properties": {
                "instance": finding.instance,
                "left": number(finding.left),
                "right": number(finding.right),
                "delta": number(finding.delta),
                "group": finding.group,
            },
        }
        if fixes := [*self._fixes(report, finding)]:
            result["fixes"] = fixes
        if (entry := finding.decision) is not None and finding.accepted:
            why = self._say("decision.told", by=entry.by, when=entry.when, why=entry.why)
            result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
        if finding.since is not None:
            result["baselineState"] = "new" if finding.since.state == "new" else "updated"
        return result

    def _between(self, finding: CrossFinding) -> Record:
        undecided = finding.verdict == "undecided"
        places = [_placed(term.source, term.place) for term in finding.terms]
        return self._of_rule(finding.rule) | {
            "kind": "open" if undecided else "fail",
            "level": "none" if undecided else _LEVELS[finding.severity],
            "message": {"text": f"{self._say.of(finding.message)}  {finding.equation}".rstrip()},
            "locations": places[:1],
            "relatedLocations": [
                place | {"id": n, "message": {"text": self._say.of(term.label)}}
                for n, (place, term) in enumerate(zip(places, finding.terms, strict=True))
            ],
            "partialFingerprints": {"gouji/v1": finding.fingerprint},
            "properties": {"instance": finding.instance, "body": finding.body, "year": finding.year},
        }

    def _fixes(self, report: Report, finding: Finding) -> Iterator[Record]:
        """The repairs, the most plausible first, where the format of the report has lines to change."""
        for _, suspects in groupby(finding.suspects, key=lambda suspect: suspect.rank):
            changes = list(suspects)
            regions = [_region(report.document.place(report.observations[c.operand].span)) for c in changes]
            if all(regions):
                replacements = [
                    {"deletedRegion": region, "insertedContent": {"text": number_text(change.repair)}}
                    for region, change in zip(regions, changes, strict=True)
                ]
                yield {
                    "description": {"text": self._say.of(changes[0].pattern)},
                    "artifactChanges": [
                        {"artifactLocation": {"uri": _uri(report.source)}, "replacements": replacements}
                    ],
                }

    def _absent(self, fixed: Fixed) -> Record:
        """A finding of the baseline that is gone."""
        return self._of_rule(fixed.rule) | {
            "level": _LEVELS.get(fixed.severity, "none"),
            "message": {"text": f"{fixed.message}  {fixed.equation}".rstrip()},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(fixed.source)}}}],
            "partialFingerprints": {"gouji/v1": fixed.fingerprint},
            "baselineState": "absent",
        }

    def _of_rule(self, rule: str) -> Record:
        return {"ruleId": rule} | ({"ruleIndex": self._index[rule]} if rule in self._index else {})


def _rule(rule: Rule, say: Voice, labels: Registry) -> Record:
    """The metadata of a rule."""
    record: Record = {
        "id": rule.id,
        "shortDescription": {"text": say.of(rule.title)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    lines = [f"{say(f'rules.{name}')}: {text}" for name, text in facts(rule, say, labels).items() if text]
    return record | {"help": {"text": "\n".join(lines)}}


def _location(report: Report, span: Span | None) -> Record:
    """Where a span stands: line and column, or page, table and cell where the format has no lines."""
    return _placed(report.source, Place() if span is None else report.document.place(span))


def _placed(source: str, place: Place) -> Record:
    physical: Record = {"artifactLocation": {"uri": _uri(source)}}
    if region := _region(place):
        physical["region"] = region
    location: Record = {"physicalLocation": physical}
    if parts := [f"{name} {getattr(place, name)}" for name in _PARTS if getattr(place, name) is not None]:
        location["logicalLocations"] = [{"fullyQualifiedName": "/".join(parts)}]
    return location


def _region(place: Place) -> Record | None:
    """A place as a region; None where the format has no lines."""
    if place.line is None:
        return None
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _uri(source: str) -> str:
    """A path as a URI reference: relative as it was given, absolute with its scheme."""
    if source == "-":
        return "stdin"
    if os.path.isabs(source):
        return Path(source).as_uri()
    return quote(os.fsencode(source.replace(os.sep, "/")), safe="/")
