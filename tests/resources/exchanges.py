"""What an operation with all its arguments sends."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
from pytest_httpx import HTTPXMock

from sinch_numbers import NumbersClient

from ..support import BASE, PROJECT, make_client

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
    httpx_mock.add_response(json={})
    await exchange.call(make_client())

    [request] = httpx_mock.get_requests()
    path, _, query = str(request.url).partition("?")
    assert (request.method, path) == (exchange.method, exchange.url.partition("?")[0])
    assert sorted(query.split("&")) == sorted(exchange.url.partition("?")[2].split("&"))
    assert (json.loads(request.content) if request.content else None) == exchange.body
    assert request.headers.get("content-type") == (None if exchange.body is None else "application/json")


async def assert_survives_an_empty_object(httpx_mock: HTTPXMock, exchange: Exchange) -> None:
    """Fails if a response without any field makes the operation raise."""
    httpx_mock.add_response(text="{}")
    await exchange.call(make_client())
