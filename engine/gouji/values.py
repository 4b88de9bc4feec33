"""What makes a class a value, once for all classes that are values.

attrs and `typing.NamedTuple` write methods anew for every class and compile them at every start, which for the classes
of this program takes a third of the start of a command. Records, which others use, are attrs classes that take
equality, hash and a readable form from `Value`. What the engine itself hands around is a `Struct`.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Sequence

try:
    # What named tuples are read by; the way through a property takes twice as long.
    from _collections import _tuplegetter as _getter  # type: ignore[import-not-found]
except ImportError:

    def _getter(place: int, _: str) -> Any:
        return property(itemgetter(place))


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


@dataclass_transform(frozen_default=True)
class _StructType(type):
    """Makes the fields of a Struct from its annotations."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _StructType:
        made = super().__new__(cls, name, bases, {"__slots__": (), **namespace})
        if bases != (tuple,):
            fields = tuple(made.__annotations__)
            made._defaults = tuple([namespace[field] for field in fields if field in namespace])
            made._fields = fields
            for place, field in enumerate(fields):
                setattr(made, field, _getter(place, ""))
        return made

    _fields: tuple[str, ...]
    _defaults: tuple[Any, ...]


class Struct(tuple[Any, ...], metaclass=_StructType):
    """A tuple whose places have names: a NamedTuple without code of its own."""

    _fields: ClassVar[tuple[str, ...]]
    _defaults: ClassVar[tuple[Any, ...]]

    if not TYPE_CHECKING:

        def __new__(cls, *values, **named):  # noqa: D102
            if named:
                values = cls._whole(values, named)
            elif missing := len(cls._fields) - len(values):
                if not 0 < missing <= len(cls._defaults):
                    raise cls._misfit()
                values += cls._defaults[-missing:]
            return tuple.__new__(cls, values)

    @classmethod
    def _whole(cls, values: Sequence[Any], named: dict[str, Any]) -> list[Any]:
        """The values of all fields. Raises TypeError for one that is missing, given twice or unknown."""
        fields = cls._fields
        given = dict(zip(fields, values, strict=False))
        optional = fields[len(fields) - len(cls._defaults) :]
        whole = {**dict(zip(optional, cls._defaults, strict=True)), **given, **named}
        if len(values) > len(fields) or not given.keys().isdisjoint(named) or whole.keys() != {*fields}:
            raise cls._misfit()
        return [whole[field] for field in fields]

    @classmethod
    def _misfit(cls) -> TypeError:
        return TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")

    def _replace(self, **named: Any) -> Self:
        """The same with other values of the fields `named`. Raises TypeError for an unknown field."""
        return tuple.__new__(type(self), self._whole((), {**self._asdict(), **named}))

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The values are whole: they come back without a look at them.
        return tuple.__new__, (type(self), tuple(self))
