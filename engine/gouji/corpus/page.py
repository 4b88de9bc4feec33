"""What is told of a data set as an HTML page that stands alone: charts by Plotly, whose code is part of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gouji import imprint
from gouji.corpus.telling import Chart, Told
from gouji.findings import SEVERITIES
from gouji.messages import Voice

_COLOURS = ("#3b6ea5", "#d98c3f", "#5b9f6b", "#a35d9c", "#7c7c7c", "#c0504d")
_SEVERE = {"error": "#b3261e", "warning": "#d98c3f", "info": "#3b8ea5"}
_TALL = 12  # bars that a chart of the usual height has room for


def html(told: Told, say: Voice) -> str:
    """The page. No request leaves it: its policy forbids that to whatever reads it."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True
    )
    sections = [
        section._asdict() | {"charts": [Markup(_drawn(chart)) for chart in section.charts]} for section in told.sections
    ]
    return environment.get_template("overview.html").render(
        lang={"zh": "zh-CN", "en": "en"}[say.lang],
        imprint=Markup(imprint.HTML),
        say=say,
        subtitle=told.subtitle,
        cards=told.cards,
        sections=sections,
        severities={severity: say(f"severity.{severity}") for severity in SEVERITIES},
        library=Markup(get_plotlyjs()),
    )


def _drawn(chart: Chart) -> str:
    from plotly.io import to_html

    sideways = chart.kind == "bars" or (chart.kind == "stacked" and _wordy(chart))
    tall = sideways and len({label for points in chart.series.values() for label, _ in points}) > _TALL
    traces = [_trace(chart, name, n, sideways) for n, name in enumerate(chart.series)]
    # Invisible ticks keep the labels off the bars.
    apart = {"ticks": "outside", "ticklen": 6, "tickcolor": "rgba(0,0,0,0)"}
    values: dict[str, Any] = {"ticksuffix": chart.axis, "rangemode": "tozero", "gridcolor": "#e4e8ec", **apart}
    labels: dict[str, Any] = {"type": "category" if sideways else "linear", "automargin": True, **apart}
    if sideways:
        labels["autorange"] = "reversed"
    elif chart.kind != "bars":
        labels |= {"dtick": 2, "tickformat": "d"}
    layout = {
        "title": {"text": chart.title, "font": {"size": 15}, "x": 0.02},
        "barmode": "stack",
        "colorway": [
            _SEVERE.get(name, _COLOURS[n % len(_COLOURS)]) for n, name in enumerate(chart.colours or chart.series)
        ],
        "xaxis": values if sideways else labels,
        "yaxis": labels if sideways else values,
        "margin": {"l": 50, "r": 20, "t": 45, "b": 45},
        "legend": {"orientation": "h", "y": -0.08 if tall else -0.15},
        "showlegend": len(chart.series) > 1,
        "plot_bgcolor": "white",
        "font": {"family": 'system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'},
    }
    drawn: str = to_html(
        {"data": traces, "layout": layout},
        config={"displayModeBar": False, "responsive": True},
        include_plotlyjs=False,
        full_html=False,
        div_id=f"chart-{chart.name}",
        default_height="34rem" if tall else "22rem",
    )
    return drawn


def _wordy(chart: Chart) -> bool:
    return any(isinstance(label, str) for points in chart.series.values() for label, _ in points)


def _trace(chart: Chart, name: str, n: int, sideways: bool) -> dict[str, Any]:
    labels, values = [[point[i] for point in chart.series[name]] for i in (0, 1)]
    along = {"x": values, "y": labels} if sideways else {"x": labels, "y": values}
    if chart.kind == "lines":
        return {"type": "scatter", "mode": "lines+markers", "cliponaxis": False, "name": name, **along}
    return {"type": "bar", "name": name, "orientation": "h" if sideways else "v", **along}
