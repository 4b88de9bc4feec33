"""Documents generated from the grammar of a pack, each with the observations that it should give.

The grammar says which rows there are and how the terminal of each may be spelt; hypothesis draws which of them stand
in a document, each in which spelling, and what its cells hold. What should come out follows from these choices: the
label of a row says the metrics, its place among the cells says the column. Drawing from the start rule as a whole
(`hypothesis.extra.lark`) would mostly give rows that no layout knows, and says nothing of what should come out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gouji.errors import PackError
from gouji.layouts import Layout, RowBinding
from gouji.messages import builtin
from gouji.pipeline import Engine
from gouji.wordings import examples
from gouji.workbench.reach import shown

LARGEST = 99_999
MARKS = ("", "/")


class Sample(NamedTuple):
    """A generated document: canonical text, and what it should give, in the words of the corpus."""

    text: str
    expected: tuple[str, ...]


def strategy(engine: Engine, layout: Layout) -> Any:
    """A hypothesis strategy for the samples of a layout.

    A sample is the head of the form, then rows of the grammar in the order of the form, each once, with figures,
    blanks and marks.
    Raises PackError where hypothesis is not installed.
    """
    try:
        from hypothesis import strategies as st
    except ImportError as error:
        say = builtin().message
        raise PackError("hypothesis", "extra", say("workbench.extra"), say("workbench.extra_remedy")) from error

    texts = dict(_labels(layout))
    rows = [*texts]
    opening = _head(layout, texts)
    value = st.one_of(st.integers(0, LARGEST).map(str), st.sampled_from(MARKS))

    @st.composite
    def samples(draw: Any) -> Sample:
        chosen = draw(st.lists(st.sampled_from(rows), min_size=1, max_size=12, unique=True))
        lines, expected = [], []
        for key in sorted(chosen, key=rows.index):
            binding = layout.rows[key]
            label = draw(st.sampled_from(texts[key]))
            printed = _unit(engine, layout, binding) if "unit" in binding.columns else ""
            cells = []
            for column, path in zip(binding.columns, binding.paths, strict=True):
                if not path:
                    cells.append(printed if column == "unit" else "1")
                    continue
                text = draw(value)
                unit = printed or engine.registry.metric(path).unit
                head = f"{path} = {text}" if text.isdecimal() else f"{path} {'na' if text else 'blank'}"
                expected.append(f"{head} {unit}".rstrip())
                cells.append(text)
            lines.append(label + "".join(f"{cell}|" for cell in cells) + "\n")
        return Sample("".join([*opening, *lines]), tuple(expected))

    # A few rows that several forms have in common are no sample of one of them.
    rivals = [other for other in engine.layouts if other is not layout and other.reads == layout.reads]
    return samples().filter(
        lambda one: layout.evidence(one.text) > max((r.evidence(one.text) for r in rivals), default=0)
    )


def _labels(layout: Layout) -> Iterator[tuple[str, list[str]]]:
    """The rows that have a label of their own and need no head, and texts of the label: their cells stand in order."""
    sources = {shown(terminal.name): terminal.pattern.to_regexp() for terminal in layout.grammar.lark.terminals}
    for key, binding in layout.rows.items():
        if binding.heading or binding.headed or "." in key or key not in sources:
            continue
        texts = [text for text in examples(sources[key]) if text.endswith("|") and text.count("|") == 1]
        if texts:
            # A bracket that is never closed is read as well, but nobody writes it.
            yield key, [text for text in texts if _whole(text)] or texts


def _unit(engine: Engine, layout: Layout, binding: RowBinding) -> str:
    """What the cell of the unit says: what the metrics of the row are counted in, where the layout reads that."""
    own = next((unit for path in binding.paths if path and (unit := engine.registry.metric(path).unit)), "")
    return own if own and layout.values.fullmatch(f"{own}|\n") else "件"


def _head(layout: Layout, labels: Mapping[str, Sequence[str]]) -> list[str]:
    """A text by which the layout is recognised, as a row of its own; none where only the labels of rows are such."""
    rows = [text for texts in labels.values() for text in texts]
    for cue in re.split(r"\|(?=\(\?:)", layout.detect.source):
        for text in examples(cue, 1):
            if _whole(text) and not any(row.startswith(text.rstrip("|")) for row in rows):
                return [f"{text.rstrip('|')}|\n"]
    return []


def _whole(text: str) -> bool:
    return text.count("(") == text.count(")")


def samples(pack: str, count: int, packs: Sequence[Path] = (), seed: int = 0) -> list[Sample]:
    """`count` samples of the layouts of a pack, the same for the same `seed`. Raises PackError."""
    from gouji.workbench.packtest import targets

    folders, roots = targets([pack], packs)
    engine = Engine.load(roots)
    found: list[Sample] = []
    for folder in folders:
        for layout in (one for one in engine.layouts if one.pack == folder.name and one.reads == "table"):
            found += _drawn(strategy(engine, layout), count, seed)
    return found


def _drawn(drawing: Any, count: int, seed: int) -> list[Sample]:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    found: list[Sample] = []

    @seeded(seed)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @given(drawing)
    def collect(sample: Sample) -> None:
        found.append(sample)

    collect()
    return found[:count]
