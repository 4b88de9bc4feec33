"""Reporters: what a checked report looks like as text, as JSON, as a data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from gouji.errors import GoujiError
from gouji.findings import Decision, Finding, Fixed, Severity
from gouji.messages import Voice
from gouji.records import Report
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.registry import Registry
    from gouji.reporters.page import Page
    from gouji.rulebook import Rulebook
    from gouji.series import Crossing


class Closing(Struct):
    """What is to be told when all inputs are done.

    `unused` are decisions that fit no finding, `fixed` the findings of an earlier check that are gone, `known`
    how many are as they were; None where nothing was compared.
    """

    unused: tuple[Decision, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    known: int | None = None


NOTHING_MORE = Closing()


class Reporter(Protocol):
    """Receives each input as it is done, in order, and writes when it likes."""

    def report(self, report: Report) -> None:
        """Take a checked report."""

    def error(self, error: GoujiError) -> None:
        """Take an input that could not be read."""

    def cross(self, crossing: Crossing) -> None:
        """Take what came of comparing the reports with one another, after all of them."""

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Take leave: all inputs are done."""


class Setting(Struct):
    """What reporters are made with.

    `write` takes text for standard output, `page` makes a page for a terminal, `counts` says whether a finding
    makes the check fail, `serious` which severities do; `version` is that of gouji.
    """

    say: Voice
    rulebook: Rulebook
    registry: Registry
    write: Callable[[str], object]
    page: Callable[[], Page]
    counts: Callable[[Finding], bool]
    version: str = ""
    quiet: bool = False
    verbose: bool = False
    serious: Sequence[Severity] = ("error",)

    @property
    def compares(self) -> bool:
        """Whether the rules look at reports only to compare them with one another."""
        from gouji.checks import KINDS

        return bool(self.rulebook.rules) and all(KINDS[rule.kind].between for rule in self.rulebook.rules)


# Each format imports what it needs when it is asked for: rich for text, nothing for JSON.


def _text(setting: Setting) -> Reporter:
    from gouji.reporters.terminal import Terminal

    return Terminal(setting.page(), setting.quiet, setting.compares)


def _json(setting: Setting) -> Reporter:
    from gouji.reporters.records_json import CheckDocument, Records

    return CheckDocument(Records(setting.say.lang), setting.write)


def _jsonl(setting: Setting) -> Reporter:
    from gouji.reporters.records_json import CheckLines, Records

    return CheckLines(Records(setting.say.lang), setting.write)


def _csv(setting: Setting) -> Reporter:
    from gouji.reporters.findings_csv import FindingsCsv

    return FindingsCsv(setting)


def _sarif(setting: Setting) -> Reporter:
    from gouji.reporters.sarif import Sarif

    return Sarif(setting)


def _junit(setting: Setting) -> Reporter:
    from gouji.reporters.junit import JUnit

    return JUnit(setting)


def _github(setting: Setting) -> Reporter:
    from gouji.reporters.github import WorkflowCommands

    return WorkflowCommands(setting)


def _html(setting: Setting) -> Reporter:
    from gouji.reporters.html import Html

    return Html(setting)


DATA = ("json", "jsonl", "csv")
"""The formats that say of every report whose it is."""
FORMATS: dict[str, Callable[[Setting], Reporter]] = {
    "text": _text,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "html": _html,
}
