"""What a number costs: as it is offered, as it is charged, and that both are added exactly."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers import (
    ActiveNumber,
    AvailableNumber,
    Budget,
    BudgetExceededError,
    Money,
    NoOfferError,
    NumbersClient,
    Price,
    PriceChangedError,
    PriceDifference,
    PurchaseLedger,
    Refused,
    Rented,
)
from sinch_numbers.purchasing.prices import difference, price_of
from sinch_numbers.sandbox import Sandbox

from .steps import offered, offers

US: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}


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
        (money("0.50", "EUR"), money("0.00"), Price(Decimal("0.50"), "EUR")),
        (money("0.50"), money("0", None), Price(Decimal("0.50"), "USD")),
        (money("0.50", ""), money("1.00", ""), Price(Decimal("1.50"), "")),
        (money("0", "EUR"), money("1.00", None), Price(Decimal("1.00"), "")),
        (money("0.50", None), money("0"), Price(Decimal("0.50"), "")),
        (money("1e-30"), money("1"), Price(Decimal("1." + "0" * 29 + "1"), "USD")),
        (None, money("1e29"), Price(Decimal("1e29"), "USD")),
        (money(None), money("1.00"), None),
        (money("0.50"), None, None),
        (money("-1"), money("1.00"), None),
        (money("NaN"), money("1.00"), None),
        (money("Infinity"), money("1.00"), None),
        (money("1e30"), money("1.00"), None),
        (money("1.00"), money("1e-31"), None),
    ],
)
def test_the_price_of_an_offer_is_exact_or_not_known(
    setup: Money | None, monthly: Money | None, price: Price | None
) -> None:
    assert (
        price_of(AvailableNumber(phone_number="+12025550134", setup_price=setup, monthly_price=monthly))
        == price
    )


@pytest.mark.parametrize(
    ("months", "price"),
    [
        (None, "1.50"),
        (0, "1.50"),
        (-1, "1.50"),
        (1, "1.50"),
        (3, "3.50"),
        (12, "12.50"),
        (1_200, "1200.50"),
        (1_201, None),
    ],
)
def test_a_price_covers_all_months_that_are_charged_at_once(months: int | None, price: str | None) -> None:
    offer = AvailableNumber(
        phone_number="+12025550134",
        setup_price=money("0.50"),
        monthly_price=money("1.00"),
        payment_interval_months=months,
    )
    assert price_of(offer) == (None if price is None else Price(Decimal(price), "USD"))


def test_amounts_are_added_exactly_whatever_the_callers_decimal_context(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with decimal.localcontext() as context:
        context.prec = 2
        offer = AvailableNumber(
            phone_number="+1",
            setup_price=money("100.01"),
            monthly_price=money("10.02"),
            payment_interval_months=3,
        )
        assert price_of(offer) == Price(Decimal("130.07"), "USD")


async def test_a_budget_holds_whatever_the_callers_decimal_context(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    budget = Budget(max_total="10.20", currency="USD")
    with decimal.localcontext() as context:
        context.prec = 1
        await client.with_options(budget=budget).available_numbers.rent_many(count=20, **US)
        quote = await client.available_numbers.quote(count=7, **US)
    assert budget.spent == sum(charge.amount for charge in sandbox.charges) <= Decimal("10.20")
    assert quote.totals["USD"] == sum((price.amount for price in quote.prices if price), Decimal(0))


# --- charged otherwise than offered ---


@pytest.mark.parametrize(
    ("charged", "months", "price", "dearer"),
    [
        (money("1.00"), 1, None, None),
        (money("1.0"), None, None, None),
        (None, 1, None, None),
        (money(None), 1, None, None),
        (money("2.00"), 1, Price(Decimal("2.50"), "USD"), True),
        (money("1.00"), 12, Price(Decimal("12.50"), "USD"), True),
        (money("0.10"), 1, Price(Decimal("0.60"), "USD"), False),
        (money("0.10", "EUR"), 1, Price(Decimal("0.10"), "EUR"), True),
    ],
)
def test_a_charge_is_compared_with_its_offer(
    charged: Money | None, months: int | None, price: Price | None, dearer: bool | None
) -> None:
    number = ActiveNumber(phone_number="+1", money=charged, payment_interval_months=months)
    found = difference(Price(Decimal("1.50"), "USD", setup=Decimal("0.50")), number)
    assert (None if found is None else found.charged) == price
    assert (None if found is None else found.is_dearer) == dearer


@pytest.mark.parametrize(
    ("offered", "charged", "is_known"),
    [
        (Price(Decimal(0), "USD"), money("0", "EUR"), False),
        (Price(Decimal(0), "USD"), money("0.00", None), False),
        (Price(Decimal("1.50"), "USD"), money("1.50", "EUR"), True),
        (Price(Decimal("1.50"), "USD"), money("1.50", None), True),
        (Price(Decimal("1.50"), ""), money("1.50", None), False),
    ],
)
def test_a_charge_in_another_currency_differs_unless_both_are_nothing(
    offered: Price, charged: Money, is_known: bool
) -> None:
    found = difference(offered, ActiveNumber(phone_number="+1", money=charged))
    assert (found is not None) == is_known


def test_a_difference_keeps_the_setup_price_and_names_the_dearer_of_two_prices_that_can_be_compared() -> None:
    offered = Price(Decimal("1.50"), "USD", setup=Decimal("0.50"))
    for charged, dearer, text in [
        (money("2.00"), "2.50 USD", "+1 was offered for 1.50 USD and costs 2.50 USD"),
        (money("0.10"), "1.50 USD", "+1 was offered for 1.50 USD and costs 0.60 USD"),
        (money("9.00", "EUR"), "1.50 USD", "+1 was offered for 1.50 USD and costs 9.00 EUR"),
    ]:
        found = difference(offered, ActiveNumber(phone_number="+1", money=charged))
        assert found is not None
        assert (str(found.dearer), str(found)) == (dearer, text)
        assert found.charged.setup == Decimal("0.50")
        assert found.phone_number == "+1"


async def test_a_dearer_charge_is_settled_reported_and_stops_the_batch(
    sandbox: Sandbox, client: NumbersClient, ledger: PurchaseLedger
) -> None:
    sandbox.options.surcharge = "0.90"  # type: ignore[assignment]
    reported: list[PriceDifference] = []
    budget = Budget(max_total="2.00", currency="USD")
    client = client.with_options(budget=budget, ledger=ledger, on_price_difference=reported.append)
    outcomes = await client.available_numbers.rent_many(count=15, concurrency=1, **US)
    assert [type(outcome) for outcome in outcomes] == [Rented] + [Refused] * 14
    last = outcomes[-1]
    assert isinstance(last, Refused)
    error = last.error
    assert isinstance(error, PriceChangedError)
    [charge] = sandbox.charges
    [found] = reported
    assert error.phone_number == found.phone_number == charge.phone_number
    assert found.charged == Price(charge.amount, "USD")
    assert found.offered == Price(charge.amount - Decimal("0.90"), "USD")
    assert (error.charged, error.charged_currency) == (charge.amount, "USD")
    assert (error.offered, error.offered_currency) == (charge.amount - Decimal("0.90"), "USD")
    assert budget.spent == charge.amount
    [entry] = await ledger.entries()
    assert entry.price == Price(charge.amount, "USD")
    included = Budget(max_total=10, currency="USD")
    included.include([entry])
    assert included.spent == charge.amount


async def test_a_dearer_charge_of_named_numbers_stops_the_batch_as_well(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = await offers(client, 3)
    sandbox.options.surcharge = "0.90"  # type: ignore[assignment]
    client = client.with_options(budget=Budget(max_total=100, currency="USD"))
    outcomes = await client.available_numbers.rent_many(phone_numbers=numbers, concurrency=1)
    assert [type(outcome) for outcome in outcomes] == [Rented, Refused, Refused]


async def test_a_cheaper_charge_is_reported_and_the_reserved_price_is_spent(
    sandbox: Sandbox, client: NumbersClient, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.options.surcharge = "-0.10"  # type: ignore[assignment]
    budget = Budget(max_total=100, currency="USD")
    outcomes = await client.with_options(budget=budget).available_numbers.rent_many(
        count=3, concurrency=1, **US
    )
    assert [type(outcome) for outcome in outcomes] == [Rented] * 3
    assert budget.spent == sum(charge.amount for charge in sandbox.charges) + 3 * Decimal("0.10")
    assert caplog.text.count("was offered for") == 3


async def test_an_absurd_interval_of_payment_does_not_hide_the_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    money = {"currencyCode": "USD", "amount": "1.23456789012345678901"}
    body = {"phoneNumber": number, "money": money, "paymentIntervalMonths": 10**85}
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=200, body=body)
    budget = Budget(max_total=10, currency="USD")
    assert (await client.with_options(budget=budget).available_numbers.rent(number)).phone_number == number
    assert (budget.spent, budget.reserved) == (Decimal("1.50"), Decimal(0))


async def test_a_hook_that_raises_does_not_hide_the_number(sandbox: Sandbox, client: NumbersClient) -> None:
    sandbox.options.surcharge = "0.90"  # type: ignore[assignment]

    def hook(_: PriceDifference) -> None:
        raise RuntimeError("no pager")

    client = client.with_options(on_price_difference=hook)
    assert (await client.available_numbers.rent_first(**US)).phone_number == sandbox.charges[0].phone_number


async def test_a_single_rent_is_told_as_rented_and_counted_at_what_it_costs(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.options.surcharge = "5.00"  # type: ignore[assignment]
    budget = Budget(max_total="2.00", currency="USD")
    client = client.with_options(budget=budget)
    await client.available_numbers.rent(number)
    assert budget.spent == sandbox.charges[0].amount > 2
    with pytest.raises(BudgetExceededError):
        await client.available_numbers.rent(await offered(client))


# --- what is unusual about an offer ---


def unusual(sandbox: Sandbox, numbers: list[str], **fields: object) -> None:
    """Has searches offer these numbers, with other fields than usual."""
    price = {"currencyCode": "USD", "amount": "1.00"}
    found = [
        {"phoneNumber": number, "monthlyPrice": price, "paymentIntervalMonths": 1} | fields
        for number in numbers
    ]
    sandbox.faults.add(
        "status", operation="ListAvailableNumbers", status=200, body={"availableNumbers": found}, times=None
    )


async def test_offers_with_another_interval_are_passed_over_unless_they_are_asked_for(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = await offers(client, 2)
    unusual(sandbox, numbers, paymentIntervalMonths=12)
    with pytest.raises(
        NoOfferError, match=f"2 were passed over, such as \\{numbers[0]}: 12 months are charged at once"
    ):
        await client.available_numbers.rent_first(**US)
    refused = await client.available_numbers.quote(count=2, **US)
    assert (refused.offers, dict(refused.passed_over)) == (
        (),
        dict.fromkeys(numbers, "12 months are charged at once"),
    )
    accepted = await client.available_numbers.quote(count=2, payment_interval_months=12, **US)
    assert accepted.prices == (Price(Decimal("12.00"), "USD"),) * 2
    assert accepted.notes == dict.fromkeys(numbers, "12 months are charged at once")
    [outcome] = await client.available_numbers.rent_many(count=1, payment_interval_months=None, **US)
    assert outcome.phone_number == numbers[0]


async def test_offers_that_require_documents_are_noted_and_can_be_refused(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = await offers(client, 1)
    unusual(sandbox, numbers, supportingDocumentationRequired=True)
    quote = await client.available_numbers.quote(count=1, **US)
    assert quote.notes == {numbers[0]: "supporting documentation is required"}
    [outcome] = await client.available_numbers.rent_many(count=1, allow_documents=False, **US)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, NoOfferError)
    assert (await client.available_numbers.rent_first(**US)).phone_number == numbers[0]
