"""What the sandbox responds with, before it is written to a connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen
class Response:
    """One HTTP response. Header names are lower case."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])

    def with_headers(self, headers: Mapping[str, str]) -> Response:
        """The same response with `headers` added or replaced."""
        return attrs.evolve(
            self, headers={**self.headers, **{name.lower(): value for name, value in headers.items()}}
        )


def json_response(
    payload: Any,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """`payload` as compact UTF-8 JSON."""
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(status, content, {"content-type": media_type, **(headers or {})})
