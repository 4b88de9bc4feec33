"""What a kind of check is: the keys that its rules have, and the function that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from gouji.facts import Facts
from gouji.rulemodel import Rule
from gouji.schema import Reader
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.rulebook import Rulebook

Run: TypeAlias = "Callable[[Rule, Rulebook, Facts], None]"
Needs: TypeAlias = "Callable[[Rule], Sequence[str] | None]"


class Kind(Struct):
    """One kind of check.

    `params` are its keys and how to read them, `required` those that it cannot do without, `placeholders`
    what its messages may name. `equation` kinds are written as equations; `run` is None where the engine
    itself does the work, and for kinds `between` reports, which no single report is checked by. Where a report has
    nothing of what a rule `needs` (`Facts.there`), nothing is run and the rule holds `idle` times. Where it has blank
    cells, `fill` notes what they count before any equation is looked at.
    """

    run: Run | None
    params: Mapping[str, Reader] = {}
    required: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    equation: bool = False
    between: bool = False
    needs: Needs | None = None
    idle: int = 0
    fill: Run | None = None
