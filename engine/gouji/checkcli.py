"""`gouji check` and `gouji diff`: reports one by one, and against each other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gouji.commands import (
    FOUND,
    WRONG,
    Speaking,
    language_option,
    listed,
    no_color_option,
    packs_option,
    paths_argument,
    verbose_option,
    wrong,
)
from gouji.comparing import Crossed
from gouji.findings import SEVERITIES, Finding, Severity
from gouji.messages import Voice
from gouji.reporters import DATA, FORMATS, Closing, Setting
from gouji.running import Walk, complain, load_engine, page, write_utf8

if TYPE_CHECKING:
    from gouji.records import Report


@click.command("check", cls=Speaking, help="help.gouji_check")
@paths_argument
@click.option("--format", "form", type=click.Choice([*FORMATS]), default="text", help="option.format")
@click.option("--fail-on", type=click.Choice(SEVERITIES[::-1]), default="error", help="option.fail_on")
@click.option("--select", metavar="ID,...", multiple=True, callback=listed, help="option.select")
@click.option("--ignore", metavar="ID,...", multiple=True, callback=listed, help="option.ignore")
@click.option("--decisions", "decided", type=Path, metavar="FILE", help="option.decisions")
@click.option("--baseline", type=Path, metavar="OLD.json", help="option.baseline")
@click.option("--previous", type=Path, metavar="DIR|FILE", help="option.previous")
@click.option("--roster", type=Path, metavar="FILE|DIR", help="option.roster")
@packs_option
@language_option
@no_color_option
@click.option("-q", "--quiet", is_flag=True, help="option.quiet")
@verbose_option
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
    from gouji.checks import KINDS
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
        # With a baseline only what is new or has changed is left of the findings.
        return finding.verdict == "fail" and finding.severity in serious and not finding.accepted

    say = Voice(say.lang, engine.messages)
    reporter = FORMATS[form](
        Setting(
            say,
            rulebook,
            engine.registry,
            write_utf8,
            lambda: page(say, no_color, verbose, engine),
            counts,
            __version__,
            quiet,
            verbose,
            serious,
        )
    )
    walk = Walk(say, verbose, reporter)
    crossed = Crossed(engine, rulebook, roster)
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
        reporter.report(engine.bodies.located(report) if form in DATA else report)

    walk.over(paths, judge)
    crossing = crossed.finish(walk, previous)
    if crossing is not None:
        crossing = decisions.applied_between(crossing)
        if earlier is not None:
            crossing = earlier.compared_between(crossing)
        found |= any(f.verdict == "fail" and f.severity in serious and not f.accepted for f in crossing.findings)
        reporter.cross(crossing)
    if crossing is None:
        # Nothing was compared: what was decided about findings between reports may fit still.
        left_out |= {rule.id for rule in engine.rulebook.rules if KINDS[rule.kind].between}
    if earlier is not None and (problem := earlier.problem) is not None:
        complain(say, problem)
    compared = (tuple(earlier.fixed), earlier.known) if earlier else ((), None)
    reporter.finish(Closing(decisions.unused(left_out), *compared))
    return WRONG if walk.failed else FOUND if found else 0


@click.command("diff", cls=Speaking, help="help.gouji_diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="option.format")
@click.option("--fail-on", type=click.Choice(SEVERITIES[::-1]), default="error", help="option.fail_on")
@packs_option
@language_option
@no_color_option
@verbose_option
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
            wrong("usage.two_reports", n=len(reports))
        return WRONG
    difference = compare(engine.rulebook, engine.bodies, engine.crosswalk, engine.messages, *reports)
    if form == "json":
        from gouji.reporters.records_json import Records, dumps

        write_utf8(dumps(Records(say.lang).difference(difference), indent=1))
    else:
        from gouji.reporters.comparison import DifferenceSheet

        sheet = page(say, no_color, verbose, engine)
        sheet.put(DifferenceSheet(sheet, difference).lines())
    serious = SEVERITIES[SEVERITIES.index(fail_on) :]
    return FOUND if any(f.verdict == "fail" and f.severity in serious for f in difference.findings) else 0
