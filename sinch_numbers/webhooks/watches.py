"""Waiting for an event about a number, which may be received in another process."""

from __future__ import annotations

import asyncio

from ..clock import Clock
from ..errors import StoreError
from .mailbox import Mailbox

_LOOK = 1.0
"""Seconds between two looks for what other processes have received."""


class Watch:
    """Notices events about one number. An event says that something happened; only the API says what."""

    def __init__(self, mailbox: Mailbox, project_id: str, phone_number: str, clock: Clock) -> None:
        self._mailbox = mailbox
        self._project_id = project_id
        self._phone_number = phone_number
        self._clock = clock
        self._coming = asyncio.Event()
        self._last: bytes | None = None

    def wake(self) -> None:
        """Called when this process receives an event about the number."""
        self._coming.set()

    async def begin(self) -> None:
        """Counts from here on; called before the API is asked, so that what comes meanwhile is noticed."""
        self._coming.clear()
        self._last = await self._newest()

    async def wait(self, seconds: float) -> None:
        """Returns once an event has come since `begin`, and after `seconds` at the latest."""
        deadline = self._clock.monotonic() + seconds
        while not self._coming.is_set() and await self._newest() == self._last:
            remaining = deadline - self._clock.monotonic()
            if remaining <= 0:
                return
            sleeping = asyncio.ensure_future(self._clock.sleep(min(remaining, _LOOK)))
            coming = asyncio.ensure_future(self._coming.wait())
            try:
                await asyncio.wait({sleeping, coming}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeping.cancel()
                coming.cancel()

    async def _newest(self) -> bytes | None:
        try:
            return await self._mailbox.last_event(self._project_id, self._phone_number)
        except StoreError:
            return self._last  # the API is asked in time all the same
