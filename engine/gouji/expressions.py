"""The equation language of rules: parse, print, bind to metrics. No eval; evaluation is in `relations`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from attrs import field, frozen
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, VisitError

from gouji.errors import PackError
from gouji.packs import builtin
from gouji.records import Number, Source, number_text
from gouji.registry import Registry
from gouji.relations import Item, Linear, Operator, Relation, own_path
from gouji.values import Value
from gouji.yamlfile import Scalar, invalid, unknown

SOURCES: dict[str, Source] = {"table": "table", "text": "narrative", "chart": "chart"}
_WORDS: dict[Source, str] = {source: word for word, source in SOURCES.items()}
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


@frozen(slots=False, eq=False, repr=False)
class Constant(Value):
    """A number."""

    value: Number

    def __str__(self) -> str:
        return number_text(self.value)


@frozen(slots=False, eq=False, repr=False)
class Reference(Value):
    """A metric path, possibly with {group} and $variable, and the source it is qualified with."""

    path: str
    source: Source | None = None
    at: int = field(default=0, eq=False)

    def __str__(self) -> str:
        return f"{_WORDS[self.source]}({self.path})" if self.source else self.path


@frozen(slots=False, eq=False, repr=False)
class Total(Value):
    """`sum(a, b, …)`: the only place where a {group} may stand."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return f"sum({', '.join(map(str, self.parts))})"


@frozen(slots=False, eq=False, repr=False)
class Chain(Value):
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


@frozen(slots=False, eq=False, repr=False)
class Product(Value):
    """`left * right`; one side must be a constant."""

    left: Node
    right: Node

    def __str__(self) -> str:
        left = f"({self.left})" if isinstance(self.left, Chain) else str(self.left)
        return f"{left} * {_factor(self.right)}"


@frozen(slots=False, eq=False, repr=False)
class Quotient(Value):
    """`left / right`."""

    left: Node
    right: Node

    def __str__(self) -> str:
        left = f"({self.left})" if isinstance(self.left, Chain) else str(self.left)
        return f"{left} / {_factor(self.right)}"


Node: TypeAlias = Constant | Reference | Total | Chain | Product | Quotient


def _factor(node: Node) -> str:
    return f"({node})" if isinstance(node, Chain | Product | Quotient) else str(node)


@frozen(slots=False, eq=False, repr=False)
class Comparison(Value):
    """`left operator right`, both sides allowed to differ by `within`."""

    operator: Operator
    left: Node
    right: Node
    within: Number = 0

    def __str__(self) -> str:
        within = f" within {number_text(self.within)}" if self.within else ""
        return f"{self.left} {self.operator} {self.right}{within}"


@frozen(slots=False, eq=False, repr=False)
class Equation(Value):
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
        names, offset = set(error.allowed or ()), error.pos_in_stream or 0
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


@frozen(eq=False, repr=False)
class _Binder(Value):
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
            for match in _GROUP.finditer(part.path):
                if match[1] not in self.registry.groups:
                    raise self.unknown(match, "组", "group", self.registry.groups, part)
            for path in self.registry.expand(part.path):
                yield Linear((self.item(part, path),))

    def item(self, node: Reference, path: str) -> Item:
        for match in _VARIABLE.finditer(node.path):
            if match[1] not in self.binding:
                raise self.unknown(match, "变量", "variable", self.binding, node)
        path = _VARIABLE.sub(lambda match: self.binding[match[1]], path)
        own = own_path(path)
        if own not in self.registry:
            near = self.registry.nearest(own)
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

    def unknown(self, name: re.Match[str], zh: str, en: str, known: Mapping[str, Any], node: Reference) -> PackError:
        return unknown(Scalar(name[1], place(self.text, node.at + name.start())), zh, en, known)
