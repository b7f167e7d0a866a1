"""What renting a number costs."""

from __future__ import annotations

from decimal import Decimal

import attrs

from ..models import AvailableNumber, Money


@attrs.frozen
class Price:
    """What a rent costs at once: the setup price and the first interval's charge. `amount` is exact."""

    amount: Decimal
    currency_code: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency_code}"


def price_of(offer: AvailableNumber) -> Price | None:
    """What renting `offer` costs at once, or None where the offer does not say all of it in one currency."""
    parts = [_exact(money) for money in (offer.setup_price, offer.monthly_price) if money is not None]
    if offer.monthly_price is None or None in parts:
        return None
    prices = [part for part in parts if part is not None]
    # A price of nothing in another currency, or in none, adds nothing.
    charged = [price for price in prices if price.amount] or prices[-1:]
    currencies = {price.currency_code for price in charged}
    if len(currencies) != 1:
        return None
    return Price(sum((price.amount for price in charged), Decimal(0)), currencies.pop())


def _exact(money: Money) -> Price | None:
    if money.amount is None or not money.amount.is_finite() or money.amount < 0:
        return None
    return Price(money.amount, money.currency_code or "")
