"""A new pack with everything in place and a test that passes."""

from __future__ import annotations

import re
from pathlib import Path

from gouji.atomicfile import replacing
from gouji.errors import PackError
from gouji.messages import builtin
from gouji.packs import Packs

NAME = re.compile(r"[a-z][a-z0-9_]*")
_SKELETON = Path(__file__).parent / "skeleton"


def scaffold(name: str, root: Path) -> list[Path]:
    """Write the pack `name` below the pack root `root`; the files that it consists of, which are readable examples.

    Nothing is written over. Raises PackError for a name that is no word or is taken, and OSError.
    """
    say = builtin().message
    if not NAME.fullmatch(name) or "__" in name:
        raise PackError(name, "bad-name", say("workbench.bad_name"), say("workbench.bad_name_remedy"))
    taken = {folder.name: folder for folder in Packs.find().folders()}
    files = {root / str(f.relative_to(_SKELETON)).replace("NAME", name): f for f in sorted(_SKELETON.rglob("*.*"))}
    there = [taken[name]] if name in taken else [file for file in files if file.exists()]
    if there:
        raise PackError(str(there[0]), "exists", say("workbench.exists"), say("workbench.exists_remedy"))
    for file, template in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as new:
            new.write(template.read_text(encoding="utf-8").replace("NAME", name).encode())
    return [*files]
