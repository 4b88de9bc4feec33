"""The command line: reads the arguments, finds the command, ends with its exit status.

A command is imported when it is asked for, and what is heavy (opencc, rich) where it is used: help and mistakes answer
at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import click

from gouji import messages
from gouji.commands import WRONG, SpeakingGroup, language_option, mistake
from gouji.errors import GoujiError, PackError
from gouji.messages import Voice
from gouji.running import complain, defect, trace, unwritable

INTERRUPTED, PIPE_CLOSED = 130, 141
SETTINGS = {"help_option_names": ["-h", "--help"]}
COMMANDS = {
    "check": "gouji.checkcli:check",
    "decide": "gouji.decidecli:decide",
    "diff": "gouji.checkcli:diff",
    "extract": "gouji.extractcli:extract",
    "canon": "gouji.extractcli:canon",
    "rules": "gouji.rulescli:rules",
}
"""Where the commands lie."""
CORPUS = {name: f"gouji.corpuscli:{name}" for name in ("run", "status", "report", "sample")}
"""Where the commands of `gouji corpus` lie."""
AUTHORING = {
    "list": "gouji.grammarcli:packs",
    "new": "gouji.grammarcli:new",
    "draft": "gouji.draftcli:draft",
    "trace": "gouji.grammarcli:trace",
    "cover": "gouji.grammarcli:cover",
    "test": "gouji.grammarcli:test",
    "watch": "gouji.grammarcli:watch",
    "sample": "gouji.grammarcli:sample",
}
"""Where the commands of `gouji grammar` lie."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `gouji` with `arguments` (those of the process if None) and return the exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    _never_choke(sys.stdout, sys.stderr)
    verbose = "--verbose" in arguments or "-v" in arguments
    try:
        say = Voice(language(arguments, os.environ))
        try:
            status = _run(say, arguments)
            sys.stdout.flush()
            return status
        except GoujiError as error:
            complain(say, error)
        except (KeyboardInterrupt, BrokenPipeError):
            raise
        except OSError as error:
            complain(say, unwritable(say, error))
        except Exception as error:
            complain(say, defect(say, "gouji", error))
            trace(verbose)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone. Python flushes at exit: let it flush into the void.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except PackError as error:
        print(f"{error.source}: {error.problem.en}; {error.remedy.en}", file=sys.stderr)
    return WRONG


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of the interface: `--lang`, else the locale, Chinese where it says nothing.

    Known before the arguments are parsed, because help and mistakes are told in it, too. A terminal that
    cannot show Chinese says something: it gets English.
    """
    for option, value in pairwise([*arguments, ""]):
        if option == "--":
            break
        chosen = value if option == "--lang" else option.removeprefix("--lang=")
        if option.startswith("--lang") and chosen in messages.LANGUAGES:
            return chosen
    variables = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, variables), "").lower()
    silent = locale.partition(".")[0] in ("", "c", "posix")
    if not silent and not locale.startswith("zh"):
        return "en"
    return "zh" if _shows(sys.stdout, "勾稽") else "en"


def _run(say: Voice, arguments: Sequence[str]) -> int:
    try:
        with gouji.make_context("gouji", list(arguments), obj=say) as context:
            status: int | None = gouji.invoke(context)
            return status or 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        context_of_error: click.Context | None = getattr(error, "ctx", None)
        command = context_of_error.command_path if context_of_error else "gouji"
        print(say("usage.line", problem=mistake(say, error), command=command), file=sys.stderr)
        return WRONG


def _version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from gouji import __version__

        print(f"gouji {__version__}")
        context.exit()


@click.group(
    "gouji",
    cls=SpeakingGroup,
    help="help.gouji",
    invoke_without_command=True,
    context_settings=SETTINGS,
    located=COMMANDS,
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="option.version")
@language_option
@click.pass_context
def gouji(context: click.Context) -> int | None:
    """Without a command there is only help to give."""
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        context.exit(WRONG)
    return None


@gouji.group("corpus", cls=SpeakingGroup, help="help.corpus", invoke_without_command=True, located=CORPUS)
@language_option
@click.pass_context
def corpus(context: click.Context) -> int | None:
    """Many reports; without a command there is only help to give."""
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        context.exit(WRONG)
    return None


@gouji.group("grammar", cls=SpeakingGroup, help="help.grammar", invoke_without_command=True, located=AUTHORING)
@language_option
@click.pass_context
def grammar(context: click.Context) -> int | None:
    """The workbench of authors; without a command there is only help to give."""
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        context.exit(WRONG)
    return None


def _never_choke(*streams: Any) -> None:
    """What a stream cannot encode is shown as an escape: no report is worth a crash."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _shows(stream: Any, text: str) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
