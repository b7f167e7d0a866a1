"""A transport whose responses come from a function: for tests that need no sandbox."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable

from . import HttpRequest, HttpResponse


class MockTransport:
    """Calls `handler` with each request; what it returns is the response, what it raises fails the exchange.

    transport = MockTransport(lambda request: HttpResponse(content=b'{"availableRegions": []}'))
    async with NumbersClient(project_id="p", auth=lambda: "token", transport=transport) as client:
        assert await client.available_regions.list() == []
    """

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]) -> None:
        """`handler` may be a coroutine function. It raises TransportError to play a connection that fails."""
        self._handler = handler
        self.requests: list[HttpRequest] = []
        """What was sent, in order."""
        self.closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The handler's response."""
        if request.before_send is not None:
            await request.before_send()
        self.requests.append(request)
        response = self._handler(request)
        return await response if inspect.isawaitable(response) else response

    async def aclose(self) -> None:
        """Remembers that it was closed."""
        self.closed = True
