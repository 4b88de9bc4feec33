"""Checks on single figures and on the same figure in two places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from gouji import schema, sentences
from gouji.facts import Facts
from gouji.findings import Filling, Severity, Term
from gouji.intervals import Interval, Operand
from gouji.kinds import Kind
from gouji.patterns import Pattern
from gouji.quantities import MONEY
from gouji.records import Number, Observation, number_text
from gouji.registry import Metric
from gouji.rulemodel import Rule
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook
    from gouji.rulemodel import Program


Figure: TypeAlias = Number | Interval | None

_LONGEST = 40  # characters of a cell without a figure that are shown


def _label(facts: Facts, path: str) -> Metric:
    return facts.registry.metric(path)


def _one(rule: Rule, facts: Facts, index: int, severity: Severity | None = None, **values: Filling) -> None:
    """A finding about one figure."""
    o = facts.report.observations[index]
    facts.add(
        rule,
        instance=o.path,
        severity=severity,
        values={"label": _label(facts, o.path), "raw": o.raw.strip(), **values},
        equation=o.raw.strip(),
        left=o.value,
        terms=[facts.term("left", index)],
        identity=[o.raw],
    )


def _sign(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Figures that carry one of `marks` although their metric has no sign."""
    observations = facts.report.observations
    marks: tuple[str, ...] = rule.params["marks"]
    within: tuple[str, ...] = rule.params.get("metrics", ())
    indices: Sequence[int] = facts.negative if "-" in marks else ()
    if "+" in marks:
        present = facts.noted.get(rule.id)
        if present is None:
            present = facts.noted[rule.id] = [path for path in within if path in facts.where]
        indices = [facts.where[path] for path in present]
    found = False
    for i in indices:
        o = observations[i]
        negative = o.value is not None and o.value < 0
        if not (negative if "-" in marks else o.raw.strip().startswith(marks) and o.state == "value"):
            continue
        if facts.registry.metric(o.path).signed or (within and o.path not in within):
            continue
        found = True
        _one(rule, facts, i)
    facts.passed += not found and bool(observations)


def _integer(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Counts with decimals."""
    found = False
    for i in facts.fractional:
        o = facts.report.observations[i]
        if o.state != "value" or o.value is None or o.low != o.high or facts.registry.metric(o.path).type != "int":
            continue
        if o.value != int(o.value):
            found = True
            _one(rule, facts, i)
    facts.passed += not found and bool(facts.report.observations)


def _unit(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Printed units that are not those of the metric; `also` names more by unit, `graver` mix-ups that change the amount."""
    same: tuple[tuple[str, ...], ...] = rule.params["interchangeable"]
    graver: tuple[tuple[str, ...], ...] = rule.params["graver"]
    found = False
    observations, metrics = facts.report.observations, facts.registry.metrics
    for i in facts.with_unit:
        o = observations[i]
        metric = metrics.get(o.path)
        if metric is None or o.unit == metric.unit or not metric.unit or not o.unit or o.implied:
            continue
        expected = metric.unit
        if any(o.unit in units and expected in units for units in same):
            continue
        if o.path in rule.params["also"].get(o.unit, ()):
            continue
        mixed = any(o.unit in units and expected in units for units in graver)
        # In the running text a unit may be written in any way as long as the amount is clear.
        if o.source != "table" and mixed:
            continue
        found = True
        _one(rule, facts, i, "warning" if mixed else None, unit=o.unit, expected=expected)
    facts.passed += not found and bool(observations)


def _blanks(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Blank cells where the form expects 0, once for each table; some of them only in `rows` that have a figure."""
    expected = facts.registry.blank_as(rule.params["policies"])
    filled = facts.registry.blank_as(rule.params.get("rows", ()))
    found = False
    for ordinal, names in facts.blank_in.items():
        cells = expected.intersection(names)
        if partly := filled.intersection(names):
            cells |= _beside_figures(facts, partly)
        if not cells:
            continue
        found = True
        first = next(name for name in names if name in cells)
        count = str(len(cells))
        facts.add(
            rule,
            instance="" if ordinal is None else str(ordinal),
            values={"count": count, "first": _label(facts, first)},
            equation=count,
            span=facts.report.observations[facts.where[first]].span,
            identity=names,
        )
    facts.passed += not found and facts.has_table


def _beside_figures(facts: Facts, names: Iterable[str]) -> set[str]:
    """Those of `names` that stand in a row in which another cell has a figure: the body has what the row is about."""
    rows: dict[tuple[int | None, str], set[str]] = {}
    for name in names:
        rows.setdefault(_row(facts.report.observations[facts.where[name]]), set()).add(name)
    tables = {table for table, _ in rows}
    beside = [o for o in facts.report.observations if o.table in tables and o.value is not None]
    figured = {row for o in beside if (row := _row(o)) in rows}
    return set().union(*(rows[row] for row in figured))


def _row(o: Observation) -> tuple[int | None, str]:
    """The row of a cell."""
    return o.table, o.row or o.path.rpartition(".")[0]


def _blank_figure(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Blank cells of rows whose one figure nothing else gives."""
    for path in rule.params["metrics"]:
        i = facts.where.get(path)
        if i is None:
            continue
        o = facts.report.observations[i]
        if o.state == "blank":
            facts.add(
                rule,
                instance=path,
                values={"label": _label(facts, path)},
                terms=[facts.term("left", i)],
                identity=[o.state],
            )
        else:
            facts.passed += 1


def _unreadable(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Cells that hold neither a figure nor a mark for none, unless a finding about an equation already names them."""
    named = {term.operand for finding in facts.findings for term in finding.terms}
    found = False
    # What is not known is no whole number.
    for i in facts.fractional:
        o = facts.report.observations[i]
        if o.state != "text" or o.scope is not None or o.path not in facts.registry:
            continue
        found = True
        if i not in named:
            raw = o.raw.strip()
            facts.add(
                rule,
                instance=o.path,
                verdict="undecided",
                values={"label": _label(facts, o.path), "raw": raw if len(raw) <= _LONGEST else f"{raw[:_LONGEST]}…"},
                terms=[facts.term("left", i)],
                identity=[o.raw],
            )
    facts.passed += not found


def _repeat(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """The same metric given twice in one source with figures that cannot both be true."""
    observations = facts.report.observations
    twice = {observations[i].path for i in facts.repeated if observations[i].source in rule.sources}
    if not twice:
        return
    indices = [i for i, o in enumerate(observations) if o.path in twice and o.source in rule.sources]
    groups: dict[tuple[str, str | None, str | None, int | None], list[int]] = {}
    for i in indices:
        o = observations[i]
        if o.state == "value" and not o.path.startswith("ext."):
            # Without scope two tables speak of the same body: one is a copy of the other.
            groups.setdefault((o.path, o.scope, o.column, o.table if o.scope else None), []).append(i)
    for (path, _, _, _), found in groups.items():
        first = observations[found[0]]
        for i in found[1:]:
            o = observations[i]
            if o.value == first.value and o.exact and first.exact:
                continue
            if _agreement(rule, facts, path, found[0], i):
                break
        else:
            facts.passed += len(found) > 1


def _agreement(rule: Rule, facts: Facts, path: str, left: int, right: int, severity: Severity | None = None) -> bool:
    """Compare two observations of one metric; record a finding and say so when they cannot both be true."""
    observations = facts.report.observations
    a, b = observations[left], observations[right]
    figures: tuple[Figure, Figure]
    if a.exact and b.exact:
        if a.value == b.value:
            return False
        figures = a.value, b.value
    else:
        ranges = facts.operand(left).interval, facts.operand(right).interval
        if not ranges[0].apart(ranges[1]):
            return False
        figures = ranges
    terms = facts.term("left", left), facts.term("right", right)
    facts.add(
        rule,
        instance=path,
        severity=severity,
        values={
            "label": _label(facts, path),
            "left": figures[0],
            "right": figures[1],
            "left_raw": a.raw.strip(),
            "right_raw": b.raw.strip(),
        },
        equation=_Unequal(*figures),
        left=a.value,
        right=b.value,
        terms=terms,
        assumptions=facts.counted(terms),
    )
    return True


class _Unequal(Struct):
    """Two figures that should be one, in words."""

    left: Figure
    right: Figure

    def text(self, lang: str) -> str:
        return " ≠ ".join([f.shown if isinstance(f, Interval) else number_text(f or 0) for f in self])


def _agree(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """A figure of the text or of a chart against the table; `implied` figures are those that words state."""
    observations, passed = facts.report.observations, 0
    implied: bool | None = rule.params.get("implied")
    only: tuple[str, ...] = rule.params.get("metrics", ())
    spared: tuple[str, ...] = rule.params.get("except", ())
    near: Mapping[str, Number] = rule.params.get("near", {})
    beyond: Pattern | None = rule.params.get("beyond")
    other: Mapping[str, Pattern] = rule.params.get("other", {})
    told: set[tuple[str, object, object]] = set()
    source = "chart" if "chart" in rule.sources else "narrative"
    for i, j in facts.pairs:
        o = observations[i]
        path = o.path
        if o.source != source or o.state != "value" or (implied is not None and o.implied != implied):
            continue
        if o.scope is not None and not _nearly(o, observations[j], near.get(path)):
            continue
        if (only and path not in only) or path.startswith(spared):
            continue
        if path in other and other[path].search(sentences.clause(facts.report, o.span.start)):
            continue
        t = observations[j]
        if t.state != "value" or t.scope is not None:
            continue
        if o.unit is not None and o.unit.endswith("元"):
            expected = t.unit or facts.registry.metric(path).unit
            if expected != o.unit and {expected, o.unit} <= MONEY.keys():
                _in_yuan(rule, facts, i, j, expected)
                continue
        if o.value == t.value and o.low == o.high:
            passed += 1
            continue
        # The same figure said again is the same disagreement.
        if (path, o.low, o.high) in told:
            continue
        told.add((path, o.low, o.high))
        furthered = _with_further(facts, o, beyond) if beyond is not None and o.exact and t.exact else ()
        if any(t.value == whole for whole in furthered):
            passed += 1
            continue
        # "at least four times" is a promise more often than a count
        vague: Severity | None = "info" if o.low is None or o.high is None or (not o.low and o.low != o.high) else None
        if not _agreement(rule, facts, path, i, j, vague):
            passed += 1
    facts.passed += passed


def _with_further(facts: Facts, o: Observation, beyond: Pattern) -> Iterator[Number]:
    """What a figure of the text comes to with those behind it that are counted beyond it."""
    # 90件,另办结5件
    report, whole, at = facts.report, o.value or 0, o.span.end
    for figure in sentences.behind(report, facts.told, at):
        further = sentences.figure(report, figure)
        start, full_stop = sentences.since_full_stop(report, at, further.span.start)
        found = None
        if further.unit in (o.unit, None):
            words = sentences.words(report, start, further.span.start)
            # A sentence of its own goes on with the figure where it begins with these words.
            found = beyond.match(words) if full_stop else beyond.search(words)
        if found:
            whole += further.value or 0
            yield whole
        elif full_stop:
            return
        at = further.span.end


def _last_place(value: Number, unit: str) -> Decimal:
    """What one of the last digit of an amount of money is worth, in yuan."""
    return Decimal(MONEY[unit]).scaleb(min(int(Decimal(value).as_tuple().exponent), 0))


def _in_yuan(rule: Rule, facts: Facts, left: int, right: int, unit: str) -> None:
    """Money of the text against that of the table where the two are printed in different units; either may be rounded."""
    a, b = facts.report.observations[left], facts.report.observations[right]
    if not (a.exact and b.exact) or a.value is None or b.value is None:
        return
    apart = abs(MONEY[a.unit or ""] * Decimal(a.value) - MONEY[unit] * Decimal(b.value))
    if apart < max(_last_place(a.value, a.unit or ""), _last_place(b.value, unit)):
        facts.passed += 1
        return
    shown = f"{number_text(a.value)} {a.unit}", f"{number_text(b.value)} {unit}"
    facts.add(
        rule,
        instance=a.path,
        values={"label": _label(facts, a.path), "left_raw": shown[0], "right_raw": shown[1], "right": shown[1]},
        equation=" ≠ ".join(shown),
        terms=(facts.term("left", left), facts.term("right", right)),
    )


def _nearly(o: Observation, other: Observation, share: Number | None) -> bool:
    """Whether a figure of its own scope comes so near to another that it is probably meant to be the same."""
    if share is None or not o.exact or o.value is None or other.value is None:
        return False
    a, b = Decimal(o.value), Decimal(other.value)
    return abs(a - b) * 100 <= Decimal(share) * max(abs(a), abs(b))


def _printed(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Totals that are blank although a part is not; written as equations whose right side is the total.

    Of two sums for one total, such as those of two forms, the one that finds more of its parts in the report is meant;
    of those of its row and of its column, one without a blank, and where they agree, the first.
    """
    facts.passed += len(book.totals.keys() & facts.values.keys()) - len(book.totals.keys() & facts.blank_keys)
    if not facts.withheld:
        return
    sums: dict[str, list[tuple[set[str], Program]]] = {}
    for program in book.programs(rule):
        relation = program.instance.relations[0]
        parts = {item.path for item in relation.left.items if facts.observation(item.source, item.path) is not None}
        sums.setdefault(relation.right.items[0].path, []).append((parts, program))
    for path, found in sums.items():
        total = facts.where.get(path) if path in facts.withheld else None
        if total is None:
            continue
        meant = [program for parts, program in found if not any(parts < others for others, _ in found)]
        added = [(program, *_filled(program, facts)) for program in meant]
        added = [one for one in added if one[1].exact and one[1].low]
        whole = [one for one in added if one[3]] or added
        for program, value, terms, _ in {one[1].low: one for one in reversed(whole)}.values():
            facts.add(
                rule,
                instance=program.instance.name.removeprefix(rule.id).lstrip("."),
                values={"label": _label(facts, path), "left": value.shown},
                equation=f"{' + '.join(number_text(t.value or 0) for t in terms)} = {value.shown} ≠ □",
                left=value.low,
                span=facts.report.observations[total].span,
                terms=[*terms, facts.term("right", total)],
            )


def _filled(program: Program, facts: Facts) -> tuple[Interval, list[Term], bool]:
    """What the parts of a total that have figures add up to, these parts, and whether they are all."""
    side = program.instance.relations[0].left
    operands = []
    terms: list[Term] = []
    for item in side.items:
        metric = facts.registry.metric(item.path)
        operand = Operand.of(facts.observation(item.source, item.path), metric.signed, metric.decimal)
        operands.append(operand if operand.kind not in ("missing", "unreadable") else Operand.exact(0))
        if operand.kind == "exact":
            terms.append(facts.term("left", facts.where[item.path]))
    return side.value(operands), terms, len(terms) == len(operands)


def _same_value(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Unrelated rows that share one figure, at least `at_least` of them."""
    found: dict[object, list[int]] = {}
    for path in rule.params["metrics"]:
        i = facts.where.get(path)
        if i is not None and (value := facts.report.observations[i].value) is not None and value > 1:
            found.setdefault(value, []).append(i)
    for indices in found.values():
        if len(indices) < rule.params["at_least"]:
            facts.passed += 1
            continue
        labels = [_label(facts, facts.report.observations[i].path) for i in indices]
        value = facts.report.observations[indices[0]].value
        facts.add(
            rule,
            values={
                "value": number_text(value or 0),
                "labels": facts.remarks.listed(labels),
            },
            equation=" = ".join([number_text(value or 0)] * len(indices)),
            left=value,
            terms=[facts.term("left", i) for i in indices],
        )


def _together(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Figures that are reported all together or not at all."""
    present = [(path, facts.any_figure(path)) for path in rule.params["metrics"]]
    found = [i for _, i in present if i is not None]
    if found and len(found) < len(present):
        absent = [_label(facts, path) for path, i in present if i is None]
        facts.add(
            rule,
            values={"labels": facts.remarks.listed(absent)},
            terms=[facts.term("left", i) for i in found],
        )
    else:
        facts.passed += bool(found)


def _multiple(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Amounts that must be multiples of `of`."""
    for path in rule.params["metrics"]:
        i = facts.any_figure(path)
        if i is None:
            continue
        o = facts.report.observations[i]
        if o.value is None or o.low != o.high or o.value * MONEY.get(o.unit or "", 1) % rule.params["of"] == 0:
            facts.passed += 1
        else:
            _one(rule, facts, i)


_ONE = ("label", "raw")

FIGURE_KINDS: dict[str, Kind] = {
    "sign": Kind(
        _sign,
        {"marks": schema.words, "metrics": schema.below},
        ("marks",),
        _ONE,
        needs=lambda rule: None if "+" in rule.params["marks"] else ("negative",),
        idle=1,
    ),
    "integer": Kind(_integer, {}, (), _ONE, needs=lambda _: ("fractional",), idle=1),
    "unit": Kind(
        _unit,
        {
            "interchangeable": schema.each(schema.words),
            "also": schema.table(schema.metrics),
            "graver": schema.each(schema.words),
        },
        ("interchangeable", "also", "graver"),
        (*_ONE, "unit", "expected"),
        needs=lambda _: ("with_unit",),
        idle=1,
    ),
    "blanks": Kind(_blanks, {"policies": schema.words, "rows": schema.words}, ("policies",), ("count", "first")),
    "unreadable": Kind(_unreadable, {}, (), _ONE, needs=lambda _: ("fractional",)),
    "blank_figure": Kind(_blank_figure, {"metrics": schema.metrics}, ("metrics",), ("label",)),
    "repeat": Kind(_repeat, {}, (), ("label", "left_raw", "right_raw"), needs=lambda _: ("repeated",)),
    "agree": Kind(
        _agree,
        {
            "implied": schema.flag,
            "metrics": schema.metrics,
            "except": schema.prefixes,
            "near": schema.by_metric(schema.number),
            "beyond": schema.pattern,
            "other": schema.by_metric(schema.pattern),
        },
        (),
        ("label", "left_raw", "right_raw"),
        needs=lambda rule: ("chart",) if "chart" in rule.sources else ("text",),
    ),
    "printed": Kind(_printed, {}, (), ("label",), equation=True),
    "same_value": Kind(
        _same_value,
        {"metrics": schema.metrics, "at_least": schema.number},
        ("metrics", "at_least"),
        ("value", "labels"),
    ),
    "together": Kind(_together, {"metrics": schema.metrics}, ("metrics",), ("labels",)),
    "multiple": Kind(_multiple, {"metrics": schema.metrics, "of": schema.number}, ("metrics", "of"), _ONE),
}
