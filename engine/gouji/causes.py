"""Findings by their cause: the cells whose change repairs them, and what blank cells would have to hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from attrs import evolve

from gouji import phrases
from gouji.errors import Message
from gouji.facts import Facts
from gouji.findings import Finding, Statement, Suspect
from gouji.intervals import Interval
from gouji.localise import Change, Constraint, Figure, Key, Repair, borne_out, connected, fillings, repairs
from gouji.plans import Plan
from gouji.records import Number
from gouji.relations import Relation
from gouji.rulemodel import Program, key
from gouji.slips import rank

_TRIED = 20  # so many groups of findings about one figure are looked at
_BLANKS = 3  # how many blank cells are told one by one


def explained(findings: Sequence[Finding], plans: Sequence[Plan], facts: Facts) -> list[Finding]:
    """The findings with suspects, those of one cause in one group; with blanks decided where no filling fits."""
    # What is only remarkable asks for no repair.
    serious = [f for f in findings if f.severity != "info"]
    if not facts.filled and not any(len(f.operands) > 1 for f in serious):
        return _numbered(findings, {}, {}, plans, facts)
    identities: list[Constraint] = []
    others: dict[Key, list[Constraint]] = {}
    for alternatives, must_hold in _constraints(plans, facts, {f.instance for f in serious}):
        if must_hold:
            identities.append(alternatives[0])
        else:
            others[alternatives[0].key] = alternatives
    constraints = [*identities, *(found[0] for found in others.values())]
    decided = _decided(findings, constraints, facts)
    undecided = {_key(f) for f in decided if f.verdict == "undecided"}
    identities = [c for c in identities if c.key not in undecided]
    figures = _Figures(facts)
    holding = [c for c in identities if c.holds]
    causes = repairs(identities, figures)
    disagreeing = {
        n: ways
        for n, f in enumerate(decided)
        if f.verdict == "fail" and f.severity != "info" and (ways := others.get(_key(f)) or _agreement(f, facts))
    }
    witnesses = [ways for ways in disagreeing.values() if _of_two_sources(ways, facts)]
    causes = [borne_out(cause, witnesses) for cause in causes] if witnesses else causes
    filled = _filled(identities, facts)
    by_constraint = {c.key: found for found in causes for c in found[0].satisfies}
    doubtful = _doubtful(identities, causes)
    by_finding: dict[int, tuple[Repair, ...]] = {}
    for n, finding in enumerate(decided):
        operands = finding.operands
        if finding.verdict != "fail" or not operands:
            continue
        if operands[0] in filled and len(operands) == 1:
            by_finding[n] = filled[operands[0]]
            continue
        own: Key = finding.instance, frozenset(operands)
        # A rule for a special case (a total without parts) says less than the identity that it comes from.
        bound = all(term.operand is not None for term in finding.terms)
        wider = next((found for (_, cells), found in by_constraint.items() if bound and own[1] <= cells), None)
        found = by_constraint.get(own) or wider
        if not found and (disagreement := disagreeing.get(n)):
            # The same figure in two places: what the identities say of them, or the same slip.
            found = next((cause for cause in causes if all(r.settles(disagreement) for r in _leading(cause))), None)
            if not found and doubtful.isdisjoint(cell for way in disagreement for cell in way.cells):
                found = _evident(disagreement, holding, figures)
        if found:
            by_finding[n] = found
    told = [_suspected(f, by_finding.get(n, ()), facts.remarks.slips, facts) for n, f in enumerate(decided)]
    idle = _idle(decided, by_finding, plans)
    order = sorted(set(range(len(told))) - idle, key=lambda n: told[n].at)
    suspected = {i: by_finding[n] for i, n in enumerate(order) if n in by_finding}
    in_order = [told[n] for n in order]
    return _numbered(in_order, suspected, _left_open(in_order, constraints, facts), plans, facts)


def _idle(findings: Sequence[Finding], by_finding: Mapping[int, tuple[Repair, ...]], plans: Sequence[Plan]) -> set[int]:
    """Hints at what may explain a finding, where one correction settles that and more."""
    clear = {n for n, found in by_finding.items() if findings[n].severity == "info" and len(_leading(found)) == 1}
    names = {findings[n].instance for n in clear}
    hints = {
        program.instance.name: program.instance.rule.params["hint_of"]
        for plan in (plans if names else ())
        for program in plan.programs()
        if program.instance.name in names and "hint_of" in program.instance.rule.params
    }
    return {
        n
        for n in clear
        if (told := hints.get(findings[n].instance))
        and any(name.partition(".")[0] not in told for name in by_finding[n][0].explains)
    }


def _key(finding: Finding) -> Key:
    return finding.instance, frozenset(finding.operands)


def _filled(identities: Sequence[Constraint], facts: Facts) -> dict[int, tuple[Repair, ...]]:
    """The repair that blank cells which count what their sums leave already are, by cell: one for what is left together."""
    told: dict[Sequence[str], tuple[Repair, ...]] = {}
    for filled in facts.filled.values():
        if filled.together not in told:
            changes = tuple([Change(facts.where[n], 0, facts.filled[n].value) for n in filled.together])
            cells = {change.cell for change in changes}
            holding = tuple(c for c in identities if c.gap == 0 and not cells.isdisjoint(c.cells))
            told[filled.together] = (Repair(changes, holding, "blank"),)
    return {facts.where[name]: told[filled.together] for name, filled in facts.filled.items()}


def _leading(found: Sequence[Repair]) -> list[Repair]:
    """The repairs that are as plausible as the first."""
    return [repair for repair in found if rank(repair.slip) == rank(found[0].slip)]


def _of_two_sources(ways: Sequence[Constraint], facts: Facts) -> bool:
    """Whether a disagreement is one between the text and the table, or a chart."""
    return len({facts.report.observations[cell].source for way in ways for cell in way.cells}) > 1


def _doubtful(identities: Sequence[Constraint], causes: Sequence[tuple[Repair, ...]]) -> set[int]:
    """The cells of which nobody knows whether they are wrong: those of identities without a repair, or with several."""
    explained = {c.key for found in causes for c in found[0].satisfies}
    doubtful = {cell for c in identities if not c.holds and c.key not in explained for cell in c.cells}
    for found in causes:
        if len(_leading(found)) > 1:
            doubtful.update(change.cell for repair in found for change in repair.changes)
    return doubtful


def _evident(
    ways: Sequence[Constraint], holding: Sequence[Constraint], figures: Mapping[int, Figure]
) -> tuple[Repair, ...]:
    """The repairs of a disagreement that break no identity, where they are slips of the hand: one a way to agree."""
    told: dict[tuple[Change, ...], Repair] = {}
    for way in ways:
        if all(figures[cell].value <= 9 for cell in way.cells):
            continue
        around = [c for c in holding if not c.cells.keys().isdisjoint(way.cells)]
        found = [repair for cause in repairs([*around, way], figures, 1) for repair in cause]
        if len(found) == 1 and found[0].slip not in ("other", "blank"):
            told.setdefault(found[0].changes, found[0])
    return tuple(sorted((r for r in told.values() if r.changes[0].value > 9), key=lambda repair: repair.order))


def _constraints(
    plans: Sequence[Plan], facts: Facts, found: Collection[str]
) -> Iterator[tuple[list[Constraint], bool]]:
    """What the rules say of the exact figures, and whether it must hold: all error rules, others that were `found`.

    Of several ways in which a rule may hold that comes first which holds, or comes nearest.
    """
    for plan in plans:
        for program in plan.programs():
            rule, instance = program.instance.rule, program.instance
            must_hold = (rule.severities.get(instance.case) or rule.severity) == "error"
            if instance.name not in found and (not must_hold or instance.conditions):
                continue
            if program.row and program.row <= facts.blank_keys:
                continue
            ways = _alternatives(program, facts)
            if not ways or (instance.conditions and len(ways[0].cells) < 2):
                continue
            if must_hold or ways[0].operator == "==":
                yield ways, must_hold


def _alternatives(program: Program, facts: Facts) -> list[Constraint]:
    """The alternatives of a program with exact figures: that which holds, or comes nearest, before the others."""
    found = [c for relation in program.instance.relations if (c := _linear(program.instance.name, relation, facts))]
    return sorted(found, key=lambda c: (not c.holds, abs(c.gap)))


def _linear(name: str, relation: Relation, facts: Facts) -> Constraint | None:
    if relation.operator not in ("==", "<=", ">=") or relation.left_divisor or relation.right_divisor:
        return None
    terms, gap = relation.linear()
    sign = -1 if relation.operator == ">=" else 1
    gap *= sign
    cells: dict[int, Number] = {}
    for coefficient, item in terms:
        figure = key(item.source, item.path)
        index, value = facts.where.get(figure), facts.values.get(figure)
        if index is None or value is None or value != value or figure in facts.withheld:
            return None
        cells[index] = cells.get(index, 0) + coefficient * sign
        gap += coefficient * sign * value
    if -relation.within <= gap <= relation.within:
        gap = 0
    return Constraint(name, cells, gap, "==" if relation.operator == "==" else "<=")


def _agreement(finding: Finding, facts: Facts) -> list[Constraint]:
    """The equation of a finding that no equation rule made, if it is one: its left figures make up its right ones."""
    balance = _balance(finding, facts) if finding.delta else None
    return [balance] if balance and balance.gap == finding.delta else []


def _balance(finding: Finding, facts: Facts) -> Constraint | None:
    """The figures of a finding, and by how much those of its left side exceed the others; None where that is not known."""
    sides = {term.side for term in finding.terms}
    if finding.verdict != "fail" or len(sides) < 2 or any(t.operand is None or t.value is None for t in finding.terms):
        return None
    cells: dict[int, Number] = {}
    gap: Number = 0
    for term in finding.terms:
        observation = facts.report.observations[term.operand or 0]
        if not observation.exact or observation.value is None:
            return None
        weight = term.sign if term.side == "left" else -term.sign
        cells[term.operand or 0] = weight
        gap += weight * observation.value
    return Constraint(finding.instance, cells, gap)


class _Figures(dict[int, Figure]):
    """Figures by observation, made when they are asked for."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self.facts = facts

    def __missing__(self, index: int) -> Figure:
        facts = self.facts
        o = facts.report.observations[index]
        metric = facts.registry.metric(o.path)
        other = facts.observation("narrative" if o.source == "table" else "table", o.path)
        told = other.value if other is not None and other.exact and other.scope is None else None
        counted = facts.filled.get(o.path) if facts.where.get(o.path) == index else None
        value = counted.value if counted else o.value or 0
        figure = self[index] = Figure(value, not metric.decimal, metric.signed, o.state != "value", told)
        return figure


def _called(slip: Message, n: int) -> Message:
    """What a slip is called, in words that go with how many figures it changes."""
    return Message(phrases.filled(slip.zh, {"n": n}), phrases.filled(slip.en, {"n": n}))


def _suspected(finding: Finding, found: Sequence[Repair], slips: Mapping[str, Message], facts: Facts) -> Finding:
    # That one of two figures is wrong goes without saying.
    if not found or (len(found) == 2 and {c.cell for repair in found for c in repair.changes} == {*finding.operands}):
        return finding
    suspects = tuple(
        Suspect(
            change.cell,
            change.value,
            change.repair,
            repair.explains,
            _called(slips.get(repair.slip) or Message(repair.slip, repair.slip), len(repair.changes)),
            repair.slip,
            n,
        )
        for n, repair in enumerate(found, 1)
        for change in repair.changes
    )
    own = len(finding.operands) == 1 and finding.operands[0] in {suspect.operand for suspect in suspects}
    if own or (len(found) > 1 and rank(found[0].slip) == rank(found[1].slip)):
        return evolve(finding, suspects=suspects)
    # The figure that stands out is where to look.
    return evolve(finding, suspects=suspects, span=facts.report.observations[suspects[0].operand].span)


def _decided(findings: Sequence[Finding], constraints: Sequence[Constraint], facts: Facts) -> list[Finding]:
    """Undecided findings that no filling of the blanks satisfies fail; the others say what the blanks must hold."""
    if all(finding.verdict == "fail" for finding in findings):
        return list(findings)
    by_key = {c.key: c for c in constraints}
    wrong = {_key(f) for f in findings if f.verdict == "fail"}
    trusted = [c for c in constraints if c.key not in wrong]
    blank = _blank(facts)
    decided = []
    for finding in findings:
        constraint = by_key.get(_key(finding))
        if finding.verdict != "undecided" or constraint is None or blank.isdisjoint(constraint.cells):
            decided.append(finding)
            continue
        bounds = fillings(connected(constraint, trusted, blank), blank)
        if bounds is None:
            decided.append(evolve(finding, verdict="fail"))
            continue
        empty = sorted(blank.intersection(constraint.cells))
        told = [_filling(cell, *bounds[cell], facts) for cell in empty[:_BLANKS]]
        if len(empty) > _BLANKS:
            told.append(facts.remarks("more_blanks", n=len(empty) - _BLANKS))
        needed = facts.remarks.listed(told, "semicolon")
        decided.append(evolve(finding, assumptions=(*finding.assumptions[1:], needed)))
    return decided


def _blank(facts: Facts) -> set[int]:
    """The blank cells that count 0."""
    return {facts.where[name] for name in facts.blank_keys if name in facts.where}


def _filling(cell: int, low: Number, high: Number | None, facts: Facts) -> Statement:
    """What a blank cell would have to hold: from `low` to `high`, None for no limit."""
    label = facts.registry.metric(facts.report.observations[cell].path)
    if high is None:
        return facts.remarks("blank_at_least", label=label, least=low)
    return facts.remarks("blank_exactly" if low == high else "blank_between", label=label, least=low, most=high)


class _Open:
    """Findings without a repair that one correction may settle: what each of their common cells would have to be."""

    def __init__(self, operands: frozenset[int], needed: dict[int, Interval] | None) -> None:
        self.operands = operands
        self.needed = needed  # None: that cannot be said

    def take(self, operands: frozenset[int], needed: dict[int, Interval] | None) -> bool:
        """Take a finding in if one correction settles it, too; what cannot be calculated has to be about nothing else."""
        if needed is None or self.needed is None:
            if not (operands <= self.operands or self.operands <= operands):
                return False
            if needed is not None:
                self.needed = needed
        else:
            common = {cell: both for cell, one in needed.items() if (both := _both(one, self.needed.get(cell)))}
            if not common:
                return False
            self.needed = common
        return True


def _both(one: Interval, other: Interval | None) -> Interval | None:
    """What two bounds have in common."""
    if other is None or one.apart(other):
        return None
    lows, highs = (
        [n for n in ends if n is not None] for ends in zip((one.low, one.high), (other.low, other.high), strict=True)
    )
    return Interval(max(lows, default=None), min(highs, default=None))


def _needed(finding: Finding, operators: Mapping[str, str], facts: Facts) -> dict[int, Interval] | None:
    """What each figure of a finding would have to be for it to hold, if that alone is changed; None where nobody can say."""
    constraint = _balance(finding, facts)
    if constraint is None:
        return None
    operator = operators.get(finding.instance, "==")
    if not finding.delta and constraint.gap > 0 and finding.instance in operators:
        # Parts of which the text does not name all are more than their total: they may make up less.
        operator = "<="
    elif not finding.delta or constraint.gap != finding.delta:
        return None
    needed: dict[int, Interval] = {}
    for cell, weight in constraint.cells.items():
        figure = facts.report.observations[cell]
        value = (figure.value or 0) - constraint.gap * weight
        low: Number | None = value
        high: Number | None = value
        if operator != "==":
            # The greater side has to become smaller: what stands on it at most, what stands on the other at least.
            low, high = (None, value) if (constraint.gap > 0) == (weight > 0) else (value, None)
        if (high is None or high >= 0) or facts.registry.metric(figure.path).signed:
            needed[cell] = Interval(low, high)
    return needed


def _left_open(
    findings: Sequence[Finding], constraints: Sequence[Constraint], facts: Facts
) -> dict[int, frozenset[int]]:
    """Undecided findings, each with the cells that leave it open: those of all that share one, directly or not."""
    undecided = {n: set(f.operands) for n, f in enumerate(findings) if f.verdict == "undecided"}
    if not undecided:
        return {}
    blank = _blank(facts)
    closed = {facts.where[name] for name in facts.filled}
    for constraint in constraints:
        empty = blank.intersection(constraint.cells)
        # A sum that holds without its blanks leaves them nothing.
        if constraint.operator == "==" and constraint.gap == 0 and len({constraint.cells[cell] for cell in empty}) == 1:
            closed |= empty
    unread = {i for f in findings for i in f.operands if facts.report.observations[i].state == "text"}
    # Beside what cannot be read a blank stands for nothing, unless a sum wants it that can be read.
    wanted = unread.union(*(blank & own for own in undecided.values() if unread.isdisjoint(own))) - closed
    cells = {n: sorted(wanted & own) for n, own in undecided.items()}
    around: dict[int, list[int]] = {}
    for n, own in cells.items():
        for cell in own:
            around.setdefault(cell, []).append(n)
    joined: dict[int, frozenset[int]] = {}
    for n in cells:
        members, common, waiting = list[int](), set[int](), cells[n]
        while waiting:
            common.update(waiting)
            beside = [other for cell in waiting for other in around.pop(cell, ())]
            members += beside
            waiting = [cell for other in beside for cell in cells[other] if cell in around]
        joined.update(dict.fromkeys(members, frozenset(common)))
    return joined


def _numbered(
    findings: Sequence[Finding],
    by_finding: Mapping[int, tuple[Repair, ...]],
    left_open: Mapping[int, frozenset[int]],
    plans: Sequence[Plan],
    facts: Facts,
) -> list[Finding]:
    """Findings that one correction would settle in one group, in order of the first of each."""
    around: dict[int, list[_Open]] = {}
    repaired: dict[int, int] = {}
    for found in {id(found): found for found in by_finding.values()}.values():
        if len(_leading(found)) == len(found[0].changes) == 1:
            # What the corrected figure settles besides.
            ((cell, _, value),) = found[0].changes
            one = _Open(frozenset((cell,)), {cell: Interval(value, value)})
            around.setdefault(cell, []).append(one)
            repaired[id(one)] = id(found)
    operands_of = {n: finding.operands for n, finding in enumerate(findings) if n not in by_finding}
    cells = Counter(chain.from_iterable(operands_of.values()))
    cells.update(around.keys())
    alone = [n for n, operands in operands_of.items() if any(cells[cell] > 1 for cell in operands)]
    names = {findings[n].instance for n in alone}
    operators = {
        program.instance.name: program.instance.relations[0].operator
        for plan in (plans if alone else ())
        for program in plan.programs()
        if program.instance.name in names
    }
    groups: list[object] = [id(by_finding[n]) if n in by_finding else -n for n in range(len(findings))]
    # No printed figure settles what is open for want of one.
    wanting = {cells: _Open(cells, {}) for cells in left_open.values()}
    for cells_of, one in wanting.items():
        for cell in cells_of:
            around[cell] = [one]
    for n, cells_of in left_open.items():
        groups[n] = wanting[cells_of]
    for n in alone:
        if n in left_open:
            continue
        operands, needed = frozenset(operands_of[n]), _needed(findings[n], operators, facts)
        near = {id(one): one for cell in operands_of[n] for one in around.get(cell, ())[:_TRIED]}
        group = next((one for one in near.values() if one.take(operands, needed)), None)
        if group is None:
            group = _Open(operands, needed)
            for cell in operands:
                around.setdefault(cell, []).append(group)
        groups[n] = repaired.get(id(group), group)
    numbers: dict[object, int] = {}
    for n, finding in enumerate(findings):
        # Nobody has seen these values yet; copying each for one number would cost more than finding it.
        object.__setattr__(finding, "group", numbers.setdefault(groups[n], len(numbers) + 1))
    return list(findings)
