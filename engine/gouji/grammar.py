"""Lark grammars of packs: compiled, checked, kept in a form that loads quickly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from attrs import define, field
from lark import Lark, Token, Tree
from lark.exceptions import GrammarError, LarkError, UnexpectedInput
from lark.lexer import ContextualLexer
from lark.parsers.lalr_analysis import Shift

from gouji import patterns
from gouji.errors import Message, PackError
from gouji.patterns import Pattern, beginnings


@define(slots=False, eq=False, repr=False)
class Grammar:
    """A compiled grammar. Pickles as Lark's own saved form and is revived when it is first used."""

    name: str
    starts: tuple[str, ...]
    _saved: bytes = field(default=b"", repr=False)
    _codes: dict[tuple[str, int], tuple[Any, ...]] = field(factory=dict, repr=False)
    _scanners: dict[tuple[str, ...], Pattern] = field(factory=dict, repr=False)

    @cached_property
    def lark(self) -> Lark:
        """The parser."""
        lark = Lark.load(BytesIO(self._saved))
        for lexer in _lexers(lark):
            lexer.re = _Expressions(self._codes)
        return lark

    @classmethod
    def build(
        cls,
        path: Path,
        roots: list[Path],
        starts: tuple[str, ...],
        edit: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> Grammar:
        """Compile `path`, with imports from `roots`; `edit` adds to the loaded grammar before.

        Raises PackError with file, line and column for a grammar that Lark refuses, and for a terminal or rule
        without an ASCII name (Lark drops such terminals from what it says it expected).
        """
        try:
            text = path.read_text(encoding="utf-8")
            lark = Lark(
                text if edit is None else edited(text, path, roots, edit),
                parser="lalr",
                start=list(starts),
                import_paths=[str(root) for root in roots],
                source_path=str(path),
                maybe_placeholders=False,
                **({"lexer": "contextual"} | options),
            )
        except OSError as error:
            raise _broken(str(path), f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}") from error
        except UnexpectedInput as error:
            raise _unreadable(path, text, getattr(error, "line", 0), getattr(error, "column", 0)) from error
        except (GrammarError, LarkError) as error:
            raise _refused(path, text, starts, roots, edit, error) from error
        for terminal in lark.terminals:
            name = terminal.name.rsplit("__", 1)[-1]
            if not re.fullmatch(r"_?[A-Z][A-Z0-9_]*", name):
                where = _place(path, text, terminal.pattern.value)
                raise _broken(
                    where,
                    f"终结符 {terminal.pattern.value} 没有 ASCII 名称",
                    f"{terminal.pattern.value} has no ASCII terminal name",
                )
        saved = BytesIO()
        lark.save(saved)
        grammar = cls(f"{path.parent.name}/{path.name}", starts, saved.getvalue())
        grammar.__dict__["lark"] = lark
        return grammar

    def parse(self, text: str, start: str | None = None) -> Tree[Any]:
        """The tree of `text`; its tokens know their offsets, not their lines.

        Raises lark's UnexpectedInput when the grammar does not take it.
        """
        start = start or self.starts[0]
        tree = self.loop.parse(text, start) if self.loop else None
        # What is wrong with a text, Lark itself says.
        return self.lark.parse(text, start=start) if tree is None else tree

    def tree(self, tokens: Iterable[Token]) -> Tree[Any] | None:
        """The tree of `tokens`, which somebody else has scanned; None when the grammar does not take them."""
        if self.loop:
            return self.loop.tree(tokens, self.starts[0])
        parser = self.lark.parse_interactive()
        try:
            for token in tokens:
                parser.feed_token(token)
            tree: Tree[Any] = parser.feed_eof()  # type: ignore[no-untyped-call]
        except UnexpectedInput:
            return None
        return tree

    @cached_property
    def loop(self) -> _Loop | None:
        """What runs the parser; None where Lark has to do so itself."""
        return _Loop.of(self.lark, self._scanners)

    def __getstate__(self) -> dict[str, Any]:
        if not self._codes:
            for lexer in _lexers(Lark.load(BytesIO(self._saved))):
                lexer.re = _Expressions(self._codes, keep=True)
                # Building the scanner compiles its expressions.
                terminals = lexer.scanner.terminals
                if not lexer.callback:
                    self._scanners[_names(lexer)] = _scanner(terminals)
        return {name: getattr(self, name) for name in ("name", "starts", "_saved", "_codes", "_scanners")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


class _Loop:
    """Lark's tables, scanners and callbacks in one loop: its layers between them cost more than what they do."""

    def __init__(
        self,
        table: Any,
        callbacks: Any,
        lexers: Mapping[Any, Any],
        ignored: frozenset[str],
        patterns: Mapping[tuple[str, ...], Pattern],
    ) -> None:
        self.table = table
        self.callbacks = callbacks
        self.lexers = lexers
        self.ignored = ignored
        self.patterns = patterns
        self.scanners: dict[Any, Any] = {}
        self.reductions: dict[int, tuple[int, str, Any]] = {}

    @classmethod
    def of(cls, lark: Lark, patterns: Mapping[tuple[str, ...], Pattern]) -> _Loop | None:
        """The loop of a parser; None where it is not made as the loop knows it."""
        try:
            parser: Any = lark.parser.parser
            lexer: Any = lark.parser.lexer
            scans = isinstance(lexer, ContextualLexer)
            lexers, ignored = (lexer.lexers, lexer.root_lexer.ignore_types) if scans else ({}, frozenset())
            return cls(parser._parse_table, parser.parser.callbacks, lexers, ignored, patterns)
        except AttributeError:
            return None

    def parse(self, text: str, start: str) -> Tree[Any] | None:
        """The tree of `text`; None where it has none, or where a terminal needs more than to be matched."""
        scanners, ignored = self.scanners, self.ignored
        stack: list[Any] = [self.table.start_states[start]]
        values: list[Any] = []
        position, length = 0, len(text)
        while position < length:
            match = (scanners.get(stack[-1]) or self._scanner(stack[-1]))(text, position)
            if match is None:
                return None
            begin, position, name = position, match.end(), match.lastgroup
            if name in ignored:
                continue
            # Straight to the string: the constructor of Token costs as much as the match.
            word = match.group()
            token = str.__new__(Token, word)
            token.type, token.value = name, word
            token.start_pos, token.end_pos = begin, position
            if not self._take(stack, values, name, token):
                return None
        return values[-1] if self._take(stack, values, "$END", self.table.end_states[start]) else None

    def tree(self, tokens: Iterable[Token], start: str) -> Tree[Any] | None:
        """The tree of `tokens`; None where they have none."""
        stack: list[Any] = [self.table.start_states[start]]
        values: list[Any] = []
        if not all(self._take(stack, values, token.type, token) for token in tokens):
            return None
        return values[-1] if self._take(stack, values, "$END", self.table.end_states[start]) else None

    def _take(self, stack: list[Any], values: list[Any], name: str, token: Any) -> bool:
        """Reduce what is complete before the terminal `name`, and shift its `token`; whether it can stand there.

        At $END, for which the state where the text is complete takes the place of the token, nothing is left to shift.
        """
        states, reductions = self.table.states, self.reductions
        while True:
            step = states[stack[-1]].get(name)
            if step is None:
                return False
            action, to = step
            if action is Shift:
                stack.append(to)
                values.append(token)
                return True
            # A rule is known by its identity, its name as a plain string: Lark hashes and compares both in Python.
            size, origin, callback = reductions.get(id(to)) or self._reduction(to)
            at = len(values) - size
            children = values[at:]
            del values[at:], stack[at + 1 :]
            values.append(callback(children))
            stack.append(states[stack[-1]][origin][1])
            if name == "$END" and stack[-1] == token:
                return True

    def _scanner(self, state: Any) -> Any:
        pattern = self.patterns.get(_names(self.lexers[state])) if state in self.lexers else None
        found = self.scanners[state] = pattern.match if pattern else _no_match
        return found

    def _reduction(self, rule: Any) -> tuple[int, str, Any]:
        found = self.reductions[id(rule)] = (len(rule.expansion), str(rule.origin.name), self.callbacks[rule])
        return found


def _names(lexer: Any) -> tuple[str, ...]:
    return tuple(terminal.name for terminal in lexer.terminals)


def _scanner(terminals: Iterable[Any]) -> Pattern:
    """What matches the first of `terminals` that fits, as Lark's scanner does.

    One look at the next character rules most of them out, by itself and in groups.
    """
    known = [(beginnings(source := t.pattern.to_regexp()), f"(?P<{t.name}>{source})") for t in terminals]
    groups = []
    for at in range(0, len(known), _TOGETHER):
        group = known[at : at + _TOGETHER]
        parts = "|".join(_ahead(first) + part for first, part in group)
        together = {member: None for first, _ in group for member in first} if all(f for f, _ in group) else {}
        groups.append(f"{_ahead(together)}(?:{parts})")
    return Pattern("|".join(groups))


_TOGETHER = 8
"""Terminals that one look at the next character rules out."""


def _ahead(members: Iterable[str]) -> str:
    found = "".join(members)
    return f"(?=[{found}])" if found else ""


def _no_match(text: str, position: int) -> None:
    """Stands in for a scanner that only Lark can use."""


def _lexers(lark: Lark) -> Iterator[Any]:
    """The lexers of a parser, one for each set of terminals that some state accepts; each compiles its own."""
    lexer = getattr(lark.parser, "lexer", None)
    for one in {id(one): one for one in getattr(lexer, "lexers", {}).values()}.values():
        if hasattr(one, "re"):
            yield one


class _Expressions(NamedTuple):
    """Stands in for the module `re` in a lexer: takes the code that the cache has kept, or keeps it there."""

    codes: dict[tuple[str, int], tuple[Any, ...]]
    keep: bool = False

    @property
    def error(self) -> type[re.error]:
        return re.error

    def compile(self, source: str, flags: int = 0) -> re.Pattern[str]:
        key = (source, int(flags))
        if self.keep and key not in self.codes:
            self.codes[key] = patterns.code(*key)
        return patterns.assembled(source, self.codes.get(key), flags)

    def match(self, source: str, text: str, flags: int = 0) -> re.Match[str] | None:
        return self.compile(source, flags).match(text)


def edited(text: str, path: Path, roots: list[Path], edit: Callable[[Any], None] | None) -> Any:
    """A grammar as Lark loads it, with `edit` applied. Raises what Lark raises."""
    from lark.load_grammar import load_grammar

    grammar, _ = load_grammar(text, str(path), [str(root) for root in roots], False)  # type: ignore[no-untyped-call]
    if edit is not None:
        edit(grammar)
    return grammar


def _broken(where: str, zh: str, en: str) -> PackError:
    return PackError(where, "invalid-grammar", Message(zh, en), Message("请改正该语法文件", "correct the grammar"))


def _place(path: Path, text: str, problem: str) -> str:
    """`file:line:column` of the first name in `problem` that the grammar text holds."""
    for word in re.findall(r"[^\s'\"<>:,()]+", problem):
        match = re.search(rf"(?<!\w){re.escape(word.strip('?!'))}(?!\w)", text)
        if (
            match
            and (len(word) > 1 or not word.isascii())
            and word.lower() not in ("rule", "in", "the", "is", "of", "terminal", "start")
        ):
            line = text.count("\n", 0, match.start()) + 1
            return f"{path}:{line}:{match.start() - text.rfind(chr(10), 0, match.start())}"
    return str(path)


def _refused(
    path: Path,
    text: str,
    starts: tuple[str, ...],
    roots: list[Path],
    edit: Callable[[Any], None] | None,
    error: LarkError,
) -> PackError:
    """What Lark says against a grammar, in words that an author can act on."""
    problem = str(error).strip() or "invalid grammar"
    if problem.startswith("Reduce/Reduce"):
        from gouji.conflicts import conflicts

        # Compiled as Lark does it before it makes the table, in which the conflict is; what is imported and not used
        # (it may match nothing) falls away here, too.
        terminals, rules, _ = edited(text, path, roots, edit).compile(list(starts), set())
        conflict = next(conflicts(rules, terminals, starts))
        one, other = conflict.rules
        before, ahead = (text.replace("\n", "⏎") for text in (conflict.before, conflict.ahead))
        next_zh, next_en = (f"、“{ahead}”之前", f" and before “{ahead}”") if ahead else ("", " and at the end")
        return PackError(
            named(path, text, one),
            "invalid-grammar",
            Message(
                f"有歧义：在“{before}”之后{next_zh}，规则 {one} 和 {other} 都成立",
                f"ambiguous: after “{before}”{next_en} both rule {one} and rule {other} are complete",
            ),
            Message(
                "让两条规则以不同的终结符开头或结尾，或合并为一条",
                "let the rules begin or end with different terminals, or make them one",
            ),
        )
    for pattern, zh, en in _SAYINGS:
        if match := re.search(pattern, problem):
            name = next(filter(None, match.groups())).rsplit("__", 1)[-1]
            return _broken(named(path, text, name, last="more than once" in en), zh.format(name), en.format(name))
    if match := re.search(r"Cannot compile token (\w+): '(.*)'$", problem, re.S):
        name, flaw = match[1].rsplit("__", 1)[-1], _flaw(match[2])
        zh, en = f"终结符 {name} 的正则表达式有误", f"the regular expression of terminal {name} is wrong"
        return _broken(named(path, text, name), f"{zh}：{flaw}", f"{en}: {flaw}" if flaw else en)
    if place := re.search(r"at line (\d+) column (\d+)", problem):
        return _unreadable(path, text, int(place[1]), int(place[2]))
    first = problem.splitlines()[0]
    return _broken(_place(path, text, problem), f"语法有误：{first}", f"the grammar is wrong: {first}")


def _unreadable(path: Path, text: str, line: int, column: int) -> PackError:
    """What is no Lark grammar at a place; where a name stands there that Lark does not take, that is said."""
    lines = text.splitlines()
    rest = lines[line - 1][max(column - 1, 0) :] if 0 < line <= len(lines) else ""
    where = f"{path}:{line or '?'}:{column or '?'}"
    if (name := re.match(r"\w+", rest)) and not name[0].isascii():
        return PackError(
            where,
            "invalid-grammar",
            Message(f"“{name[0]}” 不能作名称", f"“{name[0]}” cannot be a name"),
            Message(
                "名称只用 ASCII 字母、数字和下划线：终结符大写，规则小写，如用拼音",
                "a name holds ASCII letters, digits and underscores: upper case for terminals, lower case for rules",
            ),
        )
    return _broken(where, "Lark 语法错误", "this is not valid Lark")


def _flaw(source: str) -> str:
    """What `re` says against an expression, with its place in it."""
    try:
        re.compile(source)
    except re.error as error:
        return str(error)
    return ""


_SAYINGS = (
    (r"(?:Rule|Terminal) '?(\w+)'? used but not defined|used but not defined: (\w+)|undefined rule: NonTerminal\('(\w+)",
     "{0} 没有定义", "{0} is not defined"),
    (r"'?(\w+)'? defined more than once", "{0} 定义了不止一次", "{0} is defined more than once"),
    (r"zero-width terminals?\.? \((\w+)", "终结符 {0} 可以什么都不匹配", "terminal {0} can match nothing"),
)  # fmt: skip


def named(path: Path, text: str, name: str, last: bool = False) -> str:
    """`file:line:column` where a grammar defines `name` (for the first or last time), else where it uses it."""
    found = list(re.finditer(rf"(?m)^[?!]*({re.escape(name)})(?=[.\d-]*\s*(?:\{{[^}}]*\}})?\s*:)", text))
    found = found or list(re.finditer(rf"(?<![\w])({re.escape(name)})(?![\w])", text))
    if not found:
        return str(path)
    start = found[-1 if last else 0].start(1)
    return f"{path}:{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"
