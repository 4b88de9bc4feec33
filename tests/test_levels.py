"""A body and those below it: every rule on its own examples, rosters, and a city with its districts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import gouji
from compose import Annual
from gouji.bodies import Body
from gouji.cases import example_report, example_reports
from gouji.crosschecks import Outcome
from gouji.errors import PackError
from gouji.hierarchy import Hierarchy, Level, check_level, read_roster
from gouji.rulemodel import Rule
from gouji.series import Comparison, Crossing, profiler

ENGINE = gouji.engine()
BOOK = ENGINE.rulebook
LEVEL_KINDS = {"between_levels", "roster", "coverage"}
RULES = [rule for rule in BOOK.rules if rule.kind in LEVEL_KINDS]
CITY = Body(("望澜市",), "", "prefecture", (("望澜市",), ""), True)


# Examples ------------------------------------------------------------------------------------------------


def examples(passing: bool) -> list[Any]:
    return [
        pytest.param(rule, figures, id=f"{rule.id}-{n}")
        for rule in RULES
        for n, figures in enumerate(rule.passes if passing else rule.fails)
    ]


def outcome(rule: Rule, figures: Mapping[str, Any]) -> Outcome:
    book = BOOK.of((rule,))
    profile = profiler(book, ENGINE.bodies).profile
    own = {path: value for path, value in figures.items() if "children." not in path}
    this = profile(example_report(book, rule, own), CITY)
    below = example_reports(book, rule, figures, "children.")
    children = [(f"{n}区", [] if report is None else [profile(report, CITY)]) for n, report in enumerate(below)]
    found = Outcome()
    check_level(book, Level(this, children, figures["$complete"] == "yes", BOOK.registry, BOOK.remarks), found)
    return found


@pytest.mark.parametrize(("rule", "figures"), examples(passing=True))
def test_passing_example(rule: Rule, figures: Mapping[str, Any]) -> None:
    found = outcome(rule, figures)
    assert found.findings == []
    # What is only bounded has not been shown to hold.
    assert (found.passed >= 1) == (figures["$complete"] == "yes")


@pytest.mark.parametrize(("rule", "figures"), examples(passing=False))
def test_failing_example(rule: Rule, figures: Mapping[str, Any]) -> None:
    (finding,) = outcome(rule, figures).findings
    assert (finding.rule, finding.severity) == (rule.id, rule.severity)
    assert finding.coverage is not None
    for words in (finding.message.zh, finding.message.en):
        assert words
        assert "{" not in words


# A city and its districts --------------------------------------------------------------------------------

NAMES = [f"{first}{second}区" for first in "东西南" for second in "湖江山林"]
OUTCOMES = ("granted", "partial", "third_party", "not_held", "petition", "other")
SUMMED = (*OUTCOMES, "carried_in", "carried_out", "licensing", "penalty", "coercion", "review", "suits")


def districts() -> list[Annual]:
    """Twelve districts, each with figures of its own."""
    return [
        Annual(f"望澜市{name}", 2021, granted=20 + n, partial=5 + n % 3, licensing=1000 + 37 * n, made=2, in_force=30)
        for n, name in enumerate(NAMES)
    ]


def city(below: Sequence[Annual], **own: int) -> Annual:
    """The report of a city that is the sum of those below and what is added."""
    sums = {name: sum(getattr(d, name) for d in below) + own.get(name, 0) for name in SUMMED}
    return Annual("望澜市", 2021, **sums, made=sum(d.made for d in below), in_force=300, fees="10348.20")


def crossed(
    folder: Path, reports: Mapping[str, Annual], roster: str = "", missing: Sequence[str] = ()
) -> tuple[Crossing, Hierarchy]:
    """What comes of checking these reports, by file, against a roster."""
    for name, report in reports.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(report.text(), encoding="utf-8")
    (folder / "roster.yaml").write_text(roster, encoding="utf-8")
    hierarchy = read_roster(folder / "roster.yaml", ENGINE.bodies)
    comparison = Comparison(BOOK, ENGINE.bodies, ENGINE.messages, hierarchy)
    for name in reports:
        comparison.add(ENGINE.check(str(folder / name)))
    return comparison.finish(), hierarchy


def roster(complete: str = "yes") -> str:
    lines = [f"complete: {complete}", "bodies:", "- {body: 望澜市, path: city.txt}"]
    return "\n".join([*lines, *(f"- {{body: {name}, parent: 望澜市}}" for name in NAMES)])


def files(below: Sequence[Annual], **more: Annual) -> dict[str, Annual]:
    return {f"{d.body}.txt": d for d in below} | {f"{name}.txt": report for name, report in more.items()}


def test_a_city_that_is_the_sum_of_its_districts(tmp_path: Path) -> None:
    below = districts()
    crossing, hierarchy = crossed(tmp_path, files(below, city=city(below)), roster())
    assert crossing.findings == ()
    assert crossing.verdicts.passed > 30
    assert len(hierarchy.members) == 13


def test_a_city_that_is_not_the_sum_of_its_districts(tmp_path: Path) -> None:
    below = districts()
    crossing, _ = crossed(tmp_path, files(below, city=city(below, review=1)), roster())
    assert {f.instance for f in crossing.findings} == {"V01.review.upheld", "V01.review.total"}
    assert {(f.severity, f.delta, f.group) for f in crossing.findings} == {("warning", 1, 1)}
    assert {len(f.terms) for f in crossing.findings} == {13}


def test_sums_that_fail_by_the_same_amount_are_one_cause(tmp_path: Path) -> None:
    below = districts()
    crossing, _ = crossed(tmp_path, files(below, city=city(below, granted=7)), roster())
    assert {f.instance.partition(".")[2] for f in crossing.findings} == {
        "t3.new",
        "t3.outcome.granted",
        "t3.outcome.total",
    }
    assert {f.group for f in crossing.findings} == {1}


def planted(own: int = 0) -> tuple[list[Annual], dict[str, Annual]]:
    """Twelve districts of which one is missing and one was published twice with different figures."""
    below = districts()
    whole = city(below, **({"penalty": own} if own else {}))
    again = evolve(below[3], granted=below[3].granted + 6, published="2022-03-30")
    below[3].published = "2022-01-20"
    kept = [d for d in below if d is not below[7]]
    return below, files(kept, again=again, city=whole)


def test_one_missing_and_one_published_twice(tmp_path: Path) -> None:
    below, reports = planted()
    crossing, _ = crossed(tmp_path, reports, roster())
    findings = {f.rule: f for f in crossing.findings}
    assert sorted(findings) == ["V01-COVERAGE", "Y07"]
    assert len(crossing.findings) == 2
    coverage = findings["V01-COVERAGE"].coverage
    assert coverage is not None
    assert (coverage.read, coverage.of, coverage.missing) == (11, 12, (NAMES[7],))
    assert findings["V01-COVERAGE"].verdict == "undecided"
    assert "11" in findings["V01-COVERAGE"].message.zh
    bounds = {b.path: (b.low, b.high) for b in coverage.bounds}
    gone = below[7]
    # One copy gives six more: what is left for the missing district lies between both.
    outcomes = gone.outcomes
    assert bounds["requests.t3.outcome.total.total"] == (outcomes - 6, outcomes)
    assert bounds["requests.t3.carried_out.total"] == (gone.carried_out, gone.carried_out)
    assert bounds["disclosure.art20_5.licensing.decisions"] == (gone.licensing, gone.licensing)
    assert findings["Y07"].body == f"望澜市{NAMES[3]}"


def test_less_than_those_that_were_read_is_a_failure_whoever_is_missing(tmp_path: Path) -> None:
    below, reports = planted()
    short = below[7].penalty + 1
    reports["city.txt"].penalty -= short
    crossing, _ = crossed(tmp_path, reports, roster())
    (finding,) = (f for f in crossing.findings if f.rule == "V01")
    assert finding.instance == "V01.decisions.art20_6.penalty"
    assert finding.verdict == "fail"
    assert finding.coverage is not None
    assert (finding.coverage.read, finding.coverage.of) == (11, 12)
    assert "11/12" in finding.message.zh
    assert finding.left is not None
    assert finding.right is None
    assert "≥" in finding.equation


def test_without_a_complete_roster_the_sum_is_only_a_bound(tmp_path: Path) -> None:
    below = districts()
    crossing, _ = crossed(tmp_path, files(below, city=city(below, penalty=500)), roster("no"))
    assert crossing.findings == ()
    crossing, _ = crossed(tmp_path, files(below, city=city(below, penalty=-1)), roster("no"))
    assert [f.instance for f in crossing.findings] == ["V01.decisions.art20_6.penalty"]


def test_a_roster_says_which_district_a_report_is_of(tmp_path: Path) -> None:
    """西湖区 of this city: its reports of two years are compared, that of another city is left alone."""
    reports = {
        "a/2020.txt": Annual("西湖区", 2020, carried_in=6, carried_out=4, in_force=81),
        "a/2021.txt": Annual("西湖区", 2021, carried_in=9),
        "b/2021.txt": Annual("西湖区", 2021, carried_in=1),
    }
    text = "- {body: 望澜市}\n- {body: 西湖区, parent: 望澜市, path: a/*.txt}\n"
    crossing, _ = crossed(tmp_path, reports, text)
    assert {f.instance for f in crossing.findings if f.rule == "Y01"} == {"Y01.total", "Y01.column.natural"}
    assert {f.body for f in crossing.findings} == {"望澜市西湖区"}
    assert {t.source for f in crossing.findings for t in f.terms} == {
        str(tmp_path / "a/2020.txt"),
        str(tmp_path / "a/2021.txt"),
    }


def test_folders_inside_folders_are_levels(tmp_path: Path) -> None:
    below = districts()[:3]
    for place, report in (
        ("望澜市/2021.txt", city(below, penalty=-1)),
        *((f"望澜市/{d.body[3:]}/a.txt", d) for d in below),
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(report.text(), encoding="utf-8")
    (tmp_path / "望澜市" / "北山区").mkdir()
    hierarchy = read_roster(tmp_path, ENGINE.bodies)
    assert [m.body.name for m in hierarchy.members if m.parent is None] == ["望澜市"]
    comparison = Comparison(BOOK, ENGINE.bodies, ENGINE.messages, hierarchy)
    for file in hierarchy.files:
        comparison.add(ENGINE.check(file))
    findings = {f.rule: f for f in comparison.finish().findings}
    assert findings["V01"].instance == "V01.decisions.art20_6.penalty"
    coverage = findings["V01-COVERAGE"].coverage
    assert coverage is not None
    assert (coverage.read, coverage.of, coverage.missing) == (3, 4, ("北山区",))


# Rosters that are wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "place", "words"),
    [
        ("r.yaml", "- {body: 望澜市}\n- {body: 西湖区, parent: 望兰市}\n", ":2:23", "望兰市"),
        ("r.yaml", "- {body: 望澜市}\n- {name: 西湖区}\n", ":2:4", "name"),
        ("r.yaml", "- {body: 望澜市}\n- {parent: 望澜市}\n", ":2:4", "body"),
        ("r.yaml", "- {body: 望澜市, parent: 望澜市}\n", ":1:23", "望澜市"),
        ("r.yaml", "- {body: 甲县, parent: 乙县}\n- {body: 乙县, parent: 甲县}\n", ":1:22", "甲县"),
        ("r.yaml", "- {body: 望澜市}\n- {body: 望澜市}\n", ":2:10", "望澜市"),
        ("r.yaml", "- {body: 望澜市, path: none.txt}\n", ":1:21", "none.txt"),
        ("r.yaml", "complete: maybe\nbodies: []\n", ":1:11", "maybe"),
        ("r.yaml", "bodies: [\n", ":2:1", "YAML"),
        ("r.csv", "body,parent\n望澜市,\n西湖区,望兰市\n", ":3", "望兰市"),
        ("r.csv", "body,above\n望澜市,\n", ":1", "above"),
        ("r.csv", "parent\n望澜市\n", ":1", "body"),
        ("r.csv", "body,parent\n望澜市,,x\n", ":2", "列"),
        ("r.txt", "望澜市\n", "r.txt", ".yaml"),
        ("r.yaml", None, "r.yaml", "没有这个文件或文件夹"),
    ],
)
def test_a_wrong_roster_is_told_with_its_place(
    name: str, content: str | None, place: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(PackError) as raised:
        read_roster(path, ENGINE.bodies)
    assert raised.value.source.endswith(place)
    assert words in raised.value.problem.zh + raised.value.remedy.zh
    assert raised.value.problem.en
    assert raised.value.remedy.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_from_a_spreadsheet(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("body,parent,path\r\n望澜市,,\r\n西湖区,望澜市,\r\n教育局,西湖区,\r\n".encode(encoding))
    members = read_roster(path, ENGINE.bodies).members
    assert [(m.body.name, m.body.certain, m.parent) for m in members] == [
        ("望澜市", True, None),
        ("望澜市西湖区", True, 0),
        ("望澜市西湖区教育局", True, 1),
    ]


def test_a_parent_of_which_there_are_two_needs_its_full_name(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    rows = ["望澜市", "岚州市", "西湖区, parent: 望澜市", "西湖区, parent: 岚州市", "教育局, parent: ABOVE"]
    text = "".join(f"- {{body: {row}}}\n" for row in rows)
    path.write_text(text.replace("ABOVE", "岚州市西湖区"), encoding="utf-8")
    education = read_roster(path, ENGINE.bodies).members[-1]
    assert (education.body.name, education.parent) == ("岚州市西湖区教育局", 3)
    path.write_text(text.replace("ABOVE", "西湖区"), encoding="utf-8")
    with pytest.raises(PackError, match=r"r\.yaml:5:23: 西湖区 is the name of 2 bodies"):
        read_roster(path, ENGINE.bodies)


def test_a_chain_of_thousands_is_no_recursion(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    rows = [f"- {{body: 第{n}局, parent: 第{n + 1}局}}\n" for n in range(2000)]
    path.write_text("".join(rows) + "- {body: 第2000局}\n", encoding="utf-8")
    assert [m.parent for m in read_roster(path, ENGINE.bodies).members] == [*range(1, 2001), None]
    path.write_text("".join(rows) + "- {body: 第2000局, parent: 第0局}\n", encoding="utf-8")
    with pytest.raises(PackError, match="stands above itself"):
        read_roster(path, ENGINE.bodies)


def test_folders_of_one_body_are_one_member(tmp_path: Path) -> None:
    for place in ("望澜市/2021/东湖区", "望澜市/2022/东湖区", "望澜市/2022/西山区/教育局"):
        (tmp_path / place).mkdir(parents=True)
    members = read_roster(tmp_path, ENGINE.bodies).members
    assert [(m.name, m.parent) for m in members] == [("望澜市", None), ("东湖区", 0), ("西山区", 0), ("教育局", 2)]


@pytest.mark.parametrize("child", ["西湖区", "望澜市西湖区", "西湖区人民政府"])
def test_a_name_may_repeat_the_place_above(child: str, tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(f"- {{body: 望澜市}}\n- {{body: {child}, parent: 望澜市}}\n", encoding="utf-8")
    assert read_roster(path, ENGINE.bodies).members[1].body.key == (("望澜市", "西湖区"), "")


def test_folders_of_years_are_no_level(tmp_path: Path) -> None:
    for place in (
        "2020/望澜市/a.txt",
        "2020/望澜市/西湖区/a.txt",
        "2021年/望澜市/a.txt",
        "2021年/望澜市/西湖区/2021/a.txt",
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("", encoding="utf-8")
    members = read_roster(tmp_path, ENGINE.bodies).members
    assert [(m.body.name, m.parent, len(m.files)) for m in members] == [("望澜市", None, 2), ("望澜市西湖区", 0, 2)]


def test_a_report_without_tables_counts_with_its_text(tmp_path: Path) -> None:
    below = districts()[:3]
    reports: dict[str, Annual] = files(below, city=city(below))
    crossing, _ = crossed(
        tmp_path, reports, "- {body: 望澜市}\n" + "".join(f"- {{body: {d.body[3:]}, parent: 望澜市}}\n" for d in below)
    )
    assert crossing.findings == ()
    text = "望澜市2021年政府信息公开工作年度报告\n一、总体情况\n2021年，全市本年新收政府信息公开申请1件。\n"
    (tmp_path / "city.txt").write_text(text, encoding="utf-8")
    hierarchy = read_roster(tmp_path / "roster.yaml", ENGINE.bodies)
    comparison = Comparison(BOOK, ENGINE.bodies, ENGINE.messages, hierarchy)
    for name in reports:
        comparison.add(ENGINE.check(str(tmp_path / name)))
    assert [f.instance for f in comparison.finish().findings] == ["V01.t3.new"]


def test_a_roster_with_two_counties_of_one_name(tmp_path: Path) -> None:
    rows = "".join(f"- {{body: {c}市}}\n- {{body: 青山县, parent: {c}市}}\n" for c in ("望澜", "岚州"))
    reports = {
        "a.txt": Annual("望澜市", 2021),
        "b.txt": Annual("望澜市青山县", 2021, penalty=2000),
        "c.txt": Annual("岚州市青山县", 2021),
        "d.txt": Annual("岚州市", 2021),
    }
    crossing, _ = crossed(tmp_path, reports, rows)
    assert {(f.instance, f.body) for f in crossing.findings} == {("V01.decisions.art20_6.penalty", "望澜市")}
