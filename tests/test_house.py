"""The house: layers, packaging, what may not be in the repository, and documents that stay true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

import gouji
import picture
from gouji.errors import PackError
from gouji.grammarcompiler import build
from gouji.pipeline import Engine
from gouji.workbench import packtest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked() -> list[Path]:
    """The text files of the repository, or of the folder where there is no repository."""
    skipped = {".git", ".venv", "build", "dist", "__pycache__"}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        files = [ROOT / name for name in listed.stdout.splitlines()]
    else:
        files = [p for p in ROOT.rglob("*") if not any(part in skipped or part.endswith("_cache") for part in p.parts)]
    return [p for p in files if p.is_file()]


def test_layers() -> None:
    """import-linter: upper layers may import lower ones, never the other way; every module has a layer."""
    done = subprocess.run([BIN / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept" in done.stdout


# --- grammars ------------------------------------------------------------------------------------------------------


def test_terminal_without_ascii_name_is_refused(tmp_path: Path) -> None:
    """Lark names the terminal of an inline Chinese literal in Chinese and then leaves it out of what it expected."""
    path = tmp_path / "inline.lark"
    path.write_text('start: "申请" NUMBER\nNUMBER: /[0-9]+/\n', encoding="utf-8")
    with pytest.raises(PackError, match=r"inline\.lark:1:9"):
        build(path, [tmp_path], ("start",))
    path.write_text('start: REQUESTS NUMBER\nREQUESTS: "申请"\nNUMBER: /[0-9]+/\n', encoding="utf-8")
    assert build(path, [tmp_path], ("start",)).parse("申请12").children


def test_data_folders_hold_no_code() -> None:
    for folder in ("grammars", "rules"):
        assert list((ROOT / folder).rglob("*.py")) == []
        assert any((ROOT / folder).iterdir())


# --- packaging -----------------------------------------------------------------------------------------------------


def test_one_version() -> None:
    assert metadata.version("gouji") == gouji.__version__
    assert f"## {gouji.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_constraints_are_names_and_versions_of_all_dependencies(project: dict[str, Any]) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [p for p in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", p)] == []
    pinned = {p.split("==")[0].lower().replace("_", "-") for p in pins}
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert {re.split(r"[<>=!~\[ ;]", w)[0].lower() for w in wanted} <= pinned


def test_wheel_takes_code_and_data(project: dict[str, Any]) -> None:
    """What the smoke test of the wheel needs to be there; `packs` looks in `_builtin`."""
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["sources"] == {
        "engine": "",
        "grammars": "gouji/_builtin/grammars",
        "rules": "gouji/_builtin/rules",
    }
    assert set(wheel["only-include"]) == {"engine/gouji", "grammars", "rules"}


# --- the repository ------------------------------------------------------------------------------------------------


def test_no_machine_paths_and_no_registries() -> None:
    homes = "|".join(("work", "root", "farm", "home/[a-z]"))
    registries = "|".join(("py" + "pi.org", "python" + "hosted", "registry.np" + "mjs", "deb.deb" + "ian"))
    forbidden = re.compile(rf"(?:^|[^A-Za-z0-9_.])/(?:{homes})/|{registries}")
    found = []
    for path in tracked():
        if path.suffix in {".png", ".pdf", ".docx", ".xlsx", ".doc"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if forbidden.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


def test_ci_runs_the_test_command() -> None:
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    assert "set -euo pipefail" in run.read_text()
    assert re.search(r"^make test\b", run.read_text(), re.M)


# --- documents -----------------------------------------------------------------------------------------------------


README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


def test_readme_shows_both_commands() -> None:
    assert "make demo" in README
    assert "make test" in README


def test_picture_in_readme_is_what_gouji_prints() -> None:
    """`make readme` renews it."""
    assert "错误" in README
    assert picture.renewed(README).splitlines() == README.splitlines()


def test_rules_are_documented_as_they_are() -> None:
    """`make docs` renews it."""
    told = subprocess.run(
        [sys.executable, "-m", "gouji", "rules", "--markdown"], cwd=ROOT, capture_output=True, check=True
    )
    assert told.stdout.decode().splitlines() == (ROOT / "docs" / "rules.md").read_text(encoding="utf-8").splitlines()
    headings = re.findall(r"^### (\S+) ", told.stdout.decode(), re.M)
    assert headings == [rule.id for rule in gouji.engine().rulebook.rules]


def test_python_in_readme_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each block runs; a comment behind `print(…)` is what it prints."""
    monkeypatch.chdir(ROOT)
    found = blocks("python")
    assert found
    for block in found:
        expected = re.findall(r"^print\(.*\)  # (.*)$", block, re.M)
        assert expected
        capsys.readouterr()
        exec(compile(block, "README.md", "exec"), {})
        assert capsys.readouterr().out.splitlines() == expected


def test_grammar_and_rule_in_readme_work(tmp_path: Path) -> None:
    pack, metrics, rule = blocks("yaml")
    (grammar,) = blocks("lark")
    (corpus,) = (block for block in blocks("text") if block.startswith("=== "))
    for name, content in (
        ("grammars/county/corpus/points.txt", corpus),
        ("grammars/county/pack.yaml", pack),
        ("grammars/county/county.lark", grammar),
        ("grammars/county/metrics.yaml", metrics),
        ("rules/county.yaml", rule),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    text = (ROOT / "examples" / "narrative-clean.txt").read_text(encoding="utf-8")
    report = tmp_path / "report.txt"
    report.write_text(
        text + "\n指标 | 单位 | 数量 |\n查阅点数 | 个 | 60 |\n1.现场接待人数 | 人次 | 1520 |\n", encoding="utf-8"
    )
    (tested,) = packtest.tested(["county"], [tmp_path])
    assert (tested.passed, len(tested.results), tested.notes) == (True, 2, ())
    engine = Engine.load([tmp_path])
    assert "K01" in {r.id for r in engine.rulebook.rules}
    checked = engine.check(str(report))
    assert (checked["service.e1.visitors"], checked["capacity.reading_points"]) == (1520, 60)
    assert engine.registry.metric("library.books").unit == "册"
    report.write_text("政府信息公开工作年度报告\n从事政府信息公开工作人员20人，设置查阅点26个。\n", encoding="utf-8")
    assert "K01" in {f.rule for f in engine.check(str(report)).findings}


def test_files_that_the_readme_names_exist() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).exists(), name


# --- examples ------------------------------------------------------------------------------------------------------


EXPECTED: dict[str, list[str]] = yaml.safe_load((ROOT / "examples" / "expected.yaml").read_text(encoding="utf-8"))


def test_every_example_has_its_expectation() -> None:
    assert sorted(EXPECTED) == sorted(p.name for p in (ROOT / "examples").glob("*.txt"))
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert [name for name in EXPECTED if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_example_gives_what_is_expected(name: str) -> None:
    report = gouji.check(ROOT / "examples" / name)
    found = sorted(f"{f.rule} {f.severity}" for f in report.findings if f.verdict == "fail")
    assert found == sorted(EXPECTED[name]), [f.message.en for f in report.findings]
    assert [f.rule for f in report.findings if f.verdict == "undecided"] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_every_table_row_of_an_example_is_understood(name: str) -> None:
    report = gouji.check(ROOT / "examples" / name)
    assert [u.text for u in report.unparsed if u.table is not None] == []


@pytest.mark.parametrize("name", [n for n in EXPECTED if n.endswith("-clean.txt")])
def test_faulty_example_is_the_clean_one_with_a_few_changes(name: str) -> None:
    """So that `diff` shows the planted errors and nothing else."""
    folder = ROOT / "examples"
    clean = (folder / name).read_text(encoding="utf-8").splitlines()
    faulty = (folder / name.replace("-clean", "-faulty")).read_text(encoding="utf-8").splitlines()
    assert len(clean) == len(faulty)
    assert 1 <= sum(a != b for a, b in zip(clean, faulty, strict=True)) <= 3
