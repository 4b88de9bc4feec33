"""Short texts that a regular expression matches: examples for messages, and words to try a grammar with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

LIMIT = 12
_ANY = "某1a 、\n"


def example(source: str) -> str:
    """A short text that `source` matches as a whole; "…" where none was found."""
    return next(examples(source), "…")


def examples(source: str, limit: int = LIMIT) -> Iterator[str]:
    """Up to `limit` short texts that `source` matches as a whole, the shortest choices first."""
    pattern = re.compile(source)
    tree: Any = re._parser.parse(source)
    found = 0
    for text in dict.fromkeys(_spell(tree, limit * 4)):
        if found < limit and pattern.fullmatch(text):
            found += 1
            yield text


def _spell(tree: Any, limit: int) -> list[str]:
    texts = [""]
    for operation, argument in tree:
        found = _piece(str(operation), argument, limit)
        texts = [text + more for text in texts for more in dict.fromkeys(found)][:limit]
    return texts


def _piece(name: str, argument: Any, limit: int) -> list[str]:
    if name == "LITERAL":
        return [chr(argument)]
    if name == "NOT_LITERAL":
        return [next(c for c in _ANY if ord(c) != argument)]
    if name == "ANY":
        return ["某"]
    if name == "IN":
        return _member(argument)
    if name == "BRANCH":
        return [text for branch in argument[1] for text in _spell(branch, limit)]
    if name in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _spell(argument[-1] if name == "SUBPATTERN" else argument, limit)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = argument
        once = _spell(inner, limit)
        return ([""] if not least else []) + [text * max(int(least), 1) for text in once if int(most)]
    return [""]


def _member(items: Any) -> list[str]:
    """Characters of a class: its first ones, or any that it does not leave out."""
    if str(items[0][0]) == "NEGATE":
        return [next((c for c in _ANY if not any(_in(c, item) for item in items[1:])), "某")]
    found = []
    for name, argument in items:
        kind = str(name)
        if kind == "LITERAL":
            found.append(chr(argument))
        elif kind == "RANGE":
            found.append(chr(argument[0]))
        else:
            found.append({"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(argument), "某"))
    return found[:4]


def _in(character: str, item: tuple[Any, Any]) -> bool:
    kind, argument = str(item[0]), item[1]
    if kind == "LITERAL":
        return bool(ord(character) == argument)
    if kind == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    return in_category(character, str(argument))


def in_category(character: str, category: str) -> bool:
    """Whether a character belongs to a category of `re`, such as CATEGORY_DIGIT."""
    kind = category.rpartition("_")[2]
    belongs = {
        "DIGIT": character.isdecimal(),
        "SPACE": character.isspace(),
        "WORD": character.isalnum() or character == "_",
        "LINEBREAK": character == "\n",
    }.get(kind, False)
    return bool(belongs) != ("_NOT_" in category)
