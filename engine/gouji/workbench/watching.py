"""A pack watched while its author works on it: after every saving its coverage, what changed, and the first failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gouji.errors import GoujiError, Message
from gouji.inspection import SUFFIXES
from gouji.packs import Packs
from gouji.pipeline import Engine
from gouji.workbench.corpus import told
from gouji.workbench.coverage import Share, cover
from gouji.workbench.packtest import tested
from gouji.workbench.trace import trace


class View(NamedTuple):
    """How things stand after one run.

    `shares` say how much of each file was taken, `changes` what its observations lost (-) and gained (+) since the run
    before, `cases` how many of the corpus pass, of how many (None for a pack that cannot be loaded), `failure` is the
    first thing that is wrong: (where, what).
    """

    shares: tuple[tuple[str, Share], ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    cases: tuple[int, int] | None = None
    failure: tuple[str, Message] | None = None


class Watch:
    """Runs a pack on files again and again and compares each run with the one before."""

    def __init__(self, pack: str, files: Sequence[str], packs: Sequence[Path] = ()) -> None:
        """`pack` is a name or a folder, as for the test of a pack."""
        self.pack = pack
        self.files = list(files)
        self.packs = list(packs)
        self.before: dict[str, tuple[str, ...]] = {}

    def run(self) -> View:
        """One run. A pack that cannot be loaded is a failure, too: the view says where."""
        while True:
            before = self._saved()
            try:
                return self._run()
            except Exception:
                # What is saved while it is read does not hang together.
                if self._saved() == before:
                    raise

    def _saved(self) -> dict[Path, int]:
        """When each file of the packs was saved."""
        try:
            folders, _ = self.watched()
            return {f: f.stat().st_mtime_ns for folder in folders for f in folder.iterdir() if f.is_file()}
        except (GoujiError, OSError):
            return {}

    def _run(self) -> View:
        from gouji.workbench.packtest import targets

        try:
            _, roots = targets([self.pack], self.packs)
            # What is saved at every turn is no matter for the user's cache.
            engine = Engine.compile(Packs.find(roots))
            tests = list(tested([self.pack], self.packs, engine))
        except GoujiError as error:
            return View(failure=(error.source, error.problem))
        shares, changes = [], []
        failure: tuple[str, Message] | None = None
        for file in self.files:
            try:
                shares.append((file, cover(engine, file).whole))
                now = _told(engine, file)
                first = next((one for one in trace(engine, file, packs=Packs.find(roots)) if not one.taken), None)
            except GoujiError as error:
                failure = failure or (error.source, error.problem)
                continue
            if file in self.before:
                then = self.before[file]
                changes += [(file, f"- {line}") for line in then if line not in now]
                changes += [(file, f"+ {line}") for line in now if line not in then]
            self.before[file] = now
            if first is not None:
                failure = failure or (f"{file}:{first.line}", first.cause)
        results = [r for test in tests for r in test.results]
        for result in results:
            if not result.passed:
                where = f"{result.case.file}:{result.case.line}"
                failure = failure or (where, Message(result.case.title, result.case.title))
        notes = [note for test in tests for note in test.notes if note.severity == "error"]
        if notes and failure is None:
            failure = (notes[0].where, notes[0].problem)
        return View(tuple(shares), tuple(changes), (sum(r.passed for r in results), len(results)), failure)

    def watched(self) -> tuple[set[Path], set[Path]]:
        """What has to be watched: the folders of the packs in use with their rules, and the files. Raises PackError."""
        from gouji.workbench.packtest import targets

        folders, roots = targets([self.pack], self.packs)
        parts = [root / part for root in (*(f.parents[1] for f in folders), *roots) for part in ("grammars", "rules")]
        packs = {one.resolve() for part in parts if part.is_dir() for one in (part, *part.rglob("*/"))}
        return packs, {Path(file).resolve() for file in self.files}


def _told(engine: Engine, file: str) -> tuple[str, ...]:
    from gouji.errors import ReadError

    try:
        return told(engine.parse(file))
    except ReadError as error:
        if error.code != "no-report":
            raise
        return ()


def views(watch: Watch) -> Iterator[View]:
    """A view now, and one after every saving. Needs watchfiles."""
    from watchfiles import watch as changes

    yield watch.run()
    packs, files = watch.watched()

    def concerns(_: object, path: str) -> bool:
        file = Path(path)
        return file in files or (file.suffix in SUFFIXES and file.parent in packs)

    # Folders, because an editor may save by putting another file in the place of the old one.
    for _ in changes(*packs, *{file.parent for file in files}, watch_filter=concerns, recursive=False):
        yield watch.run()
