"""Workers that can be lost: processes that are started, watched and replaced, and which file is to blame for a loss."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import IO, Any, NamedTuple

from gouji.corpus.batches import Batch
from gouji.corpus.worker import Setup
from gouji.errors import GoujiError, Message

_STRIKES = 2  # A process may be lost by chance once: the machine was short of memory, somebody ended it.


class Done(NamedTuple):
    """What came of a batch: the name of its parts, its files, whether it was done before, errors by code."""

    name: str
    files: int
    kept: bool
    errors: dict[str, int]


class Helper:
    """One worker process and its successors."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def work(self, batch: Batch, began: Callable[[int], object] = lambda n: None) -> Done:
        """Have a batch done, whatever becomes of the process; `began` hears which file is in hand.

        A file whose time is over, or with which the process is lost twice, is left out and listed. Raises GoujiError
        where nothing can be written or no process lives long enough to begin.
        """
        blamed: dict[int, tuple[str, bool]] = {}
        lost: Counter[int] = Counter()
        while True:
            answer, at, hashed = self._asked(batch, blamed, began)
            if answer is not None and "done" in answer:
                return Done(**answer["done"])
            if answer is not None:
                self.close()
                raise _unwritable(self._setup.out, *answer["unwritable"])
            status = self._gone()
            if self._closed:
                raise _no_worker(status)
            lost[at] += 1
            late = hasattr(signal, "SIGALRM") and status == -signal.SIGALRM
            if at < 0:
                if lost[at] > _STRIKES:
                    raise _no_worker(status)
            elif late or lost[at] == _STRIKES:
                blamed[at] = "time" if late else "crash", hashed

    def close(self) -> None:
        """End the process, for good."""
        self._closed = True
        if self._process is not None:
            self._process.kill()
            self._gone()

    def _asked(
        self, batch: Batch, blamed: dict[int, tuple[str, bool]], began: Callable[[int], object]
    ) -> tuple[dict[str, Any] | None, int, bool]:
        """The last answer of the process, None where it was lost; which file was in hand (-1: none), hashed or not."""
        at, hashed = -1, False
        try:
            asked, told = self._started()
            order = {"number": batch.number, "items": batch.items, "blamed": blamed}
            asked.write(json.dumps(order) + "\n")
            asked.flush()
            for line in told:
                answer = json.loads(line)
                if "at" in answer:
                    at, hashed = answer["at"], answer["hashed"]
                    if hashed:
                        began(at)
                elif "ready" not in answer:
                    if answer.get("worn"):
                        self._gone()
                    return answer, at, hashed
        except (BrokenPipeError, json.JSONDecodeError):
            pass
        return None, at, hashed

    def _started(self) -> tuple[IO[str], IO[str]]:
        if self._process is None:
            # In a session of its own: what the terminal sends is for the parent.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gouji.corpus.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                start_new_session=True,
            )
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(self._setup._asdict()) + "\n")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def _gone(self) -> int:
        """Wait for the end of the process; its status."""
        process, self._process = self._process, None
        if process is None:
            return 0
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        return process.wait()


def _unwritable(out: str, zh: str, en: str) -> GoujiError:
    return GoujiError(
        out, "unwritable",
        Message(f"无法写入：{zh}", f"cannot be written: {en}"),
        Message("腾出空间后重新运行，会从中断处继续", "make room and run it again: it goes on where it was"),
    )  # fmt: skip


def _no_worker(status: int) -> GoujiError:
    return GoujiError(
        "gouji", "no-worker",
        Message(f"工作进程无法启动（状态 {status}）", f"no worker process stays alive (status {status})"),
        Message("请检查内存是否够用，安装是否完整", "check that there is memory, and that the installation is complete"),
    )  # fmt: skip
