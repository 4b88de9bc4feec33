"""The kinds of checks between reports: what their rules are written with. `crosschecks` runs them."""

from __future__ import annotations

from gouji import schema
from gouji.kinds import Kind

_YEARS = ("year", "last_year", "body")
_LEVELS = ("year", "body", "read", "of", "missing")

CROSS_KINDS: dict[str, Kind] = {
    # An equation between this year's figures and last year's (`prev.`).
    "between_years": Kind(None, {}, (), _YEARS, equation=True, between=True),
    # A figure that is out of proportion to last year's: beyond a factor, or exactly one of some factors.
    "scale": Kind(
        None,
        {"metrics": schema.below, "above": schema.number, "beyond": schema.number, "exactly": schema.numbers},
        ("metrics", "above"),
        ("label", "factor", *_YEARS),
        between=True,
    ),
    # Whole tables that are those of last year.
    "copied": Kind(
        None,
        {"tables": schema.table(schema.record(title=schema.message, metrics=schema.below)), "distinct": schema.number},
        ("tables", "distinct"),
        ("tables", "count", *_YEARS),
        between=True,
    ),
    # What the text says about the change since last year.
    "growth": Kind(
        None,
        {
            "said": schema.pattern,
            "falls": schema.pattern,
            "least": schema.number,
            "also": schema.by_metric(schema.metrics),
        },
        ("said", "falls", "least"),
        ("label", "stated", "actual", *_YEARS),
        between=True,
    ),
    # Two different reports of one body on one year.
    "copies": Kind(None, {}, (), ("count", "labels", *_YEARS), between=True),
    # An equation between a body and those below it (`children.`).
    "between_levels": Kind(None, {}, (), (*_LEVELS, "label"), equation=True, between=True),
    # How many bodies report, as the text says and as the roster has it.
    "roster": Kind(None, {"metrics": schema.metrics}, ("metrics",), ("label", *_LEVELS), between=True),
    # What is missing of the level below, and between which bounds it would have to lie.
    "coverage": Kind(None, {"metrics": schema.metrics}, ("metrics",), _LEVELS, between=True),
}
