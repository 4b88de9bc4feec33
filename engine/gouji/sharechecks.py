"""Checks of the percentages that a text states, against the figures that they are the share of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from gouji import schema, sentences
from gouji.facts import Facts
from gouji.findings import Term
from gouji.kinds import Kind
from gouji.records import Unbound, number_text
from gouji.rulemodel import Rule, key
from gouji.sentences import Part, part_of

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook

_EARLIER = 100  # so many figures before a percentage may be its base
_NEAR = 3  # characters behind a percentage that say how exact it is


def _percentage(rule: Rule, book: Rulebook, facts: Facts) -> None:
    """Percentages against the figures that they are the share of; any base that fits is enough."""
    observations = facts.report.observations
    for path, parts in rule.params["rates"].items():
        index = facts.where.get(key("narrative", path))
        if index is None or not observations[index].exact:
            continue
        if observations[index].value == 100 and any((p := _any(facts, m)) and p.value for m in parts["open"]):
            # What goes on next year was not due: 100 % of what was.
            facts.passed += 1
            continue
        shares = [p for m in parts["of"] if (p := _any(facts, m)) is not None]
        bases = [p for m in parts["by"] if (p := _any(facts, m)) is not None]
        _share(rule, facts, observations[index].raw, facts.term("left", index), shares, bases)
    shares_of = [(n, u, p) for n, u in enumerate(facts.report.unbound) if u.of and (p := part_of(facts, u.of))]
    stated = [(n, u, share) for n, u, share in shares_of if share.rounded is None]
    if not stated:
        return
    totals: dict[tuple[str, int] | None, list[tuple[str, int]]] = {}
    for partition in facts.report.partitions:
        for figure in partition.parts:
            totals.setdefault(figure, []).append(partition.total)
    exact = sorted((observations[i].span.end, i) for i in facts.text if observations[i].exact)
    for n, u, share in stated:
        earlier = (part_of(facts, figure) for figure in sentences.before(facts.report, facts.told, share.span.start))
        sentence = [part for part in earlier if part is not None and part.rounded is None]
        named = _named(rule, facts, u, share)
        broken_down = [p for total in totals.get(u.of, ()) if (p := part_of(facts, total)) is not None]
        bases = broken_down if named is None else named
        others: list[Part] = []
        # A figure without a metric is a share of the total that its sentence breaks down, if of any.
        if named is None and share.path is not None:
            until = bisect_right(exact, (u.span.start, len(observations)))
            before = exact[max(0, until - _EARLIER) : until]
            bases += [p for _, i in before if (p := part_of(facts, ("o", i))) is not None]
            bases += [p for m in rule.params["bases"] if (p := _any(facts, m)) is not None]
            # What has no metric may be the base all the same.
            others = [p for p in sentence if p.path is None and _units_fit(p.unit, share.unit)]
        if named is None and (whole := _among(rule, facts, share, sentence)) is not None:
            # 占总数 may all the same be said of what was there before.
            bases, others = [whole], [*others, *bases]
        if share.path is not None:
            others += [p for metrics in rule.params["sums"] if (p := _sum(facts, metrics)) is not None]
        vague = u.raw + sentences.words(facts.report, share.span.end, u.span.end + _NEAR)
        _share(
            rule,
            facts,
            u.raw,
            facts.unbound_term("left", n),
            [share],
            bases,
            others,
            certain=not rule.params["vague"].search(vague),
        )


def _named(rule: Rule, facts: Facts, percentage: Unbound, share: Part) -> list[Part] | None:
    """The figures that words name as the base of a percentage, of which one must fit; none where they name another.

    None where no words do: then the base is what the sentence breaks down, or what is near.
    """
    said = rule.params["base"].search(sentences.words(facts.report, percentage.clause.start, percentage.span.start))
    base = rule.params["filler"].sub("", said[0]) if said else ""
    if not base:
        return None
    metrics = next((named["bases"] for named in rule.params["named"] if named["words"].fullmatch(base)), ())
    keys = [key(source, path) for path in metrics for source in ("table", "narrative")]
    found = [part_of(facts, ("o", facts.where[name])) for name in keys if name in facts.where]
    return [part for part in found if part is not None and part.scope == share.scope]


def _among(rule: Rule, facts: Facts, share: Part, sentence: Sequence[Part]) -> Part | None:
    """The figure of which a sentence says that it speaks of its parts."""
    # 在26件答复中,予以公开13件
    among = rule.params["among"].match
    return next(
        (p for p in sentence if among(sentences.words(facts.report, p.span.end, share.span.start))),
        None,
    )


def _any(facts: Facts, path: str) -> Part | None:
    index = facts.any_figure(path)
    return None if index is None else part_of(facts, ("o", index))


def _sum(facts: Facts, metrics: Sequence[str]) -> Part | None:
    """The sum of figures that stand for one where the report does not state it."""
    parts = [p for m in metrics if (p := _any(facts, m)) is not None and p.rounded is None]
    return parts[0]._replace(value=sum(p.value for p in parts)) if len(parts) == len(metrics) else None


def _share(
    rule: Rule,
    facts: Facts,
    raw: str,
    percentage: Term,
    shares: Sequence[Part],
    bases: Sequence[Part],
    others: Sequence[Part] = (),
    certain: bool = True,
) -> None:
    """Compare a percentage with the shares of `bases`; `others` may be the base, but nothing says that they are.

    Where the percentage is not `certain` to its last digit, it can be shown to fit and not to be wrong.
    """
    percent = Decimal(str(percentage.value))
    digits = raw.partition(".")[2]
    unit = Decimal(1).scaleb(-sum(c.isdigit() for c in digits))
    tried = [(s, b) for s in shares for b in bases if s.span != b.span and b.rounded is None and b.value]
    for share, base in [*tried, *((s, b) for s in shares for b in others if b.value)]:
        hundredfold, whole = Decimal(share.value) * 100, Decimal(base.value)
        # Rounded to the last digit, or cut off after it.
        if (percent - unit / 2) * whole <= hundredfold < (percent + unit) * whole:
            facts.passed += 1
            return
    if not tried or not certain:
        return
    # No base fits: that which counts the same and comes nearest is most probably meant.
    share, base = min(
        tried,
        key=lambda pair: (
            not _units_fit(pair[0].unit, pair[1].unit),
            _beside(*pair),
            abs(Decimal(pair[0].value) * 100 / Decimal(pair[1].value) - percent),
        ),
    )
    actual = (Decimal(share.value) * 100 / Decimal(base.value)).quantize(unit / 10)
    facts.add(
        rule,
        values={
            "percentage": f"{raw.strip().rstrip('% ')}%",
            "share": number_text(share.value),
            "base": number_text(base.value),
            "actual": number_text(actual),
        },
        equation=f"{number_text(share.value)} / {number_text(base.value)} = {number_text(actual)}% ≠ {number_text(percent)}%",
        left=percent,
        right=actual,
        terms=[percentage, share.term(facts, "right"), base.term(facts, "right")],
    )


def _beside(share: Part, base: Part) -> bool:
    """Whether both count the same for two bodies: neither is a share of the other."""
    return share.path is not None and share.path == base.path and None not in (share.scope, base.scope)


def _units_fit(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


SHARE_KINDS: dict[str, Kind] = {
    "percentage": Kind(
        _percentage,
        {
            "rates": schema.by_metric(schema.record(of=schema.metrics, by=schema.metrics, open=(schema.metrics, ()))),
            "bases": schema.metrics,
            "named": schema.each(schema.record(words=schema.pattern, bases=schema.metrics)),
            "base": schema.pattern,
            "filler": schema.pattern,
            "among": schema.pattern,
            "vague": schema.pattern,
            "sums": schema.each(schema.metrics),
        },
        ("rates", "bases", "sums", "base", "filler", "named", "among", "vague"),
        ("percentage", "share", "base", "actual"),
    ),
}
