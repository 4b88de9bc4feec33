"""Mistakes in the packs of users: each is told with its line and what to do, and never ends in a defect."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from gouji.errors import PackError
from gouji.grammarcompiler import build
from gouji.packs import Packs
from gouji.pipeline import Engine
from gouji.workbench.scaffold import scaffold

LARK, PACK, METRICS = (f"grammars/monthly/{name}" for name in ("monthly.lark", "pack.yaml", "metrics.yaml"))
RULES, FOLDS, MESSAGES = "rules/monthly.yaml", "grammars/monthly/folds.yaml", "rules/messages.yaml"


class Mistake(NamedTuple):
    """In a file, `old` (all of it if empty) becomes `new`: what is said of it, at which line, with which remedy."""

    file: str
    old: str
    new: str
    line: int
    says: str
    remedy: str


MAPPING, LIST, TEXT, NOTHING = (
    ("expected a mapping", "write `key: value`"),
    ("expected a list", "write [one, two]"),
    ("expected plain text", "write one text only"),
    ("nothing is given here", "fill it in, or remove the key"),
)
TITLE, LAYOUT, CELLS, HEADS, ROWS, AMENDING = (
    "title: {zh: 月表, en: monthly}\n",
    "layouts: {t: {grammar: monthly.lark, reads: table, detect: [收到件数]}}\n",
    "cells: {figure: [unit, value]}\n",
    "heads: {value: 数量}\n",
    "rows: {RECEIVED: {path: monthly.received, cells: figure}}\n",
    "title: 补充\namends: stat2014\n",
)
LAYOUT_OF = "layouts: {t: {grammar: monthly.lark, reads: table, detect: [收到件数], "
CARRIER = "carriers: {own: {grammar: monthly.lark, region: a, cell: b, rows: lines}}\n"
SEVERITY = "    severity: error\n"
EQUATION = "monthly.received == monthly.closed + monthly.open"
EXAMPLE = "pass: {monthly.received: 12, monthly.closed: 9, monthly.open: 3}"
CLOSED = "monthly.closed: {zh: 办结件数, en: closed}"
OF_PACK = [
    # The whole file.
    ("", "", 1, "the file is empty", "fill it in"),
    ("", "# nothing yet\n", 1, "the file is empty", "fill it in"),
    ("", "5\n", 1, *MAPPING),
    ("", "- layouts\n", 1, *MAPPING),
    ("", f"{TITLE}{LAYOUT}title: 月表\n", 3, "duplicate key title", "correct it"),
    ("", f"{TITLE}laoyuts: {{}}\n", 2, "unknown key laoyuts", "the nearest is layouts"),
    # Each key in turn.
    ("", "title: [月表]\n", 1, *TEXT),
    ("", "title: {zh: 月表}\n", 1, "missing key en", "add en"),
    ("", "title:\n", 1, *NOTHING),
    ("", f"{TITLE}authority: [a]\n", 2, *TEXT),
    ("", f"{TITLE}authority:\n", 2, *NOTHING),
    ("", f"{TITLE}extends: [common]\n", 2, *TEXT),
    ("", f"{TITLE}extends: commom\n{LAYOUT}", 2, "unknown pack commom", "the nearest is common"),
    ("", f"{TITLE}extends: 5\n{LAYOUT}", 2, "unknown pack 5", "there are: annex"),
    ("", f"{TITLE}layouts: 5\n", 2, *MAPPING),
    ("", f"{TITLE}layouts: [t]\n", 2, *MAPPING),
    ("", f"{TITLE}layouts:\n", 2, *NOTHING),
    ("", f"{TITLE}layouts:\n  t: monthly.lark\n", 3, *MAPPING),
    ("", f"{TITLE}layouts:\n  t: {{}}\n", 3, "missing key grammar", "add grammar"),
    ("", f"{TITLE}{LAYOUT.replace('monthly.lark', '[a]')}", 2, *TEXT),
    ("", f"{TITLE}{LAYOUT.replace('monthly.lark', '5')}", 2, "unknown grammar file 5", "there are: monthly.lark"),
    ("", f"{TITLE}{LAYOUT.replace('monthly.lark', 'montly.lark')}", 2, "unknown grammar", "the nearest is monthly.lark"),
    ("", f"{TITLE}{LAYOUT.replace('reads: table', 'reads: tabel')}", 2, "unknown value tabel", "the nearest is table"),
    ("", f"{TITLE}{LAYOUT.replace('reads: table', 'reads: 5')}", 2, "unknown value 5", "there are: table, chart"),
    ("", f"{TITLE}{LAYOUT.replace('[收到件数]', '{a: b}')}", 2, *TEXT),
    ("", f"{TITLE}{LAYOUT.replace('[收到件数]', '[]')}", 2, "the list is empty", "give one at least"),
    ("", f"{TITLE}{LAYOUT.replace('[收到件数]', '[(收到]')}", 2, "the regular expression is wrong", "correct it"),
    ("", f"{TITLE}{LAYOUT_OF}start: [a]}}}}\n", 2, *TEXT),
    ("", f"{TITLE}{LAYOUT_OF}start: strat}}}}\n", 2, "rule strat is not defined", "the nearest is start"),
    ("", f"{TITLE}{LAYOUT}cells: 5\n", 3, *MAPPING),
    ("", f"{TITLE}{LAYOUT}cells:\n", 3, *NOTHING),
    ("", f"{TITLE}{LAYOUT}cells:\n  figure: value\n", 4, *LIST),
    ("", f"{TITLE}{LAYOUT}cells:\n  figure: {{a: b}}\n", 4, *LIST),
    ("", f"{TITLE}{LAYOUT}cells:\n  figure: [[value]]\n", 4, *TEXT),
    ("", f"{TITLE}{LAYOUT}heads: [a]\n", 3, *MAPPING),
    ("", f"{TITLE}{LAYOUT}heads:\n  value: [数量]\n", 4, *TEXT),
    ("", f"{TITLE}{LAYOUT}heads:\n  value:\n", 4, *NOTHING),
    ("", f"{TITLE}{LAYOUT}heads:\n  value: '(数量'\n", 4, "the regular expression is wrong", "correct it"),
    ("", f"{TITLE}{LAYOUT}rows: [RECEIVED]\n", 3, *MAPPING),
    ("", f"{TITLE}{LAYOUT}rows:\n  RECEIVED: monthly.received\n", 4, *MAPPING),
    ("", f"{TITLE}{LAYOUT}rows:\n  RECEIVED: {{path: [a]}}\n", 4, *TEXT),
    ("", f"{TITLE}{LAYOUT}rows:\n  RECEIVED: {{path: }}\n", 4, *NOTHING),
    ("", f"{TITLE}{LAYOUT}rows:\n  RECEIVD: {{path: monthly.received}}\n", 4, "unknown row label", "the nearest is RECEIVED"),
    ("", f"{TITLE}{LAYOUT}{CELLS}{ROWS.replace('s: figure', 's: figur')}", 4, "unknown group", "the nearest is figure"),
    ("", f"{TITLE}{LAYOUT}{ROWS.replace('cells: figure', 'cells: {a: b}')}", 3, *TEXT),
    ("", f"{TITLE}{LAYOUT}{ROWS.replace('cells: figure', 'head: requird')}", 3, "unknown value", "the nearest is required"),
    ("", f"{TITLE}{LAYOUT}{ROWS.replace('cells: figure', 'heading: yes')}", 3, "unknown value yes", "there are: true"),
    ("", f"{TITLE}{LAYOUT}{ROWS.replace('cells: figure', 'cell: figure')}", 3, "unknown key cell", "the nearest is cells"),
    ("", f"{TITLE}carriers: [own]\n", 2, *MAPPING),
    ("", f"{TITLE}{CARRIER.replace('rows: lines', 'rows: line')}", 2, "unknown value line", "the nearest is lines"),
    ("", f"{TITLE}{CARRIER.replace('cell: b', 'cell: [b]')}", 2, *TEXT),
    ("", f"{TITLE}cues: 5\n", 2, *MAPPING),
    ("", f"{TITLE}cues: {{A: {{path: [a]}}}}\n", 2, *TEXT),
    ("", f"{TITLE}cues: {{A: {{year: next}}}}\n", 2, "'next' is no number", "correct it"),
    ("", f"{TITLE}narrative: [a]\n", 2, *MAPPING),
    ("", f"{TITLE}narrative: {{grammer: a.lark}}\n", 2, "unknown key grammer", "the nearest is grammar"),
    ("", f"{TITLE}outline: 5\n", 2, *MAPPING),
    ("", f"{TITLE}labels: {{A: b}}\n", 2, "labels is for a pack that adds to another", "say amends: NAME"),
    ("", f"{TITLE}amends: [stat2014]\n", 2, *TEXT),
    ("", f"{TITLE}amends: stat2041\n", 2, "unknown pack stat2041", "the nearest is stat2014"),
    ("", f"{AMENDING}{LAYOUT}", 3, "layouts does not go with amends", "remove one of the two"),
    ("", f"{AMENDING}labels: [a]\n", 3, *MAPPING),
    ("", f"{AMENDING}labels: {{DISCLOSD: 公开数}}\n", 3, "unknown label DISCLOSD", "the nearest is DISCLOSED"),
    ("", f"{AMENDING}detect: {{a: b}}\n", 3, *TEXT),
    ("", f"{AMENDING}detect:\n", 3, *NOTHING),
    ("", f"{AMENDING}rows: {{NEW_ROW: 5}}\n", 3, *MAPPING),
    ("", f"{AMENDING}rows: {{NEW_ROW: {{label: 新}}}}\n", 3, "missing key like", "add like"),
    ("", f"{AMENDING}cues: {{NEW: {{label: [[a]]}}}}\n", 3, *TEXT),
    ("", f"{AMENDING}narrative: {{wholes: {{a: [b]}}}}\n", 3, "unknown key wholes", "the nearest is"),
    ("", f"{AMENDING}outline: {{titel: a}}\n", 3, "unknown key titel", "the nearest is title"),
]  # fmt: skip
OF_GRAMMAR = [
    ("", "", 1, "rule start is not defined", "define it, or import it"),
    ("start: (", "strat: (", 1, "rule start is not defined", "the nearest is strat"),
    ("row: _label", "row: _lable", 6, "rule _lable is not defined", "the nearest is _label"),
    ("RECEIVED | CLOSED", "RECEIVED | CLOSD", 7, "terminal CLOSD is not defined", "the nearest is CLOSED"),
    ("/办结件数/ NOTE", "/办结件数/ NOTES", 13, "terminal NOTES is not defined", "the nearest is NOTE"),
    ("%ignore LEAD", "%ignore LEED", 19, "terminal LEED is not defined", "the nearest is LEAD"),
    ("NOTE, SERIAL", "NOTES, SERIAL", 2, "unknown name NOTES", "the nearest is NOTE"),
    ("%ignore LEAD", "%ingore LEAD", 19, "unknown directive %ingore", "the nearest is %ignore"),
    ("/收到件数/", "/收到件数", 12, "nothing closes this /", "correct the grammar"),
    ("/收到件数/", '"收到件数', 12, 'nothing closes this "', "correct the grammar"),
    ("/未办结件?数/ NOTE", "/未办结件?数", 14, "nothing closes this /", "correct the grammar"),
    ("(row | unknown)+", "(row | unknown", 4, "not valid Lark: the line ends too early", "correct the grammar"),
    ("unknown: OTHER", "unknown OTHER", 9, "not valid Lark: “OTHER” cannot stand here", "correct the grammar"),
    (
        "unknown: OTHER",
        "unknown: OTHER\nunknown: OTHER",
        10,
        "unknown is defined more than once",
        "correct the grammar",
    ),
    ("/未办结件?数/ NOTE", "/未办结件?数/ row", 14, "terminal OPEN must not use rules", "correct the grammar"),
]
OF_RULES = [
    ("", "", 1, "the file is empty", "fill it in"),
    ("", "rules: 5\n", 1, *LIST),
    ("", "rules: {a: b}\n", 1, *LIST),
    ("", "rules: [5]\n", 1, *MAPPING),
    ("", "rules:\n", 1, *NOTHING),
    ("", "rules:\n  - {}\n", 2, "missing key id", "add id"),
    ("", "5\n", 1, *MAPPING),
    ("", "- rules\n", 1, *MAPPING),
    ("", "about: [a]\nrules: []\n", 1, *MAPPING),
    ("", "rules: []\neras: 5\n", 2, *MAPPING),
    ("", "eras: {E9: [a]}\n", 1, *MAPPING),
    ("", "eras: {E9: {years: [2014]}}\n", 1, *TEXT),
    ("id: monthly_01", "id: [monthly_01]", 3, *TEXT),
    ("id: monthly_01", "id:", 3, *NOTHING),
    ("title: {", "title: 5 # {", 4, *MAPPING),
    (SEVERITY, SEVERITY + SEVERITY, 6, "duplicate key severity", "correct it"),
    (SEVERITY, "    severity:\n", 5, *NOTHING),
    (SEVERITY, "    severity: [error]\n", 5, *TEXT),
    (SEVERITY, "    severity: grave\n", 5, "unknown severity grave", "there are: error, warning, info"),
    (SEVERITY, f"{SEVERITY}    kind: [equation]\n", 6, *TEXT),
    (SEVERITY, f"{SEVERITY}    kind: equaton\n", 6, "unknown kind of rule equaton", "the nearest is equation"),
    (SEVERITY, f"{SEVERITY}    when: {{a: {{b: c}}}}\n", 6, *TEXT),
    (SEVERITY, f"{SEVERITY}    for: 5\n", 6, *MAPPING),
    (SEVERITY, f"{SEVERITY}    for: {{c: [x]}}\n", 6, *TEXT),
    (SEVERITY, f"{SEVERITY}    blank: [zero]\n", 6, *TEXT),
    (SEVERITY, f"{SEVERITY}    yields: {{a: b}}\n", 6, *TEXT),
    (SEVERITY, f"{SEVERITY}    below: [info]\n", 6, *TEXT),
    ("applies: {layouts: [monthly]}", "applies: [monthly]", 6, *MAPPING),
    ("applies: {layouts: [monthly]}", "applies: {layouts: [montly]}", 6, "unknown layout montly", "the nearest is monthly"),
    ("applies: {layouts: [monthly]}", "applies: {years: [2014]}", 6, *TEXT),
    ("source: table", "source: {table: a}", 7, *TEXT),
    ("source: table", "source: tabel", 7, "unknown source tabel", "the nearest is table"),
    (f"equation: {EQUATION}", f"equation: [{EQUATION}]", 8, *TEXT),
    (f"equation: {EQUATION}", "equation:", 8, *NOTHING),
    (f"equation: {EQUATION}", "equation: 5", 8, "the equation ends too early", "correct the equation there"),
    (EXAMPLE, "pass: 5", 12, *MAPPING),
    (EXAMPLE, "pass: []", 12, "there is no example", "give one at least"),
    (EXAMPLE, "pass: {monthly.received: many}", 12, "cannot read the figure 'many'", "write a number"),
    (EXAMPLE, "pass: {monthly.recieved: 1}", 12, "unknown metric", "the nearest is monthly.received"),
]  # fmt: skip
OF_METRICS = [
    ("", "", 1, "the file is empty", "fill it in"),
    ("", "blocks: 5\n", 1, *LIST),
    ("", "blocks: {a: b}\n", 1, *LIST),
    ("", "blocks: [5]\n", 1, *MAPPING),
    ("", "blocks:\n", 1, *NOTHING),
    ("", "blocks:\n  - defaults: 5\n    metrics: {}\n", 2, *MAPPING),
    ("", "blocks:\n  - about: a\n", 2, "missing key metrics", "add metrics"),
    (CLOSED, "monthly.closed: closed", 7, *MAPPING),
    (CLOSED, "monthly.closed: {zh: [a], en: b}", 7, *TEXT),
    (CLOSED, "monthly.closed: {zh: , en: b}", 7, *NOTHING),
    (CLOSED, "monthly.closed: {zh: a, en: b, type: itn}", 7, "unknown value itn", "the nearest is int"),
    (CLOSED, "monthly.closed: {zh: a, en: b, nuit: 件}", 7, "unknown key nuit", "the nearest is unit"),
    (CLOSED, "monthly.closed: {zh: a, en: b, signed: 1}", 7, "unknown value 1", "there are: yes, no"),
    ("", "axes: {a: {b: 5}}\n", 1, *MAPPING),
    ("", "groups: {g: {members: 5}}\n", 1, *LIST),
    ("", "groups: {g: {members: [[a]]}}\n", 1, *TEXT),
    ("", "groups: {g: {members: [a], labels: [b]}}\n", 1, *TEXT),
]
MISTAKES = [
    *(Mistake(PACK, *one) for one in OF_PACK),
    *(Mistake(LARK, *one) for one in OF_GRAMMAR),
    *(Mistake(RULES, *one) for one in OF_RULES),
    *(Mistake(METRICS, *one) for one in OF_METRICS),
    Mistake(FOLDS, "", "noise: 5\n", 1, *LIST),
    Mistake(FOLDS, "", "characters:\n  甲: [乙]\n", 2, *TEXT),
    Mistake(FOLDS, "", "phrases:\n", 1, *NOTHING),
    Mistake(MESSAGES, "", "5\n", 1, *MAPPING),
    Mistake(MESSAGES, "", "own: 5\n", 1, *MAPPING),
    Mistake(MESSAGES, "", "own:\n  word: {zh: [a], en: b}\n", 2, *TEXT),
    Mistake(MESSAGES, "", "own:\n  word: {zh: a, en: }\n", 2, *NOTHING),
]


def _told(root: Path) -> PackError:
    with pytest.raises(PackError) as caught:
        Engine.compile(Packs.find([root]))
    return caught.value


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.file.rpartition('/')[2]} {m.new.strip()}"[:90])
def test_a_mistake_is_told_with_its_line_and_a_remedy(mistake: Mistake, tmp_path: Path) -> None:
    scaffold("monthly", tmp_path)
    file = tmp_path / mistake.file
    content = file.read_text(encoding="utf-8") if mistake.old else ""
    assert content.count(mistake.old) >= 1
    file.write_text(content.replace(mistake.old, mistake.new, 1) if mistake.old else mistake.new, encoding="utf-8")
    error = _told(tmp_path)
    assert error.source.startswith(f"{file}:{mistake.line}:")
    assert mistake.says in error.problem.en
    assert mistake.remedy in error.remedy.en
    assert error.problem.zh
    assert error.remedy.zh


@pytest.mark.parametrize(
    ("content", "line", "says", "remedy"),
    [
        ("EXTRA: /甲/\nMORE: /乙\n", 2, "nothing closes this /", "correct the grammar"),
        ("EXTRA: /甲/\nMORE /乙/\n", 2, "not valid Lark: “/乙/” cannot stand here", "correct the grammar"),
        ("EXTRA: /甲/ MOER\nMORE: /乙/\n", 1, "terminal MOER is not defined", "the nearest is MORE"),
        ("EXTRA: /甲/\nEXTRA: /乙/\n", 2, "EXTRA is defined more than once", "correct the grammar"),
        (
            "EXTRA: /丙/ /甲|乙/\n",
            1,
            "terminal EXTRA is put together of pieces, of which /甲|乙/ is a choice without brackets",
            "write /(?:甲|乙)/",
        ),
        (
            "EXTRA: WORD /丙/\nWORD: /甲|乙/\n",
            2,
            "terminal EXTRA is put together of pieces, of which WORD /甲|乙/ is a choice without brackets",
            "write /(?:甲|乙)/",
        ),
        # What a comment says is no part of a definition; two slashes in an expression are no comment.
        (
            "EXTRA: WORD /丙/ // not OTHER, nor /甲|乙/\nOTHER: /甲|乙/\nWORD: /甲|乙/\n",
            3,
            "terminal EXTRA is put together of pieces, of which WORD /甲|乙/ is a choice without brackets",
            "write /(?:甲|乙)/",
        ),
        (
            "EXTRA: WORD /丙/\nWORD: /甲|乙\\//\n",
            2,
            "terminal EXTRA is put together of pieces, of which WORD /甲|乙\\// is a choice without brackets",
            "write /(?:甲|乙\\/)/",
        ),
        # Of pieces within pieces the one that is to be mended.
        (
            "EXTRA: (OUTER) /丙/\nOUTER: WORD\nWORD.2: /甲|乙/\n",
            3,
            "terminal EXTRA is put together of pieces, of which WORD /甲|乙/ is a choice without brackets",
            "write /(?:甲|乙)/",
        ),
        ("EXTRA: /(甲/\n", 1, "the regular expression of terminal EXTRA is wrong", "correct the grammar"),
    ],
)
def test_a_mistake_in_what_a_grammar_imports_is_told_there(
    content: str, line: int, says: str, remedy: str, tmp_path: Path
) -> None:
    scaffold("monthly", tmp_path)
    file = tmp_path / LARK
    text = file.read_text(encoding="utf-8")
    text = text.replace("start: (", "%import .more (EXTRA)\nstart: (").replace("| OPEN\n", "| OPEN | EXTRA\n")
    file.write_text(text, encoding="utf-8")
    more = file.with_name("more.lark")
    more.write_text(content, encoding="utf-8")
    error = _told(tmp_path)
    assert error.source.startswith(f"{more}:{line}:")
    assert says in error.problem.en
    assert remedy in error.remedy.en


@pytest.mark.parametrize("imported", ["(WORD)", "(WORD, WHOLE)", ".WORD -> TAIL"])
def test_a_piece_of_another_file_is_told_with_its_place(imported: str, tmp_path: Path) -> None:
    main, more = tmp_path / "main.lark", tmp_path / "more.lark"
    piece = "TAIL" if "->" in imported else "WORD"
    own = "" if "WHOLE" in imported else f"WHOLE: /丙/ {piece}\n"
    main.write_text(
        f"%import .more{' ' if imported[0] == '(' else ''}{imported}\nstart: WHOLE {piece}\n{own}", encoding="utf-8"
    )
    # The same expression by itself does no harm.
    more.write_text("OTHER: /甲|乙/\n// WORD: none\nWORD: /甲|乙/\nWHOLE: /丙/ WORD\n", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        build(main, [tmp_path], ("start",))
    assert caught.value.source == f"{more}:3:1"
    assert caught.value.problem.en.startswith(
        "terminal WHOLE is put together of pieces, of which WORD /甲|乙/ is a choice without brackets"
    )


def test_a_choice_in_brackets_stays_whole(tmp_path: Path) -> None:
    file = tmp_path / "choice.lark"
    file.write_text(
        "start: PIECES\nPIECES: /[|]甲\\|(?:丁|戊)/ (/乙|己/ | /庚|辛/) WORD?\nWORD: /子|丑/\n", encoding="utf-8"
    )
    tree = build(file, [tmp_path], ("start",)).parser.parse("|甲|丁辛丑", "start")
    assert [token.text for token in tree.tokens()] == ["|甲|丁辛丑"]
