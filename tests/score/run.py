"""How well real reports are read: composed cases by era and carrier, the seeds, and the shapes of sentences.

    python tests/score/run.py            print the scores
    python tests/score/run.py --readme   and write the table of the cases into the README

Needs the folder of truth beside the checkout; without it nothing is scored.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import gouji  # noqa: E402
from score.cases import CARRIERS, Score, load, score  # noqa: E402

SHARED = ROOT.parent / "shared"
MARKED = re.compile(r"(?<=<!-- score -->\n).*?(?=<!-- /score -->)", re.S)
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


def markdown(lines: Iterable[Sequence[str]]) -> str:
    """The lines as a Markdown table."""
    table = [HEADS, ("---",) * len(HEADS), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in table)


def show(lines: Iterable[Sequence[str]]) -> None:
    """Print the table of the cases."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*HEADS, title="Real reports, composed from their figures")
    for line in lines:
        table.add_row(*line)
    Console().print(table)


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


def main() -> int:
    """Score, print, and renew the README where that is asked for."""
    if not SHARED.is_dir():
        print(f"{SHARED} is not there: nothing to score", file=sys.stderr)
        return 2
    engine = gouji.engine()
    scores = [score(engine, case, carrier) for case in load(SHARED) for carrier in CARRIERS]
    lines = list(rows(scores))
    show(lines)
    for s in scores:
        for complaint in (*s.complaints, *(f"wrong: {w}" for w in s.wrong)):
            print(f"{s.case} ({s.carrier}): {complaint}")
    good = seeds()
    shapes = Path(__file__).with_name("shapes.py")
    if shapes.exists():
        print("Shapes of sentences")
        sys.stdout.flush()
        good &= subprocess.run([sys.executable, str(shapes)], check=False).returncode == 0
    if "--readme" in sys.argv:
        readme = ROOT / "README.md"
        content = readme.read_text(encoding="utf-8")
        readme.write_text(MARKED.sub(lambda _: markdown(lines), content), encoding="utf-8")
    return 0 if good and not any(s.wrong for s in scores) else 1


if __name__ == "__main__":
    sys.exit(main())
