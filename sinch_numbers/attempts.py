"""What is known of one exchange with the API: whether the request left, and what came back. Pure data."""

from __future__ import annotations

from enum import StrEnum

import attrs

__all__ = ["Attempt", "Sent"]

_NOT_PROCESSED = frozenset({401, 429})


class Sent(StrEnum):
    """Whether a request reached the server: what decides if a purchase may be sent again."""

    NEVER = "never"
    """Surely not: no byte of it left (refused, DNS, TLS, no free connection)."""
    ARRIVED = "arrived"
    """Surely: the server answered it."""
    UNKNOWN = "unknown"
    """It left, in part or whole, and no complete answer came back."""


@attrs.frozen(kw_only=True)
class Attempt:
    """What one exchange came to."""

    status_code: int | None
    """The answer's status, or None where no complete answer came."""
    sent: Sent
    error: str = ""
    """What went wrong, in words; empty for an answer."""
    timed_out: bool = False
    retry_after: float | None = None
    """Seconds that the server asked to wait; None where it did not."""
    elapsed: float = 0.0
    """Seconds from the first byte to the last."""

    @property
    def processed(self) -> Sent:
        """Whether the API acted on the request: NEVER where it surely did not, ARRIVED where it surely judged it.

        A 429 was turned away at the door. A 5xx, a 408 or a lost answer can hide a commit. Any other answer
        is the API's word.
        """
        if self.status_code is None:
            return self.sent
        if self.status_code in _NOT_PROCESSED:
            return Sent.NEVER
        if self.status_code >= 500 or self.status_code == 408:
            return Sent.UNKNOWN
        return Sent.ARRIVED
