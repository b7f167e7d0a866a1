"""What requests, answers and their surprises look like. Pure data: nothing here knows HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, cast
from urllib.parse import quote

import attrs

__all__ = [
    "DecodeError",
    "Drift",
    "JsonNumber",
    "OnDrift",
    "Request",
    "json_body",
    "json_object",
    "path_segment",
    "query_string",
]


@attrs.frozen(kw_only=True)
class Request:
    """One call as pure data, ready to be sent."""

    operation: str
    """The operation's name, such as `RentNumber`."""
    method: str
    """The HTTP method in upper case."""
    path: str
    """Percent-encoded; begins with a slash."""
    query: str = attrs.field(repr=False)
    """Percent-encoded and without question mark; empty if there is none."""
    body: bytes | None = attrs.field(repr=False)
    """Compact JSON, or None for an operation without body."""


@attrs.frozen(kw_only=True)
class Drift:
    """One surprise in an answer: what the document does not know. It never holds a value that could be a secret."""

    model: str
    """The class that met it, such as `ActiveNumber`."""
    field: str
    """The JSON name, such as `voiceConfiguration`."""
    problem: str
    """`wrong type`, `missing` (required, and absent or null), `unknown value` (of an enum) or `unknown variant` (of a union)."""
    found: str
    """The value of an enum or a discriminator, cut at 80 characters; of anything else only the name of its JSON type,
    and `nothing` of what is missing."""


OnDrift: TypeAlias = Callable[[Drift], None]


class DecodeError(ValueError):
    """The body of an answer is not JSON, or its top level is not an object."""


class JsonNumber(float):
    """A JSON number with a fraction or an exponent, which remembers its text so that a decimal of it is exact."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> JsonNumber:
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __reduce__(self) -> tuple[type[JsonNumber], tuple[str]]:
        return JsonNumber, (self.text,)


def json_object(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`. Raises DecodeError where there is none."""
    problem: str | None = None
    value: object = None
    try:
        value = json.loads(content, parse_float=JsonNumber)
    except (ValueError, RecursionError) as error:
        problem = type(error).__name__
    if (
        problem is not None
    ):  # raised out here, because the parser's own error holds the whole body, secrets too
        raise DecodeError(f"the body is not JSON: {problem}")
    if not isinstance(value, dict):
        raise DecodeError(f"the body is JSON, but its top level is {type(value).__name__}, not an object")
    return cast("dict[str, Any]", value)


def json_body(value: Mapping[str, Any]) -> bytes:
    """`value` as compact JSON."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def path_segment(value: str) -> str:
    """`value` as one segment of a path, percent-encoded.

    Raises ValueError for the three texts that no encoding keeps from changing a path: the empty one, `.` and `..`.
    """
    if value in ("", ".", ".."):
        raise ValueError(f"{value!r} cannot be a part of a path")
    return quote(value, safe="")


def query_string(*parameters: tuple[str, object]) -> str:
    """The parameters as a query: a list is a repeated key, and None is left out."""
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
