"""Running a command: its engine, its inputs one after the other, its page, and what is told when something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from os.path import samestat
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from gouji import imprint, messages, oserrors
from gouji.errors import GoujiError, ReadError
from gouji.messages import Voice
from gouji.reporters import Reporter, plain

if TYPE_CHECKING:
    from gouji.pipeline import Engine
    from gouji.reporters.page import Page


_OURS = (imprint.OWN, "is-output")
"""The codes of what no folder is walked for: our own files."""


def load_engine(packs: Sequence[Path]) -> Engine:
    """The engine with the built-in packs and those of the user."""
    import gc

    from gouji.pipeline import Engine

    engine = Engine.load(packs)
    # What is loaded now stays until the end (see __main__).
    gc.freeze()
    gc.enable()
    return engine


class Walk:
    """One walk over the inputs: whatever goes wrong with one of them, the others go on."""

    def __init__(self, say: Voice, verbose: bool, reporter: Reporter | None = None, output: Path | None = None) -> None:
        self.say = say
        self.verbose = verbose
        self.reporter = reporter
        self.failed = False
        self._outputs = [*_written(output)]

    def over(
        self, paths: Sequence[str], work: Callable[[str], object], tracked: bool = False, named: bool = True
    ) -> None:
        """Do `work` on every input below `paths`; `tracked` shows on a terminal how far it has come.

        What gouji writes, or has written before, is passed over in a folder; where it is the user who has `named` it
        and where there is nothing else, it is told.
        """
        from gouji.pipeline import inputs

        passed: list[GoujiError] = []
        done = False
        for source in self._tracked(inputs(paths)) if tracked and sys.stderr.isatty() else inputs(paths):
            if isinstance(source, ReadError):
                self.note(source)
                continue
            try:
                self._refuse_output(source)
                work(source)
                done = True
            except GoujiError as error:
                if error.code in _OURS and not (named and source in paths):
                    passed.append(error)
                else:
                    self.note(error)
            except OSError:
                # Nothing can be written any more: that is no fault of this input.
                raise
            except Exception as error:
                self.note(defect(self.say, source, error))
                trace(self.verbose)

        alone = named and not done and not self.failed
        for own in passed:
            if alone:
                self.note(own)
            elif self.verbose:
                complain(self.say, own)

    def _refuse_output(self, source: str) -> None:
        """Raises ReadError for the file that is being written."""
        try:
            own = self._outputs and source != "-" and os.stat(source)
        except OSError:
            return
        if own and any(samestat(own, one) for one in self._outputs):
            known = self.say.known
            raise ReadError(
                source, "is-output", known.message("error.is_output"), known.message("error.is_output_remedy")
            )

    def _tracked(self, sources: Iterable[str | ReadError]) -> Iterable[str | ReadError]:
        from rich.console import Console
        from rich.progress import track

        return track([*sources], self.say("extract.progress"), console=Console(stderr=True), transient=True)

    def note(self, error: GoujiError) -> None:
        """Tell what is wrong with an input; the exit status will say so, too."""
        self.failed = True
        if self.reporter is not None:
            self.reporter.error(error)
        complain(self.say, error)


def _written(output: Path | None) -> Iterator[os.stat_result]:
    """The files that are being written: `output`, and those that our streams go to."""
    for file in (output, 1, 2):
        with suppress(OSError):
            if file is not None and S_ISREG((found := os.stat(file)).st_mode):
                yield found


def page(say: Voice, no_color: bool, verbose: bool, engine: Engine) -> Page:
    """The page on the standard output."""
    from gouji.reporters.page import Page

    return Page.on(
        sys.stdout, say, engine.registry, color=not (no_color or os.environ.get("NO_COLOR")), verbose=verbose
    )


def defect(say: Voice, source: str, error: Exception) -> GoujiError:
    """An exception that nobody foresaw, as an error of the input that brought it about."""
    detail = f"{type(error).__name__}: {error}"
    return GoujiError(
        source,
        "internal",
        say.known.message("error.internal", detail=detail),
        say.known.message("error.internal_remedy"),
    )


def unwritable(say: Voice, error: OSError) -> GoujiError:
    """What was to be written or printed cannot be: a full disk, a closed terminal."""
    if error.filename is not None:
        return unwritable_file(say, Path(os.fsdecode(error.filename)), error)
    # What is left in the buffer would fail again when Python flushes it at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    told = messages.builtin()
    problem = told.message("error.unwritable", reason=oserrors.reason(error))
    return GoujiError(say("error.standard_output"), "unwritable", problem, told.message("error.unwritable_remedy"))


def unwritable_file(say: Voice, path: Path, error: OSError) -> ReadError:
    """A file that was to be written cannot be."""
    problem = say.known.message("error.unwritable", reason=oserrors.reason(error))
    return ReadError(str(path), "unwritable", problem, say.known.message("error.unwritable_remedy"))


def complain(say: Voice, error: GoujiError) -> None:
    """One line: path, what is wrong, what to do."""
    parts = {"path": error.source, "problem": say.of(error.problem), "remedy": say.of(error.remedy)}
    sys.stdout.flush()
    print(plain.clean(say("error.line", **parts)), file=sys.stderr)


def trace(verbose: bool) -> None:
    """Where an exception came from, for who asked for it."""
    if verbose:
        import traceback

        traceback.print_exc()


def write_utf8(text: str) -> None:
    """JSON is UTF-8 whatever the terminal; a path that is no valid text keeps its bytes as escapes."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
