"""Per-number locks, and what this client saw of each number: whether it was on offer, or was returned to a caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

from .. import _defaults
from .._sending.tasks import running_loop
from ..clock import Clock
from ..models import ActiveNumber
from .entries import Entry

T = TypeVar("T")


class NumberLocks:
    """Lets one call at once use a number, and remembers which numbers were on offer or returned to a caller.

    Two calls that rent the same number can both get no clear response, and both find the number in the project
    afterwards. Only one of them bought it, so only one may return it. A number that was on offer just before it was
    rented was not in the project before.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._returned: dict[str, tuple[float, Entry | None]] = {}
        self._offered: dict[str, tuple[float, None]] = {}

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

    def record(self, number: ActiveNumber, entry: Entry | None = None) -> None:
        """Records that `number` is being returned to a caller. `entry` is the ledger entry of the purchase."""
        self._offered.pop(number.phone_number, None)
        self._note(self._returned, number.phone_number, entry, _defaults.RETURNED_FOR)

    def record_offers(self, phone_numbers: Iterable[str]) -> None:
        """Records that the API says that these numbers can be rented."""
        for phone_number in phone_numbers:
            self._note(self._offered, phone_number, None, _defaults.OFFERED_FOR)

    def forget(self, number: ActiveNumber) -> None:
        """Forgets `number`, because it was released."""
        self._returned.pop(number.phone_number, None)

    def was_returned(self, phone_number: str | None) -> bool:
        """Whether the number was recently returned to a caller."""
        return self._is_recent(self._returned, phone_number, _defaults.RETURNED_FOR)

    def returned_at(self, phone_number: str) -> datetime | None:
        """When the number was returned to a caller; None if it was not, or not recently."""
        if not self.was_returned(phone_number):
            return None
        ago = self._clock.monotonic() - self._returned[phone_number][0]
        return datetime.fromtimestamp(self._clock.time() - ago, UTC)

    def returned_entry(self, phone_number: str) -> Entry | None:
        """The ledger entry of the purchase that returned the number; None if there is none, or not recently."""
        return self._returned[phone_number][1] if self.was_returned(phone_number) else None

    def was_offered(self, phone_number: str | None) -> bool:
        """Whether the number was on offer a moment ago, and was not returned to a caller since."""
        return self._is_recent(self._offered, phone_number, _defaults.OFFERED_FOR)

    def is_taken(self, phone_number: str) -> bool:
        """Whether a call is renting the number, or the number was recently returned to a caller."""
        self._enter_loop()
        return phone_number in self._locks or self.was_returned(phone_number)

    def _note(self, notes: dict[str, tuple[float, T]], phone_number: str, value: T, seconds: float) -> None:
        """Notes the time with the value, and drops what was noted longer than `seconds` ago."""
        now = self._clock.monotonic()
        notes.pop(phone_number, None)
        notes[phone_number] = now, value
        while now - notes[oldest := next(iter(notes))][0] > seconds:
            del notes[oldest]

    def _is_recent(self, notes: dict[str, tuple[float, T]], phone_number: str | None, seconds: float) -> bool:
        return phone_number in notes and self._clock.monotonic() - notes[phone_number][0] <= seconds

    def _enter_loop(self) -> None:
        loop = running_loop()
        if loop is not self._loop:
            # The locks of a closed event loop are never released.
            self._loop = loop
            self._locks = {}
