"""The test of a pack: its corpus, and checks of the pack itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import ndiff
from pathlib import Path
from typing import NamedTuple

from gouji.atomicfile import replacing
from gouji.packs import Packs
from gouji.pipeline import Engine
from gouji.workbench import corpus, packchecks
from gouji.workbench.corpus import Case
from gouji.workbench.packchecks import Note
from gouji.yamlfile import Scalar, unknown


class CaseResult(NamedTuple):
    """A case and what came out."""

    case: Case
    found: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether just what the corpus says came out."""
        return self.found == self.case.expected

    def difference(self) -> list[str]:
        """What was expected (-) and what came out (+), line by line."""
        return [line for line in ndiff(self.case.expected, self.found) if not line.startswith("?")]


class PackTest(NamedTuple):
    """The test of one pack."""

    pack: str
    folder: Path
    results: tuple[CaseResult, ...]
    notes: tuple[Note, ...]

    @property
    def passed(self) -> bool:
        """Whether every case gave what it says and no check found an error."""
        return all(r.passed for r in self.results) and not any(n.severity == "error" for n in self.notes)

    def update(self) -> list[Path]:
        """Write what came out into the corpus files; the files that changed. Raises OSError."""
        changed = []
        for file in dict.fromkeys(r.case.file for r in self.results if not r.passed):
            found = {r.case.title: r.found for r in self.results if r.case.file == file}
            content = corpus.rewritten(file.read_text(encoding="utf-8"), found)
            with replacing(file) as new:
                new.write(content.encode())
            changed.append(file)
        return changed


def targets(names: Sequence[str], packs: Sequence[Path] = ()) -> tuple[list[Path], list[Path]]:
    """The pack folders that `names` stand for, and the roots that are needed beside those found otherwise.

    A name is that of a pack, else the folder of a pack or a root; without names all packs of the user are meant.
    Raises PackError for what is none.
    """
    roots = list(packs)
    wanted: list[Path | str] = []
    told = {folder.name for folder in Packs.find(packs).folders()}
    for name in names:
        folder = Path(name)
        if name in told:
            # A folder of this name is that of another pack, or of this one.
            wanted.append(name)
        elif (folder / "pack.yaml").is_file():
            roots.append(folder.resolve().parents[1])
            wanted.append(folder.resolve())
        elif (folder / "grammars").is_dir():
            roots.append(folder)
            wanted += [file.parent.resolve() for file in sorted(folder.glob("grammars/*/pack.yaml"))]
        else:
            wanted.append(name)
    found = Packs.find(roots)
    known = {folder.name: folder for folder in found.folders()}
    if not names:
        return found.user.folders() or found.folders(), roots
    folders = []
    for one in wanted:
        if isinstance(one, str) and one not in known:
            raise unknown(Scalar(one, one), "规则包", "pack", known)
        folders.append(known[one] if isinstance(one, str) else one)
    return folders, roots


def tested(
    names: Sequence[str] = (),  # noqa: PT028
    packs: Sequence[Path] = (),  # noqa: PT028
    engine: Engine | None = None,  # noqa: PT028
) -> Iterator[PackTest]:
    """Test the packs that `names` stand for (see `targets`), with the `engine` that was made of them, if there is one.

    Raises PackError for a pack that cannot be loaded.
    """
    folders, roots = targets(names, packs)
    engine = engine or Engine.load(roots)
    grammars = Packs.find(roots).grammar_roots
    for folder in folders:
        cases = list(corpus.of_pack(folder))
        results = tuple(CaseResult(case, corpus.result(engine, case)) for case in cases)
        yield PackTest(folder.name, folder, results, tuple(packchecks.check(engine, folder, grammars, cases)))
