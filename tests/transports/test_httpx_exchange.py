"""What both transports on httpx share: a response is read to its end, and no further."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sinch_numbers import HttpRequest, HttpxTransport
from sinch_numbers.transports.httpx_client import HttpxClientTransport

from ..raw_server import RawServer, http_response, raw_server

LOOPBACK = Path(__file__).with_name("loopback.pem")
"""A self-signed certificate and its key, for 127.0.0.1."""


async def empty(_: bytes) -> bytes:
    return http_response()


def request(url: str, **options: Any) -> HttpRequest:
    return HttpRequest(method="GET", url=url, headers={}, **options)


Make = Callable[[ssl.SSLContext], HttpxTransport | HttpxClientTransport]


def _client_of_the_user(context: ssl.SSLContext) -> HttpxClientTransport:
    return HttpxClientTransport(httpx.AsyncClient(verify=context))


def _default(context: ssl.SSLContext) -> HttpxTransport:
    return HttpxTransport(verify=context)


TRANSPORTS: list[Make] = [_default, _client_of_the_user]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
FOREIGN = http_response(200, b'{"phoneNumber": "+12025550199"}')


@asynccontextmanager
async def kept(make: Make, respond: Any, *, tls: bool) -> AsyncGenerator[tuple[RawServer, Any]]:
    """A server, and a transport that may have used it."""
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(LOOPBACK)
    async with raw_server(respond, ssl=theirs if tls else None) as server:
        transport = make(ssl.create_default_context(cafile=LOOPBACK))
        yield server, transport
        await transport.aclose()
        if isinstance(transport, HttpxClientTransport):
            await transport._client.aclose()


@pytest.mark.parametrize("make", TRANSPORTS)
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("response", [http_response(200, b"{}"), CHUNKED], ids=["length", "chunked"])
@pytest.mark.parametrize("surplus", [FOREIGN, b"\r\nH"], ids=["response", "bytes"])
@pytest.mark.parametrize("records", [1, 2])
async def test_what_a_server_sends_behind_its_response_does_not_go_to_the_next_request(
    make: Make, tls: bool, response: bytes, surplus: bytes, records: int
) -> None:
    first = [response, surplus] if records == 2 else [response + surplus]
    responses = iter([first, [http_response(200, b'{"own": 1}')]])

    async def respond(_: bytes) -> list[bytes]:
        return next(responses)

    async with kept(make, respond, tls=tls) as (server, transport):
        contents = [(await transport.send(request(server.url))).content for _ in range(2)]

    assert contents == [b"{}", b'{"own": 1}']
    assert server.connections == 2


@pytest.mark.parametrize("make", TRANSPORTS)
@pytest.mark.parametrize("tls", [False, True])
async def test_what_a_server_sends_while_a_connection_is_idle_does_not_go_to_the_next_request(
    make: Make, tls: bool
) -> None:
    async with kept(make, empty, tls=tls) as (server, transport):
        await transport.send(request(server.url))
        server.writers[0].write(FOREIGN)
        await server.writers[0].drain()
        response = await transport.send(request(server.url))

    assert b"+12025550199" not in response.content
    assert server.connections == 2


@pytest.mark.parametrize("make", TRANSPORTS)
@pytest.mark.parametrize("tls", [False, True])
async def test_a_connection_on_which_nothing_is_left_is_used_again(make: Make, tls: bool) -> None:
    async def respond(_: bytes) -> bytes:
        return CHUNKED

    async with kept(make, respond, tls=tls) as (server, transport):
        for _ in range(3):
            await transport.send(request(server.url))

    assert (server.connections, len(server.requests)) == (1, 3)


async def test_a_waiting_request_does_not_get_the_rest_of_anothers_response() -> None:
    async def respond(message: bytes) -> bytes:
        own = message.split(b" ")[1].removeprefix(b"/")
        return http_response(200, own) + FOREIGN

    async with (
        raw_server(respond) as server,
        httpx.AsyncClient(limits=httpx.Limits(max_connections=1)) as http_client,
    ):
        transport = HttpxClientTransport(http_client)
        paths = [str(number) for number in range(5)]
        responses = await asyncio.gather(*(transport.send(request(f"{server.url}/{path}")) for path in paths))

    assert [response.content.decode() for response in responses] == paths
    assert server.connections == 5


class _Stream(httpx.AsyncByteStream):
    """The body of a response whose connection is not known, or whose connection is `connection`."""

    def __init__(self, connection: object = None) -> None:
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"{}"


class _Network:
    """The socket below a response, with TLS that says `problem` if it is read."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.closed = False
        self._problem = problem

    def get_extra_info(self, _: str) -> _Network | None:
        return self if self._problem else None

    def read(self, _: int) -> bytes:
        assert self._problem is not None
        raise self._problem

    async def aclose(self) -> None:
        self.closed = True


class _H11:
    """A connection that has received nothing more."""

    class _h11_state:
        trailing_data = (b"", False)


@pytest.mark.parametrize(
    ("stream", "network", "version", "closed"),
    [
        (_Stream(), _Network(), b"HTTP/1.1", True),
        (_Stream(), _Network(), b"HTTP/2", False),
        (_Stream(_H11()), _Network(), b"HTTP/1.1", False),
        (_Stream(_H11()), _Network(ssl.SSLWantReadError()), b"HTTP/1.1", False),
        (_Stream(_H11()), _Network(ssl.SSLZeroReturnError()), b"HTTP/1.1", True),
        (_Stream(_H11()), _Network(ssl.SSLError("bad record")), b"HTTP/1.1", True),
    ],
    ids=["unknown", "HTTP/2", "h11", "TLS", "TLS that ended", "TLS that failed"],
)
async def test_a_connection_is_closed_unless_it_is_certain_that_nothing_is_left(
    stream: _Stream, network: _Network, version: bytes, closed: bool
) -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        extensions = {"network_stream": network, "http_version": version}
        return httpx.Response(200, stream=stream, extensions=extensions)

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http_client:
        response = await HttpxClientTransport(http_client).send(request("http://numbers.example"))

    assert response.content == b"{}"
    assert network.closed is closed
