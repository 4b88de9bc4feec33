"""Tables in other shapes: merged cells, codes that tell the hierarchy, several forms in a document; and how tables are sorted."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from gouji.errors import ReadError
from gouji.pipeline import Engine
from gouji.readers import text
from gouji.workbench.clustering import clustered
from gouji.workbench.drafting import Draft, draft, spelled
from gouji.workbench.draftpack import draft_pack


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def piped(rows: list[list[str]]) -> str:
    return "".join(" | ".join(row) + " |\n" for row in rows)


def tabbed(rows: list[list[str]]) -> str:
    return "".join("".join(f"\t{cell}\n" for cell in row) + "\n" for row in rows)


def drafted(engine: Engine, texts: list[str]) -> Draft:
    return draft(engine, "trial", [text.read(t.encode(), f"s{n}", engine.carriers) for n, t in enumerate(texts)])


def stems(found: Draft, form: int = 0) -> list[str]:
    return [row.stem for row in found.forms[form].rows if row.bound]


def grouped(seed: int) -> list[list[str]]:
    draw = random.Random(seed)
    rows = [["类别", "项目", "单位", "本月", "累计"]]
    for group in ("一、图书", "二、期刊"):
        for n, label in enumerate(("1.入库", "2.出库")):
            month = draw.randint(0, 90)
            rows.append(["" if n else group, label, "册", str(month), str(month + draw.randint(0, 90))])
    return rows


@pytest.mark.parametrize("carried", [piped, tabbed])
def test_merged_cells_tell_equal_labels_apart(
    engine: Engine, tmp_path: Path, carried: Callable[[list[list[str]]], str]
) -> None:
    documents = [text.read(carried(grouped(n)).encode(), f"s{n}", engine.carriers) for n in range(5)]
    found = draft_pack(engine, "trial", documents, tmp_path)
    assert stems(found.draft) == [f"ext.trial.{g}.{r}" for g in ("tu_shu", "qi_kan") for r in ("ru_ku", "chu_ku")]
    assert all(one.bound == one.figures for one in found.tried)


def coded(seed: int) -> list[list[str]]:
    draw = random.Random(seed)
    parts = [draw.randint(100, 90000) / 100 for _ in range(2)]
    labels = [("事业收入", "12"), ("财政拨款", "11")]
    rows = [["指标", "代码", "数值"], ["收入", "1", f"{sum(parts):.2f}"]]
    return rows + [[label, code, f"{part:.2f}"] for (label, code), part in zip(labels, parts, strict=True)]


def test_codes_tell_the_hierarchy(engine: Engine) -> None:
    found = drafted(engine, [piped(coded(n)) for n in range(5)])
    assert stems(found) == [f"ext.trial.shou_ru.{name}" for name in ("total", "shi_ye_shou_ru", "cai_zheng_bo_kuan")]
    assert len(found.forms[0].laws) == 1


def test_several_forms_in_a_document_are_several_packs(engine: Engine) -> None:
    found = drafted(engine, [f"表一\n\n{piped(grouped(n))}\n表二的说明文字\n\n{piped(coded(n))}" for n in range(5)])
    assert [form.name for form in found.forms] == ["trial", "trial_2"]


def test_what_gouji_reads_already_is_not_drafted(engine: Engine, checkout: Path) -> None:
    source = (checkout / "examples" / "stat2014-clean.txt").read_text(encoding="utf-8")
    with pytest.raises(ReadError) as caught:
        drafted(engine, [source])
    assert caught.value.code == "known-form"


def test_without_a_table_there_is_nothing_to_draft(engine: Engine) -> None:
    with pytest.raises(ReadError) as caught:
        drafted(engine, ["只有文字，共3件事。\n"])
    assert caught.value.code == "no-table"


@pytest.mark.parametrize(
    ("spellings", "pattern"),
    [
        (["信函申请数"], "信函申请数"),
        (["信函申请数", "信函申请"], "信函申请数?"),
        (["主动公开信息数", "主动公开政府信息数"], "主动公开(?:政府)?信息数"),
        (["网上申请", "网络申请"], "网(?:上|络)申请"),
        (["收费(元)"], r"收费\(元\)"),
    ],
)
def test_spellings_become_one_expression(spellings: list[str], pattern: str) -> None:
    assert spelled(spellings).replace("(?:数)?", "数?") == pattern


class Listed(NamedTuple):
    labels: tuple[str, ...]
    width: int = 2


def test_tables_with_the_same_labels_in_the_same_order_are_one_layout() -> None:
    labels = tuple("甲乙丙丁戊己庚辛")
    one = [Listed(labels), Listed((*labels[:3], "某地增设", *labels[3:])), Listed(labels[1:])]
    others = [Listed(labels[::-1]), Listed(labels, 1), Listed(tuple("春夏秋冬"))]
    found = clustered([*one, *others])
    assert [len(cluster.members) for cluster in found] == [3, 1, 1, 1]
    assert found[0].labels == labels
