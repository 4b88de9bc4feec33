"""Compiled grammars."""

from __future__ import annotations

import pickle
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any

from gouji.parser import Parser, Tree

if TYPE_CHECKING:
    from lark import Lark


class Grammar:
    """A compiled grammar: what runs it, and Lark's own saved form for who wants to look into it."""

    def __init__(self, name: str, starts: tuple[str, ...], tables: bytes, saved: bytes) -> None:
        """`tables` is a pickled Parser: of many grammars a report needs one or two."""
        self.name = name
        self.starts = starts
        self._tables = tables
        self._saved = saved

    @cached_property
    def parser(self) -> Parser:
        """What reads texts."""
        parser: Parser = pickle.loads(self._tables)
        return parser

    @cached_property
    def lark(self) -> Lark:
        """The grammar as Lark knows it: its rules and terminals, and a parser that tells what it expects."""
        from lark import Lark

        lark: Lark = Lark.load(BytesIO(self._saved))
        return lark

    def parse(self, text: str, start: str | None = None) -> Tree:
        """The tree of `text`. Raises Refused when the grammar does not take it."""
        return self.parser.parse(text, start or self.starts[0])

    def __reduce__(self) -> tuple[type[Grammar], tuple[Any, ...]]:
        return Grammar, (self.name, self.starts, self._tables, self._saved)
