"""Checks on the form of a report: title, sections, tables, and what it says of itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from gouji import schema
from gouji.errors import Message
from gouji.facts import Facts
from gouji.kinds import Kind
from gouji.patterns import Pattern
from gouji.records import Mention, Report, Section, Unparsed, number_text
from gouji.rulemodel import Rule
from gouji.schema import Reader
from gouji.spans import Span

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook


_TABLE = 5  # so many rows that are not read may be a table
_SHOWN = 40  # characters that show which row or piece is meant


def _title(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """A title with year and body; a body that the title leaves out may be named elsewhere."""
    report = facts.report
    title = report.title
    # In the form that patterns see: full-width digits are digits.
    rest = "".join(m.text for m in report.mentions if m.kind == "title") or title or ""
    if not title:
        facts.add(rule, instance="missing", message=rule.params["missing"], identity=["missing"])
    elif not rule.params["year"].search(rest):
        facts.add(rule, instance="year", values={"title": title}, span=facts.mentioned("title"), identity=[title])
    else:
        for word in rule.params["ignore"]:
            rest = rest.replace(word, "")
        if rule.params["body"].search(rest) or report.issuer or report.region:
            facts.passed += 1
        else:
            facts.add(
                rule,
                instance="body",
                severity="info",
                values={"title": title},
                message=rule.params["nameless"],
                span=facts.mentioned("title"),
                identity=[title],
            )


def _sections(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """The sections that the form prescribes: present, in order, not empty; and their tables."""
    report, p = facts.report, rule.params
    top = [s for s in report.sections if s.level == 1]
    if not top:
        torn = p["run_on"].search(report.simplified)
        facts.add(
            rule,
            instance="none",
            severity="warning" if torn else None,
            message=p["torn" if torn else "absent"],
            values={"name": facts.remarks("every_section")},
        )
    last: Span | None = None
    required = p["required"] if top else ()
    places = _places(tuple([wanted["title"] for wanted in required]), tuple([s.title for s in top]))
    for n, (wanted, at) in enumerate(zip(required, places, strict=True), 1):
        name, title = wanted["name"], wanted["title"]
        found = None if at is None else top[at]
        if found is None and any(title.search(line) and p["unnumbered"].fullmatch(line) for line in _loose(report)):
            # A heading that lost its ordinal, or has that of a lower level.
            facts.passed += 1
            continue
        if found is None:
            facts.add(rule, instance=str(n), message=p["absent"], values={"name": name}, identity=[name])
            continue
        if last is not None and found.span.start < last.start:
            facts.add(
                rule,
                instance=f"{n}.order",
                values={"name": _heading(report, found)},
                message=p["misplaced"],
                span=found.span,
            )
        elif (
            not p["said"].search(found.title)
            and not _filled(report.sections, found, None if wanted["nil"] else p["nil"])
            # A heading that is printed twice, with text in the line of the second.
            and not any(again.title.startswith(found.title) for again in top[(at or 0) + 1 : (at or 0) + 2])
        ):
            severity = "error" if not found.body.strip() else "warning"
            if wanted["table"] is None:
                facts.add(
                    rule,
                    instance=f"{n}.empty",
                    severity=severity,  # type: ignore[arg-type]
                    values={"name": _heading(report, found)},
                    message=p["empty"],
                    span=found.span,
                )
        else:
            facts.passed += 1
        last = found.span
    pictures = [m.span for m in report.mentions if m.kind == "image"]
    told = {path for m in _uncounted(report) for path in _metrics(m)}
    where = facts.where
    for name, paths in p["tables"].items():
        figures = (where[path] for path in paths if path in where)
        first = next(figures, None)
        if first is None:
            # A picture may be the table: then it cannot be read, which is another rule's matter.
            if not pictures and told.isdisjoint(paths):
                at = next((n for n, wanted in zip(places, required, strict=True) if wanted["table"] == name), None)
                _unread(rule, facts, name, None if at is None else (top[at], top[at + 1 : at + 2]))
        elif all(report.observations[i].state in ("blank", "na") for i in chain((first,), figures)):
            span = report.observations[first].span
            facts.add(rule, instance=name, severity="warning", message=p["unfilled"], values={"name": name}, span=span)
        else:
            facts.passed += 1


def _unread(rule: Rule, facts: Facts, name: str, section: tuple[Section, list[Section]] | None) -> None:
    """A table of the form that has no figure: whether it is there, and could not be read, or is not.

    `section` is the one that it belongs to, with the one that follows.
    """
    report, p = facts.report, rule.params
    rows = [piece for piece in report.unparsed if piece.table is not None]
    if section is not None:
        start, end = section[0].span.start, next((s.span.start for s in section[1]), len(report.document.text))
        rows = [row for row in rows if start <= row.span.start < end]
    bodies = [section[0].body] if section else [s.body for s in report.sections] or [report.simplified]
    sign = p["signs"][name]
    torn = next((row for row in rows if sign.search(row.text)), None)
    there = torn is not None or any(sign.search(body) for body in bodies)
    # A table that is there, but lacks a column or has other heads, is not read.
    told = "unread" if len(rows) >= _TABLE else "loose" if there else "tableless"
    facts.add(
        rule,
        instance=name,
        severity="warning" if told == "loose" else None,
        message=p[told],
        values={"name": name, "count": str(len(rows))},
        span=rows[0].span if told == "unread" else section[0].span if section else _opening(torn) if torn else None,
        identity=[name],
    )


def _heading(report: Report, section: Section) -> str:
    """The heading as the report prints it, whose ordinal may be another than in the form."""
    return "".join(report.document.text[section.span.start : section.span.end].split()) or section.title


def _lost(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Pieces that no grammar took, with so many figures as only a table has."""
    pieces = facts.report.unparsed
    lost = []
    for piece in pieces:
        count = sum(1 for _ in rule.params["figures"].finditer(piece.text))
        if count >= rule.params["least"]:
            lost.append((piece, count))
    for piece, count in lost:
        text = piece.text[:_SHOWN]
        facts.add(
            rule,
            instance=str(piece.span.start),
            values={"count": str(count), "text": text},
            span=_opening(piece),
            identity=[text],
        )
    facts.passed += bool(pieces) and not lost


def _opening(piece: Unparsed) -> Span:
    """Where a piece begins: as a whole it may be a table, or all of a text."""
    return Span(piece.span.start, min(piece.span.end, piece.span.start + _SHOWN))


def _loose(report: Report) -> Iterator[str]:
    """Headings of lower levels, and the lines below those of the first."""
    for section in report.sections:
        if section.level > 1:
            yield section.title
        else:
            yield from section.body.split("\n")


@lru_cache(256)
def _places(wanted: tuple[Pattern, ...], titles: tuple[str, ...]) -> list[int | None]:
    """Which of `titles` each pattern finds first; reports of one form mostly share their headings."""
    return [next((n for n, title in enumerate(titles) if pattern.search(title)), None) for pattern in wanted]


def _filled(sections: tuple[Section, ...], section: Section, nil: Pattern | None) -> bool:
    """Whether there is something below a heading; words that match `nil` do not count."""
    if section.tables:
        return True
    following = iter(sections)
    for below in following:
        if below is section:
            break
    for below in following:
        if below.level <= section.level:
            break
        if below.body.strip() or below.tables:
            return True
    body = section.body.strip()
    return bool(body) and (nil is None or not nil.fullmatch(body))


def _topics(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Topics that the law prescribes, each named somewhere."""
    sections = facts.report.sections
    titles, text = "\n".join([s.title for s in sections]), "\n".join([s.body for s in sections])
    if not titles and not text:
        return
    says = f"{titles}\n{text}".__contains__
    for name, topic in rule.params["topics"].items():
        if any(facts.any_figure(path) is not None for path in topic["metrics"]) or any(map(says, topic["words"])):
            facts.passed += 1
        else:
            facts.add(rule, instance=name, values={"name": topic["name"]}, identity=[name])


def _images(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Pictures in a report that lacks a table of its form."""
    images = [m for m in facts.report.mentions if m.kind == "image"]
    era = book.era(facts.report)
    tables = rule.params["expected"].get(era.name if era else "", ())
    if not images or not tables:
        return
    if any(facts.where.keys().isdisjoint(paths) for paths in tables):
        facts.add(rule, values={"count": str(len(images))}, span=images[0].span, identity=[str(len(images))])
    else:
        facts.passed += 1


def _labels(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Rows that the national form has and the table lacks, and the other way round."""
    report = facts.report
    table = facts.where
    gaps, strange = facts.noted.get(rule.id) or facts.noted.setdefault(rule.id, _compared(rule, facts))
    uncounted = _uncounted(report)
    told = {path for m in uncounted for path in _metrics(m)}
    for name, paths, missing in gaps:
        missing = [path for path in missing if path not in told] if told else missing
        if not missing:
            facts.passed += told.isdisjoint(paths)
            continue
        names = [facts.registry.metric(path) for path in missing[:3]]
        facts.add(
            rule,
            instance=f"missing.{name}",
            values={
                "count": str(len(missing)),
                "labels": facts.remarks.listed(names),
            },
            span=report.observations[table[_beside(missing[0], paths, table)]].span,
            identity=missing,
        )
    for m in uncounted:
        cells, expected, _ = m.value.split("/", 2)
        first = _metrics(m)[0]
        facts.add(
            rule,
            instance=f"cells.{first}",
            message=rule.params["cells" if cells != expected else "worded"],
            values={"text": m.text or facts.registry.metric(first), "cells": cells, "expected": expected},
            span=m.span,
            identity=[m.value],
        )
    for renamed in report.mentions:
        if renamed.kind == "renamed":
            facts.add(
                rule,
                instance=f"renamed.{renamed.value}",
                severity="info",
                message=rule.params["renamed"],
                values={"text": renamed.text, "label": Message(renamed.value, renamed.value)},
                span=renamed.span,
                identity=[renamed.text],
            )
    doubled = [m for m in report.mentions if m.kind == "doubled"]
    for m in doubled:
        facts.add(
            rule,
            instance=f"doubled.{m.text}",
            message=rule.params["doubled"],
            values={"text": m.text},
            span=m.span,
            identity=[m.text],
        )
    named = sorted([m.span.start for m in (*uncounted, *doubled)])
    added: dict[int, list[tuple[Span, str]]] = {}
    for row in report.unparsed:
        if row.table is not None and bisect_left(named, row.span.start) == bisect_left(named, row.span.end):
            added.setdefault(row.table, []).append((row.span, row.text.strip("|\n ")))
    if added:
        _leave_pages(rule, report, added)
    for o in report.observations if strange else ():
        if o.table is not None and o.path.startswith("ext.table."):
            rows = added.setdefault(o.table, [])
            if not any(label == o.label for _, label in rows):
                rows.append((o.span, o.label))
    again = {int(m.value): m for m in report.mentions if m.kind in ("repeated", "differing")}
    for ordinal, rows in added.items():
        twice = again.get(ordinal)
        kind = twice.kind if twice else "added"
        facts.add(
            rule,
            instance=f"added.{ordinal}",
            severity=None if kind == "differing" else "info",
            message=rule.params[kind],
            values={"count": str(len(rows)), "text": twice.text if twice else rows[0][1][:_SHOWN]},
            span=twice.span if twice else rows[0][0],
            identity=[text for _, text in rows],
        )


def _uncounted(report: Report) -> list[Mention]:
    """The rows that have more or fewer cells than in the form, or several with words: no figure of theirs was read."""
    return [m for m in report.mentions if m.kind == "cells"]


def _metrics(row: Mention) -> list[str]:
    """The metrics of such a row."""
    return row.value.split("/")[2:]


def _leave_pages(rule: Rule, report: Report, added: dict[int, list[tuple[Span, str]]]) -> None:
    """Take out of `added` the rows that belong to no form: the head of a page, and what says what a form is about."""
    p = rule.params
    read = {o.table for o in report.observations}
    for table, rows in [*added.items()]:
        if table not in read and any(p["page"].search(text) for _, text in rows):
            del added[table]
            continue
        added[table] = [(span, text) for span, text in rows if not p["about"].fullmatch(text)]
        if not added[table]:
            del added[table]


def _compared(rule: Rule, facts: Facts) -> tuple[list[tuple[str, Sequence[str], list[str]]], bool]:
    """What a form has against what the tables have: (part of the form, its paths, those that are missing).

    And whether there are rows that the registry does not know; hardly any table has them.
    """
    table = facts.where
    gaps = []
    for layout, tables in rule.params["forms"].items():
        if layout not in facts.report.layouts:
            continue
        for name, paths in tables.items():
            missing = [path for path in paths if path not in table]
            if len(missing) < len(paths):
                gaps.append((name, paths, missing))
    return gaps, any(path.startswith("ext.table.") for path in table.keys() - facts.registry.units.keys())


def _beside(missing: str, paths: Sequence[str], table: Container[str]) -> str:
    """The cell before a gap, where one looks first; the first one where none is before it."""
    before = [path for path in paths[: paths.index(missing)] if path in table]
    return before[-1] if before else next(path for path in paths if path in table)


def _nesting(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """A total and the rows below it that a form has; groups of rows stand below it in some forms and beside it in others.

    Rows that the form does not have count nothing; it is enough that one way of nesting balances.
    """
    p = rule.params
    for case, sums in p["sums"].items():
        total, parts = facts.where.get(sums["total"]), _known(facts, sums["parts"])
        groups = [found for group in sums["maybe"] if (found := _known(facts, group))]
        indices = [*parts, *chain(*groups)]
        if total is None or not indices or facts.report.observations[total].state != "value":
            continue
        if any(facts.report.observations[i].state == "text" for i in indices):
            continue
        values = {i: facts.report.observations[i].value or 0 for i in (total, *indices)}
        ways: list[list[int]] = [[]] if parts else []
        for group in groups:
            ways += [[*way, *group] for way in ways or [[]]]
        right = values[total]
        sides = [(abs(sum(values[i] for i in (*parts, *way)) - right), len(way), [*parts, *way]) for way in ways]
        if min(sides)[0] <= p["within"]:
            facts.passed += 1
            continue
        chosen = min(sides)[2]
        left = sum(values[i] for i in chosen)
        terms = [*(facts.term("left", i) for i in chosen), facts.term("right", total)]
        metric = facts.registry.metric(sums["total"])
        facts.add(
            rule,
            instance=case,
            values={"right_label": Message(metric.zh, metric.en)},
            equation=f"{' + '.join(number_text(values[i]) for i in chosen)} = {number_text(left)} ≠ {number_text(right)}",
            left=left,
            right=right,
            span=facts.report.observations[total].span,
            terms=terms,
        )


def _known(facts: Facts, paths: tuple[str, ...]) -> list[int]:
    return [facts.where[path] for path in paths if path in facts.where]


def _cumulative(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Figures since the beginning against those of the year in the same table."""
    observations = facts.report.observations
    for i, o in enumerate(observations):
        if o.source != "table" or not o.scope or not rule.params["scope"].search(o.scope) or o.value is None:
            continue
        j = facts.where.get(o.path)
        if j is None or observations[j].table != o.table or (year := observations[j].value) is None or j == i:
            continue
        if year <= o.value:
            facts.passed += 1
        else:
            facts.add(
                rule,
                instance=o.path,
                values={"label": Message(observations[j].label, facts.registry.label(o.path, "en"))},
                equation=f"{number_text(year)} > {number_text(o.value)}",
                left=year,
                right=o.value,
                terms=[facts.term("left", j), facts.term("right", i)],
            )


def _generation(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """A form of another era than the report year.

    The tables that `alike` names are the same in several; the forms that `kept` names were in use up to a later year.
    """
    year, form = facts.report.report_year, facts.report.form
    era = next((e for e in book.eras if form in e.forms), None)
    if year is None or era is None:
        return
    kept = era.first <= year <= rule.params["kept"].get(form, 0)
    if kept or era.covers(year) or _alike(rule.params["alike"], facts):
        facts.passed += 1
    else:
        years = f"{era.first}–{era.last or ''}"
        span = facts.mentioned("year")
        facts.add(rule, values={"year": str(year), "years": years}, span=span, identity=[form, str(year)])


def _alike(alike: Container[str], facts: Facts) -> bool:
    """Whether there are figures of tables, and none of them belongs to one that is not the same in several forms."""
    tables = [o.path for o in facts.report.observations if o.source == "table"]
    return bool(tables) and all(path in alike for path in tables)


def _mention(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Whatever should not be there at all: every mention of this kind is a finding."""
    found = [m for m in facts.report.mentions if m.kind == rule.params["mention"]]
    for m in found:
        facts.add(
            rule, instance=rule.params["name"], values={"text": m.text, "value": m.value}, equation=m.value,
            span=m.span, identity=[m.text, m.value],
        )  # fmt: skip
    facts.passed += not found


def _expected(value: Any, registry: Any) -> dict[str, dict[str, tuple[str, ...]]]:
    """layout -> name of a part of the form -> all paths that it prints."""
    found: dict[str, dict[str, tuple[str, ...]]] = schema.table(schema.table(schema.metrics))(value, registry)
    return found


def _kinds() -> Iterator[tuple[str, Kind]]:
    message, words, pattern = schema.message, schema.words, schema.pattern
    title: dict[str, Reader] = {
        "year": pattern,
        "ignore": words,
        "body": pattern,
        "missing": message,
        "nameless": message,
    }
    yield "title", Kind(_title, title, tuple(title), ("title",))
    section = schema.record(name=schema.text, title=pattern, nil=(schema.flag, False), table=(schema.text, None))
    sections: dict[str, Reader] = {
        "nil": pattern,
        "unnumbered": pattern,
        "said": pattern,
        "signs": schema.table(pattern),
        "loose": message,
        "required": schema.each(section),
        "tables": schema.table(schema.below),
        "run_on": pattern,
        "torn": message,
        "absent": message,
        "misplaced": message,
        "empty": message,
        "tableless": message,
        "unread": message,
        "unfilled": message,
    }
    yield "sections", Kind(_sections, sections, tuple(sections), ("name",))
    lost: dict[str, Reader] = {"figures": pattern, "least": schema.number}
    yield "lost", Kind(_lost, lost, tuple(lost), ("count", "text"))
    topic = schema.record(name=message, words=words, metrics=(schema.metrics, ()))
    yield "topics", Kind(_topics, {"topics": schema.table(topic)}, ("topics",), ("name",))
    yield (
        "images",
        Kind(
            _images,
            {"expected": schema.table(schema.each(schema.below))},
            ("expected",),
            ("count",),
            needs=lambda _: ("image",),
        ),
    )
    labels: dict[str, Reader] = {"forms": _expected, "page": pattern, "about": pattern}
    labels |= {
        "added": message,
        "repeated": message,
        "differing": message,
        "doubled": message,
        "renamed": message,
        "cells": message,
        "worded": message,
    }
    yield "labels", Kind(_labels, labels, tuple(labels), ("count", "labels", "text", "label"))
    sums = schema.record(total=schema.text, parts=schema.metrics, maybe=(schema.each(schema.metrics), ()))
    nesting: dict[str, Reader] = {"sums": schema.table(sums), "within": schema.number}
    yield "nesting", Kind(_nesting, nesting, tuple(nesting), ("right_label", "left", "right", "difference"))
    yield "cumulative", Kind(_cumulative, {"scope": pattern}, ("scope",), ("label", "left", "right"))
    yield (
        "generation",
        Kind(
            _generation,
            {"alike": schema.below, "kept": schema.table(schema.number)},
            ("alike", "kept"),
            ("year", "years"),
        ),
    )
    yield (
        "mention",
        Kind(
            _mention,
            {"mention": schema.text, "name": schema.text},
            ("mention",),
            ("text", "value"),
            needs=lambda rule: (rule.params["mention"],),
            idle=1,
        ),
    )


FORM_KINDS: dict[str, Kind] = dict(_kinds())
