"""The client: its options, its resources as attributes, and its lifecycle."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterable, Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, SupportsIndex, TypeVar

import attrs

from . import _defaults
from ._generated.spec import SPEC_HASH, SPEC_VERSION
from ._generated.types import Drift
from ._redaction import Headers, Options, Secret
from ._sending.hooks import DriftReports, captured
from ._sending.pipeline import Pipeline
from ._sending.rate_limit import RateLimit, RateLimiter
from ._sending.requests import build
from ._sending.responses import RawResponse
from ._sending.settings import Settings
from ._sending.tasks import TaskGroup, running_loop
from ._validation import (
    check_base_url,
    check_count,
    check_id,
    check_token_url,
    check_type,
    with_headers,
)
from ._version import __version__
from .auth import authenticator
from .auth.schemes import BasicAuth, TokenFunction, TokenProvider
from .auth.token_cache import OAuth2TokenCache
from .auth.token_endpoint import TokenEndpoint
from .bulk_run import BulkProgress, BulkRun
from .clock import Clock, SystemClock
from .errors import ConfigurationError
from .purchasing.budget import Budget
from .purchasing.context import PurchaseContext, PurchaseSettings
from .purchasing.entries import Entry
from .purchasing.ledger import PurchaseLedger
from .purchasing.number_locks import NumberLocks
from .purchasing.orphans import OrphanedPurchase, Orphans
from .purchasing.prices import PriceDifference
from .purchasing.recovery import resume
from .resources.active_numbers import ActiveNumbers
from .resources.available_numbers import AvailableNumbers
from .resources.available_regions import AvailableRegions
from .resources.callback_configuration import CallbackConfigurations
from .resources.custom_requests import QueryValue, build_request, safety_of
from .resources.emergency_addresses import EmergencyAddresses
from .resources.operation_calls import send
from .resources.operations import Operations
from .retry import RetryEvent, RetryPolicy, Safety
from .stores import Store
from .stores.bounded import BoundedStore
from .timeouts import Timeout
from .transports import Transport
from .transports.selection import select_transport

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from httpx2 import AsyncClient as AsyncClient2

    from .transports.httpx import AsyncClient
else:
    # Only the library that is used is imported, and the annotations can be read without any.
    AsyncClient = AsyncClient2 = ClientSession = Any

T = TypeVar("T")
R = TypeVar("R")

# A library's log records go where the application sends them, and nowhere by default.
logging.getLogger("sinch_numbers").addHandler(logging.NullHandler())


_VARIABLES = {
    "project_id": "SINCH_PROJECT_ID",
    "key_id": "SINCH_KEY_ID",
    "key_secret": "SINCH_KEY_SECRET",
    "base_url": "SINCH_NUMBERS_BASE_URL",
    "auth_url": "SINCH_AUTH_URL",
}
"""Where `from_env` finds the options that it is not given."""


_USER_AGENT = f"sinch-numbers/{__version__} (python; spec {SPEC_VERSION}+{SPEC_HASH})"


class NumbersClient:
    """The Sinch Numbers API of one project. Use it as an async context manager, or call `aclose()`.

    Create one client and share it: all tasks of an event loop can use it at once.
    """

    # Values, not only annotations: `unittest.mock.create_autospec` looks at the attributes of the class.
    active_numbers: ActiveNumbers = ActiveNumbers.__new__(ActiveNumbers)
    available_numbers: AvailableNumbers = AvailableNumbers.__new__(AvailableNumbers)
    available_regions: AvailableRegions = AvailableRegions.__new__(AvailableRegions)
    callback_configuration: CallbackConfigurations = CallbackConfigurations.__new__(CallbackConfigurations)
    emergency_addresses: EmergencyAddresses = EmergencyAddresses.__new__(EmergencyAddresses)
    operations: Operations = Operations.__new__(Operations)

    def __init__(
        self,
        *,
        project_id: str,
        key_id: str = "",
        key_secret: str = "",
        auth: Literal["oauth2", "basic"] | TokenProvider | TokenFunction = "oauth2",
        base_url: str = _defaults.API_URL,
        auth_url: str = _defaults.AUTH_URL,
        allow_insecure: bool = False,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        rate_limit: RateLimit | None = None,
        max_connections: int = _defaults.MAX_CONNECTIONS,
        close_timeout: float = _defaults.CLOSE_TIMEOUT,
        transport: Transport | Literal["httpx", "httpx2", "aiohttp"] | None = None,
        http_client: AsyncClient | AsyncClient2 | ClientSession | None = None,
        max_response_size: int | None = None,
        token_store: Store | None = None,
        clock: Clock | None = None,
        budget: Budget | None = None,
        ledger: PurchaseLedger | None = None,
        on_drift: Callable[[Drift], object] | None = None,
        on_response: Callable[[RawResponse], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        on_orphaned_purchase: Callable[[OrphanedPurchase], object] | None = None,
        on_price_difference: Callable[[PriceDifference], object] | None = None,
    ) -> None:
        """Only the project and its key are required. `from_env()` reads them from the environment.

        Args:
            project_id: The project, from the Sinch dashboard.
            key_id: The id of the access key. Not needed if `auth` is a token provider or function.
            key_secret: The secret of the access key. Not needed if `auth` is a token provider or function.
            auth: `"oauth2"`, `"basic"` (for tests: its rate limits are stricter), a `TokenProvider`, or a function, sync
                or async, that returns a bearer token.
            base_url: The URL of the API: https, or http to a loopback address.
            auth_url: The URL of the host of `/oauth2/token`, with the same rule. If `base_url` is on this machine, such as a
                sandbox's, it must be set.
            allow_insecure: Allows http to any host, which sends the key unencrypted.
            timeout: How long each part of a call may take.
            retry: When to retry a failed attempt. A purchase is retried only if the API certainly did not process it.
            headers: Sent with every request.
            rate_limit: How many requests the client and its copies send per second. Further ones wait.
            max_connections: The number of exchanges in flight at once. Further calls wait.
            close_timeout: Seconds that `aclose()` waits for exchanges and purchases that have begun.
            transport: `"httpx"` (the default), `"httpx2"` or `"aiohttp"` (several times as fast), which need the extra of
                that name, or an object that performs the exchanges, which the client does not close.
            http_client: An `httpx.AsyncClient`, `httpx2.AsyncClient` or `aiohttp.ClientSession` that performs the exchanges.
                The client does not close it.
            max_response_size: The size of the largest response that is read, in bytes after decompression: 64 MiB if None.
                A larger one raises APIConnectionError. A `transport` of your own has its own limit.
            token_store: Keeps the access token, to share it among processes.
            clock: The source of time. The sandbox passes its virtual clock.
            budget: Limits what purchases cost. A purchase that exceeds it raises BudgetExceededError; nothing is sent.
            ledger: Records each billable call before it is sent, and its outcome afterwards.
            on_drift: Called once for each kind of difference between the API's responses and its specification.
            on_response: Called with each 2xx response.
            on_retry: Called before each retry.
            on_orphaned_purchase: Called with the outcome of a billable call whose caller was cancelled. It may be async.
            on_price_difference: Called if a number that was rented costs something else than its offer said.

        Raises:
            ConfigurationError: An option is wrong or missing. The message names the option.
        """
        secret = Secret(key_secret)
        del key_secret  # tracebacks show the locals of a frame
        headers = Headers(headers or {})
        chosen_transport, closes_transport = select_transport(transport, http_client, max_response_size)
        check_count("max_connections", max_connections)
        limit = check_type("rate_limit", rate_limit, RateLimit)
        clock = clock or SystemClock()
        tasks = TaskGroup()
        settings = Settings(
            timeout=check_type("timeout", timeout, Timeout) or Timeout(),
            retry=check_type("retry", retry, RetryPolicy) or RetryPolicy(),
            headers=with_headers({"User-Agent": _USER_AGENT}, headers),
            on_drift=on_drift,
            on_response=on_response,
            on_retry=on_retry,
            rate_limiter=None if limit is None else RateLimiter(limit, clock),
        )
        pipeline = Pipeline(
            transport=chosen_transport,
            closes_transport=closes_transport,
            base_url=check_base_url("base_url", base_url, allow_insecure=allow_insecure),
            clock=clock,
            tasks=tasks,
            max_connections=max_connections,
            secrets=(secret,),
        )
        token_url = check_base_url("auth_url", auth_url, allow_insecure=allow_insecure)
        if auth == "oauth2":
            check_token_url(token_url, base_url=base_url)

        def oauth2(key: BasicAuth) -> OAuth2TokenCache:
            return OAuth2TokenCache(
                fetch=TokenEndpoint(pipeline, settings, key, url=token_url, clock=clock).fetch,
                store=None
                if token_store is None
                else BoundedStore(token_store, timeout=settings.timeout.store),
                identity=f"{token_url} {key_id}",
                clock=clock,
                tasks=tasks,
            )

        self._close_timeout = close_timeout
        self._is_copy = False
        self._set(
            PurchaseContext(
                project_id=check_id("project_id", project_id),
                pipeline=pipeline,
                settings=settings,
                auth=authenticator(auth, key_id, secret, oauth2),
                clock=clock,
                tasks=tasks,
                drift_reports=DriftReports(),
                purchases=PurchaseSettings(
                    budget=budget,
                    ledger=ledger,
                    on_orphaned_purchase=on_orphaned_purchase,
                    on_price_difference=on_price_difference,
                ),
                number_locks=NumberLocks(clock),
                orphans=Orphans(clock, tasks),
            )
        )

    @classmethod
    def from_env(
        cls,
        *,
        project_id: str | None = None,
        key_id: str | None = None,
        key_secret: str | None = None,
        auth: Literal["oauth2", "basic"] | TokenProvider | TokenFunction = "oauth2",
        base_url: str | None = None,
        auth_url: str | None = None,
        allow_insecure: bool = False,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        rate_limit: RateLimit | None = None,
        max_connections: int = _defaults.MAX_CONNECTIONS,
        close_timeout: float = _defaults.CLOSE_TIMEOUT,
        transport: Transport | Literal["httpx", "httpx2", "aiohttp"] | None = None,
        http_client: AsyncClient | AsyncClient2 | ClientSession | None = None,
        max_response_size: int | None = None,
        token_store: Store | None = None,
        clock: Clock | None = None,
        budget: Budget | None = None,
        ledger: PurchaseLedger | None = None,
        on_drift: Callable[[Drift], object] | None = None,
        on_response: Callable[[RawResponse], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        on_orphaned_purchase: Callable[[OrphanedPurchase], object] | None = None,
        on_price_difference: Callable[[PriceDifference], object] | None = None,
    ) -> Self:
        """A client for `SINCH_PROJECT_ID`, `SINCH_KEY_ID` and `SINCH_KEY_SECRET` from the environment.

        `SINCH_NUMBERS_BASE_URL` and `SINCH_AUTH_URL` replace the default URLs. The options are those of the class, and
        take precedence over the environment.

        Raises:
            ConfigurationError: A variable is missing, and the message names all that are; or an option is wrong.
        """
        given = Options(
            project_id=project_id, key_id=key_id, key_secret=key_secret, base_url=base_url, auth_url=auth_url
        )
        del key_secret  # tracebacks show the locals of a frame
        headers = Headers(headers or {})
        for name, variable in _VARIABLES.items():
            if given[name] is None:
                given[name] = os.environ.get(variable) or None
        needed = ["project_id", "key_id", "key_secret"] if _is_key(auth) else ["project_id"]
        missing = [_VARIABLES[name] for name in needed if given[name] is None]
        if missing:
            raise ConfigurationError(f"the environment has no {', '.join(missing)}")
        return cls(
            **_given(**given),
            auth=auth,
            allow_insecure=allow_insecure,
            timeout=timeout,
            retry=retry,
            headers=headers,
            rate_limit=rate_limit,
            max_connections=max_connections,
            close_timeout=close_timeout,
            transport=transport,
            http_client=http_client,
            max_response_size=max_response_size,
            token_store=token_store,
            clock=clock,
            budget=budget,
            ledger=ledger,
            on_drift=on_drift,
            on_response=on_response,
            on_retry=on_retry,
            on_orphaned_purchase=on_orphaned_purchase,
            on_price_difference=on_price_difference,
        )

    def with_options(
        self,
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        budget: Budget | None = None,
        ledger: PurchaseLedger | None = None,
        on_drift: Callable[[Drift], object] | None = None,
        on_response: Callable[[RawResponse], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        on_orphaned_purchase: Callable[[OrphanedPurchase], object] | None = None,
        on_price_difference: Callable[[PriceDifference], object] | None = None,
    ) -> Self:
        """A cheap copy with other options that shares the connections and the token. None keeps an option.

        `headers` are added to those of the client. Closing the copy closes nothing.
        """
        headers = Headers(headers or {})
        context = self._context
        settings = attrs.evolve(
            context.settings,
            headers=with_headers(context.settings.headers, headers),
            **_given(
                timeout=check_type("timeout", timeout, Timeout),
                retry=check_type("retry", retry, RetryPolicy),
                on_drift=on_drift,
                on_response=on_response,
                on_retry=on_retry,
            ),
        )
        purchases = attrs.evolve(
            context.purchases,
            **_given(
                budget=budget,
                ledger=ledger,
                on_orphaned_purchase=on_orphaned_purchase,
                on_price_difference=on_price_difference,
            ),
        )
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._is_copy = True
        copy._set(attrs.evolve(context, settings=settings, purchases=purchases))
        return copy

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, QueryValue | Sequence[QueryValue]] | None = None,
        body: Mapping[str, Any] | None = None,
        safety: Safety | str | None = None,
    ) -> RawResponse:
        """The raw 2xx response to a request that no method of the client makes, with its credentials, retries and errors.

        response = await client.request("GET", "/numberOrders", query={"pageSize": 10})
        json.loads(response.content)

        Args:
            method: `"GET"`, `"HEAD"`, `"POST"`, `"PUT"`, `"PATCH"` or `"DELETE"`.
            path: The path below `/v1/projects/{project_id}`, with percent-encoded segments. It cannot leave the project.
            query: A list is sent as a repeated parameter, and None is left out.
            body: Sent as JSON.
            safety: Whether the request may be retried. By default, that of the documented operation; otherwise GET and HEAD
                are `"read"`, PUT and DELETE `"idempotent"`, POST and PATCH `"once"`. Say `"billable"` if it costs money.

        Raises:
            ConfigurationError: An argument is wrong; or the request is billable, and the client has a budget or a ledger, in
                which it would not be. Nothing was sent.
        """
        content = Options(query=query, body=body)
        del query, body  # tracebacks show the locals of a frame
        request = build(build_request, self._context.project_id, method, path, content)
        return await send(self._context, request, safety_of(request, safety))

    def bulk(
        self,
        work: Callable[[T], Awaitable[R]],
        items: Iterable[T] | AsyncIterable[T],
        *,
        concurrency: int = _defaults.CONCURRENCY,
        checkpoint: str | None = None,
        on_progress: Callable[[BulkProgress], object] | None = None,
    ) -> BulkRun[T, R]:
        """The work on many items, several at once. Await it for all outcomes in order, or iterate to get them as they come.

        async for outcome in client.bulk(client.active_numbers.unlink_sms, phone_numbers):
            match outcome:
                case Completed(item, result): ...
                case Failed(item, error): ...

        An item is `Failed` with what its work raised, and the others go on. After a 429, whether or not the call was retried,
        half as many requests are in flight at once, and none begins before `Retry-After` has passed; each round of responses
        allows one more again. What is no `Exception`, such as a cancellation, ends the run.

        Args:
            work: A function that takes an item and returns an awaitable, such as a method of the client.
            items: Taken one at a time, not faster than you take the outcomes. May be infinite or asynchronous.
            concurrency: Items that are worked on at once, at most.
            checkpoint: That of an earlier run over the same items. Items that had their outcome then are left out.
            on_progress: Called after each outcome.
        """
        return BulkRun(
            work,
            items,
            concurrency=concurrency,
            clock=self._context.clock,
            checkpoint=checkpoint,
            on_progress=on_progress,
        )

    @contextmanager
    def raw_responses(self) -> Generator[list[RawResponse]]:
        """Collects the raw 2xx responses of all calls that this task, or a task that it starts, makes in the `with` block.

        with client.raw_responses() as responses:
            number = await client.active_numbers.get("+12025550134")
        responses[0].status_code, responses[0].headers, responses[0].content, responses[0].attempts
        """
        responses: list[RawResponse] = []
        mark = captured.set(responses)
        try:
            yield responses
        finally:
            captured.reset(mark)

    async def resume_purchases(self, *, wait: bool = True) -> list[Entry]:
        """Settles the open entries of the client's ledger by asking the API. It buys nothing.

        Returns the current state of all entries that were open. A crashed process looks like a paused one, so an INTENT
        entry is taken over only after it did not change for slightly longer than a lease. If there are such entries, the
        call takes that long. With `wait=False` it settles only entries whose state is UNKNOWN.

        In the result, an INTENT entry may belong to a live process. For an UNKNOWN entry, the API does not show the outcome,
        and the request may still be under way. It counts as refused if a later call finds the number absent for ten
        minutes (`settle_after` of the ledger), by the API's own clock. To finish the slots of a batch, call
        `rent_many(batch=...)` again. Entries of `rent_any` name no number, so they stay open.

        Raises:
            ConfigurationError: The client has no ledger.
            StoreError: The ledger's store failed or timed out.
        """
        claims = self._context.claims
        if claims is None:
            raise ConfigurationError("resume_purchases() needs a ledger: NumbersClient(ledger=...)")
        return await resume(self._context, claims, wait=wait)

    async def aclose(self) -> None:
        """Waits up to `close_timeout` seconds for exchanges and purchases that have begun, then closes what the client opened."""
        if not self._is_copy:
            await self._context.pipeline.aclose(self._close_timeout)

    async def __aenter__(self) -> Self:
        running_loop()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            "a NumbersClient cannot be pickled or copied: a copy would have no secret. Share the client, use with_options(), "
            "or make another in the other process"
        )

    def __repr__(self) -> str:
        if not hasattr(self, "_context"):
            return "<NumbersClient with invalid options>"
        return f"NumbersClient(project_id={self._context.project_id!r}, base_url={self._context.pipeline.base_url!r})"

    def _set(self, context: PurchaseContext) -> None:
        self._context = context
        self.active_numbers = ActiveNumbers(context)
        self.available_numbers = AvailableNumbers(context)
        self.available_regions = AvailableRegions(context)
        self.callback_configuration = CallbackConfigurations(context)
        self.emergency_addresses = EmergencyAddresses(context)
        self.operations = Operations(context)


def _is_key(auth: object) -> bool:
    """Whether the option `auth` names a way to use the key."""
    return isinstance(auth, str)


def _given(**options: Any) -> dict[str, Any]:
    """The `options` that are not None."""
    return {name: value for name, value in options.items() if value is not None}
