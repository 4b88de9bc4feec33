"""The rules as a manual: a list of all, or one with its equation, basis, exceptions and examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen
from rich.cells import cell_len
from rich.text import Text

from gouji.expressions import SOURCES
from gouji.relations import own_path
from gouji.reporters.anomalies import Entry, Ledger
from gouji.reporters.page import INDENT, STYLES, Page
from gouji.reporters.rulefacts import circumstances, facts, figure
from gouji.rulemodel import Figures, Rule


@frozen(eq=False, repr=False)
class RuleList:
    """One line a rule: id, severity, title."""

    page: Page
    rules: Sequence[Rule]

    def lines(self) -> Iterator[Text]:
        """The list and how many there are."""
        page = self.page
        ids = max((cell_len(rule.id) for rule in self.rules), default=0)
        words = max(cell_len(page.say(f"severity.{severity}")) for severity in ("error", "warning", "info"))
        for rule in self.rules:
            severity = page.say(f"severity.{rule.severity}")
            head = Text("  ")
            head.append(rule.id + " " * (ids + 2 - cell_len(rule.id)), STYLES["title"])
            head.append(severity + " " * (words + 2 - cell_len(severity)), STYLES[rule.severity])
            yield from page.paragraph(page.text(page.say.of(rule.title)), head, page.width)
        yield Text()
        yield from page.paragraph(page.text(page.say("rules.count", n=len(self.rules)), "faint"), 2)


@frozen(eq=False, repr=False)
class RulePage:
    """Everything about one rule."""

    page: Page
    rule: Rule

    def lines(self) -> Iterator[Text]:
        """The page from title to examples."""
        page, rule, say = self.page, self.rule, self.page.say
        yield from page.rule(f"{rule.id}  {say.of(rule.title)}")
        told_of = facts(rule, say, page.labels) | {"place": rule.where}
        room = max(cell_len(say(f"rules.{name}")) for name in told_of)
        for name, told in told_of.items():
            if told:
                head = Text.assemble("  ", (say(f"rules.{name}"), "dim"))
                head.pad_right(2 + room + 2 - head.cell_len)
                yield from page.paragraph(page.text(told), head)
        for name, examples in (("passes", rule.passes), ("fails", rule.fails)):
            for figures in examples:
                yield Text()
                yield page.text("  " + say(f"rules.{name}"), "good" if name == "passes" else "error")
                yield from self._example(figures)

    def _example(self, figures: Figures) -> Iterator[Text]:
        """Example figures as a ledger: value, label, path."""
        page = self.page
        for name, told in circumstances(figures, page.say, page.labels):
            head = Text.assemble(" " * INDENT, (name, "dim"), "  ")
            yield from page.paragraph(page.text(told), head)
        entries = []
        for path, value in figures.items():
            if path.startswith("$"):
                continue
            source, _, named = path.rstrip(")").rpartition("(")
            own = own_path(named)
            label = page.labels.label(own, page.say.lang)
            if own != named:
                label = page.say(f"rules.{named.partition('.')[0]}", label=label)
            if source:
                label = page.say("rules.said_by", source=page.say(f"asks.from_{SOURCES[source]}"), label=label)
            shown = page.say("anomaly.blank") if value is None else page.shown(figure(value, page.say))
            entries.append(Entry("", (shown,), page.shown(label), "" if label == path else path))
        yield from Ledger(page, tuple(entries), indent=INDENT - 2).lines(page.width)
