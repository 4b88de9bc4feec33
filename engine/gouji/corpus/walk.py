"""Which files a corpus consists of: folders walked, archives as folders, always in one order.

Nothing is read but names: a folder of millions of reports is walked while its first ones are worked on.
"""

from __future__ import annotations

import glob
import os
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from gouji import oserrors
from gouji.corpus import store
from gouji.errors import Message, ReadError
from gouji.readers import READERS
from gouji.readers.refusals import no_inputs

_ZIP = (".zip",)
_TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
MEMBERS = 10_000_000
"""No archive is believed to hold more files than this."""


class Item(NamedTuple):
    """One input: `name` as the data set calls it.

    A member of an archive has the `archive` and its name there, `offset` and `size` where it lies in a tar.
    """

    name: str
    archive: str = ""
    member: str = ""
    offset: int = 0
    size: int = 0


def walk(paths: Sequence[str], spool: str | None = None) -> Iterator[Item | ReadError]:
    """Every input below `paths`, sorted; what cannot be walked comes as a ReadError in its place.

    A compressed tar is unpacked into one file in the folder `spool` first, since its members cannot be reached
    otherwise but by reading all before them; without a folder it is refused.
    """
    for path in _outermost(paths):
        if store.is_remote(path):
            yield from _some(path, _remote(path))
        elif not os.path.exists(path):
            yield _error(
                path, "not-found", "没有这个文件或文件夹", "no such file or folder", "请检查路径", "check the path"
            )
        elif os.path.isdir(path):
            yield from _some(path, _folder(path, spool))
        elif is_archive(path):
            yield from _some(path, _archive(path, spool))
        else:
            yield Item(path)


def _some(path: str, found: Iterator[Item | ReadError]) -> Iterator[Item | ReadError]:
    """What was found below `path`, or that it was nothing."""
    first = next(found, None)
    yield no_inputs(path, READERS) if first is None else first
    yield from found


def is_archive(path: str) -> bool:
    """Whether a file is walked as a folder."""
    return path.lower().endswith((*_ZIP, *_TAR))


def _outermost(paths: Sequence[str]) -> list[str]:
    """The paths in order, without those that lie below another: no report counts twice."""
    named = (found for path in map(os.fspath, paths) for found in _named(path))
    real = {path: path if store.is_remote(path) else os.path.realpath(path) for path in named}
    kept: dict[str, str] = {}
    for path, place in sorted(real.items(), key=lambda item: (item[1].count(os.sep), item[0])):
        if not any(place == other or place.startswith(other.rstrip(os.sep) + os.sep) for other in kept.values()):
            kept[path] = place
    return sorted(kept)


def _named(path: str) -> list[str]:
    """The path, or what a pattern that the shell left alone stands for."""
    known = store.is_remote(path) or os.path.exists(path)
    return [path] if known else glob.glob(path, recursive=True) or [path]


def _remote(url: str) -> Iterator[Item | ReadError]:
    """The files below a URL. Archives there are not opened."""
    import fsspec

    try:
        files, root = fsspec.core.url_to_fs(url)
        names = sorted(name for name in files.find(root) if _wanted(name))
    except (OSError, ValueError, ImportError) as error:
        why = oserrors.reason(error)
        yield _error(
            url,
            "unreadable",
            f"无法读取：{why.zh}",
            f"cannot be read: {why.en}",
            "请检查网址和权限",
            "check the URL and its permissions",
        )
        return
    yield from (Item(files.unstrip_protocol(name)) for name in names)


def _folder(path: str, spool: str | None) -> Iterator[Item | ReadError]:
    try:
        with os.scandir(path) as listed:
            entries = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in listed)
    except OSError as error:
        yield oserrors.unreadable(path, error)
        return
    for name, folder in entries:
        below = os.path.join(path, name)
        if folder:
            yield from _folder(below, spool)
        elif is_archive(name):
            yield from _archive(below, spool)
        elif _wanted(name):
            yield Item(below)


def _wanted(name: str) -> bool:
    # Office leaves `~$name` beside a document that is open; macOS leaves `._name` in archives.
    base = os.path.basename(name)
    return os.path.splitext(base)[1].lower() in READERS and not base.startswith(("~$", "._"))


def _archive(path: str, spool: str | None) -> Iterator[Item | ReadError]:
    try:
        found = _zip(path) if path.lower().endswith(_ZIP) else _tar(path, spool)
    # The last is what zipfile raises for an archive of a newer version than it knows.
    except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError, ValueError, NotImplementedError) as error:
        if isinstance(error, ReadError):
            yield error
        else:
            why = oserrors.reason(error)
            yield _error(
                path,
                "archive",
                f"压缩包无法打开：{why.zh}",
                f"the archive cannot be opened: {why.en}",
                "文件可能不完整，请重新获取",
                "it may be incomplete; get it again",
            )
        return
    yield from found


def _zip(path: str) -> list[Item]:
    with zipfile.ZipFile(path) as archive:
        names = [i.filename for i in archive.infolist()[:MEMBERS] if not i.is_dir() and _wanted(i.filename)]
    return [Item(f"{path}/{name}", path, name) for name in sorted(set(names))]


def _tar(path: str, spool: str | None) -> list[Item]:
    if not path.lower().endswith(".tar"):
        path, shown = _unpacked(path, spool), path
    else:
        shown = path
    found: dict[str, Item] = {}
    with tarfile.open(path, "r:") as archive:
        for member, _ in zip(archive, range(MEMBERS), strict=False):
            archive.members = []  # type: ignore[attr-defined]  # they would all be kept
            if member.isreg() and not member.issparse() and _wanted(member.name):
                found[member.name] = Item(f"{shown}/{member.name}", path, member.name, member.offset_data, member.size)
    return [found[name] for name in sorted(found)]


def _unpacked(path: str, spool: str | None) -> str:
    """The tar that a compressed one holds."""
    if spool is None:
        raise _error(
            path,
            "compressed",
            "分布式运行时不读压缩的 tar",
            "a compressed tar is not read in a distributed run",
            "请先解压为 .tar 或文件夹",
            "unpack it to a .tar or a folder first",
        )
    import bz2
    import gzip
    import lzma
    import shutil
    from hashlib import sha256

    opened: dict[str, Any] = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}
    kind = next(kind for kind in opened if path.lower().endswith(kind if kind != "bz2" else ("bz2", "tbz2")))
    target = os.path.join(
        spool, sha256(os.path.realpath(path).encode("utf-8", "surrogateescape")).hexdigest()[:16] + ".tar"
    )
    with opened[kind](path, "rb") as packed, open(target, "wb") as plain:
        shutil.copyfileobj(packed, plain, 1 << 20)
    return target


def _error(source: str, code: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> ReadError:
    return ReadError(source, code, Message(zh, en), Message(remedy_zh, remedy_en))
