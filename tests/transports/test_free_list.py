"""The connections of the default transport: when they are used again, and when closed."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sinch_numbers import APIStatusError, HttpRequest, HttpxTransport, NumbersClient

from ..raw_server import RawServer, http_response, raw_server
from ..support import NUMBER, make_client

LOOPBACK = Path(__file__).with_name("loopback.pem")
"""A self-signed certificate and its key, for 127.0.0.1."""


async def empty(_: bytes) -> bytes:
    return http_response()


def request(url: str, **options: Any) -> HttpRequest:
    return HttpRequest(method="GET", url=url, headers={}, **options)


@asynccontextmanager
async def served(transport: HttpxTransport) -> AsyncGenerator[tuple[RawServer, NumbersClient]]:
    async with raw_server(empty) as server:
        client = make_client(base_url=server.url, transport=transport)
        yield server, client
        await client.aclose()
        await transport.aclose()


async def test_sequential_calls_use_one_connection() -> None:
    async with served(HttpxTransport()) as (server, client):
        for _ in range(10):
            await client.available_regions.list()

    assert server.connections == 1


async def test_concurrent_calls_use_a_connection_each_and_reuse_them() -> None:
    async with served(HttpxTransport()) as (server, client):
        for _ in range(5):
            await asyncio.gather(*(client.available_regions.list() for _ in range(8)))

    assert server.connections == 8


async def test_a_4xx_response_leaves_the_connection_usable() -> None:
    async def refuse(_: bytes) -> bytes:
        return http_response(404, b"x" * 70_000)

    async with raw_server(refuse) as server, make_client(base_url=server.url) as client:
        for _ in range(5):
            with pytest.raises(APIStatusError):
                await client.active_numbers.get(NUMBER)

    assert server.connections == 1


async def test_the_connection_of_a_failed_exchange_is_not_reused() -> None:
    responses = iter([b"garbage\r\n\r\n", http_response(), http_response()])

    async def respond(_: bytes) -> bytes:
        return next(responses)

    async with raw_server(respond) as server, make_client(base_url=server.url) as client:
        await client.available_regions.list()
        await client.available_regions.list()

    assert server.connections == 2


async def test_an_idle_connection_is_not_reused_after_its_expiry() -> None:
    async with served(HttpxTransport(keepalive_expiry=0)) as (server, client):
        await client.available_regions.list()
        await client.available_regions.list()

    assert server.connections == 2


async def test_idle_connections_are_closed_when_they_expire_without_another_call() -> None:
    async with served(HttpxTransport(keepalive_expiry=0.01)) as (server, client):
        await asyncio.gather(*(client.available_regions.list() for _ in range(8)))
        async with asyncio.timeout(10):
            await asyncio.gather(*(writer.wait_closed() for writer in server.writers))

    assert server.connections == 8


async def test_an_idle_connection_stays_open_when_an_older_one_expires(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    real = loop.time
    passed = 0.0
    monkeypatch.setattr(loop, "time", lambda: real() + passed)
    transport = HttpxTransport(keepalive_expiry=30)
    async with served(transport) as (server, client):
        await asyncio.gather(*(client.available_regions.list() for _ in range(2)))
        passed = 20
        await client.available_regions.list()
        passed = 35
        transport._close_expired()  # the timer, whose clock cannot be set on every loop
        closed = [asyncio.ensure_future(writer.wait_closed()) for writer in server.writers]
        _, still_open = await asyncio.wait(closed, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        await client.available_regions.list()
        assert (server.connections, len(still_open)) == (2, 1)
        passed = 70
        transport._close_expired()
        await asyncio.wait(closed, timeout=10)
        assert all(waiting.done() for waiting in closed)


async def test_closing_the_transport_waits_for_idle_connections_that_are_being_closed() -> None:
    async with raw_server(empty) as server:
        transport = HttpxTransport(keepalive_expiry=0)
        await transport.send(request(server.url))
        transport._close_expired()
        closing = [*transport._closing]
        await transport.aclose()
        assert [task.done() for task in closing] == [True]


async def test_idle_connections_that_expire_one_after_the_other_are_all_closed() -> None:
    transport = HttpxTransport(keepalive_expiry=0.1)
    async with served(transport) as (server, client):
        await asyncio.gather(*(client.available_regions.list() for _ in range(2)))
        [idle] = transport._idle.values()
        idle[-1].idle_since += 0.1
        async with asyncio.timeout(10):
            await asyncio.gather(*(writer.wait_closed() for writer in server.writers))

    assert server.connections == 2


async def test_a_closed_transport_is_not_kept_by_its_timer() -> None:
    async with raw_server(empty) as server:
        transport = HttpxTransport()
        await transport.send(request(server.url))
        await transport.aclose()
        kept = weakref.ref(transport)
        del transport
        gc.collect()

        assert kept() is None


async def test_an_idle_connection_that_the_server_closed_costs_no_attempt() -> None:
    async with served(HttpxTransport()) as (server, client):
        for _ in range(3):
            await client.available_regions.list()
            server.writers[-1].close()
            await server.writers[-1].wait_closed()
        with client.raw_responses() as responses:
            await client.available_regions.list()

    assert server.connections == 4
    assert len(responses[0].attempts) == 1


async def test_a_rent_is_sent_once_if_the_server_closed_the_idle_connection() -> None:
    async with raw_server(empty) as server, make_client(base_url=server.url) as client:
        await client.available_regions.list()
        server.writers[-1].close()
        await server.writers[-1].wait_closed()
        await client.available_numbers.rent(NUMBER)

    assert sum(message.startswith(b"POST ") for message in server.requests) == 1


async def test_each_origin_has_its_own_connections() -> None:
    async with raw_server(empty) as one, raw_server(empty) as two:
        transport = HttpxTransport()
        for url in (one.url, two.url, one.url, two.url):
            await transport.send(request(url))
        await transport.aclose()

    assert (one.connections, two.connections) == (1, 1)


async def test_closing_the_client_closes_its_connections() -> None:
    async with raw_server(empty) as server:
        client = make_client(base_url=server.url)
        await asyncio.gather(*(client.available_regions.list() for _ in range(3)))
        await client.aclose()
        await asyncio.gather(*(writer.wait_closed() for writer in server.writers))

    assert server.connections == 3
