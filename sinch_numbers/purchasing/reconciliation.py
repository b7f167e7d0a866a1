"""Finding out what became of a billable call whose exchange did not tell: the API is asked for the number itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar

from .. import _defaults
from .._generated.api.active_number import get_active_number
from .._generated.api.available_number import get_available_number
from .._sending.context import Context
from ..errors import NotFoundError, NumbersError
from ..models import ActiveNumber
from ..retry import Safety

__all__ = ["Absence", "look_for_active", "look_for_released", "look_for_rented"]

logger: logging.Logger = logging.getLogger("sinch_numbers")

T = TypeVar("T")


class Absence(StrEnum):
    """Why a number is not found among the project's."""

    OFFERED = "it is still offered"
    GONE = "it is neither active nor offered"
    UNCLEAR = "the API could not be asked"


async def look_for_active(context: Context, phone_number: str) -> ActiveNumber | Absence:
    """The project's number, GONE where the API says that it has none such, UNCLEAR where it does not answer."""
    request = get_active_number.build_request(project_id=context.project_id, phone_number=phone_number)

    async def get() -> ActiveNumber:
        return await context.call(request, Safety.READ, get_active_number.parse_response)

    return await _found(get, phone_number)


async def look_for_rented(context: Context, phone_number: str, *, patient: bool) -> ActiveNumber | Absence:
    """The project's number, or why it is not there.

    A number that was rented may take a while to appear, so one that is neither active nor offered is looked for again
    until `RECONCILE_PATIENCE` has passed. With `patient`, so is one that is still offered: its rent may be under way.
    """

    async def look() -> ActiveNumber | Absence:
        found = await look_for_active(context, phone_number)
        if found is Absence.GONE and await _is_offered(context, phone_number):
            return Absence.OFFERED
        return found

    return await _patiently(context, look, enough=lambda found: found is Absence.OFFERED and not patient)


async def look_for_released(context: Context, phone_number: str) -> ActiveNumber | Absence:
    """The project's number, or why it is not there: one that was rented a moment ago may take a while to appear."""

    async def look() -> ActiveNumber | Absence:
        return await look_for_active(context, phone_number)

    return await _patiently(context, look, enough=lambda _: False)


async def _patiently(
    context: Context,
    look: Callable[[], Awaitable[ActiveNumber | Absence]],
    *,
    enough: Callable[[Absence], bool],
) -> ActiveNumber | Absence:
    clock = context.clock
    deadline = clock.monotonic() + _defaults.RECONCILE_PATIENCE
    pause = _defaults.RECONCILE_INTERVAL
    while True:
        found = await look()
        if isinstance(found, ActiveNumber) or enough(found) or clock.monotonic() >= deadline:
            return found
        await clock.sleep(pause)
        pause = min(2 * pause, _defaults.MAX_DELAY)


async def _is_offered(context: Context, phone_number: str) -> bool:
    request = get_available_number.build_request(project_id=context.project_id, phone_number=phone_number)

    async def get() -> object:
        return await context.call(request, Safety.READ, get_available_number.parse_response)

    return not isinstance(await _found(get, phone_number), Absence)


async def _found(get: Callable[[], Awaitable[T]], phone_number: str) -> T | Absence:
    try:
        found = await get()
    except NotFoundError:
        return Absence.GONE
    except NumbersError:
        return Absence.UNCLEAR
    except Exception:
        # A user's token provider or transport that fails in its own way: the purchase is what matters here.
        logger.exception("%s could not be looked for", phone_number)
        return Absence.UNCLEAR
    # A 2xx object about another number, or about none, is a proxy's or a bug's: no evidence either way.
    return found if getattr(found, "phone_number", None) == phone_number else Absence.UNCLEAR
