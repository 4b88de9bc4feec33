"""The engine: from a path to a checked report."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from gouji import compiled, oserrors, rules
from gouji.canonical import Folds, canonicalise
from gouji.cues import NarrativeModel
from gouji.document import Document
from gouji.errors import Message, ReadError
from gouji.layouts import Layout
from gouji.messages import Messages
from gouji.narrative import read_narrative
from gouji.outline import OutlineModel, read_outline
from gouji.packs import Packs
from gouji.readers import READERS, limits
from gouji.readers import read as read_document
from gouji.readers.carriers import Carrier
from gouji.readers.refusals import no_inputs
from gouji.records import Report
from gouji.registry import Registry
from gouji.rulebook import Rulebook
from gouji.rulemodel import TEXT, Era, Kept
from gouji.tables import of_the_year, read_tables
from gouji.values import Struct

if TYPE_CHECKING:
    from gouji.bodies import BodyModel
    from gouji.crosswalk import Crosswalk


class Engine(Struct):
    """Everything that reading and checking needs, compiled from the packs once."""

    registry: Registry
    rulebook: Rulebook
    messages: Messages
    folds: Folds
    carriers: tuple[Carrier, ...]
    layouts: tuple[Layout, ...]
    narrative: NarrativeModel
    outline: OutlineModel
    kept_bodies: Kept[BodyModel]
    kept_crosswalk: Kept[Crosswalk]

    def __repr__(self) -> str:
        # All that it holds would be millions of characters.
        return f"<Engine with {len(self.layouts)} layouts>"

    @property
    def bodies(self) -> BodyModel:
        """How a report says whose it is; unpacked where reports are compared."""
        return self.kept_bodies.value

    @property
    def crosswalk(self) -> Crosswalk:
        """What of one era corresponds to what of another; unpacked where reports are compared."""
        return self.kept_crosswalk.value

    @classmethod
    def load(cls, packs: Sequence[Path] = ()) -> Engine:
        """The engine with the built-in packs and those below the folders `packs`.

        Compiled packs are kept in the user's cache under a hash of everything that they come from. Raises
        PackError for a pack that cannot be used.
        """
        found = Packs.find(packs)
        store = compiled.place(found)
        engine = compiled.load(store)
        if not isinstance(engine, cls):
            engine = cls.compile(found)
            compiled.store(store, engine)
        return engine

    @classmethod
    def compile(cls, packs: Packs) -> Engine:
        """The engine compiled from `packs`, without any cache. Raises PackError."""
        from gouji.compiler import compile_packs

        return cls(*compile_packs(packs))

    def check(self, source: str, data: bytes | None = None, *, rulebook: Rulebook | None = None) -> Report:
        """Read the report at `source` ("-" for standard input) and run the rules on it. Raises ReadError.

        `data` is what the file holds, where somebody has read it already.
        """
        report = self.parse(source, data)
        findings, verdicts = rules.check(rulebook or self.rulebook, report)
        return evolve(report, findings=findings, verdicts=verdicts)

    def parse(self, source: str, data: bytes | None = None) -> Report:
        """Read the report at `source` without checking it. Raises ReadError."""
        return self.understand(self.read(source, data))

    def read(self, source: str, data: bytes | None = None) -> Document:
        """The document at `source`. Raises ReadError."""
        suffix = os.path.splitext(source)[1].lower()
        return read_document(_bytes(source) if data is None else data, source, suffix, self.carriers)

    def understand(self, document: Document) -> Report:
        """The report that `document` is. Raises ReadError when it holds nothing that a layout knows."""
        canonical = canonicalise(document, self.folds)
        tables = read_tables(document, canonical, self.layouts, self.registry)
        subject = self.narrative.patterns["subject"].search(canonical.text)
        if not tables.observations and not subject:
            raise _no_report(
                document,
                Message("没有可识别的年度报告内容", "nothing in it is known from an annual report"),
                Message(
                    "请检查是否选对了文件；表格未读出的原因可用 gouji grammar trace 查看",
                    "check that it is the right file; gouji grammar trace says why its tables were not read",
                )
                if tables.unparsed
                else Message("请检查是否选对了文件", "check that it is the right file"),
            )
        outline = read_outline(document, canonical, self.outline)
        if outline.foreign and not tables.observations:
            raise _no_report(
                document,
                Message(
                    f"“{outline.title}”是关于年度报告的材料，不是年度报告",
                    f"“{outline.title}” is about an annual report and is none",
                ),
                Message("请改用报告本身", "take the report itself"),
            )
        era = _era(self.rulebook.eras, tables.packs, outline.report_year)
        narrative = read_narrative(document, canonical, outline, self.narrative, era, behind=len(tables.observations))
        prose = bool(outline.stretches) and subject is not None
        layouts = (*tables.used, *([TEXT] if prose else []))
        return Report(
            document,
            layouts[0] if layouts else "unknown",
            layouts,
            canonical.script,
            outline.report_year,
            outline.title,
            outline.issuer,
            outline.region,
            outline.published_date,
            outline.period,
            tuple(outline.sections),
            (*outline.mentions, *tables.mentions),
            (*of_the_year(tables.observations, outline.report_year), *narrative.observations),
            tuple(narrative.unbound),
            (*tables.unparsed, *narrative.unparsed),
            tuple(narrative.partitions),
            folded=canonical.folded if canonical.script == "Hant" else None,
        )

    def canon(self, source: str) -> Iterator[tuple[int | str, str]]:
        """(source line, canonical line) of the report at `source`; a page or table for the line where there is none.

        Raises ReadError.
        """
        document = self.read(source)
        canonical = canonicalise(document, self.folds)
        for line in canonical.lines:
            place = document.place(canonical.source(line.start, max(line.end, line.start + 1)))
            yield place.line or place.short, canonical.text[line.start : line.end]


def _no_report(document: Document, problem: Message, remedy: Message) -> ReadError:
    return ReadError(document.source, "no-report", problem, remedy)


def inputs(paths: Sequence[str]) -> Iterator[str | ReadError]:
    """Every input below `paths`, once: files as they are, folders walked for known suffixes, globs expanded.

    What is not there comes as a ReadError in its place. Order: as given, sorted within a folder or glob.
    """
    seen: set[str] = set()
    for source in _named(paths):
        if isinstance(source, str):
            real = source if source == "-" else os.path.realpath(source)
            if real in seen:
                continue
            seen.add(real)
        yield source


def _named(paths: Sequence[str]) -> Iterator[str | ReadError]:
    for path in paths:
        if path == "-" or os.path.isfile(path):
            yield path
        elif os.path.isdir(path):
            refused: list[OSError] = []
            found = sorted(
                os.path.join(folder, name)
                for folder, _, names in os.walk(path, onerror=refused.append)
                for name in names
                # Office leaves `~$name` beside a document that is open: it holds no report.
                if os.path.splitext(name)[1].lower() in READERS and not name.startswith("~$")
            )
            yield from found
            yield from (oserrors.unreadable(str(error.filename or path), error) for error in refused)
            if not found and not refused:
                yield no_inputs(path, READERS)
        elif matches := sorted(m for m in glob.glob(path, recursive=True) if os.path.isfile(m)):
            yield from matches
        elif os.path.exists(path):
            yield path
        else:
            yield ReadError(
                path,
                "not-found",
                Message("没有这个文件或文件夹", "no such file or folder"),
                Message("请检查路径", "check the path"),
            )


def _bytes(source: str) -> bytes:
    try:
        if source == "-":
            return sys.stdin.buffer.read(limits.FILE_BYTES + 1)
        with open(source, "rb") as file:
            # Room for as many bytes as a file may have takes longer to make than most files to read.
            size = os.fstat(file.fileno()).st_size
            data = file.read(min(size, limits.FILE_BYTES) + 1)
            return data if len(data) <= size else data + file.read(limits.FILE_BYTES + 1 - len(data))
    except OSError as error:
        raise oserrors.unreadable(source, error) from error


def _era(eras: Sequence[Era], packs: Sequence[str], year: int | None) -> str:
    """The era whose metrics the running text counts: that of most tables, else that of the year, else the present one."""
    forms = {form: era for era in eras for form in era.forms}
    read = [forms[pack].name for pack in packs if pack in forms]
    if read:
        return max(read, key=read.count).lower()
    found = next((era for era in eras if year is not None and era.covers(year)), None)
    if found is None and year is not None and year < eras[0].first:
        found = eras[0]
    return (found or eras[-1]).name.lower()
