"""Hands events to their handlers: at least once, each handler on its own, with a pause after a failure."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

import attrs

from .._sending.tasks import TaskGroup, running_loop
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
_POLL = 2.0
"""Seconds between two looks for what other processes have received or left behind."""
_GRACE = 1.0
"""Seconds for what was cancelled to end."""
_RENEWALS_PER_LEASE = 4


class Lost(Exception):
    """Another process has the event by now."""


@attrs.frozen
class Limits:
    """What an inbox allows: attempts of a handler, seconds for each, seconds that a lease lasts, handlers at a time."""

    max_attempts: int
    handler_timeout: float
    lease: float
    concurrency: int


class Workers:
    """The tasks that handle what is pending."""

    def __init__(
        self,
        mailbox: Mailbox,
        handlers: Handlers,
        limits: Limits,
        *,
        clock: Callable[[], Clock],
        bury: Callable[[str, Record], Awaitable[None]],
    ) -> None:
        """`bury` is told of each event that has become a dead letter."""
        self._mailbox = mailbox
        self._handlers = handlers
        self._limits = limits
        self._clock = clock
        self._bury = bury
        self._owner = secrets.token_hex(8)
        self._known: set[str] = set()
        """What is queued or being handled here."""
        self._new: set[str] = set()
        """What was received here just now: it is no repeat, and its order is noted."""
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._stopping = asyncio.Event()
        self._tasks = TaskGroup()
        self._context = contextvars.Context()
        self._running: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[Any] | None] = set()
        self.backlog: int = 0
        """How many events are pending, as far as this process knows."""
        self.is_running: bool = False

    def start(self) -> None:
        """Starts the tasks, in the running loop."""
        running_loop()
        self.is_running = True
        # Not the context of the request that happened to start it.
        self._context = contextvars.Context()
        self._queue = asyncio.Queue()
        self._stopping = asyncio.Event()
        for index in range(self._limits.concurrency):
            self._start(self._work(), f"sinch-numbers inbox worker {index}")
        self._start(self._poll(), "sinch-numbers inbox recovery")

    async def stop(self, timeout: float) -> None:
        """Lets the handlers that run end within `timeout` seconds, cancels the others, and gives their events back."""
        self.is_running = False
        self._stopping.set()
        loop = running_loop()
        tasks = {task for task in self._running if task.get_loop() is loop}
        idle = {task for task in tasks if task not in self._busy}
        for task in idle:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=timeout)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_GRACE)
        self._running.clear()
        self._known.clear()
        self._new.clear()
        await self._tasks.drain(_GRACE)

    def add(self, key: str, due: float = 0.0, *, is_new: bool = False) -> None:
        """Queues an event, to be handled from `due` on (seconds since the epoch)."""
        if key in self._known or not self.is_running:
            return
        self._known.add(key)
        if is_new:
            self._new.add(key)
        pause = due - self._clock().time()
        if pause <= 0:
            self._queue.put_nowait(key)
        else:
            self._start(self._later(key, pause), f"sinch-numbers inbox {key}")

    async def _later(self, key: str, seconds: float) -> None:
        await self._clock().sleep(seconds)
        self._queue.put_nowait(key)

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name, context=self._context.copy())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _poll(self) -> None:
        """Takes up what a predecessor left, and what other processes receive."""
        while self.is_running:
            try:
                found = await self._mailbox.pending()
            except StoreError as error:
                logger.warning("the inbox cannot look for pending events: %s", error)
            else:
                self.backlog = len(found)
                for key, raw in found:
                    self._recover(key, raw)
            # Real time, whatever clock the inbox has: on a virtual one the wait would move it on for ever.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await self._stopping.wait()

    def _recover(self, key: str, raw: bytes) -> None:
        try:
            record = Record.from_bytes(raw)
            event_type = Envelope.of(record.body).text("eventType")
        except ValueError:
            logger.error("the inbox has a record at %s that cannot be read", key)
            return
        # Another process, or a later version of this one, may have its handler.
        if record.finished or self._handlers.of(event_type):
            self.add(key, min(record.due.values(), default=0.0))

    async def _work(self) -> None:
        me = asyncio.current_task()
        while self.is_running:
            key = await self._queue.get()
            self._busy.add(me)
            again: float | None
            try:
                again = await self._handle(key)
            except StoreError as error:
                logger.warning("the inbox cannot handle %s now: %s", key, error)
                again = self._clock().time() + _POLL
            except Exception:
                # A record that cannot be read, say: the other events must not wait for it. The next look finds it again.
                logger.exception("the inbox cannot handle %s", key)
                again = None
            finally:
                self._known.discard(key)
                self._new.discard(key)
                self._busy.discard(me)
            if again is not None:
                self.add(key, again)

    async def _handle(self, key: str) -> float | None:
        """Handles an event; returns when to do so again, or None if it is finished or another process's."""
        if not await self._mailbox.lease(key, self._owner):
            return None
        try:
            with self._renewed(key):
                return await self._handle_leased(key)
        except Lost:
            logger.warning("%s was taken over by another process", key)
            return None
        finally:
            with contextlib.suppress(StoreError):
                await self._mailbox.give_back(key, self._owner)

    async def _handle_leased(self, key: str) -> float | None:
        raw = await self._mailbox.read(key)
        if raw is None:
            return None
        record = Record.from_bytes(raw)
        envelope = Envelope.of(record.body)
        if key not in self._new and not record.attempts and not record.finished:
            # Its receiver may have ended at once: it may be a repeat, and its order not noted.
            if await self._mailbox.discard_repeat(key, raw):
                return None
            await self._mailbox.note(envelope, record.received_at, wake=False)
        handlers = self._handlers.of(envelope.text("eventType"))
        if not record.finished:
            event = parse(record.body, max_size=len(record.body))
            for handler in handlers:
                if handler.name not in record.done and record.due.get(handler.name, 0.0) <= self._now():
                    raw, record = await self._attempt(key, raw, record, envelope, event, handler)
            judged = self._judged(record, handlers)
            if judged is not record:  # the process died in the last attempt
                raw, record = await self._written(key, raw, judged), judged
        if not record.finished:
            return min(record.due.values(), default=None)
        await self._mailbox.finish(key, raw, record)
        self.backlog = max(0, self.backlog - 1)
        if record.reason:
            await self._bury(envelope.event_id, record)
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
        record = attrs.evolve(record, attempts={**record.attempts, name: attempt})
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
        due = {other: when for other, when in record.due.items() if other != name}
        errors = {other: text for other, text in record.errors.items() if other != name}
        if error is None:
            record = attrs.evolve(record, done=(*record.done, name), due=due, errors=errors)
        else:
            logger.warning(
                "the handler %s failed on %s, attempt %d: %s", name, envelope.event_id, attempt, error
            )
            due[name] = self._now() + _pause(attempt)
            record = attrs.evolve(record, due=due, errors={**errors, name: error})
        record = self._judged(record, self._handlers.of(envelope.text("eventType")))
        return await self._written(key, raw, record), record

    def _judged(self, record: Record, handlers: list[Handler]) -> Record:
        """The record, marked as finished if no handler is left to call."""
        left = [handler.name for handler in handlers if handler.name not in record.done]
        given_up = [name for name in left if record.attempts.get(name, 0) >= self._limits.max_attempts]
        if not handlers or len(given_up) < len(left):
            return record
        return attrs.evolve(record, finished=True, due={}, reason="failed" if left else "")

    async def _call(self, handler: Handler, event: NumberEvent, delivery: Delivery) -> str | None:
        """What the handler raised, in words; None if it handled the event."""
        limit = asyncio.timeout(self._limits.handler_timeout)
        try:
            async with limit:
                await handler.function(event, delivery)
        except asyncio.CancelledError:
            if not self.is_running:
                raise
            return "the handler was cancelled"
        except TimeoutError as error:
            return "the handler took too long" if limit.expired() else f"TimeoutError: {error}"
        except Exception as error:
            logger.debug("the handler %s raised", handler.name, exc_info=True)
            return f"{type(error).__name__}: {error}"
        return None

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
        beat = self._tasks.start(self._renew(key), name=f"sinch-numbers inbox lease {key}")
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
