"""YAML with positions: every scalar is a string that knows its file, line and column.

Scalars stay strings (`no` is not false, `12:30` not a number of seconds); whoever reads a value converts it
and can point at the place when it does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gouji import oserrors
from gouji.errors import Message, PackError

_FEW = 8  # so many names are told one after the other
_NULLS = ("", "~", "null", "Null", "NULL")


class Table(dict[Any, Any]):
    """A mapping; `where` is `file:line:column` of its beginning."""

    where: str


class Items(list[Any]):
    """A list; `where` is `file:line:column` of its beginning."""

    where: str


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


class Null(Scalar):
    """The value of a key that has none, in one of the ways of YAML to say so; as text it is what is written there."""


def where(value: object, default: str = "") -> str:
    """The position of `value`: its own, or that of the first scalar inside it."""
    if isinstance(value, Scalar):
        return value.where
    if isinstance(value, dict | list) and value:
        return where(next(iter(value)), default)
    return value.where if isinstance(value, Table | Items) else default


def invalid(at: object, zh: str, en: str, remedy_zh: str = "请改正后重试", remedy_en: str = "correct it") -> PackError:
    """A PackError at the position of `at` (a Scalar, a structure of them, or a position as plain text)."""
    place = where(at) or str(at)
    return PackError(place, "invalid-pack", Message(zh, en), Message(remedy_zh, remedy_en))


def unknown(at: Scalar, kind_zh: str, kind_en: str, known: Iterable[str]) -> PackError:
    """A PackError for a name that is not among `known`, with the nearest one as remedy, or all where they are few."""
    from difflib import get_close_matches

    names = [str(name) for name in known]
    zh, en = "请查对名称", "check the name"
    if near := get_close_matches(at, names, n=1, cutoff=0.5):
        zh, en = f"最接近的是 {near[0]}", f"the nearest is {near[0]}"
    elif 0 < len(names) <= _FEW:
        zh, en = f"可用的有：{'、'.join(names)}", f"there are: {', '.join(names)}"
    return invalid(at, f"未知的{kind_zh} {at}", f"unknown {kind_en} {at}", zh, en)


def read(path: Path) -> Any:
    """The content of a YAML file as `Table`s, `Items` and `Scalar`s; an empty table for an empty file.

    Raises PackError with file, line and column when it is unreadable or no valid YAML.
    """
    # Needed only where packs are compiled, not where their compiled form is loaded.
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        # Events, because libyaml composes nodes by recursion in C: deep nesting would end the process.
        return _Builder(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), str(path)).document()
    except OSError as error:
        why = oserrors.reason(error)
        raise invalid(str(path), f"无法读取：{why.zh}", f"cannot be read: {why.en}") from error
    except UnicodeDecodeError as error:
        raise invalid(str(path), "不是 UTF-8 文本", "not UTF-8 text") from error
    except RecursionError:
        raise invalid(str(path), "嵌套过深", "nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = str(getattr(error, "problem", error))
        raise invalid(at, f"YAML 语法错误：{problem}", f"YAML syntax: {problem}") from error


class _Builder:
    """Makes values of parsing events; an alias is the very value that its anchor names."""

    def __init__(self, events: Iterator[Any], file: str) -> None:
        self._events = events
        self._file = file
        self._anchors: dict[str, Any] = {}

    def document(self) -> Any:
        """The value of the only document; an empty table where there is none."""
        import yaml

        nothing = Table()
        nothing.where = f"{self._file}:1:1"
        next(self._events)
        if not isinstance(next(self._events), yaml.DocumentStartEvent):
            return nothing
        value = self._value(next(self._events))
        next(self._events)
        if isinstance(another := next(self._events), yaml.DocumentStartEvent):
            raise invalid(self._at(another), "只能有一个文档", "there must be one document only")
        return nothing if isinstance(value, Null) and value == "" else value

    def _at(self, event: Any) -> str:
        return f"{self._file}:{event.start_mark.line + 1}:{event.start_mark.column + 1}"

    def _value(self, event: Any) -> Any:
        import yaml

        at = self._at(event)
        value: Any
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise invalid(at, f"没有名为 {event.anchor} 的锚点", f"no anchor is called {event.anchor}")
            return self._anchors[event.anchor]
        if isinstance(event, yaml.ScalarEvent):
            bare = not event.style and event.tag is None and event.value in _NULLS
            value = (Null if bare else Scalar)(event.value, at)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = Items()
            value.where = at
            while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
                value.append(self._value(item))
        else:
            value = Table()
            value.where = at
            while not isinstance(item := next(self._events), yaml.MappingEndEvent):
                key = self._value(item)
                if not isinstance(key, Scalar):
                    raise invalid(self._at(item), "键必须是文字", "a key must be plain text")
                if key in value:
                    raise invalid(key, f"键 {key} 重复", f"duplicate key {key}")
                value[key] = self._value(next(self._events))
        if event.anchor:
            self._anchors[event.anchor] = value
        return value
