"""Numbers as reports print them: cells, counts in running text, rounded and approximate ones."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from gouji.records import Number, State
from gouji.values import Struct

NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
"""A number in canonical text: with or without thousands separators and decimals."""

DIGITS_LIMIT: Final = 18
"""Digits of the longest number that is read as one; longer runs are identifiers or damage."""


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a cell with a figure looks like, and one that says that there is none; a report without tables needs neither."""
    figure = re.compile(rf"(?P<sign>[+-]?)-?(?P<number>{NUMBER})(?P<unit>[\u4e00-\u9fff]{{0,4}}|%)(?:\(.*\))?")
    return figure, re.compile(r"/+|\\|-+|—+|无|不涉及|不适用|[Nn]/?[Aa]|\*+")


_SIGNS: Final = {"增加": "+", "减少": "-", "增": "+", "减": "-"}
_POWERS: Final = {"十": 10, "百": 100, "千": 1000}
_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


MONEY = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
"""Units of money, in yuan."""


class Quantity(Struct):
    """A number with its interval: `low` <= exact value < `high`, or exactly `value` where all three are equal."""

    value: Number
    low: Number
    high: Number | None
    unit: str | None


def number(text: str) -> Number | None:
    """`text` (as NUMBER matches it) as int or Decimal; None when it has too many digits to be a figure."""
    digits = text.replace(",", "")
    if len(digits) > DIGITS_LIMIT:
        return None
    return Decimal(digits) if "." in digits else int(digits)


def signed(text: str) -> str:
    """A cell that says how much more or less there is, with a sign in the place of the word."""
    for word, sign in _SIGNS.items():
        if text.startswith(word) and text[len(word) : len(word) + 1].isdecimal():
            return sign + text[len(word) :]
    return text


def chinese_number(text: str) -> int | None:
    """A Chinese numeral (十二, 一百零五, 两) as int; None for what is none."""
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in "万亿":
            power = 10**4 if character == "万" else 10**8
            total, section, digit = (total + section + digit or 1) * power, 0, 0
        elif character in _POWERS:
            section += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            return None
    return total + section + digit


def cell(text: str) -> tuple[State, Quantity | None]:
    """What a canonical value cell holds: its state, and its quantity when the state is "value"."""
    return _short_cell(text) if len(text) < 8 else _cell(text)


def _cell(text: str) -> tuple[State, Quantity | None]:
    if not text:
        return "blank", None
    if text.isdecimal() and len(text) <= DIGITS_LIMIT:
        value: Number | None = int(text)
        assert value is not None
        return "value", Quantity(value, value, value, None)
    figure, none = _patterns()
    if none.fullmatch(text):
        return "na", None
    match = figure.fullmatch(text)
    value = number(match["number"]) if match else None
    if match is None or value is None or match["unit"][:1] in tuple("年月余多几"):
        return "text", None
    if match["sign"] == "-":
        value = -value
    unit = match["unit"]
    if unit in ("万", "亿"):
        return "text", None
    return "value", Quantity(value, value, value, unit or None)


# Most cells of most reports hold one of a few dozen texts.
_short_cell = lru_cache(1000)(_cell)


def quantity(digits: str, marks: Collection[str], multiplier: str, unit: str) -> Quantity | None:
    """The quantity that number+multiplier+unit says, for instance 近13万人 or 3.7万多条.

    `marks` names the groups of the grammar that took words of approximation: near, about, around, least, upward,
    below, early, late. A multiplier in front of 元 belongs to the unit (万元). Rounded and approximate figures get
    the interval that the words allow. None when the number is too long to be a figure.
    """
    base = number(digits)
    if base is None:
        return None
    if not marks and not multiplier:
        if not isinstance(base, int):
            base = _plain(base)
        # Straight to the tuple: most figures of the text are no more.
        return tuple.__new__(Quantity, (base, base, base, unit or None))
    factor = 1
    if multiplier:
        if unit == "元":
            unit = multiplier + unit
        else:
            factor = chinese_number(multiplier) or 1
    value = _plain(base * factor)
    last = _last_unit(digits) * factor
    rounded = Decimal(factor) / (10 ** len(digits.partition(".")[2]))
    low: Number = value
    high: Number | None = value
    if "least" in marks or "upward" in marks:
        high = None
    elif "below" in marks:
        low, high = 0, value
    elif "near" in marks:
        low, high = _plain(value - last / 2), _plain(value + 1)
    elif "early" in marks or "late" in marks:
        high = _plain(value + last)
    elif factor > 1 and rounded <= 1:
        # 23.9847万 names every unit, whatever 约 says.
        pass
    elif "about" in marks or "around" in marks:
        low, high = _plain(value * Decimal("0.95")), _plain(value * Decimal("1.05") + 1)
    elif factor > 1:
        low, high = _plain(value - rounded / 2), _plain(value + rounded / 2)
    return Quantity(value, low, high, unit or None)


def _last_unit(digits: str) -> Decimal:
    """The place value of the last digit that is not zero: 10 for 3740, 0.1 for 3.7."""
    whole, _, fraction = digits.replace(",", "").partition(".")
    if fraction.rstrip("0"):
        return Decimal(1).scaleb(-len(fraction.rstrip("0")))
    stripped = whole.rstrip("0")
    return Decimal(10) ** (len(whole) - len(stripped)) if stripped else Decimal(1)


def _plain(value: Number) -> Number:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value
