"""The numbers that Word prints before paragraphs without storing them in the text: 一、 （二） 3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gouji.values import Struct

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{_W}val"
_PLACEHOLDER = re.compile(r"%([1-9])")
_CHINESE = frozenset(
    [
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "ideographTraditional",
    ]
)
_SILENT = frozenset(("none", "bullet"))
_DIGITS = "零一二三四五六七八九"


class _Level(Struct):
    start: int
    format: str
    text: str


class Numbering:
    """Counts the numbered paragraphs of one document; both parts of it may be missing."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        self.levels: dict[tuple[str, int], _Level] = {}
        self.lists: dict[str, str] = {}
        self.styles: dict[str, tuple[str, int]] = {}
        self.counters: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._definitions(numbering)
        if styles is not None and self.lists:
            self._styles(styles)

    def next(self, properties: _Element | None) -> str:
        """What is printed before the next paragraph, which has the properties `properties`; "" for nothing."""
        if properties is None or not self.lists:
            return ""
        found = _reference(properties)
        if found is None:
            style = properties.find(_W + "pStyle")
            found = None if style is None else self.styles.get(style.get(_VAL, ""))
        if found is None or (kind := self.lists.get(found[0])) is None:
            return ""
        depth = found[1]
        level = self.levels.get((kind, depth))
        if level is None:
            return ""
        counter = self.counters.setdefault(kind, {})
        counter[depth] = counter.get(depth, level.start - 1) + 1
        for deeper in [key for key in counter if key > depth]:
            del counter[deeper]
        if level.format in _SILENT:
            return ""
        return _PLACEHOLDER.sub(lambda match: self._number(kind, counter, int(match[1]) - 1), level.text)

    def _number(self, kind: str, counter: dict[int, int], depth: int) -> str:
        level = self.levels.get((kind, depth))
        number = counter.get(depth, level.start if level else 1)
        return _chinese(number) if level and level.format in _CHINESE else str(number)

    def _definitions(self, root: _Element) -> None:
        for abstract in root.iter(_W + "abstractNum"):
            kind = abstract.get(_W + "abstractNumId", "")
            for level in abstract.iter(_W + "lvl"):
                self.levels[kind, _integer(level.get(_W + "ilvl"))] = _Level(
                    _integer(_value(level, "start"), 1), _value(level, "numFmt") or "decimal", _value(level, "lvlText")
                )
        for number in root.iter(_W + "num"):
            self.lists[number.get(_W + "numId", "")] = _value(number, "abstractNumId")

    def _styles(self, root: _Element) -> None:
        bases = {}
        for style in root.iter(_W + "style"):
            name = style.get(_W + "styleId", "")
            bases[name] = _value(style, "basedOn")
            properties = style.find(_W + "pPr")
            if properties is not None and (found := _reference(properties)):
                self.styles[name] = found
        for name, base in bases.items():
            for _ in range(10):
                if name in self.styles or not base:
                    break
                if base in self.styles:
                    self.styles[name] = self.styles[base]
                base = bases.get(base, "")


def _reference(properties: Any) -> tuple[str, int] | None:
    """(list, level) that a paragraph or a style names."""
    element = properties.find(_W + "numPr")
    if element is None:
        return None
    return _value(element, "numId"), _integer(_value(element, "ilvl"))


def _value(parent: Any, name: str) -> str:
    child = parent.find(_W + name)
    return "" if child is None else child.get(_VAL, "")


def _integer(text: str | None, default: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
