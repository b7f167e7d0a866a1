"""Work and items for bulk runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sinch_numbers import BulkRun, Completed, Failed


class Gate:
    """Work that ends when it is told to, item by item."""

    def __init__(self) -> None:
        self.started: list[int] = []
        self.cancelled: list[int] = []
        self._ends: dict[int, asyncio.Event] = {}

    async def __call__(self, item: int) -> int:
        self.started.append(item)
        try:
            await self._ends.setdefault(item, asyncio.Event()).wait()
        except asyncio.CancelledError:
            self.cancelled.append(item)
            raise
        return item * item

    def end(self, *items: int) -> None:
        for item in items:
            self._ends.setdefault(item, asyncio.Event()).set()


class Closable:
    """An asynchronous generator of numbers that tells whether it was closed."""

    def __init__(self, *numbers: int, error: Exception | None = None) -> None:
        self.numbers = numbers
        self.error = error
        self.taken = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[int]:
        try:
            for number in self.numbers:
                await asyncio.sleep(0)
                self.taken += 1
                yield number
            if self.error is not None:
                raise self.error
        finally:
            self.closed = True


async def square(item: int) -> int:
    await asyncio.sleep(0)
    if item < 0:
        raise ValueError(item)
    return item * item


def items_of(outcomes: list[Completed[int, int] | Failed[int]]) -> list[int]:
    return [outcome.item for outcome in outcomes]


async def collected(run: BulkRun[int, int]) -> list[Completed[int, int] | Failed[int]]:
    return await run
