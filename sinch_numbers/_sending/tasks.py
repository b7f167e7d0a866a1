"""Tasks that outlive their caller: an exchange that has begun is not cancelled, and closing waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

from .. import _defaults
from ..errors import ConfigurationError

T = TypeVar("T")


class TaskClosed(Exception):
    """The awaited task was cancelled, not the task that awaits it."""


def running_loop() -> asyncio.AbstractEventLoop:
    """The running event loop. Raises ConfigurationError if there is none, as under trio."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError(
            "sinch-numbers supports asyncio only, and no asyncio event loop is running here: "
            "start the program with asyncio.run(), not with trio"
        ) from None


async def shielded(task: asyncio.Future[T]) -> T:
    """The result of `task`. Cancelling the awaiting task does not cancel `task`.

    Raises what `task` raises, or TaskClosed if `task` itself was cancelled, as closing the client does.
    """
    current = asyncio.current_task()
    # A task that caught a cancellation earlier still counts it.
    cancellations = current.cancelling() if current is not None else 0
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled() and (current is None or current.cancelling() == cancellations):
            raise TaskClosed from None
        raise


class TaskGroup:
    """Keeps a reference to each task until it ends, so that none is garbage-collected while it runs."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        try:
            loop = running_loop()
        except ConfigurationError:
            work.close()  # otherwise Python warns that it was never awaited
            raise
        task = loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Retrieved, so that asyncio does not log it. A caller that awaits the task still gets it.
            task.exception()

    async def drain(self, timeout: float) -> None:
        """Waits up to `timeout` seconds for all tasks, including tasks that they start."""
        loop = running_loop()
        deadline = loop.time() + timeout
        while tasks := self._of(loop):
            remaining = deadline - loop.time()
            if remaining <= 0:
                break
            await asyncio.wait(tasks, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)

    async def cancel(self) -> None:
        """Cancels the remaining tasks, and gives them and the tasks that they start a moment to clean up."""
        # A task may catch the first cancellation, for example to record its outcome in a store that hangs.
        for _ in range(3):
            for task in self._of(asyncio.get_running_loop()):
                task.cancel()
            await self.drain(_defaults.ABANDONED_GRACE)

    def _of(self, loop: asyncio.AbstractEventLoop) -> set[asyncio.Task[Any]]:
        # A client that outlived an event loop may have tasks of that loop: they can neither end nor be awaited.
        current = asyncio.current_task()
        return {task for task in self._tasks if task.get_loop() is loop and task is not current}


class InFlight:
    """The exchanges that have begun, each by its `asyncio.timeout()`: closing waits for them, and then ends them."""

    def __init__(self) -> None:
        self._limits: dict[asyncio.Timeout, asyncio.AbstractEventLoop] = {}
        self._empty: asyncio.Event | None = None

    def begin(self, limit: asyncio.Timeout) -> None:
        """To be called just before the `async with limit`."""
        self._limits[limit] = asyncio.get_running_loop()

    def end(self, limit: asyncio.Timeout) -> None:
        """To be called after the `async with limit`."""
        del self._limits[limit]
        if self._empty is not None:
            self._empty.set()

    async def drain(self, timeout: float) -> None:
        """Waits up to `timeout` seconds until none is left of those in this event loop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self._of(asyncio.get_running_loop()):
                    self._empty = asyncio.Event()
                    await self._empty.wait()

    def interrupt(self) -> None:
        """Lets the timeouts of all that are left expire now."""
        loop = asyncio.get_running_loop()
        for limit in self._of(loop):
            if not limit.expired():
                limit.reschedule(loop.time())

    def _of(self, loop: asyncio.AbstractEventLoop) -> list[asyncio.Timeout]:
        return [limit for limit, its in self._limits.items() if its is loop]
