"""`--format html`: one page that stands alone, with what the terminal shows. No request leaves it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from io import StringIO
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from gouji import imprint
from gouji.errors import GoujiError
from gouji.messages import Voice
from gouji.records import Report
from gouji.registry import Registry
from gouji.reporters import NOTHING_MORE, Closing, Setting
from gouji.reporters.page import Page
from gouji.reporters.terminal import Terminal

if TYPE_CHECKING:
    from gouji.series import Crossing

_WIDTH = 120
# Wide characters are not exactly two columns wide in a browser: each run of them gets a box that is.
_WIDE = re.compile(r"[^\x00-\u024f\u2010-\u2027\u2190-\u22ff\u2500-\u25ff\u2713\u2717]+")
_HEAD = """\
<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
{imprint}
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --red: #b3261e; --yellow: #8a5a00; --cyan: #00687a; --magenta: #8e2a8e; --green: #1b6e2c; --dim: #6b6b6b; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --red: #ff8a80; --yellow: #ffd166; --cyan: #7fdbea; --magenta: #f0a6f0; --green: #8fe3a0; --dim: #9a9a9a; }}
}}
body {{ display: flex; flex-direction: column; gap: 1.5rem; margin: 1.5rem; }}
pre {{ margin: 0; overflow-x: auto; font: 14px/1.5 ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", "Microsoft YaHei", monospace; }}
#summary {{ order: -1; }}
i {{ display: inline-block; font-style: inherit; white-space: pre; }}
b {{ font-weight: 600; }}
.red {{ color: var(--red); }} .yellow {{ color: var(--yellow); }} .cyan {{ color: var(--cyan); }}
.magenta {{ color: var(--magenta); }} .green {{ color: var(--green); }} .dim {{ color: var(--dim); }}
mark {{ font-weight: 600; }}
</style>
</head>
<body>
"""


class Html:
    """Writes each report as soon as it is done; the summary comes last and is shown first."""

    def __init__(self, setting: Setting) -> None:
        self._write = setting.write
        self._say = setting.say
        # Nothing of it depends on the terminal that happens to be there.
        console = Console(
            file=StringIO(),
            width=_WIDTH,
            color_system="truecolor",
            force_terminal=True,
            legacy_windows=False,
            _environ={},
        )
        self._page = _HtmlPage(console, setting.say, setting.registry, setting.verbose)
        self._terminal = Terminal(self._page, setting.quiet, setting.compares)
        self._begun = False

    def report(self, report: Report) -> None:
        """Write the section of a report."""
        self._terminal.report(report)
        self._section("")

    def error(self, error: GoujiError) -> None:
        """Keep an input that could not be read for the summary."""
        self._terminal.error(error)

    def cross(self, crossing: Crossing) -> None:
        """Write the section of what was compared between reports."""
        self._terminal.cross(crossing)
        if crossing.findings or crossing.known or crossing.verdicts.passed:
            self._section("")

    def finish(self, closing: Closing = NOTHING_MORE) -> None:
        """Write the summary and the end."""
        self._terminal.finish(closing)
        self._section(' id="summary"')
        self._write("</body>\n</html>\n")

    def _section(self, attributes: str) -> None:
        if not self._begun:
            self._begun = True
            lang = {"zh": "zh-CN", "en": "en"}[self._say.lang]
            self._write(_HEAD.format(imprint=imprint.HTML, lang=lang, title=escape(self._say("html.title"))))
        if self._page.drawn:
            self._write(f"<section{attributes}>\n<pre>{''.join(self._page.drawn)}</pre>\n</section>\n")
            self._page.drawn.clear()


class _HtmlPage(Page):
    """A page whose lines become HTML, kept in `drawn`."""

    def __init__(self, console: Console, say: Voice, labels: Registry, verbose: bool) -> None:
        super().__init__(console, say, labels, verbose)
        self.drawn: list[str] = []

    def put(self, lines: Iterable[Text]) -> None:
        for line in lines:
            line.rstrip()
            pieces = (_styled(piece.text, piece.style) for piece in line.render(self.console))
            self.drawn.append("".join(pieces).rstrip("\n") + "\n")


def _styled(text: str, style: Style | None) -> str:
    html = "".join(_boxed(text))
    if style is None or not html:
        return html
    if style.color is not None:
        html = f'<span class="{style.color.name}">{html}</span>'
    if style.dim:
        html = f'<span class="dim">{html}</span>'
    if style.reverse:
        return f"<mark>{html}</mark>"
    return f"<b>{html}</b>" if style.bold else html


def _boxed(text: str) -> Iterator[str]:
    at = 0
    for run in _WIDE.finditer(text):
        yield escape(text[at : run.start()])
        yield f'<i style="width:{cell_len(run.group())}ch">{escape(run.group())}</i>'
        at = run.end()
    yield escape(text[at:])
