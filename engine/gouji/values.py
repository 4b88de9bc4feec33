"""What makes a frozen class a value: equality, hash and a readable form, by its fields.

attrs would write these methods anew for every class and compile them at every start; one definition serves all.
"""

from __future__ import annotations

from typing import Any

_NAMES: dict[Any, tuple[str, ...]] = {}


def _names(kind: Any) -> tuple[str, ...]:
    """The fields by which values of `kind` compare."""
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = tuple(a.name for a in kind.__attrs_attrs__ if a.eq)
    return names


class Value:
    """Base of frozen attrs classes (`@frozen(eq=False, repr=False)`) that compare and print by their fields."""

    __slots__ = ()
    __attrs_attrs__: tuple[Any, ...]

    def _fields(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in _names(type(self))])

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        if type(other) is not type(self):
            return NotImplemented
        # Field by field: most values that differ do so at once.
        for name in _names(type(self)):  # noqa: SIM110
            if getattr(self, name) != getattr(other, name):
                return False
        return True

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        shown = (f"{a.name}={getattr(self, a.name)!r}" for a in self.__attrs_attrs__ if a.repr is not False)
        return f"{type(self).__name__}({', '.join(shown)})"
