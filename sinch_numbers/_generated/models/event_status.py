from __future__ import annotations

from ..enums import OpenEnum


class EventStatus(OpenEnum):
    """The status of an event."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    IN_REVIEW = "IN_REVIEW"
    BLOCKED = "BLOCKED"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
