"""How a call is sent: credentials, attempts, deadline, error mapping. The only place that awaits a transport.

    send(request, safety)  ->  credentials -> gate -> exchange (its own task) -> decide -> RawResponse or error

An exchange that has begun runs in a task of its own: the caller's cancellation does not reach it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from copy import copy
from typing import TYPE_CHECKING, Any

import attrs

from . import _answers, _options
from ._generated.types import Drift, Request
from ._options import Timeout
from ._redaction import Headers, Secret, secrets_of
from ._tasks import TaskGroup, was_closed
from .auth import Authenticator
from .clock import Clock
from .errors import APIConnectionError, APITimeoutError, ConfigurationError, NumbersError
from .retry import Attempt, RetryPolicy, Safety
from .transports import HttpRequest, HttpResponse, Sent, Transport, TransportError

if TYPE_CHECKING:
    from .budget import Budget
    from .ledger import PurchaseLedger
    from .purchasing import OrphanedPurchase

__all__ = ["Call", "Pipeline", "RawResponse", "RetryBudget", "Settings", "captured", "was_closed"]

logger = logging.getLogger("sinch_numbers")


@attrs.frozen(kw_only=True)
class RawResponse:
    """An answer of the API as it came. Its `content` may hold secrets, so neither it nor the headers are in its repr."""

    operation: str
    method: str
    url: str
    status_code: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    content: bytes = attrs.field(repr=False)
    request_id: str | None
    attempts: tuple[Attempt, ...]


captured: ContextVar[list[RawResponse] | None] = ContextVar("sinch_numbers_responses", default=None)


@attrs.frozen(kw_only=True)
class Settings:
    """What `with_options` can change: one call's way through the pipeline."""

    timeout: Timeout
    retry: RetryPolicy
    headers: Mapping[str, str] = attrs.field(repr=False)
    on_drift: Callable[[Drift], None] | None
    on_response: Callable[[RawResponse], None] | None
    on_retry: Callable[[str, Attempt, float], None] | None
    on_orphaned_purchase: Callable[[OrphanedPurchase], object] | None
    budget: Budget | None
    ledger: PurchaseLedger | None


def call_hook(hook: Callable[..., object], *args: object) -> None:
    """Calls a hook of the user's; what it raises is logged and harms no call."""
    try:
        hook(*args)
    except Exception:
        logger.exception("a hook raised")


class RetryBudget:
    """Bounds what all calls of a client repeat together, so that an outage is not answered with a multiple of the load."""

    def __init__(self) -> None:
        self._spent = 0.0

    def take(self, capacity: int) -> bool:
        if self._spent + 1 > capacity:
            return False
        self._spent += 1
        return True

    def give_back(self) -> None:
        self._spent = max(0.0, self._spent - 0.1)


class Call:
    """A billable call as its caller and its exchanges see it."""

    def __init__(self) -> None:
        self.processed = Sent.NEVER
        """Whether the API acted on the call, as far as its exchanges so far tell; UNKNOWN while one is in flight."""
        self.in_flight = False
        self.abandoned = False
        """Nobody waits for the call any more: it must not be sent (again)."""

    def abandon(self, task: asyncio.Task[Any]) -> None:
        """Says that the caller is gone: `task` goes on to the truth, or stops where nothing was sent."""
        self.abandoned = True
        if self.processed is Sent.NEVER and not self.in_flight:
            task.cancel()

    def before_send(self) -> None:
        if self.abandoned:
            raise TransportError("the caller was cancelled before the request was sent", sent=Sent.NEVER)


class Pipeline:
    """Shared by a client and its copies: one transport, one gate, one cache of credentials."""

    def __init__(
        self,
        *,
        transport: Transport,
        base_url: str,
        clock: Clock,
        tasks: TaskGroup,
        max_connections: int,
        secrets: tuple[Secret, ...],
    ) -> None:
        self.transport = transport
        self.base_url = base_url
        self.clock = clock
        self.tasks = tasks
        self.closed = False
        self._gate = asyncio.Semaphore(max_connections)
        self._gate_loop: asyncio.AbstractEventLoop | None = None
        self._max_connections = max_connections
        self._secrets = secrets
        self._budget = RetryBudget()
        self._drifts: set[Drift] = set()

    async def send(
        self,
        request: Request,
        safety: Safety,
        settings: Settings,
        auth: Authenticator,
        *,
        base_url: str | None = None,
        content_type: str = "application/json",
        call: Call | None = None,
    ) -> RawResponse:
        """The API's 2xx answer; raises an APIConnectionError or APIStatusError that carries all attempts.

        Raises ConfigurationError, before anything is sent, where the client is closed.
        """
        if self.closed:
            raise ConfigurationError("the client is closed")
        exchange = _Sending(self, request, settings, base_url or self.base_url, content_type, call)
        attempts: list[Attempt] = []
        renewed = False
        while True:
            credentials = await exchange.credentials(auth, tuple(attempts))
            outcome = await exchange.run(credentials)
            attempts.append(outcome.attempt)
            response = outcome.response
            if response is not None and response.status_code == 401 and not renewed:
                renewed = True
                if await auth.renew(credentials):
                    continue
            if response is not None and 200 <= response.status_code <= 299:
                self._budget.give_back()
                return exchange.finish(response, tuple(attempts))
            number = len(attempts) - renewed
            delay = self._delay(safety, settings, outcome.attempt, number, exchange.remaining())
            if delay is None or self.closed or (call is not None and call.abandoned):
                secrets = (*self._secrets, *secrets_of(credentials, request.body))
                raise exchange.error(outcome, tuple(attempts), secrets)
            exchange.announce_retry(outcome.attempt, delay)
            await self.clock.sleep(delay)

    async def pause(self, settings: Settings, number: int) -> bool:
        """Waits as before a repetition, the `number`th attempt having failed; False where there may be none."""
        if not self._budget.take(settings.retry.budget):
            return False
        await self.clock.sleep(settings.retry.backoff(number, random.random()))
        return True

    def _delay(
        self, safety: Safety, settings: Settings, attempt: Attempt, number: int, remaining: float
    ) -> float | None:
        policy = settings.retry
        delay = policy.decide(safety, attempt, number=number, remaining=remaining, draw=random.random())
        return delay if delay is not None and self._budget.take(policy.budget) else None

    def is_news(self, drift: Drift) -> bool:
        """Whether this way in which the API differs from its specification shows for the first time."""
        if drift in self._drifts or len(self._drifts) >= _options.MAX_DRIFTS:
            return False
        self._drifts.add(drift)
        return True

    def gate(self) -> asyncio.Semaphore:
        """The places for exchanges in the running loop: `max_connections` of them."""
        loop = asyncio.get_running_loop()
        if loop is not self._gate_loop:
            self._gate_loop = loop
            self._gate = asyncio.Semaphore(self._max_connections)
        return self._gate


@attrs.frozen
class _Outcome:
    attempt: Attempt
    response: HttpResponse | None = None
    error: TransportError | None = None


class _Sending:
    """One call on its way: performs its exchanges and words what became of them."""

    def __init__(
        self,
        pipeline: Pipeline,
        request: Request,
        settings: Settings,
        base_url: str,
        content_type: str,
        call: Call | None,
    ) -> None:
        self._pipeline = pipeline
        self._request = request
        self._settings = settings
        self._call = call
        self._content_type = content_type
        self.url = f"{base_url}{request.path}" + (f"?{request.query}" if request.query else "")
        self._clock = pipeline.clock
        self._deadline = self._clock.monotonic() + settings.timeout.total

    def remaining(self) -> float:
        """Seconds until the call's deadline."""
        return self._deadline - self._clock.monotonic()

    async def credentials(self, auth: Authenticator, attempts: tuple[Attempt, ...]) -> Secret:
        """What the next exchange proves itself with.

        An error of the token request is raised with this call's attempts, and what has become of this call.
        """
        sent = attempts[-1].processed if attempts else Sent.NEVER
        limit = asyncio.timeout(max(self.remaining(), 0))
        try:
            async with limit:
                return await auth.credentials()
        except TimeoutError:
            if not limit.expired():
                raise  # a token provider's own
            method, url = self._request.method, self.url
            raise APITimeoutError(
                "no access token in time", sent=sent, method=method, url=url, attempts=attempts
            ) from None
        except NumbersError as error:
            failure = copy(error)
            failure.attempts = attempts
            if isinstance(failure, APIConnectionError):
                failure.sent = sent
            raise failure from error

    async def run(self, credentials: Secret) -> _Outcome:
        """What one exchange came to. Raises nothing but the caller's own cancellation."""
        timeout = self._settings.timeout.within(self.remaining())
        message = self._message(credentials, timeout)
        gate = self._pipeline.gate()
        begin = self._clock.monotonic()
        try:
            if gate.locked():
                async with asyncio.timeout(timeout.pool):
                    await gate.acquire()
            else:
                await gate.acquire()
        except TimeoutError:
            lost = TransportError(
                f"no free connection within {timeout.pool:g} s", sent=Sent.NEVER, timed_out=True
            )
            return self._lost(lost, begin)
        if self._pipeline.closed:
            gate.release()
            return self._lost(TransportError("the client is closed", sent=Sent.NEVER), begin)
        task = self._pipeline.tasks.start(
            self._perform(message, begin), name=f"sinch-numbers {self._request.operation}"
        )
        # Not in the task itself: one that is cancelled before its first step runs none of its code.
        task.add_done_callback(lambda _: gate.release())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if was_closed(task):
                sent = self._call.processed if self._call is not None else Sent.UNKNOWN
                return self._lost(TransportError("the client was closed meanwhile", sent=sent), begin)
            if self._call is None:
                # A read that nobody waits for any more gets a moment to end in peace, so that its connection lives on.
                asyncio.get_running_loop().call_later(_options.ABANDONED_GRACE, task.cancel)
            raise

    async def _perform(self, message: HttpRequest, begin: float) -> _Outcome:
        call = self._call
        if call is None:
            return await self._exchange(message, begin)
        before, call.processed, call.in_flight = call.processed, Sent.UNKNOWN, True
        try:
            outcome = await self._exchange(message, begin)
        except Exception as error:
            # A transport's bug: whatever it is, money may have been spent, and the API can be asked.
            logger.exception("the transport failed in its own way")
            outcome = self._lost(TransportError(f"{type(error).__name__}: {error}", sent=Sent.UNKNOWN), begin)
        finally:
            call.in_flight = False
        if before is not Sent.UNKNOWN:
            # Else an earlier exchange of the call may have been acted on, and this one takes nothing of that back.
            call.processed = outcome.attempt.processed
        return outcome

    async def _exchange(self, message: HttpRequest, begin: float) -> _Outcome:
        if (remaining := self.remaining()) <= 0:
            return self._lost(TransportError("no time is left", sent=Sent.NEVER, timed_out=True), begin)
        try:
            # Bounds an answer that trickles: `read` only bounds the pause between two bytes.
            async with asyncio.timeout(remaining):
                response = await self._pipeline.transport.send(message)
        except TransportError as error:
            return self._lost(error, begin)
        except TimeoutError:
            return self._lost(
                TransportError("no complete answer in time", sent=Sent.UNKNOWN, timed_out=True), begin
            )
        return self._answered(response, begin)

    def _message(self, credentials: Secret, timeout: Timeout) -> HttpRequest:
        request = self._request
        headers = Headers(self._settings.headers)
        headers["Accept"] = "application/json"
        headers["Authorization"] = credentials.reveal()
        if request.body is not None:
            headers["Content-Type"] = self._content_type
        return HttpRequest(
            method=request.method,
            url=self.url,
            headers=headers,
            content=request.body or b"",
            timeout=timeout,
            before_send=self._call.before_send if self._call is not None else None,
        )

    def _answered(self, response: HttpResponse, begin: float) -> _Outcome:
        elapsed = self._clock.monotonic() - begin
        attempt = Attempt(
            status_code=response.status_code,
            sent=Sent.ARRIVED,
            retry_after=_answers.retry_after(response.headers, self._clock.time()),
            elapsed=elapsed,
        )
        logger.debug(
            "%s %s -> %d in %.3f s", self._request.method, self._request.path, response.status_code, elapsed
        )
        return _Outcome(attempt, response=response)

    def _lost(self, error: TransportError, begin: float) -> _Outcome:
        elapsed = self._clock.monotonic() - begin
        attempt = Attempt(
            status_code=None, sent=error.sent, error=str(error), timed_out=error.timed_out, elapsed=elapsed
        )
        logger.debug(
            "%s %s -> no answer in %.3f s (sent: %s): %s",
            self._request.method,
            self._request.path,
            elapsed,
            error.sent,
            error,
        )
        return _Outcome(attempt, error=error)

    def finish(self, response: HttpResponse, attempts: tuple[Attempt, ...]) -> RawResponse:
        raw = RawResponse(
            operation=self._request.operation,
            method=self._request.method,
            url=self.url,
            status_code=response.status_code,
            headers=response.headers,
            content=response.content,
            request_id=_answers.request_id(response.headers),
            attempts=attempts,
        )
        if (responses := captured.get()) is not None:
            responses.append(raw)
        if self._settings.on_response is not None:
            call_hook(self._settings.on_response, raw)
        return raw

    def announce_retry(self, attempt: Attempt, delay: float) -> None:
        logger.info(
            "%s %s: %s; again in %.2f s",
            self._request.method,
            self._request.path,
            attempt.status_code or attempt.error,
            delay,
        )
        if self._settings.on_retry is not None:
            call_hook(self._settings.on_retry, self._request.operation, attempt, delay)

    def error(
        self, outcome: _Outcome, attempts: tuple[Attempt, ...], secrets: tuple[Secret, ...]
    ) -> NumbersError:
        method, url = self._request.method, self.url
        if outcome.response is not None:
            return _answers.status_error(
                outcome.response, method=method, url=url, attempts=attempts, secrets=secrets
            )
        cls = APITimeoutError if outcome.attempt.timed_out else APIConnectionError
        error = cls(
            outcome.attempt.error, sent=outcome.attempt.sent, method=method, url=url, attempts=attempts
        )
        error.__cause__ = outcome.error
        return error
