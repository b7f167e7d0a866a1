"""Which transport a client uses, and what it refuses."""

from __future__ import annotations

import sys
from typing import Any

import aiohttp
import httpx
import pytest

from sinch_numbers import ConfigurationError, MockTransport
from sinch_numbers.transports.aiohttp import AiohttpSessionTransport, AiohttpTransport
from sinch_numbers.transports.httpx import HttpxTransport
from sinch_numbers.transports.httpx_client import HttpxClientTransport
from sinch_numbers.transports.selection import select_transport

from ..raw_server import http_response, raw_server
from ..support import NUMBER, make_client


@pytest.mark.parametrize(
    ("name", "kind"), [(None, HttpxTransport), ("httpx", HttpxTransport), ("aiohttp", AiohttpTransport)]
)
def test_a_transport_is_chosen_by_its_name_and_closed_by_the_client(name: str | None, kind: type) -> None:
    transport, closes = select_transport(name, None)

    assert type(transport) is kind
    assert closes


async def test_a_client_of_the_user_is_chosen_by_its_type_and_stays_open() -> None:
    async with httpx.AsyncClient() as client, aiohttp.ClientSession() as session:
        chosen = [select_transport(None, each) for each in (client, session)]

    assert [type(transport) for transport, _ in chosen] == [HttpxClientTransport, AiohttpSessionTransport]
    assert [closes for _, closes in chosen] == [False, False]


def test_an_object_with_the_methods_of_a_transport_is_used_as_it_is() -> None:
    mock = MockTransport(lambda _: None)  # type: ignore[arg-type,return-value]

    assert select_transport(mock, None) == (mock, False)


@pytest.mark.parametrize(
    "wrong", ["requests", "", "HTTPX", object(), 1, httpx.HTTPTransport(), MockTransport]
)
def test_anything_else_is_no_transport(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="transport must be"):
        make_client(transport=wrong)


@pytest.mark.parametrize("wrong", [httpx.Client(), object(), "httpx", httpx.AsyncClient, 0])
def test_a_synchronous_client_or_anything_else_is_no_http_client(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"http_client must be an httpx\.AsyncClient"):
        make_client(http_client=wrong)


def test_the_extra_is_named_if_aiohttp_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sinch_numbers.transports.aiohttp", raising=False)
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'sinch-numbers\[aiohttp\]'"):
        make_client(transport="aiohttp")


async def test_a_client_that_chose_its_transport_by_name_closes_its_connections(quiet_loop: None) -> None:
    async def answer(_: bytes) -> bytes:
        return http_response()

    async with raw_server(answer) as server:
        async with make_client(base_url=server.url, transport="aiohttp") as client:
            assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER
        assert await server.readers[0].read() == b""
