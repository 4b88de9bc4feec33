"""What texts go through in the grammars: rules, terminals, cues, carriers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lark.exceptions import UnexpectedInput

from gouji.canonical import canonicalise
from gouji.document import Table
from gouji.errors import ReadError
from gouji.layouts import Layout
from gouji.outline import read_outline
from gouji.parser import Tree
from gouji.pipeline import Engine
from gouji.readers import text
from gouji.recognition import recognise, trees
from gouji.workbench.corpus import Case


def shown(name: str) -> str:
    """The name of a rule or terminal as its author wrote it: Lark puts that of the file in front of it."""
    return name.rsplit("__", 1)[-1]


def reached(engine: Engine, cases: Iterable[Case]) -> set[str]:
    """What the cases go through: `pack RULE`, `pack TERMINAL`, `CUE`, `carrier NAME`."""
    seen: set[str] = set()
    for case in cases:
        try:
            document = text.read(case.source.encode(), "corpus", engine.carriers)
        except ReadError:
            continue
        canonical = canonicalise(document, engine.folds)
        seen.update(f"carrier {block.carrier}" for block in document.blocks if isinstance(block, Table))
        for table in recognise(document, canonical, engine.layouts):
            if table.layout is not None:
                seen.update(_of_table(table.layout, table.text))
        for stretch in read_outline(document, canonical, engine.outline).stretches:
            seen.update(t.type for t in engine.narrative.scanner.scan(canonical.text, stretch.start, stretch.end))
    return seen


def _of_table(layout: Layout, table: str) -> Iterator[str]:
    for tree, at in trees(layout, table):
        if tree is None:
            continue
        pending: list[Any] = [tree]
        while pending:
            node = pending.pop()
            if isinstance(node, Tree):
                yield f"{layout.pack} {shown(node.data)}"
                pending += node.children
        # What the tree leaves out has still been read.
        parser = layout.grammar.lark.parse_interactive(table[at:], layout.start)
        try:
            for token in parser.iter_parse():
                yield f"{layout.pack} {shown(token.type)}"
        except UnexpectedInput:
            pass
