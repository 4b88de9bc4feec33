"""The rules as a document in Markdown, in both languages, grouped as the rule files are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from gouji import schema
from gouji.messages import Voice
from gouji.registry import Registry
from gouji.reporters.rulefacts import circumstances, facts, figure
from gouji.rulemodel import Figures, Rule
from gouji.yamlfile import read

_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*[]<>|$"})


def markdown(rules: Sequence[Rule], voices: Sequence[Voice], labels: Registry) -> Iterator[str]:
    """The lines of the document. Raises PackError when a rule file is gone meanwhile."""
    yield f"# {_both('handbook.title', voices)}"
    yield ""
    for voice in voices:
        yield voice("handbook.introduction")
        yield ""
    for file, members in groupby(rules, _file):
        yield f"## {' · '.join(_about(file, voices))}"
        yield ""
        for rule in members:
            yield from _rule(rule, voices, labels)


def _about(file: str, voices: Sequence[Voice]) -> Iterator[str]:
    """What the rules of a file are about; its name where it does not say so."""
    about = read(Path(file)).get("about")
    return (voice.of(schema.message(about)) for voice in voices) if about else iter([_shown(Path(file).stem)])


def _rule(rule: Rule, voices: Sequence[Voice], labels: Registry) -> Iterator[str]:
    first, *others = (_shown(voice.of(rule.title)) for voice in voices)
    yield f"### {rule.id} {first}"
    yield ""
    for title in others:
        yield f"*{title}*"
        yield ""
    told = [facts(rule, voice, labels) for voice in voices]
    for name in told[0]:
        shown = dict.fromkeys(fact[name] for fact in told if fact[name])
        if name == "equation":
            shown = dict.fromkeys(f"`{text}`" for text in shown)
        else:
            shown = dict.fromkeys(map(_shown, shown))
        if shown:
            yield f"- **{_both(f'rules.{name}', voices)}**: {' · '.join(shown)}"
    for name, examples in (("passes", rule.passes), ("fails", rule.fails)):
        for figures in examples:
            yield f"- **{_both(f'rules.{name}', voices)}**: {_example(figures, voices, labels)}"
    yield ""


def _example(figures: Figures, voices: Sequence[Voice], labels: Registry) -> str:
    told = (
        " · ".join(dict.fromkeys(f"{_shown(name)}: {_shown(how)}" for name, how in one))
        for one in zip(*(circumstances(figures, voice, labels) for voice in voices), strict=True)
    )
    return ", ".join(
        [
            *told,
            *(f"`{path} = {figure(value, voices[-1])}`" for path, value in figures.items() if not path.startswith("$")),
        ]
    )


def _both(key: str, voices: Sequence[Voice]) -> str:
    return " ".join(voice(key) for voice in voices)


def _file(rule: Rule) -> str:
    return rule.where.rsplit(":", 2)[0]


def _shown(text: str) -> str:
    return " ".join(text.translate(_SPECIAL).split())
