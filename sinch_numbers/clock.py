"""The client's source of time: the system clock, or the sandbox's virtual clock."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """A source of time. The sandbox has a virtual one, so tests do not wait in real time."""

    def time(self) -> float:
        """Seconds since the epoch (UTC)."""
        ...

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back. Only differences between two values are meaningful."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Suspends the calling task for `seconds`."""
        ...


class SystemClock:
    """The system clock."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
