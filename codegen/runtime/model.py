"""The base class of the generated models.

Each model has a `from_dict` of its own, which is fast for what the API nearly always sends. For anything else it calls `decode`,
which uses the table of the fields: a value of the wrong type is never lost and never raises. It stays in `additional_properties`
under its own name, the attribute is None (or an empty tuple, or an empty string if the document requires a string), and
`on_drift` is called.

Attributes hold plain values: databases and serializers look at `type(value)`. What such a value does not tell, such as the
digits of a time beyond the sixth, is kept beside it in `_wire`: the JSON value that it was read from, which `to_dict` writes as
long as the attribute has the value that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC as UTC
from datetime import datetime
from typing import Any, ClassVar, Self, TypeAlias, TypeVar, cast

import attrs

from . import values
from .kinds import Field, Place, json_type
from .types import OnDrift
from .values import Misfit as Misfit

M = TypeVar("M", bound="Model")
T = TypeVar("T")

Wire: TypeAlias = tuple[tuple[str, Any, Any], ...]
"""For each such field: its JSON name, the JSON value (None if there was none under this name), and the value that was read."""

SURPRISES = (Misfit, KeyError, TypeError, ValueError)
"""What the fast path of `from_dict` raises for a value that it leaves to `decode`."""


class Model:
    """An object of the API: immutable, hashable, and written back as it came."""

    # Here and not in each model: otherwise Python 3.11 does not let a draft become a model.
    __slots__ = ("__weakref__",)

    _request_only: ClassVar[bool] = False
    _not_sent: ClassVar[frozenset[str]] = frozenset()
    """The JSON names that a request leaves out."""

    @classmethod
    def _fields(cls) -> tuple[Field, ...]:
        raise NotImplementedError

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties` and reported to `on_drift`."""
        return decode(cls, src_dict, on_drift)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with everything that it was made of. What is None is left out."""
        return _written(self, request=False)

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what only the API sets."""
        return _written(self, request=True)

    def __repr__(self) -> str:
        shown = [
            f"{own.name}={getattr(self, own.name)!r}"
            for own in _attributes(type(self))
            if own.repr and not _is_empty(self, own)
        ]
        rest: dict[str, Any] = cast(Any, self).additional_properties
        if rest:
            shown.append(f"additional_properties={values.masked(rest)}")
        return f"{type(self).__name__}({', '.join(shown)})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from .pydantic_schema import model_schema

        return model_schema(cls, fields_of(cls), handler)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        from .pydantic_schema import model_json_schema

        return model_json_schema(cls, schema, handler)


def _attributes(cls: type[Model]) -> tuple[Any, ...]:
    found: tuple[Any, ...] = attrs.fields(cast(Any, cls))
    return found


def _is_empty(model: Model, attribute: Any) -> bool:
    """Whether an optional attribute is empty."""
    value = getattr(model, attribute.name)
    return attribute.default is not attrs.NOTHING and (value is None or value in ((), ""))


# --- Making one. ----------------------------------------------------------------------------------------------------


def to_tuple(value: Iterable[T]) -> tuple[T, ...]:
    """Converts the value of an attribute that holds several values. Raises TypeError for a string or a mapping."""
    unfit: object = value
    if isinstance(unfit, str | bytes | Mapping):
        raise TypeError(f"expected several values, not {type(value).__name__}")
    return tuple(value)


def draft(cls: type[Model]) -> Any:
    """A class with the same attributes, which can be set: it becomes `cls` when its `__class__` is set.

    That takes a quarter of the time of the `__init__` of a frozen class.
    """
    return type(cls.__name__, cls.__bases__, {"__slots__": tuple(own.name for own in _attributes(cls))})


# --- From JSON, the fast path. --------------------------------------------------------------------------------------


time = datetime.fromisoformat


def check_items(raw: list[Any], kind: type) -> tuple[Any, ...]:
    """The items of a list, if all of them have exactly the class `kind`. Raises Misfit."""
    for item in raw:
        if item.__class__ is not kind:
            raise Misfit
    return tuple(raw)


def no_items(raw: Any, json: str, wire: Wire) -> tuple[tuple[()], Wire]:
    """An empty list, which is not the same as none at all. Raises Misfit if `raw` is not a list."""
    if raw.__class__ is not list:
        raise Misfit
    return (), (*wire, (json, (), ()))


# --- From JSON, whatever it holds. ----------------------------------------------------------------------------------


_tables: dict[type, tuple[Field, ...]] = {}


def fields_of(cls: type[Model]) -> tuple[Field, ...]:
    """The table of a model's fields."""
    table = _tables.get(cls)
    if table is None:
        table = _tables[cls] = cls._fields()
    return table


def decode(cls: type[M], src_dict: Mapping[str, Any], on_drift: OnDrift | None) -> M:
    """An instance of `cls`, whatever is in `src_dict`."""
    reading = _Reading(cls, src_dict, on_drift)
    found = {field.name: reading.value(field) for field in fields_of(cls)}
    make = cast("Callable[..., M]", cls)
    return make(**found, additional_properties=reading.rest, _wire=tuple(reading.wire))


class _Reading:
    """Reads the fields of one object."""

    def __init__(self, cls: type[Model], src_dict: Mapping[str, Any], on_drift: OnDrift | None) -> None:
        self.cls = cls
        self.on_drift = on_drift
        self.rest = dict(src_dict)
        """What becomes `additional_properties`."""
        self.wire: list[tuple[str, Any, Any]] = []

    def value(self, field: Field) -> Any:
        """The value of `field`, which it takes out of `rest`."""
        place = Place(self.cls.__name__, field.json, self.on_drift)
        raw = self.rest.pop(field.json, None)
        if field.many:
            return self._several(field, place, raw)
        if raw is None:
            return self._absent(field, place)
        try:
            value = field.kind.read(raw, place)
        except Misfit:
            return self._misfit(field, place, raw, raw, "" if field.text else None)
        if field.kind.keeps_json and isinstance(raw, str | int | float):  # Not a Decimal: it is not JSON.
            self.wire.append((field.json, raw, value))
        return value

    def _absent(self, field: Field, place: Place) -> Any:
        for alias in field.aliases:
            if isinstance(self.rest.get(alias), str):
                value = values.to_str(self.rest[alias])
                self.wire.append((field.json, None, value))
                return value
        if not field.text:
            return None
        place.report("missing", "nothing")
        self.wire.append((field.json, None, ""))
        return ""

    def _several(self, field: Field, place: Place, raw: Any) -> tuple[Any, ...] | None:
        if raw is None:
            return None if self.cls._request_only else ()
        if not isinstance(raw, list):
            return self._misfit(field, place, raw, raw, ())
        listed: list[Any] = list(cast("Iterable[Any]", raw))
        items: list[Any] = []
        misfits: list[Any] = []
        for item in listed:
            try:
                items.append(field.kind.read(item, place))
            except Misfit:
                misfits.append(item)
        value = tuple(items)
        if misfits:
            return self._misfit(field, place, raw, misfits[0], value)
        if field.kind.keeps_json or not value:
            self.wire.append((field.json, tuple(listed), value))
        return value

    def _misfit(self, field: Field, place: Place, raw: Any, culprit: Any, value: T) -> T:
        """Keeps `raw`, and returns what the attribute becomes."""
        self.rest[field.json] = raw
        place.report("wrong type", json_type(culprit))
        if value is not None:
            self.wire.append((field.json, None, value))
        return value


# --- To JSON. -------------------------------------------------------------------------------------------------------


def _written(model: Any, *, request: bool) -> dict[str, Any]:
    cls = cast("type[Model]", type(model))
    wire: Wire = model._wire
    kept = {json: (raw, read) for json, raw, read in wire} if wire else {}
    left_out = set(cls._not_sent) if request else set[str]()
    result: dict[str, Any] = {}
    for field in fields_of(cls):
        value = getattr(model, field.name)
        if value is None or (request and field.read_only):
            continue
        json = field.json
        if json in kept:
            raw, read = kept[json]
            if _is_same(value, read):
                if raw is not None:
                    result[json] = list(raw) if field.many else raw
                continue
            left_out.update(field.aliases)
        write = field.kind.request if request else field.kind.write
        if not field.many:
            result[json] = write(value)
        elif value or cls._request_only:
            result[json] = [write(item) for item in value]
    for key, value in model.additional_properties.items():
        if key not in left_out:
            result.setdefault(key, value)
    return result


def _is_same(value: Any, other: Any) -> bool:
    """Whether two values are the same, down to the digits of a decimal and the zone of a time."""
    return value is other or (value == other and repr(value) == repr(other))


# --- Variants of a union that the document does not know. -----------------------------------------------------------


class UnknownVariant(Model):
    """The object as it came."""

    __slots__ = ()

    raw: Mapping[str, Any]

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`, as it is."""
        make = cast("Callable[..., Self]", cls)
        return make(dict(src_dict))

    def to_dict(self) -> dict[str, Any]:
        """The object as it came."""
        return dict(self.raw)

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what only the API sets."""
        return {key: value for key, value in self.raw.items() if key not in self._not_sent}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({values.masked(self.raw)})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from .pydantic_schema import instance_schema

        return instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        from .pydantic_schema import instance_json_schema

        return instance_json_schema(cls, handler)


def report_unknown_variant(union: str, key: str, found: object, on_drift: OnDrift | None) -> None:
    """Reports an object whose discriminator `key` has a value that names no variant of `union`."""
    text = repr(found)[:80] if isinstance(found, str) else json_type(found)
    Place(union, key, on_drift).report("unknown variant", text)
