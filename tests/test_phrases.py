"""Sentences with places to be filled, and words that go with a number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gouji import messages, phrases
from gouji.errors import Message, PackError
from gouji.findings import Statement
from gouji.packs import builtin

CELLS = "{n} {n:cell is|cells are} blank"


@pytest.mark.parametrize(
    ("n", "told"),
    [(1, "1 cell is blank"), ("1", "1 cell is blank"), (0, "0 cells are blank"), (21, "21 cells are blank")],
)
def test_a_word_goes_with_its_number(n: object, told: str) -> None:
    assert phrases.filled(CELLS, {"n": n}) == told


def test_what_rules_say_goes_with_its_number_in_each_language() -> None:
    said = Statement(Message("空白 {n} 格", CELLS), {"n": 1})
    assert (said.zh, said.en) == ("空白 1 格", "1 cell is blank")
    assert Statement(said.template, {"n": 2}).en == "2 cells are blank"


def test_places_and_what_is_none() -> None:
    assert phrases.places(CELLS) == ["n", "n"]
    assert phrases.shown(CELLS) == "{n} cells are blank"
    assert [text for text in ("{n", "n}", "{n:cell}", "{n:a|b|c}", "{a b}", "{}", CELLS, "") if phrases.damaged(text)] == [
        "{n", "n}", "{n:cell}", "{n:a|b|c}", "{a b}", "{}",
    ]  # fmt: skip


def test_words_without_both_forms_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "messages.yaml"
    path.write_text("a:\n  b:\n    zh: '{n} 格'\n    en: '{n} {n:cell}'\n", encoding="utf-8")
    with pytest.raises(PackError) as error:
        messages.Messages.load(path)
    assert error.value.source.endswith("messages.yaml:4:9")
    assert "placeholder" in error.value.problem.en


COUNTS = (
    *(
        "announced",
        "between",
        "bound",
        "cells",
        "claimed",
        "columns",
        "count",
        "entries",
        "errors",
        "failed",
        "figures",
    ),
    *("files", "findings", "fixed", "found", "holds", "known", "left", "n", "new", "of", "read", "reports", "right"),
    *("rows", "samples", "seconds", "sentences", "wanted", "warnings"),
)


def test_no_english_message_counts_one_of_many() -> None:
    """A number right before a plural would be wrong for one: the word has to go with it."""
    plural = re.compile(
        rf"\{{({'|'.join(COUNTS)})\}} (?:(?:[a-z-]+|of (?:them|the)) )?(?!(?:as|is|was|has|does|this)\b)[a-z]+(?<!s)s\b"
    )
    told = []
    for path in sorted((builtin() / "rules").glob("*.yaml")):
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            told += [f"{path.name}:{n}: {found[0]}" for found in plural.finditer(line)]
    assert told == []
