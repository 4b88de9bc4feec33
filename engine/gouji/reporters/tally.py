"""How reports came out, in numbers: cases, which is what one correction settles, and the checks that were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from gouji.findings import SEVERITIES, Finding, Fixed, Verdicts
from gouji.records import Report
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.crosschecks import CrossFinding
    from gouji.series import Crossing

One = TypeVar("One", "Finding", "CrossFinding")

UNDECIDED = "undecided"
KINDS = (*reversed(SEVERITIES), UNDECIDED)
"""What a case may be, the gravest first."""


def in_cases(findings: Iterable[One]) -> Iterator[Sequence[One]]:
    """Findings that one correction settles, those that people have accepted apart from the others; in order."""
    cases: dict[tuple[int, bool], list[One]] = {}
    for n, finding in enumerate(findings):
        cases.setdefault((finding.group or -n - 1, finding.accepted), []).append(finding)
    yield from cases.values()


def kind(finding: Finding | CrossFinding) -> str:
    """How grave a finding is; whatever it would be, where it is not decided."""
    return finding.severity if finding.verdict == "fail" else UNDECIDED


def gravest(case: Iterable[Finding | CrossFinding]) -> str:
    """What a case counts as."""
    return min(map(kind, case), key=KINDS.index)


class Tally(Struct):
    """How a report came out.

    `cases` counts the kinds of its cases, `accepted` those of them that people accepted. `failing` counts the checks
    that fail in the others, by the kind of their case. `failed` and `passed` are all its checks. Compared with an
    earlier check, `cases` are those with something that is new or has changed, `known` the others, `remaining` those of
    them that nobody has accepted.
    """

    source: str
    cases: Counter[str]
    accepted: Counter[str]
    failing: Counter[str]
    failed: int
    passed: int
    known: Counter[str]
    remaining: Counter[str]

    @classmethod
    def of(cls, report: Report) -> Tally:
        """The numbers of a checked report."""
        return cls._counted(report.source, report.findings, report.known, report.verdicts or Verdicts())

    @classmethod
    def between(cls, crossing: Crossing, name: str) -> Tally:
        """The numbers of what was compared between reports."""
        return cls._counted(name, crossing.findings, crossing.known, crossing.verdicts)

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        """All of them together."""
        total = cls("", Counter(), Counter(), Counter(), 0, 0, Counter(), Counter())
        for one in tallies:
            total = cls(
                "",
                total.cases + one.cases,
                total.accepted + one.accepted,
                total.failing + one.failing,
                total.failed + one.failed,
                total.passed + one.passed,
                total.known + one.known,
                total.remaining + one.remaining,
            )
        return total

    @classmethod
    def _counted(cls, source: str, findings: Sequence[One], known: Sequence[One], verdicts: Verdicts) -> Tally:
        cases, accepted, failing = Counter[str](), Counter[str](), Counter[str]()
        for case in in_cases(findings):
            cases[one := gravest(case)] += 1
            if case[0].accepted:
                accepted[one] += 1
            else:
                failing[one] += sum(finding.verdict == "fail" for finding in case)
        told = {finding.group for finding in findings if finding.group}
        before = list(in_cases(known))
        return cls(
            source,
            cases,
            accepted,
            failing,
            verdicts.failed,
            verdicts.passed,
            Counter(gravest(case) for case in before if case[0].group not in told),
            Counter(gravest(case) for case in before if not case[0].accepted),
        )


def fixed_cases(fixed: Iterable[Fixed]) -> Iterator[Sequence[Fixed]]:
    """Findings of an earlier check that are gone, those of one case together."""
    cases: dict[tuple[str, int], list[Fixed]] = {}
    for n, one in enumerate(fixed):
        cases.setdefault((one.source, one.group or -n - 1), []).append(one)
    yield from cases.values()
