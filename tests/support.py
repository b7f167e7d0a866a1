"""What many tests share: names, a client without ceremony, a server on bytes, and all that an error shows."""

from __future__ import annotations

import asyncio
import base64
import logging
import pickle
import socket
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from ssl import SSLContext
from typing import Any

import attrs

import sinch_numbers
from sinch_numbers import NumbersClient, NumbersError
from sinch_numbers.sandbox import VirtualClock

PROJECT = "project-1"
KEY_ID = "key-id-1"
KEY_SECRET = "canary-key-secret-7Qz"
TOKEN = "canary.access.token-9Xw"
HMAC_SECRET = "canary-hmac-secret-4Lp"
BASIC = base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
CANARIES = (KEY_SECRET, TOKEN, HMAC_SECRET, BASIC)

BASE = "http://127.0.0.1:9"
"""Where requests that pytest-httpx answers are sent: plain http, so that no test loads certificates."""
NUMBER = "+12025550134"
NUMBER_URL = f"{BASE}/v1/projects/{PROJECT}/activeNumbers/%2B12025550134"
RENT_URL = f"{BASE}/v1/projects/{PROJECT}/availableNumbers/%2B12025550134:rent"
REGIONS_URL = f"{BASE}/v1/projects/{PROJECT}/availableRegions"
CALLBACKS_URL = f"{BASE}/v1/projects/{PROJECT}/callbackConfiguration"
TOKEN_URL = f"{BASE}/oauth2/token"


def make_client(**options: Any) -> NumbersClient:
    """A client of `BASE` on a virtual clock, which asks for no token unless told to."""
    defaults: dict[str, Any] = {
        "project_id": PROJECT,
        "base_url": BASE,
        "auth_url": BASE,
        "auth": lambda: TOKEN,
        "clock": VirtualClock(),
    }
    return NumbersClient(**(defaults | options))


def make_keyed_client(**options: Any) -> NumbersClient:
    """The same with the key of these tests, by OAuth2."""
    return make_client(**({"auth": "oauth2", "key_id": KEY_ID, "key_secret": KEY_SECRET} | options))


def closed_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_PACKAGE = Path(sinch_numbers.__file__).parent


def _frames(error: BaseException) -> Iterator[str]:
    for frame, _ in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_PACKAGE) and not path.is_relative_to(_PACKAGE / "sandbox"):
            for name, value in frame.f_locals.items():
                yield f"{path.name}:{frame.f_code.co_name} {name}={value!r}"


def shown(error: BaseException | None) -> Iterator[str]:
    """All that a log, a debugger or an error tracker could show of an error and of what it came from."""
    if error is None:
        return
    yield str(error)
    yield repr(error)
    yield repr(vars(error))
    if isinstance(error, NumbersError):
        yield repr(pickle.dumps(error))
    yield from _frames(error)
    yield from shown(error.__cause__)
    if error.__context__ is not error.__cause__:
        yield from shown(error.__context__)


def recorded(records: list[logging.LogRecord]) -> Iterator[str]:
    """All that log records hold."""
    for record in records:
        yield f"{record.name}: {record.getMessage()}"
        yield repr(record.args)
        if record.exc_info:
            yield from shown(record.exc_info[1])


def leaks(texts: Iterator[str]) -> list[str]:
    """The texts in which one of the secrets of these tests stands."""
    return [text for text in texts if any(canary in text for canary in CANARIES)]


@attrs.define
class RawServer:
    """A server of bytes on loopback, which counts its connections."""

    url: str
    connections: int = 0
    requests: list[bytes] = attrs.field(factory=list[bytes])
    writers: list[asyncio.StreamWriter] = attrs.field(factory=list[asyncio.StreamWriter])


Answer = Callable[[bytes], Awaitable[bytes | None]]


def http_answer(status: int = 200, body: bytes = b"{}", *headers: str) -> bytes:
    """The bytes of an answer."""
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
async def raw_server(answer: Answer, *, ssl: SSLContext | None = None) -> AsyncGenerator[RawServer]:
    """Serves `answer`: from the bytes of a request to those of an answer, or None to drop the connection."""
    server = RawServer("")
    serving: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        if (task := asyncio.current_task()) is not None:
            serving.add(task)
        server.writers.append(writer)
        try:
            while True:
                request = await _read_request(reader)
                server.requests.append(request)
                if (content := await answer(request)) is None:
                    break
                writer.write(content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
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
