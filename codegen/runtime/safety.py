"""How safe it is to send the request of an operation again. Each endpoint module says it in its constant `SAFETY`."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Safety"]


class Safety(StrEnum):
    """How safe it is to retry an operation."""

    READ = "read"
    """It changes nothing."""
    IDEMPOTENT = "idempotent"
    """Performing it twice has the same effect as performing it once."""
    ONCE = "once"
    """It costs nothing, but may have another effect if it is performed twice: retried only if no request was sent."""
    BILLABLE = "billable"
    """It costs money or gives up a number that was paid for, and the API has no idempotency key."""
