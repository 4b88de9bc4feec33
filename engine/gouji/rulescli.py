"""`gouji rules`: the rules explained, and an equation tried on reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gouji import messages
from gouji.commands import FOUND, WRONG, Speaking, language_option, no_color_option, packs_option, paths_argument
from gouji.messages import Voice
from gouji.reporters import plain
from gouji.running import Walk, load_engine, page, write_utf8

PLACES = {"table": "table", "text": "narrative", "chart": "chart"}
"""Where figures stand, as equations and options call it."""


class Rules(Speaking):
    """`rules ID...`, and `rules try` where an id would stand."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command that is meant."""
        first = _first(args)
        if args[first : first + 1] == ["try"]:
            return attempt.make_context(f"{info_name} try", args[:first] + args[first + 1 :], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


def _first(args: Sequence[str]) -> int:
    """Where the first argument stands that is no option."""
    place = 0
    while place < len(args) and args[place].startswith("--"):
        place += 2 if args[place] in ("--lang", "--pack") else 1
    return place


@click.command("rules", cls=Rules, help="help.gouji_rules")
@click.argument("ids", metavar="[ID...]", nargs=-1)
@click.option("--markdown", is_flag=True, help="option.markdown")
@packs_option
@language_option
@no_color_option
@click.pass_obj
def rules(say: Voice, ids: tuple[str, ...], markdown: bool, packs: tuple[Path, ...], no_color: bool) -> int:
    """List the rules, or explain those that are asked for; the beginning of an id lists what begins so."""
    engine = load_engine(packs)
    if markdown:
        from gouji.reporters.handbook import markdown as told

        voices = [Voice(lang, engine.messages) for lang in messages.LANGUAGES]
        write_utf8("\n".join(told(engine.rulebook.select(ids, []).rules, voices, engine.registry)))
        return 0
    from gouji.reporters.manual import RuleList, RulePage

    sheet = page(Voice(say.lang, engine.messages), no_color, False, engine)
    known = {rule.id.casefold(): rule for rule in engine.rulebook.rules}
    for name in ids:
        chosen = engine.rulebook.select([name], []).rules
        exact = known.get(name.casefold())
        sheet.put((RulePage(sheet, exact) if exact else RuleList(sheet, chosen)).lines())
    if not ids:
        sheet.put(RuleList(sheet, engine.rulebook.rules).lines())
    return 0


@click.command("try", cls=Speaking, help="help.rules_try")
@click.argument("equation", metavar="EQUATION")
@paths_argument
@click.option("--in", "places", type=click.Choice([*PLACES]), multiple=True, help="option.places")
@packs_option
@language_option
@click.pass_obj
def attempt(say: Voice, equation: str, paths: tuple[str, ...], places: tuple[str, ...], packs: tuple[Path, ...]) -> int:
    """Try an equation on reports."""
    from gouji.workbench import trying

    engine = load_engine(packs)
    wanted = [place for place in trying.PLACES if not places or place in {PLACES[name] for name in places}]
    trial_of = trying.Trying(equation, engine.registry, wanted)
    walk = Walk(say, verbose=False)
    failed = False

    def tell(source: str) -> None:
        nonlocal failed
        for trial in trial_of.on(engine.parse(source)):
            failed |= trial.outcome == "fail"
            comma = say("report.comma")
            where = comma.join(say(f"rules.in_{place}") for place in trial.places)
            key = "try_missing" if trial.outcome == "not assessable" else f"try_{trial.outcome}"
            missing = comma.join(trial.missing)
            print(plain.clean(say(f"rules.{key}", source=source, equation=trial.shown, missing=missing, where=where)))

    walk.over(paths, tell)
    return WRONG if walk.failed else FOUND if failed else 0
