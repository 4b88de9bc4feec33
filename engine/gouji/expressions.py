"""The equation language of rules: parse, print, bind to metrics, evaluate in three values. No eval.

Arithmetic is exact: int and Decimal only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Literal, TypeAlias

from attrs import evolve, field, frozen
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, VisitError

from gouji.errors import PackError
from gouji.intervals import EXACT_ZERO, Interval, Operand, number_text
from gouji.packs import builtin
from gouji.records import Number, Source
from gouji.registry import Registry
from gouji.yamlfile import Scalar, invalid, unknown

Operator: TypeAlias = Literal["==", "!=", "<=", ">=", "<", ">"]
Outcome: TypeAlias = Literal["pass", "fail", "undecided", "not assessable"]

SOURCES: dict[str, Source] = {"table": "table", "text": "narrative", "chart": "chart"}
_WORDS: dict[Source, str] = {source: word for word, source in SOURCES.items()}
_SHOWN: dict[Operator, str] = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}
_OPPOSITE: dict[Operator, Operator] = {"==": "!=", "!=": "==", "<=": ">", ">=": "<", "<": ">=", ">": "<="}
_GROUP = re.compile(r"\{(\w+)\}")
_VARIABLE = re.compile(r"\$(\w+)")

_EXPECTED = {
    "PATH": ("指标路径", "a metric path"),
    "NUMBER": ("数字", "a number"),
    "COMPARISON": ("比较符号（== != <= >= < >）", "a comparison (== != <= >= < >)"),
    "SIGN": ("加号或减号", "a plus or minus sign"),
    "SOURCE": ("table(…)、text(…) 或 chart(…)", "table(…), text(…) or chart(…)"),
    "_SUM": ("sum(…)", "sum(…)"),
    "_OR": ("or", "or"),
    "_WITHIN": ("within", "within"),
    "STAR": ("乘号", "a multiplication sign"),
    "SLASH": ("除号", "a division sign"),
    "LPAR": ("左括号", "an opening parenthesis"),
    "RPAR": ("右括号", "a closing parenthesis"),
    "COMMA": ("逗号", "a comma"),
    "$END": ("结尾", "the end"),
}


# What the author wrote -----------------------------------------------------------------------------------


@frozen(slots=False)
class Constant:
    """A number."""

    value: Number

    def __str__(self) -> str:
        return number_text(self.value)


@frozen(slots=False)
class Reference:
    """A metric path, possibly with {group} and $variable, and the source it is qualified with."""

    path: str
    source: Source | None = None
    at: int = field(default=0, eq=False)

    def __str__(self) -> str:
        return f"{_WORDS[self.source]}({self.path})" if self.source else self.path


@frozen(slots=False)
class Total:
    """`sum(a, b, …)`: the only place where a {group} may stand."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return f"sum({', '.join(map(str, self.parts))})"


@frozen(slots=False)
class Chain:
    """Terms that are added (1) and taken away (-1)."""

    terms: tuple[tuple[int, Node], ...]

    def __str__(self) -> str:
        first = True
        text = ""
        for sign, node in self.terms:
            text += ("-" if sign < 0 else "") if first else (" - " if sign < 0 else " + ")
            text += f"({node})" if isinstance(node, Chain) else str(node)
            first = False
        return text


@frozen(slots=False)
class Product:
    """`left * right`; one side must be a constant."""

    left: Node
    right: Node

    def __str__(self) -> str:
        left = f"({self.left})" if isinstance(self.left, Chain) else str(self.left)
        return f"{left} * {_factor(self.right)}"


@frozen(slots=False)
class Quotient:
    """`left / right`."""

    left: Node
    right: Node

    def __str__(self) -> str:
        left = f"({self.left})" if isinstance(self.left, Chain) else str(self.left)
        return f"{left} / {_factor(self.right)}"


Node: TypeAlias = Constant | Reference | Total | Chain | Product | Quotient


def _factor(node: Node) -> str:
    return f"({node})" if isinstance(node, Chain | Product | Quotient) else str(node)


@frozen(slots=False)
class Comparison:
    """`left operator right`, both sides allowed to differ by `within`."""

    operator: Operator
    left: Node
    right: Node
    within: Number = 0

    def __str__(self) -> str:
        within = f" within {number_text(self.within)}" if self.within else ""
        return f"{self.left} {self.operator} {self.right}{within}"


@frozen(slots=False)
class Equation:
    """Alternatives of which one must hold. `text` is what the author wrote, for positions in errors."""

    alternatives: tuple[Comparison, ...]
    text: Scalar = field(default=Scalar("", ""), eq=False, repr=False)

    def __str__(self) -> str:
        return " or ".join(map(str, self.alternatives))

    def bind(self, registry: Registry, source: Source, binding: Mapping[str, str]) -> tuple[Relation, ...]:
        """The alternatives over concrete metrics: groups spelt out, variables replaced by `binding`.

        Raises PackError for unknown metrics, groups and variables and for what is not linear.
        """
        binder = _Binder(self.text, registry, source, binding)
        return tuple(binder.relation(comparison) for comparison in self.alternatives)


# What is evaluated ---------------------------------------------------------------------------------------


@frozen
class Item:
    """One term of a linear sum: coefficient times a metric of one source."""

    coefficient: Number
    source: Source
    path: str


@frozen
class Linear:
    """Items and a constant, added up."""

    items: tuple[Item, ...] = ()
    constant: Number = 0

    def scaled(self, factor: Number) -> Linear:
        """The same, times `factor`."""
        items = tuple(evolve(item, coefficient=item.coefficient * factor) for item in self.items)
        return Linear(items, self.constant * factor)

    def value(self, operands: Sequence[Operand]) -> Interval:
        """What the sum may be, given one operand an item."""
        total = Interval(self.constant, self.constant)
        for item, operand in zip(self.items, operands, strict=True):
            total = total.plus(operand.interval.times(item.coefficient))
        return total


@frozen
class Relation:
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
        divisors = [d.items for d in (self.left_divisor, self.right_divisor) if d]
        return sum(divisors, self.left.items + self.right.items)

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


@frozen
class Evaluation:
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
        """The relation with its numbers: `0 + 1 + 7 = 8 ≠ 9`; missing parts are left out, `?` is unreadable."""
        relation, n, m = self.relation, len(self.relation.left.items), len(self.relation.right.items)
        left, right = relation.sides([operand.shown for operand in self.operands])
        operator = _OPPOSITE[relation.operator] if self.outcome == "fail" else relation.operator
        left_value, right_value = self.left.shown, self.right.shown
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
        factor = "" if abs(item.coefficient) == 1 else f"{number_text(abs(item.coefficient))} × "
        sign = "-" if item.coefficient < 0 else "+"
        text += f" {sign} {factor}{name}" if text else f"{'-' if sign == '-' else ''}{factor}{name}"
    if linear.constant or not text:
        shown = number_text(abs(linear.constant))
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

    def done(outcome: Outcome) -> Evaluation:
        return Evaluation(outcome, left, right, relation, tuple(operands))

    for parts, side in ((left_parts, relation.left), (right_parts, relation.right)):
        missing = [p.kind == "missing" for p in parts]
        if any(missing):
            text = all(i.source == "narrative" for i, gone in zip(side.items, missing, strict=True) if gone)
            if not text or all(missing) or len(parts) < 2:
                return done("not assessable")
    shown_left, shown_right = left, right
    if relation.left_divisor or relation.right_divisor:
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
    if holds is not None:
        outcome = "pass" if holds else "fail"
    elif any(o.kind == "unreadable" for o in operands):
        outcome = "undecided"
    elif not any(o.kind == "missing" for o in operands):
        outcome = "pass" if relation.operator == "==" else "not assessable"
    else:
        # Unnamed parts of a text count nothing when the named ones already make the total.
        known = [Operand.exact(0) if o.kind == "missing" else o for o in operands]
        balanced = _compare("==", relation.left.value(known[: bounds[0]]), relation.right.value(known[bounds[0] :]), 0)
        outcome = "pass" if relation.operator == "==" and balanced else "not assessable"
    left, right = shown_left, shown_right
    return done(outcome)


def _compare(operator: Operator, left: Interval, right: Interval, within: Number) -> bool | None:
    """Whether the comparison holds for every (True), for no (False) or for some values of both sides."""
    if operator in (">=", ">"):
        left, right = right, left
        operator = "<=" if operator == ">=" else "<"
    if operator == "!=":
        same = _compare("==", left, right, within)
        return None if same is None else not same
    difference = left.plus(right.times(-1))
    if operator == "==":
        if difference.above(within) or difference.times(-1).above(within):
            return False
        return True if difference.inside(within) else None
    if operator == "<=":
        return False if difference.above(within) else True if difference.at_most(within) else None
    return False if not difference.may_be_below(within) else True if difference.below(within) else None


# Reading -------------------------------------------------------------------------------------------------


def grammar_text() -> str:
    """The grammar of equations as shipped."""
    return (builtin() / "rules" / "equation.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(grammar_text(), parser="lalr", maybe_placeholders=True)


def parse(text: str) -> Equation:
    """The equation that `text` states; a Scalar gives errors their place.

    Raises PackError with file, line and column and what was expected there.
    """
    scalar = text if isinstance(text, Scalar) else Scalar(text, "1:1")
    try:
        comparisons = _Build().transform(_parser().parse(scalar))
    except UnexpectedInput as error:
        raise _syntax_error(scalar, error) from error
    except VisitError as error:
        raise error.orig_exc from error
    return Equation(tuple(comparisons), scalar)


@v_args(inline=True)
class _Build(Transformer[Token, Any]):
    def start(self, *comparisons: Comparison) -> tuple[Comparison, ...]:
        return comparisons

    def comparison(self, left: Node, operator: Token, right: Node, within: Token | None) -> Comparison:
        return Comparison(operator.value, left, right, _number(within) if within else 0)

    def chain(self, first: Node, *rest: Any) -> Chain:
        terms: list[tuple[int, Node]] = [(1, first)]
        if isinstance(first, Chain) and len(first.terms) == 1:
            terms = [*first.terms]
        terms += [(-1 if sign == "-" else 1, node) for sign, node in zip(rest[::2], rest[1::2], strict=True)]
        return Chain(tuple(terms))

    def negated(self, sign: Token, node: Node) -> Node:
        return Chain(((-1, node),)) if sign == "-" else node

    def times(self, left: Node, right: Node) -> Product:
        return Product(left, right)

    def over(self, left: Node, right: Node) -> Quotient:
        return Quotient(left, right)

    def total(self, *parts: Node) -> Total:
        return Total(parts)

    def constant(self, number: Token) -> Constant:
        return Constant(_number(number))

    def reference(self, path: Token) -> Reference:
        return Reference(str(path), None, path.start_pos or 0)

    def qualified(self, source: Token, path: Token) -> Reference:
        return Reference(str(path), SOURCES[source.value], path.start_pos or 0)


def _number(text: str) -> Number:
    return Decimal(str(text)) if "." in text else int(text)


def _syntax_error(text: Scalar, error: UnexpectedInput) -> PackError:
    offset = len(text)
    names: set[str] = set()
    if isinstance(error, UnexpectedToken):
        names = set(error.accepts or error.expected)
        if error.token.type != "$END":
            offset = error.token.start_pos or 0
    elif isinstance(error, UnexpectedCharacters):
        names, offset = set(error.allowed or ()), error.pos_in_stream
    elif isinstance(error, UnexpectedEOF):
        names = set(error.expected)
    order = [name for name in _EXPECTED if name in names]
    zh = "、".join(_EXPECTED[name][0] for name in order)
    en = ", ".join(_EXPECTED[name][1] for name in order)
    found = text[offset : offset + 12].split("\n")[0]
    at = place(text, offset)
    return invalid(
        at,
        f"算式在“{found}”处不通，此处应为：{zh}" if found else f"算式不完整，此处应为：{zh}",
        f"the equation breaks at “{found}”; expected {en}" if found else f"the equation ends too early; expected {en}",
        "请按此改正算式",
        "correct the equation there",
    )


def place(text: Scalar, offset: int) -> str:
    """`file:line:column` of the character `offset` of a scalar, also where it is quoted or folded."""
    file, line, column = (["", *text.where.rsplit(":", 2)])[-3:]
    try:
        lines = Path(file).read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return f"{file}{':' if file else ''}{line}:{int(column) + offset}"
    wanted = len("".join(text[:offset].split()))
    row, at = int(line) - 1, int(column) - 1
    if lines[row][at : at + 1] in ("'", '"'):
        at += 1
    elif lines[row][at : at + 1] in ("|", ">"):
        row, at = row + 1, 0
    while row < len(lines):
        while at < len(lines[row]):
            if not lines[row][at].isspace():
                if not wanted:
                    return f"{file}:{row + 1}:{at + 1}"
                wanted -= 1
            at += 1
        if not wanted and offset >= len(text):
            return f"{file}:{row + 1}:{at + 1}"
        row, at = row + 1, 0
    return text.where


# Binding -------------------------------------------------------------------------------------------------


@frozen
class _Binder:
    text: Scalar
    registry: Registry
    source: Source
    binding: Mapping[str, str]

    def relation(self, comparison: Comparison) -> Relation:
        left, left_divisor = self.side(comparison.left)
        right, right_divisor = self.side(comparison.right)
        return Relation(comparison.operator, left, right, comparison.within, left_divisor, right_divisor)

    def side(self, node: Node) -> tuple[Linear, Linear | None]:
        if isinstance(node, Quotient):
            divisor = self.linear(node.right)
            if not divisor.items and divisor.constant <= 0:
                raise self.wrong("除数必须大于零", "the divisor must be positive")
            return self.linear(node.left), divisor
        return self.linear(node), None

    def linear(self, node: Node) -> Linear:
        if isinstance(node, Constant):
            return Linear((), node.value)
        if isinstance(node, Reference):
            if _GROUP.search(node.path):
                raise self.wrong("成组的指标只能写在 sum(…) 里", "a group may stand inside sum(…) only", node)
            return Linear((self.item(node, node.path),))
        if isinstance(node, Total):
            return self.added([(1, part) for part in self.parts(node)])
        if isinstance(node, Chain):
            return self.added([(sign, self.linear(term)) for sign, term in node.terms])
        if isinstance(node, Product):
            left, right = self.linear(node.left), self.linear(node.right)
            if left.items and right.items:
                raise self.wrong("乘法的一方必须是数字", "one side of a product must be a number")
            return left.scaled(right.constant) if left.items else right.scaled(left.constant)
        raise self.wrong("除法只能是等号一侧的最外层", "a ratio must be the whole of one side")

    def added(self, parts: Sequence[tuple[int, Linear]]) -> Linear:
        items = tuple(item for sign, part in parts for item in part.scaled(sign).items)
        return Linear(items, sum((sign * part.constant for sign, part in parts), 0))

    def parts(self, node: Total) -> Iterator[Linear]:
        for part in node.parts:
            if not isinstance(part, Reference):
                yield self.linear(part)
                continue
            names = _GROUP.findall(part.path)
            for name in names:
                if name not in self.registry.groups:
                    raise self.unknown(name, "组", "group", self.registry.groups, part)
            for members in product(*(self.registry.groups[name] for name in names)):
                chosen = iter(members)
                yield Linear((self.item(part, _GROUP.sub(lambda _, c=chosen: next(c), part.path)),))

    def item(self, node: Reference, path: str) -> Item:
        for name in _VARIABLE.findall(path):
            if name not in self.binding:
                raise self.unknown(name, "变量", "variable", self.binding, node)
        path = _VARIABLE.sub(lambda match: self.binding[match[1]], path)
        if path not in self.registry:
            near = self.registry.nearest(path)
            raise invalid(
                place(self.text, node.at),
                f"未知的指标 {path}",
                f"unknown metric {path}",
                f"最接近的是 {near}" if near else "请查对名称",
                f"the nearest is {near}" if near else "check the name",
            )
        return Item(1, node.source or self.source, path)

    def wrong(self, zh: str, en: str, node: Reference | None = None) -> PackError:
        return invalid(place(self.text, node.at if node else 0), zh, en)

    def unknown(self, name: str, zh: str, en: str, known: Mapping[str, Any], node: Reference) -> PackError:
        return unknown(Scalar(name, place(self.text, node.at)), zh, en, known)
