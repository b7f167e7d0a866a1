"""A billable call as the pipeline sees it: whether its caller still waits, and what may have been processed."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from ..attempts import Processed, Sent
from ..transports import TransportError


class Guard(Protocol):
    """What a billable call needs to be allowed to send: its ledger's lease."""

    @property
    def may_send(self) -> bool:
        """Whether the call may still send."""
        ...

    def is_stale(self) -> bool:
        """Whether `confirm` is due before another exchange."""
        ...

    async def confirm(self) -> None:
        """Raises TransportError (never sent) if the request must not leave."""
        ...


class BillableCall:
    """One purchase or release, over all its exchanges."""

    def __init__(self) -> None:
        self.abandoned: bool = False
        """Whether the caller is gone: nothing must be sent (again)."""
        self.guard: Guard | None = None
        self.exchanges = 0
        """How many were begun."""
        self._processed = Processed.NO
        self._latest = Processed.NO
        self._in_flight = False

    @property
    def processed(self) -> Processed:
        """Whether the API acted on any request of this call; MAYBE while one is in flight."""
        return Processed.MAYBE if self._in_flight else self._processed

    @property
    def latest(self) -> Processed:
        """The same for the last exchange alone."""
        return Processed.MAYBE if self._in_flight else self._latest

    def resume(self) -> None:
        """Says that an earlier process may have sent this very request."""
        self._processed = Processed.MAYBE

    def begin_exchange(self) -> None:
        """From here on the request may arrive, even if nothing more is heard of it."""
        self._in_flight = True
        self.exchanges += 1

    def end_exchange(self, processed: Processed) -> None:
        """Takes what became of the exchange. It takes nothing back of what an earlier one may have done."""
        self._in_flight = False
        self._latest = processed
        if self._processed is not Processed.MAYBE:
            self._processed = processed

    def abandon(self, task: asyncio.Task[Any]) -> None:
        """Says that the caller is gone: cancels `task` if nothing was sent, and else lets it find the outcome."""
        self.abandoned = True
        if self.processed is Processed.NO:
            task.cancel()

    @property
    def may_send(self) -> bool:
        """Whether another request may be sent: the caller waits, and the purchase is still this process's to make."""
        return not self.abandoned and (self.guard is None or self.guard.may_send)

    async def before_exchange(self) -> None:
        """Raises TransportError if nothing must be sent. Not every transport awaits `before_send`."""
        if self.abandoned or (self.guard is not None and self.guard.is_stale()):
            await self.before_send()

    async def before_send(self) -> None:
        """Awaited just before the first byte leaves; raises TransportError if the request must not be sent."""
        if not self.abandoned and self.guard is not None:
            await self.guard.confirm()
        if self.abandoned:
            raise TransportError("the caller was cancelled before the request was sent", sent=Sent.NEVER)
