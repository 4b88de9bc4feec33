"""Whatever the input is: a clear line for it, exit status 2, no traceback, and the other inputs still done."""

from __future__ import annotations

import builtins
import io
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import frozen

import carriers
import gouji
from gouji.cli import main
from gouji.readers import limits

EXAMPLES = Path(__file__).parents[1] / "examples"
GOOD = EXAMPLES / "stat2014-faulty.txt"
TEXT = GOOD.read_text(encoding="utf-8")


@frozen
class Outcome:
    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Run:
    """`gouji check` with arguments, in this process."""

    def run(*arguments: str | Path, form: str = "json") -> Outcome:
        capsys.readouterr()
        status = main(["check", "--lang", "en", "--format", form, *map(str, arguments)])
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run


def refused(outcome: Outcome, path: str | Path, code: str | None = None) -> None:
    """Assert that the input is refused as the contract says: one line with path, problem, remedy; exit status 2."""
    assert outcome.status == 2
    lines = [line for line in outcome.err.splitlines() if str(path) in line]
    assert len(lines) == 1, outcome.err
    assert "Traceback" not in outcome.err
    assert "internal" not in outcome.err
    errors = [e for e in outcome.data["errors"] if str(path) in e["source"]]
    assert len(errors) == 1
    (error,) = errors
    assert error["message"]
    assert error["remedy"]
    assert error["message"] in lines[0]
    assert error["remedy"] in lines[0]
    assert error["code"] != "internal"
    if code is not None:
        assert error["code"] == code


def refused_beside_a_good_one(check: Run, path: Path) -> None:
    """Assert that `path` is refused and that a good report given after it is reported as if it came alone."""
    alone = check(GOOD)
    together = check(path, GOOD)
    refused(together, path)
    assert alone.status == 1
    assert together.data["reports"] == alone.data["reports"]


NO_REPORTS: dict[str, bytes] = {
    "empty": b"",
    "only blanks": " \t\n\u3000\xa0\n\n".encode() * 50,
    "only NUL": bytes(4096),
    "binary junk": bytes((i * 7919 + (i >> 3) * 104729) % 256 for i in range(20000)),
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20,
    "a program": b'#include <stdio.h>\nint main(void) { return printf("12\\n"); }\n',
    "a novel": "那天傍晚下着雨，他撑着伞站在桥头，等了很久也没有等到船。\n".encode() * 40,
    "an English letter": b"Dear colleague,\nplease find enclosed the 12 copies of our 2016 report.\nYours\n",
    "truncated UTF-16": TEXT.encode("utf-16")[:-1],
    "mixed encodings": TEXT.encode() + "以下各行来自另一个文件，统计数字见附表。\n".encode("gb18030") * 5,
    "UTF-8 cut within a character": TEXT.encode().rstrip()[:-200] + "公".encode()[:2],
}


@pytest.mark.parametrize("name", NO_REPORTS)
def test_file_that_is_no_report(name: str, tmp_path: Path, check: Run) -> None:
    path = tmp_path / "input.txt"
    path.write_bytes(NO_REPORTS[name])
    refused_beside_a_good_one(check, path)


def test_missing_path(tmp_path: Path, check: Run) -> None:
    refused_beside_a_good_one(check, tmp_path / "no such file.txt")


def test_folder_without_reports(tmp_path: Path, check: Run) -> None:
    (tmp_path / "notes.xyz").write_text("nothing", encoding="utf-8")
    refused_beside_a_good_one(check, tmp_path)


def test_glob_that_matches_nothing(tmp_path: Path, check: Run) -> None:
    refused_beside_a_good_one(check, tmp_path / "*.txt")


def test_folder_is_walked_in_order(tmp_path: Path, check: Run) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"")
    outcome = check(tmp_path)
    refused(outcome, tmp_path / "c.txt")
    assert [Path(r["source"]).name for r in outcome.data["reports"]] == ["a.txt", "b.txt"]


def test_unreadable_file(tmp_path: Path, check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locked.txt"
    path.write_text(TEXT, encoding="utf-8")
    opened = io.open

    def refusing(file: Any, *arguments: Any, **options: Any) -> Any:
        # Root reads whatever the permissions say, so the refusal is played.
        if str(file) == str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(file, *arguments, **options)

    monkeypatch.setattr(io, "open", refusing)
    monkeypatch.setattr(builtins, "open", refusing)
    refused_beside_a_good_one(check, path)


def test_name_that_is_no_text(tmp_path: Path, check: Run) -> None:
    outcome = check("\udcff-\x1b[31m.txt")
    assert outcome.status == 2
    assert "\x1b" not in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_error_in_other_formats(form: str, check: Run, tmp_path: Path) -> None:
    outcome = check(tmp_path / "missing.txt", GOOD, form=form)
    assert outcome.status == 2
    assert "missing.txt" in outcome.err
    assert GOOD.name in outcome.out


# --- text that is a report in spite of what stands in it -----------------------------------------------------------


def figures(text: str, folder: Path) -> list[tuple[str, str, object]]:
    path = folder / "report.txt"
    path.write_text(text, encoding="utf-8")
    report = gouji.check(path)
    return [(o.path, o.source, o.value) for o in report.observations]


def test_nul_bytes_in_a_report_are_refused_or_harmless(tmp_path: Path, check: Run) -> None:
    path = tmp_path / "nul.txt"
    path.write_text(TEXT.replace("澄川区", "澄\x00川区"), encoding="utf-8")
    outcome = check(path)
    if outcome.status == 2:
        refused(outcome, path)
    else:
        clean = [(o["path"], o["value"]) for o in check(GOOD).data["reports"][0]["observations"]]
        assert [(o["path"], o["value"]) for o in outcome.data["reports"][0]["observations"]] == clean


@pytest.mark.parametrize("digits", [30, 5000, 1_000_000])
@pytest.mark.parametrize("where", ["text", "table"])
def test_very_long_number(digits: int, where: str, tmp_path: Path, check: Run) -> None:
    """Longer than Python likes to convert; the other figures must not suffer."""
    old, new = ("2960条", "9" * digits + "条") if where == "text" else ("\t13\n", "\t" + "9" * digits + "\n")
    assert old in TEXT
    path = tmp_path / "long.txt"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    outcome = check(path)
    assert outcome.status in (1, 2)
    assert "internal" not in outcome.err
    assert len(outcome.err) < 2000
    (report,) = outcome.data["reports"]
    there = {(o["path"], o["source"], o["value"]) for o in report["observations"]}
    assert ("requests.received.total", "table", 318) in there
    assert ("requests.received.total", "narrative", 318) in there


def test_regions_among_noise(tmp_path: Path) -> None:
    noise = (
        "首页 | 政务公开 | 互动交流\n当前位置：首页 > 公告\n分享到：微信 微博\n\n[image: logo.png]\n%%% ### 0x7f\n\n"
    )
    prose, table = TEXT.split("\t", 1)
    assert figures(noise + prose + noise + "\t" + table + noise, tmp_path) == figures(TEXT, tmp_path)


FORMS = ["stat2014", "table2019", "table2021"]


def cells(blocks: list[carriers.Block], folder: Path) -> Counter[tuple[str, object]]:
    """The figures that the tables of a report give."""
    path = folder / "report.txt"
    path.write_text(carriers.write(blocks, "bars"), encoding="utf-8")
    return Counter((o.path, o.value) for o in gouji.check(path).observations if o.source == "table")


@pytest.mark.parametrize("form", FORMS)
def test_lost_row_costs_figures_but_makes_none_up(form: str, tmp_path: Path) -> None:
    blocks = carriers.read((EXAMPLES / f"{form}-clean.txt").read_text(encoding="utf-8"))
    whole = cells(blocks, tmp_path)
    for at, block in enumerate(blocks):
        for row in range(len(block) if isinstance(block, list) else 0):
            assert isinstance(block, list)
            left = cells([*blocks[:at], [*block[:row], *block[row + 1 :]], *blocks[at + 1 :]], tmp_path)
            assert left <= whole, block[row]


@pytest.mark.parametrize("form", FORMS)
def test_rows_in_disorder_and_cut_short_do_not_raise(form: str, tmp_path: Path) -> None:
    blocks = carriers.read((EXAMPLES / f"{form}-clean.txt").read_text(encoding="utf-8"))
    chance = Random(20140101)
    for _ in range(40):
        mixed: list[carriers.Block] = []
        for block in blocks:
            if isinstance(block, list):
                rows = chance.sample(block, chance.randint(2, len(block)))
                block = [r[: chance.randint(1, len(r))] if chance.random() < 0.2 else r for r in rows]
            mixed.append(block)
        cells(mixed, tmp_path)


def test_hostile_brackets_and_numbers_do_not_raise(tmp_path: Path, check: Run) -> None:
    odd = [
        "（" * 5000,
        "其中" * 5000,
        "、".join("收到申请" for _ in range(2000)) + "分别为" + "、".join(f"{i}件" for i in range(1999)) + "。",
        "共收到申请１２.３.４.５件，办结-,-,件，答复99999999999999999999亿万万件。",
        "收到申请" + "," * 3000 + "5件。",
        "|" * 5000,
        "\t" * 5000,
        "| --- " * 500,
        "\u202e\u2066\ufeff收到申请5件\x1b[2J。",
        "一、" * 2000,
    ]
    path = tmp_path / "odd.txt"
    path.write_text(TEXT + "\n" + "\n".join(odd) + "\n", encoding="utf-8")
    outcome = check(path)
    assert "internal" not in outcome.err
    assert outcome.status == 1
    text = check(path, form="text")
    assert "\x1b[2J" not in text.out


# --- size ----------------------------------------------------------------------------------------------------------


def test_huge_file_is_refused_before_it_is_parsed(tmp_path: Path, check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.txt"
    path.write_bytes("政府信息公开申请".encode() * (50 * 2**20 // 24))

    def parsed(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("gouji.pipeline.canonicalise", parsed)
    refused(check(path), path, "too-large")


@pytest.mark.parametrize("row", ["a|b|\n", "\ta\n\tb\n\n", "a |\n7 |\n"])
def test_more_cells_than_any_report_has(row: str, tmp_path: Path, check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one table nor many small ones have more; what has fewer is read."""
    path = tmp_path / "cells.txt"
    monkeypatch.setattr(limits, "CELLS", 1000)
    for text in (row * 600, f"{row * 5}下表\n" * 120):
        path.write_text(TEXT + text, encoding="utf-8")
        refused(check(path), path, "too-large")
    path.write_text(TEXT + row * 50, encoding="utf-8")
    assert check(path).status != 2


def test_more_text_than_any_report_has(tmp_path: Path, check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.txt"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(limits, "TEXT_LENGTH", len(TEXT) - 1)
    refused(check(path), path, "too-large")


def test_ten_thousand_tables(tmp_path: Path, check: Run) -> None:
    row = "\t三、依申请公开情况\n\t——\n\t\n\n\t（一）收到申请数\n\t件\n\t8\n\n"
    path = tmp_path / "many.txt"
    path.write_text("某区2016年政府信息公开情况统计表\n" + f"下表\n{row}" * 10_000, encoding="utf-8")
    outcome = check(path)
    assert "internal" not in outcome.err
    if outcome.status == 2:
        refused(outcome, path)
    else:
        assert len(outcome.data["reports"]) == 1


PROSE = TEXT.split("\n\n一、", 1)[1].split("政府信息公开情况统计表")[0]
TABLE = "\t" + TEXT.split("\t", 1)[1]
SHAPES: dict[str, Callable[[int], str]] = {
    "long report": lambda n: TEXT + PROSE * n,
    "many tables": lambda n: TEXT + f"下表\n{TABLE}\n" * n,
    "many small tables": lambda n: TEXT + "下表\n收到申请数 | 件 | 8 |\n办结数 | 件 | 8 |\n" * (60 * n),
    "one long line": lambda n: TEXT + "收到申请12件，办结11件，" * (60 * n) + "\n",
    "one long line without figures": lambda n: TEXT + "各级行政机关认真办理，" * (300 * n) + "\n",
    "long breakdown": lambda n: (
        TEXT + "全年收到申请318件，其中" + "、".join(f"第{i}类{i}件" for i in range(60 * n)) + "。\n"
    ),
    "many short lines": lambda n: TEXT + "（一）\n" * (500 * n),
    "many dots": lambda n: TEXT + "." * (1500 * n) + "\n",
    "many words": lambda n: TEXT + "a.b-" * (500 * n) + "\n",
    "many blanks": lambda n: TEXT + "　" * (1000 * n) + "\n",
    "many empty lines": lambda n: TEXT + "\n" * (3000 * n),
    "many bars": lambda n: TEXT + "|" * (1500 * n) + "\n",
    "many bar lines": lambda n: TEXT + "|\n" * (100 * n),
    "open stream": lambda n: TEXT + "|\n" + "收到申请数 |\n件 |\n" * (100 * n),
    "many TABs": lambda n: TEXT + "\t" * (1500 * n) + "\n",
    "many TAB cells": lambda n: TEXT + "\t收到\n" * (500 * n),
    "one cell of many lines": lambda n: TEXT + "\t收到\n" + "申请\n" * (500 * n),
    "TAB-ended words": lambda n: TEXT + "当面申请\t" * (300 * n) + "\n",
    "many brackets": lambda n: TEXT + "（" * (1500 * n) + "\n",
    "many quotation marks": lambda n: TEXT + "《" * (1500 * n) + "“" * (1500 * n) + "\n",
    "many digits": lambda n: TEXT + "收到申请" + "1" * (1500 * n) + "件。\n",
    "many commas in a number": lambda n: TEXT + "收到申请" + "1," * (800 * n) + "1件。\n",
    "many ordinals": lambda n: TEXT + "一、概述\n" * (300 * n),
    "image notes": lambda n: TEXT + "[image: " * (300 * n) + "\n",
}


def _seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(2):
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return best


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_size(shape: str, tmp_path: Path) -> None:
    """Sixteen times the size takes about sixteen times the time, with room for caches and the load of the machine.

    In steps, so that what grows faster fails before it takes hours.
    """
    path = tmp_path / "report.txt"
    costs: list[tuple[int, float]] = []
    for n in (1, 4, 16, 64):
        text = SHAPES[shape](n)
        path.write_text(text, encoding="utf-8")
        costs.append((len(text), _seconds(lambda: gouji.check(path))))
        (small, few), (large, much) = costs[max(0, len(costs) - 3)], costs[-1]
        assert much < few * (3 * large / small + 3), [f"{size} characters: {s:.3f} s" for size, s in costs]


# --- packs and rules of the user -----------------------------------------------------------------------------------


BROKEN_PACKS: dict[str, dict[str, str | bytes]] = {
    "no such folder": {},
    "YAML": {"grammars/mine/pack.yaml": "title: [unclosed\n"},
    "not UTF-8": {"grammars/mine/pack.yaml": b"\xff\xfe\x00title"},
    "misspelt key": {"grammars/mine/pack.yaml": "titel: {zh: 我, en: mine}\n"},
    "misspelt metric": {
        "grammars/mine/pack.yaml": "layouts: {table: {grammar: m.lark, reads: table, detect: [x]}}\nrows: {A: {path: review.totl}}\n",
        "grammars/mine/m.lark": "start: A\nA: /a/\n",
    },
    "grammar": {
        "grammars/mine/pack.yaml": "layouts: {table: {grammar: m.lark, reads: table, detect: [x]}}\n",
        "grammars/mine/m.lark": "start: (A\n",
    },
    "rule YAML": {"rules/mine.yaml": "rules: {S99: [\n"},
    "rule without anything": {"rules/mine.yaml": "- id\n"},
}


@pytest.mark.parametrize("name", BROKEN_PACKS)
def test_broken_pack(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "packs"
    for file, content in BROKEN_PACKS[name].items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    status = main(["check", "--lang", "en", "--pack", str(root), str(GOOD)])
    captured = capsys.readouterr()
    assert status == 2
    assert str(root) in captured.err
    assert "Traceback" not in captured.err
    assert "internal" not in captured.err
    assert len(captured.err.splitlines()) == 1


# --- the process ---------------------------------------------------------------------------------------------------


def test_interrupt_ends_quietly() -> None:
    """Ctrl-C while standard input is still open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gouji", "check", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # What a shell runs in the background is deaf to it, and so is all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin is not None
    # More than a pipe holds: once this returns, the process is reading.
    process.stdin.write(carriers.to_hant(TEXT).encode() * 100)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


def test_standard_input_gives_what_the_file_gives() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "gouji", "check", "--format", "json", "-"],
        input=TEXT.encode(),
        capture_output=True,
        check=False,
    )
    assert process.returncode == 1, process.stderr
    (report,) = json.loads(process.stdout)["reports"]
    assert {f["rule"] for f in report["findings"]} >= {"S02", "S04", "X01"}


def test_closed_output_is_no_traceback() -> None:
    """`gouji check … | head -0`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gouji", "check", "--format", "json", *[str(GOOD)] * 40],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert b"Traceback" not in err
    assert b"Error" not in err


def test_what_is_registered_for_the_end_of_the_process_is_done() -> None:
    """A command ends without taking its objects apart, but what others want to be done before is done."""
    code = (
        "import atexit, sys; sys.argv = ['gouji', 'rules', 'R01']; "
        "atexit.register(lambda: print('at the end')); from gouji.__main__ import command; command()"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    assert process.stdout.endswith("at the end\n")
    assert "R01" in process.stdout
