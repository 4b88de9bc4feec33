"""Reporters: what a checked report looks like as text, as JSON, as a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gouji.errors import GoujiError
from gouji.records import Report

if TYPE_CHECKING:
    from gouji.series import Crossing


class Reporter(Protocol):
    """Receives each input as it is done, in order, and writes when it likes."""

    def report(self, report: Report) -> None:
        """Take a checked report."""

    def error(self, error: GoujiError) -> None:
        """Take an input that could not be read."""

    def cross(self, crossing: Crossing) -> None:
        """Take what came of comparing the reports with one another, after all of them."""

    def finish(self) -> None:
        """Take leave: all inputs are done."""
