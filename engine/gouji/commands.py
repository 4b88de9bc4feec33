"""Commands that speak the language of the user, and what they share: options, ways to say what is wrong, exit status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from gouji import messages
from gouji.messages import Voice
from gouji.reporters import plain

FOUND, WRONG = 1, 2
HELP_WIDTH = 100


class Speaking(click.Command):
    """A command whose help is told in the language of the user; `help` texts are keys of messages."""

    def get_help(self, ctx: click.Context) -> str:
        """Usage, what the command does, its commands and options."""
        say: Voice = ctx.find_object(Voice) or Voice("en")
        pieces = [ctx.command_path, *(p for p in self.collect_usage_pieces(ctx) if p)]
        sections = [f"{say('help.usage')}{' '.join(pieces)}", *_paragraph(say(self.help or ""))]
        if isinstance(self, SpeakingGroup):
            listed = [(name, say(f"{self.help_of(name)}_short")) for name in self.list_commands(ctx)]
            sections += ["", say("help.commands"), *_columns(listed)]
        options = [
            (record[0], _meaning(say, option))
            for option in self.get_params(ctx)
            if isinstance(option, click.Option) and (record := option.get_help_record(ctx))
        ]
        return "\n".join([*sections, "", say("help.options"), *_columns(options)])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, which is told like any other option."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "option.help"
        return option


class SpeakingGroup(Speaking, click.Group):
    """Commands: first the `located` ones, which are imported when they are asked for, then those that were added."""

    command_class = Speaking

    def __init__(self, *args: Any, located: Mapping[str, str] | None = None, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.located = located or {}

    def help_of(self, name: str) -> str:
        """The key of what a command does: known without importing it."""
        return f"help.{self.name}_{name}" if name in self.located else self.commands[name].help or ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in order."""
        return [*self.located, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name. Raises click.UsageError with the nearest name where there is none."""
        if cmd_name in self.located:
            from importlib import import_module

            module, _, attribute = self.located[cmd_name].partition(":")
            found: click.Command = getattr(import_module(module), attribute)
            return found
        command = super().get_command(ctx, cmd_name)
        if command is None:
            sentence = ctx.obj("usage.no_command", name=plain.clean(cmd_name))
            raise click.UsageError(sentence + nearest(ctx.obj, cmd_name, self.list_commands(ctx)), ctx)
        return command


def _paragraph(text: str) -> list[str]:
    return [line for part in ("", *text.split("\n")) for line in plain.wrap(part, _room()) or [""]]


def _columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Names and what they mean; a name that is too long has its meaning below it."""
    left = min(28, max(plain.width(name) for name, _ in rows))
    lines = []
    for name, meaning in rows:
        told = plain.wrap(meaning, max(20, _room() - left - 4))
        if plain.width(name) > left:
            lines.append(f"  {name}")
            name = ""
        for i, line in enumerate(told):
            lines.append(f"  {plain.pad(name if i == 0 else '', left)}  {line}")
    return lines


def _room() -> int:
    import shutil

    return min(HELP_WIDTH, shutil.get_terminal_size().columns)


def mistake(say: Voice, error: click.ClickException) -> str:
    """What is wrong with the command line, as a sentence."""
    if isinstance(error, click.NoSuchOption):
        sentence = say("usage.no_option", name=plain.clean(error.option_name))
        return sentence + nearest(say, error.option_name, error.possibilities or [])
    if isinstance(error, click.MissingParameter):
        return say("usage.missing", name=_named(error))
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Parameter):
        kind = error.param.type
        if isinstance(kind, click.Choice):
            return say("usage.choice", name=_named(error), choices=say("report.comma").join(map(str, kind.choices)))
        form = accepted(say, kind)
        return say("usage.bad_form" if form else "usage.bad_value", name=_named(error), form=form)
    if isinstance(error, click.BadOptionUsage):
        return say("usage.option_value", name=error.option_name)
    return plain.clean(error.format_message())


def accepted(say: Voice, kind: click.ParamType[Any]) -> str:
    """The form of the values of a number or a date; "" for other kinds."""
    if isinstance(kind, click.DateTime):
        return say("usage.date")
    if not isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return ""
    form = say("usage.whole" if isinstance(kind, click.types.IntParamType) else "usage.number")
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is None:
        return form
    return say("usage.least" if most is None else "usage.between", form=form, least=least, most=most)


def _meaning(say: Voice, option: click.Option) -> str:
    """What an option does, and what its value looks like where that is a number or a date."""
    told, form = say(option.help or ""), accepted(say, option.type)
    return say("option.formed", told=told, form=form) if form and not option.is_flag and not option.count else told


def nearest(say: Voice, name: str, known: Iterable[str]) -> str:
    """A question whether the known name that is most like `name` is meant; nothing where none is."""
    from difflib import get_close_matches

    near = get_close_matches(name, [*known], n=1)
    return say("usage.nearest", name=near[0]) if near else ""


def _named(error: click.BadParameter) -> str:
    """The argument or option that is meant, as the help calls it."""
    parameter = error.param
    if parameter is None:
        return ""
    if isinstance(parameter, click.Argument) and error.ctx is not None:
        return parameter.make_metavar(error.ctx).removesuffix("...")
    return max(parameter.opts, key=len)


def wrong(key: str, **values: object) -> NoReturn:
    """The command line is wrong in a way that click does not know."""
    context = click.get_current_context()
    raise click.UsageError(context.obj(key, **values), context)


def listed(context: click.Context, parameter: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    """`S01,S02` and repeated options alike, as one tuple. Raises click.UsageError for an option that names nothing."""
    named = tuple(name.strip() for value in values for name in value.split(",") if name.strip())
    if values and not named:
        raise click.UsageError(context.obj("usage.nothing_named", name=max(parameter.opts, key=len)), context)
    return named


language_option = click.option(
    "--lang", type=click.Choice(messages.LANGUAGES), expose_value=False, is_eager=True, help="option.lang"
)
packs_option = click.option("--pack", "packs", type=Path, metavar="DIR", multiple=True, help="option.pack")
verbose_option = click.option("-v", "--verbose", is_flag=True, help="option.verbose")
no_color_option = click.option("--no-color", is_flag=True, help="option.no_color")
paths_argument = click.argument("paths", metavar="PATH...", nargs=-1, required=True)
