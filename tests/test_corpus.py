"""Every corpus file of every built-in pack gives just what it says."""

from __future__ import annotations

import pytest

import gouji
from corpus import Case, cases, read, told
from gouji.packs import builtin


@pytest.mark.parametrize("case", list(cases(builtin() / "grammars")), ids=lambda c: f"{c.file.parts[-3]}: {c.title}")
def test_corpus(case: Case) -> None:
    assert told(read(gouji.engine(), case.source)) == case.expected
