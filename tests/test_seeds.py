"""The five real reports that the project started from, against the truth about them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gouji.cli import main


def test_seeds_reach_every_goal_of_the_scorer(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds = sorted(str(p) for p in (shared / "seeds").glob("*.txt"))
    assert len(seeds) == 5
    status = main(["check", "--format", "json", *seeds])
    captured = capsys.readouterr()
    assert status == 1, captured.err
    out = tmp_path / "out.json"
    out.write_text(captured.out, encoding="utf-8")
    score = subprocess.run(
        [sys.executable, str(shared / "truth" / "score.py"), str(out)], capture_output=True, text=True, check=False
    )
    assert score.returncode == 0, score.stdout + score.stderr
