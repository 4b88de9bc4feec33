"""A pack drafted from samples of a form that no grammar knows: what its rows, columns, metrics and equations are.

The steps are modules of their own: `sheets` takes tables apart, `clustering` sorts them into forms, `merging` aligns
the rows of a form over its samples and finds their hierarchy, `knowing` finds registered metrics, `identities` the
equations. Here the parts get names; `draftfiles` writes them down.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from attrs import define, field

from gouji.canonical import canonicalise
from gouji.document import Document
from gouji.errors import Message, ReadError
from gouji.layouts import REMARKS, plain
from gouji.pipeline import Engine
from gouji.quantities import cell
from gouji.tables import read_tables
from gouji.workbench.clustering import Cluster, clustered
from gouji.workbench.draftwords import DraftWords, draft_words
from gouji.workbench.identities import SHARE, Figures, Law, laws
from gouji.workbench.knowing import BOUND, Known, known
from gouji.workbench.merging import FormRow, merged
from gouji.workbench.sheets import FIGURES, UNIT_LENGTH, Sheet, settled, sheets

RARE = 0.2
"""Share of the documents in which a form must be found to be drafted along with commoner ones."""
LOCAL = 0.5
"""Share of the samples below which a row counts as an addition of some bodies."""
ODD = 50
"""Samples of which one may add a row that the draft passes over."""
SYLLABLES = 6
_BRACKETED = re.compile(rf"\(([^()]{{1,{UNIT_LENGTH}}})\)$")
WORD = re.compile(r"[a-z][a-z0-9_]*")


@define(eq=False, repr=False)
class DraftRow:
    """A row of the form with its names. `terminal` matches its label; rows with one label have one terminal."""

    row: FormRow
    unit: str
    terminal: str
    stem: str
    known: Known | None
    guess: Known | None
    titles: tuple[str, ...]
    place: int
    local: bool
    left_out: bool = False

    @property
    def bound(self) -> bool:
        """Whether it has metrics."""
        return not self.row.heading and not self.left_out


class DraftColumn(NamedTuple):
    """A column of figures: the name that it has in paths ("value" is the metric itself), its heads, how they are told."""

    name: str
    heads: tuple[str, ...]
    title: str


@define(eq=False, repr=False)
class DraftForm:
    """One form: the name of its pack, its samples, rows, columns and laws."""

    name: str
    cluster: Cluster[Sheet]
    rows: list[DraftRow]
    columns: tuple[DraftColumn, ...]
    order: tuple[str, ...]  # of all cells behind the label: unit, code, text (remarks) and names of columns
    heads: dict[str, tuple[str, ...]]
    figures: Figures
    laws: list[Law]
    units: tuple[tuple[str, ...], tuple[str, ...]]  # not known to the common terminal of values: alone, behind a number
    decimals: set[tuple[int, int]]
    negative: set[tuple[int, int]]
    remarks: dict[str, bool]  # heads of the columns that hold no figures, and whether the head says so

    @property
    def beside(self) -> tuple[int, ...]:
        """The samples that have remarks behind the cells of the form, where it has no cell for them."""
        if REMARKS in self.order:
            return ()
        return tuple(
            n
            for n, sheet in enumerate(self.cluster.members)
            if sheet.columns[-1].kind == REMARKS and any(cell(row.values[-1])[0] == "text" for row in sheet.rows)
        )

    @property
    def code(self) -> str:
        """What the ids of its rules begin with."""
        return re.sub(r"[^A-Z0-9]", "", self.name.upper())

    @property
    def main(self) -> bool:
        """Whether one column holds the metric itself."""
        return any(column.name == "value" for column in self.columns)


@define(eq=False, repr=False)
class Draft:
    """What was drafted, and what was not: tables that a known layout reads, and forms that are in few documents."""

    name: str
    documents: int
    forms: list[DraftForm]
    read_already: list[tuple[Sheet, str]] = field(factory=list)
    rare: list[Cluster[Sheet]] = field(factory=list)
    bare: list[str] = field(factory=list)


def draft(engine: Engine, name: str, documents: Sequence[Document]) -> Draft:
    """A pack for each form among the tables of `documents` that no known layout reads completely.

    The pack of the commonest form is called `name`, those of others `name`_2 and so on.

    Raises ReadError where there is no such table.
    """
    words = draft_words()
    left: list[Sheet] = []
    result = Draft(name, len(documents), [])
    for document in documents:
        found = list(sheets(engine, document, words))
        taken = _taken(engine, document)
        result.read_already.extend((sheet, taken[sheet.table]) for sheet in found if sheet.table in taken)
        left.extend(sheet for sheet in found if sheet.table not in taken)
        if not found:
            result.bare.append(document.source)
    clusters = clustered(left)
    if not clusters:
        raise _nothing(result, documents)
    enough = max(len({s.source for s in cluster.members}) for cluster in clusters) * RARE
    for cluster in clusters:
        if len({s.source for s in cluster.members}) < enough:
            result.rare.append(cluster)
        else:
            number = len(result.forms) + 1
            result.forms.append(_form(engine, f"{name}_{number}" if number > 1 else name, cluster, words))
    return result


def unread(engine: Engine, document: Document) -> list[Sheet]:
    """The tables of a document that no known layout reads completely."""
    taken = _taken(engine, document)
    return [sheet for sheet in sheets(engine, document, draft_words()) if sheet.table not in taken]


def _nothing(result: Draft, documents: Sequence[Document]) -> ReadError:
    source = documents[0].source if documents else "-"
    if result.read_already:
        _, pack = result.read_already[0]
        return ReadError(
            source, "known-form",
            Message(f"这些表格已能由 {pack} 完整读取，无需起草", f"the tables are read completely by {pack}: there is nothing to draft"),
            Message("可直接用 gouji check", "use gouji check as it is"),
        )  # fmt: skip
    return ReadError(
        source, "no-table",
        Message("没有找到带行标签和数字的表格", "no table with row labels and figures was found"),
        Message("用 gouji canon 查看程序看到的文本；表格的单元格以 TAB 或 | 分隔", "look at the text with gouji canon; cells of tables are separated by TAB or |"),
    )  # fmt: skip


def _taken(engine: Engine, document: Document) -> dict[int, str]:
    """The tables that a known layout reads, every figure of them, with its pack."""
    canonical = canonicalise(document, engine.folds)
    reading = read_tables(document, canonical, engine.layouts, engine.registry)
    read = Counter(o.table for o in reading.observations if o.table is not None and not o.path.startswith("ext."))
    open_ = {u.table for u in reading.unparsed} | {o.table for o in reading.observations if o.path.startswith("ext.")}
    pack = "、".join(reading.used) or "?"
    return {table: pack for table in read if table is not None and table not in open_}


# --- one form -----------------------------------------------------------------------------------------------------


def _form(engine: Engine, name: str, cluster: Cluster[Sheet], words: DraftWords) -> DraftForm:
    members = tuple(settled(cluster.members, words))
    cluster = cluster._replace(members=members)
    rows = merged(members)
    columns, order, places, heads = _columns(members, words)
    figures = Figures(rows, places)
    unit_at = [next((n for n, c in enumerate(s.columns) if c.kind == "unit"), -1) for s in members]
    units = [_unit(row, unit_at) for row in rows]
    found = known(rows, units, engine, words) if any(c.name == "value" for c in columns) else {}
    drafted = _named(name, rows, units, found, len(members))
    names = ["current" if column.name == "value" else column.name.replace(".", "/") for column in columns]
    decimals = {c for numbers in figures.samples for c, v in numbers.items() if not isinstance(v, int)}
    negative = {c for numbers in figures.samples for c, v in numbers.items() if v < 0}
    measures = [_measure(column, words) for column in columns]
    proposed = laws(rows, units, figures, names, measures, words.total)
    proposed = [law for law in proposed if all(i is None or drafted[i].bound for i, _ in (law.total, *law.parts))]
    values = engine.layouts[0].values
    printed = sorted({unit for unit in units if unit}, key=lambda u: (-len(u), u))
    odd = (
        tuple(u for u in printed if not values.fullmatch(f"{u}|\n")),
        tuple(u for u in printed if not values.fullmatch(f"1{u}|\n")),
    )
    remarks = {c.head: words.kind(c.head) == REMARKS for s in members for c in s.columns if c.kind == REMARKS}
    return DraftForm(name, cluster, drafted, columns, order, heads, figures, proposed, odd, decimals, negative, remarks)


def _measure(column: DraftColumn, words: DraftWords) -> str:
    """The unit that the heads of a column print, "" for none."""
    own = [head.rpartition("/")[2] for head in column.heads]
    if any(words.share.fullmatch(head) for head in own):
        return SHARE
    return next((match[1] for head in own if (match := _BRACKETED.search(head))), "")


def _unit(row: FormRow, unit_at: Sequence[int]) -> str:
    texts = Counter(r.values[unit_at[n]].strip("()") for n, r in row.found.items() if unit_at[n] >= 0)
    texts = Counter({text: n for text, n in texts.items() if cell(text)[0] == "text"})
    return max(texts, key=lambda t: (texts[t], t), default="")


def _columns(
    members: Sequence[Sheet], words: DraftWords
) -> tuple[tuple[DraftColumn, ...], tuple[str, ...], list[list[int]], dict[str, tuple[str, ...]]]:
    """The columns of figures, the order of all cells, where each sample has the figures, and heads by name of column."""
    shapes = Counter(tuple(column.kind for column in sheet.columns) for sheet in members)
    shape = max(shapes, key=lambda s: (shapes[s], len(s)))
    width = shape.count("value")
    best = max(
        (s for s in members if tuple(c.kind for c in s.columns) == shape),
        key=lambda s: sum(bool(c.head) for c in s.columns),
    )
    titles = [column.head for column in best.columns if column.kind == "value"]
    taken: set[str] = set()
    names = [_column_name(title, n, words, taken) for n, title in enumerate(titles)]
    current = [n for n, one in enumerate(names) if one == "current"]
    if width == 1:
        names = ["value"]
    elif len(current) == 1:
        names[current[0]] = "value"
    heads: dict[str, dict[str, None]] = {}
    places: list[list[int]] = []
    for sheet in members:
        at = [n for n, column in enumerate(sheet.columns) if column.kind == "value"]
        own = [sheet.columns[n].head for n in at]
        said = [_column_name(title, n, words, set()) for n, title in enumerate(own)] if all(own) else []
        wanted = ["current" if one == "value" and width > 1 else one for one in names]
        if said and width > 1 and sorted(said) == sorted(wanted):
            at = [at[said.index(one)] for one in wanted]
        places.append(at if len(at) == width else [-1] * width)
        if len(at) == width:
            for one, place in zip(names, at, strict=True):
                if head := sheet.columns[place].head:
                    heads.setdefault(one, {})[head] = None
        for column in sheet.columns:
            if column.kind in ("unit", "code", REMARKS) and column.head:
                heads.setdefault(column.kind, {})[column.head] = None
        for above in sheet.heads[:1]:
            texts = [text for text in above if text]
            for text in texts[: max(1, len(texts) - len(sheet.columns))]:
                heads.setdefault("label", {})[text] = None
    numbered = iter(names)
    order = tuple(next(numbered) if kind == "value" else kind for kind in shape)
    if _left_out(members, order):
        # Heads that name nothing behind the label are passed over as those of labels are.
        order = order[:-1]
        heads.setdefault("label", {}).update(heads.pop(REMARKS, {}))
    columns = tuple(
        DraftColumn(one, tuple(heads.get(one, ())), title.replace("/", " / ") or one)
        for one, title in zip(names, titles, strict=True)
    )
    return columns, order, places, {key: tuple(found) for key, found in heads.items()}


def _left_out(members: Sequence[Sheet], order: Sequence[str]) -> bool:
    """Whether a form has no cell for its only remarks, the last, since samples leave it out where it is empty."""
    return order[-1] == REMARKS and order.count(REMARKS) == 1 and any(sheet.short for sheet in members)


def _column_name(head: str, n: int, words: DraftWords, taken: set[str]) -> str:
    steps: list[str] = []
    for text in head.split("/") if head else [""]:
        kind = words.kind(text) if text else ""
        if steps and kind == "current":
            # Below 本期 and 累计 the heads tell what is counted.
            kind = ""
        steps.append(kind if kind in FIGURES else pinyin(text, SYLLABLES) or f"column{n + 1}")
    name = ".".join(steps)
    while name in taken:
        name += f"_{n + 1}"
    taken.add(name)
    return name


# --- names --------------------------------------------------------------------------------------------------------


def pinyin(text: str, limit: int) -> str:
    """The beginning of a Chinese text as a name: pinyin without tones, syllables joined by `_`."""
    from pypinyin import lazy_pinyin

    syllables = [s for part in lazy_pinyin(plain(text) or text) if (s := re.sub(r"[^a-z0-9]", "", part.lower()))]
    name = "_".join(syllables[:limit])
    return name if not name or WORD.fullmatch(name) else f"n{name}"


def _named(
    pack: str, rows: Sequence[FormRow], units: Sequence[str], found: dict[int, Known], samples: int
) -> list[DraftRow]:
    labels = Counter(row.key for row in rows)
    # What few bodies add, and in different places, is left to the reader of tables; so is what hardly any body adds.
    left_out = {
        i
        for i, row in enumerate(rows)
        if len(row.found) < LOCAL * samples and (labels[row.key] > 1 or len(row.found) <= samples // ODD)
    }
    above = {row.parent for i, row in enumerate(rows) if i not in left_out}
    segments: dict[int, str] = {}
    stems: set[str] = set()
    terminals: dict[str, str] = {}
    drafted: list[DraftRow] = []
    for i, row in enumerate(rows):
        chain = [i]
        while rows[chain[-1]].parent >= 0:
            chain.append(rows[chain[-1]].parent)
        chain.reverse()
        prefix = ".".join(["ext", pack, *(segments[k] for k in chain[:-1])])
        for limit in (SYLLABLES, 12, 40):
            segments[i] = pinyin(row.label, limit) or f"row{i + 1}"
            if f"{prefix}.{segments[i]}" not in stems:
                break
        while f"{prefix}.{segments[i]}" in stems:
            segments[i] += f"_{i + 1}"
        stems.add(f"{prefix}.{segments[i]}")
        stem = f"{prefix}.{segments[i]}" + (".total" if i in above else "")
        best = found.get(i)
        sure = best if best and best.confidence >= BOUND else None
        local = len(row.found) < LOCAL * samples
        if row.key not in terminals:
            name = _terminal(sure, row)
            while name in terminals.values():
                name += f"_{i + 1}"
            terminals[row.key] = name
        drafted.append(
            DraftRow(
                row, units[i], terminals[row.key], sure.path if sure else stem, sure,
                best if best and not sure else None, tuple(rows[k].label for k in chain), i, local,
                i in left_out,
            )
        )  # fmt: skip
    return drafted


def _terminal(sure: Known | None, row: FormRow) -> str:
    if sure is not None:
        steps = [step for step in sure.path.split(".") if step not in ("total", "e1")]
        return "_".join(steps[-2:] if len(steps) > 2 else steps).upper()
    return (pinyin(row.label, SYLLABLES) or "row").upper()


def spelled(spellings: Sequence[str]) -> str:
    """An expression that matches every one of `spellings`: what they share as it is, the rest as alternatives."""
    texts = sorted(dict.fromkeys(spellings))
    if len(texts) == 1:
        return _escaped(texts[0])
    shared = _shared(texts)
    if not shared:
        some = [text for text in texts if text]
        inside = "|".join(map(_escaped, some))
        return f"(?:{inside}){'?' if len(some) < len(texts) else ''}"
    parts = [text.partition(shared) for text in texts]
    before, after = [p[0] for p in parts], [p[2] for p in parts]
    return (spelled(before) if any(before) else "") + _escaped(shared) + (spelled(after) if any(after) else "")


def _shared(texts: Sequence[str]) -> str:
    """The longest text that all of them have in common."""
    short = min(texts, key=len)
    for length in range(len(short), 0, -1):
        for start in range(len(short) - length + 1):
            if all(short[start : start + length] in text for text in texts):
                return short[start : start + length]
    return ""


def _escaped(text: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()/])", r"\\\1", text)
