"""Complete forms in the manners in which web pages, spreadsheets and converters carry tables to plain text."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pytest

import forms
import gouji
from gouji.records import Report
from writers import Table, placed

Grid = list[list[str]]
WIDTHS = (4, 10, 15)


def printed(table: Table) -> Grid:
    """The rows with each cell once, also where it takes several places."""
    return [[cell.text.replace("\n", "") for cell in row] for row in table]


def gridded(table: Table, width: int, *, repeated: bool = False) -> Grid:
    """The rows with a cell in every place: what a merged cell takes beyond its first place is empty, or repeats it."""
    grid = [[""] * width for _ in table]
    for place in placed(table):
        for r in range(place.cell.rows):
            for c in range(place.cell.columns):
                if repeated or not (r or c):
                    grid[place.row + r][place.column + c] = place.cell.text.replace("\n", "")
    return grid


def filled(row: Sequence[str], width: int) -> str:
    return "|" * (width - len(row))


def closed(rows: Grid) -> str:
    return "".join(" | ".join(row) + " |\n" for row in rows)


def rows_filled_up(table: Table, width: int) -> str:
    return "".join(" | ".join(row) + " | " + filled(row, width) + "\n" for row in printed(table))


def rows_with_places(table: Table, width: int) -> str:
    return closed(gridded(table, width))


def rows_with_repeated_cells(table: Table, width: int) -> str:
    return "".join("| " + " | ".join(row) + " |\n" for row in gridded(table, width, repeated=True))


def rows_without_a_bar_at_their_end(table: Table, width: int) -> str:
    return "".join(" | ".join(row) + "\n" for row in gridded(table, width))


def cells(row: Iterable[str]) -> str:
    return "".join(f"{cell} |\n" if cell else "|\n" for cell in row)


def a_cell_a_line(table: Table, width: int) -> str:
    return "".join(map(cells, printed(table)))


def a_cell_a_line_filled_up(table: Table, width: int) -> str:
    rows = printed(table)
    return "".join(cells(row) + (filled(row, width) + "\n" if len(row) < width else "") for row in rows)


def a_cell_a_line_filled_up_there(table: Table, width: int) -> str:
    return "".join(" |\n".join(row) + " | " + filled(row, width) + "\n" for row in printed(table))


def a_cell_a_line_behind_an_opener(table: Table, width: int) -> str:
    return "".join("|\n" + " |\n".join(row) + " | " + filled(row, width) + "\n" for row in printed(table))


def a_place_a_line(table: Table, width: int) -> str:
    return "".join(map(cells, gridded(table, width)))


def labels_in_paragraphs(table: Table, width: int) -> str:
    return "".join(
        (row[0] + "\n|\n" if r % 4 == 3 and row[0] else cells(row[:1]))
        + cells(row[1:])
        + (filled(row, width) + "\n" if len(row) < width else "")
        for r, row in enumerate(printed(table))
    )


def bars_on_lines_of_their_own(table: Table, width: int) -> str:
    return "".join(f"{cell}\n|\n" if cell else "|\n" for row in printed(table) for cell in row)


def bars_before_the_next_cell(table: Table, width: int) -> str:
    return "".join(f"{cell}\n| " for row in printed(table) for cell in row) + "\n"


def tabs(table: Table, width: int) -> str:
    return "".join("\t".join(row) + "\n" for row in printed(table))


def tabs_with_places(table: Table, width: int) -> str:
    return "".join("\t".join(row) + "\n" for row in gridded(table, width))


def tabs_without_last_places(table: Table, width: int) -> str:
    return "".join("\t".join(row).rstrip("\t") + "\n" for row in gridded(table, width))


def tabs_between_empty_lines(table: Table, width: int) -> str:
    return "".join("\t".join(row) + "\n\n" for row in gridded(table, width))


def a_tab_and_a_cell_a_line(table: Table, width: int) -> str:
    return "".join(f"\t{cell}\n" for row in gridded(table, width) for cell in row)


def a_tab_and_a_cell_a_line_with_its_own_places(table: Table, width: int) -> str:
    return "".join(f"\t{cell}\n" for row in printed(table) for cell in row)


def unmarked(table: Table, width: int) -> str:
    return "".join(f"{cell}\n" for row in printed(table) for cell in row)


def between_empty_lines(table: Table, width: int) -> str:
    return "".join(f"{cell}\n\n" for row in printed(table) for cell in row)


def indented_between_empty_lines(table: Table, width: int) -> str:
    return "".join(f"\u3000\xa0{cell}\n\xa0\n" for row in printed(table) for cell in row)


def broken_labels(table: Table, width: int) -> str:
    return "".join(cell[i : i + 10] + "\n" for row in printed(table) for cell in row for i in range(0, len(cell), 10))


def broken_heads(table: Table, width: int) -> str:
    return "".join(f"{cell.text}\n\n".replace("\n", "\n\n") for row in table for cell in row)


def wide_spaces(table: Table, width: int) -> str:
    return "".join("     ".join(row) + "\n" for row in printed(table))


UNMARKED: tuple[Callable[[Table, int], str], ...] = (
    unmarked,
    between_empty_lines,
    indented_between_empty_lines,
    broken_labels,
    broken_heads,
    wide_spaces,
)
MANNERS: tuple[Callable[[Table, int], str], ...] = (
    rows_filled_up,
    rows_with_places,
    rows_with_repeated_cells,
    rows_without_a_bar_at_their_end,
    a_cell_a_line,
    a_cell_a_line_filled_up,
    a_cell_a_line_filled_up_there,
    a_cell_a_line_behind_an_opener,
    a_place_a_line,
    labels_in_paragraphs,
    bars_on_lines_of_their_own,
    bars_before_the_next_cell,
    tabs,
    tabs_with_places,
    tabs_without_last_places,
    tabs_between_empty_lines,
    a_tab_and_a_cell_a_line,
    a_tab_and_a_cell_a_line_with_its_own_places,
)


def read(
    year: int,
    values: Sequence[str],
    manner: Callable[[Table, int], str],
    folder: Path,
    *,
    before: str = "一年来，各级行政机关按照条例的要求公开各类信息。",
    spelling: tuple[str, str] = ("", ""),
) -> Report:
    tables = iter(zip(forms.tables(year, values), WIDTHS, strict=True))
    blocks = forms.report(year, values, (before,))
    lines = [b + "\n" if isinstance(b, str) else manner(*next(tables)).rstrip("\n") + "\n" for b in blocks]
    path = folder / "report.txt"
    path.write_text("".join(lines).replace(*spelling), encoding="utf-8")
    return gouji.check(path)


def figures(report: Report) -> dict[str, str]:
    """What the tables gave, by metric; several values of one are joined."""
    found: dict[str, str] = {}
    for o in report.observations:
        if o.source == "table" and o.state != "blank":
            found[o.path] = f"{found[o.path]} and {o.raw}" if o.path in found else o.raw
    return found


@pytest.mark.parametrize("year", [2019, 2022])
@pytest.mark.parametrize("manner", [*MANNERS, *UNMARKED], ids=lambda m: m.__name__)
def test_a_complete_form(manner: Callable[[Table, int], str], year: int, tmp_path: Path) -> None:
    paths = forms.paths(year)
    values = [str(100 + i) for i in range(len(paths))]
    report = read(year, values, manner, tmp_path)
    assert figures(report) == dict(zip(paths, values, strict=True))
    assert not report.unparsed
    missed = [f.instance for f in report.findings if f.rule in ("G05", "G09")]
    assert not missed


@pytest.mark.parametrize(
    "spelling",
    [("勾稽", "钩稽"), ("勾稽", "逻辑"), ("其他", "其它"), ("总计", "合计")],
    ids=lambda words: words[1].strip(),
)
@pytest.mark.parametrize("manner", [*MANNERS, *UNMARKED], ids=lambda m: m.__name__)
def test_heads_in_other_words(manner: Callable[[Table, int], str], spelling: tuple[str, str], tmp_path: Path) -> None:
    paths = forms.paths(2022)
    values = [str(100 + i) for i in range(len(paths))]
    assert figures(read(2022, values, manner, tmp_path, spelling=spelling)) == dict(zip(paths, values, strict=True))


@pytest.mark.parametrize("year", [2019, 2022])
@pytest.mark.parametrize("manner", MANNERS, ids=lambda m: m.__name__)
def test_a_form_with_blanks(manner: Callable[[Table, int], str], year: int, tmp_path: Path) -> None:
    """Whatever is read stands where it was written, and what is not read is told."""
    paths = forms.paths(year)
    draw = random.Random(7)
    values = [str(100 + i) if draw.random() < 0.4 else "" for i in range(len(paths))]
    report = read(year, values, manner, tmp_path)
    expected = {path: value for path, value in zip(paths, values, strict=True) if value}
    found = figures(report)
    assert found.items() <= expected.items()
    told = {cell for row in report.unparsed for cell in row.text.split("|")} | {one.raw for one in report.unbound}
    assert told >= {value for path, value in expected.items() if path not in found}
    assert len(found) > 0.6 * len(expected)


@pytest.mark.parametrize("mark", ["首页 | 政务公开 | 年度报告", "来源\t县政府办公室", "（单位：件）\t"])
@pytest.mark.parametrize("manner", UNMARKED, ids=lambda m: m.__name__)
def test_cells_without_marks_beside_a_line_with_one(
    manner: Callable[[Table, int], str], mark: str, tmp_path: Path
) -> None:
    paths = forms.paths(2022)
    values = [str(i % 90) for i in range(len(paths))]
    assert figures(read(2022, values, manner, tmp_path, before=mark)) == dict(zip(paths, values, strict=True))


def test_a_report_in_one_cell_below_the_head_of_its_page_is_text() -> None:
    prose = (
        "根据条例的规定，现将2012年本镇政府信息公开工作年度报告公布如下。"
        + "本镇坚持公开为常态，按时更新各个栏目。" * 6
    )
    page = (
        "索引号: | 113306/2013-00012 | 公开方式: | 主动公开 |\n文号: | 公开日期: | 2013-01-27 | |\n"
        "2012年云溪县上陂镇政府信息公开工作年度报告 | ||\n"
        f"{prose}全年主动公开政府信息95条，收到政府信息公开申请1件。 |\n"
    )
    found = gouji.engine().check("-", page.encode())
    assert {o.path: o.value for o in found.observations} == {"disclosure.total": 95, "requests.received.total": 1}
    assert found.title == "2012年云溪县上陂镇政府信息公开工作年度报告"


def statistics(table: str, *, year: int = 2016) -> Report:
    return gouji.engine().check("-", f"云岭县粮食局{year}年政府信息公开情况统计表\n{table}".encode())


ROWS = "统计指标 | 单位 | 统计数 |\n"
TORN: dict[str, tuple[str, dict[str, str]]] = {
    "a part whose last words are a label": (
        "统计指标 | 单位 | 统计数 |\n2.政府网站在线访谈次数 | 次 | 24 |\n其中：主要负责同志参加\n政府网站在线访谈次数 | 次 | 15 |\n3.政策解读稿件发布数 | 篇 | 7 |\n",
        {
            "response.web_interviews.total": "24",
            "response.web_interviews.by_principal": "15",
            "response.policy_interpretations": "7",
        },
    ),
    "a label torn behind one character": (
        "统计指标 | 单位 | 统计数 |\n3.同意部分\n公开答复数 | 件 | 54 |\n4.不\n同意公开答复数 | 件 | 123 |\n其中：涉及国家秘密 | 件 | 4 |\n",
        {
            "requests.replies.partially_granted": "54",
            "requests.replies.refused.total": "123",
            "requests.replies.refused.state_secret": "4",
        },
    ),
    "a torn label behind a number": (
        "序号 | 统计指标 | 单位 | 统计数 |\n1 | 2.政府网站在线访谈次数 | 次 | 24 |\n2 | 其中：主要负责同志参加\n政府网站在线访谈次数 | 次 | 15 |\n3 | 3.政策解读稿件发布数 | 篇 | 7 |\n",
        {
            "response.web_interviews.total": "24",
            "response.web_interviews.by_principal": "15",
            "response.policy_interpretations": "7",
        },
    ),
    "a torn label in rows that a bar opens": (
        "| 统计指标 | 单位 | 统计数 |\n| 2.同意公开答复数 | 件 | 12 |\n| 4.不\n同意公开答复数 | 件 | 123 |\n| 其中：涉及国家秘密 | 件 | 4 |\n",
        {
            "requests.replies.granted": "12",
            "requests.replies.refused.total": "123",
            "requests.replies.refused.state_secret": "4",
        },
    ),
}


@pytest.mark.parametrize("name", TORN)
def test_a_label_over_two_lines(name: str) -> None:
    rows, expected = TORN[name]
    report = statistics(rows)
    assert figures(report) == expected
    assert {o.scope for o in report.observations} == {None}
    assert not report.unparsed


def test_a_label_over_two_lines_of_cells() -> None:
    rows = "统计指标\n单位\n统计数\n2.同意公开答复数\n件\n12\n3.同意部分公开答复数\n件\n5\n4.不\n同意公开答复数\n件\n123\n5.不属于本行政机关公开数\n件\n6\n"
    assert figures(statistics(rows)) == {
        "requests.replies.granted": "12",
        "requests.replies.partially_granted": "5",
        "requests.replies.refused.total": "123",
        "requests.replies.not_this_agency": "6",
    }


@pytest.mark.parametrize("line", ["县水利局", "二、县直部门", "（2）县教育局", "青石镇人民政府", "县本级"])
def test_a_line_that_names_a_body_is_no_piece_of_a_label(line: str) -> None:
    rows = "（一）收到申请数 | 件 | {} |\n1.当面申请数 | 件 | {} |\n"
    report = statistics(ROWS + rows.format(9, 4) + line + "\n" + ROWS + rows.format(5, 2))
    found = [(o.path, o.value, o.scope) for o in report.observations if o.source == "table"]
    assert found[:2] == [("requests.received.total", 9, None), ("requests.received.in_person", 4, None)]
    assert [(value, scope is None) for _, value, scope in found[2:]] == [(5, False), (2, False)]


@pytest.mark.parametrize("head", ["指标\n单位\n2016年\n", "项目\n计量单位\n数量\n", "序号\n指标\n单位\n统计数\n"])
def test_a_cell_a_line_below_other_heads(head: str) -> None:
    rows = [("主动公开政府信息数", "条", "150"), ("收到申请数", "件", "8"), ("当面申请数", "件", "8")]
    numbered = head.startswith("序号")
    cells = [cell for n, row in enumerate(rows, 1) for cell in ((str(n), *row) if numbered else row)]
    report = statistics(head + "\n".join(cells) + "\n")
    assert figures(report) == {
        "disclosure.total": "150",
        "requests.received.total": "8",
        "requests.received.in_person": "8",
    }
    assert [f.rule for f in report.findings if f.rule in ("S19", "G13")] == []


def test_figures_of_rows_are_not_taken_for_their_numbers() -> None:
    """A head of numbers says that rows are numbered; where a row has none, nothing is left out."""
    report = statistics(
        "序号\n指标\n单位\n统计数\n1\n主动公开政府信息数\n条\n2\n收到申请数\n件\n8\n3\n当面申请数\n件\n3\n"
    )
    assert "1" not in figures(report).values()
    assert figures(report).get("disclosure.total") in (None, "2")


def test_a_table_whose_cells_run_together_is_not_read_as_a_sentence() -> None:
    labels = ["主动公开政府信息数", "制发规范性文件总数", "政府公报公开政府信息数", "政府网站公开政府信息数", "政务微博公开政府信息数",
              "政务微信公开政府信息数", "收到申请数", "当面申请数", "传真申请数", "网络申请数", "信函申请数", "申请办结数",
              "按时办结数", "延期办结数", "申请答复数", "同意公开答复数", "不同意公开答复数", "申请信息不存在数", "行政复议数量",
              "行政诉讼数量", "举报投诉数量", "专职人员数", "兼职人员数"]  # fmt: skip
    flat = "".join(f"{n}.{label}条{7 * n}" for n, label in enumerate(labels, 1))
    report = statistics(f"统计指标单位统计数{flat}\n一、概述\n全年收到申请3件。\n")
    assert [o.value for o in report.observations] == [3]
    assert [f for f in report.findings if f.rule.startswith(("X", "S", "P"))] == []
    assert any("主动公开政府信息数" in row.text for row in report.unparsed)


@pytest.mark.parametrize(("cell", "told"), [("", 1), ("无", 0), ("/", 0), ("0", 0)])
def test_a_cell_that_says_none_is_not_blank(cell: str, told: int) -> None:
    rows = f"收到申请数 | 件 | 3 |\n申请办结数 | 件 | 3 |\n七、依申请公开信息收取的费用 | 万元 | {cell} |\n"
    assert [f.rule for f in statistics(ROWS + rows).findings if f.rule == "S21"] == ["S21"] * told


def test_labels_broken_anywhere_in_cells_of_a_line() -> None:
    labels = [
        ("（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计1次）", "次", "8"),
        ("（二）通过不同渠道和方式回应解读的情况", "——", ""),
        ("1.参加或举办新闻发布会总次数", "次", "6"),
        ("其中：主要负责同志参加新闻发布会次数", "次", "2"),
        ("2.政府网站在线访谈次数", "次", "4"),
        ("其中：主要负责同志参加政府网站在线访谈次数", "次", "3"),
        ("3.政策解读稿件发布数", "篇", "7"),
    ]
    pieces = [p for row in labels for p in (row[0][:12], row[0][12:24], row[0][24:], *row[1:]) if p]
    assert figures(statistics("统计指标\n单位\n统计数\n" + "\n".join(pieces) + "\n")) == {
        "response.hot_topics": "8",
        "response.press_conferences.total": "6",
        "response.press_conferences.by_principal": "2",
        "response.web_interviews.total": "4",
        "response.web_interviews.by_principal": "3",
        "response.policy_interpretations": "7",
    }


def test_an_empty_cell_that_is_gone_is_blank() -> None:
    rows = "统计指标\n单位\n统计数\n收到申请数\n件\n3\n1.当面申请数\n件\n2.传真申请数\n件\n3.网络申请数\n件\n3\n4.信函申请数\n件\n"
    found = {o.path: o.value if o.state == "value" else o.state for o in statistics(rows).observations}
    received = {"total": 3, "in_person": "blank", "fax": "blank", "online": 3}
    assert {f"requests.received.{name}": value for name, value in received.items()}.items() <= found.items()


@pytest.mark.parametrize("body", ["县总工会", "县妇联", "县图书馆", "县规划馆", "县乡镇企业局"])
def test_a_second_table_below_the_name_of_a_body(body: str) -> None:
    first, second = (
        "统计指标|单位|统计数|\n主动公开政府信息数|条|145|\n收到申请数|件|6|\n",
        f"{body}\n主动公开政府信息数|条|31|\n收到申请数|件|2|\n",
    )
    found = gouji.engine().check("-", f"望澜市岚泽县2016年政府信息公开工作年度报告\n附表\n{first}{second}".encode())
    assert {(o.path, o.scope): o.value for o in found.observations} == {
        ("disclosure.total", None): 145,
        ("requests.received.total", None): 6,
        ("disclosure.total", body): 31,
        ("requests.received.total", body): 2,
    }


LINES = (
    ("一、主动公开情况", "——", ""),
    ("（一）主动公开政府信息数", "条", "120"),
    ("其中：主动公开规范性文件数", "条", "7"),
    ("制发规范性文件总数", "件", "9"),
    ("（二）通过不同渠道和方式公开政府信息的情况", "——", ""),
    ("1.政府公报公开政府信息数", "条", "11"),
    ("2.政府网站公开政府信息数", "条", "80"),
    ("3.政务微博公开政府信息数", "条", "13"),
    ("4.政务微信公开政府信息数", "条", "14"),
    ("5.其他方式公开政府信息数", "条", "2"),
    ("二、回应解读情况", "——", ""),
    ("（一）回应公众关注热点或重大舆情数", "次", "5"),
)


@pytest.mark.parametrize("empty", [(), (1,), (2, 3), (8, 9), (3, 5, 6, 7, 11)], ids=str)
def test_cells_led_by_tabs_are_rows_without_the_empty_lines_that_end_these(empty: tuple[int, ...]) -> None:
    rows = [(*row[:2], "" if n in empty else row[2]) for n, row in enumerate(LINES)]
    head = ("统计指标", "单位", "统计数")
    barred = statistics("".join(f"{' | '.join(row)} |\n" for row in (head, *rows)))
    tabbed = statistics("".join(f"\t{cell}\n" for row in (head, *rows) for cell in row))
    read = [(o.path, o.state, o.value) for o in barred.observations]
    assert len(read) == 9
    assert [(o.path, o.state, o.value) for o in tabbed.observations] == read
    assert not tabbed.unparsed


def loose(report: Report) -> Mapping[str, str]:
    """What is said of tables that are in the text and were not read, with how grave that is."""
    return {
        f.rule if f.rule == "G14" else f.instance: f.severity
        for f in report.findings
        if f.rule == "G14" or f.instance.startswith("G05.表")
    }


def test_a_table_that_runs_together_in_a_line_of_the_text_is_told_to_be_unread() -> None:
    below = [
        "收到申请数",
        "当面申请数",
        "传真申请数",
        "网络申请数",
        "信函申请数",
        "申请办结数",
        "按时办结数",
        "延期办结数",
        "申请答复数",
        "属于已主动公开范围数",
        "同意公开答复数",
        "同意部分公开答复数",
        "不同意公开答复数",
        "不属于本行政机关公开数",
        "申请信息不存在数",
        "告知作出更改补充数",
    ]
    rows = [*LINES, ("三、依申请公开情况", "——", ""), *((label, "件", str(30 + n)) for n, label in enumerate(below))]
    prose = "云岭县粮食局2016年政府信息公开工作年度报告一、概述全年主动公开政府信息120条。"

    def told(count: int) -> Mapping[str, str]:
        line = "\t".join(["统计指标", "单位", "统计数", *(cell for row in rows[:count] for cell in row)])
        return loose(gouji.engine().check("-", (prose + line).encode()))

    assert told(len(rows)) == {"G14": "warning"}
    assert not told(6)


def test_a_table_of_the_form_in_one_row_is_not_missing(tmp_path: Path) -> None:
    values = [str(100 + i) for i in range(len(forms.paths(2022)))]

    def whole(table: Table, width: int) -> str:
        return " | ".join(cell for row in printed(table) for cell in row) + " |\n"

    assert set(loose(read(2022, values, whole, tmp_path)).values()) == {"warning"}


@pytest.mark.parametrize("at", [0, 3, 6])
def test_a_number_in_brackets_alone_is_no_blank_cell(at: int, tmp_path: Path) -> None:
    paths = forms.paths(2022)
    place = paths.index("requests.t3.outcome.granted.natural") + at
    values = [str(100 + i) if i != place else "（32）" for i in range(len(paths))]
    report = read(2022, values, rows_filled_up, tmp_path)
    assert [(o.path, o.raw) for o in report.observations if o.state == "text"] == [(paths[place], "（32）")]
    assert not [o for o in report.observations if o.state == "blank"]
    assert not [f for f in report.findings if f.rule == "R10"]
