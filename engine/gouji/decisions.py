"""Decisions that last: what people decided about findings, in a text file beside the reports.

A list of entries, the last about a finding being the one that counts. An entry holds for the figures that were
decided about: when one of them changes, the finding is open again.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from gouji.errors import GoujiError, Message, PackError
from gouji.findings import VERDICTS, Decision, Finding

# Most folders have no such file: what reads and writes it is imported where it is used.

if TYPE_CHECKING:
    from datetime import date

    from gouji.crosschecks import CrossFinding
    from gouji.records import Report
    from gouji.series import Crossing

NAME = "gouji.decisions.yaml"
STANDARD_INPUT = "-"

_REQUIRED = ("fingerprint", "decision", "by", "when", "why")
_KEYS = (*_REQUIRED, "rule", "instance", "source", "equation")


class Decisions:
    """The entries of one file, or of all files of that name beside the reports and above them.

    `roots` are the folders that were given as inputs: a file in such a folder holds for all reports below.
    """

    def __init__(self, roots: Iterable[str] = ()) -> None:
        self._roots = {os.path.abspath(root) for root in roots}
        self._looked: set[str] = set()
        self._entries: dict[str, list[Decision]] = {}
        self._used: set[str] = set()
        self._seen: set[str] = set()

    @classmethod
    def of(cls, file: Path) -> Decisions:
        """The entries of `file` only. Raises PackError with line and column."""
        decisions = cls()
        decisions._keep(file)
        return decisions

    def look_beside(self, source: str) -> list[GoujiError]:
        """Read the files that hold for the report at `source`; what is wrong with those that cannot be used."""
        problems: list[GoujiError] = []
        for folder in folders(source, self._roots):
            if folder not in self._looked:
                self._looked.add(folder)
                if os.path.isfile(os.path.join(folder, NAME)):
                    try:
                        self._keep(_shortest(folder) / NAME)
                    except PackError as error:
                        problems.append(error)
        return problems

    def applied(self, report: Report) -> Report:
        """`report`, each of its findings with the decision about it."""
        key = _key(report.source)
        self._seen.add(key)
        if not self._entries:
            return report
        entries = [*self._entries.get("", ()), *self._entries.get(key, ())]
        return evolve(report, findings=tuple(self._decided(report.findings, entries)))

    def applied_between(self, crossing: Crossing) -> Crossing:
        """Findings between reports, each with the decision about it; they belong to the report that is checked."""
        by_report: dict[str, list[CrossFinding]] = {}
        for finding in crossing.findings:
            by_report.setdefault(_key(finding.source), []).append(finding)
        for key, findings in by_report.items():
            entries = [*self._entries.get("", ()), *self._entries.get(key, ())]
            by_report[key] = self._decided(findings, entries)
        # A fingerprint holds body, year and figures: an entry about another of the reports compared is about the same.
        anywhere = {entry.fingerprint: entry for entries in self._entries.values() for entry in entries}
        findings = []
        for finding in crossing.findings:
            one = by_report[_key(finding.source)].pop(0)
            if (one.decision is None or one.reopened) and (entry := anywhere.get(one.fingerprint)):
                self._used.add(entry.where)
                one = evolve(one, decision=entry)
            findings.append(one)
        return evolve(crossing, findings=tuple(findings))

    def _decided(self, findings: Sequence[Any], entries: Sequence[Decision]) -> list[Any]:
        """The findings of one report, each with the entry about it: about its figures, or about those that it had."""
        present = {finding.fingerprint for finding in findings}
        current: dict[str, Decision] = {}
        stale: dict[str, list[Decision]] = {}
        for entry in entries:
            if entry.fingerprint in present:
                current[entry.fingerprint] = entry
                self._used.add(entry.where)
                # What was decided about the same place before is history now.
                stale.pop(entry.instance, None)
            elif entry.instance and entry.source:
                stale.setdefault(entry.instance, []).append(entry)
        decided = []
        for finding in findings:
            entry_of = current.get(finding.fingerprint)
            if entry_of is None and (olds := stale.get(finding.instance)):
                entry_of = olds.pop()
                self._used.add(entry_of.where)
            decided.append(finding if entry_of is None else evolve(finding, decision=entry_of))
        return decided

    def unused(self, left_out: Collection[str] = ()) -> tuple[Decision, ...]:
        """The entries that fit no finding of the reports that were looked at.

        Not those about reports that were not among them, nor those about rules that were `left_out`, nor those that
        a later entry about the same place of a report has made history.
        """
        unused: list[Decision] = []
        for key, entries in self._entries.items():
            if key in self._seen or not key or (key != STANDARD_INPUT and not os.path.exists(key)):
                last = {(key and entry.instance) or entry.fingerprint: entry for entry in entries}
                for entry in entries:
                    if entry.where in self._used:
                        last.pop((key and entry.instance) or entry.fingerprint, None)
                unused += [entry for entry in last.values() if entry.rule not in left_out]
        return tuple(unused)

    def _keep(self, file: Path) -> None:
        for entry in load(file):
            self._entries.setdefault(_key(entry.source, file.parent) if entry.source else "", []).append(entry)


def load(file: Path) -> tuple[Decision, ...]:
    """The entries of `file`. Raises PackError with file, line and column of whatever is wrong."""
    from gouji.yamlfile import invalid, read, where

    data = read(file)
    if data == {}:
        return ()
    if not isinstance(data, list):
        raise invalid(
            where(data, str(file)),
            "应为决定的列表",
            "must be a list of decisions",
            "每条以 - 开头",
            "begin each with -",
        )
    return tuple(_entry(item, file) for item in data)


def _entry(item: Any, file: Path) -> Decision:
    import re
    from datetime import date

    from gouji import schema
    from gouji.yamlfile import Scalar, invalid, unknown, where

    fields: Mapping[str, Scalar] = schema.keys(item, _KEYS, _REQUIRED, item or str(file))
    for name, value in fields.items():
        if not isinstance(value, Scalar):
            raise invalid(name, f"{name} 应为文字", f"{name} must be plain text")
        if name in _REQUIRED and not value.strip():
            raise invalid(name, f"{name} 是空的", f"{name} is empty", f"请填写 {name}", f"fill in {name}")
    if fields["decision"] not in VERDICTS:
        raise unknown(fields["decision"], "决定", "decision", VERDICTS)
    if not re.fullmatch(r"[0-9a-f]{16}", fields["fingerprint"]):
        raise invalid(
            fields["fingerprint"],
            "指纹应为 16 位十六进制数",
            "a fingerprint has 16 hexadecimal digits",
            "请从 gouji check -v 或 JSON 输出中复制",
            "copy it from gouji check -v or from the JSON output",
        )
    try:
        date.fromisoformat(fields["when"])
    except ValueError:
        raise invalid(fields["when"], "不是日期", "is no date", "写作 2024-01-31", "write it as 2024-01-31") from None
    texts = {name: str(fields.get(name, "")) for name in _KEYS if name != "decision"}
    verdict: Any = str(fields["decision"])
    return Decision(verdict=verdict, where=where(fields["fingerprint"]), **texts)


def decided(
    finding: Finding | CrossFinding, source: str, file: Path, *, verdict: str, by: str, when: date, why: str
) -> dict[str, str]:
    """The entry about `finding` of the report at `source` for `file`: who decided what, and what it was about."""
    if source != STANDARD_INPUT:
        source = _shortest(source, file.absolute().parent).as_posix()
    entry = {
        "fingerprint": finding.fingerprint,
        "decision": verdict,
        # One line each: YAML folds line breaks, and knows more of them than most.
        "by": " ".join(by.split()),
        "when": when.isoformat(),
        "why": " ".join(why.split()),
        "rule": finding.rule,
        "instance": finding.instance,
        "source": source,
        "equation": finding.equation,
    }
    return {name: value for name, value in entry.items() if value or name in _REQUIRED}


def append(file: Path, entries: Sequence[Mapping[str, str]], header: str) -> None:
    """Write `entries` at the end of `file`, leaving what stands there as it is; a new file begins with `header`.

    Raises PackError where the file is not valid or cannot be continued, OSError where it cannot be written.
    """
    from gouji.atomicfile import replacing

    before = len(load(file)) if file.exists() else 0
    old = file.read_bytes().decode("utf-8") if file.exists() else f"# {header}\n"
    text = "".join(_continued(old, entries))
    if _length(text) != before + len(entries):
        raise PackError(
            str(file),
            "invalid-pack",
            Message("不能在末尾添加", "nothing can be added at its end"),
            Message("请改为每条以 - 开头的列表", "make it a list in which each entry begins with -"),
        )
    with replacing(file) as new:
        new.write(text.encode("utf-8", "backslashreplace"))


def _continued(old: str, entries: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The pieces of the new text: what there is, then each entry as far to the right as those before."""
    import yaml

    node = yaml.compose(old, Loader=yaml.SafeLoader)
    yield old
    if old and not old.endswith("\n"):
        yield "\n"
    indent = " " * node.start_mark.column if isinstance(node, yaml.SequenceNode) and not node.flow_style else ""
    for item in _items(entries, indent):
        yield item.replace("\n", "\r\n") if "\r\n" in old else item


def _length(text: str) -> int:
    """How many entries the list in `text` has; -1 where it is none."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return -1
    return len(node.value) if isinstance(node, yaml.SequenceNode) else -1


def _items(entries: Sequence[Mapping[str, str]], indent: str) -> Iterator[str]:
    import yaml

    for entry in entries:
        item = yaml.safe_dump([dict(entry)], allow_unicode=True, sort_keys=False, width=1 << 20)
        yield "".join(indent + line for line in item.splitlines(keepends=True))


def folders(source: str, roots: Collection[str]) -> Iterator[str]:
    """The folders whose file of decisions holds for the report at `source`: its own, and up to a root above it."""
    if source == STANDARD_INPUT:
        return
    folder = os.path.dirname(os.path.abspath(source))
    yield folder
    above = [root for root in roots if os.path.join(folder, "").startswith(os.path.join(root, ""))]
    top = min(above, key=len, default=folder)
    while folder != top:
        folder = os.path.dirname(folder)
        yield folder


def _shortest(path: str, start: str | Path = os.curdir) -> Path:
    """`path` as seen from `start`; as it is where there is no way, as between two drives."""
    try:
        return Path(os.path.relpath(path, start))
    except ValueError:
        return Path(os.path.abspath(path))


def _key(source: str, folder: Path | None = None) -> str:
    if source == STANDARD_INPUT:
        return source
    return os.path.abspath(source if folder is None else folder / source)
