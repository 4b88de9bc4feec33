"""Running a command: its engine, its inputs one after the other, its page, and what is told when something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gouji import messages
from gouji.errors import GoujiError, ReadError
from gouji.messages import Voice
from gouji.reporters import Reporter, plain

if TYPE_CHECKING:
    from gouji.pipeline import Engine
    from gouji.reporters.page import Page


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

    def __init__(self, say: Voice, verbose: bool, reporter: Reporter | None = None) -> None:
        self.say = say
        self.verbose = verbose
        self.reporter = reporter
        self.failed = False

    def over(self, paths: Sequence[str], work: Callable[[str], object], tracked: bool = False) -> None:
        """Do `work` on every input below `paths`; `tracked` shows on a terminal how far it has come."""
        from gouji.pipeline import inputs

        for source in self._tracked(inputs(paths)) if tracked and sys.stderr.isatty() else inputs(paths):
            if isinstance(source, ReadError):
                self.note(source)
                continue
            try:
                work(source)
            except GoujiError as error:
                self.note(error)
            except OSError:
                # Nothing can be written any more: that is no fault of this input.
                raise
            except Exception as error:
                self.note(defect(self.say, source, error))
                trace(self.verbose)

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


def unwritable(error: OSError) -> GoujiError:
    """What was to be printed cannot be: a full disk, a closed terminal."""
    # What is left in the buffer would fail again when Python flushes it at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    told = messages.builtin()
    problem = told.message("error.unwritable", reason=error.strerror or str(error))
    return GoujiError("-", "unwritable", problem, told.message("error.unwritable_remedy"))


def unwritable_file(say: Voice, path: Path, error: OSError) -> ReadError:
    """A file that was to be written cannot be."""
    problem = say.known.message("error.unwritable", reason=error.strerror or str(error))
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
