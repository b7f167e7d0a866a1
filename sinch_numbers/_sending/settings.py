"""What `with_options` can change of how a call is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from .._generated.types import Drift
from ..retry import RetryEvent, RetryPolicy
from ..timeouts import Timeout
from .responses import RawResponse


@attrs.frozen(kw_only=True)
class Settings:
    """How a call is sent, and the hooks that are told about it."""

    timeout: Timeout
    retry: RetryPolicy
    headers: Mapping[str, str] = attrs.field(repr=False)
    on_drift: Callable[[Drift], object] | None
    on_response: Callable[[RawResponse], object] | None
    on_retry: Callable[[RetryEvent], object] | None
