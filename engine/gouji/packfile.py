"""What a pack.yaml holds: every key with the form of its value, checked before anybody reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gouji import schema
from gouji.registry import Registry
from gouji.schema import choice, each, pattern, record, said, some, table, text, words
from gouji.yamlfile import Scalar, invalid, read, unknown

ROWS = ("gaps", "grid", "lines", "series", "stream")
_true = choice(("true", "false"))


def _paths(value: Any, registry: Registry) -> None:
    """A metric, or one or more by era or topic."""
    if isinstance(value, dict):
        table(some(text))(value, registry)
    else:
        text(value)


def _year(value: Any, registry: Registry) -> None:
    if not isinstance(schema.number(value), int):
        raise invalid(value, f"“{value}”不是整数", f"{value!r} is no whole number")


def _optional(**fields: schema.Reader) -> dict[str, Any]:
    return {name: (reader, None) for name, reader in fields.items()}


_ROW = _optional(path=text, cells=some(text), heading=_true, head=choice(("required",)))
_CUE = _optional(
    path=_paths,
    paths=some(text),
    units=text,
    topic=text,
    topics=each(text),
    opens=_true,
    under=each(text),
    unless=pattern,
    eras=each(text),
    value=text,
    becomes=record(parts=each(text), path=text),
    year=_year,
    standing=_true,
    accounts=_true,
    alone=_true,
    outside=each(text),
    off=each(text),
)
_NARRATIVE = dict.fromkeys(
    (
        *("subject", "relevant", "before", "after", "money", "field_headings", "field_exceptions", "complete"),
        *("partial", "scope_part", "scope_whole", "scope_reset", "scope_body", "heading_body", "clause_year"),
        *(
            "other_time",
            "change",
            "plan_headings",
            "account",
            "share",
            "plan_opening",
            "cumulative",
            "own",
            "share_of",
            "ever",
            "year_subject",
            "between",
            "rest",
            "itself",
            "nothing",
            "lead",
        ),
        *("newly", "site", "wide", "negated", "aside", "listed", "joint", "narrows", "subtotal", "taken_away"),
        *("level", "national"),
        "flattened",
    ),
    pattern,
)
_OUTLINE = dict.fromkeys(
    (
        *(
            "heading_end",
            "figure",
            "title",
            "title_mark",
            "heading_counts",
            "title_body",
            "year",
            "date",
            "date_line",
            "published",
            "issuer_line",
            "period",
        ),
        *(
            "title_label",
            "title_lead",
            "title_front",
            "title_tail",
            "title_parts",
            "title_table",
            "title_year",
            "no_title",
            "no_report",
        ),
        *("place_line", "no_issuer", "written_by", "page_body", "page_date", "written", "preface_year"),
        *(
            "region",
            "region_lead",
            "no_region",
            "list_stop",
            "list_comma",
            "list_major",
            "list_lead",
            "list_extra",
            "list_joint",
            "list_verb",
        ),
    ),
    pattern,
)
_HEADS = table(pattern)
_CELLS = table(each(text))
_SHARED = _optional(title=said, authority=said, cells=_CELLS, heads=_HEADS)
_OWN = _SHARED | _optional(
    extends=text,
    layouts=table(record(grammar=text, start=(text, "start"), reads=choice(("table", "chart")), detect=some(pattern))),
    rows=table(record(**_ROW)),
    parts=table(text),
    carriers=table(record(grammar=text, region=text, cell=text, rows=choice(ROWS), opens=(text, None))),
    cues=table(record(**_CUE)),
    narrative=record(
        grammar=text,
        cues=text,
        heading_topics=table(pattern),
        nothing_below=table(pattern),
        wholes=table(each(text)),
        whole_parts=table(each(text)),
        together=table(each(text)),
        units=table(each(text)),
        **_NARRATIVE,
    ),
    outline=record(levels=some(pattern), mentions=table(pattern), **_OUTLINE),
)
_AMENDING = _SHARED | _optional(
    amends=text,
    labels=table(words),
    rows=table(record(label=some(text), like=text, **_ROW)),
    detect=some(pattern),
    cues=table(record(label=some(text), **_CUE)),
    narrative=record(**_optional(**_NARRATIVE)),
    outline=record(**_optional(**_OUTLINE)),
)


def read_pack(folder: Path) -> dict[Any, Any]:
    """The pack.yaml in `folder`, as it is written.

    Raises PackError with file, line and column for a key that there is not, and for a value of another form than its
    key has: a text for a mapping, a mapping for a list, nothing at all.
    """
    content = schema.mapping(read(folder / "pack.yaml"))
    own, other = (_AMENDING, _OWN) if "amends" in content else (_OWN, _AMENDING)
    for key in content:
        if key not in own and key in other:
            if own is _AMENDING:
                raise invalid(
                    key, f"{key} 不能与 amends 同用", f"{key} does not go with amends",
                    "请删去其中之一", "remove one of the two",
                )  # fmt: skip
            raise invalid(
                key, f"{key} 只用于补充其他规则包", f"{key} is for a pack that adds to another",
                "请删去，或写明 amends: 规则包名称", "remove it, or say amends: NAME",
            )  # fmt: skip
    # Which metrics there are is known later.
    record(**own)(content, schema.NO_METRICS)
    return content


def grammar_file(folder: Path, name: Scalar) -> Path:
    """The grammar file that the pack in `folder` names. Raises PackError, with the nearest name, for one that is not there."""
    file = folder / name
    if not file.is_file():
        raise unknown(name, "语法文件", "grammar file", [f.name for f in sorted(folder.glob("*.lark"))])
    return file
