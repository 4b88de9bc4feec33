"""Rules between reports: what does not agree from one report to another, as findings whose figures name their report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Literal, Protocol, TypeAlias

from attrs import evolve, frozen

from gouji.changes import Change
from gouji.checks import KINDS
from gouji.document import Place
from gouji.errors import Message
from gouji.findings import SEVERITIES, Decision, Filling, Said, Severity, Statement, Verdict, Words
from gouji.intervals import Operand
from gouji.profiles import Claim, Figure, Profile
from gouji.records import Number, number_text
from gouji.registry import Registry
from gouji.relations import Evaluation, Item, Relation, evaluate, own_path
from gouji.rulebook import Rulebook
from gouji.rulemodel import Instance, Program, Rule
from gouji.values import Struct, Value

Side: TypeAlias = Literal["left", "right"]
Sighting: TypeAlias = tuple[Profile, Figure]


@frozen(eq=False, repr=False)
class CrossTerm(Value):
    """A figure of a finding between reports: the report, the index of its observation there, and its place."""

    side: Side
    sign: Literal[1, -1]
    value: Number | None
    source: str
    operand: int
    path: str
    label: Message
    place: Place
    year: int | None = None


@frozen(eq=False, repr=False)
class Bound(Value):
    """What the bodies that were not read would have to report of one metric: from `low` to `high` (None: no limit).

    `whole` is what the body above reports, `read` what those that were read come to, as interval.
    """

    path: str
    label: Message
    whole: Number
    read: tuple[Number, Number | None]
    low: Number
    high: Number | None


@frozen(eq=False, repr=False)
class Coverage(Value):
    """How much of a level was read: of `of` bodies `read`; `missing` are the names of the others."""

    read: int
    of: int
    missing: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()


@frozen(eq=False, repr=False)
class CrossFinding(Value):
    """One disagreement between reports; see `findings.Finding` for what its fields have in common with one.

    `source`, `body` and `year` are those of the report that is checked against the others.
    """

    rule: str
    instance: str
    severity: Severity
    verdict: Verdict
    message: Message | Statement
    source: str
    body: str
    year: int | None
    equation: str = ""
    left: Number | None = None
    right: Number | None = None
    delta: Number | None = None
    terms: tuple[CrossTerm, ...] = ()
    assumptions: tuple[Said, ...] = ()
    explanation: Message | None = None
    coverage: Coverage | None = None
    group: int = 0
    fingerprint: str = ""
    decision: Decision | None = None

    @property
    def accepted(self) -> bool:
        """Whether people have decided that it is right as it is."""
        return self.decision is not None and self.decision.verdict == "accepted" and not self.reopened

    @property
    def reopened(self) -> bool:
        """Whether a decision was about other figures than those of now."""
        return self.decision is not None and self.decision.fingerprint != self.fingerprint

    @property
    def figures(self) -> frozenset[tuple[str, int]]:
        """(report, index of the observation) of every figure."""
        return frozenset((term.source, term.operand) for term in self.terms)


@frozen(eq=False, repr=False)
class Found(Value):
    """What an item of an equation stands for: the figure as equations take it, and where it was seen."""

    operand: Operand
    seen: tuple[Sighting, ...] = ()


class Reports(Protocol):
    """The reports that an equation speaks of."""

    @property
    def this(self) -> Profile:
        """The report that is checked."""

    def find(self, item: Item) -> Found:
        """What an item stands for."""

    def words(self) -> Mapping[str, Filling]:
        """What messages may say about these reports."""


class Pair(Struct):
    """A report and that of the year before."""

    this: Profile
    last: Profile

    def find(self, item: Item) -> Found:
        """The figure of this or of last year's report."""
        own = own_path(item.path)
        profile = self.this if own == item.path else self.last
        figure = profile.stated(own, item.source)
        return Found(figure.operand, ((profile, figure),)) if figure else Found(Operand.missing())

    def known(self, name: str) -> Number | None:
        """The figure with a key of a program, where it is printed and exactly known."""
        own = own_path(name)
        return (self.this if own == name else self.last).exact(own)

    def gives(self, name: str) -> bool:
        """Whether there is a figure with a key of a program, or words that may stand for it."""
        own = own_path(name)
        return (self.this if own == name else self.last).gives(own)

    def words(self) -> Mapping[str, Filling]:
        """Both years, and the body."""
        name = self.this.body.name or self.last.body.name
        return {"year": _year(self.this), "last_year": _year(self.last), "body": name}


class Outcome:
    """What came of comparing: findings, how many groups they are in, and how many rules held."""

    def __init__(self) -> None:
        self.findings: list[CrossFinding] = []
        self.groups: int = 0
        self.passed: int = 0

    def take(self, more: Outcome) -> None:
        """Add what came of other reports, its groups behind those that there are."""
        self.findings += [evolve(f, group=f.group + self.groups) for f in more.findings]
        self.groups += max((f.group for f in more.findings), default=0)
        self.passed += more.passed


def check_pair(book: Rulebook, pair: Pair) -> Outcome:
    """Every rule between the years on one pair of reports: one finding where several rules found the same."""
    outcome = Outcome()
    for rule in _rules(book, ("between_years", *_YEAR_KINDS), pair.this):
        if rule.kind == "between_years":
            equations(book, rule, pair, outcome)
        else:
            _YEAR_KINDS[rule.kind](book, rule, pair, outcome)
    outcome.findings = in_groups(book, outcome.findings)
    return outcome


def check_copies(book: Rulebook, pair: Pair) -> Outcome:
    """The rules on two different reports of one body on one year."""
    outcome = Outcome()
    for rule in _rules(book, ("copies",), pair.this):
        _copies(book, rule, pair, outcome)
    outcome.findings = in_groups(book, outcome.findings)
    return outcome


def is_between(rule: Rule) -> bool:
    """Whether a rule speaks of several reports."""
    return KINDS[rule.kind].between


def equations(book: Rulebook, rule: Rule, reports: Reports, outcome: Outcome) -> None:
    """Confront every instance of an equation with the figures of several reports."""
    for program in book.programs(rule):
        if isinstance(reports, Pair) and (known := _at_once(program, reports)) is not None:
            outcome.passed += known == "pass"
            continue
        instance = program.instance
        if any(_confronted(condition, reports)[0].outcome != "pass" for condition in instance.conditions):
            continue
        tried: list[tuple[Evaluation, list[Found]]] = []
        for relation in instance.relations:
            evaluation, found = _confronted(relation, reports)
            if evaluation.outcome == "pass":
                # What holds for some figures of an interval only has not been shown to hold.
                outcome.passed += all(f.operand.kind in ("exact", "blank") for f in found)
                break
            open_ = evaluation.outcome == "undecided" and any(f.operand.kind == "blank" for f in found)
            if evaluation.outcome == "fail" or open_:
                tried.append((evaluation, found))
        else:
            if tried:
                tried.sort(key=lambda pair: _size(pair[0].delta))
                outcome.findings.append(_from_equation(book, instance, reports, *tried[0]))


def _confronted(relation: Relation, reports: Reports) -> tuple[Evaluation, list[Found]]:
    found = [reports.find(item) for item in relation.items]
    return evaluate(relation, [f.operand for f in found]), found


def _at_once(program: Program, pair: Pair) -> Literal["pass", "not assessable"] | None:
    """What needs no closer look: an equation of plain sums that holds, or one without its figures."""
    silent = True
    for fast in program.alternatives:
        if fast is None:
            return None
        (left, left_weights, left_constant), compare, (right, right_weights, right_constant) = fast
        if not all(pair.gives(name) for name in (*left, *right)):
            continue
        silent = False
        numbers = [n for name in (*left, *right) if (n := pair.known(name)) is not None]
        if program.conditions or left_weights or right_weights or len(numbers) < len(left) + len(right):
            continue
        if compare(sum(numbers[: len(left)], left_constant), sum(numbers[len(left) :], right_constant)):
            return "pass"
    return "not assessable" if silent else None


def expected(instance: Instance, reports: Reports) -> Iterator[tuple[str, str, Evaluation]]:
    """(metric, operator, evaluation) of each equation whose left side is one figure of the report that is checked."""
    for relation in instance.relations:
        items = relation.left.items
        if len(items) == 1 and own_path(items[0].path) == items[0].path and not relation.left.constant:
            evaluation = evaluate(relation, [reports.find(item).operand for item in relation.items])
            if evaluation.outcome != "not assessable":
                yield items[0].path, relation.operator, evaluation


def _rules(book: Rulebook, kinds: Iterable[str], this: Profile) -> Iterator[Rule]:
    wanted = frozenset(kinds)
    era = next((era.name for era in book.eras if this.form in era.forms), None)
    for rule in book.rules:
        if rule.kind in wanted and rule.applies.to(this.layouts, era, this.year):
            body = rule.applies.body
            if body is None or body.search(f"{this.title or ''}\n{this.body.name}"):
                yield rule


def _from_equation(
    book: Rulebook, instance: Instance, reports: Reports, evaluation: Evaluation, found: Sequence[Found]
) -> CrossFinding:
    relation = evaluation.relation
    n = len(relation.left.items)
    terms = []
    for at, (item, one) in enumerate(zip(relation.items, found, strict=True)):
        side: Side = "left" if at < n else "right"
        for profile, figure in one.seen:
            terms.append(term(book.registry, side, 1 if item.coefficient > 0 else -1, profile, figure))
    left, right, delta = evaluation.left, evaluation.right, evaluation.delta
    difference = _size(delta) if delta is not None else None
    if difference is None:
        gaps = ((left.low, right.high), (right.low, left.high))
        difference = next((a - b for a, b in gaps if a is not None and b is not None and a > b), None)
    blanks = sum(f.operand.kind == "blank" for f in found)
    return finding(
        instance.rule,
        reports,
        case=instance.case,
        name=instance.name,
        verdict="undecided" if evaluation.outcome == "undecided" else "fail",
        values={
            **instance.labels,
            "left": left.shown,
            "right": right.shown,
            "difference": "?" if difference is None else ("" if delta is not None else "≥") + number_text(difference),
            "left_label": _labels(book, relation.left.items),
            "right_label": _labels(book, relation.right.items),
            "label": _labels(book, relation.left.items),
        },
        equation=evaluation.numbers(),
        left=left.low if left.exact else None,
        right=right.low if right.exact else None,
        terms=terms,
        assumptions=[book.remarks.blank_counted(blanks)] if blanks and evaluation.outcome == "fail" else [],
    )


def finding(
    rule: Rule,
    reports: Reports,
    *,
    case: str = "",
    name: str = "",
    verdict: Verdict = "fail",
    values: Mapping[str, Filling],
    equation: str = "",
    left: Number | None = None,
    right: Number | None = None,
    terms: Sequence[CrossTerm] = (),
    assumptions: Sequence[Said] = (),
    coverage: Coverage | None = None,
) -> CrossFinding:
    """One finding of `rule`, with the words that its message asks for."""
    name = name or rule.id
    shown: dict[str, Filling] = {"instance": name, "equation": equation, **reports.words()}
    for word, number in (("left", left), ("right", right)):
        shown[word] = "" if number is None else number_text(number)
    shown.update(values)
    identity = [name, reports.this.body.name, _year(reports.this)]
    identity += [f"{t.side}:{t.year}:{t.path}={t.value if t.value is None else number_text(t.value)}" for t in terms]
    return CrossFinding(
        rule=rule.id,
        instance=name,
        severity=rule.severities.get(case) or rule.severity,
        verdict=verdict,
        message=Statement(rule.message, shown),
        source=reports.this.source,
        body=reports.this.body.name,
        year=reports.this.year,
        equation=equation,
        left=left,
        right=right,
        delta=left - right if left is not None and right is not None else None,
        terms=tuple(terms),
        assumptions=tuple(assumptions),
        explanation=rule.exception(rule.message),
        coverage=coverage,
        fingerprint=sha256("\n".join(identity).encode()).hexdigest()[:16],
    )


def term(registry: Registry, side: Side, sign: Literal[1, -1], profile: Profile, figure: Figure) -> CrossTerm:
    """A figure of a report as a term of a finding."""
    label = label_of(registry, figure.path)
    value = figure.value
    return CrossTerm(
        side, sign, value, profile.source, figure.observation, figure.path, label, figure.place, profile.year
    )


def label_of(registry: Registry, path: str) -> Message:
    """The label of a metric in both languages."""
    return Message(registry.label(path, "zh"), registry.label(path, "en"))


def in_groups(book: Rulebook, findings: Sequence[CrossFinding]) -> list[CrossFinding]:
    """The findings without those that others say better; those of one cause carry one number."""
    yields = {rule.id: rule.yields for rule in book.rules if rule.yields}
    kept = [
        f
        for f in findings
        if not any(o.rule in yields.get(f.rule, ()) and o.figures and o.figures <= f.figures for o in findings)
    ]
    # The most serious first; it leads its group, unless that is a copy, which explains everything else.
    causes = {rule.id for rule in book.rules if rule.kind == "copied"}
    kept.sort(key=lambda f: -SEVERITIES.index(f.severity))
    parents = list(range(len(kept)))

    def root(n: int) -> int:
        while parents[n] != n:
            n = parents[n]
        return n

    first: dict[object, int] = {}
    for n, one in enumerate(kept):
        stems = {(one.rule, t.source, t.path.rpartition(".")[0]) for t in one.terms}
        # Sums over the levels that fail by the same amount miss the same cases.
        amounts = {(one.rule, one.body, _size(one.delta))} if one.coverage and one.delta else set()
        for mark in (*one.figures, *stems, *amounts):
            a, b = root(n), root(first.setdefault(mark, n))
            parents[max(a, b)] = min(a, b)
    numbers: dict[int, int] = {}
    grouped = [evolve(one, group=numbers.setdefault(root(n), len(numbers) + 1)) for n, one in enumerate(kept)]
    return sorted(grouped, key=lambda f: (f.group, f.rule not in causes))


def _labels(book: Rulebook, items: Sequence[Item]) -> Words:
    if len(items) > 2:
        return book.remarks.texts["sum_of_parts"]
    return book.remarks.listed([label_of(book.registry, own_path(item.path)) for item in items], "plus")


def _size(delta: Number | None) -> Number:
    return 0 if delta is None else max(delta, -delta)


def _year(profile: Profile) -> str:
    return "?" if profile.year is None else str(profile.year)


def _counted(figure: Figure | None) -> Number | None:
    """The value of a figure that is exactly known and printed."""
    return figure.value if figure is not None and figure.operand.kind == "exact" else None


# Kinds that are no equations -----------------------------------------------------------------------------


def _scale(book: Rulebook, rule: Rule, pair: Pair, outcome: Outcome) -> None:
    """Figures out of proportion to last year's."""
    above, beyond = rule.params["above"], rule.params.get("beyond")
    exactly = rule.params.get("exactly", ())
    compared = False
    for path in rule.params["metrics"]:
        a, b = pair.this.number(path), pair.last.number(path)
        if not a or not b or book.registry.metric(path).signed:
            continue
        small, big = sorted((a, b))
        compared = True
        if small <= 0 or big <= above:
            continue
        factor = next((f for f in exactly if small * f == big), None)
        if factor is None and (beyond is None or big <= small * beyond):
            continue
        this, last = pair.this.best(path), pair.last.best(path)
        assert this is not None
        assert last is not None
        shown = book.remarks("times" if a > b else "part_of", factor=factor)
        outcome.findings.append(
            finding(
                rule,
                pair,
                name=f"{rule.id}.{path}",
                values={"label": label_of(book.registry, path), "factor": shown},
                equation=f"{number_text(a)} {'>' if a > b else '<'} {number_text(b)} {'×' if a > b else '/'} {beyond}"
                if factor is None
                else f"{number_text(a)} = {number_text(b)} {'×' if a > b else '/'} {factor}",
                left=a,
                right=b,
                terms=[
                    term(book.registry, "left", 1, pair.this, this),
                    term(book.registry, "right", 1, pair.last, last),
                ],
            )
        )
    outcome.passed += compared and not any(f.rule == rule.id for f in outcome.findings)


def _copied(book: Rulebook, rule: Rule, pair: Pair, outcome: Outcome) -> None:
    """Tables that are those of last year, figure by figure."""
    same: list[Message] = []
    terms: list[CrossTerm] = []
    this, last = pair.this.printed(), pair.last.printed()
    for table in rule.params["tables"].values():
        here = {path: this[path] for path in table["metrics"] if path in this}
        if len({*here.values()} - {None}) < rule.params["distinct"] or None in here.values():
            continue
        if here == {path: last[path] for path in table["metrics"] if path in last}:
            same.append(table["title"])
            for path in here:
                sides: tuple[tuple[Side, Profile], ...] = (("left", pair.this), ("right", pair.last))
                for side, profile in sides:
                    figure = profile.figure(path)
                    if figure is not None:
                        terms.append(term(book.registry, side, 1, profile, figure))
    if same:
        tables = book.remarks.listed(same)
        count = str(len(terms) // 2)
        outcome.findings.append(finding(rule, pair, values={"tables": tables, "count": count}, terms=terms))
    else:
        outcome.passed += bool(this and last)


def _growth(book: Rulebook, rule: Rule, pair: Pair, outcome: Outcome) -> None:
    """Changes that the text states, against the figures of both years; any figure of last year that fits will do."""
    for claim in pair.this.claims:
        if claim.year is not None and claim.year != pair.last.year:
            continue
        candidates = [
            figure
            for path in (claim.path, *rule.params.get("also", {}).get(claim.path, ()))
            for figure in (pair.last.figure(path), pair.last.figure(path, "narrative"))
            if (value := _counted(figure)) is not None and value >= rule.params["least"]
        ]
        known = [f for f in candidates if f is not None]
        if not known:
            continue
        if any(_change(claim).fits(claim.value, f.value or 0) for f in known):
            outcome.passed += 1
            continue
        last = known[0]
        value = last.value or 0
        change = _change(claim)
        seen = Figure(claim.path, "narrative", Operand.exact(claim.value), claim.observation, claim.place)
        outcome.findings.append(
            finding(
                rule,
                pair,
                name=f"{rule.id}.{claim.path}",
                values={
                    "label": label_of(book.registry, claim.path),
                    "stated": claim.raw,
                    "actual": change.actual(claim.value, value),
                },
                equation=change.equation(claim.value, value),
                left=claim.value,
                right=value,
                terms=[
                    term(book.registry, "left", 1, pair.this, seen),
                    term(book.registry, "right", 1, pair.last, last),
                ],
            )
        )


def _change(claim: Claim) -> Change:
    return Change(claim.amount, claim.share, claim.digits)


def _copies(book: Rulebook, rule: Rule, pair: Pair, outcome: Outcome) -> None:
    """Figures in which two reports on one year differ; `pair.last` is the earlier copy."""
    differing: list[tuple[Figure, Figure]] = []
    common = False
    for figure in pair.this.figures():
        other = pair.last.figure(figure.path, figure.source)
        if other is None:
            continue
        common = True
        a, b = figure.operand.interval, other.operand.interval
        if (a.low, a.high) != (b.low, b.high):
            differing.append((figure, other))
    if not differing:
        outcome.passed += common
        return
    listed = book.remarks.listed(label_of(book.registry, f.path) for f, _ in differing[:3])
    more = len(differing) > 3
    outcome.findings.append(
        finding(
            rule,
            pair,
            values={
                "count": str(len(differing)),
                "labels": book.remarks("and_more", listed=listed) if more else listed,
            },
            equation="; ".join(f"{a.operand.shown} ≠ {b.operand.shown}" for a, b in differing[:3]) + "; …" * more,
            terms=[
                t
                for a, b in differing
                for t in (
                    term(book.registry, "left", 1, pair.this, a),
                    term(book.registry, "right", 1, pair.last, b),
                )
            ],
        )
    )


_YEAR_KINDS: dict[str, Callable[[Rulebook, Rule, Pair, Outcome], None]] = {
    "scale": _scale,
    "copied": _copied,
    "growth": _growth,
}
