"""A free list of single-connection transports of httpx, or of httpx2, which has the same classes.

Why not one `AsyncClient`: for every request, its pool scans all connections and polls the socket of each, and in httpx, a
cancelled call leaks its connection (httpcore issue 1093). Here, the connection that was returned last serves the next
request, and a connection whose exchange failed or was cancelled is closed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable
from typing import Any, ClassVar

from .. import _defaults
from .._redaction import Secret
from .._validation import check_count
from ..attempts import Sent
from . import HttpRequest, HttpResponse, TransportError
from .bodies import request_headers
from .httpx_exchange import extensions, read_response, transport_error
from .proxies import environment_proxy
from .tls import client_context

_EXPIRY_MARGIN = 0.05
"""Seconds: connections that expire so soon after each other are closed together."""


class _Connection:
    """A transport of httpx with one connection."""

    __slots__ = ("direct", "idle_since", "transport")

    def __init__(self, transport: Any, direct: Any = None) -> None:
        self.transport = transport
        self.direct = direct
        """The connection of httpcore, or None if there is a pool around it, which a proxy needs."""
        self.idle_since = 0.0
        """By the clock of the event loop, in seconds."""


class FreeListTransport:
    """Keeps connections open, and opens as many as there are exchanges at once."""

    library: ClassVar[Any]
    """The module: httpx or httpx2."""
    core: ClassVar[Any]
    """The module below it: httpcore or httpcore2."""

    def __init__(
        self,
        *,
        keepalive_expiry: float = _defaults.KEEPALIVE_EXPIRY,
        verify: ssl.SSLContext | bool = True,
        proxy: str | None = None,
        max_response_size: int = _defaults.MAX_RESPONSE_SIZE,
    ) -> None:
        """`keepalive_expiry` is in seconds. `verify` is a TLS context, or False to trust any server. `proxy` is a URL, which
        overrides `HTTPS_PROXY` and the like. `max_response_size` is in bytes, after decompression: a larger response is not
        read to its end, and raises TransportError.
        """
        check_count("max_response_size", max_response_size)
        self._keepalive_expiry = keepalive_expiry
        self._verify = verify
        self._proxy = Secret(proxy or "")  # error trackers show variables, and the URL may contain a password
        self._max_response_size = max_response_size
        self._idle: dict[tuple[str, bytes], deque[_Connection]] = {}
        self._expiry_timer: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self._closed:
            raise TransportError("the transport is closed", sent=Sent.NEVER)
        try:
            url = self.library.URL(request.url)
        except self.library.InvalidURL as error:
            raise TransportError(f"the URL is not valid: {error}", sent=Sent.NEVER) from None
        origin = (url.scheme, url.netloc)
        connection = await self._take(origin) or self._connect(url)
        failure: Exception
        try:
            response = await connection.transport.handle_async_request(
                self.library.Request(
                    request.method,
                    url,
                    headers=request_headers(request),
                    content=request.content,
                    extensions=extensions(request),
                )
            )
            received = await read_response(response, self._max_response_size)
        except self.library.RequestError as error:
            failure = transport_error(error, self.library)
        except Exception as error:  # `before_send` raised, or the response is too large
            failure = error
        except BaseException:
            # Cancelled: a half-used connection cannot serve another request.
            await asyncio.shield(connection.transport.aclose())
            raise
        else:
            await self._give_back(origin, connection)
            return received
        await asyncio.shield(connection.transport.aclose())
        try:
            raise failure.with_traceback(None)  # see transport_error
        finally:
            del failure  # it refers to this frame

    async def aclose(self) -> None:
        self._closed = True
        # The connections of an event loop that has ended cannot be closed any more.
        usable = self._loop is asyncio.get_running_loop()
        idle = [connection for connections in self._idle.values() for connection in connections if usable]
        self._forget()
        await _close(idle)
        if usable and self._closing:
            await asyncio.wait(self._closing)

    async def _take(self, origin: tuple[str, bytes]) -> _Connection | None:
        """The connection that became idle last, unless the server has closed it, or has sent what nobody asked for."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # A connection can be used only in the event loop that opened it.
            self._loop, former = loop, self._loop
            if former is not None:
                self._forget()
        connections = self._idle.get(origin)
        while connections:
            connection = connections.pop()
            # A pool looks for itself.
            if connection.direct is None or not connection.direct.has_expired():
                return connection
            await connection.transport.aclose()
        return None

    async def _give_back(self, origin: tuple[str, bytes], connection: _Connection) -> None:
        loop = asyncio.get_running_loop()
        closed = connection.direct is not None and not connection.direct.is_idle()  # by the server, say
        if closed or self._closed or loop is not self._loop:
            await connection.transport.aclose()
            return
        connection.idle_since = loop.time()
        connections = self._idle.get(origin)
        if connections is None:
            connections = self._idle[origin] = deque()
        connections.append(connection)
        if self._expiry_timer is None:
            self._expiry_timer = loop.call_later(self._keepalive_expiry, self._close_expired)

    def _close_expired(self) -> None:
        """Closes the idle connections that have expired, and does so again when the next one expires."""
        loop = asyncio.get_running_loop()
        longest_idle_since = loop.time() - self._keepalive_expiry + _EXPIRY_MARGIN
        expired: list[_Connection] = []
        for connections in self._idle.values():
            while connections and connections[0].idle_since <= longest_idle_since:
                expired.append(connections.popleft())
        self._idle = {origin: connections for origin, connections in self._idle.items() if connections}
        oldest = min((connections[0].idle_since for connections in self._idle.values()), default=None)
        self._expiry_timer = (
            None if oldest is None else loop.call_at(oldest + self._keepalive_expiry, self._close_expired)
        )
        if expired:
            task = loop.create_task(_close(expired))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _forget(self) -> None:
        self._idle.clear()
        self._closing = {task for task in self._closing if task.get_loop() is self._loop}
        if self._expiry_timer is not None:
            self._expiry_timer.cancel()
            self._expiry_timer = None

    def _connect(self, url: Any) -> _Connection:
        context = client_context(self._verify) if url.scheme == "https" else None
        proxy = self._proxy or Secret(
            environment_proxy(url.scheme, url.host, url.netloc.decode("ascii")) or ""
        )
        if not proxy:
            direct = self.core.AsyncHTTPConnection(
                origin=self.core.URL(str(url)).origin,
                ssl_context=context,
                keepalive_expiry=self._keepalive_expiry,
            )
            # Without a pool around the connection, whose bookkeeping costs a fifth of a call: httpx calls two of its methods,
            # and a connection has both.
            transport = object.__new__(self.library.AsyncHTTPTransport)
            transport._pool = direct
            return _Connection(transport, direct)
        try:
            return _Connection(
                self.library.AsyncHTTPTransport(
                    verify=context or False,
                    limits=self.library.Limits(
                        max_connections=1,
                        max_keepalive_connections=1,
                        keepalive_expiry=self._keepalive_expiry,
                    ),
                    proxy=proxy.reveal(),
                    trust_env=False,
                )
            )
        except (ValueError, ImportError, self.library.InvalidURL) as error:
            # The URL of a proxy may contain a password, and some of these errors quote the URL.
            reason = error if isinstance(error, ImportError) else type(error).__name__
            raise TransportError(f"the proxy cannot be used: {reason}", sent=Sent.NEVER) from None


async def _close(connections: Iterable[_Connection]) -> None:
    for connection in connections:
        await connection.transport.aclose()
