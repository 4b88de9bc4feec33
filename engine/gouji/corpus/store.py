"""Where the parts of a data set lie: a folder, or whatever fsspec reaches. A part is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

_LEFT = ".gouji-"  # how `atomicfile` calls what is not finished


class Store(Protocol):
    """Files by name, `table/part.parquet`."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole. Raises OSError."""

    def names(self, folder: str) -> Iterator[str]:
        """The names of the files in `folder`, without it."""

    def has(self, name: str) -> bool:
        """Whether there is a file."""

    def rename(self, old: str, new: str) -> None:
        """Give a file that may have its new name already another name."""

    def remove(self, name: str) -> None:
        """Remove a file that may be gone already."""


class Folder:
    """A folder of this machine, or one that the machines of a cluster share."""

    def __init__(self, root: str) -> None:
        self.root = Path(root)

    def put(self, name: str, content: bytes) -> None:
        """Write a file, on the disk before it has its name."""
        from gouji.atomicfile import replacing

        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def names(self, folder: str) -> Iterator[str]:
        """The names of the finished files in `folder`, without it."""
        with suppress(FileNotFoundError), os.scandir(self.root / folder) as listed:
            yield from (entry.name for entry in listed if entry.is_file() and not entry.name.startswith("."))

    def has(self, name: str) -> bool:
        """Whether there is a file."""
        return (self.root / name).is_file()

    def rename(self, old: str, new: str) -> None:
        """Give a file that may have its new name already another name."""
        with suppress(FileNotFoundError):
            (self.root / old).replace(self.root / new)

    def remove(self, name: str) -> None:
        """Remove a file that may be gone already."""
        (self.root / name).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a run that was killed has left unfinished."""
        for left in self.root.rglob(f"{_LEFT}*"):
            left.unlink(missing_ok=True)


class Remote:
    """An object store: an object is there when it is written whole."""

    def __init__(self, url: str) -> None:
        import fsspec

        self._files: Any
        self._files, self._root = fsspec.core.url_to_fs(url)

    def put(self, name: str, content: bytes) -> None:
        """Write an object."""
        self._files.makedirs(os.path.dirname(f"{self._root}/{name}"), exist_ok=True)
        self._files.pipe_file(f"{self._root}/{name}", content)

    def names(self, folder: str) -> Iterator[str]:
        """The names of the objects below `folder`, without it."""
        with suppress(FileNotFoundError):
            yield from (
                os.path.basename(path) for path in self._files.ls(f"{self._root}/{folder}", detail=False, refresh=True)
            )

    def has(self, name: str) -> bool:
        """Whether there is an object."""
        return bool(self._files.exists(f"{self._root}/{name}"))

    def rename(self, old: str, new: str) -> None:
        """Give an object that may have its new name already another name."""
        with suppress(FileNotFoundError):
            self._files.mv(f"{self._root}/{old}", f"{self._root}/{new}")

    def remove(self, name: str) -> None:
        """Remove an object that may be gone already."""
        with suppress(FileNotFoundError):
            self._files.rm_file(f"{self._root}/{name}")


def is_remote(place: str) -> bool:
    """Whether a place is named by a URL."""
    return "://" in place


def at(place: str) -> Store:
    """The store at a folder or URL."""
    return Remote(place) if is_remote(place) else Folder(place)
