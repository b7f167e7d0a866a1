"""A server of bytes on loopback, for what no real server sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import Any

import attrs

from .support import ANSWER_BODY


@attrs.define
class RawServer:
    """A server of bytes on loopback, which counts its connections."""

    url: str
    connections: int = 0
    open: int = 0
    """Connections that are open now."""
    requests: list[bytes] = attrs.field(factory=list[bytes])
    writers: list[asyncio.StreamWriter] = attrs.field(factory=list[asyncio.StreamWriter])
    readers: list[asyncio.StreamReader] = attrs.field(factory=list[asyncio.StreamReader])


class Last(bytes):
    """The bytes of a response, after which the server closes the connection."""


Respond = Callable[[bytes], Awaitable[bytes | list[bytes] | None]]


def http_response(status: int = 200, body: bytes = ANSWER_BODY, *headers: str) -> bytes:
    """The bytes of a response."""
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return head + await reader.readexactly(length)


@asynccontextmanager
async def raw_server(respond: Respond, *, ssl: SSLContext | None = None) -> AsyncGenerator[RawServer]:
    """Serves what `respond` returns for the bytes of a request: those of a response, or None to drop the connection.

    The items of a list are TLS records of their own, which are sent at once.
    """
    server = RawServer("")
    serving: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.open += 1
        if (task := asyncio.current_task()) is not None:
            serving.add(task)
        server.writers.append(writer)
        server.readers.append(reader)
        try:
            while True:
                request = await _read_request(reader)
                server.requests.append(request)
                if (content := await respond(request)) is None:
                    break
                if content:  # after writelines() of nothing, a connection is not closed from Python 3.12 on
                    writer.writelines(content if isinstance(content, list) else [content])
                    await writer.drain()
                if isinstance(content, Last):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            server.open -= 1
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=ssl)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if ssl else 'http'}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listening.close()
        for writer in server.writers:
            writer.transport.abort()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await listening.wait_closed()
