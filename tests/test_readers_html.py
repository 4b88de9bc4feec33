"""HTML pages: charsets, spans, layout tables, site chrome, and places in the source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import forms
import gouji
import writers
from gouji.document import Document, Paragraph, Table
from gouji.errors import ReadError
from gouji.readers import html
from gouji.records import Report
from gouji.spans import Span
from strategies import COUNTS

TITLE = "<p>望澜市岚泽县2022年政府信息公开工作年度报告</p>"


def read(page: str, encoding: str = "utf-8") -> Document:
    return html.read(page.encode(encoding), "page.html")


def cells(document: Document) -> list[list[list[str]]]:
    """The texts of the cells of every table."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return [[[document.text[c.start : c.end] for c in row] for row in table.rows] for table in tables]


def paragraphs(document: Document) -> list[str]:
    return [document.text[b.span.start : b.span.end] for b in document.blocks if isinstance(b, Paragraph)]


def check(page: str, tmp_path: Path) -> Report:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    return gouji.check(path)


# --- charsets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "GBK", "big5", "iso-8859-1", "", "no-such-charset"])
def test_a_wrong_or_missing_charset_does_not_matter(encoding: str, declared: str) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body>{TITLE}<p>全县收到政府信息公开申请97件。</p></body></html>"
    assert "全县收到政府信息公开申请97件。" in paragraphs(read(page, encoding))


def test_a_page_in_big5() -> None:
    page = "<html><meta charset=big5><body><p>政府信息公開工作年度報告</p><p>收到申請97件</p>"
    assert paragraphs(read(page, "big5"))[1] == "收到申請97件"


def test_a_few_broken_bytes_cost_only_themselves() -> None:
    data = f"<html><body>{TITLE}<p>{'全县收到政府信息公开申请97件。' * 40}</p>".encode() + b"\xe5\x85<p>x"
    document = html.read(data, "page.html")
    assert document.text.count("97件") == 40


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ReadError, match="not valid UTF-8"):
        html.read(b"<html><body>" + bytes(range(128, 256)) * 50, "page.html")


# --- tables ------------------------------------------------------------------------------------------------------------


def test_merged_cells_stand_as_extractors_print_them() -> None:
    document = read(
        "<table><tr><td colspan=3 rowspan='2'>a<td>b</tr><tr><td>c</td></tr>"
        "<tr><td rowspan=2>d<td colspan=2>e<td>f<tr><td>g<td>h<td>i</table>"
    )
    assert cells(document) == [[["a", "b"], ["", "c"], ["d", "e", "f"], ["", "g", "h", "i"]]]


SPANS = st.lists(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4), min_size=1, max_size=6
)


@given(spans=SPANS)
def test_any_spans(spans: list[list[tuple[int, int]]]) -> None:
    """Against a reader that draws the whole grid."""
    table = [
        [writers.Cell(f"{r}-{c}x", columns, min(rows, len(spans) - r)) for c, (columns, rows) in enumerate(row)]
        for r, row in enumerate(spans)
    ]
    taken: set[tuple[int, int]] = set()
    for p in writers.placed(table):
        covered = {(p.row + i, p.column + j) for i in range(p.cell.rows) for j in range(p.cell.columns)}
        if covered & taken:
            return  # Cells that lie over one another: no form has them.
        taken |= covered
    if max(len([c for c in row if c]) for row in writers.as_extracted(table)) < 2:
        return
    page = writers.html(["报告", table]).decode()
    assert cells(read(page)) == [[list(row) for row in writers.as_extracted(table)]]


def test_tables_used_for_layout_dissolve(tmp_path: Path) -> None:
    year = 2022
    values = [str(i % 9) for i in range(len(forms.paths(year)))]
    plain = writers.html(forms.report(year, values)).decode()
    body = plain[plain.index('<div class="content">') : plain.index("<footer>")]
    page = (
        "<html><body><table width=1000><tr><td><table><tr><td><a href='/'>首页</a></td><td><a href='/b'>政务公开</a></td>"
        "</tr></table></td></tr><tr><td width=20>&nbsp;</td><td><table><tr><td>" + body + "</td></tr></table></td></tr>"
        "<tr><td>主办：岚泽县人民政府　电话：0792-3190012　邮编：332000</td></tr></table>"
    )
    there, here = check(plain, tmp_path), check(page, tmp_path)
    assert [(o.path, o.value) for o in here] == [(o.path, o.value) for o in there]
    assert here.title == there.title
    assert [f.fingerprint for f in here.findings] == [f.fingerprint for f in there.findings]


def test_a_whole_report_in_one_table_of_word() -> None:
    """Rows of running text come apart from the rows of figures between them."""
    sentence = "全县主动公开政府信息7264条，其中政府网站发布信息5418条。"
    rows = [
        f"<tr><td colspan=2><p>一、总体情况</p><p>{sentence * 6}</p></td></tr>",
        "<tr><td>信息内容</td><td>本年处理决定数量</td></tr>",
        "<tr><td>行政许可</td><td>3907</td></tr>",
        f"<tr><td colspan=2><p>五、存在的主要问题</p><p>{sentence * 6}</p></td></tr>",
    ]
    document = read(f"<table>{''.join(rows)}</table>")
    assert cells(document) == [[["信息内容", "本年处理决定数量"], ["行政许可", "3907"]]]
    assert [p[:2] for p in paragraphs(document)] == ["一、", "全县", "五、", "全县"]


def test_a_long_label_keeps_its_figures() -> None:
    label = "规范性文件（" + "以本单位名义制定发布的决定、公告、通知，" * 40 + "）"
    document = read(f"<table><tr><td>信息内容<td>数量</tr><tr><td>{label}<td>87</table>")
    assert cells(document)[0][1][1] == "87"


def test_a_frame_around_a_figure_is_no_table() -> None:
    document = read("<table><tr><td>收到申请数<td>件<td><table><tr><td>12</table></td></tr></table>")
    assert cells(document) == [[["收到申请数", "件", "12"]]]


def test_text_between_two_numbers_of_a_cell_is_kept_apart() -> None:
    document = read(
        "<table><tr><td>总计<td><p>12</p><p>34</p><tr><td>合计<td>5<b>6</b><tr><td>共计<td>7 <b>8</b></table>"
    )
    assert cells(document) == [[["总计", "12 34"], ["合计", "56"], ["共计", "7 8"]]]


# --- what is shown -----------------------------------------------------------------------------------------------------


def test_chrome_gives_no_figures(tmp_path: Path) -> None:
    page = (
        "<html><head><title>收到申请数 5 件</title><script>var a = '收到申请6件';</script></head><body>"
        "<header><a href='/'>首页</a> | <a href='/x'>年度报告</a></header><nav>收到政府信息公开申请11件</nav>"
        "<div style='display: none'>收到政府信息公开申请12件</div><p hidden>收到政府信息公开申请13件</p>"
        "<ul><li><a href='/1'>2021年收到政府信息公开申请14件</a></li></ul>"
        f"{TITLE}<p>全县收到政府信息公开申请97件。</p><p>联系电话：0792-3190012，邮编332000。</p>"
        "<footer>赣公网安备36040002000123号　访问量：98765次</footer></body></html>"
    )
    report = check(page, tmp_path)
    assert [(o.path, o.value) for o in report] == [("requests.received.total", 97)]
    assert not report.unbound
    assert report.title == "望澜市岚泽县2022年政府信息公开工作年度报告"


def test_a_page_that_does_not_show_its_name_is_called_so(tmp_path: Path) -> None:
    title = "<title>望澜市岚泽县2022年政府信息公开工作年度报告_年度报告_岚泽县人民政府</title>"
    body = "<p>一、总体情况</p><p>全县收到政府信息公开申请97件。</p>"
    report = check(f"<html><head>{title}</head><body>{body}</body></html>", tmp_path)
    assert (report.title, report.report_year) == ("望澜市岚泽县2022年政府信息公开工作年度报告", 2022)
    assert not report.unbound
    # What the page shows itself is not said twice.
    own = "<table><tr><td><p>岚泽县2022年度政府信息公开</p><p>工作年度报告</p></td></tr></table>"
    for shown in (TITLE, own):
        document = read(f"<html><head>{title}</head><body>{shown}{body}</body></html>")
        assert document.text.count("工作年度报告") == 1


def test_the_name_of_a_site_is_no_text() -> None:
    for name in ("年度报告-岚泽县人民政府", "岚泽县 2022 年收到申请 5 件", "2021年年报 2022年年报"):
        assert read(f"<html><head><title>{name}</title></head><p>一、总体情况</p>").text == "一、总体情况\n"


def test_a_page_that_shows_a_name_is_not_called_otherwise(tmp_path: Path) -> None:
    """Programs leave the title of another document in a page, sites the year in which they put it there."""
    shown = "<h1>望澜市岚泽县2022年政府信息公开工作年度报告</h1><p>全年收到申请6件。</p>"
    for title in ("岚泽县2023年政府信息公开年报", "望澜市云溪县2021年工作总结", "岚泽县年度报告（2023年发布）"):
        report = check(f"<html><head><title>{title}</title></head><body>{shown}</body></html>", tmp_path)
        assert (report.title, report.report_year) == ("望澜市岚泽县2022年政府信息公开工作年度报告", 2022)


def test_line_breaks_and_preformatted_text() -> None:
    document = read("<p>一、总体情况<br>全年办结8件。</p><pre>第一行\n第二行</pre><p>源码\n   换行</p>")
    assert paragraphs(document) == ["一、总体情况", "全年办结8件。", "第一行", "第二行", "源码 换行"]


def test_markdown_with_tables_in_html(tmp_path: Path) -> None:
    values = [str(i % 9) for i in range(len(forms.paths(2022)))]
    second, third, fourth = (writers.html_table(t) for t in forms.tables(2022, values))
    text = f"""# 望澜市岚泽县2022年政府信息公开工作年度报告

## 一、总体情况
全县收到政府信息公开申请97件。
全年办结95件。

## 二、主动公开政府信息情况
{second}

## 三、收到和处理政府信息公开申请情况
{third}

## 四、行政复议、行政诉讼情况
{fourth}
"""
    path = tmp_path / "report.md"
    path.write_text(text, encoding="utf-8")
    report = gouji.check(path)
    assert [(o.path, str(o.value)) for o in report if o.source == "table"] == [
        *zip(forms.paths(2022), values, strict=True)
    ]
    assert "全年办结95件。" in paragraphs(report.document)


# --- places ------------------------------------------------------------------------------------------------------------


@given(values=st.lists(COUNTS.map(str), min_size=15, max_size=15), lead=st.integers(0, 3))
def test_every_figure_stands_where_its_place_says(values: list[str], lead: int) -> None:
    second, third, fourth = forms.tables(2022, ["0"] * (len(forms.paths(2022)) - 15) + values)
    page = "\r\n" * lead + writers.html(["年度报告 &amp; 附表", second, third, fourth]).decode().replace(
        "公开", "&#20844;开"
    )
    document = html.read(page.encode(), "page.html")
    lines = page.replace("\r\n", "\n").split("\n")
    last = [block for block in document.blocks if isinstance(block, Table)][-1].rows[-1]
    assert [document.text[c.start : c.end] for c in last] == values
    for number, (cell, value) in enumerate(zip(last, values, strict=True), 1):
        place = document.place(cell.span)
        assert place.line is not None
        assert place.column is not None
        assert place.end_column is not None
        assert lines[place.line - 1][place.column - 1 : place.end_column - 1] == value
        assert (place.row, place.cell) == (4, number)


def test_a_blank_cell_stands_at_its_tag() -> None:
    page = "<html>\n<table><tr><td>总计</td><td>9</td><td>\n</td></tr></table>"
    document = read(page)
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    blank = table.rows[0][2]
    place = document.place(Span(blank.mark, blank.mark + 1))
    assert place.line == 2
    assert place.column is not None
    assert page.split("\n")[1][place.column - 1 :].startswith("<td>")


def test_a_page_saved_as_one_file(tmp_path: Path) -> None:
    from email.message import EmailMessage

    message = EmailMessage()
    message.set_content(f"<html><body>{TITLE}<p>全县收到政府信息公开申请97件。</p>", subtype="html", cte="base64")
    path = tmp_path / "page.mht"
    path.write_bytes(message.as_bytes())
    assert gouji.check(path)["requests.received.total"] == 97
