"""Forms that gouji has never seen: drafted from samples, then checked on others, without a person in between."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import foreign
from gouji.document import Document
from gouji.errors import PackError
from gouji.packs import Packs
from gouji.pipeline import Engine
from gouji.readers import text
from gouji.records import Observation, Report
from gouji.workbench.draftpack import Outcome, draft_pack

FORMS = {"monthly": foreign.MONTHLY, "library": foreign.LIBRARY, "hospital": foreign.HOSPITAL}
SAMPLES = 20


class Drafted(NamedTuple):
    """A form, the pack that was drafted from 20 samples of it, and the engine with this pack."""

    form: foreign.Form
    outcome: Outcome
    engine: Engine
    samples: list[foreign.Sample]
    names: dict[str, str]
    """key of a row -> label path in the form"""


@pytest.fixture(scope="module")
def plain_engine() -> Engine:
    return Engine.load()


@pytest.fixture(scope="module", params=sorted(FORMS))
def drafted(request: pytest.FixtureRequest, plain_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    """20 samples, in both carriers, five with additions, a third of them without indentation: drafted, unedited."""
    form = FORMS[request.param]
    samples = [
        foreign.sample(form, n, "pipe" if n % 2 else "tab", local=n % 4 == 0, plain=n % 3 == 0) for n in range(SAMPLES)
    ]
    documents = [read(plain_engine, sample.text, f"sample{n}") for n, sample in enumerate(samples)]
    root = tmp_path_factory.mktemp(request.param)
    outcome = draft_pack(plain_engine, request.param, documents, root)
    return Drafted(form, outcome, Engine.load([root]), samples, paths(form))


def read(engine: Engine, source: str, name: str) -> Document:
    return text.read(source.encode(), name, engine.carriers)


def paths(form: foreign.Form) -> dict[str, str]:
    """Each row with the labels that it stands below, as the form tells them."""
    above: list[str] = []
    found = {}
    for item in form.items:
        above = [*above[: item.depth], item.label]
        found[item.key] = " / ".join(above)
    return found


class Score(NamedTuple):
    """What became of the value cells of a sample: how many there are, bound to what they are, to something else."""

    cells: int
    right: int
    wrong: list[str]


def score(drafted: Drafted, sample: foreign.Sample, name: str) -> Score:
    """Every value cell of a sample against what it is: registered metrics by name, all others by their label path."""
    report = drafted.engine.understand(read(drafted.engine, sample.text, name))
    by_place: dict[tuple[int, str], list[Observation]] = {}
    for o in report.observations:
        place = report.document.place(o.span)
        by_place.setdefault((place.line or 0, o.raw), []).append(o)
    metrics = {item.key: item.metric for item in drafted.form.items}
    right = 0
    wrong = []
    for line, key, column, figure in sample.cells:
        here = sorted(by_place.get((line, figure), []), key=lambda o: o.span.start)
        if not here:
            continue
        # Two equal figures of one line: the first stands in the first column.
        same = [c for at, _, c, f in sample.cells if (at, f) == (line, figure)]
        if len(here) < len(same):
            continue
        found = here[same.index(column)]
        if fits(drafted, found, key, column, metrics.get(key, "")):
            right += 1
        else:
            wrong.append(f"{name}:{line} {key}.{column} -> {found.path}")
    return Score(len(sample.cells), right, wrong)


def fits(drafted: Drafted, found: Observation, key: str, column: int, metric: str) -> bool:
    cumulative = found.path.endswith(".cumulative")
    if cumulative != (column == 1):
        return False
    if key.startswith("local "):
        # Additions have a metric of their own, or one of those below ext.table.
        label = key.removeprefix("local ").removeprefix("其中：")
        return label in drafted.engine.registry.metric(found.path).zh or label in found.path
    if metric and not found.path.startswith("ext."):
        return found.path.removesuffix(f".ext.{drafted.outcome.draft.name}.cumulative") == metric
    return drafted.engine.registry.metric(found.path).zh.removesuffix(" / 本年累计") == drafted.names[key]


def test_every_sample_is_read(drafted: Drafted) -> None:
    scores = [score(drafted, sample, f"sample{n}") for n, sample in enumerate(drafted.samples)]
    assert [wrong for one in scores for wrong in one.wrong] == []
    assert sum(one.right for one in scores) >= 0.95 * sum(one.cells for one in scores)
    assert {(t.bound, t.figures) for t in drafted.outcome.tried if t.bound < 0.95 * t.figures} <= {(38, 40)}


def test_the_draft_reads_samples_that_it_has_not_seen(drafted: Drafted) -> None:
    scores = []
    for n in range(100, 112):
        sample = foreign.sample(drafted.form, n, "pipe" if n % 2 else "tab", local=n % 4 == 0, plain=n % 3 == 0)
        scores.append(score(drafted, sample, f"unseen{n}"))
    assert [wrong for one in scores for wrong in one.wrong] == []
    assert sum(one.right for one in scores) >= 0.95 * sum(one.cells for one in scores)


def drop(draw: random.Random, label: str) -> str:
    """Now and then a character is lost."""
    if len(label) < 5 or draw.random() > 0.15:
        return label
    at = draw.randrange(1, len(label) - 1)
    return label[:at] + label[at + 1 :]


def note(draw: random.Random, label: str) -> str:
    """Now and then a note in brackets follows."""
    return label + "（不含下级单位）" if draw.random() < 0.2 else label


def wide(draw: random.Random, label: str) -> str:
    """Spaces between the characters of short labels, as forms set them."""
    return "　".join(label) if len(label) < 4 else label


@pytest.mark.parametrize("spoil", [drop, note, wide])
def test_labels_may_differ_from_those_of_the_samples(
    drafted: Drafted, spoil: Callable[[random.Random, str], str]
) -> None:
    scores = [
        score(drafted, foreign.sample(drafted.form, n, spoil=spoil), f"{spoil.__name__}{n}") for n in range(200, 212)
    ]
    assert [wrong for one in scores for wrong in one.wrong] == []
    assert sum(one.right for one in scores) >= 0.95 * sum(one.cells for one in scores)


# --- identities ---------------------------------------------------------------------------------------------------


def sums(drafted: Drafted) -> Iterator[tuple[str, frozenset[str]]]:
    """The sums that were proposed for the column of the period: total and parts as keys of the form."""
    keys = {name: key for key, name in drafted.names.items()}
    for form in drafted.outcome.draft.forms:
        for law in form.laws:
            if law.operator == "==" and law.total[1] == 0:
                labels = [" / ".join(form.rows[i].titles) for i, _ in (law.total, *law.parts) if i is not None]
                total, *parts = [keys[label] for label in labels]
                yield total, frozenset(parts)


def test_the_identities_of_the_form_are_proposed_and_no_others(drafted: Drafted) -> None:
    wanted = {(item.key, frozenset(item.parts)) for item in drafted.form.items if item.parts}
    assert set(sums(drafted)) == wanted
    below = {
        (law.parts[0][0], law.total[0])
        for form in drafted.outcome.draft.forms
        for law in form.laws
        if law.operator == "<=" and law.reason == "part"
    }
    places = {item.key: n for n, item in enumerate(drafted.form.items)}
    assert len(below) == sum(bool(item.within) for item in drafted.form.items), (below, places)
    assert any(law.reason == "cumulative" for form in drafted.outcome.draft.forms for law in form.laws)


def test_a_slip_in_a_drafted_total_is_found(drafted: Drafted) -> None:
    sample = foreign.sample(drafted.form, 300)
    total = next(item.key for item in drafted.form.items if item.parts)
    line, _, _, figure = next(cell for cell in sample.cells if cell[1] == total and cell[2] == 0)
    lines = sample.text.split("\n")
    lines[line - 1] = lines[line - 1].replace(f" {figure} ", f" {int(figure) + 9} ", 1)

    def found(source: str) -> list[str]:
        report = checked(drafted.engine, source)
        return [f.rule for f in report.findings if f.rule.startswith(drafted.outcome.draft.name.upper())]

    assert found(sample.text) == []
    assert found("\n".join(lines)) != []


@pytest.mark.parametrize("file", ["rules/{0}.yaml", "grammars/{0}/pack.yaml"])
def test_a_misspelt_path_is_told_with_its_place(drafted: Drafted, tmp_path: Path, file: str) -> None:
    name = drafted.outcome.draft.name
    source = drafted.outcome.files[0].parents[2]
    shutil.copytree(source, tmp_path / "copy")
    copy = tmp_path / "copy" / file.format(name)
    content = copy.read_text(encoding="utf-8")
    last = next(row.stem for row in reversed(drafted.outcome.draft.forms[0].rows) if row.bound and row.stem in content)
    copy.write_text(content.replace(last, last + "x", 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        Engine.compile(Packs.find([tmp_path / "copy"]))
    assert str(copy) in caught.value.source
    assert last in caught.value.remedy.en


def checked(engine: Engine, source: str) -> Report:
    from attrs import evolve

    from gouji import rules

    report = engine.understand(read(engine, source, "checked"))
    findings, verdicts = rules.check(engine.rulebook, report)
    return evolve(report, findings=findings, verdicts=verdicts)
