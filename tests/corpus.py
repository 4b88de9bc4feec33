"""The corpus files of packs, as `gouji grammar test` reads them."""

from gouji.workbench.corpus import Case, cases, observation, read, told

__all__ = ["Case", "cases", "observation", "read", "told"]
