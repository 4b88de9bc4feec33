"""The parser gives the trees that Lark gives, and refuses what Lark refuses, at the same place."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lark
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark.exceptions import UnexpectedInput

import gouji
from corpus import cases
from gouji.errors import PackError
from gouji.grammar import Grammar
from gouji.grammarcompiler import build
from gouji.packs import builtin
from gouji.parser import Refused, Token, Tree

ENGINE = gouji.engine()

FEATURES = r"""
start: (line _END)*
other: nothing WORD?
nothing:
?line: pair | single | "(" line ")" -> bracketed | kept | WORD AND WORD -> joined | WORD_OF_TWO | list{WORD}
pair: WORD "=" NUMBER [_COMMENT]
single: NUMBER
!kept: "<" WORD ">"
list{item}: "[" _items{item} "]"
_items{item}: item ("," item)*
AND: "and"
WORD: /[a-z]+/i
WORD_OF_TWO.2: /[xy]{2}/
NUMBER: /[0-9]+/
_COMMENT: /#[^;\n]*/
_END: ";"
NL: "\n"
%ignore / +/
%ignore /[\r\n]+/
%ignore NL
"""


def of_lark(node: Any) -> Any:
    """A tree of Lark in the form of our own."""
    if isinstance(node, lark.Token):
        return (node.type, str(node), node.start_pos, node.end_pos)
    return (str(node.data), [of_lark(child) for child in node.children])


def plain(node: Any) -> Any:
    if isinstance(node, Token):
        assert node.match.group() == node.text
        return node[:4]
    return (node.data, [plain(child) for child in node.children])


def agree(grammar: Grammar, text: str, start: str) -> bool:
    """Assert that both read `text` alike; whether they take it."""
    try:
        expected = of_lark(grammar.lark.parse(text, start=start))
    except UnexpectedInput as error:
        expected = error.pos_in_stream
    try:
        found = plain(grammar.parse(text, start))
    except Refused as refused:
        found = refused.offset
    assert found == expected
    return not isinstance(found, int)


def grammars() -> Iterator[tuple[Grammar, str]]:
    for layout in ENGINE.layouts:
        yield layout.grammar, layout.start
    for carrier in ENGINE.carriers:
        yield carrier.grammar, "start"


def test_tables_of_every_pack_are_read_as_lark_reads_them() -> None:
    texts = [case.source.rstrip("\n") + "\n" for case in cases(builtin() / "grammars")]
    for grammar, start in grammars():
        kept: Grammar = pickle.loads(pickle.dumps(grammar))
        taken = [
            agree(kept, table, start)
            for text in texts
            for table in (text, text.replace("|", "", 1), text.replace("\n", "", 1), re.sub(r"(?m)^(?=.)", "\t", text))
        ]
        assert any(taken), grammar.name


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Grammar:
    """A grammar with what Lark makes trees of in ways of its own."""
    path = tmp_path_factory.mktemp("grammar") / "features.lark"
    path.write_text(FEATURES, encoding="utf-8")
    return build(path, [path.parent], ("start", "other"))


PIECES = ("a", "and", "andy", "7", "=", "(", ")", "<", ">", "[", "]", ",", ";", " ", "#c", "?", "\n", "xy", "AND", "B")
LINES = (
    "a=1;",
    "(7);",
    "<and>;",
    "((a = 2));",
    "[a,b, c];",
    "[];",
    "x=1 #and;",
    "<a>",
    "7;",
    " ",
    "a and b;",
    "and and and;",
)


@given(text=st.one_of(st.lists(st.sampled_from(PIECES)), st.lists(st.sampled_from(LINES))).map("".join))
def test_whatever_a_grammar_has_is_read_as_lark_reads_it(features: Grammar, text: str) -> None:
    agree(features, text, "start")
    agree(features, text, "other")


def test_each_feature_is_reached(features: Grammar) -> None:
    assert agree(features, "a=1;(7);<b>;[a,b];((a = 2));x=1 #and;a and b;", "start")
    assert not agree(features, "a b;", "start")
    assert not agree(features, "a=1", "start")


def test_tokens_from_elsewhere_make_the_same_tree(features: Grammar) -> None:
    found = re.finditer(
        r"(?P<WORD>[a-z])|(?P<NUMBER>[0-9])|(?P<EQUAL>=)|(?P<LSQB>\[)|(?P<RSQB>\])|(?P<COMMA>,)|(?P<_END>;)",
        "a=1;[a,b];",
    )
    mine = [(str(m.lastgroup), Token(str(m.lastgroup), m.group(), m.start(), m.end(), m)) for m in found]
    tree = features.parser.tree(mine, "start")
    assert isinstance(tree, Tree)
    assert [t.text for t in tree.tokens()] == ["a", "1", "a", "b"]
    assert features.parser.tree(mine[:-1], "start") is None
    assert features.parser.tree(mine[1:], "start") is None


def test_what_is_named_by_ranges_only_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ranges.lark"
    path.write_text("start: (NO|OTHER)+\nNO.2: /[一-十]+、/\nOTHER: /[^|\\n]/\n", encoding="utf-8")
    assert agree(pickle.loads(pickle.dumps(build(path, [tmp_path], ("start",)))), "三、甲", "start")


@pytest.mark.parametrize(
    "rules",
    [
        'start: (WORD | NL)+\nWORD: /[a-z]+/\nNL: "\\n"\n%ignore /\\s+/\n',
        'start: WORD+\nWORD: /[a-z]+/\nAND: "and"\n%ignore AND\n%ignore " "\n',
    ],
)
def test_a_literal_that_an_ignored_terminal_matches_too(tmp_path: Path, rules: str) -> None:
    path = tmp_path / "ignored.lark"
    path.write_text(rules, encoding="utf-8")
    grammar = build(path, [tmp_path], ("start",))
    for text in ("a\nb", "a and b", "a b", "and", "\n", "a\n", "a  \nb"):
        agree(grammar, text, "start")


def test_expressions_that_cannot_stand_together_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "odds.lark"
    path.write_text("start: (A | B)+\nA: /(?P<n>[0-9])/\nB: /(?P<n>x)/\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"odds\.lark:3:1.*cannot stand beside"):
        build(path, [tmp_path], ("start",))
