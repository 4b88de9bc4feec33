"""Composed corpora: reports of every era and carrier with consistent figures, and a ledger of the planted errors.

The forms are those of the layout packs (the rows of their corpora), the sentences those of `sample.yaml`. One seed
gives the same files everywhere; a body is composed without regard to the others, so that memory does not grow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeAlias

from gouji.corpus import printing
from gouji.corpus.figures import Figures, Life
from gouji.corpus.printing import Block
from gouji.packs import builtin
from gouji.pipeline import Engine
from gouji.records import Number, number_text

LEDGER = "ledger.jsonl"
_SLOT = re.compile(r"\{([\w.]+)\}")
_FIRST, _LAST = 2008, 2025


class Planted(NamedTuple):
    """One planted error: the figure of `path` in `source` (table, narrative) is `printed` where `true` would be right.

    `kind` says how: digit, swapped, tenfold, doubled within a report; carried, items between two years.
    """

    file: str
    kind: str
    source: str
    path: str
    printed: Number
    true: Number


class Sample(NamedTuple):
    """One composed report: its path below the folder, its bytes, what is wrong in it."""

    file: str
    content: bytes
    planted: tuple[Planted, ...]


class Slot(NamedTuple):
    """A cell of a form that holds the figure of a metric."""

    path: str


Form: TypeAlias = tuple[tuple[str | Slot, ...], ...]


class Composer:
    """Composes reports with the forms of an engine's packs."""

    def __init__(self, engine: Engine, seed: int, share: float = 0.05) -> None:
        self.engine = engine
        self.seed = seed
        self.share = share
        self._forms: dict[tuple[str, str], Form] = {}

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """`sample.yaml`."""
        import yaml

        text = Path(__file__).with_name("sample.yaml").read_text(encoding="utf-8")
        words: Mapping[str, Any] = yaml.safe_load(text)
        return words

    def compose(self, count: int) -> Iterator[Sample]:
        """`count` reports, body by body."""
        number = 0
        for n in range(count):
            for sample in self._body(n):
                yield sample
                number += 1
                if number == count:
                    return

    def form(self, pack: str, case: str) -> Form:
        """The rows of a form: the corpus case of a pack with slots where its figures stand."""
        if (pack, case) not in self._forms:
            self._forms[pack, case] = self._read(pack, case)
        return self._forms[pack, case]

    def _read(self, pack: str, case: str) -> Form:
        text = (builtin() / "grammars" / pack / "corpus").glob("*.txt")
        chunks = {c.partition("\n")[0]: c.partition("\n")[2] for f in text for c in f.read_text("utf-8").split("=== ")}
        source = chunks[case].partition("\n---\n")[0] + "\n"
        report = self.engine.parse(f"{pack}.txt", source.encode())
        rows: list[list[str | Slot]] = [[*line.split("|")[:-1]] for line in source.split("\n")[:-1]]
        for o in report.observations:
            row = report.document.place(o.span).line or 1
            start = source.rindex("\n", 0, o.span.start) + 1
            rows[row - 1][source.count("|", start, o.span.start)] = Slot(o.path)
        return tuple(map(tuple, rows))

    def _body(self, n: int) -> Iterator[Sample]:
        """The reports of the n-th body, year after year."""
        random = Random(f"{self.seed}/{n}")
        body = _Names(self.words["names"], n, random)
        first = random.randint(_FIRST, _LAST - 3)
        last = random.randint(first, _LAST)
        life = Life(random, self.engine.registry)
        style = _Style(random)
        before: str | None = None
        for year in range(first, last + 1):
            era = next(name for name, about in self.words["eras"].items() if year <= about["years"][1])
            figures = life.year(era)
            planted: dict[tuple[str, str], Number] = {}
            kind = ""
            if random.random() < self.share:
                kind, planted = self._error(random, era, figures, consecutive=before == era)
            file = f"{body.city}/{body.name}/{year}.{style.suffix}"
            blocks = [*self._blocks(random, style, body, era, year, figures, planted)]
            text = printing.written(blocks, style.carrier)
            if style.traditional:
                text = printing.to_traditional(text)
            told = [
                Planted(file, kind, source, path, wrong, figures[path]) for (source, path), wrong in planted.items()
            ]
            shown = [p for p in told if (p.source, p.path) in style.shown]
            yield Sample(file, printing.encoded(text, style.encoding, style.line_end), tuple(shown[:1]))
            before = era

    # --- errors ------------------------------------------------------------------------------------------------------

    def _error(
        self, random: Random, era: str, figures: Figures, consecutive: bool
    ) -> tuple[str, dict[tuple[str, str], Number]]:
        """The kind of one error, and the figures that it changes by source and metric; the first is the culprit."""
        where = self.words["planted"][era]
        source = random.choice([s for s in where if s != "years" or consecutive])
        if source == "years":
            return self._between(random, where["years"], figures)
        chosen = [p for p in figures if p.startswith(tuple(where[source])) and "subtotal" not in p]
        path = random.choice(sorted(chosen))
        kind, slip = random.choice(sorted(_SLIPS.items()))
        wrong = slip(random, int(figures[path]))
        readings: Sequence[Sequence[str]] = self.words["readings"].get(path, ()) if source == "narrative" else ()
        right = {figures[path], *(sum(figures[part] for part in parts) for parts in readings)}
        while wrong in right:
            wrong += 1
        return kind, {(source, path): wrong}

    def _between(
        self, random: Random, where: Mapping[str, str], figures: Figures
    ) -> tuple[str, dict[tuple[str, str], Number]]:
        """An error that no single report shows: what is carried over from last year's report is another number."""
        kind, path = random.choice(sorted(where.items()))
        more = random.randint(2, 9)
        changed = {path: figures[path] + more}
        if kind == "carried":
            for row, sign in (("carried_in", 1), ("new", -1)):
                for column in ("natural", "total"):
                    cell = f"requests.t3.{row}.{column}"
                    changed[cell] = figures[cell] + sign * more
            if changed["requests.t3.new.natural"] < 0:
                return "", {}
        return kind, {(source, name): n for name, n in changed.items() for source in ("table", "narrative")}

    # --- text --------------------------------------------------------------------------------------------------------

    def _blocks(
        self,
        random: Random,
        style: _Style,
        body: _Names,
        era: str,
        year: int,
        figures: Figures,
        planted: Mapping[tuple[str, str], Number],
    ) -> Iterator[Block]:
        words = {
            "body": body.name,
            "all": body.all,
            "office": body.office,
            "year": str(year),
            "next": str(year + 1),
            # The Regulation took effect on that day.
            "from": "2008年5月1日" if year == 2008 else f"{year}年1月1日",
            "month": "1" if year >= 2019 else "3",
            "day": str(random.randint(5, 28)),
        }
        style.shown.clear()

        def filled(template: str) -> str:
            def slot(match: re.Match[str]) -> str:
                name = match[1]
                if name in words:
                    return words[name]
                if name == "filler":
                    return "".join(random.sample(self.words["filler"], random.randint(0, 3)))
                style.shown.add(("narrative", name))
                return style.number(planted.get(("narrative", name), figures[name]))

            return _SLOT.sub(slot, template)

        def cell(one: str | Slot) -> str:
            if isinstance(one, str):
                return printing.full_width(one) if style.wide else one
            value = planted.get(("table", one.path), figures[one.path])
            if value or not style.blank or one.path.endswith("total"):
                style.shown.add(("table", one.path))
            return style.cell(one.path, value)

        sections: Sequence[Mapping[str, Any]] = self.words["eras"][era]["sections"]
        yield filled(style.title or random.choice(self.words["titles"]))
        yield ""
        for section in sections:
            if section.get("closing"):
                yield filled(random.choice(self.words["closing"]))
            if "heading" in section:
                yield from ("", section["heading"])
            for wordings in section.get("paragraphs", ()):
                if text := filled(random.choice(wordings)):
                    yield style.indent + text
            for table in section.get("table", ()):
                yield [tuple(map(cell, row)) for row in self.form(table["pack"], table["case"])]
        if not any(section.get("closing") for section in sections):
            yield filled("\n" + random.choice(self.words["closing"]))


class _Names:
    """How a body is called. No two have the same name in one city, no two cities the same name."""

    def __init__(self, words: Mapping[str, Any], n: int, random: Random) -> None:
        first, second = words["first"], words["second"]

        def place(number: int) -> str:
            return str(first[number % len(first)] + second[number // len(first) % len(second)])

        places = len(first) * len(second)
        # Every number has its own pair of city and county.
        self.city = f"{place(n // 40 * 7 % places)}市"
        county = f"{place((n * 11 + n // 40) % places)}{words['counties'][n % 2]}"
        bureau = random.choice(words["offices"]) if random.random() < 0.4 else ""
        self.name = f"{self.city}{county}{bureau}"
        self.all = "我局" if bureau else "全" + county[-1]
        self.office = self.name if bureau else f"{self.name}人民政府办公室"


class _Style:
    """How one body writes its reports: script, carrier, encoding, blanks, the look of numbers."""

    title: str | None = None

    def __init__(self, random: Random) -> None:
        self.traditional = random.random() < 0.1
        self.carrier = random.choices(sorted(printing.CARRIERS), [4, 2, 2, 4])[0]
        self.encoding = random.choice(printing.HANT if self.traditional else printing.HANS)
        self.line_end = random.choice(sorted(printing.LINE_ENDS))
        self.suffix = "md" if self.carrier == "markdown" else "txt"
        self.blank = random.random() < 0.15
        self.nothing = random.choice(("0", "0", "/"))
        self.wide = random.random() < 0.7
        self.thousands = random.random() < 0.1
        self.indent = random.choice(("", "　　"))
        self.shown: set[tuple[str, str]] = set()

    def number(self, value: Number) -> str:
        return f"{value:,}" if self.thousands and isinstance(value, int) else number_text(value)

    def cell(self, path: str, value: Number) -> str:
        if value == 0 and path.startswith("disclosure.art20_1.regulations."):
            return self.nothing
        if value == 0 and self.blank and path.startswith("requests.t3.") and not path.endswith(".total"):
            return ""
        return number_text(value)


def _digit(random: Random, value: int) -> int:
    digits = str(value)
    at = random.randrange(len(digits))
    return int(digits[:at] + random.choice("123456789".replace(digits[at], "")) + digits[at + 1 :])


def _swapped(random: Random, value: int) -> int:
    digits = [*str(value)]
    if len(digits) > 1:
        digits[-1], digits[-2] = digits[-2], digits[-1]
    return int("".join(digits))


def _tenfold(random: Random, value: int) -> int:
    return value * 10


def _doubled(random: Random, value: int) -> int:
    return int(f"{value}{str(value)[-1]}")


_SLIPS: dict[str, Callable[[Random, int], int]] = {
    "digit": _digit,
    "swapped": _swapped,
    "tenfold": _tenfold,
    "doubled": _doubled,
}


def write(composer: Composer, count: int, folder: Path) -> tuple[int, int]:
    """Write `count` reports and their ledger below `folder`; how many reports and errors there are. Raises OSError."""
    from gouji.atomicfile import replacing

    errors = 0
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / LEDGER) as ledger:
        for sample in composer.compose(count):
            path = folder / sample.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(sample.content)
            for planted in sample.planted:
                errors += 1
                record = {k: float(v) if isinstance(v, Decimal) else v for k, v in planted._asdict().items()}
                ledger.write((json.dumps(record, ensure_ascii=False) + "\n").encode())
    return count, errors
