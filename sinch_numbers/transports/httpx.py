"""The default transport: a free list of single-connection `httpx` transports. The only module that imports httpx.

Why not one `httpx.AsyncClient`: for every request, its pool scans all connections and polls the socket of each, and a
cancelled call leaks its connection (httpcore issue 1093). Here, the connection that was returned last serves the next
request, and a connection whose exchange failed or was cancelled is closed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Mapping
from urllib.request import getproxies, proxy_bypass

import httpx
from httpx import AsyncClient as AsyncClient  # for the signatures of other modules, which do not import httpx

from .. import _defaults
from .._validation import is_loopback
from ..attempts import Sent
from . import HttpRequest, HttpResponse, TransportError

# Raised before any byte was sent. After any other error, the request may have reached the server.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def _error(error: httpx.HTTPError) -> TransportError:
    sent = Sent.NEVER if isinstance(error, _NEVER_SENT) else Sent.UNKNOWN
    kind = type(error).__name__
    text = str(error)
    return TransportError(
        f"{kind}: {text}" if text else kind, sent=sent, timed_out=isinstance(error, httpx.TimeoutException)
    )


def _is_about(error: httpx.HTTPError, message: httpx.Request) -> bool:
    try:
        return error.request is message
    except RuntimeError:  # the error has no request
        return False


def _headers(response: httpx.Response) -> Mapping[str, str]:
    # httpx joins repeated headers with ", " and lower-cases the names.
    return dict(response.headers.items())


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
    ) -> None:
        """`keepalive_expiry` is in seconds. `verify` is a TLS context, or False to trust any server. `proxy` is a URL, which
        overrides `HTTPS_PROXY` and the like.
        """
        self._keepalive_expiry = keepalive_expiry
        self._verify = verify
        self._proxy = proxy
        self._context: ssl.SSLContext | None = None
        self._idle: dict[tuple[str, str], deque[_Idle]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self._closed:
            raise TransportError("the transport is closed", sent=Sent.NEVER)
        url = httpx.URL(request.url)
        origin = (url.scheme, url.netloc.decode("ascii"))
        transport = self._take(origin) or self._connect(url)
        try:
            response = await self._exchange(transport, url, request)
        except httpx.RequestError as error:
            await transport.aclose()
            raise _error(error) from error
        except BaseException:
            # Cancelled, or `before_send` raised: a half-used connection cannot serve another request.
            await asyncio.shield(transport.aclose())
            raise
        await self._give_back(origin, transport)
        return response

    async def aclose(self) -> None:
        self._closed = True
        # The connections of an event loop that has ended cannot be closed any more.
        usable = self._loop is asyncio.get_running_loop()
        idle = [entry for entries in self._idle.values() for entry in entries if usable]
        self._idle.clear()
        for entry in idle:
            await entry.transport.aclose()

    async def _exchange(
        self, transport: httpx.AsyncHTTPTransport, url: httpx.URL, request: HttpRequest
    ) -> HttpResponse:
        message = httpx.Request(
            request.method,
            url,
            headers=dict(request.headers),
            content=request.content,
            extensions=_extensions(request),
        )
        response = await transport.handle_async_request(message)
        response.request = message
        try:
            content = await response.aread()
        finally:
            await response.aclose()
        return HttpResponse(status_code=response.status_code, headers=_headers(response), content=content)

    def _take(self, origin: tuple[str, str]) -> httpx.AsyncHTTPTransport | None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # A connection can be used only in the event loop that opened it.
            self._loop = loop
            self._idle.clear()
        entries = self._idle.get(origin)
        return entries.pop().transport if entries else None

    async def _give_back(self, origin: tuple[str, str], transport: httpx.AsyncHTTPTransport) -> None:
        loop = asyncio.get_running_loop()
        if self._closed or loop is not self._loop:
            await transport.aclose()
            return
        entries = self._idle.setdefault(origin, deque())
        now = loop.time()
        entries.append(_Idle(transport, now))
        if entries[0].since + self._keepalive_expiry < now:
            await entries.popleft().transport.aclose()

    def _connect(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        try:
            return httpx.AsyncHTTPTransport(
                verify=self._ssl_context() if url.scheme == "https" else False,
                limits=httpx.Limits(
                    max_connections=1, max_keepalive_connections=1, keepalive_expiry=self._keepalive_expiry
                ),
                proxy=self._proxy or _environment_proxy(url),
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


def _environment_proxy(url: httpx.URL) -> str | None:
    if is_loopback(url.host):
        return None  # a proxy cannot reach our loopback
    proxies = getproxies()
    # An entry of NO_PROXY may have a port.
    if not proxies or proxy_bypass(url.host) or proxy_bypass(url.netloc.decode("ascii")):
        return None
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


class HttpxClientTransport:
    """Sends with the user's `httpx.AsyncClient`, which it does not close."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self._client.is_closed:
            raise TransportError("the http_client is closed", sent=Sent.NEVER)
        message = self._client.build_request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.content,
            extensions=_extensions(request),
        )
        try:
            response = await self._client.send(message, auth=None, follow_redirects=False)
        except httpx.HTTPError as error:
            # Not only RequestError: a hook of the client may raise HTTPStatusError, or fail in another request.
            lost = _error(error)
            if not _is_about(error, message):
                lost.sent = Sent.UNKNOWN
            raise lost from error
        return HttpResponse(
            status_code=response.status_code, headers=_headers(response), content=response.content
        )

    async def aclose(self) -> None:
        """Does nothing: the user closes the client."""
