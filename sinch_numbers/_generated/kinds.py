"""The fields of the models as a table: how each value is read from JSON and written to it, and its Python type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import methodcaller
from typing import Any, NamedTuple

from . import values
from .types import Drift, OnDrift
from .values import Misfit

__all__ = [
    "ANY",
    "BOOL",
    "DECIMAL",
    "FLOAT",
    "INT",
    "STR",
    "TIME",
    "Field",
    "Kind",
    "Place",
    "json_type",
    "model",
]


class Place(NamedTuple):
    """The model and field that a value belongs to, for reports of what is wrong with it."""

    model: str
    key: str
    on_drift: OnDrift | None

    def report(self, problem: str, found: str) -> None:
        """Calls the hook, if there is one."""
        if self.on_drift is not None:
            self.on_drift(Drift(model=self.model, field=self.key, problem=problem, found=found))


class Kind(NamedTuple):
    """How to read and write values of one type."""

    read: Callable[[Any, Place], Any]
    """Raises Misfit for a value of the wrong type."""
    write: Callable[[Any], Any]
    request: Callable[[Any], Any]
    """Writes the value as it is sent."""
    type: Any
    """The Python type of a value, as in the annotation."""
    keeps_json: bool = False
    """Whether a value can have several forms in JSON, so that the one it came in is kept beside it."""


class Field(NamedTuple):
    """One attribute of a model."""

    name: str
    json: str
    kind: Kind
    many: bool = False
    """Whether it is a list of values."""
    required: bool = False
    """Whether input must have it. Responses are read without it."""
    text: bool = False
    """Whether it is a string that is empty, not None, if the response lacks it."""
    read_only: bool = False
    aliases: tuple[str, ...] = ()
    """Older JSON names."""
    constant: str | None = None
    """The only value that a union's discriminator has in this class."""


def _same(value: Any) -> Any:
    return value


def _kind(
    read: Callable[[Any], Any], python: Any, write: Callable[[Any], Any] = _same, *, keeps_json: bool = False
) -> Kind:
    def convert(raw: Any, place: Place) -> Any:
        return read(raw)

    return Kind(convert, write, write, python, keeps_json)


ANY = _kind(values.to_any, Any)
BOOL = _kind(values.to_bool, bool)
DECIMAL = _kind(values.to_decimal, Decimal, values.from_decimal, keeps_json=True)
FLOAT = _kind(values.to_float, float, keeps_json=True)
INT = _kind(values.to_int, int, keeps_json=True)
STR = _kind(values.to_str, str)
TIME = _kind(values.to_time, datetime, values.from_time, keeps_json=True)


def model(decode: Callable[[Any, OnDrift | None], Any], python: Any) -> Kind:
    """An object, or a union of objects: `decode` makes the instance."""

    def read(raw: Any, place: Place) -> Any:
        if isinstance(raw, Mapping):
            return decode(raw, place.on_drift)
        raise Misfit

    return Kind(read, methodcaller("to_dict"), methodcaller("to_request"), python)


def json_type(value: Any) -> str:
    """The name of the JSON type of `value`."""
    for kind, name in _JSON_TYPES:
        if isinstance(value, kind):
            return name
    return type(value).__name__


_JSON_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    ((int, float, Decimal), "number"),
    (str, "string"),
    (list, "array"),
    (Mapping, "object"),
)
