"""`gouji extract` and `gouji canon`: what was read, as a data set and as text."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click

from gouji.commands import (
    WRONG,
    Speaking,
    language_option,
    packs_option,
    paths_argument,
    verbose_option,
    wrong,
)
from gouji.messages import Voice
from gouji.reporters import plain
from gouji.running import Walk, load_engine, unwritable_file


@click.command("extract", cls=Speaking, help="help.gouji_extract")
@paths_argument
@click.option("-o", "--output", type=Path, metavar="FILE", required=True, help="option.output")
@click.option("--wide", is_flag=True, help="option.wide")
@packs_option
@language_option
@verbose_option
@click.pass_obj
def extract(
    say: Voice, paths: tuple[str, ...], output: Path, wide: bool, packs: tuple[Path, ...], verbose: bool
) -> int:
    """Write the figures of reports as a data set."""
    from gouji.atomicfile import replacing
    from gouji.reporters.extract import SUFFIXES, data_set

    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        wrong("usage.suffix", file=plain.clean(str(output)), suffixes=" ".join(SUFFIXES))
    if not output.parent.is_dir() or output.is_dir():
        wrong("usage.output", file=plain.clean(str(output)))
    _require(suffix, output)
    engine = load_engine(packs)
    walk = Walk(say, verbose, output=output)
    reports = figures = entries = 0
    try:
        with suppress(_Nothing), replacing(output) as file:
            data = data_set(suffix, file, say, engine.registry, wide=wide)

            def take(source: str) -> None:
                nonlocal reports, figures, entries
                report = engine.bodies.located(engine.parse(source))
                data.add(report)
                reports += 1
                entries += len(report.observations)
                figures += sum(o.state == "value" for o in report.observations)

            walk.over(paths, take, tracked=True)
            if not reports:
                raise _Nothing
            data.close()
    except OSError as error:
        raise unwritable_file(say, output, error) from error
    if reports:
        counts = {"reports": reports, "entries": entries, "figures": figures}
        print(say("extract.done", file=plain.clean(str(output)), **counts), file=sys.stderr)
    return WRONG if walk.failed else 0


class _Nothing(Exception):
    """There is nothing to write: no input could be read."""


def _require(suffix: str, output: Path) -> None:
    """The library that writes the format, where it needs one, or the command to install it."""
    from importlib.util import find_spec

    from gouji.reporters.tables import FORMATS

    needs = FORMATS[suffix].needs if suffix in FORMATS else None
    if needs and find_spec(needs[0]) is None:
        wrong("usage.extra", file=plain.clean(str(output)), extra=needs[1])


@click.command("canon", cls=Speaking, help="help.gouji_canon")
@paths_argument
@packs_option
@language_option
@verbose_option
@click.pass_obj
def canon(say: Voice, paths: tuple[str, ...], packs: tuple[Path, ...], verbose: bool) -> int:
    """Print the text that grammars see, each line with its line number in the source."""
    engine = load_engine(packs)
    walk = Walk(say, verbose)

    def show(source: str) -> None:
        for line, text in engine.canon(source):
            print(f"{line:>6}  {plain.clean(text)}")

    walk.over(paths, show)
    return WRONG if walk.failed else 0
