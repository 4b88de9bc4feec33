"""Packs that add to other packs without copying them, and packs that collide."""

from __future__ import annotations

from pathlib import Path

import pytest

from gouji.errors import PackError
from gouji.pipeline import Engine
from gouji.workbench.corpus import read, told

FORM = """项目|自然人|商业企业|科研机构|社会公益组织|法律服务机构|其他|总计|
本年新收政府信息公开申请数量|1|2|3|4|5|6|21|
往年剩余申请|0|0|0|0|0|0|0|
予以公开|1|0|0|0|0|0|1|
网上即办|1|2|0|0|0|0|3|
"""


def pack(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return root


TABLE = """title: {zh: 某省写法, en: wording of a province}
amends: common
labels:
  CARRIED_IN: ['/往年(?:剩余|遗留)/']
rows:
  INSTANT: {path: requests.t3.ext.instant, cells: applicants, label: 网上即办, like: GRANTED}
"""


def test_a_spelling_and_a_row_are_added_to_a_layout_that_keeps_its_name(tmp_path: Path) -> None:
    engine = Engine.load([pack(tmp_path, {"grammars/province/pack.yaml": TABLE})])
    report = read(engine, FORM)
    assert report.form == read(Engine.load(), FORM).form == "table2019"
    assert report["requests.t3.carried_in.total"] == 0
    assert report["requests.t3.ext.instant.total"] == 3
    assert report["requests.t3.outcome.granted.total"] == 1
    assert report.unparsed == ()
    assert not any(o.path.startswith("requests.t3.ext") for o in read(Engine.load(), FORM).observations)


def test_cues_are_added_to_the_running_text(tmp_path: Path) -> None:
    text = "政府信息公开工作年度报告\n2022年收到政府信息公开申请12件。全年受理来件申请单7件,开设公开课9场。\n"
    added = """amends: narrative
labels: {RECEIVED: [受理来件申请单]}
cues:
  LESSONS: {label: 开设公开课, path: ext.lessons, units: time}
"""
    assert "unbound 9 场" in told(read(Engine.load(), text))
    engine = Engine.load([pack(tmp_path, {"grammars/province/pack.yaml": added})])
    assert "ext.lessons = 9 场" in told(read(engine, text))
    assert "requests.received.total = 7 件" in told(read(engine, text))


def test_metrics_rules_and_words_are_added(tmp_path: Path) -> None:
    files = {
        "grammars/province/pack.yaml": TABLE,
        "grammars/province/metrics.yaml": "blocks:\n  - metrics:\n      requests.instant: {zh: 即办, en: instant}\n",
        "rules/messages.yaml": "province:\n  hint: {zh: 某省的提示, en: a hint}\n",
        "rules/province.yaml": """rules:
  - id: PROV01
    title: {zh: 即办不多于新收, en: instant ones are among the new ones}
    severity: warning
    applies: {layouts: [table2019]}
    source: table
    equation: requests.t3.ext.instant.total <= requests.t3.new.total
    message: {zh: "{left} > {right}", en: "{left} > {right}"}
    basis: {zh: 按定义, en: by definition}
    exceptions: {zh: 无, en: none}
    pass: {requests.t3.ext.instant.total: 1, requests.t3.new.total: 1}
    fail: {requests.t3.ext.instant.total: 2, requests.t3.new.total: 1}
""",
    }
    engine = Engine.load([pack(tmp_path, files)])
    assert engine.messages.message("province.hint").en == "a hint"
    assert engine.registry.metric("requests.instant").en == "instant"
    file = tmp_path / "report.txt"
    file.write_text(FORM.replace("|3|4|5|6|21|", "|3|4|5|6|2|"), encoding="utf-8")
    assert "PROV01" in [f.rule for f in engine.check(str(file)).findings]


RULE = """rules:
  - id: S01
    title: {zh: a, en: a}
    severity: warning
    equation: ext.a <= ext.b
    message: {zh: a, en: a}
    basis: {zh: a, en: a}
    exceptions: {zh: a, en: a}
    pass: {ext.a: 1, ext.b: 1}
    fail: {ext.a: 2, ext.b: 1}
"""


@pytest.mark.parametrize(
    ("files", "place", "says"),
    [
        ({"grammars/p/pack.yaml": "amends: comon\n"}, "pack.yaml:1:9", "common"),
        ({"grammars/p/pack.yaml": "amends: common\nlables: {}\n"}, "pack.yaml:2:1", "labels"),
        ({"grammars/p/pack.yaml": "amends: common\nlabels: {CARRIEDIN: [往年]}\n"}, "pack.yaml:2:10", "CARRIED_IN"),
        ({"grammars/p/pack.yaml": "amends: common\nlabels: {CARRIED_IN: ['/(往年/']}\n"}, "pack.yaml:2:23", "regular expression"),
        ({"grammars/p/pack.yaml": "amends: common\nrows:\n  NEW: {path: ext.a, label: 新, like: GRANTED}\n"}, "pack.yaml:3:3", "common/pack.yaml"),
        ({"grammars/p/pack.yaml": "amends: common\nrows:\n  A: {path: ext.a, label: 新}\n"}, "pack.yaml:3:", "like"),
        ({"grammars/p/pack.yaml": "amends: narrative\ncues:\n  RECEIVED: {label: 收, path: ext.a}\n"}, "pack.yaml:3:3", "narrative/pack.yaml"),
        ({"grammars/p/pack.yaml": "amends: narrative\noutline: {date_line: x}\n"}, "pack.yaml:2:22", "groups"),
        ({"grammars/metrics.yaml": "blocks:\n  - metrics:\n      requests.received.total: {zh: a, en: a}\n"}, "metrics.yaml:3:7", "metrics.yaml:"),
        ({"grammars/p/pack.yaml": "amends: common\n", "grammars/p/folds.yaml": "characters: {谘: 资}\n"}, "folds.yaml:1:14", "咨"),
        ({"rules/messages.yaml": "help:\n  usage: {zh: a, en: a}\n"}, "messages.yaml:2:3", "messages.yaml:"),
        ({"rules/x.yaml": RULE}, "x.yaml:2:9", "S01 is already defined at"),
        ({"grammars/p/pack.yaml": "extends: q\nlayouts: {}\n", "grammars/q/pack.yaml": "extends: p\nlayouts: {}\n"}, "pack.yaml:1:10", "circle"),
    ],
)  # fmt: skip
def test_what_collides_or_does_not_fit_is_refused_with_its_place(
    files: dict[str, str], place: str, says: str, tmp_path: Path
) -> None:
    pack(tmp_path, files)
    (tmp_path / "grammars").mkdir(exist_ok=True)
    with pytest.raises(PackError) as caught:
        Engine.load([tmp_path])
    error = caught.value
    assert place in error.source
    assert says in error.problem.en + error.remedy.en
