"""A transport that gets its responses from a function, for tests without the sandbox."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable

from . import HttpRequest, HttpResponse


class MockTransport:
    """Calls `handler` with each request: it returns the response, or raises what the exchange should raise.

    transport = MockTransport(lambda request: HttpResponse(content=b'{"availableRegions": []}'))
    async with NumbersClient(project_id="p", auth=lambda: "token", transport=transport) as client:
        assert await client.available_regions.list() == []
    """

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]) -> None:
        """`handler` may be async. To simulate a failed connection, it raises TransportError."""
        self._handler = handler
        self.requests: list[HttpRequest] = []
        """The requests that were sent, in order."""
        self.closed: bool = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The response of the handler."""
        if request.before_send is not None:
            await request.before_send()
        self.requests.append(request)
        response = self._handler(request)
        return await response if inspect.isawaitable(response) else response

    async def aclose(self) -> None:
        """Sets `closed`."""
        self.closed = True
