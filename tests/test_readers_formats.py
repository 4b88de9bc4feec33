"""One report says the same in every format: observations and findings are those of its plain text, places aside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import carriers
import forms
import gouji
import writers
from strategies import COUNTS
from writers import Block, Cell

CELLS = st.one_of(COUNTS.map(str), st.sampled_from(["0", "0", "", "/", "-", "12.5", "3,017"]))
PROSE = st.builds(
    lambda a, b, c, d: [
        f"（一）主动公开。全县主动公开政府信息{a + b}条，其中，政府网站发布信息{a}条，政务微信发布信息{b}条。",
        f"（二）依申请公开。全县收到政府信息公开申请{c}件，上年结转{d}件，均已按期答复；因政府信息公开引发的行政复议案件{d}件。",
        "（三）监督保障。全年召开政府信息公开工作会议4次，举办培训班5次，接受培训310人次。",
    ],
    *[st.integers(0, 9999)] * 4,
)
# In a stream of cells nothing tells a blank last cell from the opener of the next row: it is for tables without any.
FAST = [name for name in writers.FORMATS if name not in ("pdf", "stream")]
FORMS = settings(
    max_examples=8,
    deadline=None,
    # Two hundred cells shrink for minutes; the figures that fail tell as much as they are.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.large_base_example, HealthCheck.too_slow],
)
PRINTED = settings(FORMS, max_examples=2)


def statistics(values: Sequence[str]) -> list[Block]:
    """A report of 2017 with the statistics table of 2014, its figures replaced by `values` in turn."""
    example = Path(__file__).parents[1] / "examples" / "stat2014-clean.txt"
    blocks: list[Block] = []
    turn = 0
    for block in carriers.read(example.read_text(encoding="utf-8")):
        if isinstance(block, str):
            blocks.extend([block] if block.strip() else [])
            continue
        table = []
        for row in block:
            cells = [Cell("".join(cell.split())) for cell in row]
            if cells[-1].text.replace(".", "").isdigit():
                cells[-1] = Cell(values[turn % len(values)])
                turn += 1
            table.append(cells)
        blocks.append(table)
    return blocks


def same(blocks: Sequence[Block], folder: Path, formats: Sequence[str]) -> None:
    """Assert that the report says the same in each of `formats` as with TAB-led cells."""
    original = folder / "original.txt"
    original.write_bytes(writers.text(blocks))
    report = gouji.check(original)
    expected = carriers.statements(report)
    assert report.observations or report.unbound
    for name, path in writers.files(blocks, folder, formats):
        written = gouji.check(path)
        figures, findings = carriers.statements(written)
        assert figures == expected[0], name
        assert findings == expected[1], name
        assert written.title == report.title, name
        assert len(written.unparsed) == len(report.unparsed), name
        assert sorted(u.value for u in written.unbound) == sorted(u.value for u in report.unbound), name


@pytest.mark.parametrize("year", [2019, 2022])
@FORMS
@given(data=st.data(), prose=PROSE)
def test_a_report_of_the_present_form(year: int, data: st.DataObject, prose: list[str], tmp_path: Path) -> None:
    count = len(forms.paths(year))
    cells = data.draw(st.lists(CELLS, min_size=count, max_size=count))
    same(forms.report(year, cells, prose), tmp_path, FAST)


@pytest.mark.parametrize("year", [2019, 2022])
@FORMS
@given(data=st.data())
def test_a_report_of_the_present_form_as_a_stream(year: int, data: st.DataObject, tmp_path: Path) -> None:
    count = len(forms.paths(year))
    cells = data.draw(st.lists(CELLS.filter(bool), min_size=count, max_size=count))
    same(forms.report(year, cells), tmp_path, ["stream"])


@FORMS
@given(values=st.lists(COUNTS.map(str), min_size=7, max_size=60))
def test_a_report_of_the_form_of_2014(values: list[str], tmp_path: Path) -> None:
    same(statistics(values), tmp_path, [*FAST, "stream"])


@pytest.mark.parametrize("year", [2019, 2022])
@PRINTED
@given(data=st.data(), prose=PROSE)
def test_a_report_printed_as_pdf(year: int, data: st.DataObject, prose: list[str], tmp_path: Path) -> None:
    count = len(forms.paths(year))
    cells = data.draw(st.lists(CELLS, min_size=count, max_size=count))
    same(forms.report(year, cells, prose), tmp_path, ["pdf"])


@PRINTED
@given(values=st.lists(COUNTS.map(str), min_size=7, max_size=60))
def test_a_report_of_the_form_of_2014_printed_as_pdf(values: list[str], tmp_path: Path) -> None:
    same(statistics(values), tmp_path, ["pdf"])


def test_a_blank_form_has_every_cell_in_every_format(tmp_path: Path) -> None:
    """Blank cells are cells: nothing but their frame shows them."""
    for year in (2019, 2022):
        paths = forms.paths(year)
        blocks = forms.report(year, [""] * len(paths))
        for name, path in writers.files(blocks, tmp_path, [*FAST, "pdf"]):
            report = gouji.check(path)
            found = [o.path for o in report.observations if o.source == "table"]
            assert found == paths, name
            assert {o.state for o in report.observations if o.source == "table"} == {"blank"}, name


def cases(shared: Path) -> list[dict[str, Any]]:
    """The published reports that are known completely."""
    known: list[dict[str, Any]] = json.loads((shared / "truth" / "real_cases.json").read_text(encoding="utf-8"))
    return [case for case in known if case["complete"]]


def composed(case: dict[str, Any]) -> list[Block]:
    """A report with the figures of a published one, in the printed form and in sentences of ours."""
    figures = case["figures"]
    claims = [c for c in case["narrative_claims"] if isinstance(c["value"], int | float)]
    prose = ["全年有下列情况：" + "，".join(f"{c['metric']}{c['value']}{c.get('unit') or ''}" for c in claims) + "。"]
    if not figures:
        return [f"望澜市岚泽县{case['year']}年政府信息公开工作年度报告", "一、总体情况", *prose]
    requests = 2019 if "requests.t3.outcome.other.subtotal.total" in figures else case["year"]
    values = [figures[path] for path in forms.paths(case["year"], requests)]
    return forms.report(case["year"], ["" if v is None else str(v) for v in values], prose, requests)


def test_every_published_report_that_is_known_completely(shared: Path, tmp_path: Path) -> None:
    complete = cases(shared)
    assert len(complete) >= 5
    for case in complete:
        folder = tmp_path / case["id"]
        folder.mkdir()
        same(composed(case), folder, list(writers.FORMATS))
