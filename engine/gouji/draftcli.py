"""`gouji grammar draft`: a pack from samples of a form that nobody has described yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gouji.commands import WRONG, Speaking, language_option, packs_option, paths_argument
from gouji.errors import PackError
from gouji.messages import Voice
from gouji.reporters import plain
from gouji.running import Walk, load_engine

if TYPE_CHECKING:
    from gouji.document import Document
    from gouji.workbench.drafting import DraftForm, DraftRow
    from gouji.workbench.draftpack import Outcome
    from gouji.workbench.identities import Law


SHOWN = 3
"""Samples that are named where an equation fails."""


@click.command("draft", cls=Speaking, help="help.grammar_draft")
@paths_argument
@click.option("-o", "--output", "root", type=Path, metavar="DIR", required=True, help="option.draft_output")
@click.option("--name", metavar="NAME", help="option.draft_name")
@packs_option
@language_option
@click.pass_obj
def draft(say: Voice, paths: tuple[str, ...], root: Path, name: str | None, packs: tuple[Path, ...]) -> int:
    """Draft a pack and say what it holds and what it makes of its samples."""
    from gouji.workbench.draftpack import draft_pack
    from gouji.workbench.scaffold import NAME

    engine = load_engine(packs)
    say = Voice(say.lang, engine.messages)
    documents: list[Document] = []
    walk = Walk(say, False)
    walk.over(paths, lambda source: documents.append(engine.read(source)))
    if not documents:
        return WRONG
    if name is None:
        name = re.sub(r"\W+", "_", root.resolve().name.lower(), flags=re.ASCII).strip("_")
        if not NAME.fullmatch(name):
            message = say.known.message
            raise PackError(str(root), "bad-name", message("workbench.bad_name"), message("workbench.name_remedy"))
    outcome = draft_pack(engine, name, documents, root, packs)
    for line in _summary(say, outcome, root):
        print(plain.clean(line))
    return WRONG if walk.failed else 0


def _summary(say: Voice, outcome: Outcome, root: Path) -> Iterator[str]:
    draft = outcome.draft
    for source in draft.bare:
        yield say("draft.bare", where=source)
    for n, form in enumerate(draft.forms, 1):
        names = "、".join(column.title for column in form.columns)
        samples = len(form.cluster.members)
        yield say("draft.form", n=n, samples=samples, rows=len(form.rows), columns=len(form.columns), names=names)
        for head in form.remarks:
            yield say("draft.remarks", head=head or "?")
        for row in form.rows:
            indent = "  " * (len(row.titles))
            yield say("draft.row", indent=indent, label=row.row.label, remark=_remark(say, row)).rstrip()
        if form.laws:
            yield say("draft.laws", n=len(form.laws))
            yield from (f"  {_law(say, form, law)}" for law in form.laws)
        else:
            yield say("draft.no_laws")
    packs = dict.fromkeys(pack for _, pack in draft.read_already)
    for pack in packs:
        yield say("draft.read_already", pack=pack, n=sum(one == pack for _, one in draft.read_already))
    for cluster in draft.rare:
        first = cluster.representative
        yield say("draft.rare", n=len({s.source for s in cluster.members}), where=f"{first.source}:{first.line}")
    figures, bound = sum(t.figures for t in outcome.tried), sum(t.bound for t in outcome.tried)
    yield say("draft.tried", bound=bound, figures=figures)
    for one in outcome.tried:
        if one.bound < one.figures:
            yield say("draft.tried_less", where=one.source, bound=one.bound, figures=one.figures)
    for sheet in (sheet for form in draft.forms for sheet in form.cluster.members):
        for text in sheet.lost:
            yield say("draft.lost", where=sheet.source, text=text)
    for path in outcome.files:
        yield say("draft.wrote", file=path)
    names = " ".join(form.name for form in draft.forms)
    # The built-in rules are about reports of another kind.
    codes = ",".join(form.code for form in draft.forms if form.laws)
    select = f" --select {codes}" if codes else ""
    files = " ".join(str(file) for file in outcome.files if file.name == "pack.yaml")
    yield say("draft.next", root=root, select=select, name=names, file=files)


def _remark(say: Voice, row: DraftRow) -> str:
    remarks = []
    if row.row.heading:
        remarks.append(say("draft.heading"))
    if row.known:
        remarks.append(say("draft.known", path=row.known.path, confidence=f"{row.known.confidence:.2f}"))
    if row.local or row.left_out:
        remarks.append(say("draft.left_out" if row.left_out else "draft.local", n=len(row.row.found)))
    if row.row.unsure:
        remarks.append(say("draft.unsure"))
    return "  ".join(remarks)


def _law(say: Voice, form: DraftForm, law: Law) -> str:
    def name(cell: tuple[int | None, int | None]) -> str:
        row, column = cell
        labels = [] if row is None else [form.rows[row].row.label]
        if column is not None and (row is None or len(form.columns) > 1):
            labels.append(f"[{form.columns[column].title}]")
        return "".join(labels)

    where = "、".join(form.cluster.members[n].source for n in law.fails[:SHOWN])
    where += "…" * (len(law.fails) > SHOWN)
    fails = say("draft.fails", n=len(law.fails), where=where) if law.fails else ""
    if law.operator == "==":
        # The columns of one total are one rule: what one needs, all get.
        together = [one for one in form.laws if (one.total[0], one.reason) == (law.total[0], law.reason)]
        fails += say("draft.warning") if any(one.maybe or one.fails for one in together) else ""
        parts = " + ".join(map(name, law.parts))
        maybe = "".join(say("draft.maybe", row=name(cell)) for cell in law.maybe)
        return say("draft.sum", total=name(law.total), parts=parts, maybe=maybe, holds=law.holds, fails=fails)
    return say("draft.below", part=name(law.parts[0]), total=name(law.total), holds=law.holds, fails=fails)
