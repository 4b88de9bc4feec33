"""Findings: where the figures of a report do not agree, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Literal, Protocol, TypeAlias

from attrs import field

from gouji import phrases
from gouji.errors import Message
from gouji.records import Number, number_text
from gouji.spans import Span
from gouji.values import Struct, Value, record

Severity: TypeAlias = Literal["error", "warning", "info"]
Verdict: TypeAlias = Literal["fail", "undecided"]
Side: TypeAlias = Literal["left", "right"]

# The name of the JSON that a check is written as.
CHECK = "gouji/check/1"

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
VERDICTS = ("accepted", "disputed")  # of a decision


class Words(Protocol):
    """What can be said in both languages."""

    def text(self, lang: str) -> str:
        """It, in `lang` ("zh" or "en")."""


Filling: TypeAlias = "str | Number | Words | None"


class Statement(Struct):
    """A sentence whose placeholders are filled when it is read; one without a value stays as it is."""

    template: Message
    values: Mapping[str, Filling]

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        return self.text("zh")

    @property
    def en(self) -> str:
        """The sentence in English."""
        return self.text("en")

    def text(self, lang: str) -> str:
        """The sentence in `lang` ("zh" or "en")."""
        values = self.values
        return "".join(
            [
                piece.filled(_shown(values.get(piece.name, f"{{{piece.name}}}"), lang)) if piece.name else piece.words
                for piece in phrases.pieces(self.template.text(lang))
            ]
        )


class Listed(Struct):
    """Several things one after the other, with what stands `between` them."""

    items: Sequence[str | Words]
    between: Message

    @property
    def zh(self) -> str:
        """The list in Chinese."""
        return self.text("zh")

    @property
    def en(self) -> str:
        """The list in English."""
        return self.text("en")

    def text(self, lang: str) -> str:
        """The list in `lang`."""
        return self.between.text(lang).join([_shown(item, lang) for item in self.items])


Said: TypeAlias = "Message | Statement | Listed"

REMARKS: Mapping[str, tuple[str, ...]] = {
    "comma": (),
    "semicolon": (),
    "plus": (),
    "and_more": ("listed",),
    "sum_of_parts": (),
    "blank_counted": ("cells",),
    "blank_filled": ("label", "value"),
    "blank_exactly": ("label", "least"),
    "blank_at_least": ("label", "least"),
    "blank_between": ("label", "least", "most"),
    "more_blanks": ("n",),
    "may_read": ("raw", "needed"),
    "must_read": ("raw", "needed"),
    "figure_of": ("raw", "label"),
    "same_cases": ("one", "other", "sum"),
    "contained": ("one", "other", "sum"),
    "times": ("factor",),
    "part_of": ("factor",),
    "every_section": (),
}
"""What is said of figures besides the messages of rules, and what each remark names: `remark` in rules/messages.yaml."""


class Remarks(Struct):
    """The remarks (`REMARKS`) in words, and what each slip of the hand is called."""

    texts: Mapping[str, Message]
    slips: Mapping[str, Message]

    def __call__(self, name: str, **values: Filling) -> Statement:
        """A remark with its places filled."""
        return Statement(self.texts[name], values)

    def listed(self, items: Iterable[str | Words], between: str = "comma") -> Listed:
        """Several things with the remark `between` them."""
        return Listed(tuple(items), self.texts[between])

    def blank_counted(self, cells: int) -> Statement:
        """The assumption that blanks count nothing."""
        return self("blank_counted", cells=cells)


def _shown(value: Filling, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return number_text(value) if isinstance(value, int | Decimal) else value.text(lang)


@record
class Term(Value):
    """One contributing figure of an equation: which side it stands on, with which sign.

    `operand` is the index of an observation, `unbound` that of an unbound figure; both None for a constant.
    `path` is the metric of an observation.
    """

    side: Side
    sign: Literal[1, -1]
    value: Number | None
    operand: int | None = None
    unbound: int | None = None
    label: str = ""
    path: str = ""


@record
class Suspect(Value):
    """A figure whose change would repair the finding, alone or with the other suspects of its `rank`.

    `explains` are the instances of rules that the repair satisfies; `slip` names the slip that it undoes, `pattern`
    says it in words. Rank 1 is the most plausible repair.
    """

    operand: int
    value: Number
    repair: Number
    explains: tuple[str, ...]
    pattern: Message
    slip: str = "other"
    rank: int = 1


class Decision(Struct):
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


class Since(Struct):
    """What became of a finding since an earlier check; `equation` is what it was then."""

    state: Literal["new", "changed"]
    equation: str = ""


class Fixed(Struct):
    """A finding of an earlier check that is there no more, in the words of that check; `group` is that of its case."""

    source: str
    rule: str
    severity: Severity
    message: str
    equation: str
    fingerprint: str
    group: int = 0


@record
class Finding(Value):
    """One disagreement.

    `instance` is the rule id with what it was applied to (R01.natural). `explanation` is the honest explanation
    that the rule's data give, `alternative` a second reading of the same words under which it would hold.
    `span` is where to look first. `given` are the figures by which the rule applies, but which it does not compare.
    `identity` tells apart findings that no figure tells apart. Words and arithmetic are put together when somebody
    reads them: many findings are only counted. `decision` is what people decided about it or, where its figures have
    changed since, about what it was; `since` compares it with an earlier check.
    """

    rule: str
    instance: str
    severity: Severity
    verdict: Verdict
    message: Message | Statement
    _equation: str | Words = ""
    left: Number | None = None
    right: Number | None = None
    delta: Number | None = None
    span: Span | None = None
    terms: tuple[Term, ...] = ()
    assumptions: tuple[Said, ...] = ()
    explanation: Message | None = None
    alternative: Said | None = None
    suspects: tuple[Suspect, ...] = ()
    group: int = 0
    identity: tuple[str, ...] = field(default=(), repr=False)
    decision: Decision | None = None
    since: Since | None = None
    given: tuple[Term, ...] = ()

    @property
    def at(self) -> tuple[int, int]:
        """Where it stands among others: by place, before all of them without one."""
        return (self.span.start, self.span.end) if self.span else (-1, -1)

    @property
    def accepted(self) -> bool:
        """Whether people decided that it may stay as it is."""
        return self.decision is not None and self.decision.verdict == "accepted" and not self.reopened

    @property
    def reopened(self) -> bool:
        """Whether a decision was about other figures than those of now."""
        return self.decision is not None and self.decision.fingerprint != self.fingerprint

    @property
    def equation(self) -> str:
        """The rule with its numbers: `0 + 1 + 7 = 8 ≠ 9`."""
        return self._equation if isinstance(self._equation, str) else self._equation.text("zh")

    @property
    def operands(self) -> tuple[int, ...]:
        """Indices of the contributing observations, without repetition, in order."""
        return tuple(dict.fromkeys([t.operand for t in self.terms if t.operand is not None]))

    @property
    def fingerprint(self) -> str:
        """What identifies the finding: its instance, the metrics that contribute and their figures."""
        figures = (f"{t.side}:{t.path}={'' if t.value is None else number_text(t.value)}" for t in self.terms)
        return sha256("\n".join((self.instance, *self.identity, *figures)).encode()).hexdigest()[:16]


@record
class Verdicts(Value):
    """How many rule instances came out how."""

    passed: int = 0
    failed: int = 0
    undecided: int = 0
