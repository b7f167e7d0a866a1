"""A named batch: its slots are in the ledger, and a later call goes on with it."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from functools import partial
from typing import Any

import attrs
import pytest

from sinch_numbers import (
    Budget,
    BudgetExceededError,
    EntryState,
    MemoryStore,
    NumbersClient,
    NumberTakenError,
    OutcomeUnknownError,
    PriceChangedError,
    PurchaseLedger,
    Refused,
    Rented,
    StoreError,
    Unknown,
)
from sinch_numbers.bulk import RentOutcome
from sinch_numbers.sandbox import Sandbox

from .gated_store import GatedStore, no_call, writes
from .steps import ORDER, offered, rents


async def test_a_later_call_with_the_same_batch_buys_only_what_is_missing(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    ledger = PurchaseLedger(MemoryStore(clock=sandbox.clock))
    client = client.with_options(ledger=ledger)
    sandbox.faults.add("status", operation="RentNumber", status=403, skip=10)
    first = await client.available_numbers.rent_many(
        count=30, region_code="US", number_type="LOCAL", batch="order", concurrency=1
    )
    assert sum(isinstance(outcome, Rented) for outcome in first) == 10
    second = await client.available_numbers.rent_many(
        count=30, region_code="US", number_type="LOCAL", batch="order"
    )
    assert [type(outcome) for outcome in second] == [Rented] * 30
    assert len(sandbox.charges) == 30
    again = await client.available_numbers.rent_many(
        count=30, region_code="US", number_type="LOCAL", batch="order"
    )
    assert [outcome.phone_number for outcome in again] == [outcome.phone_number for outcome in second]
    assert len(sandbox.charges) == 30


async def test_without_a_batch_name_each_call_has_a_batch_of_its_own(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    for _ in range(2):
        await buyer.available_numbers.rent_many(count=3, region_code="US", number_type="LOCAL")
    entries = await ledger.entries()
    assert [entry.slot for entry in entries] == [0, 1, 2] * 2
    assert len({entry.key.rpartition("/")[0] for entry in entries}) == 2
    assert len(sandbox.charges) == 6


async def test_an_unknown_slot_is_finished_with_its_own_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(ledger=PurchaseLedger(MemoryStore(clock=sandbox.clock)))
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)

    async def buy() -> list[object]:
        return [
            *await client.available_numbers.rent_many(
                count=2, region_code="US", number_type="LOCAL", batch="order"
            )
        ]

    first = await buy()
    assert [type(outcome) for outcome in first] == [Unknown, Unknown]
    sandbox.faults.clear()
    second = await buy()
    assert [type(outcome) for outcome in second] == [Rented, Rented]
    assert len(sandbox.charges) == 2
    assert {charge.phone_number for charge in sandbox.charges} == {
        outcome.phone_number for outcome in first if isinstance(outcome, Unknown)
    }


async def test_an_unknown_slot_whose_number_somebody_else_bought_is_filled_with_another_number_in_the_end(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(ledger=PurchaseLedger(MemoryStore(clock=sandbox.clock)))
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)

    async def buy() -> object:
        [outcome] = await client.available_numbers.rent_many(
            count=1, region_code="US", number_type="LOCAL", batch="order"
        )
        return outcome

    first = await buy()
    assert isinstance(first, Unknown)
    sandbox.faults.clear()
    async with sandbox.client(project_id="somebody-else") as other:
        await other.available_numbers.rent(first.phone_number or "")
    sandbox.clock.advance(3_600)
    second = await buy()
    assert isinstance(second, Rented)
    assert second.phone_number != first.phone_number


async def test_a_named_number_that_the_ledger_has_is_not_bought_again(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(ledger=PurchaseLedger(MemoryStore(clock=sandbox.clock)))
    number = await offered(client)
    await client.available_numbers.rent_many(phone_numbers=[number], batch="one")
    [outcome] = await client.available_numbers.rent_many(phone_numbers=[number], batch="two")
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, NumberTakenError)
    assert rents(sandbox) == 1


async def test_a_slot_whose_number_another_slot_has_is_filled_with_another_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    store = MemoryStore(clock=sandbox.clock)
    ledger = PurchaseLedger(store)
    client = client.with_options(ledger=ledger)
    await client.available_numbers.rent_many(count=2, **ORDER)
    first, _ = await ledger.entries()
    # A crash came between the slot and its number.
    second_key = first.key[:-1] + "1"
    left = attrs.evolve(first, key=second_key, state=EntryState.INTENT, owner="another process")
    await store.set(left.key, left.written().raw)
    [_, second] = await client.available_numbers.rent_many(count=2, **ORDER)
    assert isinstance(second, Rented)
    assert second.phone_number != first.phone_number
    assert len(sandbox.charges) == 3


async def test_slots_that_cannot_be_claimed_because_the_store_fails_are_refused(sandbox: Sandbox) -> None:
    class Full(MemoryStore):
        async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
            if len(self._entries) >= 1 + 2 * 5:  # the order, and five slots with their numbers
                raise OSError("no space left on device")
            return await super().add(key, value, ttl=ttl)

    async with sandbox.client(ledger=PurchaseLedger(Full(clock=sandbox.clock))) as client:
        outcomes = await client.available_numbers.rent_many(count=9, concurrency=1, **ORDER)
    assert [type(outcome) for outcome in outcomes] == [Rented] * 5 + [Refused] * 4
    assert {type(outcome.error) for outcome in outcomes if isinstance(outcome, Refused)} == {StoreError}
    assert len(sandbox.charges) == 5


# --- several buyers of one batch ---


async def test_three_concurrent_buyers_of_one_batch_buy_no_more_than_it_has_slots(
    sandbox: Sandbox, url: str
) -> None:
    store = MemoryStore(clock=sandbox.clock)

    async def buyer() -> int:
        async with NumbersClient(
            project_id="p",
            key_id="k",
            key_secret="s",
            base_url=url,
            auth_url=url,
            clock=sandbox.clock,
            ledger=PurchaseLedger(store),
        ) as client:
            outcomes = await client.available_numbers.rent_many(
                count=60, region_code="US", number_type="LOCAL", batch="order"
            )
        return sum(isinstance(outcome, Rented) and outcome.number is not None for outcome in outcomes)

    bought = await asyncio.gather(buyer(), buyer(), buyer())
    assert sum(bought) == len(sandbox.charges)
    assert len(sandbox.charges) == 60
    assert len({charge.phone_number for charge in sandbox.charges}) == 60


async def left_open(sandbox: Sandbox, client: NumbersClient, store: MemoryStore, count: int) -> None:
    """A batch whose requests were all lost an hour ago, and whose numbers somebody else has rented since."""
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    first = client.with_options(ledger=PurchaseLedger(store))
    outcomes = await first.available_numbers.rent_many(count=count, **ORDER)
    sandbox.faults.clear()
    sandbox.clock.advance(3_600)
    async with sandbox.client(project_id="somebody-else") as other:
        for outcome in outcomes:
            await other.available_numbers.rent(outcome.phone_number or "")


@pytest.mark.parametrize("turns", [0, 7, 26])
async def test_concurrent_buyers_that_resume_one_batch_buy_no_more_than_it_has_slots(
    sandbox: Sandbox, client: NumbersClient, turns: int
) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await left_open(sandbox, client, store, 20)

    async def buyer(delay: int) -> list[RentOutcome]:
        for _ in range(delay):
            await asyncio.sleep(0)
        own = client.with_options(ledger=PurchaseLedger(store))
        return await own.available_numbers.rent_many(count=20, **ORDER)

    told = await asyncio.gather(buyer(0), buyer(turns), buyer(2 * turns))
    bought = [charge.phone_number for charge in sandbox.charges if charge.project_id == "sandbox-project"]
    assert len(bought) == 20
    entries = await PurchaseLedger(store).entries()
    assert {entry.phone_number for entry in entries} == set(bought)
    assert {o.phone_number for outcomes in told for o in outcomes if isinstance(o, Rented)} == set(bought)


# --- within a budget ---


async def test_a_slot_that_the_budget_does_not_let_finish_is_unknown(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(ledger=PurchaseLedger(MemoryStore(clock=sandbox.clock)))
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    arguments = {"count": 1, "region_code": "US", "number_type": "LOCAL", "batch": "order"}
    await client.available_numbers.rent_many(**arguments)  # type: ignore[arg-type]
    poor = client.with_options(budget=Budget(max_numbers=0))
    [outcome] = await poor.available_numbers.rent_many(**arguments)  # type: ignore[arg-type]
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, BudgetExceededError)


async def test_a_dearer_charge_of_a_slot_that_is_finished_stops_the_batch(
    sandbox: Sandbox, buyer: NumbersClient
) -> None:
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    _, second = await buyer.available_numbers.rent_many(count=2, **ORDER)
    sandbox.faults.clear()
    sandbox.clock.advance(3_600)
    await sandbox.client(project_id="somebody-else").available_numbers.rent(second.phone_number or "")
    sandbox.options.surcharge = "0.90"  # type: ignore[assignment]
    finished, refused = await buyer.available_numbers.rent_many(count=2, concurrency=1, **ORDER)
    assert isinstance(finished, Rented)
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, PriceChangedError)
    assert len(sandbox.charges) == 2


@pytest.mark.parametrize("limit", [{"max_numbers": 3}, {"max_total": "4.50", "currency": "USD"}])
async def test_a_slot_that_the_budget_does_not_cover_leaves_no_entry(
    sandbox: Sandbox, client: NumbersClient, limit: dict[str, Any]
) -> None:
    ledger, budget = PurchaseLedger(MemoryStore(clock=sandbox.clock)), Budget(**limit)
    client = client.with_options(ledger=ledger, budget=budget)
    await client.available_numbers.rent_many(count=6, **ORDER)
    assert len(sandbox.charges) == 3
    assert [entry.state for entry in await ledger.entries()] == [EntryState.RENTED] * 3
    assert budget.reserved == 0


async def test_a_slot_whose_price_cannot_be_found_out_leaves_no_entry(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    ledger = PurchaseLedger(MemoryStore(clock=sandbox.clock))
    number = await offered(client)
    client = client.with_options(ledger=ledger, budget=Budget(max_total=5, currency="USD"))
    sandbox.faults.add("status", operation="GetAvailableNumber", times=None)
    [outcome] = await client.available_numbers.rent_many(phone_numbers=[number], batch="order")
    assert isinstance(outcome, Refused)
    assert await ledger.entries() == []


async def test_an_open_entry_that_the_budget_does_not_let_finish_stays_counted(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    store = MemoryStore(clock=sandbox.clock)
    sandbox.faults.add("drop_after_commit", operation="RentNumber", times=None)
    sandbox.faults.add("status", operation="GetActiveNumber", times=None)
    first = client.with_options(ledger=PurchaseLedger(store))
    await first.available_numbers.rent_many(count=3, **ORDER)
    budget = Budget(max_numbers=2)
    budget.include(await PurchaseLedger(store).entries())
    second = client.with_options(ledger=PurchaseLedger(store), budget=budget)
    await second.available_numbers.rent_many(count=3, **ORDER)
    assert budget.numbers == len(sandbox.charges) == 3
    assert {entry.is_settled for entry in await PurchaseLedger(store).entries()} == {False}


async def test_an_open_slot_is_counted_once_when_it_is_finished(
    sandbox: Sandbox, client: NumbersClient, store: MemoryStore
) -> None:
    order = {"count": 4, "region_code": "US", "number_type": "LOCAL", "batch": "order"}
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    first = client.with_options(ledger=PurchaseLedger(store))
    outcomes = await first.available_numbers.rent_many(**order)  # type: ignore[arg-type]
    assert {type(outcome) for outcome in outcomes} == {Unknown}
    sandbox.faults.clear()
    budget = Budget(max_total=6, currency="USD", max_numbers=4)
    budget.include(await PurchaseLedger(store).entries())
    assert budget.remaining == 0
    second = client.with_options(ledger=PurchaseLedger(store), budget=budget)
    outcomes = await second.available_numbers.rent_many(**order)  # type: ignore[arg-type]
    assert {type(outcome) for outcome in outcomes} == {Rented}
    assert budget.spent == sum(Decimal(charge.amount) for charge in sandbox.charges) == 6


async def test_the_price_of_an_open_slot_that_was_refused_after_all_is_given_back(
    sandbox: Sandbox, client: NumbersClient, store: MemoryStore
) -> None:
    order = {"count": 1, "region_code": "US", "number_type": "LOCAL", "batch": "order"}
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    buyer = client.with_options(ledger=PurchaseLedger(store))
    [unknown] = await buyer.available_numbers.rent_many(**order)  # type: ignore[arg-type]
    sandbox.faults.clear()
    budget = Budget(max_total="1.50", currency="USD", max_numbers=1)
    budget.include(await PurchaseLedger(store).entries())
    await sandbox.client(project_id="somebody-else").available_numbers.rent(unknown.phone_number or "")
    sandbox.clock.advance(3_600)
    second = client.with_options(ledger=PurchaseLedger(store), budget=budget)
    [outcome] = await second.available_numbers.rent_many(**order)  # type: ignore[arg-type]
    assert isinstance(outcome, Rented)
    assert outcome.phone_number != unknown.phone_number
    assert budget.spent == Decimal("1.50")
    assert budget.numbers == 1


async def test_a_slot_that_lost_its_number_to_another_before_it_was_sent_is_not_counted(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    """The store failed when slot 0 was claimed. The next call gives its number to slot 1, which it fills first."""
    store, budget = GatedStore(), Budget(max_numbers=2)
    buyer = client.with_options(ledger=PurchaseLedger(store), budget=budget)
    many = partial(buyer.available_numbers.rent_many, count=2, concurrency=1, **ORDER)
    store.fails = lambda method, key, new: "/number/" in key or b'"unknown"' in new or "/00000001" in key
    assert [type(outcome) for outcome in await many()] == [Refused, Refused]
    store.fails = no_call
    assert [type(outcome) for outcome in await many()] == [Rented, Rented]
    assert budget.numbers == len(sandbox.charges) == 2


async def test_a_batch_that_is_closed_while_it_watches_a_slot_is_unknown_there(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore
) -> None:
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    [outcome] = await buyer.available_numbers.rent_many(count=1, **ORDER)
    watched = GatedStore()
    for key, value in await store.items(""):
        await watched.set(key, value.replace(b'"unknown"', b'"intent"'))
    watched.holds = lambda method, key, new: method == "get" and "/batch/" in key
    client = sandbox.client(ledger=PurchaseLedger(watched), close_timeout=0.01)
    call = asyncio.ensure_future(client.available_numbers.rent_many(count=1, **ORDER))
    await watched.reached.wait()
    await client.aclose()
    [closed] = await call
    assert isinstance(closed, Unknown)
    assert closed.phone_number == outcome.phone_number
    assert isinstance(closed.error, OutcomeUnknownError)
    assert (closed.error.operation, closed.error.phone_number) == ("RentNumber", outcome.phone_number)
    assert str(closed.error).startswith("the client was closed before it was known")


@pytest.mark.parametrize("then", ["the next call", "resume_purchases"])
async def test_a_slot_whose_outcome_could_not_be_written_keeps_its_number_in_the_same_client(
    sandbox: Sandbox, client: NumbersClient, then: str
) -> None:
    store = GatedStore()
    store.fails = writes("rented")
    buyer = client.with_options(ledger=PurchaseLedger(store), budget=Budget(max_numbers=1))
    [first] = await buyer.available_numbers.rent_many(count=1, **ORDER)
    assert isinstance(first, Rented)
    store.fails = no_call
    if then == "resume_purchases":
        await buyer.resume_purchases()
    [second] = await buyer.available_numbers.rent_many(count=1, **ORDER)
    assert isinstance(second, Rented)
    assert second.phone_number == first.phone_number
    assert [charge.phone_number for charge in sandbox.charges] == [first.phone_number]
