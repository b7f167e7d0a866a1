"""Time that moves only when told to: a month of charges passes in a test that takes a millisecond."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime

START = datetime(2025, 1, 15, 9, 30, tzinfo=UTC)
"""When every sandbox begins: a fixed day, so that two runs print the same dates."""

END = datetime(2200, 1, 1, tzinfo=UTC)


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def utc(seconds: float) -> datetime:
    """The moment `seconds` after the epoch, timezone-aware, to the microsecond."""
    return datetime.fromtimestamp(round(seconds, 6), UTC)


class VirtualClock:
    """A clock that stands still between `advance()` and `sleep()`. It implements `sinch_numbers.clock.Clock`.

    It counts whole microseconds: ten times a tenth of a second is a second, which floating-point sums do not promise.
    """

    def __init__(self) -> None:
        self._now = _micros(START.timestamp())
        self._elapsed = 0
        self._due: list[tuple[int, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def time(self) -> float:
        """Seconds since the epoch; the same until somebody moves the clock."""
        return self._now / 1_000_000

    def monotonic(self) -> float:
        """Seconds that this clock has moved in its life; `reset()` does not take them back."""
        return self._elapsed / 1_000_000

    def now(self) -> datetime:
        """The current moment as an aware datetime."""
        return utc(self.time())

    async def sleep(self, seconds: float) -> None:
        """Moves the clock to `seconds` from now, unless somebody else has moved it there meanwhile.

        The loop gets a turn first, so that tasks which go to sleep together sleep at the same time and not in turn.
        """
        target = self._after(max(seconds, 0.0))
        await asyncio.sleep(0)
        if self._now < target:
            self._advance_to(target)

    def advance(self, seconds: float) -> None:
        """Moves the clock by `seconds`; what falls due on the way happens, in order and at its own time.

        Raises ValueError where `seconds` is negative or no finite number, or leads beyond the year 2199.
        """
        self._advance_to(self._after(seconds))

    def call_at(self, when: float, action: Callable[[], object]) -> None:
        """Has `action` called once the clock reaches `when` (seconds since the epoch)."""
        heapq.heappush(self._due, (_micros(when), next(self._order), action))

    def call_later(self, seconds: float, action: Callable[[], object]) -> None:
        """Has `action` called once the clock has moved by `seconds`; at once where that is 0."""
        if seconds <= 0:
            action()
        else:
            self.call_at(self.time() + seconds, action)

    def reset(self) -> None:
        """Goes back to the start and forgets what was to come."""
        self._due.clear()
        self._now = _micros(START.timestamp())

    def _after(self, seconds: float) -> int:
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"a clock moves by a finite number of seconds from 0 up, not {seconds!r}")
        # However short a pause is, it passes.
        target = self._now + (max(1, _micros(seconds)) if seconds else 0)
        if target >= _micros(END.timestamp()):
            raise ValueError(f"the sandbox's time ends with {END:%Y}; it cannot move by {seconds!r} seconds")
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


class RealtimeClock(VirtualClock):
    """A virtual clock that also moves with the machine's, while `run()` runs."""

    async def sleep(self, seconds: float) -> None:
        """Waits for `seconds` of real time."""
        await asyncio.sleep(seconds)

    async def run(self, tick: float = 0.02) -> None:
        """Carries real time over to this clock every `tick` seconds, until cancelled."""
        loop = asyncio.get_running_loop()
        before = loop.time()
        while True:
            await asyncio.sleep(tick)
            after = loop.time()
            self.advance(after - before)
            before = after
