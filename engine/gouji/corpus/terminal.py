"""What is told of a data set on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from gouji.corpus.telling import Chart, Table, Told
from gouji.reporters import plain

_BARS = 30  # columns of the longest bar
_ROWS = 15
_STYLES = {"error": "red", "warning": "yellow", "info": "cyan"}


def show(told: Told, console: Console) -> None:
    """Print it: the figures in a line each, then charts as bars, then tables."""
    if told.subtitle:
        console.print(Text(told.subtitle, "dim"))
    for value, label, severity in told.cards:
        console.print(Text.assemble((f"{value:>14}  ", _STYLES.get(severity, "bold")), label))
    for section in told.sections:
        console.print()
        console.rule(Text(section.title), align="left")
        if section.note:
            console.print(Text(section.note, "dim"))
        for piece in (*map(_bars, section.charts), *map(_grid, section.tables)):
            console.print(piece)


def _grid(table: Table) -> RenderableType:
    grid = Grid(box=None, pad_edge=False)
    for n, name in enumerate(table.head):
        grid.add_column(Text(name, "dim"), justify="right" if n in table.numbers else "left", overflow="fold")
    for row in table.rows[:_ROWS]:
        grid.add_row(*(Text(plain.clean(str(cell)), _STYLES.get(str(cell), "")) for cell in row))
    if len(table.rows) > _ROWS:
        grid.add_row(Text(f"… {len(table.rows) - _ROWS}", "dim"))
    return grid


def _bars(chart: Chart) -> RenderableType:
    grid = Grid(title=Text(chart.title), title_justify="left", box=None, pad_edge=False, show_header=False)
    grid.add_column(justify="right")
    grid.add_column()
    grid.add_column(justify="right")
    points = [*_summed(chart)]
    most = max((value for _, value in points), default=0) or 1
    for label, value in points[:_ROWS]:
        grid.add_row(
            Text(plain.clean(str(label))), Text("█" * round(_BARS * value / most), "blue"), f"{value:,.4g}{chart.axis}"
        )
    return grid


def _summed(chart: Chart) -> Iterator[tuple[Any, float]]:
    """Stacked series added up; of several lines the first."""
    if chart.kind == "lines":
        yield from next(iter(chart.series.values()), [])
        return
    total: dict[Any, float] = {}
    for points in chart.series.values():
        for label, value in points:
            total[label] = total.get(label, 0) + value
    yield from total.items()
