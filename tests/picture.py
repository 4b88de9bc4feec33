"""The picture in the README: what a command prints. `make readme` renews it, a test compares it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PICTURE = re.compile(r"^```console\n\$ (gouji [^\n]*)\n(.*?)\n```$", re.M | re.S)


def renewed(readme: str) -> str:
    """`readme` with the output of the command in its picture as it is now."""
    match = _PICTURE.search(readme)
    if match is None:
        raise ValueError("the README has no ```console block that begins with `$ gouji`")
    done = subprocess.run(
        [sys.executable, "-m", *match[1].split()],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return readme[: match.start(2)] + done.stdout.rstrip() + readme[match.end(2) :]


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
