"""Carriers: how plain text becomes tables, rows and cells; and in which encodings it comes."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gouji
from gouji.document import Document, Paragraph, Table
from gouji.errors import ReadError
from gouji.readers import carriers
from gouji.readers import text as reader
from strategies import COUNTS

ROWS = [["统计指标", "单位", "统计数"], ["收到申请数", "件", "8"], ["办结数", "件", ""], ["答复数", "", "7"]]


def read(source: str) -> Document:
    """The document that `source` is."""
    return reader.read(source.encode(), "test", gouji.engine().carriers)


def cells(document: Document) -> list[list[str]]:
    """The texts of the cells of all tables."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return [[document.text[c.span.start : c.span.end] for c in row] for table in tables for row in table.rows]


def tab(rows: list[list[str]]) -> str:
    return "".join("".join(f"\t{cell}\n" for cell in row) + "\n" for row in rows)


def stream(rows: list[list[str]]) -> str:
    return "".join("|\n" + "".join(f"{cell} |\n" if cell else "|\n" for cell in row) for row in rows)


def bar(rows: list[list[str]]) -> str:
    return "".join(" | ".join(row) + " |\n" for row in rows)


def markdown(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |\n" for row in rows]
    return lines[0] + "|" + " --- |" * len(rows[0]) + "\n" + "".join(lines[1:])


def sheet(rows: list[list[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


CARRIERS = {"tab": tab, "sheet": sheet, "stream": stream, "bar": bar, "markdown": markdown}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_same_table_in_every_carrier(carrier: str) -> None:
    document = read(f"统计表\n\n{CARRIERS[carrier](ROWS)}\n填报人\n")
    assert cells(document) == ROWS
    assert [type(b) for b in document.blocks] == [Paragraph, Table, Paragraph]


@pytest.mark.parametrize("carrier", CARRIERS)
@given(values=st.lists(COUNTS, min_size=3, max_size=8))
def test_numbers_come_back_in_order(carrier: str, values: list[int]) -> None:
    rows = [["统计指标", "单位", "统计数"], *(["收到申请数", "件", str(v)] for v in values)]
    assert cells(read(CARRIERS[carrier](rows))) == rows


def test_a_cell_goes_on_in_the_next_line_but_not_into_a_heading() -> None:
    document = read("\t信息内容\n\t本年新\n制作数量\n\n\t规章\n\t0\n五、存在的主要问题\n正文。\n")
    assert cells(document) == [["信息内容", "本年新\n制作数量"], ["规章", "0"]]


def test_a_stream_of_rows_with_different_numbers_of_cells() -> None:
    rows = [
        ["一、本年新收", "3", "", "", "1", "", "", "4"],
        ["三、结果", "（一）予以公开", "", "2", "", "", "", "", "2"],
        ["（二）部分公开", "1", "", "", "", "", "", "1"],
    ]
    assert cells(read(stream(rows))) == rows


@given(row=st.text("\t|\n 甲1", min_size=1))
def test_a_row_is_split_as_its_expression_would(row: str) -> None:
    split = {one.name: one for one in gouji.engine().carriers if one.cell.source in carriers._SPLIT}
    assert {"tab", "stream"} <= split.keys()
    for carrier in split.values():
        assert carriers._SPLIT[carrier.cell.source](row, 7) == carrier._cells(row, 7)


def test_a_vertical_bar_in_a_line_of_text_is_no_table() -> None:
    document = read("首页 | 新闻\n\n政府信息公开工作年度报告正文\n")
    assert not cells(document)


def test_one_line_with_tabs_is_no_table() -> None:
    assert not cells(read("电话\t邮编\t地址\n\n某街道办事处\t某路\t某号\n正文。\n"))


def test_rows_between_tabs_may_begin_or_end_with_empty_cells() -> None:
    rows = [["代码", "项目", "本月", "备注"], ["01", "到馆", "12", ""], ["", "合计", "12", "见　附页"]]
    assert cells(read(f"某表\n{sheet(rows)}填表人\n")) == rows


def test_the_data_of_a_chart_pairs_names_and_numbers() -> None:
    document = read("系列 1\t\n当面申请数\t信函申请数\t13\t9\t\n")
    assert cells(document) == [["当面申请数", "13"], ["信函申请数", "9"]]


def test_a_chart_whose_names_and_numbers_do_not_pair_is_text() -> None:
    assert not cells(read("当面申请数\t信函申请数\t13\t\n"))


TEXT = "政府信息公开工作年度报告\n收到申请８件\n"
HANT = "政府信息公開工作年度報告\n收到申請8件\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode("gbk"),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "crlf", "cr-gbk"],
)
def test_encodings_and_line_ends(data: bytes) -> None:
    assert reader.read(data, "test", gouji.engine().carriers).text.lstrip("\ufeff") == TEXT


def test_big5() -> None:
    assert reader.read(HANT.encode("big5"), "test", gouji.engine().carriers).text == HANT


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t\xe3\x80\x80\n", "empty"),
        (b"\x00\x01\x02\x03" * 100, "binary"),
        (bytes(range(256)) * 40, "binary"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1], "encoding"),
        (TEXT.encode() + b"\xff\xfe\xff" + TEXT.encode(), "encoding"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        reader.read(data, "bad.txt", gouji.engine().carriers)
    assert caught.value.code == code
    assert caught.value.remedy.zh


@pytest.mark.parametrize("beside", ["", "http://www.example.gov.cn/" + "a" * 60 + "\n"], ids=["alone", "a long line"])
def test_lines_broken_at_a_margin_are_one_paragraph(beside: str) -> None:
    paragraph = "各单位按照条例的要求公开本单位制作的信息并在年底以前逐条核对" * 12 + "。"
    lines = "".join(paragraph[i : i + 30] + "\n" for i in range(0, len(paragraph), 30))
    blocks = [b for b in read(f"工作年度报告\n{beside}{lines}").blocks if isinstance(b, Paragraph)]
    assert len(blocks) == (3 if beside else 2)


def test_lines_of_different_lengths_are_paragraphs() -> None:
    lines = "".join("全" * (20 + 7 * i) + "\n" for i in range(8))
    assert len(read(lines).blocks) == 8
