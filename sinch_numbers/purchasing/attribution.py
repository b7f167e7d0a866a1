"""Whether a purchase bought a number that is found in the project, or somebody else did, or the project had it before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..clock import Clock
from ..models import ActiveNumber
from .decision import Bought
from .entries import Entry
from .leases import elapsed
from .number_locks import NumberLocks
from .reconciliation import Look

_ROUNDING = timedelta(minutes=1)
"""By how much a number may seem to be rented before the purchase began and still be its own."""
_SURELY_BEFORE = timedelta(hours=1)
"""How long before, so that it surely is not: a gateway writes the `Date` header, and its clock may be off."""


class Begin:
    """When a purchase began."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._monotonic = clock.monotonic()
        self._elapsed = elapsed()

    def by_api(self, api_time: float | None) -> datetime | None:
        """When it began by the API's clock, from the API's time now. None if that is not known."""
        if api_time is None:
            return None
        # The longer of the two: the client's clock may stand still while the machine is suspended.
        passed = max(self._clock.monotonic() - self._monotonic, elapsed() - self._elapsed)
        return datetime.fromtimestamp(api_time - passed, UTC)


def bought_by(
    number_locks: NumberLocks, phone_number: str | None, look: Look, begin: Begin, resumed: Entry | None
) -> Bought:
    """Who bought the number that `look` found. `resumed` is the entry of an earlier call that this one finishes."""
    if phone_number is not None and number_locks.was_returned(phone_number):
        returned = number_locks.returned_entry(phone_number)
        # The same entry: that call returned the number, but could not write it down.
        is_same = resumed is not None and returned is not None and returned.key == resumed.key
        return Bought.HERE if is_same else Bought.ELSEWHERE
    if resumed is not None or look.number is None:
        return Bought.UNCLEAR
    if number_locks.was_offered(phone_number):
        return Bought.HERE
    return rented_since(look.number, begin.by_api(look.api_time))


def rented_since(number: ActiveNumber, moment: datetime | None) -> Bought:
    """HERE if the number was rented after `moment`, ELSEWHERE if long before: an interval of payment before its next charge."""
    from dateutil.relativedelta import relativedelta  # rarely needed, and slow to import

    due, months = number.next_charge_date, number.payment_interval_months or 0
    if moment is None or due is None or months < 1:
        return Bought.UNCLEAR
    try:
        # Two ways, as the 31st of a month may stand for a day before it.
        first_due, rented = moment + relativedelta(months=months), due - relativedelta(months=months)
    except (ValueError, OverflowError):
        return Bought.UNCLEAR
    if due < first_due - _SURELY_BEFORE:
        return Bought.ELSEWHERE
    return Bought.HERE if rented >= moment - _ROUNDING and due >= first_due - _ROUNDING else Bought.UNCLEAR
