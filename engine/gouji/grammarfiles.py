"""Grammar files as their authors write them: what they import and define, and where something stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from gouji import oserrors
from gouji.values import Struct
from gouji.yamlfile import Scalar, invalid, unknown

_IMPORT = re.compile(r"^%import[ \t]+(\.?[\w.]+)[ \t]*(?:\(([^()]*)\))?(?:[ \t]*->[ \t]*(\w+))?", re.M)
_DEFINITION = re.compile(
    r"^[ \t]*(?:%(?:override|extend)[ \t]+)?[?!]*([A-Za-z_]\w*)[.\d-]*[ \t]*(?:\{[^}]*\}[ \t]*)?:", re.M
)
_DECLARED = re.compile(r"^%declare[ \t]+([^\n/]+)", re.M)
# A string, a comment or an expression, whichever begins first; one in the mode x may go over several lines.
PIECES = re.compile(
    r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/(?P<expression>(?:\\.|[^/\\\n])+)/|/(?:\\.|[^/\\])+/[imslu]*x|(?P<open>["/])'
)


class Import(Struct):
    """An import of a grammar: where it stands, and the file that it names (None for one of Lark's own)."""

    where: str
    file: Path | None


def read(file: Path) -> str:
    """The text of a grammar file. Raises PackError where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        why = oserrors.reason(error)
        raise invalid(str(file), f"无法读取：{why.zh}", f"cannot be read: {why.en}") from error
    except UnicodeDecodeError as error:
        raise invalid(str(file), "不是 UTF-8 文本", "not UTF-8 text") from error


def position(file: Path, text: str, offset: int) -> str:
    """`file:line:column` of an offset in the text of a file."""
    return f"{file}:{text.count(chr(10), 0, offset) + 1}:{offset - text.rfind(chr(10), 0, offset)}"


def imports(file: Path, roots: Sequence[Path]) -> Iterator[Import]:
    """What a grammar imports, in order. Raises PackError for a file that is not there, and for a name not in it."""
    text = _uncommented(read(file))
    for match in _IMPORT.finditer(text):
        single = match[2] is None
        name = match[1].rpartition(".")[0] if single else match[1]
        where = position(file, text, match.start(1))
        found = _file(name, file, roots)
        if found is None and name.strip(".") not in ("common", "python", "unicode", "lark"):
            known = [".".join(f.relative_to(r).with_suffix("").parts) for r in roots for f in sorted(r.rglob("*.lark"))]
            raise unknown(Scalar(name.strip("."), where), "语法文件", "grammar file", known)
        if found is not None:
            words = match[1][len(name) :] if single else match[2]
            start = match.start(1) + len(name) if single else match.start(2)
            known = defined(found)
            for word in re.finditer(r"\w+", words):
                if word[0] not in known:
                    raise unknown(Scalar(word[0], position(file, text, start + word.start())), "名称", "name", known)
        yield Import(where, found)


def _file(name: str, file: Path, roots: Sequence[Path]) -> Path | None:
    folders = [file.parent] if name.startswith(".") else [*roots, file.parent]
    parts = name.strip(".").split(".")
    return next((f for folder in folders if (f := folder.joinpath(*parts).with_suffix(".lark")).is_file()), None)


def _uncommented(text: str) -> str:
    # Two slashes within a string or an expression are no comment.
    return PIECES.sub(lambda m: " " * len(m[0]) if m[0].startswith("//") else m[0], text)


def defined(file: Path) -> list[str]:
    """The rules and terminals that a grammar file defines or imports."""
    text = _uncommented(read(file))
    names = [match[1] for match in _DEFINITION.finditer(text)]
    names += [name for match in _DECLARED.finditer(text) for name in match[1].split()]
    for match in _IMPORT.finditer(text):
        own = [match[3] or match[1].rpartition(".")[2]] if match[2] is None else re.findall(r"\w+", match[2])
        names += own
    return list(dict.fromkeys(names))


def reach(file: Path, roots: Sequence[Path]) -> list[Path]:
    """A grammar file and all that it imports. Raises PackError as `imports` does."""
    pending, seen = [file], list[Path]()
    while pending:
        one = pending.pop(0)
        if one not in seen:
            seen.append(one)
            pending += [i.file for i in imports(one, roots) if i.file is not None]
    return seen


def unclosed(file: Path, text: str) -> tuple[str, str] | None:
    """The first quote or slash of a grammar that nothing closes, and its place; None where all are closed."""
    found = next((piece for piece in PIECES.finditer(text) if piece["open"]), None)
    return None if found is None else (found["open"], position(file, text, found.start()))


def named(path: Path, text: str, name: str, last: bool = False) -> str:
    """`file:line:column` where a grammar defines `name` (for the first or last time), else where it uses it."""
    found = list(re.finditer(rf"(?m)^[?!]*({re.escape(name)})(?=[.\d-]*\s*(?:\{{[^}}]*\}})?\s*:)", text))
    found = found or list(re.finditer(rf"(?<![\w])({re.escape(name)})(?![\w])", _uncommented(text)))
    return position(path, text, found[-1 if last else 0].start(1)) if found else str(path)


def place(file: Path, name: str, roots: Sequence[Path]) -> str:
    """Where a rule or terminal is defined, or a literal stands: in a grammar file or in one that it imports."""
    for one in reach(file, roots):
        content = read(one)
        for number, line in enumerate(content.splitlines(), 1):
            if name[0] in '"/' and not line.lstrip().startswith("//") and name in line:
                return f"{one}:{number}:{line.index(name) + 1}"
            if line.lstrip("?!").partition(":")[0].partition(".")[0].strip() == name:
                return named(one, content, name)
    return str(file)


def holding(file: Path, terminal: str, expression: str, roots: Sequence[Path]) -> tuple[str, str]:
    """The terminal in whose definition an `expression` stands, and its place: `terminal`, or one that it is made of."""
    known: dict[str, list[tuple[str, str]]] = {}
    for one in reach(file, roots):
        text = read(one)
        visible = _uncommented(text)
        found = [*_DEFINITION.finditer(visible)]
        ends = [match.start() for match in found[1:]] + [len(text)]
        for match, end in zip(found, ends, strict=True):
            where = position(one, text, match.start(1))
            known.setdefault(match[1], []).append((where, visible[match.end() : end]))
        for match in _IMPORT.finditer(visible):
            if match[3]:
                known.setdefault(match[3], []).append(
                    (position(one, text, match.start(3)), match[1].rpartition(".")[2])
                )
    pending = [terminal]
    for name in pending:
        for where, body in known.get(name, ()):
            if expression in body:
                return name, where
            pending += [word for word in re.findall(r"\w+", body) if word in known and word not in pending]
    return terminal, place(file, terminal, roots)
