"""Which numbers the calls of one client rent or were given: what tells one call's purchase from another's."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from .. import _defaults
from ..clock import Clock
from ..models import ActiveNumber

__all__ = ["NumberLocks"]


class NumberLocks:
    """One call at a time for each number, and a memory of those that were given to a caller.

    Two calls that rent one number can both come to an unclear outcome, and both find it in the project afterwards.
    Only one of them bought it, and only one may be told so.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queues: dict[str, tuple[asyncio.Lock, int]] = {}
        self._returned: dict[str, float] = {}

    @asynccontextmanager
    async def hold(self, phone_number: str) -> AsyncGenerator[None]:
        """Holds the number for a call, once the calls before it are done with it."""
        self._enter_loop()
        queues = self._queues
        lock, calls = queues.get(phone_number, (asyncio.Lock(), 0))
        queues[phone_number] = lock, calls + 1
        try:
            async with lock:
                yield
        finally:
            lock, calls = queues[phone_number]
            queues[phone_number] = lock, calls - 1
            if calls == 1:
                del queues[phone_number]

    def record(self, number: ActiveNumber) -> ActiveNumber:
        """`number`, and remembers that a caller gets it."""
        now = self._clock.monotonic()
        self._returned.pop(number.phone_number, None)
        self._returned[number.phone_number] = now
        for oldest in [*itertools.takewhile(self._is_stale, self._returned)]:
            del self._returned[oldest]
        return number

    def forget(self, number: ActiveNumber) -> ActiveNumber:
        """`number`, and forgets it: it was released."""
        self._returned.pop(number.phone_number, None)
        return number

    def was_returned(self, phone_number: str) -> bool:
        """Whether a caller got the number lately."""
        return phone_number in self._returned and not self._is_stale(phone_number)

    def is_taken(self, phone_number: str) -> bool:
        """Whether a caller got the number lately, or a call is renting it."""
        self._enter_loop()
        return phone_number in self._queues or self.was_returned(phone_number)

    def _is_stale(self, phone_number: str) -> bool:
        return self._clock.monotonic() - self._returned[phone_number] > _defaults.GIVEN_FOR

    def _enter_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # The calls of a loop that has ended are not coming back for their turns.
            self._loop = loop
            self._queues = {}
