"""The packs in use: what each is and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from gouji.errors import Message
from gouji.messages import Voice
from gouji.packs import Packs, Root
from gouji.values import Value
from gouji.yamlfile import Scalar, read


@frozen(eq=False, repr=False)
class Entry(Value):
    """One pack: its name, title, folder, and the root that it was found in. `amends` names a pack that it adds to."""

    name: str
    title: Message
    folder: Path
    root: Root
    layouts: tuple[str, ...] = ()
    amends: str | None = None


@frozen(eq=False, repr=False)
class Catalogue(Value):
    """All packs, in the order in which they are loaded, and the rule files of each root."""

    entries: tuple[Entry, ...]
    rules: tuple[tuple[Root, tuple[Path, ...]], ...]

    def lines(self, say: Voice) -> Iterator[str]:
        """The catalogue as text, root by root."""
        for root, files in self.rules:
            yield say(f"workbench.from_{root.origin}", folder=root.path, by=root.by)
            for entry in self.entries:
                if entry.root == root:
                    more = say("workbench.amends", name=entry.amends) if entry.amends else ""
                    yield f"  {entry.name:<12}  {say.of(entry.title)}{more}"
            if files:
                yield "  " + say("workbench.rule_files", n=len(files), names=" ".join(f.name for f in files))


def catalogue(packs: Sequence[Path] = ()) -> Catalogue:
    """The catalogue of the packs in use and those below `packs`. Raises PackError."""
    found = Packs.find(packs)
    entries: list[Entry] = []
    rules: list[tuple[Root, tuple[Path, ...]]] = []
    for root in found.roots:
        own = Packs((root,))
        rules.append((root, tuple(own.rules())))
        for folder in own.folders():
            content = read(folder / "pack.yaml")
            content = content if isinstance(content, dict) else {}
            amends = content.get("amends")
            layouts = content.get("layouts")
            entries.append(
                Entry(
                    folder.name,
                    _title(content.get("title"), folder.name),
                    folder,
                    root,
                    tuple(map(str, layouts)) if isinstance(layouts, dict) else (),
                    str(amends) if isinstance(amends, Scalar) else None,
                )
            )
    return Catalogue(tuple(entries), tuple(rules))


def _title(data: object, name: str) -> Message:
    if isinstance(data, dict):
        return Message(str(data.get("zh", name)), str(data.get("en", name)))
    return Message(str(data or name), str(data or name))
