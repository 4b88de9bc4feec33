"""What a report looks like on a terminal: whole pages compared with stored ones.

`GOUJI_UPDATE_GOLDEN=1 pytest tests/test_terminal.py` writes the pages in `tests/golden` anew; read the
difference before keeping it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from attrs import evolve
from rich.cells import cell_len
from rich.console import Console

import gouji
import stage
from gouji import messages, packs
from gouji.errors import Message, ReadError
from gouji.findings import Decision, Fixed
from gouji.messages import Voice
from gouji.records import Report
from gouji.registry import Registry
from gouji.registryfile import load_registry
from gouji.reporters import NOTHING_MORE, Closing
from gouji.reporters.page import ASCII, Page
from gouji.reporters.terminal import Terminal

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (40, 80, 200)
SCENES: dict[str, tuple[Callable[[], Report], ...]] = {
    "refusals": (stage.refusals,),
    "statistics": (stage.statistics,),
    "applicants": (stage.applicants,),
    "summary": (stage.spotless, stage.applicants, stage.statistics),
    "growth": (stage.growth,),
    "since": (stage.spotless, stage.later),
}
CLOSINGS = {
    "since": Closing(
        fixed=tuple(
            Fixed("reports/2021_good.txt", rule, "error", told, equation, "", 3)
            for rule, told, equation in (
                ("R02", "各项之和 21，总计为 22", "21 ≠ 22"),
                ("R03", "各列之和 6，总计为 7", "6 ≠ 7"),
            )
        ),
        known=3,
    )
}
UNREADABLE = ReadError(
    "reports/scan.txt",
    "unreadable",
    Message("不是文本文件", "not a text file"),
    Message("请另存为文本", "save it as text"),
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(packs.Packs.find().metrics())


Draw = Callable[..., str]


@pytest.fixture
def draw(registry: Registry) -> Draw:
    """A terminal of a given width, with reports shown on it."""

    def drawn(
        *reports: Report,
        width: int = 80,
        lang: str = "zh",
        verbose: bool = False,
        quiet: bool = False,
        color: bool = False,
        encoding: str = "utf-8",
        error: ReadError | None = None,
        closing: Closing = NOTHING_MORE,
    ) -> str:
        out = StringIO()
        console = Console(
            file=out, width=width, color_system="standard" if color else None, force_terminal=color, _environ={}
        )
        page = Page(console, Voice(lang, messages.builtin()), registry, verbose)
        if encoding == "ascii":
            page.glyphs = ASCII
        terminal = Terminal(page, quiet)
        for report in reports:
            terminal.report(report)
        if error is not None:
            terminal.error(error)
        terminal.finish(closing)
        return out.getvalue()

    return drawn


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("scene", SCENES)
def test_page(scene: str, width: int, lang: str, draw: Draw) -> None:
    reports = [make() for make in SCENES[scene]]
    summary = scene == "summary"
    closing = CLOSINGS.get(scene, NOTHING_MORE)
    drawn = draw(
        *reports, width=width, lang=lang, quiet=summary, error=UNREADABLE if summary else None, closing=closing
    )
    golden = GOLDEN / f"{scene}.{lang}.{width}.txt"
    if os.environ.get("GOUJI_UPDATE_GOLDEN"):
        golden.write_text(drawn, encoding="utf-8")
    assert drawn == golden.read_text(encoding="utf-8")


PROSE = "青溪县2016年政府信息公开工作年度报告\n\n三、依申请公开情况\n全年{}。\n"


@pytest.mark.parametrize(
    ("words", "ledger", "equation"),
    [
        # Whether e-mails are counted by themselves or not: the same addition.
        (
            "收到申请21件，其中当面申请12件，网络申请20件",
            ["12", "20", "=  32", "> [21]"],
            "12 + 20 = 32 > 21",
        ),
        ("收到行政复议5件，其中维持4件，纠错3件", ["4", "3", "=  7", "> [5]"], "4 + 3 = 7 > 5"),
        # All parts are there: then it is known how far they are apart.
        (
            "办结申请51件，其中按时办结49件，延期办结1件",
            ["49", "1", "=  50", "≠ [51]", "Δ   1"],
            "49 + 1 = 50 ≠ 51",
        ),
    ],
)
def test_a_sum_of_the_text_is_said_once(
    words: str, ledger: list[str], equation: str, draw: Draw, tmp_path: Path
) -> None:
    file = tmp_path / "report.txt"
    file.write_text(PROSE.format(words), encoding="utf-8")
    drawn = draw(gouji.check(file))
    at = -1
    for line in ledger:
        at = drawn.index(line, at + 1)
    assert drawn.count(equation) == 1
    told = next(line for line in drawn.splitlines() if "算式" in line)
    assert told.split(maxsplit=1) == ["算式", equation]
    assert "?" not in drawn


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("收到申请120件，较2015年的100件增长30%", "2015年"),
        ("收到申请120件，同比增长30%（2015年度为100件）", "2015年度"),
        ("收到申请120件，较上年的100件增长30%", "较上年的"),
    ],
)
def test_a_date_before_a_figure_is_its_label_as_a_whole(words: str, label: str, draw: Draw, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text(PROSE.format(words), encoding="utf-8")
    lines = [line.split()[:3] for line in draw(gouji.check(file)).splitlines()]
    at = next(n for n, line in enumerate(lines) if line[:2] == ["100", label])
    # What is compared is the growth, not the two years.
    assert lines[at - 1][:1] == ["120"]
    assert [line[:2] for line in lines[at + 2 : at + 4]] == [["=", "20%"], ["≠", "30%"]]


def test_no_golden_page_is_orphaned() -> None:
    known = {f"{scene}.{lang}.{width}.txt" for scene in SCENES for lang in messages.LANGUAGES for width in (80, 200)}
    assert {path.name for path in GOLDEN.iterdir() if path.is_file()} == known


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize("width", [*WIDTHS, 99, 100, 101])
@pytest.mark.parametrize("make", [stage.refusals, stage.statistics, stage.applicants, stage.growth, stage.hostile])
def test_no_line_is_wider_than_the_terminal(
    make: Callable[[], Report], width: int, lang: str, verbose: bool, draw: Draw
) -> None:
    lines = draw(make(), width=width, lang=lang, verbose=verbose).splitlines()
    assert [line for line in lines if cell_len(line) > width] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("make", [stage.refusals, stage.statistics, stage.applicants])
def test_no_figure_is_cut_out_of_view(make: Callable[[], Report], width: int, draw: Draw) -> None:
    """Every figure of a failed equation stands whole on some line, and so does every value."""
    report = make()
    drawn = draw(report, width=width)
    shown = set(re.findall(r"[0-9]+", drawn))
    for finding in report.findings:
        figures = [report.observations[i].raw for i in finding.operands if report.observations[i].value]
        figures += [str(v) for v in (finding.left, finding.right) if v is not None]
        assert set(figures) <= shown


@pytest.mark.parametrize("width", WIDTHS)
def test_every_contributing_figure_has_its_place(width: int, draw: Draw) -> None:
    report = stage.refusals()
    drawn = draw(report, width=width)
    finding = next(f for f in report.findings if f.rule == "S04")
    for i in finding.operands:
        place = report.document.place(report.observations[i].span)
        assert f"2016_hubin.txt:{place.line}:{place.column}" in drawn


def test_marks_without_colour_and_none_with_it(draw: Draw) -> None:
    assert "不予公开政府信息▸495◂件" in draw(stage.refusals())
    coloured = draw(stage.refusals(), color=True)
    assert "▸" not in coloured
    assert re.search(r"不予公开政府信息\x1b\[1;7m495\x1b\[0m件", coloured)


@pytest.mark.parametrize("color", [False, True])
def test_a_file_cannot_steer_the_terminal(color: bool, draw: Draw) -> None:
    """Escapes, C1 controls, overrides and markup in every text that a file has: only our own colours remain."""
    drawn = draw(
        stage.hostile(),
        color=color,
        verbose=True,
        error=ReadError("a\x1b[2Jb\u202e", "x", *[Message("\x07", "\x07")] * 2),
    )
    ours = re.sub(r"\x1b\[[0-9;]*m", "", drawn) if color else drawn
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ours) == []
    assert "\x1b[31m[bold]" not in drawn
    assert "[bold]合计[/bold]" in ours


def test_lines_that_are_not_understood_are_told_once_each(draw: Draw) -> None:
    report = stage.statistics()
    (piece,) = report.unparsed
    elsewhere = evolve(piece, span=report.observations[0].span)
    line = report.document.place(elsewhere.span).line
    for pieces, told in (
        ((piece, piece), "pieces not understood: 2, in line 20"),
        ((elsewhere, piece, piece), f"pieces not understood: 3, in lines {line}, 20"),
    ):
        drawn = draw(evolve(report, unparsed=pieces), lang="en").splitlines()
        assert told in [shown.strip() for shown in drawn]


def test_remarks_are_one_line_until_all_is_wanted(draw: Draw) -> None:
    brief = draw(stage.refusals(), width=120).splitlines()
    assert sum("S13" in line for line in brief) == 1
    at = next(i for i, line in enumerate(brief) if "S13" in line)
    assert "1432 ≠ 2040" in brief[at]
    assert brief[at + 1] == ""
    assert "2764" in draw(stage.refusals(), verbose=True)


def test_quiet_is_the_summary_alone(draw: Draw) -> None:
    drawn = draw(stage.refusals(), stage.spotless(), quiet=True, error=UNREADABLE)
    assert drawn.startswith("━━ 汇总")
    assert "reports/scan.txt: 不是文本文件" in drawn
    assert [line.split() for line in drawn.splitlines() if "合计" in line] == [
        ["1", "1", "1", "0", "3", "23", "合计", "2", "份"]
    ]


def test_findings_of_one_cause_stand_together(draw: Draw) -> None:
    drawn = draw(stage.applicants())
    assert drawn.count("✗ 错误 R0") == 2
    assert drawn.count("同一原因") == 2
    assert draw(stage.applicants(), verbose=True).count("✗ 错误 R0") == 4


def test_the_summary_counts_what_one_correction_settles_and_the_checks_that_fail(draw: Draw) -> None:
    """Four checks fail by two figures: as many errors as stand on the page."""
    report = stage.applicants()
    text = draw(report)
    assert report.verdicts is not None
    assert [f.severity for f in report.findings if f.verdict == "fail"] == ["error"] * 4
    (line,) = (line.split() for line in text.splitlines() if line.split()[:2] == ["2", "0"])
    assert line == ["2", "0", "0", "0", "4", str(report.verdicts.passed), report.source]
    assert text.count("✗ 错误 ") == 2
    assert "2 处错误（使 4 项核对不成立）" in text.replace("\n  ", "")
    # Where each has a cause of its own there is nothing to explain.
    alone = evolve(report, findings=tuple(evolve(f, group=0) for f in report.findings))
    assert "4 处错误，须更正后再报送" in draw(alone)


def test_a_remark_of_the_same_cause_is_no_case_of_its_own(draw: Draw) -> None:
    report = stage.refusals()
    graver = next(f for f in report.findings if f.severity == "error")
    joined = evolve(
        report,
        findings=tuple(evolve(f, group=1) if f is graver or f.severity == "info" else f for f in report.findings),
    )
    text = draw(joined, width=120)
    assert "· 提示" not in text
    assert re.search("同一原因 +S13 .* 1432 ≠ 2040", text)
    assert [line.split()[:5] for line in text.splitlines() if line.endswith(report.source)][-1] == [
        "1",
        "1",
        "0",
        "0",
        "3",
    ]


def test_what_is_accepted_is_a_case_apart_from_what_is_open(draw: Draw) -> None:
    """One of two findings of a cause is accepted: the other is still to be corrected."""
    report = stage.applicants()
    first = report.findings[0]
    decision = Decision(first.fingerprint, "accepted", "甲", "2024-01-01", "已核对")
    text = draw(evolve(report, findings=(evolve(first, decision=decision), *report.findings[1:])))
    assert "其中已认可 1 处" in text
    assert "2 处错误（使 3 项核对不成立）" in text.replace("\n  ", "")


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize("width", [40, 60])
def test_on_a_narrow_terminal_what_belongs_together_stays_together(width: int, lang: str, draw: Draw) -> None:
    """A number and what it counts in the head of a report, a place behind a repair."""
    report = stage.applicants()
    report.document.source = "reports/2019_gongye_revised.txt"
    lines = draw(report, width=width, lang=lang).splitlines()
    facts = {"zh": ("48 个数字", "待定 0", "未归类数字 0"), "en": ("48 figures", "undecided 0", "unbound figures 0")}
    for fact in facts[lang]:
        assert any(fact in line for line in lines)
    places = re.compile(r"revised\.txt:\d+:\d+")
    assert sum(len(places.findall(line)) for line in lines) == len(places.findall(re.sub(r"\s", "", "".join(lines))))


def test_on_a_narrow_terminal_signs_are_told_and_names_stand_whole(draw: Draw) -> None:
    lines = draw(*(make() for make in SCENES["since"]), width=40, quiet=True, closing=CLOSINGS["since"]).splitlines()
    assert "  ✗  ▲  ·  ?    =  -    ≠   ✓" in lines
    assert [line for line in lines if line.endswith(".txt")][:2] == [
        "  reports/2021_good.txt",
        "  reports/2019_gongye.txt",
    ]


def test_a_row_is_shown_as_printed_where_it_fits(draw: Draw) -> None:
    wide, narrow = draw(stage.applicants(), width=100), draw(stage.applicants(), width=60)
    heads = [line for line in wide.splitlines() if "社会公益组织" in line]
    assert heads
    assert all("自然人" in line and "总计" in line for line in heads)
    assert not any("社会公益组织" in line and "自然人" in line for line in narrow.splitlines())
    assert "[61]" in narrow


def test_text_and_table_side_by_side_from_100_columns(draw: Draw) -> None:
    def together(width: int) -> bool:
        return any(re.search("正文.*表格$", line) for line in draw(stage.statistics(), width=width).splitlines())

    assert together(100)
    assert not together(99)


@pytest.mark.parametrize("width", [100, 101, 120, 160])
def test_the_panels_keep_apart_whatever_the_file_is_called(width: int, draw: Draw) -> None:
    report = stage.statistics()
    report.document.source = (
        "信息公开/2016/" + "湖滨区人民政府办公室2016年政府信息公开工作年度报告" + "（终稿）" * 2 + ".txt"
    )
    lines = draw(report, width=width).splitlines()
    heads = [i for i, line in enumerate(lines) if re.search("正文.*表格$", line)]
    assert heads
    for head in heads:
        gap = cell_len(lines[head].partition(" │ ")[0])
        end = next(i for i in range(head, len(lines)) if "Δ" in lines[i])
        assert all(_cell_at(line, gap + 1) == "│" for line in lines[head:end])
        assert any(".txt:" in line for line in lines[head:end])


def _cell_at(line: str, column: int) -> str:
    """The character that begins at a column of the terminal."""
    at = 0
    for character in line:
        if at == column:
            return character
        at += cell_len(character)
    return ""


def test_ascii_terminal(draw: Draw) -> None:
    drawn = draw(stage.refusals(), lang="en", encoding="ascii")
    assert not set("━─│…▸◂✗▲·✓Δ→≠") & set(drawn)
    assert "497 != 495" in drawn


def test_a_report_without_findings_says_so(draw: Draw) -> None:
    assert "✓ 没有发现对不上的数字" in draw(stage.spotless())


def test_an_unknown_form_and_an_unregistered_metric_are_shown_by_name(draw: Draw) -> None:
    report = evolve(stage.spotless(), form="future2030")
    assert "future2030" in draw(report)


def test_what_is_accepted_is_counted_apart(draw: Draw) -> None:
    """An undecided finding that is accepted takes nothing away from the errors and warnings to look at."""
    report = stage.statistics()
    decision = Decision("", "accepted", "甲", "2024-01-01", "已核对")
    findings = tuple(
        evolve(f, decision=decision._replace(fingerprint=f.fingerprint)) if f.verdict == "undecided" else f
        for f in report.findings
    )
    failed = sum(f.verdict == "fail" and f.severity == "warning" for f in findings)
    text = draw(evolve(report, findings=findings))
    assert "其中已认可 1 处" in text
    assert f"{failed} 处警告请核实" in text
    assert "已认可：已核对（甲，2024-01-01）" in re.sub(r"\s", "", text)


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_repair_is_told_where_all_is_wanted(lang: str, draw: Draw) -> None:
    report = stage.refusals()
    (finding,) = [f for f in report.findings if f.suspects][:1]
    first = finding.suspects[0]
    for alike in (True, False):
        slips = [first.slip if alike else "other" for _ in range(9)]
        others = tuple(evolve(first, repair=1000 + n, slip=slip, rank=n + 2) for n, slip in enumerate(slips))
        one = evolve(report, findings=(evolve(finding, suspects=(evolve(first, rank=1), *others)),))
        short, full = (draw(one, lang=lang, verbose=verbose, width=200) for verbose in (False, True))
        assert sum(str(1000 + n) in short for n in range(9)) == (3 if alike else 0)
        assert all(str(1000 + n) in full for n in range(9))
