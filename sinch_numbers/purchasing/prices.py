"""What renting a number costs."""

from __future__ import annotations

from decimal import Decimal

import attrs

from ..models import AvailableNumber


@attrs.frozen
class Price:
    """What renting costs at first: the setup price plus the charge of the first interval. `amount` is exact."""

    amount: Decimal
    currency_code: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency_code}"


def price_of(offer: AvailableNumber) -> Price | None:
    """What renting `offer` costs at first, or None if the offer does not state all of it in one currency."""
    if offer.monthly_price is None:
        return None
    total = Price(Decimal(0), offer.monthly_price.currency_code or "")
    for money in (offer.monthly_price, offer.setup_price):
        if money is None:
            continue
        amount, currency = money.amount, money.currency_code or ""
        if amount is None or not amount.is_finite() or amount < 0:
            return None
        # A price of 0 in another currency, or without one, adds nothing.
        if amount and total.amount and currency != total.currency_code:
            return None
        if amount:
            total = Price(total.amount + amount, currency)
    return total
