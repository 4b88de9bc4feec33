"""Canonical text: what it looks like, and that every piece of it leads back to its source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gouji
import gouji.errors
from gouji.canonical import Canonical, canonicalise
from gouji.document import Document
from gouji.readers import text as reader
from strategies import LINES


def canonical(source: str) -> tuple[Document, Canonical]:
    """The document and canonical text of `source`."""
    engine = gouji.engine()
    document = reader.read(source.encode(), "test", engine.carriers)
    return document, canonicalise(document, engine.folds)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("　　（一）主动公开政府信息数", "(一)主动公开政府信息数"),
        ("復議、答覆、發布、製作、于、於、範圍、餘", "复议、答复、发布、制作、于、于、范围、余"),
        ("收到申請３５件，共 4 次", "收到申请35件,共4次"),
        ("其他情形218[image: C:\\Temp\\14908(1).png]件。", "其他情形218件。"),
        ("[bookmark: OLE_LINK3][bookmark: A]全区", "全区"),
        ("本年新<br />制作数量", "本年新制作数量"),
        ("國辦發〔2014〕32號", "国办发[2014]32号"),
        ("規範性檔案與入口網站", "规范性文件与门户网站"),
        ("⼆、政府信息公开", "二、政府信息公开"),
        ("①主动公开 12 34 条", "①主动公开12 34条"),
        ("「同意公開」的３件", "“同意公开”的3件"),
        ("Version 2 of it", "Version 2 of it"),
    ],
)
def test_lines(source: str, expected: str) -> None:
    assert canonical(source)[1].text == expected + "\n"


def test_a_table_row_is_one_line_with_a_bar_after_every_cell() -> None:
    _, text = canonical("\t收到\n申请数\n\t件\n\t\n\n\t办结数\n\t件\n\t8\n\n正文一段。\n")
    assert text.text == "收到申请数|件||\n办结数|件|8|\n正文一段。\n"
    assert [line.table for line in text.lines] == [0, 0, None]


@given(st.lists(LINES, min_size=1, max_size=5).filter(lambda lines: any(line.strip() for line in lines)))
def test_every_canonical_span_has_a_source(lines: list[str]) -> None:
    try:
        document, text = canonical("\n".join(["政府信息公开", *lines]))
    except gouji.errors.ReadError:
        return
    length = len(text.text)
    assert text.origin.derived[0] == 0
    previous = 0
    for start in range(length):
        span = text.source(start, start + 1)
        assert 0 <= span.start < span.end <= len(document.text) + 1
        assert span.start >= previous, "the source spans of canonical characters are in order"
        previous = span.start
    whole = text.source(0, length)
    assert whole.start == text.source(0, 1).start


@given(LINES)
def test_canonical_text_is_its_own_canonical_text(line: str) -> None:
    source = f"信息公开{line}完"
    if "|" in source:
        return
    once = canonical(source)[1].text
    assert canonical(once)[1].text == once


@given(LINES)
def test_digits_are_never_lost_or_joined(line: str) -> None:
    source = f"信息公开{line.replace('|', '')}完"
    text = canonical(source)[1].text
    kept = source
    for noise in ("[image: C:\\a\\12(1).png]", "[bookmark: OLE_LINK3]"):
        kept = kept.replace(noise, "")
    digits = [c for c in kept if c.isdecimal()]
    assert len([c for c in text if c.isdecimal()]) == len(digits)


def test_scripts() -> None:
    assert canonical("政府信息公开工作年度报告")[1].script == "Hans"
    assert canonical("政府信息公開工作年度報告")[1].script == "Hant"


@given(LINES)
def test_marks_are_folded_as_the_table_says(line: str) -> None:
    """Few characters are folded one after the other, many through the table: nobody can tell which was done."""
    folds = gouji.engine().folds
    for text in (line, line + "".join(sorted(folds.traditional)[:100])):
        assert folds.fold(text)[0] == text.translate(folds.table)


def test_a_phrase_is_folded_where_spaces_part_its_characters() -> None:
    assert (
        canonical("本年度新收政府資\u3000訊公開申請3件")[1].text == canonical("本年度新收政府資訊公開申請3件")[1].text
    )


@pytest.mark.parametrize(
    "line", ["产品质量检查3次，热线上门服务12件", "产品 质量检查3次，摄影 片区2个", "统一战线 上年结转申请3件"]
)
def test_words_that_touch_in_simplified_text_are_no_phrase(line: str) -> None:
    folded = line.replace(" ", "").replace("，", ",")
    assert canonical(f"政府信息公开\n{line}")[1].text.splitlines()[1] == folded


def test_traditional_text_has_the_words_of_the_form() -> None:
    text = canonical("政府資訊公開年度報告\n線上申請3件，影片解讀2次，產品質量檢查")[1].text
    assert text.splitlines()[1] == "在线申请3件,视频解读2次,产品质量检查"
