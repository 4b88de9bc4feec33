"""What is looked at in the files of a user's pack before anything is compiled from them.

A pack is data of known kinds, its grammars do not import one another in a circle, and no expression in it takes time
beyond all bounds (of terminals that are put together that is seen when they are compiled). Whatever is wrong is refused
with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gouji.bounds import refuse
from gouji.errors import PackError
from gouji.packs import Packs
from gouji.values import Struct
from gouji.yamlfile import Scalar, invalid, read, unknown

SUFFIXES = (".yaml", ".lark", ".txt", ".md")
PACK_FILES = ("pack.yaml", "metrics.yaml", "folds.yaml", "bodies.yaml", "crosswalk.yaml")
FILES_LIMIT = 1000
SIZE_LIMIT = 4 * 1024 * 1024

_IMPORT = re.compile(r"^%import[ \t]+(\.?[\w.]+)[ \t]*(\()?", re.M)
_COMMENT = re.compile(r"//[^\n]*")
# A string, a comment or an expression of a grammar, whichever begins first.
_PIECES = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/(?P<expression>(?:\\.|[^/\\\n])+)/')
_REPEATED = re.compile(r"\(.*[*+{]", re.S)


class Import(Struct):
    """An import of a grammar: where it stands, and the file that it names (None for one of Lark's own)."""

    where: str
    file: Path | None


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
                    # What stands in rules and metrics is words and equations, in which * means something else.
                    _expressions(read(file), part == "grammars" and file.name != "metrics.yaml")


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


def imports(file: Path, roots: Sequence[Path]) -> Iterator[Import]:
    """What a grammar imports, in order. Raises PackError for a file that is not there."""
    try:
        text = _COMMENT.sub(lambda m: " " * len(m.group()), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise invalid(str(file), f"无法读取：{error}", f"cannot be read: {error}") from error
    for match in _IMPORT.finditer(text):
        name = match[1] if match[2] else match[1].rpartition(".")[0]
        start = text.rfind("\n", 0, match.start(1)) + 1
        where = f"{file}:{text.count(chr(10), 0, match.start(1)) + 1}:{match.start(1) - start + 1}"
        folders = [file.parent] if name.startswith(".") else [*roots, file.parent]
        parts = name.strip(".").split(".")
        found = next((f for folder in folders if (f := folder.joinpath(*parts).with_suffix(".lark")).is_file()), None)
        if found is None and parts not in (["common"], ["python"], ["unicode"], ["lark"]):
            known = [".".join(f.relative_to(r).with_suffix("").parts) for r in roots for f in sorted(r.rglob("*.lark"))]
            raise unknown(Scalar(name.strip("."), where), "语法文件", "grammar file", known)
        yield Import(where, found)


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
    text = file.read_text(encoding="utf-8")
    for piece in _PIECES.finditer(text):
        if source := piece["expression"]:
            start = piece.start("expression")
            at = f"{file}:{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"
            refuse(source.replace("\\/", "/"), at)


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
