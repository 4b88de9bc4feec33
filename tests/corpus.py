"""The corpus files of packs: title, canonical input, expected observations, in plain text.

=== title
canonical lines
---
metric = value unit [marks]      a figure; marks: low..high, scope, implied, chart
metric blank unit                a cell without a number: blank, na or text
unbound 12 条                    a figure that no metric claims
unparsed: row                    a row that no grammar took
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from gouji.pipeline import Engine
from gouji.readers import text
from gouji.records import Observation, Report


@frozen
class Case:
    """One case of a corpus file."""

    file: Path
    title: str
    source: str
    expected: tuple[str, ...]


def cases(root: Path) -> Iterator[Case]:
    """Every corpus case below `root`."""
    for file in sorted(root.glob("*/corpus/*.txt")):
        for chunk in file.read_text(encoding="utf-8").split("=== ")[1:]:
            title, _, rest = chunk.partition("\n")
            source, _, expected = rest.partition("\n---\n")
            yield Case(file, title, source + "\n", tuple(line for line in expected.split("\n") if line.strip()))


def read(engine: Engine, source: str) -> Report:
    """The report that `source` is."""
    return engine.understand(text.read(source.encode(), "corpus", engine.carriers))


def told(report: Report) -> tuple[str, ...]:
    """What a report says, in the words of the corpus."""
    return (
        *map(observation, report.observations),
        *(f"unbound {u.value} {u.unit or ''}".rstrip() for u in report.unbound),
        *(f"unparsed: {u.text}" for u in report.unparsed),
    )


def observation(o: Observation) -> str:
    """One observation in the words of the corpus."""
    head = f"{o.path} = {o.value}" if o.state == "value" else f"{o.path} {o.state}"
    interval = f"{o.low}..{'' if o.high is None else o.high}" if o.state == "value" and not o.exact else None
    marks = [o.unit, interval, o.scope and f"scope {o.scope}", "implied" if o.implied else None]
    marks.append("chart" if o.source == "chart" else None)
    return " ".join([head, *filter(None, marks)])
