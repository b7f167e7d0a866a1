"""Serves the sandbox on a socket: uvicorn's HTTP/1.1 protocol, on a server that starts and stops immediately."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import h11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from .api_errors import envelope
from .connections import EXTENSION, ServedConnection
from .options import SandboxOptions

_KEEP_ALIVE = 75
"""Seconds that an idle connection stays open. Longer than clients keep theirs, so that reuse never races a close."""


class _Protocol(H11Protocol):
    """uvicorn's protocol, which also passes its connection to the application, so that faults can cut it.

    uvicorn sets no limit to how long a client takes to send a request.
    """

    def __init__(self, app: ASGIApp, options: SandboxOptions, config: Config, state: ServerState) -> None:
        super().__init__(config, state, {})
        self._sandbox = app
        self._options = options
        self._half_sent: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not to be checked with isinstance: the transports of uvloop have no base class.
        transport = cast("asyncio.Transport", transport)
        super().connection_made(transport)
        connection = functools.partial(ServedConnection, transport)

        async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            # Only a closing server cancels calls, and it needs no error.
            with contextlib.suppress(asyncio.CancelledError):
                await self._sandbox({**scope, "extensions": {EXTENSION: connection}}, receive, send)

        self.app = with_connection
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._limit_time()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._limit_time()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unlimit_time()

    def _limit_time(self) -> None:
        """Counts from the first byte of a request until the last."""
        in_head = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not in_head and self.conn.their_state is not h11.SEND_BODY:
            self._unlimit_time()
        elif self._half_sent is None:
            self._half_sent = self.loop.call_later(self._options.request_timeout, self._give_up)

    def _unlimit_time(self) -> None:
        if self._half_sent is not None:
            self._half_sent.cancel()
            self._half_sent = None

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            seconds = self._options.request_timeout
            response = envelope(408, f"The request did not arrive in full within {seconds:g} s").response
            length = str(len(response.content))
            headers = [
                ("content-type", "application/json"),
                ("content-length", length),
                ("connection", "close"),
            ]
            for event in (
                h11.Response(status_code=408, headers=headers),
                h11.Data(data=response.content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


@asynccontextmanager
async def serving(
    app: ASGIApp, options: SandboxOptions, *, host: str, port: int
) -> AsyncGenerator[str, None]:
    """Serves `app` on the running loop until the block ends. Yields the base URL. Port 0 picks a free port."""
    config = Config(
        app, http=H11Protocol, ws="none", lifespan="off", loop="none", log_config=None, access_log=False,
        proxy_headers=False, date_header=False, timeout_keep_alive=_KEEP_ALIVE,
    )  # fmt: skip
    config.load()
    state = ServerState()
    create = asyncio.get_running_loop().create_server
    server = await create(lambda: _Protocol(app, options, config, state), host, port, backlog=1024)
    try:
        address = server.sockets[0].getsockname()
        name = f"[{address[0]}]" if ":" in address[0] else address[0]
        yield f"http://{name}:{address[1]}"
    finally:
        server.close()
        for connection in tuple(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
        tasks = tuple(state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
