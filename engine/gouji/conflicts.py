"""Conflicts of a grammar, told by a text on which the parser cannot decide.

An LALR(1) parser looks one token ahead. Where two rules are complete before the same token, or where one is complete
and another goes on, it cannot tell which is meant. Lark names the parser's state; an author can act on a text.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from gouji.values import Struct
from gouji.wordings import example


class Conflict(Struct):
    """What the parser cannot decide: behind the text `before` and in front of `ahead`.

    `rules` are the rules between which it would have to choose. `shift` says that it goes on with the second rule
    rather than complete the first, which Lark does without a word; else Lark refuses the grammar.
    """

    before: str
    ahead: str
    rules: tuple[str, str]
    shift: bool


def conflicts(rules: Collection[Any], terminals: Collection[Any], starts: Sequence[str]) -> Iterator[Conflict]:
    """The conflicts of a compiled Lark grammar (`Lark.rules`, `Lark.terminals`), those that Lark refuses first."""
    from lark.common import ParserConf
    from lark.parsers.lalr_analysis import LALR_Analyzer

    analysis: Any = LALR_Analyzer(ParserConf(list(rules), {}, list(starts)))
    analysis.compute_lr0_states()
    analysis.compute_reads_relations()
    analysis.compute_includes_lookback()
    analysis.compute_lookaheads()
    texts = {terminal.name: example(terminal.pattern.to_regexp()) for terminal in terminals}
    shortest = _shortest(rules, texts)
    found: list[Conflict] = []
    ways: dict[int, tuple[Any, ...]] = {}
    for state in analysis.lr0_itemsets:
        for ahead, complete in sorted(state.lookaheads.items(), key=lambda item: item[0].name):
            names = sorted({_shown(rule.origin.name) for rule in complete})
            priorities = sorted((rule.options.priority or 0 for rule in complete), reverse=True)
            if len(complete) > 1 and priorities[0] == priorities[1]:
                pair, shift = (names[0], names[-1]), False
            elif ahead in state.transitions:
                going_on = sorted({_shown(p.rule.origin.name) for p in state.closure if _expects(p, ahead)})
                pair, shift = (names[0], (going_on or names)[0]), True
            else:
                continue
            ways = ways or _ways(analysis, shortest)
            way = ways.get(id(state), ())
            before = "".join("".join(texts.get(t, "…") for t in shortest[s.name][1]) for s in way)
            found.append(Conflict(before, texts.get(ahead.name, ""), pair, shift))
    # The states are a set: what is told of them must not depend on their order.
    seen: set[tuple[tuple[str, str], bool]] = set()
    for conflict in sorted(found, key=lambda one: (one.shift, len(one.before), one)):
        if (conflict.rules, conflict.shift) not in seen:
            seen.add((conflict.rules, conflict.shift))
            yield conflict


def _expects(pointer: Any, terminal: Any) -> bool:
    return not pointer.is_satisfied and pointer.next == terminal


def _shown(name: str) -> str:
    """The name of a rule as its author wrote it: Lark adds rules of its own for what is repeated."""
    own = name.removeprefix("__").rsplit("__", 1)[-1] if not name.startswith("__") else name[2:].rpartition("_")[0]
    return own.rpartition("_")[0] if name.startswith("__") else own


def _shortest(rules: Collection[Any], texts: Mapping[str, str]) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Symbol -> the length of its shortest text, and the terminals of it."""
    best: dict[str, tuple[int, tuple[str, ...]]] = {name: (len(text), (name,)) for name, text in texts.items()}
    changed = True
    while changed:
        changed = False
        for rule in rules:
            parts = [best.get(symbol.name) for symbol in rule.expansion]
            if all(part is not None for part in parts):
                length = sum(part[0] for part in parts if part)
                name = rule.origin.name
                if name not in best or length < best[name][0]:
                    best[name] = (length, tuple(t for part in parts if part for t in part[1]))
                    changed = True
    return best


def _ways(analysis: Any, shortest: Mapping[str, tuple[int, tuple[str, ...]]]) -> dict[int, tuple[Any, ...]]:
    """State -> the symbols of the shortest text that leads there."""
    order = count()
    queue: list[tuple[int, tuple[str, ...], int, Any, tuple[Any, ...]]] = [
        (0, (), next(order), state, ()) for state in analysis.lr0_start_states.values()
    ]
    ways: dict[int, tuple[Any, ...]] = {}
    while queue:
        cost, names, _, state, way = heapq.heappop(queue)
        if id(state) in ways:
            continue
        ways[id(state)] = way
        for symbol, following in state.transitions.items():
            length = shortest.get(symbol.name, (0, ()))[0]
            step = (cost + length + 1, (*names, str(symbol.name)), next(order), following, (*way, symbol))
            heapq.heappush(queue, step)
    return ways
