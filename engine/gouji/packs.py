"""Packs: where grammars, metrics, rules and messages lie. Data only; no Python runs from a pack."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

from gouji.errors import Message, PackError
from gouji.values import Struct
from gouji.yamlfile import Scalar, invalid, read, unknown

Origin: TypeAlias = Literal["builtin", "installed", "environment", "project", "option"]

VARIABLE = "GOUJI_PATH"
PROJECT = "gouji.yaml"
ENTRY_POINTS = "gouji.packs"


class Root(Struct):
    """A folder with `grammars/` and/or `rules/`, and how it was found: `by` names what told of it."""

    path: Path
    origin: Origin = "option"
    by: str = ""


class Packs(Struct):
    """The pack roots in use. A root is a folder with `grammars/` and/or `rules/`.

    `grammars/<pack>/pack.yaml` describes a pack, `metrics.yaml` in `grammars/` or in a pack adds metrics,
    every `rules/*.yaml` but `messages.yaml` adds rules.
    """

    roots: tuple[Root, ...]

    @classmethod
    def find(cls, extra: Sequence[Path] = (), *, around: Path | None = None) -> Packs:
        """The built-in packs and those of the user, in this order.

        Installed distributions tell of theirs by the entry points `gouji.packs`, the environment by the folders in
        GOUJI_PATH, the project by `packs` in the `gouji.yaml` of the folder `around` (the current one if None) or
        one above it, the caller by the folders `extra`. A folder that is told of twice counts once.

        Raises PackError for a folder that is no pack, and for two packs of one name, naming both places.
        """
        found: dict[Path, Root] = {}
        user = (*_installed(), *_environment(), *_project(around or Path.cwd()), *(Root(p) for p in extra))
        for root in (Root(builtin(), "builtin"), *user):
            if not root.path.is_dir() or not any((root.path / part).is_dir() for part in ("grammars", "rules")):
                by_zh, by_en = (f"（见 {root.by}）", f" (told of by {root.by})") if root.by else ("", "")
                zh, en = (
                    "不是规则包：其中没有 grammars/ 或 rules/ 文件夹",
                    "no pack: it has no folder grammars/ or rules/",
                )
                if not root.path.exists():
                    zh, en = "没有这个文件夹", "no such folder"
                raise PackError(
                    str(root.path), "no-pack",
                    Message(f"{zh}{by_zh}", f"{en}{by_en}"),
                    Message("请指定含有 grammars/ 或 rules/ 的文件夹", "name a folder that holds grammars/ or rules/"),
                )  # fmt: skip
            found.setdefault(root.path.resolve(), root)
        packs = cls(tuple(found.values()))
        seen: dict[str, Path] = {}
        for folder in packs.folders():
            if "__" in folder.name:
                raise invalid(str(folder), "规则包名称不能含有 __", "the name of a pack must not contain __")
            if other := seen.get(folder.name):
                raise invalid(
                    str(folder),
                    f"规则包 {folder.name} 与 {other} 重名",
                    f"pack {folder.name} exists already: {other}",
                    "请改名；补充已有的规则包用 amends",
                    "rename it; what adds to a pack says so by amends",
                )
            seen[folder.name] = folder
        return packs

    @property
    def user(self) -> Packs:
        """The packs that do not come with gouji."""
        return Packs(tuple(root for root in self.roots if root.origin != "builtin"))

    @property
    def grammar_roots(self) -> list[Path]:
        """The folders in which one grammar finds another."""
        return [root.path / "grammars" for root in self.roots]

    def folders(self) -> list[Path]:
        """The folder of every pack, in order of the roots and then of the names."""
        return [file.parent for root in self.grammar_roots for file in sorted(root.glob("*/pack.yaml"))]

    def metrics(self) -> list[Path]:
        """The files that define metrics."""
        return [
            f for root in self.grammar_roots for f in sorted([*root.glob("metrics.yaml"), *root.glob("*/metrics.yaml")])
        ]

    def rules(self) -> list[Path]:
        """The files that define rules."""
        return [
            f for root in self.roots for f in sorted((root.path / "rules").glob("*.yaml")) if f.name != "messages.yaml"
        ]

    def messages(self) -> list[Path]:
        """The files that hold the words of the interface."""
        return [f for root in self.roots if (f := root.path / "rules" / "messages.yaml").is_file()]

    def digest(self) -> str:
        """A hash over the name and content of every file: what was compiled from them is good for this hash only."""
        total = sha256()
        for root in self.roots:
            for part in ("grammars", "rules"):
                for file in files_below(os.path.join(root.path, part), (".yaml", ".lark")):
                    with open(file, "rb") as source:
                        content = source.read()
                    total.update(f"{file}\0{len(content)}\0".encode())
                    total.update(content)
        return total.hexdigest()


def files_below(folder: str, suffixes: tuple[str, ...]) -> list[str]:
    """The files in `folder` and all folders below it, linked ones too, whose names end with one of `suffixes`."""
    found: list[str] = []
    seen: set[tuple[int, int]] = set()
    for at, below, names in os.walk(folder, followlinks=True):
        if "__pycache__" in below:
            below.remove("__pycache__")
        # A link may lead back to a folder above it, or to one that another leads to.
        status = os.stat(at)
        if (status.st_dev, status.st_ino) in seen:
            below.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        found += [os.path.join(at, name) for name in names if name.endswith(suffixes)]
    return sorted(filter(os.path.isfile, found))


def builtin() -> Path:
    """The root of the packs that gouji brings: in the installed package, or the checkout that it runs from."""
    installed = Path(__file__).resolve().parent / "_builtin"
    if installed.is_dir():
        return installed
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "grammars").is_dir():
        return checkout
    raise PackError(
        str(installed), "no-data",
        Message("安装不完整：缺少语法和规则", "incomplete installation: grammars and rules are missing"),
        Message("请重新安装 gouji", "install gouji again"),
    )  # fmt: skip


def _environment() -> Iterator[Root]:
    for name in os.environ.get(VARIABLE, "").split(os.pathsep):
        if name:
            yield Root(Path(name), "environment", VARIABLE)


def _project(folder: Path) -> Iterator[Root]:
    """The packs of the project that `folder` belongs to."""
    folder = folder.resolve()
    file = next((f for above in (folder, *folder.parents) if (f := above / PROJECT).is_file()), None)
    if file is None:
        return
    content = read(file)
    if not isinstance(content, dict):
        raise invalid(content or str(file), "此处应为键值表", "expected a mapping here")
    for key in content:
        if key != "packs":
            raise unknown(key, "键", "key", ("packs",))
    listed = content.get("packs", [])
    if not isinstance(listed, list) or not all(isinstance(name, Scalar) for name in listed):
        raise invalid(listed or str(file), "packs 应为文件夹的列表", "packs: expected a list of folders")
    for name in listed:
        yield Root(file.parent / name, "project", name.where)


def _installed() -> Iterator[Root]:
    """The packs of installed distributions: an entry point `gouji.packs` names a folder that holds data only."""
    if not any(_mentions(folder) for folder in sys.path):
        # Asking importlib.metadata takes longer than looking into the files that it would read.
        return
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: (point.name, point.value)):
        by = f"{point.dist.name if point.dist else '?'} {ENTRY_POINTS}: {point.name} = {point.value}"
        yield Root(_folder_of(point.value, by), "installed", by)


def _folder_of(package: str, by: str) -> Path:
    """The folder of an installed package. It is found and not imported: no Python runs from a pack."""
    parts = package.replace(":", ".").split(".")
    for entry in sys.path:
        folder = Path(entry or ".", *parts)
        if folder.is_dir():
            return folder
    raise invalid(
        by, f"找不到文件夹 {package}", f"there is no folder {package}", "请重新安装该发行包", "install it again"
    )


def _mentions(folder: str) -> bool:
    """Whether a distribution installed in `folder` tells of packs."""
    try:
        names = [e.name for e in os.scandir(folder or ".") if e.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return False
    for name in names:
        try:
            with open(os.path.join(folder, name, "entry_points.txt"), "rb") as file:
                if ENTRY_POINTS.encode() in file.read():
                    return True
        except OSError:
            continue
    return False
