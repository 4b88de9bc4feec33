"""Why a row of a table was or was not taken."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from lark.exceptions import UnexpectedInput

from gouji.canonical import Canonical, Folds, Line
from gouji.document import Document
from gouji.errors import Message
from gouji.layouts import FOREIGN, FRAGMENT, LABEL, Head, Layout, RowBinding, RowLabel, plain, unnumbered
from gouji.messages import builtin
from gouji.nearness import distance
from gouji.parser import Token, Tree
from gouji.quantities import cell
from gouji.recognition import Recognised, trees
from gouji.records import Observation, Report
from gouji.registry import Registry
from gouji.wordings import example
from gouji.workbench.near import Near, nearest
from gouji.workbench.reach import shown


class Bound(NamedTuple):
    """A value and what bound it: the row, the column or the cue."""

    path: str
    raw: str
    state: str
    value: object
    unit: str | None
    by: Message


class LineTrace(NamedTuple):
    """What became of one canonical line, `cause` first.

    `tokens` are what was recognised in it (terminal, text), `near` the terminals that nearly matched, `expected` what
    could have stood there (rule, example), `tree` the rules around it, outermost first.
    """

    line: int
    text: str
    taken: bool
    cause: Message
    tokens: tuple[tuple[str, str], ...] = ()
    near: tuple[Near, ...] = ()
    expected: tuple[tuple[str, str], ...] = ()
    tree: tuple[str, ...] = ()
    bound: tuple[Bound, ...] = ()


class _Row(NamedTuple):
    """A row as the grammar reads it: the rules around it, its label if it has one, its cells."""

    rules: tuple[str, ...]
    label: Token | None
    cells: Token


def _say(key: str, **values: object) -> Message:
    return builtin().message(f"trace.{key}", **values)


def _figures(text: str) -> bool:
    return any(character.isdigit() for character in text)


class TableTracer:
    """Explains the rows of one table."""

    def __init__(
        self,
        document: Document,
        canonical: Canonical,
        report: Report | None,
        registry: Registry,
        table: Recognised,
        form: frozenset[str],
        folds: Folds,
    ) -> None:
        self.folds = folds
        self.repeated: int | None = None
        self.document = document
        self.canonical = canonical
        self.report = report
        self.registry = registry
        self.layout = table.layout
        self.lines = table.lines
        self.text = table.text
        self.form = form
        self.number = table.lines[0].table
        self.base = table.lines[0].start
        self.rows: dict[int, _Row] = {}
        self.refused: set[int] = set()
        if self.layout is not None:
            self._read(self.layout)

    def _read(self, layout: Layout) -> None:
        starts = [line.start - self.base for line in self.lines]
        for tree, at in trees(layout, self.text):
            if tree is None:
                self.refused.add(bisect_right(starts, at) - 1)
                continue
            pending: list[tuple[Any, tuple[str, ...]]] = [(tree, ())]
            while pending:
                node, above = pending.pop()
                rules = (*above, shown(node.data))
                tokens = [child for child in node.children if isinstance(child, Token)]
                if tokens and len(tokens) == len(node.children):
                    row = bisect_right(starts, at + tokens[-1].start) - 1
                    self.rows[row] = _Row(rules, tokens[-2] if len(tokens) > 1 else None, tokens[-1])
                pending += [(child, rules) for child in node.children if isinstance(child, Tree)]

    # --- what a row is -------------------------------------------------------------------------------------------

    def traces(self) -> Iterator[LineTrace]:
        """Every row of the table, in order; a row that is missing stands where it should be."""
        missing = self._missing()
        for index, line in enumerate(self.lines):
            yield from missing.get(index, ())
            yield self._trace(index, line)

    def _trace(self, index: int, line: Line) -> LineTrace:
        text = self.canonical.text[line.start : line.end]
        cells = text.split("|")[:-1]
        row = self.rows.get(index)
        found = self._observations(line)
        taken, cause = self._cause(index, cells, row, found)
        near: tuple[Near, ...] = ()
        expected: tuple[tuple[str, str], ...] = ()
        if not taken and self.layout is not None:
            near = tuple(self._near(cells))
            expected = self._expected(index)
        return LineTrace(
            self._number(line),
            text,
            taken,
            cause,
            tuple(self._tokens(text, row)),
            near,
            expected,
            row.rules if row else (),
            tuple(self._bound(o) for o in found),
        )

    def _number(self, line: Line) -> int:
        span = self.canonical.source(line.start, max(line.end, line.start + 1))
        return self.document.place(span).line or 0

    def _observations(self, line: Line) -> list[Observation]:
        if self.report is None:
            return []
        span = self.canonical.source(line.start, max(line.end, line.start + 1))
        return [
            o for o in self.report.observations if o.table == self.number and span.start <= o.span.start < span.end + 1
        ]

    def _bound(self, o: Observation) -> Bound:
        by = builtin().message("trace.by_cell", row=o.label, column=o.column or "value")
        return Bound(o.path, o.raw, o.state, o.value, o.unit, by)

    def _tokens(self, text: str, row: _Row | None) -> Iterator[tuple[str, str]]:
        if row is None:
            return
        cells = row.cells.text.removesuffix("\n")
        before = text.removesuffix(cells)
        if row.label is not None:
            label = row.label.text.removesuffix("\n")
            passed = before.removesuffix(label)
            if passed:
                yield "", passed
            yield shown(row.label.type), label
        elif before:
            yield "", before
        if cells:
            yield shown(row.cells.type), cells

    # --- why ------------------------------------------------------------------------------------------------------

    def _cause(self, index: int, cells: list[str], row: _Row | None, found: list[Observation]) -> tuple[bool, Message]:
        if self.layout is None:
            return False, self._unrecognised()
        if found:
            return self._taken(cells, found)
        key = self._key(row)
        if key is not None and key in self.layout.rows and self.layout.rows[key].heading:
            return True, _say("heading", label=self._label(cells))
        if not any(c.isdigit() for text in cells for c in text) and index not in self.refused:
            return self._head(cells)
        if index in self.refused and (key := self._alone(index)) is not None:
            return False, _say("out_of_place", label=self._label(cells))
        if row is None and index not in self.refused:
            return True, _say("passed_over")
        if key is None:
            return False, self._unknown(index, cells)
        binding = self.layout.rows.get(key)
        if binding is None:
            return False, _say("no_row", name=key, pack=self.layout.pack)
        return False, self._unbound(cells, binding, row)

    def _unrecognised(self) -> Message:
        return _say("no_layout")

    def _taken(self, cells: list[str], found: list[Observation]) -> tuple[bool, Message]:
        for o in found:
            if o.state == "text":
                return False, self._no_number(cells, o)
        for o in found:
            known = self.registry.metric(o.path).unit
            if o.unit and known and o.unit != known and o.path in self.registry.metrics:
                return True, _say("other_unit", unit=o.unit, known=known, path=o.path)
        if all(o.path.startswith("ext.table.") for o in found):
            return True, _say("addition", label=found[0].label, path=found[0].path)
        span = found[0].span
        for mention in self.report.mentions if self.report else ():
            if mention.kind == "renamed" and self._same_line(mention.span.start, span.start):
                return True, _say("renamed", label=mention.text, known=mention.value)
        return True, _say("taken", label=found[0].label, n=len(found))

    def _same_line(self, one: int, other: int) -> bool:
        return self.document.lines.position(one)[0] == self.document.lines.position(other)[0]

    def _no_number(self, cells: list[str], o: Observation) -> Message:
        raw = o.raw
        place = next((i + 1 for i, text in enumerate(cells) if text and text in (raw, raw.strip())), len(cells))
        if not any(c.isdigit() for c in raw) and any(cell(text)[0] == "value" for text in cells):
            return _say("swapped", cell=raw, place=place)
        digits = next((raw[:n] for n in range(len(raw), 0, -1) if cell(raw[:n])[0] == "value"), "")
        if digits:
            return _say("after_number", cell=raw, place=place, number=digits, rest=raw[len(digits) :])
        return _say("no_number", cell=raw, place=place)

    def _head(self, cells: list[str]) -> tuple[bool, Message]:
        assert self.layout is not None
        words = [text for text in cells if cell(text)[0] == "text"]
        if len(words) < 2:
            return True, _say("caption" if words else "empty")
        for text in words:
            if (parts := self._merged(text)) is not None:
                return False, _say("merged_head", cell=text, one=parts[0], other=parts[1])
        foreign = [text for text in words if self.layout.head(text) is FOREIGN]
        if foreign:
            return False, _say("foreign_head", cell=foreign[0])
        names = [head.name for text in words if (head := self.layout.head(text)) is not FRAGMENT]
        return True, _say("head", columns=" ".join(names) or "…")

    def _merged(self, text: str) -> tuple[str, str] | None:
        """The two heads of columns that one cell holds."""
        assert self.layout is not None
        if any(o.table == self.number for o in (self.report.observations if self.report else ())):
            return None
        for place in range(1, min(len(text), 40)):
            parts = text[:place], text[place:]
            names = {self.layout.head(part).name for part in parts}
            if len(names) == 2 and not names & {FOREIGN.name, FRAGMENT.name}:
                return parts
        return None

    def _key(self, row: _Row | None) -> str | None:
        """The key of a row in pack.yaml; None where its label is not known."""
        if row is None or self.layout is None:
            return None
        rule = row.rules[-1]
        if row.label is None:
            return rule if rule in self.layout.rows else None
        terminal = shown(row.label.type)
        return f"{rule}.{terminal}" if f"{rule}.{terminal}" in self.layout.rows else terminal

    def _alone(self, index: int) -> str | None:
        """The terminal of the label of a row that the grammar refuses where it stands."""
        assert self.layout is not None
        line = self.lines[index]
        text = unnumbered(self.canonical.text[line.start : line.end].lstrip("|")) + "\n"
        for terminal in self.layout.grammar.lark.terminals:
            name = shown(terminal.name)
            bound = any(key.rpartition(".")[2] == name for key in self.layout.rows)
            if bound and re.match(terminal.pattern.to_regexp(), text):
                return name
        return None

    def _label(self, cells: Sequence[str]) -> str:
        words = [plain(text) for text in cells if text and cell(text)[0] == "text"]
        return max(words, key=len, default="")

    def _unknown(self, index: int, cells: list[str]) -> Message:
        assert self.layout is not None
        label = self._label(cells)
        if not label:
            return _say("no_label")
        if (
            sum(map(bool, cells)) == 1
            and (below := self._below(index))
            and (known := self._named(plain(label + below)))
        ):
            return _say("split", above=label, label=below, known=known)
        for near in self._near(cells):
            if near.wanted and self.folds.table[ord(near.wanted)] == ord(near.broke or "\0"):
                return _say("unfolded", name=near.terminal, wanted=near.wanted, broke=near.broke)
        if (above := self._above(index)) and (known := self._named(plain(above + label))):
            return _say("split", above=above, label=label, known=known)
        alike = self._resembling(label)
        if alike is not None:
            place = next(
                (i for i, (a, b) in enumerate(zip(label, alike, strict=False)) if a != b), min(len(label), len(alike))
            )
            got, wanted = label[place : place + 1], alike[place : place + 1]
            if not got and not wanted:
                return _say("out_of_place", label=label)
            if not got:
                return _say("cut_label", label=label, known=alike, wanted=alike[place:])
            if not wanted:
                return _say("long_label", label=label, known=alike, rest=label[place:])
            return _say("misspelt", label=label, known=alike, place=place + 1, found=got, wanted=wanted)
        return _say("unknown", label=label)

    def _below(self, index: int) -> str:
        """The label of the row below."""
        if index + 1 == len(self.lines):
            return ""
        line = self.lines[index + 1]
        return self._label(self.canonical.text[line.start : line.end].split("|")[:-1])

    def _above(self, index: int) -> str:
        """The only text of the row above, where it has no figures."""
        if not index:
            return ""
        line = self.lines[index - 1]
        cells = [text for text in self.canonical.text[line.start : line.end].split("|") if text]
        return cells[0] if len(cells) == 1 and not cells[0].isdecimal() else ""

    def _labels(self) -> Sequence[RowLabel]:
        assert self.layout is not None
        return self.layout.labels

    def _named(self, label: str) -> str | None:
        return next((known.texts[0] for known in self._labels() if label in known.texts), None)

    def _resembling(self, label: str) -> str | None:
        """The known label that is nearest to one that is not known, if it is near."""
        near = [
            (distance(label, text), text)
            for known in self._labels()
            for text in known.texts
            if abs(len(text) - len(label)) <= max(len(text), len(label)) // 2
        ]
        far, text = min(near, default=(99, ""))
        return text if far <= max(1, len(text) // 3) else None

    def _unbound(self, cells: list[str], binding: RowBinding, row: _Row | None) -> Message:
        label = self._label(cells)
        values = row.cells.text.removesuffix("\n").split("|")[:-1] if row else []
        before = self._elsewhere(binding)
        if before is not None:
            self.repeated = self.repeated or before
            return _say("repeated", label=label, line=before)
        if self.repeated is not None:
            return _say("after_repeated", label=label, line=self.repeated)
        if row is not None and shown(row.cells.type) == "DAMAGED":
            word = next((v for v in values if v and cell(v)[0] == "text" and any(c >= "\u4e00" for c in v)), "")
            if word:
                place = len(cells) - len(values) + values.index(word) + 1
                return _say("words", label=label, cell=word, place=place)
        heads = self._foreign()
        if heads:
            return _say("foreign_columns", label=label, cell=heads[0])
        if binding.headed and not self._heads():
            return _say("head_required", label=label)
        wanted = len(self._heads() or binding.columns)
        if len(values) != wanted:
            key = "few_cells" if len(values) < wanted else "many_cells"
            return _say(key, label=label, found=len(values), wanted=wanted, columns=" ".join(binding.columns))
        return _say("in_doubt", label=label)

    def _elsewhere(self, binding: RowBinding) -> int | None:
        """The line where the metrics of a row were read already, in this table."""
        if self.report is not None:
            for o in self.report.observations:
                if o.path and o.path in binding.paths and o.table == self.number:
                    return self.document.place(o.span).line
        return None

    def _head_cells(self) -> Iterator[str]:
        """The cells of the rows that head columns."""
        for index, line in enumerate(self.lines):
            cells = [text for text in self.canonical.text[line.start : line.end].split("|") if text]
            if len(cells) > 1 and index not in self._headings() and not any(map(_figures, cells)):
                yield from cells

    def _headings(self) -> set[int]:
        assert self.layout is not None
        rows = self.layout.rows
        return {i for i, row in self.rows.items() if (key := self._key(row)) and key in rows and rows[key].heading}

    def _heads(self) -> list[Head]:
        assert self.layout is not None
        heads = [self.layout.head(text) for text in self._head_cells()]
        return [h for h in heads if h not in (FOREIGN, FRAGMENT) and h.name != LABEL and not h.open]

    def _foreign(self) -> list[str]:
        assert self.layout is not None
        return [text for text in self._head_cells() if self.layout.head(text) is FOREIGN]

    # --- what nearly matched, what was expected, what is missing ----------------------------------------------------

    def _near(self, cells: list[str]) -> list[Near]:
        assert self.layout is not None
        sources = {shown(t.name): t.pattern.to_regexp() for t in self.layout.grammar.lark.terminals}
        names = [(n, s) for n, s in sources.items() if any(k.rpartition(".")[2] == n for k in self.layout.rows)]
        for i, text in enumerate(cells):
            if text and cell(text)[0] == "text":
                found = nearest(unnumbered("|".join(cells[i:]) + "|\n"), names)
                if found:
                    return found
        return []

    def _expected(self, index: int) -> tuple[tuple[str, str], ...]:
        """What could have stood where the grammar refused a row, by rule."""
        if index not in self.refused:
            return ()
        assert self.layout is not None
        lark = self.layout.grammar.lark
        before = self.text[: self.lines[index].start - self.base]
        parser = lark.parse_interactive("", self.layout.start)
        try:
            for token in lark.parse_interactive(before, self.layout.start).iter_parse():
                parser.feed_token(token)
        except UnexpectedInput:
            return ()
        accepted: set[str] = parser.accepts()  # type: ignore[no-untyped-call]
        texts = {t.name: example(t.pattern.to_regexp()) for t in lark.terminals}
        by_rule: dict[str, str] = {}
        for rule in lark.rules:
            for symbol in rule.expansion[:1]:
                if symbol.is_term and symbol.name in accepted:
                    name = shown(str(rule.origin.name)).lstrip("_")
                    by_rule.setdefault(name, texts.get(symbol.name, "").replace("\n", "⏎"))
        return tuple(sorted(by_rule.items()))

    def _missing(self) -> dict[int, list[LineTrace]]:
        """Rows of the form between two rows of the table that are not there, by the row in front of which they belong."""
        if self.layout is None:
            return {}
        places = {label.row: label for label in self._labels()}
        here = [(i, places[key]) for i, row in sorted(self.rows.items()) if (key := self._key(row)) in places]
        found: dict[int, list[LineTrace]] = {}
        for (_, one), (index, other) in pairwise(here):
            due = [
                label.texts[0] for label in self._labels() if one.place < label.place < other.place and self._due(label)
            ]
            if due:
                key = "missing" if len(due) == 1 else "missing_rows"
                cause = _say(key, known="、".join(due), n=len(due), above=one.texts[0], below=other.texts[0])
                found.setdefault(index, []).append(LineTrace(self._number(self.lines[index]), "", False, cause))
        return found

    def _due(self, label: RowLabel) -> bool:
        """Whether the form has a row, by the corpus of its pack, and nothing in the table stands for it."""
        assert self.layout is not None
        if f"{self.layout.pack} {label.row.rpartition('.')[2]}" not in self.form:
            return False
        paths = [p for p in self.layout.rows[label.row].paths if p]
        bound = {o.path for line in self.lines for o in self._observations(line)}
        derived = all(p in self.registry.metrics and self.registry.metric(p).derived for p in paths)
        return bool(paths) and not derived and not bound.intersection(paths)
