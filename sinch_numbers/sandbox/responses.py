"""HTTP responses, and the formats of JSON, times and money in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
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


def timestamp(moment: datetime | None) -> str | None:
    """A UTC time in the API's format: with `Z`, and 0, 3 or 6 fractional digits of the second."""
    if moment is None:
        return None
    precision = (
        "microseconds" if moment.microsecond % 1000 else "milliseconds" if moment.microsecond else "seconds"
    )
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


def money(amount: object, currency: str) -> dict[str, str]:
    """An amount in the API's format."""
    return {"currencyCode": currency, "amount": str(amount)}
