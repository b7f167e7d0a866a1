"""What an operation with all its arguments sends."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import InvalidResponseError, NumbersClient

from ..support import ANSWER, BASE, PROJECT, make_client

ROOT = f"{BASE}/v1/projects/{PROJECT}"
ENCODED = "%2B12025550134"
"""`support.NUMBER` as a segment of a path."""


@attrs.frozen
class Exchange:
    """An operation with all its arguments, and the request that it has to send."""

    call: Callable[[NumbersClient], Awaitable[object]]
    method: str
    url: str
    body: Any = None


async def assert_sends(httpx_mock: HTTPXMock, exchange: Exchange) -> None:
    """Fails if the operation sends anything else than the request of `exchange`."""
    httpx_mock.add_response(json=ANSWER)
    await exchange.call(make_client())

    [request] = httpx_mock.get_requests()
    path, _, query = str(request.url).partition("?")
    assert (request.method, path) == (exchange.method, exchange.url.partition("?")[0])
    assert sorted(query.split("&")) == sorted(exchange.url.partition("?")[2].split("&"))
    assert (json.loads(request.content) if request.content else None) == exchange.body
    assert request.headers.get("content-type") == (None if exchange.body is None else "application/json")


FOREIGN: dict[str, Any] = {
    "nothing": {},
    "a message": {"message": "quota exceeded"},
    "an error": {"error": {"code": 500, "message": "quota exceeded", "status": "INTERNAL"}},
    "a problem": {"title": "quota", "detail": "exceeded"},
    "something else": {
        "phoneNumber": "+12025550199", "projectId": "project-2",
        "activeNumbers": {}, "availableNumbers": {}, "availableRegions": {},
    },
    "other types": {
        "phoneNumber": 12025550134, "projectId": [], "activeNumbers": "x", "availableNumbers": 0, "availableRegions": False,
    },
}  # fmt: skip
"""Bodies of a 200 that are no answer to any request of these tests."""


async def assert_refuses(httpx_mock: HTTPXMock, exchange: Exchange, body: Any) -> None:
    """Fails if the operation takes `body` for its answer."""
    httpx_mock.add_response(json=body)
    with pytest.raises(InvalidResponseError) as caught:
        await exchange.call(make_client())

    assert json.loads(caught.value.body) == body
    assert str(caught.value).startswith("expected ")
    assert ("quota exceeded" in str(caught.value)) is ("quota exceeded" in str(body))
