"""What is known of one exchange with the API: whether the request left, and whether it was processed. Pure data."""

from __future__ import annotations

from enum import StrEnum

import attrs

_NOT_PROCESSED = frozenset({401, 429})


class Sent(StrEnum):
    """Whether a request reached the server, as the transport tells."""

    NEVER = "never"
    """Surely not: no byte of it left (refused, DNS, TLS, no free connection)."""
    ARRIVED = "arrived"
    """Surely: the server responded."""
    UNKNOWN = "unknown"
    """It left, in part or whole, and no complete response came back."""


class Processed(StrEnum):
    """Whether the API acted on a request: what decides if a purchase may be sent again."""

    NO = "no"
    """Surely not: it never left, or it was turned away (429, 401)."""
    YES = "yes"
    """Surely: the API did what was asked, or refused it."""
    MAYBE = "maybe"
    """A 5xx, a 408 or a lost response can hide that it was done."""


_PROCESSED_IF_SENT = {
    Sent.NEVER: Processed.NO,
    Sent.ARRIVED: Processed.YES,
    Sent.UNKNOWN: Processed.MAYBE,
}


@attrs.frozen(kw_only=True)
class Attempt:
    """One exchange: the status of its response, or why there was none."""

    status_code: int | None
    """The response's status, or None if no complete response came."""
    sent: Sent
    error: str = ""
    """What went wrong, in words; empty if there was a response."""
    timed_out: bool = False
    retry_after: float | None = None
    """Seconds that the server asked to wait; None if it did not."""
    elapsed: float = 0.0
    """Seconds from the first byte to the last."""

    @property
    def processed(self) -> Processed:
        """429: not processed. 5xx, 408, no response: may have been processed. Anything else: final."""
        if self.status_code is None:
            return _PROCESSED_IF_SENT[self.sent]
        if self.status_code in _NOT_PROCESSED:
            return Processed.NO
        if self.status_code >= 500 or self.status_code == 408:
            return Processed.MAYBE
        return Processed.YES
