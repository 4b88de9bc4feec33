"""Two reports side by side, and what `check` says between reports: pages, JSON, exit status, mistakes.

`GOUJI_UPDATE_GOLDEN=1 pytest tests/test_diff.py` writes the pages in `tests/golden/between` anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from rich.cells import cell_len
from rich.console import Console

import gouji
from compose import Annual, three_years
from gouji import messages
from gouji.cli import main
from gouji.differences import Difference, DiffRow, compare
from gouji.messages import Voice
from gouji.reporters.comparison import CrossSheet, DifferenceSheet
from gouji.reporters.page import ASCII, Page
from gouji.series import Comparison

ENGINE = gouji.engine()
GOLDEN = Path(__file__).parent / "golden" / "between"
EXAMPLES = Path(__file__).parents[1] / "examples"


@frozen
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line, in a folder of its own, 80 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def ran(*arguments: str) -> Outcome:
        capsys.readouterr()
        status = main([arguments[0], "--lang", "en", *arguments[1:]])
        return Outcome(status, *capsys.readouterr())

    return ran


def put(folder: Path, **reports: Annual | str) -> None:
    for name, report in reports.items():
        path = folder / f"{name.replace('__', '/')}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report if isinstance(report, str) else report.text(), encoding="utf-8")


def faulty() -> dict[int, Annual]:
    years = three_years()
    years[2020].items = 512
    years[2021].carried_in = 5
    years[2021].coercion = 390
    return years


def statistics2018() -> str:
    """The statistics table of an example, as that of the district and the year before its first form of 2019."""
    text = (EXAMPLES / "stat2014-clean.txt").read_text(encoding="utf-8")
    return text.replace("澄川区", "望澜市西湖区").replace("2018", "2019").replace("2017", "2018")


# Pages ---------------------------------------------------------------------------------------------------


def difference(folder: Path, old: Annual | str, new: Annual | str) -> Difference:
    put(folder, old=old, new=new)
    reports = []
    for name in ("old", "new"):
        report = ENGINE.parse(str(folder / f"{name}.txt"))
        # Pages must not depend on where the tests run.
        report.document.source = f"reports/{name}.txt"
        reports.append(report)
    return compare(ENGINE.rulebook, ENGINE.bodies, ENGINE.crosswalk, ENGINE.messages, *reports)


def page(width: int, lang: str, verbose: bool = False) -> tuple[Page, StringIO]:
    out = StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False, _environ={})
    return Page(console, Voice(lang, messages.builtin()), ENGINE.registry, verbose), out


def drawn(shown: Difference, width: int, lang: str, verbose: bool = False, ascii_only: bool = False) -> str:
    on, out = page(width, lang, verbose)
    if ascii_only:
        on.glyphs = ASCII
    on.put(DifferenceSheet(on, shown).lines())
    return out.getvalue()


SCENES: dict[str, Callable[[], tuple[Annual | str, Annual | str]]] = {
    "years": lambda: (three_years()[2019], faulty()[2020]),
    "forms": lambda: (faulty()[2020], faulty()[2021]),
    "eras": lambda: (statistics2018(), three_years()[2019]),
}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Difference]:
    return {scene: difference(tmp_path_factory.mktemp(scene), *make()) for scene, make in SCENES.items()}


@pytest.mark.parametrize("width", [40, 50, 60, 70])
@pytest.mark.parametrize("scene", SCENES)
def test_all_sections_are_laid_out_alike(scene: str, width: int, staged: dict[str, Difference]) -> None:
    """As tables, or label by label: 2020 → 2021."""
    shown = drawn(staged[scene], width, "en")
    assert ("metric " in shown) != (" → " in shown)


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("scene", SCENES)
def test_page(scene: str, width: int, lang: str, staged: dict[str, Difference]) -> None:
    shown = drawn(staged[scene], width, lang)
    golden = GOLDEN / f"{scene}.{lang}.{width}.txt"
    if os.environ.get("GOUJI_UPDATE_GOLDEN"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_no_golden_page_is_orphaned() -> None:
    known = {f"{scene}.{lang}.{width}.txt" for scene in SCENES for lang in messages.LANGUAGES for width in (80, 200)}
    assert {path.name for path in GOLDEN.iterdir()} == known


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize(
    ("width", "verbose"), [(40, False), (40, True), (60, True), (80, False), (99, False), (200, False)]
)
@pytest.mark.parametrize("scene", SCENES)
def test_no_line_is_too_wide_and_no_figure_is_cut(
    scene: str, width: int, lang: str, verbose: bool, staged: dict[str, Difference]
) -> None:
    shown = staged[scene]
    text = drawn(shown, width, lang, verbose)
    assert [line for line in text.splitlines() if cell_len(line) > width] == []
    figures = set(re.findall(r"[0-9.]+", text))
    for row in shown.rows:
        if row.findings or (row.changed and not row.detail and not row.idle):
            assert {f.lstrip("-") for f in row.shown if f} <= figures


def test_where_a_table_has_no_room_figures_stand_below_their_labels(staged: dict[str, Difference]) -> None:
    lines = drawn(staged["years"], 40, "zh").splitlines()
    at = lines.index("    行政许可 / 上一年项目数量")
    assert lines[at + 1] == "      386 → 512  +126  应为 379  ▲ A04"


def test_a_heading_names_both_bodies_where_they_may_differ(tmp_path: Path) -> None:
    old, new = Annual("望澜市西湖区", 2020), Annual("岚州市西湖区", 2021)
    assert drawn(difference(tmp_path, old, new), 80, "zh").startswith("━━ 望澜市西湖区 / 岚州市西湖区 ━")
    same = difference(tmp_path, old, Annual("望澜市西湖区", 2021))
    assert drawn(same, 80, "zh").startswith("━━ 望澜市西湖区 ━")


def test_an_ascii_terminal_gets_no_lines_and_signs_that_it_lacks(staged: dict[str, Difference]) -> None:
    text = drawn(staged["years"], 80, "en", ascii_only=True)
    assert not set("━─│…✗▲·✓→≠≥×") & set(text)


def test_the_findings_between_reports_on_a_page(tmp_path: Path) -> None:
    years = faulty()
    put(tmp_path, **{f"y{year}": report for year, report in years.items()})
    comparison = Comparison(ENGINE.rulebook, ENGINE.bodies, ENGINE.messages)
    for year in years:
        comparison.add(ENGINE.check(str(tmp_path / f"y{year}.txt")))
    crossing = comparison.finish()
    for width in (80, 200):
        on, out = page(width, "zh")
        on.put(CrossSheet(on, crossing).lines())
        lines = out.getvalue().splitlines()
        assert [line for line in lines if cell_len(line) > width] == []
        assert any("y2021.txt:27:" in line for line in lines)
        assert sum("同一原因" in line for line in lines) == 1
        assert [word for word in ("Y01", "A04", "G11") if not any(word in line for line in lines)] == []


# Rows ----------------------------------------------------------------------------------------------------


def row(shown: Difference, path: str) -> DiffRow:
    (found,) = (r for r in shown.rows if path in (*r.before, *r.after))
    return found


def test_what_was_expected(tmp_path: Path) -> None:
    shown = difference(tmp_path, three_years()[2020], faulty()[2021])
    wrong = row(shown, "requests.t3.carried_in.total")
    assert (wrong.old, wrong.new, wrong.change, wrong.expected) == (6, 5, -1, "4")
    assert [f.rule for f in wrong.findings] == ["Y01"]
    shown = difference(tmp_path, three_years()[2021], evolve(three_years()[2021], year=2022, carried_in=3, in_force=95))
    right = row(shown, "disclosure.art20_1.normative_docs.in_force")
    assert (right.expected, right.holds, right.findings) == ("95", ("B01",), ())


def test_eras_are_compared_by_what_corresponds(tmp_path: Path) -> None:
    shown = difference(tmp_path, statistics2018(), three_years()[2019])
    granted = row(shown, "requests.t3.outcome.granted.total")
    assert granted.before == ("requests.replies.already_public", "requests.replies.granted")
    assert (granted.old, granted.new, granted.comparable, granted.change) == (52 + 121, 76, "roughly", None)
    scattered = row(shown, "requests.replies.refused.not_gov_info")
    assert (scattered.new, scattered.comparable) == (None, "no")
    assert scattered.why is not None
    assert row(shown, "requests.t3.carried_out.total").comparable == "no"
    assert row(shown, "review.total").comparable == "yes"
    # Every figure of both tables stands in one row and in no more.
    for profile, side in ((shown.old, "before"), (shown.new, "after")):
        told = [path for r in shown.rows for path in getattr(r, side) if r.shown[side == "after"]]
        paths = [f.path for f in profile.figures() if f.source == "table"]
        assert sorted(p for p in told if profile.figure(p) is not None) == sorted(paths)


def test_a_row_of_one_form_and_three_of_the_next_are_the_same(tmp_path: Path) -> None:
    shown = difference(tmp_path, three_years()[2020], three_years()[2021])
    other = row(shown, "requests.t3.outcome.other.subtotal.total")
    assert (other.old, other.new, other.change, other.comparable) == (9, 5, -4, "yes")
    assert row(shown, "disclosure.art20_1.normative_docs.in_force").comparable == "no"


# Commands ------------------------------------------------------------------------------------------------


def test_diff(run: Run, tmp_path: Path) -> None:
    years = faulty()
    put(tmp_path, a=three_years()[2019], b=three_years()[2020], c=years[2021])
    assert run("diff", "a.txt", "b.txt").status == 0
    done = run("diff", "b.txt", "c.txt")
    assert (done.status, done.err) == (1, "")
    assert "expected" in done.out
    assert run("diff", "--fail-on", "info", "a.txt", "b.txt").status == 0
    swapped = run("diff", "c.txt", "b.txt")
    assert swapped.status == 1
    assert "put in order" in swapped.out
    assert "do not follow" in run("diff", "a.txt", "c.txt").out


def test_diff_as_json(run: Run, tmp_path: Path) -> None:
    put(tmp_path, b=three_years()[2020], c=faulty()[2021])
    done = run("diff", "b.txt", "c.txt", "--format", "json")
    whole = json.loads(done.out)
    assert whole["schema"] == "gouji/diff/1"
    assert (whole["old"]["report_year"], whole["new"]["report_year"]) == (2020, 2021)
    wrong = next(r for r in whole["rows"] if r["paths"]["new"] == ["requests.t3.carried_in.total"])
    assert {k: wrong[k] for k in ("old", "new", "change", "expected", "comparable", "rules")} == {
        "old": 6,
        "new": 5,
        "change": -1,
        "expected": "4",
        "comparable": "yes",
        "rules": ["Y01"],
    }
    assert {f["rule"] for f in whole["cross"]} == {"Y01", "G11"}
    assert run("diff", "b.txt", "c.txt", "--format", "json").out == done.out


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("望澜市西湖区", "岚州市西湖区", "different bodies"),
        ("西湖区", "西湖区", "not certain"),
        ("望澜市教育局", "望澜市卫生局", "different bodies"),
    ],
)
def test_diff_says_whose_reports_they_are(old: str, new: str, says: str, run: Run, tmp_path: Path) -> None:
    first, second = three_years(old)[2020], evolve(three_years(new)[2021], carried_in=9)
    put(tmp_path, a=first, b=second)
    done = run("diff", "a.txt", "b.txt")
    assert says in " ".join(done.out.split())
    assert done.status == (1 if says == "not certain" else 0)


def test_diff_of_two_copies(run: Run, tmp_path: Path) -> None:
    one = three_years()[2021]
    put(tmp_path, a=one, b=evolve(one, granted=39))
    done = run("diff", "--fail-on", "info", "a.txt", "b.txt")
    assert done.status == 1
    assert "Y07" in done.out


def test_diff_of_what_cannot_be_read(run: Run, tmp_path: Path) -> None:
    put(tmp_path, a=three_years()[2021], no="今天天气很好。\n")
    for arguments in (("a.txt", "no.txt"), ("missing.txt", "a.txt")):
        done = run("diff", *arguments)
        assert done.status == 2
        assert done.out == ""
        assert len(done.err.splitlines()) == 1
    (tmp_path / "two").mkdir()
    put(tmp_path, two__a=three_years()[2021], two__b=three_years()[2020])
    done = run("diff", "two", "a.txt")
    assert done.status == 2
    assert "got 3" in done.err


def test_years_among_the_inputs_are_compared_by_themselves(run: Run, tmp_path: Path) -> None:
    put(tmp_path, **{f"r__{year}": report for year, report in faulty().items()})
    done = run("check", "r")
    assert done.status == 1
    assert "Between reports" in done.out
    whole = json.loads(run("check", "r", "--format", "json").out)
    assert [r["findings"] for r in whole["reports"] if any(f["severity"] == "error" for f in r["findings"])] == []
    first = whole["cross"][0]
    assert (first["rule"], first["severity"], first["verdict"]) == ("A04", "warning", "fail")
    error = next(f for f in whole["cross"] if f["severity"] == "error")
    observations = {r["source"]: r["observations"] for r in whole["reports"]}
    values = [observations[o["source"]][o["observation"]]["value"] for o in error["operands"]]
    assert values == [5, 4] == [error["left"], error["right"]]
    for term, operand in zip(error["terms"], error["operands"], strict=True):
        cell = observations[operand["source"]][operand["observation"]]
        assert (cell["line"], cell["column"], cell["path"]) == (term["line"], term["column"], term["path"])
    assert run("check", "r", "--format", "json", "--ignore", "Y01").status == 0
    assert run("check", "r", "--select", "R").status == 0
    lines = [json.loads(line) for line in run("check", "r", "--format", "jsonl").out.splitlines()]
    assert [list(line) == ["cross"] for line in lines] == [False, False, False, True]
    assert lines[-1]["cross"] == whole["cross"]


def test_one_report_alone_is_compared_with_nothing(run: Run, tmp_path: Path) -> None:
    put(tmp_path, a=three_years()[2021])
    assert "Between reports" not in run("check", "a.txt").out
    assert json.loads(run("check", "a.txt", "--format", "json").out)["cross"] == []


@pytest.mark.parametrize("where", ["old/2020.txt", "old"])
def test_previous(where: str, run: Run, tmp_path: Path) -> None:
    put(tmp_path, old__2020=three_years()[2020], new=faulty()[2021])
    done = run("check", "new.txt", "--previous", where, "--format", "json")
    whole = json.loads(done.out)
    assert done.status == 1
    assert [r["source"] for r in whole["reports"]] == ["new.txt"]
    assert {f["rule"] for f in whole["cross"]} == {"Y01", "G11"}
    assert {t["source"] for f in whole["cross"] for t in f["terms"]} == {"new.txt", "old/2020.txt"}


def test_previous_folder_with_other_bodies(run: Run, tmp_path: Path) -> None:
    put(tmp_path, old__a=three_years("岚州市西湖区")[2020], old__b=three_years()[2019], new=faulty()[2021])
    done = run("check", "new.txt", "--previous", "old")
    assert done.status == 0
    assert "no report of 望澜市西湖区 on 2020" in " ".join(done.out.split())


def test_previous_file_of_another_body_or_year(run: Run, tmp_path: Path) -> None:
    put(tmp_path, a=three_years("岚州市西湖区")[2020], b=three_years()[2019], new=faulty()[2021])
    other = run("check", "new.txt", "--previous", "a.txt")
    assert other.status == 0
    assert "a.txt is no report of 望澜市西湖区" in " ".join(other.out.split())
    assert "not on the year before" in " ".join(run("check", "new.txt", "--previous", "b.txt").out.split())


def test_previous_file_is_taken_at_the_word_of_the_user(run: Run, tmp_path: Path) -> None:
    """A bare 西湖区 may be any: who names one file says that it is the same."""
    put(tmp_path, a=three_years("西湖区")[2020], new=evolve(three_years("西湖区")[2021], carried_in=9))
    assert run("check", "new.txt", "--previous", "a.txt").status == 1
    put(tmp_path, old__a=three_years("西湖区")[2020])
    assert run("check", "new.txt", "--previous", "old").status == 0


def test_previous_that_cannot_be_read_is_an_error_line(run: Run, tmp_path: Path) -> None:
    put(tmp_path, old__a="今天天气很好。\n", old__b=three_years()[2020], new=faulty()[2021])
    done = run("check", "new.txt", "--previous", "old")
    assert done.status == 2
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("old/a.txt: ")
    assert "Y01" in done.out
    done = run("check", "new.txt", "--previous", "missing")
    assert done.status == 2
    assert done.err.startswith("missing: ")


def test_roster(run: Run, tmp_path: Path) -> None:
    below = [Annual(f"望澜市{name}区", 2021, penalty=100 + n) for n, name in enumerate("东西南")]
    names = ("granted", "partial", "third_party", "not_held", "petition", "other", "carried_in", "carried_out")
    sums: dict[str, Any] = {name: sum(getattr(d, name) for d in below) for name in (*names, "licensing", "coercion")}
    whole = Annual("望澜市", 2021, **sums, penalty=200, review=12, suits=6)
    put(tmp_path, city=whole, **{f"d__{n}": d for n, d in enumerate(below[:2])})
    lines = ["body,parent,path", "望澜市,,city.txt", "东区,望澜市,d/0.txt", "西区,望澜市,d/1.txt", "南区,望澜市,"]
    (tmp_path / "roster.csv").write_text("\n".join(lines), encoding="utf-8")
    done = run("check", "city.txt", "d", "--roster", "roster.csv", "--fail-on", "warning")
    assert done.status == 1
    told = " ".join(done.out.split())
    assert "2 of 3 bodies below were read, missing: 南区" in told
    assert "V01" in told
    # Reports that only the roster names are read to count them.
    alone = json.loads(run("check", "city.txt", "--roster", "roster.csv", "--format", "json").out)
    assert [r["source"] for r in alone["reports"]] == ["city.txt"]
    failed = next(f for f in alone["cross"] if f["verdict"] == "fail")
    assert failed["children"] == {"read": 2, "of": 3, "missing": ["南区"]}
    assert len(failed["operands"]) == 3


def test_a_wrong_roster_stops_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    put(tmp_path, a=three_years()[2021])
    (tmp_path / "roster.yaml").write_text("- {body: 望澜市}\n- {body: 西湖区, parent: 望兰市}\n", encoding="utf-8")
    done = run("check", "a.txt", "--roster", "roster.yaml")
    assert (done.status, done.out) == (2, "")
    assert done.err == "roster.yaml:2:23: unknown parent 望兰市; the nearest is 望澜市\n"


def test_the_example_of_three_years() -> None:
    comparison = Comparison(ENGINE.rulebook, ENGINE.bodies, ENGINE.messages)
    for year in (2019, 2020, 2021):
        report = ENGINE.check(str(EXAMPLES / "years" / f"{year}.txt"))
        assert [f for f in report.findings if f.severity != "info"] == []
        comparison.add(report)
    assert sorted(f"{f.rule} {f.severity} {f.year}" for f in comparison.finish().findings) == [
        "A04 warning 2020",
        "G11 info 2021",
        "Y01 error 2021",
        "Y01 warning 2021",
    ]


def test_a_report_of_the_roster_that_cannot_be_read_is_missing(run: Run, tmp_path: Path) -> None:
    put(tmp_path, city=Annual("望澜市", 2021), a=Annual("望澜市东区", 2021), b="今天天气很好。\n")
    rows = "body,parent,path\n望澜市,,city.txt\n东区,望澜市,a.txt\n西区,望澜市,b.txt\n"
    (tmp_path / "r.csv").write_text(rows, encoding="utf-8")
    done = run("check", "city.txt", "--roster", "r.csv")
    assert done.status == 2
    assert len(done.err.splitlines()) == 1
    assert "b.txt: " in done.err
    assert "1 of 2 bodies below was read, missing: 西区" in " ".join(done.out.split())


def test_why_nothing_was_compared_is_said_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    put(tmp_path, a=three_years("西湖区")[2020], b=three_years("西湖区")[2021])
    assert "西湖区: it is not certain" not in run("check", "a.txt", "b.txt").out
    assert "西湖区: it is not certain" in run("check", "-v", "a.txt", "b.txt").out
    (note,) = json.loads(run("check", "a.txt", "b.txt", "--format", "json").out)["notes"]
    assert note.startswith("西湖区: it is not certain")
