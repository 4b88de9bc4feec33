"""Comparing the reports that a command was given with one another, and with those that it is to compare them with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.running import Walk

if TYPE_CHECKING:
    from gouji.hierarchy import Hierarchy
    from gouji.pipeline import Engine
    from gouji.records import Report
    from gouji.rulebook import Rulebook
    from gouji.series import Comparison, Crossing


class Crossed:
    """Takes reports that are checked; what compares them is loaded where there are two, or where the user asks for it."""

    def __init__(self, engine: Engine, rulebook: Rulebook, roster: Path | None) -> None:
        self.engine = engine
        self.rulebook = rulebook
        self.first: Report | None = None
        self.comparison: Comparison | None = None
        self.rostered: Sequence[str] = ()
        self.seen: set[str] = set()
        if roster is not None:
            from gouji.hierarchy import read_roster

            hierarchy = read_roster(roster, engine.bodies)
            self.rostered = hierarchy.files
            self._load(hierarchy)

    def _load(self, hierarchy: Hierarchy | None = None) -> Comparison:
        if self.comparison is None:
            from gouji.series import Comparison

            self.comparison = Comparison(self.rulebook, self.engine.bodies, self.engine.messages, hierarchy)
        if self.first is not None:
            self.comparison.add(self.first)
            self.first = None
        return self.comparison

    def add(self, report: Report) -> None:
        """Take a report that is checked; the first one is only remembered."""
        self.seen.add(os.path.realpath(report.source))
        if self.comparison is None and self.first is None:
            self.first = report
        else:
            self._load().add(report)

    def finish(self, walk: Walk, previous: Path | None) -> Crossing | None:
        """Read what else there is to compare with, and compare; None where there is one report alone."""
        if previous is None and self.comparison is None:
            return None
        comparison = self._load()
        alone = previous is not None and not previous.is_dir()
        comparison.expected = previous is not None and not alone
        if previous is not None:
            walk.over([str(previous)], lambda path: comparison.add_earlier(self.engine.parse(path), alone))
        # Reports of the roster that are no inputs: they count, but nobody asked to have them checked.
        others = [path for path in self.rostered if os.path.realpath(path) not in self.seen]
        walk.over(others, lambda path: comparison.add_earlier(self.engine.parse(path)), named=False)
        return comparison.finish()
