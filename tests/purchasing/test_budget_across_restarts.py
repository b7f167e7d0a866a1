"""A budget that is made anew counts what earlier runs bought, and may have bought; one that is forked counts for itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
from decimal import Decimal

import attrs
import pytest

from sinch_numbers import (
    Budget,
    BudgetExceededError,
    ConfigurationError,
    EntryState,
    MemoryStore,
    NumbersClient,
    OutcomeUnknownError,
    Price,
    PurchaseLedger,
)
from sinch_numbers.sandbox import Sandbox

from .steps import counted, dollars, offered, offers, rent_entry, settled, total_charged


async def test_a_budget_holds_across_restarts(
    sandbox: Sandbox, client: NumbersClient, store: MemoryStore
) -> None:
    ledger = PurchaseLedger(store)
    first = client.with_options(ledger=ledger, budget=Budget(max_total=5, currency="USD"))
    await first.available_numbers.rent_many(count=2, region_code="US", number_type="LOCAL", batch="order")
    after_restart = Budget(max_total=5, currency="USD", max_numbers=10)
    after_restart.include(await PurchaseLedger(store).entries())
    assert after_restart.numbers == 2
    assert after_restart.spent == sum(Decimal(charge.amount) for charge in sandbox.charges)
    second = client.with_options(ledger=ledger, budget=after_restart)
    await second.available_numbers.rent_many(count=20, region_code="US", number_type="LOCAL", batch="more")
    assert sum(Decimal(charge.amount) for charge in sandbox.charges) <= 5
    with pytest.raises(BudgetExceededError):
        await second.available_numbers.rent_first(region_code="US", number_type="LOCAL")


async def test_a_budget_in_money_cannot_include_an_entry_without_a_price(
    buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    await buyer.available_numbers.rent(await offered(buyer))
    entries = await ledger.entries()
    with pytest.raises(ConfigurationError, match="no price"):
        Budget(max_total=5, currency="USD").include(entries)
    numbers = Budget(max_numbers=5)
    numbers.include(entries)
    assert numbers.numbers == 1


async def test_what_is_included_adds_up_and_each_open_entry_can_be_finished() -> None:
    budget = Budget(max_total=20, currency="USD", max_numbers=9)
    one, two = rent_entry("one", 1), rent_entry("two", 2)
    budget.include(
        [one, rent_entry("done", 4, EntryState.RENTED), rent_entry("refused", 8, EntryState.REFUSED)]
    )
    budget.include([two])
    assert counted(budget) == [7, 0, 3]
    for entry in (one, two):
        (await budget.reserve(entry.price, key=entry.key)).settle(bought=True)
        assert counted(budget) == [7, 0, 3]
    # It is finished, so another purchase is not it.
    (await budget.reserve(one.price, key=one.key)).settle(bought=True)
    assert counted(budget) == [8, 0, 4]


async def test_an_open_entry_that_the_budget_no_longer_covers_stays_counted_and_open() -> None:
    budget = Budget(max_total=5, currency="USD")
    entry = rent_entry("one", 2)
    budget.include([entry, rent_entry("done", 2, EntryState.RENTED)])
    with pytest.raises(BudgetExceededError) as caught:
        await budget.reserve(dollars(4), key=entry.key)
    assert caught.value.remaining == 3
    assert counted(budget) == [4, 0, 2]
    (await budget.reserve(dollars(3), key=entry.key)).settle(bought=True)
    assert counted(budget) == [5, 0, 2]


def test_a_budget_without_max_total_counts_no_money() -> None:
    budget = Budget(max_numbers=5)
    budget.include([rent_entry("one", 2), rent_entry("done", 2, EntryState.RENTED)])
    assert counted(budget) == [0, 0, 2]


@pytest.mark.parametrize("included", [True, False])
async def test_what_resume_finds_was_refused_is_no_longer_counted(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, included: bool
) -> None:
    earlier = buyer.with_options(budget=Budget(max_total=100, currency="USD"))
    one, two, three = await offers(buyer, 3)
    sandbox.faults.add("drop_after_commit", operation="RentNumber", times=1)
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await earlier.available_numbers.rent(one)
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    with pytest.raises(OutcomeUnknownError):
        await earlier.available_numbers.rent(two)
    sandbox.faults.clear()
    await earlier.available_numbers.rent(three)
    budget = Budget(max_total=100, currency="USD")
    budget.include(await ledger.entries() if included else [])
    resumed = buyer.with_options(budget=budget)
    await resumed.resume_purchases()
    assert budget.numbers == (3 if included else 0)
    sandbox.clock.advance(600)
    await resumed.resume_purchases()
    assert {entry.phone_number: entry.state for entry in await ledger.entries()} == {
        one: EntryState.RENTED,
        two: EntryState.REFUSED,
        three: EntryState.RENTED,
    }
    assert budget.numbers == (2 if included else 0)
    assert budget.spent == (total_charged(sandbox) if included else 0)


async def test_a_purchase_that_is_finished_costs_what_its_entry_says(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore
) -> None:
    number = await offered(sandbox.client())
    left = attrs.evolve(
        rent_entry("sinch-numbers/ledger/default/call/1", 7), phone_number=number, owner="another process"
    ).written()
    await store.set(left.key, left.raw)
    await store.set(f"sinch-numbers/ledger/default/number/{number}", left.key.encode())
    poor, rich = Budget(max_total=6, currency="USD"), Budget(max_total=8, currency="USD")
    with pytest.raises(BudgetExceededError):
        await buyer.with_options(budget=poor).available_numbers.rent(number)
    assert (await buyer.with_options(budget=rich).available_numbers.rent(number)).phone_number == number
    assert counted(poor) == [0, 0, 0]
    assert counted(rich) == [7, 0, 1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork()")
def test_a_forked_process_does_not_wait_for_what_its_parent_has_under_way() -> None:
    budget = Budget(max_total=3, currency="USD")
    price = Price(Decimal(2), "USD")
    held = asyncio.run(budget.reserve(price))
    if (child := os.fork()) == 0:
        try:
            with contextlib.suppress(BudgetExceededError):
                asyncio.run(asyncio.wait_for(budget.reserve(price), 10))
            os._exit(0 if (budget.spent, budget.reserved) == (Decimal(2), Decimal(0)) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    held.settle(bought=False)
    assert (budget.spent, budget.reserved) == (Decimal(0), Decimal(0))


async def test_a_purchase_that_waits_gets_what_an_open_entry_gives_back() -> None:
    budget = Budget(max_numbers=2)
    entry = rent_entry("one", 2)
    budget.include([entry])
    under_way = await budget.reserve(None)
    waiting = asyncio.ensure_future(budget.reserve(None))
    await settled()
    assert not waiting.done()
    budget.take_back(entry)
    await settled()
    assert waiting.done()
    assert budget.numbers == 2
    under_way.settle(bought=True)
    waiting.result().settle(bought=False)
    assert budget.numbers == 1
