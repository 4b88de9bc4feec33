"""`gouji grammar`: the commands of the workbench. What they show is made in `gouji.workbench`."""

from __future__ import annotations

from pathlib import Path

import click

from gouji.cli import Speaking, language_option, packs_option
from gouji.messages import Voice
from gouji.reporters import plain
from gouji.workbench.catalogue import catalogue


@click.command("list", cls=Speaking, help="help.grammar_list")
@packs_option
@language_option
@click.pass_obj
def packs(say: Voice, packs: tuple[Path, ...]) -> int:
    """The packs in use, by where they come from."""
    for line in catalogue(packs).lines(say):
        print(plain.clean(line))
    return 0
