"""The patterns by which packs find the outline of a report: read and checked."""

from __future__ import annotations

from gouji.amendments import alternatives, amendments
from gouji.frame import FrameModel
from gouji.outline import OutlineModel
from gouji.packfile import read_pack
from gouji.packs import Packs
from gouji.patterns import Finder, Pattern
from gouji.schema import expression, pattern
from gouji.yamlfile import Scalar

_SOUGHT = {
    *("figure", "title_tail", "year", "published", "page_date", "written"),
    *("period", "written_by", "page_body", "preface_year"),
}
"""Patterns that are looked for in running text."""


def load_outline(packs: Packs) -> OutlineModel:
    """The outline model of the packs. Raises PackError for a wrong pattern."""
    name, data = next(
        (folder.name, content["outline"])
        for folder in packs.folders()
        if "outline" in (content := read_pack(folder)) and "amends" not in content
    )
    added = [one.part("outline") for one in amendments(packs).get(name, ())]

    sources = {
        str(k): Scalar(alternatives(v, [one[k] for one in added if k in one]), v.where)
        for k, v in data.items()
        if isinstance(v, Scalar)
    }
    levels = {f"level{n}": level for n, level in enumerate(data["levels"], 1)}
    heading = Pattern("|".join(f"(?P<{name}>{level})" for name, level in levels.items()))
    patterns = {k: pattern(v) for k, v in sources.items() if k not in _SOUGHT}
    sought = {k: expression(sources[k], Finder) for k in _SOUGHT}
    return OutlineModel(
        tuple(levels),
        heading,
        patterns,
        sought,
        {str(k): expression(v, Finder) for k, v in data["mentions"].items()},
        FrameModel(heading, patterns, sought),
    )
