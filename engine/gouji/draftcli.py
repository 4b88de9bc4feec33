"""`gouji grammar draft`: a pack from samples of a form that nobody has described yet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gouji.cli import WRONG, Speaking, Walk, language_option, load_engine, packs_option, paths_argument
from gouji.messages import Voice
from gouji.reporters import plain

if TYPE_CHECKING:
    from gouji.document import Document


@click.command("draft", cls=Speaking, help="help.grammar_draft")
@paths_argument
@click.option("-o", "--output", "root", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", required=True, help="option.draft_output")
@click.option("--name", metavar="NAME", help="option.draft_name")
@packs_option
@language_option
@click.pass_obj
def draft(say: Voice, paths: tuple[str, ...], root: Path, name: str | None, packs: tuple[Path, ...]) -> int:
    """Draft a pack and say what it holds and what it makes of its samples."""
    from gouji.workbench.draftpack import draft_pack

    engine = load_engine(packs)
    say = Voice(say.lang, engine.messages)
    documents: list[Document] = []
    walk = Walk(say, False)
    walk.over(paths, lambda source: documents.append(engine.read(source)))
    if not documents:
        return WRONG
    name = name or re.sub(r"\W+", "_", root.resolve().name.lower(), flags=re.ASCII).strip("_")
    outcome = draft_pack(engine, name, documents, root, packs)
    for line in summary(say, outcome):
        print(plain.clean(line))
    return WRONG if walk.failed else 0
