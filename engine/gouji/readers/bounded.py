"""Bounds on time and memory for libraries that have none of their own."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any

# Seconds. What an alarm raises in a finalizer or in a callback of the garbage collector is lost: it goes off again.
_AGAIN = 0.5
_AT_ONCE = 0.000_001


class Exceeded(BaseException):
    """What was to be done took too long. No handler for mere exceptions, as libraries have them, stops it."""


@contextmanager
def bounded(seconds: float, memory: int) -> Iterator[None]:
    """Raise Exceeded after `seconds`, MemoryError beyond `memory` bytes on top of what is in use.

    Time is bounded in the main thread of a Unix process, memory on Linux; elsewhere the work goes on unbounded.
    """
    restore = _limit_memory(memory)
    try:
        with _timed(seconds):
            yield
    finally:
        if restore is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, restore)


@contextmanager
def _timed(seconds: float) -> Iterator[None]:
    """Under a limit of time; one that was there before, as a corpus has one for each file, stays in force."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _alarm)
    began = monotonic()
    others = signal.setitimer(signal.ITIMER_REAL, 0)[0]
    try:
        signal.setitimer(signal.ITIMER_REAL, min(seconds, others or seconds), _AGAIN)
        yield
    finally:
        _silence(before)
        if others:
            signal.setitimer(signal.ITIMER_REAL, max(others - (monotonic() - began), _AT_ONCE))


def _silence(before: Any) -> None:
    """No alarm any more, and who heeded it before."""
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        except Exceeded:
            # It went off at the last moment.
            continue
        return


def _alarm(number: int, frame: FrameType | None) -> None:
    raise Exceeded


def _limit_memory(memory: int) -> tuple[int, int] | None:
    """Bound the address space; the bounds before, None where that cannot be done."""
    if not sys.platform.startswith("linux"):
        return None
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = used + memory
    if any(limit != resource.RLIM_INFINITY and limit < most for limit in (soft, hard)):
        return None
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    return soft, hard
