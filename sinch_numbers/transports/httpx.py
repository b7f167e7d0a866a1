"""The default transport: a free list of single-connection `httpx` transports. The only module that imports httpx.

Why not one `httpx.AsyncClient`: for every request, its pool scans all connections and polls the socket of each, and a
cancelled call leaks its connection (httpcore issue 1093). Here, the connection that was returned last serves the next
request, and a connection whose exchange failed or was cancelled is closed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, cast

import httpcore
import httpx
from httpx import AsyncClient as AsyncClient  # for the signatures of other modules, which do not import httpx

from .. import _defaults
from .._validation import check_count
from ..attempts import Sent
from . import HttpRequest, HttpResponse, TransportError
from .bodies import check_size, read_body, request_headers
from .proxies import environment_proxy

# Raised before any byte was sent. After any other error, the request may have reached the server.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

_LONGEST_CHAIN = 20
"""Causes of an error that are searched for the reason."""
_EXPIRY_MARGIN = 0.05
"""Seconds: connections that expire so soon after each other are closed together."""


def _error(error: httpx.HTTPError) -> TransportError:
    """The same as a TransportError. It does not keep `error`: the frames of its traceback contain the token, and the password
    of the proxy, which error trackers would show.
    """
    sent = Sent.NEVER if isinstance(error, _NEVER_SENT) else Sent.UNKNOWN
    text = ": ".join(filter(None, (type(error).__name__, str(error), _reason(error))))
    return TransportError(text, sent=sent, timed_out=isinstance(error, httpx.TimeoutException))


def _reason(error: BaseException) -> str:
    """What the operating system says, such as "[Errno 111] Connection refused"; empty if `error` says it, or if it has none."""
    text = str(error)
    reason: BaseException | None = error
    found = ""
    for _ in range(_LONGEST_CHAIN):
        if isinstance(reason, BaseExceptionGroup):  # one error for each address of the host
            reason = cast("BaseExceptionGroup[BaseException]", reason).exceptions[0]
        if reason is None:
            break
        if isinstance(reason, OSError) and reason.errno is not None:
            found = str(reason)
        reason = reason.__cause__ or reason.__context__
    return "" if found in text else found


def _is_about(error: httpx.HTTPError, message: httpx.Request) -> bool:
    try:
        return error.request is message
    except RuntimeError:  # the error has no request
        return False


def _headers(response: httpx.Response) -> Mapping[str, str]:
    # httpx joins repeated headers with ", " and lower-cases the names.
    return dict(response.headers.items())


def _has_surplus(response: httpx.Response) -> bool:
    """Whether more than the response was received, whose body was read to its end.

    The next request on the connection would get the rest as its response. It may be in a buffer of h11 or of TLS, where
    no check of the socket finds it.
    """
    stream = response.extensions.get("network_stream")
    if stream is None or response.http_version == "HTTP/2":
        return False
    source: Any = response.stream
    while source is not None and not hasattr(source, "_h11_state"):
        inner = (getattr(source, name, None) for name in ("_stream", "_httpcore_stream", "_connection"))
        source = next(filter(None, inner), None)
    if source is None or source._h11_state.trailing_data[0]:
        return True  # if it cannot be found out, too
    tls = stream.get_extra_info("ssl_object")
    if tls is None:
        return False
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        return True
    return True


async def _content(response: httpx.Response, limit: int) -> bytes:
    """The body. Closes the response, and its connection if that cannot be used again."""
    try:
        if response.is_stream_consumed:  # by a hook of the user's client
            check_size(len(response.content), limit)
            return response.content
        assert isinstance(response.stream, httpx.AsyncByteStream)
        content = await read_body(response.stream, response.headers.get("content-encoding", ""), limit)
        if _has_surplus(response):
            # Before the response is closed: that gives the connection to the next request.
            await response.extensions["network_stream"].aclose()
        return content
    finally:
        await response.aclose()


def _extensions(request: HttpRequest) -> dict[str, object]:
    timeout = request.timeout
    extensions: dict[str, object] = {
        "timeout": {
            "connect": timeout.connect,
            "read": timeout.read,
            "write": timeout.write,
            "pool": timeout.pool,
        }
    }
    if request.before_send is not None:
        before_send = request.before_send

        async def trace(event: str, _info: object) -> None:
            if event.endswith(".send_request_headers.started"):
                await before_send()

        extensions["trace"] = trace
    return extensions


async def _close(transports: Iterable[httpx.AsyncHTTPTransport]) -> None:
    for transport in transports:
        await transport.aclose()


class _Idle:
    """An idle connection. `since` is when it became idle, by the clock of the event loop, in seconds."""

    __slots__ = ("since", "transport")

    def __init__(self, transport: httpx.AsyncHTTPTransport, since: float) -> None:
        self.transport = transport
        self.since = since


class HttpxTransport:
    """The default transport. It keeps connections open, and opens as many as there are exchanges at once."""

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
        self._proxy = proxy
        self._context: ssl.SSLContext | None = None
        self._max_response_size = max_response_size
        self._idle: dict[tuple[str, str], deque[_Idle]] = {}
        self._expiry_timer: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self._closed:
            raise TransportError("the transport is closed", sent=Sent.NEVER)
        url = httpx.URL(request.url)
        origin = (url.scheme, url.netloc.decode("ascii"))
        transport = await self._take(origin) or self._connect(url)
        failure: Exception
        try:
            response = await self._exchange(transport, url, request)
        except httpx.RequestError as error:
            failure = _error(error)
        except Exception as error:  # `before_send` raised, or the response is too large
            failure = error
        except BaseException:
            # Cancelled: a half-used connection cannot serve another request.
            await asyncio.shield(transport.aclose())
            raise
        else:
            await self._give_back(origin, transport)
            return response
        await asyncio.shield(transport.aclose())
        try:
            raise failure.with_traceback(None)  # see _error
        finally:
            del failure  # it refers to this frame

    async def aclose(self) -> None:
        self._closed = True
        # The connections of an event loop that has ended cannot be closed any more.
        usable = self._loop is asyncio.get_running_loop()
        idle = [entry.transport for entries in self._idle.values() for entry in entries if usable]
        self._forget()
        await _close(idle)
        if usable and self._closing:
            await asyncio.wait(self._closing)

    async def _exchange(
        self, transport: httpx.AsyncHTTPTransport, url: httpx.URL, request: HttpRequest
    ) -> HttpResponse:
        message = httpx.Request(
            request.method,
            url,
            headers=request_headers(request),
            content=request.content,
            extensions=_extensions(request),
        )
        response = await transport.handle_async_request(message)
        response.request = message
        content = await _content(response, self._max_response_size)
        return HttpResponse(status_code=response.status_code, headers=_headers(response), content=content)

    async def _take(self, origin: tuple[str, str]) -> httpx.AsyncHTTPTransport | None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # A connection can be used only in the event loop that opened it.
            self._loop = loop
            self._forget()
        entries = self._idle.get(origin)
        while entries:
            transport = entries.pop().transport
            # The pool that a proxy needs looks for itself.
            if not isinstance(transport, _Connection) or transport.is_usable:
                return transport
            await transport.aclose()
        return None

    async def _give_back(self, origin: tuple[str, str], transport: httpx.AsyncHTTPTransport) -> None:
        loop = asyncio.get_running_loop()
        if self._closed or loop is not self._loop or not _may_be_kept(transport):
            await transport.aclose()
            return
        self._idle.setdefault(origin, deque()).append(_Idle(transport, loop.time()))
        if self._expiry_timer is None:
            self._expiry_timer = loop.call_later(self._keepalive_expiry, self._close_expired)

    def _close_expired(self) -> None:
        """Closes the idle connections that have expired, and does so again when the next one expires."""
        loop = asyncio.get_running_loop()
        longest_idle_since = loop.time() - self._keepalive_expiry + _EXPIRY_MARGIN
        expired: list[httpx.AsyncHTTPTransport] = []
        for entries in self._idle.values():
            while entries and entries[0].since <= longest_idle_since:
                expired.append(entries.popleft().transport)
        self._idle = {origin: entries for origin, entries in self._idle.items() if entries}
        oldest = min((entries[0].since for entries in self._idle.values()), default=None)
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

    def _connect(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        context = self._ssl_context() if url.scheme == "https" else None
        proxy = self._proxy or environment_proxy(url.scheme, url.host, url.netloc.decode("ascii"))
        if proxy is None:
            return _Connection(url, context, self._keepalive_expiry)
        try:
            return httpx.AsyncHTTPTransport(
                verify=context or False,
                limits=httpx.Limits(
                    max_connections=1, max_keepalive_connections=1, keepalive_expiry=self._keepalive_expiry
                ),
                proxy=proxy,
                trust_env=False,
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            # The URL of a proxy may contain a password, and some of these errors quote the URL.
            reason = error if isinstance(error, ImportError) else type(error).__name__
            raise TransportError(f"the proxy cannot be used: {reason}", sent=Sent.NEVER) from None

    def _ssl_context(self) -> ssl.SSLContext:
        # Loading the certificates takes about 20 ms: once for all connections, and not at import.
        if self._context is None:
            self._context = (
                self._verify
                if isinstance(self._verify, ssl.SSLContext)
                else httpx.create_ssl_context(verify=self._verify)
            )
        return self._context


class _Connection(httpx.AsyncHTTPTransport):
    """One connection, without a pool around it, whose bookkeeping costs a fifth of a call."""

    def __init__(self, url: httpx.URL, context: ssl.SSLContext | None, keepalive_expiry: float) -> None:
        self._connection = httpcore.AsyncHTTPConnection(
            origin=httpcore.URL(str(url)).origin, ssl_context=context, keepalive_expiry=keepalive_expiry
        )
        # httpx calls two methods of its pool, and a connection of httpcore has both.
        self._pool = cast("httpcore.AsyncConnectionPool", self._connection)

    @property
    def is_idle(self) -> bool:
        """Whether it can take another request, as far as is known without a look at the socket."""
        return self._connection.is_idle()

    @property
    def is_usable(self) -> bool:
        """Whether it is open, and nothing was received that nobody asked for."""
        return self.is_idle and not self._connection.has_expired()


def _may_be_kept(transport: httpx.AsyncHTTPTransport) -> bool:
    """Whether the server keeps the connection open too. For a proxy, the pool knows."""
    return not isinstance(transport, _Connection) or transport.is_idle


class HttpxClientTransport:
    """Sends with the user's `httpx.AsyncClient`, which it does not close."""

    def __init__(
        self, client: httpx.AsyncClient, *, max_response_size: int = _defaults.MAX_RESPONSE_SIZE
    ) -> None:
        """`max_response_size` is in bytes, after decompression."""
        self._client = client
        self._max_response_size = max_response_size

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self._client.is_closed:
            raise TransportError("the http_client is closed", sent=Sent.NEVER)
        message = self._client.build_request(
            request.method,
            request.url,
            headers=request_headers(request),
            content=request.content,
            extensions=_extensions(request),
        )
        failure: Exception
        try:
            response = await self._client.send(message, auth=None, follow_redirects=False, stream=True)
            content = await _content(response, self._max_response_size)
        except httpx.HTTPError as error:
            # Not only RequestError: a hook of the client may raise HTTPStatusError, or fail in another request.
            failure = lost = _error(error)
            if not _is_about(error, message):
                lost.sent = Sent.UNKNOWN
        except TransportError as error:
            failure = error
        else:
            return HttpResponse(status_code=response.status_code, headers=_headers(response), content=content)
        try:
            raise failure.with_traceback(None)  # see _error
        finally:
            del failure  # it refers to this frame

    async def aclose(self) -> None:
        """Does nothing: the user closes the client."""
