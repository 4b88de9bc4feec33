"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[IO[bytes]]:
    """A new file beside `path` that takes its place when the block ends, and is gone when the block fails.

    Its rights are `mode`; without one those of the file that it replaces, else what is usual. Raises OSError
    where nothing can be written.
    """
    # Slow to import, and most runs write nothing.
    import tempfile

    path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=".gouji-", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
        new.chmod(_usual(path) if mode is None else mode)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _usual(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
