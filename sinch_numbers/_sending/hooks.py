"""Calls the user's hooks. An exception in a hook is logged and does not affect the call."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from .. import _defaults
from .._generated.types import Drift
from .responses import RawResponse

E = TypeVar("E")

logger: logging.Logger = logging.getLogger("sinch_numbers")

captured: ContextVar[list[RawResponse] | None] = ContextVar("sinch_numbers_responses", default=None)
"""Where `raw_responses()` collects the responses of the current task."""


def call_hook(hook: Callable[[E], object], event: E) -> None:
    """Calls a hook. An exception in it is logged."""
    try:
        hook(event)
    except Exception:
        logger.exception("a hook raised")


class DriftReports:
    """Reports each difference from the specification once, at most `MAX_DRIFTS` of them."""

    def __init__(self) -> None:
        self._seen: set[Drift] = set()

    def report(self, drift: Drift, hook: Callable[[Drift], object] | None) -> None:
        if drift in self._seen or len(self._seen) >= _defaults.MAX_DRIFTS:
            return
        self._seen.add(drift)
        logger.warning("the API differs from its specification: %s", drift)
        if hook is not None:
            call_hook(hook, drift)
