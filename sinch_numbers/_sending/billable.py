"""A billable call, for the pipeline: whether it may send, and whether the API may have processed a request of it."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from ..attempts import Attempt, Processed, Sent
from ..transports import TransportError


class Guard(Protocol):
    """What allows a billable call to send: the lease on its ledger entry."""

    @property
    def may_send(self) -> bool:
        """Whether the call may send another request."""
        ...

    def is_stale(self) -> bool:
        """Whether `confirm` is needed before another exchange."""
        ...

    async def confirm(self) -> None:
        """Raises TransportError (never sent) if the request must not be sent."""
        ...


class BillableCall:
    """The state of one purchase or release over all its exchanges."""

    def __init__(self, *, names_number: bool = True) -> None:
        """`names_number`: whether the request names a number, so that it cannot buy a second one if it is sent again."""
        self._names_number = names_number
        self.abandoned: bool = False
        """Whether the caller was cancelled. If so, no further request must be sent."""
        self.guard: Guard | None = None
        self.exchanges: int = 0
        """How many exchanges have begun."""
        self.was_limited: bool = False
        """Whether any response was a 429. If a gateway repeats requests, an earlier copy may have been performed."""
        self._processed = Processed.NO
        self._latest = Processed.NO
        self._in_flight = False

    @property
    def processed(self) -> Processed:
        """Whether the API processed any request of this call; MAYBE while one is in flight."""
        return Processed.MAYBE if self._in_flight else self._processed

    @property
    def latest(self) -> Processed:
        """The same for the last exchange only."""
        return Processed.MAYBE if self._in_flight else self._latest

    def resume(self) -> None:
        """Records that an earlier process may have sent the same request."""
        self._processed = Processed.MAYBE

    async def begin_exchange(self) -> None:
        """Records that a request is about to be sent. From here on it may arrive.

        Raises TransportError if it must not be sent: also checked here, as a transport may not await `before_send`.
        """
        if self.abandoned or (self.guard is not None and self.guard.is_stale()):
            await self.before_send()
        self._in_flight = True
        self.exchanges += 1

    def end_exchange(self, attempt: Attempt) -> None:
        """Records how the exchange ended. A MAYBE of an earlier exchange remains, and a 429 is one."""
        self._in_flight = False
        self._latest = attempt.processed
        if attempt.status_code == 429:
            self.was_limited = True
            self._processed = Processed.MAYBE
        elif self._processed is not Processed.MAYBE:
            self._processed = attempt.processed

    def abandon(self, task: asyncio.Task[Any]) -> None:
        """Records that the caller was cancelled. Cancels `task` if nothing was sent; otherwise lets it find the outcome."""
        self.abandoned = True
        if self.processed is Processed.NO:
            task.cancel()

    @property
    def may_send(self) -> bool:
        """Whether another request may be sent: the caller still waits, and the lease is not lost."""
        return not self.abandoned and (self.guard is None or self.guard.may_send)

    def may_retry(self, attempt: Attempt) -> bool:
        """Whether the pipeline may send the request again after this attempt without asking the API what became of it."""
        return self.may_send and (self._names_number or attempt.sent is Sent.NEVER)

    async def before_send(self) -> None:
        """Awaited just before the first byte is sent. Raises TransportError if the request must not be sent."""
        if not self.abandoned and self.guard is not None:
            await self.guard.confirm()
        if self.abandoned:
            raise TransportError("the caller was cancelled before the request was sent", sent=Sent.NEVER)
