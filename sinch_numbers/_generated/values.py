"""JSON values as Python ones: each remembers what a plain Python value would lose, so that it is written back as it came."""

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
    """A list that is not written back as it stands: nothing was sent, or what was sent is in `additional_properties`."""

    __slots__ = ()


class Missing(str):
    """The empty string where the document requires one and none came; it is not written back. There is one: `MISSING`."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "MISSING"


MISSING = Missing()


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


# --- To people. -------------------------------------------------------------------------------------------


def masked(value: Any) -> str:
    """The repr of what a model kept, without the values of secrets and without what lies deep."""
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
