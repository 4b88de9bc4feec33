"""Reporters: what a checked report looks like as text, as JSON, as a data set."""

from __future__ import annotations

from typing import Protocol

from gouji.errors import GoujiError
from gouji.records import Report


class Reporter(Protocol):
    """Receives each input as it is done, in order, and writes when it likes."""

    def report(self, report: Report) -> None:
        """Take a checked report."""

    def error(self, error: GoujiError) -> None:
        """Take an input that could not be read."""

    def finish(self) -> None:
        """Take leave: all inputs are done."""
