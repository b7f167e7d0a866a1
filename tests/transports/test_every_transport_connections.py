"""The connections of every transport, with TLS and through proxies: the same tests over each of them."""

from __future__ import annotations

import asyncio
import random
import ssl
from typing import Any

import pytest

from sinch_numbers import (
    HttpRequest,
    Sent,
    Transport,
    TransportError,
)

from ..raw_server import Last, http_response, raw_server
from ..support import ANSWER_BODY, NUMBER, make_client, turns, until
from .every import Make, every
from .servers import OTHER_CA, client_context, server_context, tunnel

pytestmark = pytest.mark.usefixtures("quiet_loop")


def request(url: str, **options: Any) -> HttpRequest:
    given: dict[str, Any] = {"method": "GET", "url": url, "headers": {"X-Test": "a"}}
    return HttpRequest(**given | options)


async def answer(_: bytes) -> bytes:
    return http_response()


async def never(_: bytes) -> bytes:
    await asyncio.Event().wait()
    raise AssertionError


async def lost(transport: Transport, message: HttpRequest) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await transport.send(message)
    await transport.aclose()
    return caught.value


# --- connections ---


@every()
async def test_a_connection_is_kept_and_as_many_are_open_as_there_are_exchanges(make: Make) -> None:
    async with raw_server(answer) as server:
        transport = make()
        for _ in range(5):
            await transport.send(request(server.url))
        assert server.connections == 1
        await asyncio.gather(*(transport.send(request(server.url)) for _ in range(20)))
        opened = server.connections
        assert opened <= 20
        await asyncio.gather(*(transport.send(request(server.url)) for _ in range(opened)))
        assert server.connections == opened
        await transport.aclose()
        await until(lambda: server.open == 0)


@every()
@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["HTTP/1.0", "to the end", "close"],
)
async def test_a_server_that_closes_the_connection_after_its_response_is_asked_on_a_new_one(
    make: Make, response: bytes
) -> None:
    async def respond(_: bytes) -> bytes:
        return Last(response)

    async with raw_server(respond) as server:
        transport = make()
        for _ in range(3):
            assert (await transport.send(request(server.url))).content == b"{}"
        await transport.aclose()

    assert server.connections == 3


@every(but=("aiohttp.ClientSession",))  # which repeats what may be repeated
@pytest.mark.parametrize("method", ["GET", "PATCH", "POST"])
async def test_a_request_whose_connection_is_lost_is_not_sent_again_by_the_transport(
    make: Make, method: str
) -> None:
    async def respond(_: bytes) -> bytes | None:
        return http_response() if len(server.requests) == 1 else None

    async with raw_server(respond) as server:
        transport = make()
        await transport.send(request(server.url))
        error = await lost(transport, request(server.url, method=method))

    assert error.sent is Sent.UNKNOWN
    assert len(server.requests) == 2


@every()
async def test_an_idle_connection_that_the_server_closed_is_not_used(make: Make) -> None:
    async with raw_server(answer) as server:
        transport = make()
        await transport.send(request(server.url))
        server.writers[0].close()
        await until(lambda: server.open == 0)
        await turns(50)
        await transport.send(request(server.url, method="POST"))
        await transport.aclose()

    assert server.connections == 2
    assert len(server.requests) == 2


@every(but=("aiohttp.ClientSession",))  # whose connector does not look
async def test_bytes_that_nobody_asked_for_are_not_the_response_to_the_next_request(make: Make) -> None:
    async with raw_server(answer) as server:
        transport = make()
        await transport.send(request(server.url))
        server.writers[0].write(http_response(200, b'"not yours"'))
        await server.writers[0].drain()
        await turns(50)
        response = await transport.send(request(server.url))
        await transport.aclose()

    assert response.content == ANSWER_BODY


@every()
async def test_bytes_behind_a_response_are_not_the_response_to_the_next_request(make: Make) -> None:
    async def respond(_: bytes) -> bytes:
        return http_response(200, b'"yours"') + http_response(200, b'"not yours"')

    async with raw_server(respond) as server:
        transport = make()
        for _ in range(3):
            assert (await transport.send(request(server.url))).content == b'"yours"'
        await transport.aclose()


# --- cancellation ---


@every()
async def test_a_cancelled_exchange_closes_its_connection(make: Make) -> None:
    async with raw_server(never) as server:
        transport = make()
        task = asyncio.create_task(transport.send(request(server.url)))
        await until(lambda: len(server.requests) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        eof = await asyncio.wait_for(server.readers[0].read(), 10)
        await transport.aclose()

    assert eof == b""


@pytest.mark.slow
@every(but=("httpx.AsyncClient",))  # httpcore issue 1093
async def test_after_five_thousand_calls_that_are_cancelled_at_random_moments_a_hundred_succeed_at_once(
    make: Make,
) -> None:
    moments = random.Random(9)
    async with raw_server(answer) as server:
        transport = make()
        async with make_client(base_url=server.url, transport=transport, max_connections=50) as client:
            for _ in range(50):
                calls = [asyncio.create_task(client.active_numbers.get(NUMBER)) for _ in range(100)]
                left = [(moments.randrange(30), call) for call in calls]
                for moment in range(30):
                    for when, call in left:
                        if when == moment:
                            call.cancel()
                    await turns(1)
                await asyncio.wait(calls)
            with client.raw_responses() as responses:
                good = await asyncio.gather(*(client.active_numbers.get(NUMBER) for _ in range(100)))
            await until(lambda: server.open <= 100)
        await transport.aclose()
        await until(lambda: server.open == 0)

    assert {number.phone_number for number in good} == {NUMBER}
    assert [len(response.attempts) for response in responses] == [1] * 100


# --- TLS ---


@every()
async def test_a_server_with_a_valid_certificate_is_trusted(make: Make) -> None:
    async with raw_server(answer, ssl=server_context()) as server:
        transport = make(verify=client_context())
        url = server.url.replace("127.0.0.1", "localhost")
        assert (await transport.send(request(url))).content == ANSWER_BODY
        await transport.aclose()


@every()
@pytest.mark.parametrize(
    "context",
    [server_context("other.example"), server_context(expired=True), server_context(authority=OTHER_CA)],
    ids=["wrong host", "expired", "unknown authority"],
)
async def test_a_server_with_a_wrong_certificate_never_gets_the_request(
    make: Make, context: ssl.SSLContext
) -> None:
    async with raw_server(answer, ssl=context) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        error = await lost(make(verify=client_context()), request(url))

    assert error.sent is Sent.NEVER
    assert "certificate" in str(error).lower()
    assert server.requests == []


@every()
async def test_a_client_certificate_is_shown_to_a_server_that_asks_for_it(make: Make) -> None:
    async with raw_server(answer, ssl=server_context(client_authority=True)) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        transport = make(verify=client_context(with_certificate=True))
        assert (await transport.send(request(url))).content == ANSWER_BODY
        await transport.aclose()
        await lost(make(verify=client_context()), request(url))

    assert len(server.requests) == 1


# --- proxies ---


@every()
async def test_https_goes_through_a_tunnel_of_the_proxy(make: Make) -> None:
    async with raw_server(answer, ssl=server_context()) as server, tunnel() as proxy:
        url = server.url.replace("127.0.0.1", "localhost")
        transport = make(verify=client_context(), proxy=proxy.url)
        for _ in range(2):
            assert (await transport.send(request(url))).content == ANSWER_BODY
        await transport.aclose()

    assert len(proxy.heads) == 1
    assert b"proxy-authorization: basic" in proxy.heads[0].lower()
    assert b"X-Test" not in proxy.heads[0]


@every()
async def test_a_proxy_that_refuses_the_tunnel_never_gets_the_request_and_no_error_shows_its_password(
    make: Make,
) -> None:
    async with raw_server(answer, ssl=server_context()) as server, tunnel() as proxy:
        proxy.status = b"407 Proxy Authentication Required"
        url = server.url.replace("127.0.0.1", "localhost")
        error = await lost(make(verify=client_context(), proxy=proxy.url), request(url))

    assert error.sent is Sent.NEVER
    assert "407" in str(error)
    assert "proxy-password" not in str(error)
    assert server.requests == []


@every()
async def test_the_proxy_of_the_environment_is_used(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server(answer) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        transport = make()
        await transport.send(request("http://api.example/path"))
        await transport.aclose()

    assert proxy.requests[0].startswith(b"GET http://api.example/path HTTP/1.1\r\n")
