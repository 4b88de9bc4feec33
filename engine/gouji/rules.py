"""Rules x one report -> findings. A pass costs a sum and a comparison; only failures build anything."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import InvalidOperation
from typing import Any

from gouji.checks import KINDS
from gouji.facts import UNKNOWN, Facts, index
from gouji.findings import Filling, Finding, Said, Statement, Term, Verdicts, Words
from gouji.intervals import Interval, Operand
from gouji.kinds import Run
from gouji.plans import Agenda, Plan
from gouji.records import Number, Report, number_text
from gouji.relations import Arithmetic, Evaluation, Item, Relation, evaluate
from gouji.rulebook import Rulebook
from gouji.rulemodel import Program, Rule, key
from gouji.values import Struct

_LOOK_ALIKE = str.maketrans("OoQDIl|ZSB", "0000111258")


class Judgement(Struct):
    """What the rules say of a report: the findings in order, and what they were judged by."""

    findings: list[Finding]
    facts: Facts
    plans: tuple[Plan, Plan]


def check(rulebook: Rulebook, report: Report) -> tuple[tuple[Finding, ...], Verdicts]:
    """Every rule that applies to `report`, explained: what fails or stays undecided, and how many came out how."""
    judgement = judge(rulebook, report)
    findings, facts = judgement.findings, judgement.facts
    if findings:
        # Where all figures agree nothing has to be looked for.
        from gouji.causes import explained

        findings = explained(findings, judgement.plans, facts)
    failed = sum([f.verdict == "fail" for f in findings])
    return tuple(findings), Verdicts(facts.passed, failed, len(findings) - failed)


def judge(rulebook: Rulebook, report: Report) -> Judgement:
    """Run every rule that applies to `report`; each finding stands for itself."""
    facts = index(report, rulebook.registry)
    facts.remarks = rulebook.remarks
    agenda = rulebook.agenda(report)
    if facts.blank_keys:
        _withhold_blank_totals(rulebook, facts)
    plans = agenda.plans(facts.values)
    if not facts.silent:
        # Rows of a table that says nothing are there, but no figures by which plans are told apart.
        facts.noted = plans[0].noted
    if facts.blank_keys:
        for rule in agenda.structural:
            if (fill := KINDS[rule.kind].fill) is not None:
                fill(rule, rulebook, facts)
    for plan in plans:
        _equations(plan, facts)
    there = facts.there()
    for run, rule, needs, idle in _checks(agenda) if agenda.checks is None else agenda.checks:
        if needs is None or not needs.isdisjoint(there):
            run(rule, rulebook, facts)
        else:
            facts.passed += idle
    return Judgement(_in_order(_one_per_cause(rulebook, facts.findings)), facts, plans)


def _checks(agenda: Agenda) -> list[tuple[Run, Rule, frozenset[str] | None, int]]:
    """What runs the structural rules, what each needs, and how often it holds where nothing of that is there."""
    checks = []
    for rule in agenda.structural:
        kind = KINDS[rule.kind]
        if kind.run is not None:
            needs = kind.needs(rule) if kind.needs else None
            checks.append((kind.run, rule, None if needs is None else frozenset(needs), kind.idle))
    # All at once: other threads take what is there.
    agenda.checks = checks
    return checks


def _withhold_blank_totals(rulebook: Rulebook, facts: Facts) -> None:
    """A blank total counts 0 only where all its parts do; else it is not known."""
    values = facts.values
    totals = rulebook.totals.keys() & facts.blank_keys
    # What is not known does not equal itself.
    filled = {name for name, value in values.items() if value and value == value} if totals else set()
    for total in totals:
        if not all(map(filled.isdisjoint, rulebook.totals[total])):
            values[total] = UNKNOWN
            facts.withheld.add(total)


def _equations(plan: Plan, facts: Facts) -> None:
    """Count what holds, look closer at what does not.

    A figure that is not exactly known makes every comparison false, so nothing passes here by accident.
    """
    values = facts.values
    blank = facts.blank_keys
    passed = 0
    if plan.sums:
        try:
            equal = [sum(parts(values)) == total for parts, total in zip(plan.parts, plan.totals(values))]  # noqa: B905
        except (TypeError, InvalidOperation):  # Decimal and UNKNOWN do not mix
            equal = [False] * len(plan.sums)
        if blank or not all(equal):
            for holds, program in zip(equal, plan.sums, strict=True):
                if not holds:
                    _look_closer(program, facts)
                elif program.row and program.row <= blank:
                    # A row that is blank throughout says nothing.
                    passed -= 1
        passed += sum(equal)
    for conditions, alternatives, row, program in plan.whole:
        try:
            for left, compare, right in conditions:
                if not compare(left(values), right(values)):
                    break
            else:
                for left, compare, right in alternatives:
                    if compare(left(values), right(values)):
                        passed += not (row and row <= blank)
                        break
                else:
                    _look_closer(program, facts)
        except (TypeError, InvalidOperation):
            _look_closer(program, facts)
    for conditions, (left, _, right), program in plan.partial:
        try:
            known, whole = left(values), right(values)
        except (TypeError, InvalidOperation):
            known, whole = UNKNOWN, UNKNOWN
        # Parts that the text does not name are not negative: less than the total says nothing.
        if known != known or whole != whole or not known < whole:
            if known == whole and not conditions:
                passed += 1
            else:
                _look_closer(program, facts)
    for program in plan.slow:
        _look_closer(program, facts)
    facts.passed += passed


def _keys(relation: Relation) -> list[str]:
    return [key(source, path) for _, source, path in relation.items]


def _look_closer(program: Program, facts: Facts) -> None:
    """Evaluate with blanks, intervals and missing figures; count a pass or record the finding."""
    bound = program.instance.bound
    if not _certain(bound.conditions, facts) or (program.row and program.row <= facts.blank_keys):
        return
    tried: list[Evaluation] = []
    for relation in bound.relations:
        if facts.withheld and not facts.withheld.isdisjoint(_keys(relation)):
            continue
        operands = [_operand(item, facts) for item in relation.items]
        evaluation = evaluate(relation, operands)
        if evaluation.outcome == "pass":
            facts.passed += 1
            return
        # What a cell that cannot be read leaves open in a limit is no more than that it cannot be read.
        unread = relation.operator != "==" and any(o.kind == "unreadable" for o in operands)
        if evaluation.outcome != "not assessable" and not (unread and evaluation.outcome == "undecided"):
            tried.append(evaluation)
    if not tried or not _comparable(bound.relations, facts) or _told_in_full(bound.relations, facts):
        return
    if program.instance.rule.stated and _implied(bound.relations, facts):
        return
    if len(tried) > 1:
        # The nearest first; of two that are as near the one without parts that the text may leave out.
        tried.sort(key=lambda e: (e.outcome != "undecided", _apart(e.left, e.right) or 0, e.delta is None))
    _record(program, tried, facts)


def _certain(conditions: Sequence[Relation], facts: Facts) -> bool:
    """Whether the conditions, which the fast way may have left open, are known to hold."""
    for condition in conditions:
        operands = [_operand(item, facts) for item in condition.items]
        if evaluate(condition, operands).outcome != "pass" or all(o.kind == "blank" for o in operands):
            return False
    return True


def _comparable(relations: Sequence[Relation], facts: Facts) -> bool:
    """Scope before comparison: figures about different bodies or dates are not compared; what a table says has none."""
    observations, where = facts.report.observations, facts.where
    found = [observations[where[name]] for relation in relations for name in _keys(relation) if name in where]
    return len({o.scope if o.source == "narrative" else None for o in found}) < 2


def _implied(relations: Sequence[Relation], facts: Facts) -> bool:
    """Whether words merely imply one of the figures.

    No fee was collected: that says nothing of how many notices there were.
    """
    observations, where = facts.report.observations, facts.where
    return any(observations[where[n]].implied for relation in relations for n in _keys(relation) if n in where)


def _told_in_full(relations: Sequence[Relation], facts: Facts) -> bool:
    """Whether a sentence breaks a figure down completely, with parts that no metric of the rule counts.

    收到12件，当面、电话申请3件，网上申请9件: the ways that have names are not all of it.
    """
    report, where = facts.report, facts.where
    items = [item for relation in relations for item in relation.items if item.source == "narrative"]
    named = {("o", where[name]) for item in items if (name := key(item.source, item.path)) in where}
    for partition in report.partitions if named else ():
        total, parts = partition.total, partition.parts
        if total in named and not named.isdisjoint(parts) and any(kind == "u" for kind, _ in parts):
            told = [report.unbound[i].value if kind == "u" else report.observations[i].value or 0 for kind, i in parts]
            if sum(told) == report.observations[total[1]].value:
                return True
    return False


def _operand(item: Item, facts: Facts) -> Operand:
    name = key(item.source, item.path)
    value = facts.values.get(name, UNKNOWN)
    if value == value and name not in facts.blank_keys:
        return Operand.exact(value)
    index = facts.where.get(name)
    if index is not None:
        return facts.operand(index)
    return Operand.missing(facts.registry.metric(item.path).signed)


def _terms(relation: Relation, facts: Facts) -> list[Term]:
    left, where = len(relation.left.items), facts.where
    return [
        facts.term("left" if n < left else "right", where[name], 1 if coefficient > 0 else -1)
        for n, (coefficient, source, path) in enumerate(relation.items)
        if (name := key(source, path)) in where
    ]


def _record(program: Program, tried: Sequence[Evaluation], facts: Facts) -> None:
    instance, rule, evaluation = program.instance, program.instance.rule, tried[0]
    relation, left, right = evaluation.relation, evaluation.left, evaluation.right
    terms = _terms(relation, facts)
    # Where to look first: the side with one figure, be it the one that exceeds a limit or a printed total.
    lone = "left" if len(relation.left.items) == 1 else "right" if len(relation.right.items) == 1 else ""
    first = facts.report.observations[next((t for t in terms if t.side == lone), terms[0]).operand or 0]
    own = {term.operand for term in terms}
    given = [t for condition in instance.conditions for t in _terms(condition, facts) if t.operand not in own]
    blanks = [operand.kind for operand in evaluation.operands].count("blank")
    assumptions: list[Said] = []
    if blanks:
        assumptions.append(facts.remarks.blank_counted(blanks))
    if facts.filled:
        others = [t for one in tried[1:] for t in _terms(one.relation, facts)]
        assumptions += facts.counted([*terms, *given, *others])
    if evaluation.outcome == "undecided" and (reading := _needed(evaluation, facts)):
        assumptions.append(reading)
    delta = evaluation.delta
    severity = rule.below if rule.below and delta is not None and delta < 0 else None
    values: dict[str, Filling] = {
        **instance.labels,
        "left_label": _side(relation.left.items, facts),
        "right_label": _side(relation.right.items, facts),
    }
    if delta is None:
        values.update(left=left.shown, right=right.shown, difference=_difference(left, right))
    facts.add(
        rule,
        case=instance.case,
        instance=instance.name[len(rule.id) + 1 :],
        verdict="undecided" if evaluation.outcome == "undecided" else "fail",
        severity=severity,
        values=values,
        equation=Arithmetic(tuple(tried)),
        left=left.low if left.exact else None,
        right=right.low if right.exact else None,
        span=first.span,
        terms=terms,
        given=given,
        assumptions=assumptions,
    )


def _needed(evaluation: Evaluation, facts: Facts) -> Statement | None:
    """What the one cell that cannot be read would have to be, and whether its characters may be read so."""
    relation = evaluation.relation
    if relation.operator != "==" or relation.left_divisor or relation.right_divisor:
        return None
    kinds = [operand.kind for operand in evaluation.operands]
    if kinds.count("unreadable") != 1 or not set(kinds) <= {"exact", "unreadable"}:
        return None
    at = kinds.index("unreadable")
    terms, gap = relation.linear()
    for n, (coefficient, _) in enumerate(terms):
        gap += 0 if n == at else coefficient * (evaluation.operands[n].interval.low or 0)
    coefficient, item = terms[at]
    cell = facts.observation(item.source, item.path)
    if cell is None or coefficient not in (1, -1) or -gap * coefficient < 0:
        return None
    needed, raw = number_text(-gap * coefficient), cell.raw.strip()
    # Letters for digits, and digits that were torn apart.
    likely = "".join(raw.translate(_LOOK_ALIKE).split()) == needed
    return facts.remarks("may_read" if likely else "must_read", raw=raw, needed=needed)


def _apart(left: Interval, right: Interval) -> Number | None:
    """How far apart two sides at least are; None where that is not known."""
    for low, high in ((left.low, right.high), (right.low, left.high)):
        if low is not None and high is not None and low > high:
            return low - high
    return None


def _difference(left: Interval, right: Interval) -> str:
    """How far apart two sides at least are of which one is not known exactly."""
    apart = _apart(left, right)
    return "?" if apart is None else f"≥{number_text(apart)}"


def _side(items: Sequence[Item], facts: Facts) -> Words:
    """One side of an equation in words; where there are too many to name, what they are together."""
    if len(items) > 2:
        return facts.remarks.texts["sum_of_parts"]
    return facts.remarks.listed([facts.registry.metric(item.path) for item in items], "plus")


def _one_per_cause(rulebook: Rulebook, findings: list[Finding]) -> list[Finding]:
    """Leave out a finding where a rule that its rule yields to found the same."""
    yields = rulebook.yielding
    rules = {finding.rule for finding in findings}
    # What rules that others yield to have found, by each of its figures: findings without one in common are none alike.
    found: dict[str, dict[Any, set[frozenset[Any]]]] = {
        rule_id: {} for yielding in yields.keys() & rules for rule_id in yields[yielding].yields
    }
    if rules.isdisjoint(found):
        return findings
    for finding in findings:
        if finding.rule in found:
            figures = _figures(finding)
            for figure in figures:
                found[finding.rule].setdefault(figure, set()).add(figures)
    kept = []
    for finding in findings:
        rule = yields.get(finding.rule)
        if rule is not None:
            mine = _figures(finding)
            others = (other for one in rule.yields for figure in mine for other in found[one].get(figure, ()))
            if any(other <= mine or mine <= other for other in others):
                continue
        kept.append(finding)
    return kept


def _figures(finding: Finding) -> frozenset[tuple[str, Number | None]]:
    """The figures of a finding; one that is stated twice is the same."""
    return frozenset([(term.path, term.value) for term in finding.terms if term.operand is not None])


def _in_order(findings: list[Finding]) -> list[Finding]:
    """By place; findings of one place as they were found."""
    return sorted(findings, key=lambda finding: finding.at)
