"""Checks of the changes since last year that a text states together with the figures of both years."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from attrs import evolve

from gouji import schema, sentences
from gouji.changes import Change
from gouji.facts import Facts
from gouji.findings import Term
from gouji.kinds import Kind
from gouji.patterns import Pattern
from gouji.records import Number, Observation, Unbound
from gouji.registry import Registry
from gouji.rulemodel import Rule
from gouji.spans import Span
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook

_REACH = 100  # so far from its figure a change is looked for, and so far the other way the figure of last year
_AHEAD = 20  # figures of a sentence in front of one whose change may be that of another
_HEAD = 30  # so far before a figure the words for its year begin
_EITHER_WIDTH = str.maketrans({digit: f"[{digit}{chr(ord(digit) - ord('0') + 0xFF10)}]" for digit in "0123456789"})
_BEHIND = ("behind", "following")  # what stands behind a figure: all that is said of it, or what has words before it


class _Stated(Struct):
    """What a text says of one figure: the change, what last year's figure was, and the words for both."""

    change: Change
    last: Number
    words: str


def _growth(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Changes since last year against the figures of both years where one sentence states all three."""
    report, text = facts.report, facts.report.document.text
    seen: set[tuple[str, int]] = set()
    marks: tuple[str, ...] = rule.params["mention"]
    if report.report_year is not None:
        marks = (*marks, str(report.report_year - 1))
    mentioned = _any_of(marks).search
    for other in report.unbound:
        # Last year's figure, or the difference, is bound to nothing and has words for the time before it.
        at = other.span.start
        if other.unit == "%" or not mentioned(text, max(0, at - _HEAD), at):
            continue
        around = sentences.before(report, facts.told, at), sentences.behind(report, facts.told, other.span.end)
        for figure in [one for figures in around for one in islice(figures, 1)]:
            if figure in seen:
                continue
            found = sentences.figure(report, figure)
            this = _printed(found.raw.strip().removesuffix(found.unit or ""))
            if this is None or this != found.value or found.unit == "%":
                continue
            stated = next(_stated(rule, facts, found.span, this, found.unit), None)
            if stated is None:
                continue
            seen.add(figure)
            if stated.change.fits(this, stated.last, cut=True) or _fits_another(rule, facts, found, stated):
                facts.passed += 1
                continue
            kind, index = figure
            term = facts.term("left", index) if kind == "o" else facts.unbound_term("left", index)
            facts.add(
                rule,
                instance=term.path or "",
                values={
                    "label": facts.registry.metric(term.path) if term.path else found.raw.strip(),
                    "stated": stated.words,
                    "actual": stated.change.actual(this, stated.last),
                },
                equation=stated.change.equation(this, stated.last),
                left=this,
                right=stated.last,
                span=found.span,
                terms=[term, *_last(rule, facts, found, stated.last)],
                identity=[stated.words],
            )


def _fits_another(rule: Rule, facts: Facts, found: Observation | Unbound, stated: _Stated) -> bool:
    """Whether a change is that of a figure further ahead in the sentence."""
    # 收到12件,办结11件,比上年增加2件,增长20%
    for figure in islice(sentences.before(facts.report, facts.told, found.span.start), _AHEAD):
        other = sentences.figure(facts.report, figure)
        if other.value is not None and other.unit == found.unit:
            read = _stated(rule, facts, found.span, other.value, found.unit)
            if any(one.change.fits(other.value, one.last, cut=True) for one in read):
                return True
    return False


@lru_cache(100)
def _any_of(marks: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these words in the text as it is printed, where digits may be full-width ones."""
    return re.compile("|".join(re.escape(mark).translate(_EITHER_WIDTH) for mark in marks))


def _printed(raw: str) -> Number | None:
    """The number that is printed; None where it is approximate or written in another way."""
    digits = normalize("NFKC", raw).strip().replace(",", "")
    try:
        return (Decimal(digits) if "." in digits else int(digits)) if digits.isascii() else None
    except (InvalidOperation, ValueError):
        return None


def _stated(rule: Rule, facts: Facts, span: Span, this: Number, unit: str | None) -> Iterator[_Stated]:
    """What stands around a figure of how it has changed since last year."""
    report, p = facts.report, rule.params
    behind = sentences.words(report, span.end, span.end + _REACH)
    whole, after = ([match for one in p["words"][place] if (match := one.match(behind))] for place in _BEHIND)
    # Hardly any figure has its change behind it: what stands before it is looked at then.
    if not (whole or after) or p["spared"].search(sentences.clause(report, span.start)):
        return
    for match in whole:
        yield from _read(rule, facts, this, unit, match.groupdict(), match[0].removeprefix(unit or ""))
    if not after:
        return
    line = report.document.text.rfind("\n", max(0, span.start - _REACH), span.start) + 1
    before = sentences.words(report, max(line, span.start - _REACH), span.start)
    for following, pattern in product(after, p["words"]["before"]):
        if match := pattern.search(before):
            groups = {**match.groupdict(), **following.groupdict()}
            yield from _read(rule, facts, this, unit, groups, f"{match[0]}{this}{following[0]}")


def _read(
    rule: Rule, facts: Facts, this: Number, unit: str | None, groups: dict[str, str | None], words: str
) -> Iterator[_Stated]:
    """What the groups of an expression say, if they speak of these years and count the same."""
    year, falls = facts.report.report_year, rule.params["falls"]
    if any(groups.get(name) not in (None, str((year or 0) - back)) for name, back in (("year", 1), ("this", 0))):
        return
    if any(groups.get(name) not in (None, "", unit) for name in ("last_unit", "by_unit")):
        return
    if groups["unit"] not in ("%", unit):
        return
    if groups.get("again") and groups["again"] != groups.get("what"):
        return
    if (by := groups.get("by")) is not None:
        gap = Change.stated(by, "", bool(falls.search(groups["by_change"] or "")))
        last: Number | None = this - gap.amount
    else:
        last = _printed(groups["last"] or "")
    change = Change.stated(groups["amount"] or "0", groups["unit"] or "", bool(falls.search(groups["change"] or "")))
    if last is not None and (last > 0 or not change.share):
        words = words.strip(",;")
        yield _Stated(change, last, words if words.count("(") == words.count(")") else words.strip("()"))


def _last(rule: Rule, facts: Facts, found: Observation | Unbound, last: Number) -> Iterator[Term]:
    """The figure of last year as a term, where the sentence prints it; after a date, with that as its label."""
    report, told, span = facts.report, facts.told, found.span
    near = [*sentences.behind(report, told, span.end), *sentences.before(report, told, span.start)]
    for index in (index for kind, index in near if kind == "u"):
        other = report.unbound[index]
        between = report.document.text[span.end : other.span.start]
        if other.value == last and other.unit == found.unit and not any(mark in between for mark in sentences.ENDS):
            at = other.span.start
            dated = rule.params["dated"].search(sentences.words(report, max(0, at - _HEAD), at))
            term = facts.unbound_term("right", index)
            yield evolve(term, label=dated[0]) if dated else term
            return


def _words(value: Any, registry: Registry) -> Mapping[str, tuple[Pattern, ...]]:
    """The expressions of each place around a figure, with their parts in the place of names."""
    texts = schema.each(schema.written)
    data = schema.record(parts=schema.table(schema.written), behind=texts, before=texts, following=texts)(
        value, registry
    )
    parts = data.pop("parts")
    return {place: tuple(schema.pattern(schema.composed(one, parts)) for one in found) for place, found in data.items()}


GROWTH_KINDS: dict[str, Kind] = {
    "stated_growth": Kind(
        _growth,
        {
            "mention": schema.words,
            "words": _words,
            "falls": schema.pattern,
            "spared": schema.pattern,
            "dated": schema.pattern,
        },
        ("mention", "words", "falls", "spared", "dated"),
        ("label", "stated", "actual"),
    ),
}
