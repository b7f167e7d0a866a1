"""The size of a response: limited after decompression, while it is read, on every transport."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import aiohttp
import httpx
import pytest

from sinch_numbers import (
    APIConnectionError,
    ConfigurationError,
    HttpRequest,
    HttpResponse,
    HttpxTransport,
    NumbersClient,
    OutcomeUnknownError,
    Sent,
    Transport,
    TransportError,
    _defaults,
)
from sinch_numbers.sandbox import Sandbox
from sinch_numbers.transports.aiohttp import AiohttpSessionTransport, AiohttpTransport
from sinch_numbers.transports.bodies import read_body
from sinch_numbers.transports.httpx_client import HttpxClientTransport

from ..purchasing.steps import offered
from ..raw_server import http_response, raw_server
from ..support import make_client

MIB = 2**20


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@asynccontextmanager
async def default(limit: int) -> AsyncGenerator[Transport]:
    transport = HttpxTransport(max_response_size=limit)
    yield transport
    await transport.aclose()


@asynccontextmanager
async def client_of_the_user(limit: int) -> AsyncGenerator[Transport]:
    async with httpx.AsyncClient() as http_client:
        yield HttpxClientTransport(http_client, max_response_size=limit)


async def _read_it(response: httpx.Response) -> None:
    await response.aread()


@asynccontextmanager
async def client_whose_hook_reads_the_response(limit: int) -> AsyncGenerator[Transport]:
    async with httpx.AsyncClient(event_hooks={"response": [_read_it]}) as http_client:
        yield HttpxClientTransport(http_client, max_response_size=limit)


@asynccontextmanager
async def aiohttp_transport(limit: int) -> AsyncGenerator[Transport]:
    transport = AiohttpTransport(max_response_size=limit)
    yield transport
    await transport.aclose()


@asynccontextmanager
async def session_of_the_user(limit: int) -> AsyncGenerator[Transport]:
    async with aiohttp.ClientSession() as session:
        yield AiohttpSessionTransport(session, max_response_size=limit)


UNREAD = [default, client_of_the_user, aiohttp_transport, session_of_the_user]
"""Transports that read the response themselves."""
TRANSPORTS = [*UNREAD, client_whose_hook_reads_the_response]
every_transport = pytest.mark.parametrize("transport_with", TRANSPORTS)

Open = Callable[[int], AbstractAsyncContextManager[Transport]]
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": raw_deflate,
}


async def sent(transport: Transport, body: bytes, *headers: str) -> HttpResponse:
    """What a transport makes of a response with `body`."""

    async def respond(_: bytes) -> bytes:
        return http_response(200, body, *headers)

    async with raw_server(respond) as server:
        return await transport.send(HttpRequest(method="GET", url=server.url, headers={}))


@every_transport
@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_response_of_the_allowed_size_is_decompressed(transport_with: Open, encoding: str) -> None:
    content = bytes(range(256)) * 4 * 1024 * 3  # three steps of the decompression
    async with transport_with(len(content)) as transport:
        response = await sent(transport, ENCODINGS[encoding](content), f"Content-Encoding: {encoding}")

    assert response.content == content


@every_transport
@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_response_with_one_byte_more_raises_and_says_that_the_request_arrived(
    transport_with: Open, encoding: str
) -> None:
    content = b"x" * 3 * MIB
    async with transport_with(len(content) - 1) as transport:
        with pytest.raises(TransportError, match=r"more than 3,145,727 bytes.*max_response_size") as caught:
            await sent(transport, ENCODINGS[encoding](content), f"Content-Encoding: {encoding}")

    assert caught.value.sent is Sent.ARRIVED
    assert not caught.value.timed_out


@pytest.mark.parametrize("transport_with", UNREAD)
async def test_a_response_that_never_ends_is_not_read_to_its_end(transport_with: Open) -> None:
    left: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * MIB)
                await writer.drain()
        except ConnectionError:
            left.append(1)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, transport_with(5 * MIB) as transport:
        with pytest.raises(TransportError) as caught:
            await transport.send(HttpRequest(method="GET", url=url, headers={}))
        async with asyncio.timeout(10):
            while not left:
                await asyncio.sleep(0)

    assert caught.value.sent is Sent.ARRIVED


def bomb(size: int) -> bytes:
    """`size` bytes of gzip that inflate to a thousand times as much."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    begin = packer.compress(b"x") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + block * (size // len(block))


@pytest.mark.parametrize("transport_with", UNREAD)
@pytest.mark.parametrize("limit", [MIB, _defaults.MAX_RESPONSE_SIZE])
async def test_10_mb_of_gzip_cost_hardly_more_memory_than_the_limit(transport_with: Open, limit: int) -> None:
    body = bomb(10_000_000)
    async with transport_with(limit) as transport:
        tracemalloc.start()
        try:
            with pytest.raises(TransportError) as caught:
                await sent(transport, body, "Content-Encoding: gzip")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert caught.value.sent is Sent.ARRIVED
    # The server, which is in the same process, holds the body once more.
    assert peak < limit + len(body) + 16 * MIB


@pytest.mark.parametrize("transport_with", UNREAD)
@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "compress"])
async def test_other_encodings_are_not_decompressed(transport_with: Open, encoding: str) -> None:
    content = gzip.compress(gzip.compress(b"{}"))
    async with transport_with(MIB) as transport:
        response = await sent(transport, content, f"Content-Encoding: {encoding}")

    assert response.content == content


async def test_a_client_of_the_user_asks_only_for_encodings_that_are_decompressed() -> None:
    async def respond(_: bytes) -> bytes:
        return http_response()

    async with (
        raw_server(respond) as server,
        httpx.AsyncClient(headers={"Accept-Encoding": "br, zstd"}) as http_client,
    ):
        transport = HttpxClientTransport(http_client)
        await transport.send(HttpRequest(method="GET", url=server.url, headers={}))

    assert b"\r\naccept-encoding: gzip, deflate\r\n" in server.requests[0].lower()


async def test_an_empty_body_may_claim_any_encoding() -> None:
    async with default(MIB) as transport:
        response = await sent(transport, b"", "Content-Encoding: gzip")

    assert response.content == b""


async def test_what_follows_the_compressed_data_is_ignored_and_not_kept() -> None:
    packed = gzip.compress(b"{}")

    async def received() -> AsyncIterator[bytes]:
        yield packed + b"rest"
        for _ in range(32):
            yield bytes(MIB)

    tracemalloc.start()
    try:
        content = await read_body(received(), "gzip", 64 * MIB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert content == b"{}"
    assert peak < 4 * MIB


@pytest.mark.parametrize(("encoding", "begin"), [("", b""), ("gzip", gzip.compress(b"{}"))])
async def test_what_never_ends_is_given_up_at_the_limit_even_if_nothing_comes_of_it(
    encoding: str, begin: bytes
) -> None:
    chunks = iter([begin, *[b"x" * 100_000] * 100])

    async def received() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    with pytest.raises(TransportError, match="more than"):
        await read_body(received(), encoding, MIB)

    assert len([*chunks]) == 89


@pytest.mark.parametrize("more", [*range(1, 300, 13)])
async def test_the_last_bytes_of_a_step_are_not_lost(more: int) -> None:
    async def received() -> AsyncIterator[bytes]:
        yield raw_deflate(bytes(MIB + more))

    assert len(await read_body(received(), "deflate", 2 * MIB)) == MIB + more


async def test_other_tasks_run_while_a_large_body_is_inflated() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def at_once() -> AsyncIterator[bytes]:
        yield gzip.compress(bytes(16 * MIB))

    task = asyncio.create_task(other())
    await read_body(at_once(), "gzip", 16 * MIB)
    task.cancel()

    assert turns >= 15


@pytest.mark.parametrize("limit", [0, -1, 1.5, "64"])
def test_a_limit_that_is_not_a_number_of_bytes_is_refused(limit: int) -> None:
    with pytest.raises(ConfigurationError, match="max_response_size"):
        HttpxTransport(max_response_size=limit)


# --- calls ---


async def test_a_read_whose_response_is_too_large_raises_at_once_and_says_that_it_arrived() -> None:
    async def respond(_: bytes) -> bytes:
        return http_response(200, b'{"availableRegions": []}' + b" " * 1_000)

    async with raw_server(respond) as server, default(1_000) as transport:
        with pytest.raises(APIConnectionError, match="more than 1,000 bytes") as caught:
            await make_client(base_url=server.url, transport=transport).available_regions.list()

    assert caught.value.sent is Sent.ARRIVED
    assert "the request arrived" in str(caught.value)
    assert len(caught.value.attempts) == len(server.requests) == 1


class _Padded:
    """The response to a rent gets `size` bytes of white space; the default transport of `limit` reads it."""

    def __init__(self, limit: int) -> None:
        self.inner = HttpxTransport(max_response_size=limit)
        self.rents = 0

    async def send(self, request: HttpRequest) -> HttpResponse:
        if not request.url.endswith(":rent"):
            return await self.inner.send(request)
        self.rents += 1
        tight = HttpxTransport(max_response_size=10)
        try:
            return await tight.send(request)
        finally:
            await tight.aclose()

    async def aclose(self) -> None:
        await self.inner.aclose()


async def test_a_rent_whose_response_is_too_large_is_looked_up_and_not_sent_again(
    sandbox: Sandbox, url: str
) -> None:
    transport = _Padded(MIB)
    async with NumbersClient(
        project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, clock=sandbox.clock,
        transport=transport,
    ) as client:  # fmt: skip
        number = await offered(client)
        rented = await client.available_numbers.rent(number)
    await transport.aclose()

    assert rented.phone_number == number
    assert (transport.rents, len(sandbox.charges)) == (1, 1)


async def test_a_rent_whose_response_is_too_large_is_unknown_if_the_api_cannot_be_asked() -> None:
    async def respond(_: bytes) -> bytes:
        return http_response(200, b" " * 1_001)

    async with raw_server(respond) as server, default(1_000) as transport:
        with pytest.raises(OutcomeUnknownError):
            await make_client(base_url=server.url, transport=transport).available_numbers.rent("+12025550134")

    assert sum(message.startswith(b"POST ") for message in server.requests) == 1
