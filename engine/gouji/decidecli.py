"""`gouji decide`: what a clerk has decided about a finding, written down."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from gouji.commands import (
    WRONG,
    Speaking,
    language_option,
    listed,
    nearest,
    packs_option,
    paths_argument,
    verbose_option,
    wrong,
)
from gouji.comparing import Crossed
from gouji.findings import Finding
from gouji.messages import Voice
from gouji.reporters import plain
from gouji.running import Walk, load_engine, unwritable_file

if TYPE_CHECKING:
    from datetime import datetime

    from gouji.crosschecks import CrossFinding

Found: TypeAlias = "tuple[str, Finding | CrossFinding]"
"""A finding and the report that it is about; of one between reports the one that is checked against the others."""

_SHORTEST = 6
"""So many digits of a fingerprint tell findings apart."""


@click.command("decide", cls=Speaking, help="help.gouji_decide")
@paths_argument
@click.option("--accept", metavar="ID,...", multiple=True, callback=listed, help="option.accept")
@click.option("--dispute", metavar="ID,...", multiple=True, callback=listed, help="option.dispute")
@click.option("--by", metavar="NAME", required=True, help="option.by")
@click.option("--why", metavar="TEXT", required=True, help="option.why")
@click.option("--when", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="option.when")
@click.option("--previous", type=Path, metavar="DIR|FILE", help="option.previous")
@click.option("--roster", type=Path, metavar="FILE|DIR", help="option.roster")
@click.option("--decisions", "file", type=Path, metavar="FILE", help="option.decisions")
@packs_option
@language_option
@verbose_option
@click.pass_obj
def decide(
    say: Voice,
    paths: tuple[str, ...],
    accept: tuple[str, ...],
    dispute: tuple[str, ...],
    by: str,
    why: str,
    when: datetime | None,
    previous: Path | None,
    roster: Path | None,
    file: Path | None,
    packs: tuple[Path, ...],
    verbose: bool,
) -> int:
    """Write down what was decided about findings, in the file of decisions beside the reports."""
    from datetime import date

    from gouji import decisions

    if not accept and not dispute:
        wrong("usage.decide")
    if not by.strip() or not why.strip():
        wrong("usage.empty", name="--why" if by.strip() else "--by")
    day = when.date() if when else date.today()
    engine = load_engine(packs)
    found: list[Found] = []
    read = False
    crossed = Crossed(engine, engine.rulebook, roster)
    walk = Walk(say, verbose)

    def judge(source: str) -> None:
        nonlocal read
        report = engine.check(source)
        read = True
        found.extend((source, finding) for finding in report.findings)
        crossed.add(report)

    walk.over(paths, judge)
    if not read:
        return WRONG
    if (crossing := crossed.finish(walk, previous)) is not None:
        found += [(finding.source, finding) for finding in crossing.findings]
    wanted = [(name, "accepted") for name in accept] + [(name, "disputed") for name in dispute]
    meant: dict[tuple[str, str], tuple[Found, str]] = {}
    for name, verdict in wanted:
        source, finding = _meant(name, found)
        if meant.setdefault((source, finding.fingerprint), ((source, finding), verdict))[1] != verdict:
            wrong("usage.contradiction", name=plain.clean(name))
    entries: dict[Path, list[dict[str, str]]] = {}
    for (source, finding), verdict in meant.values():
        target = file or _beside(source)
        entries.setdefault(target, []).append(
            decisions.decided(finding, source, target, verdict=verdict, by=by, when=day, why=why)
        )
    for target, chosen in entries.items():
        try:
            decisions.append(target, chosen, say("decision.header"))
        except OSError as error:
            raise unwritable_file(say, target, error) from error
        for entry in chosen:
            told = say(f"decision.{entry['decision']}")
            print(plain.clean(f"{target}: {entry['instance']} {entry['fingerprint']} {told}"), file=sys.stderr)
    return WRONG if walk.failed else 0


def _meant(name: str, findings: Sequence[Found]) -> Found:
    """The one finding with this fingerprint (or its beginning), rule or instance."""
    # The same figures may be wrong in the same way twice: that is one decision.
    found = {(source, f.fingerprint): (source, f) for source, f in findings if _is(name, f)}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        listed = ", ".join(f"{f.instance} {f.fingerprint} ({plain.clean(source)})" for source, f in found.values())
        wrong("usage.several_findings", name=plain.clean(name), n=len(found), listed=listed)
    known = [word for _, f in findings for word in (f.instance, f.fingerprint)]
    sentence = click.get_current_context().obj("usage.no_finding", name=plain.clean(name))
    raise click.UsageError(
        sentence + nearest(click.get_current_context().obj, name, known), click.get_current_context()
    )


def _is(name: str, finding: Finding | CrossFinding) -> bool:
    of_rule = name.casefold() in (finding.rule.casefold(), finding.instance.casefold())
    return of_rule or (len(name) >= _SHORTEST and finding.fingerprint.startswith(name))


def _beside(source: str) -> Path:
    """The file of decisions in the folder of a report."""
    from gouji.decisions import NAME, STANDARD_INPUT

    if source == STANDARD_INPUT:
        wrong("usage.decisions_where")
    return Path(os.path.dirname(source)) / NAME
