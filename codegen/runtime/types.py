"""Requests, drift, and JSON as bytes. Pure data: performs no HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias, cast
from urllib.parse import quote

import attrs

try:
    import orjson
except ImportError:  # an extra
    orjson = None  # type: ignore[assignment]

_LONG_INTEGER = b"0" * 19
_DIGITS_AS_ZEROS = bytes(
    ord("0") if chr(byte).isdecimal() and byte < 128 else ord(" ") for byte in range(256)
)

__all__ = [
    "DecodeError",
    "Drift",
    "OnDrift",
    "Request",
    "json_body",
    "json_object",
    "path_segment",
    "query_string",
]


@attrs.frozen(kw_only=True)
class Request:
    """A request as pure data, ready to be sent."""

    operation: str
    """The operation's name, such as `RentNumber`."""
    method: str
    """The HTTP method in upper case."""
    path: str
    """Percent-encoded; begins with a slash."""
    query: str = attrs.field(repr=False)
    """Percent-encoded, without the question mark; empty if there is none."""
    body: bytes | None = attrs.field(repr=False)
    """Compact JSON, or None for an operation without a body."""


@attrs.frozen(kw_only=True)
class Drift:
    """A difference between a response and the document. It never contains a value that could be a secret."""

    model: str
    """The class of the model, such as `ActiveNumber`."""
    field: str
    """The JSON name, such as `voiceConfiguration`."""
    problem: str
    """`wrong type`, `missing` (required, and absent or null), `unknown value` (of an enum) or `unknown variant` (of a union)."""
    found: str
    """The value of an enum or a discriminator, cut at 80 characters; for anything else the name of its JSON type,
    or `nothing` if the field is missing."""


OnDrift: TypeAlias = Callable[[Drift], None]


class DecodeError(ValueError):
    """The body of a response is not JSON, or its top level is not an object."""


def json_object(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`. Raises DecodeError if it is not one.

    With orjson, if it is installed: it returns what the standard library returns.
    """
    problem: str | None = None
    value: object = None
    try:
        # orjson makes a float of an integer that needs more than 64 bits.
        if orjson is None or _LONG_INTEGER in content.translate(_DIGITS_AS_ZEROS):
            value = json.loads(content)
        else:
            try:
                value = orjson.loads(content)
            except ValueError:
                # Such as NaN, another encoding or half of a character, which the standard library may accept.
                value = json.loads(content)
    except (ValueError, RecursionError) as error:
        problem = type(error).__name__
    # Raised outside of the except block: the parser's error contains the whole body, with its secrets.
    if problem is not None:
        raise DecodeError(f"the body is not JSON: {problem}")
    if not isinstance(value, dict):
        raise DecodeError(f"the body is JSON, but its top level is {type(value).__name__}, not an object")
    return cast("dict[str, Any]", value)


def json_body(value: Mapping[str, Any]) -> bytes:
    """`value` as compact JSON."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


@lru_cache(1024)
def path_segment(value: str) -> str:
    """`value` as one segment of a path, percent-encoded.

    Raises ValueError for an empty string, `.` and `..`: even encoded, they change the path.
    """
    if value in ("", ".", ".."):
        raise ValueError(f"{value!r} cannot be a part of a path")
    return quote(value, safe="")


def query_string(*parameters: tuple[str, object]) -> str:
    """The parameters as a query string: a list is a repeated key, and None is left out."""
    pairs: list[str] = []
    for name, value in parameters:
        if value is None:
            continue
        values: Sequence[object] = (value,)
        if isinstance(value, Sequence) and not isinstance(value, str):
            values = cast("Sequence[object]", value)
        pairs += [f"{quote(name, safe='')}={quote(_query_text(item), safe='')}" for item in values]
    return "&".join(pairs)


def _query_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)
