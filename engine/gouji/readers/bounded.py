"""Bounds on time and memory for libraries that have none of their own."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Exceeded(BaseException):
    """What was to be done took too long. No handler for mere exceptions, as libraries have them, stops it."""


@contextmanager
def bounded(seconds: int, memory: int) -> Iterator[None]:
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
def _timed(seconds: int) -> Iterator[None]:
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _alarm)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        try:
            # The alarm may still go off right here.
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            signal.signal(signal.SIGALRM, before)


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
