"""A charge whose ledger entry was lost: what the call tells, and what the ledger keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sinch_numbers import (
    Budget,
    Entry,
    EntryState,
    MemoryStore,
    NumbersClient,
    OrphanedPurchase,
    OutcomeUnknownError,
    PurchaseLedger,
    Unknown,
)
from sinch_numbers.sandbox import Sandbox

from .steps import ORDER, offered


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


async def test_the_extra_entry_of_rent_any_has_the_number_that_the_api_chose(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore
) -> None:
    held = sandbox.faults.hold("RentAnyNumber", after_commit=True)
    call = asyncio.ensure_future(buyer.available_numbers.rent_any(region_code="US", number_type="LOCAL"))
    await held.reached()
    [lost] = await PurchaseLedger(store).entries()
    await store.delete(lost.key, lost.raw)
    held.release()
    number = (await call).phone_number
    [extra] = await PurchaseLedger(store).entries()
    assert (extra.phone_number, extra.state) == (number, EntryState.RENTED)


async def test_a_release_whose_entry_was_lost_returns_the_number_and_is_not_recorded_as_a_rent(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore
) -> None:
    number = await offered(buyer)
    await sandbox.client().available_numbers.rent(number)
    held = sandbox.faults.hold("ReleaseNumber", after_commit=True)
    call = asyncio.ensure_future(buyer.active_numbers.release(number))
    await held.reached()
    [lost] = await PurchaseLedger(store).entries()
    await store.delete(lost.key, lost.raw)
    held.release()
    assert (await call).expire_at is not None
    assert await PurchaseLedger(store).entries() == []


@pytest.mark.usefixtures("quiet_loop")
async def test_a_client_can_be_closed_although_the_entry_of_its_call_was_lost(
    sandbox: Sandbox, store: MemoryStore
) -> None:
    client = sandbox.client(ledger=PurchaseLedger(store), close_timeout=0)
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    call = asyncio.ensure_future(client.available_numbers.rent("+12025550134"))
    await held.reached()
    [lost] = await PurchaseLedger(store).entries()
    await store.delete(lost.key, lost.raw)
    await client.aclose()
    held.release()
    with pytest.raises(OutcomeUnknownError, match="closed"):
        await call


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
    assert isinstance(outcome.error, OutcomeUnknownError)
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


async def test_a_lost_slot_is_not_reported_as_rented_although_the_store_fails_as_well(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    class FailsLater(MemoryStore):
        async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
            if "/extra/" in key:
                raise OSError("no space left on device")
            return await super().add(key, value, ttl=ttl)

    store = FailsLater(clock=sandbox.clock)
    buyer = client.with_options(ledger=PurchaseLedger(store))
    _, [outcome] = await sold_and_lost(
        sandbox,
        store,
        lambda: buyer.available_numbers.rent_many(count=1, **ORDER),
        lambda entry: entry.written(phone_number="+12025550135", owner="another"),
    )
    assert isinstance(outcome, Unknown)


async def test_a_slot_that_another_process_has_stays_counted_although_this_process_was_refused(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore
) -> None:
    """The other process has taken the slot over, and may have bought the number: that is why this one was refused."""
    budget = Budget(max_numbers=2)
    buyer = buyer.with_options(budget=budget)
    held = sandbox.faults.hold("RentNumber", times=1)
    call = asyncio.ensure_future(buyer.available_numbers.rent_many(count=1, **ORDER))
    await held.reached()
    [entry] = await PurchaseLedger(store).entries()
    await store.set(entry.key, entry.written(owner="another").raw)
    await sandbox.client(project_id="somebody-else").available_numbers.rent(entry.phone_number or "")
    held.release()
    [outcome] = await call
    assert isinstance(outcome, Unknown)
    assert outcome.phone_number == entry.phone_number
    assert budget.numbers == 1
