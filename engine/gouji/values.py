"""What makes a frozen class a value: equality, hash and a readable form, by its fields.

attrs would write these methods anew for every class and compile them at every start; one definition serves all.
"""

from __future__ import annotations

from typing import Any


class Value:
    """Base of frozen attrs classes (`@frozen(eq=False, repr=False)`) that compare and print by their fields."""

    __slots__ = ()
    __attrs_attrs__: tuple[Any, ...]

    def _fields(self) -> tuple[Any, ...]:
        return tuple(getattr(self, a.name) for a in self.__attrs_attrs__ if a.eq)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((type(self), self._fields()))

    def __repr__(self) -> str:
        shown = (f"{a.name}={getattr(self, a.name)!r}" for a in self.__attrs_attrs__ if a.repr is not False)
        return f"{type(self).__name__}({', '.join(shown)})"
