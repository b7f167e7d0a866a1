"""What was charged, for which number and why: the sandbox's answer to "did I buy it twice?"."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from .rented_numbers import timestamp


def add_months(moment: datetime, months: int) -> datetime:
    """The same time of day `months` calendar months later: the 31st becomes the last day of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


@attrs.frozen
class Charge:
    """One entry of the ledger. `reason` is "rent" (setup and first month together) or "monthly"."""

    project_id: str
    phone_number: str
    amount: Decimal
    currency_code: str
    reason: str
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """The entry as the control API sends it; the amount is a decimal in a string."""
        return {
            "phoneNumber": self.phone_number,
            "amount": str(self.amount),
            "currencyCode": self.currency_code,
            "reason": self.reason,
            "at": timestamp(self.at),
        }


class Ledger:
    """All charges in order, and their exact sums."""

    def __init__(self) -> None:
        self.entries: list[Charge] = []
        self._sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def __iter__(self) -> Iterator[Charge]:
        return iter(self.entries)

    def add(self, charge: Charge) -> None:
        """Writes one charge down."""
        self.entries.append(charge)
        self._sums[charge.project_id, charge.currency_code] += charge.amount

    def total(self, project_id: str, currency_code: str) -> Decimal:
        """What a project was charged in one currency."""
        return self._sums[project_id, currency_code]
