"""Compiled packs, kept between runs in the user's cache folder.

The name of a cache file holds a hash of everything that it was made from (of packs the content, of programs the place,
size and date), so that it is never out of date; it is written whole or not at all. `GOUJI_CACHE` names another folder, or `off`.
"""

from __future__ import annotations

import os
import pickle
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from gouji.atomicfile import replacing
from gouji.packs import Packs, files_below

_KEPT = 8


def place(packs: Packs) -> Path | None:
    """Where the compiled form of `packs` lies; None without a cache."""
    base = os.environ.get("GOUJI_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "gouji"
    )
    if base == "off":
        return None
    made_from = sha256(f"{sys.version}{packs.digest()}".encode())
    # Lark makes the tables. It is not imported for its version: its first file tells one installation from another.
    lark = find_spec("lark")
    first = [lark.origin] if lark is not None and lark.origin and os.path.isfile(lark.origin) else []
    for file in (*first, *files_below(os.path.dirname(__file__), (".py",))):
        status = os.stat(file)
        made_from.update(f"{file}{status.st_size}{status.st_mtime_ns}".encode())
    return Path(base) / f"packs-{made_from.hexdigest()[:32]}.pickle"


def load(file: Path | None) -> object:
    """What was stored; None where there is nothing that can be used."""
    try:
        if file is None or (hasattr(os, "getuid") and file.stat().st_uid != os.getuid()):
            return None
        with file.open("rb") as stored:
            return pickle.load(stored)
    except Exception:
        # Whatever is wrong with a cache, compiling mends it.
        return None


def store(file: Path | None, content: object) -> None:
    """Keep `content`; older files are cleared away."""
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # What is in a pickle is run: nobody else may write it.
        with replacing(file, 0o600) as new:
            pickle.dump(content, new, protocol=pickle.HIGHEST_PROTOCOL)
        for old in sorted(file.parent.glob("packs-*.pickle"), key=lambda f: f.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        # Without a place for the cache every start compiles.
        return
