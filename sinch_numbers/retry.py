"""Whether a call is sent again, and when: a pure value that decides and sleeps nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import attrs

from . import _defaults
from .attempts import Attempt, Sent
from .errors import ConfigurationError

__all__ = ["RetryPolicy", "RetryQuota", "Safety"]


class Safety(StrEnum):
    """What a repetition of an operation can do."""

    READ = "read"
    IDEMPOTENT = "idempotent"
    BILLABLE = "billable"
    """It costs or forfeits money, and the API has no idempotency key."""


_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_RETRIED_STATUSES: Mapping[Safety, frozenset[int]] = {
    Safety.READ: _TRANSIENT,
    Safety.IDEMPOTENT: _TRANSIENT,
    Safety.BILLABLE: frozenset({429}),
}
_RETRIED_LOSSES: Mapping[Safety, frozenset[Sent]] = {
    Safety.READ: frozenset({Sent.NEVER, Sent.UNKNOWN}),
    Safety.IDEMPOTENT: frozenset({Sent.NEVER, Sent.UNKNOWN}),
    Safety.BILLABLE: frozenset({Sent.NEVER}),
}


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """When a failed exchange is repeated. Delays are in seconds.

    The pause before attempt n+1 is drawn between 0 and `initial_delay * 2**(n-1)`, at most `max_delay`; a
    server's `Retry-After` replaces it, and raises at once where it exceeds `max_retry_after`. A billable call is
    repeated only where the API surely did not act on it. `budget` bounds what an outage can add to the load: each
    repetition of any call of the client takes one from it, each success gives a tenth back.
    """

    max_attempts: int = _defaults.MAX_ATTEMPTS
    initial_delay: float = _defaults.INITIAL_DELAY
    max_delay: float = _defaults.MAX_DELAY
    max_retry_after: float = _defaults.MAX_RETRY_AFTER
    budget: int = _defaults.RETRY_BUDGET

    def __attrs_post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ConfigurationError(
                f"RetryPolicy(max_attempts=...) has to be at least 1, not {self.max_attempts!r}"
            )
        for name in ("initial_delay", "max_delay", "max_retry_after", "budget"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ConfigurationError(f"RetryPolicy({name}=...) has to be 0 or more, and finite")

    def decide(
        self, safety: Safety, attempt: Attempt, *, number: int, remaining: float, draw: float
    ) -> float | None:
        """Seconds to wait before the next attempt, or None to give up.

        `number` counts the attempts made so far, `remaining` is what the deadline leaves in seconds, and `draw`
        is the jitter, 0 to 1.
        """
        if number >= self.max_attempts or not self._may_repeat(safety, attempt):
            return None
        if attempt.retry_after is not None:
            delay = attempt.retry_after
            if delay > self.max_retry_after:
                return None
        else:
            delay = self.backoff(number, draw)
        return delay if delay < remaining else None

    def backoff(self, number: int, draw: float) -> float:
        """Seconds to wait after the `number`th attempt, where the server asked for none."""
        # The exponent is capped: 2.0**1024 overflows, and a large max_attempts may get there.
        return draw * min(self.max_delay, self.initial_delay * 2.0 ** min(number - 1, 60))

    def _may_repeat(self, safety: Safety, attempt: Attempt) -> bool:
        if attempt.status_code is None:
            return attempt.sent in _RETRIED_LOSSES[safety]
        return attempt.status_code in _RETRIED_STATUSES[safety]


class RetryQuota:
    """Bounds what all calls of a client repeat together, so that an outage is not answered with a multiple of the load."""

    def __init__(self) -> None:
        self._spent = 0.0

    def take(self, capacity: int) -> bool:
        if self._spent + 1 > capacity:
            return False
        self._spent += 1
        return True

    def give_back(self) -> None:
        self._spent = max(0.0, self._spent - 0.1)
