"""Reports made of the examples in rule files, so that every rule can be tried on its own figures.

An example maps metric paths to figures; `text(path)`, `table(path)` and `chart(path)` choose the source, a
plain path takes that of the rule. A figure is a number, optionally followed by a unit and `@scope`, an
interval `4..9` or `4..`, `implied 0`, one of the words blank, na and text, or a list of figures. Keys behind
`$` tell what else there is: form, year, title, issuer, published, period, sections, mentions, partition, percentages, unread,
growth (words behind the last figure). In rules between reports `prev.` and `children.` stand before the metrics of
last year's report and of the reports below; a list gives each of these its figure, `missing` a report that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define, field

from gouji.document import Document
from gouji.expressions import SOURCES
from gouji.records import Mention, Number, Observation, Partition, Report, Section, Source, State, Unbound, Unparsed
from gouji.relations import own_path
from gouji.rulebook import Rulebook
from gouji.rulefile import FIGURE
from gouji.rulemodel import Rule
from gouji.spans import Span
from gouji.yamlfile import Scalar, invalid

_COUNT = re.compile(r"\d++(?![.%])")
_QUALIFIED = re.compile(r"(table|text|chart)\((.+)\)")


def example_report(rulebook: Rulebook, rule: Rule, figures: Mapping[str, Any], source: Source | None = None) -> Report:
    """The report that one example of `rule` describes; plain paths take `source`, else that of the rule.

    Raises PackError for a figure that cannot be read.
    """
    example = _Example(source or rule.sources[0])
    for key, value in figures.items():
        if not key.startswith("$") and own_path(_QUALIFIED.sub(r"\2", key)) == _QUALIFIED.sub(r"\2", key):
            qualified = _QUALIFIED.fullmatch(key)
            origin = SOURCES[qualified[1]] if qualified else example.source
            for one in value if isinstance(value, list) else [value]:
                example.figure(qualified[2] if qualified else str(key), origin, one)
    return example.report(rulebook, rule, {str(k)[1:]: v for k, v in figures.items() if k.startswith("$")})


def example_reports(rulebook: Rulebook, rule: Rule, figures: Mapping[str, Any], prefix: str) -> list[Report | None]:
    """The other reports of an example of a rule between reports: those whose figures stand behind `prefix`.

    None is a report that is missing. Raises PackError for a figure that cannot be read.
    """
    theirs = {path: value for path, value in figures.items() if prefix in path}
    count = max((len(v) if isinstance(v, list) else 1 for v in theirs.values()), default=0)
    reports: list[Report | None] = []
    for n in range(count):
        one = {p.replace(prefix, ""): v[n] if isinstance(v, list) else v for p, v in theirs.items()}
        gone = "missing" in one.values()
        reports.append(None if gone else example_report(rulebook, rule, one))
    return reports


@define
class _Example:
    source: Source
    text: str = ""
    observations: list[Observation] = field(factory=list)

    def span(self, words: str) -> Span:
        """Append a line to the text of the report and give its place."""
        start = len(self.text)
        self.text += words + "\n"
        return Span(start, start + max(1, len(words)))

    def figure(self, path: str, source: Source, value: Scalar) -> int:
        state: State = "value"
        low: Number | None = None
        high: Number | None = None
        unit = scope = None
        implied = False
        if value in ("blank", "na", "text"):
            state = str(value)  # type: ignore[assignment]
        else:
            match = FIGURE.fullmatch(value)
            if match is None:
                raise invalid(
                    value, f"示例中的数值“{value}”无法识别", f"cannot read the figure {value!r} of an example"
                )
            low = _number(match["low"])
            high = low if not match["range"] else _number(match["high"]) if match["high"] else None
            unit, scope, implied = match["unit"], match["scope"], bool(match["implied"])
        self.observations.append(
            Observation(
                path, source, state, low, low, high, unit, str(value) if state == "value" else "", "",
                self.span(f"{path}: {value}"), scope, implied, 1 if source == "table" else None,
            )
        )  # fmt: skip
        return len(self.observations) - 1

    def report(self, rulebook: Rulebook, rule: Rule, facts: Mapping[str, Any]) -> Report:
        layouts = rule.applies.layouts or {f for e in rulebook.eras if e.name in rule.applies.eras for f in e.forms}
        forms = (form for era in rulebook.eras for form in era.forms)
        # A form of the user's own belongs to no era.
        own = "narrative" if "narrative" in layouts else min(layouts, default="narrative")
        form = str(facts.get("form", next((f for f in forms if f in layouts), own)))
        era = next((e for e in rulebook.eras if form in e.forms), None)
        year = int(facts["year"]) if "year" in facts else era.first if era else None
        partitions = [self.partition(facts["partition"])] if "partition" in facts else []
        sections = [*self.sections(facts.get("sections", []))]
        mentions = [
            Mention(str(kind), str(words), str(value), self.span(f"{words} {value}"))
            for kind, found in facts.get("mentions", {}).items()
            for words, value in (found.items() if isinstance(found, dict) else [(w, "") for w in found])
        ]
        unbound = []
        for words, value in facts.get("percentages", {}).items():
            clause = self.span(str(words))
            at = clause.start + words.index(value)
            # The share of the figure named last.
            of = ("o", len(self.observations) - 1)
            unbound.append(Unbound(_number(value), "%", str(value), Span(at, at + len(value)), clause, of))
        if "growth" in facts:
            # Right behind the last figure, and its own figures bound to nothing.
            self.text = self.text.removesuffix("\n")
            said = self.span(facts["growth"])
            for match in _COUNT.finditer(self.text, said.start):
                unbound.append(Unbound(_number(match[0]), None, match[0], Span(*match.span()), said))
        period = facts["period"].split("/") if "period" in facts else None
        return Report(
            document=Document("example", "", self.text),
            form=form,
            layouts=tuple(dict.fromkeys([form, "narrative"])),
            script="Hans",
            report_year=year,
            title=str(facts["title"]) or None if "title" in facts else None,
            issuer=str(facts["issuer"]) if "issuer" in facts else None,
            published_date=str(facts["published"]) if "published" in facts else None,
            period=(period[0], period[1]) if period else None,
            sections=tuple(sections),
            mentions=tuple(mentions),
            observations=tuple(self.observations),
            unbound=tuple(unbound),
            unparsed=tuple([Unparsed(self.span(str(words)), str(words)) for words in facts.get("unread", ())]),
            partitions=tuple(partitions),
        )

    def partition(self, data: Any) -> Partition:
        (total,) = (self.figure(str(path), "narrative", value) for path, value in data["total"].items())
        parts = [self.figure(str(path), "narrative", value) for path, value in data["parts"].items()]
        span = Span(self.observations[total].span.start, len(self.text))
        return Partition(("o", total), tuple(("o", p) for p in parts), data["exhaustive"] == "yes", span)

    def sections(self, data: Any) -> list[Section]:
        found = data.items() if isinstance(data, dict) else [(title, "有关情况") for title in data]
        sections = []
        for heading, body in found:
            ordinal, comma, title = heading.partition("、")
            span = self.span(str(heading))
            self.span(str(body))
            sections.append(Section(ordinal + comma, title, 1, span, str(body)))
        return sections


def _number(text: str) -> Number:
    return Decimal(text) if "." in text else int(text)
