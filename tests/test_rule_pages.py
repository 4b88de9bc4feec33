"""Rules explained to who does not know how they are written."""

from __future__ import annotations

import re

import pytest

from gouji.checks import KINDS
from gouji.cli import main
from gouji.messages import Voice, builtin
from gouji.phrases import places
from gouji.pipeline import Engine
from gouji.reporters.rulefacts import asks, circumstances


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_says_what_it_asks_by_its_equation_or_in_words(lang: str) -> None:
    engine = Engine.load()
    say = Voice(lang, engine.messages)
    for rule in engine.rulebook.rules:
        told = asks(rule, say, engine.registry)
        assert told or rule.equation, rule.id
        assert not re.search(r"[{}\[\]$]|Pattern|\b[a-z]\w*\.[a-z]\w*", told), told
        for figures in (*rule.passes, *rule.fails):
            shown = dict(circumstances(figures, say, engine.registry))
            assert len(shown) == sum(name.startswith("$") for name in figures)
            assert not re.search(r"[{}$]|\b[a-z]\w*\.[a-z]\w*", " ".join((*shown, *shown.values()))), shown


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("en", ["63, 63  the text: ", "63, 65  the text: "]), ("zh", ["63、63  正文：", "63、65  正文："])],
)
def test_figures_of_an_example_are_told_one_after_the_other(
    lang: str, shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "X05-REPEAT", "--lang", lang]) == 0
    told = [line.strip() for line in capsys.readouterr().out.splitlines() if "org.obligated_units" in line]
    label = Engine.load().registry.label("org.obligated_units", lang)
    assert told == [f"{one}{label}  text(org.obligated_units)" for one in shown]
    assert main(["rules", "--markdown"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert any("`text(org.obligated_units) = 63, 65`" in line for line in told)


def test_a_difference_has_a_word_beside_it_in_both_languages() -> None:
    messages = [rule.message for rule in Engine.load().rulebook.rules if "{difference}" in rule.message.zh]
    assert messages
    for message in messages:
        assert "相差 {difference}" in message.zh
        assert re.search(r"\w \{difference\}|\{difference\} apart", message.en), message.en


def test_what_a_kind_asks_is_made_of_what_its_rules_have() -> None:
    told = {key.removeprefix("asks."): message for key, message in builtin().entries.items() if key.startswith("asks.")}
    for name, kind in KINDS.items():
        assert name in told or kind.equation
        for key in (name, *(f"{name}_{param}" for param in kind.params)):
            if key in told:
                assert {*places(told[key].zh)} <= {*kind.params, "sources"}, key


@pytest.mark.parametrize(
    ("rule", "lang", "says"),
    [
        ("F05", "en", "asks        These are multiples of 10: amount notified, amount collected."),
        ("F05", "zh", "要求    应是 10 的倍数：收费通知总金额、实际收取总金额。"),
        ("S22", "zh", "要求    互不相干的数字不应有 3 个或更多相同："),
        ("X02", "zh", "一句话中  总数 行政诉讼数量 84"),
        ("D01", "en", "published  2017-04-01"),
    ],
)
def test_a_rule_without_an_equation_is_told_in_words(
    rule: str, lang: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", rule, "--lang", lang, "--no-color"]) == 0
    assert says in capsys.readouterr().out
