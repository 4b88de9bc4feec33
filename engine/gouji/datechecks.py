"""Checks of the days and years that a report states: publication, period, cut-off, report year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gouji import schema
from gouji.errors import Message
from gouji.facts import Facts
from gouji.kinds import Kind
from gouji.patterns import Pattern
from gouji.rulemodel import Rule
from gouji.schema import Reader

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook

_DAY = Pattern(r"(\d{4})-(\d{1,2})-(\d{1,2})")

_MOVED = 1
"""Years behind the deadline after which the date of a page is that of its site."""


def _day(text: str | None) -> tuple[int, int, int] | None:
    match = _DAY.fullmatch(text) if text else None
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _shown(day: tuple[int, int, int]) -> str:
    return f"{day[0]:04}-{day[1]:02}-{day[2]:02}"


def _told(facts: Facts, kind: str) -> tuple[int, int, int] | None:
    """The day that the report gives for this, if it does."""
    return _day(next((m.value for m in facts.report.mentions if m.kind == kind), None))


def _deadline(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Publication by a day of the year after the period, which depends on who publishes."""
    report = facts.report
    published, year = _day(report.published_date), report.report_year
    if published is None or year is None:
        return
    end = _day(report.period[1]) if report.period else None
    if end is not None and end[0] == year + 1:
        # A school year ends in the following year.
        year += 1
    body = report.issuer or report.title or ""
    for entry in rule.params["deadlines"]:
        if entry["body"] is None or entry["body"].search(body):
            month, day = (int(part) for part in entry["day"].split("-"))
            deadline = (year + 1, month, day)
            break
    else:
        return
    if published <= deadline:
        facts.passed += 1
        return
    signed = _told(facts, "signed")
    # Sites are moved, and their pages then bear a later date: surely where it is later by years.
    in_time = signed is not None and signed <= deadline
    moved = signed is None and published > (deadline[0] + _MOVED, *deadline[1:])
    values: dict[str, str | Message] = {"published": _shown(published), "deadline": _shown(deadline)}
    if signed is not None and in_time:
        values["signed"] = _shown(signed)
    facts.add(
        rule,
        values=values,
        severity="info" if in_time or moved else None,
        message=rule.params["signed"] if in_time else None,
        equation=f"{_shown(published)} > {_shown(deadline)}",
        span=facts.mentioned("published"),
        identity=[_shown(published)],
    )


def _after_period(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Signature and publication after the end of the period reported on."""
    report = facts.report
    end = _day(report.period[1]) if report.period else None
    if end is None and report.report_year is not None:
        end = (report.report_year, 12, 31)
    dates = {"published": _day(report.published_date), "signed": _told(facts, "signed")}
    days = [(day, kind) for kind, day in dates.items() if day is not None]
    if not days or end is None:
        return
    day, kind = min(days)
    # On the last day of the year a report may well have been signed.
    if day > end or day == end == dates["signed"]:
        facts.passed += 1
        return
    values: dict[str, str | Message] = {"published": _shown(day), "end": _shown(end)}
    facts.add(
        rule,
        # Some bodies do publish on the last day of the year.
        severity="warning" if day == end else None,
        values=values,
        equation=f"{_shown(day)} ≤ {_shown(end)}",
        span=facts.mentioned(kind),
        identity=[_shown(day)],
    )


def _period(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """The stated period is the whole of the report year; that it lies in another year is told by the rule on years."""
    report, p = facts.report, rule.params
    if report.period is None or report.report_year is None:
        return
    year = report.report_year
    first, last = p["exceptions_by_year"].get(str(year), p["days"])
    wanted = (f"{year}-{first}", f"{year}-{last}")
    own = f"{report.title or ''}{report.issuer or ''}"
    years = [int(day[:4]) for day in report.period]
    of_school = tuple(day[5:] for day in report.period) == p["school_year"] and years[1] == years[0] + 1
    if report.period == wanted or year not in years or (of_school and p["school"].search(own)):
        facts.passed += 1
        return
    facts.add(
        rule,
        values={"period": "/".join(report.period), "expected": "/".join(wanted)},
        span=facts.mentioned("period"),
        identity=list(report.period),
    )


def _cutoff(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Figures as of a day before the end of the year."""
    found = []
    for i in facts.text:
        scope = facts.report.observations[i].scope
        if scope and rule.params["words"].search(scope) and not rule.params["spared"].search(scope):
            found.append(i)
    if found:
        o = facts.report.observations[found[0]]
        facts.add(
            rule,
            values={"count": str(len(found)), "scope": o.scope or ""},
            terms=[facts.term("left", i) for i in found],
        )
    else:
        facts.passed += bool(facts.text)


def _years(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Every place that states the year of the report agrees; a signature is of the following year."""
    report = facts.report
    year = report.report_year
    if year is None:
        return
    offsets: dict[str, tuple[int, ...]] = rule.params["offsets"]
    for m in report.mentions:
        if m.kind != "year" or m.text not in offsets or not m.value.isdigit():
            continue
        # A period that reaches into another year is wrong as a period, not as a year.
        within = m.text == "period" and report.period and report.period[0][:4] <= str(year) <= report.period[1][:4]
        if within or int(m.value) - year in offsets[m.text]:
            facts.passed += 1
        else:
            place = rule.params["places"].get(m.text, Message(m.text, m.text))
            facts.add(
                rule, instance=m.text, values={"place": place, "value": m.value, "year": str(year)},
                equation=f"{m.value} ≠ {year}", left=int(m.value), right=year, span=m.span,
            )  # fmt: skip


def _pairs(value: Any, registry: Any) -> tuple[str, str]:
    first, last = schema.words(value)
    return first, last


def _kinds() -> Iterator[tuple[str, Kind]]:
    message, pattern = schema.message, schema.pattern
    deadline = schema.record(day=schema.text, body=(pattern, None))
    yield (
        "deadline",
        Kind(
            _deadline,
            {"deadlines": schema.each(deadline), "signed": message},
            ("deadlines", "signed"),
            ("published", "deadline", "signed"),
        ),
    )
    yield "after_period", Kind(_after_period, {}, (), ("published", "end"))
    period: dict[str, Reader] = {"days": _pairs, "exceptions_by_year": schema.table(_pairs)}
    period |= {"school": pattern, "school_year": _pairs}
    yield "period", Kind(_period, period, tuple(period), ("period", "expected"))
    yield (
        "cutoff",
        Kind(
            _cutoff,
            {"words": pattern, "spared": pattern},
            ("words", "spared"),
            ("count", "scope"),
            needs=lambda _: ("text",),
        ),
    )
    years: dict[str, Reader] = {"offsets": schema.table(schema.numbers), "places": schema.table(message)}
    yield "years", Kind(_years, years, ("offsets", "places"), ("place", "value", "year"), needs=lambda _: ("year",))


DATE_KINDS: dict[str, Kind] = dict(_kinds())
