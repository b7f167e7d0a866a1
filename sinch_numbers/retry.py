"""Whether a call is sent again, and when: a pure value that decides and never sleeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

import attrs

from . import _defaults
from .attempts import Attempt, Sent
from .errors import ConfigurationError


class Safety(StrEnum):
    """What a retry of an operation can do."""

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
    """When a failed attempt is retried. Delays are in seconds.

    The pause before attempt n+1 is drawn between 0 and `initial_delay * 2**(n-1)`, at most `max_delay`; a
    server's `Retry-After` replaces it, and raises at once if it exceeds `max_retry_after`. A billable call is
    retried only if the API surely did not act on it. `quota` bounds the load that retries add in an outage: each
    retry of any call of the client takes one from it, each success gives a tenth back.
    """

    max_attempts: int = _defaults.MAX_ATTEMPTS
    initial_delay: float = _defaults.INITIAL_DELAY
    max_delay: float = _defaults.MAX_DELAY
    max_retry_after: float = _defaults.MAX_RETRY_AFTER
    quota: int = _defaults.RETRY_QUOTA

    def __attrs_post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ConfigurationError(
                f"RetryPolicy(max_attempts=...) has to be at least 1, not {self.max_attempts!r}"
            )
        for name in ("initial_delay", "max_delay", "max_retry_after", "quota"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ConfigurationError(f"RetryPolicy({name}=...) has to be 0 or more, and finite")

    def decide(
        self, safety: Safety, attempt: Attempt, *, attempt_number: int, remaining: float, draw: float
    ) -> float | None:
        """Seconds to wait before the next attempt, or None to give up.

        `attempt_number` counts the attempts made so far, `remaining` is what the deadline leaves in seconds, and
        `draw` is the jitter, 0 to 1.
        """
        if attempt_number >= self.max_attempts or not self._may_retry(safety, attempt):
            return None
        if attempt.retry_after is not None:
            delay = attempt.retry_after
            if delay > self.max_retry_after:
                return None
        else:
            delay = self.backoff(attempt_number, draw)
        return delay if delay < remaining else None

    def backoff(self, attempt_number: int, draw: float) -> float:
        """Seconds to wait after attempt `attempt_number`, if the server did not ask for a pause."""
        # The exponent is capped: 2.0**1024 overflows, and a large max_attempts may get there.
        return draw * min(self.max_delay, self.initial_delay * 2.0 ** min(attempt_number - 1, 60))

    def _may_retry(self, safety: Safety, attempt: Attempt) -> bool:
        if attempt.status_code is None:
            return attempt.sent in _RETRIED_LOSSES[safety]
        return attempt.status_code in _RETRIED_STATUSES[safety]


@attrs.frozen(kw_only=True)
class RetryEvent:
    """A retry that is about to happen, as the hook `on_retry` gets it."""

    operation: str
    """The API's name of the operation, such as `GetActiveNumber`."""
    method: str
    url: str
    attempt: Attempt
    """The attempt that failed."""
    attempt_number: int
    """Which attempt of the call that was, from 1."""
    delay: float
    """Seconds until the next attempt."""


class RetryQuota:
    """Bounds the retries of all calls of a client together, so that they do not multiply the load of an outage."""

    def __init__(self) -> None:
        self.spent = 0.0

    def take(self, capacity: int) -> bool:
        """Takes one retry; False if `capacity` is used up."""
        if self.spent + 1 > capacity:
            return False
        self.spent += 1
        return True

    def give_back(self) -> None:
        """Gives back a tenth of a retry, after a success."""
        self.spent = max(0.0, self.spent - 0.1)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that `Retry-After` asks for, given as seconds or as a date (RFC 9110, 10.2.3); `now` is the epoch's."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
        except ValueError:
            return None
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        seconds = (date - datetime.fromtimestamp(now, UTC)).total_seconds()
    if seconds != seconds:
        return None
    return max(0.0, seconds)
