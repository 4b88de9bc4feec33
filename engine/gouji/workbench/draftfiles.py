"""A draft as the files of a pack: `pack.yaml`, grammar, metrics, rules. Text that a person reads and goes on with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from gouji.layouts import REMARKS
from gouji.records import Number, number_text
from gouji.workbench.columns import CODE
from gouji.workbench.drafting import DraftForm, DraftRow, pinyin, spelled
from gouji.workbench.identities import Law

CUES = 14
"""Labels by which a layout is recognised, where no known layout claims more of its tables."""
_NOTE = re.compile(r"\([^()]*\)$")
_WIDTH = 110


def files(form: DraftForm, claims: int) -> dict[str, str]:
    """The files of the pack of a form by path below its root. `claims`: how many cues of known layouts its tables hold."""
    name = form.name
    return {
        f"grammars/{name}/pack.yaml": "".join(f"{line}\n" for line in _pack(form, claims)),
        f"grammars/{name}/{name}.lark": "".join(f"{line}\n" for line in _Grammar(form).lines()),
        f"grammars/{name}/metrics.yaml": "".join(f"{line}\n" for line in _metrics(form)),
        f"rules/{name}.yaml": "".join(f"{line}\n" for line in _Rules(form).lines()),
    }


def _drafted(form: DraftForm) -> str:
    return f"Drafted from {_count(len(form.cluster.members), 'sample')}"


def _count(n: int, thing: str) -> str:
    """So many of a thing, in English."""
    return f"{n} {thing}{'s' * (n != 1)}"


def path(form: DraftForm, row: DraftRow, column: int) -> str:
    """The metric of a cell."""
    suffix = _suffix(form.name, form.columns[column].name, row)
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


def _pack(form: DraftForm, claims: int) -> Iterator[str]:
    name = form.name
    yield f"# {_drafted(form)}: a start for a person. Look first at the lines with “unsure”."
    yield f"title: {{zh: {_quoted(name)}（起草）, en: {_quoted(name + ' (draft)')}}}"
    yield "authority: ''  # who prescribes the form, and by which document"
    yield "layouts:"
    yield "  table:"
    yield f"    grammar: {name}.lark"
    yield "    reads: table"
    yield "    # The labels by which a table is recognised; the layout that finds most of its own takes it."
    yield "    detect:"
    cues = [_pattern(cue) for cue in _cues(form, claims)]
    yield from _wrapped(["[" * (n == 0) + cue + "]" * (n == len(cues) - 1) for n, cue in enumerate(cues)], "      ")
    yield "# The cells behind a label in the order of the form; `value` is the metric of the row itself, other names are"
    yield "# appended to it. A registered metric has no such columns: theirs stand below `ext`."
    yield "cells:"
    for head, sure in form.remarks.items():
        column = f"column “{head}”" if head else "a column without a head"
        yield f"  # {'' if sure else 'unsure: '}{column} holds no figures: its cells (`{REMARKS}`) are passed over"
    yield f"  figure: [{', '.join(form.order)}]"
    if any(row.known for row in form.rows) and len(form.columns) > 1:
        order = [c if c in ("unit", "code", REMARKS, "value") else f"ext.{name}.{c}" for c in form.order]
        yield f"  known: [{', '.join(order)}]"
    heads = _heads(form)
    if heads:
        yield "# What the heads of columns say, as far as the samples have them."
        yield "heads:"
        yield from (f"  {key}: {_pattern(text)}" for key, text in heads.items())
    yield "rows:"
    sections = _Sections(form)
    for row in form.rows:
        if row.row.spanning:
            continue
        yield from (f"  # unsure: {text}" for text in row.row.unsure)
        if row.left_out:
            yield f"  # left out: {_title(row)}, which few samples have"
            continue
        key = sections.key(row)
        if row.row.heading:
            yield f"  {key}: {{heading: true, cells: figure}}"
            continue
        kind = "known" if row.known and len(form.columns) > 1 else "figure"
        yield f"  {key}: {{path: {row.stem}, cells: {kind}}}{_remark(row, len(form.cluster.members))}"


def _remark(row: DraftRow, samples: int) -> str:
    remarks = []
    if row.known:
        remarks.append(f"{row.row.label}: registered, confidence {row.known.confidence:.2f}")
    if row.guess:
        remarks.append(f"unsure: perhaps {row.guess.path} ({row.guess.confidence:.2f})")
    if row.local:
        remarks.append(f"in {len(row.row.found)} of {_count(samples, 'sample')}: added by some bodies")
    return f"  # {'; '.join(remarks)}" if remarks else ""


def _cues(form: DraftForm, claims: int) -> list[str]:
    """Labels that most samples have; long ones say more than short ones, unknown ones more than those of other forms."""
    samples = len(form.cluster.members)
    rows = [r for r in form.rows if len(r.row.found) * 5 >= samples * 4 and not r.left_out]
    rows.sort(key=lambda r: (r.known is not None, -min(len(r.row.key), 6), r.place))
    # Where a known layout claims the tables, too, every label is needed to tell them apart, damaged or not.
    wanted = len(rows) if claims else CUES
    chosen = list(
        dict.fromkeys(_label([*r.row.spellings], r.row.key) for r in sorted(rows[:wanted], key=lambda r: r.place))
    )
    if claims:
        chosen += sorted({_literal(head[-1]) for sheet in form.cluster.members for head in sheet.heads if head[-1]})
    return [f"{cue}[(|]" for cue in chosen] or [spelled([form.rows[0].row.label])]


def _label(spellings: Sequence[str], key: str) -> str:
    """The expression for a label, without the note in brackets that ends it, unless only that tells it from others."""
    return spelled([label if "(" in key else _NOTE.sub("", label) or label for label in spellings])


def _heads(form: DraftForm) -> dict[str, str]:
    texts: dict[str, dict[str, None]] = {}
    spans: dict[str, dict[str, None]] = {}
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
    def __init__(self, form: DraftForm) -> None:
        self.form = form
        self.sections = _Sections(form)

    def lines(self) -> Iterator[str]:
        form = self.form
        yield f"// {_drafted(form)}. A row is its label and the cells behind it; what a label means, pack.yaml says."
        yield "%import common.cells (VALUE, DAMAGED, OTHER, ORDINAL, SERIAL, LEAD, BREAK)"
        yield ""
        yield from self.rules()
        yield "unknown: OTHER"
        beside = bool(form.beside)
        yield f"_cells: VALUES{' _REMARK?' if beside else ''} | DAMAGED"
        yield ""
        yield "// The cells behind a label, to the end of the row."
        shapes = [shape[:-1] if beside else shape for shape in self.remarked() if beside or REMARKS in form.order]
        ahead = r" /(?=[^|\n]+\|\n)/" if beside else ""
        ways = ['(CELL "|")+', *(" ".join(f'{cell} "|"' for cell in shape) + ahead for shape in shapes)]
        if beside:
            yield f"VALUES.1: {ways[0]} /\\n/ | {' | '.join(ways[1:])}"
        else:
            yield f"VALUES.1: ({' | '.join(ways)}) /\\n/" if len(ways) > 1 else f"VALUES.1: {ways[0]} /\\n/"
        bare, numbered = ("|".join(map(_literal, units)) for units in form.units)
        cells = ["VALUE", *([f"/(?:{bare})/"] if bare else [])]
        cells += [f"/[^|\\n(\\u4e00-\\u9fff]+(?:{numbered})/"] if numbered else []
        yield f"CELL: {' | '.join(cells)}"
        if beside:
            yield "// What follows them in some rows only."
            yield "_REMARK.2: /(?<=\\|)[^|\\n]+\\|\\n/"
        elif REMARKS in form.order:
            yield "REMARK: /[^|\\n]*/"
        yield "// What may follow the words of a label in its cell: a note in brackets."
        yield "END: /(?:\\([^|\\n]*\\)?)?\\|/"
        yield ""
        spellings: dict[str, dict[str, None]] = {}
        keys: dict[str, DraftRow] = {}
        for row in form.rows:
            if not row.left_out:
                spellings.setdefault(row.terminal, {}).update(dict.fromkeys(row.row.spellings))
                keys.setdefault(row.terminal, row)
        for terminal, row in keys.items():
            label = _label([*spellings[terminal]], row.row.key)
            yield f"{'_' if row.row.spanning else ''}{terminal}: /{label}/ END"
        yield ""
        yield "// What stands before a label and names no row."
        styles = {o.style for row in form.rows for r in row.row.found.values() if (o := r.ordinal)}
        ignored = ["LEAD", "ORDINAL", "SERIAL", "BREAK"]
        codes = {r.code for row in form.rows for r in row.row.found.values() if r.code}
        if any(not code.isdecimal() or len(code) > 3 for code in codes):
            yield f"CODE: /(?m:^)\\|*{CODE}\\|(?=[^\\d|\\n\\/+-])/"
            ignored.append("CODE")
        if "bare" in styles:
            yield "BARE_ORDINAL.-1: /\\d{1,2}(?=[\\u4e00-\\u9fff])/"
            ignored.append("BARE_ORDINAL")
        if "circled" in styles:
            yield "CIRCLED.-1: /[\\u2460-\\u2473]/"
            ignored.append("CIRCLED")
        yield from (f"%ignore {one}" for one in ignored)

    def remarked(self) -> list[list[str]]:
        """The cells of rows with remarks, as the samples have them."""
        shapes = dict.fromkeys(tuple(column.kind for column in sheet.columns) for sheet in self.form.cluster.members)
        return [["REMARK" if kind == REMARKS else "CELL" for kind in shape] for shape in shapes if REMARKS in shape]

    def rules(self) -> Iterator[str]:
        form, sections = self.form, self.sections
        top = [
            p for p in sorted(sections.openers) if sections.section(sections.rows[p]) < 0 and p not in sections.repeated
        ]
        flat = [
            row.terminal
            for row in form.rows
            if not row.left_out and row.place not in sections.openers and row.place not in sections.repeated
        ]
        some = " row*" if flat else ""
        yield f"start:{some} rest*"
        yield f"rest: {' | '.join([f'unknown{some}', *(sections.names[p] for p in top)])}"
        yield ""
        if flat:
            yield "row: _label _cells"
            yield from _alternatives("_label", list(dict.fromkeys(flat)))
            yield ""
        if sections.openers:
            yield "// Labels that stand in several places are known by what they stand below. A row that the form does not"
            yield "// have ends a section: what follows is then known by its neighbours."
        for place in sorted(sections.openers):
            yield from self.section(place, some)

    def section(self, place: int, some: str) -> Iterator[str]:
        form, sections = self.form, self.sections
        name, opener = sections.names[place], sections.rows[place]
        inner = [p for p in sorted(sections.openers) if sections.section(sections.rows[p]) == place]
        deeper = {
            sections.rows[p].terminal
            for p in self._below(sections, place)
            if p not in self._direct(form, sections, place)
        }
        own = [
            sections.rows[p].terminal
            for p in self._direct(form, sections, place)
            if p in sections.repeated and sections.rows[p].terminal not in deeper
        ]
        head = f"_{opener.terminal}" if opener.row.spanning else f"{name}_head"
        tail = [*([f"{name}_row{some}"] if own else []), *(sections.names[p] for p in inner)]
        rest = f" ({' | '.join(tail)})*" if tail else ""
        yield f"{name}: {head}{some}{rest}"
        if not opener.row.spanning:
            yield f"{name}_head: {opener.terminal} _cells"
        if own:
            yield f"{name}_row: _{name} _cells"
            yield from _alternatives(f"_{name}", list(dict.fromkeys(own)))
        yield ""

    def _direct(self, form: DraftForm, sections: _Sections, place: int) -> list[int]:
        return [
            r.place
            for r in form.rows
            if r.place in sections.rows and r.place not in sections.openers and sections.section(r) == place
        ]

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


def _metrics(form: DraftForm) -> Iterator[str]:
    name, axis = form.name, f"{form.name}_columns"
    yield "# The metrics of this form. Paths tell the hierarchy; rename them before others rely on them (also in pack.yaml and"
    yield "# in the rules), and give them English names. What is registered already is named in pack.yaml only."
    more = [column for column in form.columns if column.name != "value"]
    if more:
        yield "axes:"
        yield f"  {axis}:"
    for column in more:
        kind = ", type: decimal, signed: yes" if column.name.endswith("change") else ""
        yield f"    {column.name}: {{zh: {_quoted(column.title)}, en: {_quoted(re.sub('[._]', ' ', column.name))}{kind}}}"
    yield "blocks:"
    yield f"  - about: {_quoted(name + ' (draft)')}"
    yield "    defaults: {blank: zero}"
    yield "    metrics:"
    for row in form.rows:
        if not row.bound:
            continue
        spec = f"zh: {_quoted(_title(row))}, en: {_quoted(_english(row))}"
        cells = [(row.place, j) for j in range(len(form.columns))]
        spec += f", unit: {_quoted(row.unit)}" if row.unit else ""
        spec += ", type: decimal" if any(c in form.decimals for c in cells) else ""
        spec += ", signed: yes" if any(c in form.negative for c in cells) else ""
        total = any(law.total[0] == row.place and law.operator == "==" for law in form.laws)
        spec += ", blank: total" if total else ""
        if not row.known and form.main:
            yield f"      {row.stem}: {{{spec}}}"
        if more:
            yield f"      {row.stem}.{f'ext.{name}.' if row.known else ''}{{{axis}}}: {{{spec}}}"


def _english(row: DraftRow) -> str:
    """What stands for an English label until somebody gives one."""
    return pinyin(row.row.label, 12).replace("_", " ") or row.terminal.lower()


# --- rules --------------------------------------------------------------------------------------------------------


class _Rules:
    def __init__(self, form: DraftForm) -> None:
        self.form = form
        self.number = 0

    def lines(self) -> Iterator[str]:
        yield "# Equations that hold in the samples. Strike out what the form does not mean, and say in `basis` what it does."
        yield f"about: {{zh: {_quoted(self.form.name)}（起草）, en: {_quoted(self.form.name + ' (draft)')}}}"
        groups = self._grouped(self.form)
        if not groups:
            yield "# No equation was found that the samples speak for."
            yield "rules: []"
            return
        yield "rules:"
        for laws in groups:
            yield from self.rule(self.form, laws)

    def _grouped(self, form: DraftForm) -> list[list[Law]]:
        """Laws of one total in its columns are one rule; so are all 其中, and all 累计."""
        found: dict[object, list[Law]] = {}
        for law in form.laws:
            found.setdefault((law.reason,) if law.operator == "<=" else (law.total[0], law.reason), []).append(law)
        return list(found.values())

    def cases(self, form: DraftForm, law: Law) -> Iterator[tuple[str, str, list[str], list[str]]]:
        """(case, total, parts, parts that some bodies add): a case a row where the law holds between columns."""
        (i, j) = law.total
        if i is None:
            for row in form.rows:
                if row.bound and not row.local:
                    parts = [path(form, row, k or 0) for _, k in law.parts]
                    yield (
                        row.terminal.lower()
                        if row.place == min(r.place for r in form.rows if r.terminal == row.terminal)
                        else f"{row.terminal.lower()}_{row.place + 1}",
                        path(form, row, j or 0),
                        parts,
                        [],
                    )
            return
        total = form.rows[i]
        parts = [path(form, form.rows[k or 0], c or 0) for k, c in law.parts]
        maybe = [path(form, form.rows[k], c) for k, c in law.maybe if form.rows[k].bound]
        column = form.columns[j or 0].name
        case = column.replace(".", "_")
        if law.operator == "<=":
            row = form.rows[law.parts[0][0] or 0]
            case = (
                f"{row.terminal.lower()}_{row.place + 1}_{case}"
                if len(form.columns) > 1
                else f"{row.terminal.lower()}_{row.place + 1}"
            )
        yield case, path(form, total, j or 0), parts, maybe

    def rule(self, form: DraftForm, laws: Sequence[Law]) -> Iterator[str]:
        law = laws[0]
        self.number += 1
        samples = len(form.cluster.members)
        cases = [
            (case, operator, total, parts, maybe)
            for one in laws
            for case, total, parts, maybe in self.cases(form, one)
            for operator in [one.operator]
        ]
        total_row = form.rows[law.total[0]] if law.total[0] is not None else None
        zh, en = {
            "==": ("等于各项之和", "is the sum of its parts"),
            "<=": ("不多于所属总数", "does not exceed its whole"),
        }[law.operator]
        if law.operator == "<=":
            title = {
                "part": ("“其中”项不多于所属总数", "No part exceeds its whole"),
                "cumulative": ("累计数不小于本期数", "No cumulative figure is below that of the period"),
            }[law.reason]
        elif total_row is None:
            title = (
                f"{form.columns[law.total[1] or 0].title}{zh}",
                f"Column {form.columns[law.total[1] or 0].name} {en}",
            )
        else:
            title = (f"{total_row.row.label}{zh}", f"{pinyin(total_row.row.label, 12).replace('_', ' ')} {en}")
        for one in laws:
            yield from (f"  # {text}" for text in self._evidence(form, one))
        # A row that is left out of the draft may count as well.
        maybe = any(one.maybe for one in laws)
        fails = any(one.fails for one in laws)
        yield f"  - id: {self.form.code}{self.number:02d}"
        yield f"    title: {{zh: {_quoted(title[0])}, en: {_quoted(title[1])}}}"
        yield f"    severity: {'warning' if fails or maybe or law.operator == '<=' else 'error'}"
        yield f"    applies: {{layouts: [{self.form.name}]}}"
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
            yield '    message: {zh: "{right_label}为 {right}，各项合计 {left}，相差 {difference}", en: "{right_label}: {right}, but the parts add up to {left} ({difference} apart)"}'
        else:
            yield '    message: {zh: "{left_label}为 {left}，多于{right_label} {right}", en: "{left_label}: {left}, more than {right_label}: {right}"}'
        holds = sum(one.holds for one in laws)
        yield f'    basis: {{zh: 起草：{samples} 份样本中核对 {holds + sum(len(one.fails) for one in laws)} 处，成立 {holds} 处, en: "drafted: holds at {_count(holds, "place")} in {_count(samples, "sample")}"}}'
        if maybe:
            yield "    exceptions: {zh: 部分机关增设的行可能计入, en: rows that some bodies add may count}"
        good, bad = self._examples(form, laws, cases)
        yield from _example("pass", good)
        yield from _example("fail", bad)

    def _evidence(self, form: DraftForm, law: Law) -> Iterator[str]:
        column = form.columns[law.total[1] or 0].name
        text = f"{column}: holds {_count(law.holds, 'time')} in {_count(len(form.cluster.members), 'sample')}, {law.saying} of them with figures that say something"
        text += (
            f"; accidents to be expected: {law.accidents:.0e}"
            if law.accidents is not None
            else "; the words of the form say so"
        )
        yield text
        for number in law.fails[:5]:
            yield f"unsure: does not hold in {form.cluster.members[number].source}"

    def _examples(
        self, form: DraftForm, laws: Sequence[Law], cases: Sequence[tuple[str, str, str, list[str], list[str]]]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Figures of a sample with which a rule holds, and the same with one figure changed with which it does not."""
        law = laws[0]
        paths = {path(form, row, j): (row.place, j) for row in form.rows if row.bound for j in range(len(form.columns))}
        operator, total, parts = cases[0][1:4]
        figures: dict[str, Number]
        for _, numbers in sorted(enumerate(form.figures.samples), key=lambda item: item[0] in law.fails):
            if all(paths[p] in numbers for p in (total, *parts)):
                figures = {p: numbers[paths[p]] for p in (*parts, total)}
                whole = sum(figures[p] for p in parts)
                if (whole == figures[total]) if operator == "==" else (whole <= figures[total]):
                    break
        else:
            figures = {**dict.fromkeys(parts, 1), total: len(parts)}
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
