"""The data sets of `extract`, from hand-made reports: every format holds the same, whatever the text is like."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from attrs import evolve
from pyarrow import parquet

import gouji
import stage
from compose import Annual
from gouji import packs
from gouji.atomicfile import replacing
from gouji.cli import main
from gouji.document import Document, Place
from gouji.messages import Voice
from gouji.records import Observation, Report, Source, State
from gouji.registryfile import load_registry
from gouji.reporters import tables
from gouji.reporters.extract import SUFFIXES, data_set, wide_figures
from gouji.spans import Span

REGISTRY = load_registry(packs.Packs.find().metrics())
Row = dict[str, Any]


def written(suffix: str, reports: Sequence[Report], *, wide: bool = False) -> bytes:
    file = BytesIO()
    data = data_set(suffix, file, Voice("zh"), REGISTRY, wide=wide)
    for report in reports:
        data.add(report)
    data.close()
    return file.getvalue()


def rows(suffix: str, reports: Sequence[Report], *, wide: bool = False) -> list[Row]:
    """What a reader of the format gets; empty cells are None."""
    content = written(suffix, reports, wide=wide)
    if suffix == ".csv":
        text = content.decode("utf-8-sig")
        return [{k: v or None for k, v in row.items()} for row in csv.DictReader(StringIO(text, newline=""))]
    if suffix == ".parquet":
        return list(parquet.read_table(BytesIO(content)).to_pylist())
    if suffix == ".xlsx":
        head, *body = openpyxl.load_workbook(BytesIO(content)).worksheets[0].values
        return [dict(zip(head, row, strict=True)) for row in body]
    if suffix == ".json":
        return list(json.loads(content)["reports"])
    return [json.loads(line) for line in content.decode().splitlines()]


def one(**changes: Any) -> Report:
    """A report with one figure."""
    report = stage.spotless()
    return evolve(report, observations=(evolve(report.observations[0], **changes),))


def test_csv_has_one_row_an_observation() -> None:
    assert written(".csv", [stage.refusals()]).startswith("\ufefffile,sha256,".encode())
    table = rows(".csv", [stage.refusals(), stage.applicants()])
    assert len(table) == len(stage.refusals().observations) + len(stage.applicants().observations)
    row = next(r for r in table if r["path"] == "requests.t3.new.commercial")
    assert (row["file"], row["value"], row["cell_column"], row["report_year"], row["metric"]) == (
        "reports/2019_gongye.txt",
        "15",
        "commercial",
        "2019",
        REGISTRY.label("requests.t3.new.commercial", "zh"),
    )
    assert next(r for r in table if r["state"] == "blank")["value"] is None


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_every_format_holds_the_same(suffix: str, wide: bool) -> None:
    reports = [stage.statistics(), stage.refusals(), stage.applicants()]
    expected = rows(".jsonl", reports, wide=wide)
    found = rows(suffix, reports, wide=wide)
    assert [list(row) for row in found] == [list(row) for row in expected]
    if suffix == ".csv":
        expected = [{k: _plain(v) for k, v in row.items()} for row in expected]
    if suffix == ".xlsx":
        expected = [{k: v if v != "" else None for k, v in row.items()} for row in expected]
        found = [{k: v if v != "" else None for k, v in row.items()} for row in found]
    assert found == expected


def _plain(value: object) -> str | None:
    return None if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)


def test_the_region_is_told_from_others_of_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The title names a 西湖区 only; an address in the text says of which city."""
    source, target = tmp_path / "report.txt", tmp_path / "figures.csv"
    source.write_text(Annual("西湖区", remark="来信请寄：望澜市西湖区一号。").text(), encoding="utf-8")
    assert main(["extract", str(source), "-o", str(target)]) == 0
    found = list(csv.DictReader(StringIO(target.read_text(encoding="utf-8-sig"))))
    assert {row["region"] for row in found} == {"望澜市西湖区"}
    for form in ("json", "jsonl"):
        capsys.readouterr()
        main(["check", str(source), "--format", form])
        told = json.loads(capsys.readouterr().out)
        assert (told if form == "jsonl" else told["reports"][0])["region"] == "望澜市西湖区"
    assert gouji.parse(source).region == gouji.check(source).region == "望澜市西湖区"


def test_blanks_are_no_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "report.txt"
    text = (Path(__file__).parents[1] / "examples" / "stat2014-clean.txt").read_text(encoding="utf-8")
    source.write_text(text.replace("\n\t318\n", "\n\t\n"), encoding="utf-8")
    entries = gouji.parse(source).observations
    values = [o for o in entries if o.state == "value"]
    assert len(values) < len(entries)
    assert main(["extract", str(source), "-o", str(tmp_path / "data.json"), "--lang", "en"]) == 0
    assert f"1 report, {len(entries)} entries, {len(values)} of them with a figure" in capsys.readouterr().err


def test_a_region_that_nothing_completes_is_as_printed(tmp_path: Path) -> None:
    source = tmp_path / "report.txt"
    source.write_text(Annual("西湖区").text(), encoding="utf-8")
    assert gouji.parse(source).region == "西湖区"


def test_numbers_are_numbers_for_excel() -> None:
    (row,) = rows(".xlsx", [one(value=Decimal("184719.5"), low=None, high=None, raw="=1", label="007")])
    assert (row["value"], row["raw"], row["label"]) == (184719.5, "=1", "007")


def test_json_data_set_has_no_judgement() -> None:
    content = written(".json", [stage.refusals(), stage.spotless()])
    whole = json.loads(content)
    assert whole["schema"] == "gouji/extract/1"
    report, _ = whole["reports"]
    assert "findings" not in report
    assert len(report["observations"]) == len(stage.refusals().observations)
    assert content.decode() == json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def test_wide_has_one_row_a_report_and_the_metrics_in_their_order() -> None:
    first, second = rows(".jsonl", [stage.refusals(), stage.statistics()], wide=True)
    assert (first["report_year"], first["requests.received.total"]) == (2016, 2040)
    assert list(first) == list(second)
    metrics = [name for name in first if "." in name]
    assert metrics == [metric.path for metric in REGISTRY if metric.path in metrics]
    assert second["requests.replies.refused.trade_secret"] is None or first != second


def test_wide_takes_the_table_before_the_text_and_nothing_of_a_part_of_the_body() -> None:
    report = stage.spotless()
    cell = report.observations[0]

    def figure(value: int, source: Source, scope: str | None = None, state: State = "value") -> Observation:
        changed: Observation = evolve(cell, path="ext.x", value=value, source=source, scope=scope, state=state)
        return changed

    text, own, table, later = (
        figure(1, "narrative"),
        figure(2, "table", "本级"),
        figure(3, "table"),
        figure(4, "table"),
    )
    assert wide_figures(evolve(report, observations=(text, own, table, later))) == {"ext.x": 3}
    assert wide_figures(evolve(report, observations=(own, text))) == {"ext.x": 1}
    assert wide_figures(evolve(report, observations=(own, figure(0, "table", state="blank")))) == {}


def test_places_without_lines_have_their_columns() -> None:
    class Pages(Document):
        def place(self, span: Span) -> Place:
            return Place(page=3, table=2, row=7, cell=4)

    report = stage.spotless()
    report = evolve(report, document=Pages("a.pdf", "0", report.document.text))
    row = rows(".parquet", [report])[0]
    assert [row[name] for name in ("line", "page", "table", "row", "cell")] == [None, 3, 2, 7, 4]


@pytest.mark.parametrize("label", ["=1+1", "@SUM(A1)", "+A1", "-A1", "\t=1", "＝1+1", "－A1"])
def test_a_spreadsheet_finds_no_formula(label: str) -> None:
    report = one(label=label, raw="-4")
    (row,) = rows(".csv", [report])
    assert (row["label"], row["raw"]) == ("'" + label, "-4")
    book = openpyxl.load_workbook(BytesIO(written(".xlsx", [report])))
    cells = {cell.value: cell.data_type for cell in book.worksheets[0][2]}
    assert (cells[label], cells["-4"]) == ("s", "s")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("wide", [False, True])
def test_hostile_text_breaks_no_format(suffix: str, wide: bool) -> None:
    """Control characters, half characters of a file name, a megabyte, an integer that no double holds."""
    huge = 10**400
    report = one(raw="\x00\x1b[2J\n\"',;" + "长" * 1_000_000, label="\ufffe\r\n", value=huge, low=huge, high=huge)
    report = evolve(report, document=Document("b\udcff.txt", "0", report.document.text))
    csv.field_size_limit(2_000_000)
    (row,) = rows(suffix, [report], wide=wide)
    name = row["source" if suffix == ".json" and not wide else "file"]
    # JSON has an escape for half a character: its readers get it back.
    assert name == ("b\udcff.txt" if "json" in suffix else "b\\udcff.txt")
    if not wide:
        assert "[2J" in (row["observations"][0] if suffix == ".json" else row)["raw"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("wide", [False, True])
def test_the_same_reports_are_the_same_bytes(
    suffix: str, wide: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = written(suffix, [stage.refusals()], wide=wide)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.chdir(tmp_path)
    assert written(suffix, [stage.refusals()], wide=wide) == first


def test_what_does_not_fit_goes_to_the_next_group_and_the_next_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_SHEET_ROWS", 5)
    monkeypatch.setattr(tables, "_ROW_GROUP", 5)
    reports = [stage.refusals()]
    expected = [row["raw"] for row in rows(".jsonl", reports)]
    book = openpyxl.load_workbook(BytesIO(written(".xlsx", reports)))
    sheets = [[*sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    column = sheets[0][0].index("raw")
    assert book.sheetnames[:2] == ["数据", "数据 2"]
    assert [row[column] for sheet in sheets for row in sheet[1:]] == expected
    file = parquet.ParquetFile(BytesIO(written(".parquet", reports)))
    assert file.num_row_groups == -(-len(expected) // 5)
    assert file.read().column("raw").to_pylist() == expected


@pytest.mark.parametrize(("suffix", "extra"), [(".parquet", "parquet"), (".xlsx", "excel")])
def test_a_missing_library_is_named(
    suffix: str, extra: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["extract", "--lang", "en", "a.txt", "-o", str(tmp_path / f"a{suffix}")]) == 2
    assert f"pip install 'gouji[{extra}]'" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


# --- files -------------------------------------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"half", None])  # type: ignore[list-item]
    assert path.read_text(encoding="utf-8") == "old"
    with replacing(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["data.csv"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    with replacing(tmp_path / "link.csv") as file:
        file.write(b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 251 + ".csv")
    with replacing(path, 0o600) as file:
        file.write(b"new")
    assert path.stat().st_mode & 0o777 == 0o600
