"""Positions: half-open spans, the way back from canonical text to the source, lines and columns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from gouji.values import Struct


class Span(Struct):
    """Code points `start` to `end` (exclusive) of one text."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


class OffsetMap:
    """Leads a span of a derived text back to the text that it was derived from.

    A list of runs, never one entry a character. A run begins at `derived[i]` in the derived text and at
    `origin[i]` in the original; it is either an identity (as many code points on both sides) or a
    replacement, whose `width[i]` original code points stand for all of its derived ones together.
    Runs are appended in order of the derived text and cover it completely.
    """

    def __init__(self) -> None:
        self.derived: list[int] = []
        self.origin: list[int] = []
        self.width: list[int] = []

    def identity(self, derived: int, origin: int) -> None:
        """From `derived` on, code points correspond one to one to those from `origin` on."""
        self.derived.append(derived)
        self.origin.append(origin)
        self.width.append(0)

    def replacement(self, derived: int, origin: int, width: int) -> None:
        """The code points from `derived` to the next run stand for the `width` ones from `origin` on."""
        self.derived.append(derived)
        self.origin.append(origin)
        self.width.append(width or 1)

    def span(self, start: int, end: int) -> Span:
        """The smallest non-empty original span that holds every derived code point from `start` to `end`.

        Raises ValueError when there is none, or when it begins before the first run.
        """
        derived, origins, widths = self.derived, self.origin, self.width
        first = bisect_right(derived, start) - 1
        if end <= start or first < 0:
            raise ValueError(f"no origin for {start} to {end}")
        # Most spans lie within one run.
        last = first
        if first + 1 < len(derived) and derived[first + 1] < end:
            last = bisect_right(derived, end - 1, first) - 1
        begin = origins[first] if widths[first] else origins[first] + start - derived[first]
        stop = origins[last] + (widths[last] or end - derived[last])
        # Straight to the tuple: every figure has a span.
        return tuple.__new__(Span, (begin, stop if stop > begin else begin + 1))

    def row(self, start: int, lengths: Iterable[int]) -> list[Span]:
        """The spans of pieces that follow one another from `start` on, of these lengths, with one code point behind each.

        An empty piece is where that stands. Raises what `span` does.
        """
        derived, origins, widths = self.derived, self.origin, self.width
        run, last = bisect_left(derived, start), len(derived) - 1
        found: list[Span] = []
        for length in lengths:
            end = start + (length or 1)
            if run < last and derived[run] == start and derived[run + 1] == end:
                # Most pieces are a run each, and what is behind them another one.
                begin = origins[run]
                found.append(tuple.__new__(Span, (begin, begin + (widths[run] or end - start))))
                run += 2 if length else 1
            else:
                found.append(self.span(start, end))
                run = bisect_left(derived, start + length + 1, run)
            start += length + 1
        return found


class LineIndex:
    """Lines and columns of a text: both 1-based, columns in code points, lines ended by newline."""

    def __init__(self, starts: list[int]) -> None:
        self.starts = starts

    @classmethod
    def of(cls, text: str) -> LineIndex:
        """The index of `text`."""
        starts = [0]
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        return cls(starts)

    def position(self, offset: int) -> tuple[int, int]:
        """(line, column) of the code point at `offset`."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1
