"""Reports of one body over the years: every rule on its own examples, and whole series with planted mistakes."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji
from compose import Annual, three_years
from gouji.bodies import Body
from gouji.cases import example_report, example_reports
from gouji.crosschecks import CrossFinding, Pair, check_copies, check_pair
from gouji.rulemodel import Rule
from gouji.series import Comparison, Crossing, profiler

ENGINE = gouji.engine()
BOOK = ENGINE.rulebook
YEAR_KINDS = {"between_years", "scale", "copied", "growth", "copies"}
RULES = [rule for rule in BOOK.rules if rule.kind in YEAR_KINDS]
SOMEBODY = Body(("青禾县",), "", "county", (("青禾县",), ""), True)


# Examples ------------------------------------------------------------------------------------------------


def examples(passing: bool) -> list[Any]:
    return [
        pytest.param(rule, figures, id=f"{rule.id}-{n}")
        for rule in RULES
        for n, figures in enumerate(rule.passes if passing else rule.fails)
    ]


def outcome(rule: Rule, figures: Mapping[str, Any]) -> tuple[list[CrossFinding], int]:
    book = BOOK.of((rule,))
    this = example_report(book, rule, figures)
    (last,) = example_reports(book, rule, figures, "prev.")
    assert last is not None
    profile = profiler(book, ENGINE.bodies).profile
    year = this.report_year or 2022
    pair = Pair(
        profile(evolve(this, report_year=year), SOMEBODY), profile(evolve(last, report_year=year - 1), SOMEBODY)
    )
    found = (check_copies if rule.kind == "copies" else check_pair)(book, pair)
    return found.findings, found.passed


@pytest.mark.parametrize(("rule", "figures"), examples(passing=True))
def test_passing_example(rule: Rule, figures: Mapping[str, Any]) -> None:
    findings, passed = outcome(rule, figures)
    assert findings == []
    assert passed >= 1


@pytest.mark.parametrize(("rule", "figures"), examples(passing=False))
def test_failing_example(rule: Rule, figures: Mapping[str, Any]) -> None:
    findings, _ = outcome(rule, figures)
    assert [f.rule for f in findings] == [rule.id]
    assert findings[0].severity == figures.get("$severity", rule.severity)
    for words in (findings[0].message.zh, findings[0].message.en):
        assert words
        assert "{" not in words
    assert len(findings[0].fingerprint) == 16
    assert {term.source for term in findings[0].terms} == {"example"}


# Series --------------------------------------------------------------------------------------------------


def crossed(tmp_path: Path, *reports: Annual | tuple[str, str], **options: Any) -> Crossing:
    """What comes of comparing these reports; (file, text) is one written by hand."""
    comparison = Comparison(BOOK, ENGINE.bodies, ENGINE.messages, **options)
    for n, report in enumerate(reports):
        name, text = report if isinstance(report, tuple) else (f"{n}-{report.body}-{report.year}.txt", report.text())
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        comparison.add(ENGINE.check(str(path)))
    return comparison.finish()


def told(crossing: Crossing) -> list[str]:
    return sorted(f"{f.instance} {f.severity} {f.body} {f.year}" for f in crossing.findings)


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_a_composed_report_agrees_with_itself(year: int, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(three_years()[year].text(), encoding="utf-8")
    report = ENGINE.check(str(path))
    assert [f for f in report.findings if f.severity != "info"] == []
    assert report.unparsed == ()
    assert report.verdicts is not None
    assert report.verdicts.passed > 60


def test_a_series_without_mistakes_has_no_findings(tmp_path: Path) -> None:
    crossing = crossed(tmp_path, *three_years().values())
    assert told(crossing) == []
    assert crossing.verdicts.passed > 20


def test_a_carry_over_error(tmp_path: Path) -> None:
    years = three_years()
    years[2021].carried_in = 5
    crossing = crossed(tmp_path, *years.values())
    assert told(crossing) == ["Y01.column.natural warning 望澜市西湖区 2021", "Y01.total error 望澜市西湖区 2021"]
    total, column = crossing.findings
    assert total.group == column.group
    assert (total.left, total.right, total.delta) == (5, 4, 1)
    assert [(t.year, t.value, Path(t.source).name[0]) for t in total.terms] == [(2021, 5, "2"), (2020, 4, "1")]


def test_a_catalogue_that_was_set_up_anew(tmp_path: Path) -> None:
    years = three_years()
    years[2020].items = 512
    crossing = crossed(tmp_path, *years.values())
    assert told(crossing) == ["A04.art20_5.licensing warning 望澜市西湖区 2020"]
    (finding,) = crossing.findings
    assert finding.equation == "512 ≠ 379 = 386 - 7"
    assert finding.explanation is not None


def test_a_copied_report_is_one_cause(tmp_path: Path) -> None:
    """The rules that a copy breaks stand with it in one group."""
    years = three_years()
    copied = evolve(years[2021], year=2022)
    crossing = crossed(tmp_path, *years.values(), copied)
    assert crossing.findings[0].rule == "Y05"
    assert {f.rule for f in crossing.findings} == {"Y05", "Y01", "B01"}
    assert {f.group for f in crossing.findings} == {1}
    assert {f.year for f in crossing.findings} == {2022}
    assert "表二、表三" in crossing.findings[0].message.zh


def test_exactly_ten_times(tmp_path: Path) -> None:
    years = three_years()
    years[2021].coercion = 390
    crossing = crossed(tmp_path, *years.values())
    assert told(crossing) == ["G11.disclosure.art20_6.coercion.decisions info 望澜市西湖区 2021"]
    assert "10 倍" in crossing.findings[0].message.zh


def test_far_from_last_year_is_said_once(tmp_path: Path) -> None:
    years = three_years()
    years[2021].coercion = 401
    assert told(crossed(tmp_path, *years.values())) == [
        "Y04.disclosure.art20_6.coercion.decisions info 望澜市西湖区 2021"
    ]


def test_a_body_of_the_same_name_elsewhere_is_another_one(tmp_path: Path) -> None:
    years, others = three_years(), three_years("岚州市西湖区")
    others[2021].carried_in = 9
    crossing = crossed(tmp_path, years[2019], years[2020], others[2021])
    assert told(crossing) == []
    crossing = crossed(tmp_path, *years.values(), others[2020], others[2021])
    assert {f.body for f in crossing.findings} == {"岚州市西湖区"}


def test_all_mistakes_together(tmp_path: Path) -> None:
    years, others = three_years(), three_years("岚州市西湖区")
    years[2020].items = 512
    years[2021].carried_in = 5
    years[2021].coercion = 390
    copied = evolve(years[2021], year=2022)
    crossing = crossed(tmp_path, *years.values(), copied, *others.values())
    groups: dict[int, CrossFinding] = {}
    for finding in crossing.findings:
        groups.setdefault(finding.group, finding)
    assert sorted(f"{f.instance} {f.year}" for f in groups.values()) == [
        "A04.art20_5.licensing 2020",
        "G11.disclosure.art20_6.coercion.decisions 2021",
        "Y01.total 2021",
        "Y05 2022",
    ]
    assert {f.body for f in crossing.findings} == {"望澜市西湖区"}


def test_counties_of_one_name_in_two_cities(tmp_path: Path) -> None:
    years, others = three_years("望澜市青山县"), three_years("岚州市青山县")
    others[2021].carried_in = 9
    assert told(crossed(tmp_path, years[2019], years[2020], others[2021])) == []
    assert {f.body for f in crossed(tmp_path, *years.values(), *others.values()).findings} == {"岚州市青山县"}
    bare = three_years("青山县")[2021]
    bare.carried_in = 9
    assert {f.body for f in crossed(tmp_path, years[2020], bare).findings} == {"青山县"}
    crossing = crossed(tmp_path, years[2020], others[2020], bare)
    assert told(crossing) == []
    assert any("青山县" in note.message.zh for note in crossing.notes)


def test_an_input_is_checked_although_a_later_copy_lies_among_the_earlier_reports(tmp_path: Path) -> None:
    years = three_years()
    years[2021].carried_in = 9
    comparison = Comparison(BOOK, ENGINE.bodies, ENGINE.messages)
    later = evolve(years[2021], carried_in=4, published="2022-09-01")
    for name, report in (("new", years[2021]), ("last", years[2020]), ("later", later)):
        (tmp_path / f"{name}.txt").write_text(report.text(), encoding="utf-8")
    comparison.add(ENGINE.check(str(tmp_path / "new.txt")))
    comparison.add_earlier(ENGINE.parse(str(tmp_path / "last.txt")))
    comparison.add_earlier(ENGINE.parse(str(tmp_path / "later.txt")))
    assert {f.rule for f in comparison.finish().findings} == {"Y01", "Y07"}


def test_a_bare_district_may_be_any_of_its_name(tmp_path: Path) -> None:
    years = three_years("西湖区")
    years[2021].carried_in = 9
    crossing = crossed(tmp_path, *years.values())
    assert told(crossing) == []
    assert [note.plain for note in crossing.notes] == [False]
    assert "西湖区" in crossing.notes[0].message.zh


@pytest.mark.parametrize(
    "found", ["folder", "address", "issuer"], ids=["its folder", "an address in it", "its signature"]
)
def test_what_says_which_district_it_is(found: str, tmp_path: Path) -> None:
    years = three_years("西湖区")
    years[2021].carried_in = 9
    reports = []
    for year, report in years.items():
        folder = "望澜市" if found == "folder" else "."
        if found == "address":
            report.remark = "有疑问的，请来信（地址：望澜市西湖区文苑路1号）。"
        text = report.text()
        if found == "issuer":
            text += f"\n望澜市西湖区人民政府\n{year + 1}年1月20日\n"
        reports.append((f"{folder}/{year}.txt", text))
    assert told(crossed(tmp_path, *reports)) == [
        "Y01.column.natural warning 望澜市西湖区 2021",
        "Y01.total error 望澜市西湖区 2021",
    ]


def test_offices_of_one_name_in_two_cities(tmp_path: Path) -> None:
    first, second = three_years("望澜市教育局"), three_years("岚州市教育局")
    second[2021].carried_in = 9
    assert told(crossed(tmp_path, first[2020], second[2021])) == []
    years = three_years("望澜市人民政府")
    years[2021].carried_in = 9
    assert told(crossed(tmp_path, first[2020], years[2021])) == []


def test_a_year_that_is_missing_is_said_and_not_bridged(tmp_path: Path) -> None:
    years = three_years()
    years[2021].carried_in = 9
    crossing = crossed(tmp_path, years[2019], years[2021])
    assert told(crossing) == []
    assert any("2019" in note.message.en for note in crossing.notes)


def test_two_copies_of_a_report(tmp_path: Path) -> None:
    years = three_years()
    changed = evolve(years[2021], granted=39, published="2022-05-01")
    years[2021].published = "2022-01-20"
    crossing = crossed(tmp_path, years[2021], changed, years[2021])
    assert told(crossing) == ["Y07 info 望澜市西湖区 2021"]
    (finding,) = crossing.findings
    assert {t.path for t in finding.terms} >= {"requests.t3.outcome.granted.total"}
    assert finding.message.en.startswith("望澜市西湖区 has two reports on 2021")


def test_the_copy_published_last_stands_for_its_year(tmp_path: Path) -> None:
    years = three_years()
    wrong = evolve(years[2020], carried_out=9, published="2021-01-10")
    years[2020].published = "2021-03-01"
    crossing = crossed(tmp_path, years[2020], wrong, years[2021])
    assert told(crossing) == ["Y07 info 望澜市西湖区 2020"]


def test_order_of_inputs_does_not_matter(tmp_path: Path) -> None:
    years = three_years()
    years[2021].carried_in = 5
    assert told(crossed(tmp_path, *years.values())) == told(crossed(tmp_path, *reversed([*years.values()])))


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("全区共收到政府信息公开申请82件，比上年减少56件。", False),
        ("全区共收到政府信息公开申请82件，同比下降40.6%。", False),
        ("全区共收到政府信息公开申请82件（较2020年减少40.58%）。", False),
        ("全区共收到政府信息公开申请82件，同比下降40.5%。", True),
        ("全区共收到政府信息公开申请82件，比上年增加56件。", True),
        ("全区共收到政府信息公开申请82件，较上年下降约40%。", False),
        ("全区共收到政府信息公开申请82件，较2018年下降10%。", False),
        ("全区共收到政府信息公开申请82件，办结率上升5%。", False),
        ("全区共收到政府信息公开申请82件，较上年增长5个百分点。", False),
    ],
)
def test_stated_growth(said: str, wrong: bool, tmp_path: Path) -> None:
    years = three_years()
    assert years[2020].outcomes + years[2020].carried_out - years[2020].carried_in == 140
    years[2020].granted -= 2
    years[2021].remark = said
    crossing = crossed(tmp_path, years[2020], years[2021])
    assert [f.rule for f in crossing.findings] == ["Y08"] * wrong
    if wrong:
        assert crossing.findings[0].right == 138


def test_profiles_are_small(tmp_path: Path) -> None:
    """What is kept of a report is a few kilobytes, and its list of metrics is shared."""
    comparison = Comparison(BOOK, ENGINE.bodies, ENGINE.messages)
    for year, report in three_years().items():
        path = tmp_path / f"{year}.txt"
        path.write_text(report.text(), encoding="utf-8")
        comparison.add(ENGINE.check(str(path)))
    first, second, _ = comparison.inputs
    assert first._keys is second._keys
    assert len(pickle.dumps((first._values, first._index, first._lines, first._columns, first._odd))) < 8_000


def test_a_blank_row_does_not_say_how_much_was_carried_in(tmp_path: Path) -> None:
    years = three_years()
    text = years[2021].text().replace("申请数量 | 4 | 0 | 0 | 0 | 0 | 0 | 4 |", "申请数量 |  |  |  |  |  |  |  |")
    crossing = crossed(tmp_path, years[2020], ("new.txt", text))
    total = next(f for f in crossing.findings if f.instance == "Y01.total")
    assert (total.right, total.severity, total.verdict) == (4, "error", "undecided")
    assert total.equation == "□ ≟ 4"


def test_a_blank_total_of_printed_parts_says_nothing(tmp_path: Path) -> None:
    years = three_years()
    text = years[2021].text().replace("申请数量 | 4 | 0 | 0 | 0 | 0 | 0 | 4 |", "申请数量 | 4 | 0 | 0 | 0 | 0 | 0 |  |")
    assert told(crossed(tmp_path, years[2020], ("new.txt", text))) == []


def test_reports_without_tables_are_compared_by_their_text(tmp_path: Path) -> None:
    head = "望澜市西湖区{0}年政府信息公开工作年度报告\n一、总体情况\n{0}年，全区本年新收政府信息公开申请{1}件，上年结转{2}件，结转下年度继续办理{3}件。\n"
    first, second = head.format(2020, 20, 2, 5), head.format(2021, 30, 6, 3)
    assert told(crossed(tmp_path, ("a.txt", first), ("b.txt", second))) == ["Y01.total error 望澜市西湖区 2021"]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 300), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_what_is_carried_over_holds_if_and_only_if_it_agrees(out: int, into: int, granted: int, made: int) -> None:
    years = three_years()
    old, new = years[2021], evolve(years[2021], year=2022, carried_in=into, granted=granted, made=made)
    old.carried_out = out
    new.in_force = old.in_force + made - new.repealed
    profile = profiler(BOOK, ENGINE.bodies).profile
    with TemporaryDirectory() as folder:
        reports = []
        for report in (old, new):
            path = Path(folder) / f"{report.year}.txt"
            path.write_text(report.text(), encoding="utf-8")
            reports.append(profile(ENGINE.parse(str(path))))
    found = check_pair(BOOK, Pair(reports[1], reports[0])).findings
    assert {f.rule for f in found if f.severity == "error"} == ({"Y01"} if into != out else set())
    assert not [f for f in found if f.rule == "B01"]
