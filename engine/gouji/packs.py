"""Packs: where grammars, metrics, rules and messages lie. Data only; no Python runs from a pack."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from attrs import frozen

from gouji.errors import Message, PackError
from gouji.yamlfile import invalid


@frozen(eq=False, repr=False)
class Packs:
    """The pack roots in use. A root is a folder with `grammars/` and/or `rules/`.

    `grammars/<pack>/pack.yaml` describes a pack, `metrics.yaml` in `grammars/` or in a pack adds metrics,
    every `rules/*.yaml` but `messages.yaml` adds rules.
    """

    roots: tuple[Path, ...]

    @classmethod
    def find(cls, extra: Sequence[Path] = ()) -> Packs:
        """The built-in packs and those below the folders `extra`.

        Raises PackError for a folder that is none, and for two packs of one name, naming both places.
        """
        for root in extra:
            if not root.is_dir() or not any((root / part).is_dir() for part in ("grammars", "rules")):
                raise PackError(
                    str(root), "no-pack",
                    Message("不是规则包：其中没有 grammars/ 或 rules/ 文件夹", "no pack: it has no folder grammars/ or rules/"),
                    Message("请指定含有 grammars/ 或 rules/ 的文件夹", "name a folder that holds grammars/ or rules/"),
                )  # fmt: skip
        packs = cls((builtin(), *extra))
        seen: dict[str, Path] = {}
        for folder in packs.folders():
            if "__" in folder.name:
                raise invalid(str(folder), "规则包名称不能含有 __", "the name of a pack must not contain __")
            if other := seen.get(folder.name):
                raise invalid(
                    str(folder), f"规则包 {folder.name} 与 {other} 重名", f"pack {folder.name} exists already: {other}"
                )
            seen[folder.name] = folder
        return packs

    @property
    def grammar_roots(self) -> list[Path]:
        """The folders in which one grammar finds another."""
        return [root / "grammars" for root in self.roots]

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
        return [f for root in self.roots for f in sorted((root / "rules").glob("*.yaml")) if f.name != "messages.yaml"]

    def messages(self) -> list[Path]:
        """The files that hold the words of the interface."""
        return [f for root in self.roots if (f := root / "rules" / "messages.yaml").is_file()]

    def digest(self) -> str:
        """A hash over the name and content of every file: what was compiled from them is good for this hash only."""
        total = sha256()
        for root in self.roots:
            for part in ("grammars", "rules"):
                for file in sorted((root / part).rglob("*")):
                    if file.suffix in (".yaml", ".lark") and file.is_file():
                        content = file.read_bytes()
                        total.update(f"{file}\0{len(content)}\0".encode())
                        total.update(content)
        return total.hexdigest()


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
