"""Patterns: the same before and after the cache, whatever the interpreter shows of its `re`."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

import gouji
from gouji import patterns
from gouji.patterns import END, Finder, Pattern

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


FINDERS = [
    r"(?:区|市)?本级|(?<![非于])本(?:机关|单位)",
    r"(?<![^,。\n])(?P<a>第)?[一二]{1,3}",
    r"\d件|(?:未|没有)[^。]{0,4}申请",
    r"\s+\d",
    r"[^。]公开$",
    r"[\u4e00-\u9fff]{2}公",
    r"(?:公开)+",
    r"[一-十]月",
    r"[\u2460a]x|(?:[〇-龥])",
    r"(?<=(?:一|二))[未没]",
    r"(\d)\1+件?",
    r"(?i:x)|第",
    r"(?P<found>区)?市",
    r"公开|未(?P<found>[^。]{0,3})申|公",
    r"(?:1(?=3)|一二)(?:一二|3)*",
]


@pytest.mark.parametrize("source", FINDERS)
@given(
    text=st.text(alphabet="不予公开一二三月第本级区市机关非于,。未没有申请0件3axX①٣\u3000 \n\ue000", max_size=30),
    start=st.integers(0, 5),
    cut=st.integers(0, 5),
)
def test_a_finder_finds_what_the_expression_finds(source: str, text: str, start: int, cut: int) -> None:
    finder, end = pickle.loads(pickle.dumps(Finder(source))), max(len(text) - cut, 0)
    expected = list(re.compile(source).finditer(text, start, end))
    found = list(finder.finditer(text, start, end))
    assert [(m.start(), m.end(END), m.groupdict() | {END: ""}) for m in found] == [
        (*m.span(), m.groupdict() | {END: ""}) for m in expected
    ]
    assert bool(finder.search(text, start, end)) == bool(expected)


def test_a_finder_of_no_expression_is_refused_at_once() -> None:
    with pytest.raises(re.error):
        Finder("(收到")


OUTLINE = yaml.safe_load((Path(__file__).parents[1] / "grammars/narrative/pack.yaml").read_text("utf-8"))["outline"]
DATES = [
    *(
        "发布日期:",
        "印发日期:",
        "来源",
        "统计期限为",
        "报告期限自",
        "至",
        "止",
        "。",
        "\n",
        "|",
        "2019",
        "2020",
        "年",
        "-",
    )
]
DATES += [*("/", ".", "月", "日", "1", "01", "12", "31", "5")]


@given(text=st.lists(st.sampled_from(DATES), max_size=24).map("".join))
@example(text="统计期限为2019年1月1日至2019年12月31日")
@example(text="印发日期:2019-5-12\n2020/1/5来源")
def test_nothing_dated_is_found_where_no_date_is(text: str) -> None:
    for name in ("published", "page_date", "written", "period"):
        for match in re.finditer(OUTLINE[name], text):
            assert re.search(OUTLINE["date"], match[0]), name


def test_a_count_ends_in_what_is_looked_for_first() -> None:
    source = OUTLINE["mentions"]["claimed"]
    nouns = {noun for nouns in re.findall(r"\{0,4\}\?\(\?:([^()]*)\)", source) for noun in nouns.split("|")}
    assert {noun[-1] for noun in nouns} == set(re.findall(r"\+\[([^]]*)\]\)", source)[0])
