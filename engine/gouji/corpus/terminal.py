"""What is told of a data set on a terminal."""

from __future__ import annotations

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
            if any(chart.series.values()):
                console.print(Text(chart.title, "bold"))
                console.print(_bars(chart, console.width))
        for table in section.tables:
            if table.rows:
                if table.title:
                    console.print(Text(table.title, "bold"))
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


def _bars(chart: Chart, room: int) -> RenderableType:
    """A bar a label: series of one whole on top of one another, else a bar for the first and the values of all."""
    named = {name: dict(points) for name, points in chart.series.items() if points}
    labels = [*dict.fromkeys(label for points in named.values() for label in points)][:_POINTS]
    apart = chart.kind == "lines" and len(named) > 1
    told = {
        label: [_told(chart, points.get(label)) for points in named.values()]
        if apart
        else [_told(chart, sum(points.get(label, 0) for points in named.values()))]
        for label in labels
    }
    widths = [max(map(cell_len, column)) for column in zip(*told.values(), *([named] if apart else ()), strict=True)]
    widest = max(cell_len(plain.clean(str(label))) for label in labels)
    # Bars give way to labels, which wrap before bars are too short to be compared.
    longest = max(_LEAST, min(_BARS, room - widest - sum(width + 2 for width in widths) - 2))
    grid = Grid(box=None, pad_edge=False, show_header=apart)
    grid.add_column(justify="right" if widest + longest < room else "left", overflow="fold")
    grid.add_column(no_wrap=True, min_width=longest)
    for name in [*named] if apart else [""]:
        grid.add_column(Text(name, "dim"), justify="right", no_wrap=True)
    drawn = dict([*named.items()][:1]) if apart else named
    most = max(sum(points.get(label, 0) for points in drawn.values()) for label in labels) or 1
    for label in labels:
        bar, at = Text(), 0.0
        for name, points in drawn.items():
            begun, at = round(longest * at / most), at + points.get(label, 0)
            bar.append("█" * (round(longest * at / most) - begun), _colour(chart, name))
        # However little it is, it is not nothing.
        grid.add_row(Text(plain.clean(str(label))), bar if bar or not at else Text("▏", "dim"), *told[label])
    return grid


def _told(chart: Chart, value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}{chart.axis}"


def _colour(chart: Chart, name: str) -> str:
    """That of the severity that a series shows, if any."""
    severity = dict(zip(chart.series, chart.colours, strict=False)).get(name, "")
    return _STYLES.get(severity, "blue")
