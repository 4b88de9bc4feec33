"""Exact arithmetic with figures that are known only between two bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from gouji.records import Number, State, number_text
from gouji.values import Struct

Kind: TypeAlias = Literal["exact", "blank", "approximate", "missing", "unreadable"]


class Interval(Struct):
    """All numbers from `low` to `high`; None is no bound, an open bound is itself excluded."""

    low: Number | None
    high: Number | None
    low_open: bool = False
    high_open: bool = False

    @property
    def exact(self) -> bool:
        """Whether there is one number only."""
        return self.low is not None and self.low == self.high

    @property
    def shown(self) -> str:
        """The interval as people write it: 497, 30000–39999, ≥4."""
        if self.exact:
            assert self.low is not None
            return number_text(self.low)
        if self.low is None:
            return "?" if self.high is None else f"≤{number_text(self.high)}"
        if self.high is None:
            return f"≥{number_text(self.low)}"
        return f"{number_text(self.low)}–{number_text(self.high)}"

    def text(self, lang: str) -> str:
        """As `shown`: the same in every language."""
        return self.shown

    def apart(self, other: Interval) -> bool:
        """Whether the two have no number in common."""
        return self._before(other) or other._before(self)

    def _before(self, other: Interval) -> bool:
        if self.high is None or other.low is None:
            return False
        return self.high < other.low or (self.high == other.low and (self.high_open or other.low_open))

    def plus(self, other: Interval) -> Interval:
        """The sums of both."""
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high, self.low_open or other.low_open, self.high_open or other.high_open)

    def shifted(self, by: Number) -> Interval:
        """The interval moved up by `by`."""
        return self.plus(Interval(by, by))

    def times(self, factor: Number) -> Interval:
        """The interval scaled; a negative factor swaps the bounds."""
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        if factor < 0:
            return Interval(high, low, self.high_open, self.low_open)
        if factor == 0:
            return EXACT_ZERO
        return Interval(low, high, self.low_open, self.high_open)

    def over(self, divisor: Number) -> Interval:
        """For display: the interval divided by a positive number, rounded as Decimal rounds."""
        low = None if self.low is None else Decimal(self.low) / Decimal(divisor)
        high = None if self.high is None else Decimal(self.high) / Decimal(divisor)
        return Interval(low, high, self.low_open, self.high_open)

    def above(self, bound: Number) -> bool:
        """Whether every number is greater than `bound`."""
        return self.low is not None and (self.low > bound or (self.low == bound and self.low_open))

    def at_most(self, bound: Number) -> bool:
        """Whether no number is greater than `bound`."""
        return self.high is not None and self.high <= bound

    def below(self, bound: Number) -> bool:
        """Whether every number is less than `bound`."""
        return self.high is not None and (self.high < bound or (self.high == bound and self.high_open))

    def may_be_below(self, bound: Number) -> bool:
        """Whether some number is less than `bound`."""
        return self.low is None or self.low < bound

    def inside(self, bound: Number) -> bool:
        """Whether every number lies between `-bound` and `bound`."""
        return self.at_most(bound) and self.low is not None and self.low >= -bound


EXACT_ZERO = Interval(0, 0)


if TYPE_CHECKING:

    class Stated(Protocol):
        """A figure by its state and bounds, as an observation has them."""

        @property
        def state(self) -> State:
            """Whether there is a value."""

        @property
        def low(self) -> Number | None:
            """The least that it may be."""

        @property
        def high(self) -> Number | None:
            """What it is at most, or, where it is not exact, less than."""


class Operand(Struct):
    """A figure as an equation takes it: what it may be, and why it may not be known exactly."""

    interval: Interval
    kind: Kind = "exact"

    @classmethod
    def exact(cls, value: Number) -> Operand:
        """A figure that is known."""
        # Straight to the tuples: most figures are exact.
        return tuple.__new__(cls, (tuple.__new__(Interval, (value, value, False, False)), "exact"))

    @classmethod
    def missing(cls, signed: bool = False) -> Operand:
        """A figure that the report does not give."""
        return cls(Interval(None if signed else 0, None), "missing")

    @classmethod
    def of(cls, observation: Stated | None, signed: bool = False, decimal: bool = False) -> Operand:
        """The operand of an observation; a blank counts 0, an unreadable cell may hold any figure."""
        o = observation
        if o is None:
            return cls.missing(signed)
        if o.state == "text" or (o.state == "value" and o.low is None):
            return cls(Interval(None if signed else 0, None), "unreadable")
        if o.state != "value":
            return cls(EXACT_ZERO, "blank")
        if o.low == o.high:
            return cls(Interval(o.low, o.high))
        high, is_open = o.high, True
        if not decimal and isinstance(high, int):
            high, is_open = high - 1, False  # a count below 40000 is at most 39999
        return cls(Interval(o.low, high, False, is_open and high is not None), "approximate")

    @property
    def shown(self) -> str:
        """How the figure stands in a printed equation: nothing when missing, `?` when unreadable."""
        if self.kind == "missing":
            return ""
        return "?" if self.kind == "unreadable" else self.interval.shown
