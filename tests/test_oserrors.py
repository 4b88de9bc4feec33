"""What the operating system refuses is told in the language of the user."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from gouji import oserrors
from gouji.cli import main

ROOT = Path(__file__).parents[1]
REPORT = str(ROOT / "examples" / "stat2014-clean.txt")


@pytest.mark.parametrize(
    ("error", "zh", "en"),
    [
        (OSError(errno.ENOENT, os.strerror(errno.ENOENT), "a"), "没有这个文件或文件夹", "No such file or directory"),
        (OSError(errno.EACCES, os.strerror(errno.EACCES), "a"), "没有权限", "Permission denied"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "磁盘已满", "No space left on device"),
        # What has no words here has a name that can be looked up.
        (
            OSError(errno.EDOM, "Numerical argument out of domain"),
            "系统错误 EDOM（33）",
            "Numerical argument out of domain",
        ),
        (OSError("half a file"), "half a file", "half a file"),
        (ValueError("no archive"), "no archive", "no archive"),
    ],
)
def test_reasons(error: Exception, zh: str, en: str) -> None:
    assert tuple(oserrors.reason(error)) == (zh, en)


def test_nothing_else_takes_the_words_of_the_system() -> None:
    """Chinese sentences with English words in them come from here."""
    users = [p.name for p in (ROOT / "engine").rglob("*.py") if "strerror" in p.read_text(encoding="utf-8")]
    assert users == ["oserrors.py"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", REPORT, "--baseline", "none.json"], "none.json: 无法读取：没有这个文件或文件夹；请检查路径和权限"),
        (["check", REPORT, "--baseline", "."], ".: 无法读取：是文件夹，不是文件；请检查路径和权限"),
        (["check", REPORT, "--decisions", "none.yaml"], "none.yaml: 无法读取：没有这个文件或文件夹；请改正后重试"),
        (["check", REPORT, "--roster", "none"], "none: 没有这个文件或文件夹；请检查路径"),
        (["check", REPORT, "--pack", "none"], "none: 没有这个文件夹；请指定含有 grammars/ 或 rules/ 的文件夹"),
        (["check", "none.txt"], "none.txt: 没有这个文件或文件夹；请检查路径"),
        (["check", "file/none.txt"], "file/none.txt: 没有这个文件或文件夹；请检查路径"),
        (["grammar", "new", "local", "-o", "file"], "file: 无法写入（路径中有一段不是文件夹）；请检查权限和剩余空间"),
    ],
)
def test_a_wrong_path_is_told_in_one_language(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    assert main([*arguments, "--lang", "zh"]) == 2
    err = capsys.readouterr().err
    assert re.sub(r"file/[a-z/.]+: 无法写入", "file: 无法写入", err) == f"{told}\n"


def test_a_folder_that_may_not_be_looked_into_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reports were passed over in silence."""
    locked = tmp_path / "locked"
    locked.mkdir()
    (tmp_path / "good.txt").write_text(Path(REPORT).read_text(encoding="utf-8"), encoding="utf-8")
    scanned = os.scandir

    def refusing(folder: str) -> object:
        # Root looks into whatever the permissions say, so the refusal is played.
        if str(folder) == str(locked):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        return scanned(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    assert main(["check", "-q", str(tmp_path), "--lang", "zh"]) == 2
    out, err = capsys.readouterr()
    assert err == f"{locked}: 无法读取：没有权限；请检查路径和权限\n"
    assert "good.txt" in out
