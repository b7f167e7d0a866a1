"""Which transport a client uses, and what it refuses."""

from __future__ import annotations

import sys
from typing import Any

import aiohttp
import httpx
import httpx2
import pytest

from sinch_numbers import (
    APIConnectionError,
    ConfigurationError,
    MockTransport,
    NumbersClient,
    RetryPolicy,
    Sent,
)
from sinch_numbers.transports.aiohttp import AiohttpSessionTransport, AiohttpTransport
from sinch_numbers.transports.httpx import HttpxTransport
from sinch_numbers.transports.httpx2 import Httpx2Transport
from sinch_numbers.transports.httpx_client import HttpxClientTransport
from sinch_numbers.transports.selection import select_transport

from ..raw_server import http_response, raw_server
from ..support import ANSWER_BODY, NUMBER, make_client


async def answer(_: bytes) -> bytes:
    return http_response()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (None, HttpxTransport),
        ("httpx", HttpxTransport),
        ("httpx2", Httpx2Transport),
        ("aiohttp", AiohttpTransport),
    ],
)
def test_a_transport_is_chosen_by_its_name_and_closed_by_the_client(name: str | None, kind: type) -> None:
    transport, closes = select_transport(name, None)

    assert type(transport) is kind
    assert closes


async def test_a_client_of_the_user_is_chosen_by_its_type_and_stays_open() -> None:
    class Theirs(httpx2.AsyncClient):
        pass

    async with httpx.AsyncClient() as one, Theirs() as two, aiohttp.ClientSession() as session:
        chosen = [select_transport(None, each) for each in (one, two, session)]

    assert [type(transport) for transport, _ in chosen] == [
        HttpxClientTransport,
        HttpxClientTransport,
        AiohttpSessionTransport,
    ]
    assert [closes for _, closes in chosen] == [False] * 3


def test_an_object_with_the_methods_of_a_transport_is_used_as_it_is() -> None:
    mock = MockTransport(lambda _: None)  # type: ignore[arg-type,return-value]

    assert select_transport(mock, None) == (mock, False)


@pytest.mark.parametrize(
    "wrong",
    ["requests", "", "HTTPX", object(), 1, httpx.HTTPTransport(), MockTransport],
)
def test_anything_else_is_no_transport(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="transport must be"):
        make_client(transport=wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        httpx.Client(),
        httpx2.Client(),
        object(),
        "httpx",
        httpx.AsyncClient,
        httpx2.AsyncClient,
        0,
        HttpxTransport(),
    ],
)
def test_a_synchronous_client_or_anything_else_is_no_http_client(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"http_client must be an httpx\.AsyncClient"):
        make_client(http_client=wrong)


@pytest.mark.parametrize("client", [httpx.AsyncClient(), httpx2.AsyncClient()])
def test_a_client_is_no_transport_although_it_has_the_same_methods(client: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"AsyncClient as http_client, not as transport"):
        make_client(transport=client)


def test_transport_and_http_client_are_not_passed_together() -> None:
    with pytest.raises(ConfigurationError, match="pass transport or http_client, not both"):
        make_client(transport="httpx", http_client=httpx.AsyncClient())


@pytest.mark.parametrize("name", ["httpx2", "aiohttp"])
def test_the_extra_is_named_if_its_library_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delitem(sys.modules, f"sinch_numbers.transports.{name}", raising=False)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigurationError, match=rf"pip install 'sinch-numbers\[{name}\]'"):
        make_client(transport=name)
    with pytest.raises(ConfigurationError, match="http_client must be"):
        make_client(http_client=object())


# --- max_response_size ---


@pytest.mark.parametrize("name", ["httpx", "httpx2", "aiohttp"])
async def test_a_client_limits_the_size_of_responses(name: str) -> None:
    async with raw_server(answer) as server:
        for limit in (len(ANSWER_BODY), len(ANSWER_BODY) - 1):
            async with make_client(
                base_url=server.url,
                transport=name,
                max_response_size=limit,
                retry=RetryPolicy(max_attempts=1),
            ) as client:
                if limit == len(ANSWER_BODY):
                    assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER
                    continue
                with pytest.raises(APIConnectionError, match=f"more than {limit} bytes") as caught:
                    await client.active_numbers.get(NUMBER)

    assert caught.value.sent is Sent.ARRIVED


async def test_the_limit_holds_for_a_client_of_the_user_too() -> None:
    async with (
        httpx.AsyncClient() as one,
        httpx2.AsyncClient() as two,
        aiohttp.ClientSession() as session,
        raw_server(answer) as server,
    ):
        for http_client in (one, two, session):
            client = make_client(base_url=server.url, http_client=http_client, max_response_size=10)
            with pytest.raises(APIConnectionError, match="more than 10 bytes"):
                await client.active_numbers.get(NUMBER)


def test_from_env_passes_the_limit_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROJECT_ID", "KEY_ID", "KEY_SECRET"):
        monkeypatch.setenv(f"SINCH_{name}", "a")
    with pytest.raises(ConfigurationError, match="max_response_size"):
        NumbersClient.from_env(max_response_size=0)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "64 MiB", float("inf")])
@pytest.mark.parametrize("options", [{}, {"transport": "aiohttp"}, {"http_client": httpx.AsyncClient()}])
def test_a_limit_that_is_not_a_number_of_bytes_is_refused(wrong: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="max_response_size must be an integer of at least 1"):
        make_client(max_response_size=wrong, **options)


def test_a_transport_of_the_user_has_a_limit_of_its_own() -> None:
    with pytest.raises(ConfigurationError, match="pass max_response_size to the transport"):
        make_client(max_response_size=1_000, transport=HttpxTransport())


async def test_a_client_that_chose_its_transport_by_name_closes_its_connections(quiet_loop: None) -> None:
    async with raw_server(answer) as server:
        async with make_client(base_url=server.url, transport="aiohttp") as client:
            assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER
        assert await server.readers[0].read() == b""
