"""A report says the same in whatever way it is carried: table carrier, script, encoding, line ends."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import carriers
import gouji
from carriers import Block

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.txt"))
SEEDS = ["000", "001", "002", "003", "004"]
OTHER_CARRIERS = {
    "002": ["stream", "stream-joined", "stream-open", "bars", "markdown"],
    "003": ["stream", "stream-joined", "stream-open", "bars", "markdown"],
    "004": ["tabs", "bars", "markdown"],
}


@cache
def original(path: Path) -> tuple[dict[str, int], dict[str, int]]:
    figures, findings = carriers.statements(gouji.check(path))
    return figures, findings


def same(original_path: Path, text: str, folder: Path, encoding: str = "utf-8", line_end: str = "lf") -> None:
    """Assert that `text`, written to a file, gives the figures and findings of `original_path`."""
    data = carriers.encode(text, encoding, line_end)
    assert data is not None, f"{original_path.name} cannot be written in {encoding}"
    copy = folder / original_path.name
    copy.write_bytes(data)
    figures, findings = carriers.statements(gouji.check(copy))
    before_figures, before_findings = original(original_path)
    assert figures == before_figures
    assert findings == before_findings


@pytest.mark.parametrize("written", [("utf-8", "lf"), ("gb18030", "lf"), ("utf-8", "crlf")], ids="-".join)
@pytest.mark.parametrize(
    ("seed", "carrier"), [(s, c) for s, names in OTHER_CARRIERS.items() for c in names], indirect=["seed"]
)
def test_seed_tables_in_another_carrier(seed: Path, carrier: str, written: tuple[str, str], tmp_path: Path) -> None:
    text = carriers.write(carriers.read(seed.read_text(encoding="utf-8")), carrier)
    same(seed, text, tmp_path, *written)


@pytest.mark.parametrize("seed", SEEDS, indirect=True)
def test_seed_in_the_other_script(seed: Path, tmp_path: Path) -> None:
    text = seed.read_text(encoding="utf-8")
    same(seed, carriers.to_hans(text) if seed.name.startswith("004") else carriers.to_hant(text), tmp_path)


@pytest.mark.parametrize("line_end", carriers.LINE_ENDS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("seed", ["002", "004"], indirect=True)
def test_seed_in_another_encoding(seed: Path, encoding: str, line_end: str, tmp_path: Path) -> None:
    same(seed, seed.read_text(encoding="utf-8"), tmp_path, encoding, line_end)


@pytest.mark.parametrize("seed", ["004"], indirect=True)
def test_seed_in_big5(seed: Path, tmp_path: Path) -> None:
    same(seed, seed.read_text(encoding="utf-8"), tmp_path, "big5")


@pytest.mark.parametrize("carrier", carriers.CARRIERS)
@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.name.startswith("narrative")], ids=lambda e: e.stem)
def test_example_tables_in_another_carrier(example: Path, carrier: str, tmp_path: Path) -> None:
    same(example, carriers.write(carriers.read(example.read_text(encoding="utf-8")), carrier), tmp_path)


@pytest.mark.parametrize("convert", [carriers.to_hant, carriers.to_hans])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.stem)
def test_example_in_either_script(example: Path, convert: object, tmp_path: Path) -> None:
    assert callable(convert)
    same(example, convert(example.read_text(encoding="utf-8")), tmp_path)


@pytest.mark.parametrize("line_end", carriers.LINE_ENDS)
@pytest.mark.parametrize("encoding", carriers.ENCODINGS)
def test_example_in_another_encoding(encoding: str, line_end: str, tmp_path: Path, checkout: Path) -> None:
    example = checkout / "examples" / "stat2014-hant-faulty.txt"
    same(example, example.read_text(encoding="utf-8"), tmp_path, encoding, line_end)


def cells(blocks: list[Block]) -> list[str | list[tuple[str, ...]]]:
    """Blocks with the white space of cells left out, which carriers may change."""
    return [b if isinstance(b, str) else [tuple("".join(c.split()) for c in row) for row in b] for b in blocks]


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.name.startswith("narrative")], ids=lambda e: e.stem)
def test_readers_and_writers_of_the_tests_agree(example: Path) -> None:
    """What the tests above write is what they mean: reading it back gives the same cells."""
    there = carriers.read(example.read_text(encoding="utf-8"))
    assert [b for b in there if isinstance(b, list)]
    assert cells(carriers.read_tabs(carriers.write(there, "tabs"))) == cells(there)
    assert cells(carriers.read_bars(carriers.write(there, "bars"))) == cells(there)
    if example.name.startswith("stat2014"):
        for carrier in ("stream", "stream-joined"):
            assert cells(carriers.read_stream(carriers.write(there, carrier))) == cells(there)
