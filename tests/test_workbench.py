"""The workbench: packs are listed, made, tested; what is wrong with one is refused with place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from gouji.errors import PackError
from gouji.messages import Voice
from gouji.packs import Packs
from gouji.workbench.catalogue import catalogue
from gouji.workbench.packtest import tested as run
from gouji.workbench.scaffold import scaffold


def replace(file: Path, old: str, new: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A pack root with a new pack `monthly`."""
    scaffold("monthly", tmp_path)
    return tmp_path


def test_a_new_pack_passes_its_test(root: Path) -> None:
    (tested,) = run([str(root)])
    assert tested.passed
    assert [r.case.title for r in tested.results]
    assert tested.notes == ()


def test_nothing_is_written_over(root: Path) -> None:
    with pytest.raises(PackError) as caught:
        scaffold("monthly", root)
    assert caught.value.code == "exists"


@pytest.mark.parametrize("name", ["Monthly", "1st", "a__b", "月报", "a/b", ""])
def test_a_name_that_is_no_word_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PackError):
        scaffold(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_fails_shows_what_differs_and_is_updated(root: Path) -> None:
    corpus = root / "grammars/monthly/corpus/table.txt"
    before = corpus.read_text(encoding="utf-8")
    replace(corpus, "monthly.received = 12 件", "monthly.received = 13 件")
    (tested,) = run([str(root)])
    failed = [r for r in tested.results if not r.passed]
    assert [r.difference()[:2] for r in failed] == [["- monthly.received = 13 件", "+ monthly.received = 12 件"]]
    assert tested.update() == [corpus]
    assert corpus.read_text(encoding="utf-8") == before


def test_a_pack_comes_before_a_folder_of_its_name(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    scaffold("monthly", elsewhere / "monthly")
    monkeypatch.chdir(elsewhere)
    (tested,) = run(["monthly"], [root])
    assert tested.folder == root / "grammars/monthly"


def test_what_no_case_reaches_is_said(root: Path) -> None:
    grammar = root / "grammars/monthly/monthly.lark"
    replace(grammar, "| OPEN\n", "| OPEN | EXTRA\n")
    replace(grammar, "OPEN: /", "EXTRA: /附加/ NOTE\nOPEN: /")
    (tested,) = run([str(root / "grammars/monthly")])
    assert [(n.where, n.severity, n.problem.en) for n in tested.notes] == [
        (f"{grammar}:14:1", "error", "no case reaches EXTRA")
    ]


def test_a_literal_that_no_case_reaches_is_told_as_its_author_wrote_it(root: Path) -> None:
    grammar = root / "grammars/monthly/monthly.lark"
    replace(grammar, "| OPEN\n", '| OPEN | /附加+[(|]/ | "另列|"\n')
    (tested,) = run([str(root / "grammars/monthly")])
    line = next(n for n, text in enumerate(grammar.read_text(encoding="utf-8").splitlines(), 1) if "附加" in text)
    assert [(n.where.rpartition(":")[0], n.problem.en) for n in tested.notes] == [
        (f"{grammar}:{line}", "no case reaches /附加+[(|]/"),
        (f"{grammar}:{line}", 'no case reaches "另列|"'),
    ]


def test_a_terminal_that_always_loses_is_said(root: Path) -> None:
    grammar = root / "grammars/monthly/monthly.lark"
    replace(grammar, "OPEN: /未办结件?数/", "OPEN.-1: /办结件数/")
    (tested,) = run([str(root)])
    assert "terminal OPEN always loses to CLOSED, for example on “办结件数某|”" in [
        n.problem.en for n in tested.notes
    ] or ("terminal OPEN always loses to CLOSED, for example on “办结件数|”" in [n.problem.en for n in tested.notes])


# --- packs of users ------------------------------------------------------------------------------------------------


def test_packs_are_found_where_the_user_tells(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def origins() -> dict[str, str]:
        return {e.name: e.root.origin for e in catalogue().entries if e.root.origin != "builtin"}

    monkeypatch.chdir(tmp_path)
    assert origins() == {}
    monkeypatch.setenv("GOUJI_PATH", str(root))
    assert origins() == {"monthly": "environment"}
    monkeypatch.delenv("GOUJI_PATH")
    (tmp_path / "project/reports").mkdir(parents=True)
    (tmp_path / "project/gouji.yaml").write_text("packs: [..]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "project/reports")
    assert origins() == {"monthly": "project"}


def test_packs_of_installed_distributions_are_found_and_not_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    (site / "monthly_packs").mkdir(parents=True)
    for part in ("grammars", "rules"):
        (root / part).rename(site / "monthly_packs" / part)
    (site / "monthly_packs/__init__.py").write_text("raise SystemExit\n", encoding="utf-8")
    info = site / "monthly_packs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: monthly-packs\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[gouji.packs]\nmonthly = monthly_packs\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    (found,) = Packs.find().user.roots
    assert (found.path, found.origin) == (site / "monthly_packs", "installed")
    assert "monthly-packs" in "\n".join(catalogue().lines(Voice("en")))


def test_a_folder_that_is_told_of_twice_counts_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_PATH", str(root))
    assert len(Packs.find([root]).user.roots) == 1


@pytest.mark.parametrize(
    ("content", "place", "hint"),
    [("pack: [x]\n", ":1:1", "packs"), ("packs: {a: b}\n", ":1:", "list"), ("packs: [nowhere]\n", "nowhere", "gouji.yaml:1:9")],
)  # fmt: skip
def test_a_project_file_that_is_wrong(
    content: str, place: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gouji.yaml").write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PackError) as caught:
        Packs.find()
    assert place in caught.value.source
    assert hint in caught.value.problem.en + caught.value.remedy.en


@pytest.mark.parametrize("pack", [folder.name for folder in Packs.find().folders()])
def test_every_built_in_pack_passes_its_test(pack: str) -> None:
    (tested,) = run([pack])
    assert [r.case.title for r in tested.results if not r.passed] == []
    assert [(n.where, n.problem.en) for n in tested.notes if n.severity == "error"] == []
