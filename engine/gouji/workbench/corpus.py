"""The corpus files of packs: title, input, expected observations, in plain text.

=== title
lines of a report: canonical text, or the text of a source
---
metric = value unit [marks]      a figure; marks: low..high, scope, implied, chart
metric blank unit                a cell without a number: blank, na or text
unbound 12 条                    a figure that no metric claims
unparsed: row                    a row that no grammar took
nothing recognised               the input is no report
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gouji import oserrors
from gouji.errors import ReadError
from gouji.pipeline import Engine
from gouji.readers import text
from gouji.records import Observation, Report
from gouji.yamlfile import invalid

CASE, RESULT = "=== ", "\n---\n"
NOTHING = "nothing recognised"


class Case(NamedTuple):
    """One case of a corpus file; `line` is that of its title, from 1."""

    file: Path
    title: str
    source: str
    expected: tuple[str, ...]
    line: int = 1


def cases(root: Path) -> Iterator[Case]:
    """Every corpus case of the packs in the folder `root`. Raises PackError for a file that is no corpus."""
    for folder in sorted(root.glob("*/corpus")):
        yield from of_pack(folder.parent)


def of_pack(folder: Path) -> Iterator[Case]:
    """Every corpus case of one pack. Raises PackError for a file that is no corpus."""
    for file in sorted((folder / "corpus").glob("*.txt")):
        try:
            content = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = oserrors.reason(error)
            raise invalid(str(file), f"无法读取：{why.zh}", f"cannot be read: {why.en}") from error
        before, *chunks = ("\n" + content).split("\n" + CASE)
        line = before.count("\n") + 1
        if before.strip():
            raise invalid(f"{file}:1", f"每个用例以“{CASE}标题”开头", f"a case begins with “{CASE}title”")
        for chunk in chunks:
            title, _, rest = chunk.partition("\n")
            source, mark, expected = (rest + "\n").partition(RESULT)
            if not mark:
                raise invalid(
                    f"{file}:{line}",
                    f"用例“{title}”缺少 --- 行",
                    f"the case “{title}” has no line ---",
                    "在输入与预期结果之间写一行 ---；结果可用 --update 填入",
                    "write a line --- between input and result; --update fills in the result",
                )
            yield Case(file, title, source + "\n", tuple(r for r in expected.split("\n") if r.strip()), line)
            line += chunk.count("\n") + 1


def rewritten(content: str, results: dict[str, tuple[str, ...]]) -> str:
    """The content of a corpus file with new results for the cases with these titles."""
    chunks = ("\n" + content.rstrip("\n")).split("\n" + CASE)
    for i, chunk in enumerate(chunks):
        title, _, rest = chunk.partition("\n")
        if i and title in results:
            source = (rest + "\n").partition(RESULT)[0]
            gap = "\n" if i + 1 < len(chunks) else ""
            chunks[i] = title + "\n" + source + RESULT + "\n".join(results[title]) + gap
    return ("\n" + CASE).join(chunks).removeprefix("\n") + "\n"


def read(engine: Engine, source: str) -> Report:
    """The report that `source` is. Raises ReadError."""
    return engine.understand(text.read(source.encode(), "corpus", engine.carriers))


def result(engine: Engine, case: Case) -> tuple[str, ...]:
    """What an engine makes of a case, in the words of the corpus."""
    try:
        return told(read(engine, case.source))
    except ReadError as error:
        if error.code == "no-report":
            return (NOTHING,)
        raise


def told(report: Report) -> tuple[str, ...]:
    """What a report says, in the words of the corpus."""
    return (
        *map(observation, report.observations),
        *(f"unbound {u.value} {u.unit or ''}".rstrip() for u in report.unbound),
        *(f"unparsed: {u.text}" for u in report.unparsed),
    )


def observation(o: Observation) -> str:
    """One observation in the words of the corpus."""
    head = f"{o.path} = {o.value}" if o.state == "value" else f"{o.path} {o.state}"
    interval = f"{o.low}..{'' if o.high is None else o.high}" if o.state == "value" and not o.exact else None
    marks = [o.unit, interval, o.scope and f"scope {o.scope}", "implied" if o.implied else None]
    marks.append("chart" if o.source == "chart" else None)
    return " ".join([head, *filter(None, marks)])
