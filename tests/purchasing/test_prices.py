"""The price of an offer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sinch_numbers import AvailableNumber, Money, Price
from sinch_numbers.purchasing.prices import price_of


def money(amount: str | None, currency: str | None = "USD") -> Money:
    return Money(amount=None if amount is None else Decimal(amount), currency_code=currency)


@pytest.mark.parametrize(
    ("setup", "monthly", "price"),
    [
        (money("0.50"), money("1.00"), Price(Decimal("1.50"), "USD")),
        (None, money("1.00"), Price(Decimal("1.00"), "USD")),
        (money("0", None), money("1.00"), Price(Decimal("1.00"), "USD")),
        (money("0.00"), money("0.00"), Price(Decimal("0.00"), "USD")),
        (money("0.50", "EUR"), money("1.00"), None),
        (money(None), money("1.00"), None),
        (money("0.50"), None, None),
        (money("-1"), money("1.00"), None),
    ],
)
def test_the_price_of_an_offer_is_exact_or_not_known(
    setup: Money | None, monthly: Money | None, price: Price | None
) -> None:
    assert (
        price_of(AvailableNumber(phone_number="+12025550134", setup_price=setup, monthly_price=monthly))
        == price
    )
