"""What packs add to other packs, without copying them: spellings of labels, rows, columns, cues, patterns.

A pack with `amends: NAME` in its pack.yaml adds to the pack NAME in place: what that pack reads is read as before, by
the same name and the same rules, and more is read besides. What it adds must be new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gouji.bounds import refuse
from gouji.packfile import read_pack
from gouji.packs import Packs
from gouji.schema import listed
from gouji.values import Struct
from gouji.yamlfile import Scalar, invalid, unknown, where

_CELL = r"[^|\n]*\|"


class Spelling(Struct):
    """A further text of a terminal, or one of a new terminal that may stand wherever the terminal `like` may."""

    terminal: Scalar
    text: Scalar
    new: bool = False
    like: Scalar | None = None


class Amendment(Struct):
    """What one pack adds to another."""

    folder: Path
    content: Mapping[Any, Any]

    def part(self, key: str) -> Mapping[Any, Any]:
        """What it adds below a key of pack.yaml, by name."""
        part: Mapping[Any, Any] = self.content.get(key, {})
        return part

    def spellings(self) -> list[Spelling]:
        """The texts that it adds to terminals, and those of the terminals that it adds."""
        found = [Spelling(name, text) for name, texts in self.part("labels").items() for text in listed(texts)]
        for key in ("rows", "cues"):
            for name, data in self.part(key).items():
                found += [Spelling(name, text, True, data.get("like")) for text in listed(data["label"])]
        return found


def amendments(packs: Packs) -> dict[str, list[Amendment]]:
    """What is added to each pack, in order. Raises PackError for an unknown pack or key."""
    folders = packs.folders()
    found: dict[str, list[Amendment]] = {}
    for folder in folders:
        content = read_pack(folder)
        if "amends" not in content:
            continue
        target = content["amends"]
        if target not in {f.name for f in folders}:
            raise unknown(target, "规则包", "pack", [f.name for f in folders])
        found.setdefault(str(target), []).append(Amendment(folder, content))
    return found


def merged(base: Mapping[Any, Any], more: Iterable[Mapping[Any, Any]]) -> dict[Any, Any]:
    """`base` with what is added. Raises PackError for a name that is there already, naming both places."""
    whole = dict(base)
    for part in more:
        for name, value in part.items():
            if name in whole:
                first = next((where(key) for key in whole if key == name), "") or where(whole[name])
                raise invalid(
                    name, f"{name} 已在 {first} 定义", f"{name} is already defined at {first}",
                    "请改名；给已有的标签加写法用 labels", "rename it; a further spelling of a label belongs under labels",
                )  # fmt: skip
            whole[name] = value
    return whole


def alternatives(base: Scalar, more: Sequence[Scalar]) -> str:
    """A pattern, or any of those that are added to it. Raises PackError where its groups stand in the way."""
    for one in more:
        try:
            groups = re.compile(str(base)).groups + re.compile(str(one)).groups
        except re.error as error:
            raise invalid(one, f"正则表达式有误：{error}", f"the regular expression is wrong: {error}") from error
        if groups:
            raise invalid(one, "带分组的式样不能补充", "a pattern with groups cannot be added to")
    return "|".join(f"(?:{one})" for one in (base, *more)) if more else str(base)


def editing(spellings: Sequence[Spelling], *, cell: bool) -> Callable[[Any], None] | None:
    """An edit of a loaded Lark grammar that adds spellings; None where there is nothing to add.

    `cell` says that a label goes on to the end of its cell. Raises PackError for a terminal that the grammar does not
    have, and for a new one that it has.
    """
    if not spellings:
        return None

    def edit(grammar: Any) -> None:
        known = {_shown(name): name for name, _ in grammar.term_defs}
        new: dict[str, list[Spelling]] = {}
        for one in spellings:
            if not one.new and one.terminal not in known:
                raise unknown(one.terminal, "标签", "label", known)
            if one.new:
                new.setdefault(str(one.terminal), []).append(one)
                continue
            _respell(grammar, known[str(one.terminal)], _pattern(one, cell))
        for name, texts in new.items():
            if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
                raise invalid(texts[0].terminal, "名称应为大写英文字母", "the name is a word of A-Z, 0-9 and _")
            if name in known:
                raise invalid(texts[0].terminal, f"{name} 已有", f"{name} exists already")
            grammar.term_defs.append((name, (_either([_pattern(one, cell) for one in texts]), 0 if cell else 2)))
            like = texts[0].like
            if like is not None:
                if like not in known:
                    raise unknown(like, "标签", "label", known)
                grammar.rule_defs[:] = [
                    (rule, params, _beside(tree, known[str(like)], name), options)
                    for rule, params, tree, options in grammar.rule_defs
                ]

    return edit


def _shown(name: str) -> str:
    return str(name).rsplit("__", 1)[-1]


def _pattern(spelling: Spelling, cell: bool) -> str:
    """The expression of a text; one between slashes is an expression already."""
    text = str(spelling.text)
    source = text[1:-1] if len(text) > 2 and text[0] == text[-1] == "/" else re.escape(text)
    try:
        re.compile(source)
    except re.error as error:
        raise invalid(spelling.text, f"正则表达式有误：{error}", f"the regular expression is wrong: {error}") from error
    whole = f"(?:{source})" + (_CELL if cell else "")
    refuse(whole, spelling.text.where)
    return whole


def _either(sources: Sequence[str]) -> Any:
    from lark import Token, Tree

    literals = [Tree("literal", [Token("REGEXP", "/" + source.replace("/", "\\/") + "/")]) for source in sources]
    return Tree("expansions", [Tree("expansion", [Tree("value", [literal])]) for literal in literals])


def _respell(grammar: Any, name: str, source: str) -> None:
    """Let a terminal also match an expression."""
    for i, (term, (tree, priority)) in enumerate(grammar.term_defs):
        if term == name:
            from lark import Tree

            both = Tree("expansions", [Tree("expansion", [tree]), *_either([source]).children])
            grammar.term_defs[i] = (term, (both, priority))


def _beside(tree: Any, like: str, name: str) -> Any:
    """A rule in which a terminal may stand wherever another one may."""
    from lark import Tree
    from lark.grammar import Terminal

    if not isinstance(tree, Tree):
        return tree
    if tree.data == "value" and isinstance(tree.children[0], Terminal) and tree.children[0].name == like:
        one = Tree("expansion", [tree])
        return Tree("expansions", [one, Tree("expansion", [Tree("value", [Terminal(name)])])])
    return Tree(tree.data, [_beside(child, like, name) for child in tree.children])
