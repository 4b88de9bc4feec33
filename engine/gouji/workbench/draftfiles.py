"""A draft as the files of a pack: `pack.yaml`, grammar, metrics, rules. Text that a person reads and goes on with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from gouji.records import number_text
from gouji.workbench.drafting import Draft, DraftForm, DraftRow, pinyin, spelled
from gouji.workbench.identities import Law

CUES = 14
"""Labels by which a layout is recognised, where no known layout claims more of its tables."""
_NOTE = re.compile(r"\([^()]*\)$")
_WIDTH = 110


def files(draft: Draft, claims: Sequence[int]) -> dict[str, str]:
    """The files of the pack by path below its root. `claims`: how many cues of known layouts the tables of a form hold."""
    name = draft.name
    return {
        f"grammars/{name}/pack.yaml": "".join(f"{line}\n" for line in _pack(draft, claims)),
        f"grammars/{name}/{name}.lark": "".join(f"{line}\n" for line in _Grammar(draft).lines()),
        f"grammars/{name}/metrics.yaml": "".join(f"{line}\n" for line in _metrics(draft)),
        f"rules/{name}.yaml": "".join(f"{line}\n" for line in _Rules(draft).lines()),
    }


def path(name: str, form: DraftForm, row: DraftRow, column: int) -> str:
    """The metric of a cell."""
    suffix = _suffix(name, form.columns[column].name, row)
    return f"{row.stem}.{suffix}" if suffix else row.stem


def _suffix(name: str, column: str, row: DraftRow) -> str:
    """What the name of a column adds to the path of a row; what registered metrics do not have, `ext` sets apart."""
    if column == "value":
        return ""
    return f"ext.{name}.{column}" if row.known else column


def _title(row: DraftRow) -> str:
    return " / ".join(row.titles)


def _quoted(text: str) -> str:
    """A text as a YAML scalar."""
    plain = re.fullmatch(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff ()《》、/%.+-]*", text) and not re.fullmatch(
        r"[\d.+-]+|yes|no|true|false|null|on|off", text
    )
    return text if plain and not text.endswith(" ") else json.dumps(text, ensure_ascii=False)


def _pattern(text: str) -> str:
    """An expression as a YAML scalar."""
    return "'" + text.replace("'", "''") + "'"


def _wrapped(items: Sequence[str], indent: str, joint: str = ", ") -> Iterator[str]:
    """Items over lines of a readable length."""
    line = indent
    for n, item in enumerate(items):
        more = item + (joint if n < len(items) - 1 else "")
        if len(line) + len(more) > _WIDTH and line.strip():
            yield line.rstrip()
            line = indent
        line += more
    yield line.rstrip()


# --- pack.yaml ----------------------------------------------------------------------------------------------------


def _pack(draft: Draft, claims: Sequence[int]) -> Iterator[str]:
    name, samples = draft.name, draft.documents
    yield f"# Drafted from {samples} sample{'s' * (samples != 1)}: a start for a person. Look first at the lines with “unsure”."
    yield f"title: {{zh: {_quoted(name)}（起草）, en: {_quoted(name + ' (draft)')}}}"
    yield "authority: ''  # who prescribes the form, and by which document"
    yield "layouts:"
    for n, form in enumerate(draft.forms):
        start = _start(n)
        yield f"  table{n + 1 if n else ''}:"
        yield f"    grammar: {name}.lark"
        if n:
            yield f"    start: {start}"
        yield "    reads: table"
        yield "    # The labels by which a table is recognised; the layout that finds most of its own takes it."
        cues = [_pattern(cue) for cue in _cues(form, claims[n])]
        yield "    detect:"
        yield from _wrapped(["[" + cues[0], *cues[1:-1], cues[-1] + "]"] if len(cues) > 1 else [f"[{cues[0]}]"], "      ")
    yield "# The cells behind a label in the order of the form; `value` is the metric of the row itself, other names are"
    yield "# appended to it. A registered metric has no such columns: theirs stand below `ext`."
    yield "cells:"
    for n, form in enumerate(draft.forms):
        number = str(n + 1) if n else ""
        yield f"  figure{number}: [{', '.join(form.order)}]"
        if any(row.known for row in form.rows) and len(form.columns) > 1:
            order = [c if c in ("unit", "code", "value") else f"ext.{name}.{c}" for c in form.order]
            yield f"  known{number}: [{', '.join(order)}]"
    heads = _heads(draft)
    if heads:
        yield "# What the heads of columns say, as far as the samples have them."
        yield "heads:"
        yield from (f"  {key}: {_pattern(text)}" for key, text in heads.items())
    yield "rows:"
    for n, form in enumerate(draft.forms):
        number = str(n + 1) if n else ""
        if len(draft.forms) > 1:
            yield f"  # table {n + 1}"
        sections = _Sections(form)
        for row in form.rows:
            if row.row.spanning:
                continue
            yield from (f"  # unsure: {text}" for text in row.row.unsure)
            if row.left_out:
                yield f"  # left out: {_title(row)}, which few samples have and in different places"
                continue
            key = sections.key(row)
            if row.row.heading:
                yield f"  {key}: {{heading: true, cells: figure{number}}}"
                continue
            kind = "known" if row.known and len(form.columns) > 1 else "figure"
            yield f"  {key}: {{path: {row.stem}, cells: {kind}{number}}}{_remark(row, len(form.cluster.members))}"


def _remark(row: DraftRow, samples: int) -> str:
    remarks = []
    if row.known:
        remarks.append(f"{row.row.label}: registered, confidence {row.known.confidence:.2f}")
    if row.guess:
        remarks.append(f"unsure: perhaps {row.guess.path} ({row.guess.confidence:.2f})")
    if row.local:
        remarks.append(f"in {len(row.row.found)} of {samples} samples: added by some bodies")
    return f"  # {'; '.join(remarks)}" if remarks else ""


def _start(n: int) -> str:
    return f"table{n + 1}" if n else "start"


def _cues(form: DraftForm, claims: int) -> list[str]:
    """Labels that most samples have; long ones say more than short ones, unknown ones more than those of other forms."""
    samples = len(form.cluster.members)
    rows = [r for r in form.rows if len(r.row.found) * 5 >= samples * 4 and not r.left_out]
    rows.sort(key=lambda r: (r.known is not None, -min(len(r.row.key), 6), r.place))
    # Where a known layout claims the tables, too, every label is needed to tell them apart, damaged or not.
    wanted = len(rows) if claims else CUES
    chosen = list(dict.fromkeys(_label(r.row.spellings, r.row.key) for r in sorted(rows[:wanted], key=lambda r: r.place)))
    if claims:
        chosen += sorted({_literal(head[-1]) for sheet in form.cluster.members for head in sheet.heads if head[-1]})
    return [f"{cue}[(|]" for cue in chosen] or [spelled([form.rows[0].row.label])]


def _label(spellings: Sequence[str], key: str) -> str:
    """The expression for a label, without the note in brackets that ends it, unless only that tells it from others."""
    return spelled([label if "(" in key else _NOTE.sub("", label) or label for label in spellings])


def _heads(draft: Draft) -> dict[str, str]:
    texts: dict[str, dict[str, None]] = {}
    spans: dict[str, dict[str, None]] = {}
    for form in draft.forms:
        for key, heads in form.heads.items():
            for head in heads:
                above, _, own = head.rpartition("/")
                if above:
                    spans.setdefault(key.rpartition(".")[0] + ".", {})[above] = None
                texts.setdefault(key.rpartition(".")[2] if above else key, {})[own] = None
    return {key: spelled([*found]) for key, found in (texts | spans).items()}


# --- grammar ------------------------------------------------------------------------------------------------------


class _Sections:
    """Which rows open a section: those below which labels stand that stand elsewhere, too, and merged cells."""

    def __init__(self, form: DraftForm) -> None:
        self.form = form
        rows = [row for row in form.rows if not row.left_out]
        self.rows = {row.place: row for row in rows}
        by_terminal: dict[str, list[DraftRow]] = {}
        for row in rows:
            by_terminal.setdefault(row.terminal, []).append(row)
        self.repeated = {row.place for same in by_terminal.values() if len(same) > 1 for row in same}
        self.openers: set[int] = {row.place for row in rows if row.row.spanning}
        for place in self.repeated:
            above = self.rows[place].row.parent
            while above >= 0 and above not in self.openers:
                self.openers.add(above)
                above = self.rows[above].row.parent if above in self.repeated else -1
        self.openers &= self.rows.keys()
        names: set[str] = set()
        self.names: dict[int, str] = {}
        for place in sorted(self.openers):
            name = pinyin(self.rows[place].row.label, 4) or "section"
            if name in ("row", "start", "rest", "unknown") or name in names:
                name = f"{name}_{place + 1}"
            names.add(name)
            self.names[place] = name

    def section(self, row: DraftRow) -> int:
        """The opener of the section that a row stands in, -1 for none."""
        above = row.row.parent
        while above >= 0 and above not in self.openers:
            above = self.form.rows[above].row.parent
        return above

    def key(self, row: DraftRow) -> str:
        """What a row is bound by: its terminal, where labels repeat with the rule that tells it from its likes."""
        if row.place in self.openers:
            return f"{self.names[row.place]}_head.{row.terminal}" if row.place in self.repeated else row.terminal
        if row.place not in self.repeated:
            return row.terminal
        section = self.section(row)
        return f"{self.names[section]}_row.{row.terminal}" if section >= 0 else row.terminal


class _Grammar:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    def lines(self) -> Iterator[str]:
        draft = self.draft
        yield f"// Drafted from {draft.documents} sample{'s' * (draft.documents != 1)}. A row is its label and the cells behind it; what a label means, pack.yaml says."
        yield "%import common.cells (VALUE, DAMAGED, OTHER, ORDINAL, SERIAL, LEAD, BREAK)"
        yield ""
        for n, form in enumerate(draft.forms):
            yield from self.form(form, n)
        yield "unknown: OTHER"
        yield "_cells: VALUES | DAMAGED"
        yield ""
        yield "// The cells behind a label, to the end of the row."
        yield 'VALUES.1: (CELL "|")+ /\\n/'
        bare, numbered = ("|".join(dict.fromkeys(_literal(u) for f in draft.forms for u in f.units[k])) for k in (0, 1))
        cells = ["VALUE", *([f"/(?:{bare})/"] if bare else [])]
        cells += [f"/[^|\\n(\\u4e00-\\u9fff]+(?:{numbered})/"] if numbered else []
        yield f"CELL: {' | '.join(cells)}"
        yield "// What may follow the words of a label in its cell: a note in brackets."
        yield "END: /(?:\\([^|\\n]*\\)?)?\\|/"
        yield ""
        spellings: dict[str, dict[str, None]] = {}
        keys: dict[str, DraftRow] = {}
        for form in draft.forms:
            for row in form.rows:
                if not row.left_out:
                    spellings.setdefault(row.terminal, {}).update(dict.fromkeys(row.row.spellings))
                    keys.setdefault(row.terminal, row)
        # Of two labels of which one begins with the other, the longer is tried first: each ends with its cell.
        for terminal, row in keys.items():
            label = _label([*spellings[terminal]], row.row.key)
            yield f"{'_' if row.row.spanning else ''}{terminal}: /{label}/ END"
        yield ""
        yield "// What stands before a label and names no row."
        styles = {o.style for form in draft.forms for row in form.rows for r in row.row.found.values() if (o := r.ordinal)}
        ignored = ["LEAD", "ORDINAL", "SERIAL", "BREAK"]
        if "bare" in styles:
            yield "BARE_ORDINAL.-1: /\\d{1,2}(?=[\\u4e00-\\u9fff])/"
            ignored.append("BARE_ORDINAL")
        if "circled" in styles:
            yield "CIRCLED.-1: /[\\u2460-\\u2473]/"
            ignored.append("CIRCLED")
        yield from (f"%ignore {one}" for one in ignored)

    def form(self, form: DraftForm, n: int) -> Iterator[str]:
        sections = _Sections(form)
        number = str(n + 1) if n else ""
        top = [p for p in sorted(sections.openers) if sections.section(sections.rows[p]) < 0 and self._own(sections, p)]
        flat = [
            row.terminal
            for row in form.rows
            if not row.left_out and row.place not in sections.openers and row.place not in sections.repeated
        ]
        row_rule = f"row{number}" if flat else ""
        some = f" {row_rule}*" if flat else ""
        parts = [f"unknown{some}", *(sections.names[p] for p in top)]
        yield f"{_start(n)}:{some} rest{number}*"
        yield f"rest{number}: {' | '.join(parts)}"
        yield ""
        if flat:
            yield f"{row_rule}: _label{number} _cells"
            yield from _alternatives(f"_label{number}", list(dict.fromkeys(flat)))
            yield ""
        if sections.openers:
            yield "// Labels that stand in several places are known by what they stand below. A row that the form does not"
            yield "// have ends a section: what follows is then known by its neighbours."
        for place in sorted(sections.openers):
            yield from self.section(form, sections, place, some)

    def _own(self, sections: _Sections, place: int) -> bool:
        """Whether a section that is not within another begins with a label that no other row has."""
        return place not in sections.repeated

    def section(self, form: DraftForm, sections: _Sections, place: int, some: str) -> Iterator[str]:
        name, opener = sections.names[place], sections.rows[place]
        inner = [p for p in sorted(sections.openers) if sections.section(sections.rows[p]) == place]
        deeper = {sections.rows[p].terminal for p in self._below(sections, place) if p not in self._direct(form, sections, place)}
        own = [
            sections.rows[p].terminal
            for p in self._direct(form, sections, place)
            if p in sections.repeated and sections.rows[p].terminal not in deeper
        ]
        head = f"_{opener.terminal}" if opener.row.spanning else f"{name}_head"
        tail = [*(["%s_row%s" % (name, some)] if own else []), *(sections.names[p] for p in inner)]
        rest = f" ({' | '.join(tail)})*" if tail else ""
        yield f"{name}: {head}{some}{rest}"
        if not opener.row.spanning:
            yield f"{name}_head: {opener.terminal} _cells"
        if own:
            yield f"{name}_row: _{name} _cells"
            yield from _alternatives(f"_{name}", list(dict.fromkeys(own)))
        yield ""

    def _direct(self, form: DraftForm, sections: _Sections, place: int) -> list[int]:
        return [r.place for r in form.rows if r.place in sections.rows and r.place not in sections.openers and sections.section(r) == place]

    def _below(self, sections: _Sections, place: int) -> list[int]:
        found = []
        for row in sections.rows.values():
            above = row.row.parent
            while above >= 0 and above != place:
                above = sections.form.rows[above].row.parent
            if above == place:
                found.append(row.place)
        return found


def _literal(text: str) -> str:
    """A text that stands for itself in an expression of a grammar."""
    return re.sub(r"([\\.^$*+?{}\[\]|()/])", r"\\\1", text)


def _alternatives(rule: str, names: Sequence[str]) -> Iterator[str]:
    lines = list(_wrapped(names, "    | ", " | "))
    lines = [line.removesuffix(" |") for line in lines]
    yield f"{rule}: {lines[0][6:]}"
    yield from lines[1:]


# --- metrics ------------------------------------------------------------------------------------------------------


def _metrics(draft: Draft) -> Iterator[str]:
    name = draft.name
    yield "# The metrics of this form. Paths tell the hierarchy; rename them before others rely on them (also in pack.yaml and"
    yield "# in the rules), and give them English names. What is registered already is named in pack.yaml only."
    axes = [(n, form) for n, form in enumerate(draft.forms) if any(c.name != "value" for c in form.columns)]
    if axes:
        yield "axes:"
    for n, form in axes:
        yield f"  {_axis(name, n)}:"
        for column in form.columns:
            if column.name != "value":
                more = ", type: decimal, signed: yes" if column.name.endswith("change") else ""
                yield f"    {column.name}: {{zh: {_quoted(column.title)}, en: {_quoted(column.name.replace('.', ' ').replace('_', ' '))}{more}}}"
    yield "blocks:"
    for n, form in enumerate(draft.forms):
        yield f"  - about: {_quoted(name)} (draft), table {n + 1}"
        yield "    defaults: {blank: zero}"
        yield "    metrics:"
        for row in form.rows:
            if not row.bound:
                continue
            label = f"zh: {_quoted(_title(row))}, en: {_quoted(pinyin(row.row.label, 12).replace('_', ' '))}"
            cells = [(row.place, j) for j in range(len(form.columns))]
            more = f", unit: {_quoted(row.unit)}" if row.unit else ""
            more += ", type: decimal" if any(c in form.decimals for c in cells) else ""
            more += ", signed: yes" if any(c in form.negative for c in cells) else ""
            total = any(law.total[0] == row.place and law.operator == "==" for law in form.laws)
            more += ", blank: total" if total else ""
            if not row.known and form.main:
                yield f"      {row.stem}: {{{label}{more}}}"
            if any(c.name != "value" for c in form.columns):
                between = f"ext.{name}." if row.known else ""
                yield f"      {row.stem}.{between}{{{_axis(name, n)}}}: {{{label}{more}}}"


def _axis(name: str, n: int) -> str:
    return f"{name}_columns{n + 1 if n else ''}"


# --- rules --------------------------------------------------------------------------------------------------------


class _Rules:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.number = 0

    def lines(self) -> Iterator[str]:
        yield "# Equations that hold in the samples. Strike out what the form does not mean, and say in `basis` what it does."
        yield "about: {zh: %s（起草）, en: %s}" % (_quoted(self.draft.name), _quoted(self.draft.name + " (draft)"))
        groups = [(form, laws) for form in self.draft.forms for laws in self._grouped(form)]
        if not groups:
            yield "# No equation was found that the samples speak for."
            yield "rules: []"
            return
        yield "rules:"
        for form, laws in groups:
            yield from self.rule(form, laws)

    def _grouped(self, form: DraftForm) -> list[list[Law]]:
        """Laws of one total in its columns are one rule; so are all 其中, and all 累计."""
        found: dict[object, list[Law]] = {}
        for law in form.laws:
            found.setdefault((law.reason,) if law.operator == "<=" else (law.total[0], law.reason), []).append(law)
        return list(found.values())

    def cases(self, form: DraftForm, law: Law) -> Iterator[tuple[str, str, list[str], list[str]]]:
        """(case, total, parts, parts that some bodies add): a case a row where the law holds between columns."""
        name = self.draft.name
        (i, j) = law.total
        if i is None:
            for row in form.rows:
                if row.bound and not row.local:
                    parts = [path(name, form, row, k or 0) for _, k in law.parts]
                    yield row.terminal.lower() if row.place == min(r.place for r in form.rows if r.terminal == row.terminal) else f"{row.terminal.lower()}_{row.place + 1}", path(name, form, row, j or 0), parts, []
            return
        total = form.rows[i]
        parts = [path(name, form, form.rows[k or 0], c or 0) for k, c in law.parts]
        maybe = [path(name, form, form.rows[k], c) for k, c in law.maybe if form.rows[k].bound]
        column = form.columns[j or 0].name
        case = column.replace(".", "_")
        if law.operator == "<=":
            row = form.rows[law.parts[0][0] or 0]
            case = f"{row.terminal.lower()}_{row.place + 1}_{case}" if len(form.columns) > 1 else f"{row.terminal.lower()}_{row.place + 1}"
        yield case, path(name, form, total, j or 0), parts, maybe

    def rule(self, form: DraftForm, laws: Sequence[Law]) -> Iterator[str]:
        law = laws[0]
        self.number += 1
        code = re.sub(r"[^A-Z0-9]", "", self.draft.name.upper())
        samples = len(form.cluster.members)
        cases = [(case, operator, total, parts, maybe) for one in laws for case, total, parts, maybe in self.cases(form, one) for operator in [one.operator]]
        total_row = form.rows[law.total[0]] if law.total[0] is not None else None
        zh, en = {
            "==": ("等于各项之和", "is the sum of its parts"),
            "<=": ("不多于所属总数", "does not exceed its whole"),
        }[law.operator]
        if law.operator == "<=":
            title = {"part": ("“其中”项不多于所属总数", "No part exceeds its whole"), "cumulative": ("累计数不小于本期数", "No cumulative figure is below that of the period")}[law.reason]
        elif total_row is None:
            title = (f"{form.columns[law.total[1] or 0].title}{zh}", f"Column {form.columns[law.total[1] or 0].name} {en}")
        else:
            title = (f"{total_row.row.label}{zh}", f"{pinyin(total_row.row.label, 12).replace('_', ' ')} {en}")
        for one in laws:
            yield from (f"  # {text}" for text in self._evidence(form, one))
        maybe = any(extra for *_, extra in cases)
        fails = any(one.fails for one in laws)
        yield f"  - id: {code}{self.number:02d}"
        yield f"    title: {{zh: {_quoted(title[0])}, en: {_quoted(title[1])}}}"
        yield f"    severity: {'warning' if fails or maybe or law.operator == '<=' else 'error'}"
        yield f"    applies: {{layouts: [{self.draft.name}]}}"
        within = " within 0.01" if form.decimals and law.operator == "==" else ""
        texts = []
        for case, operator, total, parts, extra in cases:
            # Without a row that the form has nothing is said; rows that bodies add count where they are.
            ways = [[*parts, *some] for some in ([extra] if len(extra) > 1 else []) + [[one] for one in extra] + [[]]]
            texts.append((case, [f"{_sum(way)} {operator} {total}{within}" for way in ways]))
        if len(texts) == 1:
            yield from _equation("    equation: ", texts[0][1])
        else:
            yield "    equation:"
            for case, ways_ in texts:
                yield from _equation(f"      {case}: ", ways_)
        if law.operator == "==":
            yield '    message: {zh: "{right_label}为 {right}，各项合计 {left}，相差 {difference}", en: "{right_label}: {right}, but the parts add up to {left} ({difference})"}'
        else:
            yield '    message: {zh: "{left_label}为 {left}，多于{right_label} {right}", en: "{left_label}: {left}, more than {right_label}: {right}"}'
        holds = sum(one.holds for one in laws)
        yield f"    basis: {{zh: 起草：{samples} 份样本中核对 {holds + sum(len(one.fails) for one in laws)} 处，成立 {holds} 处, en: \"drafted: holds at {holds} places in {samples} samples\"}}"
        if maybe:
            yield "    exceptions: {zh: 部分机关增设的行可能计入, en: rows that some bodies add may count}"
        good, bad = self._examples(form, laws, cases)
        yield from _example("pass", good)
        yield from _example("fail", bad)

    def _evidence(self, form: DraftForm, law: Law) -> Iterator[str]:
        column = form.columns[law.total[1] or 0].name
        text = f"{column}: holds {law.holds} times in {len(form.cluster.members)} samples, {law.saying} of them with figures that say something"
        text += f"; accidents to be expected: {law.accidents:.0e}" if law.accidents is not None else "; the words of the form say so"
        yield text
        for number in law.fails[:5]:
            yield f"unsure: does not hold in {form.cluster.members[number].source}"

    def _examples(self, form: DraftForm, laws: Sequence[Law], cases: Sequence[tuple[str, str, str, list[str], list[str]]]) -> tuple[dict[str, str], dict[str, str]]:
        """Figures of a sample with which a rule holds, and the same with one figure changed with which it does not."""
        law = laws[0]
        paths = {path(self.draft.name, form, row, j): (row.place, j) for row in form.rows if row.bound for j in range(len(form.columns))}
        _, operator, total, parts, _ = cases[0]
        for number, numbers in sorted(enumerate(form.figures.samples), key=lambda item: item[0] in law.fails):
            if all(paths[p] in numbers for p in (total, *parts)):
                figures = {p: numbers[paths[p]] for p in (*parts, total)}
                whole = sum(figures[p] for p in parts)
                if (whole == figures[total]) if operator == "==" else (whole <= figures[total]):
                    break
        else:
            figures = {p: 1 for p in parts} | {total: len(parts)}
        good = {p: number_text(v) for p, v in figures.items()}
        changed = dict(figures)
        if operator == "==":
            changed[total] = figures[total] + 1
        else:
            changed[parts[0]] = figures[total] + 1
        return good, {p: number_text(v) for p, v in changed.items()}


def _sum(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"sum({', '.join(parts)})"


def _equation(start: str, ways: Sequence[str]) -> Iterator[str]:
    """One equation, or alternatives of which one must hold, over lines of a readable length."""
    if len(start) + sum(map(len, ways)) <= _WIDTH and len(ways) == 1:
        yield start + ways[0]
        return
    yield start.rstrip() + " >-"
    indent = " " * (len(start) - len(start.lstrip()) + 2)
    for n, way in enumerate(ways):
        yield from _wrapped(re.split(r"(?<=, )|(?= == )", ("or " if n else "") + way), indent, "")


def _example(key: str, figures: dict[str, str]) -> Iterator[str]:
    yield f"    {key}:"
    yield from (f"      {name}: {value}" for name, value in figures.items())


