"""Comparisons of sums over concrete metrics, evaluated in three values with exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from gouji.intervals import EXACT_ZERO, Interval, Operand
from gouji.records import Number, Source, number_text
from gouji.values import Struct

Operator: TypeAlias = Literal["==", "!=", "<=", ">=", "<", ">"]
Outcome: TypeAlias = Literal["pass", "fail", "undecided", "not assessable"]

# Before a path: the figure of last year's report of the body, the sum of the reports below it.
OTHER_REPORTS = ("prev.", "children.")

_SHOWN: dict[Operator, str] = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}
_ASKED: dict[Operator, str] = {**_SHOWN, "==": "≟"}
_OPPOSITE: dict[Operator, Operator] = {"==": "!=", "!=": "==", "<=": ">", ">=": "<", "<": ">=", ">": "<="}


_ANY = Interval(0, None)


class Item(Struct):
    """One term of a linear sum: coefficient times a metric of one source."""

    coefficient: Number
    source: Source
    path: str


def own_path(path: str) -> str:
    """The metric that `path` names, in whichever report."""
    return next((path[len(prefix) :] for prefix in OTHER_REPORTS if path.startswith(prefix)), path)


class Linear(Struct):
    """Items and a constant, added up."""

    items: tuple[Item, ...] = ()
    constant: Number = 0

    def scaled(self, factor: Number) -> Linear:
        """The same, times `factor`."""
        items = tuple(item._replace(coefficient=item.coefficient * factor) for item in self.items)
        return Linear(items, self.constant * factor)

    def value(self, operands: Sequence[Operand]) -> Interval:
        """What the sum may be, given one operand an item."""
        low: Number | None = self.constant
        high: Number | None = self.constant
        low_open = high_open = False
        for (coefficient, _, _), (interval, _) in zip(self.items, operands, strict=True):
            least, most, least_open, most_open = interval if coefficient == 1 else interval.times(coefficient)
            low = None if low is None or least is None else low + least
            high = None if high is None or most is None else high + most
            low_open |= least_open
            high_open |= most_open
        return tuple.__new__(Interval, (low, high, low_open, high_open))


class Relation(Struct):
    """One comparison over concrete metrics; `left / left_divisor operator right / right_divisor`."""

    operator: Operator
    left: Linear
    right: Linear
    within: Number = 0
    left_divisor: Linear | None = None
    right_divisor: Linear | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """All items: left, right, then the divisors."""
        items = self.left.items + self.right.items
        for divisor in (self.left_divisor, self.right_divisor):
            if divisor:
                items += divisor.items
        return items

    def linear(self) -> tuple[tuple[tuple[Number, Item], ...], Number]:
        """(coefficient, item) of `left - right`, and its constant; ValueError for a ratio."""
        if self.left_divisor or self.right_divisor:
            raise ValueError("a ratio is not linear")
        terms = [(item.coefficient, item) for item in self.left.items]
        terms += [(-item.coefficient, item) for item in self.right.items]
        return tuple(terms), self.left.constant - self.right.constant

    def sides(self, names: Sequence[str]) -> tuple[str, str]:
        """Both sides as text, given what to write for each of `items`."""
        rest = iter(names)
        left, right = (_linear_text(s, [next(rest) for _ in s.items]) for s in (self.left, self.right))
        if self.left_divisor:
            below = _linear_text(self.left_divisor, [next(rest) for _ in self.left_divisor.items])
            left = f"{_bracket(left)} / {_bracket(below)}"
        if self.right_divisor:
            below = _linear_text(self.right_divisor, [next(rest) for _ in self.right_divisor.items])
            right = f"{_bracket(right)} / {_bracket(below)}"
        return left, right

    def symbolic(self, label: Callable[[Item], str]) -> str:
        """The relation in words: `label` names each item."""
        left, right = self.sides([label(item) for item in self.items])
        return f"{left} {_SHOWN[self.operator]} {right}"


class Evaluation(Struct):
    """A relation confronted with figures: the verdict and what both sides came to."""

    outcome: Outcome
    left: Interval
    right: Interval
    relation: Relation
    operands: tuple[Operand, ...]

    @property
    def delta(self) -> Number | None:
        """Left minus right where both are exact."""
        exact = self.left.exact and self.right.exact
        return self.left.low - self.right.low if exact else None  # type: ignore[operator]

    def numbers(self) -> str:
        """The relation with its numbers: `0 + 1 + 7 = 8 ≠ 9`; `?` is unreadable.

        Parts that the text does not name are left out of the sum: what is named is more than it should be, `12 + 20 = 32 > 21`.
        """
        relation, n, m = self.relation, len(self.relation.left.items), len(self.relation.right.items)
        if self.outcome == "undecided" and any(operand.kind == "blank" for operand in self.operands):
            left, right = relation.sides(["□" if o.kind == "blank" else o.shown for o in self.operands])
            return f"{left} {_ASKED[relation.operator]} {right}"
        left, right = relation.sides([operand.shown for operand in self.operands])
        operator = _OPPOSITE[relation.operator] if self.outcome == "fail" else relation.operator
        left_value, right_value = self.left.shown, self.right.shown
        if any(operand.kind == "missing" for operand in self.operands) and not (
            relation.left_divisor or relation.right_divisor
        ):
            known = [Operand.exact(0) if o.kind == "missing" else o for o in self.operands]
            named = relation.left.value(known[:n]), relation.right.value(known[n:])
            left_value, right_value = (one.shown for one in named)
            if operator == "!=" and all(one.exact for one in named):
                operator = ">" if named[0].above(named[1].low or 0) else "<"
        unknown = any(o.kind == "unreadable" for o in self.operands)
        if (n > 1 or relation.left.constant or relation.left_divisor) and left != left_value and not unknown:
            left = f"{left} = {left_value}"
        if (
            (m > 1 or (m and relation.right.constant) or relation.right_divisor)
            and right != right_value
            and not unknown
        ):
            right = f"{right_value} = {right}"
        return f"{left} {_SHOWN[operator]} {right}"


def _bracket(text: str) -> str:
    return f"({text})" if " + " in text or " - " in text else text


def _linear_text(linear: Linear, names: Sequence[str]) -> str:
    text = ""
    for item, name in zip(linear.items, names, strict=True):
        if not name:
            continue
        weight = max(item.coefficient, -item.coefficient)
        factor = "" if weight == 1 else f"{number_text(weight)} × "
        sign = "-" if item.coefficient < 0 else "+"
        if name.startswith("-") and not factor:
            sign, name = ("+" if sign == "-" else "-"), name[1:]
        text += f" {sign} {factor}{name}" if text else f"{'-' if sign == '-' else ''}{factor}{name}"
    if linear.constant or not text:
        shown = number_text(max(linear.constant, -linear.constant))
        sign = "-" if linear.constant < 0 else "+"
        text += f" {sign} {shown}" if text else number_text(linear.constant)
    return text


def evaluate(relation: Relation, operands: Sequence[Operand]) -> Evaluation:
    """Confront `relation` with one operand for each of its `items`.

    A figure of the text that is missing from a side with several items is unknown but not negative; any
    other missing figure makes the relation not assessable, as does a divisor that is not exactly known and
    positive.
    """
    bounds = [len(relation.left.items), len(relation.left.items) + len(relation.right.items)]
    left_parts, right_parts = operands[: bounds[0]], operands[bounds[0] : bounds[1]]
    left, right = relation.left.value(left_parts), relation.right.value(right_parts)
    within = relation.within
    divided = relation.left_divisor or relation.right_divisor
    kinds = {operand.kind for operand in operands}

    def done(outcome: Outcome) -> Evaluation:
        return Evaluation(outcome, left, right, relation, tuple(operands))

    for parts, side in ((left_parts, relation.left), (right_parts, relation.right)) if "missing" in kinds else ():
        missing = [p.kind == "missing" for p in parts]
        if any(missing):
            text = all(i.source == "narrative" for i, gone in zip(side.items, missing, strict=True) if gone)
            if not text or all(missing) or len(parts) < 2:
                return done("not assessable")
    shown_left, shown_right = left, right
    if divided:
        rest = iter(operands[bounds[1] :])
        divisors: list[Number] = []
        for divisor in (relation.left_divisor, relation.right_divisor):
            value = divisor.value([next(rest) for _ in divisor.items]) if divisor else EXACT_ZERO.shifted(1)
            if not value.exact or value.low is None or value.low <= 0:
                return done("not assessable")
            divisors.append(value.low)
        # a / b against c / d is a * d against c * b: no quotient is ever rounded.
        shown_left, shown_right = left.over(divisors[0]), right.over(divisors[1])
        left, right = left.times(divisors[1]), right.times(divisors[0])
        within = within * divisors[0] * divisors[1]
    holds = _compare(relation.operator, left, right, within)
    outcome: Outcome
    if holds is False and "blank" in kinds and not divided and _fillable(relation, operands):
        outcome = "undecided"
    elif holds is not None:
        outcome = "pass" if holds else "fail"
    elif "unreadable" in kinds:
        outcome = "undecided"
    elif "missing" not in kinds:
        outcome = "pass" if relation.operator == "==" else "not assessable"
    else:
        # Unnamed parts of a text count nothing when the named ones already make the total.
        known = [Operand.exact(0) if o.kind == "missing" else o for o in operands]
        balanced = _compare("==", relation.left.value(known[: bounds[0]]), relation.right.value(known[bounds[0] :]), 0)
        outcome = "pass" if relation.operator == "==" and balanced else "not assessable"
    left, right = shown_left, shown_right
    return done(outcome)


def _fillable(relation: Relation, operands: Sequence[Operand]) -> bool:
    """Whether blank cells can hold figures, none of them negative, with which the relation may hold."""
    filled = [Operand(_ANY, "blank") if operand.kind == "blank" else operand for operand in operands]
    n = len(relation.left.items)
    return (
        _compare(relation.operator, relation.left.value(filled[:n]), relation.right.value(filled[n:]), relation.within)
        is not False
    )


def _compare(operator: Operator, left: Interval, right: Interval, within: Number) -> bool | None:
    """Whether the comparison holds for every (True), for no (False) or for some values of both sides."""
    if operator in (">=", ">"):
        left, right = right, left
        operator = "<=" if operator == ">=" else "<"
    if operator == "!=":
        same = _compare("==", left, right, within)
        return None if same is None else not same
    if left.exact and right.exact:
        # Most figures are exact: then one subtraction says everything.
        ahead = left.low - right.low  # type: ignore[operator]
        if operator == "==":
            return -within <= ahead <= within
        return ahead <= within if operator == "<=" else ahead < within
    difference = left.plus(right.times(-1))
    if operator == "==":
        if difference.above(within) or difference.times(-1).above(within):
            return False
        return True if difference.inside(within) else None
    if operator == "<=":
        return False if difference.above(within) else True if difference.at_most(within) else None
    return False if not difference.may_be_below(within) else True if difference.below(within) else None


class Arithmetic(Struct):
    """Evaluations as words: each with its numbers, alternatives separated by semicolons; what is the same once."""

    evaluations: tuple[Evaluation, ...]

    def text(self, lang: str) -> str:
        """The same in every language."""
        return "; ".join(dict.fromkeys([evaluation.numbers() for evaluation in self.evaluations]))
