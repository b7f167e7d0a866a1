"""Virtual time: a month passes in a test that takes a millisecond. A served sandbox lets it follow real time."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from .._sending.tasks import running_loop

START = datetime(2025, 1, 15, 9, 30, tzinfo=UTC)
"""Where a clock starts by default: a fixed day, so that two runs print the same dates."""

END = datetime(2200, 1, 1, tzinfo=UTC)
MAX_SPEED = 100_000.0
_TICK = 0.02
"""Seconds between two moves of a running clock."""


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def utc(seconds: float) -> datetime:
    """`seconds` since the epoch as a timezone-aware datetime, rounded to microseconds."""
    return datetime.fromtimestamp(round(seconds, 6), UTC)


class VirtualClock:
    """A clock that moves only by `advance()` and `sleep()`, unless it is `running()`. It implements `sinch_numbers.clock.Clock`.

    It counts whole microseconds, so that ten times 0.1 seconds is exactly one second.
    """

    def __init__(self, start: datetime | None = START) -> None:
        """`start` is a timezone-aware moment, or None for the current time."""
        self._start = start
        self._now = self._beginning()
        self._elapsed = 0
        self._last_tick = 0.0
        self._due: list[tuple[int, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._now / 1_000_000

    def monotonic(self) -> float:
        """Seconds that this clock has moved since it was created; `reset()` does not change them."""
        return self._elapsed / 1_000_000

    def now(self) -> datetime:
        """The current moment as an aware datetime."""
        return utc(self.time())

    async def sleep(self, seconds: float) -> None:
        """Moves the clock to `seconds` from now, unless another task has moved it that far in the meantime.

        Yields to the event loop first, so that tasks that start sleeping together sleep in parallel.
        """
        target = self._after(max(seconds, 0.0))
        await asyncio.sleep(0)
        if self._now < target:
            self._advance_to(target)

    def advance(self, seconds: float) -> None:
        """Moves the clock by `seconds`, and runs what is scheduled until then, in order and each at its time.

        Raises ValueError if `seconds` is negative or not finite, or the clock would pass the year 2199.
        """
        self._advance_to(self._after(seconds))

    def call_at(self, when: float, action: Callable[[], object]) -> None:
        """Calls `action` when the clock reaches `when` (seconds since the epoch)."""
        heapq.heappush(self._due, (_micros(when), next(self._order), action))

    def call_later(self, seconds: float, action: Callable[[], object]) -> None:
        """Calls `action` when the clock has moved by `seconds`; immediately if that is 0."""
        if seconds <= 0:
            action()
        else:
            self.call_at(self.time() + seconds, action)

    def reset(self) -> None:
        """Sets the clock back to its start and drops everything scheduled."""
        self._due.clear()
        self._now = self._beginning()
        self._last_tick = time.monotonic()

    @asynccontextmanager
    async def running(self, speed: float = 1.0) -> AsyncGenerator[None, None]:
        """Moves the clock with real time, `speed` times as fast, until the block ends; not at all with 0.

        `advance()` and `sleep()` move it in addition. Raises ValueError if `speed` is negative or above 100,000.
        """
        if not 0 <= speed <= MAX_SPEED:
            raise ValueError(f"speed must be between 0 and {MAX_SPEED:,.0f}, not {speed!r}")
        running_loop()
        if not speed:
            yield
            return
        ticking = asyncio.create_task(self._tick(speed))
        try:
            yield
        finally:
            ticking.cancel()
            await asyncio.wait((ticking,))
            if not ticking.cancelled():
                ticking.result()

    async def _tick(self, speed: float) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(_TICK)
            # Two servers of one sandbox run its clock twice: each second counts once.
            last, now = max(last, self._last_tick), time.monotonic()
            left = END.timestamp() - 1 - self.time()
            self.advance(max(min((now - last) * speed, left), 0.0))
            self._last_tick = last = now

    def _beginning(self) -> int:
        return _micros(time.time() if self._start is None else self._start.timestamp())

    def _after(self, seconds: float) -> int:
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"seconds must be a finite number, 0 or greater, not {seconds!r}")
        # At least one microsecond, so that the shortest sleep ends.
        target = self._now + (max(1, _micros(seconds)) if seconds else 0)
        if target >= _micros(END.timestamp()):
            raise ValueError(f"the clock cannot move past {END:%Y-%m-%d}; {seconds!r} seconds is too far")
        return target

    def _advance_to(self, target: int) -> None:
        while self._due and self._due[0][0] <= target:
            when, _, action = heapq.heappop(self._due)
            self._move_to(when)
            action()
        self._move_to(target)

    def _move_to(self, when: int) -> None:
        if when > self._now:
            self._elapsed += when - self._now
            self._now = when
