"""The transport of the extra `aiohttp`, several times as fast as the default. The only module that imports aiohttp."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import aiohttp
import yarl

from .. import _defaults
from .._redaction import Secret
from .._validation import check_count
from ..attempts import Sent
from ..timeouts import Timeout
from . import HttpRequest, HttpResponse, TransportError
from .bodies import read_body, request_headers
from .proxies import environment_proxy
from .tls import client_context

if TYPE_CHECKING:
    from aiohttp.connector import Connection

__all__ = ["AiohttpTransport"]

_before_send: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("before_send", default=None)

# Raised before any byte was sent. After any other error, the request may have reached the server.
_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
_USER_INFO = re.compile(r"//[^/@\s]{1,512}@")
_UNREAD_CONNECTIONS = 100
"""Connections in a row that have unread bytes, or were closed by the server: give up."""


class _Connector(aiohttp.TCPConnector):
    """Hands out no connection with unread bytes, and calls `before_send` once it has a connection."""

    async def connect(self, *args: Any, **kwargs: Any) -> Connection:
        for _ in range(_UNREAD_CONNECTIONS):
            connection = await super().connect(*args, **kwargs)
            if connection.protocol is not None and connection.protocol.should_close:
                connection.close()  # the bytes would be taken for the response to the next request
                continue
            if (before_send := _before_send.get()) is not None:
                try:
                    await before_send()
                except BaseException:
                    connection.close()
                    raise
            return connection
        raise TransportError("the server sends responses before it is asked", sent=Sent.NEVER)


class AiohttpTransport:
    """Keeps connections open, and opens as many as there are exchanges at once. Needs the extra `sinch-numbers[aiohttp]`."""

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
        self._proxies: dict[tuple[str, str], Secret] = {}
        self._max_response_size = max_response_size
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self._closed:
            raise TransportError("the transport is closed", sent=Sent.NEVER)
        session = self._session
        if session is None or self._loop is not asyncio.get_running_loop():
            session = await self._open_session()
        url = _url(request)
        origin = (url.scheme, url.authority)
        proxy = self._proxies.get(origin)
        if proxy is None:
            proxy = self._proxy or Secret(environment_proxy(url.scheme, url.host or "", url.authority) or "")
            _check_proxy(proxy)
            self._proxies[origin] = proxy  # to look into the environment takes a while
        if request.before_send is _before_send.get():  # None, but for what is billable
            return await _exchange(session, url, request, proxy, self._max_response_size)
        token = _before_send.set(request.before_send)
        try:
            return await _exchange(session, url, request, proxy, self._max_response_size)
        finally:
            _before_send.reset(token)

    async def aclose(self) -> None:
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _open_session(self) -> aiohttp.ClientSession:
        """A session for this event loop: a connection can be used only in the event loop that opened it."""
        former, self._loop = self._session, asyncio.get_running_loop()
        self._session = session = aiohttp.ClientSession(
            connector=_Connector(
                limit=0, keepalive_timeout=self._keepalive_expiry, ssl=client_context(self._verify)
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )
        session._retry_connection = False  # what may be sent again is not for aiohttp to decide
        if former is not None:
            await former.close()
        return session


class AiohttpSessionTransport:
    """Sends with the user's `aiohttp.ClientSession`, which it does not close."""

    def __init__(
        self, session: aiohttp.ClientSession, *, max_response_size: int = _defaults.MAX_RESPONSE_SIZE
    ) -> None:
        """`max_response_size` is in bytes, after decompression."""
        check_count("max_response_size", max_response_size)
        self._session = session
        self._max_response_size = max_response_size

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self._session.closed:
            raise TransportError("the http_client is closed", sent=Sent.NEVER)
        if request.before_send is not None:
            # Before there is a connection: a session does not tell when it has one.
            await request.before_send()
        url = _url(request)
        return await _exchange(self._session, url, request, Secret(""), self._max_response_size)

    async def aclose(self) -> None:
        """Does nothing: the user closes the session."""


def _url(request: HttpRequest) -> yarl.URL:
    try:
        url = yarl.URL(request.url, encoded=True)
        _ = url.authority  # only this reads the port
        return url
    except ValueError as error:
        raise TransportError(f"the URL is not valid: {error}", sent=Sent.NEVER) from None


def _check_proxy(proxy: Secret) -> None:
    """Raises TransportError if a proxy has a URL with which aiohttp can do nothing: its own errors quote the password."""
    if not proxy:
        return
    try:
        url = yarl.URL(proxy.reveal())
        usable = url.scheme in {"http", "https"} and bool(url.host)
        del url
    except ValueError:
        usable = False
    if not usable:
        raise TransportError("the proxy cannot be used: it needs a URL with http or https", sent=Sent.NEVER)


async def _exchange(
    session: aiohttp.ClientSession, url: yarl.URL, request: HttpRequest, proxy: Secret, limit: int
) -> HttpResponse:
    failure: TransportError
    try:
        response = await session.request(
            request.method,
            url,
            headers=request_headers(request),
            data=request.content or None,
            proxy=proxy.reveal() or None,
            allow_redirects=False,
            raise_for_status=False,
            timeout=_client_timeout(request.timeout),
            # A response that the session has decompressed has no bytes on the wire to count.
            auto_decompress=False,
        )
        content = await _content(response, limit)
        return HttpResponse(status_code=response.status, headers=_headers(response), content=content)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        failure = _error(error)
    except TransportError as error:  # `before_send` raised, or the response is too large
        failure = error
    # The frames of aiohttp's traceback contain the token, and the proxy's password, which error trackers would show.
    raise failure.with_traceback(None)


async def _content(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body. Its connection serves another request once it is read to its end, and is closed otherwise."""
    encoding = response.headers.get("content-encoding", "")
    body = response.content
    try:
        if encoding or response.content_length is None or response.content_length > limit:
            return await read_body(body.iter_any(), encoding, limit)
        if (
            isinstance(body, aiohttp.StreamReader) and body.is_eof()
        ):  # it came with the headers; a mock has no such method
            return body.read_nowait()
        return await response.read()
    except BaseException:
        response.close()  # and the connection, on which the rest would follow
        raise


@lru_cache(16)
def _client_timeout(timeout: Timeout) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=None, connect=timeout.connect, sock_connect=timeout.connect, sock_read=timeout.read
    )


def _headers(response: aiohttp.ClientResponse) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _error(error: Exception) -> TransportError:
    sent = Sent.NEVER if isinstance(error, _NEVER_SENT) else Sent.UNKNOWN
    # The URL of a proxy contains its password.
    text = ": ".join(filter(None, (type(error).__name__, _USER_INFO.sub("//", str(error)))))
    return TransportError(text, sent=sent, timed_out=isinstance(error, TimeoutError))
