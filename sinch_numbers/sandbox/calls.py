"""One request as the sandbox received it: to perform (`Call`), and to remember (`ReceivedRequest`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NoReturn, cast
from urllib.parse import parse_qsl

import attrs

from .api_errors import envelope


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

    def to_dict(self) -> dict[str, Any]:
        """The request as the control API lists it."""
        return attrs.asdict(self)
