"""The metric registry: what it knows, how it expands, how it refuses."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from gouji.errors import PackError
from gouji.packs import builtin
from gouji.registry import Registry
from gouji.registryfile import load_registry

SHIPPED = builtin() / "grammars" / "metrics.yaml"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry([SHIPPED])


def load(tmp_path: Path, *texts: str) -> Registry:
    files = []
    for n, text in enumerate(texts):
        file = tmp_path / f"{n}.yaml"
        file.write_text(text, encoding="utf-8")
        files.append(file)
    return load_registry(files)


ONE = "blocks:\n  - metrics:\n      a.b: {zh: 甲, en: first, unit: 件}\n"


def test_cell_of_table_3(registry: Registry) -> None:
    metric = registry.metric("requests.t3.outcome.denied.state_secret.natural")
    assert metric.zh == "不予公开 / 属于国家秘密 / 自然人"
    assert metric.en == "denied / state secrets / natural persons"
    assert (metric.unit, metric.type, metric.signed, metric.blank) == ("件", "int", False, "zero")


@pytest.mark.parametrize(
    ("rows", "cells"),
    [("rows_2019", 23 * 7), ("rows_2021", 25 * 7)],
)
def test_table_3_has_all_its_cells(registry: Registry, rows: str, cells: int) -> None:
    paths = list(registry.expand(f"requests.t3.{{{rows}}}.{{applicants_and_total}}"))
    assert len(set(paths)) == cells
    assert all(path in registry for path in paths)


def test_every_member_of_every_group_has_both_labels(registry: Registry) -> None:
    for name, members in registry.groups.items():
        assert members
        assert list(registry.labels[name].members) == list(members)
        assert all(zh and en for zh, en in registry.labels[name].members.values())


def test_labels_tell_all_metrics_apart(registry: Registry) -> None:
    for lang in ("zh", "en"):
        seen: dict[str, str] = {}
        for metric in registry:
            assert metric.text(lang) not in seen, (metric.path, seen[metric.text(lang)])
            seen[metric.text(lang)] = metric.path


@pytest.mark.parametrize(
    ("path", "signed", "decimal", "blank"),
    [
        ("disclosure.art20_5.licensing.items_change", True, False, "zero"),
        ("disclosure.art20_5.licensing.prev_items", False, False, "na"),
        ("disclosure.art20_9.procurement.amount", False, True, "na"),
        ("capacity.special_fund", False, True, "none"),
        ("requests.t3.new.total", False, False, "total"),
        ("review.total", False, False, "total"),
        ("fees.processing.notices", False, False, "none"),
    ],
)
def test_attributes(registry: Registry, path: str, signed: bool, decimal: bool, blank: str) -> None:
    metric = registry.metric(path)
    assert (metric.signed, metric.decimal, metric.blank) == (signed, decimal, blank)


def test_only_changes_of_items_are_signed(registry: Registry) -> None:
    assert {m.path.rpartition(".")[2] for m in registry if m.signed} == {"items_change"}


def test_figures_that_no_form_asks_for(registry: Registry) -> None:
    assert "ext.housing.buildings" in registry
    assert "disclosure.art20_1.ext.other_docs.made" in registry
    assert registry.metric("ext.housing.buildings").zh == "buildings"
    assert "extra.housing" not in registry


def test_unknown_path(registry: Registry) -> None:
    assert "requests.recieved.total" not in registry
    assert registry.nearest("requests.recieved.total") == "requests.received.total"
    assert registry.nearest("@@@") is None
    with pytest.raises(KeyError):
        registry.metric("requests.recieved.total")


def test_survives_the_cache(registry: Registry) -> None:
    copy = pickle.loads(pickle.dumps(registry))
    assert copy.metrics == registry.metrics
    assert copy.groups == registry.groups


def test_files_add_up(tmp_path: Path) -> None:
    registry = load(tmp_path, ONE, ONE.replace("a.b", "a.c"))
    assert {m.path for m in registry} == {"a.b", "a.c"}


def test_path_defined_twice_names_both_places(tmp_path: Path) -> None:
    with pytest.raises(PackError) as error:
        load(tmp_path, ONE, ONE)
    assert error.value.source == f"{tmp_path}/1.yaml:3:7"
    assert f"{tmp_path}/0.yaml:3:7" in error.value.problem.en


def test_axis_and_path_that_meet(tmp_path: Path) -> None:
    text = "axes:\n  x: {b: {zh: 乙, en: second}}\n" + ONE.replace("a.b:", "a.{x}: {zh: 丙, en: third}\n      a.b:")
    with pytest.raises(PackError) as error:
        load(tmp_path, text)
    assert error.value.source == f"{tmp_path}/0.yaml:6:7"
    assert "a.b" in error.value.problem.en
    assert f"{tmp_path}/0.yaml:5:7" in error.value.problem.en


@pytest.mark.parametrize(
    ("text", "place", "problem", "remedy"),
    [
        ("metric: {}\n", "1:1", "unknown key metric", "there are: about, axes, blocks, groups"),
        ("block: []\n", "1:1", "unknown key block", "blocks"),
        (ONE.replace("unit", "unti"), "3:31", "unknown key unti", "unit"),
        (ONE.replace("unit: 件", "blank: zer"), "3:38", "unknown value zer", "zero"),
        (ONE.replace("unit: 件", "type: integer"), "3:37", "unknown value integer", "int"),
        (ONE.replace("unit: 件", "signed: true"), "3:39", "unknown value true", "there are: yes, no"),
        (ONE.replace("a.b", "a.{axs}"), "3:7", "unknown axis axs", "check the name"),
        (ONE.replace("a.b", "A b"), "3:7", "A b is no metric path", "correct it"),
        (ONE.replace(", en: first", ""), "3:7", "a.b needs a zh and an en label", "correct it"),
        ("blocks:\n  - metrics: none\n", "2:14", "expected a mapping here", "write `key: value`"),
        (ONE + "groups:\n  g: {labels: 'a.{}', members: [c]}\n", "5:15", "unknown metric a.c", "a.b"),
        (ONE + "groups:\n  g: {axis: x, members: [c]}\n", "5:13", "unknown axis x", "check the name"),
        (ONE + "groups:\n  g: {member: [c]}\n", "5:7", "unknown key member", "members"),
    ],
)
def test_errors_have_place_and_remedy(tmp_path: Path, text: str, place: str, problem: str, remedy: str) -> None:
    with pytest.raises(PackError) as error:
        load(tmp_path, text)
    assert error.value.source == f"{tmp_path}/0.yaml:{place}"
    assert error.value.problem.en == problem
    assert remedy in error.value.remedy.en
    assert error.value.problem.zh
    assert error.value.remedy.zh
