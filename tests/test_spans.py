"""Offset maps and line indices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.spans import LineIndex, OffsetMap, Span


def test_identity_and_replacement_runs() -> None:
    origin = OffsetMap()
    origin.identity(0, 10)
    origin.replacement(3, 20, 5)
    origin.identity(5, 30)
    assert origin.span(0, 3) == Span(10, 13)
    assert origin.span(3, 4) == Span(20, 25)
    assert origin.span(2, 7) == Span(12, 32)


def test_nothing_has_no_origin() -> None:
    origin = OffsetMap()
    origin.identity(0, 0)
    with pytest.raises(ValueError, match="no origin"):
        origin.span(2, 2)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), min_size=1),
    st.lists(st.integers(0, 4)),
    st.integers(0, 9),
)
def test_the_pieces_of_a_row_are_where_each_alone_is(
    runs: list[tuple[int, int]], lengths: list[int], start: int
) -> None:
    origin, derived = OffsetMap(), 0
    for length, width in runs:
        if width:
            origin.replacement(derived, 10 * derived, width)
        else:
            origin.identity(derived, 10 * derived)
        derived += length
    starts = [start + sum(lengths[:i]) + i for i in range(len(lengths))]
    alone = [origin.span(at, at + (length or 1)) for at, length in zip(starts, lengths, strict=True)]
    assert origin.row(start, lengths) == alone


@given(st.text(alphabet="ab\n信", max_size=60), st.data())
def test_line_and_column_find_their_character_again(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, column = LineIndex.of(text).position(offset)
    before = text[:offset].split("\n")
    assert (line, column) == (len(before), len(before[-1]) + 1)
