"""Structs behave as named tuples do, records as frozen attrs classes."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError

from gouji.spans import Span
from gouji.values import Struct, Value, record


class Point(Struct):
    x: int
    y: int = 2
    label: str = ""

    @property
    def sum(self) -> int:
        return self.x + self.y


def test_values_by_place_and_by_name() -> None:
    assert Point(1) == Point(1, 2) == Point(x=1, y=2, label="") == (1, 2, "")
    assert Point(1, label="a") == (1, 2, "a")
    assert (Point(1).x, Point(1).y, Point(1).label, Point(1).sum) == (1, 2, "", 3)
    assert hash(Point(1)) == hash((1, 2, ""))
    assert repr(Point(1)) == "Point(x=1, y=2, label='')"


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, 2, "", 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1}), ((), {"y": 1})]
)
def test_values_that_are_not_those_of_the_class(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Point takes x, y, label"):
        Point(*values, **named)


def test_other_values() -> None:
    assert Point(1)._replace(y=5) == (1, 5, "")
    assert Point(1)._asdict() == {"x": 1, "y": 2, "label": ""}
    named: dict[str, Any] = {"z": 1}
    with pytest.raises(TypeError):
        Point(1)._replace(**named)
    with pytest.raises(AttributeError):
        Point(1).__setattr__("x", 2)
    with pytest.raises(AttributeError):
        Point(1).__setattr__("z", 2)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, *(lambda one, p=p: pickle.loads(pickle.dumps(one, p)) for p in range(2, 6))]
)
def test_copies(again: Any) -> None:
    found = again(Point(1, 3, "a"))
    assert type(found) is Point
    assert found == Point(1, 3, "a")


def test_patterns_match_by_place() -> None:
    match Point(1, 3):
        case Point(x, y):
            assert (x, y) == (1, 3)


def test_what_cannot_be_a_struct() -> None:
    made: Any = type(Point)
    with pytest.raises(TypeError, match="nothing can be made"):
        type("Sub", (Point,), {})
    with pytest.raises(TypeError, match="a field without a default"):
        made("Late", (Struct,), {"__annotations__": {"a": "int", "b": "int"}, "a": 1})


@record
class Reading(Value):
    path: str
    span: Span
    value: int | None = None


def test_records_are_frozen_values() -> None:
    one = Reading("a", Span(1, 3), value=5)
    assert one == Reading("a", Span(1, 3), 5) != Reading("a", Span(1, 3))
    assert hash(one) == hash(evolve(one))
    assert (evolve(one, path="b").path, Reading("a", one.span).value, type(one)) == ("b", None, Reading)
    assert repr(one) == "Reading(path='a', span=Span(start=1, end=3), value=5)"
    with pytest.raises(FrozenInstanceError):
        one.__setattr__("path", "b")
    with pytest.raises(FrozenInstanceError):
        one.__delattr__("path")
    incomplete: Any = Reading
    with pytest.raises(TypeError):
        incomplete("a")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_of_records(again: Any) -> None:
    found = again(Reading("a", Span(100, 300)))
    assert found == Reading("a", Span(100, 300))
    assert (type(found), len(found.span)) == (Reading, 200)
    with pytest.raises(FrozenInstanceError):
        found.__setattr__("path", "b")
