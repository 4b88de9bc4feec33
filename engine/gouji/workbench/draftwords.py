"""The words by which an unknown table is understood: `grammars/common/drafting.yaml`."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from gouji import schema
from gouji.packs import builtin
from gouji.patterns import Pattern
from gouji.yamlfile import read


class DraftWords(NamedTuple):
    """Expressions over canonical text: what heads, totals and labels without a subject look like."""

    columns: dict[str, Pattern]
    numbers: Pattern
    share: Pattern
    total: Pattern
    generic: Pattern
    filler: Pattern

    def column(self, name: str) -> Pattern:
        """The expression for heads of a kind of column."""
        return self.columns[name]

    def bare(self, label: str) -> str:
        """A label without words that it may as well do without."""
        return re.sub(self.filler.source, "", label)

    def kind(self, head: str) -> str:
        """What the head of a column says: label, unit, code, a name of figures; "" where it is none of these."""
        return next((name for name, pattern in self.columns.items() if pattern.fullmatch(head)), "")


@cache
def draft_words() -> DraftWords:
    """The words that gouji brings. Raises PackError where the file is damaged."""
    file = builtin() / "grammars" / "common" / "drafting.yaml"
    data = schema.keys(read(file), DraftWords._fields, DraftWords._fields, str(file))
    get = {str(key): value for key, value in data.items()}
    columns = {str(name): schema.pattern(value) for name, value in get.pop("columns").items()}
    return DraftWords(columns, **{name: schema.pattern(value) for name, value in get.items()})
