"""The command line: arguments, language, exit status, errors; the engine behind it is made by hand."""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest
from attrs import evolve, frozen

import gouji
import stage
from gouji import messages, packs
from gouji.bodies import load_bodies
from gouji.canonical import FoldTable
from gouji.cli import AUTHORING, CORPUS, language, main
from gouji.errors import Message, PackError, ReadError
from gouji.findings import REMARKS
from gouji.records import Report
from gouji.registry import Registry
from gouji.registryfile import load_registry
from gouji.reporters import FORMATS, plain
from gouji.rulemodel import Rule
from gouji.slips import Slip

REGISTRY = load_registry(packs.Packs.find().metrics())
ENGINE = Path(gouji.__file__).parent
REPORTS: dict[str, Callable[[], Report]] = {
    "refusals.txt": stage.refusals,
    "statistics.txt": stage.statistics,
    "spotless.txt": stage.spotless,
}
UNREADABLE = Message("不是文本文件", "not a text file"), Message("请另存为 .txt", "save it as .txt")


@frozen
class Rulebook:
    """Two rules on single reports; remembers nothing, knows how to be narrowed."""

    rules: tuple[Rule, ...] = tuple(gouji.engine().rulebook[name] for name in ("S04", "X01"))
    registry: Registry = REGISTRY

    def select(self, select: Sequence[str], ignore: Sequence[str]) -> Rulebook:
        for name in (*select, *ignore):
            if not any(rule.id.startswith(name) for rule in self.rules):
                raise PackError(
                    name, "unknown-rule", Message("没有规则", "no rule"), Message("最接近 S04", "nearest S04")
                )
        kept = [
            rule
            for rule in self.rules
            if (not select or rule.id.startswith(tuple(select))) and not rule.id.startswith(tuple(ignore) or "?")
        ]
        return Rulebook(tuple(kept))


class Engine:
    """Answers with hand-made reports; two names stand for what goes wrong."""

    registry = REGISTRY
    rulebook = Rulebook()
    messages = messages.builtin()
    bodies = load_bodies(packs.Packs.find(), FoldTable())

    @classmethod
    def load(cls, packs: Sequence[Path] = ()) -> Engine:
        for pack in packs:
            raise PackError(
                f"{pack}/pack.yaml:3:1", "invalid-pack", Message("键重复", "duplicate key"), Message("改", "fix")
            )
        return cls()

    def check(self, source: str, *, rulebook: Rulebook | None = None) -> Report:
        report = self.parse(source)
        if rulebook is None:
            return report
        ids = {rule.id for rule in rulebook.rules}
        return evolve(report, findings=tuple(f for f in report.findings if f.rule in ids or rulebook is self.rulebook))

    def parse(self, source: str) -> Report:
        if source.endswith("scan.txt"):
            raise ReadError(source, "unreadable", *UNREADABLE)
        if source.endswith("crash.txt"):
            raise ZeroDivisionError("a defect\nin two lines")
        if source.endswith("interrupt.txt"):
            raise KeyboardInterrupt
        return REPORTS[Path(source).name]()

    def canon(self, source: str) -> Iterator[tuple[int, str]]:
        yield 3, "一、收到申请数|件|7|"
        yield 12, "二、\x1b[2J办结数|件|7|"


def inputs(paths: Sequence[str]) -> Iterator[str | ReadError]:
    for path in paths:
        if path.endswith("missing.txt"):
            yield ReadError(
                path, "missing", Message("不存在", "does not exist"), Message("请检查路径", "check the path")
            )
        else:
            yield path


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hand-made engine stands where the real one is imported from; the locale is silent."""
    monkeypatch.setitem(sys.modules, "gouji.pipeline", SimpleNamespace(Engine=Engine, inputs=inputs))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


@frozen
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """`gouji` with arguments, in this process."""

    def ran(*arguments: str | Path) -> Outcome:
        capfdbinary.readouterr()
        status = main([*map(str, arguments)])
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return Outcome(status, captured.out.decode(), captured.err.decode())

    return ran


# --- exit status ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["spotless.txt"], 0),
        (["refusals.txt"], 1),
        (["statistics.txt"], 0),
        (["statistics.txt", "--fail-on", "warning"], 1),
        (["spotless.txt", "--fail-on", "info"], 0),
        (["refusals.txt", "--select", "X"], 0),
        (["refusals.txt", "--select", "S04,X01"], 1),
        (["refusals.txt", "--ignore", "S04", "--ignore", "X"], 0),
        (["missing.txt"], 2),
        (["refusals.txt", "scan.txt"], 2),
        (["crash.txt", "spotless.txt"], 2),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_exit_status_of_check(arguments: list[str], status: int, form: str, run: Run) -> None:
    assert run("check", "--format", form, *arguments).status == status


def test_undecided_findings_do_not_fail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`statistics` has an undecided warning beside three that fail: alone it would not count."""
    assert run("check", "statistics.txt", "--fail-on", "warning").status == 1
    only = evolve(
        stage.statistics(), findings=tuple(f for f in stage.statistics().findings if f.verdict == "undecided")
    )
    monkeypatch.setitem(REPORTS, "undecided.txt", lambda: only)
    assert run("check", "undecided.txt", "--fail-on", "info").status == 0


# --- errors --------------------------------------------------------------------------------------------------------


def test_other_inputs_go_on(run: Run) -> None:
    done = run("check", "--format", "json", "missing.txt", "refusals.txt", "scan.txt", "crash.txt", "spotless.txt")
    whole = json.loads(done.out)
    assert [Path(report["source"]).name for report in whole["reports"]] == ["2016_hubin.txt", "2021_good.txt"]
    assert [(error["source"], error["code"]) for error in whole["errors"]] == [
        ("missing.txt", "missing"),
        ("scan.txt", "unreadable"),
        ("crash.txt", "internal"),
    ]
    assert len(done.err.splitlines()) == 3


@pytest.mark.parametrize(
    ("lang", "line"),
    [("zh", "scan.txt: 不是文本文件；请另存为 .txt"), ("en", "scan.txt: not a text file; save it as .txt")],
)
@pytest.mark.parametrize("command", [["check"], ["extract", "-o", "data.csv"]])
def test_one_line_an_unreadable_input(
    lang: str, line: str, command: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*command, "--lang", lang, "scan.txt").err == line + "\n"
    assert list(tmp_path.iterdir()) == []


def test_a_defect_is_one_line_and_a_traceback_only_when_wanted(run: Run) -> None:
    quiet = run("check", "--lang", "en", "crash.txt")
    (line,) = quiet.err.splitlines()
    assert line.startswith("crash.txt: internal error of gouji (ZeroDivisionError: a defect in two lines); ")
    assert "report it" in line
    verbose = run("check", "--lang", "en", "-v", "crash.txt")
    assert "Traceback" in verbose.err


def test_control_characters_in_a_path_do_not_reach_the_terminal(run: Run) -> None:
    assert run("check", "\x1b[2J\nscan.txt").err == "[2J scan.txt: 不是文本文件；请另存为 .txt\n"


def test_a_pack_that_cannot_be_used(run: Run) -> None:
    done = run("check", "--lang", "en", "--pack", "mine", "refusals.txt")
    assert (done.status, done.out) == (2, "")
    assert done.err == "mine/pack.yaml:3:1: duplicate key; fix\n"


def test_interrupt_is_quiet(run: Run) -> None:
    done = run("check", "interrupt.txt")
    assert (done.status, done.err) == (130, "")


# --- the command line ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["chek"], "没有命令 chek，最接近的是 check", "there is no command chek; the nearest is check"),
        (["check"], "缺少 PATH", "PATH is missing"),
        (["check", "--formt=json", "a"], "没有选项 --formt，最接近的是 --format", "there is no option --formt; the nearest is --format"),
        (["check", "--format", "xml", "a"], "--format 只能是：text、json、jsonl、csv、sarif、junit、github、html", "--format must be one of: text, json, jsonl, csv, sarif, junit, github, html"),
        (["check", "a", "--format"], "选项 --format 的值缺少或多余", "option --format lacks a value or takes none"),
        (["extract", "a"], "缺少 --output", "--output is missing"),
        (["extract", "a", "-o", "a.txt"], "不会写 a.txt：支持的后缀是 .json .jsonl .csv .parquet .xlsx", "cannot write a.txt: the supported suffixes are .json .jsonl .csv .parquet .xlsx"),
        (["extract", "a", "-o", "no/a.csv"], "不能写入 no/a.csv：应为已有文件夹中的文件", "cannot write no/a.csv: it must be a file in an existing folder"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_the_language_of_the_user(
    arguments: list[str], zh: str, en: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lang, sentence in (("zh", zh), ("en", en)):
        monkeypatch.setenv("LANG", {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}[lang])
        done = run(*arguments)
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(sentence), done.err
        assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("value", ["", " , "])
def test_an_option_that_names_no_rule_is_a_mistake(option: str, value: str, run: Run) -> None:
    done = run("check", "refusals.txt", option, value, "--lang", "en")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"{option} has no ID; leave it out")


def test_an_unknown_rule_is_a_mistake(run: Run) -> None:
    done = run("check", "--lang", "en", "--select", "Q9", "refusals.txt")
    assert done.status == 2
    assert "Q9" in done.err


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize(
    "command",
    [
        *["", "check", "decide", "extract", "canon", "rules", "diff", "corpus", "grammar"],
        *[f"corpus {name}" for name in CORPUS],
        *[f"grammar {name}" for name in AUTHORING],
    ],
)
def test_help(lang: str, command: str, run: Run) -> None:
    done = run(*command.split(), "--lang", lang, "--help")
    assert done.status == 0
    assert done.err == ""
    assert bool(re.search("[一-龥]", done.out)) == (lang == "zh")
    assert not re.search(r"(?:help|option)\.\w", done.out)
    assert max(plain.width(line) for line in done.out.splitlines()) <= 80


@pytest.mark.parametrize(
    ("arguments", "form"),
    [
        (
            ["decide", "x", "--accept", "a", "--by", "b", "--why", "c", "--when", "1.2.2024"],
            "a date such as 2024-01-31",
        ),
        (["grammar", "sample", "stat2014", "--count", "0"], "a whole number from 1 to 1000"),
        (["grammar", "sample", "stat2014", "--seed", "x"], "a whole number"),
        (["grammar", "trace", "x", "--line", "0"], "a whole number, at least 1"),
        (["corpus", "run", "x", "-o", "y", "--seconds", "0"], "a number, at least 0.1"),
        (["corpus", "run", "x", "-o", "y", "--processes", "2.5"], "a whole number, at least 1"),
    ],
)
def test_numbers_and_dates_have_a_form_that_help_and_mistakes_name(arguments: list[str], form: str, run: Run) -> None:
    option = arguments[-2]
    assert run(*arguments, "--lang", "en").err.startswith(f"{option} must be {form}. See gouji ")
    command = arguments[: 1 if arguments[0] == "decide" else 2]
    told = " ".join(run(*command, "--help", "--lang", "en").out.split())
    assert form in told.partition(option)[2]


def test_without_a_command_there_is_help(run: Run) -> None:
    done = run()
    assert (done.status, done.out) == (2, "")
    assert "extract" in done.err


def test_version(run: Run) -> None:
    assert re.fullmatch(r"gouji \d+\.\d+\.\d+\S*\n", run("--version").out)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "zh"),
        ({"LANG": "C"}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "POSIX"}, "zh"),
        ({"LANG": ""}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "de_DE"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "en_GB", "LANG": "zh_CN"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_GB"}, "en"),
    ],
)
def test_language_of_the_locale(environment: Mapping[str, str], expected: str) -> None:
    assert language(["check", "a"], environment) == expected
    assert language(["check", "a", "--lang", "en"], environment) == "en"
    assert language(["check", "--lang=zh", "a"], environment) == "zh"
    assert language(["check", "--", "--lang=zh"], {"LANG": "en_US"}) == "en"


# --- output --------------------------------------------------------------------------------------------------------


def test_text_is_the_default_and_plain_in_a_pipe(run: Run) -> None:
    done = run("check", "refusals.txt")
    assert "不予公开的各项理由相加不等于总数" in done.out
    assert "\x1b" not in done.out


@pytest.mark.parametrize("off", ["--no-color", "NO_COLOR"])
def test_colour_only_when_wanted(off: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in run("check", "refusals.txt").out
    if off == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b" not in run("check", "refusals.txt").out
    else:
        assert "\x1b" not in run("check", off, "refusals.txt").out


def test_quiet(run: Run) -> None:
    done = run("check", "-q", "refusals.txt", "spotless.txt")
    assert "不予公开的各项理由" not in done.out
    assert "合计 2 份" in done.out


def test_jsonl_is_a_report_a_line(run: Run) -> None:
    lines = run("check", "--format", "jsonl", "refusals.txt", "spotless.txt").out.splitlines()
    assert [json.loads(line)["report_year"] for line in lines] == [2016, 2021]


def test_canon_numbers_the_lines_of_the_source(run: Run) -> None:
    assert run("canon", "a.txt").out == "     3  一、收到申请数|件|7|\n    12  二、[2J办结数|件|7|\n"


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".csv", ".CSV"])
def test_extract(suffix: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / f"data{suffix}"
    done = run("extract", "refusals.txt", "statistics.txt", "-o", path)
    assert (done.status, done.out) == (0, "")
    text = path.read_text(encoding="utf-8-sig")
    assert "2 份报告" in done.err
    figures = len(stage.refusals().observations) + len(stage.statistics().observations)
    if suffix == ".json":
        assert sum(len(report["observations"]) for report in json.loads(text)["reports"]) == figures
    elif suffix == ".jsonl":
        assert len(text.splitlines()) == figures
    else:
        assert len(list(csv.reader(text.splitlines()))) == figures + 1


def test_extract_writes_what_could_be_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    done = run("extract", "scan.txt", "refusals.txt", "-o", path)
    assert done.status == 2
    assert len(json.loads(path.read_text(encoding="utf-8"))["reports"]) == 1


def test_an_interrupted_extract_leaves_nothing(run: Run, tmp_path: Path) -> None:
    done = run("extract", "refusals.txt", "interrupt.txt", "-o", tmp_path / "data.csv")
    assert (done.status, done.err) == (130, "")
    assert [*tmp_path.iterdir()] == []


def test_nothing_is_written_where_nothing_could_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("old", encoding="utf-8")
    assert run("extract", "scan.txt", "-o", tmp_path / "data.csv").status == 2
    assert [p.read_text(encoding="utf-8") for p in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_for_a_terminal(terminal: bool, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    done = run("extract", "refusals.txt", "scan.txt", "-o", tmp_path / "data.csv")
    assert (done.status, done.out) == (2, "")
    assert ("读取报告" in done.err) == ("\x1b" in done.err) == terminal
    assert "不是文本文件" in done.err
    assert "1 份报告" in done.err


# --- the process ---------------------------------------------------------------------------------------------------


def spawned(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gouji", *arguments],
        env={**os.environ, "PYTHONPATH": str(ENGINE.parent), **environment},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments", [["--help"], ["check", "--help"], ["check"], ["chek"], ["extract", "a", "-o", "b.x"], ["--version"]]
)
def test_help_and_mistakes_import_nothing_heavy(arguments: list[str]) -> None:
    imported = spawned(*arguments).stderr.decode()
    assert re.search(r"\| +gouji\.cli$", imported, re.M)
    assert re.findall(r"\| +((?:lark|opencc|rich)\S*)$", imported, re.M) == []


@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_a_terminal_without_chinese_gets_english(environment: dict[str, str]) -> None:
    done = spawned("check", "--help", **environment)
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert b"Usage:" in done.stdout


# --- messages ------------------------------------------------------------------------------------------------------


def literals() -> tuple[set[str], set[str]]:
    """Strings in the code, and the beginnings of its formatted strings."""
    plain_ones, beginnings = set(), set()
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain_ones.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    return plain_ones, beginnings


def test_every_message_is_used_and_every_key_is_known() -> None:
    keys = set(messages.builtin().entries)
    used, beginnings = literals()
    used |= {f"{key}_{more}" for key in used for more in ("short", "remedy")}
    used |= {f"slip.{name}" for name in get_args(Slip)} | {f"remark.{name}" for name in REMARKS}
    groups = {key.partition(".")[0] for key in keys}
    assert {
        key for key in keys - used if not key.startswith(tuple(b for b in beginnings if b.endswith((".", "_"))))
    } == set()
    words = {word for word in literals()[0] if re.fullmatch(rf"({'|'.join(groups)})\.[a-z_]+", word)}
    # Names of files, and beginnings of keys.
    files = {word for word in words if word.endswith((".html", ".json", ".duckdb", "_"))}
    assert words - files <= keys


def test_no_interface_text_is_hard_coded() -> None:
    for path in [
        *ENGINE.glob("*cli.py"),
        ENGINE / "commands.py",
        ENGINE / "running.py",
        *(ENGINE / "reporters").glob("*.py"),
        # What is said of the content of reports.
        *ENGINE.glob("*checks.py"),
        *(ENGINE / f"{name}.py" for name in ("causes", "facts", "findings", "rules", "rulemodel")),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
                found = re.search("[一-龥]", node.value)
                assert found is None or node.value in ("勾稽", "元"), f"{path.name}:{node.lineno}: {node.value}"


@pytest.mark.parametrize(
    ("content", "place", "problem"),
    [
        ("a:\n  b:\n    zh: 一\n", "3:5", "missing key en"),
        ("a:\n  b:\n    zh: 一 {n}\n    en: one\n", "4:9", "different placeholders"),
        ("a:\n  b:\n    zh: 一 {n\n    en: one\n", "3:9", "unbalanced braces"),
        ("a:\n  b:\n    zh: 一\n    en: one\n    fr: un\n", "5:5", "unknown key fr"),
        ("a:\n  b: one\n", "2:6", "expected a mapping"),
        ("a: one\n", "1:4", "expected a mapping"),
        ("- a\n", "1:3", "expected a mapping"),
        ("remark:\n  coma: {zh: a, en: b}\n", "2:3", "unknown key coma"),
        ("remark:\n  comma: {zh: a, en: b}\n", "2:3", "missing key semicolon"),
    ],
)
def test_a_broken_messages_file_is_told_with_its_place(content: str, place: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "messages.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PackError) as error:
        messages.Messages.load(path)
    assert error.value.source.startswith(str(path))
    assert place in error.value.source + ":"
    assert problem in error.value.problem.en


def test_a_remark_names_only_what_there_is_to_be_told(tmp_path: Path) -> None:
    path = tmp_path / "messages.yaml"
    texts = (f"  {name}: {{zh: '{name}', en: '{name}'}}\n" for name in REMARKS)
    whole = "remark:\n" + "".join(texts)
    path.write_text(whole, encoding="utf-8")
    assert messages.Messages.load(path).entries["remark.may_read"].en == "may_read"
    path.write_text(whole.replace("'may_read'", "'{neded}'"), encoding="utf-8")
    with pytest.raises(PackError) as error:
        messages.Messages.load(path)
    line = [*REMARKS].index("may_read") + 2
    assert error.value.source.startswith(f"{path}:{line}:")
    assert error.value.problem.en == "unknown placeholder neded"
    assert error.value.remedy.en == "the nearest is needed"


# --- lines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [24, 30, 40])
def test_a_path_breaks_at_its_slashes(room: int) -> None:
    path = "see reports/waterworks/province/districts/annual-report.txt:12:3"
    lines = plain.wrap(path, room)
    assert max(map(len, lines)) <= room
    assert "".join(lines).replace(" ", "") == path.replace(" ", "")
    assert all(line.endswith(("/", "see")) for line in lines[:-1])


@pytest.mark.parametrize("room", range(8, 60, 3))
def test_wrapped_lines_fit_and_lose_nothing(room: int) -> None:
    text = "全年答复申请621件，部分公开的38件；（一）予以公开 1,234件。see docs/a.txt:12:3 “危及”12345678条"
    lines = plain.wrap(text, room)
    assert max(map(plain.width, lines)) <= room
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[:1] in "，。；）”" for line in lines)
    if room >= 14:
        assert all(any(number in line for line in lines) for number in ("621", "1,234", "12345678"))
