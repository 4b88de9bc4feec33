"""Why the lines of a document were or were not taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from gouji.canonical import canonicalise
from gouji.errors import ReadError
from gouji.outline import read_outline
from gouji.packs import Packs
from gouji.pipeline import Engine
from gouji.recognition import recognise
from gouji.workbench import corpus
from gouji.workbench.reach import reached
from gouji.workbench.tabletrace import LineTrace, TableTracer
from gouji.workbench.texttrace import TextTracer


def trace(engine: Engine, source: str, lines: Collection[int] = (), packs: Packs | None = None) -> Iterator[LineTrace]:
    """What became of every canonical line of the document at `source`, in order; only of those from source `lines`.

    The corpora of `packs` (those found by default) say which rows the form has. Raises ReadError.
    """
    document = engine.read(source)
    canonical = canonicalise(document, engine.folds)
    try:
        report = engine.understand(document)
    except ReadError as error:
        if error.code != "no-report":
            raise
        report = None
    outline = read_outline(document, canonical, engine.outline)
    tables = list(recognise(document, canonical, engine.layouts))
    used = {table.layout.pack for table in tables if table.layout is not None}
    folders = [f for f in (packs or Packs.find()).folders() if f.name in used]
    form = frozenset(reached(engine, (case for folder in folders for case in corpus.of_pack(folder))))
    text = TextTracer(engine, document, canonical, report, outline)
    shown: set[int] = set()
    for line in canonical.lines:
        found: list[LineTrace]
        if line.table is None:
            found = [text.trace(line)]
        elif line.table in shown:
            continue
        else:
            shown.add(line.table)
            table = tables[line.table]
            found = [*TableTracer(document, canonical, report, engine.registry, table, form, engine.folds).traces()]
        for one in found:
            if not lines or one.line in lines:
                yield one
