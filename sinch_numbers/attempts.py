"""What is known about one exchange: whether the request was sent, and whether the API processed it. Pure data."""

from __future__ import annotations

from enum import StrEnum

import attrs

_NOT_PROCESSED = frozenset({401, 429})


class Sent(StrEnum):
    """Whether a request reached the server, as far as the transport knows."""

    NEVER = "never"
    """Certainly not: no byte of it was sent (connection refused, DNS, TLS, no free connection)."""
    ARRIVED = "arrived"
    """Certainly: the server responded, even if its response cannot be used, because it is too large."""
    UNKNOWN = "unknown"
    """Some or all of it was sent, and no complete response arrived."""


class Processed(StrEnum):
    """Whether the API acted on a request. It decides whether a purchase may be retried."""

    NO = "no"
    """Certainly not: it was never sent, or the API rejected it unprocessed (429, 401)."""
    YES = "yes"
    """Certainly: the API performed the operation, or refused it."""
    MAYBE = "maybe"
    """Possibly: after a 5xx, a 408 or a lost response, the operation may have been performed."""


_PROCESSED_IF_SENT = {
    Sent.NEVER: Processed.NO,
    Sent.ARRIVED: Processed.MAYBE,
    Sent.UNKNOWN: Processed.MAYBE,
}


@attrs.frozen(kw_only=True)
class Attempt:
    """One attempt of a call, which is one exchange: the status of the response, or why there was none."""

    status_code: int | None
    """The status of the response, or None if no complete response arrived."""
    sent: Sent
    error: str = ""
    """What went wrong; empty if there was a response."""
    timed_out: bool = False
    retry_after: float | None = None
    """Seconds that the server asked to wait, or None if it did not ask."""
    elapsed: float = 0.0
    """Seconds that the exchange took, including the wait for a free connection."""

    @property
    def processed(self) -> Processed:
        """401, 429, never sent: NO. 5xx, 408, no complete response: MAYBE. Any other response is final: YES."""
        if self.status_code is None:
            return _PROCESSED_IF_SENT[self.sent]
        if self.status_code in _NOT_PROCESSED:
            return Processed.NO
        if self.status_code >= 500 or self.status_code == 408:
            return Processed.MAYBE
        return Processed.YES
