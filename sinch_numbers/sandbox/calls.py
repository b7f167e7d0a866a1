"""One call as the sandbox received it, and how its parts are read. What is wrong with one is a 400 that says so."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NoReturn, cast
from urllib.parse import parse_qsl

import attrs

from .api_errors import envelope, invalid_field, not_a_value
from .number_search import NumberQuery

NUMBER_TYPES = ("MOBILE", "LOCAL", "TOLL_FREE")
_CAPABILITIES = ("SMS", "VOICE")
_SEARCH_PATTERNS = ("START", "CONTAINS", "END")
_INT32 = 2**31


class Call:
    """A request to one operation. `path` is as it came, percent-encoded; `project_id` and `phone_number` are decoded."""

    def __init__(
        self,
        operation: str,
        *,
        headers: Mapping[str, str],
        query: str = "",
        content: bytes = b"",
        project_id: str = "",
        phone_number: str | None = None,
    ) -> None:
        self.operation = operation
        self.headers = headers
        self.query = query
        self.content = content
        self.project_id = project_id
        self.phone_number = phone_number

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        """The query's values by key, in order."""
        found: dict[str, list[str]] = {}
        for key, value in parse_qsl(self.query, keep_blank_values=True):
            found.setdefault(key, []).append(value)
        return found

    def parameter(self, name: str) -> str:
        """The first value of a query key; an empty string where there is none."""
        return self.parameters.get(name, [""])[0]

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object. Raises ApiError 415 or 400."""
        if not self.content.strip():
            raise envelope(400, "The request body is missing; an empty one is {}")
        media_type = self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise envelope(415, f"Content type {media_type[:80]!r} is not supported; send application/json")
        try:
            body = json.loads(self.content.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise envelope(400, "The request body is not valid JSON") from None
        if not isinstance(body, dict):
            raise envelope(400, "The request body has to be a JSON object")
        return cast("dict[str, Any]", body)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


@attrs.define(eq=False)
class ReceivedRequest:
    """One request that arrived. `path` and `query` are as they came, percent-encoded.

    `status` is None where no response was sent; `operation` is None where the path or the method is none of the API's;
    `fault` is the kind of fault that struck it; `at` is in seconds since the epoch on the virtual clock.
    """

    method: str
    path: str
    query: str
    operation: str | None
    at: float
    status: int | None = None
    fault: str | None = None

    def suffer(self, kind: str) -> None:
        """Notes that a fault of this kind struck the request."""
        self.fault = kind

    def to_dict(self) -> dict[str, Any]:
        """The request as the control API lists it."""
        return attrs.asdict(self)


def text(body: Mapping[str, Any], key: str, field: str | None = None) -> str | None:
    """A string of a JSON object; None where it is absent or null. Raises ApiError 400 for anything else."""
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or re.search("[\ud800-\udfff]", value):
        raise invalid_field(field or key, f"Expected a string for {field or key}")
    return value


def whole_number(call: Call, name: str) -> int:
    """A query's number from 0 to 2^31-1; 0 where it is absent. Raises ApiError 400."""
    value = call.parameter(name)
    if not value:
        return 0
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", value, re.ASCII):
        raise not_a_value(name, value)
    number = int(value)
    if not 0 <= number < _INT32:
        raise invalid_field(name, f"Invalid {name} {value}")
    return number


def capabilities(values: Any, field: str) -> frozenset[str]:
    """A set of capabilities; None is the empty one. Raises ApiError 400 for a word that is none."""
    if values is None:
        return frozenset()
    if not isinstance(values, list):
        raise invalid_field(field, f"Expected a list for {field}")
    words: set[str] = set()
    for value in cast("list[object]", values):
        if not isinstance(value, str) or value not in _CAPABILITIES:
            raise not_a_value(field, value)
        words.add(value)
    return frozenset(words)


def number_query(
    region: str | None,
    kind: str | None,
    wanted: frozenset[str],
    pattern: str | None,
    search_pattern: str | None,
) -> NumberQuery:
    """Checks what numbers are asked for. Raises ApiError 400 for a region, type or pattern that is missing or wrong."""
    if not region:
        raise invalid_field("region_code", "region_code is required")
    if not re.fullmatch("[A-Z]{2}", region):
        raise invalid_field("region_code", f"Invalid region_code {region[:20]}")
    if not kind or kind == "NUMBER_TYPE_UNSPECIFIED":
        raise invalid_field("type", "type is required")
    if kind not in NUMBER_TYPES:
        raise not_a_value("type", kind)
    return NumberQuery(region, kind, wanted, *_pattern(pattern or "", search_pattern or ""))


def _pattern(pattern: str, search_pattern: str) -> tuple[str, str]:
    if search_pattern and search_pattern not in _SEARCH_PATTERNS:
        raise not_a_value("search_pattern", search_pattern)
    if not pattern:
        return "", "CONTAINS"
    field = "number_pattern.pattern"
    if not re.fullmatch(r"\+?[0-9]{1,15}", pattern):
        raise invalid_field(field, f"Invalid pattern {pattern[:40]}")
    if search_pattern == "START" and not pattern.startswith("+"):
        raise invalid_field(field, "A pattern to START with needs a leading +, sent as %2B")
    return pattern, search_pattern or "CONTAINS"
