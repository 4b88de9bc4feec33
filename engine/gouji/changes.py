"""Changes from one year to the next as texts state them, against the figures of both years."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from gouji.records import Number, number_text
from gouji.values import Struct


class Change(Struct):
    """By how much something has changed: by `amount` per cent, or by so many where `share` is False.

    `digits` are the decimals that are printed. A decrease is negative.
    """

    amount: Number
    share: bool
    digits: int

    @classmethod
    def stated(cls, amount: str, unit: str, falls: bool) -> Change:
        """A change as it is written: its digits, its unit, and whether the words are those of a decrease."""
        digits = amount.replace(",", "")
        return cls(Decimal(digits) * (-1 if falls else 1), unit == "%", len(digits.partition(".")[2]))

    def fits(self, this: Number, last: Number, cut: bool = False) -> bool:
        """Whether a figure has changed so since `last`, to half a unit of the last digit; or `cut` off behind it."""
        change, stated = Fraction(this) - Fraction(last), Fraction(self.amount)
        if not self.share:
            return change == stated
        off = change * 100 - stated * Fraction(last)
        unit = Fraction(last) / 10**self.digits
        if 2 * max(off, -off) <= unit:
            return True
        return cut and 0 <= (off if stated >= 0 else -off) < unit

    def actual(self, this: Number, last: Number) -> str:
        """What the change is, as this one is written."""
        change = this - last
        if not self.share:
            return number_text(change)
        scaled = Fraction(change) * 100 / Fraction(last) * 10**self.digits
        return f"{number_text(Decimal(round(scaled)).scaleb(-self.digits))}%"

    def equation(self, this: Number, last: Number) -> str:
        """Figures and change where they do not fit: `(120 - 100) / 100 = 20% ≠ 30%`."""
        gap, actual = f"{number_text(this)} - {number_text(last)}", self.actual(this, last)
        if not self.share:
            return f"{gap} = {actual} ≠ {number_text(self.amount)}"
        return f"({gap}) / {number_text(last)} = {actual} ≠ {number_text(self.amount)}%"
