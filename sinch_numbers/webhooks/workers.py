"""The tasks of an inbox: they handle what is received, and what a predecessor or another process left in the store."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from .._sending.tasks import running_loop
from ..clock import Clock
from ..errors import StoreError
from .events import Envelope
from .handlers import Handlers
from .handling import Handling, Limits, Parked
from .mailbox import Mailbox
from .records import Record

logger: logging.Logger = logging.getLogger("sinch_numbers.webhooks")

_POLL = 2.0
"""Seconds between two looks for what other processes have received or left behind."""
_GRACE = 1.0
"""Seconds for what was cancelled to end."""


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
        self._concurrency = limits.concurrency
        self._clock = clock
        self._bury = bury
        self._handling = Handling(
            mailbox, handlers, limits, clock=clock, is_running=lambda: self.is_running, ended=self._ended
        )
        self._known: set[str] = set()
        """What is queued or being handled here."""
        self._new: set[str] = set()
        """What was received here just now: it is no repeat, and its order is noted."""
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._parked: deque[str] = deque()
        """What waits because a process died on it, and on the one that is handled just now."""
        self._stopping = asyncio.Event()
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
        for index in range(self._concurrency):
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
        self._parked.clear()
        await self._handling.drain(_GRACE)

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
                count = 0
                async for page in self._mailbox.pending():
                    count += len(page)
                    for key, raw in page:
                        if key not in self._known:
                            self._recover(key, raw)
                self.backlog = count
            except StoreError as error:
                logger.warning("the inbox cannot look for pending events: %s", error)
            # Real time, whatever clock the inbox has: on a virtual one the wait would move it on for ever.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await self._stopping.wait()

    def _recover(self, key: str, raw: bytes) -> None:
        record = Record.read(key, raw)
        if record is None:
            return
        # Another process, or a later version of this one, may have its handler.
        handlers = self._handlers.of(Envelope.of(record.body).text("eventType"))
        if record.finished or handlers:
            self.add(key, record.due_for(handler.name for handler in handlers) or 0.0)

    async def _work(self) -> None:
        me = asyncio.current_task()
        while self.is_running:
            # Neither a full queue nor a store in memory lets other tasks run between two events.
            await asyncio.sleep(0)
            key = await self._queue.get()
            self._busy.add(me)
            again: float | None
            try:
                again = await self._handling.handle(key, is_new=key in self._new)
            except Parked:
                self._parked.append(key)
                self._unpark()
                continue
            except StoreError as error:
                logger.warning("the inbox cannot handle %s now: %s", key, error)
                again = self._clock().time() + _POLL
            except Exception:
                # A record that cannot be read, say: the other events must not wait for it. The next look finds it again.
                logger.exception("the inbox cannot handle %s", key)
                again = None
            finally:
                self._busy.discard(me)
            self._known.discard(key)
            self._new.discard(key)
            if again is not None:
                self.add(key, again)
            self._unpark()

    def _unpark(self) -> None:
        if self._handling.lone is None and self._parked:
            self._queue.put_nowait(self._parked.popleft())

    async def _ended(self, event_id: str, record: Record) -> None:
        self.backlog = max(0, self.backlog - 1)
        if record.reason:
            await self._bury(event_id, record)
