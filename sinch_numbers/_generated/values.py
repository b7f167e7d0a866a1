"""Converts JSON values to Python values that keep their original form, so that they are written back unchanged."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast

from .types import JsonNumber

T = TypeVar("T")

_SECRET = re.compile("secret|password|token", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?", re.ASCII)


class Misfit(Exception):
    """A JSON value is not of the expected type."""


class Unsent(list[T]):
    """A list that is not written back: the response had none, or the raw one is in `additional_properties`."""

    __slots__ = ()


class Missing(str):
    """The empty string in place of a required one that is missing; not written back. The only instance is `MISSING`."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "MISSING"


MISSING = Missing()


class Renamed(str):
    """A string received under an older name of its field; it is in `additional_properties` under that name."""

    __slots__ = ()


class Timestamp(datetime):
    """A time that keeps its text, which can have more than the six fractional digits of a datetime."""

    __slots__ = ("text",)
    text: str

    def __reduce_ex__(self, protocol: Any) -> Any:
        text = getattr(self, "text", None)
        return super().__reduce_ex__(protocol) if text is None else (to_timestamp, (text,))


class WireDecimal(Decimal):
    """An exact decimal that keeps whether it was a string or a number, and its text."""

    __slots__ = ("wire",)
    wire: str | int | float

    def __reduce__(self) -> Any:
        wire = getattr(self, "wire", None)
        return (Decimal, (str(self),)) if wire is None else (to_decimal, (wire,))


# --- From JSON: each raises Misfit for a wrong type, and nothing else. ----------------------------------------------


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
    """Any value, unchanged."""
    return value


def to_timestamp(value: Any) -> datetime:
    """A time with its zone; UTC if it has none."""
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
    """Times that the fast parser rejects: with a lower-case `t` or `z`, or the hour 24."""
    # Imported here, because few processes need it.
    from dateutil.parser import isoparse

    try:
        found = isoparse(value)
        return Timestamp.combine(found.date(), found.timetz())
    except (ValueError, OverflowError):
        raise Misfit from None


def to_decimal(value: Any) -> Decimal:
    """An exact decimal, from a string or a number."""
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
    """A required value of a request. It is None if the request is decoded from JSON without it."""
    return value


def given(value: object) -> bool:
    """Whether a required value of a request is present."""
    return value is not None


# --- To JSON. -------------------------------------------------------------------------------------------------------


def from_timestamp(value: datetime) -> str:
    """The original text of the time; without one, ISO 8601 with a zone."""
    text: str | None = getattr(value, "text", None)
    if text is not None:
        return text
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return aware.isoformat().replace("+00:00", "Z")


def from_decimal(value: Decimal) -> str | int | float:
    """The original form of the decimal; without one, a string."""
    wire: str | int | float | None = getattr(value, "wire", None)
    return format(value, "f") if wire is None else wire


# --- For people. -------------------------------------------------------------------------------------------


def masked(value: Any) -> str:
    """The repr of a model's additional properties, without the values of secrets and without deeply nested values."""
    return repr(_masked(value))


def _masked(value: Any, depth: int = 8) -> Any:
    if isinstance(value, dict | list) and depth == 0:
        return "..."
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {
            key: "***" if _SECRET.search(str(key)) else _masked(inner, depth - 1)
            for key, inner in fields.items()
        }
    if isinstance(value, list):
        return [_masked(item, depth - 1) for item in cast("list[object]", value)]
    return value
