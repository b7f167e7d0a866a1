"""An inbox as an ASGI application: mount it in Starlette, FastAPI or Django, or serve it alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol, TypeAlias

from .events import MAX_SIZE
from .records import Receipt
from .signature import Headers, header

logger: logging.Logger = logging.getLogger("sinch_numbers.webhooks")

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

_BODY_TIMEOUT = 10.0
"""Seconds until the whole body has to be there."""
_DISCARDED = 1_048_576
"""Bytes of a body that a server may read and throw away after the response. If more are left, the connection is closed."""


class Receiver(Protocol):
    """What the application needs of an inbox."""

    @property
    def is_running(self) -> bool: ...

    @property
    def has_handlers(self) -> bool: ...

    async def receive(self, body: bytes, headers: Headers) -> Receipt: ...

    async def start(self) -> None: ...

    async def aclose(self) -> None: ...


class Disconnected(Exception):
    """The sender left before its body was complete."""


class InboxApp:
    """`WebhookInbox.asgi`. Takes a POST to any path; it does no more than read the body and write the receipt."""

    def __init__(self, inbox: Receiver) -> None:
        self._inbox = inbox

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serves one ASGI connection scope."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})

    async def _serve(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await _respond(send, 405, "POST only", allow="POST")
            return
        await self._start()
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        try:
            receipt = await self._receipt(headers, receive)
        except Disconnected:
            return
        if scope.get("http_version", "").startswith("1") and _leaves_much(receipt, headers):
            await _respond(send, receipt.status, receipt.reason, connection="close")
        else:
            await _respond(send, receipt.status, receipt.reason)

    async def _receipt(self, headers: list[tuple[bytes, bytes]], receive: Receive) -> Receipt:
        if header(headers, "content-encoding") not in {None, "", "identity"}:
            return Receipt(status=415, reason="encoded")
        if (_announced(headers) or 0) > MAX_SIZE:
            return Receipt(status=413, reason="too large")
        try:
            async with asyncio.timeout(_BODY_TIMEOUT):
                body = await _read(receive)
        except TimeoutError:
            return Receipt(status=408, reason="timeout")
        if body is None:
            return Receipt(status=413, reason="too large")
        return await self._inbox.receive(body, headers)

    async def _start(self) -> None:
        # Without handlers it is one of the processes that only receive.
        if self._inbox.has_handlers and not self._inbox.is_running:
            logger.warning(
                "the inbox was started by its first callback: a mounted application gets no lifespan events. "
                "Use `async with inbox` in the lifespan of the application that it is mounted in"
            )
            await self._inbox.start()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Served alone, the server's lifespan is the inbox's."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._inbox.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._inbox.aclose()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _announced(headers: list[tuple[bytes, bytes]]) -> int | None:
    """The length that the body is said to have; None if it is not said, or not in digits."""
    length = header(headers, "content-length") or ""
    return int(length) if length.isdecimal() and len(length) < 20 else None


def _leaves_much(receipt: Receipt, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the sender may go on to send what nobody reads: slowly, or much of it."""
    if receipt.status not in {413, 415}:
        return receipt.status == 408
    length = _announced(headers)
    return length is None or length > _DISCARDED


async def _read(receive: Receive) -> bytes | None:
    """The body, or None if it is too large; raises Disconnected if the sender leaves first."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > MAX_SIZE:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _respond(send: Send, status: int, reason: str, **headers: str) -> None:
    content = reason.encode()
    fields = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(content)), **headers}
    encoded = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": content})
