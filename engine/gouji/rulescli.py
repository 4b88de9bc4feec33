"""`gouji rules`: the rules explained, and an equation tried on reports."""

from __future__ import annotations

from pathlib import Path

import click

from gouji import messages
from gouji.commands import (
    FOUND,
    WRONG,
    Speaking,
    language_option,
    no_color_option,
    packs_option,
    wrong,
)
from gouji.messages import Voice
from gouji.reporters import plain
from gouji.running import Walk, load_engine, page, write_utf8


@click.command("rules", cls=Speaking, help="help.gouji_rules")
@click.argument("ids", metavar="[ID...]", nargs=-1)
@click.option("--markdown", is_flag=True, help="option.markdown")
@packs_option
@language_option
@no_color_option
@click.pass_obj
def rules(say: Voice, ids: tuple[str, ...], markdown: bool, packs: tuple[Path, ...], no_color: bool) -> int:
    """List the rules, or explain those that are asked for; the beginning of an id lists what begins so."""
    if ids[:1] == ("try",):
        return _tried(say, ids[1:], packs)
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


def _tried(say: Voice, given: tuple[str, ...], packs: tuple[Path, ...]) -> int:
    """An equation, and the reports that it is tried on."""
    from gouji.workbench.trying import Trying

    if len(given) < 2:
        wrong("usage.missing", name="EQUATION FILE...")
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
