"""`gouji grammar`: the commands of the workbench. What they show is made in `gouji.workbench`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gouji.commands import FOUND, WRONG, Speaking, language_option, packs_option, paths_argument, verbose_option
from gouji.messages import Voice
from gouji.reporters import plain
from gouji.running import Walk, load_engine

if TYPE_CHECKING:
    from gouji.workbench.coverage import Cluster, Coverage, Share
    from gouji.workbench.packtest import PackTest
    from gouji.workbench.tabletrace import LineTrace
    from gouji.workbench.watching import View


SHOWN_CHANGES = 20


def show(line: str) -> None:
    """Print one line; nothing in it is an instruction to the terminal."""
    print(plain.clean(line))


@click.command("list", cls=Speaking, help="help.grammar_list")
@packs_option
@language_option
@click.pass_obj
def packs(say: Voice, packs: tuple[Path, ...]) -> int:
    """The packs in use, by where they come from."""
    from gouji.workbench.catalogue import catalogue

    for line in catalogue(packs).lines(say):
        show(line)
    return 0


@click.command("new", cls=Speaking, help="help.grammar_new")
@click.argument("name", metavar="NAME")
@click.option("-o", "--output", type=Path, metavar="DIR", default=Path("."), help="option.new_output")
@language_option
@click.pass_obj
def new(say: Voice, name: str, output: Path) -> int:
    """A new pack with everything in place."""
    from gouji.workbench.scaffold import scaffold

    for file in scaffold(name, output):
        show(say("workbench.made", file=file))
    show(say("workbench.made_next", folder=output / "grammars" / name))
    return 0


@click.command("test", cls=Speaking, help="help.grammar_test")
@click.argument("names", metavar="[PACK...]", nargs=-1)
@click.option("--update", is_flag=True, help="option.update")
@packs_option
@language_option
@click.pass_obj
def test(say: Voice, names: tuple[str, ...], update: bool, packs: tuple[Path, ...]) -> int:
    """The corpus of packs, and checks of the packs themselves."""
    from gouji.workbench.packtest import tested

    passed = True
    for one in tested(names, packs):
        for line in _told(say, one):
            show(line)
        if update:
            for file in one.update():
                show(say("workbench.updated", file=file))
        passed &= one.passed or (update and not any(n.severity == "error" for n in one.notes))
    return 0 if passed else FOUND


def _told(say: Voice, tested: PackTest) -> Iterator[str]:
    for result in tested.results:
        place = f"{result.case.file}:{result.case.line}"
        told = "workbench.case_passed" if result.passed else "workbench.case_failed"
        yield say(told, title=result.case.title, place=place)
        if not result.passed:
            yield from (f"      {line}" for line in result.difference())
    for note in tested.notes:
        severity, problem, remedy = say(f"severity.{note.severity}"), say.of(note.problem), say.of(note.remedy)
        yield (
            f"{note.where}: {severity}: {problem}; {remedy}"
            if say.lang == "en"
            else (f"{note.where}：{severity}：{problem}；{remedy}")
        )
    severities = [note.severity for note in tested.notes]
    yield say(
        "workbench.tested",
        pack=tested.pack,
        n=len(tested.results),
        failed=sum(not r.passed for r in tested.results),
        errors=severities.count("error"),
        warnings=severities.count("warning"),
    )


@click.command("cover", cls=Speaking, help="help.grammar_cover")
@paths_argument
@packs_option
@language_option
@verbose_option
@click.pass_obj
def cover(say: Voice, paths: tuple[str, ...], packs: tuple[Path, ...], verbose: bool) -> int:
    """How much of documents is taken."""
    from gouji.workbench.coverage import clusters
    from gouji.workbench.coverage import cover as measure

    engine = load_engine(packs)
    walk = Walk(say, verbose)
    found: list[Coverage] = []

    def look(source: str) -> None:
        coverage = measure(engine, source)
        found.append(coverage)
        for line in _covered(say, coverage):
            show(line)

    walk.over(paths, look)
    if len(found) > 1:
        parts = [c.whole for c in found]
        taken = sum(p.rows_taken + p.sentences_taken for p in parts)
        part = taken / max(sum(p.rows + p.sentences for p in parts), 1)
        show(say("cover.total", n=len(found), bar=_bar(part), percent=int(part * 100)))
    grouped = clusters(found)
    if grouped:
        show("")
        show(say("cover.probable"))
        for number, cluster in enumerate(grouped, 1):
            for line in _clustered(say, number, cluster):
                show(line)
    return WRONG if walk.failed else 0


def _bar(part: float, room: int = 10) -> str:
    full = int(part * room)
    return "█" * full + "░" * (room - full)


def _share(say: Voice, key: str, share: Share, **more: object) -> str:
    part = share.part or 0.0
    return say(key, bar=_bar(part), percent=f"{int(part * 100):>3}", **share._asdict() | more)


def _covered(say: Voice, coverage: Coverage) -> Iterator[str]:
    names = {"source": coverage.source, "form": coverage.form}
    if coverage.whole.part is None:
        yield say("cover.nothing", **names)
        return
    yield _share(say, "cover.document", coverage.whole, **names)
    for share in coverage.sections:
        yield _share(say, "cover.section", share, title=share.title or say("cover.no_section"))
    for one in coverage.untaken:
        yield say(f"cover.{one.kind}", place=f"{one.place.line}:{one.place.column}", text=one.text)


def _clustered(say: Voice, number: int, cluster: Cluster) -> Iterator[str]:
    from gouji.workbench.coverage import Table

    counted = {"n": number, "files": cluster.files, "count": cluster.times}
    if isinstance(cluster.example, Table):
        table = cluster.example
        known = say("cover.known", name=table.layout) if table.layout else ""
        where = f"{table.source}:{table.line}"
        yield say("cover.table", example=where, columns=cluster.columns, known=known, **counted)
        if table.head:
            yield say("cover.head", head=" | ".join(table.head))
        yield say("cover.labels", labels="、".join(cluster.labels))
    else:
        source, one = cluster.example
        yield say("cover.wording", example=f"{source}:{one.place.line}", text=one.text, **counted)


@click.command("trace", cls=Speaking, help="help.grammar_trace")
@paths_argument
@click.option("--line", "lines", type=click.IntRange(1), metavar="N", multiple=True, help="option.line")
@packs_option
@language_option
@verbose_option
@click.pass_obj
def trace(say: Voice, paths: tuple[str, ...], lines: tuple[int, ...], packs: tuple[Path, ...], verbose: bool) -> int:
    """Why lines were or were not taken; without --line or -v those that were not."""
    from gouji.packs import Packs
    from gouji.workbench.trace import trace as explain

    engine = load_engine(packs)
    known = Packs.find(packs)
    walk = Walk(say, verbose)
    empty = set(lines)

    def tell(source: str) -> None:
        found = set()
        told = False
        for one in explain(engine, source, lines, known):
            found.add(one.line)
            if lines or verbose or not one.taken:
                told = True
                for line in _traced(say, source, one):
                    show(line)
        for number in dict.fromkeys(number for number in lines if number not in found):
            show(say("trace.no_line", source=source, line=number))
        if not told and not lines:
            show(say("trace.all_taken", source=source))
        empty.difference_update(found)

    walk.over(paths, tell)
    return WRONG if walk.failed or empty else 0


def _traced(say: Voice, source: str, one: LineTrace) -> Iterator[str]:
    yield say("trace.line", source=source, line=one.line, cause=say.of(one.cause))
    if one.text:
        yield say("trace.text", text=one.text)
    for name, text in one.tokens:
        yield say("trace.token", name=name or say("trace.passed"), text=text)
    for near in one.near:
        wanted = say("trace.wanted", wanted=near.wanted) if near.wanted else ""
        yield say("trace.near", name=near.terminal, taken=near.taken, broke=near.broke.strip() or "⏎", wanted=wanted)
    for rule, example in one.expected:
        yield say("trace.expected", rule=rule, example=example)
    if one.tree:
        yield say("trace.tree", path=" › ".join(one.tree))
    for bound in one.bound:
        value = bound.state if bound.value is None else f"{bound.value} {bound.unit or ''}".rstrip()
        yield say("trace.bound", path=bound.path, value=value, by=say.of(bound.by))


@click.command("sample", cls=Speaking, help="help.grammar_sample")
@click.argument("name", metavar="PACK")
@click.option("-n", "--count", type=click.IntRange(1, 1000), default=3, metavar="N", help="option.count")
@click.option("--seed", type=int, default=0, metavar="N", help="option.seed")
@packs_option
@language_option
@click.pass_obj
def sample(say: Voice, name: str, count: int, seed: int, packs: tuple[Path, ...]) -> int:
    """Documents from the grammar of a pack, as a corpus."""
    from gouji.workbench.sampling import samples

    for number, one in enumerate(samples(name, count, packs, seed), 1):
        show(f"=== sample {number}")
        for line in [*one.text.splitlines(), "---", *one.expected, ""]:
            show(line)
    return 0


@click.command("watch", cls=Speaking, help="help.grammar_watch")
@click.argument("name", metavar="PACK")
@paths_argument
@packs_option
@language_option
@click.pass_obj
def watch(say: Voice, name: str, paths: tuple[str, ...], packs: tuple[Path, ...]) -> int:
    """A live view of a pack on files."""
    from importlib.util import find_spec

    from gouji.errors import PackError
    from gouji.workbench.watching import Watch, views

    if find_spec("watchfiles") is None:
        raise PackError(
            "watchfiles", "extra", say.known.message("workbench.extra"), say.known.message("workbench.extra_remedy")
        )
    from rich.live import Live
    from rich.text import Text

    from gouji.reporters.page import CommandConsole

    walk = Walk(say, verbose=False)
    files: list[str] = []
    walk.over(paths, files.append)
    if not files:
        return WRONG
    with Live(console=CommandConsole(), auto_refresh=False) as live:
        for view in views(Watch(name, files, packs)):
            live.update(Text("\n".join(plain.clean(line) for line in _viewed(say, view))), refresh=True)
    return 0


def _viewed(say: Voice, view: View) -> Iterator[str]:
    """The view, what matters most first: a terminal that is too low cuts off the rest."""
    if view.failure is None:
        yield say("workbench.watched_fine")
    else:
        yield say("workbench.watched_failure", where=view.failure[0], what=say.of(view.failure[1]))
    if view.cases is not None:
        yield say("workbench.watched_cases", passed=view.cases[0], n=view.cases[1])
    for file, change in view.changes[:SHOWN_CHANGES]:
        yield say("workbench.watched_change", file=file, change=change)
    for file, share in view.shares:
        part = share.part or 0.0
        yield say("workbench.watched", file=file, bar=_bar(part, 30), percent=int(part * 100))
