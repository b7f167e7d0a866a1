"""Charges for rented numbers: at renting and every month. Shows whether a number was bought twice."""

from __future__ import annotations

import calendar
import functools
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from .api_errors import envelope
from .catalog import Product, add_exactly
from .clock import VirtualClock
from .options import SandboxOptions
from .rented_numbers import RentedNumber
from .responses import timestamp


def add_months(moment: datetime, months: int) -> datetime:
    """The same time of day `months` calendar months later; in a shorter month, the 31st becomes its last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


@attrs.frozen
class Charge:
    """One charge. `reason` is "rent" (setup and first month together) or "monthly"."""

    project_id: str
    phone_number: str
    amount: Decimal
    currency_code: str
    reason: str
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """The charge as the control API sends it; the amount is a decimal in a string."""
        return {
            "phoneNumber": self.phone_number,
            "amount": str(self.amount),
            "currencyCode": self.currency_code,
            "reason": self.reason,
            "at": timestamp(self.at),
        }


class Billing:
    """All charges, in order. When a number's paid period ends, charges it again, or expires it if it was released."""

    def __init__(
        self, clock: VirtualClock, options: SandboxOptions, expire: Callable[[RentedNumber], None]
    ) -> None:
        self._clock = clock
        self._options = options
        self._expire = expire
        self._charges: list[Charge] = []
        self._sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._due: dict[datetime, list[RentedNumber]] = {}

    def __iter__(self) -> Iterator[Charge]:
        return iter(self._charges)

    def check_credit(self, project_id: str, product: Product) -> None:
        """Raises ApiError 400 if the project cannot pay for renting one more number of `product`."""
        credit = self._options.credit
        spent = self._sums[project_id, product.currency]
        if credit is not None and add_exactly(spent, product.first_charge) > credit:
            raise envelope(400, "Insufficient credit to rent the number")

    def charge_rent(self, number: RentedNumber) -> None:
        """Charges the setup and the first month."""
        self._charge(number, number.product.first_charge, "rent")

    def schedule_next_charge(self, number: RentedNumber) -> None:
        """Charges or expires the number at its `next_charge`."""
        due = number.next_charge
        if due not in self._due:
            self._due[due] = []
            self._clock.call_at(due.timestamp(), functools.partial(self._renew, due))
        self._due[due].append(number)

    def _renew(self, due: datetime) -> None:
        for number in self._due.pop(due):
            if number.expire_at is not None:
                self._expire(number)
                continue
            self._charge(number, number.product.monthly, "monthly")
            number.months_paid += number.product.months
            number.next_charge = add_months(number.rented, number.months_paid)
            self.schedule_next_charge(number)

    def _charge(self, number: RentedNumber, amount: Decimal, reason: str) -> None:
        currency = number.product.currency
        self._charges.append(
            Charge(number.project_id, number.phone_number, amount, currency, reason, self._clock.now())
        )
        sums, key = self._sums, (number.project_id, currency)
        sums[key] = add_exactly(sums[key], amount)
