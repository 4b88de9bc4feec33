"""gouji (勾稽): reads Chinese government-information annual reports and shows where their figures do not agree.

>>> import gouji
>>> report = gouji.check("report.txt")
>>> report["requests.received.total"]
244
>>> [finding.rule for finding in report.findings]
[]
"""

from __future__ import annotations

from functools import cache
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gouji.pipeline import Engine
    from gouji.records import Report

__version__ = "0.1.0"
__all__ = ["check", "engine", "parse"]


@cache
def engine(*packs: Path) -> Engine:
    """The engine with the built-in packs and those below the folders `packs`; compiled once a process."""
    from gouji.pipeline import Engine

    return Engine.load(packs)


def check(path: str | PathLike[str]) -> Report:
    """Read the report at `path` and run every rule that applies. Raises gouji.errors.ReadError."""
    return engine().bodies.located(engine().check(fspath(path)))


def parse(path: str | PathLike[str]) -> Report:
    """Read the report at `path` without checking it. Raises gouji.errors.ReadError."""
    return engine().bodies.located(engine().parse(fspath(path)))
