"""Running text: sentences to trees to figures, each bound to a metric, left unbound, or no figure at all.

The grammar gives the structure of a sentence (quantities, cues, brackets, breakdowns). Binding follows four rules:
a cue binds a quantity only where nothing but particles stands between the two; a cue before its quantity wins over
one behind it; a cue takes only the units that its data list; and where the topic is open, nothing is bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from gouji import alike
from gouji.binding import Binder
from gouji.breakdowns import Breakdowns, Figure, release, resolve_wholes
from gouji.canonical import Canonical
from gouji.contexts import CLAUSE_END
from gouji.cues import COUNTS, NarrativeModel
from gouji.document import Document
from gouji.outline import Outline, Stretch
from gouji.parser import Token, Tree
from gouji.quantities import MONEY, Quantity, chinese_number, number, quantity
from gouji.records import Observation, Partition, Unbound, Unparsed

_SENTENCE = re.compile(r"(?:[^。!?\n]++|(?<=[:;,、])\n|\?(?=[A-Za-z0-9]))++[。!?]?")
"""A line that ends in the middle of a list goes on in the next one, where the outline puts both in one stretch."""
_LONGEST = 7
"""Digits of a count that may be bound; longer ones without separators are two figures that ran together."""
_CLAUSE = 200
"""Characters behind a figure up to which its clause is shown."""
_NESTING = 50
"""Brackets and breakdowns of one sentence that are followed; real sentences have a handful."""
_LABELS = 16
"""Kinds of words that count in one sentence; more of them may be a table whose cells run together."""
_FLATTENED = 8
"""Labels with their units or figures behind one another in a sentence that is such a table."""
_AMONG_FIGURES = re.compile(r" \d")


def _han(match: re.Match[str]) -> Quantity | None:
    """The quantity of a Chinese numeral, as HAN_QUANTITY matches it."""
    value = chinese_number(match["han"])
    if value is None:
        return None
    if not match["han_more"]:
        return Quantity(value, value, value, match["han_unit"])
    return Quantity(value, value, value + 10 ** (len(str(value)) - len(str(value).rstrip("0"))), match["han_unit"])


def _note(item: Any) -> Token | None:
    """The opening bracket of a group that holds no quantity."""
    if isinstance(item, Tree) and item.data == "group":
        tokens = list(item.tokens())
        if not any(t.type in COUNTS for t in tokens):
            opening: Token = tokens[0]
            return opening
    return None


def _is_section(stretches: Sequence[Stretch], index: int) -> bool:
    """Whether a stretch is all the text below its headings."""
    own = stretches[index].headings
    around = (*stretches[max(index - 1, 0) : index], *stretches[index + 1 : index + 2])
    return bool(own) and all(other.headings[: len(own)] != own for other in around)


class NarrativeReading:
    """What the running text gave."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.unbound: list[Unbound] = []
        self.unparsed: list[Unparsed] = []
        self.partitions: list[Partition] = []


def read_narrative(
    document: Document,
    canonical: Canonical,
    outline: Outline,
    model: NarrativeModel,
    era: str,
    *,
    behind: int,
) -> NarrativeReading:
    """The figures of the running text of a report whose tables and year are those of `era` (e1 to e4).

    `behind` counts the observations of the form tables, which stand before them in the report; where there are any, an
    open reading can be checked against them.
    """
    reader = _Reader(document, canonical, outline, model, era, bool(behind))
    for index, stretch in enumerate(outline.stretches):
        reader.paragraph(stretch)
        nothing = model.patterns["nothing"].fullmatch(canonical.text, stretch.start, stretch.end)
        if nothing and _is_section(outline.stretches, index):
            reader.nothing_below(stretch.headings[-1], nothing)
    alike.drop_cumulative(reader.figures, reader.breakdowns)
    alike.drop_levels(reader.figures, reader.breakdowns, reader.context)
    return reader.reading(behind)


class _Reader(Binder):
    def __init__(
        self,
        document: Document,
        canonical: Canonical,
        outline: Outline,
        model: NarrativeModel,
        era: str,
        tables: bool,
    ) -> None:
        super().__init__(canonical.text, outline, model, era)
        self.document = document
        self.canonical = canonical
        self.tables = tables
        self.broken: list[tuple[int, int]] = []
        self.breakdowns = Breakdowns(canonical.text, model)
        self.topics: dict[str, str | None] = {}  # by heading
        self.paragraph_start = 0
        # The figure of the sentence before that a list may go on with, and all that it counted.
        self.previous: Figure | None = None
        self.counted: list[Figure] = []

    def paragraph(self, stretch: Stretch) -> None:
        """Read the sentences of one stretch of text."""
        text = self.text
        relevant = self.model.finders["relevant"].search
        sentences = _SENTENCE.finditer(text, stretch.start, stretch.end)
        spans = [span for sentence in sentences if relevant(text, *(span := sentence.span()))]
        if not spans:
            return
        self.topic = self.headed = self._heading_topic(stretch.headings)
        self.context.paragraph(stretch.headings[-1] if stretch.headings else "")
        self.previous = None
        self.counted = []
        self.paragraph_start, lists = len(self.figures), len(self.breakdowns.found)
        for start, end in spans:
            self._sentence(start, end)
        if len(self.figures) - self.paragraph_start > 1:
            alike.staff_of_all(self.figures[self.paragraph_start :])
        resolve_wholes(
            self.figures, self.paragraph_start, self.model, self.breakdowns.found[lists:], tables=self.tables
        )

    def nothing_below(self, heading: str, said: re.Match[str]) -> None:
        """Read a section that says no more than that there was nothing: none of what its heading names."""
        if said["of"] not in (None, self.context.report_year):
            return
        for name, pattern in self.model.nothing_below.items():
            if pattern.fullmatch(heading):
                cue, none = self.model.cues[name], Quantity(0, 0, 0, None)
                for path in cue.metrics(self.era, None):
                    self.figures.append(Figure(*said.span(), none, path, cue, said.span(), implied=True))

    def _heading_topic(self, headings: tuple[str, ...]) -> str | None:
        """What the text below `headings` speaks of."""
        for heading in headings:
            if heading not in self.topics:
                self.topics[heading] = self._own_topic(heading)
        topics = [self.topics[heading] for heading in headings]
        if "field" in topics:
            return "field"
        return next((topic for topic in reversed(topics) if topic is not None), None) or None

    def _own_topic(self, heading: str) -> str | None:
        """What a heading itself names; "" where that is more than one topic, None where it is none."""
        patterns = self.model.patterns
        if patterns["plan_headings"].search(heading) or (
            patterns["field_headings"].search(heading) and not patterns["field_exceptions"].search(heading)
        ):
            return "field"
        topics = [topic for topic, pattern in self.model.heading_topics.items() if pattern.search(heading)]
        return None if not topics else topics[0] if len(topics) == 1 else ""

    def _sentence(self, start: int, end: int) -> None:
        tokens = list(self.model.scanner.scan(self.text, start, end))
        named = {token.type for token in tokens}
        if self.model.telling.isdisjoint(named):
            for token in tokens:
                self.turn(self.model.cues.get(token.type), token, start)
            return
        # Zeros of one cell after another, too, tell of a table.
        if (len(named) > _LABELS or self.text.find("00", start, end) >= 0) and self._is_flattened(start, end):
            self.broken.append((start, end))
            return
        together = [(t, cues) for t, cues in self.model.together.items() if len(named & cues) > 2]
        self.listed = frozenset().union(*[cues for _, cues in together])
        if self.topic is None and together:
            self.topic = together[0][0]
        first = self.sentence_start = len(self.figures)
        self.in_sentence.clear()
        self.context.sentence(start, end)
        lists = len(self.breakdowns.found)
        self._items(self._tree(tokens, named), None, start, end)
        figures = self.figures[first:]
        counted = [f for f in figures if f.quantity.unit != "%" and not f.implied and not self.changes(f)]
        opening = [f for f in counted if f.cue and f.cue.opens]
        if len(figures) > 1:
            alike.set_apart(figures, self.context)
        if counted:
            self.previous = (opening or [total for total, _, _ in self.breakdowns.found[lists:]] or counted)[-1]
            self.counted = counted

    def _is_flattened(self, start: int, end: int) -> bool:
        """Whether a sentence is a table whose cells run together: it reads so time and again."""
        found = self.model.finders["flattened"].finditer(self.text, start, end)
        return next(islice(found, _FLATTENED - 1, None), None) is not None

    def _tree(self, tokens: list[Token], named: set[str]) -> list[Any]:
        """What a sentence consists of; `named` are the types of its tokens."""
        if named.isdisjoint(("OPEN", "CLOSE", "AMONG")):
            # Nothing to nest: the list of its items is the tree of most sentences.
            return tokens
        nesting = sum(t.type in ("OPEN", "AMONG") for t in tokens)
        tree = self._nested(tokens) if nesting <= _NESTING else None
        if tree is None:
            # Brackets that do not match, or a text that is no sentence: flat, its figures are still there.
            flat = ("OPEN", "CLOSE", "AMONG") if nesting > _NESTING else ("OPEN", "CLOSE")
            tokens = [t for t in tokens if t.type not in flat]
            tree = self._nested(tokens)
        return tokens if tree is None else tree.children

    def _nested(self, tokens: list[Token]) -> Tree | None:
        cues, grammar = self.model.cues, self.model.grammar
        # All cues are one terminal of the grammar.
        named = (("CUE" if token.type in cues else token.type, token) for token in tokens)
        return grammar.parser.tree(named, grammar.starts[0])

    # ---- binding

    def _items(self, items: list[Any], total: Figure | None, start: int, end: int) -> list[Figure]:
        """Bind the quantities among `items`; returns the figures that stand directly there, in order."""
        found: list[Figure] = []
        for index, item in enumerate(items):
            if isinstance(item, Tree):
                last = next((f for f in reversed(found) if f.quantity.unit != "%" and not self.changes(f)), None)
                if item.data == "breakdown":
                    # 其中 at the head of a sentence goes on with the total before it; 分别为 does not.
                    complete = self._complete(item.children[0])
                    carried = None if found or complete else total or self.previous
                    parts = self._items(item.children[1:], last or carried or total, start, end)
                    # A total may stand in the sentence before.
                    before = self.counted if carried is not None and carried is self.previous else found
                    if total is not None and total not in before:
                        before = [total, *before]
                    addends = [part for part in parts if not self.changes(part)]
                    whole = self.breakdowns.whole(before, last or carried, addends)
                    if whole is not None and self.of_other_time(whole):
                        release(addends)
                    self.breakdowns.record(whole, addends, complete)
                    if last is not None:
                        # 3件…收取180元。其中，A局2件，收取100元: what the last total cannot count, one before it may.
                        other = next((f for f in reversed(found) if not self.breakdowns.comparable(last, f)), None)
                        self.breakdowns.record(other, parts, False)
                    self.breakdowns.once(found or [f for f in before if f is carried], parts)
                    if complete:
                        self._pair(items[:index], parts, start)
                else:
                    self._group(item.children, last, start, end)
                continue
            token: Token = item
            if cue := self.model.cues.get(token.type):
                if cue.value is not None and not self._counted(items, index, token):
                    self.imply(cue, token)
                self.turn(cue, token, start)
            elif token.type in ("QUANTITY", "HAN_QUANTITY"):
                if total is not None and self.context.passing and self._all_there(total, found, token.start):
                    self.context.scope = None
                figure = self._figure(token, items, index, total, start, end)
                if figure is not None:
                    found.append(figure)
            elif token.type == "RANGE":
                self._range(token)
            elif token.type == "BROKEN":
                self.broken.append((token.start, token.end))
        return found

    def _all_there(self, total: Figure, parts: list[Figure], at: int) -> bool:
        """Whether parts make up their total and a semicolon ends them: what follows speaks of the whole again."""
        return (
            len(parts) > 1
            and sum(part.quantity.value for part in parts) == total.quantity.value
            and self.text.find(";", parts[-1].end, at) >= 0
        )

    def _counted(self, items: list[Any], index: int, cue: Token) -> bool:
        """Whether a quantity stands right before the cue: 7件均办结 says nothing of the whole."""
        previous = items[index - 1] if index else None
        if not isinstance(previous, Token) or previous.type not in COUNTS:
            return False
        after = self.model.patterns["after"]
        return bool(after.fullmatch(self.text, previous.end, cue.start))

    def _figure(
        self, token: Token, items: list[Any], index: int, total: Figure | None, start: int, end: int
    ) -> Figure | None:
        match, at, until = token.match, token.start, token.end
        han = token.type == "HAN_QUANTITY"
        if han:
            amount = _han(match)
            first, last = match.start("han"), max(match.end("han"), match.end("han_more"))
            span = words = first, last
        else:
            first, last = match.span("number")
            digits, unit, multiplier = match.group("number", "unit", "multiplier")
            span = words = first, last
            if first == at and last + len(unit or "") == until:
                # A number and its unit: most quantities are no more.
                amount = quantity(digits, (), "", unit or "")
            else:
                if multiplier == "万" and not unit and self.model.patterns["money"].match(self.text, until, end):
                    unit = "元"
                marks = [name for name, words in match.groupdict().items() if words]
                amount = quantity(digits, marks, multiplier or "", unit or "")
                span = first, max(match.end(g) for g in ("number", "early", "multiplier", "late"))
                # 不少于4次: the words of approximation belong to what is printed.
                words = at, max(span[1], match.end("upward"), match.end("around"))
        if amount is None or (amount.value == 1 and self._negated(at)):
            return None
        self.advance(span[0])
        figure = Figure(*span, amount, scope=self.context.scope, han=han)
        figure.wide = self.context.whole
        figure.words, figure.clause, figure.year = words, self.context.clause_start(span[0]), self.context.when.year
        if han or amount.unit == "%" or last - first <= _LONGEST or amount.unit in MONEY:
            self._bind(figure, token, items, index, total, start)
        if amount.unit == "%" and not figure.path and not self.share(figure, token, total, start):
            return None
        if not figure.path and (before := total or (self.figures[-1] if self.figures else None)):
            self.newly(figure, before, start)
        # One or two of something, in words, are no statistics.
        if han and not figure.path and int(amount.value) < 10:
            return None
        self.figures.append(figure)
        if amount.unit != "%":
            self.latest = figure
        return figure

    def _negated(self, at: int) -> bool:
        """Whether words before a number say that there was not one."""
        return self.model.patterns["negated"].search(self.text, max(at - 12, 0), at) is not None

    def _range(self, token: Token) -> None:
        """Both ends of a range, which bind to nothing."""
        for group in ("from", "to"):
            if (value := number(token.match[group])) is not None:
                amount = Quantity(value, value, value, token.match["range_unit"])
                figure = Figure(*token.match.span(group), amount, scope=self.context.scope)
                figure.clause = self.context.clause_start(figure.start)
                self.figures.append(figure)
                self.latest = figure

    def _bind(
        self, figure: Figure, token: Token, items: list[Any], index: int, total: Figure | None, start: int
    ) -> None:
        text, patterns, at = self.text, self.model.patterns, token.start
        if not figure.quantity.unit and (_AMONG_FIGURES.match(text, figure.end) or text[at - 2 : at - 1].isdecimal()):
            # 3 2 0 0 5: of a row of figures nothing says what the first is.
            return
        place, gap = index - 1, at
        before = self._cue_at(items, place)
        if before is None and index > 1 and (note := _note(items[place])):
            # 其他处理(含撤回)2件: a bracket without figures does not part a cue from its quantity.
            # 不予公开(属于过程性信息)2件: what it names is what is counted.
            inner = (
                [t for t in items[place].tokens() if t.type in self.model.cues]
                if patterns["narrows"].match(text, note.end)
                else []
            )
            place, gap = index - 2, note.start
            before = self._cue_at(items, place)
            if before is not None and len(inner) == 1 and self._narrows(inner[0], before):
                self.assign(figure, inner[0], total, start)
                return
        if before is not None and self._joined(items, place):
            self._turn_to_both(items, place)
            return
        if before is not None and patterns["before"].fullmatch(text, before.end, gap):
            self.assign(figure, before, total, start)
        if figure.path is not None or not figure.quantity.unit:
            return
        after = self._cue_at(items, index + 1)
        if after is not None and patterns["after"].fullmatch(text, token.end, after.start):
            if self.model.cues[after.type].opens and patterns["rest"].search(text, max(at - 4, start), at):
                return
            following = items[index + 2] if index + 2 < len(items) else None
            if (
                isinstance(following, Token)
                and following.type == "QUANTITY"
                and patterns["before"].fullmatch(text, after.end, following.start)
            ):
                return
            topic = self.topic
            self.turn(self.model.cues[after.type], after, start)
            self.assign(figure, after, total, start)
            if figure.path is None:
                self.topic = topic

    def _narrows(self, inner: Token, outer: Token) -> bool:
        """Whether what one cue counts is a part of what the other counts."""
        cues, era, topic = self.model.cues, self.era, self.topic
        whole, part = cues[outer.type].metrics(era, topic), cues[inner.type].metrics(era, topic)
        stem = whole[0].removesuffix(".total").removesuffix(".subtotal") if whole else ""
        return bool(part and stem) and part[0].startswith(stem + ".")

    def _joined(self, items: list[Any], index: int) -> bool:
        """Whether the cue `index` is joined to one before it: a figure of both is none of either."""
        other, at = self._cue_at(items, index - 1), items[index].start
        text, patterns = self.text, self.model.patterns
        if other is not None and patterns["joint"].fullmatch(text, other.end, at):
            # 撤销、确认违法6件: two names of one kind.
            return other.type != items[index].type or self._joined(items, index - 1)
        return patterns["listed"].search(text, max(at - 4, 0), at) is not None

    def _turn_to_both(self, items: list[Any], index: int) -> None:
        """Speak of no single topic where two cues of different topics are joined: of which the parts are is open."""
        cues = [self.model.cues[token.type] for token in (self._cue_at(items, index - 1), items[index]) if token]
        if self.topic != "field" and len({cue.topic for cue in cues if cue.topic}) > 1:
            self.topic = "both"

    def _cue_at(self, items: list[Any], index: int) -> Token | None:
        """The cue that is the item `index`; None where that is something else or says a value itself."""
        item = items[index] if 0 <= index < len(items) else None
        cue = self.model.cues.get(item.type) if isinstance(item, Token) else None
        return item if cue is not None and cue.value is None else None

    # ---- lists

    def _pair(self, before: list[Any], parts: list[Figure], start: int) -> None:
        """A、B、C分别为1件、2件、3件: as many names as figures pair by position."""
        cues: list[Token] = []
        for item in reversed(before):
            if not isinstance(item, Token) or item.type not in self.model.cues:
                break
            cues.insert(0, item)
        if len(cues) == len(parts) > 1 and not any(part.path for part in parts):
            for cue, part in zip(cues, parts, strict=True):
                self.assign(part, cue, None, start)

    def _complete(self, word: Token) -> bool:
        """Whether the word that opens a list claims that it is complete."""
        return bool(self.model.patterns["complete"].search(word.text))

    def _group(self, items: list[Any], last: Figure | None, start: int, end: int) -> None:
        opened = items[0]
        at = opened.start
        text, patterns = self.text, self.model.patterns
        self.advance(at)
        when = self.context.when
        # A bracket breaks down the figure that it follows at once.
        total = last if last is not None and at - last.end <= len(last.quantity.unit or "") + 1 else None
        parts = self._items(items[1:-1], total, start, end)
        # 52件（2014年为41件），其中: a year in brackets ends with them.
        self.advance(items[-1].start)
        self.context.when = when
        partial = bool(patterns["partial"].match(text[at + 1 : at + 4]))
        if len(parts) > 1 or partial:
            self.breakdowns.record(total, parts, not partial)

    # ---- result

    def reading(self, behind: int) -> NarrativeReading:
        """Observations and unbound figures in reading order, and the breakdowns that refer to them."""
        reading = NarrativeReading()
        places: dict[int, tuple[str, int]] = {}
        text, canonical = self.document.text, self.canonical.text
        source = self.canonical.origin.span
        for figure in sorted(self.figures, key=lambda f: f.start):
            span = source(figure.start, figure.end)
            words = span if figure.words == (figure.start, figure.end) else source(*figure.words)
            raw = text[words.start : words.end]
            amount = figure.quantity
            if figure.path is None:
                places[id(figure)] = ("u", len(reading.unbound))
                most = min(figure.end + _CLAUSE, len(canonical))
                stop = CLAUSE_END.search(canonical, figure.end, most)
                clause = source(figure.clause, stop.start() if stop else most)
                of = places.get(id(figure.share_of))
                reading.unbound.append(Unbound(amount.value, amount.unit, raw, span, clause, of))
                continue
            label = source(*figure.label)
            places[id(figure)] = ("o", behind + len(reading.observations))
            reading.observations.append(
                Observation(
                    figure.path,
                    "narrative",
                    "value",
                    amount.value,
                    amount.low,
                    amount.high,
                    amount.unit,
                    raw,
                    text[label.start : label.end],
                    span,
                    figure.scope,
                    figure.implied,
                )
            )
        for start, end in self.broken:
            reading.unparsed.append(Unparsed(source(start, end), canonical[start:end]))
        for total, parts, exhaustive in self.breakdowns.found:
            span = source(total.start, max(parts[-1].end, total.end))
            reading.partitions.append(
                Partition(places[id(total)], tuple(places[id(p)] for p in parts), exhaustive, span)
            )
        return reading
