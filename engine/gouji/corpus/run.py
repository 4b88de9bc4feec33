"""`gouji corpus run` on one machine: batches go to processes, their parts come to lie in the data set."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gouji import __version__
from gouji.corpus import dataset, store, summary, tables
from gouji.corpus.batches import Batch, batches, evened
from gouji.corpus.crew import Done, Helper
from gouji.corpus.identity import engine_digest
from gouji.corpus.walk import Item, walk
from gouji.corpus.worker import Setup
from gouji.errors import GoujiError, Message, ReadError

ABOUT = "corpus.json"
LOCK = "run/lock"  # there as soon as a run has begun
_HELD = 4  # batches for each process that are known before they are begun
_INPUTS = "inputs.parquet"  # the part of what could not even be walked


class Tally(NamedTuple):
    """How far a run has come: files done, those of them that were done before, errors by code."""

    files: int
    kept: int
    errors: Counter[str]


class Job:
    """One run: what goes in, where it goes, and what is known of it so far. Safe to be asked from other threads.

    `held` is what the data set holds at the end.
    """

    def __init__(self, paths: Sequence[str], setup: Setup) -> None:
        self.setup = setup._replace(engine=engine_digest([Path(p) for p in setup.packs]))
        self.store = store.at(setup.out)
        self._paths = paths
        self._lock = threading.Lock()
        self._begun: dict[int, int] = {}
        self._files = self._kept = 0
        self._errors: Counter[str] = Counter()
        self._unwalked: list[ReadError] = []
        self._names: set[str] = set()
        self.held = summary.Count(0, 0, 0, 0)

    @property
    def tally(self) -> Tally:
        """How far it has come."""
        with self._lock:
            return Tally(self._files + sum(self._begun.values()), self._kept, self._errors.copy())

    def batches(self, spool: str | None) -> Iterator[Batch]:
        """The batches to do; what cannot be walked is kept for the errors."""

        def items() -> Iterator[Item]:
            for found in walk(self._paths, spool):
                if isinstance(found, ReadError):
                    self._unwalked.append(found)
                else:
                    yield found

        return batches(items())

    def count(self) -> Iterator[int]:
        """How many files there are, once they are counted."""
        yield sum(isinstance(found, Item) for found in walk(self._paths))

    def began(self, number: int, at: int) -> None:
        """A file of a batch is in hand."""
        with self._lock:
            self._begun[number] = max(at, self._begun.get(number, 0))

    def finished(self, number: int, done: Done) -> None:
        """A batch is done."""
        with self._lock:
            self._begun.pop(number, None)
            self._names.add(done.name)
            self._files += done.files
            self._kept += done.files if done.kept else 0
            self._errors.update(done.errors)

    def begin(self) -> None:
        """Make the place ready. What says that the data set is complete goes first."""
        for name in (ABOUT, tables.DATABASE):
            self.store.remove(name)
        if isinstance(self.store, store.Folder):
            self.store.tidy()

    def end(self) -> None:
        """Remove the parts of files that are no longer there, and say that the data set is complete."""
        rows = dataset.empty()
        for error in self._unwalked:
            dataset.add_error(rows, error)
        self._errors.update(error.code for error in self._unwalked)
        for table in dataset.TABLES:
            for name in [*self.store.names(table)]:
                if name not in self._names:
                    self.store.remove(f"{table}/{name}")
        if self._unwalked:
            self.store.put(f"errors/{_INPUTS}", dataset.part(dataset.TABLES["errors"], rows["errors"]))
        self.held = self._compare()
        about = {
            "schema": dataset.SCHEMA,
            "version": __version__,
            "engine": self.setup.engine,
            "parts": len(self._names),
            "files": self.held.files,
        }
        self.store.put(ABOUT, dataset.as_json(about).encode())

    def _compare(self) -> summary.Count:
        """The second pass, in a process of its own: what it needs is gone when it is over. It writes the database too.

        Returns what the data set holds then.
        """
        import json
        import subprocess
        import sys

        done = subprocess.run(
            [sys.executable, "-m", "gouji.corpus.between"],
            input=json.dumps(self.setup._asdict()),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [""])[-1]
            raise GoujiError(
                self.setup.out, "between",
                Message(f"跨报告核对未能完成：{last}", f"the reports could not be compared: {last}"),
                Message("请再次运行", "run again"),
            )  # fmt: skip
        return summary.Count(*json.loads(done.stdout))


def run_here(job: Job, processes: int) -> None:
    """Do a job on this machine, with so many processes. Raises GoujiError where it cannot go on."""
    with spool() as folder:
        waiting = evened(job.batches(folder), _HELD * processes)
        lock, failed = threading.Lock(), threading.Event()
        problems: list[BaseException] = []

        def following() -> Batch | None:
            with lock:
                return None if failed.is_set() else next(waiting, None)

        helpers = [Helper(job.setup) for _ in range(processes)]

        def serve(helper: Helper) -> None:
            try:
                while (batch := following()) is not None:
                    number = batch.number
                    job.finished(number, helper.work(batch, lambda at, number=number: job.began(number, at)))  # type: ignore[misc]
            except BaseException as error:
                problems.append(error)
                failed.set()

        threads = [threading.Thread(target=serve, args=(helper,), daemon=True) for helper in helpers]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            failed.set()
            for helper in helpers:
                helper.close()
        if problems:
            raise problems[0]


@contextmanager
def spool() -> Iterator[str]:
    """A folder for what has to be unpacked."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        yield folder


@contextmanager
def alone(out: str) -> Iterator[None]:
    """While this lasts no other run writes to the folder `out`. Raises GoujiError for a second one."""
    file = Path(out) / LOCK
    file.parent.mkdir(parents=True, exist_ok=True)
    # By this file a folder is known again, be it that nothing else is ever finished.
    file.touch()
    try:
        import fcntl
    except ImportError:
        yield
        return
    with open(file, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise GoujiError(
                out, "busy",
                Message("另一次运行正在写入这里", "another run is writing here"),
                Message("请等它结束", "wait for its end"),
            ) from error  # fmt: skip
        yield


def is_about(folder: Path) -> bool:
    """Whether a folder holds what a run leaves at its end about the data set. Raises OSError."""
    import json

    try:
        about = json.loads((folder / ABOUT).read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return False
    return isinstance(about, dict) and str(about.get("schema")).startswith(dataset.SCHEMA.rpartition("/")[0] + "/")


def cores() -> int:
    """How many processes this machine can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
