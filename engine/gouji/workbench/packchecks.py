"""Checks of a pack itself: what its grammar cannot do, and what its corpus does not show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lark.utils import TextSlice

from gouji.cases import example_report
from gouji.conflicts import conflicts
from gouji.crosschecks import is_between
from gouji.errors import Message
from gouji.explosive import explosive
from gouji.grammar import Grammar
from gouji.grammarfiles import imports, named, place
from gouji.layouts import Layout
from gouji.messages import builtin
from gouji.pipeline import Engine
from gouji.polynomial import polynomial
from gouji.rules import check as judged
from gouji.wordings import examples
from gouji.workbench.corpus import Case
from gouji.workbench.reach import reached, shown
from gouji.yamlfile import read

ENOUGH = 2
"""Cases that a corpus has at least: one says how it is, two show what may differ."""


class Note(NamedTuple):
    """What is wrong with a pack, where, and what to do about it. Errors make its test fail."""

    where: str
    severity: Literal["error", "warning"]
    problem: Message
    remedy: Message


def check(engine: Engine, folder: Path, roots: Sequence[Path], cases: Sequence[Case]) -> list[Note]:
    """What is wrong with the pack in `folder`, by place."""
    content = read(folder / "pack.yaml")
    layouts = [layout for layout in engine.layouts if layout.pack == folder.name]
    notes: list[Note] = []
    seen = reached(engine, cases)
    for name in content.get("layouts") or ():
        layout = next(one for one in layouts if one.name == name)
        file = folder / content["layouts"][name]["grammar"]
        notes += _layout(engine, layout, file, roots)
        notes += _unreached(layout, file, roots, seen)
    if "cues" in content:
        notes += _cues(folder / content.get("narrative", {}).get("cues", "cues.lark"), content["cues"], seen)
    for name in content.get("carriers") or ():
        if f"carrier {name}" not in seen:
            notes.append(_note(folder / "pack.yaml", "error", "unreached_carrier", name=name))
    notes += _unused(folder, roots, content)
    if any(content.get(key) for key in ("layouts", "cues", "carriers", "amends")) and len(cases) < ENOUGH:
        notes.append(_note(folder / "corpus", "warning", "small_corpus", n=len(cases), enough=ENOUGH))
    notes += _examples(engine, folder.parents[1] / "rules")
    titles = [case.title for case in cases]
    for case in cases:
        if titles.count(case.title) > 1:
            notes.append(_note(f"{case.file}:{case.line}", "error", "same_title", title=case.title))
    return sorted(dict.fromkeys(notes), key=lambda note: (note.severity, note.where))


def _note(where: object, severity: Literal["error", "warning"], key: str, **values: object) -> Note:
    say = builtin().message
    return Note(str(where), severity, say(f"packcheck.{key}", **values), say(f"packcheck.{key}_remedy", **values))


# --- the grammar -------------------------------------------------------------------------------------------------


def _layout(engine: Engine, layout: Layout, file: Path, roots: Sequence[Path]) -> Iterator[Note]:
    lark = layout.grammar.lark
    for conflict in conflicts(lark.rules, lark.terminals, (layout.start,)):
        before, ahead = (one.replace("\n", "⏎") for one in (conflict.before, conflict.ahead))
        rules = " / ".join(dict.fromkeys(conflict.rules))
        where = place(file, conflict.rules[0], roots)
        yield _note(where, "warning", "conflict", before=before, ahead=ahead or "⏎", rules=rules)
    for terminal in lark.terminals:
        name = shown(terminal.name)
        source = terminal.pattern.to_regexp()
        if (word := explosive(source)) is not None:
            yield _note(place(file, name, roots), "error", "explosive", name=name, text=word * 3 + "…")
        elif (slow := polynomial(source)) is not None:
            text = "".join(one * 3 + "…" for one in slow.words)
            yield _note(place(file, name, roots), "error", "slow", name=name, text=text, times=2**slow.degree)
        for character in dict.fromkeys(c for c in source if c > "\x7f"):
            folded = chr(engine.folds.table[ord(character)])
            if folded != character:
                where = place(file, name, roots)
                yield _note(where, "error", "unfolded", name=name, found=character, folded=folded)
        if (other := _shadow(layout.grammar, terminal.name, source)) is not None:
            lost, winner = other
            shadow = "shadowed" if winner else "cut"
            yield _note(
                place(file, name, roots), "error", shadow, name=name, other=shown(winner), text=lost.replace("\n", "⏎")
            )


def _shadow(grammar: Grammar, name: str, source: str) -> tuple[str, str] | None:
    """A text of a terminal that is always lexed otherwise, and as what; None where the terminal wins somewhere."""
    lark: Any = grammar.lark
    lexers = [one for one in _lexers(lark) if name in one.terminals_by_name and _has(one, name)]
    found: tuple[str, str] | None = None
    for word in examples(source):
        for lexer in lexers:
            match = lexer.match(TextSlice.cast_from(word), 0) if word else None
            if match is not None and match[1] == name:
                return None
            if match is not None and found is None:
                found = (word, match[1])
    return found


def _has(lexer: Any, name: str) -> bool:
    return any(terminal.name == name for terminal in lexer.terminals)


def _lexers(lark: Any) -> list[Any]:
    lexers = getattr(lark.parser.lexer, "lexers", None)
    return list({id(one): one for one in lexers.values()}.values()) if lexers else []


# --- the rules ---------------------------------------------------------------------------------------------------


def _examples(engine: Engine, folder: Path) -> Iterator[Note]:
    """The rules in `folder` on the examples that they bring; those between reports, which take several, are left out."""
    book = engine.rulebook
    for rule in book.rules:
        if Path(rule.where.rsplit(":", 2)[0]).resolve().parent != folder.resolve() or is_between(rule):
            continue
        for source in rule.sources:
            for n, figures in enumerate(rule.passes, 1):
                findings, verdicts = judged(book.of((rule,)), example_report(book, rule, figures, source))
                if findings or not verdicts.passed:
                    yield _note(rule.where, "error", "example_fails", rule=rule.id, n=n)
            for n, figures in enumerate(rule.fails, 1):
                findings, _ = judged(book.of((rule,)), example_report(book, rule, figures, source))
                if not any(finding.verdict == figures.get("$verdict", "fail") for finding in findings):
                    yield _note(rule.where, "error", "example_holds", rule=rule.id, n=n)


# --- what the corpus shows ---------------------------------------------------------------------------------------


def _unreached(layout: Layout, file: Path, roots: Sequence[Path], seen: set[str]) -> Iterator[Note]:
    lark = layout.grammar.lark
    literals = {shown(terminal.name): terminal.pattern.raw for terminal in lark.terminals}
    terminals = {shown(s.name) for rule in lark.rules for s in rule.expansion if s.is_term}
    rules = {shown(str(rule.origin.name)) for rule in lark.rules if not rule.origin.name.startswith("_")}
    for name in sorted(terminals | {rule for rule in rules if not rule.startswith("_")}):
        found = place(file, name, roots)
        # A literal inside a rule has a name that only Lark knows.
        literal = literals.get(name) if found == str(file) else None
        where = place(file, literal, roots) if literal else found
        # What several packs share is for their corpora together.
        if f"{layout.pack} {name}" not in seen and where.startswith(str(file.parent)):
            yield _note(where, "error", "unreached", name=literal or name)


def _cues(file: Path, cues: dict[Any, Any], seen: set[str]) -> Iterator[Note]:
    for name in cues:
        if name not in seen:
            where = named(file, file.read_text(encoding="utf-8"), name) if file.is_file() else name.where
            yield _note(where, "error", "unreached_cue", name=name)


def _unused(folder: Path, roots: Sequence[Path], content: dict[Any, Any]) -> Iterator[Note]:
    """Grammar files of a pack that nothing uses; one that has no layout of its own is there for others."""
    specs = [*(content.get("layouts") or {}).values(), *(content.get("carriers") or {}).values()]
    narrative = content.get("narrative") or {}
    pending = [folder / spec["grammar"] for spec in specs if "grammar" in spec]
    pending += [folder / narrative[key] for key in ("grammar", "cues") if key in narrative]
    if not pending:
        return
    used: set[Path] = set()
    while pending:
        file = pending.pop().resolve()
        if file not in used:
            used.add(file)
            pending += [one.file for one in imports(file, roots) if one.file is not None]
    for file in sorted(folder.rglob("*.lark")):
        if file.resolve() not in used:
            yield _note(file, "error", "unused", name=file.name)
