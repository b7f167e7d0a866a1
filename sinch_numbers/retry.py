"""Whether and when to retry. `RetryPolicy` is a value: it decides, and never sleeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import attrs

from . import _defaults
from ._generated.safety import Safety as Safety
from .attempts import Attempt, Sent
from .errors import ConfigurationError

# 520 to 527, 529 and 530 are what proxies send in place of a 502 or 504. No RFC defines them.
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504, *range(520, 528), 529, 530})
_LONGEST_DATE = 100
"""Characters: anything longer is not an HTTP date."""
_RETRIED_STATUSES: Mapping[Safety, frozenset[int]] = {
    Safety.READ: _TRANSIENT,
    Safety.IDEMPOTENT: _TRANSIENT,
    Safety.ONCE: frozenset(),
    Safety.BILLABLE: frozenset({429}),
}
_RETRIED_LOSSES: Mapping[Safety, frozenset[Sent]] = {
    Safety.READ: frozenset({Sent.NEVER, Sent.UNKNOWN}),
    Safety.IDEMPOTENT: frozenset({Sent.NEVER, Sent.UNKNOWN}),
    Safety.ONCE: frozenset({Sent.NEVER}),
    Safety.BILLABLE: frozenset({Sent.NEVER}),
}


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """When to retry a failed attempt. Delays are in seconds.

    The pause before attempt n+1 is random, between 0 and `initial_delay * 2**(n-1)`, at most `max_delay`. A
    `Retry-After` header replaces it; if it is longer than `max_retry_after`, the error is raised at once. A billable
    call is retried only if the API certainly did not process the attempt. `max_attempts` counts the first attempt; 1
    disables retries. `quota` limits the load that retries add in an outage: each retry of any call of the client uses
    one up, and each success gives a tenth back.
    """

    max_attempts: int = _defaults.MAX_ATTEMPTS
    initial_delay: float = _defaults.INITIAL_DELAY
    max_delay: float = _defaults.MAX_DELAY
    max_retry_after: float = _defaults.MAX_RETRY_AFTER
    quota: int = _defaults.RETRY_QUOTA

    def __attrs_post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ConfigurationError(
                f"RetryPolicy(max_attempts=...) must be at least 1, not {self.max_attempts!r}"
            )
        for name in ("initial_delay", "max_delay", "max_retry_after", "quota"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ConfigurationError(f"RetryPolicy({name}=...) must be finite and at least 0")

    def decide(
        self, safety: Safety, attempt: Attempt, *, attempt_number: int, remaining: float, draw: float
    ) -> float | None:
        """Seconds to wait before the next attempt, or None to give up.

        `attempt_number` is the number of attempts made so far, `remaining` the seconds until the deadline, and `draw`
        the jitter, from 0 to 1.
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
        """Seconds to wait after attempt `attempt_number` if the server did not send `Retry-After`."""
        # The exponent is capped because 2.0**1024 overflows, and max_attempts may be that large.
        return draw * min(self.max_delay, self.initial_delay * 2.0 ** min(attempt_number - 1, 60))

    def _may_retry(self, safety: Safety, attempt: Attempt) -> bool:
        if attempt.status_code is None:
            return attempt.sent in _RETRIED_LOSSES[safety]
        return attempt.status_code in _RETRIED_STATUSES[safety]


@attrs.frozen(kw_only=True)
class RetryEvent:
    """A retry that is about to happen: the argument of the hook `on_retry`."""

    operation: str
    """The API's name of the operation, such as `GetActiveNumber`; `Token` for a token request."""
    method: str
    url: str
    attempt: Attempt
    """The attempt that failed."""
    attempt_number: int
    """The number of that attempt within the call, from 1."""
    delay: float
    """Seconds until the next attempt."""


class RetryQuota:
    """Limits the retries of all calls of a client together, so that they do not multiply the load in an outage."""

    def __init__(self) -> None:
        self.spent: float = 0.0

    def take(self, capacity: int) -> bool:
        """Uses one retry up; False if all `capacity` retries are used up."""
        if self.spent + 1 > capacity:
            return False
        self.spent += 1
        return True

    def give_back(self) -> None:
        """Gives back a tenth of a retry, after a success."""
        self.spent = max(0.0, self.spent - 0.1)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that `Retry-After` asks for, as seconds or as a date (RFC 9110, 10.2.3).

    A date is compared with the response's own `Date`, or with `now` (seconds since the epoch) if it has none.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        date = http_date(value)
        if date is None:
            return None
        # The local clock may be wrong by hours. The server's two dates are by one clock.
        sent_at = http_date(headers.get("date", ""))
        seconds = date - (now if sent_at is None else sent_at)
    if seconds != seconds:
        return None
    return max(0.0, seconds)


def http_date(value: str) -> float | None:
    """The time of a header such as `Date` (RFC 9110, 5.6.7) in seconds since the epoch, or None if it cannot be read."""
    if len(value) > _LONGEST_DATE:
        return None
    try:
        date = parsedate_to_datetime(value)
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        return date.timestamp()
    except (ValueError, OverflowError):  # OverflowError: a year, or an offset, that no date can have
        return None
