"""The command line: reads the arguments, walks over the inputs, hands each report to a reporter.

Whatever is heavy (lark, opencc, rich) is imported where it is used: help and mistakes answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gouji import messages
from gouji.errors import GoujiError, PackError, ReadError
from gouji.findings import SEVERITIES, Finding, Severity
from gouji.messages import Voice
from gouji.reporters import FORMATS, Closing, Reporter, Setting, plain

if TYPE_CHECKING:
    from datetime import datetime

    from gouji.hierarchy import Hierarchy
    from gouji.pipeline import Engine
    from gouji.records import Report
    from gouji.reporters.page import Page
    from gouji.rulebook import Rulebook
    from gouji.series import Comparison, Crossing

FOUND, WRONG, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141
HELP_WIDTH = 100
_SHORTEST = 6  # So many digits of a fingerprint tell findings apart.
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
SETTINGS = {"help_option_names": ["-h", "--help"]}


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
            _complain(say, error)
        except (KeyboardInterrupt, BrokenPipeError):
            raise
        except OSError as error:
            _complain(say, _unwritable(error))
        except Exception as error:
            _complain(say, _defect(say, "gouji", error))
            _trace(verbose)
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


# --- how click looks and speaks -------------------------------------------------------------------


class _Speaking(click.Command):
    """A command whose help is told in the language of the user; `help` texts are keys of messages."""

    def get_help(self, ctx: click.Context) -> str:
        say: Voice = ctx.find_object(Voice) or Voice("en")
        pieces = [ctx.command_path, *(p for p in self.collect_usage_pieces(ctx) if p)]
        sections = [f"{say('help.usage')} {' '.join(pieces)}", *_paragraph(say(self.help or ""))]
        if isinstance(self, _SpeakingGroup):
            listed = [(name, say(f"{self.help_of(name)}_short")) for name in self.list_commands(ctx)]
            sections += ["", say("help.commands"), *_columns(listed)]
        options = [
            (record[0], say(option.help or ""))
            for option in self.get_params(ctx)
            if isinstance(option, click.Option) and (record := option.get_help_record(ctx))
        ]
        return "\n".join([*sections, "", say("help.options"), *_columns(options)])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "option.help"
        return option


class _SpeakingGroup(_Speaking, click.Group):
    """Commands in the order in which they were added; `located` ones are imported when they are asked for."""

    command_class = _Speaking

    def __init__(self, *args: Any, located: Mapping[str, str] | None = None, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.located = located or {}

    def help_of(self, name: str) -> str:
        """The key of what a command does: known without importing it."""
        return f"help.{self.name}_{name}" if name in self.located else self.commands[name].help or ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *self.located]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.located:
            from importlib import import_module

            module, _, attribute = self.located[cmd_name].partition(":")
            found: click.Command = getattr(import_module(module), attribute)
            return found
        command = super().get_command(ctx, cmd_name)
        if command is None:
            sentence = ctx.obj("usage.no_command", name=plain.clean(cmd_name))
            raise click.UsageError(sentence + _nearest(ctx.obj, cmd_name, self.list_commands(ctx)), ctx)
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


def _mistake(say: Voice, error: click.ClickException) -> str:
    """What is wrong with the command line, as a sentence."""
    if isinstance(error, click.NoSuchOption):
        sentence = say("usage.no_option", name=plain.clean(error.option_name))
        return sentence + _nearest(say, error.option_name, error.possibilities or [])
    if isinstance(error, click.MissingParameter):
        return say("usage.missing", name=_named(error))
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Parameter):
        kind = error.param.type
        if isinstance(kind, click.Choice):
            return say("usage.choice", name=_named(error), choices=", ".join(map(str, kind.choices)))
        return say("usage.bad_value", name=_named(error))
    if isinstance(error, click.BadOptionUsage):
        return say("usage.option_value", name=error.option_name)
    return plain.clean(error.format_message())


def _nearest(say: Voice, name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [*known], n=1)
    return say("usage.nearest", name=near[0]) if near else ""


def _named(error: click.BadParameter) -> str:
    """The argument or option that is meant, as the help calls it."""
    parameter = error.param
    if parameter is None:
        return ""
    if isinstance(parameter, click.Argument) and error.ctx is not None:
        return parameter.make_metavar(error.ctx)
    return max(parameter.opts, key=len)


def _wrong(key: str, **values: object) -> NoReturn:
    """The command line is wrong in a way that click does not know."""
    context = click.get_current_context()
    raise click.UsageError(context.obj(key, **values), context)


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
        print(say("usage.line", problem=_mistake(say, error), command=command), file=sys.stderr)
        return WRONG


def _version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from gouji import __version__

        print(f"gouji {__version__}")
        context.exit()


def _listed(context: click.Context, parameter: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    """`S01,S02` and repeated options alike, as one tuple."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


_language = click.option(
    "--lang", type=click.Choice(messages.LANGUAGES), expose_value=False, is_eager=True, help="option.lang"
)
_packs = click.option("--pack", "packs", type=Path, metavar="DIR", multiple=True, help="option.pack")
_verbose = click.option("-v", "--verbose", is_flag=True, help="option.verbose")
_no_color = click.option("--no-color", is_flag=True, help="option.no_color")
_paths = click.argument("paths", metavar="PATH...", nargs=-1, required=True)


# What commands in modules of their own share with those below.
Speaking = _Speaking
language_option, packs_option, verbose_option, no_color_option, paths_argument = (
    _language, _packs, _verbose, _no_color, _paths,
)  # fmt: skip


# --- the commands ---------------------------------------------------------------------------------


@click.group("gouji", cls=_SpeakingGroup, help="help.gouji", invoke_without_command=True, context_settings=SETTINGS)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="option.version")
@_language
@click.pass_context
def gouji(context: click.Context) -> int | None:
    """Without a command there is only help to give."""
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        context.exit(WRONG)
    return None


@gouji.command("check", help="help.check")
@_paths
@click.option("--format", "form", type=click.Choice([*FORMATS]), default="text", help="option.format")
@click.option("--fail-on", type=click.Choice(SEVERITIES[::-1]), default="error", help="option.fail_on")
@click.option("--select", metavar="ID,...", multiple=True, callback=_listed, help="option.select")
@click.option("--ignore", metavar="ID,...", multiple=True, callback=_listed, help="option.ignore")
@click.option("--decisions", "decided", type=Path, metavar="FILE", help="option.decisions")
@click.option("--baseline", type=Path, metavar="OLD.json", help="option.baseline")
@click.option("--previous", type=Path, metavar="DIR|FILE", help="option.previous")
@click.option("--roster", type=Path, metavar="FILE|DIR", help="option.roster")
@_packs
@_language
@_no_color
@click.option("-q", "--quiet", is_flag=True, help="option.quiet")
@_verbose
@click.pass_obj
def check(
    say: Voice,
    paths: tuple[str, ...],
    form: str,
    fail_on: Severity,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    decided: Path | None,
    baseline: Path | None,
    previous: Path | None,
    roster: Path | None,
    packs: tuple[Path, ...],
    no_color: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Parse reports, run every rule that applies, show where figures do not agree."""
    from gouji import __version__
    from gouji.decisions import Decisions

    engine = load_engine(packs)
    rulebook = engine.rulebook.select(select, ignore) if select or ignore else engine.rulebook
    left_out = {rule.id for rule in engine.rulebook.rules} - {rule.id for rule in rulebook.rules}
    decisions = Decisions.of(decided) if decided else Decisions(filter(os.path.isdir, paths))
    earlier = None
    if baseline is not None:
        from gouji.baseline import Baseline

        earlier = Baseline.load(baseline, left_out)
    serious = SEVERITIES[SEVERITIES.index(fail_on) :]

    def counts(finding: Finding) -> bool:
        known = finding.accepted or (finding.since is not None and finding.since.state != "new")
        return finding.verdict == "fail" and finding.severity in serious and not known

    say = Voice(say.lang, engine.messages)
    reporter = FORMATS[form](
        Setting(
            say,
            rulebook,
            engine.registry,
            _write_utf8,
            lambda: _page(say, no_color, verbose, engine),
            counts,
            __version__,
            quiet,
            verbose,
            serious,
        )
    )
    walk = Walk(say, verbose, reporter)
    crossed = _Crossed(engine, rulebook, roster)
    found = False

    def judge(source: str) -> None:
        nonlocal found
        report = engine.check(source, rulebook=rulebook)
        if decided is None:
            for problem in decisions.look_beside(source):
                walk.note(problem)
        report = decisions.applied(report)
        if earlier is not None:
            report = earlier.compared(report)
        found |= any(map(counts, report.findings))
        crossed.add(report)
        reporter.report(report)

    walk.over(paths, judge)
    crossing = crossed.finish(walk, previous)
    if crossing is not None:
        crossing = decisions.applied_between(crossing)
        if earlier is not None:
            crossing = earlier.compared_between(crossing)
        found |= any(f.verdict == "fail" and f.severity in serious and not f.accepted for f in crossing.findings)
        reporter.cross(crossing)
    compared = (tuple(earlier.fixed), earlier.known) if earlier else ((), None)
    reporter.finish(Closing(decisions.unused(left_out), *compared))
    return WRONG if walk.failed else FOUND if found else 0


@gouji.command("decide", help="help.decide")
@_paths
@click.option("--accept", metavar="ID,...", multiple=True, callback=_listed, help="option.accept")
@click.option("--dispute", metavar="ID,...", multiple=True, callback=_listed, help="option.dispute")
@click.option("--by", metavar="NAME", required=True, help="option.by")
@click.option("--why", metavar="TEXT", required=True, help="option.why")
@click.option("--when", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="option.when")
@click.option("--decisions", "file", type=Path, metavar="FILE", help="option.decisions")
@_packs
@_language
@_verbose
@click.pass_obj
def decide(
    say: Voice,
    paths: tuple[str, ...],
    accept: tuple[str, ...],
    dispute: tuple[str, ...],
    by: str,
    why: str,
    when: datetime | None,
    file: Path | None,
    packs: tuple[Path, ...],
    verbose: bool,
) -> int:
    """Write down what was decided about findings, in the file of decisions beside the reports."""
    from datetime import date

    from gouji import decisions

    if not accept and not dispute:
        _wrong("usage.decide")
    if not by.strip() or not why.strip():
        _wrong("usage.bad_value", name="--why" if by.strip() else "--by")
    day = when.date() if when else date.today()
    engine = load_engine(packs)
    reports: list[Report] = []
    walk = Walk(say, verbose)
    walk.over(paths, lambda source: reports.append(engine.check(source)))
    wanted = [(name, "accepted") for name in accept] + [(name, "disputed") for name in dispute]
    entries: dict[Path, list[dict[str, str]]] = {}
    for name, verdict in wanted:
        report, finding = _meant(name, reports)
        target = file or _beside(report.source)
        entries.setdefault(target, []).append(
            decisions.decided(finding, report, target, verdict=verdict, by=by, when=day, why=why)
        )
    for target, listed in entries.items():
        try:
            decisions.append(target, listed, say("decision.header"))
        except OSError as error:
            raise _unwritable_file(say, target, error) from error
        for entry in listed:
            told = say(f"decision.{entry['decision']}")
            print(plain.clean(f"{target}: {entry['instance']} {entry['fingerprint']} {told}"), file=sys.stderr)
    return WRONG if walk.failed else 0


def _meant(name: str, reports: Sequence[Report]) -> tuple[Report, Finding]:
    """The one finding with this fingerprint (or its beginning), rule or instance."""
    found = [(report, finding) for report in reports for finding in report.findings if _is(name, finding)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(f"{f.instance} {f.fingerprint} ({plain.clean(r.source)})" for r, f in found)
        _wrong("usage.several_findings", name=plain.clean(name), n=len(found), listed=listed)
    known = [word for report in reports for f in report.findings for word in (f.instance, f.fingerprint)]
    sentence = click.get_current_context().obj("usage.no_finding", name=plain.clean(name))
    raise click.UsageError(
        sentence + _nearest(click.get_current_context().obj, name, known), click.get_current_context()
    )


def _is(name: str, finding: Finding) -> bool:
    of_rule = name.casefold() in (finding.rule.casefold(), finding.instance.casefold())
    return of_rule or (len(name) >= _SHORTEST and finding.fingerprint.startswith(name))


def _beside(source: str) -> Path:
    """The file of decisions in the folder of a report."""
    from gouji.decisions import NAME, STANDARD_INPUT

    if source == STANDARD_INPUT:
        _wrong("usage.decisions_where")
    return Path(os.path.dirname(source)) / NAME


@gouji.command("diff", help="help.diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="option.format")
@click.option("--fail-on", type=click.Choice(SEVERITIES[::-1]), default="error", help="option.fail_on")
@_packs
@_language
@_no_color
@_verbose
@click.pass_obj
def diff(
    say: Voice,
    old: str,
    new: str,
    form: str,
    fail_on: Severity,
    packs: tuple[Path, ...],
    no_color: bool,
    verbose: bool,
) -> int:
    """Two reports of one body side by side, with the rules between the years."""
    engine = load_engine(packs)
    from gouji.differences import compare

    say = Voice(say.lang, engine.messages)
    reports: list[Report] = []
    walk = Walk(say, verbose)
    walk.over([old, new], lambda source: reports.append(engine.parse(source)))
    if walk.failed or len(reports) != 2:
        if not walk.failed:
            _wrong("usage.two_reports", n=len(reports))
        return WRONG
    difference = compare(engine.rulebook, engine.bodies, engine.crosswalk, engine.messages, *reports)
    if form == "json":
        from gouji.reporters.records_json import Records, dumps

        _write_utf8(dumps(Records(say.lang).difference(difference), indent=1))
    else:
        from gouji.reporters.comparison import DifferenceSheet

        page = _page(say, no_color, verbose, engine)
        page.put(DifferenceSheet(page, difference).lines())
    serious = SEVERITIES[SEVERITIES.index(fail_on) :]
    return FOUND if any(f.verdict == "fail" and f.severity in serious for f in difference.findings) else 0


@gouji.command("extract", help="help.extract")
@_paths
@click.option("-o", "--output", type=Path, metavar="FILE", required=True, help="option.output")
@click.option("--wide", is_flag=True, help="option.wide")
@_packs
@_language
@_verbose
@click.pass_obj
def extract(
    say: Voice, paths: tuple[str, ...], output: Path, wide: bool, packs: tuple[Path, ...], verbose: bool
) -> int:
    """Write the figures of reports as a data set."""
    from gouji.atomicfile import replacing
    from gouji.reporters.extract import SUFFIXES, data_set

    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        _wrong("usage.suffix", file=plain.clean(str(output)), suffixes=" ".join(SUFFIXES))
    if not output.parent.is_dir() or output.is_dir():
        _wrong("usage.output", file=plain.clean(str(output)))
    _require(suffix, output)
    engine = load_engine(packs)
    walk = Walk(say, verbose)
    reports = figures = 0
    try:
        with suppress(_Nothing), replacing(output) as file:
            data = data_set(suffix, file, say, engine.registry, wide=wide)

            def take(source: str) -> None:
                nonlocal reports, figures
                if output.exists() and source != "-" and os.path.samefile(source, output):
                    raise ReadError(
                        source,
                        "is-output",
                        say.known.message("error.is_output"),
                        say.known.message("error.is_output_remedy"),
                    )
                report = engine.parse(source)
                data.add(report)
                reports += 1
                figures += len(report.observations)

            walk.over(paths, take, tracked=True)
            if not reports:
                raise _Nothing
            data.close()
    except OSError as error:
        raise _unwritable_file(say, output, error) from error
    if reports:
        done = say("extract.done", file=plain.clean(str(output)), reports=reports, figures=figures)
        print(done, file=sys.stderr)
    return WRONG if walk.failed else 0


class _Nothing(Exception):
    """There is nothing to write: no input could be read."""


def _require(suffix: str, output: Path) -> None:
    """The library that writes the format, where it needs one, or the command to install it."""
    from importlib.util import find_spec

    from gouji.reporters.tables import FORMATS

    needs = FORMATS[suffix].needs if suffix in FORMATS else None
    if needs and find_spec(needs[0]) is None:
        _wrong("usage.extra", file=plain.clean(str(output)), extra=needs[1])


@gouji.command("canon", help="help.canon")
@_paths
@_packs
@_language
@_verbose
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


@gouji.command("rules", help="help.rules")
@click.argument("ids", metavar="[ID...]", nargs=-1)
@click.option("--markdown", is_flag=True, help="option.markdown")
@_packs
@_language
@_no_color
@click.pass_obj
def rules(say: Voice, ids: tuple[str, ...], markdown: bool, packs: tuple[Path, ...], no_color: bool) -> int:
    """List the rules, or explain those that are asked for; the beginning of an id lists what begins so."""
    if ids[:1] == ("try",):
        return _tried(say, ids[1:], packs)
    engine = load_engine(packs)
    if markdown:
        from gouji.reporters.handbook import markdown as told

        voices = [Voice(lang, engine.messages) for lang in messages.LANGUAGES]
        _write_utf8("\n".join(told(engine.rulebook.select(ids, []).rules, voices)))
        return 0
    from gouji.reporters.manual import RuleList, RulePage

    page = _page(Voice(say.lang, engine.messages), no_color, False, engine)
    known = {rule.id.casefold(): rule for rule in engine.rulebook.rules}
    for name in ids:
        chosen = engine.rulebook.select([name], []).rules
        exact = known.get(name.casefold())
        page.put((RulePage(page, exact) if exact else RuleList(page, chosen)).lines())
    if not ids:
        page.put(RuleList(page, engine.rulebook.rules).lines())
    return 0


@gouji.group("corpus", cls=_SpeakingGroup, help="help.corpus", invoke_without_command=True, located=CORPUS)
@_language
@click.pass_context
def corpus(context: click.Context) -> int | None:
    """Many reports; without a command there is only help to give."""
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        context.exit(WRONG)
    return None


def _tried(say: Voice, given: tuple[str, ...], packs: tuple[Path, ...]) -> int:
    """An equation, and the reports that it is tried on."""
    from gouji.workbench.trying import Trying

    if len(given) < 2:
        _wrong("usage.missing", name="EQUATION FILE...")
    engine = load_engine(packs)
    trying = Trying(given[0], engine.registry)
    walk = Walk(say, verbose=False)
    failed = False

    def tell(source: str) -> None:
        nonlocal failed
        trial = trying.on(engine.parse(source))
        failed |= trial.outcome == "fail"
        missing = say("report.comma").join(trial.missing)
        key = "try_missing" if trial.outcome == "not assessable" else f"try_{trial.outcome}"
        print(plain.clean(say(f"rules.{key}", source=source, equation=trial.shown, missing=missing)))

    walk.over(given[1:], tell)
    return WRONG if walk.failed else FOUND if failed else 0


@gouji.group("grammar", cls=_SpeakingGroup, help="help.grammar", invoke_without_command=True, located=AUTHORING)
@_language
@click.pass_context
def grammar(context: click.Context) -> int | None:
    """The workbench of authors; without a command there is only help to give."""
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        context.exit(WRONG)
    return None


# --- what the commands share ----------------------------------------------------------------------


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
                self.note(_defect(self.say, source, error))
                _trace(self.verbose)

    def _tracked(self, sources: Iterable[str | ReadError]) -> Iterable[str | ReadError]:
        from rich.console import Console
        from rich.progress import track

        return track([*sources], self.say("extract.progress"), console=Console(stderr=True), transient=True)

    def note(self, error: GoujiError) -> None:
        """Tell what is wrong with an input; the exit status will say so, too."""
        self.failed = True
        if self.reporter is not None:
            self.reporter.error(error)
        _complain(self.say, error)


class _Crossed:
    """What `check` has to compare between reports; loaded where there are two, or where the user asks for it."""

    def __init__(self, engine: Engine, rulebook: Rulebook, roster: Path | None) -> None:
        self.engine = engine
        self.rulebook = rulebook
        self.first: Report | None = None
        self.comparison: Comparison | None = None
        self.rostered: Sequence[str] = ()
        self.seen: set[str] = set()
        if roster is not None:
            from gouji.hierarchy import read_roster

            hierarchy = read_roster(roster, engine.bodies)
            self.rostered = hierarchy.files
            self._load(hierarchy)

    def _load(self, hierarchy: Hierarchy | None = None) -> Comparison:
        if self.comparison is None:
            from gouji.series import Comparison

            self.comparison = Comparison(self.rulebook, self.engine.bodies, self.engine.messages, hierarchy)
        if self.first is not None:
            self.comparison.add(self.first)
            self.first = None
        return self.comparison

    def add(self, report: Report) -> None:
        """Take a report that is checked; the first one is only remembered."""
        self.seen.add(os.path.realpath(report.source))
        if self.comparison is None and self.first is None:
            self.first = report
        else:
            self._load().add(report)

    def finish(self, walk: Walk, previous: Path | None) -> Crossing | None:
        """Read what else there is to compare with, and compare; None where there is one report alone."""
        if previous is None and self.comparison is None:
            return None
        comparison = self._load()
        alone = previous is not None and not previous.is_dir()
        comparison.expected = previous is not None and not alone
        if previous is not None:
            walk.over([str(previous)], lambda path: comparison.add_earlier(self.engine.parse(path), alone))
        # Reports of the roster that are no inputs: they count, but nobody asked to have them checked.
        others = [path for path in self.rostered if os.path.realpath(path) not in self.seen]
        walk.over(others, lambda path: comparison.add_earlier(self.engine.parse(path)))
        return comparison.finish()


def _page(say: Voice, no_color: bool, verbose: bool, engine: Engine) -> Page:
    from gouji.reporters.page import Page

    return Page.on(
        sys.stdout, say, engine.registry, color=not (no_color or os.environ.get("NO_COLOR")), verbose=verbose
    )


def _defect(say: Voice, source: str, error: Exception) -> GoujiError:
    """An exception that nobody foresaw, as an error of the input that brought it about."""
    detail = f"{type(error).__name__}: {error}"
    return GoujiError(
        source,
        "internal",
        say.known.message("error.internal", detail=detail),
        say.known.message("error.internal_remedy"),
    )


def _unwritable(error: OSError) -> GoujiError:
    """What was to be printed cannot be: a full disk, a closed terminal."""
    # What is left in the buffer would fail again when Python flushes it at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    told = messages.builtin()
    problem = told.message("error.unwritable", reason=error.strerror or str(error))
    return GoujiError("-", "unwritable", problem, told.message("error.unwritable_remedy"))


def _unwritable_file(say: Voice, path: Path, error: OSError) -> ReadError:
    """A file that was to be written cannot be."""
    problem = say.known.message("error.unwritable", reason=error.strerror or str(error))
    return ReadError(str(path), "unwritable", problem, say.known.message("error.unwritable_remedy"))


def _complain(say: Voice, error: GoujiError) -> None:
    """One line: path, what is wrong, what to do."""
    parts = {"path": error.source, "problem": say.of(error.problem), "remedy": say.of(error.remedy)}
    sys.stdout.flush()
    print(plain.clean(say("error.line", **parts)), file=sys.stderr)


def _trace(verbose: bool) -> None:
    if verbose:
        import traceback

        traceback.print_exc()


def _write_utf8(text: str) -> None:
    """JSON is UTF-8 whatever the terminal; a path that is no valid text keeps its bytes as escapes."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


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
