"""The process that reads and checks batches: `python -m gouji.corpus.worker`.

It gets a line of JSON a batch and answers with lines of JSON: before it begins a file it says so, so that whoever
loses it knows which file was in hand. A file that takes too long ends the process (by the alarm of the system: no
code of a hanging file has to take part); one that takes too much memory gets a MemoryError.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from gouji import imprint, oserrors
from gouji.corpus import dataset, store
from gouji.corpus.identity import batch_key, engine_digest
from gouji.corpus.walk import Item
from gouji.errors import GoujiError, ReadError
from gouji.messages import Messages
from gouji.pipeline import Engine
from gouji.readers import limits
from gouji.series import profiler

_CHUNK = 1 << 20
_TABLES = [name for name in dataset.TABLES if name != "reports"]


class Blame(NamedTuple):
    """With which file a process was lost: `code` says how (time, crash), `hashed` whether its content is known."""

    code: str
    hashed: bool


class Setup(NamedTuple):
    """What those who do a job must know: limits are for each file, `files` when a worker has done enough.

    `roster` is a path or "".
    """

    out: str
    packs: tuple[str, ...] = ()
    engine: str = ""
    seconds: float = 60
    megabytes: int = 1024
    files: int = 5000
    roster: str = ""


def main() -> None:
    """Work until there is no more to do."""
    # Whatever prints must not disturb the conversation.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)

    def answer(**message: object) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    first = json.loads(sys.stdin.readline() or "null")
    if first is None:
        return
    bench = Bench(Setup(**first | {"packs": tuple(first["packs"])}), answer)
    answer(ready=True)
    for line in sys.stdin:
        order = json.loads(line)
        items = [Item(*item) for item in order["items"]]
        try:
            done = bench.work(order["number"], items, {int(n): Blame(*why) for n, why in order["blamed"].items()})
        except _Unwritable as error:
            answer(unwritable=error.told)
            return
        answer(done=done, worn=bench.worn)
        if bench.worn:
            return


class _Unwritable(Exception):
    """Parts cannot be written; `told` says where and why, in both languages."""

    def __init__(self, name: str, error: OSError) -> None:
        super().__init__(name)
        self.told = [f"{name}: {why}" for why in oserrors.reason(error)]


class Bench:
    """An engine, the limits it works under, and where its results go."""

    def __init__(self, setup: Setup, answer: Callable[..., None]) -> None:
        import gc

        import pyarrow.parquet  # noqa: F401

        self._setup = setup
        self._answer = answer
        self._store = store.at(setup.out)
        self._engine_digest = setup.engine or engine_digest([Path(p) for p in setup.packs])
        self._engine = Engine.load([Path(p) for p in setup.packs])
        self._known = {_key(name): name for name in self._store.names("reports")}
        self._archive: tuple[str, zipfile.ZipFile] | None = None
        self._done = 0
        self.worn = False
        gc.freeze()
        gc.enable()
        _limit_memory(setup.megabytes)

    def work(self, number: int, items: list[Item], blamed: dict[int, Blame]) -> dict[str, Any]:
        """Read and check a batch, write its parts; what is already there stays. What came of it, in numbers."""
        hashes = []
        for n, item in enumerate(items):
            if n in blamed and not blamed[n].hashed:
                hashes.append(f"lost {_size(item)}")
                continue
            with self._limited(n, hashed=False):
                hashes.append(self._hash(item))
        key = batch_key(self._engine_digest, zip((item.name for item in items), hashes, strict=True))
        name = f"{number:07d}-{key}.parquet"
        if self._kept(key, name):
            return {"name": name, "files": len(items), "kept": True, "errors": {}}
        rows = dataset.empty()
        # A new one for each batch: it remembers the shape of every report that it has seen.
        self._profiler = profiler(self._engine.rulebook, self._engine.bodies)
        for n, item in enumerate(items):
            if n in blamed:
                error = _lost(item.name, blamed[n].code, self._setup, self._engine.messages)
                dataset.add_error(rows, error, hashes[n])
                continue
            with self._limited(n):
                self._check(rows, item, hashes[n])
        self._write(rows, name)
        self._known[key] = name
        self._done += len(items)
        self.worn = self.worn or self._done >= self._setup.files
        errors = Counter(row["code"] for row in rows["errors"])
        return {"name": name, "files": len(items), "kept": False, "errors": errors}

    @contextmanager
    def _limited(self, n: int, hashed: bool = True) -> Iterator[None]:
        """Under the limit of time; whoever waits for us knows which file it is."""
        self._answer(at=n, hashed=hashed)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, self._setup.seconds)
        yield
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _check(self, rows: dataset.Rows, item: Item, expected: str) -> None:
        content = None
        try:
            content = self._read(item)
            found = sha256(content).hexdigest()
            if len(content) <= limits.FILE_BYTES and found != expected:
                raise _refused(item.name, "changed", self._engine.messages)
            report = self._engine.check(item.name, content)
            era = self._engine.rulebook.era(report)
            profile = self._profiler.profile(report)
            folded = self._engine.bodies.folded
            dataset.add_report(rows, report, profile, len(content), era.name if era else "", folded)
        except MemoryError:
            # What is left of the memory may be in pieces.
            self.worn = True
            dataset.add_error(rows, _lost(item.name, "memory", self._setup, self._engine.messages), expected)
        except GoujiError as error:
            # What gouji has written itself lies among reports, but is none that could not be read.
            if error.code != imprint.OWN:
                dataset.add_error(rows, error, expected)
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            problem = self._engine.messages.message("error.internal", detail=detail)
            remedy = self._engine.messages.message("error.internal_remedy")
            dataset.add_error(rows, GoujiError(item.name, "internal", problem, remedy), expected)

    def _hash(self, item: Item) -> str:
        """The hash of the content; of a file that cannot be read what is wrong with it."""
        total = sha256()
        try:
            with self._opened(item) as file:
                while chunk := file.read(_CHUNK):
                    total.update(chunk)
        except GoujiError as error:
            return f"unreadable {error.problem.en}"
        return total.hexdigest()

    def _read(self, item: Item) -> bytes:
        with self._opened(item) as file:
            return file.read(limits.FILE_BYTES + 1)

    @contextmanager
    def _opened(self, item: Item) -> Iterator[BinaryIO | _Slice]:
        """The content of an input as a file. Raises ReadError."""
        try:
            if store.is_remote(item.name):
                import fsspec

                with fsspec.open(item.name, "rb") as remote:
                    yield remote
            elif not item.archive:
                if not stat.S_ISREG(os.stat(item.name).st_mode):
                    raise OSError(0, "not a regular file")
                with open(item.name, "rb") as file:
                    yield file
            elif item.offset:
                with open(item.archive, "rb") as file:
                    yield _Slice(file, item.offset, item.size)
            else:
                with self._zip(item.archive).open(item.member) as member:
                    yield member  # type: ignore[misc]
        except GoujiError:
            raise
        except (
            OSError,
            zipfile.BadZipFile,
            RuntimeError,
            KeyError,
            EOFError,
            ValueError,
        ) as error:
            raise oserrors.unreadable(item.name, error) from error

    def _zip(self, path: str) -> zipfile.ZipFile:
        if self._archive is None or self._archive[0] != path:
            if self._archive is not None:
                self._archive[1].close()
            self._archive = path, zipfile.ZipFile(path)
        return self._archive[1]

    def _kept(self, key: str, name: str) -> bool:
        """Whether the batch is done; its parts take the place that they have in this run."""
        known = self._known.get(key)
        if known is None:
            return False
        if known != name:
            for table in (*_TABLES, "reports"):
                self._renamed(f"{table}/{known}", f"{table}/{name}")
            self._known[key] = name
        return True

    def _renamed(self, old: str, new: str) -> None:
        try:
            self._store.rename(old, new)
        except OSError as error:
            raise _Unwritable(new, error) from error

    def _write(self, rows: dataset.Rows, name: str) -> None:
        """Write the parts; that of the reports is the last: where it is, all are."""
        for table in (*_TABLES, "reports"):
            try:
                self._store.put(f"{table}/{name}", dataset.part(dataset.TABLES[table], rows[table]))
            except OSError as error:
                raise _Unwritable(f"{table}/{name}", error) from error


class _Slice:
    """A piece of a file, as a file."""

    def __init__(self, file: BinaryIO, offset: int, size: int) -> None:
        self._file = file
        self._left = size
        file.seek(offset)

    def read(self, size: int) -> bytes:
        found = self._file.read(min(size, self._left))
        self._left -= len(found)
        return found


def _key(name: str) -> str:
    return name.partition("-")[2].partition(".")[0]


def _size(item: Item) -> int:
    if item.archive or store.is_remote(item.name):
        return item.size
    try:
        return os.stat(item.name).st_size
    except OSError:
        return -1


def _lost(source: str, code: str, setup: Setup, messages: Messages) -> GoujiError:
    """An input that was more than a worker could bear: `time`, `memory`, `crash`."""
    limits = {"seconds": f"{setup.seconds:g}", "megabytes": setup.megabytes}
    return _refused(source, code, messages, **limits)


def _refused(source: str, code: str, messages: Messages, **values: object) -> GoujiError:
    problem = messages.message(f"corpus_lost.{code}", **values)
    return ReadError(source, code, problem, messages.message(f"corpus_lost.{code}_remedy"))


def _limit_memory(megabytes: int) -> None:
    """No file may take more memory than this, beyond what the engine has."""
    try:
        import resource

        with open("/proc/self/status", encoding="ascii") as status:
            data = next(int(line.split()[1]) << 10 for line in status if line.startswith("VmData"))
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (data + (megabytes << 20), hard))
    except (ImportError, OSError, ValueError, StopIteration):
        # Only Linux counts and limits the data of a process.
        return


if __name__ == "__main__":
    main()
