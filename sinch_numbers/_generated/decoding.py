"""How generated models read JSON values, and write back what they read.

A value that does not fit is never lost and never raises: it stays in the model's `additional_properties` under its own name, the
attribute is None (or an empty list), and `on_drift` hears of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast

from .enums import OpenEnum
from .types import Drift, JsonNumber, OnDrift

T = TypeVar("T")
E = TypeVar("E", bound=OpenEnum)

_SECRET = re.compile("secret|password|token", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?", re.ASCII)


class Misfit(Exception):
    """A JSON value is not of the expected type."""


class Unsent(list[T]):
    """A list that is not written back as it stands: nothing was sent, or what was sent is in `additional_properties`."""

    __slots__ = ()


class Renamed(str):
    """A string that came under another name than its field's; it is in `additional_properties` under that one."""

    __slots__ = ()


class Timestamp(datetime):
    """A time that remembers its text, which may have more digits than the six that a datetime holds."""

    __slots__ = ("text",)
    text: str

    def __reduce_ex__(self, protocol: Any) -> Any:
        text = getattr(self, "text", None)
        return super().__reduce_ex__(protocol) if text is None else (to_timestamp, (text,))


class WireDecimal(Decimal):
    """An exact decimal that remembers whether it came as a string or as a number, and its text."""

    __slots__ = ("wire",)
    wire: str | int | float

    def __reduce__(self) -> Any:
        wire = getattr(self, "wire", None)
        return (Decimal, (str(self),)) if wire is None else (to_decimal, (wire,))


# --- From JSON: each raises Misfit, and nothing else. ---------------------------------------------------------------


def to_str(value: Any) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise Misfit


def to_bool(value: Any) -> bool:
    """A boolean."""
    if isinstance(value, bool):
        return value
    raise Misfit


def to_int(value: Any) -> int:
    """An integer, which JSON may also write as 1.0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise Misfit


def to_float(value: Any) -> float:
    """A number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise Misfit


def to_any(value: Any) -> Any:
    """Whatever it is."""
    return value


def to_timestamp(value: Any) -> datetime:
    """A time with zone; one without means UTC."""
    if not isinstance(value, str):
        raise Misfit
    try:
        result = Timestamp.fromisoformat(value)
    except ValueError:
        result = _unusual_timestamp(value)
    if result.tzinfo is None:
        result = result.replace(tzinfo=UTC)
    result.text = value
    return result


def _unusual_timestamp(value: str) -> Timestamp:
    """What the fast parser refuses: a small `t` or `z`, the hour 24."""
    from dateutil.parser import isoparse  # here, because hardly any process needs it

    try:
        found = isoparse(value)
        return Timestamp.combine(found.date(), found.timetz())
    except (ValueError, OverflowError):
        raise Misfit from None


def to_decimal(value: Any) -> Decimal:
    """An exact decimal, of a string or a number."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, JsonNumber):
        text = value.text
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        text = str(value)
    else:
        raise Misfit
    if not _DECIMAL.fullmatch(text):
        raise Misfit
    result = WireDecimal(text)
    if not isinstance(value, Decimal):
        result.wire = cast("str | int | float", value)
    return result


def as_sent(value: Any) -> Any:
    """A value that a request requires. Read back from a request that lacks it, it is None after all."""
    return value


def given(value: object) -> bool:
    """Whether a value that a request requires is there."""
    return value is not None


# --- To JSON. -------------------------------------------------------------------------------------------------------


def from_timestamp(value: datetime) -> str:
    """The text that the time came with; otherwise ISO 8601 with a zone."""
    text: str | None = getattr(value, "text", None)
    if text is not None:
        return text
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return aware.isoformat().replace("+00:00", "Z")


def from_decimal(value: Decimal) -> str | int | float:
    """What the decimal came as; otherwise a string."""
    wire: str | int | float | None = getattr(value, "wire", None)
    return format(value, "f") if wire is None else wire


# --- Fields of a model: `rest` is what becomes of `additional_properties`. ------------------------------------------


def value(
    rest: dict[str, Any],
    model: str,
    key: str,
    raw: Any,
    convert: Callable[[Any], T],
    on_drift: OnDrift | None,
) -> T | None:
    """`raw` converted, or None where it does not fit."""
    try:
        return convert(raw)
    except Misfit:
        _keep(rest, model, key, raw, on_drift)
        return None


def enum(rest: dict[str, Any], model: str, key: str, raw: Any, kind: type[E], on_drift: OnDrift | None) -> E | None:
    """The member of `kind`, known or not, or None where `raw` is no string."""
    try:
        return cast(E, kind._value2member_map_[raw])
    except (KeyError, TypeError):  # an unknown value, or no string
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
    """The object that `decode` makes of `raw`, or None where `raw` is no object."""
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
    """The items of a list. Where one does not fit, the list has the others, and all of it stays in `rest`."""
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


def enums(rest: dict[str, Any], model: str, key: str, raw: Any, kind: type[E], on_drift: OnDrift | None) -> list[E]:
    """As `items`, for an enum."""
    known = kind._value2member_map_
    try:
        return cast("list[E]", [known[item] for item in raw])
    except (KeyError, TypeError):  # an unknown value, or no string, or no list
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
    """As `items`, for objects."""
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


def _keep(rest: dict[str, Any], model: str, key: str, raw: Any, on_drift: OnDrift | None, culprit: Any = ...) -> None:
    if key in rest:
        return
    rest[key] = raw
    report(on_drift, model, key, "wrong type", json_type(raw if culprit is ... else culprit))


def report(on_drift: OnDrift | None, model: str, field: str, problem: str, found: str) -> None:
    """Tells `on_drift`, if there is one."""
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


def masked(value: Any) -> str:
    """The repr of what a model kept, without the values of secrets."""
    return repr(_masked(value))


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {key: "***" if _SECRET.search(str(key)) else _masked(inner) for key, inner in fields.items()}
    if isinstance(value, list):
        return [_masked(item) for item in cast("list[object]", value)]
    return value


def alias(rest: dict[str, Any], key: str) -> str | None:
    """What came under an old name. It stays in `rest`, and is written back under that name."""
    found = rest.get(key)
    return Renamed(found) if isinstance(found, str) else None
