"""Lark grammars of packs: compiled and checked."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from lark import Lark
from lark.exceptions import LarkError, UnexpectedInput
from lark.parsers.lalr_analysis import Shift

from gouji import yamlfile
from gouji.bounds import refuse
from gouji.errors import Message, PackError
from gouji.grammar import Grammar
from gouji.grammarfiles import defined, holding, named, place, position, reach, read, unclosed
from gouji.packs import builtin
from gouji.parser import Parser, Reduction, Scanner
from gouji.patterns import Pattern
from gouji.prefixes import told_apart

_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.S)
"""What tells whether a bar in an expression stands in brackets."""


def build(
    path: Path,
    roots: list[Path],
    starts: tuple[str, ...],
    edit: Callable[[Any], None] | None = None,
    **options: Any,
) -> Grammar:
    """Compile `path`, with imports from `roots`; `edit` adds to the loaded grammar before.

    Raises PackError with file, line and column for a grammar that Lark refuses, for a terminal or rule without an ASCII
    name (Lark drops such terminals from what it says it expected), for one that takes time beyond all bounds, for one
    that would fall apart, and for expressions that cannot stand beside each other.
    """
    text = read(path)
    try:
        grammar = edited(text, path, roots, edit)
        for torn, choice in _torn(grammar):
            raise _fallen(path, _own(torn), choice, roots)
        lark = Lark(
            grammar,
            parser="lalr",
            start=[str(start) for start in starts],
            import_paths=[str(root) for root in roots],
            source_path=str(path),
            maybe_placeholders=False,
            **({"lexer": "contextual"} | options),
        )
    except LarkError as error:
        raise _refused(path, text, starts, roots, edit, error) from error
    for terminal in lark.terminals:
        name = terminal.name.rsplit("__", 1)[-1]
        if not re.fullmatch(r"_?[A-Z][A-Z0-9_]*", name):
            start = max(text.find(terminal.pattern.value), 0)
            raise _broken(
                position(path, text, start),
                f"终结符 {terminal.pattern.value} 没有 ASCII 名称",
                f"{terminal.pattern.value} has no ASCII terminal name",
            )
        if not path.is_relative_to(builtin()):
            # What looks harmless piece by piece may not be so once terminals are put together. What is added to a
            # grammar is looked at where it is added.
            refuse(terminal.pattern.to_regexp(), named(path, text, name))
    saved = BytesIO()
    lark.save(saved)
    try:
        tables = pickle.dumps(_parser(lark), pickle.HIGHEST_PROTOCOL)
    except re.error as error:
        raise _at_odds(path, text, lark.terminals, error) from error
    built = Grammar(f"{path.parent.name}/{path.name}", tuple(map(str, starts)), tables, saved.getvalue())
    built.__dict__["lark"] = lark
    return built


def _torn(grammar: Any) -> Iterator[tuple[str, str]]:
    """The terminals that Lark joins from expressions, one of them a choice without brackets: /a|b/ "c" is not a|bc."""
    for name, (tree, _) in grammar.term_defs:
        for sequence in tree.find_data("expansion") if tree is not None else ():
            for item in sequence.children if len(sequence.children) > 1 else ():
                while getattr(item, "data", None) in ("value", "expansions", "expansion") and len(item.children) == 1:
                    item = item.children[0]
                if getattr(item, "data", None) == "literal" and _chooses(source := str(item.children[0])):
                    yield name, source


def _chooses(literal: str) -> bool:
    """Whether an expression as a grammar writes it, without flags, is a choice outside of all brackets."""
    if not (literal.startswith("/") and literal.endswith("/")):
        return False
    depth = 0
    for piece in _BRACKETS.findall(literal[1:-1]):
        if piece == "|" and not depth:
            return True
        depth += (piece == "(") - (piece == ")")
    return False


def _fallen(path: Path, terminal: str, choice: str, roots: Sequence[Path]) -> PackError:
    piece, where = holding(path, terminal, choice, roots)
    # The piece may have a name, or stand in the terminal itself.
    told = choice if piece == terminal else f"{piece} {choice}"
    return PackError(
        where,
        "invalid-grammar",
        Message(
            f"终结符 {terminal} 由几段拼成，其中 {told} 有多个选项而没有括号，拼接后选项会连到前后文字上",
            f"terminal {terminal} is put together of pieces, of which {told} is a choice without brackets: its"
            " alternatives would take in what stands beside them",
        ),
        Message(f"写成 /(?:{choice[1:-1]})/", f"write /(?:{choice[1:-1]})/"),
    )


def _at_odds(path: Path, text: str, terminals: Iterable[Any], error: re.error) -> PackError:
    """The first terminal whose expression cannot stand beside those before it."""
    together = ""
    for terminal in terminals:
        together += f"{'|' if together else ''}(?P<{terminal.name}>{terminal.pattern.to_regexp()})"
        try:
            re.compile(together)
        except re.error as found:
            name = terminal.name.rsplit("__", 1)[-1]
            return _broken(
                named(path, text, name),
                f"终结符 {name} 的正则表达式不能与其他终结符并列：{found}",
                f"the expression of terminal {name} cannot stand beside those of the others: {found}",
            )
    return _broken(str(path), f"正则表达式有误：{error}", f"an expression is wrong: {error}")


def _parser(lark: Lark) -> Parser:
    """The tables of a grammar in the form that needs no Lark."""
    front: Any = lark.parser
    table = front.parser._parse_table
    same = _stand_for_one(lark.rules) - {str(start) for start in front.parser_conf.start}
    reductions: dict[Any, Reduction] = {}
    states: list[dict[str, int | Reduction]] = []
    for number in range(len(table.states)):
        steps: dict[str, int | Reduction] = {}
        for name, (action, to) in table.states[number].items():
            if action is Shift:
                steps[str(name)] = to
            else:
                # A rule is kept once, however many states complete it.
                if to not in reductions:
                    reductions[to] = _reduction(to, same)
                steps[str(name)] = reductions[to]
        states.append(steps)
    lexers: dict[int, Any] = getattr(front.lexer, "lexers", {})
    different = {id(one): one for one in lexers.values()}
    numbers = {key: number for number, key in enumerate(different)}
    # Once for all scanners: so they are kept once, too.
    patterns = {t.name: (str(t.name), Pattern(t.pattern.to_regexp())) for t in lark.terminals}
    return Parser(
        states,
        dict(table.start_states),
        dict(table.end_states),
        [_scanner(one.terminals, patterns) for one in different.values()],
        [numbers[id(lexers[number])] for number in range(len(states))] if lexers else [],
        frozenset(map(str, lark.ignore_tokens)),
    )


def _stand_for_one(rules: Iterable[Any]) -> set[str]:
    """The rules that are opened and in all their ways keep one value: it may as well stand there itself."""
    found: dict[str, bool] = {}
    for rule in rules:
        name = rule.origin.name
        alone = name.startswith("_") and [opened for _, opened in _kept(rule, ())] == [False]
        found[name] = alone and found.get(name, True)
    return {str(name) for name, alone in found.items() if alone}


def _kept(rule: Any, same: Collection[str]) -> tuple[tuple[int, bool], ...]:
    """The places of what Lark keeps of a rule, and whether it opens that: it leaves out terminals that begin with `_`."""
    return tuple(
        (i, not symbol.is_term and symbol.name.startswith("_") and symbol.name not in same)
        for i, symbol in enumerate(rule.expansion)
        if rule.options.keep_all_tokens or not (symbol.is_term and symbol.filter_out)
    )


def _reduction(rule: Any, same: Collection[str]) -> Reduction:
    """What Lark makes of a rule; those in `same` give the one value that they keep."""
    kept = _kept(rule, same)
    size = len(rule.expansion)
    origin = str(rule.origin.name)
    single = bool(rule.options.expand1 and not rule.alias) or origin in same
    repeats = rule.expansion[:1] == [rule.origin] and not (rule.alias or rule.options.expand1)
    return Reduction(
        size,
        origin,
        str(rule.alias or rule.options.template_source or origin),
        None if kept == tuple((i, False) for i in range(size)) else kept,
        single,
        repeats and size == 2 and kept == ((0, True), (1, False)),
    )


def _scanner(terminals: Sequence[Any], patterns: Mapping[str, tuple[str, Pattern]]) -> Scanner:
    """What matches the first of `terminals` (in the order in which Lark tries them) that fits."""
    literals = [one for one in terminals if one.pattern.type == "str"]
    words: dict[str, Pattern] = {}
    hidden: set[str] = set()
    for one in terminals if literals else ():
        if one.pattern.type == "re":
            # A literal that an expression of the same priority matches too is told from what that has matched.
            source = re.compile(one.pattern.to_regexp())
            also = [w for w in literals if w.priority == one.priority and _wholly(source, w.pattern.value)]
            if also:
                words[one.name] = Pattern(_joined(also))
                hidden.update(w.name for w in also if w.pattern.flags <= one.pattern.flags)
    shown = [one for one in terminals if one.name not in hidden]
    # They are tried one by one. That they can stand beside each other is for Lark, which puts them together.
    re.compile(_joined(shown))
    ways = told_apart((one.pattern.to_regexp(), patterns[one.name]) for one in shown)
    return Scanner(ways, words)


def _wholly(pattern: re.Pattern[str], word: str) -> bool:
    match = pattern.match(word)
    return match is not None and match.group() == word


def _joined(terminals: Iterable[Any]) -> str:
    """An expression for the first of `terminals` that fits, in a group with its name."""
    return "|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in terminals)


def edited(text: str, path: Path, roots: list[Path], edit: Callable[[Any], None] | None = None) -> Any:
    """A grammar as Lark loads it, with `edit` applied. Raises what Lark raises."""
    from lark.load_grammar import load_grammar

    grammar, _ = load_grammar(text, str(path), [str(root) for root in roots], False)  # type: ignore[no-untyped-call]
    if edit is not None:
        edit(grammar)
    return grammar


def _broken(where: str, zh: str, en: str) -> PackError:
    return PackError(where, "invalid-grammar", Message(zh, en), Message("请改正该语法文件", "correct the grammar"))


def _refused(
    path: Path,
    text: str,
    starts: tuple[str, ...],
    roots: list[Path],
    edit: Callable[[Any], None] | None,
    error: LarkError,
) -> PackError:
    """What Lark says against a grammar, in words that an author can act on."""
    # Lark does not always say in which file it is: what is wrong with an imported one is wrong without this one, too.
    for file in reversed(reach(path, roots)[1:]):
        try:
            edited(read(file), file, roots)
        except LarkError as own:
            path, text, error = file, read(file), own
            break
    if found := unclosed(path, text):
        return _broken(found[1], f"这里的 {found[0]} 没有成对", f"nothing closes this {found[0]}")
    problem = str(error).strip() or "invalid grammar"
    if isinstance(error, UnexpectedInput):
        return _unreadable(path, text, getattr(error, "line", 0), getattr(error, "column", 0))
    if found_at := re.search(r"at line (\d+) column (\d+)", problem):
        return _unreadable(path, text, int(found_at[1]), int(found_at[2]))
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
    if match := re.search(_UNDEFINED, problem):
        return _undefined(path, text, starts, _own(next(filter(None, match.groups()))))
    if match := re.search(r"'?(\w+)'? defined more than once", problem):
        name = _own(match[1])
        where = named(path, text, name, last=True)
        return _broken(where, f"{name} 定义了不止一次", f"{name} is defined more than once")
    for pattern, zh, en in _SAYINGS:
        if match := re.search(pattern, problem):
            name = _own(match[1])
            return _broken(place(path, name, roots), zh.format(name), en.format(name))
    if match := re.search(r"Cannot compile token (\w+): '(.*)'$", problem, re.S):
        name, flaw = _own(match[1]), _flaw(match[2])
        zh, en = f"终结符 {name} 的正则表达式有误", f"the regular expression of terminal {name} is wrong"
        return _broken(place(path, name, roots), f"{zh}：{flaw}", f"{en}: {flaw}" if flaw else en)
    first = problem.splitlines()[0]
    return _broken(f"{path}:1:1", f"语法有误：{first}", f"the grammar is wrong: {first}")


def _own(name: str) -> str:
    """The name that a grammar gives to what Lark calls by the name of the file, too."""
    return name.rsplit("__", 1)[-1]


def _undefined(path: Path, text: str, starts: Sequence[str], name: str) -> PackError:
    """A name that a grammar does not define, with the nearest that there is of its kind."""
    start = next((s for s in starts if s == name), None)
    where = yamlfile.where(start) or named(path, text, name)
    where = f"{path}:1:1" if where == str(path) else where
    rule = start is not None or name.strip("_").islower()
    kind = ("规则", "rule") if rule else ("终结符", "terminal")
    known = [n for n in defined(path) if n.strip("_").islower() == rule]
    error = yamlfile.unknown(yamlfile.Scalar(name, where), *kind, known)
    zh, en = f"{kind[0]} {name} 没有定义", f"{kind[1]} {name} is not defined"
    remedy = error.remedy if known else Message("请定义它，或用 %import 导入", "define it, or import it by %import")
    return PackError(where, "invalid-grammar", Message(zh, en), remedy)


def _unreadable(path: Path, text: str, line: int, column: int) -> PackError:
    """What is no Lark grammar at a place; where a name stands there that Lark does not take, that is said."""
    lines = text.splitlines()
    rest = lines[line - 1][max(column - 1, 0) :].strip() if 0 < line <= len(lines) else ""
    where = f"{path}:{max(line, 1)}:{max(column, 1)}"
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
    if (word := re.match(r"%\w+", rest)) and word[0] not in _DIRECTIVES:
        return yamlfile.unknown(yamlfile.Scalar(word[0], where), "指令", "directive", _DIRECTIVES)
    if not rest:
        return _broken(where, "不是有效的 Lark：此行到这里还没有完", "not valid Lark: the line ends too early")
    shown = rest if len(rest) <= _SHOWN else rest[:_SHOWN] + "…"
    return _broken(where, f"不是有效的 Lark：此处不能是“{shown}”", f"not valid Lark: “{shown}” cannot stand here")


_SHOWN = 20
_DIRECTIVES = ("%import", "%ignore", "%declare", "%override", "%extend")


def _flaw(source: str) -> str:
    """What `re` says against an expression, with its place in it."""
    try:
        re.compile(source)
    except re.error as error:
        return str(error)
    return ""


_UNDEFINED = (
    r"(?:Rule|Terminal|Template) '?(\w+)'? used but not defined|used but not defined: (\w+)|"
    r"undefined rule: NonTerminal\('(\w+)|Terminals \{'(\w+)'.*\} were marked to ignore"
)
_SAYINGS = (
    (r"zero-width terminals?\.? \((\w+)", "终结符 {0} 可以什么都不匹配", "terminal {0} can match nothing"),
    (r"inside terminals \(NonTerminal\('\w+'\) in (\w+)", "终结符 {0} 中不能用规则", "terminal {0} must not use rules"),
    (r"Recursion in terminal '(\w+)'", "终结符 {0} 不能用到自己", "terminal {0} must not use itself"),
    (r"Terminals cannot be empty \((\w+)\)", "终结符 {0} 是空的", "terminal {0} is empty"),
)  # fmt: skip
