"""Columns of unknown forms: remarks, codes, shares; told by all their cells, drafted, and read in later reports."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gouji import rules
from gouji.cli import main
from gouji.document import Document
from gouji.errors import Message, ReadError
from gouji.pipeline import Engine
from gouji.readers import text
from gouji.records import Report
from gouji.workbench.columns import aligned
from gouji.workbench.drafting import DraftForm, draft
from gouji.workbench.draftpack import Outcome, draft_pack
from gouji.workbench.draftwords import draft_words
from gouji.workbench.merging import nested

SAMPLES = 12
Row = list[str]
Fill = Callable[[random.Random, int], list[Row]]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def page(engine: Engine, rows: Sequence[Row], name: str, n: int = 0) -> Document:
    """A document with one table: its cells before `|`, one a line behind TAB, or between TABs."""
    if n % 3 == 0:
        body = "\n".join(" | ".join(row) + " |" for row in rows)
    elif n % 3 == 1:
        body = "\n".join("".join(f"\t{cell}\n" for cell in row) for row in rows)
    else:
        body = "\n".join("\t".join(row) for row in rows)
    return text.read(f"某表\n\n{body}\n".encode(), name, engine.carriers)


def drafted(engine: Engine, root: Path, heads: Row, fill: Fill, name: str = "form") -> Outcome:
    """A pack from samples in all carriers."""
    pages = [page(engine, [heads, *fill(random.Random(n), n)], f"s{n}", n) for n in range(SAMPLES)]
    return draft_pack(engine, name, pages, root)


def figures(outcome: Outcome) -> tuple[int, int]:
    """Figures of the samples that the draft binds, and all."""
    return sum(t.bound for t in outcome.tried), sum(t.figures for t in outcome.tried)


def laws(outcome: Outcome) -> set[str]:
    """The equations proposed, in words: labels of rows and heads of columns."""
    return set().union(*map(equations, outcome.draft.forms))


def equations(form: DraftForm) -> set[str]:
    """The equations of one form."""
    found = set()
    for law in form.laws:
        total, *parts = (
            (form.rows[i].row.label if i is not None else "") + (f"[{form.columns[j].title}]" if j is not None else "")
            for i, j in (law.total, *law.parts)
        )
        found.add(f"{total} {law.operator} {' + '.join(parts)}")
    return found


def labels(outcome: Outcome) -> list[str]:
    """The rows of the first form with all that they stand below."""
    return [" / ".join(row.titles) for row in outcome.draft.forms[0].rows]


def checked(root: Path, rows: Sequence[Row]) -> Report:
    from attrs import evolve

    engine = Engine.load([root])
    report = engine.understand(page(engine, rows, "later"))
    findings, verdicts = rules.check(engine.rulebook, report)
    return evolve(report, findings=findings, verdicts=verdicts)


# --- remarks ------------------------------------------------------------------------------------------------------

POOLS = ("东池", "西池", "南池", "北池")
POOL_HEADS = ["场馆", "成人", "儿童", "合计", "备注"]


def pools(draw: random.Random, n: int, remarks: Sequence[str] = ()) -> list[Row]:
    names = [*POOLS, "戏水池"] if n in (2, 7) else list(POOLS)
    counts = {name: (draw.randint(100, 3000), draw.randint(10, 900)) for name in names}
    rows = [[name, str(a), str(b), str(a + b), "新设" if name == "戏水池" else ""] for name, (a, b) in counts.items()]
    for row, remark in zip(rows, remarks, strict=False):
        row[4] = remark
    a, b = (sum(one[k] for one in counts.values()) for k in (0, 1))
    return [*rows, ["合计", str(a), str(b), str(a + b), ""]]


POOL_LAWS = {
    *(f"合计[{c}] == " + " + ".join(f"{pool}[{c}]" for pool in POOLS) for c in ("成人", "儿童", "合计")),
    "[合计] == [成人] + [儿童]",
}


def test_a_column_of_remarks_is_passed_over(engine: Engine, tmp_path: Path) -> None:
    outcome = drafted(engine, tmp_path, POOL_HEADS, pools)
    assert figures(outcome) == (186, 186)
    assert laws(outcome) == POOL_LAWS
    assert [column.title for column in outcome.draft.forms[0].columns] == ["成人", "儿童", "合计"]
    assert "“备注” holds no figures" in outcome.files[0].read_text(encoding="utf-8")
    # In later reports remarks are no harm, wherever they stand.
    later, bare = (
        checked(tmp_path, [POOL_HEADS, *pools(random.Random(99), 99, remarks)])
        for remarks in (["停水检修3天", "", "周一闭馆"], [])
    )
    assert (len(later.observations), len(later.unparsed)) == (15, 0)
    assert later.verdicts is not None
    assert bare.verdicts is not None
    assert (later.verdicts.undecided, later.verdicts.passed) == (0, bare.verdicts.passed)


def test_a_remark_on_an_ordinary_row_costs_no_figure(engine: Engine, tmp_path: Path) -> None:
    outcome = drafted(engine, tmp_path, POOL_HEADS, lambda draw, n: pools(draw, n, ["停水检修"] if n == 0 else []))
    assert figures(outcome) == (186, 186)
    assert laws(outcome) == POOL_LAWS


def test_remarks_on_every_row(engine: Engine, tmp_path: Path) -> None:
    outcome = drafted(
        engine,
        tmp_path,
        [*POOL_HEADS[:4], "负责部门"],
        lambda draw, n: pools(draw, n, ["市属", "区属", "联营", "市属", "市属"]),
    )
    assert figures(outcome) == (186, 186)
    assert laws(outcome) == POOL_LAWS


def test_a_column_that_nobody_fills_is_none_of_figures(engine: Engine, tmp_path: Path) -> None:
    def blank(draw: random.Random, n: int) -> list[Row]:
        return [[*row[:4], ""] for row in pools(draw, n)]

    outcome = drafted(engine, tmp_path, [*POOL_HEADS[:4], "其他情形"], blank)
    assert figures(outcome) == (186, 186)
    assert laws(outcome) == POOL_LAWS
    assert "# unsure: column “其他情形” holds no figures" in outcome.files[0].read_text(encoding="utf-8")


STATIONS = ("东站", "西站", "南站")
STATION_HEADS = ["指标名称", "代码", "计量单位", "城区", "乡镇", "备注"]


def stations(draw: random.Random) -> list[Row]:
    rows = [
        [name, f"K0{n}", "起", str(draw.randint(10, 900)), str(draw.randint(10, 900)), ""]
        for n, name in enumerate(STATIONS, 1)
    ]
    towns, villages = (str(sum(int(row[k]) for row in rows)) for k in (3, 4))
    return [*rows, ["合计", "K04", "起", towns, villages, ""]]


def bound(root: Path, heads: Row, rows: Sequence[Row]) -> dict[tuple[str, str], str]:
    """What is read of a later report: printed figures by label of the row and last step of the path."""
    report = checked(root, [heads, *rows])
    return {(o.label, o.path.rpartition(".")[2]): o.raw for o in report.observations if o.state == "value"}


@pytest.mark.parametrize("heads", [STATION_HEADS, [STATION_HEADS[0], *STATION_HEADS[2:]], ["队别", *STATION_HEADS[3:]]])
@pytest.mark.parametrize("every", [1, 3])
def test_last_cells_that_are_left_out_move_no_figure(engine: Engine, tmp_path: Path, heads: Row, every: int) -> None:
    def cells(row: Row) -> Row:
        return [text for head, text in zip(STATION_HEADS, row, strict=True) if head in heads or head == "指标名称"]

    def left_out(draw: random.Random, n: int) -> list[Row]:
        rows = [cells(row) for row in stations(draw)]
        return [row[:-1] for row in rows] if n % every == 0 else rows

    outcome = drafted(engine, tmp_path, heads, left_out)
    assert figures(outcome) == (8 * SAMPLES, 8 * SAMPLES)
    assert [column.title for column in outcome.draft.forms[0].columns] == ["城区", "乡镇"]
    later = stations(random.Random(99))
    due = {(row[0], path): row[at] for row in later for at, path in ((3, "cheng_qu"), (4, "xiang_zhen"))}
    for rows in ([cells(row) for row in later], [cells(row)[:-1] for row in later]):
        assert bound(tmp_path, heads, rows) == due


@pytest.mark.parametrize(
    ("rows", "short"),
    [
        # Rows below a label that is merged over several lack their first cell.
        ([["片区", "指标", "城区", "乡镇", "备注"], ["东", "甲队", "1", "2", ""], ["乙队", "3", "4", ""]], []),
        # All rows lack the serial number.
        ([["序号", "单位名称", "城区", "乡镇"], ["甲队", "1", "2"], ["乙队", "3", "4"]], []),
        # Nothing tells which of two columns is the one that is lacking.
        ([["街道", "社区", "人数", "户数"], ["甲村", "1", "2"], ["乙村", "3", "4"]], []),
        # A remark that is there, and one that is left out.
        ([["指标", "城区", "乡镇", "备注"], ["甲队", "1", "2", "新设"], ["乙队", "3", "4"]], [2]),
        # A figure that is left out is no remark.
        ([["指标", "城区", "乡镇", "备注"], ["甲队", "1", "2", "新设"], ["乙队", "3"]], []),
    ],
)
def test_cells_are_added_only_where_nothing_speaks_against_it(rows: list[Row], short: list[int]) -> None:
    found = aligned(rows, draft_words())
    assert [n for n, (row, whole) in enumerate(zip(rows, found, strict=True)) if row != whole] == short
    assert all(whole[: len(row)] == row for row, whole in zip(rows, found, strict=True))


def test_words_in_a_column_of_figures_are_told(engine: Engine, tmp_path: Path) -> None:
    def closed(draw: random.Random, n: int) -> list[Row]:
        rows = pools(draw, n)
        if n == 4:
            rows[1][1] = "闭馆"
        return rows

    outcome = drafted(engine, tmp_path, POOL_HEADS, closed)
    assert figures(outcome) == (185, 185)
    assert laws(outcome) == POOL_LAWS


def test_rows_that_are_set_aside_are_counted(engine: Engine, tmp_path: Path) -> None:
    def nameless(draw: random.Random, n: int) -> list[Row]:
        return [*pools(draw, n), *([["", "7", "8", "15", ""]] if n == 1 else [])]

    outcome = drafted(engine, tmp_path, POOL_HEADS, nameless)
    assert figures(outcome) == (186, 189)


# --- codes in front of labels -------------------------------------------------------------------------------------

LINES = ("一号线", "二号线", "环线", "机场线", "郊线")
TREE = ("船舶艘数", "客船", "内河", "沿海", "货船", "船员人数", "持证", "见习", "航次")
BELOW = ("船舶艘数", "船舶艘数 / 客船", "船舶艘数 / 客船 / 内河", "船舶艘数 / 客船 / 沿海", "船舶艘数 / 货船",
         "船员人数", "船员人数 / 持证", "船员人数 / 见习", "航次")  # fmt: skip
NESTED = {
    "digits": ("1", "11", "111", "112", "12", "2", "21", "22", "3"),
    "pairs": ("01", "0101", "010101", "010102", "0102", "02", "0201", "0202", "03"),
    "dotted": ("1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1", "2.2", "3"),
    "letters": ("A", "A1", "A11", "A12", "A2", "B", "B1", "B2", "C"),
}


def lines(shape: Callable[[int], str]) -> Fill:
    def fill(draw: random.Random, n: int) -> list[Row]:
        counts = [(draw.randint(50, 4000), draw.randint(5, 700)) for _ in LINES]
        rows = [[shape(k), name, str(a), str(b)] for k, (name, (a, b)) in enumerate(zip(LINES, counts, strict=True), 1)]
        return [*rows, ["", "合计", *(str(sum(column)) for column in zip(*counts, strict=True))]]

    return fill


def tree(codes: Sequence[str]) -> Fill:
    def fill(draw: random.Random, n: int) -> list[Row]:
        leaves = {name: draw.randint(20, 900) for name in ("内河", "沿海", "货船", "持证", "见习", "航次")}
        leaves["客船"] = leaves["内河"] + leaves["沿海"]
        leaves["船舶艘数"] = leaves["客船"] + leaves["货船"]
        leaves["船员人数"] = leaves["持证"] + leaves["见习"]
        return [[code, name, str(leaves[name])] for code, name in zip(codes, TREE, strict=True)]

    return fill


@pytest.mark.parametrize("shape", ["K{:02d}", "K-{}", "1-{:02d}", "1.{}"])
def test_codes_in_front_of_labels_are_no_headings(engine: Engine, tmp_path: Path, shape: str) -> None:
    fill = lines(shape.format)
    outcome = drafted(engine, tmp_path, ["代码", "线路", "客运量", "班次"], fill)
    assert labels(outcome) == [*LINES, "合计"]
    assert figures(outcome) == (144, 144)
    assert laws(outcome) == {f"合计[{c}] == " + " + ".join(f"{one}[{c}]" for one in LINES) for c in ("客运量", "班次")}
    later = checked(tmp_path, [["代码", "线路", "客运量", "班次"], *fill(random.Random(50), 50)])
    assert (len(later.observations), len(later.unparsed)) == (12, 0)


@pytest.mark.parametrize("codes", NESTED)
def test_nested_codes_tell_the_hierarchy(engine: Engine, tmp_path: Path, codes: str) -> None:
    outcome = drafted(engine, tmp_path, ["编码", "指标", "本月"], tree(NESTED[codes]))
    assert labels(outcome) == list(BELOW)
    assert figures(outcome) == (108, 108)
    sums = ("船舶艘数", "客船", "货船"), ("客船", "内河", "沿海"), ("船员人数", "持证", "见习")
    assert laws(outcome) == {f"{total}[本月] == {one}[本月] + {other}[本月]" for total, one, other in sums}


@pytest.mark.parametrize(
    ("codes", "above"),
    [
        (["1", "11", "12", "2"], [-1, 0, 0, -1]),
        (["A", "A.1", "A.1.1", "B"], [-1, 0, 1, -1]),
        (["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"], []),
        (["101", "102", "201"], []),
        (["1", "11", "21"], []),
        (["1", "2", "11"], []),
        (["1.1", "1.2"], []),
        (["1", "", "11"], [-1, -1, 0]),
    ],
)
def test_codes_nest_or_say_nothing(codes: list[str], above: list[int]) -> None:
    assert nested(codes) == above


# --- units of columns ---------------------------------------------------------------------------------------------


def wards(draw: random.Random, n: int) -> list[Row]:
    rows = []
    for name in ("一病区", "二病区", "三病区", "四病区"):
        day, night = draw.randint(20, 900), draw.randint(2, 300)
        rows.append(
            [name, str(day), str(night), str(day + night), f"{draw.randint(300, 999) / 10}", str(draw.randint(9, 80))]
        )
    return rows


@pytest.mark.parametrize(
    ("heads", "law"),
    [
        ("日间 夜间 合计 床位使用率（%） 床位数", "[合计] == [日间] + [夜间]"),
        ("日间（人次） 夜间（人次） 合计（人次） 周转率 床位（张）", "[合计(人次)] == [日间(人次)] + [夜间(人次)]"),
        ("日间 夜间 合计（人次） 占比 床位（张）", "[合计(人次)] == [日间] + [夜间]"),
        ("日间（人次） 夜间（人次） 合计 占比 床位（张）", "[合计] == [日间(人次)] + [夜间(人次)]"),
    ],
)
def test_columns_of_another_unit_are_no_part_of_a_sum(engine: Engine, heads: str, law: str) -> None:
    names = ["病区", *heads.split()]
    pages = [page(engine, [names, *wards(random.Random(n), n)], f"s{n}") for n in range(SAMPLES)]
    (form,) = draft(engine, "wards", pages).forms
    assert equations(form) == {law}


def test_the_sum_of_columns_beside_a_share_is_checked_in_later_reports(engine: Engine, tmp_path: Path) -> None:
    heads = ["病区", "日间", "夜间", "合计", "床位使用率（%）", "床位数"]
    outcome = drafted(engine, tmp_path, heads, wards)
    assert figures(outcome) == (240, 240)
    assert laws(outcome) == {"[合计] == [日间] + [夜间]"}
    rows = wards(random.Random(70), 70)
    rows[2][3] = str(int(rows[2][3]) + 9)
    assert [f.rule for f in checked(tmp_path, [heads, *rows]).findings if f.rule.startswith("FORM")] == ["FORM01"]


def test_a_row_without_a_code_stands_where_its_neighbours_do(engine: Engine, tmp_path: Path) -> None:
    def some(draw: random.Random, n: int) -> list[Row]:
        a, b, c = (draw.randint(10, 900) for _ in range(3))
        rows = [("收入", "1", a + b), ("门票", "11", a), ("文创", "12", b), ("支出", "2", c), ("用工", "21", c)]
        if n == 3:
            rows.insert(2, ("讲解", "", 5))
        return [[label, code, str(value)] for label, code, value in rows]

    outcome = drafted(engine, tmp_path, ["项目", "代码", "数量"], some)
    assert labels(outcome) == ["收入", "收入 / 门票", "收入 / 讲解", "收入 / 文创", "支出", "支出 / 用工"]


def test_a_cell_of_many_digits_is_no_number_of_a_column(engine: Engine, tmp_path: Path) -> None:
    def damaged(draw: random.Random, n: int) -> list[Row]:
        rows = pools(draw, n)
        return [*rows, ["7" * 5000, "", "", "", ""]] if n == 1 else rows

    outcome = drafted(engine, tmp_path, POOL_HEADS, damaged)
    assert figures(outcome) == (186, 186)


# --- what is said about equations ---------------------------------------------------------------------------------


def test_an_equation_says_what_may_count_and_where_it_fails(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    for n in range(SAMPLES):
        rows = [row[:3] for row in pools(random.Random(n), n)]
        if n == 5:
            rows[-1][2] = str(int(rows[-1][2]) + 1)
        lines = [" | ".join(row) + " |\n" for row in (POOL_HEADS[:3], *rows)]
        (folder / f"{n:02d}.txt").write_text("".join(lines), encoding="utf-8")
    assert main(["grammar", "draft", str(folder), "-o", str(tmp_path / "form"), "--lang", "en"]) == 0
    told = capsys.readouterr().out.splitlines()
    sums = [line.strip() for line in told if " = " in line]
    adults, children = (" + ".join(f"{pool}[{c}]" for pool in POOLS) for c in ("成人", "儿童"))
    assert sums == [
        f"合计[成人] = {adults} (in some samples also 戏水池[成人]) (holds 12 times; a warning)",
        f"合计[儿童] = {children} (in some samples also 戏水池[儿童])"
        f" (holds 11 times, fails in 1: {folder / '05.txt'}; a warning)",
    ]


def test_a_sample_that_the_draft_cannot_read_is_told_and_the_others_go_on(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    understand = Engine.understand

    def refusing(self: Engine, document: Document) -> Report:
        if document.source == "s4":
            raise ReadError("s4", "no-report", Message("无", "nothing"), Message("无", "nothing"))
        return understand(self, document)

    monkeypatch.setattr(Engine, "understand", refusing)
    outcome = drafted(engine, tmp_path, POOL_HEADS, pools)
    assert [(t.source, t.bound, t.figures) for t in outcome.tried if t.bound < t.figures] == [("s4", 0, 15)]
    assert figures(outcome) == (171, 186)


def test_what_to_do_next_asks_for_the_rules_of_the_form_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    for n in range(SAMPLES):
        rows = [POOL_HEADS, *pools(random.Random(n), n)]
        (folder / f"{n:02d}.txt").write_text("".join(" | ".join(row) + " |\n" for row in rows), encoding="utf-8")
    root = tmp_path / "pool_form"
    assert main(["grammar", "draft", str(folder), "-o", str(root), "--lang", "en"]) == 0
    assert f"next: gouji check --pack {root} --select POOLFORM FILES…" in capsys.readouterr().out
    assert main(["check", "--pack", str(root), "--select", "POOLFORM", str(folder)]) == 0


def test_a_folder_whose_name_is_no_name_of_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("项目 | 本月 |\n观众 | 13 |\n讲座 | 4 |\n", encoding="utf-8")
    assert main(["grammar", "draft", str(tmp_path / "a.txt"), "-o", str(tmp_path / "馆"), "--lang", "en"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{tmp_path / '馆'}: the name of a pack is a word of a-z")
    assert told.endswith("give one, for example --name monthly_form\n")
