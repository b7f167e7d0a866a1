"""A billable call as the pipeline sees it: whether its caller still waits, and what may have been processed."""

from __future__ import annotations

import asyncio
from typing import Any

from ..attempts import Sent
from ..transports import TransportError

__all__ = ["BillableCall"]


class BillableCall:
    """A purchase or release on its way."""

    def __init__(self) -> None:
        self.processed = Sent.NEVER
        """Whether the API acted on the call, as far as its exchanges so far tell; UNKNOWN while one is in flight."""
        self.in_flight = False
        self.abandoned: bool = False
        """Nobody waits for the call any more: it must not be sent (again)."""

    def abandon(self, task: asyncio.Task[Any]) -> None:
        """Says that the caller is gone: `task` goes on to the truth, or stops where nothing was sent."""
        self.abandoned = True
        if self.processed is Sent.NEVER and not self.in_flight:
            task.cancel()

    def before_send(self) -> None:
        if self.abandoned:
            raise TransportError("the caller was cancelled before the request was sent", sent=Sent.NEVER)
