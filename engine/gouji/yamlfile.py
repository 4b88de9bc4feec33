"""YAML with positions: every scalar is a string that knows its file, line and column.

Scalars stay strings (`no` is not false, `12:30` not a number of seconds); whoever reads a value converts it
and can point at the place when it does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gouji.errors import Message, PackError

if TYPE_CHECKING:
    import yaml


_MOST = 1_000_000


class Scalar(str):
    """A YAML scalar; `where` is `file:line:column`, 1-based."""

    where: str

    def __new__(cls, value: str, where: str) -> Scalar:
        """The scalar `value` at `where`."""
        self = super().__new__(cls, value)
        self.where = where
        return self

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.where


def where(value: object, default: str = "") -> str:
    """The position of `value`: its own, or that of the first scalar inside it."""
    if isinstance(value, Scalar):
        return value.where
    if isinstance(value, dict):
        value = [*value]
    if isinstance(value, list) and value:
        return where(value[0], default)
    return default


def invalid(at: object, zh: str, en: str, remedy_zh: str = "请改正后重试", remedy_en: str = "correct it") -> PackError:
    """A PackError at the position of `at` (a Scalar, a structure of them, or a position as plain text)."""
    place = where(at) or str(at)
    return PackError(place, "invalid-pack", Message(zh, en), Message(remedy_zh, remedy_en))


def unknown(at: Scalar, kind_zh: str, kind_en: str, known: Any) -> PackError:
    """A PackError for a name that is not among `known`, with the nearest one as remedy."""
    from difflib import get_close_matches

    near = get_close_matches(at, list(known), n=1, cutoff=0.5)
    hint_zh = f"最接近的是 {near[0]}" if near else "请查对名称"
    hint_en = f"the nearest is {near[0]}" if near else "check the name"
    return invalid(at, f"未知的{kind_zh} {at}", f"unknown {kind_en} {at}", hint_zh, hint_en)


def _build(node: yaml.Node, file: str, built: Iterator[int]) -> Any:
    import yaml

    at = f"{file}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"
    # A few aliases of aliases make a structure that no memory holds.
    if next(built) > _MOST:
        raise invalid(at, "内容过多", "more content than any such file has", "请减少别名（*）", "use fewer aliases (*)")
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, at)
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, file, built) for child in node.value]
    assert isinstance(node, yaml.MappingNode)
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = _build(key_node, file, built)
        if not isinstance(key, Scalar):
            raise invalid(at, "键必须是文字", "a key must be plain text")
        if key in mapping:
            raise invalid(key, f"键 {key} 重复", f"duplicate key {key}")
        mapping[key] = _build(value_node, file, built)
    return mapping


def read(path: Path) -> Any:
    """The content of a YAML file as dicts, lists and `Scalar`s; {} for an empty file.

    Raises PackError with file, line and column when it is unreadable or no valid YAML.
    """
    # Needed only where packs are compiled, not where their compiled form is loaded.
    import yaml

    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise invalid(str(path), f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise invalid(str(path), "不是 UTF-8 文本", "not UTF-8 text") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = str(getattr(error, "problem", error))
        raise invalid(at, f"YAML 语法错误：{problem}", f"YAML syntax: {problem}") from error
    try:
        return {} if node is None else _build(node, str(path), count())
    except RecursionError:
        raise invalid(str(path), "嵌套过深", "nested too deeply") from None
