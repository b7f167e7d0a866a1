"""Handles one event under a lease: each of its handlers on its own, with a pause after a failure."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Generator

import attrs

from .._sending.tasks import TaskGroup
from ..clock import Clock
from ..errors import StoreError
from ..models import NumberEvent
from .events import parse
from .handlers import Handler, Handlers
from .mailbox import Envelope, Mailbox
from .records import Delivery, Record

logger: logging.Logger = logging.getLogger("sinch_numbers.webhooks")

_FIRST_PAUSE = 1.0
"""Seconds after a handler's first failure; four times as long after each further one."""
_LONGEST_PAUSE = 900.0
_LONGEST_ERROR = 1_000
"""Characters that are kept of what a handler raised."""
_RENEWALS_PER_LEASE = 4


class Lost(Exception):
    """Another process has the event by now."""


class Parked(Exception):
    """A process died while it handled this event, and another such event is being handled just now."""


@attrs.frozen
class Limits:
    """What an inbox allows: attempts of a handler, seconds for each, seconds that a lease lasts, handlers at a time."""

    max_attempts: int
    handler_timeout: float
    lease: float
    concurrency: int


class Handling:
    """What is done with one event at a time. Its outcome is in the store whenever a method returns or raises."""

    def __init__(
        self,
        mailbox: Mailbox,
        handlers: Handlers,
        limits: Limits,
        *,
        clock: Callable[[], Clock],
        is_running: Callable[[], bool],
        ended: Callable[[str, Record], Awaitable[None]],
    ) -> None:
        """`ended` is told of each event that was handled or has become a dead letter."""
        self._mailbox = mailbox
        self._handlers = handlers
        self._limits = limits
        self._clock = clock
        self._is_running = is_running
        self._ended = ended
        self._owner = secrets.token_hex(8)
        self._renewals = TaskGroup()
        self.lone: str | None = None
        """The event that is handled here of those that a process died on: one at a time, so that the one that kills its
        process does not use up the attempts of others that were handled beside it."""

    async def drain(self, timeout: float) -> None:
        """Waits for the tasks that renew leases."""
        await self._renewals.drain(timeout)

    async def handle(self, key: str, *, is_new: bool) -> float | None:
        """Handles an event; returns when to do so again, or None if it is finished or another process's.

        `is_new`: it was received here just now, so it is no repeat, and its order is noted.

        Raises:
            Parked: A process died on this event, and another one of those is being handled.
            StoreError: The store failed. What is written so far stands.
        """
        if not await self._mailbox.lease(key, self._owner):
            return None
        try:
            with self._renewed(key):
                return await self._handle_leased(key, is_new)
        except Lost:
            logger.warning("%s was taken over by another process", key)
            return None
        finally:
            with contextlib.suppress(StoreError):
                await self._mailbox.give_back(key, self._owner)

    async def _handle_leased(self, key: str, is_new: bool) -> float | None:
        raw = await self._mailbox.read(key)
        if raw is None:
            return None
        record = Record.from_bytes(raw)
        envelope = Envelope.of(record.body)
        if not is_new and not record.attempts and not record.finished:
            # Its receiver may have ended at once: it may be a repeat, and its order not noted.
            if await self._mailbox.discard_repeat(key, raw):
                return None
            await self._mailbox.note(envelope, record.received_at, wake=False)
        if record.interrupted and not record.finished:
            with self._alone(key):
                return await self._handle_record(key, raw, record, envelope)
        return await self._handle_record(key, raw, record, envelope)

    async def _handle_record(self, key: str, raw: bytes, record: Record, envelope: Envelope) -> float | None:
        handlers = self._handlers.of(envelope.text("eventType"))
        if not record.finished:
            event = parse(record.body, max_size=len(record.body))
            for handler in handlers:
                if handler.name not in record.done and record.due.get(handler.name, 0.0) <= self._now():
                    raw, record = await self._attempt(key, raw, record, envelope, event, handler)
            if not record.finished and (judged := self._judged(record, handlers)).finished:
                # Without a call just now: the process died in the last attempt.
                raw, record = await self._written(key, raw, judged), judged
        if not record.finished:
            return record.due_for(handler.name for handler in handlers)
        await self._mailbox.finish(key, raw, record)
        await self._ended(envelope.event_id, record)
        return None

    async def _attempt(
        self,
        key: str,
        raw: bytes,
        record: Record,
        envelope: Envelope,
        event: NumberEvent,
        handler: Handler,
    ) -> tuple[bytes, Record]:
        """Calls one handler. The attempt is written before it runs, so that one that kills the process is counted."""
        name, before = handler.name, record
        attempt = record.attempts.get(name, 0) + 1
        if attempt > self._limits.max_attempts:
            return raw, record  # the process died in the last one
        due = {other: when for other, when in record.due.items() if other != name}
        record = attrs.evolve(record, attempts={**record.attempts, name: attempt}, due=due)
        raw = await self._written(key, raw, record)
        delivery = Delivery(
            event_id=envelope.event_id,
            attempt=attempt,
            stale=await self._mailbox.is_stale(envelope),
            received_at=record.received,
            raw=record.body,
        )
        try:
            error = await self._call(handler, event, delivery)
        except asyncio.CancelledError:
            # The inbox is closed: the attempt does not count.
            with contextlib.suppress(StoreError, Lost):
                await self._written(key, raw, before)
            raise
        errors = {other: text for other, text in record.errors.items() if other != name}
        if error is None:
            record = attrs.evolve(record, done=(*record.done, name), due=due, errors=errors)
        else:
            logger.warning(
                "the handler %s failed on %s, attempt %d: %s", name, envelope.event_id, attempt, error
            )
            due = {**due, name: self._now() + _pause(attempt)}
            record = attrs.evolve(record, due=due, errors={**errors, name: error})
        record = self._judged(record, self._handlers.of(envelope.text("eventType")))
        return await self._written(key, raw, record), record

    def _judged(self, record: Record, handlers: list[Handler]) -> Record:
        """The record, marked as finished if no handler is left to call."""
        left = [handler.name for handler in handlers if handler.name not in record.done]
        given_up = [name for name in left if record.attempts.get(name, 0) >= self._limits.max_attempts]
        if not handlers or len(given_up) < len(left):
            return record
        errors = {
            **record.errors,
            **dict.fromkeys(record.interrupted, "the process ended during the attempt"),
        }
        return attrs.evolve(record, finished=True, due={}, errors=errors, reason="failed" if left else "")

    async def _call(self, handler: Handler, event: NumberEvent, delivery: Delivery) -> str | None:
        """What the handler raised, in words; None if it handled the event."""
        limit = asyncio.timeout(self._limits.handler_timeout)
        try:
            async with limit:
                await handler.function(event, delivery)
        except asyncio.CancelledError:
            if not self._is_running():
                raise
            return "the handler was cancelled"
        except TimeoutError as error:
            return "the handler took too long" if limit.expired() else f"TimeoutError: {error}"
        except Exception as error:
            logger.debug("the handler %s raised", handler.name, exc_info=True)
            return f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
        return None

    @contextlib.contextmanager
    def _alone(self, key: str) -> Generator[None]:
        """Raises Parked if another event is handled alone."""
        if self.lone is not None:
            raise Parked
        self.lone = key
        try:
            yield
        finally:
            self.lone = None

    def _now(self) -> float:
        return self._clock().time()

    async def _written(self, key: str, raw: bytes, record: Record) -> bytes:
        written = await self._mailbox.write(key, raw, record)
        if written is None:
            raise Lost
        return written

    @contextlib.contextmanager
    def _renewed(self, key: str) -> Generator[None]:
        """Renews the lease from time to time while the block runs."""
        beat = self._renewals.start(self._renew(key), name=f"sinch-numbers inbox lease {key}")
        try:
            yield
        finally:
            beat.cancel()

    async def _renew(self, key: str) -> None:
        while True:
            await asyncio.sleep(self._limits.lease / _RENEWALS_PER_LEASE)
            with contextlib.suppress(StoreError):
                await self._mailbox.renew(key, self._owner)


def _pause(attempt: int) -> float:
    bound = min(_LONGEST_PAUSE, _FIRST_PAUSE * 4.0 ** min(attempt - 1, 20))
    return bound * random.uniform(0.5, 1.0)
