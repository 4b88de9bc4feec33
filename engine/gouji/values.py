"""What makes a class a value, once for all classes that are values.

attrs and `typing.NamedTuple` write methods anew for every class and compile them at every start, which for the classes
of this program takes a third of the start of a command. Records, which others use, are attrs classes that take
equality, hash and a readable form from `Value`. What the engine itself hands around is a `Struct`: to whoever checks
types it is a NamedTuple, and it behaves like one.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from attrs import NOTHING, frozen

__all__ = ["Struct", "Value", "record"]

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


if TYPE_CHECKING:
    from typing import NamedTuple as Struct

    from attrs import frozen as record
else:

    def record(kind):
        """A frozen attrs class, a Value, whose values are made as fast as those of a class that is not frozen.

        attrs sets each field of a frozen value by a call. Here a value belongs to a class below its own, which is not
        frozen, until its fields are set. (Between a class and one that adds no fields a value changes soonest.)
        """
        kind = frozen(init=False, eq=False, repr=False, weakref_slot=False)(kind)
        thawed = {name: getattr(object, name) for name in ("__setattr__", "__delattr__")}
        twin = type(kind.__name__, (kind,), {"__slots__": (), **thawed})
        defaults = {a.alias: a.default for a in kind.__attrs_attrs__}
        given = [name if default is NOTHING else f"{name}=_defaults[{name!r}]" for name, default in defaults.items()]
        steps = [
            "_open(self, '__class__', _twin)",
            *(f"self.{a.name} = {a.alias}" for a in kind.__attrs_attrs__),
            "self.__class__ = _kind",
        ]
        made = {"_open": object.__setattr__, "_twin": twin, "_kind": kind, "_defaults": defaults}
        exec(f"def __init__(self, {', '.join(given)}):\n " + "\n ".join(steps), made)
        kind.__init__ = made["__init__"]
        return kind

    try:
        # What named tuples are read by; the way through a property takes twice as long.
        from _collections import _tuplegetter as _getter
    except ImportError:

        def _getter(place, _):
            return property(itemgetter(place))

    class _StructType(type):
        """Makes the fields of a Struct from its annotations, which the module must not evaluate."""

        def __new__(cls, name, bases, namespace):
            made = super().__new__(cls, name, bases, {"__slots__": (), **namespace})
            if bases == (tuple,):
                return made
            if bases != (Struct,):
                raise TypeError(f"{name}: nothing can be made from a Struct but its values")
            fields = made._fields = made.__match_args__ = tuple(namespace.get("__annotations__", ()))
            optional = [field for field in fields if field in namespace]
            required = len(fields) - len(optional)
            if optional != [*fields[required:]]:
                raise TypeError(f"{name}: a field without a default follows one that has one")
            defaults = made._defaults = tuple([namespace[field] for field in optional])
            made._rests = {required + n: defaults[n:] for n in range(len(defaults) + 1)}
            for place, field in enumerate(fields):
                setattr(made, field, _getter(place, ""))
            return made

    class Struct(tuple, metaclass=_StructType):
        """A tuple whose places have names: a NamedTuple without code of its own."""

        def __new__(cls, *values, **named):
            """The values of all fields, by place or by name. Raises TypeError where they are not those of the class."""
            if named:
                values = cls._whole(values, named)
            elif rest := cls._rests.get(len(values)):
                values += rest
            elif rest is None:
                raise cls._misfit()
            return tuple.__new__(cls, values)

        @classmethod
        def _whole(cls, values, named):
            """The values of all fields. Raises TypeError for one that is missing, given twice or unknown."""
            fields = cls._fields
            given = dict(zip(fields, values, strict=False))
            optional = fields[len(fields) - len(cls._defaults) :]
            whole = {**dict(zip(optional, cls._defaults, strict=True)), **given, **named}
            if len(values) > len(fields) or not given.keys().isdisjoint(named) or whole.keys() != {*fields}:
                raise cls._misfit()
            return [whole[field] for field in fields]

        @classmethod
        def _misfit(cls):
            return TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")

        def _replace(self, **named):
            """The same with other values of the fields `named`. Raises TypeError for an unknown field."""
            return tuple.__new__(type(self), self._whole((), {**self._asdict(), **named}))

        __replace__ = _replace

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            shown = (f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({', '.join(shown)})"

        def __reduce__(self):
            # The values are whole: they come back without a look at them.
            return tuple.__new__, (type(self), self[:])
