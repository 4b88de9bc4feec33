"""The kinds of checks that rule files may use."""

from __future__ import annotations

from gouji import schema
from gouji.blankchecks import BLANK_KINDS
from gouji.crosskinds import CROSS_KINDS
from gouji.datechecks import DATE_KINDS
from gouji.figurechecks import FIGURE_KINDS
from gouji.formchecks import FORM_KINDS
from gouji.growthchecks import GROWTH_KINDS
from gouji.kinds import Kind
from gouji.listchecks import LIST_KINDS
from gouji.scopechecks import SCOPE_KINDS
from gouji.sharechecks import SHARE_KINDS
from gouji.textchecks import TEXT_KINDS

KINDS: dict[str, Kind] = {
    "equation": Kind(None, {"hint_of": schema.words}, equation=True),
    **FIGURE_KINDS,
    **BLANK_KINDS,
    **FORM_KINDS,
    **DATE_KINDS,
    **TEXT_KINDS,
    **SHARE_KINDS,
    **GROWTH_KINDS,
    **LIST_KINDS,
    **SCOPE_KINDS,
    **CROSS_KINDS,
}
