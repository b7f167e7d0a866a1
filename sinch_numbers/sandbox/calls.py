"""One request: as an operation to perform (`Call`), and as an entry of the request log (`ReceivedRequest`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NoReturn, cast
from urllib.parse import parse_qsl

import attrs

from .api_errors import envelope


class Call:
    """A request to one operation. `query` is percent-encoded; the parameters of its path are decoded."""

    def __init__(
        self,
        operation: str,
        *,
        headers: Mapping[str, str],
        query: str = "",
        content: bytes = b"",
        project_id: str = "",
        phone_number: str | None = None,
        path_parameters: Mapping[str, str] | None = None,
    ) -> None:
        self.operation = operation
        self.headers = headers
        self.query = query
        self.content = content
        self.project_id = project_id
        self.phone_number = phone_number
        self.path_parameters: Mapping[str, str] = path_parameters or {}

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        """The query's values by key, in order."""
        found: dict[str, list[str]] = {}
        for key, value in parse_qsl(self.query, keep_blank_values=True):
            found.setdefault(key, []).append(value)
        return found

    def parameter(self, name: str) -> str:
        """The first value of a query key; an empty string if there is none."""
        return self.parameters.get(name, [""])[0]

    def json_object(self, *, may_be_missing: bool = False) -> dict[str, Any]:
        """The body as a JSON object; `{}` if it is missing and may be. Raises ApiError 415 or 400."""
        if not self.content.strip():
            if may_be_missing:
                return {}
            raise envelope(400, "The request body is missing; send {} for an empty one")
        media_type = self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise envelope(415, f"Content type {media_type[:80]!r} is not supported; send application/json")
        try:
            body = json.loads(self.content.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise envelope(400, "The request body is not valid JSON") from None
        if not isinstance(body, dict):
            raise envelope(400, "The request body must be a JSON object")
        return cast("dict[str, Any]", body)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


@attrs.define(eq=False)
class ReceivedRequest:
    """One received request. `path` and `query` are percent-encoded, as received.

    `operation` is None if no operation has that path and method. `at` is in seconds since the epoch, on the virtual
    clock. `status` is None if no response was sent. `fault` is the kind of the fault that struck the request, if any.
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
