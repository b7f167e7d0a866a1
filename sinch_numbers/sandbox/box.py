"""The sandbox: a backend, with an in-process client, a transport and a server."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any

from ..client import NumbersClient
from .app import App
from .backend import PROJECT_ID, Backend
from .clock import VirtualClock
from .options import SandboxOptions
from .transport import SandboxTransport

KEY_ID = "sandbox-key"
KEY_SECRET = "sandbox-secret"  # noqa: S105 - only the sandbox accepts it
# No name in `.test` ever resolves (RFC 6761): no error or log line of a test run points to the production API.
API_URL = "https://numbers.sandbox.test"
AUTH_URL = "https://auth.sandbox.test"


class Sandbox(Backend):
    """A local Numbers API: `Sandbox().client()` in process, `async with Sandbox().serve() as url` on a socket.

    The same `seed` gives the same numbers, tokens and secrets. Use a sandbox from one event loop and one thread.
    """

    def __init__(
        self, options: SandboxOptions | None = None, *, seed: int = 0, clock: VirtualClock | None = None
    ) -> None:
        super().__init__(options, seed=seed, clock=clock)
        self.app: App = App(self)
        """The ASGI application, for use with another server."""

    def transport(self) -> SandboxTransport:
        """A transport that sends every request to this sandbox, whatever the URL's host."""
        return SandboxTransport(self.app)

    def client(self, **options: Any) -> NumbersClient:
        """An in-process client of this sandbox, on its clock. `options` are those of NumbersClient."""
        settings: dict[str, Any] = {
            "project_id": PROJECT_ID,
            "key_id": KEY_ID,
            "key_secret": KEY_SECRET,
            "base_url": API_URL,
            "auth_url": AUTH_URL,
            "transport": self.transport(),
            "clock": self.clock,
            **options,
        }
        return NumbersClient(**settings)

    @asynccontextmanager
    async def serve(
        self, *, host: str = "127.0.0.1", port: int = 0, speed: float = 1.0
    ) -> AsyncGenerator[str, None]:
        """Serves the API and the control API on the running loop until the block ends. Yields the base URL.

        Until then, the clock runs `speed` times as fast as real time. With 0 it moves only when advanced. Port 0 picks a
        free port. Raises OSError if the port is taken, and ValueError if `speed` is negative or above 100,000.
        """
        # uvicorn is needed only here.
        if find_spec("uvicorn") is None:
            raise ModuleNotFoundError(
                "serving the sandbox needs uvicorn: pip install 'sinch-numbers[sandbox]'"
            )
        from .serve import serving

        async with (
            self.clock.running(speed),
            serving(self.app, self.options, host=host, port=port) as url,
        ):
            try:
                yield url
            finally:
                await self.callbacks.aclose()
