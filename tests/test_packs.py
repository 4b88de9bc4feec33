"""Packs: a layout, a metric, a rule and a language string are data; what is wrong with them is said with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gouji.errors import PackError
from gouji.pipeline import Engine
from gouji.readers import text
from gouji.records import Report
from gouji.schema import composed
from gouji.yamlfile import Scalar

GRAMMAR = """
%import common.cells (VALUES, DAMAGED, OTHER, ORDINAL, NOTE)
start: (_HEAD | row | unknown)+
row: (BOOKS | LOANS | RETURNS) (VALUES | DAMAGED)
unknown: OTHER
_HEAD.2: /馆藏项目\\|[^\\n]*\\n/
BOOKS: ORDINAL? "藏书" NOTE
LOANS: ORDINAL? "借出" NOTE
RETURNS: ORDINAL? "归还" NOTE
"""
PACK = """
title: {zh: 图书馆统计表, en: library statistics}
authority: 县图书馆
layouts:
  table: {grammar: library.lark, reads: table, detect: [馆藏项目]}
rows:
  BOOKS: {path: library.books}
  LOANS: {path: library.loans}
  RETURNS: {path: library.returns}
"""
METRICS = """
blocks:
  - about: library statistics
    defaults: {unit: 册}
    metrics:
      library.books: {zh: 藏书数, en: books}
      library.loans: {zh: 借出数, en: loans}
      library.returns: {zh: 归还数, en: returns}
"""
RULES = """
rules:
  - id: LIB01
    title: {zh: 归还不多于借出, en: No more is returned than was lent}
    severity: warning
    applies: {layouts: [library]}
    source: table
    equation: library.returns <= library.loans
    message: {zh: "归还 {left} 册，多于借出 {right} 册", en: "{left} returned, more than the {right} lent"}
    basis: {zh: 借书须还, en: what is lent comes back}
    exceptions: {zh: 归还的可能是上年借出的, en: books lent last year may come back}
    pass: {library.loans: 5, library.returns: 5}
    fail: {library.loans: 5, library.returns: 6}
"""
SOURCE = "县图书馆\n\t馆藏项目\n\t数量\n\n\t1.藏书\n\t12000\n\n\t2.借出\n\t300\n\n\t3.归还\n\t310\n\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack root with one layout, its metrics and one rule."""
    files = {
        "grammars/library/library.lark": GRAMMAR,
        "grammars/library/pack.yaml": PACK,
        "grammars/library/metrics.yaml": METRICS,
        "rules/library.yaml": RULES,
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def check(engine: Engine, tmp_path: Path) -> Report:
    """The checked report of SOURCE."""
    file = tmp_path / "report.txt"
    file.write_text(SOURCE, encoding="utf-8")
    return engine.check(str(file))


def test_a_layout_a_metric_and_a_rule_need_no_python(pack: Path, tmp_path: Path) -> None:
    engine = Engine.load([pack])
    report = check(engine, tmp_path)
    assert report["library.books"] == 12000
    assert report.layouts[0] == "library"
    assert [(f.rule, f.message.zh) for f in report.findings if f.rule == "LIB01"] == [
        ("LIB01", "归还 310 册，多于借出 300 册")
    ]
    assert engine.registry.metric("library.loans").en == "loans"


def test_without_the_pack_the_rows_are_unparsed(tmp_path: Path) -> None:
    document = text.read(("政府信息公开\n" + SOURCE).encode(), "x", Engine.load().carriers)
    report = Engine.load().understand(document)
    assert not report.observations
    assert [u.text for u in report.unparsed] == ["1.藏书|12000|", "2.借出|300|", "3.归还|310|"]


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "hint"),
    [
        ("grammars/library/pack.yaml", "library.loans", "library.loan", "pack.yaml:8:17", "library.loans"),
        ("grammars/library/pack.yaml", "LOANS:", "LONS:", "pack.yaml:8:3", "LOANS"),
        ("grammars/library/pack.yaml", "authority:", "autority:", "pack.yaml:3:1", "authority"),
        ("grammars/library/pack.yaml", "reads: table", "reads: tabel", "pack.yaml:5:41", "table"),
        ("grammars/library/pack.yaml", "[馆藏项目]", "['(馆藏']", "pack.yaml:5:", ""),
        ("grammars/library/library.lark", "LOANS |", "LOANZ |", "library.lark:4:15", "LOANZ"),
        ("grammars/library/library.lark", "start: (", "start: ((", "library.lark:", ""),
        ("rules/library.yaml", "library.returns <= library.loans", "library.returns <= library.loan", "library.yaml:8:", "library.loans"),
        ("rules/library.yaml", "severity: warning", "severity: warnig", "library.yaml:5:", "warning"),
        ("rules/library.yaml", "exceptions: {zh: 归还的可能是上年借出的, en: books lent last year may come back}", "exceptions: {mesage: {zh: 甲, en: a}}", "library.yaml:11:", "message"),
        ("grammars/library/metrics.yaml", "unit: 册", "unit: [册", "metrics.yaml:4:", ""),
        ("grammars/library/pack.yaml", "{path: library.loans}", "[1]", "pack.yaml", ""),
        ("grammars/library/pack.yaml", "{grammar: library.lark, reads: table, detect: [馆藏项目]}", "[1, 2]", "pack.yaml", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_the_nearest_name(
    pack: Path, name: str, old: str, new: str, place: str, hint: str
) -> None:
    file = pack / name
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        Engine.load([pack])
    error = caught.value
    assert place in error.source
    assert hint in error.remedy.en + error.problem.en


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no pack"):
        Engine.load([tmp_path])


def test_two_packs_of_one_name_are_refused_with_both_places(pack: Path) -> None:
    (pack / "grammars" / "library").rename(pack / "grammars" / "stat2014")
    (pack / "grammars" / "stat2014" / "library.lark").rename(pack / "grammars" / "stat2014" / "x.lark")
    with pytest.raises(PackError) as caught:
        Engine.load([pack])
    assert str(pack) in caught.value.source
    assert "stat2014" in caught.value.problem.en


def test_a_metric_defined_twice_is_refused(pack: Path) -> None:
    (pack / "grammars" / "metrics.yaml").write_text(METRICS, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        Engine.load([pack])
    assert "library.books" in caught.value.problem.en


def test_a_damaged_cache_is_no_harm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOUJI_CACHE", str(tmp_path))
    assert Engine.load().layouts
    (store,) = tmp_path.glob("*.pickle")
    store.write_bytes(b"\x80\x05 nonsense")
    assert Engine.load().layouts
    store.write_bytes(store.read_bytes()[:1000])
    assert Engine.load().layouts


def test_without_a_place_for_the_cache_it_works_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_CACHE", "/proc/nowhere")
    assert Engine.load().layouts


@pytest.mark.parametrize(
    ("name", "content", "place", "hint"),
    [
        ("folds.yaml", "characters: [甲, 乙]\n", "folds.yaml:1:14", ""),
        ("folds.yaml", "characters: {甲乙: 丙}\n", "folds.yaml:1:14", ""),
        ("folds.yaml", "phrases: {甲: [乙]}\n", "folds.yaml:1:", ""),
        ("folds.yaml", "noise: ['(甲']\n", "folds.yaml:1:9", ""),
        ("folds.yaml", "phrase: {甲: 乙}\n", "folds.yaml:1:1", "phrases"),
        ("pack.yaml", "[1, 2]\n", "pack.yaml", ""),
        ("pack.yaml", "carriers: [1, 2]\n", "pack.yaml:1:12", ""),
        ("pack.yaml", "carriers: {csv: [1]}\n", "pack.yaml:1:", ""),
        (
            "pack.yaml",
            "carriers: {csv: {grammar: a.lark, regoin: a, cell: b, rows: lines}}\n",
            "pack.yaml:1:35",
            "region",
        ),
        (
            "pack.yaml",
            "carriers: {csv: {grammar: a.lark, region: a, cell: b, rows: line}}\n",
            "pack.yaml:1:61",
            "lines",
        ),
        ("pack.yaml", "carriers: {csv: {grammar: a.lark, region: a, cell: b, rows: lines}}\n", "pack.yaml:1:27", ""),
        ("pack.yaml", "heads: [1]\nlayouts: {t: {grammar: a.lark, reads: table, detect: [甲]}}\n", "pack.yaml", ""),
    ],
)
def test_a_wrong_structure_is_said_with_its_place(
    tmp_path: Path, name: str, content: str, place: str, hint: str
) -> None:
    folder = tmp_path / "grammars" / "own"
    folder.mkdir(parents=True)
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        Engine.load([tmp_path])
    assert place in caught.value.source
    assert hint in caught.value.remedy.en


def test_a_part_that_an_expression_names_is_there() -> None:
    parts = {"unit": Scalar("件|条", "rules/x.yaml:3:5"), "count": Scalar(r"\d+(?&unit)", "rules/x.yaml:4:5")}
    assert composed(Scalar("共(?&count)", "rules/x.yaml:5:5"), parts) == r"共(?:\d+(?:件|条))"
    with pytest.raises(PackError) as caught:
        composed(Scalar("共(?&unti)", "rules/x.yaml:5:5"), parts)
    assert caught.value.source == "rules/x.yaml:5:5"
    assert "unit" in caught.value.remedy.en + caught.value.problem.en
