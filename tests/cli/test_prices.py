from __future__ import annotations

from decimal import Decimal

import pytest

from sinch_numbers import AvailableNumber, Money, Price
from sinch_numbers.cli.exits import Exit, Stop
from sinch_numbers.cli.prices import Item, Limit, Plan, item_of

NUMBER = "+12025550134"


def item(price: str | None, currency: str = "USD") -> Item:
    return Item(phone_number=NUMBER, price=None if price is None else Price(Decimal(price), currency))


def test_an_item_has_the_price_of_all_months_that_are_charged_at_once_and_what_is_unusual() -> None:
    offer = AvailableNumber(
        phone_number=NUMBER,
        setup_price=Money(amount=Decimal("0.50"), currency_code="USD"),
        monthly_price=Money(amount=Decimal("1.00"), currency_code="USD"),
        payment_interval_months=3,
    )
    found = item_of(offer)
    assert found.price == Price(Decimal("3.50"), "USD")
    assert found.remark == "3 months are charged at once"
    assert item_of(AvailableNumber(phone_number=NUMBER)).price is None


def test_the_price_of_a_plan_names_each_currency_and_what_is_not_stated() -> None:
    assert Plan(items=[item("1.50"), item("1")]).price == "2.50 USD"
    assert Plan(items=[item("1"), item("2", "EUR")]).price == "1 USD and 2 EUR"
    assert Plan(items=[item("1"), item(None)]).price == "1 USD and 1 without a stated price"
    assert Plan(items=[]).price == "nothing"


def test_a_price_that_is_not_stated_is_accepted_only_by_a_person_without_a_limit() -> None:
    plan = Plan(items=[item("1"), item(None)])
    plan.check(None, is_asked=True)
    for limit, is_asked in ((None, False), (Limit.parse("99"), True)):
        with pytest.raises(Stop, match=r"\+12025550134 states no price") as refused:
            plan.check(limit, is_asked=is_asked)
        assert refused.value.status is Exit.DECLINED


def test_prices_in_several_currencies_are_refused() -> None:
    with pytest.raises(Stop, match="several currencies"):
        Plan(items=[item("1"), item("1", "EUR")]).check(None, is_asked=True)
    Plan(items=[item("1"), item("0", "EUR")]).check(None, is_asked=True)


def test_a_budget_is_what_was_shown() -> None:
    budget = Plan(items=[item("1.50"), item("1")]).budget()
    assert (budget.max_total, budget.currency) == (Decimal("2.50"), "USD")
    assert Plan(items=[item(None)]).budget().max_numbers == 1
    assert Plan(items=[item("0")]).budget().max_numbers == 1


def test_a_limit_has_an_amount_and_perhaps_a_currency() -> None:
    assert Limit.parse(None) is None
    assert Limit.parse("4.50") == Limit(amount=Decimal("4.50"), currency=None)
    assert Limit.parse("4 EUR") == Limit(amount=Decimal(4), currency="EUR")
    with pytest.raises(Stop, match="--max-price"):
        Limit.parse("4 euros")
