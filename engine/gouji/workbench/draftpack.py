"""Drafting a pack from files to files: it is tried on its own samples before it is handed over."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from gouji.document import Document
from gouji.errors import Message, PackError, ReadError
from gouji.messages import builtin
from gouji.packs import Packs
from gouji.pipeline import Engine
from gouji.records import Report
from gouji.workbench import corpus
from gouji.workbench.draftfiles import files
from gouji.workbench.drafting import Draft, DraftForm, draft
from gouji.workbench.scaffold import NAME
from gouji.workbench.sheets import Sheet

T = TypeVar("T")


class Tried(NamedTuple):
    """What the drafted pack makes of one of its samples: figures of the drafted tables, and those that it bound."""

    source: str
    figures: int
    bound: int


class Outcome(NamedTuple):
    """A drafted pack: what it is, the files that were written, what it makes of its samples."""

    draft: Draft
    files: list[Path]
    tried: list[Tried]


def draft_pack(
    engine: Engine, name: str, documents: Sequence[Document], root: Path, packs: Sequence[Path] = ()
) -> Outcome:
    """Draft the pack `name` from `documents` and write it below the pack root `root`; `packs` are those of `engine`.

    Nothing is written over. Raises ReadError where there is nothing to draft, PackError for a name that is no word or
    is taken, and OSError.
    """
    say = builtin().message
    if not NAME.fullmatch(name) or "__" in name:
        raise PackError(name, "bad-name", say("workbench.bad_name"), say("workbench.bad_name_remedy"))
    made = draft(engine, name, documents)
    names = [form.name for form in made.forms]
    there = [f for one in names for f in (root / "grammars" / one, root / "rules" / f"{one}.yaml") if f.exists()]
    there += [folder for folder in Packs.find(packs).folders() if folder.name in names]
    if there:
        raise PackError(str(there[0]), "exists", say("workbench.exists"), say("workbench.exists_remedy"))
    content: dict[str, str] = {}
    for form in made.forms:
        content |= files(form, max(_claims(engine, sheet) for sheet in form.cluster.members))
    with tempfile.TemporaryDirectory(prefix=".gouji-draft-", dir=_existing(root)) as folder:
        trial = Path(folder)
        for file, text in content.items():
            _put(trial / file, text)
        # What is written must work: a pack that does not compile is a defect of the draft, told with its place.
        drafted = Engine.compile(Packs.find([*packs, trial]))
        tried = [_tried(drafted, document, made) for document in documents]
        if not any(one.bound for one in tried):
            raise _unreadable(documents[0].source)
        for form in made.forms:
            content[f"grammars/{form.name}/corpus/{form.name}.txt"] = _corpus(drafted, form)
        for file, text in content.items():
            _put(trial / file, text)
        written = []
        for file in content:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            written.append((trial / file).replace(root / file))
    return Outcome(made, written, tried)


def _existing(folder: Path) -> Path:
    """The nearest folder that exists: what is written beside its target can be moved to it."""
    folder = folder.resolve()
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _unreadable(source: str) -> ReadError:
    return ReadError(
        source, "unread-draft",
        Message("起草的规则包读不出样本中的任何数字", "the drafted pack reads no figure of its samples"),
        Message("用 gouji canon 查看程序看到的表格是否完整", "look with gouji canon whether the tables are whole"),
    )  # fmt: skip


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _claims(engine: Engine, sheet: Sheet) -> int:
    return max((layout.evidence(sheet.text + "\n") for layout in engine.layouts), default=0)


def _tried(engine: Engine, document: Document, made: Draft) -> Tried:
    wanted = [s for form in made.forms for s in form.cluster.members if s.source == document.source]
    tables = {sheet.table for sheet in wanted}
    report = _read(engine.understand, document) if wanted else None
    bound = [o for o in report.observations if o.table in tables and o.state == "value"] if report else []
    return Tried(document.source, sum(sheet.figures for sheet in wanted), len(bound))


def _read(read: Callable[[T], Report], sample: T) -> Report | None:
    """What the drafted pack makes of a sample; None where it knows nothing in it."""
    try:
        return read(sample)
    except ReadError as error:
        if error.code != "no-report":
            raise
        return None


def _corpus(engine: Engine, form: DraftForm) -> str:
    """Cases of a pack's own test: samples of the form, two at least, in which every row of it is found."""
    cases = []
    members = form.cluster.members
    open_ = {row.place for row in form.rows if not row.left_out}
    chosen: list[int] = []
    rest = [*range(len(members))]
    beside = set(form.beside)
    while rest and (open_ or beside or len(chosen) < 2):
        best = max(rest, key=lambda k: (sum(k in form.rows[i].row.found for i in open_), k in beside, -k))
        rest.remove(best)
        text = members[best].text
        report = _read(partial(corpus.read, engine), text + "\n")
        if report is None:
            continue
        chosen.append(best)
        beside = set() if best in beside else beside
        open_ -= {i for i in open_ if best in form.rows[i].row.found}
        result = "\n".join(corpus.told(report))
        cases.append(f"{corpus.CASE}sample {best + 1}\n{text}{corpus.RESULT}{result}\n")
    return "\n".join(cases)
