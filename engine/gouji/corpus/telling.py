"""What is told of a data set, in the words of the reader: cards, tables and series, for the page and the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from gouji.corpus.summary import TRENDS, Summary
from gouji.findings import SEVERITIES
from gouji.messages import Voice
from gouji.registry import Registry
from gouji.rulebook import Rulebook

_SHOWN = 20  # rules in a chart
_LABEL = 44  # letters beside a bar


class Chart(NamedTuple):
    """Series by name, each a value a label; `kind` says how they are drawn, `colours` which severity each shows."""

    name: str
    title: str
    kind: Literal["stacked", "bars", "lines"]
    series: Mapping[str, Sequence[tuple[Any, float]]]
    axis: str = ""
    colours: tuple[str, ...] = ()


class Table(NamedTuple):
    """Rows below their heads; `numbers` are the columns that hold figures, `title` says what is counted in them."""

    head: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    numbers: frozenset[int]
    title: str = ""


class Section(NamedTuple):
    """A heading with what stands below it."""

    title: str
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing stands below it."""
        drawn = any(points for chart in self.charts for points in chart.series.values())
        return not (self.note or drawn or any(table.rows for table in self.tables))


class Told(NamedTuple):
    """Everything that is told: cards are (value, label, severity)."""

    subtitle: str
    cards: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]


def tell(found: Summary, say: Voice, rulebook: Rulebook, registry: Registry) -> Told:
    """Put the numbers into words."""

    def word(key: str, **values: object) -> str:
        return say(f"corpus_page.{key}", **values)

    def table(heads: str, rows: Sequence[tuple[Any, ...]], numbers: Sequence[int], title: str = "") -> Table:
        return Table(
            tuple(map(word, heads.split())), [tuple(map(_cell, row)) for row in rows], frozenset(numbers), title
        )

    reports, first, last, bodies, figures, unbound, unparsed = found.totals[0]
    of = max(reports, 1)
    severities = {severity: (n, files) for severity, n, files in found.severities}
    cases: dict[str, int] = dict(found.cases)
    unread = sum(n for _, n in found.errors)
    titles = {rule.id: say.of(rule.title) for rule in rulebook.rules}
    forms = {form: _form(say, form) for _, form, _ in found.eras}
    taken = figures / max(figures + unbound + unparsed, 1)
    cards = (
        (f"{reports:,}", word("card_reports", n=reports), ""),
        (f"{bodies:,}", word("card_bodies", n=bodies), ""),
        (f"{figures:,}", word("card_figures", n=figures), ""),
        (f"{taken:.1%}", word("taken"), ""),
        *((f"{(n := cases.get(s, 0)):,}", word(f"card_{s}", n=n), s) for s in SEVERITIES[::-1]),
        (f"{unread:,}", word("card_unread", n=unread), ""),
    )
    by_rule = found.rules[:_SHOWN]
    sections = [
        Section(
            word("read"),
            (
                Chart("years", word("by_year"), "stacked", _series(found.years, lambda form: forms.get(form, form))),
                Chart("provinces", word("by_place"), "bars", {word("reports"): found.provinces}),
            ),
            (table("era form reports", [(era, forms[form], n) for era, form, n in found.eras], (2,)),),
        ),
        Section(
            word("coverage"),
            (
                Chart(
                    "coverage", word("share_taken"), "bars",
                    {word("taken"): [(forms.get(form, form), 100 * a / max(a + b + c, 1)) for form, a, b, c in found.coverage]}, "%",
                ),
            ),
            (table("form figures unbound unparsed", [(forms.get(f, f), *n) for f, *n in found.coverage], (1, 2, 3)),),
            word("coverage_note"),
        ),
        Section(
            word("findings"),
            (
                Chart(
                    "rules", word("by_rule"), "stacked",
                    {say(f"severity.{s}"): [(_short(f"{rule} {titles.get(rule, '')}"), n) for rule, severity, n, _ in by_rule if severity == s] for s in SEVERITIES[::-1]},
                    colours=SEVERITIES[::-1],
                ),
                Chart(
                    "quality", word("quality"), "lines",
                    {word(f"with_{s}"): [(y, 100 * with_one[at] / n) for y, n, *with_one in found.quality] for at, s in enumerate(SEVERITIES[::-1])}, "%", SEVERITIES[::-1],
                ),
            ),
            (
                table(
                    "severity cases failed with_one share",
                    [(s, cases.get(s, 0), n, files, f"{files / of:.2%}") for s in SEVERITIES[::-1] for n, files in [severities.get(s, (0, 0))]], (1, 2, 3, 4),
                    word("by_severity"),
                ),
                *(
                    table("rule rule_title failed with_one share", [(r, titles.get(r, ""), n, files, f"{files / of:.2%}") for r, one, n, files in found.rules if one == s], (2, 3, 4), word(f"by_rule_{s}"))
                    for s in SEVERITIES[::-1]
                ),
                table("body errors warnings with_one", found.bodies, (1, 2, 3), word("by_body")),
            ),
        ),
        Section(
            word("trends"),
            tuple(
                Chart(f"trend-{n}", registry.label(path, say.lang), "lines", {word("median"): [(y, m) for y, p, m, _ in found.trends if p == path], word("mean"): [(y, m) for y, p, _, m in found.trends if p == path]})
                for n, path in enumerate(TRENDS)
                if any(p == path for _, p, _, _ in found.trends)
            ),
        ),
        Section(
            word("layouts"),
            (),
            (table("head tables reports example line", [(head, n, files, file, line) for _, n, files, file, line, head in found.layouts], (1, 2, 4)),) if found.layouts else (),
            word("layouts_note", n=found.layout_count[0][0]),
        ),
        Section(
            word("unread"),
            (),
            (
                table("code files", found.errors, (1,)),
                table("file code problem", [(file, code, zh if say.lang == "zh" else en) for file, code, zh, en in found.failed], ()),
            )
            if found.errors
            else (),
            "" if found.errors else word("all_read"),
        ),
    ]  # fmt: skip
    span = word("span", first=first, last=last) if first is not None else ""
    return Told(span, cards, tuple(section for section in sections if not section.empty))


def _series(rows: Sequence[tuple[Any, str, int]], named: Any = lambda name: name) -> dict[str, list[tuple[Any, float]]]:
    """(label, series, value) as series."""
    found: dict[str, list[tuple[Any, float]]] = {}
    for label, name, value in rows:
        found.setdefault(named(name), []).append((label, value))
    return found


def _short(text: str) -> str:
    """A label that leaves room for its bar; a Chinese character is as wide as two letters."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= _LABEL else set_cell_size(text, _LABEL - 1).rstrip() + "…"


def _form(say: Voice, form: str) -> str:
    key = f"form.{form}"
    return say(key) if key in say else form


def _cell(value: Any) -> Any:
    return f"{value:,}" if isinstance(value, int) else "" if value is None else value
