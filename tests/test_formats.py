"""Findings for other programs: SARIF, JUnit, workflow commands, CSV, HTML; from hand-made reports."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from attrs import evolve
from jsonschema import Draft4Validator, FormatChecker

import gouji
import stage
from gouji.document import Document, Place
from gouji.errors import Message, ReadError
from gouji.findings import Decision, Finding, Fixed, Since
from gouji.messages import Voice
from gouji.records import Report
from gouji.reporters import FORMATS, NOTHING_MORE, Closing, Setting
from gouji.reporters.page import Page
from gouji.spans import Span

# From the package @microsoft/jest-sarif (MIT), which has it from OASIS.
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
UNREADABLE = ReadError("扫描 件.txt", "unreadable", Message("不是文本", "no text"), Message("另存", "save it as text"))
FIXED = Fixed("旧.txt", "S04", "error", "the grounds of refusal", "1 ≠ 2", "0123456789abcdef")
UNUSED = Decision("fedcba9876543210", "accepted", "甲", "2024-01-01", "旧事", "S05", where="c:/x/d.yaml:7:3")


def setting(write: Callable[[str], object], lang: str = "en", serious: tuple[str, ...] = ("error",)) -> Setting:
    engine = gouji.engine()

    def page() -> Page:
        return Page.on(StringIO(), Voice(lang), engine.registry)

    def counts(finding: Finding) -> bool:
        return finding.verdict == "fail" and finding.severity in serious and not finding.accepted

    return Setting(Voice(lang), engine.rulebook, engine.registry, write, page, counts, "1.2.3")


def told(form: str, *reports: Report, closing: Closing = NOTHING_MORE, errors: bool = False, **how: Any) -> str:
    written: list[str] = []
    reporter = FORMATS[form](setting(written.append, **how))
    for report in reports:
        reporter.report(report)
    if errors:
        reporter.error(UNREADABLE)
    reporter.finish(closing)
    return "".join(written)


def changed(report: Report, **changes: Any) -> Report:
    """`report` with its first finding changed."""
    first, *rest = report.findings
    return evolve(report, findings=(evolve(first, **changes), *rest))


def accepted(report: Report) -> Report:
    first = report.findings[0]
    return changed(
        report, decision=Decision(first.fingerprint, "accepted", "甲", "2024-01-01", "一件两项, 100%\n如此", first.rule)
    )


def pages(report: Report) -> Report:
    """`report` as if it came from a format without lines."""

    class Pages(Document):
        def place(self, span: Span) -> Place:
            return Place(page=3, table=2, row=7, cell=4)

    return evolve(report, document=Pages("a.pdf", report.document.sha256, report.document.text))


def renamed(report: Report, name: str) -> Report:
    return evolve(report, document=Document(name, report.document.sha256, report.document.text))


EVERYTHING = (
    stage.refusals(),
    stage.statistics(),
    accepted(renamed(stage.applicants(), "附件/2019 年#1%.txt")),
    pages(stage.refusals()),
    renamed(stage.spotless(), "-"),
    renamed(changed(stage.refusals(), span=None, since=Since("changed", "1 ≠ 2")), "/tmp/a b.txt"),
)


# --- SARIF -------------------------------------------------------------------------------------------------------


def sarif(*reports: Report, **how: Any) -> Any:
    log = json.loads(told("sarif", *reports, **how))
    Draft4Validator(SCHEMA, format_checker=FormatChecker()).validate(log)
    return log["runs"][0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sarif_is_valid(lang: str) -> None:
    run = sarif(*EVERYTHING, closing=Closing((UNUSED,), (FIXED,), 3), errors=True, lang=lang)
    assert len(run["results"]) == sum(len(report.findings) for report in EVERYTHING) + 1
    assert sarif()["results"] == []


def test_the_schema_can_refuse() -> None:
    """A schema that takes everything would prove nothing."""
    log = json.loads(told("sarif", stage.refusals()))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not Draft4Validator(SCHEMA).is_valid(log)


def test_sarif_points_at_the_code_points_of_the_source() -> None:
    report = stage.refusals()
    run = sarif(report)
    assert run["columnKind"] == "unicodeCodePoints"
    lines = report.document.text.split("\n")
    result = next(r for r in run["results"] if r["ruleId"] == "S04")
    found = []
    for location in result["relatedLocations"]:
        region = location["physicalLocation"]["region"]
        assert region["startLine"] == region["endLine"]
        found.append(lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1])
    assert found == ["0", "1", "7", "0", "271", "218", "495"]


def test_sarif_results_name_their_rules_levels_and_fingerprints() -> None:
    report = stage.statistics()
    run = sarif(report)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in gouji.engine().rulebook.rules]
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["partialFingerprints"] == {"gouji/v1": finding.fingerprint}
        expected = {"error": "error", "warning": "warning", "info": "note"}[finding.severity]
        undecided = finding.verdict == "undecided"
        assert (result["kind"], result["level"]) == (("open", "none") if undecided else ("fail", expected))


def test_sarif_knows_decisions_baselines_and_errors() -> None:
    run = sarif(accepted(stage.refusals()), closing=Closing((), (FIXED,), 0), errors=True)
    first, *others = run["results"]
    assert first["suppressions"][0]["status"] == "accepted"
    assert "甲" in first["suppressions"][0]["justification"]
    assert all("suppressions" not in result for result in others)
    assert others[-1]["baselineState"] == "absent"
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "no text; save it as text"


def test_sarif_fixes_replace_the_figure_that_is_suspected() -> None:
    report = stage.refusals()
    (result,) = [r for r in sarif(report)["results"] if "fixes" in r]
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    line = report.document.text.split("\n")[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "218"
    assert replacement["insertedContent"] == {"text": "216"}
    assert all("fixes" not in r for r in sarif(pages(report))["results"])


@pytest.mark.parametrize("name", ["附件/2019 年#1%.txt", "a:b.txt", "../x?y.txt", "b\udcff.txt"])
def test_sarif_uris_lead_back_to_the_file(name: str) -> None:
    (artifact,) = sarif(renamed(stage.spotless(), name))["artifacts"]
    uri = artifact["location"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", uri)
    assert unquote(uri, errors="surrogateescape") == name


def test_sarif_places_without_lines() -> None:
    result = sarif(pages(stage.refusals()))["results"][0]
    (location,) = result["locations"]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "page 3/table 2/row 7/cell 4"}]


# --- JUnit -------------------------------------------------------------------------------------------------------


def test_junit_counts_what_it_lists() -> None:
    root = ElementTree.fromstring(told("junit", *EVERYTHING, errors=True))
    assert root.tag == "testsuites"
    suites = root.findall("testsuite")
    assert [len(s.findall("testcase")) for s in suites[:-1]] == [len(report.findings) for report in EVERYTHING]
    for suite in suites:
        counts = [len(suite.findall(path)) for path in ("testcase", "*/failure", "*/error", "*/skipped")]
        assert [int(suite.get(name, "")) for name in ("tests", "failures", "errors", "skipped")] == counts
    assert suites[-1].find("testcase/error") is not None


def test_junit_fails_for_what_makes_the_check_fail() -> None:
    def failures(report: Report, *serious: str) -> list[str | None]:
        root = ElementTree.fromstring(told("junit", report, serious=serious))
        return [failure.get("type") for failure in root.iterfind("*/*/failure")]

    report = stage.refusals()
    failed = [finding.severity for finding in report.findings if finding.verdict == "fail"]
    assert failures(report, "error", "warning", "info") == failed
    assert failures(report, "error") == [severity for severity in failed if severity == "error"]
    assert len(failures(accepted(report), "error", "warning", "info")) == len(failed) - 1


def test_junit_tells_how_many_rules_held() -> None:
    root = ElementTree.fromstring(told("junit", stage.statistics()))
    properties = {p.get("name"): p.get("value") for p in root.iter("property")}
    assert properties == {"gouji.passed": "41", "gouji.failed": "3", "gouji.undecided": "1", "gouji.accepted": "0"}


def test_xml_holds_no_control_characters() -> None:
    evil = Message("\x00\x1b]0;\ufffe<&\"'\ud800", "\x00\x1b]0;\ufffe<&\"'\ud800")
    report = renamed(changed(stage.refusals(), message=evil, equation="\x0b"), 'a\x07<b>&"\udcff.txt')
    text = told("junit", report, serious=("error", "warning", "info"))
    suite = ElementTree.fromstring(text.encode())[0]
    assert suite.get("name") == 'a\ufffd<b>&"\ufffd.txt'
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "\ufffd\ufffd]0;\ufffd<&\"'\ufffd"


# --- workflow commands -------------------------------------------------------------------------------------------


def test_workflow_commands_are_escaped() -> None:
    report = renamed(accepted(stage.refusals()), "a:b,c%\n::error::x.txt")
    text = told("github", report, closing=Closing((UNUSED,), (FIXED,), 1), errors=True)
    lines = text.splitlines()
    assert len(lines) == len(report.findings) + 3
    for line in lines:
        command = re.fullmatch(r"::(error|warning|notice) ((?:\w+=[^:,\n]*)(?:,\w+=[^:,\n]*)*)::(.*)", line)
        assert command, line
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", command[2])
        assert not re.search(r"%(?!25|0A|0D)", command[3])
    assert "file=a%3Ab%2Cc%25%0A%3A%3Aerror%3A%3Ax.txt" in lines[0]
    assert "一件两项, 100%25%0A如此" in lines[0]
    assert "file=c%3A/x/d.yaml,line=7,col=3" in lines[-1]


def test_workflow_commands_have_the_level_and_the_place() -> None:
    report = stage.statistics()
    expected = {"error": "error", "warning": "warning", "info": "notice"}
    lines = told("github", report).splitlines()
    for line, finding in zip(lines, report.findings, strict=True):
        kind = "notice" if finding.verdict == "undecided" else expected[finding.severity]
        assert line.startswith(f"::{kind} file={report.source},")
        assert finding.span is not None
        place = report.document.place(finding.span)
        assert f",line={place.line},col={place.column}," in line
    (first, *_) = told("github", accepted(stage.refusals())).splitlines()
    assert first.startswith("::notice ")


# --- CSV ---------------------------------------------------------------------------------------------------------


def test_csv_has_a_row_a_finding() -> None:
    text = told("csv", *EVERYTHING, closing=Closing((), (FIXED,), 0))
    assert text.startswith("\ufefffile,")
    rows = list(csv.DictReader(StringIO(text[1:], newline="")))
    findings = [(report, finding) for report in EVERYTHING for finding in report.findings]
    assert [row["fingerprint"] for row in rows[:-1]] == [finding.fingerprint for _, finding in findings]
    row = next(r for r in rows if r["rule"] == "S04")
    assert (row["left"], row["right"], row["delta"], row["equation"]) == (
        "497",
        "495",
        "2",
        "0 + 1 + 7 + 0 + 271 + 218 = 497 ≠ 495",
    )
    assert row["suspects"] == "218 → 216 (one digit differs)"
    assert (rows[-1]["since"], rows[-1]["before"]) == ("fixed", "1 ≠ 2")
    assert [r["decision"] for r in rows if r["decision"]] == ["accepted"]


def test_csv_without_findings_has_its_head() -> None:
    assert len(told("csv", stage.spotless()).splitlines()) == 1


def test_csv_runs_no_formula() -> None:
    evil = Message("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0")
    text = told("csv", changed(stage.refusals(), message=evil, equation="-1 ≥ 0"))
    row = next(csv.DictReader(StringIO(text[1:])))
    assert (row["message"], row["equation"]) == ("'=cmd|' /C calc'!A0", "'-1 ≥ 0")


# --- HTML --------------------------------------------------------------------------------------------------------


class Reading(HTMLParser):
    """The text of a page, and everything that could make a request."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.requests: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.requests += [(n, v) for n, v in attrs if n in ("src", "href", "srcset", "action", "data")]
        self.requests += [(tag, None)] if tag in ("script", "link", "iframe", "img", "object", "base") else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_html_stands_alone_and_says_what_the_terminal_says(lang: str) -> None:
    text = told("html", *EVERYTHING, closing=Closing((UNUSED,), (FIXED,), 1), errors=True, lang=lang)
    page = Reading()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.requests == []
    assert "url(" not in text
    assert "default-src 'none'" in text
    shown = re.sub(r"\s", "", page.text)
    for report in EVERYTHING:
        for finding in report.findings:
            assert re.sub(r"\s", "", finding.message.text(lang)) in shown
    assert "0+1+7+0+271+218=497≠495" in shown
    assert UNUSED.why in page.text


def test_html_runs_nothing_of_a_report() -> None:
    evil = Message("<script>alert(1)</script>\x1b[2J", '<img src=x onerror="a">')
    report = renamed(changed(stage.refusals(), message=evil), "<b>.txt")
    for lang in ("zh", "en"):
        page = Reading()
        page.feed(told("html", evolve(report, title="</title><script>"), lang=lang))
        assert page.requests == []
        assert evil.text(lang).replace("\x1b", "") in page.text


# --- all of them -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [name for name in FORMATS if name not in ("text", "jsonl")])
def test_no_reports_at_all_is_valid_too(form: str) -> None:
    assert told(form, errors=False) or form == "github"


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_reports_give_the_same_text(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(form, *EVERYTHING, errors=True)
    for name, value in (("TERM", "dumb"), ("COLUMNS", "40"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    assert told(form, *EVERYTHING, errors=True) == first
