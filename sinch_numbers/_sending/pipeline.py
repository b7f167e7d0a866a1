"""How a call is sent: credentials, attempts, deadline. The only place that awaits a transport.

    send(request, safety)  ->  credentials -> a place -> exchange (its own task) -> decide -> RawResponse or error

An exchange that has begun runs in a task of its own: the caller's cancellation does not reach it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from copy import copy

from .. import _defaults
from .._generated.types import Request
from .._redaction import Secret, secrets_of
from ..attempts import Attempt, Sent
from ..clock import Clock
from ..errors import APIConnectionError, ConfigurationError, NumbersError
from ..retry import RetryQuota, Safety
from ..transports import HttpRequest, Transport, TransportError
from .billable import BillableCall
from .call import Exchange, Outcome
from .credentials import Authenticator
from .responses import RawResponse
from .settings import Settings
from .tasks import TaskClosed, TaskGroup, shielded

__all__ = ["Pipeline"]

logger: logging.Logger = logging.getLogger("sinch_numbers")


class Pipeline:
    """Shared by a client and its copies: one transport, one gate, one cache of credentials."""

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
        self._transport = transport
        self._closes_transport = closes_transport
        self.base_url = base_url
        self._clock = clock
        self._tasks = tasks
        self._closed = False
        self._gate = asyncio.Semaphore(max_connections)
        self._gate_loop: asyncio.AbstractEventLoop | None = None
        self._max_connections = max_connections
        self._secrets = secrets
        self._quota = RetryQuota()

    async def aclose(self, timeout: float) -> None:
        """Waits up to `timeout` seconds for calls that have begun, ends the rest, and closes a transport of its own."""
        await self._tasks.drain(timeout)
        # Close only after draining: purchases still reconcile while we wait.
        self._closed = True
        await self._tasks.cancel()
        if self._closes_transport:
            await self._transport.aclose()

    async def send(
        self,
        request: Request,
        safety: Safety,
        settings: Settings,
        auth: Authenticator,
        *,
        base_url: str | None = None,
        content_type: str = "application/json",
        call: BillableCall | None = None,
    ) -> RawResponse:
        """The API's 2xx answer; raises an APIConnectionError or APIStatusError that carries all attempts.

        Raises ConfigurationError, before anything is sent, where the client is closed.
        """
        if self._closed:
            raise ConfigurationError("the client is closed")
        exchange = Exchange(
            request,
            settings,
            base_url=base_url or self.base_url,
            content_type=content_type,
            clock=self._clock,
            call=call,
        )
        attempts: list[Attempt] = []
        renewed = False
        while True:
            credentials = await self._credentials(exchange, auth, tuple(attempts))
            outcome = await self._run(exchange, credentials, settings)
            attempts.append(outcome.attempt)
            response = outcome.response
            if outcome.attempt.processed is Sent.ARRIVED:
                auth.accepted()
            if response is not None and response.status_code == 401 and not renewed:
                renewed = True
                if await auth.renew(credentials):
                    continue
            if response is not None and 200 <= response.status_code <= 299:
                self._quota.give_back()
                return exchange.finish(response, tuple(attempts))
            number = len(attempts) - renewed
            delay = None
            if not self._closed and not (call is not None and call.abandoned):
                delay = self._delay(safety, settings, outcome.attempt, number, exchange.remaining())
            if delay is None:
                secrets = (*self._secrets, *secrets_of(credentials, request.body))
                raise exchange.error(outcome, tuple(attempts), secrets)
            exchange.announce_retry(outcome.attempt, delay)
            await self._clock.sleep(delay)

    async def pause(self, settings: Settings, number: int) -> bool:
        """Waits as before a repetition, the `number`th attempt having failed; False where there may be none."""
        if not self._quota.take(settings.retry.budget):
            return False
        await self._clock.sleep(settings.retry.backoff(number, random.random()))
        return True

    def _delay(
        self, safety: Safety, settings: Settings, attempt: Attempt, number: int, remaining: float
    ) -> float | None:
        policy = settings.retry
        delay = policy.decide(safety, attempt, number=number, remaining=remaining, draw=random.random())
        return delay if delay is not None and self._quota.take(policy.budget) else None

    async def _credentials(
        self, exchange: Exchange, auth: Authenticator, attempts: tuple[Attempt, ...]
    ) -> Secret:
        """What the next exchange proves itself with.

        An error of the token request is raised with this call's attempts, and what has become of this call.
        """
        sent = attempts[-1].processed if attempts else Sent.NEVER
        limit = asyncio.timeout(max(exchange.remaining(), 0))
        try:
            async with limit:
                return await auth.credentials()
        except TimeoutError:
            if not limit.expired():
                raise  # a token provider's own
            lost = exchange.lost(TransportError("no access token in time", sent=sent, timed_out=True), 0.0)
            raise exchange.error(lost, attempts, ()) from None
        except NumbersError as error:
            failure = copy(error)
            failure.attempts = attempts
            if isinstance(failure, APIConnectionError):
                failure.sent = sent
            raise failure from error

    async def _run(self, exchange: Exchange, credentials: Secret, settings: Settings) -> Outcome:
        """What one exchange came to. Raises the caller's own cancellation and, of a read, what is a transport's own bug."""
        timeout = settings.timeout.within(exchange.remaining())
        message = exchange.message(credentials, timeout)
        gate = self._places()
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
            return exchange.lost(lost, begin)
        if self._closed:
            gate.release()
            return exchange.lost(TransportError("the client is closed", sent=Sent.NEVER), begin)
        task = self._tasks.start(
            self._perform(exchange, message, begin), name=f"sinch-numbers {message.method} {exchange.url}"
        )
        # Not in the task itself: one that is cancelled before its first step runs none of its code.
        task.add_done_callback(lambda _: gate.release())
        try:
            return await shielded(task)
        except TaskClosed:
            sent = exchange.call.processed if exchange.call is not None else Sent.UNKNOWN
            return exchange.lost(TransportError("the client was closed meanwhile", sent=sent), begin)
        except asyncio.CancelledError:
            if exchange.call is None:
                # A read that nobody waits for any more gets a moment to end in peace, so that its connection lives on.
                asyncio.get_running_loop().call_later(_defaults.ABANDONED_GRACE, task.cancel)
            raise

    async def _perform(self, exchange: Exchange, message: HttpRequest, begin: float) -> Outcome:
        call = exchange.call
        if call is None:
            return await self._answer(exchange, message, begin)
        try:
            # Here too, and not only just before the first byte: not every transport calls `before_send`.
            call.before_send()
        except TransportError as error:
            return exchange.lost(error, begin)
        before, call.processed, call.in_flight = call.processed, Sent.UNKNOWN, True
        try:
            outcome = await self._answer(exchange, message, begin)
        except Exception as error:
            # A transport's bug: whatever it is, money may have been spent, and the API can be asked.
            logger.exception("the transport failed in its own way")
            outcome = exchange.lost(
                TransportError(f"{type(error).__name__}: {error}", sent=Sent.UNKNOWN), begin
            )
        finally:
            call.in_flight = False
        if before is not Sent.UNKNOWN:
            # Else an earlier exchange of the call may have been acted on, and this one takes nothing of that back.
            call.processed = outcome.attempt.processed
        return outcome

    async def _answer(self, exchange: Exchange, message: HttpRequest, begin: float) -> Outcome:
        if (remaining := exchange.remaining()) <= 0:
            return exchange.lost(TransportError("no time is left", sent=Sent.NEVER, timed_out=True), begin)
        try:
            # Bounds an answer that trickles: `read` only bounds the pause between two bytes.
            async with asyncio.timeout(remaining):
                response = await self._transport.send(message)
        except TransportError as error:
            return exchange.lost(error, begin)
        except TimeoutError:
            return exchange.lost(
                TransportError("no complete answer in time", sent=Sent.UNKNOWN, timed_out=True), begin
            )
        return exchange.answered(response, begin)

    def _places(self) -> asyncio.Semaphore:
        """The places for exchanges in the running loop: `max_connections` of them."""
        loop = asyncio.get_running_loop()
        if loop is not self._gate_loop:
            self._gate_loop = loop
            self._gate = asyncio.Semaphore(self._max_connections)
        return self._gate
