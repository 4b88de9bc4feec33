"""Bodies and those below them: a roster of who reports to whom, and the rules between the levels.

What was not read is never taken for nothing: the sum over the bodies below is then a bound, and so is everything that
follows from it.
"""

from __future__ import annotations

import csv
import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import define, evolve, field, frozen

from gouji import oserrors
from gouji.bodies import Body, BodyModel, Key
from gouji.crosschecks import (
    Bound,
    Coverage,
    CrossFinding,
    Found,
    Outcome,
    Sighting,
    equations,
    finding,
    in_groups,
    label_of,
    term,
)
from gouji.errors import Message, PackError
from gouji.findings import Filling, Remarks
from gouji.intervals import EXACT_ZERO, Interval, Operand
from gouji.profiles import Profile
from gouji.records import number_text
from gouji.registry import Registry
from gouji.relations import Item, own_path
from gouji.rulebook import Rulebook
from gouji.rulemodel import Rule
from gouji.values import Value
from gouji.yamlfile import Scalar, invalid, read, unknown, where

_COLUMNS = ("body", "parent", "path")
_UNKNOWN = Interval(0, None)
_YEAR = re.compile(r"(?:19|20)\d\d(?:年度?)?")


@frozen(eq=False, repr=False)
class Member(Value):
    """One body of a roster: `parent` is the place of the body above among the members, `files` are its reports."""

    body: Body
    name: str
    parent: int | None
    files: tuple[str, ...]


@define(eq=False, repr=False)
class Hierarchy:
    """Who stands above whom. `complete` says that nobody else reports below those that are named."""

    members: tuple[Member, ...]
    complete: bool
    _files: dict[str, int] = field(init=False, repr=False)
    _keys: dict[Key, list[int]] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._files = {os.path.realpath(file): n for n, member in enumerate(self.members) for file in member.files}
        self._keys = {}
        for n, member in enumerate(self.members):
            self._keys.setdefault(member.body.key, []).append(n)

    @property
    def files(self) -> list[str]:
        """The reports that the roster names."""
        return [file for member in self.members for file in member.files]

    def body_of(self, source: str) -> Body | None:
        """Whose report `source` is, where the roster names its file."""
        found = self._files.get(os.path.realpath(source))
        return None if found is None else self.members[found].body

    def member(self, body: Body) -> int | None:
        """The place of the one member that a body can be."""
        found = [n for n in self._keys.get(body.key, ()) if self.members[n].body.may_be(body)]
        return found[0] if len(found) == 1 else None

    def check(self, book: Rulebook, profiles: Sequence[Profile]) -> Outcome:
        """The rules between the levels, for every body with others below it and every year."""
        read: dict[tuple[int, int], dict[str, Profile]] = {}
        for profile in profiles:
            member = self.member(profile.body)
            if member is not None and profile.year is not None:
                read.setdefault((member, profile.year), {}).setdefault(profile.sha256, profile)
        below: dict[int, list[int]] = {}
        for n, one in enumerate(self.members):
            if one.parent is not None:
                below.setdefault(one.parent, []).append(n)
        outcome = Outcome()
        for (member, year), own in read.items():
            if member in below:
                children = [(self.members[n].name, [*read.get((n, year), {}).values()]) for n in below[member]]
                level = Level(self._standing([*own.values()]), children, self.complete, book.registry, book.remarks)
                outcome.take(check_levels(book, level))
        return outcome

    @staticmethod
    def _standing(copies: Sequence[Profile]) -> Profile:
        return max(enumerate(copies), key=lambda pair: (pair[1].published or "", pair[0]))[1]


@define(eq=False, repr=False)
class Level:
    """A report and, by name, those of the bodies below: none for one that is missing, several for different copies."""

    this: Profile
    children: Sequence[tuple[str, Sequence[Profile]]]
    complete: bool
    registry: Registry
    remarks: Remarks

    @property
    def missing(self) -> tuple[str, ...]:
        """The bodies below of which nothing was read."""
        return tuple(name for name, copies in self.children if not copies)

    @property
    def read(self) -> int:
        """Of how many bodies below a report was read."""
        return len(self.children) - len(self.missing)

    def words(self) -> Mapping[str, Filling]:
        """The year, the body, and how much of the level below was read."""
        missing = self.missing
        return {
            "year": "?" if self.this.year is None else str(self.this.year),
            "body": self.this.body.name,
            "read": str(self.read),
            "of": str(len(self.children)),
            "missing": self.remarks.listed(missing),
        }

    def find(self, item: Item) -> Found:
        """The figure of the report, or the sum over the bodies below."""
        own = own_path(item.path)
        if own == item.path:
            figure = self.this.stated(own, item.source)
            return Found(figure.operand, ((self.this, figure),)) if figure else Found(Operand.missing())
        total, seen = self.sum(own)
        if not seen:
            return Found(Operand.missing())
        return Found(Operand(total, "exact" if total.exact else "approximate"), seen)

    def sum(self, path: str) -> tuple[Interval, tuple[Sighting, ...]]:
        """What the bodies below come to: between bounds where one was not read, has two copies or gives no figure."""
        total = EXACT_ZERO if self.complete else _UNKNOWN
        seen: list[Sighting] = []
        for _, copies in self.children:
            figures = [(p, f) for p in copies if (f := p.stated(path)) is not None]
            hull = _hull([f.operand.interval for _, f in figures]) if figures else _UNKNOWN
            total = total.plus(hull)
            seen += figures
        return total, tuple(seen)


def _hull(intervals: Sequence[Interval]) -> Interval:
    lows, highs = [i.low for i in intervals], [i.high for i in intervals]
    low = None if None in lows else min(v for v in lows if v is not None)
    high = None if None in highs else max(v for v in highs if v is not None)
    return Interval(low, high)


def check_levels(book: Rulebook, level: Level) -> Outcome:
    """Every rule between the levels on one report and those below it: one finding where several found the same."""
    outcome = Outcome()
    check_level(book, level, outcome)
    outcome.findings = in_groups(book, outcome.findings)
    return outcome


def check_level(book: Rulebook, level: Level, outcome: Outcome) -> None:
    """The rules between the levels on one report and those below it."""
    for rule in book.rules:
        if not rule.applies.to(level.this.layouts, None, level.this.year):
            continue
        if rule.kind == "between_levels":
            before = len(outcome.findings)
            equations(book, rule, level, outcome)
            outcome.findings[before:] = [_covered(f, level) for f in outcome.findings[before:]]
        elif rule.kind == "roster":
            _roster(book, rule, level, outcome)
        elif rule.kind == "coverage":
            _coverage(book, rule, level, outcome)


def _covered(one: CrossFinding, level: Level) -> CrossFinding:
    return evolve(one, coverage=Coverage(level.read, len(level.children), level.missing))


def _roster(book: Rulebook, rule: Rule, level: Level, outcome: Outcome) -> None:
    """How many bodies report, as the text says, against the roster: those below, with or without the body itself."""
    if not level.complete:
        return
    for path in rule.params["metrics"]:
        figure = level.this.best(path)
        if figure is None or figure.operand.kind != "exact" or figure.value is None:
            continue
        count = len(level.children)
        if figure.value in (count, count + 1):
            outcome.passed += 1
            continue
        outcome.findings.append(
            finding(
                rule,
                level,
                name=f"{rule.id}.{path}",
                values={"label": label_of(book.registry, path)},
                equation=f"{number_text(figure.value)} ≠ {count}",
                left=figure.value,
                right=count,
                terms=[term(book.registry, "left", 1, level.this, figure)],
                coverage=Coverage(level.read, count, level.missing),
            )
        )


def _coverage(book: Rulebook, rule: Rule, level: Level, outcome: Outcome) -> None:
    """What was not read below, and between which bounds it would have to lie."""
    if not level.missing:
        outcome.passed += 1
        return
    bounds = tuple(_bounds(book, rule.params["metrics"], level))
    coverage = Coverage(level.read, len(level.children), level.missing, bounds)
    outcome.findings.append(finding(rule, level, verdict="undecided", values={}, coverage=coverage))


def _bounds(book: Rulebook, metrics: Iterable[str], level: Level) -> Iterator[Bound]:
    for path in metrics:
        figure = level.this.stated(path)
        if figure is None or figure.value is None:
            continue
        known = Level(level.this, [c for c in level.children if c[1]], True, level.registry, level.remarks)
        total, seen = known.sum(path)
        if not seen or total.low is None or (not figure.value and not total.high):
            continue
        most = figure.value - total.low
        least = figure.value - total.high if total.high is not None and level.complete else 0
        if most >= 0:
            yield Bound(path, label_of(book.registry, path), figure.value, (total.low, total.high), max(0, least), most)


# Reading a roster ----------------------------------------------------------------------------------------


def read_roster(path: Path, bodies: BodyModel) -> Hierarchy:
    """The hierarchy that a YAML or CSV file, or a tree of folders, describes.

    Raises PackError with file and line for what is wrong in it.
    """
    if path.is_dir():
        return _folders(path, bodies)
    if not path.exists():
        raise invalid(str(path), "没有这个文件或文件夹", "no such file or folder", "请检查路径", "check the path")
    if path.suffix.lower() in (".yaml", ".yml"):
        rows, complete = _yaml(path)
    elif path.suffix.lower() == ".csv":
        rows, complete = _csv(path), False
    else:
        raise invalid(
            str(path),
            "名册应为 .yaml、.csv 文件或文件夹",
            "a roster is a .yaml or .csv file, or a folder",
            "请换用其中一种",
            "use one of these",
        )
    return _Roster(path, bodies, rows).hierarchy(complete)


Row = Mapping[str, Scalar]


def _yaml(path: Path) -> tuple[list[Row], bool]:
    from gouji import schema

    data = read(path)
    complete = False
    if isinstance(data, dict):
        schema.keys(data, ("complete", "bodies"), ("bodies",), str(path))
        complete = schema.flag(data["complete"]) if "complete" in data else False
        data = data["bodies"]
    if not isinstance(data, list):
        raise invalid(data or str(path), "bodies 应为列表", "bodies must be a list")
    rows: list[Row] = []
    for entry in data:
        found = schema.keys(entry, _COLUMNS, ("body",), where(entry, str(path)))
        for value in found.values():
            schema.text(value)
        rows.append({str(k): v for k, v in found.items()})
    return rows, complete


def _csv(path: Path) -> list[Row]:
    try:
        content = path.read_bytes()
    except OSError as error:
        why = oserrors.reason(error)
        raise invalid(str(path), f"无法读取：{why.zh}", f"cannot be read: {why.en}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a spreadsheet program in China writes.
        text = content.decode("gb18030", "replace")
    reader = csv.DictReader(text.splitlines())
    try:
        names = reader.fieldnames or [""]
    except csv.Error as error:
        raise invalid(f"{path}:1", f"CSV 有误：{error}", f"CSV: {error}") from error
    for name in names:
        if name not in _COLUMNS:
            raise unknown(Scalar(name or "?", f"{path}:1"), "列", "column", _COLUMNS)
    if "body" not in (reader.fieldnames or ()):
        raise invalid(f"{path}:1", "缺少列 body", "the column body is missing")
    rows: list[Row] = []
    try:
        for row in reader:
            at = f"{path}:{reader.line_num}"
            if None in row:
                raise invalid(at, "这一行的列多于表头", "this line has more columns than the header")
            rows.append({str(k): Scalar(v.strip(), at) for k, v in row.items() if v and v.strip()})
            if "body" not in rows[-1]:
                raise invalid(at, "缺少 body", "body is missing")
    except csv.Error as error:
        raise invalid(f"{path}:{reader.line_num}", f"CSV 有误：{error}", f"CSV: {error}") from error
    return rows


class _Roster:
    """The rows of a roster on their way to a hierarchy."""

    def __init__(self, path: Path, bodies: BodyModel, rows: Sequence[Row]) -> None:
        self.path = path
        self.bodies = bodies
        self.rows = rows
        self.known: dict[int, Body] = {}
        self.words: dict[str, list[int]] = {}  # what a row calls its body -> rows
        self.names: dict[str, list[int]] = {}  # full name of a known body -> rows
        for n, row in enumerate(rows):
            self.words.setdefault(row["body"], []).append(n)
        self.lengths = sorted({len(word) for word in self.words})

    def hierarchy(self, complete: bool) -> Hierarchy:
        for n in range(len(self.rows)):
            if n not in self.known:
                self.resolve(n)
        members = []
        for n, row in enumerate(self.rows):
            files = self.files(row["path"]) if "path" in row else ()
            members.append(Member(self.known[n], str(row["body"]), self.parent(row), files))
        first: dict[tuple[str, ...], Row] = {}
        for row, member in zip(self.rows, members, strict=True):
            other = first.setdefault((*member.body.region, member.body.organ), row)
            if other is not row:
                raise invalid(
                    row["body"],
                    f"{row['body']} 已在 {other['body'].where} 列出",
                    f"{row['body']} is already listed at {other['body'].where}",
                    "请删去其中一处，或写明上级",
                    "remove one of them or name its parent",
                )
        return Hierarchy(tuple(members), complete)

    def resolve(self, n: int) -> None:
        """Make the body of a row known, with the places of those above it, which become known first."""
        path = {n: self.above(n)}  # from the row upwards: what stands above each and was not yet looked at
        while path:
            n, above = next(reversed(path.items()))
            row = self.rows[n]
            for one in above:
                if one in path and self.rows[one]["body"] == row["parent"]:
                    other = self.rows[one]
                    message = f"{other['body']} 的上级绕回自身", f"{other['body']} stands above itself"
                    raise invalid(other["parent"], *message)
                if one not in path and one not in self.known:
                    path[one] = self.above(one)
                    break
            else:
                del path[n]
                parent = self.parent(row)
                body = self.bodies.named(row["body"], () if parent is None else self.known[parent].region)
                self.known[n] = body
                self.names.setdefault(body.name, []).append(n)

    def above(self, n: int) -> Iterator[int]:
        """The rows of which the body must be known before it can be said which of them the parent of a row is."""
        name = self.rows[n].get("parent")
        if name is None:
            return iter(())
        if name in self.words:
            return iter(self.words[name] if len(self.words[name]) == 1 else ())
        ends = (name[-length:] for length in self.lengths if 0 < length < len(name))
        return (one for end in ends for one in self.words.get(end, ()))

    def parent(self, row: Row) -> int | None:
        """The row that `parent` names: by its words, or by its full name where several bodies share these."""
        name = row.get("parent")
        if name is None:
            return None
        found = self.words.get(name)
        if not found:
            full = self.names.get(self.bodies.folded(name), ())
            found = [n for n in full if name.endswith(self.rows[n]["body"])]
        if not found:
            raise unknown(name, "上级", "parent", {str(other["body"]) for other in self.rows})
        if len(found) > 1:
            raise invalid(
                name,
                f"有 {len(found)} 个 {name}",
                f"{name} is the name of {len(found)} bodies",
                "请写上级的全称",
                "write its full name",
            )
        return found[0]

    def files(self, pattern: Scalar) -> tuple[str, ...]:
        """The files that a path or pattern names, seen from the folder of the roster."""
        found = sorted(f for f in glob.glob(str(self.path.parent / pattern), recursive=True) if os.path.isfile(f))
        # A pattern may match nothing yet; a file that is named must be there.
        if not found and not glob.has_magic(pattern):
            raise invalid(pattern, f"没有文件 {pattern}", f"no file {pattern}", "请检查路径", "check the path")
        return tuple(found)


def _folders(root: Path, bodies: BodyModel) -> Hierarchy:
    """Every folder is a body: the files in it are its reports, the folders in it are the bodies below.

    A folder of one year is no level: what it holds belongs to the folder around it.
    """
    from gouji.readers import READERS

    members: dict[tuple[str, ...], Member] = {}
    ordinals: dict[tuple[str, ...], int] = {}
    at: dict[str, tuple[str, ...] | None] = {os.path.dirname(root): None}
    for folder, names, files in os.walk(root):
        names.sort()
        parent = at.get(os.path.dirname(folder))
        reports = tuple(os.path.join(folder, f) for f in sorted(files) if os.path.splitext(f)[1].lower() in READERS)
        name = os.path.basename(os.path.abspath(folder))
        key = parent
        if not _YEAR.fullmatch(name) and (folder != str(root) or reports):
            body = bodies.named(name, () if parent is None else members[parent].body.region)
            key = (*body.region, body.organ)
            ordinals.setdefault(key, len(ordinals))
            members.setdefault(key, Member(body, name, None if parent is None else ordinals[parent], ()))
        at[folder] = key
        if key is not None:
            members[key] = evolve(members[key], files=(*members[key].files, *reports))
    if not members:
        raise PackError(
            str(root), "no-roster",
            Message("文件夹里没有按层级存放的报告", "the folder holds no reports in levels"),
            Message("每个单位一个文件夹，下级放在上级之中", "one folder a body, those below inside those above"),
        )  # fmt: skip
    return Hierarchy(tuple(members.values()), False)
