"""The sandbox: a backend, with an in-process client, a transport and a server."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Literal

from .. import _defaults
from .._generated.types import Drift
from .._sending.rate_limit import RateLimit
from .._sending.responses import RawResponse
from ..auth.schemes import TokenFunction, TokenProvider
from ..client import NumbersClient
from ..clock import Clock
from ..purchasing.budget import Budget
from ..purchasing.ledger import PurchaseLedger
from ..purchasing.orphans import OrphanedPurchase
from ..purchasing.prices import PriceDifference
from ..retry import RetryEvent, RetryPolicy
from ..stores import Store
from ..timeouts import Timeout
from ..transports import Transport
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

    def client(
        self,
        *,
        project_id: str = PROJECT_ID,
        key_id: str = KEY_ID,
        key_secret: str = KEY_SECRET,
        auth: Literal["oauth2", "basic"] | TokenProvider | TokenFunction = "oauth2",
        base_url: str = API_URL,
        auth_url: str = AUTH_URL,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        rate_limit: RateLimit | None = None,
        max_connections: int = _defaults.MAX_CONNECTIONS,
        close_timeout: float = _defaults.CLOSE_TIMEOUT,
        transport: Transport | None = None,
        token_store: Store | None = None,
        clock: Clock | None = None,
        budget: Budget | None = None,
        ledger: PurchaseLedger | None = None,
        on_drift: Callable[[Drift], object] | None = None,
        on_response: Callable[[RawResponse], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        on_orphaned_purchase: Callable[[OrphanedPurchase], object] | None = None,
        on_price_difference: Callable[[PriceDifference], object] | None = None,
    ) -> NumbersClient:
        """An in-process client of this sandbox, on its clock. The options are those of NumbersClient."""
        return NumbersClient(
            project_id=project_id,
            key_id=key_id,
            key_secret=key_secret,
            auth=auth,
            base_url=base_url,
            auth_url=auth_url,
            timeout=timeout,
            retry=retry,
            headers=headers,
            rate_limit=rate_limit,
            max_connections=max_connections,
            close_timeout=close_timeout,
            transport=transport or self.transport(),
            token_store=token_store,
            clock=clock or self.clock,
            budget=budget,
            ledger=ledger,
            on_drift=on_drift,
            on_response=on_response,
            on_retry=on_retry,
            on_orphaned_purchase=on_orphaned_purchase,
            on_price_difference=on_price_difference,
        )

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
