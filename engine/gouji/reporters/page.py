"""The page that a terminal reporter draws on: its width, glyphs, styles, and how lines are laid out.

Every decision about layout is here. Text of a report reaches the page only through `Page.shown`, which takes
the sting out of control characters, and only as `Text`, in which no markup is ever interpreted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from gouji.document import Place
from gouji.findings import Said
from gouji.intervals import Operand
from gouji.messages import Voice
from gouji.records import Number, Observation, Report
from gouji.reporters import plain
from gouji.spans import Span
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.registry import Registry

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?")

INDENT = 4
_BESIDE = 32  # cells that a note must have beside the word for what it is: a place is not to be divided
SIDE_BY_SIDE = 100
WIDEST = 200
PROSE = 120
# Characters that may share one cell of a terminal, as letters do with what stands above and below them.
_PER_CELL = 8

STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "cyan",
    "undecided": "magenta",
    "good": "green",
    "printed": "bold red",
    "computed": "bold green",
    "figure": "bold",
    "mark": "bold reverse",
    "title": "bold",
    "faint": "dim",
}


_NOTES = tuple(
    f"note.{name}"
    for name in (
        *("instance", "equation", "assumption", "suspect", "rival", "alternative", "explanation", "follower"),
        *("fingerprint", "before", "disputed", "reopened"),
    )
)
"""What a note may be."""


class Glyphs(Struct):
    """The characters that draw; a terminal that lacks them gets the ASCII ones."""

    heavy: str = "━"
    light: str = "─"
    bar: str = "│"
    dots: str = "…"
    opening: str = "▸"
    closing: str = "◂"
    error: str = "✗"
    warning: str = "▲"
    info: str = "·"
    undecided: str = "?"
    good: str = "✓"
    failed: str = "≠"
    known: str = "="
    fixed: str = "-"
    difference: str = "Δ"
    arrow: str = "→"


ASCII = Glyphs("=", "-", "|", "...", "[", "]", "x", "!", "*", "?", "+", "!=", "=", "-", "d", "->")
# How an ASCII terminal gets to see the signs of an equation.
_ASCII_SIGNS = str.maketrans(
    {"≟": "?=", "≠": "!=", "≤": "<=", "≥": ">=", "−": "-", "×": "x", "…": "...", "→": "->", "·": "*"}
)


class CommandConsole(Console):
    """A console that leaves it to the command line what becomes of a reader who has gone."""

    def on_broken_pipe(self) -> None:
        """Let the error go on."""
        raise


class Page:
    """Where renderables draw, and what they need to know."""

    def __init__(self, console: Console, say: Voice, labels: Registry, verbose: bool = False) -> None:
        self.console = console
        self.say = say
        self.labels = labels
        self.verbose = verbose
        try:
            "".join((*Glyphs(), "≠≤≥")).encode(console.encoding)
            self.glyphs = Glyphs()
        except (UnicodeEncodeError, LookupError):
            self.glyphs = ASCII

    @classmethod
    def on(cls, stream: TextIO, say: Voice, labels: Registry, *, color: bool = True, verbose: bool = False) -> Page:
        """A page on `stream`; colours only where the stream is a terminal that shows them."""
        # "auto" leaves the decision to rich, None takes even bold away: a pipe gets plain text.
        console = CommandConsole(file=stream, color_system="auto" if color else None, highlight=False)
        return cls(console, say, labels, verbose)

    @property
    def width(self) -> int:
        """The cells of a line."""
        return max(20, min(WIDEST, self.console.width))

    def put(self, lines: Iterable[Text]) -> None:
        """Write lines as they are: they are laid out already."""
        kept = list(lines)
        for line in kept:
            line.rstrip()
        if not kept:
            return
        if self.console.color_system is None and not self.console.record:
            # Nobody sees styles: a line is its text.
            self.console.file.write("".join([f"{line.plain}\n" for line in kept]))
        else:
            self.console.print(Text("\n").join(kept), soft_wrap=True, highlight=False, markup=False, emoji=False)

    def shown(self, text: str) -> str:
        """Text of a file, or of a rule, fit for this page."""
        text = plain.clean(text)
        return text.translate(_ASCII_SIGNS) if self.glyphs is ASCII else text

    def badge(self, severity: str, verdict: str, rule: str) -> Text:
        """How serious a finding is, and of which rule."""
        kind = "undecided" if verdict == "undecided" else severity
        mark = Text("  ")
        mark.append(f"{getattr(self.glyphs, kind)} {self.say(f'severity.{kind}')} ", STYLES[kind])
        mark.append(self.shown(rule), STYLES["title"])
        mark.append("  ")
        return mark

    def number(self, value: Number | None) -> str:
        """A computed value, digits as they are; a question mark where there is none."""
        return "?" if value is None else f"{value:f}" if not isinstance(value, int) else str(value)

    def difference(self, delta: Number) -> str:
        """How far two values are apart, without the sign."""
        return self.number(delta if delta >= 0 else -delta)

    def printed(self, cell: Observation) -> str:
        """A figure as it stands in the source, where that is a plain number; its bounds, where it is not exact; a word
        for a cell without one."""
        raw = self.shown(cell.raw).strip()
        if cell.state == "blank":
            return self.say("anomaly.blank")
        if cell.state == "value" and not cell.exact:
            metric = self.labels.metric(cell.path)
            return self.shown(Operand.of(cell, metric.signed, metric.decimal).shown)
        if cell.value is None or _PLAIN_NUMBER.fullmatch(raw):
            return raw
        return self.number(cell.value)

    def text(self, text: str, style: str = "") -> Text:
        """A styled piece of a line."""
        return Text(self.shown(text), STYLES.get(style, style))

    def rule(self, title: str) -> Iterator[Text]:
        """A heavy line across the page with a title at its left, or above a title that is too long for it."""
        line = self.glyphs.heavy
        head = self.text(title, "title")
        left = self.width - 4 - head.cell_len
        if left >= 2:
            yield Text.assemble((line * 2 + " ", "dim"), head, (" " + line * left, "dim"))
        else:
            yield Text(line * self.width, "dim")
            yield from self.paragraph(head, 2)

    def paragraph(self, body: Text, hang: Text | int = INDENT, room: int | None = None) -> Iterator[Text]:
        """`body` wrapped, behind a hanging head or indentation."""
        head = Text(" " * hang) if isinstance(hang, int) else hang
        room = min(self.width, PROSE) if room is None else room
        inner = max(8, room - head.cell_len)
        pieces = body.divide([*plain.breaks(body.plain, inner, measure=cell_len)])
        for i, piece in enumerate(pieces):
            piece.rstrip()
            yield Text.assemble(head if i == 0 else " " * head.cell_len, piece)

    def note(self, name: str, told: str | Said, style: str = "") -> Iterator[Text]:
        """What helps to judge a finding, behind a word for what it is; below it where there is no room beside it."""
        body = self.text(told if isinstance(told, str) else self.say.of(told), style)
        head = Text.assemble(" " * INDENT, (self.say(f"note.{name}"), "dim"))
        left = INDENT + max(cell_len(self.say(key)) for key in _NOTES) + 2
        if self.width - left < min(_BESIDE, body.cell_len):
            yield head
            yield from self.paragraph(body, INDENT + 2)
        else:
            head.pad_right(left - head.cell_len)
            yield from self.paragraph(body, head)

    def listed(self, items: Iterable[str], between: str, style: str = "") -> Iterator[Text]:
        """Short things beside one another, each whole."""
        room, line = min(self.width, PROSE) - 2, ""
        for told in map(self.shown, items):
            if line and cell_len(line + between + told) > room:
                yield from self.paragraph(self.text(line, style), 2)
                line = ""
            line += between * bool(line) + told
        yield from self.paragraph(self.text(line, style), 2)

    def place(self, report: Report, span: Span | None, room: int | None = None) -> str:
        """The file and where in it a span stands; a file name that takes more than `room` cells loses its folders."""
        return "" if span is None else self.at(report.source, report.document.place(span), room)

    def at(self, source: str, place: Place, room: int | None = None) -> str:
        """The file and a place in it that is known already."""
        between = " " if place.line is None else ":"
        return f"{self.file(source, room)}{between}{self.spot(place)}".rstrip()

    def spot(self, place: Place) -> str:
        """`line:column`, or page, table, row and cell where a file has no lines."""
        if place.line is not None:
            return f"{place.line}:{place.column}"
        names = ("page", "paragraph", "table", "row", "cell")
        known = [(name, getattr(place, name)) for name in names if getattr(place, name) is not None]
        return " ".join(self.say(f"place.{name}", n=value) for name, value in known)

    def file(self, source: str, room: int | None = None) -> str:
        """A path as given, or its end where there is no room for all of it."""
        name = self.shown(self.say("report.standard_input") if source == "-" else source)
        room = self.width // 2 if room is None else room
        if cell_len(name) > room:
            name = name.replace("\\", "/").rpartition("/")[2]
        while cell_len(name) > max(room, 12):
            name = self.glyphs.dots + name[len(self.glyphs.dots) + 1 :]
        return name

    # --- quotations ---------------------------------------------------------------------------------

    def quote(self, report: Report, spans: Sequence[Span], room: int) -> Iterator[Text]:
        """The lines that hold `spans`, in their own words, each once, its figures marked."""
        lines: dict[int, list[Span]] = {}
        for span in sorted(set(spans), key=lambda s: (s.start, s.end)):
            lines.setdefault(report.document.lines.position(span.start)[0], []).append(span)
        heads = {number: self._line_head(report, marked[0]) for number, marked in lines.items()}
        gutter = max(map(cell_len, heads.values()), default=0)
        for number, marked in lines.items():
            left = " " * (INDENT + gutter - cell_len(heads[number])) + heads[number]
            head = Text(f"{left} {self.glyphs.bar} ", "dim")
            start = report.document.lines.starts[number - 1]
            body = self._marked(report.document.line_text(number), start, marked, room - head.cell_len)
            for i, line in enumerate(self.paragraph(body, head, room)):
                # The bar goes on beside a wrapped line; its number is told once.
                if i:
                    line = Text.assemble(
                        " " * (INDENT + gutter), (f" {self.glyphs.bar} ", "dim"), line[head.cell_len :]
                    )
                yield line

    def _line_head(self, report: Report, span: Span) -> str:
        """The number of the line that holds `span`, or where it stands in a file without lines."""
        place = report.document.place(span)
        return str(place.line) if place.line is not None else self.spot(place._replace(cell=None))

    def _marked(self, line: str, start: int, spans: Sequence[Span], room: int) -> Text:
        """One source line with its figures marked; what is far from every figure gives way to dots."""
        # A single figure, with its marks and dots on both sides, leaves this much of one line to the words around it.
        drawn = sum(cell_len(self.shown(line[s.start - start : s.end - start])) for s in spans[:1])
        rest = room - drawn - 2 * cell_len(self.glyphs.opening + self.glyphs.dots)
        near = max(8, rest // 2) if len(spans) == 1 else max(12, room // 4)
        body = Text()
        at = 0
        for i, span in enumerate(spans):
            left, right = max(at, span.start - start), min(len(line), span.end - start)
            body.append_text(self._gap(line[at:left], 0 if i == 0 else near, near))
            body.append(self.shown(line[left:right]), STYLES["mark"])
            if self.console.color_system is None:
                figure = body.plain[-len(self.shown(line[left:right])) :] if right > left else ""
                body.right_crop(len(figure))
                body.append(f"{self.glyphs.opening}{figure}{self.glyphs.closing}", STYLES["mark"])
            at = max(at, right)
        body.append_text(self._gap(line[at:], near, 0))
        return body

    def _gap(self, words: str, after: int, before: int) -> Text:
        """The words between two figures: `after` cells behind the one and `before` cells ahead of the other."""
        if after == 0:
            words = words.lstrip()
        if before == 0:
            words = words.rstrip()
        # A line may be as long as a book: what is far from both ends is not even looked at.
        far = _PER_CELL * (after + before + 2)
        words = self.shown(words if len(words) <= 2 * far else words[:far] + words[-far:])
        if cell_len(words) <= after + before + 2:
            return Text(words)
        head = _fitting(words, after)
        tail = _fitting(words[::-1], before)[::-1]
        # A number that the cut would go through is left out as a whole: half a number is a lie.
        head = re.sub(r"[0-9.,%]+$", "", head) if head and words[len(head)].isdigit() else head
        tail = re.sub(r"^[0-9.,%]+", "", tail) if tail and words[-len(tail) - 1].isdigit() else tail
        return Text.assemble(head, (self.glyphs.dots, "dim"), tail)


def _fitting(words: str, room: int) -> str:
    """The longest beginning of `words` that takes at most `room` cells."""
    size = 0
    for i, character in enumerate(words):
        size += cell_len(character)
        if size > room:
            return words[:i]
    return words
