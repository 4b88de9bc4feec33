"""Prefixes: what the next characters leave of many expressions is at least what matches, and mostly no more."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lark.lexer import PatternRE, TerminalDef

from gouji.islands import IslandScanner
from gouji.prefixes import RARE, told_apart

SOURCES = [
    r"(?:政府|政务)?信息公开(?:申请|条例)?(?=件)",
    r"(?<!未)公开(?:政府)?信息",
    r"\d{1,3}(?:,\d{3})+|\d+件",
    r"(?:19|20)\d\d年(?:\d{1,2}月)?",
    r"第?[一二三]{1,9}(?:批|次)(?!性)",
    r"“[^“”\n]{0,40}\d[^”]*”",
    r"(?i:qq)群?\s?\d",
    r"[A-Za-z]\w+?(?P<a>号)(?P=a)",
    r"[\u4e00-\u9fff]{2}局(?>开|公开)++",
    r"\s?未.?公",
]
TEXTS = st.text(alphabet="政府务信息公开申请条例未第一二次批性件年月号群局“”,\n1290qQA٣ é\u3000", max_size=14)


def left(node: Any, text: str) -> tuple[int, ...]:
    """What `node` leaves at the beginning of `text`."""
    at = 0
    while isinstance(node, dict):
        rare = text[at : at + 1].isdecimal() or text[at : at + 1].isspace()
        node = node.get(text[at : at + 1], node.get(RARE, node[""]) if rare else node[""])
        at += 1
    return tuple(node)


TRIE = told_apart((source, number) for number, source in enumerate(SOURCES))


@given(text=TEXTS)
def test_every_expression_that_matches_is_left(text: str) -> None:
    matching = [n for n, source in enumerate(SOURCES) if re.match(source, text)]
    found = left(TRIE, text)
    assert set(matching) <= set(found)
    assert list(found) == sorted(found)


@pytest.mark.parametrize(("text", "few"), [("政协", ()), ("公司", ()), ("一二批", (4,)), ("35件", (2,))])
def test_what_cannot_match_is_told_apart(text: str, few: tuple[int, ...]) -> None:
    trie = told_apart((source, number) for number, source in enumerate(SOURCES[:5]))
    assert set(left(trie, text)) <= set(few)


def test_a_wrong_expression_is_refused() -> None:
    with pytest.raises(re.error):
        told_apart([("(收到", None)])


TERMINALS = [TerminalDef(f"T{n}", PatternRE(source), n % 3) for n, source in enumerate(SOURCES)]
SCANNER = IslandScanner.build(TERMINALS, ["T1"])


@example(text="٣件", start=0, cut=0)
@example(text="公٣件", start=0, cut=0)
@example(text="\u3000未公", start=0, cut=0)
@example(text="务一局开", start=0, cut=0)
@given(text=TEXTS, start=st.integers(0, 3), cut=st.integers(0, 3))
def test_a_scanner_finds_what_trying_all_terminals_finds(text: str, start: int, cut: int) -> None:
    ordered = sorted(TERMINALS, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    end, expected, at = max(len(text) - cut, 0), [], start
    while at < end:
        matches = ((t.name, re.compile(t.pattern.to_regexp()).match(text, at, end)) for t in ordered)
        name, match = next(((n, m) for n, m in matches if m), ("", None))
        if match:
            expected.append((name, match.span()))
        at = match.end() if match else at + 1
    found = [(t.type, (t.start, t.end)) for t in SCANNER.scan(text, start, end, everything=True)]
    assert found == expected
    assert [t.type for t in SCANNER.scan(text, start, end)] == [n for n, _ in expected if n != "T1"]
