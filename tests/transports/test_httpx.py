"""The default transport: one exchange, its connections, its event loop."""

from __future__ import annotations

import asyncio
import gc
import gzip
import http.server
import ssl
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sinch_numbers import (
    HttpRequest,
    HttpxTransport,
    NumbersClient,
    Sent,
    Timeout,
    TransportError,
)
from sinch_numbers.transports.httpx_client import HttpxClientTransport

from ..raw_server import RawServer, http_response, raw_server
from ..support import ANSWER_BODY, make_client


async def empty(_: bytes) -> bytes:
    return http_response()


def request(url: str, **options: Any) -> HttpRequest:
    return HttpRequest(method="GET", url=url, headers={}, **options)


async def lost(transport: HttpxTransport | HttpxClientTransport, message: HttpRequest) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await transport.send(message)
    return caught.value


@asynccontextmanager
async def served(transport: HttpxTransport) -> AsyncGenerator[tuple[RawServer, NumbersClient]]:
    async with raw_server(empty) as server:
        client = make_client(base_url=server.url, transport=transport)
        yield server, client
        await client.aclose()
        await transport.aclose()


# --- one exchange ---


async def test_a_response_is_complete_and_its_headers_are_lower_case() -> None:
    async def respond(_: bytes) -> bytes:
        body = gzip.compress(b'{"a": 1}')
        return http_response(
            203, body, "Content-Encoding: gzip", "X-Twice: a", "x-twice: b", "X-Request-ID: r"
        )

    async with raw_server(respond) as server:
        transport = HttpxTransport()
        response = await transport.send(request(f"{server.url}/path?q=%2B1"))
        await transport.aclose()

    assert (response.status_code, response.content) == (203, b'{"a": 1}')
    assert response.headers["x-twice"] == "a, b"
    assert response.headers["x-request-id"] == "r"
    assert server.requests[0].startswith(b"GET /path?q=%2B1 HTTP/1.1\r\n")


async def test_a_response_with_a_wrong_content_encoding_is_a_transport_error() -> None:
    async def respond(_: bytes) -> bytes:
        return http_response(200, b"not gzip", "Content-Encoding: gzip")

    async with raw_server(respond) as server:
        error = await lost(HttpxTransport(), request(server.url))

    assert (error.sent, error.timed_out) == (Sent.UNKNOWN, False)


def transport_of_its_own(_: httpx.AsyncClient) -> HttpxTransport:
    return HttpxTransport()


@pytest.mark.parametrize("make", [transport_of_its_own, HttpxClientTransport])
async def test_a_request_is_not_sent_if_before_send_raises(
    make: Callable[[httpx.AsyncClient], HttpxTransport | HttpxClientTransport],
) -> None:
    async def refuse() -> None:
        raise TransportError("changed my mind", sent=Sent.NEVER)

    async def agree() -> None:
        agreed.append(True)

    agreed: list[bool] = []

    async with raw_server(empty) as server, httpx.AsyncClient(trust_env=False) as http_client:
        transport = make(http_client)
        error = await lost(transport, request(server.url, before_send=refuse))
        await transport.send(request(server.url, before_send=agree))
        await transport.aclose()

    assert str(error) == "changed my mind"
    assert error.sent is Sent.NEVER
    assert agreed == [True]
    assert len(server.requests) == 1
    gc.collect()


async def test_a_request_whose_tls_handshake_fails_was_never_sent() -> None:
    async def babble(_: bytes) -> bytes:
        return b"no TLS here\r\n\r\n"

    async with raw_server(babble) as server:
        url = server.url.replace("http://", "https://")
        context = ssl.create_default_context()
        for transport in (HttpxTransport(verify=context), HttpxTransport(verify=False)):
            message = request(url, timeout=Timeout(connect=0.2))
            error = await lost(transport, message)
            assert error.sent is Sent.NEVER
            await transport.aclose()

    assert server.requests == []


LOOPBACK = Path(__file__).with_name("loopback.pem")
"""A self-signed certificate and its key, for 127.0.0.1."""


async def test_tls_verifies_the_server_and_shakes_hands_once_for_each_connection() -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(LOOPBACK)
    ours = ssl.create_default_context(cafile=LOOPBACK)
    async with raw_server(empty, ssl=theirs) as server:
        stranger = HttpxTransport()
        error = await lost(stranger, request(server.url))
        assert server.requests == []
        before = server.connections
        for transport in (HttpxTransport(verify=ours), HttpxTransport(verify=False)):
            await asyncio.gather(*(transport.send(request(server.url)) for _ in range(3)))
            await asyncio.gather(*(transport.send(request(server.url)) for _ in range(3)))
            await transport.aclose()

    assert error.sent is Sent.NEVER
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)
    assert server.connections - before == 6
    assert len(server.requests) == 12


async def test_an_exchange_that_has_begun_gets_its_response_after_the_transport_is_closed() -> None:
    arrived, leave = asyncio.Event(), asyncio.Event()

    async def wait(_: bytes) -> bytes:
        arrived.set()
        await leave.wait()
        return http_response()

    async with raw_server(wait) as server:
        transport = HttpxTransport()
        exchange = asyncio.create_task(transport.send(request(server.url)))
        await arrived.wait()
        await transport.aclose()
        leave.set()
        assert (await exchange).status_code == 200
        await server.writers[0].wait_closed()


async def test_a_closed_transport_sends_nothing_and_can_be_closed_again() -> None:
    transport = HttpxTransport()
    await transport.aclose()
    await transport.aclose()
    error = await lost(transport, request("http://127.0.0.1:9"))

    assert (str(error), error.sent) == ("the transport is closed", Sent.NEVER)


# --- event loops ---


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER_BODY)))
        self.end_headers()
        self.wfile.write(ANSWER_BODY)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def threaded_url() -> Iterator[str]:
    """A server that outlives event loops."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def _three_calls(client: NumbersClient) -> None:
    await asyncio.gather(*(client.available_regions.list() for _ in range(3)))
    await client.available_regions.list()


# The connections of a loop that has ended are open until they are collected, of which Python warns.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_client_serves_one_event_loop_after_the_other(threaded_url: str) -> None:
    client = make_client(base_url=threaded_url, max_connections=2)
    for _ in range(3):
        asyncio.run(_three_calls(client))
    asyncio.run(client.aclose())
    gc.collect()


def test_a_client_that_asks_for_tokens_serves_one_event_loop_after_the_other() -> None:
    from sinch_numbers.sandbox import Sandbox

    sandbox = Sandbox()
    client = sandbox.client()
    for _ in range(3):
        asyncio.run(_three_calls(client))
        sandbox.clock.advance(3500)
    asyncio.run(client.aclose())

    assert sandbox.tokens_issued >= 2
