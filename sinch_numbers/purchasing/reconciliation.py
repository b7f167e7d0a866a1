"""Asks the API what became of a number."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from .. import _defaults
from .._sending.context import Context
from .._sending.operations import get_active_number, get_available_number
from ..clock import Clock
from ..errors import NotFoundError, NumbersError
from ..models import ActiveNumber, AvailableNumber
from .decision import Finding, Kind

__all__ = ["Patience", "ask"]

logger: logging.Logger = logging.getLogger("sinch_numbers")

N = TypeVar("N", ActiveNumber, AvailableNumber)


async def ask(context: Context, kind: Kind, phone_number: str) -> tuple[Finding, ActiveNumber | None]:
    """What the API says about the number, and the number itself if the project has it.

    Only after a rent does it matter whether a number that is not active is offered.
    """
    number = await _found(context, get_active_number, phone_number)
    if isinstance(number, ActiveNumber):
        return (Finding.ACTIVE if number.expire_at is None else Finding.EXPIRING), number
    if number is Finding.GONE and kind is Kind.RENT:
        offer = await _found(context, get_available_number, phone_number)
        return (Finding.OFFERED if isinstance(offer, AvailableNumber) else number), None
    return number, None


class Patience:
    """The time for which a number is looked for: `RECONCILE_PATIENCE` seconds, with growing pauses between two looks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause = 0.0
        self._deadline = clock.monotonic() + _defaults.RECONCILE_PATIENCE

    def is_left(self) -> bool:
        return self._clock.monotonic() < self._deadline

    async def pause(self) -> None:
        """Waits before another look; not before the first."""
        if self._pause:
            await self._clock.sleep(self._pause)
        self._pause = min(2 * self._pause or _defaults.RECONCILE_INTERVAL, _defaults.MAX_DELAY)


async def _found(
    context: Context, get: Callable[[Context, str], Awaitable[N]], phone_number: str
) -> N | Finding:
    try:
        found = await get(context, phone_number)
    except NotFoundError:
        return Finding.GONE
    except NumbersError:
        return Finding.UNREACHABLE
    except Exception:
        # A user's token provider or transport that fails in its own way: the purchase is what matters here.
        logger.exception("%s could not be looked for", phone_number)
        return Finding.UNREACHABLE
    # A 2xx about another number, or about none, is a proxy's or a bug's: it proves nothing.
    return found if found.phone_number == phone_number else Finding.UNREACHABLE
