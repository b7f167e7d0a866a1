"""What renting a number costs, in exact decimal arithmetic."""

from __future__ import annotations

import decimal
from collections.abc import Iterable
from decimal import Decimal

import attrs

from .._generated.amounts import Amount
from ..models import ActiveNumber, AvailableNumber, Money

# Not the caller's context: with a precision of 2 digits, 225.00 would be within a budget of 102.00.
_EXACT = decimal.Context(prec=100, traps=[decimal.Inexact, decimal.InvalidOperation])
_MAX_MONTHS = 1_200
"""An interval of payment of more than a century is no interval."""
_MAX_EXPONENT = 30
"""Amounts of 10**30 and more, or with more than 30 decimal places, are no prices. All others are added exactly."""


def is_amount(value: Decimal) -> bool:
    """Whether it is an amount of money: finite, at least 0, and neither absurdly large nor absurdly precise."""
    exponent = value.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and value >= 0
        and exponent >= -_MAX_EXPONENT
        and value.adjusted() < _MAX_EXPONENT
    )


def add(*amounts: Decimal) -> Decimal:
    """The exact sum."""
    total = Decimal(0)
    for amount in amounts:
        total = _EXACT.add(total, amount)
    return total


def subtract(amount: Decimal, *amounts: Decimal) -> Decimal:
    """The exact difference between the first amount and all others."""
    for subtrahend in amounts:
        amount = _EXACT.subtract(amount, subtrahend)
    return amount


def sum_by_currency(prices: Iterable[Price | None]) -> dict[str, Decimal]:
    """The exact sum of the prices that are known, by currency."""
    sums: dict[str, Decimal] = {}
    for price in prices:
        if price is not None:
            sums[price.currency_code] = add(sums.get(price.currency_code, Decimal(0)), price.amount)
    return sums


@attrs.frozen(order=False)
class Price(Amount):
    """What renting costs at first: the setup price plus the charge of the first interval. `amount` is exact.

    Prices in one currency compare by `<` and the like; different currencies raise TypeError.
    """

    amount: Decimal
    currency_code: str
    setup: Decimal = attrs.field(default=Decimal(0), kw_only=True, eq=False, repr=False)
    """The part of the amount that is charged only once."""


@attrs.frozen(kw_only=True)
class PriceDifference:
    """A number was charged otherwise than it was offered: the argument of the hook `on_price_difference`."""

    phone_number: str
    offered: Price
    charged: Price
    """The setup price as offered, and the charge of an interval as the rented number states it."""

    @property
    def is_dearer(self) -> bool:
        """Whether it costs more than offered, or was charged in another currency."""
        return self.charged.currency_code != self.offered.currency_code or (
            self.charged.amount > self.offered.amount
        )

    @property
    def dearer(self) -> Price:
        """The dearer of the two. In different currencies, which cannot be compared, the one that was offered."""
        comparable = self.charged.currency_code == self.offered.currency_code
        return self.charged if comparable and self.is_dearer else self.offered

    def __str__(self) -> str:
        return f"{self.phone_number} was offered for {self.offered} and costs {self.charged}"


def price_of(offer: AvailableNumber) -> Price | None:
    """What renting `offer` costs at first, or None if the offer does not state all of it in one currency."""
    setup = Decimal(0) if offer.setup_price is None else _amount(offer.setup_price)
    interval = _interval(offer.monthly_price, offer.payment_interval_months)
    if setup is None or interval is None or offer.monthly_price is None:
        return None
    currency = offer.monthly_price.currency_code or ""
    if setup and offer.setup_price is not None:
        # A price of 0 in another currency, or without one, adds nothing.
        if interval and offer.setup_price.currency_code != currency:
            return None
        currency = offer.setup_price.currency_code or ""
    return Price(add(setup, interval), currency, setup=setup)


def difference(price: Price, number: ActiveNumber) -> PriceDifference | None:
    """How the rented number's charge differs from the price of its offer. None if it does not, or if it is not known."""
    interval = _interval(number.money, number.payment_interval_months)
    if interval is None or number.money is None:
        return None
    currency = number.money.currency_code or ""
    same_currency = currency == price.currency_code
    charged = Price(add(price.setup if same_currency else Decimal(0), interval), currency, setup=price.setup)
    if charged.amount == price.amount and (same_currency or not price.amount):
        return None
    return PriceDifference(phone_number=number.phone_number, offered=price, charged=charged)


def _interval(monthly: Money | None, months: int | None) -> Decimal | None:
    """The charge of one interval of payment, or None if it is not known. An interval of 0 or none counts as a month."""
    amount = None if monthly is None else _amount(monthly)
    if amount is None or (months or 1) > _MAX_MONTHS:
        return None
    return _EXACT.multiply(amount, Decimal(max(months or 1, 1)))


def _amount(money: Money) -> Decimal | None:
    amount = money.amount
    return amount if amount is not None and is_amount(amount) else None
