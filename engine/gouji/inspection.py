"""What is looked at in the files of a user's pack before anything is compiled from them.

A pack is data of known kinds and forms, its grammars do not import one another in a circle, and no expression in it takes time
beyond all bounds (of terminals that are put together that is seen when they are compiled). Whatever is wrong is refused
with its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gouji import grammarfiles
from gouji.bounds import refuse
from gouji.errors import PackError
from gouji.grammarfiles import PIECES, imports
from gouji.packfile import read_pack
from gouji.packs import Packs
from gouji.yamlfile import Scalar, invalid, read, unknown

SUFFIXES = (".yaml", ".lark", ".txt", ".md")
PACK_FILES = ("pack.yaml", "metrics.yaml", "folds.yaml")
FILES_LIMIT = 1000
SIZE_LIMIT = 4 * 1024 * 1024

_REPEATED = re.compile(r"\(.*[*+{]", re.S)


def inspect(packs: Packs) -> None:
    """Look at the packs that do not come with gouji. Raises PackError."""
    for root in packs.user.roots:
        for part in ("grammars", "rules"):
            files = [file for file in sorted((root.path / part).rglob("*")) if file.is_file()]
            _kinds(files, root.path / part)
            for file in files:
                if file.suffix == ".lark":
                    _circle(file, packs.grammar_roots)
                    _grammar(file)
                elif file.suffix == ".yaml":
                    content = read(file)
                    if not content and not isinstance(content, Scalar):
                        raise invalid(
                            content,
                            "文件是空的",
                            "the file is empty",
                            "请写上内容，或移走",
                            "fill it in, or move it away",
                        )
                    if file.name == "pack.yaml":
                        read_pack(file.parent)
                    # What stands in rules and metrics is words and equations, in which * means something else.
                    _expressions(content, part == "grammars" and file.name != "metrics.yaml")


def _kinds(files: Sequence[Path], folder: Path) -> None:
    for number, file in enumerate(files):
        depth = len(file.relative_to(folder).parts)
        if file.name.startswith(".") or "__pycache__" in file.parts:
            continue
        if file.suffix not in SUFFIXES:
            raise _foreign(
                file, f"{file.name} 不属于规则包", f"{file.name} does not belong into a pack", " ".join(SUFFIXES)
            )
        if file.suffix == ".yaml" and folder.name == "grammars":
            known = ("metrics.yaml",) if depth == 1 else PACK_FILES if depth == 2 else ()
            if file.name not in known:
                raise unknown(Scalar(file.name, str(file)), "文件", "file", known)
        if number >= FILES_LIMIT:
            raise invalid(
                str(folder), f"文件过多：{len(files)} 个", f"too many files: {len(files)}",
                f"至多 {FILES_LIMIT} 个；请移走多余的", f"{FILES_LIMIT} at most; move the others away",
            )  # fmt: skip
        if file.stat().st_size > SIZE_LIMIT:
            raise invalid(
                str(file), "文件过大", "the file is too large",
                f"至多 {SIZE_LIMIT >> 20} MB；请拆分", f"{SIZE_LIMIT >> 20} MB at most; split it",
            )  # fmt: skip


def _foreign(file: Path, zh: str, en: str, allowed: str) -> PackError:
    return invalid(
        str(file), zh, en, f"请移走；规则包只含数据：{allowed}", f"move it away; a pack holds data only: {allowed}"
    )


def _circle(file: Path, roots: Sequence[Path], chain: tuple[Path, ...] = ()) -> None:
    chain = (*chain, file.resolve())
    for one in imports(file, roots):
        if one.file is not None and one.file.resolve() in chain:
            names = " → ".join(f.name for f in (*chain[chain.index(one.file.resolve()) :], one.file))
            raise invalid(
                one.where,
                f"循环导入：{names}",
                f"circular import: {names}",
                "把共用的规则和终结符移到第三个文件，由两者导入",
                "move what both need to a third file that both import",
            )
        if one.file is not None:
            _circle(one.file, roots, chain)


def _grammar(file: Path) -> None:
    text = grammarfiles.read(file)
    for piece in PIECES.finditer(text):
        if source := piece["expression"]:
            refuse(source.replace("\\/", "/"), grammarfiles.position(file, text, piece.start("expression")))


def _expressions(data: Any, long: bool) -> None:
    """Look at every text of a YAML file that can be an expression; with `long` at how it does on long texts, too."""
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, Scalar):
            refuse(str(value), value.where, bool(_REPEATED.search(value)), long)
