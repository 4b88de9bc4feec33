"""Why a figure of the running text was or was not bound."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gouji.canonical import Canonical, Line
from gouji.cues import Cue
from gouji.document import Document
from gouji.errors import Message
from gouji.messages import builtin
from gouji.outline import Outline
from gouji.parser import Token
from gouji.pipeline import Engine
from gouji.records import Report, Unbound
from gouji.workbench.tabletrace import Bound, LineTrace

_SENTENCE = re.compile(r"[^。!?\n]+[。!?]?")
_FIGURES = ("QUANTITY", "HAN_QUANTITY")


def _say(key: str, **values: object) -> Message:
    return builtin().message(f"trace.{key}", **values)


class TextTracer:
    """Explains the lines of running text of one document."""

    def __init__(
        self, engine: Engine, document: Document, canonical: Canonical, report: Report | None, outline: Outline
    ) -> None:
        self.model = engine.narrative
        self.document = document
        self.canonical = canonical
        self.report = report
        self.outline = outline

    def trace(self, line: Line) -> LineTrace:
        """What became of one line of running text."""
        text = self.canonical.text[line.start : line.end]
        span = self.canonical.source(line.start, max(line.end, line.start + 1))
        number = self.document.place(span).line or 0
        if self.report is None:
            return LineTrace(number, text, False, _say("no_report"))
        found = [o for o in self.report.observations if o.table is None and span.start <= o.span.start < span.end]
        left = [u for u in self.report.unbound if span.start <= u.span.start < span.end]
        tokens = self._tokens(line)
        if left:
            cause = self._unbound(left[0], tokens, line)
        elif found:
            cause = _say("text_taken", n=len(found))
        elif any(c.isdigit() for c in text):
            cause = _say("no_figure")
        else:
            cause = _say("no_number_in_text")
        bound = tuple(Bound(o.path, o.raw, o.state, o.value, o.unit, _say("by_cue", cue=o.label)) for o in found)
        return LineTrace(
            number,
            text,
            not left,
            cause,
            tuple((t.type, t.text) for t in tokens),
            tree=self._headings(line),
            bound=bound,
        )

    def _headings(self, line: Line) -> tuple[str, ...]:
        return next((s.headings for s in self.outline.stretches if line.start <= s.start <= line.end), ())

    def _tokens(self, line: Line) -> list[Token]:
        return list(self.model.scanner.scan(self.canonical.text, line.start, line.end))

    def _unbound(self, left: Unbound, tokens: list[Token], line: Line) -> Message:
        """Why a figure was bound to nothing: what stands beside it."""
        raw, unit = left.raw, left.unit or ""
        names = self.model.patterns
        for heading in self._headings(line):
            for name in ("plan_headings", "field_headings"):
                if name in names and names[name].search(heading):
                    return _say(name.removesuffix("_headings") + "_heading", raw=raw, heading=heading)
        figures = [i for i, t in enumerate(tokens) if t.type in _FIGURES and self._is(t, left)]
        if not figures:
            return _say("no_cue", raw=raw, unit=unit)
        index = figures[0]
        figure = tokens[index]
        for step, other in self._beside(tokens, index):
            cue = self.model.cues[other.type]
            between = self._between(other, figure)
            fits = names["before" if step < 0 else "after"].fullmatch(between)
            if not fits:
                continue
            if cue.value is None and unit not in cue.units:
                units = "、".join(sorted(u for u in cue.units if u)) or "—"
                return _say("other_unit_of_cue", raw=raw, unit=unit or "—", cue=other.text, units=units)
            return self._refused(raw, cue, other)
        nearest = next(iter(self._beside(tokens, index)), None)
        if nearest is not None and (between := self._between(nearest[1], figure)):
            return _say("words_between", raw=raw, cue=nearest[1].text, between=between)
        return _say("no_cue", raw=raw, unit=unit)

    def _refused(self, raw: str, cue: Cue, word: Token) -> Message:
        if cue.topics:
            return _say("topic", raw=raw, cue=word.text, topics="、".join(sorted(cue.topics)))
        if cue.under:
            return _say("under", raw=raw, cue=word.text, paths="、".join(sorted(cue.under)))
        return _say("held_back", raw=raw, cue=word.text)

    def _is(self, token: Token, left: Unbound) -> bool:
        span = self.canonical.source(token.start, token.end)
        return span.start <= left.span.start < span.end

    def _beside(self, tokens: list[Token], index: int) -> Iterator[tuple[int, Token]]:
        """The cues in front of a figure and behind it, up to the next figure."""
        for step in (-1, 1):
            at = index + step
            while 0 <= at < len(tokens) and tokens[at].type not in _FIGURES:
                if tokens[at].type in self.model.cues:
                    yield step, tokens[at]
                    break
                at += step

    def _between(self, cue: Token, figure: Token) -> str:
        one, other = (cue, figure) if cue.start < figure.start else (figure, cue)
        return self.canonical.text[one.end : other.start]
