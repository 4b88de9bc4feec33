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

from gouji.cli import WRONG, language_option, load_engine, packs_option, verbose_option
from gouji.messages import Voice
from gouji.reporters import plain

if TYPE_CHECKING:
    from gouji.corpus.run import Job

_REFRESH = 0.2  # seconds


@click.command("run", help="help.corpus_run")
@click.argument("paths", metavar="IN...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="OUT", required=True, help="option.corpus_output")
@click.option("-j", "--processes", type=click.IntRange(1), metavar="N", help="option.processes")
@click.option("--seconds", type=click.FloatRange(0.1), metavar="N", default=60, help="option.seconds")
@click.option("--megabytes", type=click.IntRange(16), metavar="N", default=1024, help="option.megabytes")
@click.option("--scheduler", metavar="ADDRESS", help="option.scheduler")
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
    packs: tuple[Path, ...],
    verbose: bool,
) -> int:
    """Read and check all reports, write the data set."""
    _require("pyarrow", "duckdb")
    from contextlib import nullcontext

    from gouji.corpus.run import Job, alone, cores, run_here
    from gouji.corpus.store import is_remote
    from gouji.corpus.worker import Setup

    setup = Setup(output, tuple(map(str, packs)), seconds=seconds, megabytes=megabytes)
    job = Job(paths, setup)
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
    tally = job.tally
    errors = sum(tally.errors.values())
    print(say("corpus.ran", files=tally.files, kept=tally.kept, errors=errors, out=plain.clean(output)), file=sys.stderr)
    return WRONG if errors else 0


@click.command("sample", help="help.corpus_sample")
@click.argument("count", metavar="COUNT", type=click.IntRange(1))
@click.option("-o", "--output", type=Path, metavar="DIR", required=True, help="option.sample_folder")
@click.option("--seed", type=int, default=0, metavar="N", help="option.seed")
@language_option
@click.pass_obj
def sample(say: Voice, count: int, output: Path, seed: int) -> int:
    """Compose reports."""
    from gouji.corpus.sample import Composer, write

    reports, errors = write(Composer(load_engine(()), seed), count, output)
    print(say("corpus.sampled", reports=reports, errors=errors, folder=plain.clean(str(output))), file=sys.stderr)
    return 0


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

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    over = Event()
    with Progress(*columns, TimeRemainingColumn(), TextColumn("{task.fields[errors]}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("corpus.progress"), total=None, rate="", errors="")
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
                bar.update(task, total=total, completed=files, rate=say("corpus.rate", rate=f"{rate:.0f}"), errors=told)

        follower = Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()
