"""Makes the reader of this process fall over files that say so: on the path of worker processes in tests only."""

from __future__ import annotations

import os
import time
from typing import Any

from gouji.pipeline import Engine

_read = Engine.read


def _allocate() -> None:
    held = [bytearray(64 << 20) for _ in range(32)]
    raise AssertionError(f"{len(held)} blocks were to be had")


def _loop() -> None:
    while True:
        time.sleep(0.001)


_FALLS = {b"CRASH": os.abort, b"HANG": _loop, b"ALLOCATE": _allocate}


def _falling(self: Engine, source: str, data: bytes | None = None) -> Any:
    if (fall := _FALLS.get((data or b"").strip())) is not None:
        fall()
    return _read(self, source, data)


Engine.read = _falling  # type: ignore[method-assign]
