"""Figures of one metric: where a text has several, which of them are what the report states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gouji.breakdowns import Breakdowns, Figure, release, together
from gouji.contexts import Context


def set_apart(figures: Iterable[Figure], context: Context) -> None:
    """Scope the figures of a sentence by the sites that they speak of, where these differ.

    告知补正1件，补正申请3件: of parts under two names neither is all that the metric counts.
    """
    find, text = context.patterns["site"].search, context.text
    for same in together(((f.path, f.scope), f) for f in figures if f.path and not f.implied):
        sites = [find(text, context.clause_start(f.start), f.label[1]) for f in same]
        if all(sites) and len({site[0] for site in sites if site}) > 1:
            for figure, site in zip(same, sites, strict=True):
                figure.scope = site and site[0]
        elif _differ(same) and _worded(same, text) and not any(f.cue and f.cue.opens for f in same):
            _unbind(same)


def staff_of_all(figures: Iterable[Figure]) -> None:
    """Of what a body has and all of them have, in one paragraph, keep the latter: 办公室有专职人员2名，全系统有132名."""
    standing = (f for f in figures if f.path and f.cue and f.cue.standing)
    for same in together((_group(f.path or ""), f) for f in standing):
        if any(f.wide for f in same):
            _unbind(f for f in same if not f.wide and not f.scope)


def drop_cumulative(figures: Sequence[Figure], breakdowns: Breakdowns) -> None:
    """累计 may count the year or all years: the latter where the report has another figure for the year."""
    of_the_year = {f.path for f in figures if f.path and not f.cumulative and not f.scope and not f.implied}
    dropped = [figure for figure in figures if figure.cumulative and figure.path in of_the_year]
    _unbind(dropped)
    ids = set(map(id, dropped))
    for total, parts, _ in breakdowns.found:
        if id(total) in ids:
            release(parts)


def drop_levels(figures: Iterable[Figure], breakdowns: Breakdowns, context: Context) -> None:
    """Of totals of one metric those of single levels are none, but for those that have a list.

    区直机关主动公开信息30条，各乡镇主动公开信息70条: neither is the whole.
    """
    wholes = {id(total) for total, _, _ in breakdowns.found}
    totals = (f for f in figures if f.path and f.cue and f.cue.opens and not f.implied)
    for same in together((f.path, f) for f in totals):
        levels = ["" if id(figure) in wholes else context.level(figure.label[0]) for figure in same]
        if _differ(same) and len(set(levels)) > 1:
            for figure, level in zip(same, levels, strict=True):
                # Words for a scope hold on: 市直部门30条，县区70条.
                if level and not (figure.scope and figure.scope in level) and not context.is_own(level):
                    figure.path = None


def _differ(same: Iterable[Figure]) -> bool:
    return len({figure.quantity.low for figure in same}) > 1


def _worded(same: Iterable[Figure], text: str) -> bool:
    """Whether figures stand behind different words."""
    return len({text[slice(*figure.label)] for figure in same}) > 1


def _group(path: str) -> str:
    """What metrics of one kind share: capacity.staff of capacity.staff.total."""
    group = path.rpartition(".")[0]
    return group if "." in group else path


def _unbind(figures: Iterable[Figure]) -> None:
    for figure in figures:
        figure.path = None
