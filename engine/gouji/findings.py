"""Findings: where the figures of a report do not agree, as frozen values."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from attrs import frozen

from gouji.errors import Message
from gouji.records import Number
from gouji.spans import Span
from gouji.values import Value

Severity: TypeAlias = Literal["error", "warning", "info"]
Verdict: TypeAlias = Literal["fail", "undecided"]

# The name of the JSON that a check is written as.
CHECK = "gouji/check/1"

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
VERDICTS = ("accepted", "disputed")  # of a decision


@frozen(eq=False, repr=False)
class Term(Value):
    """One contributing figure of an equation: which side it stands on, with which sign.

    `operand` is the index of an observation, `unbound` that of an unbound figure; both None for a constant.
    """

    side: Literal["left", "right"]
    sign: Literal[1, -1]
    value: Number | None
    operand: int | None = None
    unbound: int | None = None
    label: str = ""


@frozen(eq=False, repr=False)
class Suspect(Value):
    """A figure whose change would repair the finding."""

    operand: int
    value: Number
    repair: Number
    explains: tuple[str, ...]
    pattern: Message


class Decision(NamedTuple):
    """What people decided about a finding.

    `rule`, `instance`, `source` (the report) and `equation` tell what the finding was then; empty where the
    entry does not say so. `where` is the place of the entry, `file:line:column`.
    """

    fingerprint: str
    verdict: Literal["accepted", "disputed"]
    by: str
    when: str
    why: str
    rule: str = ""
    instance: str = ""
    source: str = ""
    equation: str = ""
    where: str = ""


class Since(NamedTuple):
    """What became of a finding since an earlier check; `equation` is what it was then."""

    state: Literal["new", "changed"]
    equation: str = ""


class Fixed(NamedTuple):
    """A finding of an earlier check that is there no more, in the words of that check."""

    source: str
    rule: str
    severity: Severity
    message: str
    equation: str
    fingerprint: str


@frozen(eq=False, repr=False)
class Finding(Value):
    """One disagreement.

    `instance` is the rule id with what it was applied to (R01.natural). `equation` is the rule with its
    numbers. `explanation` is the honest explanation that the rule's data give, `alternative` a second
    reading of the same words under which it would hold. `span` is where to look first. `decision` is what
    people decided about it or, where its figures have changed since, about what it was; `since` compares it
    with an earlier check.
    """

    rule: str
    instance: str
    severity: Severity
    verdict: Verdict
    message: Message
    equation: str = ""
    left: Number | None = None
    right: Number | None = None
    delta: Number | None = None
    span: Span | None = None
    terms: tuple[Term, ...] = ()
    assumptions: tuple[Message, ...] = ()
    explanation: Message | None = None
    alternative: Message | None = None
    suspects: tuple[Suspect, ...] = ()
    group: int = 0
    fingerprint: str = ""
    decision: Decision | None = None
    since: Since | None = None

    @property
    def accepted(self) -> bool:
        """Whether people decided that it may stay as it is."""
        return self.decision is not None and self.decision.verdict == "accepted" and not self.reopened

    @property
    def reopened(self) -> bool:
        """Whether a decision was about other figures than those of now."""
        return self.decision is not None and self.decision.fingerprint != self.fingerprint

    @property
    def operands(self) -> tuple[int, ...]:
        """Indices of the contributing observations, without repetition, in order."""
        return tuple(dict.fromkeys(t.operand for t in self.terms if t.operand is not None))


@frozen(eq=False, repr=False)
class Verdicts(Value):
    """How many rule instances came out how."""

    passed: int = 0
    failed: int = 0
    undecided: int = 0
