"""Mutation run over all grammars: every rule and terminal is deleted once, and some corpus case must notice.

A deletion takes the definition away and every mention of it. A grammar that Lark then refuses counts as noticed.

    python tests/score/mutation.py [FILE.lark ...]
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lark.exceptions import LarkError

from gouji.compiler import compile_packs
from gouji.errors import GoujiError
from gouji.inspection import imports
from gouji.packs import Packs, Root, builtin
from gouji.pipeline import Engine
from gouji.workbench import corpus
from gouji.workbench.corpus import Case

GOAL = 0.95
DEFINITION = re.compile(r"(?m)^[?!]*(?P<name>[_a-zA-Z]\w*)(?:\.-?\d+)?[ \t]*:(?:[^\n]*\n)(?:[ \t]+\|[^\n]*\n)*")


class Mutant(NamedTuple):
    """A grammar file without one of its rules or terminals."""

    file: Path
    name: str


def mutants(root: Path) -> Iterator[Mutant]:
    """Every mutant of the grammars below `root`."""
    for file in sorted(root.glob("*/*.lark")):
        for match in DEFINITION.finditer(file.read_text(encoding="utf-8")):
            if match["name"] not in ("start",):
                yield Mutant(file.relative_to(root), match["name"])


def without(text: str, name: str) -> str:
    """A grammar text without a definition and its mentions."""
    word = rf"(?<![\w/]){re.escape(name)}(?!\w)[?*+]?"
    lines = []
    for line in text.split("\n"):
        code, comment = (line, "") if "/" in line else (line.partition("//")[0], line[len(line.partition("//")[0]) :])
        if re.match(rf"%(?:ignore|declare)[ \t]+{re.escape(name)}\s*$", code):
            continue
        head, colon, body = code.partition(":") if re.match(r"[?!]*[_a-zA-Z][\w.-]*[ \t]*:", code) else ("", "", code)
        for pattern in (
            rf"\|[ \t]*{word}(?=[ \t]*(?:\||\)|$))",
            rf"{word}[ \t]*\|",
            rf",[ \t]*{word}",
            rf"{word}[ \t]*,",
            word,
        ):
            body = re.sub(pattern, "", body)
        lines.append(head + colon + body + comment)
    return "\n".join(lines)


def deleted(root: Path, mutant: Mutant) -> None:
    """Delete a rule or terminal in the grammars below `root`, where it is defined and where it is imported."""
    file = root / mutant.file
    text = file.read_text(encoding="utf-8")
    found = next(m for m in DEFINITION.finditer(text) if m["name"] == mutant.name)
    file.write_text(without(text[: found.start()] + text[found.end() :], mutant.name), encoding="utf-8")
    for other in root.glob("*/*.lark"):
        content = other.read_text(encoding="utf-8")
        listed = re.search(rf"(?m)^%import {'.'.join(mutant.file.with_suffix('').parts)} \(([^)]*)\)", content)
        if other != file and listed and re.search(rf"\b{mutant.name}\b", listed[1]):
            other.write_text(without(content, mutant.name), encoding="utf-8")


def using(root: Path, file: Path) -> set[str]:
    """The packs whose grammars use a file."""
    found = {file.parent.name}
    for other in root.glob("*/*.lark"):
        if any(one.file is not None and one.file.relative_to(root) == file for one in imports(other, [root])):
            found |= using(root, other.relative_to(root))
    return found


def noticed(base: Engine, mutant: Mutant, cases: Sequence[Case]) -> bool:
    """Whether a case of the packs that use the grammar comes out otherwise."""
    source = builtin()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(source / "grammars", root / "grammars", ignore=shutil.ignore_patterns("corpus"))
        deleted(root / "grammars", mutant)
        _unbound(root / "grammars", mutant)
        shutil.copytree(source / "rules", root / "rules")
        try:
            parts = compile_packs(Packs((Root(root, "builtin"),)))
        except (GoujiError, StopIteration):
            # StopIteration: the engine asks for a terminal by its name.
            return True
        engine = base._replace(carriers=parts[4], layouts=parts[5], narrative=parts[6])
        try:
            return any(corpus.result(engine, case) != case.expected for case in cases)
        except LarkError:
            return True


def _unbound(root: Path, mutant: Mutant) -> None:
    """A binding in pack.yaml of what is deleted goes, too: it would be refused, which shows nothing."""
    for pack in root.glob("*/pack.yaml"):
        text = pack.read_text(encoding="utf-8")
        name = re.escape(mutant.name)
        pack.write_text(re.sub(rf"(?m)^  (?:\w+\.)?{name}: [^\n]*\n(?:    [^\n]*\n)*", "", text), encoding="utf-8")


def main(names: Sequence[str]) -> int:
    """Run all mutants, or those of the named files; 0 when the goal is reached."""
    root = builtin() / "grammars"
    base = Engine.load()
    by_pack = {f.parent.name: list(corpus.of_pack(f.parent)) for f in sorted(root.glob("*/pack.yaml"))}
    total, kept = 0, []
    for mutant in mutants(root):
        if names and str(mutant.file) not in names:
            continue
        total += 1
        packs = using(root, mutant.file)
        chosen = [
            c for pack, listed in by_pack.items() if pack in packs or mutant.file.parts[0] == "carriers" for c in listed
        ]
        if not noticed(base, mutant, chosen):
            kept.append(mutant)
            print(f"not noticed: {mutant.file} {mutant.name}", flush=True)
    score = 1 - len(kept) / max(total, 1)
    print(f"mutation score of the grammars: {score:.1%} ({total - len(kept)} of {total})")
    return 0 if score >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
