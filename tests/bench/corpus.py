"""What a corpus costs. A report for people: it always ends with exit status 0.

`python tests/bench/corpus.py [REPORTS]` composes so many reports and measures two things: whether the cost of one
report stays the same from the first to the last in one worker, and what it costs to have them done by one process
and by two. Costs are CPU seconds; beside the reports the baseline of `run.py` is measured over the same texts, since
the same work takes longer while others use the caches.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench import run as bench
from gouji.corpus import batches, run, sample, walk, worker
from gouji.pipeline import Engine

THOUSAND = 1000
GOALS = {"flat": 1.1, "memory": 1.1, "parent": 0.05, "second": 0.05, "scale": 1.8}


def flat(folder: Path) -> None:
    """All reports in one worker that is never replaced: what one costs in the first, middle and last thousand."""
    with tempfile.TemporaryDirectory() as out:
        one = worker.Bench(worker.Setup(out, files=10**9), lambda **_: None)
        costs: list[tuple[int, float, float, float]] = []
        found = [item for item in walk.walk([str(folder)]) if isinstance(item, walk.Item)]
        for batch in batches.batches(found):
            before = process_time()
            one.work(batch.number, list(batch.items), {})
            between = process_time()
            for item in batch.items:
                bench.baseline(Path(item.name).read_bytes().decode("utf-8", "replace"))
            costs.append((len(batch.items), between - before, process_time() - between, _memory()))
    size = min(THOUSAND, len(found) // 3)
    middle = len(found) // 2 - size // 2
    rows = []
    for name, start in (("first", 0), ("middle", middle), ("last", len(found) - size)):
        at, taken = 0, []
        for cost in costs:
            if start <= at < start + size:
                taken.append(cost)
            at += cost[0]
        files, spent, base = (sum(c[i] for c in taken) for i in range(3))
        rows.append((name, files, spent / files * 1e3, base / files * 1e3, spent / base, max(c[3] for c in taken)))
    bench.table(
        f"One worker, {len(found)} reports",
        ["thousand", "reports", "ms a report", "baseline", "ratio", "memory in MB"],
        rows,
    )
    _goal("last against first, by ratio", rows[-1][4] / rows[0][4], "flat")
    _goal("memory, last against first", rows[-1][5] / rows[0][5], "memory")


def processes(folder: Path) -> None:
    """The whole command with one process and with two: who spends what."""
    rows = []
    for count in (1, 2):
        told = subprocess.run(
            [sys.executable, __file__, "--once", str(folder), str(count)], capture_output=True, check=True
        ).stdout
        rows.append((f"{count} processes" if count > 1 else "1 process", *json.loads(told)))
    heads = ["", "wall", "parent", "workers", "second pass", "MB of the parent", "MB of the largest child"]
    bench.table("The command, in s of CPU but for the wall", heads, rows)
    whole = sum(rows[1][2:5])
    _goal("parent, of all CPU", rows[1][2] / whole, "parent")
    _goal("second pass, of all CPU", rows[1][4] / whole, "second")
    print(f"    one process against two, on the wall: {rows[0][1] / rows[1][1]:.2f} (goal >= {GOALS['scale']:g}, idle)")


def once(folder: str, count: int) -> None:
    """One run, as the command does it; what it has cost as JSON."""
    with tempfile.TemporaryDirectory() as out:
        began = perf_counter()
        job = run.Job([folder], worker.Setup(out))
        job.begin()
        run.run_here(job, count)
        workers = _children()
        job.end()
        second = _children() - workers
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(json.dumps([perf_counter() - began, process_time(), workers, second, _memory(), largest]))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory() -> float:
    """The most memory of this program in MB; what the system counts for a process has that of its parent in it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _goal(what: str, value: float, name: str) -> None:
    print(f"    {what}: {value:.3f} (goal <= {GOALS[name]:g}{'' if value <= GOALS[name] else ', MISSED'})")


def main() -> None:
    """Compose, measure, print."""
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2], int(sys.argv[3]))
        return
    count = int(sys.argv[1]) if sys.argv[1:] else 3 * THOUSAND
    with tempfile.TemporaryDirectory() as folder:
        sample.write(sample.Composer(Engine.load(()), seed=1), count, Path(folder))
        flat(Path(folder))
        processes(Path(folder))


if __name__ == "__main__":
    main()
