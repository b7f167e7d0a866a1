"""A call as data: what it may do, what it came to, and what the user wants to hear of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import attrs

from .._generated.types import Drift
from ..attempts import Attempt, Sent
from ..retry import RetryPolicy
from ..timeouts import Timeout
from ..transports import TransportError

if TYPE_CHECKING:
    from ..purchasing.billable_calls import OrphanedPurchase
    from ..purchasing.budget import Budget
    from ..purchasing.ledger import PurchaseLedger

__all__ = ["Call", "RawResponse", "Settings", "call_hook", "captured"]

logger: logging.Logger = logging.getLogger("sinch_numbers")


@attrs.frozen(kw_only=True)
class RawResponse:
    """An answer of the API as it came. Its `content` may hold secrets, so neither it nor the headers are in its repr."""

    operation: str
    method: str
    url: str
    status_code: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    content: bytes = attrs.field(repr=False)
    request_id: str | None
    attempts: tuple[Attempt, ...]


captured: ContextVar[list[RawResponse] | None] = ContextVar("sinch_numbers_responses", default=None)


@attrs.frozen(kw_only=True)
class Settings:
    """What `with_options` can change: one call's way through the pipeline."""

    timeout: Timeout
    retry: RetryPolicy
    headers: Mapping[str, str] = attrs.field(repr=False)
    on_drift: Callable[[Drift], None] | None
    on_response: Callable[[RawResponse], None] | None
    on_retry: Callable[[str, Attempt, float], None] | None
    on_orphaned_purchase: Callable[[OrphanedPurchase], object] | None
    budget: Budget | None
    ledger: PurchaseLedger | None


class Call:
    """A billable call as its caller and its exchanges see it."""

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


def call_hook(hook: Callable[..., object], *args: object) -> None:
    """Calls a hook of the user's; what it raises is logged and harms no call."""
    try:
        hook(*args)
    except Exception:
        logger.exception("a hook raised")
