"""Which metric a figure of the text gets: what a cue admits where it stands, and what is said without a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile

from gouji.breakdowns import Figure
from gouji.contexts import Context
from gouji.cues import Cue, NarrativeModel
from gouji.outline import Outline
from gouji.parser import Token
from gouji.quantities import Quantity
from gouji.records import Number

_YEAR = re.compile(r"20\d\d")


class Binder:
    """Binds the figures of a report whose tables and year are those of `era` (e1 to e4).

    It holds what is known at one place of the text; whoever goes through the text, from left to right, moves it there:
    `topic` is what the text speaks of, "field" where it counts nothing of the report, None where that is open.
    """

    def __init__(self, text: str, outline: Outline, model: NarrativeModel, era: str) -> None:
        self.text = text
        self.model = model
        self.era = era
        self.context = Context(text, outline, model)
        self.figures: list[Figure] = []
        self.topic: str | None = None
        self.headed: str | None = None  # the topic that the headings give
        self.latest: Figure | None = None  # that counts something and is no percentage
        self.stated: dict[str, Figure] = {}
        # Of the sentence: its first figure, the metrics that it states, the cues of a list in the words of the form.
        self.sentence_start = 0
        self.in_sentence: set[str] = set()
        self.listed: frozenset[str] = frozenset()

    def turn(self, cue: Cue | None, token: Token, start: int) -> None:
        """Speak of the topic of a cue from here on, if it has one."""
        if cue is not None and self.topic != "field":
            if cue.alone and cue.topics and self.topic is None and self._alone(cue, start, token.start):
                self.topic = min(cue.topics)
            elif cue.topic:
                self.topic = "other" if self._excepted(cue, token, start) else cue.topic

    def _excepted(self, cue: Cue, token: Token, start: int) -> bool:
        """Whether words before the cue say that it speaks of something else."""
        at = token.start
        return cue.unless is not None and cue.unless.search(self.text, max(start, at - 60), at) is not None

    def _alone(self, cue: Cue, start: int, at: int) -> bool:
        """Whether a cue may count although the topic is open: nothing in its clause names another subject."""
        return cue.alone and self.topic is None and self._own(start, at)

    def _own(self, start: int, at: int) -> bool:
        """Whether the clause of a cue names nothing but the body itself before the cue."""
        text, begun = self.text, max(start, self.context.clause_start(at))
        if self.model.patterns["own"].fullmatch(text, begun, at):
            return True
        body = self.model.patterns["scope_body"].search(text, begun, at)
        return (
            body is not None
            and self.context.is_own(body["body"])
            and self.model.patterns["own"].fullmatch(text, begun, body.start("body")) is not None
        )

    def advance(self, at: int) -> None:
        """Take note of the words for year and body up to `at`."""
        self.context.advance(at, begun=len(self.figures) > self.sentence_start)

    def assign(self, figure: Figure, token: Token, total: Figure | None, start: int) -> None:
        """Give a figure the metric of a cue, if the cue may count it and it is one of the year."""
        cue, text, at = self.model.cues[token.type], self.text, token.start
        finders = self.model.finders
        if not self._admits(cue, figure, token, total, start):
            return
        named = finders["account"].search(text, max(start, at - 40), at)
        if named and not cue.accounts and not self._names_itself(named[1]):
            # “依申请公开”收到申请12件: what came in by a column, be it all or not.
            return
        clause = max(start, self.context.clause_start(min(at, figure.start)))
        when = self.context.when
        qualified = finders["qualifying"].search(text, clause, figure.start)
        if not qualified:
            figure.changes = False
        of_this_year = (cue.standing and when.since) or (
            self.context.of_this_year(clause, figure.start) if qualified else self.context.in_year()
        )
        if self.changes(figure) or not (of_this_year or (when.said and (when.since or not when.year))):
            return
        figure.label = (at, token.end)
        metrics = cue.metrics(self.era, self.topic)
        if not metrics:
            figure.cue = cue if cue.becomes and of_this_year else None
            return
        cumulative = qualified and finders["cumulative"].search(text, clause, figure.start)
        figure.cumulative = when.until or bool(cumulative)
        figure.dated = of_this_year and when.said and not when.until
        ever = finders["ever"].search(text, clause, figure.start) if qualified and not cue.standing else None
        if not of_this_year or (ever and (when.until or ever["now"])):
            figure.ever = metrics[0], cue
            return
        figure.path, figure.cue = metrics[0], cue
        if figure.path in cue.under and (wider := self.stated.get(figure.path)):
            # 行政诉讼案件6件，涉及信息公开的1件: what a narrower cue counts, the wider figure does not.
            # 区网站502条、局网站210条: of two alike, neither is the one that is meant.
            wider.path = None
            if wider.cue is cue:
                figure.path = None
                return
        self.stated[figure.path] = figure
        self.in_sentence.add(figure.path)
        account = token.match["account"] if "account" in token.match.re.groupindex else None
        body = self._body(start, clause, min(at, figure.start))
        figure.scope = account or (named and cue.accounts and named[1]) or body or figure.scope

    def _admits(self, cue: Cue, figure: Figure, token: Token, total: Figure | None, start: int) -> bool:
        """Whether a cue may count a figure, by its unit, the topic, the list that it stands in and the words before."""
        at = token.start
        if self.topic == "field" or (figure.quantity.unit or "") not in cue.units:
            return False
        if cue.topics and self.topic not in cue.topics and not self._alone(cue, start, at):
            return False
        if self.headed in cue.off:
            return False
        if cue.alone and not cue.topics and not self._own(start, at):
            return False
        if total is not None and cue.outside and (total.path in cue.outside or self._of_a_kind(figure, total)):
            return False
        if cue.under and not (
            total.path in cue.under
            if total and total.path
            else not self.in_sentence.isdisjoint(cue.under) or self._listed(cue, total, start, at)
        ):
            return False
        year = _YEAR.search(token.text) if cue.year is not None else None
        report_year = self.context.report_year
        if year and (not report_year or int(year[0]) != int(report_year) + (cue.year or 0)):
            return False
        return not self._excepted(cue, token, start)

    def _body(self, start: int, clause: int, at: int) -> str | None:
        """The other body that a figure is of, named in its clause, before a colon (县公安局：收到申请12件) or above."""
        context, text = self.context, self.text
        begun = context.clause_start(clause - 1) if clause > start and text[clause - 1] == ":" else clause
        begun = max(start, begun)
        body = self.model.patterns["scope_body"].search(text, begun, at) if begun < at else None
        if body is not None and not context.is_own(body["body"]):
            context.body = body["body"]
        return context.body or context.heading_body

    def _names_itself(self, name: str) -> bool:
        """Whether a name in quotation marks is that of the body and not of one of its columns."""
        return not self.model.patterns["subject"].search(name) and self.context.is_own(name)

    @staticmethod
    def _of_a_kind(figure: Figure, total: Figure) -> bool:
        """Whether a part of what has no metric counts a kind of the same items: 信息120条,其中政策解读8条."""
        return total.path is None and total.quantity.unit == figure.quantity.unit

    def _listed(self, cue: Cue, total: Figure | None, start: int, at: int) -> bool:
        """Whether a cue belongs to a list in the words of the form, without a total or words for what it is a part of."""
        text, clause = self.text, max(start, self.context.clause_start(at))
        before = self.figures[-1] if len(self.figures) > self.sentence_start else None
        return (
            total is None
            and cue.name in self.listed
            and (before is None or (before.cue is not None and before.cue.name in self.listed))
            and self.model.patterns["lead"].fullmatch(text, clause, at) is not None
            # 财政信息:网站60条: what is said in front of the list is not in its clause.
            and (before is not None or clause == start or text[clause - 1] == "、")
        )

    def newly(self, figure: Figure, before: Figure, start: int) -> None:
        """Give a figure the metric of one before it, which counts more years, where its words say that it is the year's.

        截至2012年底共主动公开615条,今年新增94条: the year's figure is 94.
        """
        text = self.text
        clause = max(start, self.context.clause_start(figure.start))
        path, cue = before.ever or (before.path, before.cue)
        if path is None or cue is None or before.dated or before.quantity.unit != figure.quantity.unit:
            return
        said = self.model.patterns["newly"].fullmatch(text, clause, figure.start)
        if said is None or not self.context.of_this_year(clause, figure.start):
            return
        for topic, verb in said.groupdict().items():
            if verb and (verb not in text[slice(*before.label)] if topic == "alike" else topic != cue.topic):
                return
        figure.path, figure.cue, figure.dated = path, cue, True
        figure.label = clause, figure.start
        before.path, before.ever = None, (path, cue)

    def share(self, figure: Figure, token: Token, total: Figure | None, start: int) -> bool:
        """Whether a percentage is a share of a total; where it can be told, of which figure."""
        text, patterns = self.text, self.model.patterns
        at = token.start
        previous = self.latest
        if total is not None and text[at - 1] == "(":
            figure.share_of = total
            return True
        in_sentence = previous is not None and previous.start >= start
        after = previous.end if previous is not None else at
        if previous is not None and in_sentence and (closed := text.rfind(")", after, at)) >= 0:
            # 9件（属于行政执法案卷3件），占9.4%: the share is that of what the bracket breaks down.
            opened, after = text.rfind("(", start, previous.start), closed + 1
            before = (f for f in reversed(self.figures) if f.end <= opened and f.quantity.unit != "%" and not f.implied)
            previous = next(before, None)
        if previous is not None and in_sentence and patterns["share_of"].fullmatch(text, after, at):
            figure.share_of = previous
            return True
        return bool(patterns["share"].search(text, self.context.clause_start(at), at))

    def changes(self, figure: Figure) -> bool:
        """Whether a figure says by how much another one changed, or what it is compared with."""
        if figure.changes is None:
            clause = self.context.clause_start(figure.start)
            figure.changes = self.model.finders["change"].search(self.text, clause, figure.start) is not None
        return figure.changes

    def of_other_time(self, whole: Figure) -> bool:
        """Whether a figure is none of the year of the report."""
        if whole.path:
            return False
        report_year = self.context.report_year
        if whole.ever or (report_year and whole.year != report_year):
            return True
        return self.model.finders["other_time"].search(self.text, whole.clause, whole.start) is not None

    # ---- statements

    def imply(self, cue: Cue, token: Token) -> None:
        """Add the figures that the words of a cue say without a number: 均按期办结 as many as came in, 未收到 none."""
        if self.topic == "field" or (cue.topics and self.topic not in cue.topics):
            return
        start, end = token.start, token.end
        if self._excepted(cue, token, self.context.clause_start(start)):
            return
        self.advance(start)
        if not self.context.of_this_year(self.context.clause_start(start), start):
            return
        assert cue.value is not None
        if cue.under and (self.latest is None or self.latest.path not in cue.under):
            return
        for topic in self._topics(cue, start):
            value = 0
            if cue.value.startswith("="):
                stated = self.stated.get(cue.value[1:].replace("<topic>", topic or ""))
                if stated is None or not isinstance(stated.quantity.value, int):
                    continue
                value = stated.quantity.value
                if topic == self.topic and "<topic>" not in cue.value and self._counted_since(value):
                    # 收到12件，答复10件，均按期办结: all of the last.
                    continue
            for path in cue.metrics(self.era, topic):
                if path not in self.in_sentence:
                    amount = Quantity(value, value, value, None)
                    self.figures.append(Figure(start, end, amount, path, cue, (start, end), self.context.scope, True))

    def _counted_since(self, value: Number) -> bool:
        """Whether the last total of the sentence is another one than `value`."""
        last = self.latest
        opens = last is not None and last.start >= self.context.clauses[0] and last.cue is not None and last.cue.opens
        return opens and last is not None and last.quantity.value != value

    def _topics(self, cue: Cue, at: int) -> list[str | None]:
        """The topics that a statement speaks of: 均获维持 of both kinds of cases, where its sentence has counted both."""
        if "<topic>" not in (cue.value or ""):
            return [self.topic]
        totals = {t: (cue.value or "")[1:].replace("<topic>", t) for _, t in cue.paths if t}
        text = self.text
        spoken = [
            t
            for t, total in totals.items()
            # 复议案件3件,均已审结;诉讼案件5件,尚未审结: a semicolon parts what is said of the two.
            if t == self.topic or (total in self.in_sentence and ";" not in text[self.stated[total].end : at])
        ]
        # 行政复议5件,已办3件,尚未审结: where something else is counted behind the total, they are not all of them.
        return [t for t in spoken if all((f.path or "").endswith(".total") for f in self._since(totals[t]))]

    def _since(self, path: str) -> Iterator[Figure]:
        """The figures of the sentence from that of `path` on."""
        return dropwhile(lambda figure: figure.path != path, self.figures[self.sentence_start :])
