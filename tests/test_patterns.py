"""Patterns: the same before and after the cache, whatever the interpreter shows of its `re`."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gouji
from gouji import patterns
from gouji.patterns import Pattern

SOURCES = [
    r"(?:(?P<a>不)?予公开|(?P<b>\d+)(?P=b))",
    r"(?<![第零])[一二]{1,3}(?!性)",
    r"(?m:^)[ \t]*\|+\n?",
    *(pattern.source for pattern in gouji.engine().narrative.patterns.values()),
]


@pytest.mark.parametrize("source", SOURCES)
@given(text=st.text(alphabet="不予公开一二第性1213|\n \t,。未收费申请0件", max_size=30))
def test_a_pattern_from_the_cache_finds_the_same(source: str, text: str) -> None:
    revived = pickle.loads(pickle.dumps(Pattern(source)))
    expected = [(m.span(), m.groups(), m.groupdict()) for m in re.finditer(source, text)]
    assert [(m.span(), m.groups(), m.groupdict()) for m in revived.finditer(text)] == expected
    assert [(m.span(), m.groups(), m.groupdict()) for m in Pattern(source).finditer(text)] == expected


def test_without_the_inner_parts_of_re_a_pattern_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "code", lambda source: ())
    revived = pickle.loads(pickle.dumps(Pattern("收到(申请)?")))
    assert revived.fullmatch("收到申请")


def test_a_damaged_code_is_no_harm() -> None:
    assert Pattern("收到(申请)?", (0, b"1234", 1, {}, (None, None))).fullmatch("收到申请")


def test_a_wrong_expression_is_refused_at_once() -> None:
    with pytest.raises(re.error):
        Pattern("(收到")
