"""`gouji corpus`: many reports, from a folder to a data set and what it tells."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

import click

from gouji import oserrors
from gouji.commands import WRONG, Speaking, language_option, no_color_option, packs_option, verbose_option
from gouji.errors import GoujiError, ReadError
from gouji.messages import Voice
from gouji.reporters import plain
from gouji.running import complain, load_engine

if TYPE_CHECKING:
    from gouji.corpus.run import Job
    from gouji.corpus.summary import Count

_REFRESH = 0.2  # seconds


@click.command("run", cls=Speaking, help="help.corpus_run")
@click.argument("paths", metavar="IN...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="OUT", required=True, help="option.corpus_output")
@click.option("-j", "--processes", type=click.IntRange(1), metavar="N", help="option.processes")
@click.option("--seconds", type=click.FloatRange(0.1), metavar="N", default=60, help="option.seconds")
@click.option("--megabytes", type=click.IntRange(16), metavar="N", default=1024, help="option.megabytes")
@click.option("--scheduler", metavar="ADDRESS", help="option.scheduler")
@click.option("--roster", type=Path, metavar="FILE|DIR", help="option.roster")
@packs_option
@language_option
@verbose_option
@click.pass_obj
def run(
    say: Voice,
    paths: tuple[str, ...],
    output: str,
    processes: int | None,
    seconds: float,
    megabytes: int,
    scheduler: str | None,
    roster: Path | None,
    packs: tuple[Path, ...],
    verbose: bool,
) -> int:
    """Read and check all reports, write the data set."""
    _require("pyarrow", "duckdb")
    from contextlib import nullcontext

    from gouji.corpus.run import Job, alone, cores, run_here
    from gouji.corpus.store import is_remote
    from gouji.corpus.worker import Setup

    if roster is not None:
        from gouji.hierarchy import read_roster

        # What is wrong in it is said now, not when everything is read.
        read_roster(roster, load_engine(packs).bodies)
    if not _something(say, paths):
        return WRONG
    setup = Setup(output, tuple(map(str, packs)), seconds=seconds, megabytes=megabytes, roster=str(roster or ""))
    job = Job(paths, setup)
    with _writing(say, output):
        _refuse_foreign(say, output)
        with nullcontext() if is_remote(output) else alone(output):
            job.begin()
            with _progress(say, job):
                if scheduler is None:
                    run_here(job, processes or cores())
                else:
                    _require("distributed")
                    from gouji.corpus.scheduler import run_there

                    run_there(job, scheduler)
            job.end()
    print(_state(say, output, job.held), file=sys.stderr)
    if job.tally.kept:
        print(say("dataset.kept", n=job.tally.kept), file=sys.stderr)
    if job.held.errors and verbose:
        for line in _failed(say, output):
            print(line, file=sys.stderr)
    elif job.held.errors:
        print(say("dataset.which", out=plain.clean(output)), file=sys.stderr)
    return WRONG if job.held.errors else 0


@click.command("status", cls=Speaking, help="help.corpus_status")
@click.argument("out", metavar="OUT")
@language_option
@click.pass_obj
def status(say: Voice, out: str) -> int:
    """Tell how far a data set has come."""
    _require("pyarrow", "duckdb")
    from gouji.corpus.summary import count
    from gouji.corpus.tables import opened

    _present(say, out)
    with opened(out) as data:
        held = count(data)
    print(_state(say, out, held))
    for line in _failed(say, out):
        print(line)
    return 0 if _complete(out) else WRONG


@click.command("report", cls=Speaking, help="help.corpus_report")
@click.argument("out", metavar="OUT")
@click.option("-o", "--output", type=Path, metavar="FILE.html", help="option.page")
@packs_option
@language_option
@no_color_option
@click.pass_obj
def report(say: Voice, out: str, output: Path | None, packs: tuple[Path, ...], no_color: bool) -> int:
    """Tell what a data set holds."""
    _require("pyarrow", "duckdb", "plotly", "jinja2")
    _present(say, out)
    # The engine is loaded first: what is there then is kept until the end, and DuckDB must not be.
    engine = load_engine(packs)
    from gouji.corpus.summary import summarise
    from gouji.corpus.tables import opened
    from gouji.corpus.telling import tell

    with opened(out) as data:
        found = summarise(data)
    say = Voice(say.lang, engine.messages)
    told = tell(found, say, engine.rulebook, engine.registry)
    if output is None:
        from gouji.corpus.terminal import show
        from gouji.reporters.page import CommandConsole

        show(told, CommandConsole(no_color=no_color or None, highlight=False), say)
        return 0
    from gouji.atomicfile import replacing
    from gouji.corpus.page import html

    page = html(told, say)
    with _writing(say, output), replacing(output) as file:
        file.write(page.encode("utf-8", "backslashreplace"))
    return 0


@click.command("sample", cls=Speaking, help="help.corpus_sample")
@click.argument("count", metavar="COUNT", type=click.IntRange(1))
@click.option("-o", "--output", type=Path, metavar="DIR", required=True, help="option.sample_folder")
@click.option("--seed", type=int, default=0, metavar="N", help="option.seed")
@language_option
@click.pass_obj
def sample(say: Voice, count: int, output: Path, seed: int) -> int:
    """Compose reports."""
    from gouji.corpus.sample import Composer, write

    if output.is_dir() and any(output.iterdir()):
        # Reports of another run would stand there without their ledger.
        known = say.known
        raise ReadError(str(output), "filled", known.message("dataset.filled"), known.message("dataset.filled_remedy"))
    composer = Composer(load_engine(()), seed)
    with _writing(say, output):
        reports, errors = write(composer, count, output)
    print(say("dataset.sampled", reports=reports, errors=errors, folder=plain.clean(str(output))), file=sys.stderr)
    return 0


def _something(say: Voice, paths: tuple[str, ...]) -> bool:
    """Whether there is anything to read; if not, why: a mistyped path must not take the place of a data set."""
    from gouji.corpus.walk import Item, walk

    problems = []
    for found in walk(paths):
        # What is packed is known when it is unpacked.
        if isinstance(found, Item) or found.code == "compressed":
            return True
        problems.append(found)
    for problem in problems:
        complain(say, problem)
    return False


def _refuse_foreign(say: Voice, out: str) -> None:
    """Raise ReadError for a folder that holds something and no data set, be it only begun; OSError as it is read.

    What other programs have put there, under names that the tables have as well, must not be lost.
    """
    from gouji.corpus import store
    from gouji.corpus.run import LOCK, is_about

    folder = Path(out)
    if store.is_remote(out) or not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / LOCK).is_file() and not is_about(folder):
        known = say.known
        raise ReadError(out, "occupied", known.message("dataset.occupied"), known.message("dataset.filled_remedy"))


def _complete(out: str) -> bool:
    from gouji.corpus import store
    from gouji.corpus.run import ABOUT

    return store.at(out).has(ABOUT)


def _failed(say: Voice, out: str) -> Iterator[str]:
    """The files that could not be read, a line each."""
    from gouji.corpus.tables import opened

    with opened(out) as data:
        failed = data.execute(f"SELECT file, code, message_{say.lang} FROM errors ORDER BY file").fetchall()
    for file, code, problem in failed:
        yield plain.clean(f"  {code}  {file}: {problem}")


def _state(say: Voice, out: str, held: Count) -> str:
    """How far a data set has come and how much it holds, in one sentence."""
    return say(
        "dataset.status",
        **held._asdict() | {"findings": held.findings + held.between},
        out=plain.clean(out),
        state=say("dataset.complete" if _complete(out) else "dataset.incomplete"),
        files=held.files,
    )


def _present(say: Voice, out: str) -> None:
    """Whether there is a data set. Raises ReadError."""
    from gouji.corpus import store

    if not _complete(out) and not any(True for _ in store.at(out).names("reports")):
        known = say.known
        raise ReadError(
            out, "no-data-set", known.message("dataset.no_data_set"), known.message("dataset.no_data_set_remedy")
        )


@contextmanager
def _writing(say: Voice, path: Path | str) -> Iterator[None]:
    """Whatever cannot be written meanwhile is an error of `path`."""
    try:
        yield
    except GoujiError:
        raise
    except OSError as error:
        problem = say.known.message("error.unwritable", reason=oserrors.reason(error))
        raise ReadError(str(path), "unwritable", problem, say.known.message("error.unwritable_remedy")) from error


def _require(*modules: str) -> None:
    """The libraries that a command needs, or the extra that brings them."""
    from importlib.util import find_spec

    if any(find_spec(module) is None for module in modules):
        extra = "dask" if "distributed" in modules else "corpus"
        context = click.get_current_context()
        raise click.UsageError(context.obj("usage.corpus_extra", extra=extra), context)


@contextmanager
def _progress(say: Voice, job: Job) -> Iterator[None]:
    """On a terminal, a bar: how fast it goes, how long it will take, what could not be read."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bar_column = BarColumn(max(4, min(40, console.width - 40)))
    columns = ("{task.description}", bar_column, MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    over = Event()
    with Progress(
        *columns,
        TimeRemainingColumn(),
        TextColumn("{task.fields[errors]}"),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(say("dataset.progress"), total=None, rate="", errors="")
        began = monotonic()

        def follow() -> None:
            # Names are counted while the first files are read.
            total: int | None = None
            counted = job.count()
            while not over.wait(_REFRESH):
                total = next(counted, total)
                files, kept, errors = job.tally
                rate = (files - kept) / (monotonic() - began)
                told = " · ".join(f"{code} {n}" for code, n in sorted(errors.items()))
                bar.update(
                    task, total=total, completed=files, rate=say("dataset.rate", rate=f"{rate:.0f}"), errors=told
                )

        follower = Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()
