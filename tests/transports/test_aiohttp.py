"""The transports on aiohttp, where they differ from the others. See test_every_transport.py."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from sinch_numbers import HttpRequest, NotFoundError, Sent, TransportError
from sinch_numbers.transports.aiohttp import AiohttpSessionTransport, AiohttpTransport

from ..raw_server import http_response, raw_server
from ..support import ANSWER_BODY, NUMBER, make_client


def request(url: str, **options: Any) -> HttpRequest:
    given: dict[str, Any] = {"method": "GET", "url": url, "headers": {"X-Test": "a"}}
    return HttpRequest(**given | options)


async def answer(_: bytes) -> bytes:
    return http_response()


async def test_calls_go_through_the_users_session_which_stays_open(quiet_loop: None) -> None:
    async with raw_server(answer) as server, aiohttp.ClientSession(headers={"X-User": "a"}) as session:
        async with make_client(base_url=server.url, http_client=session) as client:
            assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER
        assert not session.closed

    assert b"X-User: a" in server.requests[0]


async def test_a_status_is_an_error_of_the_sdk_even_if_the_users_session_raises_for_it(
    quiet_loop: None,
) -> None:
    async def respond(_: bytes) -> bytes:
        return http_response(404, b"{}")

    async with raw_server(respond) as server, aiohttp.ClientSession(raise_for_status=True) as session:
        client = make_client(base_url=server.url, http_client=session)
        with pytest.raises(NotFoundError):
            await client.active_numbers.get(NUMBER)


async def test_a_call_through_a_closed_session_was_never_sent() -> None:
    session = aiohttp.ClientSession()
    await session.close()
    with pytest.raises(TransportError, match="closed") as caught:
        await AiohttpSessionTransport(session).send(request("http://127.0.0.1:1"))

    assert caught.value.sent is Sent.NEVER


async def test_a_session_of_the_user_asks_before_send_before_it_connects() -> None:
    class Refused(Exception):
        pass

    async def before() -> None:
        raise Refused

    async with raw_server(answer) as server, aiohttp.ClientSession() as session:
        with pytest.raises(Refused):
            await AiohttpSessionTransport(session).send(request(server.url, before_send=before))

    assert server.connections == 0


def test_a_transport_serves_one_event_loop_after_the_other() -> None:
    transport = AiohttpTransport()

    async def exchange() -> bytes:
        async with raw_server(answer) as server:
            return (await transport.send(request(server.url))).content

    assert [asyncio.run(exchange()) for _ in range(2)] == [ANSWER_BODY] * 2

    async def close() -> None:
        await transport.aclose()

    asyncio.run(close())


async def test_a_server_that_always_sends_before_it_is_asked_is_given_up() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http_response(200, b'"unasked"'))
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = AiohttpTransport()
    # Whether its response is there in time depends on the network. It is never kept for another request.
    for _ in range(3):
        try:
            await transport.send(request(url))
        except TransportError as error:
            assert error.sent is not Sent.ARRIVED  # noqa: PT017  it may succeed, too
    await transport.aclose()
    server.close()
