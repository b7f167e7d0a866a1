"""What both transports on httpx share: the options of a request, reading its response, and errors.

httpx2 is a fork of httpx with the same classes, so that all of this serves both. `library` is one of the two modules.
"""

from __future__ import annotations

import ssl
from typing import Any, cast

from ..attempts import Sent
from . import HttpRequest, HttpResponse, TransportError
from .bodies import read_body, too_large

_LONGEST_CHAIN = 20
"""Causes of an error that are searched for the reason."""


def extensions(request: HttpRequest) -> dict[str, object]:
    """The options of a request that httpx hands down to the connection."""
    timeout = request.timeout
    options: dict[str, object] = {
        "timeout": {
            "connect": timeout.connect,
            "read": timeout.read,
            "write": timeout.write,
            "pool": timeout.pool,
        }
    }
    if (before_send := request.before_send) is not None:

        async def trace(event: str, _info: object) -> None:
            if event.endswith(".send_request_headers.started"):
                await before_send()

        options["trace"] = trace
    return options


async def read_response(response: Any, limit: int) -> HttpResponse:
    """The complete response, of at most `limit` bytes. Closes it, and its connection if that cannot be used again."""
    try:
        if response.is_stream_consumed:  # by a hook of the user's client, or because it is a mock's
            content = response.content
            if len(content) > limit:
                raise too_large(limit)
        else:
            content = await read_body(response.stream, response.headers.get("content-encoding", ""), limit)
            if _has_surplus(response):
                # Before the response is closed: that gives the connection to the next request.
                await response.extensions["network_stream"].aclose()
    finally:
        await response.aclose()
    # httpx joins repeated headers with ", " and lower-cases the names.
    return HttpResponse(
        status_code=response.status_code, headers=dict(response.headers.items()), content=content
    )


def _has_surplus(response: Any) -> bool:
    """Whether more than the response was received, whose body was read to its end.

    The next request on the connection would get the rest as its response. It may be in a buffer of h11 or of TLS, where
    no check of the socket finds it.
    """
    network = response.extensions.get("network_stream")
    if network is None or response.http_version == "HTTP/2":
        return False
    source = response.stream
    while source is not None and not hasattr(source, "_h11_state"):
        source = (
            getattr(source, "_stream", None)
            or getattr(source, "_httpcore_stream", None)
            or getattr(source, "_connection", None)
        )
    if source is None or source._h11_state.trailing_data[0]:
        return True  # if it cannot be found out, too
    tls = network.get_extra_info("ssl_object")
    if tls is None:
        return False
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        return True
    return True


def transport_error(error: Exception, library: Any) -> TransportError:
    """An error of `library` as a TransportError. It does not keep `error`: the frames of its traceback contain the token, and
    the password of the proxy, which error trackers would show.
    """
    # Raised before any byte was sent. After any other error, the request may have reached the server.
    never_sent = (
        library.ConnectError,
        library.ConnectTimeout,
        library.PoolTimeout,
        library.ProxyError,
        library.UnsupportedProtocol,
    )
    sent = Sent.NEVER if isinstance(error, never_sent) else Sent.UNKNOWN
    text = ": ".join(filter(None, (type(error).__name__, str(error), _reason(error))))
    return TransportError(text, sent=sent, timed_out=isinstance(error, library.TimeoutException))


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
