"""Serves the sandbox on a socket: uvicorn's HTTP/1.1 protocol, on a server that starts and stops immediately."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from .connections import EXTENSION, ServedConnection

_KEEP_ALIVE = 75
"""Seconds that an idle connection stays open. Longer than clients keep theirs, so that reuse never races a close."""


class _Protocol(H11Protocol):
    """uvicorn's protocol, which also passes its connection to the application, so that faults can cut it."""

    def __init__(self, app: ASGIApp, config: Config, state: ServerState) -> None:
        super().__init__(config, state, {})
        self._sandbox = app

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


@asynccontextmanager
async def serving(app: ASGIApp, *, host: str, port: int) -> AsyncGenerator[str, None]:
    """Serves `app` on the running loop until the block ends. Yields the base URL. Port 0 picks a free port."""
    config = Config(
        app, http=H11Protocol, ws="none", lifespan="off", loop="none", log_config=None, access_log=False,
        proxy_headers=False, date_header=False, timeout_keep_alive=_KEEP_ALIVE,
    )  # fmt: skip
    config.load()
    state = ServerState()
    create = asyncio.get_running_loop().create_server
    server = await create(lambda: _Protocol(app, config, state), host, port, backlog=1024)
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
