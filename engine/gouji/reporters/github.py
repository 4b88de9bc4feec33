"""`--format github`: workflow commands, which GitHub Actions shows as annotations beside the lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gouji.document import Place
from gouji.errors import GoujiError
from gouji.findings import Finding, Severity
from gouji.records import Report
from gouji.reporters import NOTHING_MORE, Closing, Setting

if TYPE_CHECKING:
    from gouji.crosschecks import CrossFinding
    from gouji.series import Crossing

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


class WorkflowCommands:
    """Writes one command a finding; what is accepted or undecided is a notice."""

    def __init__(self, setting: Setting) -> None:
        self._say = setting.say
        self._write = setting.write

    def report(self, report: Report) -> None:
        """Write the findings of a report."""
        for finding in report.findings:
            self._finding(report, finding)

    def error(self, error: GoujiError) -> None:
        """Write an input that could not be read."""
        told = self._say(
            "error.line", path=error.source, problem=self._say.of(error.problem), remedy=self._say.of(error.remedy)
        )
        self._command("error", {"file": error.source, "title": error.code}, told)

    def cross(self, crossing: Crossing) -> None:
        """Write the findings between reports, each at its first figure."""
        for finding in crossing.findings:
            kind = _COMMANDS[finding.severity] if finding.verdict == "fail" else "notice"
            told = f"{self._say.of(finding.message)}  {finding.equation}".rstrip()
            self._command(kind, {**_first(finding), "title": finding.rule}, told)

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Tell what is fixed since the baseline, and which decisions fit nothing."""
        for fixed in closing.fixed:
            title = f"{fixed.rule} {self._say('since.fixed')}"
            self._command("notice", {"file": fixed.source, "title": title}, f"{fixed.message}  {fixed.equation}")
        for entry in closing.unused:
            file, line, column = entry.where.rsplit(":", 2)
            told = self._say("decision.unused_entry", fingerprint=entry.fingerprint, rule=entry.rule, why=entry.why)
            self._command("warning", {"file": file, "line": line, "col": column}, told)

    def _finding(self, report: Report, finding: Finding) -> None:
        kind = _COMMANDS[finding.severity] if finding.verdict == "fail" and not finding.accepted else "notice"
        words = [finding.rule]
        if finding.verdict == "undecided":
            words.append(self._say("severity.undecided"))
        told = f"{self._say.of(finding.message)}  {finding.equation}".rstrip()
        if (entry := finding.decision) is not None:
            state = "reopened" if finding.reopened else entry.verdict
            words.append(self._say(f"decision.{state}"))
            told += "\n" + self._say("decision.told", by=entry.by, when=entry.when, why=entry.why)
        place = Place() if finding.span is None else report.document.place(finding.span)
        properties = {
            "file": report.source,
            "line": place.line,
            "col": place.column,
            "endLine": place.end_line,
            # A range of columns is for one line.
            "endColumn": place.end_column if place.line == place.end_line else None,
            "title": " ".join(words),
        }
        self._command(kind, properties, told)

    def _command(self, kind: str, properties: Mapping[str, object], message: str) -> None:
        told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
        self._write(f"::{kind} {told}::{_data(message)}\n")


def _first(finding: CrossFinding) -> dict[str, object]:
    """Where the first figure of a finding between reports stands."""
    if not finding.terms:
        return {}
    term = finding.terms[0]
    return {"file": term.source, "line": term.place.line, "col": term.place.column}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
