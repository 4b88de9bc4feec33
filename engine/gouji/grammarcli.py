"""`gouji grammar`: the commands of the workbench. What they show is made in `gouji.workbench`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gouji.cli import FOUND, Speaking, language_option, packs_option
from gouji.messages import Voice
from gouji.reporters import plain

if TYPE_CHECKING:
    from gouji.workbench.packtest import PackTest


def show(line: str) -> None:
    """Print one line; nothing in it is an instruction to the terminal."""
    print(plain.clean(line))


@click.command("list", cls=Speaking, help="help.grammar_list")
@packs_option
@language_option
@click.pass_obj
def packs(say: Voice, packs: tuple[Path, ...]) -> int:
    """The packs in use, by where they come from."""
    from gouji.workbench.catalogue import catalogue

    for line in catalogue(packs).lines(say):
        show(line)
    return 0


@click.command("new", cls=Speaking, help="help.grammar_new")
@click.argument("name", metavar="NAME")
@click.option("-o", "--output", type=Path, metavar="DIR", default=Path("."), help="option.new_output")
@language_option
@click.pass_obj
def new(say: Voice, name: str, output: Path) -> int:
    """A new pack with everything in place."""
    from gouji.workbench.scaffold import scaffold

    for file in scaffold(name, output):
        show(say("workbench.made", file=file))
    show(say("workbench.made_next", folder=output / "grammars" / name))
    return 0


@click.command("test", cls=Speaking, help="help.grammar_test")
@click.argument("names", metavar="[PACK...]", nargs=-1)
@click.option("--update", is_flag=True, help="option.update")
@packs_option
@language_option
@click.pass_obj
def test(say: Voice, names: tuple[str, ...], update: bool, packs: tuple[Path, ...]) -> int:
    """The corpus of packs, and checks of the packs themselves."""
    from gouji.workbench.packtest import tests

    passed = True
    for tested in tests(names, packs):
        for line in _told(say, tested):
            show(line)
        if update:
            for file in tested.update():
                show(say("workbench.updated", file=file))
        passed &= tested.passed or (update and not any(n.severity == "error" for n in tested.notes))
    return 0 if passed else FOUND


def _told(say: Voice, tested: PackTest) -> Iterator[str]:
    for result in tested.results:
        place = f"{result.case.file}:{result.case.line}"
        told = "workbench.case_passed" if result.passed else "workbench.case_failed"
        yield say(told, title=result.case.title, place=place)
        if not result.passed:
            yield from (f"      {line}" for line in result.difference())
    for note in tested.notes:
        severity, problem, remedy = say(f"severity.{note.severity}"), say.of(note.problem), say.of(note.remedy)
        yield (
            f"{note.where}: {severity}: {problem}; {remedy}"
            if say.lang == "en"
            else (f"{note.where}：{severity}：{problem}；{remedy}")
        )
    severities = [note.severity for note in tested.notes]
    yield say(
        "workbench.tested",
        pack=tested.pack,
        n=len(tested.results),
        failed=sum(not r.passed for r in tested.results),
        errors=severities.count("error"),
        warnings=severities.count("warning"),
    )
