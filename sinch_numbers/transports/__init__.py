"""The interface to the network: a transport performs one HTTP exchange.

    Transport.send(HttpRequest) -> HttpResponse, or TransportError(sent=...)

A transport follows no redirect and retries nothing. It decodes the content encoding of the response, and limits its size.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import attrs

from ..attempts import Sent
from ..timeouts import Timeout


@attrs.frozen(kw_only=True)
class HttpRequest:
    """One HTTP request, ready to be sent. `url` is absolute and percent-encoded."""

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(repr=False, hash=False)
    content: bytes = attrs.field(default=b"", repr=False)
    timeout: Timeout = attrs.field(factory=Timeout)
    before_send: Callable[[], Awaitable[None]] | None = attrs.field(default=None, repr=False)
    """If not None, await it after the connection is established, just before the first byte of the request is sent.

    If it raises, do not send the request, and let the exception propagate. Here, a purchase confirms that it still owns
    its ledger entry. Without this check, a process that was paused while it connected could send a request that another
    process has taken over.
    """


@attrs.frozen(kw_only=True)
class HttpResponse:
    """One complete response. Header names are in lower case; repeated headers are joined with commas."""

    status_code: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False, hash=False)
    content: bytes = attrs.field(default=b"", repr=False)


class TransportError(Exception):
    """There is no complete response. `sent` says whether the request can have had an effect.

    Use `Sent.NEVER` only if no byte of the request was sent: a purchase is retried after it. `Sent.ARRIVED` is for a response
    that is too large, and is not retried. If in doubt, use `Sent.UNKNOWN`. `timed_out` says whether a timeout was the reason.
    """

    def __init__(self, message: str, *, sent: Sent, timed_out: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.timed_out = timed_out


class Transport(Protocol):
    """Performs HTTP exchanges. For tests, see `MockTransport`."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Returns the complete response to `request`. Raises TransportError if there is none.

        Await `request.before_send` just before the first byte is sent.
        """
        ...

    async def aclose(self) -> None:
        """Closes all connections that the transport opened."""
        ...
