"""The score of the sentence shapes: how many of their slots are read as the test data says.

A slot is one number of a sentence and what becomes of it: bound to a metric, left unbound, or unreadable. What is
given beyond that, or given otherwise, is wrong. On its own: `PYTHONPATH=tests python -m score.shapes`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from corpus import read
from gouji.pipeline import Engine
from gouji.records import Report

DATA = Path(__file__).resolve().parents[1]


class Sentence(NamedTuple):
    """One composed sentence, and the slots that it should give."""

    shape: str
    year: int
    text: str
    slots: Counter[str]


class Score(NamedTuple):
    """Slots found, slots asked for, and slots given that nobody asked for."""

    found: int
    wanted: int
    wrong: int


def sentences(name: str = "shapes.yaml") -> Iterator[Sentence]:
    """The composed sentences of a file of the tests."""
    import yaml

    for shape in yaml.safe_load((DATA / name).read_text(encoding="utf-8")):
        for case in shape["cases"]:
            slots = Counter(
                f"{path} = {value}"
                for path, values in (case.get("bound") or {}).items()
                for value in (values if isinstance(values, list) else [values])
            )
            slots.update(f"unbound {value}" for value in case.get("unbound", ()))
            slots.update(f"unreadable {words}" for words in case.get("unparsed", ()))
            yield Sentence(str(shape["id"]), case.get("year", shape["year"]), case["text"], slots)


def report(engine: Engine, sentence: Sentence) -> Report:
    """The report that holds just this sentence."""
    return read(engine, f"{sentence.year}年政府信息公开工作年度报告\n一、总体情况\n{sentence.text}\n")


def slots(found: Report) -> Counter[str]:
    """The slots that a report gives."""
    said = Counter(
        f"{o.path} = {_plain(o.value)}{'~' if o.implied else ''}{f' @{o.scope}' if o.scope else ''}"
        for o in found.observations
    )
    said.update(f"unbound {_plain(u.value)}{'%' if u.unit == '%' else ''}" for u in found.unbound)
    said.update(f"unreadable {u.text}" for u in found.unparsed)
    return said


def score(engine: Engine, name: str = "shapes.yaml") -> dict[str, Score]:
    """The score of every shape, by its id."""
    totals: dict[str, Score] = {}
    for sentence in sentences(name):
        got = slots(report(engine, sentence))
        hit = (got & sentence.slots).total()
        old = totals.get(sentence.shape, Score(0, 0, 0))
        wrong = (got - sentence.slots).total()
        totals[sentence.shape] = Score(old.found + hit, old.wanted + sentence.slots.total(), old.wrong + wrong)
    return totals


def _plain(value: Decimal | int | None) -> str:
    text = str(value)
    return re.sub(r"0+$", "", text).rstrip(".") if "." in text else text


def lines(scores: dict[str, Score]) -> Iterator[str]:
    found, wanted, wrong = (sum(column) for column in zip(*scores.values(), strict=True))
    yield f"sentence shapes: {found} of {wanted} slots = {found / wanted:.1%}, {wrong} wrong"
    for shape, one in scores.items():
        if one.found < one.wanted or one.wrong:
            yield f"  {shape}: {one.found} of {one.wanted}, {one.wrong} wrong"


def main() -> None:
    """Print the score."""
    scores: Any = score(Engine.load(()))
    print("\n".join(lines(scores)))


if __name__ == "__main__":
    main()
