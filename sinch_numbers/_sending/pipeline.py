"""Sends a call: credentials, attempts, deadline. The only module that awaits a transport.

    send(request, safety)  ->  credentials -> limiter -> exchange -> retry? -> RawResponse or exception

An exchange is cancelled with its caller. The caller of a billable call is a detached task, which is not cancelled once the
request may have been sent.
"""

from __future__ import annotations

import asyncio
import logging
import random
import warnings
from collections.abc import Callable
from copy import copy
from typing import NoReturn

from .. import _defaults
from .._generated.types import Request
from .._redaction import Secret
from ..attempts import Attempt, Processed, Sent
from ..clock import Clock
from ..errors import APIConnectionError, ConfigurationError, NumbersError, name_auth_url
from ..retry import RetryQuota, Safety
from ..transports import HttpRequest, Transport, TransportError
from .billable import BillableCall
from .call import Call, Exchange
from .credentials import Authenticator
from .flow_control import flow_control
from .rate_limit import RateLimiter
from .responses import RawResponse
from .settings import Settings
from .tasks import InFlight, TaskGroup, running_loop

logger: logging.Logger = logging.getLogger("sinch_numbers")

_CLOSED = "the client was closed during the call"


class Pipeline:
    """Sends the calls of a client and its copies. They share the transport, the limit on exchanges, and the retry quota."""

    def __init__(
        self,
        *,
        transport: Transport,
        closes_transport: bool,
        base_url: str,
        clock: Clock,
        tasks: TaskGroup,
        max_connections: int,
        secrets: tuple[Secret, ...],
    ) -> None:
        self.base_url = base_url
        self._transport = transport
        self._closes_transport = closes_transport
        self._clock = clock
        self._tasks = tasks
        self._closed = False
        self._limiter = asyncio.Semaphore(max_connections)
        self._limiter_loop: asyncio.AbstractEventLoop | None = None
        self._max_connections = max_connections
        self._secrets = secrets
        self._quota = RetryQuota()
        self._in_flight = InFlight()

    async def send(
        self,
        request: Request,
        safety: Safety,
        settings: Settings,
        auth: Authenticator,
        *,
        base_url: str | None = None,
        content_type: str = "application/json",
        billable: BillableCall | None = None,
    ) -> RawResponse:
        """The 2xx response. Raises an APIConnectionError or APIStatusError with all attempts.

        Also raises StoreError if the ledger's store failed, so that the request was not sent; the error of the token
        request, if that failed; and ConfigurationError if the client is closed.
        """
        if self._closed:
            raise ConfigurationError("the client is closed")
        running_loop()
        call = Call(
            request,
            settings,
            base_url=base_url or self.base_url,
            content_type=content_type,
            clock=self._clock,
            billable=billable,
            secrets=self._secrets,
        )
        flow = flow_control.get()
        perform = self._exchange if flow is None else flow.paced(self._exchange)
        attempts: list[Attempt] = []
        renewed = False
        while True:
            credentials = auth.ready()
            if credentials is None:
                credentials = await self._credentials(call, auth, tuple(attempts))
            exchange = await perform(call, credentials, settings)
            attempts.append(exchange.attempt)
            response = exchange.response
            if exchange.attempt.processed is Processed.YES:
                auth.accepted()
            if response is not None and response.status_code == 401 and not renewed:
                renewed = True
                if await auth.renew(credentials):
                    continue
            if response is not None and 200 <= response.status_code <= 299:
                if self._quota.spent:
                    self._quota.give_back()
                return call.finish(response, tuple(attempts))
            attempt_number = len(attempts) - renewed
            delay = self._retry_delay(call, safety, settings, exchange.attempt, attempt_number)
            if delay is None:
                raise call.exception(exchange, tuple(attempts))
            call.announce_retry(exchange.attempt, attempt_number, delay)
            await self._clock.sleep(delay)

    async def pause(self, settings: Settings, attempt_number: int, asked_for: float | None = None) -> bool:
        """Waits as long as before a retry of attempt `attempt_number`, or `asked_for` seconds (`Retry-After`).

        False if the retry quota is used up, or if the server asked for a longer pause than the policy allows.
        """
        policy = settings.retry
        if asked_for is not None and asked_for > policy.max_retry_after:
            return False
        if not self._quota.take(policy.quota):
            return False
        await self._clock.sleep(
            policy.backoff(attempt_number, random.random()) if asked_for is None else asked_for
        )
        return True

    def __reduce__(self) -> NoReturn:
        raise TypeError("what belongs to a client cannot be pickled or copied")

    def __del__(self, _warn: Callable[..., None] = warnings.warn) -> None:
        # Here and not in the client, whose copies use the same pipeline. A client that sent nothing has nothing to close.
        if self._closes_transport and not self._closed and self._limiter_loop is not None:
            _warn(
                f"unclosed NumbersClient of {self.base_url}: use `async with`, or await aclose()",
                ResourceWarning,
                source=self,
            )

    async def aclose(self, timeout: float) -> None:
        """Waits up to `timeout` seconds for tasks to finish, cancels the rest, and closes the transport if it owns it."""
        loop = running_loop()
        deadline = loop.time() + timeout
        await self._tasks.drain(timeout)
        await self._in_flight.drain(deadline - loop.time())
        # Close only after draining: purchases still reconcile while we wait.
        self._closed = True
        self._in_flight.interrupt()
        await self._tasks.cancel()
        await self._in_flight.drain(_defaults.ABANDONED_GRACE)
        if self._closes_transport:
            await self._transport.aclose()

    def _retry_delay(
        self, call: Call, safety: Safety, settings: Settings, attempt: Attempt, attempt_number: int
    ) -> float | None:
        """Seconds to wait before the next attempt, or None to give up."""
        if self._closed or (call.billable is not None and not call.billable.may_retry(attempt)):
            return None
        delay = settings.retry.decide(
            safety,
            attempt,
            attempt_number=attempt_number,
            remaining=call.remaining(),
            draw=random.random(),
        )
        if delay is None or (attempt.status_code == 429 and flow_control.get() is not None):
            return delay  # the flow control of a bulk run limits its retries: there may be one for each call in flight
        return delay if self._quota.take(settings.retry.quota) else None

    async def _credentials(self, call: Call, auth: Authenticator, attempts: tuple[Attempt, ...]) -> Secret:
        """The credentials of the next exchange.

        Raises the error of the token request, with the attempts of this call. Its `sent` says whether this call was sent.
        """
        unclear = bool(attempts) and attempts[-1].processed is Processed.MAYBE
        sent = Sent.UNKNOWN if unclear else Sent.NEVER
        begin = self._clock.monotonic()
        limit = asyncio.timeout(max(call.remaining(), 0))
        try:
            async with limit:
                return await auth.credentials()
        except TimeoutError:
            if not limit.expired():
                raise  # the token provider raised it
            failed = call.failed(TransportError("no access token in time", sent=sent, timed_out=True), begin)
            error = call.exception(failed, attempts)
            name_auth_url(error)
            raise error from None
        except NumbersError as error:
            failure = copy(error)
            failure.attempts = attempts
            if isinstance(failure, APIConnectionError):
                failure.sent = sent
            raise failure from error

    async def _exchange(self, call: Call, credentials: Secret, settings: Settings) -> Exchange:
        """One exchange. Raises only CancelledError and, unless the call is billable, unexpected errors of the transport."""
        if settings.rate_limiter is not None and (late := await self._limited(call, settings.rate_limiter)):
            return late
        timeout = settings.timeout.within(call.remaining())
        message = call.http_request(credentials, timeout)
        if (loop := asyncio.get_running_loop()) is not self._limiter_loop:
            # A semaphore belongs to the event loop in which it was first waited for.
            self._limiter_loop = loop
            self._limiter = asyncio.Semaphore(self._max_connections)
        limiter = self._limiter
        begin = self._clock.monotonic()
        try:
            if limiter.locked():
                async with asyncio.timeout(timeout.pool):
                    await limiter.acquire()
            else:
                await limiter.acquire()
        except TimeoutError:
            error = TransportError(
                f"no free connection within {timeout.pool:g} s", sent=Sent.NEVER, timed_out=True
            )
            return call.failed(error, begin)
        if self._closed:
            limiter.release()
            return call.failed(TransportError("the client is closed", sent=Sent.NEVER), begin)
        try:
            if call.billable is None:
                return await self._send_once(call, message, begin)
            return await self._send_billable(call, call.billable, message, begin)
        finally:
            limiter.release()

    async def _limited(self, call: Call, limiter: RateLimiter) -> Exchange | None:
        """Waits until the client's rate limit allows a request. The end of the call if its timeout would pass before."""
        begin = self._clock.monotonic()
        if await limiter.acquire(call.remaining(), is_bulk=flow_control.get() is not None):
            return None
        call.expire()
        text = "the call would have timed out before the client's rate limit allowed it"
        return call.failed(TransportError(text, sent=Sent.NEVER, timed_out=True), begin)

    async def _send_billable(
        self, call: Call, billable: BillableCall, message: HttpRequest, begin: float
    ) -> Exchange:
        try:
            await billable.begin_exchange()
        except TransportError as error:
            return call.failed(error, begin)
        try:
            exchange = await self._send_once(call, message, begin)
        except Exception as error:
            # A bug in the transport. Money may have been spent, so go on and ask the API.
            logger.exception("the transport raised an unexpected exception")
            exchange = call.failed(
                TransportError(f"{type(error).__name__}: {error}", sent=Sent.UNKNOWN), begin
            )
        billable.end_exchange(exchange.attempt)
        return exchange

    async def _send_once(self, call: Call, message: HttpRequest, begin: float) -> Exchange:
        if (remaining := call.remaining()) <= 0:
            late = TransportError("the call timed out before it was sent", sent=Sent.NEVER, timed_out=True)
            return call.failed(late, begin)
        # For a response that trickles in: `read` limits only the pause between two bytes.
        limit = asyncio.timeout(remaining)
        self._in_flight.begin(limit)
        try:
            async with limit:
                response = await self._transport.send(message)
        except TransportError as error:
            return call.failed(error, begin)
        except TimeoutError:
            text, timed_out = (_CLOSED, False) if self._closed else ("no complete response in time", True)
            return call.failed(TransportError(text, sent=Sent.UNKNOWN, timed_out=timed_out), begin)
        finally:
            self._in_flight.end(limit)
        return call.responded(response, begin)
