"""A budget is reserved before anything is sent, and holds under concurrency to the cent."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers import (
    ActiveNumber,
    APIConnectionError,
    Budget,
    BudgetExceededError,
    ConfigurationError,
    EntryState,
    MemoryStore,
    NotFoundError,
    NumbersClient,
    NumbersError,
    NumberTakenError,
    OutcomeUnknownError,
    Price,
    PurchaseLedger,
    Refused,
    Rented,
    RetryPolicy,
    Unknown,
)
from sinch_numbers.purchasing.prices import price_of
from sinch_numbers.sandbox import Sandbox

from .steps import counted, dollars, offered, offers, rent_entry, total_charged


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.0, 0.3])
async def test_500_concurrent_buyers_never_exceed_a_budget_of_100_by_a_cent(
    sandbox: Sandbox, url: str, rate: float
) -> None:
    if rate:
        sandbox.faults.random(rate=rate, operations=("RentNumber",), seed=4)
    budget = Budget(max_total=100, currency="USD")
    async with NumbersClient(
        project_id="p",
        key_id="k",
        key_secret="s",
        base_url=url,
        auth_url=url,
        clock=sandbox.clock,
        budget=budget,
        retry=RetryPolicy(quota=10_000),
    ) as client:
        offers = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=500)
        results = await asyncio.gather(
            *(client.available_numbers.rent(offer.phone_number) for offer in offers),
            return_exceptions=True,
        )
    assert len(offers) == 500
    rented = [result for result in results if isinstance(result, ActiveNumber)]
    refused = [result for result in results if isinstance(result, BudgetExceededError)]
    assert total_charged(sandbox) <= Decimal(100)
    assert total_charged(sandbox) <= budget.spent <= Decimal(100)
    assert budget.reserved == 0
    assert refused, "the budget was never reached"
    price = price_of(offers[0])
    assert price is not None
    # And it is used up: not one more number would have fitted.
    assert budget.remaining is not None
    assert budget.remaining < price.amount
    if not rate:
        assert total_charged(sandbox) == budget.spent == len(rented) * price.amount


async def test_nothing_is_sent_for_a_number_that_the_budget_does_not_cover(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    offer = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    phone_number = offer[0].phone_number
    poor = client.with_options(budget=Budget(max_total="0.01", currency="USD"))
    with pytest.raises(BudgetExceededError) as caught:
        await poor.available_numbers.rent(phone_number)
    assert caught.value.remaining == Decimal("0.01")
    assert caught.value.price == (price_of(offer[0]) or Price(Decimal(0), "")).amount
    assert "RentNumber" not in {request.operation for request in sandbox.requests}


async def test_a_budget_with_max_numbers_counts_numbers(sandbox: Sandbox, client: NumbersClient) -> None:
    budget = Budget(max_numbers=3)
    client = client.with_options(budget=budget)
    outcomes = await client.available_numbers.rent_many(count=5, region_code="US", number_type="LOCAL")
    assert sum(isinstance(outcome, Rented) for outcome in outcomes) == 3
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert all(isinstance(outcome.error, BudgetExceededError) for outcome in refused)
    assert len(sandbox.charges) == 3
    assert counted(budget) == [0, 0, 3]
    assert budget.remaining is None


async def test_a_refused_purchase_gives_its_price_back(sandbox: Sandbox, client: NumbersClient) -> None:
    budget = Budget(max_total=10, currency="USD", max_numbers=1)
    sandbox.faults.add("status", operation="RentNumber", status=403)
    client = client.with_options(budget=budget)
    offers = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    with pytest.raises(NumbersError):
        await client.available_numbers.rent(offers[0].phone_number)
    assert budget.spent == 0
    assert budget.reserved == 0
    await client.available_numbers.rent(offers[0].phone_number)
    assert budget.numbers == 1
    assert budget.spent == total_charged(sandbox)


async def test_a_purchase_with_an_unknown_outcome_stays_counted(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    budget = Budget(max_numbers=1)
    sandbox.faults.add("drop_before_commit", operation="RentAnyNumber")
    client = client.with_options(budget=budget)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    assert budget.numbers == 1
    with pytest.raises(BudgetExceededError):
        await client.available_numbers.rent_any(region_code="US", number_type="LOCAL")


async def test_a_budget_in_money_refuses_rent_any_whose_price_is_not_known(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(budget=Budget(max_total=100, currency="USD"))
    with pytest.raises(BudgetExceededError, match="price"):
        await client.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    assert not sandbox.charges


async def test_a_budget_refuses_a_price_in_another_currency(sandbox: Sandbox, client: NumbersClient) -> None:
    client = client.with_options(budget=Budget(max_total=1_000, currency="SEK"))
    with pytest.raises(BudgetExceededError, match="SEK"):
        await client.available_numbers.rent_first(region_code="US", number_type="LOCAL")
    assert not sandbox.charges


# --- a budget as a value ---


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({}, "a Budget needs max_total or max_numbers"),
        ({"max_total": 10}, "a Budget needs both max_total and currency, or neither"),
        ({"currency": "USD", "max_numbers": 3}, "a Budget needs both max_total and currency, or neither"),
        ({"max_total": 0.1, "currency": "USD"}, "max_total must be exact.* not 0.1"),
        ({"max_total": True, "currency": "USD"}, "max_total must be exact.* not True"),
        ({"max_total": "ten", "currency": "USD"}, "max_total is not an amount: 'ten'"),
        ({"max_total": "NaN", "currency": "USD"}, "max_total must be an amount of money.* not 'NaN'"),
        ({"max_total": -1, "currency": "USD"}, "max_total must be an amount of money, at least 0, not -1"),
        ({"max_numbers": -1}, "max_numbers must be a whole number from 0 up, not -1"),
        ({"max_numbers": True}, "max_numbers .* not True"),
        ({"max_numbers": "3"}, "max_numbers .* not '3'"),
        ({"max_numbers": 3.0}, "max_numbers .* not 3.0"),
        ({"max_numbers": float("nan")}, "max_numbers .* not nan"),
        ({"max_total": "Infinity", "currency": "USD"}, "max_total .* not 'Infinity'"),
        ({"max_total": "1e400", "currency": "USD"}, "max_total .* not '1e400'"),
        ({"max_total": 10, "currency": ""}, "currency must be a code of ISO 4217, .* not ''"),
        ({"max_total": 10, "currency": "usd"}, "currency .* not 'usd'"),
        ({"max_total": 10, "currency": "USD "}, "currency .* not 'USD '"),
        ({"max_total": 10, "currency": 840}, "currency .* not 840"),
    ],
)
def test_limits_that_make_no_sense_are_a_configuration_error(limits: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Budget(**limits)


@pytest.mark.parametrize(
    ("price", "message"),
    [
        (None, "the price of the number is not known"),
        (Price(Decimal("0.01"), "EUR"), "the number costs 0.01 EUR, but the budget is in USD"),
        (Price(Decimal("3.01"), "USD"), r"costs 3.01 USD, but only 3 USD of 5 are left"),
    ],
)
async def test_what_a_budget_does_not_cover_is_told_with_its_price_and_what_is_left(
    price: Price | None, message: str
) -> None:
    budget = Budget(max_total=5, currency="USD")
    (await budget.reserve(dollars(2))).settle(bought=True)
    with pytest.raises(BudgetExceededError, match=message) as caught:
        await budget.reserve(price)
    assert caught.value.price == (None if price is None else price.amount)
    assert caught.value.remaining == 3
    assert counted(budget) == [2, 0, 1]


async def test_the_repr_of_a_budget_shows_what_is_used() -> None:
    budget = Budget(max_total="10.00", currency="EUR", max_numbers=3)
    (await budget.reserve(Price(Decimal("1.25"), "EUR"))).settle(bought=True)
    held = await budget.reserve(Price(Decimal("2.50"), "EUR"))
    assert repr(budget) == "<Budget 3.75 of 10.00 EUR, 2 of 3 numbers>"
    held.settle(bought=False)
    held.settle(bought=True)
    assert repr(budget) == "<Budget 1.25 of 10.00 EUR, 1 of 3 numbers>"


# --- a purchase that is finished later ---


@pytest.mark.parametrize("has_ledger", [True, False])
async def test_a_rent_that_finishes_an_unclear_one_is_counted_once(
    sandbox: Sandbox, client: NumbersClient, buyer: NumbersClient, has_ledger: bool
) -> None:
    budget = Budget(max_numbers=1)
    client = (buyer if has_ledger else client).with_options(budget=budget)
    number = await offered(client)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(number)
    assert budget.numbers == 1
    sandbox.faults.clear()
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert budget.numbers == 1


async def test_an_unclear_rent_stays_counted_although_a_later_one_of_the_number_is_refused(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    budget = Budget(max_numbers=1)
    client = client.with_options(budget=budget, retry=RetryPolicy(max_attempts=1))
    number = await offered(client)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(number)
    sandbox.faults.add("refused", operation="RentNumber")
    with pytest.raises(APIConnectionError):
        await client.available_numbers.rent(number)
    assert budget.numbers == 1
    sandbox.faults.clear()
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert budget.numbers == len(sandbox.charges) == 1


async def test_a_number_that_is_bought_released_and_bought_again_is_counted_twice(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    budget = Budget(max_total=100, currency="USD")
    client = client.with_options(budget=budget)
    number = await offered(client)
    for _ in range(2):
        await client.available_numbers.rent(number)
        await client.active_numbers.release(number)
        sandbox.clock.advance(40 * 24 * 3600)
    assert budget.numbers == 2
    assert budget.spent == total_charged(sandbox)


async def test_an_unclear_purchase_that_turns_out_to_be_refused_is_not_counted_any_more(
    sandbox: Sandbox, buyer: NumbersClient
) -> None:
    budget = Budget(max_numbers=1)
    client = buyer.with_options(budget=budget)
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(await offered(client))
    await client.resume_purchases()
    assert budget.numbers == 1
    sandbox.clock.advance(600)
    await client.resume_purchases()
    assert budget.numbers == 0


async def test_a_purchase_that_another_process_is_faster_to_finish_stays_counted(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore
) -> None:
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    number = await offered(buyer)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    budget = Budget(max_numbers=1)
    ledger = PurchaseLedger(store)
    [entry] = await ledger.entries()
    budget.include([entry])

    class Faster(MemoryStore):
        async def get(self, key: str) -> bytes | None:
            return await store.get(key)

        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            await store.replace(key, old, entry.written(state=EntryState.INTENT, owner="another").raw)
            return False

    client = sandbox.client(ledger=PurchaseLedger(Faster()), budget=budget)
    with pytest.raises(NumberTakenError, match=rf"^\{number} is being rented, .* by another call") as caught:
        await client.available_numbers.rent(number)
    assert caught.value.owner == "another"
    assert budget.numbers == 1
    assert budget.reserved == 0


# --- contended ---


@pytest.mark.parametrize("seed", range(5))
async def test_a_budget_of_three_numbers_buys_three_however_many_fail_on_the_way(
    sandbox: Sandbox, client: NumbersClient, seed: int
) -> None:
    sandbox.faults.random(0.5, kinds=("status",), operations=("RentNumber",), seed=seed)
    budget = Budget(max_numbers=3)
    client = client.with_options(budget=budget, retry=RetryPolicy(max_attempts=1))
    outcomes = await client.available_numbers.rent_many(
        count=12, region_code="US", number_type="LOCAL", concurrency=12
    )
    bought = sum(isinstance(outcome, Rented) for outcome in outcomes)
    unknown = sum(isinstance(outcome, Unknown) for outcome in outcomes)
    assert bought + unknown == 3
    assert len(sandbox.charges) == bought


async def test_a_purchase_waits_for_what_is_reserved_and_is_refused_once_it_is_spent(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    budget = Budget(max_numbers=1)
    client = client.with_options(budget=budget)
    first, second, third = await offers(client, 3)
    held = sandbox.faults.hold("RentNumber", times=1)
    buying = asyncio.ensure_future(client.available_numbers.rent(first))
    await held.reached()
    waiting = [asyncio.ensure_future(client.available_numbers.rent(number)) for number in (second, third)]
    for _ in range(50):
        await asyncio.sleep(0)
    assert not any(call.done() for call in waiting)
    waiting[0].cancel()
    held.release()
    await buying
    with pytest.raises(BudgetExceededError, match="used up"):
        await waiting[1]
    assert [charge.phone_number for charge in sandbox.charges] == [first]


async def test_what_comes_back_is_given_to_the_one_that_waits(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    budget = Budget(max_total="1.50", currency="USD")  # exactly the price of one
    client = client.with_options(budget=budget)
    first, second = await offers(client, 2)
    held = sandbox.faults.hold("RentNumber", times=1)
    buying = asyncio.ensure_future(client.available_numbers.rent(first))
    await held.reached()
    waiting = asyncio.ensure_future(client.available_numbers.rent(second))
    for _ in range(50):
        await asyncio.sleep(0)
    await sandbox.client(project_id="another").available_numbers.rent(first)
    held.release()
    with pytest.raises(NotFoundError):
        await buying
    assert (await waiting).phone_number == second


async def test_what_the_budget_never_covers_is_refused_at_once_although_others_are_under_way(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentNumber", times=1)
    budget = Budget(max_total="1.60", currency="USD")
    client = client.with_options(budget=budget)
    buying = asyncio.ensure_future(client.available_numbers.rent(await offered(client)))
    await held.reached()
    for price in (None, Price(Decimal("1.61"), "USD"), Price(Decimal("1.00"), "EUR")):
        with pytest.raises(BudgetExceededError):
            await budget.reserve(price)
    held.release()
    await buying


@pytest.mark.parametrize("limits", [{"max_numbers": 2}, {"max_total": 4, "currency": "USD"}])
async def test_what_is_spent_does_not_come_back_so_nobody_waits_for_it(limits: dict[str, Any]) -> None:
    budget = Budget(**limits)
    under_way = await budget.reserve(dollars(1))
    budget.include([rent_entry("one", 1, EntryState.RENTED), rent_entry("two", 1, EntryState.RENTED)])
    waiting = asyncio.ensure_future(budget.reserve(dollars(3)))
    for _ in range(5):
        await asyncio.sleep(0)
    assert waiting.done()
    assert isinstance(waiting.exception(), BudgetExceededError)
    under_way.settle(bought=False)


async def test_a_release_needs_no_budget(sandbox: Sandbox, client: NumbersClient) -> None:
    budget = Budget(max_total="1.50", currency="USD", max_numbers=1)
    client = client.with_options(budget=budget)
    number = await offered(client)
    await client.available_numbers.rent(number)
    before = counted(budget)
    assert (await client.active_numbers.release(number)).phone_number == number
    assert counted(budget) == before == [total_charged(sandbox), 0, 1]
