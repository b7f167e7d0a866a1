"""Amounts of money as text, and compared."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers import Money, Price

ONE, TWO = Decimal("1.00"), Decimal("2.00")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(amount=ONE, currency_code="USD"), "1.00 USD"),
        (Money.from_dict({"amount": 1e-7, "currencyCode": "EUR"}), "0.0000001 EUR"),
        (Money(amount=ONE), "1.00"),
        (Money(currency_code="USD"), "unknown amount"),
        (Price(ONE, "USD"), "1.00 USD"),
        (Price(Decimal("1E+2"), "USD"), "100 USD"),
    ],
)
def test_an_amount_as_text_is_the_amount_and_its_currency(amount: object, text: str) -> None:
    assert str(amount) == f"{amount}" == text


def money(amount: Decimal | None, currency: str | None) -> Money:
    return Money(amount=amount, currency_code=currency)


@pytest.mark.parametrize("make", [money, Price])
def test_amounts_in_one_currency_compare(make: Callable[[Any, Any], Any]) -> None:
    one, two = make(ONE, "USD"), make(TWO, "USD")
    assert one < two
    assert one <= two
    assert one <= make(Decimal("1.0"), "USD")
    assert two > one
    assert two >= one
    assert not one > two
    assert not two <= one
    assert sorted([two, one]) == [one, two]
    assert max(one, two) is two


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize(
    ("other", "why"),
    [
        (money(TWO, "EUR"), "cannot compare 1.00 USD with 2.00 EUR: the currencies differ"),
        (
            money(None, "USD"),
            "cannot compare 1.00 USD with unknown amount: an amount or a currency is not known",
        ),
        (money(TWO, None), "cannot compare 1.00 USD with 2.00: the currencies differ"),
        (Decimal(2), "not supported between"),
        (2, "not supported between"),
    ],
)
def test_what_cannot_be_compared_is_a_type_error(
    compare: Callable[[Any, Any], bool], other: object, why: str
) -> None:
    with pytest.raises(TypeError, match=why):
        compare(money(ONE, "USD"), other)


def test_amounts_without_a_currency_do_not_compare() -> None:
    with pytest.raises(TypeError, match="an amount or a currency is not known"):
        _ = money(ONE, None) < money(TWO, None)
