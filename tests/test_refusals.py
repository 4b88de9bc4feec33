"""Packs that cannot be used are refused, each with its place and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gouji import inspection
from gouji.cli import main
from gouji.errors import PackError
from gouji.explosive import explosive
from gouji.packs import Packs
from gouji.pipeline import Engine
from gouji.polynomial import polynomial
from gouji.wordings import example, examples
from gouji.workbench.scaffold import scaffold

LARK, PACK = "grammars/monthly/monthly.lark", "grammars/monthly/pack.yaml"

REFUSALS = {
    "an LALR conflict": (
        {LARK: [("start: (row | unknown)+", "start: (row | item | unknown)+\nitem: _label (VALUES | DAMAGED)")]},
        f"{LARK}:5:1",
        "ambiguous: after “收到件数|⏎” and at the end both rule item and rule row are complete",
        "let the rules begin or end with different terminals, or make them one",
    ),
    "an LALR conflict beside an import that may match nothing": (
        {
            LARK: [
                ("start: (row | unknown)+", "start: (row | item | unknown)+\nitem: _label (VALUES | DAMAGED)"),
                ("%import common.cells (", "%import common.cells (VALUE, "),
            ]
        },
        f"{LARK}:5:1",
        "ambiguous: after “收到件数|⏎” and at the end both rule item and rule row are complete",
        "let the rules begin or end with different terminals, or make them one",
    ),
    "a catastrophic regular expression": (
        {LARK: [("/收到件数/", "/收到(?:件|件数|数)*总/")]},
        f"{LARK}:12:12",
        "the regular expression explodes: on a text like “件数件件数件件数件…” each further “件数件” doubles",
        "let what repeats be split in one way only: no + or * within another, no choice that others make up",
    ),
    "a catastrophic expression put together from harmless ones": (
        {LARK: [("CLOSED: /办结件数/ NOTE", "CLOSED: (ZI+)+ NOTE\nZI: /[办结件数]/")]},
        f"{LARK}:13:1",
        "the regular expression explodes",
        "let what repeats be split in one way only",
    ),
    "a catastrophic expression in pack.yaml": (
        {PACK: [("'项目|指标名称'", "'(?:项目|项|目)+'")]},
        f"{PACK}:18:10",
        "the regular expression explodes",
        "let what repeats be split in one way only",
    ),
    "an expression that is slow on long texts": (
        {LARK: [("/收到件数/", "/[^|]*[^|]*[^|]*件数/")]},
        f"{LARK}:12:12",
        "too slow on long texts: on a text like “111…111…” of twice the length it tries 8 times as much",
        "let no two repetitions match the same text",
    ),
    "a slow expression in pack.yaml": (
        {PACK: [("'项目|指标名称'", "'.*项.*目.*名称'")]},
        f"{PACK}:18:10",
        "too slow on long texts",
        "let no two repetitions match the same text",
    ),
    "an unknown metric": (
        {PACK: [("path: monthly.closed", "path: monthly.closd")]},
        f"{PACK}:25:18",
        "unknown metric monthly.closd",
        "the nearest is monthly.closed",
    ),
    "a metric that was renamed everywhere but in the rows": (
        {
            "grammars/monthly/metrics.yaml": [("monthly.closed", "monthly.done")],
            "rules/monthly.yaml": [("monthly.closed", "monthly.done")] * 3,
        },
        f"{PACK}:25:18",
        "unknown metric monthly.closed",
        "no row has the metric monthly.done",
    ),
    "a terminal with a Chinese name": (
        {LARK: [("CLOSED: /", "办结: /")]},
        f"{LARK}:13:1",
        "“办结” cannot be a name",
        "a name holds ASCII letters, digits and underscores",
    ),
    "an expression that is none": (
        {LARK: [("/收到件数/", "/(收到件数/")]},
        f"{LARK}:12:1",
        "the regular expression of terminal RECEIVED is wrong: missing ), unterminated subpattern at position 0",
        "correct the grammar",
    ),
    "a CJK literal": (
        {LARK: [("row: _label (", 'row: (_label | "其他项") (')]},
        f"{LARK}:6:17",
        "其他项 has no ASCII terminal name",
        "correct the grammar",
    ),
    "a circular import": (
        {
            LARK: [("start: (", "%import .other (EXTRA)\nstart: (")],
            "grammars/monthly/other.lark": [("", "%import .monthly (OPEN)\nEXTRA: OPEN\n")],
        },
        "grammars/monthly/other.lark:1:9",
        "circular import: monthly.lark → other.lark → monthly.lark",
        "move what both need to a third file that both import",
    ),
    "a file too many": (
        {"grammars/monthly/setup.py": [("", "raise SystemExit\n")]},
        "grammars/monthly/setup.py",
        "setup.py does not belong into a pack",
        "move it away; a pack holds data only",
    ),
    "a file whose name is misspelt": (
        {"grammars/monthly/metric.yaml": [("", "blocks: []\n")]},
        "grammars/monthly/metric.yaml",
        "unknown file metric.yaml",
        "the nearest is metrics.yaml",
    ),
    "a file that gouji alone has": (
        {"grammars/monthly/bodies.yaml": [("", "levels: {}\n")]},
        "grammars/monthly/bodies.yaml",
        "unknown file bodies.yaml",
        "the nearest is folds.yaml",
    ),
    "an import of nothing": (
        {LARK: [("%import common.cells", "%import common.cell")]},
        f"{LARK}:2:9",
        "unknown grammar file common.cell",
        "the nearest is common.cells",
    ),
    "a terminal that can match nothing": (
        {LARK: [("CLOSED: /办结件数/ NOTE", "CLOSED: /(?:办结件数)?/")]},
        f"{LARK}:13:1",
        "terminal CLOSED can match nothing",
        "correct the grammar",
    ),
    "a rule that is not defined": (
        {LARK: [("(row | unknown)", "(row | rows | unknown)")]},
        f"{LARK}:4:15",
        "rule rows is not defined",
        "the nearest is row",
    ),
    "a rule with a wrong equation": (
        {"rules/monthly.yaml": [("monthly.closed + monthly.open", "monthly.closed + monthly.opened")]},
        "rules/monthly.yaml:8:",
        "unknown metric monthly.opened",
        "the nearest is monthly.open",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refused_with_place_and_remedy(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edits, place, problem, remedy = REFUSALS[name]
    scaffold("monthly", tmp_path)
    for file, pairs in edits.items():
        path = tmp_path / file
        content = path.read_text(encoding="utf-8") if path.exists() else ""
        for old, new in pairs:
            assert old in content
            content = content.replace(old, new, 1)
        path.write_text(content, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        Engine.load([tmp_path])
    assert caught.value.source.startswith(f"{tmp_path / place}")
    assert problem in caught.value.problem.en
    assert remedy in caught.value.remedy.en
    assert main(["grammar", "test", str(tmp_path), "--lang", "en"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert place in told
    assert problem in told


def test_a_file_too_many_and_a_file_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scaffold("monthly", tmp_path)
    monkeypatch.setattr(inspection, "FILES_LIMIT", 3)
    with pytest.raises(PackError) as caught:
        Engine.compile(Packs.find([tmp_path]))
    assert (caught.value.problem.en, caught.value.source) == ("too many files: 4", str(tmp_path / "grammars"))
    assert caught.value.remedy.en == "3 at most; move the others away"
    monkeypatch.setattr(inspection, "FILES_LIMIT", 9)
    monkeypatch.setattr(inspection, "SIZE_LIMIT", 10)
    with pytest.raises(PackError, match="too large"):
        Engine.compile(Packs.find([tmp_path]))


@pytest.mark.parametrize(
    "source",
    ["(a+)+b", "(?:a?b?)*c", "(?:x+x+)+y", r"(\d+,?)*x", "(?:数|数量|量)*", "(?:a{1,50}){1,50}b", "(?:[^|]*|a)*b"],
)
def test_explosive_expressions(source: str) -> None:
    assert explosive(source)


@pytest.mark.parametrize(
    "source",
    [
        "a*b*",
        r"(?:[^|\n]*\|){7}\n",
        "(?:数|量)*",
        r"(?:(?:19|20)\d\d年?)+",
        r"\d{1,3}(?:,\d{3})*",
        "(?:ab)+(?:cd)*",
        "x{0,2}y",
    ],
)
def test_expressions_that_are_not_explosive(source: str) -> None:
    assert explosive(source) is None


@pytest.mark.parametrize(
    ("source", "degree"),
    [
        ("[^|]*[^|]*[^|]*女生", 3),
        ("[^|]*[^|]*[^|]*[^|]*[^|]*女生", 5),
        (r"\s*\d*\s*\d*\s*x", 3),
        (".*甲.*乙.*丙", 3),
        (r"(?:a+)?(?:[ab]+|c)[a-c]*!", 3),
        ("a+a+b+c*c*d", 3),
    ],
)
def test_expressions_that_are_slow_on_long_texts(source: str, degree: int) -> None:
    slow = polynomial(source)
    assert slow is not None
    assert slow.degree == degree


@pytest.mark.parametrize(
    "source",
    [
        "[^|]*[^|]*女生",
        "[^|]*女[^|女]*生[^|女生]*总",
        ".*甲.*乙.*",
        r"(?:[^|\n]*\|){7}\n",
        "[^|]{0,40}[^|]{0,40}[^|]{0,40}x",
        r"\d+(?:,\d+)*(?:\.\d+)?(?:[^|\d]+)?\|",
    ],
)
def test_expressions_that_are_not_slow(source: str) -> None:
    assert polynomial(source) is None


def test_no_expression_of_gouji_is_slow() -> None:
    expressions = {t.pattern.to_regexp() for layout in Engine.load().layouts for t in layout.grammar.lark.terminals}
    assert len(expressions) > 100
    assert [source for source in expressions if polynomial(source)] == []


def test_examples_are_matched_by_their_expression() -> None:
    import re

    for source in ("收到(?:件|份)?数", r"[^|\n]*\|", r"\d{2}(?:年|月)", "(?:甲|乙)+丙?", "[^甲]乙"):
        found = list(examples(source))
        assert found
        assert all(re.fullmatch(source, text) for text in found)
    assert example(r"x(?!\d)(?<=y)") == "…"


def test_a_spelling_that_is_slow_only_within_its_cell(tmp_path: Path) -> None:
    """What a pack adds to another goes on to the end of the cell: two repetitions become three."""
    file = tmp_path / "grammars" / "more" / "pack.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(
        "title: {zh: 补充, en: more}\namends: table2021\nlabels:\n  LICENSING: /办*结?办*/\n", encoding="utf-8"
    )
    with pytest.raises(PackError) as caught:
        Engine.load([tmp_path])
    assert caught.value.source == f"{file}:4:14"
    assert "tries 8 times as much" in caught.value.problem.en
