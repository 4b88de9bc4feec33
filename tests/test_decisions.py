"""Decisions that last and comparisons with an earlier check, as their users see them: by the command line."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

import gouji
from gouji.cli import main
from gouji.decisions import NAME, Decisions, append, decided, folders, load
from gouji.errors import PackError

ROOT = Path(__file__).parents[1]
FAULTY = "stat2014-faulty.txt"
WHY = ("--by", "信息公开科", "--why", "一件同时适用两项理由", "--when", "2024-03-01")


@frozen
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`gouji` in a folder with two reports: three findings in one (S02, S04, X01), none in the other."""
    monkeypatch.chdir(tmp_path)
    # Unpacked once for all runs.
    engine = gouji.engine()
    monkeypatch.setattr("gouji.pipeline.Engine.load", lambda packs: engine)
    for name in (FAULTY, "stat2014-clean.txt"):
        shutil.copy(ROOT / "examples" / name, name)

    def ran(*arguments: str) -> Outcome:
        capfdbinary.readouterr()
        status = main([*arguments, "--lang", "en"])
        captured = capfdbinary.readouterr()
        return Outcome(status, captured.out.decode(), captured.err.decode())

    return ran


def checked(run: Run, *arguments: str) -> Any:
    return json.loads(run("check", "--format", "json", *(arguments or (FAULTY,))).out)


def finding(whole: Any, rule: str) -> Any:
    (found,) = [f for report in whole["reports"] for f in report["findings"] if f["rule"] == rule]
    return found


def edit(old: str, new: str, name: str = FAULTY, count: int = 1) -> None:
    text = Path(name).read_text(encoding="utf-8")
    assert text.count(old) >= count
    Path(name).write_text(text.replace(old, new, count), encoding="utf-8")


# --- decisions ---------------------------------------------------------------------------------------------------


def test_an_accepted_finding_is_counted_but_does_not_fail(run: Run) -> None:
    assert run("check", FAULTY).status == 1
    before = checked(run)
    done = run("decide", FAULTY, "--accept", "S02,S04", *WHY)
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith(f"{NAME}: S02 ")
    whole = checked(run)
    assert whole["reports"][0]["verdicts"] == before["reports"][0]["verdicts"]
    assert whole["reports"][0]["accepted"] == 2
    assert finding(whole, "S04")["decision"] == {
        "decision": "accepted",
        "by": "信息公开科",
        "when": "2024-03-01",
        "why": "一件同时适用两项理由",
        "fingerprint": finding(before, "S04")["fingerprint"],
        "rule": "S04",
        "instance": "S04",
        "source": FAULTY,
        "equation": finding(before, "S04")["equation"],
        "where": f"{NAME}:11:16",
        "reopened": False,
    }
    assert whole["decisions"] == {"unused": []}
    assert run("check", FAULTY).status == 0
    # The warning is still open.
    assert run("check", "--fail-on", "warning", FAULTY).status == 1


def test_an_accepted_finding_is_one_line_with_its_reason(run: Run) -> None:
    run("decide", FAULTY, "--accept", "S04", *WHY)
    text = run("check", FAULTY).out
    assert "accepted: 一件同时适用两项理由 (信息公开科, 2024-03-01)" in " ".join(text.split())
    assert "sum of the parts" in text[: text.index("S04")]
    assert "sum of the parts" not in text[text.index("S04") :].partition("X01")[0].partition("Summary")[0]
    assert "1 of these cases is accepted" in text
    assert "1 error to correct before the report goes out" in text


def test_a_disputed_finding_counts_and_says_so(run: Run) -> None:
    run("decide", FAULTY, "--dispute", "S02,S04", *WHY)
    done = run("check", FAULTY)
    assert done.status == 1
    assert done.out.count("disputed") == 2
    assert checked(run)["reports"][0]["accepted"] == 0


def test_a_changed_figure_reopens(run: Run) -> None:
    run("decide", FAULTY, "--accept", "S02,S04", *WHY)
    then = finding(checked(run), "S02")["equation"]
    edit("\n\t287\n", "\n\t286\n")
    whole = checked(run)
    reopened = finding(whole, "S02")
    assert reopened["decision"]["reopened"] is True
    assert (reopened["decision"]["equation"], reopened["equation"]) == (
        then,
        then.replace("287", "286").replace("299", "298"),
    )
    assert finding(whole, "S04")["decision"]["reopened"] is False
    assert whole["reports"][0]["accepted"] == 1
    assert whole["decisions"]["unused"] == []
    text = run("check", FAULTY)
    assert text.status == 1
    assert "reopened" in text.out
    assert then in text.out
    # Decided again, the old entry is history.
    run("decide", FAULTY, "--accept", "S02", *WHY)
    assert run("check", FAULTY).status == 0
    assert checked(run)["decisions"]["unused"] == []


def test_a_decision_that_fits_nothing_is_told(run: Run) -> None:
    run("decide", FAULTY, "--accept", "S04", *WHY)
    shutil.copy("stat2014-clean.txt", FAULTY)
    (unused,) = checked(run)["decisions"]["unused"]
    assert (unused["rule"], unused["where"]) == ("S04", f"{NAME}:2:16")
    done = run("check", FAULTY)
    assert done.status == 0
    assert "1 decision fits no finding" in done.out


def test_a_decision_that_is_made_anew_leaves_the_old_one_as_history(run: Run) -> None:
    for figure, decision in ((287, "--accept"), (286, "--accept"), (285, "--dispute")):
        edit("\n\t287\n", f"\n\t{figure}\n")
        run("decide", FAULTY, decision, "S02", *WHY)
        edit(f"\n\t{figure}\n", "\n\t287\n")
    # Of other figures, the last of the three decisions is told again.
    edit("\n\t287\n", "\n\t284\n")
    whole = checked(run)
    assert finding(whole, "S02")["decision"]["decision"] == "disputed"
    assert whole["decisions"]["unused"] == []
    # The finding gone, the last one is left without it.
    shutil.copy("stat2014-clean.txt", FAULTY)
    (unused,) = checked(run)["decisions"]["unused"]
    assert unused["decision"] == "disputed"


def test_the_same_decision_is_written_once(run: Run) -> None:
    run("decide", FAULTY, "--accept", "S04,50f3af", "--accept", "S04", *WHY)
    assert len(load(Path(NAME))) == 1


def test_a_decision_is_not_unused_where_nobody_looked(run: Run) -> None:
    """Another report, other rules: that says nothing about the decision. A report that is gone does."""
    run("decide", FAULTY, "--accept", "S04", *WHY)
    assert checked(run, "stat2014-clean.txt")["decisions"]["unused"] == []
    assert checked(run, FAULTY, "--ignore", "S04")["decisions"]["unused"] == []
    os.unlink(FAULTY)
    assert len(checked(run, "stat2014-clean.txt")["decisions"]["unused"]) == 1


def test_a_decision_is_about_one_report(run: Run) -> None:
    """The same figures in another file have the same fingerprint; nobody decided about that file."""
    shutil.copy(FAULTY, "copy.txt")
    run("decide", FAULTY, "--accept", "S04", *WHY)
    accepted = {report["source"]: report["accepted"] for report in checked(run, FAULTY, "copy.txt")["reports"]}
    assert accepted == {FAULTY: 1, "copy.txt": 0}


def test_decisions_are_found_beside_the_reports_and_in_the_folder_given(run: Run) -> None:
    Path("2017/district").mkdir(parents=True)
    shutil.move(FAULTY, "2017/district/a.txt")
    assert run("decide", "2017", "--accept", "S04", *WHY).status == 0
    assert Path("2017/district", NAME).is_file()
    assert run("decide", "2017", "--accept", "S02", "--decisions", f"2017/{NAME}", *WHY).status == 0
    assert yaml.safe_load(Path("2017", NAME).read_text(encoding="utf-8"))[0]["source"] == "district/a.txt"
    assert run("check", "2017").status == 0
    assert run("check", str(Path("2017").absolute())).status == 0
    # The file alone: what lies above it was not given.
    assert checked(run, "2017/district/a.txt")["reports"][0]["accepted"] == 1
    assert run("check", "2017/district/a.txt", "--decisions", f"2017/{NAME}").status == 1


def test_the_folders_above_a_report() -> None:
    root = os.path.abspath("a")
    inner = os.path.join(root, "b")
    assert [*folders("a/b/c/r.txt", {root, inner})] == [os.path.abspath(f) for f in ("a/b/c", "a/b", "a")]
    assert [*folders("ab/r.txt", {root})] == [os.path.abspath("ab")]
    assert [*folders("-", {root})] == []


def test_standard_input_needs_a_file_to_decide_into(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    content = Path(FAULTY).read_bytes()

    def piped(*arguments: str) -> Outcome:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(content)))
        return run(*arguments)

    done = piped("decide", "-", "--accept", "S04", *WHY)
    assert done.status == 2
    assert "--decisions" in done.err
    assert piped("decide", "-", "--accept", "S04,S02", "--decisions", "d.yaml", *WHY).status == 0
    assert piped("check", "-", "--decisions", "d.yaml").status == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--accept", "S99"], "the reports have no finding S99"),
        (["--accept", "S05"], "the reports have no finding S05; the nearest is S0"),
        (["--accept", "S04", "--dispute", "S04"], "S04 is both accepted and disputed; choose one"),
        (["--accept", "S02,S04", "--dispute", "50f3af"], "50f3af is both accepted and disputed; choose one"),
        (["--accept", ","], "--accept has no ID"),
        ([], "name a finding with --accept or --dispute"),
        (["--accept", "S04", "--why", " "], "--why must not be empty"),
        (["--accept", "S04", "--when", "1.3.2024"], "--when must be a date such as 2024-01-31"),
    ],
)
def test_mistakes_write_nothing(arguments: list[str], told: str, run: Run) -> None:
    done = run("decide", FAULTY, *WHY, *arguments)
    assert done.status == 2
    assert done.err.startswith(told), done.err
    assert not Path(NAME).exists()


def test_where_nothing_could_be_read_only_that_is_told(run: Run) -> None:
    done = run("decide", "typo.txt", "--accept", "S04", *WHY)
    assert (done.status, done.err) == (2, "typo.txt: no such file or folder; check the path\n")


def test_a_name_that_means_several_findings_is_refused(run: Run) -> None:
    shutil.copy(FAULTY, "copy.txt")
    done = run("decide", FAULTY, "copy.txt", "--accept", "S04", *WHY)
    assert done.status == 2
    assert "means 2 findings" in done.err
    assert "copy.txt" in done.err
    fingerprint = finding(checked(run), "S04")["fingerprint"]
    assert run("decide", FAULTY, "--accept", fingerprint[:6], *WHY).status == 0


# --- the file ----------------------------------------------------------------------------------------------------

ENTRY = """\
- fingerprint: 50f3af919b4c8281
  decision: accepted
  by: 甲
  when: 2024-03-01
  why: 理由
"""


@pytest.mark.parametrize(
    ("content", "place", "problem", "remedy"),
    [
        (ENTRY.replace("accepted", "acepted"), "2:13", "unknown decision acepted", "the nearest is accepted"),
        (ENTRY.replace("  by: 甲\n", ""), "1:3", "missing key by", "add by"),
        (ENTRY.replace("by:", "bye:"), "3:3", "unknown key bye", "the nearest is by"),
        (ENTRY.replace("2024-03-01", "2024-13-01"), "4:9", "is no date", "write it as 2024-01-31"),
        (ENTRY.replace("理由", "''"), "5:3", "why is empty", "fill in why"),
        (ENTRY.replace("理由", "[a]"), "5:3", "why must be plain text", "correct it"),
        (ENTRY.replace("50f3", "50F3"), "1:16", "a fingerprint has 16 hexadecimal digits", "copy it from"),
        (ENTRY + ENTRY + "- x\n", "11:3", "expected a mapping here", "write `key: value`"),
        ("fingerprint: 1\n", "1:1", "must be a list of decisions", "begin each with -"),
        (ENTRY + "- {", "7:1", "YAML syntax", "correct it"),
        ("- &a [x, *a]\n", "1:10", "no anchor is called a", "correct it"),
        ("[" * 100_000, "", "nested too deeply", "correct it"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_told_and_the_reports_go_on(
    content: str, place: str, problem: str, remedy: str, run: Run
) -> None:
    Path(NAME).write_text(content, encoding="utf-8")
    done = run("check", FAULTY, "stat2014-clean.txt")
    assert done.status == 2
    assert "Traceback" not in done.err
    (line,) = done.err.splitlines()
    assert line.startswith(f"{NAME}:{place}" if place else NAME)
    assert problem in line
    assert remedy in line
    assert "2 errors to correct before the report goes out" in done.out
    # Named on the command line it stops the command.
    named = run("check", FAULTY, "--decisions", NAME)
    assert (named.status, named.out) == (2, "")


def test_an_entry_without_a_report_is_about_every_report(run: Run) -> None:
    fingerprint = finding(checked(run), "S04")["fingerprint"]
    Path(NAME).write_text(ENTRY.replace("50f3af919b4c8281", fingerprint), encoding="utf-8")
    assert checked(run)["reports"][0]["accepted"] == 1
    Path(NAME).write_text(ENTRY.replace("50f3af919b4c8281", "0" * 16), encoding="utf-8")
    assert len(checked(run)["decisions"]["unused"]) == 1


@pytest.mark.parametrize(
    "old",
    [
        "",
        "# 我们的决定\n",
        "# 我们的决定\n\n" + ENTRY + "# 完\n",
        ENTRY.rstrip("\n"),
        ENTRY.replace("\n", "\r\n"),
        "---\n" + "".join("    " + line + "\n" for line in ENTRY.splitlines()) + "\n",
    ],
)
def test_appending_leaves_what_is_there_as_it_is(old: str, tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_bytes(old.encode())
    before = load(file)
    entry = {
        "fingerprint": "12e4567812345678",
        "decision": "disputed",
        "by": "no",
        "when": "2024-01-31",
        "why": "a: #b\n'",
    }
    append(file, [entry, entry], "header")
    assert file.read_bytes().startswith(old.encode())
    after = load(file)
    assert [e.fingerprint for e in after] == [e.fingerprint for e in before] + ["12e4567812345678"] * 2
    assert (after[-1].by, after[-1].why) == ("no", "a: #b\n'")


@pytest.mark.parametrize(
    "old", ["[]\n", f"[{{{', '.join(line[2:] for line in ENTRY.splitlines())}}}]\n", ENTRY + "...\n"]
)
def test_a_file_that_cannot_be_continued_is_left_alone(old: str, tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_text(old, encoding="utf-8")
    with pytest.raises(PackError, match="nothing can be added"):
        append(
            file, [{"fingerprint": "1" * 16, "decision": "accepted", "by": "a", "when": "2024-01-31", "why": "b"}], ""
        )
    assert file.read_text(encoding="utf-8") == old
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


@given(st.text(min_size=1).filter(str.strip))
def test_whatever_the_reason_it_is_kept(tmp_path_factory: pytest.TempPathFactory, why: str) -> None:
    file = tmp_path_factory.mktemp("decisions") / NAME
    report = gouji.check(ROOT / "examples" / FAULTY)
    entry = decided(
        report.findings[0], report.source, file, verdict="accepted", by=why, when=date(2024, 1, 31), why=why
    )
    append(file, [entry], "header")
    append(file, [entry], "header")
    words = " ".join(why.split())
    assert [(e.by, e.why, e.source) for e in load(file)] == [(words, words, entry["source"])] * 2


def test_the_examples_show_every_state() -> None:
    """Counted, kept, reopened: as `examples/README.md` says."""
    decisions = Decisions.of(ROOT / "examples" / NAME)
    states = {}
    for path in sorted((ROOT / "examples").glob("*.txt")):
        for found in decisions.applied(gouji.check(path)).findings:
            if found.decision is not None:
                state = "reopened" if found.reopened else found.decision.verdict
                states[path.name] = (state, found.decision.equation == found.equation)
    assert states == {
        "stat2014-faulty.txt": ("accepted", True),
        "stat2014-hant-faulty.txt": ("reopened", False),
        "table2019-faulty.txt": ("disputed", True),
    }
    assert decisions.unused() == ()


def test_without_decisions_reports_are_left_as_they_are() -> None:
    report = gouji.check(ROOT / "examples" / FAULTY)
    assert Decisions().applied(report) is report


# --- baseline ----------------------------------------------------------------------------------------------------


def test_a_baseline_tells_what_is_new_changed_and_fixed(run: Run) -> None:
    Path("old.json").write_text(run("check", "--format", "json", ".").out, encoding="utf-8")
    same = run("check", FAULTY, "--baseline", "old.json")
    assert same.status == 0
    assert "0 new or changed, 3 as before, 0 fixed" in same.out
    assert "no findings that are new or have changed" in same.out
    # What is as it was is told in the line of the report and in the end.
    assert "✓ no findings that are new or have changed; 3 cases are as before" in same.out
    assert ["0", "0", "0", "0", "3", "0", "3"] in [line.split()[:7] for line in same.out.splitlines()]
    assert "still there as before: 2 errors, 1 warning" in same.out
    edit("8150", "8151")  # changes X01
    edit("\n\t287\n", "\n\t297\n")  # repairs S02
    edit("\n\t3\n", "\n\t300\n", "stat2014-clean.txt")
    whole = checked(run, ".", "--baseline", "old.json")
    since = {
        f["rule"]: f["since"]
        for report in whole["reports"]
        for f in report["findings"]
        if report["source"].endswith(FAULTY)
    }
    assert since["X01"] == {"state": "changed", "equation": "8150 ≠ 8105"}
    assert "S04" not in since
    assert "S02" in {fixed["rule"] for fixed in whole["baseline"]["fixed"]}
    assert whole["baseline"]["known"] == 1
    assert {*whole["baseline"]["fixed"][0]} == {"source", "rule", "severity", "message", "equation", "fingerprint"}
    told = run("check", FAULTY, "--baseline", "old.json").out
    assert "since the baseline: 1 new or changed, 1 as before, 1 fixed" in told
    assert ["0", "1", "0", "0", "1", "1", "2"] in [line.split()[:7] for line in told.splitlines()]
    new = [f for report in whole["reports"] for f in report["findings"] if f["since"]["state"] == "new"]
    assert new
    assert run("check", ".", "--baseline", "old.json", "--fail-on", "info").status == 1


def test_only_new_and_changed_findings_fail(run: Run) -> None:
    Path("old.json").write_text(run("check", "--format", "json", FAULTY).out, encoding="utf-8")
    assert run("check", FAULTY, "--baseline", "old.json", "--fail-on", "info").status == 0
    edit("8150", "8151")  # changes X01, a warning
    done = run("check", FAULTY, "--baseline", "old.json", "--fail-on", "warning")
    assert (done.status, "1 warning, new or changed, to verify" in done.out) == (1, True)
    junit = run("check", FAULTY, "--baseline", "old.json", "--fail-on", "warning", "--format", "junit").out
    assert '<failure type="warning"' in junit
    assert run("check", FAULTY, "--baseline", "old.json").status == 0
    # What was not checked then is new now.
    os.rename(FAULTY, "other.txt")
    edit("8151", "8152", "other.txt")
    assert run("check", "other.txt", "--baseline", "old.json").status == 1


def test_a_moved_report_is_known_by_its_content(run: Run) -> None:
    Path("old.json").write_text(run("check", "--format", "json", FAULTY).out, encoding="utf-8")
    os.rename(FAULTY, "moved.txt")
    assert run("check", "moved.txt", "--baseline", "old.json").status == 0


ELSEWHERE = {
    "en": "old.json: it has none of the reports that were checked: every finding counts as new; "
    "check the file of --baseline and the paths of the reports\n",
    "zh": "old.json: 其中没有所检查的报告，所有问题都算作新的；请核对 --baseline 的文件和报告的路径\n",
}


def test_a_baseline_without_any_of_the_reports_is_told(run: Run) -> None:
    Path("old.json").write_text(run("check", "--format", "json", "stat2014-clean.txt").out, encoding="utf-8")
    alone = run("check", FAULTY)
    for lang, told in ELSEWHERE.items():
        done = run("check", FAULTY, "--baseline", "old.json", "--lang", lang)
        assert (done.status, done.err) == (alone.status, told)
    # One report that was there, be it without findings, is enough.
    assert run("check", ".", "--baseline", "old.json").err == ""
    assert run("check", "stat2014-clean.txt", "--baseline", "old.json").err == ""
    # Where nothing could be read, that is what there is to tell.
    assert run("check", "none.txt", "--baseline", "old.json").err.count("\n") == 1


def test_rules_that_are_left_out_are_not_fixed(run: Run) -> None:
    Path("old.json").write_text(run("check", "--format", "json", FAULTY).out, encoding="utf-8")
    assert checked(run, FAULTY, "--baseline", "old.json", "--ignore", "S04")["baseline"] == {"known": 2, "fixed": []}


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "nonsense", '{"schema": "gouji/extract/1", "reports": []}', '{"schema": "gouji/check/1"}',
     '{"schema": "gouji/check/1", "reports": [{"source": 1, "sha256": "", "findings": [{}]}]}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_baseline_is_told(content: str, run: Run) -> None:
    Path("old.json").write_text(content, encoding="utf-8")
    done = run("check", FAULTY, "--baseline", "old.json")
    assert (done.status, done.out) == (2, "")
    assert done.err == "old.json: it is no JSON output of gouji check; make it with gouji check --format json\n"
    assert run("check", FAULTY, "--baseline", "none.json").err.startswith("none.json: cannot be read")


def test_a_finding_between_reports_is_decided_as_others_are(run: Run) -> None:
    shutil.copytree(ROOT / "examples" / "years", "years")
    (error,) = [found for found in checked(run, "years")["cross"] if found["severity"] == "error"]
    shown = run("check", "years", "-v", "--no-color").out
    assert error["fingerprint"] in shown
    done = run("decide", "years", "--accept", error["fingerprint"][:8], *WHY)
    assert (done.status, done.err) == (0, f"years/{NAME}: {error['instance']} {error['fingerprint']} accepted\n")
    (entry,) = load(Path("years") / NAME)
    assert (entry.source, entry.equation) == (os.path.basename(error["source"]), error["equation"])
    told = checked(run, "years")
    assert [f["decision"]["decision"] for f in told["cross"] if f["severity"] == "error"] == ["accepted"]
    assert told["decisions"]["unused"] == []
    # One report alone is compared with nothing: the entry may fit still.
    assert checked(run, error["source"])["decisions"]["unused"] == []
    # Other figures, another case: open again, and it says what it was.
    source = Path(error["source"])
    figure = next(t for t in error["terms"] if t["source"] == error["source"])
    lines = source.read_text(encoding="utf-8").split("\n")
    line = lines[figure["line"] - 1]
    at = figure["column"] - 1
    lines[figure["line"] - 1] = line[:at] + "977" + line[at + len(str(figure["value"])) :]
    source.write_text("\n".join(lines), encoding="utf-8")
    again = run("check", "years", "--no-color")
    assert again.status == 1
    assert "the figures have changed since it was accepted" in again.out
    assert error["equation"] in again.out


def test_what_is_found_against_an_earlier_report_is_decided_too(run: Run) -> None:
    shutil.copytree(ROOT / "examples" / "years", "years")
    os.mkdir("before")
    for year in (2019, 2020):
        os.rename(f"years/{year}.txt", f"before/{year}.txt")
    whole = json.loads(run("check", "--format", "json", "years", "--previous", "before").out)
    (error,) = [found for found in whole["cross"] if found["severity"] == "error"]
    assert run("decide", "years", "--accept", error["fingerprint"], *WHY).status == 2
    assert run("decide", "years", "--previous", "before", "--dispute", "Y01.total", *WHY).status == 0
    shown = run("check", "years", "--previous", "before", "--no-color")
    assert shown.status == 1
    assert WHY[3] in shown.out


def test_what_is_decided_between_reports_is_kept_and_a_baseline_knows_it(run: Run) -> None:
    shutil.copytree(ROOT / "examples" / "years", "years")
    first = checked(run, "years")
    assert [found["rule"] for found in first["cross"] if found["severity"] == "error"] == ["Y01"]
    Path("old.json").write_text(json.dumps(first), encoding="utf-8")
    again = run("check", "--format", "json", "years", "--baseline", "old.json")
    assert (again.status, json.loads(again.out)["cross"]) == (0, [])
    entries = [
        {"fingerprint": f["fingerprint"], "decision": "accepted", "by": "甲", "when": "2022-03-01", "why": "已核对"}
        for f in first["cross"]
    ]
    (Path("years") / NAME).write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    decided_on = run("check", "--format", "json", "years")
    told = json.loads(decided_on.out)
    assert decided_on.status == 0
    assert [found["decision"]["decision"] for found in told["cross"]] == ["accepted"] * len(entries)
    assert told["decisions"]["unused"] == []


# --- what is shown of reports that are compared ------------------------------------------------------------------


def test_reports_that_are_only_compared_are_not_shown_one_by_one(run: Run) -> None:
    shutil.copytree(ROOT / "examples" / "years", "years")
    shown = run("check", "years", "--select", "Y01", "--no-color").out
    assert "none of the rules" not in shown
    assert "years/2019.txt" not in shown
    assert "years/2021.txt:" in shown
    assert "none of the rules" in run("check", "years", "--select", "S04", "--no-color").out
    assert "years/2019.txt" in run("check", "years", "--select", "Y01", "-v", "--no-color").out
    assert "years/2019.txt" in run("check", "years", "--select", "Y01,R01", "--no-color").out


def test_a_finding_of_more_figures_than_are_shown_says_whose_they_are(run: Run) -> None:
    body = "望澜市青石区"
    os.mkdir("copied")
    text = (ROOT / "examples" / "years" / "2020.txt").read_text(encoding="utf-8")
    for year in (2019, 2020):
        Path("copied", f"{year}.txt").write_text(text.replace("2020", str(year)), encoding="utf-8")
    shown = run("check", "copied", "--select", "Y05", "--no-color").out
    assert shown.count(body) == 3
    assert all(f"copied/{year}.txt" in shown for year in (2019, 2020))
