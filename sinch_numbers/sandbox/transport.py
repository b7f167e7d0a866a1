"""The in-process transport: calls the sandbox's ASGI application, without a socket."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Receive

from ..transports import HttpRequest, HttpResponse
from .clock import VirtualClock
from .connections import EXTENSION, Connection, InProcessConnection


class SandboxTransport:
    """A `Transport` that sends every request to the sandbox, whatever the URL's host.

    A request runs to its end even if the caller is cancelled, as it would on a server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._running: set[asyncio.Task[HttpResponse]] = set()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The sandbox's response. Raises TransportError if a fault says so."""
        task = asyncio.create_task(self._exchange(request))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Cancels all requests that still run."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[HttpResponse]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()

    async def _exchange(self, request: HttpRequest) -> HttpResponse:
        inbox: list[Message] = [{"type": "http.request", "body": request.content, "more_body": False}]
        outbox: list[Message] = []

        async def receive() -> Message:
            return inbox.pop() if inbox else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            outbox.append(message)

        if request.before_send is not None:
            await request.before_send()
        await self._app(_scope(request), receive, send)
        start, *parts = outbox
        headers: dict[str, str] = {}
        for name, value in start["headers"]:
            key = name.decode("latin-1").lower()
            text = value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        content = b"".join(part.get("body", b"") for part in parts)
        return HttpResponse(status_code=start["status"], headers=headers, content=content)


def _scope(request: HttpRequest) -> dict[str, Any]:
    url = urlsplit(request.url)
    headers = {"host": url.netloc, **{name.lower(): value for name, value in request.headers.items()}}
    if request.content:
        headers["content-length"] = str(len(request.content))

    def connection(_: Receive, clock: VirtualClock) -> Connection:
        return InProcessConnection(request.timeout, clock)

    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "server": (url.hostname, url.port),
        "client": None,
        "root_path": "",
        "path": unquote(url.path),
        "raw_path": url.path.encode("ascii"),
        "query_string": url.query.encode("ascii"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "extensions": {EXTENSION: connection},
    }
