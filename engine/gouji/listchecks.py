"""Checks of what a report counts or announces itself against what it then lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gouji import schema
from gouji.claims import EDGES
from gouji.errors import Message
from gouji.facts import Facts
from gouji.findings import Statement, Term
from gouji.kinds import Kind
from gouji.records import Report
from gouji.rulemodel import Rule

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook

_LONGEST = 40  # no heading is longer


def _claimed(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """A count that is claimed against the items listed beside it."""
    for m in facts.report.mentions:
        if m.kind != "claimed":
            continue
        claimed, listed, words, compound = (*m.value.split("/", 3), "", "")[:4]
        if claimed == listed:
            facts.passed += 1
            continue
        reading = rule.params["split" if int(claimed) > int(listed) else "joined"]
        told = Statement(reading, {"items": compound, "claimed": claimed})
        facts.add(
            rule,
            values={"text": words or m.text, "claimed": claimed, "listed": listed},
            equation=f"{claimed} ≠ {listed}",
            left=int(claimed),
            right=int(listed),
            span=m.span,
            terms=_counts(int(claimed), words or m.text, int(listed), m.text.replace(words, "").strip(EDGES)),
            alternative=Message(told.zh, told.en) if compound else None,
            identity=[m.text],
        )


def _announced(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """The parts that the preface announces against the numbered sections."""
    sections = [s for s in facts.report.sections if s.level == 1 and s.ordinal]
    # A report announces its parts once; what says so later speaks of something else.
    for m in [m for m in facts.report.mentions if m.kind == "contents"][:1] if sections else ():
        number, _, listed = m.value.partition("/")
        names = listed.split("|") if listed else []
        announced = int(number) if number else len(names)
        if announced == len(sections):
            facts.passed += 1
            continue
        missing: list[str] = []
        strange: list[str] = []
        if len(names) == announced:
            core = _cores(names, rule.params["common"])
            titles = _cores([s.title for s in sections], rule.params["common"])
            pairs = _paired(core, titles)
            unpaired = [i for i in range(len(names)) if i not in pairs]
            loose = [*_loose(facts.report)] if unpaired else []
            others = _cores(loose, rule.params["common"])
            annexed = any(rule.params["annexed"].search(line) for line in loose)
            missing = [
                names[i]
                for i in unpaired
                if core[i] not in others and not (annexed and rule.params["annexed"].search(names[i]))
            ]
            strange = [sections[j].title for j in range(len(sections)) if j not in pairs.values()]
            if not missing and not strange:
                # What seems to lack has a heading without number.
                facts.passed += 1
                continue
        facts.add(
            rule,
            values={
                "said": rule.params["printed" if number else "unprinted"],
                "announced": str(announced),
                "present": str(len(sections)),
                "missing": Statement(rule.params["missing"], {"names": "”“".join(missing)}) if missing else "",
                "extra": Statement(rule.params["extra"], {"names": "”“".join(strange)}) if strange else "",
            },
            equation=f"{announced} ≠ {len(sections)}",
            left=announced,
            right=len(sections),
            span=m.span,
            terms=_counts(announced, "、".join(names) or m.text, len(sections), "、".join(s.title for s in sections)),
        )


def _counts(claimed: int, words: str, listed: int, items: str) -> tuple[Term, Term]:
    """A count and a list as the two sides of an equation; neither is a figure of the report."""
    return Term("left", 1, claimed, label=words), Term("right", 1, listed, label=items)


def _loose(report: Report) -> Iterator[str]:
    """What may be the heading of a part although it has no number of its own: short lines, headings below others."""
    for section in report.sections:
        if section.level > 1:
            yield section.title
        yield from (line for line in section.body.split("\n") if len(line) <= _LONGEST)


def _cores(titles: Sequence[str], common: Sequence[str]) -> list[str]:
    """What tells parts from others: their titles without the words that most titles have."""
    cores = "\n".join(titles)
    for word in common:
        cores = cores.replace(word, "")
    return cores.split("\n") if titles else []


def _paired(names: Sequence[str], titles: Sequence[str]) -> dict[int, int]:
    """Which title belongs to which name: the likest first; then those of other words between the same neighbours."""
    ours, theirs = [_neighbours(name) for name in names], [_neighbours(title) for title in titles]
    likeness = sorted(
        ((like, -i, -j) for i, a in enumerate(ours) for j, b in enumerate(theirs) if (like := _likeness(a, b)) > 0.3),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    for _, i, j in likeness:
        if -i not in pairs and -j not in pairs.values():
            pairs[-i] = -j
    for i in range(len(names)):
        before = pairs.get(i - 1) if i else -1
        after = pairs.get(i + 1) if i + 1 < len(names) else len(titles)
        if i not in pairs and before is not None and after == before + 2:
            pairs[i] = before + 1
    return pairs


def _neighbours(text: str) -> set[str]:
    """The pairs of neighbouring characters of a title."""
    return {text[i : i + 2] for i in range(max(1, len(text) - 1))}


def _likeness(a: set[str], b: set[str]) -> float:
    """How many pairs of neighbouring characters two titles share: 0 none, 1 all."""
    return 2 * len(a & b) / (len(a) + len(b))


LIST_KINDS: dict[str, Kind] = {
    "claimed": Kind(
        _claimed,
        {"split": schema.message, "joined": schema.message},
        ("split", "joined"),
        ("text", "claimed", "listed"),
        needs=lambda _: ("claimed",),
    ),
    "announced": Kind(
        _announced,
        {
            "common": schema.words,
            "annexed": schema.pattern,
            "printed": schema.message,
            "unprinted": schema.message,
            "missing": schema.message,
            "extra": schema.message,
        },
        ("common", "annexed", "printed", "unprinted", "missing", "extra"),
        ("said", "announced", "present", "missing", "extra"),
        needs=lambda _: ("contents",),
    ),
}
