"""Everything the interface says, in both languages, from `rules/messages.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gouji import phrases
from gouji.errors import Message
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.findings import Said
    from gouji.yamlfile import Scalar

LANGUAGES = ("zh", "en")


class Messages(Struct):
    """The texts of the interface by key (`header.year`), each in both languages."""

    entries: Mapping[str, Message]

    @classmethod
    def load(cls, path: Path) -> Messages:
        """Read a messages file; PackError with the position of whatever is wrong in it."""
        # YAML is slow to import, and there may be nothing to read: an engine brings its messages.
        from gouji import yamlfile

        return cls(dict(_entries(yamlfile.read(path))))

    @classmethod
    def merged(cls, paths: Iterable[Path]) -> Messages:
        """The messages of several files; PackError for a text that is in two of them, naming both places."""
        from gouji import yamlfile

        entries: dict[str, Message] = {}
        places: dict[str, str] = {}
        for path in paths:
            entries |= (own := dict(_entries(data := yamlfile.read(path))))
            for key in own:
                group, _, name = key.partition(".")
                at = next(n for g, names in data.items() if g == group for n in names if n == name)
                if key in places:
                    raise yamlfile.invalid(
                        at, f"{key} 已在 {places[key]} 定义", f"{key} is already defined at {places[key]}"
                    )
                places[key] = at.where
        return cls(entries)

    def message(self, key: str, **values: object) -> Message:
        """The text of `key` with its placeholders filled, by words that come in both languages with those of each."""
        template = self.entries[key]
        return Message(
            *(
                phrases.filled(
                    template.text(lang), {k: v.text(lang) if isinstance(v, Message) else v for k, v in values.items()}
                )
                for lang in LANGUAGES
            )
        )

    def below(self, prefix: str) -> dict[str, Message]:
        """The messages whose key begins with `prefix.`, by the rest of their key."""
        return {k.partition(".")[2]: message for k, message in self.entries.items() if k.startswith(f"{prefix}.")}


class Voice(Struct):
    """The interface speaking one language: `say("header.year", year=2019)`.

    Without `messages` it speaks with the built-in ones, which are read when the first word is said.
    """

    lang: str
    messages: Messages | None = None

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with its placeholders filled."""
        return phrases.filled(self.known.entries[key].text(self.lang), values)

    def __contains__(self, key: object) -> bool:
        return key in self.known.entries

    @property
    def known(self) -> Messages:
        """The messages that are in use."""
        return builtin() if self.messages is None else self.messages

    def of(self, message: Said) -> str:
        """A message of someone else in this language."""
        return message.text(self.lang)


@cache
def builtin() -> Messages:
    """The messages that come with gouji, read once."""
    from gouji import packs

    return Messages.load(packs.builtin() / "rules" / "messages.yaml")


def _entries(root: object) -> Iterator[tuple[str, Message]]:
    """The entries of a messages file: groups of names, each with one text a language."""
    from gouji import schema

    for group, names in schema.mapping(root).items():
        if group == "remark":
            _check_remarks(group, schema.mapping(names))
        for name, texts in schema.mapping(names).items():
            yield f"{group}.{name}", _message(name, texts)


def _check_remarks(group: Scalar, names: Mapping[Any, Any]) -> None:
    """Remarks are filled in by the engine: each is there, under its name, and names what there is to be told."""
    from gouji import schema, yamlfile
    from gouji.findings import REMARKS

    schema.keys(names, REMARKS, REMARKS, group)
    for name, texts in names.items():
        for text in schema.mapping(texts).values():
            for place in {*phrases.places(text)} - {*REMARKS[name]}:
                raise yamlfile.unknown(yamlfile.Scalar(place, text.where), "占位符", "placeholder", REMARKS[name])


def _message(name: Scalar, texts: Any) -> Message:
    from gouji import schema, yamlfile

    found = schema.message(texts)
    for text in texts.values():
        schema.sentence(text)
    if {*phrases.places(found.zh)} != {*phrases.places(found.en)}:
        raise yamlfile.invalid(
            texts["en"], f"{name} 的中英文占位符不同", f"{name}: zh and en have different placeholders"
        )
    return found
