"""Asks the API what became of a purchase or release."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import attrs

from .. import _defaults
from .._generated.api.active_number import list_active_numbers
from .._generated.models import ListActiveNumbersResponse
from .._sending.context import Context
from .._sending.expected import expect_list
from .._sending.operations import Read, active_number, available_number
from .._sending.requests import build
from ..clock import Clock
from ..errors import NotFoundError, NumbersError
from ..models import ActiveNumber, AvailableNumber
from ..pagination import next_token
from ..retry import http_date
from .decision import Finding, Kind

logger: logging.Logger = logging.getLogger("sinch_numbers")

_PAGE_SIZE = 1_000

N = TypeVar("N", ActiveNumber, AvailableNumber)


@attrs.frozen
class Look:
    """What the API says about a number, with the number if the project has it, and the API's time."""

    finding: Finding
    number: ActiveNumber | None = None
    api_time: float | None = None
    """Seconds since the epoch, by the API's own clock. None if the response has no `Date` header."""


async def ask(context: Context, kind: Kind, phone_number: str, *, with_offer: bool = True) -> Look:
    """Gets the number from the project. If the project does not have it, `with_offer` says whether it asks for its offer."""
    found, api_time = await _found(context, active_number(context, phone_number), phone_number)
    if isinstance(found, ActiveNumber):
        finding = Finding.ACTIVE if found.expire_at is None else Finding.EXPIRING
        return Look(finding, found, api_time)
    if found is Finding.GONE and kind is Kind.RENT and with_offer:
        offer, _ = await _found(context, available_number(context, phone_number), phone_number)
        return Look(Finding.OFFERED if isinstance(offer, AvailableNumber) else found, None, api_time)
    return Look(found, None, api_time)


async def look_for_new(
    context: Context,
    region_code: str,
    number_type: str,
    is_new: Callable[[ActiveNumber, float | None], bool],
) -> Look:
    """Looks through the project's numbers of a region and type for one that may have been rented just now.

    `is_new` is asked about each number, with the API's time.
    """
    page_token: str | None = None
    parse = expect_list(ListActiveNumbersResponse.from_dict, "activeNumbers")
    for _ in range(_defaults.MAX_PAGES):
        request = build(
            list_active_numbers.build_request,
            project_id=context.project_id,
            region_code=region_code,
            type_=number_type,
            page_size=_PAGE_SIZE,
            page_token=page_token,
        )
        try:
            raw = await context.send(request, list_active_numbers.SAFETY)
            page = context.decode(raw, parse)
            following = next_token(page)
        except NumbersError:
            return Look(Finding.UNREACHABLE)
        except Exception:
            logger.exception("asking the API for new numbers failed")
            return Look(Finding.UNREACHABLE)
        api_time = http_date(raw.headers.get("date", ""))
        for number in page.active_numbers or []:
            if is_new(number, api_time):
                return Look(Finding.ACTIVE, number, api_time)
        if following is None:
            return Look(Finding.GONE, None, api_time)
        if following == page_token:
            break  # the server repeats a page, so the rest is not known
        page_token = following
    return Look(Finding.UNREACHABLE)


class Patience:
    """Limits how long the API is asked for a number: `RECONCILE_PATIENCE` seconds, with growing pauses in between."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause = 0.0
        self._deadline = clock.monotonic() + _defaults.RECONCILE_PATIENCE

    def is_left(self) -> bool:
        return self._clock.monotonic() < self._deadline

    async def pause(self) -> None:
        """Waits before the next request. Does not wait before the first."""
        if self._pause:
            await self._clock.sleep(self._pause)
        self._pause = min(2 * self._pause or _defaults.RECONCILE_INTERVAL, _defaults.MAX_DELAY)


async def _found(context: Context, operation: Read[N], phone_number: str) -> tuple[N | Finding, float | None]:
    try:
        raw = await context.send(operation.request, operation.safety)
        found = context.decode(raw, operation.parse)
    except NotFoundError as error:
        return Finding.GONE, http_date(error.headers.get("date", ""))
    except NumbersError:
        return Finding.UNREACHABLE, None
    except Exception:
        # A token provider or transport may raise anything. It must not hide the outcome of the purchase.
        logger.exception("asking the API for %s failed", phone_number)
        return Finding.UNREACHABLE, None
    # A 2xx about another number, or none, proves nothing: the parser has raised for it.
    return found, http_date(raw.headers.get("date", ""))
