"""What is to be told about a rule, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gouji import phrases
from gouji.errors import Message
from gouji.messages import Voice
from gouji.patterns import Finder, Pattern
from gouji.records import number_text
from gouji.registry import Registry
from gouji.rulemodel import Figures, Rule

_LISTED = 8
"""Names that are told one by one."""


def facts(rule: Rule, say: Voice, labels: Registry) -> dict[str, str]:
    """The facts by the name of their message (`rules.equation`); "" for what a rule does not have."""
    severities = dict.fromkeys(rule.severities.values())
    return {
        "severity": say("report.comma").join(say(f"severity.{severity}") for severity in severities),
        "asks": asks(rule, say, labels),
        "equation": rule.equation,
        "applies": _applies(rule, say),
        "message": phrases.shown(say.of(rule.message)),
        "basis": say.of(rule.basis),
        "exceptions": say("asks.semicolon").join(dict.fromkeys(map(say.of, rule.all_exceptions))),
    }


def asks(rule: Rule, say: Voice, labels: Registry) -> str:
    """What a rule asks, as sentences made of its data; "" where its equation says so."""
    key = f"asks.{rule.kind}"
    words = _Words(say, labels)
    values = {name: words.of(value) for name, value in rule.params.items()}
    values["sources"] = words.joined([say(f"asks.from_{source}") for source in rule.sources])
    special = [f"{key}_{value}" for value in rule.params.values() if isinstance(value, str) and f"{key}_{value}" in say]
    keys = special or [key, *(f"{key}_{name}" for name in rule.params if values[name])]
    return ("" if say.lang == "zh" else " ").join(say(one, **values) for one in keys if one in say)


def circumstances(figures: Figures, say: Voice, labels: Registry) -> Iterator[tuple[str, str]]:
    """What an example says of a report besides its figures: what it is, and how it is."""
    words = _Words(say, labels)
    for name, value in figures.items():
        if name.startswith("$"):
            yield words.named(name[1:]), words.of(value) or say("anomaly.blank")


def figure(value: Any, say: Voice) -> str:
    """A figure of an example as its author wrote it, of several one after the other."""
    return say("report.comma").join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class _Words:
    """Data of a rule in words."""

    def __init__(self, say: Voice, labels: Registry) -> None:
        self.say = say
        self.labels = labels

    def of(self, value: Any) -> str:
        """A value of a rule; "" for what says nothing to a reader: patterns, and what is not so."""
        if isinstance(value, Pattern | Finder) or not value:
            return ""
        if isinstance(value, Message):
            return self.say.of(value)
        if isinstance(value, str):
            return self.named(value)
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, tuple | list | frozenset):
            # Of lists in a list the items are told with strokes.
            told = ["/".join(map(self.of, one)) if isinstance(one, tuple) else self.of(one) for one in value]
            return self.joined(told)
        return "" if isinstance(value, bool) else number_text(value)

    def named(self, name: str) -> str:
        """A metric, a form or a word of the data, as readers call it."""
        for key in (f"form.{name}", f"severity.{name}", f"example.{name}"):
            if key in self.say:
                return self.say(key)
        below = [path for path in self.labels.metrics if path.startswith(name)] if name.endswith(".") else []
        return self.joined([self.named(path) for path in below]) if below else self.labels.label(name, self.say.lang)

    def joined(self, told: list[str]) -> str:
        """Several of them, the first ones where they are many; set further apart where they hold commas themselves."""
        told = [one for one in dict.fromkeys(told) if one]
        comma = self.say("report.comma")
        listed = (self.say("asks.semicolon") if any(comma in one for one in told) else comma).join(told[:_LISTED])
        return listed if len(told) <= _LISTED else self.say("asks.more", listed=listed, n=len(told))

    def _mapping(self, value: Mapping[str, Any]) -> str:
        if {"total", "parts", "maybe"} == set(value):
            parts = " + ".join(map(self.of, value["parts"]))
            if value["maybe"]:
                parts = self.say(
                    "asks.upto",
                    listed=parts,
                    maybe=self.joined([" + ".join(map(self.of, m)) for m in value["maybe"]]),
                )
            return self.say("asks.sum", total=self.of(value["total"]), parts=parts)
        known = (self.of(value.get(name)) for name in ("name", "title", "day"))
        if not _alike(value) and (called := next(filter(None, known), "")):
            return called
        told = []
        for name, one in value.items():
            # What has a title needs no name, and what is known by its name no list of all that belongs to it.
            titled = isinstance(one, Message) or (isinstance(one, Mapping) and not _alike(one))
            long = isinstance(one, tuple) and len(one) > _LISTED
            named = (self.of(one),) if titled else (self.named(name), "" if long else self.of(one))
            told.append(" ".join(filter(None, named)))
        return self.joined(told)


def _alike(value: Mapping[str, Any]) -> bool:
    """Whether a mapping is a table of values of one kind, and no record of several."""
    return len({type(one) for one in value.values()}) == 1 or all(isinstance(one, str) for one in value.values())


def _applies(rule: Rule, say: Voice) -> str:
    applies = rule.applies
    forms = [say(f"form.{name}") if f"form.{name}" in say else name for name in sorted(applies.layouts)]
    years = f"{applies.first or ''}-{applies.last or ''}" if applies.first or applies.last else ""
    return say("report.comma").join(filter(None, [*forms, *sorted(applies.eras), years]))
