"""How a call is sent. `with_options` can change all of it but the rate limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from .._generated.types import Drift
from ..retry import RetryEvent, RetryPolicy
from ..timeouts import Timeout
from .rate_limit import RateLimiter
from .responses import RawResponse


@attrs.frozen(kw_only=True)
class Settings:
    """How a call is sent, and the hooks that are called."""

    timeout: Timeout
    retry: RetryPolicy
    headers: Mapping[str, str] = attrs.field(repr=False)
    on_drift: Callable[[Drift], object] | None
    on_response: Callable[[RawResponse], object] | None
    on_retry: Callable[[RetryEvent], object] | None
    rate_limiter: RateLimiter | None = None
