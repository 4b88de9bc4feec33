"""Rules as written to rules ready to run: equations bound, sums compiled, totals and their parts noted."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterator, Sequence
from itertools import product
from pathlib import Path

from attrs import define

from gouji.expressions import place
from gouji.findings import Remarks
from gouji.messages import Messages, builtin
from gouji.records import Source
from gouji.registry import Registry
from gouji.relations import Item, Linear, Relation
from gouji.rulebook import Rulebook
from gouji.rulefile import read_rules
from gouji.rulemodel import Bound, Compare, Era, Fast, Instance, Kept, Program, Rule, Sum, differs, key
from gouji.yamlfile import invalid

_COMPARE: dict[str, Compare] = {
    "==": operator.eq,
    "!=": differs,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


def load_rulebook(
    paths: Sequence[Path],
    registry: Registry,
    remarks: Remarks | None = None,
    forms: Collection[str] | None = None,
) -> Rulebook:
    """The rules of the YAML files `paths`, compiled against `registry`; `remarks` are those of gouji if None.

    `forms` are the layouts that rules may apply to, None for any.

    Raises PackError with file, line and column for unknown keys, kinds, metrics and groups, for equations
    that cannot be read, and for an id that is used twice, naming both places.
    """
    rules, eras = read_rules(paths, registry, forms)
    return _Compiler(registry).rulebook(rules, eras, remarks or remarks_of(builtin()))


def remarks_of(messages: Messages) -> Remarks:
    """The remarks among the messages of the interface."""
    return Remarks(messages.below("remark"), messages.below("slip"))


@define(eq=False, repr=False)
class _Compiler:
    """Gives every instance of a rule a program."""

    registry: Registry

    def rulebook(self, rules: tuple[Rule, ...], eras: tuple[Era, ...], remarks: Remarks) -> Rulebook:
        programs = {rule.id: tuple(map(self.program, self.instances(rule))) for rule in rules if rule.equations}
        totals: dict[str, list[tuple[str, ...]]] = {}
        for rule in rules:
            for program in programs.get(rule.id, ()):
                if rule.kind == "printed":
                    parts, _, total = _printed_sum(program)
                    totals.setdefault(total[0][0], []).append(parts[0])
                elif rule.kind == "determined":
                    _plain_sums(program)
        return Rulebook(
            rules,
            self.registry,
            eras,
            {rule_id: Kept(found) for rule_id, found in programs.items()},
            {total: tuple(found) for total, found in totals.items()},
            remarks,
        )

    def instances(self, rule: Rule) -> Iterator[Instance]:
        bound: dict[tuple[Source, str], Bound] = {}
        kept = Kept(bound)
        for source in rule.sources:
            for case, equation in rule.equations.items():
                conditions = rule.conditions(case)
                used = [v for v in rule.repeats if any(f"${v}" in str(e) for e in (equation, *conditions))]
                for members in product(*(self.registry.groups[rule.repeats[v]] for v in used)):
                    name = ".".join(filter(None, (rule.id, case, *members)))
                    binding = dict(zip(used, members, strict=True))
                    bound[source, name] = Bound(
                        tuple(condition.bind(self.registry, source, binding)[0] for condition in conditions),
                        equation.bind(self.registry, source, binding),
                    )
                    yield Instance(name, case, source, binding, kept).of(rule, self.registry)

    def program(self, instance: Instance) -> Program:
        conditions = []
        for text, relation in zip(instance.rule.conditions(instance.case), instance.conditions, strict=True):
            fast = self.fast(relation)
            if fast is None or len(text.alternatives) > 1:
                raise invalid(
                    place(text.text, 0), "when 里不能用 or、系数和比率", "when allows no or, coefficients and ratios"
                )
            conditions.append(fast)
        relations = instance.relations
        return Program(
            instance,
            tuple(conditions),
            tuple(self.fast(r) for r in relations),
            tuple(self.needed(r) for r in relations),
            _triggers(instance.conditions, relations),
        )

    def needed(self, relation: Relation) -> frozenset[str] | None:
        """Keys without which the relation says nothing; None where that is all and no ratio."""
        kept = _kept(relation)
        if len(kept) == len(relation.items) and not (relation.left_divisor or relation.right_divisor):
            return None
        return frozenset(key(item.source, item.path) for item in kept)

    def fast(self, relation: Relation) -> Fast | None:
        """The relation as sums over keys; None where it has ratios."""
        if relation.left_divisor or relation.right_divisor:
            return None
        left, right = relation.left, relation.right
        return _sum(left, right), _COMPARE[relation.operator], _sum(right, left)


def _kept(relation: Relation) -> list[Item]:
    """The items without which a relation says nothing: all but the parts of sums of the text."""
    sides = [side.items for side in (relation.left, relation.right)]
    kept = [i for items in sides for i in items if i.source != "narrative" or len(items) == 1]
    return kept + [i for divisor in (relation.left_divisor, relation.right_divisor) if divisor for i in divisor.items]


def _triggers(conditions: Sequence[Relation], relations: Sequence[Relation]) -> tuple[str, ...]:
    """Keys of which a report has one at least, or none of the relations says anything; () for tables only."""
    if all(item.source == "table" for relation in (*conditions, *relations) for item in relation.items):
        return ()
    required = [item for condition in conditions for item in condition.items if item.source != "table"]
    found: set[str] = set()
    for relation in relations:
        kept = [*required, *_kept(relation)]
        # A figure of the text is rarer than a cell.
        first = [i for i in kept if i.source != "table"][:1] or kept[:1] or relation.items
        found.update(key(item.source, item.path) for item in first)
    return tuple(sorted(found))


def _sum(own: Linear, other: Linear) -> Sum:
    """One side: its own positive terms and the negative ones of the other side."""
    terms = [(i, i.coefficient) for i in own.items if i.coefficient > 0]
    terms += [(i, -i.coefficient) for i in other.items if i.coefficient < 0]
    weights = tuple(weight for _, weight in terms)
    keys = tuple(key(item.source, item.path) for item, _ in terms)
    return keys, None if all(w == 1 for w in weights) else weights, own.constant


def _printed_sum(program: Program) -> Fast:
    """The sum of a `printed` rule; PackError where it is not parts on the left and one total on the right."""
    fast = program.alternatives[0]
    if fast is None or len(program.alternatives) > 1 or len(fast[2][0]) != 1 or fast[1] is not operator.eq:
        at = program.instance.rule.equations[program.instance.case].text
        raise invalid(place(at, 0), "此处应为：分项之和 == 总计", "expected: sum of the parts == total")
    return fast


def _plain_sums(program: Program) -> None:
    """PackError for a `determined` rule whose equation is not one sum of figures that equals another."""
    fast = program.alternatives[0]
    if (
        fast is None
        or len(program.alternatives) > 1
        or fast[1] is not operator.eq
        or fast[0][1:] + fast[2][1:] != (None, 0) * 2
    ):
        at = program.instance.rule.equations[program.instance.case].text
        raise invalid(place(at, 0), "此处应为：若干项之和 == 若干项之和", "expected: sum of figures == sum of figures")
