"""The patterns by which packs find the outline of a report: read and checked."""

from __future__ import annotations

import re
from typing import TypeVar

from gouji.amendments import alternatives, amendments
from gouji.outline import OutlineModel
from gouji.packs import Packs
from gouji.patterns import Finder, Pattern
from gouji.yamlfile import Scalar, invalid, read

_Kind = TypeVar("_Kind", Pattern, Finder)


def load_outline(packs: Packs) -> OutlineModel:
    """The outline model of the packs. Raises PackError for a wrong pattern."""
    name, data = next(
        (folder.name, content["outline"])
        for folder in packs.folders()
        if "outline" in (content := read(folder / "pack.yaml")) and "amends" not in content
    )
    added = [one.part("outline") for one in amendments(packs).get(name, ())]

    def pattern(value: Scalar, kind: type[_Kind] = Pattern) -> _Kind:  # type: ignore[assignment]
        try:
            return kind(str(value))
        except re.error as error:
            raise invalid(value, f"正则表达式有误：{error}", f"the regular expression is wrong: {error}") from error

    sources = {
        str(k): Scalar(alternatives(v, [one[k] for one in added if k in one]), v.where)
        for k, v in data.items()
        if isinstance(v, Scalar)
    }
    return OutlineModel(
        tuple(pattern(level) for level in data["levels"]),
        Pattern("|".join(data["levels"])),
        {k: pattern(v) for k, v in sources.items() if k != "figure"},
        pattern(sources["figure"], Finder),
        {str(k): pattern(v, Finder) for k, v in data["mentions"].items()},
    )
