"""`gouji corpus run --scheduler ADDRESS`: the same job on a Dask cluster.

A task is a batch; it is done where Dask puts it, by a worker process of ours beside that of Dask, so that limits and
blame are the same as on one machine. It writes its own parts: names go out, numbers come back.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from gouji.corpus.batches import Batch
from gouji.corpus.crew import Done, Helper
from gouji.corpus.identity import engine_digest
from gouji.corpus.run import Job
from gouji.corpus.worker import Setup
from gouji.errors import GoujiError, Message

if TYPE_CHECKING:
    from distributed import Client

_AHEAD = 4  # batches that wait for each thread of the cluster
_ATTEMPTS = 5  # a batch loses so many machines before we give up
_here = threading.local()

# An error in pieces: exceptions of several arguments do not travel.
Refusal: TypeAlias = tuple[str, str, tuple[str, str], tuple[str, str]]


def run_there(job: Job, address: str) -> None:
    """Do a job on the cluster whose scheduler is at `address`. Raises GoujiError where it cannot go on."""
    from distributed import Client

    try:
        client = Client(address, timeout=30)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise GoujiError(
            address, "no-scheduler",
            Message(f"无法连接调度器：{error}", f"the scheduler cannot be reached: {error}"),
            Message("请检查地址，并先启动 dask scheduler", "check the address, and start dask scheduler first"),
        ) from error  # fmt: skip
    with client:
        _drive(job, client)


def _drive(job: Job, client: Client) -> None:
    """Keep so many batches waiting that no thread of the cluster is idle, and no more."""
    from distributed import as_completed
    from distributed.scheduler import KilledWorker

    waiting = job.batches(None)
    running: dict[str, tuple[Batch, int]] = {}
    completed = as_completed()  # type: ignore[no-untyped-call]

    def submit(batch: Batch, attempt: int = 0) -> None:
        name = f"gouji-{job.setup.engine[:12]}-{batch.number}-{attempt}"
        future = client.submit(work, job.setup, batch, key=name, pure=False, retries=_ATTEMPTS)
        running[name] = batch, attempt
        completed.add(future)  # type: ignore[no-untyped-call]

    def fill() -> None:
        threads = sum(client.nthreads().values())  # type: ignore[no-untyped-call]
        room = max(1, threads) * _AHEAD
        while len(running) < room and (batch := next(waiting, None)) is not None:
            submit(batch)

    fill()
    for future in completed:
        batch, attempt = running.pop(str(future.key))
        if future.status == "finished":
            done, refusal = future.result()
            if refusal is not None:
                raise _error(refusal)
            job.finished(batch.number, Done(*done))
        elif isinstance(future.exception(), KilledWorker) and attempt < _ATTEMPTS:
            # Machines went away with it by chance: what a file can do does not reach a process of Dask.
            submit(batch, attempt + 1)
        else:
            problem = f"{future.exception()}"
            raise _error(
                (
                    job.setup.out,
                    "cluster",
                    (f"集群上的任务失败：{problem}", f"a task failed on the cluster: {problem}"),
                    ("请再次运行，会从中断处继续", "run it again: it goes on where it was"),
                )
            )
        future.release()
        fill()


def work(setup: Setup, batch: Batch) -> tuple[Done | None, Refusal | None]:
    """Do a batch on this machine; what came of it, or why it cannot be done."""
    try:
        own = _digest(setup.packs)
        if own != setup.engine:
            raise _error(
                (
                    "gouji",
                    "version",
                    (
                        "集群上的 gouji、语法或规则与本机不同",
                        "gouji, its grammars or its rules are not the same on the cluster as here",
                    ),
                    ("请在各处安装同一版本", "install the same release everywhere"),
                )
            )
        return _helper(setup).work(Batch(*batch)), None
    except GoujiError as error:
        return None, (
            error.source,
            error.code,
            (error.problem.zh, error.problem.en),
            (error.remedy.zh, error.remedy.en),
        )


@cache
def _digest(packs: tuple[str, ...]) -> str:
    return engine_digest([Path(pack) for pack in packs])


def _helper(setup: Setup) -> Helper:
    """The worker process of this thread."""
    known: dict[Setup, Helper] = _here.__dict__.setdefault("helpers", {})
    if setup not in known:
        for old in known.values():
            old.close()
        known.clear()
        known[setup] = Helper(setup)
    return known[setup]


def _error(refusal: Refusal | Any) -> GoujiError:
    source, code, problem, remedy = refusal
    return GoujiError(source, code, Message(*problem), Message(*remedy))
