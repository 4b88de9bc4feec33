"""The tutorial in docs/authoring.md: its commands are run and its edits made, in order. `make docs` renews the outputs."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "authoring.md"
_BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```", re.M | re.S)
_COMMAND = re.compile(r"^\$ gouji (.*)\n((?:(?!\$ ).*\n)*)", re.M)


def renewed(guide: str, folder: Path) -> str:
    """`guide` with the outputs of its commands as they are now, followed literally in `folder`.

    Raises ValueError for an edit that does not fit the file and for a command that cannot be run.
    """
    shutil.copytree(ROOT / "examples" / "museum", folder / "examples" / "museum")
    with contextlib.chdir(folder):
        return _BLOCK.sub(lambda block: f"```{block[1]}\n{_done(block[1], block[2])}```", guide)


def _done(kind: str, content: str) -> str:
    if kind == "diff":
        _edit(content)
        return content
    return _COMMAND.sub(lambda match: f"$ gouji {match[1]}\n{_output(match[1])}", content)


def _output(command: str) -> str:
    from gouji.cli import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(shlex.split(command))
    if status > 1:
        raise ValueError(f"gouji {command}: {err.getvalue()}")
    # Where the folder is that the reader works in, is his affair.
    told = (out.getvalue() + err.getvalue()).replace(f"{Path.cwd()}{os.sep}", "")
    return "\n".join(line.rstrip() for line in told.splitlines()) + "\n"


def _edit(content: str) -> None:
    """Make an edit: the lines with a minus give way to those with a plus; these alone go to the end of the file.

    A line with a minus may be the end of a line that stands there several times.
    """
    name, *lines = content.splitlines()
    file = Path(name.removeprefix("--- "))
    old = "\n".join(line[1:] for line in lines if line.startswith("-"))
    new = "\n".join(line[1:] for line in lines if line.startswith("+"))
    text = file.read_text(encoding="utf-8")
    if old and old not in text:
        raise ValueError(f"{file} has no {old!r}")
    file.write_text(text.replace(old, new) if old else f"{text}{new}\n", encoding="utf-8")


def main() -> None:
    """Write the guide anew."""
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory() as folder:
        GUIDE.write_text(renewed(GUIDE.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
