"""What a sentence breaks down: figures, the lists that are their parts, and the totals that applicants are parts of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from typing import TypeAlias

from gouji.cues import Cue, NarrativeModel
from gouji.quantities import Quantity
from gouji.records import Number

Breakdown: TypeAlias = "tuple[Figure, list[Figure], bool]"
"""A total, its parts, and whether these are said to be all."""

_NEAR = 100
"""Figures of earlier paragraphs among which the total of a list of applicants is looked for."""


class Figure:
    """A quantity of the text on its way to an observation; offsets are canonical.

    `ever` is the metric of which it counts more than the year, with its cue; `year` is the one in force for it,
    `dated` where words say that it is that of the report; `wide` says that words count all of a place or a system.
    """

    __slots__ = (
        *("start", "end", "quantity", "path", "cue", "label", "scope", "implied", "han", "share_of"),
        *("words", "clause", "cumulative", "wide", "ever", "dated", "year", "changes"),
    )

    def __init__(
        self,
        start: int,
        end: int,
        quantity: Quantity,
        path: str | None = None,
        cue: Cue | None = None,
        label: tuple[int, int] = (0, 0),
        scope: str | None = None,
        implied: bool = False,
        han: bool = False,
    ) -> None:
        self.start = start
        self.end = end
        self.quantity = quantity
        self.path = path
        self.cue = cue
        self.label = label
        self.scope = scope
        self.implied = implied
        self.han = han
        self.share_of: Figure | None = None
        self.words = (start, end)
        self.clause = start
        self.cumulative = False
        self.wide = False
        self.ever: tuple[str, Cue] | None = None
        self.dated = False
        self.year = ""
        self.changes: bool | None = None


class Breakdowns:
    """The figures of a text that lists break down; `found` holds each with its parts, and whether these are all."""

    def __init__(self, text: str, model: NarrativeModel) -> None:
        self.text = text
        self.model = model
        self.found: list[Breakdown] = []

    def whole(self, found: list[Figure], last: Figure | None, parts: list[Figure]) -> Figure | None:
        """Which figure a list breaks down: the last one, unless it is too small; None where it may be two together.

        收到12件，上年结转1件，其中当面3件、网络7件: the list belongs to the first. 新收317件，上年结转3件，其中办结320件: to
        both, and so do 当面8件、网络312件, in any number of lists. A semicolon parts a list from what stands before it:
        复议230件；诉讼83件，其中驳回76件、撤诉8件 is a list of lawsuits that does not add up.
        """
        if last is None:
            return None
        own = [part for part in parts if self.comparable(last, part)]
        added = sum(part.quantity.low for part in own)
        if not own or last.quantity.high is None or added <= last.quantity.high:
            return last
        text = self.text
        others = [
            f
            for f in found
            if f is not last and self.comparable(f, own[0]) and text.find(";", f.end, max(f.end, last.start)) < 0
        ]
        if large := [f for f in others if f.quantity.value >= added]:
            return next((f for f in large if f.quantity.value == added), large[-1])
        for f in others:
            if _lists(own, f.quantity.value + last.quantity.value):
                self._give_up(own, f)
                return None
        named = [f for f in (*others, last) if f.path]
        if len(named) > 1 and all(_alike(f, last) and not str(f.path).endswith(".total") for f in named):
            # 网站731条、微信2750条。其中…: a list of more than any of these is one of something else.
            return None
        return min([last, *reversed(others)], key=lambda f: added - f.quantity.value)

    @staticmethod
    def _give_up(parts: list[Figure], total: Figure) -> None:
        """Unbind the parts that would be those of `total` alone, with which another figure is counted."""
        stem, last = (total.path or "").rpartition(".")[::2]
        for part in parts:
            if last == "total" and part.path and part.path.startswith(stem + "."):
                part.path = None

    def once(self, found: list[Figure], parts: list[Figure]) -> None:
        """Of a figure and its part with the same metric, one is more than it or less than it.

        行政复议35件，其中信息公开行政复议1件: the part; 新闻发布会6场，其中防汛新闻发布会2场: the whole.
        """
        named: dict[tuple[str | None, str | None], tuple[list[Figure], list[Figure]]] = {}
        for part in parts:
            if part.path:
                named.setdefault((part.path, part.scope), ([], []))[1].append(part)
        for whole in found if named else ():
            if (whole.path, whole.scope) in named:
                named[whole.path, whole.scope][0].append(whole)
        same = [(wholes, own) for wholes, own in named.values() if wholes]
        narrowed = any(
            any(map(self._on_subject, own)) and not all(map(self._on_subject, wholes)) for wholes, own in same
        )
        for wholes, own in same:
            given_up = [whole for whole in wholes if narrowed or whole.cumulative]
            for figure in given_up if len(given_up) == len(wholes) else [*given_up, *own]:
                figure.path = None

    def record(self, total: Figure | None, parts: list[Figure], exhaustive: bool) -> None:
        """Note that a list breaks down `total`, where there is one; `exhaustive`: it is said to be complete."""
        if total is None:
            return
        same: list[Figure] = []
        before, added = total.end, Decimal(0)
        for part in parts:
            # A row of names and figures without any mark between them is no list, but what is left of a table.
            if part is not parts[0] and not self.model.patterns["between"].search(self.text, before, part.start):
                exhaustive = False
                break
            before = part.end
            # The head of a list is a part, whatever it is elsewhere.
            if part.cue is not None and part.cue.opens and part is not parts[0]:
                break
            # 历年累计418条 is no part of what the year has; nor is a number of nothing: 粉丝数量达21万.
            begun = max(part.clause, total.end)
            if not total.ever and self.model.finders["ever"].search(self.text, begun, part.start):
                break
            if total.quantity.unit and not part.quantity.unit and not part.path:
                continue
            aside = self.model.finders["aside"].search(self.text, begun, part.start)
            # What is carried from year to year is a part only of what may be counted with it.
            if aside and not (aside["carried"] and part.path and total.cue and total.cue.becomes):
                continue
            if self.comparable(total, part):
                if len(same) > 1 and self._ended(total, added, same[-1], part):
                    break
                same.append(part)
                added += part.quantity.value
        same = self._without_lists(same)
        if not same or self._taken_away(total, same) or not (self._named(total, same) or self._alike(total, same)):
            return
        if total.cue is not None and total.cue.becomes is not None:
            needed, path = total.cue.becomes
            if needed <= {p.path for p in same}:
                total.path = path
        # 责令重答8件，确认违法2件: a list that is finer than the metric gives no figure of it.
        for alike in together(((part.path, part.scope), part) for part in same):
            for part in alike:
                part.path = None
        self.found.append((total, same, exhaustive))

    def comparable(self, total: Figure, part: Figure) -> bool:
        """Whether the units of two figures let one be a part of the other."""
        if part.quantity.unit == "%":
            return False
        units = {total.quantity.unit, part.quantity.unit} - {None}
        return len(units) <= 1 or units <= self.model.counting

    def _taken_away(self, total: Figure, parts: list[Figure]) -> bool:
        """Whether a list tells that some of what it counts is there no more: 20条（同时撤销2条）."""
        taken_away = self.model.patterns["taken_away"].search
        return taken_away(self.text, total.end, max(parts[-1].end, total.end)) is not None

    def _named(self, total: Figure, parts: list[Figure]) -> bool:
        """Whether it is known what any figure of a list counts."""
        return total.path is not None or any(part.path for part in parts)

    def _alike(self, total: Figure, parts: list[Figure]) -> bool:
        """Whether figures of which nobody knows what they count are exact, of one unit, and none a sum of others."""
        subtotal = self.model.patterns["subtotal"].search
        return all(
            f.quantity.low == f.quantity.high and f.quantity.unit == total.quantity.unit for f in (total, *parts)
        ) and not any(subtotal(self.text, max(part.start - 12, total.end), part.start) for part in parts)

    def _ended(self, total: Figure, added: Number, last: Figure, following: Figure) -> bool:
        """Whether a list is at its end: its parts are all there, or behind a semicolon something narrower is counted.

        12件，其中法人2件，个人10件，已答复7件: two lists. 9件，其中驳回5件、撤诉4件、撤销1件: one, and one too many.
        """
        between = self.text[last.end : following.start]
        if added == total.quantity.value:
            return ";" in between or not ("、" in between or _alike(last, following))
        return ";" in between and following.scope not in (None, total.scope)

    def _without_lists(self, parts: list[Figure]) -> list[Figure]:
        """A list without the lists of its parts: 直接起诉3件，维持2件；复议后起诉4件，维持4件 says neither how many were upheld."""
        text = self.text
        again = together(((part.path, text[slice(*part.label)]), part) for part in parts if part.path)
        kinds = {(same[0].path or "").rpartition(".")[0] for same in again}
        if not kinds:
            return parts
        outer = []
        for part in parts:
            if part.path and part.path.rpartition(".")[0] in kinds:
                part.path = None
            else:
                outer.append(part)
        return outer

    def _on_subject(self, figure: Figure) -> bool:
        """Whether the words for a figure say that it is about disclosure."""
        return self.model.patterns["subject"].search(self.text, *figure.label) is not None


def together(named: Iterable[tuple[Hashable, Figure]]) -> list[list[Figure]]:
    """The figures under each name that several of them have."""
    groups: dict[Hashable, list[Figure]] = {}
    for name, figure in named:
        groups.setdefault(name, []).append(figure)
    return [same for same in groups.values() if len(same) > 1]


def release(parts: Iterable[Figure]) -> None:
    """Unbind the parts of a figure of another time, except those that words place in the year."""
    for part in parts:
        if not part.dated:
            part.path = None


def _alike(one: Figure, other: Figure) -> bool:
    """Whether two figures count neighbours of one form."""
    if one.path is None or other.path is None:
        return False
    return one.path.rpartition(".")[0] == other.path.rpartition(".")[0]


def _lists(parts: Sequence[Figure], total: Number) -> bool:
    """Whether figures in a row add up to `total`, once or several times over."""
    added: Number = 0
    for part in parts:
        if added == total and part.quantity.value:
            added = 0
        added += part.quantity.value
    return added == total


def resolve_wholes(
    figures: Sequence[Figure], begun: int, model: NarrativeModel, lists: Iterable[Breakdown], *, tables: bool
) -> None:
    """Say of which total the applicants of a paragraph are the parts: the one that they add up to.

    Its figures are those from `begun` on. What one of `lists` breaks down are the parts of its total, unless another one
    fits. Where there are form tables (`tables`) an open reading is kept.
    """
    earlier, figures = figures, figures[begun:]
    open_ones = {id(f): f for f in figures if f.path and "<whole>" in f.path}
    if not open_ones:
        return
    totals = {path for paths in model.wholes.values() for path in paths}
    if not any(f.cue and (f.path in totals or f.cue.becomes) for f in figures):
        # 从申请人看: a paragraph of its own goes on with the total of one before.
        figures = [f for f in earlier[-_NEAR:] if not f.scope]
    known = {f.path: f.quantity.value for f in figures if f.path}
    # What was received is what was new, where nothing was carried in.
    for figure in reversed(figures):
        parts, path = (figure.cue and figure.cue.becomes) or (frozenset[str](), None)
        if figure.path and figure.path != path and not any(known.get(p) for p in parts):
            known.update((p, figure.quantity.value) for p in parts & totals - known.keys())

    def fitting(summed: Number) -> list[str]:
        return [
            whole
            for whole, paths in model.wholes.items()
            for parts in (paths, model.whole_parts.get(whole, paths))
            if all(p in known for p in parts) and sum(known[p] for p in parts) == summed
        ]

    for total, listed, _ in lists:
        named = next((whole for whole, paths in model.wholes.items() if paths == (total.path,)), None)
        if named and not {*fitting(sum(part.quantity.value for part in listed))} - {named}:
            for part in listed:
                if id(part) in open_ones:
                    _resolve(open_ones.pop(id(part)), named)
    found = fitting(sum(f.quantity.value for f in {f.path: f for f in open_ones.values()}.values()))
    # Against a table a rule accepts either reading; without one nothing could tell. Totals that both fit are equal.
    whole = found[0] if len(set(found)) == 1 else "new" if "new" in found or (tables and not found) else None
    for figure in open_ones.values():
        _resolve(figure, whole)


def _resolve(figure: Figure, whole: str | None) -> None:
    figure.path = figure.path.replace("<whole>", whole) if figure.path and whole else None
