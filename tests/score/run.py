"""How well gouji reads and judges: real reports by form, carrier and metric, composed ones, seeds, sentences, slips.

    python tests/score/run.py            print the scores
    python tests/score/run.py --readme   and write the tables into the README

Needs the folder of truth beside the checkout; without it nothing is scored.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import gouji  # noqa: E402
from score import generated, injection, shapes  # noqa: E402
from score.cases import CARRIERS, Score, load, score  # noqa: E402

SHARED = ROOT.parent / "shared"
TRIALS = 2000
METRIC_HEADS = ("metrics", "figures", "found", "wrong", "abstained", "precision", "recall")
HEADS = ("form", "carrier", "reports", "figures found", "wrong", "identities as in the report")


def rows(scores: Sequence[Score]) -> Iterable[tuple[str, ...]]:
    """A line for each era and carrier that has figures, and one for all."""
    groups: dict[tuple[str, str], list[Score]] = {}
    for s in scores:
        groups.setdefault((s.era, s.carrier), []).append(s)
    for (era, carrier), group in sorted(groups.items(), key=lambda g: (g[0][0], CARRIERS.index(g[0][1]))):
        if any(s.figures for s in group):
            yield (era, carrier, *counts(group))
    yield ("all", "", *counts(scores))


def counts(scores: Sequence[Score]) -> tuple[str, ...]:
    """The figures of one line."""
    found, listed = sum(s.found for s in scores), sum(s.figures for s in scores)
    agreeing, stated = sum(s.agreeing for s in scores), sum(s.identities for s in scores)
    return (
        str(len({s.case for s in scores if s.figures})),
        f"{found} of {listed} ({found / listed:.1%})",
        str(sum(len(s.wrong) for s in scores)),
        f"{agreeing} of {stated}" if stated else "–",
    )


def by_metric(scores: Sequence[Score]) -> Iterator[tuple[str, ...]]:
    """A line for each family of metrics: where a figure is not read, that is an abstention and nothing wrong."""
    listed, found, wrong = Counter[str](), Counter[str](), Counter[str]()
    for s in scores:
        listed.update(map(_family, s.listed))
        found.update(map(_family, s.right))
        wrong.update(_family(complaint.partition(" ")[0]) for complaint in s.wrong)
    for family, n in sorted(listed.items()):
        right, bad = found[family], wrong[family]
        precision = right / (right + bad) if right + bad else 1
        counted = (n, right, bad, n - right - bad)
        yield (family, *map(str, counted), f"{precision:.1%}", f"{right / n:.1%}")


def _family(path: str) -> str:
    return ".".join(path.split(".")[:3])


def markdown(lines: Iterable[Sequence[str]], heads: Sequence[str] = HEADS) -> str:
    """The lines as a Markdown table."""
    table = [heads, ("---",) * len(heads), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in table)


def show(title: str, heads: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, title=title)
    for line in lines:
        table.add_row(*line)
    Console(width=120).print(table)


def seeds() -> bool:
    """The five real reports, scored by the script that comes with the truth; whether every goal is reached."""
    paths = sorted((SHARED / "seeds").glob("*.txt"))
    out = ROOT / "build" / "score.json"
    out.parent.mkdir(exist_ok=True)
    with out.open("w", encoding="utf-8") as file:
        subprocess.run(
            [sys.executable, "-m", "gouji", "check", "--format", "json", *map(str, paths)], stdout=file, check=False
        )
    print("The seeds")
    sys.stdout.flush()
    return subprocess.run([sys.executable, str(SHARED / "truth" / "score.py"), str(out)], check=False).returncode == 0


def renewed(content: str, name: str, table: str) -> str:
    """The README with another table between the marks `name`."""
    return re.sub(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", lambda _: f"\n{table}\n", content, flags=re.S)


def main() -> int:
    """Score, print, and renew the README where that is asked for."""
    if not SHARED.is_dir():
        print(f"{SHARED} is not there: nothing to score", file=sys.stderr)
        return 2
    engine = gouji.engine()
    scores = [score(engine, case, carrier) for case in load(SHARED) for carrier in CARRIERS]
    lines = list(rows(scores))
    show("Real reports, composed from their figures", HEADS, lines)
    show("The same by metric", METRIC_HEADS, by_metric(scores))
    for s in scores:
        for complaint in (*s.complaints, *(f"wrong: {w}" for w in s.wrong)):
            print(f"{s.case} ({s.carrier}): {complaint}")
    composed = generated.run(engine)
    eras = list(generated.by_era(composed))
    show(f"{generated.COUNT} composed reports, errors within one report", generated.ERA_HEADS, eras)
    show("Findings on them by rule", generated.RULE_HEADS, generated.by_rule(composed))
    good = seeds()
    print("\n".join(shapes.lines(shapes.score(engine))))
    pool = injection.published(engine, load(SHARED))
    tallies, seconds = injection.run(engine, TRIALS, pool=pool)
    print(f"Planted slips, also in {len(pool)} published tables")
    print(injection.markdown(tallies))
    print(f"a check with localisation: 95th percentile {quantiles(seconds, n=20)[-1] * 1e3:.1f} ms")
    if "--readme" in sys.argv:
        readme = ROOT / "README.md"
        content = readme.read_text(encoding="utf-8")
        content = renewed(content, "score", markdown(lines))
        told = f"\nMeasured with gouji {gouji.__version__} on {date.today().isoformat()}.\n"
        content = renewed(content, "composed", markdown(eras, generated.ERA_HEADS) + told)
        readme.write_text(renewed(content, "injection", injection.markdown(tallies)), encoding="utf-8")
    return 0 if good and not any(s.wrong for s in scores) else 1


if __name__ == "__main__":
    sys.exit(main())
