"""Reports as data: the JSON of `check`, from hand-made reports."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

import stage
from gouji.document import Document, Place
from gouji.errors import Message, ReadError
from gouji.records import Report
from gouji.reporters.records_json import CheckDocument, CheckLines, Records, number
from gouji.spans import Span


def checked(*reports: Report, lang: str = "en", errors: tuple[ReadError, ...] = ()) -> str:
    written: list[str] = []
    document = CheckDocument(Records(lang), written.append)
    for report in reports:
        document.report(report)
    for error in errors:
        document.error(error)
    document.finish()
    return "".join(written)


@pytest.fixture
def refusals() -> Any:
    return json.loads(checked(stage.refusals()))["reports"][0]


def test_keys_of_the_contract() -> None:
    whole = json.loads(checked(stage.statistics()))
    assert whole["schema"] == "gouji/check/1"
    assert whole["cross"] == []
    assert whole["errors"] == []
    (report,) = whole["reports"]
    keys = "source sha256 form layouts script report_year title issuer region published_date observations unbound unparsed findings verdicts"
    assert set(keys.split()) <= set(report)
    keys = "path source state value low high unit scope raw label line column end_line end_column"
    assert all(set(keys.split()) <= set(o) for o in report["observations"])
    assert report["layouts"] == ["stat2014", "narrative"]
    assert report["verdicts"] == {"pass": 41, "fail": 3, "undecided": 1}
    assert report["unparsed"] == [
        {"line": 20, "column": 1, "end_line": 20, "end_column": 13, "text": "召开动员大会及其他活动数|次|5|"}
    ]


def test_an_observation_is_where_it_says(refusals: Any) -> None:
    lines = stage.refusals().document.text.split("\n")
    for o in refusals["observations"]:
        assert lines[o["line"] - 1][o["column"] - 1 : o["end_column"] - 1] == o["raw"]
        assert o["line"] == o["end_line"]


def test_a_finding_points_at_its_figures(refusals: Any) -> None:
    finding = next(f for f in refusals["findings"] if f["rule"] == "S04")
    values = [refusals["observations"][i]["value"] for i in finding["operands"]]
    assert values == [0, 1, 7, 0, 271, 218, 495]
    assert (finding["left"], finding["right"], finding["delta"]) == (497, 495, 2)
    assert (finding["severity"], finding["verdict"]) == ("error", "fail")
    assert finding["message"] == "the grounds of refusal do not add up to the total"
    assert finding["suspects"] == [
        {
            "operand": 8,
            "value": 218,
            "repair": 216,
            "explains": ["S04"],
            "pattern": "one digit differs",
            "slip": "digit",
            "rank": 1,
        }
    ]


def test_messages_speak_the_chosen_language() -> None:
    error = ReadError("x.bin", "unreadable", Message("不是文本", "no text"), Message("另存为文本", "save as text"))
    chinese = json.loads(checked(stage.refusals(), lang="zh", errors=(error,)))
    assert chinese["reports"][0]["findings"][0]["message"] == "办结数与收到申请数不同"
    assert chinese["errors"] == [
        {"source": "x.bin", "code": "unreadable", "message": "不是文本", "remedy": "另存为文本"}
    ]


def test_unbound_figures_come_with_their_clause(refusals: Any) -> None:
    (stray,) = refusals["unbound"]
    assert (stray["value"], stray["unit"], stray["text"]) == (2764, "次", "咨询电话另行接听2764次")


def test_chinese_stays_readable_and_bytes_stay_the_same() -> None:
    first, second = checked(stage.refusals()), checked(stage.refusals())
    assert first == second
    assert "不予公开政府信息" in first
    assert "\\u" not in first


def test_blank_cells_have_no_value_and_name_their_cell() -> None:
    (report,) = json.loads(checked(stage.applicants()))["reports"]
    blank = next(o for o in report["observations"] if o["state"] == "blank")
    assert (blank["value"], blank["low"], blank["high"], blank["raw"]) == (None, None, None, "")
    assert blank["cell"] == {"table": 1, "row": "carried_in", "column": "commercial"}
    assert isinstance(blank["column"], int)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (10**30, "1" + "0" * 30),
        (Decimal("452262835.43"), "452262835.43"),
        (Decimal("0.5"), "0.5"),
        (None, "null"),
    ],
)
def test_numbers(value: int | Decimal | None, text: str) -> None:
    assert json.dumps(number(value)) == text


def test_an_amount_beyond_all_doubles_is_still_a_number() -> None:
    assert json.loads(json.dumps(number(Decimal("1e400")), allow_nan=False)) == 10**400


def test_implied_and_approximate_figures() -> None:
    draft = stage.Draft("主动公开3.7万多条，未收取费用。\n", "a.txt")
    draft.figure("disclosure.total", "3.7", "公开", value=37000, low=37000, high=38000)
    draft.figure("fees.request_fees", "未收取费用", "，", state="value", value=0, low=0, high=0, implied=True)
    draft.figure("disclosure.total", "多", "万", state="value", value=1, low=1, high=None)
    about, implied, open_end = json.loads(checked(draft.report()))["reports"][0]["observations"]
    assert (about["value"], about["low"], about["high"]) == (37000, 37000, 38000)
    assert "implied" not in about
    assert implied["implied"] is True
    assert open_end["high"] is None


def test_formats_without_lines_say_the_place() -> None:
    class Pages(Document):
        def place(self, span: Span) -> Place:
            return Place(page=3, table=2, row=7, cell=4)

    report = stage.spotless()
    report = evolve(report, document=Pages("a.pdf", "0", report.document.text))
    (observation,) = json.loads(checked(report))["reports"][0]["observations"]
    assert observation["line"] is None
    assert observation["column"] is None
    assert observation["place"] == {"page": 3, "table": 2, "row": 7, "cell": 4}


def test_jsonl_writes_each_report_at_once() -> None:
    written: list[str] = []
    lines = CheckLines(Records("en"), written.append)
    lines.report(stage.refusals())
    assert len(written) == 1
    lines.report(stage.spotless())
    lines.finish()
    assert [line.count("\n") for line in written] == [1, 1]
    assert [json.loads(line) for line in written] == json.loads(checked(stage.refusals(), stage.spotless()))["reports"]
