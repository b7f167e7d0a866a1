"""Work that outlives its caller: an exchange that has begun runs to its end, and closing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from .. import _defaults

T = TypeVar("T")


class TaskClosed(Exception):
    """The task that was waited for was cancelled, and not the one that waits."""


async def shielded(task: asyncio.Task[T]) -> T:
    """What `task` returns or raises; the waiting task's cancellation does not reach it.

    Raises TaskClosed where `task` itself was cancelled, as closing the client does.
    """
    current = asyncio.current_task()
    # A task that has caught a cancellation before still counts it.
    cancellations = current.cancelling() if current is not None else 0
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled() and (current is None or current.cancelling() == cancellations):
            raise TaskClosed from None
        raise


class TaskGroup:
    """Holds tasks until they end, so that none is lost or collected half-way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Whoever still waits gets the exception from the task; nobody else has to hear of it.
            task.exception()

    async def drain(self, timeout: float) -> None:
        """Waits up to `timeout` seconds for all tasks, those that they start included."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while tasks := self._of(loop):
            remaining = deadline - loop.time()
            if remaining <= 0:
                break
            await asyncio.wait(tasks, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)

    async def cancel(self) -> None:
        """Cancels the tasks that are left, and gives them and what they start a moment to end in order."""
        # A task may catch the first cancellation to write down how it ended, in a store that hangs, say.
        for _ in range(3):
            for task in self._of(asyncio.get_running_loop()):
                task.cancel()
            await self.drain(_defaults.ABANDONED_GRACE)

    def _of(self, loop: asyncio.AbstractEventLoop) -> set[asyncio.Task[Any]]:
        # A client that outlived an event loop may hold tasks of it: they can neither end nor be awaited.
        current = asyncio.current_task()
        return {task for task in self._tasks if task.get_loop() is loop and task is not current}
