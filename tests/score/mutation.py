"""Mutation run over all grammars: every rule and terminal is deleted once, and some corpus case must notice.

A deletion takes the definition away, every mention of it in grammars, and what `pack.yaml` binds to it. It is noticed
where a case comes out otherwise (`case`), or where nothing is left that Lark takes or the engine runs on (`broken`).

    python tests/score/mutation.py [FILE.lark ...]
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from gouji.compiler import load_carriers
from gouji.cuefile import load_narrative
from gouji.errors import GoujiError
from gouji.grammarfiles import imports
from gouji.layoutfile import load_layouts
from gouji.packs import Packs, Root, builtin
from gouji.parser import Refused
from gouji.pipeline import Engine
from gouji.workbench import corpus
from gouji.workbench.corpus import Case
from gouji.yamlfile import read

GOAL = 0.95
DEFINITION = re.compile(r"(?m)^[?!]*(?P<name>[_a-zA-Z]\w*)(?:\.-?\d+)?[ \t]*:(?:[^\n]*\n)(?:[ \t]+\|[^\n]*\n)*")
Outcome: TypeAlias = Literal["case", "broken", "survives"]


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
    """Delete a rule or terminal in the grammars below `root`, where it is defined, imported and bound."""
    file = root / mutant.file
    text = file.read_text(encoding="utf-8")
    found = next(m for m in DEFINITION.finditer(text) if m["name"] == mutant.name)
    file.write_text(without(text[: found.start()] + text[found.end() :], mutant.name), encoding="utf-8")
    for other in root.glob("*/*.lark"):
        content = other.read_text(encoding="utf-8")
        listed = re.search(rf"(?m)^%import {'.'.join(mutant.file.with_suffix('').parts)} \(([^)]*)\)", content)
        if other != file and listed and re.search(rf"\b{mutant.name}\b", listed[1]):
            other.write_text(without(content, mutant.name), encoding="utf-8")
    # A binding of what is no more would be refused, which shows nothing.
    for pack in root.glob("*/pack.yaml"):
        text = pack.read_text(encoding="utf-8")
        name = re.escape(mutant.name)
        text = re.sub(rf"(?m)^  (?:\w+\.)?{name}: [^\n]*\n(?:    [^\n]*\n)*", "", text)
        listed = re.search(r"(?m)^  together: .*", text)
        if listed:
            text = text.replace(listed[0], re.sub(rf", {name}\b|\b{name}, ", "", listed[0]))
        pack.write_text(text, encoding="utf-8")


def using(root: Path, file: Path) -> set[str]:
    """The packs whose grammars use a file."""
    found = {file.parent.name}
    for other in root.glob("*/*.lark"):
        if any(one.file is not None and one.file.relative_to(root) == file for one in imports(other, [root])):
            found |= using(root, other.relative_to(root))
    return found


@cache
def base() -> tuple[Engine, dict[str, list[Case]]]:
    """The engine as it is, and the cases of each pack."""
    folders = [file.parent for file in sorted((builtin() / "grammars").glob("*/pack.yaml"))]
    return Engine.load(), {folder.name: list(corpus.of_pack(folder)) for folder in folders}


def engine_without(mutant: Mutant, packs: set[str]) -> Engine:
    """The engine with what `packs` make of the mutant. Raises what a pack that is wrong raises."""
    engine, _ = base()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(builtin() / "grammars", root / "grammars", ignore=shutil.ignore_patterns("corpus"))
        deleted(root / "grammars", mutant)
        kept = Packs((Root(root, "builtin"),))
        parts = {key for pack in packs for key in read(root / "grammars" / pack / "pack.yaml")}
        if "carriers" in parts:
            engine = engine._replace(carriers=load_carriers(kept))
        if "narrative" in parts:
            engine = engine._replace(narrative=load_narrative(kept, engine.registry))
        if "layouts" in parts:
            # Layouts of other packs are as they were, and take their time.
            for other in kept.folders():
                if "layouts" in read(other / "pack.yaml") and other.name not in packs:
                    shutil.rmtree(other)
            made = load_layouts(kept, engine.registry)
            by_name = {(one.pack, one.name): one for one in made}
            engine = engine._replace(layouts=tuple(by_name.get((one.pack, one.name), one) for one in engine.layouts))
    return engine


def outcome(mutant: Mutant) -> Outcome:
    """What the corpora of the packs that use a grammar say of a mutant."""
    packs = using(builtin() / "grammars", mutant.file)
    try:
        engine = engine_without(mutant, packs)
    except (GoujiError, StopIteration):
        # StopIteration: the engine asks for a terminal by its name.
        return "broken"
    cases = base()[1]
    # Every document comes through the carriers.
    chosen = chain.from_iterable(cases.values()) if "carriers" in packs else chain(*(cases[p] for p in sorted(packs)))
    try:
        return "case" if any(corpus.result(engine, one) != one.expected for one in chosen) else "survives"
    except (Refused, LookupError, AttributeError):
        # It asks for a group of a terminal, or for a token where none is any more.
        return "broken"


def main(names: Sequence[str]) -> int:
    """Run all mutants, or those of the named files, and print the score; 0 when the goal is reached."""
    base()
    chosen = [one for one in mutants(builtin() / "grammars") if not names or str(one.file) in names]
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    kept = []
    with ProcessPoolExecutor() as pool:
        for mutant, found in zip(chosen, pool.map(outcome, chosen, chunksize=4), strict=True):
            for row in (str(mutant.file), "all grammars"):
                counts[row][found] += 1
            if found == "survives":
                kept.append(mutant)
    print(f"{'grammar':<26}{'mutants':>8}{'case':>9}{'broken':>9}{'kept':>9}{'score':>8}")
    for row in sorted(counts, key=lambda name: (name == "all grammars", name)):
        told = counts[row]
        total = sum(told.values())
        score = 1 - told["survives"] / total
        print(f"{row:<26}{total:>8}{told['case']:>9}{told['broken']:>9}{told['survives']:>9}{score:>8.1%}")
    for mutant in kept:
        print(f"not noticed: {mutant.file} {mutant.name}")
    return 0 if len(kept) <= (1 - GOAL) * len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
