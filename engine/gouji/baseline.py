"""A check compared with an earlier one: which findings are new, which have changed, which are gone."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from gouji import messages, oserrors
from gouji.errors import ReadError
from gouji.findings import CHECK, Fixed, Since

if TYPE_CHECKING:
    from gouji.series import Crossing

if TYPE_CHECKING:
    from gouji.records import Report


class Baseline:
    """The findings of an earlier check, by report.

    `known` counts the findings that are as they were, `fixed` lists those that are gone; both grow with
    every report that is compared.
    """

    def __init__(
        self,
        file: Path,
        reports: list[dict[str, Any]],
        left_out: Collection[str] = (),
        between: Collection[str] = (),
    ) -> None:
        self.known = 0
        self.fixed: list[Fixed] = []
        self._file = file
        self._met: set[bool] = set()  # whether reports were there then
        self._left_out = left_out
        self._between = between
        self._by_path = {os.path.normpath(report["source"]): report for report in reports}
        self._by_content = {report["sha256"]: report for report in reports}

    @classmethod
    def load(cls, file: Path, left_out: Collection[str] = ()) -> Baseline:
        """The findings that `gouji check --format json` wrote to `file`, but for rules that are `left_out`.

        Raises ReadError.
        """
        try:
            whole = json.loads(file.read_bytes())
            if whole["schema"] != CHECK:
                raise ValueError(whole["schema"])
            reports = whole["reports"]
            for report in reports:
                for finding in report["findings"]:
                    _fixed(report["source"], finding)
                    hash((report["sha256"], finding["instance"]))
            return cls(file, reports, left_out, {str(finding["fingerprint"]) for finding in whole.get("cross", ())})
        except OSError as error:
            raise _refused(file, "unreadable", "baseline.unreadable", reason=oserrors.reason(error)) from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _refused(file, "no-baseline", "baseline.no_json") from error

    @property
    def problem(self) -> ReadError | None:
        """What to tell where reports were compared, but the earlier check had none of them."""
        return _refused(self._file, "other-baseline", "baseline.elsewhere") if self._met == {False} else None

    def compared_between(self, crossing: Crossing) -> Crossing:
        """The findings between reports that the earlier check had not; the others are known."""
        new = tuple(finding for finding in crossing.findings if finding.fingerprint not in self._between)
        known = tuple(finding for finding in crossing.findings if finding.fingerprint in self._between)
        self.known += len(known)
        return evolve(crossing, findings=new, known=known)

    def compared(self, report: Report) -> Report:
        """`report` with its new and changed findings only."""
        old = self._by_path.get(os.path.normpath(report.source)) or self._by_content.get(report.document.sha256)
        self._met.add(old is not None)
        gone: dict[str, list[dict[str, Any]]] = {}
        for finding in old["findings"] if old else ():
            if finding["rule"] not in self._left_out:
                gone.setdefault(finding["fingerprint"], []).append(finding)
        kept, known = [], []
        for present in report.findings:
            if same := gone.get(present.fingerprint):
                same.pop()
                known.append(present)
            else:
                kept.append(present)
        by_instance: dict[str, list[dict[str, Any]]] = {}
        for finding in chain.from_iterable(gone.values()):
            by_instance.setdefault(finding["instance"], []).append(finding)
        findings = []
        for present in kept:
            if before := by_instance.get(present.instance):
                findings.append(evolve(present, since=Since("changed", before.pop(0)["equation"])))
            else:
                findings.append(evolve(present, since=Since("new")))
        self.known += len(known)
        self.fixed += [_fixed(report.source, finding) for rest in by_instance.values() for finding in rest]
        return evolve(report, findings=tuple(findings), known=tuple(known))


def _refused(file: Path, code: str, problem: str, **values: object) -> ReadError:
    told = messages.builtin()
    return ReadError(str(file), code, told.message(problem, **values), told.message(f"{problem}_remedy"))


def _fixed(source: str, finding: dict[str, Any]) -> Fixed:
    names = ("rule", "severity", "message", "equation", "fingerprint")
    texts: dict[str, Any] = {name: finding[name] for name in names}
    if not all(isinstance(text, str) for text in (source, *texts.values())):
        raise TypeError("no text")
    group = finding.get("group", 0)
    return Fixed(source, **texts, group=group if isinstance(group, int) else 0)
