"""Per-number locks, and which numbers were recently returned to a caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from .. import _defaults
from ..clock import Clock
from ..models import ActiveNumber


class NumberLocks:
    """Lets one call at once use a number, and remembers which numbers were returned to a caller.

    Two calls that rent the same number can both get no clear response, and both find the number in the project
    afterwards. Only one of them bought it, so only one may return it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._returned: dict[str, float] = {}

    @asynccontextmanager
    async def hold(self, phone_number: str | None) -> AsyncGenerator[None]:
        """Locks the number for the block, after the calls before it have ended. Does nothing for None."""
        if phone_number is None:
            yield
            return
        self._enter_loop()
        locks = self._locks
        lock, calls = locks.get(phone_number, (asyncio.Lock(), 0))
        locks[phone_number] = lock, calls + 1
        try:
            async with lock:
                yield
        finally:
            lock, calls = locks[phone_number]
            locks[phone_number] = lock, calls - 1
            if calls == 1:
                del locks[phone_number]

    def record(self, number: ActiveNumber) -> None:
        """Records that `number` is being returned to a caller."""
        self._returned.pop(number.phone_number, None)
        self._returned[number.phone_number] = self._clock.monotonic()
        while self._is_stale(oldest := next(iter(self._returned))):
            del self._returned[oldest]

    def forget(self, number: ActiveNumber) -> None:
        """Forgets `number`, because it was released."""
        self._returned.pop(number.phone_number, None)

    def was_returned(self, phone_number: str | None) -> bool:
        """Whether the number was recently returned to a caller."""
        return phone_number in self._returned and not self._is_stale(phone_number)

    def is_taken(self, phone_number: str) -> bool:
        """Whether a call is renting the number, or the number was recently returned to a caller."""
        self._enter_loop()
        return phone_number in self._locks or self.was_returned(phone_number)

    def _is_stale(self, phone_number: str) -> bool:
        return self._clock.monotonic() - self._returned[phone_number] > _defaults.RETURNED_FOR

    def _enter_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # The locks of a closed event loop are never released.
            self._loop = loop
            self._locks = {}
