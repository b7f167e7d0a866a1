"""The seam to the network: one request, one response, and the truth about what became of it.

    Transport.send(HttpRequest) -> HttpResponse, or TransportError(sent=...)

A transport performs exactly one HTTP exchange: it follows no redirect, repeats nothing, and decodes a content encoding.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import attrs

from ..attempts import Sent
from ..timeouts import Timeout


@attrs.frozen(kw_only=True)
class HttpRequest:
    """One HTTP request, ready to be written. `url` is absolute and percent-encoded."""

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    content: bytes = attrs.field(default=b"", repr=False)
    timeout: Timeout = attrs.field(factory=Timeout)
    before_send: Callable[[], Awaitable[None]] | None = attrs.field(default=None, repr=False)
    """Awaited just before the first byte leaves, once the connection stands. If it raises, the request must not be sent.

    A purchase proves here that it still owns its ledger entry. A transport that does not await it makes a process that
    was paused while connecting send what another process has taken over meanwhile.
    """


@attrs.frozen(kw_only=True)
class HttpResponse:
    """One complete response. Header names are lower case; a repeated header is joined with commas."""

    status_code: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    content: bytes = attrs.field(default=b"", repr=False)


class TransportError(Exception):
    """No complete response. `sent` tells whether the request can have had an effect; `timed_out` whether time ran out."""

    def __init__(self, message: str, *, sent: Sent, timed_out: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.timed_out = timed_out


class Transport(Protocol):
    """One method that performs an HTTP exchange, so that a fake is one small class."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The complete response to `request`; raises TransportError if there is none."""
        ...

    async def aclose(self) -> None:
        """Closes what the transport opened."""
        ...
