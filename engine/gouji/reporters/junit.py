"""`--format junit`: the XML of JUnit, which build servers show as tests: a suite a report, a case a finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as xml

from gouji.errors import GoujiError
from gouji.findings import Finding, Verdicts
from gouji.records import Report
from gouji.reporters import NOTHING_MORE, Closing, Setting

if TYPE_CHECKING:
    from gouji.series import Crossing

# What XML 1.0 cannot hold, not even as a reference.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JUnit:
    """Writes each suite as soon as its report is done.

    What makes the check fail is a failure; what is accepted or undecided is skipped; other findings are cases
    that pass and say what they are. Rules that held are no cases: the properties count them.
    """

    def __init__(self, setting: Setting) -> None:
        self._say = setting.say
        self._write = setting.write
        self._counts = setting.counts
        self._serious = setting.serious
        self._titles = {rule.id: setting.say.of(rule.title) for rule in setting.rulebook.rules}
        self._begun = False

    def report(self, report: Report) -> None:
        """Write the suite of a report."""
        suite = xml.Element("testsuite", name=_text(report.source))
        verdicts = report.verdicts or Verdicts()
        counts = {
            "passed": verdicts.passed,
            "failed": verdicts.failed,
            "undecided": verdicts.undecided,
            "accepted": sum(finding.accepted for finding in report.findings),
        }
        properties = xml.SubElement(suite, "properties")
        for name, n in counts.items():
            xml.SubElement(properties, "property", name=f"gouji.{name}", value=str(n))
        for finding in report.findings:
            self._case(suite, report, finding)
        self._put(suite)

    def error(self, error: GoujiError) -> None:
        """Write an input that could not be read."""
        suite = xml.Element("testsuite", name=_text(error.source))
        case = xml.SubElement(suite, "testcase", classname=_text(error.source), name=error.code)
        told = f"{self._say.of(error.problem)}; {self._say.of(error.remedy)}"
        xml.SubElement(case, "error", type=error.code, message=_text(told))
        self._put(suite)

    def cross(self, crossing: Crossing) -> None:
        """Write a suite for what was compared between reports."""
        title = self._say("cross.title")
        suite = xml.Element("testsuite", name=_text(title))
        for finding in crossing.findings:
            told = " ".join(filter(None, (finding.instance, self._titles.get(finding.rule))))
            case = xml.SubElement(suite, "testcase", classname=_text(finding.body or title), name=_text(told))
            message = _text(self._say.of(finding.message))
            places = [f"{t.source}:{t.place.line}:{t.place.column}" for t in finding.terms if t.place.line]
            body = _text("\n".join(filter(None, (message, finding.equation, *places))))
            kind = "failure" if finding.verdict == "fail" and finding.severity in self._serious else "skipped"
            xml.SubElement(case, kind, message=message).text = body
        if len(suite):
            self._put(suite)

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Write the end."""
        self._begin()
        self._write("</testsuites>\n")

    def _case(self, suite: xml.Element, report: Report, finding: Finding) -> None:
        place = None if finding.span is None else report.document.place(finding.span)
        name = " ".join(filter(None, (finding.instance, self._titles.get(finding.rule))))
        case = xml.SubElement(
            suite, "testcase", classname=_text(report.source), name=_text(name), file=_text(report.source)
        )
        if place and place.line:
            case.set("line", str(place.line))
        message = _text(self._say.of(finding.message))
        where = f"{report.source}:{place.line}:{place.column}" if place and place.line else report.source
        body = _text("\n".join(filter(None, (message, finding.equation, where))))
        entry = finding.decision
        told = "" if entry is None else self._say("decision.told", by=entry.by, when=entry.when, why=entry.why)
        if finding.accepted:
            xml.SubElement(case, "skipped", message=_text(self._say("decision.kept", told=told)))
        elif finding.verdict == "undecided":
            xml.SubElement(case, "skipped", message=f"{self._say('severity.undecided')}: {message}")
        elif self._counts(finding):
            xml.SubElement(case, "failure", type=finding.severity, message=message).text = body
            return
        xml.SubElement(case, "system-out").text = body

    def _put(self, suite: xml.Element) -> None:
        self._begin()
        suite.set("tests", str(len(suite.findall("testcase"))))
        for total, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(total, str(len(suite.findall(f"testcase/{tag}"))))
        xml.indent(suite)
        self._write(xml.tostring(suite, encoding="unicode") + "\n")

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gouji">\n')


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
