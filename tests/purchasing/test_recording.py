"""Each billable call is in the ledger before it is sent, and its outcome after."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers import (
    Budget,
    Entry,
    EntryState,
    MemoryStore,
    NumbersClient,
    NumbersError,
    OrphanedPurchase,
    OutcomeUnknownError,
    Price,
    PurchaseLedger,
    RetryPolicy,
    StoreError,
    Unknown,
)
from sinch_numbers.sandbox import Sandbox

from .gated_store import GatedStore, writes
from .steps import ORDER, offered


async def states(ledger: PurchaseLedger) -> list[tuple[str, str | None, EntryState]]:
    return [(entry.operation, entry.phone_number, entry.state) for entry in await ledger.entries()]


async def test_the_intent_is_recorded_before_the_request_and_the_outcome_after_it(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber")
    call = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await held.reached()
    assert await states(ledger) == [("RentNumber", number, EntryState.INTENT)]
    held.release()
    await call
    assert await states(ledger) == [("RentNumber", number, EntryState.RENTED)]
    sandbox.clock.advance(1)
    await buyer.active_numbers.release(number)
    assert await states(ledger) == [
        ("RentNumber", number, EntryState.RENTED),
        ("ReleaseNumber", number, EntryState.RELEASED),
    ]


async def test_a_refusal_and_an_unknown_outcome_are_recorded_with_their_reason(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    with pytest.raises(NumbersError):
        await buyer.available_numbers.rent("+12025559999")
    sandbox.clock.advance(1)
    sandbox.faults.add("drop_after_commit", operation="RentAnyNumber")
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    refused, unknown = await ledger.entries()
    assert (refused.state, unknown.state) == (EntryState.REFUSED, EntryState.UNKNOWN)
    assert "404" in refused.detail
    assert "RentAnyNumber" in unknown.detail
    assert refused.is_settled
    assert not unknown.is_settled


async def test_rent_any_records_its_number(buyer: NumbersClient, ledger: PurchaseLedger) -> None:
    number = await buyer.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    assert await states(ledger) == [("RentAnyNumber", number.phone_number, EntryState.RENTED)]


async def test_a_rent_with_a_budget_records_its_price_before_it_is_sent(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    offer = await buyer.available_numbers.get(number)
    assert offer.setup_price is not None
    assert offer.monthly_price is not None
    total = (offer.setup_price.amount or 0) + (offer.monthly_price.amount or 0)
    careful = buyer.with_options(budget=Budget(max_total=5, currency="USD"))
    held = sandbox.faults.hold("RentNumber")
    call = asyncio.ensure_future(careful.available_numbers.rent(number))
    await held.reached()
    [intent] = await ledger.entries()
    held.release()
    await call
    [entry] = await ledger.entries()
    assert intent.price == entry.price == Price(Decimal(total), "USD")


@pytest.mark.parametrize(
    ("operation", "state"), [("Token", EntryState.REFUSED), ("RentNumber", EntryState.RENTED)]
)
async def test_the_entry_of_a_cancelled_call_is_settled_with_its_outcome(
    sandbox: Sandbox, ledger: PurchaseLedger, operation: str, state: EntryState
) -> None:
    held = sandbox.faults.hold(operation)
    async with sandbox.client(ledger=ledger) as buyer:
        call = asyncio.ensure_future(buyer.available_numbers.rent("+12025550134"))
        await held.reached()
        call.cancel()
        await asyncio.wait([call])
        held.release()
    assert [entry.state for entry in await ledger.entries()] == [state]


async def test_a_refused_purchase_frees_the_budget_although_its_caller_is_cancelled_while_it_is_recorded(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    store, budget = GatedStore(), Budget(max_numbers=1)
    buyer = client.with_options(
        ledger=PurchaseLedger(store), budget=budget, retry=RetryPolicy(max_attempts=1)
    )
    number = await offered(client)
    sandbox.faults.add("refused", operation="RentNumber")
    store.holds = writes("refused")
    call = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await store.reached.wait()
    call.cancel()
    await asyncio.wait([call])
    store.release()
    assert budget.numbers == 0
    assert (await buyer.available_numbers.rent(number)).phone_number == number


# --- a store that fails ---


async def test_nothing_is_sent_if_the_intent_cannot_be_recorded(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    class FullDisk(MemoryStore):
        async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
            raise OSError("no space left on device")

    budget = Budget(max_numbers=1)
    buyer = client.with_options(ledger=PurchaseLedger(FullDisk()), budget=budget)
    number = await offered(client)
    with pytest.raises(StoreError, match="no space"):
        await buyer.available_numbers.rent(number)
    assert not sandbox.charges
    assert budget.numbers == 0


async def test_a_rented_number_is_returned_even_if_its_outcome_cannot_be_recorded(
    client: NumbersClient,
) -> None:
    class FailsLate(MemoryStore):
        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            if b'"state": "rented"' in new:
                raise OSError("no space left on device")
            return await super().replace(key, old, new, ttl=ttl)

    buyer = client.with_options(ledger=PurchaseLedger(FailsLate()))
    number = await offered(client)
    assert (await buyer.available_numbers.rent(number)).phone_number == number


@pytest.mark.parametrize("moment", ["before it is sent", "after it is sold"])
@pytest.mark.usefixtures("quiet_loop")
async def test_a_client_can_be_closed_while_the_ledgers_store_hangs(
    sandbox: Sandbox, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging(MemoryStore):
        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            if b'"intent"' not in new:
                await asyncio.Event().wait()
            return await super().replace(key, old, new, ttl=ttl)

    monkeypatch.setattr("sinch_numbers._defaults.ABANDONED_GRACE", 0.01)
    ledger = PurchaseLedger(Hanging(clock=sandbox.clock))
    client = sandbox.client(ledger=ledger, close_timeout=0.01)
    held = sandbox.faults.hold("Token" if moment == "before it is sent" else "RentNumber", after_commit=True)
    call = asyncio.ensure_future(client.available_numbers.rent("+12025550134"))
    await held.reached()
    if moment == "after it is sold":
        held.release()
    await client.aclose()
    held.release()
    with pytest.raises(NumbersError, match="closed"):
        await call
    assert [entry.state for entry in await ledger.entries()] == [EntryState.INTENT]


# --- a charge whose entry was lost ---


async def sold_and_lost(
    sandbox: Sandbox,
    store: MemoryStore,
    rent: Callable[[], Awaitable[Any]],
    instead: Callable[[Entry], Entry | None],
) -> tuple[Entry, Any]:
    """The entry of a rent that the store lost after the API had sold the number, and what the rent returned.

    `instead` says what the store has in its place.
    """
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    call = asyncio.ensure_future(rent())
    await held.reached()
    [entry] = await PurchaseLedger(store).entries()
    for key, raw in await store.items(""):
        if "/ledger/" in key:
            await store.delete(key, raw)
    if (other := instead(entry)) is not None:
        await store.set(other.key, other.raw)
    held.release()
    return entry, await call


async def test_a_charge_whose_entry_was_lost_gets_an_extra_entry(
    sandbox: Sandbox, client: NumbersClient, store: MemoryStore, orphans: list[OrphanedPurchase]
) -> None:
    buyer = client.with_options(
        ledger=PurchaseLedger(store),
        budget=Budget(max_total=9, currency="USD"),
        on_orphaned_purchase=orphans.append,
    )
    number = await offered(buyer)
    lost, rented = await sold_and_lost(
        sandbox, store, lambda: buyer.available_numbers.rent(number), lambda entry: None
    )
    [extra] = await PurchaseLedger(store).entries()
    assert rented.phone_number == number
    assert extra.key.startswith("sinch-numbers/ledger/default/extra/")
    assert lost.price is not None
    assert (extra.phone_number, extra.state, extra.price) == (number, EntryState.RENTED, lost.price)
    assert (extra.operation, extra.began_at) == (lost.operation, lost.began_at)
    assert orphans == []  # the caller has the number


@pytest.mark.parametrize("other", [None, "+12025550135"], ids=["nothing", "another number"])
async def test_a_charge_of_a_slot_that_another_process_has_for_another_number_is_recorded_and_reported(
    sandbox: Sandbox,
    buyer: NumbersClient,
    store: MemoryStore,
    orphans: list[OrphanedPurchase],
    other: str | None,
) -> None:
    buyer = buyer.with_options(on_orphaned_purchase=orphans.append)
    lost, [outcome] = await sold_and_lost(
        sandbox,
        store,
        lambda: buyer.available_numbers.rent_many(count=1, **ORDER),
        lambda entry: None if other is None else entry.written(phone_number=other, owner="another"),
    )
    assert isinstance(outcome, Unknown)
    assert outcome.phone_number == lost.phone_number
    assert outcome.error.phone_number == lost.phone_number
    *slots, extra = await PurchaseLedger(store).entries()
    assert [slot.phone_number for slot in slots] == ([] if other is None else [other])
    assert (extra.phone_number, extra.state, extra.is_slot) == (lost.phone_number, EntryState.RENTED, False)
    [orphan] = orphans
    assert (orphan.operation, orphan.phone_number) == ("RentNumber", lost.phone_number)
    assert orphan.number is not None
    assert orphan.number.phone_number == lost.phone_number


async def test_a_charge_of_a_slot_that_another_process_finishes_is_not_recorded_twice(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore, orphans: list[OrphanedPurchase]
) -> None:
    budget = Budget(max_numbers=2)
    buyer = buyer.with_options(on_orphaned_purchase=orphans.append, budget=budget)
    lost, [outcome] = await sold_and_lost(
        sandbox,
        store,
        lambda: buyer.available_numbers.rent_many(count=1, **ORDER),
        lambda entry: entry.written(owner="another"),
    )
    assert isinstance(outcome, Unknown)
    assert [(entry.phone_number, entry.owner) for entry in await PurchaseLedger(store).entries()] == [
        (lost.phone_number, "another")
    ]
    assert orphans == []
    assert budget.numbers == 1  # it may have been bought by this call
