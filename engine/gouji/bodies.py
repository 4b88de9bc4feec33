"""Whose report it is: a place, the organ that speaks, and whether both are known beyond doubt.

Bodies are told apart by the whole path of places and the organ, never by a short name: there are two 西湖区, and
every city has an education bureau.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import TypeAlias

from attrs import evolve, frozen

from gouji.canonical import FoldTable
from gouji.packs import Packs
from gouji.patterns import Pattern
from gouji.records import Report
from gouji.values import Struct, Value
from gouji.yamlfile import read

Key: TypeAlias = tuple[tuple[str, ...], str]

_PATTERNS = ("whole", "unique", "government", "office", "national", "own", "title", "above")
_LEVELS = ("province", "prefecture", "county", "township")
_SEARCHED = 20_000  # so much of a report is searched for the place above its own


@frozen(eq=False, repr=False)
class Body(Value):
    """One body: `region` from the outermost known place inwards, `organ` ("" for the government of the place).

    `level` is that of the innermost place. `certain` says that no other body can have this name; `key` identifies
    a certain body however much of its region was said.
    """

    region: tuple[str, ...]
    organ: str
    level: str
    key: Key
    certain: bool

    @property
    def place(self) -> str:
        """The places of `region` as one name."""
        return "".join(self.region)

    @property
    def name(self) -> str:
        """The full name as far as it is known."""
        return self.place + self.organ

    @property
    def above(self) -> tuple[str, ...]:
        """The places that were said beyond what `key` needs."""
        return self.region[: len(self.region) - len(self.key[0])]

    def may_be(self, other: Body) -> bool:
        """Whether nothing that is known of both speaks against their being one body."""
        if (self.region or self.organ) and (other.region or other.organ) and self.organ != other.organ:
            return False
        mine, theirs = self.key[0], other.key[0]
        shorter, longer = sorted((mine, theirs), key=len)
        # Two places of one kind above it: 望澜市 and 岚州市, but not 望澜市 and 青江省.
        kinds = {place[-1]: place for place in self.above}
        return _ends(longer, shorter) and all(kinds.get(place[-1], place) == place for place in other.above)

    def is_surely(self, other: Body) -> bool:
        """Whether both are one body beyond doubt."""
        return self.certain and other.certain and self.key == other.key and self.may_be(other)


class BodyModel(Struct):
    """Patterns that take names of bodies apart; see `grammars/common/bodies.yaml`."""

    levels: Mapping[str, Pattern]
    patterns: Mapping[str, Pattern]
    above: str
    table: FoldTable

    def named(self, name: str, above: tuple[str, ...] = ()) -> Body:
        """The body with this name; `above` are the places that are known to lie above it."""
        text = self.folded(name)
        region, rest = self._places(text)
        if above and region[:1] == above[-1:]:
            region = (*above, *region[1:])
        elif above and (not region or _depth(self._level(region[:1])) > _depth(self._level(above))):
            region = (*above, *region)
        return self._body(region, "" if self.patterns["government"].search(rest) else rest)

    def identify(self, report: Report) -> Body:
        """The body that issued a report: by its title, its signature, its opening words, its path, in this order."""
        title = "".join(self.patterns["title"].split(self.folded(report.title or "")))
        name, _, remark = title.rstrip(")").partition("(")
        if not name or not remark:
            name, remark = name or remark, ""
        region, organ = self._places(name)
        if self.patterns["own"].search(remark):
            organ += remark
        issuer, writer = self._places(self.folded(report.issuer or ""))
        doubtful = False
        if not region and not organ:
            region, organ = issuer, writer
            # Without a title nothing says whether the office reports for its government or for itself.
            doubtful = bool(self.patterns["office"].search(organ))
            organ = "" if doubtful else organ
        if not region and not organ:
            region, organ = self._places(self.folded(report.region or ""))
        if self.patterns["government"].search(organ):
            organ = ""
        if not region and organ and organ == writer:
            region = issuer
        body = self._body(self._completed(region, issuer, report), organ)
        return self._body(body.region, organ, doubtful) if doubtful else body

    def located(self, report: Report) -> Report:
        """`report` with all places of its body as its region, as far as they are known: there are two 西湖区."""
        return evolve(report, region=self.identify(report).place or report.region)

    def folded(self, text: str) -> str:
        """Text in the form that the patterns see."""
        return re.sub(r"\s", "", text.translate(self.table))

    def _body(self, region: tuple[str, ...], organ: str, doubtful: bool = False) -> Body:
        unique = [i for i, place in enumerate(region) if self.patterns["unique"].search(place)]
        own = region[unique[-1] :] if unique else region
        known = bool(unique) if region else bool(self.patterns["national"].search(organ))
        return Body(region, organ, self._level(region), (own, organ), known and not doubtful)

    def _level(self, region: tuple[str, ...]) -> str:
        at = -1
        for place in region:
            if self.patterns["whole"].fullmatch(place):
                at = _LEVELS.index("county")
            else:
                at = next((i for i in range(at + 1, 4) if self.levels[_LEVELS[i]].fullmatch(place)), at)
        return _LEVELS[at] if region else "national"

    def _places(self, name: str) -> tuple[tuple[str, ...], str]:
        """The places that a name begins with, outermost first, and what is left of it."""
        places: list[str] = []
        for level in _LEVELS:
            # 越秀区人民政府北京街道: the government in between names no organ.
            rest = re.sub("^人民政府(?=.)", "", name) if level == "township" else name
            match = self.patterns["whole"].match(rest) if level in ("prefecture", "county") else None
            match = match or self.levels[level].match(rest)
            if match:
                places.append(match.group())
                name = rest[match.end() :]
        return tuple(places), name

    def _completed(self, region: tuple[str, ...], issuer: tuple[str, ...], report: Report) -> tuple[str, ...]:
        """The region with the places above it that the report or its path name, where they are needed."""
        if not region or any(self.patterns["unique"].search(place) for place in region):
            return region
        if len(issuer) > len(region) and _ends(issuer, region):
            return issuer
        found = {*self._said_above(region[0], report)} or {*self._folders_above(region, report)}
        return (*found.pop(), *region) if len(found) == 1 else region

    def _said_above(self, place: str, report: Report) -> Iterator[tuple[str, ...]]:
        text = self.folded(report.document.text[:_SEARCHED])
        for match in Pattern(self.above.replace("{place}", re.escape(place))).finditer(text):
            yield (match["above"],)

    def _folders_above(self, region: tuple[str, ...], report: Report) -> Iterator[tuple[str, ...]]:
        folders: tuple[str, ...] = ()
        for part in PurePath(report.source).parts[:-1]:
            places, rest = self._places(self.folded(part))
            if places and not rest:
                folders = places if len(places) > 1 else (*folders, *places)
        if _ends(folders, region):
            folders = folders[: len(folders) - len(region)]
        if folders and self.patterns["unique"].search(folders[-1]):
            yield folders


def load_bodies(packs: Packs, table: FoldTable) -> BodyModel:
    """The model of the packs, `table` being their folding of characters. Raises PackError for what is wrong in it."""
    from gouji import schema

    file = next(f for root in packs.grammar_roots for f in sorted(root.glob("*/bodies.yaml")))
    data = schema.keys(read(file), ("levels", *_PATTERNS), ("levels", *_PATTERNS), str(file))
    named = schema.keys(data["levels"], _LEVELS, _LEVELS, str(file))
    levels = {name: schema.pattern(named[name]) for name in _LEVELS}
    patterns = {name: schema.pattern(data[name]) for name in _PATTERNS if name != "above"}
    return BodyModel(levels, patterns, schema.text(data["above"]), table)


def _depth(level: str) -> int:
    return _LEVELS.index(level) if level in _LEVELS else -1


def _ends(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    return len(shorter) <= len(longer) and longer[len(longer) - len(shorter) :] == shorter
