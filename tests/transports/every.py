"""Every transport of the SDK, and every kind of client that a user can pass, behind one signature."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any, TypeAlias

import aiohttp
import httpx
import httpx2
import pytest

from sinch_numbers import HttpRequest, HttpResponse, HttpxTransport, Transport, _defaults
from sinch_numbers.transports.aiohttp import AiohttpSessionTransport, AiohttpTransport
from sinch_numbers.transports.httpx2 import Httpx2Transport
from sinch_numbers.transports.httpx_client import HttpxClientTransport

Make: TypeAlias = Callable[..., Transport]
"""Takes the options of `HttpxTransport`: `verify`, `proxy`, `max_response_size`."""


class WithClient:
    """Sends through a client of the user, which it closes."""

    def __init__(self, transport: Transport, close: Callable[[], Any]) -> None:
        self._transport = transport
        self._close = close

    async def send(self, request: HttpRequest) -> HttpResponse:
        return await self._transport.send(request)

    async def aclose(self) -> None:
        await self._transport.aclose()
        await self._close()


def _over(library: Any, adapter: Callable[..., Transport]) -> Make:
    def make(
        *,
        verify: ssl.SSLContext | bool = True,
        proxy: str | None = None,
        max_response_size: int = _defaults.MAX_RESPONSE_SIZE,
    ) -> Transport:
        client = library.AsyncClient(verify=verify, proxy=proxy)
        return WithClient(adapter(client, max_response_size=max_response_size), client.aclose)

    return make


def session(
    *,
    verify: ssl.SSLContext | bool = True,
    proxy: str | None = None,
    max_response_size: int = _defaults.MAX_RESPONSE_SIZE,
) -> Transport:
    """A session is made in an event loop."""
    client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=verify), proxy=proxy, trust_env=True)
    return WithClient(AiohttpSessionTransport(client, max_response_size=max_response_size), client.close)


OWN: dict[str, Make] = {"httpx": HttpxTransport, "httpx2": Httpx2Transport, "aiohttp": AiohttpTransport}
CLIENTS: dict[str, Make] = {
    "httpx.AsyncClient": _over(httpx, HttpxClientTransport),
    "httpx2.AsyncClient": _over(httpx2, HttpxClientTransport),
    "aiohttp.ClientSession": session,
}


def every(*, but: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    """Runs a test over each transport of the SDK, and over each kind of client of a user, as `make`. `but` are left out."""
    chosen = {name: make for name, make in (OWN | CLIENTS).items() if name not in but}
    return pytest.mark.parametrize("make", chosen.values(), ids=chosen.keys())


def own() -> pytest.MarkDecorator:
    """Runs a test over each transport of the SDK, as `make`."""
    return every(but=tuple(CLIENTS))
