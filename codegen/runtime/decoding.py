"""Reads the fields of a JSON object for generated models.

A value of the wrong type is never lost and never raises: it stays in the model's `additional_properties` under its own name, the
attribute is None (or an empty list, or an empty string if the document requires a string), and `on_drift` is called.

`rest` is the object without the fields already read; it becomes `additional_properties`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar, cast

from .enums import OpenEnum
from .types import Drift, OnDrift
from .values import MISSING, Misfit, Renamed, Unsent, to_str

T = TypeVar("T")
E = TypeVar("E", bound=OpenEnum)


def value(
    rest: dict[str, Any],
    model: str,
    key: str,
    raw: Any,
    convert: Callable[[Any], T],
    on_drift: OnDrift | None,
) -> T | None:
    """`raw` converted, or None if it has the wrong type."""
    try:
        return convert(raw)
    except Misfit:
        _keep(rest, model, key, raw, on_drift)
        return None


def text(rest: dict[str, Any], model: str, key: str, raw: Any, on_drift: OnDrift | None) -> str:
    """A string that the document requires, or MISSING if `raw` is not a string."""
    if isinstance(raw, str):
        return raw
    if raw is None:
        report(on_drift, model, key, "missing", "nothing")
    else:
        _keep(rest, model, key, raw, on_drift)
    return MISSING


def enum(
    rest: dict[str, Any], model: str, key: str, raw: Any, kind: type[E], on_drift: OnDrift | None
) -> E | None:
    """The member of `kind`, known or not, or None if `raw` is not a string."""
    try:
        return cast(E, kind._value2member_map_[raw])
    except (KeyError, TypeError):  # an unknown value, or not a string
        pass
    if isinstance(raw, str):
        return _member(model, key, raw, kind, on_drift)
    _keep(rest, model, key, raw, on_drift)
    return None


def model(
    rest: dict[str, Any],
    name: str,
    key: str,
    raw: Any,
    decode: Callable[[Any, OnDrift | None], T],
    on_drift: OnDrift | None,
) -> T | None:
    """`raw` decoded, or None if it is not an object."""
    if raw.__class__ is dict or isinstance(raw, Mapping):
        return decode(raw, on_drift)
    _keep(rest, name, key, raw, on_drift)
    return None


def items(
    rest: dict[str, Any],
    model: str,
    key: str,
    raw: Any,
    convert: Callable[[Any], T],
    on_drift: OnDrift | None,
) -> list[T]:
    """The items of a list. If one has the wrong type, it is left out, and the whole raw list stays in `rest`."""
    if not isinstance(raw, list):
        _keep(rest, model, key, raw, on_drift)
        return Unsent()
    result: list[T] = []
    for item in cast("list[object]", raw):
        try:
            result.append(convert(item))
        except Misfit:
            _keep(rest, model, key, raw, on_drift, item)
    return Unsent(result) if key in rest else result


def enums(
    rest: dict[str, Any], model: str, key: str, raw: Any, kind: type[E], on_drift: OnDrift | None
) -> list[E]:
    """Like `items`, for an enum."""
    if isinstance(raw, list):
        known = kind._value2member_map_
        try:
            return cast("list[E]", [known[item] for item in cast("list[str]", raw)])
        except (KeyError, TypeError):  # an unknown value, or not a string
            pass

    def convert(item: Any) -> E:
        return _member(model, key, to_str(item), kind, on_drift)

    return items(rest, model, key, raw, convert, on_drift)


def models(
    rest: dict[str, Any],
    name: str,
    key: str,
    raw: Any,
    decode: Callable[[Any, OnDrift | None], T],
    on_drift: OnDrift | None,
) -> list[T]:
    """Like `items`, for objects."""
    if isinstance(raw, list) and all(item.__class__ is dict for item in cast("list[object]", raw)):
        return [decode(item, on_drift) for item in cast("list[object]", raw)]

    def convert(item: Any) -> T:
        if isinstance(item, Mapping):
            return decode(item, on_drift)
        raise Misfit

    return items(rest, name, key, raw, convert, on_drift)


def _member(model: str, key: str, raw: str, kind: type[E], on_drift: OnDrift | None) -> E:
    known = kind._value2member_map_.get(raw)
    if known is not None:
        return cast(E, known)
    report(on_drift, model, key, "unknown value", repr(raw)[:80])
    return kind(raw)


def _keep(
    rest: dict[str, Any], model: str, key: str, raw: Any, on_drift: OnDrift | None, culprit: Any = ...
) -> None:
    if key in rest:
        return
    rest[key] = raw
    report(on_drift, model, key, "wrong type", json_type(raw if culprit is ... else culprit))


def report(on_drift: OnDrift | None, model: str, field: str, problem: str, found: str) -> None:
    """Calls `on_drift`, if there is one."""
    if on_drift is not None:
        on_drift(Drift(model=model, field=field, problem=problem, found=found))


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


def alias(rest: dict[str, Any], key: str) -> str | None:
    """The value under an older name. It stays in `rest`, and is written back under that name."""
    found = rest.get(key)
    return Renamed(found) if isinstance(found, str) else None
