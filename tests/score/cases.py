"""The score of real cases: composed reports read again, figure by figure and identity by identity."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import define, evolve, field

import carriers
import writers
from gouji import rules
from gouji.pipeline import Engine
from gouji.readers import text
from gouji.records import Report
from score.compose import APPLICANTS, CLAIMED, ROWS, SENTENCES, compose

CARRIERS = ("tabs", "stream", "bars", "markdown", "html", "docx", "xlsx", "pdf")
# Names of rows and sections in the identities of the cases.
_GROUPS = {"deny": "denied", "unable": "unable", "nop": "not_processed", "other": "other"}
_SECTIONS = {"review": "L01", "direct": "L02", "after": "L03"}
_IDENTITY = re.compile(r"t3 row sum (?P<row>\w+) .*|t3 (?P<column>\S+) (?P<what>新收|\(一\)).*|t4 (?P<section>\w+) .*")


@define
class Score:
    """What was found of one case in one carrier."""

    case: str
    era: str
    carrier: str
    figures: int = 0
    found: int = 0
    claims: int = 0
    claims_found: int = 0
    identities: int = 0
    agreeing: int = 0
    listed: list[str] = field(factory=list)
    right: list[str] = field(factory=list)
    complaints: list[str] = field(factory=list)
    wrong: list[str] = field(factory=list)


def load(shared: Path) -> list[dict[str, Any]]:
    """The cases that list figures of tables, or sentences that are simple enough to be composed."""
    cases = json.loads((shared / "truth" / "real_cases.json").read_text(encoding="utf-8"), parse_float=Decimal)
    return [c for c in cases if c["figures"] or any(n["metric"] in SENTENCES for n in c["narrative_claims"])]


def read(engine: Engine, case: Mapping[str, Any], carrier: str) -> Report:
    """The checked report that a case describes, its tables carried in one way."""
    blocks = compose(case)
    if carrier in carriers.CARRIERS:
        content = carriers.write([part for block in blocks for part in (block, "")], carrier).encode()
        report = engine.understand(text.read(content, case["id"], engine.carriers))
    else:
        drawn = [b if isinstance(b, str) else [[writers.Cell(cell) for cell in row] for row in b] for b in blocks]
        with TemporaryDirectory() as folder:
            ((_, path),) = writers.files(drawn, Path(folder), [carrier])
            report = engine.parse(str(path))
    findings, verdicts = rules.check(engine.rulebook, report)
    return evolve(report, findings=findings, verdicts=verdicts)


def score(engine: Engine, case: Mapping[str, Any], carrier: str) -> Score:
    """How much of a case comes back."""
    report = read(engine, case, carrier)
    result = Score(case["id"], case["era"], carrier)
    cells = {o.path: o for o in report.observations if o.source == "table"}
    wanted = {_path(path): value for path, value in case["figures"].items() if not path.startswith("narrative.")}
    for path, value in wanted.items():
        result.figures += 1
        result.listed.append(path)
        o = cells.get(path)
        if o is not None and (o.state == "blank" if value is None else o.value == value):
            result.found += 1
            result.right.append(path)
        else:
            result.complaints.append(f"{path} = {value}: {'missing' if o is None else o.raw or o.state}")
    for path, o in cells.items():
        if o.value is not None and o.value != wanted.get(path):
            result.wrong.append(f"{path} = {o.value}, not {wanted.get(path)}")
    for claim in case["narrative_claims"]:
        said = CLAIMED.get(claim["metric"])
        if said is None or claim["value"] is None or claim["unit"] in ("份", "宗"):
            continue
        result.claims += 1
        values = [o.value for o in report.observations if o.source == "narrative" and o.path == said]
        result.claims_found += claim["value"] in values
    failed = {f.instance for f in report.findings if f.verdict == "fail"}
    for text_, holds in _identities(case):
        result.identities += 1
        if (text_ in failed) != holds:
            result.agreeing += 1
        else:
            result.complaints.append(f"{text_} {'fails' if holds else 'holds'}")
    for f in report.findings:
        if f.verdict == "fail" and f.severity in ("error", "warning") and f.rule.startswith("X"):
            result.wrong.append(f"{f.rule} {f.message.zh}")
    return result


def _path(path: str) -> str:
    return re.sub(r"^disclosure\.art20_1\.ext\.other_docs\.", "ext.table.其他主动公开文件.", path)


def _identities(case: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """(instance of a rule, whether it holds) for the identities of tables that the cases list."""
    for holds, listed in ((True, case["identities_that_hold"]), (False, case["identities_that_fail"])):
        for identity in listed:
            if (match := _IDENTITY.fullmatch(identity)) and (instance := _instance(match)):
                yield instance, holds


def _instance(match: re.Match[str]) -> str | None:
    if row := match["row"]:
        short = {"carry_in": "carried_in", "carry_out": "carried_out", "new": "new"}
        short |= {
            "grant": "outcome.granted",
            "partial": "outcome.partial",
            "total": "outcome.total",
            "other": "outcome.other.subtotal",
        }
        if row in short:
            return f"R03.{short[row]}"
        group, number = _GROUPS[row[:-1]], int(row[-1])
        stems = [s for _, s in ROWS if s.startswith(f"outcome.{group}.") and not s.endswith("subtotal")]
        return f"R03.{stems[number - 1]}"
    if column := match["column"]:
        key = next((k for k, v in APPLICANTS.items() if v == column), None)
        return f"{'R01' if match['what'] == '新收' else 'R02'}.{key}" if key else None
    return _SECTIONS.get(match["section"] or "")
