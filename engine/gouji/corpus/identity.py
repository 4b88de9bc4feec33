"""What a batch depends on: its files, the packs, the program. Where none of it has changed there is nothing to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from gouji import __version__
from gouji.corpus.dataset import SCHEMA
from gouji.packs import Packs


def engine_digest(packs: Sequence[Path]) -> str:
    """A hash over program, grammars and rules, the same on every machine that has the same of them."""
    total = sha256(f"{SCHEMA}\0{__version__}\0".encode())
    package = Path(__file__).parents[1]
    for file in sorted(package.rglob("*.py")):
        _add(total.update, file.relative_to(package).as_posix(), file.read_bytes())
    for n, root in enumerate(Packs.find(packs).roots):
        for folder in ("grammars", "rules"):
            for file in sorted((root.path / folder).rglob("*")):
                if file.suffix in (".yaml", ".lark") and file.is_file():
                    _add(total.update, f"{n}/{file.relative_to(root.path).as_posix()}", file.read_bytes())
    return total.hexdigest()


def batch_key(engine: str, files: Iterable[tuple[str, str]]) -> str:
    """The name of what comes of a batch: of the engine, and of (name, content hash) of every file."""
    total = sha256(f"{engine}\0".encode())
    for name, content in files:
        _add(total.update, name, content.encode())
    return total.hexdigest()[:24]


def _add(update: object, name: str, content: bytes) -> None:
    assert callable(update)
    update(f"{len(content)}\0{name}\0".encode("utf-8", "surrogateescape"))
    update(content)
