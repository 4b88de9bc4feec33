"""Lists that a report counts itself: 教育、卫生、就业等三个领域; 两个方面:预算、决算; 三个方面:一是…二是…三是…."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gouji.patterns import END, Pattern
from gouji.quantities import chinese_number
from gouji.values import Struct

_FURTHEST = 300  # how far before its count a list may begin
EDGES = ",:、(等"
"""What joins a list to its count."""
_LONGEST = 20  # an item that is longer is a sentence
_MOST = 50
_BRACKETED = re.compile(r"\([^()\n]*\)|《[^》\n]*》|“[^”\n]*”|\"[^\"\n]*\"")
_ORDINAL = re.compile(r"([一二三四五六七八九十]{1,3})是")


class Claim(Struct):
    """A count and the list beside it, from `start` to `end` of the text.

    `words` are those of the count. `compound` names items that hold several things, or several that are one thing,
    if counting them so makes both agree; else it is "".
    """

    start: int
    end: int
    words: str
    claimed: int
    listed: int
    compound: str = ""


def claim(text: str, match: re.Match[str], patterns: Mapping[str, Pattern]) -> Claim | None:
    """What a match of the pattern of claims says: `value` counts the list before it, `count` the `items` behind it.

    None where it is not clear what the list is: 等 may stand behind a few examples, and what comes before an item may
    belong to it or not.
    """
    behind = match["value"] is None
    claimed = count(match["count"] if behind else match["value"])
    if claimed is None or not 1 < claimed <= _MOST:
        return None
    words = match["head"] if behind else text[match.start("value") : match.end(END)]
    if behind and match["items"].startswith("一是"):
        end, listed = _ordinals(text, match.start("items"))
        return Claim(match.start(), end, words, claimed, listed) if listed > 1 else None
    found = _behind(match, patterns) if behind else _before(text, match, patterns)
    if found is None or len(found[1]) < 2:
        return None
    at, items = found
    listed, joint = len(items), patterns["list_joint"]
    joined = [n for n, item in enumerate(items) if joint.search(item)] if claimed != listed else []
    if claimed == listed + 1 and joined == [listed - 1]:
        listed = claimed  # 预算、决算和采购: the last two are joined
    more = claimed - listed
    if not behind and (
        more > 1 or (more == 1 and listed < 3) or (more < 0 and any(map(patterns["list_verb"].search, items[1:])))
    ):
        return None
    compound = ""
    if 0 < more <= len(joined):
        compound = "”“".join(items[n] for n in joined[-more:])
    elif more < 0 and (inner := [n for n in joined if n]) and len(inner) >= -more:
        compound = "”“".join(f"{items[n - 1]}、{items[n]}" for n in inner[more:])
    start, end = (match.start(), at) if behind else (at, match.end(END))
    return Claim(start, end, words, claimed, listed, compound)


def count(text: str) -> int | None:
    """A count in digits or as a Chinese numeral; None for what is none."""
    return int(text) if text.isdecimal() else chinese_number(text)


def items_of(text: str, separator: Pattern) -> list[str]:
    """The items of a list; what stands in brackets or quotes separates nothing."""
    masked = _masked(text)
    cuts = [0, *(edge for match in separator.finditer(masked) for edge in match.span()), len(text)]
    return [item for start, end in zip(cuts[::2], cuts[1::2], strict=True) if (item := text[start:end].strip())]


def _masked(text: str) -> str:
    return _BRACKETED.sub(lambda match: "□" * len(match.group()), text)


def _before(text: str, match: re.Match[str], patterns: Mapping[str, Pattern]) -> tuple[int, list[str]] | None:
    """Where the list begins that ends at a match, and its items."""
    line = max(text.rfind("\n", 0, match.start()) + 1, match.start() - _FURTHEST)
    masked = _masked(text[line : match.start()])
    stops = list(patterns["list_stop"].finditer(masked))
    start = stops[-1].end() if stops else 0
    if stops and stops[-1].group() in (",", ";") and "、" in masked[stops[-2].end() if stops[1:] else 0 : start]:
        # 甲、乙,丙、丁: the list may go on over the comma.
        return None
    return line + start, items_of(text[line + start : match.start()], patterns["list_comma"])


def _behind(match: re.Match[str], patterns: Mapping[str, Pattern]) -> tuple[int, list[str]] | None:
    """Where the list behind a count ends, and its items."""
    text = match["items"]
    masked = _masked(text)
    end = masked.find(",")
    if match.string[match.end("items") : match.end("items") + 1] in (";", "(") or text.endswith("、"):
        # It goes on behind what cannot be read here.
        return None
    # Behind a comma a list may go on, unless what follows is told with a figure: 包括甲、乙,共公开40条.
    if end >= 0 and ("、" in masked[end:] or not re.search(r"\d", masked[end:])):
        return None
    end = len(text) if end < 0 else end
    items = items_of(text[:end], patterns["list_comma"])
    if any(len(item) > _LONGEST or re.search(r"\d|等$", item) for item in items):
        return None
    return match.start("items") + end, items


def _ordinals(text: str, start: int) -> tuple[int, int]:
    """Where the last of 一是, 二是, … on a line stands, and how many there are; none where the next line goes on."""
    line = text.find("\n", start)
    line = len(text) if line < 0 else line
    at, n = start, 0
    for match in _ORDINAL.finditer(text, start, line):
        if chinese_number(match[1]) == n + 1:
            at, n = match.end(), n + 1
        elif chinese_number(match[1]) == 1:
            return at, 0
    following = _ORDINAL.match(text, line + 1)
    return at, 0 if following else n
