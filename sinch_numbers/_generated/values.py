"""Converts the JSON values of single fields: times, decimals, numbers, strings.

Each function that reads raises Misfit for a value of the wrong type, and nothing else. What it returns has the exact built-in
type: databases and serializers look at `type(value)`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

_SECRET = re.compile("secret|password|token", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?", re.ASCII)


class Misfit(Exception):
    """A JSON value is not of the expected type."""


# --- The fast path: what the API nearly always sends. ---------------------------------------------------------------


def time(text: str) -> datetime:
    """A time as the API writes it. Raises ValueError or TypeError for what `to_time` has to look at."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


@lru_cache(maxsize=1024)
def amount(text: str) -> Decimal:
    """An amount as the API writes it, which `from_decimal` writes in the same way. Raises Misfit for any other.

    The same few prices come again and again: they share one object.
    """
    found = to_decimal(text)
    if from_decimal(found) != text:
        raise Misfit
    return found


# --- From JSON. -----------------------------------------------------------------------------------------------------


def to_str(value: Any) -> str:
    """A string."""
    if isinstance(value, str):
        return str.__str__(value)
    raise Misfit


def to_bool(value: Any) -> bool:
    """A boolean."""
    if isinstance(value, bool):
        return value
    raise Misfit


def to_int(value: Any) -> int:
    """An integer, which JSON may also write as 1.0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise Misfit


def to_float(value: Any) -> float:
    """A number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            pass
    raise Misfit


def to_any(value: Any) -> Any:
    """Any value, unchanged."""
    return value


def to_time(value: Any) -> datetime:
    """A time with its zone; UTC if it has none."""
    if not isinstance(value, str):
        raise Misfit
    try:
        return time(value)
    except ValueError:
        return _unusual_time(value)


def _unusual_time(value: str) -> datetime:
    """Times that the fast parser rejects: with a lower-case `t` or `z`, or the hour 24."""
    # Imported here, because few processes need it.
    from dateutil.parser import isoparse

    try:
        found = isoparse(value)
    except (ValueError, OverflowError):
        raise Misfit from None
    # A zone of the standard library: serializers do not know dateutil's.
    return found.replace(tzinfo=timezone(found.utcoffset() or timedelta(0)))


def to_decimal(value: Any) -> Decimal:
    """An exact decimal, from a string or a number. A JSON number has the precision of a float: 15 digits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise Misfit
    text = value if isinstance(value, str) else str(value)
    if not _DECIMAL.fullmatch(text):
        raise Misfit
    return Decimal(text)


# --- To JSON. -------------------------------------------------------------------------------------------------------


def from_time(value: datetime) -> str:
    """ISO 8601 with a zone."""
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return aware.isoformat().replace("+00:00", "Z")


def from_decimal(value: Decimal) -> str:
    """The decimal as a string."""
    return format(value, "f")


# --- For people. ----------------------------------------------------------------------------------------------------


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
