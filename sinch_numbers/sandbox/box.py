"""The sandbox itself: the backend, and the ways to reach it: in process, or on a socket."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .app import App
from .backend import PROJECT_ID, Backend
from .clock import VirtualClock
from .options import SandboxOptions
from .transport import SandboxTransport

if TYPE_CHECKING:
    from ..client import NumbersClient

KEY_ID = "sandbox-key"
KEY_SECRET = "sandbox-secret"  # noqa: S105 - it opens nothing but the sandbox


class Sandbox(Backend):
    """A Numbers API of one's own: `Sandbox().client()` in process, `async with Sandbox().serve() as url` on a socket.

    The same `seed` gives the same numbers, tokens and accidents. A sandbox belongs to one event loop and one thread.
    """

    def __init__(
        self, options: SandboxOptions | None = None, *, seed: int = 0, clock: VirtualClock | None = None
    ) -> None:
        super().__init__(options, seed=seed, clock=clock)
        self.app: App = App(self)
        """The ASGI application, for a server of one's own choice."""

    def transport(self) -> SandboxTransport:
        """A transport that leads into this sandbox, whatever the URL's host."""
        return SandboxTransport(self.app)

    def client(self, **options: Any) -> NumbersClient:
        """A client of this sandbox, in process and on its clock; `options` are NumbersClient's."""
        from ..client import NumbersClient

        settings: dict[str, Any] = {
            "project_id": PROJECT_ID,
            "key_id": KEY_ID,
            "key_secret": KEY_SECRET,
            "transport": self.transport(),
            "clock": self.clock,
            **options,
        }
        return NumbersClient(**settings)

    @asynccontextmanager
    async def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[str, None]:
        """Serves the API and the control API from the running loop until the block ends, and gives the base URL.

        Port 0 takes a free one. Raises OSError where the port is taken.
        """
        # Without a server, a sandbox needs no uvicorn.
        if find_spec("uvicorn") is None:
            raise ModuleNotFoundError(
                "serving the sandbox needs uvicorn: pip install 'sinch-numbers[sandbox]'"
            )
        from .serve import serving

        async with serving(self.app, host=host, port=port) as url:
            yield url
