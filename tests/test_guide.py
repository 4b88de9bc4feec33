"""The tutorial is followed to the letter: what it shows is what gouji prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import guide

TEXT = guide.GUIDE.read_text(encoding="utf-8")


def test_following_the_tutorial_gives_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make docs` renews it."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    assert guide.renewed(TEXT, tmp_path).splitlines() == TEXT.splitlines()


def test_the_tutorial_reaches_its_end() -> None:
    """A drafted pack, a report that is read after the edit, a rule that is explained, a test that passes."""
    consoles = [block for kind, block in guide._BLOCK.findall(TEXT) if kind == "console"]
    assert "0 fail; the checks found 0 errors" in consoles[-1].splitlines()[-1]
    before, after = (
        block
        for block in consoles
        if "gouji check" in block and "examples/museum/new" in block and "MUSEUM20" not in block
    )
    assert "not understood" in before
    assert "not understood" not in after
    assert "MUSEUM04" in before


def test_half_an_hour_is_enough() -> None:
    minutes = [int(n) for n in re.findall(r"^\| \d+ \| .* \| (\d+) \|$", TEXT, re.M)]
    assert len(minutes) == len(re.findall(r"^## \d+\. ", TEXT, re.M))
    assert f"| | altogether | {sum(minutes)} |" in TEXT
    assert sum(minutes) < 30
