"""A corpus on a cluster: Dask workers as processes of their own, one of them lost in the middle."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gouji.corpus import sample
from gouji.corpus.run import Job, run_here
from gouji.corpus.scheduler import run_there
from gouji.corpus.worker import Setup
from gouji.errors import GoujiError
from gouji.pipeline import Engine
from test_corpus_run import content

REPORTS = 160


class Cluster:
    """A scheduler and two workers, each a process."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file)
        )
        while not self.file.exists():
            time.sleep(0.05)
        self.workers = [self._worker() for _ in range(2)]

    @property
    def address(self) -> str:
        """That of the scheduler."""
        import json

        return str(json.loads(self.file.read_text())["address"])

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._start(
            "worker",
            "--scheduler-file",
            str(self.file),
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            str(self.folder),
        )

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "dask", *arguments], stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def close(self) -> None:
        """End what was started."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path)
    yield cluster
    cluster.close()


def test_a_lost_worker_leaves_the_same_data_set(cluster: Cluster, tmp_path: Path) -> None:
    corpus, here, there = tmp_path / "corpus", tmp_path / "here", tmp_path / "there"
    sample.write(sample.Composer(Engine.load(), seed=8), REPORTS, corpus)
    alone = Job([str(corpus)], Setup(str(here)))
    alone.begin()
    run_here(alone, 2)
    alone.end()

    class Watched(Job):
        lost = False

        def finished(self, number: int, done: object) -> None:
            super().finished(number, done)  # type: ignore[arg-type]
            if not self.lost:
                self.lost = True
                cluster.workers[0].kill()

    job = Watched([str(corpus)], Setup(str(there)))
    job.begin()
    run_there(job, cluster.address)
    job.end()
    assert job.lost
    assert cluster.workers[0].wait() != 0
    assert content(there) == content(here)


def test_a_scheduler_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(GoujiError, match="scheduler"):
        run_there(Job([str(tmp_path)], Setup(str(tmp_path / "out"))), "no-such-protocol://127.0.0.1:1")
