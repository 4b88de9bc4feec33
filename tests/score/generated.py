"""The score of composed reports: how many planted errors are told, by era and by rule, and what is told of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from attrs import define, field

from gouji.corpus.sample import Composer, Sample
from gouji.findings import Finding
from gouji.pipeline import Engine
from gouji.records import Report

COUNT, SEED, SHARE = 2000, 7, 0.2
BETWEEN = ("carried", "items")
"""Errors that only two reports together show."""


@define
class Era:
    """The reports of one era: errors planted, told and left open; findings of reports without any."""

    reports: int = 0
    planted: int = 0
    told: int = 0
    open: int = 0
    invented: int = 0
    unbound: int = 0


@define
class Generated:
    """What came of all reports: by era, and by rule how many findings are of a planted error and how many of none."""

    eras: dict[str, Era] = field(factory=dict)
    right: Counter[str] = field(factory=Counter)
    false: Counter[str] = field(factory=Counter)


def run(engine: Engine) -> Generated:
    """Compose, check and compare with what was planted."""
    result = Generated()
    for sample in Composer(engine, SEED, SHARE).compose(COUNT):
        report = engine.check(sample.file, sample.content)
        era = engine.rulebook.era(report)
        _judge(result, result.eras.setdefault(era.name if era else "–", Era()), sample, report)
    return result


def _judge(result: Generated, era: Era, sample: Sample, report: Report) -> None:
    grave = [f for f in report.findings if f.severity != "info"]
    told = [f for f in grave if f.verdict == "fail"]
    era.reports += 1
    era.unbound += len(report.unbound)
    planted = [one.path for one in sample.planted if one.kind not in BETWEEN]
    if planted:
        era.planted += 1
        found = any(_names(f, planted) for f in told)
        era.told += found
        era.open += not found and any(_names(f, planted) for f in grave)
        result.right.update(f.rule for f in told)
    elif not sample.planted:
        era.invented += len(told)
        result.false.update(f.rule for f in told)


def _names(finding: Finding, paths: list[str]) -> bool:
    return any(term.path in paths for term in finding.terms)


def by_era(result: Generated) -> Iterator[tuple[str, ...]]:
    """A line for each era, and one for all."""
    for name, one in [*sorted(result.eras.items()), ("all", _summed(result))]:
        precision = one.told / (one.told + one.invented) if one.told + one.invented else 1
        recall = one.told / one.planted if one.planted else 1
        counts = (one.reports, one.planted, one.told, one.open, one.invented)
        yield (name, *map(str, counts), f"{precision:.1%}", f"{recall:.1%}", str(one.unbound))


def by_rule(result: Generated) -> Iterator[tuple[str, ...]]:
    """A line for each rule that said anything."""
    for rule in sorted(result.right.keys() | result.false.keys()):
        right, false = result.right[rule], result.false[rule]
        yield rule, str(right), str(false), f"{right / (right + false):.1%}"


def _summed(result: Generated) -> Era:
    eras = result.eras.values()
    return Era(*(sum(getattr(one, name) for one in eras) for name in Era.__annotations__))


ERA_HEADS = ("era", "reports", "planted", "told", "open", "invented", "precision", "recall", "unbound figures")
RULE_HEADS = ("rule", "of planted errors", "of none", "precision")
