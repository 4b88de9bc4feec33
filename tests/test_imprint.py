"""What gouji writes is no report: it is passed over in a folder, and told where it is named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gouji import imprint
from gouji.cli import main

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one report, which is where the user is."""
    shutil.copy(EXAMPLES / "stat2014-faulty.txt", tmp_path / "report.txt")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(form: str, capfd: pytest.CaptureFixture[str], *paths: str) -> str:
    capfd.readouterr()
    main(["check", "--lang", "en", "--no-color", "--format", form, *(paths or ("report.txt",))])
    return capfd.readouterr().out


@pytest.mark.parametrize("form", ["html", "json", "jsonl", "csv", "text"])
def test_what_check_writes_is_known_again(form: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path(f"result.{form}").write_text(checked(form, capfd), encoding="utf-8")
    assert main(["check", "--lang", "en", f"result.{form}"]) == 2
    assert capfd.readouterr().err == f"result.{form}: what gouji has written, no report; give the report itself\n"


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".csv", ".xlsx"])
@pytest.mark.parametrize("wide", [["--wide"], []])
def test_what_extract_writes_is_known_again(
    suffix: str, wide: list[str], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", "report.txt", "-o", f"figures{suffix}", *wide]) == 0
    capfd.readouterr()
    assert main(["check", "--lang", "en", f"figures{suffix}"]) == 2
    assert "what gouji has written" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["result.html", "result.txt", "figures.xlsx"])
def test_a_folder_is_not_walked_for_it(name: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = checked("csv", capfd, ".")
    if name.endswith("xlsx"):
        main(["extract", "report.txt", "-o", name])
    else:
        form = {".html": "html", ".txt": "text"}[Path(name).suffix]
        Path(name).write_text(checked(form, capfd), encoding="utf-8")
    assert checked("csv", capfd, ".") == before
    assert main(["check", ".", "-q", "-v", "--lang", "en"]) == 1
    assert f"{name}: what gouji has written" in capfd.readouterr().err


def test_a_folder_with_nothing_else_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "result.html"
    page.write_text(f"<html>{imprint.HTML}</html>", encoding="utf-8")
    assert main(["check", str(tmp_path), "--lang", "en"]) == 2
    assert str(page) in capfd.readouterr().err


def test_a_roster_has_no_report_in_it(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = checked("html", capfd)
    Path("澄川区").mkdir()
    shutil.move("report.txt", "澄川区/report.txt")
    Path("澄川区/result.html").write_text(page, encoding="utf-8")
    assert main(["check", "澄川区/report.txt", "--roster", "澄川区", "-q"]) == 1
    assert capfd.readouterr().err == ""


def test_the_file_that_is_being_written_is_no_input_of_its_folder(folder: Path) -> None:
    command = [sys.executable, "-m", "gouji", "check", "--lang", "en", "-q"]
    with open("result.txt", "wb") as result:
        done = subprocess.run([*command, "."], stdout=result, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert Path("result.txt").read_text(encoding="utf-8").count("report.txt") == 1
    with open("result.txt", "wb") as result:
        done = subprocess.run([*command, "result.txt"], stdout=result, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"the input is the file to write" in done.stderr
    for _ in range(2):
        assert main(["extract", ".", "-o", "figures.xlsx"]) == 0


@pytest.mark.parametrize(
    "text",
    ["━━━━━━━━\n  2016年政府信息公开工作年度报告\n", "gouji\n", '{"schema": "other/1"}', "file,sha256,form\n", ""],
)
def test_what_others_write_is_not_taken_for_it(text: str) -> None:
    assert not imprint.begins(text.encode())
