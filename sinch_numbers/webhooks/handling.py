"""Handles one event under a lease: each of its handlers on its own, with a pause after a failure."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, TypeVar

import attrs

from .._sending.tasks import TaskGroup
from ..clock import Clock
from ..errors import StoreError
from ..models import NumberEvent
from .events import parse
from .handlers import Handler, Handlers
from .leases import Attempt, Leased, Leases
from .mailbox import Mailbox
from .records import Delivery, Record

T = TypeVar("T")

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
        self._limits = limits
        self._clock = clock
        self._is_running = is_running
        self._ended = ended
        self._owner = secrets.token_hex(8)
        self._leases = Leases(handlers, max_attempts=limits.max_attempts, owner=self._owner)
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
        is_held, now = True, self._now()
        try:
            leased = await self._mailbox.together(
                lambda mailbox: self._leases.lease(mailbox, key, is_new, now)
            )
            if leased is not None and not leased.record.finished:
                with self._renewed(key):
                    leased = await self._handle_leased(leased)
            is_held = leased is not None and not leased.record.finished
        except Lost:
            logger.warning("%s was taken over by another process", key)
            return None
        finally:
            if is_held:
                with contextlib.suppress(StoreError):
                    await self._mailbox.give_back(key, self._owner)
        if leased is None:
            return None
        if not leased.record.finished:
            return leased.record.due_for(handler.name for handler in leased.handlers)
        await self._ended(leased.envelope.event_id, leased.record)
        return None

    async def _handle_leased(self, leased: Leased) -> Leased:
        if leased.record.interrupted and leased.attempt is None:
            with self._alone(leased.key):
                return await self._call_each(leased)
        return await self._call_each(leased)

    async def _call_each(self, leased: Leased) -> Leased:
        event = parse(leased.record.body, max_size=len(leased.record.body))
        for handler in leased.handlers:
            if leased.attempt is None and self._leases.is_due(leased.record, handler, self._now()):
                leased = await self._together(self._leases.begin, leased, handler)
            if leased.attempt is not None and leased.attempt.handler is handler:
                leased = await self._make(leased.attempt, leased, event)
        return leased

    async def _make(self, attempt: Attempt, leased: Leased, event: NumberEvent) -> Leased:
        """Calls the handler, and writes what came of it."""
        name, record, event_id = attempt.handler.name, leased.record, leased.envelope.event_id
        delivery = Delivery(
            event_id=event_id,
            attempt=attempt.number,
            stale=attempt.stale,
            received_at=record.received,
            raw=record.body,
        )
        try:
            error = await self._call(attempt.handler, event, delivery)
        except asyncio.CancelledError:
            # The inbox is closed: the attempt does not count.
            with contextlib.suppress(StoreError):
                await self._mailbox.write(leased.key, leased.raw, attempt.before)
            raise
        errors = {other: text for other, text in record.errors.items() if other != name}
        if error is None:
            record = attrs.evolve(record, done=(*record.done, name), errors=errors)
        else:
            logger.warning(
                "the handler %s failed on %s, attempt %d: %s", name, event_id, attempt.number, error
            )
            due = {**record.due, name: self._now() + _pause(attempt.number)}
            record = attrs.evolve(record, due=due, errors={**errors, name: error})
        return await self._together(self._leases.write, leased, self._leases.judged(record, leased.handlers))

    async def _together(
        self,
        step: Callable[[Mailbox, Leased, T], Coroutine[Any, Any, Leased | None]],
        leased: Leased,
        what: T,
    ) -> Leased:
        after = await self._mailbox.together(lambda mailbox: step(mailbox, leased, what))
        if after is None:
            raise Lost
        return after

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

    @contextlib.contextmanager
    def _renewed(self, key: str) -> Generator[None]:
        """Renews the lease from time to time while the block runs."""
        pause = self._limits.lease / _RENEWALS_PER_LEASE
        beats: list[asyncio.Task[None]] = []
        # No task yet: most handlers are done by then.
        first = asyncio.get_running_loop().call_later(
            pause,
            lambda: beats.append(
                self._renewals.start(self._renew(key, pause), name=f"sinch-numbers inbox lease {key}")
            ),
        )
        try:
            yield
        finally:
            first.cancel()
            for beat in beats:
                beat.cancel()

    async def _renew(self, key: str, pause: float) -> None:
        while True:
            with contextlib.suppress(StoreError):
                await self._mailbox.renew(key, self._owner)
            await asyncio.sleep(pause)


def _pause(attempt: int) -> float:
    bound = min(_LONGEST_PAUSE, _FIRST_PAUSE * 4.0 ** min(attempt - 1, 20))
    return bound * random.uniform(0.5, 1.0)
