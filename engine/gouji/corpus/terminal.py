"""What is told of a data set on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from gouji.corpus.telling import Chart, Table, Told
from gouji.messages import Voice
from gouji.reporters import plain

_BARS, _LEAST = 30, 8  # columns of the longest bar, and on a narrow terminal
_ROWS, _POINTS = 15, 40  # rows of a table that are shown, and points of a chart: all years, all provinces
_STYLES = {"error": "red", "warning": "yellow", "info": "cyan"}


def show(told: Told, console: Console, say: Voice) -> None:
    """Print it: the figures in a line each, then charts as bars, then tables; none that is empty."""
    if told.subtitle:
        console.print(Text(told.subtitle, "dim"))
    for value, label, severity in told.cards:
        console.print(Text.assemble((f"{value:>14}  ", _STYLES.get(severity, "bold")), label))
    for section in told.sections:
        console.print()
        console.rule(Text(section.title), align="left")
        if section.note:
            console.print(Text(section.note, "dim"))
        for chart in section.charts:
            if points := [*_summed(chart)][:_POINTS]:
                console.print(_bars(chart, points, console.width))
        for table in section.tables:
            if table.rows:
                console.print(_grid(table, say))


def _grid(table: Table, say: Voice) -> RenderableType:
    grid = Grid(box=None, pad_edge=False)
    for n, name in enumerate(table.head):
        grid.add_column(Text(name, "dim"), justify="right" if n in table.numbers else "left", overflow="fold")
    for row in table.rows[:_ROWS]:
        grid.add_row(*(_cell(str(cell), say) for cell in row))
    if len(table.rows) > _ROWS:
        grid.add_row(Text(f"… {len(table.rows) - _ROWS}", "dim"))
    return grid


def _cell(text: str, say: Voice) -> Text:
    style = _STYLES.get(text)
    return Text(plain.clean(text)) if style is None else Text(say(f"severity.{text}"), style)


def _bars(chart: Chart, points: Sequence[tuple[Any, float]], room: int) -> RenderableType:
    grid = Grid(title=Text(chart.title), title_justify="left", box=None, pad_edge=False, show_header=False)
    labels = [plain.clean(str(label)) for label, _ in points]
    values = [f"{value:,.4g}{chart.axis}" for _, value in points]
    widest = max(map(cell_len, labels))
    # Bars give way to labels, which wrap before bars are too short to be compared.
    longest = max(_LEAST, min(_BARS, room - widest - max(map(len, values)) - 4))
    grid.add_column(justify="right" if widest + longest < room else "left", overflow="fold")
    grid.add_column(no_wrap=True, min_width=longest)
    grid.add_column(justify="right", no_wrap=True)
    most = max(value for _, value in points) or 1
    for label, told, (_, value) in zip(labels, values, points, strict=True):
        grid.add_row(Text(label), Text("█" * round(longest * value / most), "blue"), told)
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
