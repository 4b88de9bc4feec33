"""How fast gouji is. A report for people: it always ends with exit status 0.

Everything is measured against a named baseline in the same run, the two interleaved, so that the figures mean the
same on a busy machine: `OpenCC t2s over the text, then every number by one regular expression`.
"""

from __future__ import annotations

import gc
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from opencc import OpenCC

from gouji import rules
from gouji.canonical import canonicalise
from gouji.pipeline import Engine
from gouji.records import Report

ROOT = Path(__file__).resolve().parents[2]
GOALS = {
    "pipeline": 16.0,
    "rules": 0.25,
    "causes": 30.0,
    "start": 1.5,
    "growth": 110.0,
    "html": 3.0,
    "docx": 8.0,
    "pdf": 1.3,
}
IMPORTS = "import lark, opencc, rich.console"
ROUNDS = 25
AGAIN = 10
STARTS = 15

_t2s = OpenCC("t2s")
_number = re.compile(r"-?\d+(?:\.\d+)?")


def baseline(text: str) -> int:
    """What any program that reads such a report has to do at least."""
    return len(_number.findall(_t2s.convert(text)))


def interleaved(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """The median CPU seconds of each of `works`, run in turn `rounds` times after one warm-up.

    What else the machine does shortens nobody's CPU time; a clock on the wall would count it to the longer works.
    """
    seconds: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 1):
        for work, kept in zip(works, seconds, strict=True):
            before = clock()
            work()
            if turn:
                kept.append(clock() - before)
    return [median(kept) for kept in seconds]


def clock() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; the first column is text, the others are figures."""
    cells = [list(heads), *[[f"{c:.2f}" if isinstance(c, float) else str(c) for c in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    print(f"\n{title}")
    for row in cells:
        print("  " + row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)), sep="  ")


def goal(value: float, name: str) -> str:
    """The goal beside a figure, and whether it is met."""
    return f"<= {GOALS[name]:g}{'' if value <= GOALS[name] else '  MISSED'}"


def reports() -> list[Path]:
    """The real reports beside the checkout, else the examples."""
    return sorted((ROOT.parent / "shared" / "seeds").glob("*.txt")) or sorted((ROOT / "examples").glob("*.txt"))


def staged(engine: Engine, source: str, kept: list[list[float]]) -> None:
    """Keep the CPU seconds of each stage of one check, one straight after the other as they are in a check.

    Reading, canonical text, canonical text and understanding, rules, rules and causes.
    """
    marks = [clock()]
    document = engine.read(source)
    marks.append(clock())
    canonicalise(document, engine.folds)
    marks.append(clock())
    report = engine.understand(document)
    marks.append(clock())
    rules.judge(engine.rulebook, report)
    marks.append(clock())
    rules.check(engine.rulebook, report)
    marks.append(clock())
    kept.append([after - before for before, after in pairwise(marks)])


def judge_again(engine: Engine, report: Report) -> None:
    """All rules on one report, again and again: what the rules cost and not what it costs to get at them."""
    for _ in range(AGAIN):
        rules.judge(engine.rulebook, report)


def speed(engine: Engine, paths: list[Path]) -> None:
    """The whole pipeline, and where the time goes."""
    whole, parts = [], []
    for path in paths:
        source, text = str(path), path.read_text(encoding="utf-8")
        stages: list[list[float]] = []
        base, check, _ = interleaved(
            [
                partial(baseline, text),
                partial(engine.check, source),
                partial(staged, engine, source, stages),
            ],
            ROUNDS,
        )
        whole.append((path.stem[:20], len(text), base * 1e3, check * 1e3, check / base, goal(check / base, "pipeline")))
        read, canonical, understand, judge, explain = (median(taken) for taken in zip(*stages[1:], strict=True))
        causes = max(0.0, explain - judge) * 1e3
        spent = (read * 1e3, canonical * 1e3, (understand - canonical) * 1e3, judge * 1e3, causes)
        parts.append((path.stem[:20], base * 1e3, *spent, goal(causes, "causes")))
    table("Pipeline, in ms", ["report", "characters", "baseline", "gouji", "ratio", "goal"], whole)
    mean = sum(row[4] for row in whole) / len(whole)
    cost = sum(row[3] for row in whole) / sum(row[2] for row in whole)
    print(f"    mean ratio {mean:.1f} (goal {goal(mean, 'pipeline')}); all reports together {cost:.1f}")
    heads = ["report", "baseline", "read", "canonical", "parse", "rules", "causes", "goal"]
    table("Stages, in ms", heads, parts)
    works: list[Callable[[], object]] = []
    for path in paths:
        works.append(partial(baseline, path.read_text(encoding="utf-8")))
        works.append(partial(judge_again, engine, engine.parse(str(path))))
    # Milliseconds mean something on one machine only: that of the goal takes 0.47 for the mean baseline of the seeds.
    rounds = [interleaved(works, 1) for _ in range(ROUNDS)]
    scales = [0.47e-3 * len(paths) / sum(taken[::2]) for taken in rounds]
    rows = []
    for n, path in enumerate(paths):
        base, again = (median(taken[2 * n + k] for taken in rounds) for k in (0, 1))
        scaled = median(t[2 * n + 1] * scale for t, scale in zip(rounds, scales, strict=True)) / AGAIN * 1e3
        rows.append((path.stem[:20], base * 1e3, again / AGAIN * 1e3, scaled, goal(scaled, "rules")))
    heads = ["report", "baseline", "rules", "where it takes 0.47", "goal"]
    table(f"All rules on one report {AGAIN} times, in ms for one (straight after the parse: above)", heads, rows)


def start_up(path: Path) -> None:
    """Whole processes: `gouji check` on one report, against importing nothing but the libraries of a full check."""

    run = partial(subprocess.run, stdout=subprocess.DEVNULL, check=False)
    works = [
        partial(run, [sys.executable, "-c", IMPORTS]),
        partial(run, [sys.executable, "-m", "gouji", "check", str(path)]),
    ]
    # A machine that changes its speed from second to second changes it between two rounds, seldom within one.
    rounds = [interleaved(works, 1) for _ in range(STARTS)]
    imports, check = (median(taken) for taken in zip(*rounds, strict=True))
    ratio = median(own / base for base, own in rounds)
    table(
        f"Start-up in ms: processes from start to end, {STARTS} times",
        ["report", IMPORTS, "gouji check", "ratio", "goal"],
        [(path.stem[:20], imports * 1e3, check * 1e3, ratio, goal(ratio, "start"))],
    )


def growth(engine: Engine, path: Path) -> None:
    """The same report written 10 and 100 times one below the other."""
    text = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for times in (1, 10, 100):
            file = Path(folder) / f"{times}.txt"
            file.write_text((text + "\n") * times, encoding="utf-8")
            files.append(file)
        one, ten, hundred = interleaved([partial(engine.check, str(f)) for f in files], 3)
    rows = [
        ("10 times as long", ten * 1e3, ten / one, ""),
        ("100 times as long", hundred * 1e3, hundred / one, goal(hundred / one, "growth")),
    ]
    table(f"Growth ({path.stem[:20]}: {one * 1e3:.2f} ms)", ["length", "ms", "ratio", "goal"], rows)


def formats(engine: Engine) -> None:
    """One report in several formats, against the same report as text; a PDF against the library that reads it."""
    import pdfplumber

    sys.path.insert(0, str(ROOT / "tests"))
    import forms
    import writers

    cells = [str(i * 37 % 1000) for i in range(len(forms.paths(2022)))]
    prose = ["全县主动公开政府信息7264条，其中，政府网站发布信息5418条，政务微信发布信息1846条。"] * 20
    blocks = forms.report(2022, cells, prose)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "report.txt"
        text.write_bytes(writers.text(blocks))
        names = ("html", "docx", "xlsx")
        files = [path for _, path in writers.files(blocks, Path(folder), names)]
        base, *seconds = interleaved([partial(engine.check, str(path)) for path in (text, *files)], ROUNDS)
        rows = [
            (name, taken * 1e3, taken / base, goal(taken / base, name) if name in GOALS else "")
            for name, taken in zip(names, seconds, strict=True)
        ]
        table(f"Formats: the same report as text takes {base * 1e3:.2f} ms", ["format", "ms", "ratio", "goal"], rows)
        found = ROOT.parent / "shared" / "truth" / "real"
        pdfs = sorted(found.glob("*.pdf")) or [path for _, path in writers.files(blocks, Path(folder), ["pdf"])]

        def tables(path: Path) -> object:
            with pdfplumber.open(path) as pdf:
                return [page.extract_tables() for page in pdf.pages]

        printed = []
        for path in pdfs:
            own, read = interleaved([partial(tables, path), partial(engine.read, str(path))], 5)
            printed.append((path.stem[:20], own * 1e3, read * 1e3, read / own, goal(read / own, "pdf")))
        table("PDF, in ms", ["report", "tables by pdfplumber", "read by gouji", "ratio", "goal"], printed)


def main() -> None:
    """Measure and print."""
    # As the command does.
    gc.disable()
    paths = reports()
    before = perf_counter()
    engine = Engine.load(())
    print(
        f"Engine loaded in {(perf_counter() - before) * 1e3:.1f} ms; {len(paths)} reports from {paths[0].parent.name}/"
    )
    speed(engine, paths)
    start_up(paths[0])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nPeak memory of a `gouji check` process: {peak:.0f} MB")
    formats(engine)
    growth(engine, max(paths, key=lambda p: p.stat().st_size))


if __name__ == "__main__":
    main()
