"""A rent finds in the ledger what an earlier call, of this or another process, left of its number."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import attrs
import pytest

from sinch_numbers import (
    Entry,
    EntryState,
    MemoryStore,
    NumbersClient,
    NumberTakenError,
    OutcomeUnknownError,
    PurchaseLedger,
    voice,
)
from sinch_numbers.sandbox import Sandbox

from .gated_store import GatedStore, no_call, writes
from .steps import ORDER, offered, rents

US: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}


@pytest.fixture
def another(sandbox: Sandbox, ledger: PurchaseLedger) -> NumbersClient:
    """Another process's client, which shares the ledger."""
    return sandbox.client(ledger=ledger)


async def states(ledger: PurchaseLedger) -> list[tuple[str | None, EntryState]]:
    return [(entry.phone_number, entry.state) for entry in await ledger.entries()]


async def left_open(store: MemoryStore, ledger: PurchaseLedger, state: EntryState) -> Entry:
    """Makes the only entry of the ledger one that its process died on."""
    [entry] = await ledger.entries()
    open_again = entry.written(state=state, owner="another process", settled_at=None)
    await store.set(entry.key, open_again.raw)
    return open_again


# --- its outcome was taken ---


async def test_the_error_says_who_has_the_number_and_since_when(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    [entry] = await ledger.entries()
    with pytest.raises(
        NumberTakenError, match=rf"^{re.escape(number)} was rented .* at 2025-01-15 09:30:0\d UTC"
    ) as caught:
        await another.available_numbers.rent(number)
    assert caught.value.owner == entry.owner
    assert caught.value.since is not None
    assert caught.value.since.timestamp() == entry.settled_at
    assert rents(sandbox) == 1
    assert await states(ledger) == [(number, EntryState.RENTED)]


@pytest.mark.parametrize("fault", ["status", "status_after_commit", "drop_before_commit"])
async def test_one_charge_has_one_rented_entry_whatever_becomes_of_a_second_rent(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient, ledger: PurchaseLedger, fault: str
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    sandbox.clock.advance(5 * 3600)
    sandbox.faults.add(fault, operation="RentNumber", status=503, times=None)
    with pytest.raises(NumberTakenError):
        await another.available_numbers.rent(number)
    assert await states(ledger) == [(number, EntryState.RENTED)]


async def test_a_number_in_a_batch_is_named_with_its_slot(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient
) -> None:
    [outcome] = await buyer.available_numbers.rent_many(count=1, **ORDER)
    assert outcome.phone_number is not None
    with pytest.raises(NumberTakenError, match="slot 0 of the batch 'order'"):
        await another.available_numbers.rent(outcome.phone_number)


async def test_a_number_that_was_released_without_the_ledger_can_be_rented_again(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    await sandbox.client().active_numbers.release(number)
    sandbox.clock.advance(40 * 24 * 3600)
    assert (await another.available_numbers.rent(number)).phone_number == number
    assert await states(ledger) == [(number, EntryState.RENTED)] * 2


async def test_a_number_that_the_api_does_not_show_any_more_stays_taken(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    for operation in ("GetActiveNumber", "GetAvailableNumber"):
        sandbox.faults.add("status", operation=operation, status=404)
    [entry] = await ledger.entries()
    with pytest.raises(
        NumberTakenError, match=f"^{re.escape(number)} .*the API does not show it in the project"
    ) as caught:
        await another.available_numbers.rent(number)
    assert caught.value.owner == entry.owner
    assert caught.value.since is not None
    assert caught.value.since.timestamp() == entry.settled_at
    assert rents(sandbox) == 1


async def test_a_number_that_was_refused_or_released_can_be_rented(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    sandbox.faults.add("status", operation="RentNumber", status=409)
    with pytest.raises(Exception, match="409"):
        await buyer.available_numbers.rent(number)
    await another.available_numbers.rent(number)
    await another.active_numbers.release(number)
    sandbox.clock.advance(40 * 24 * 3600)
    await buyer.available_numbers.rent(number)
    assert sorted(state for _, state in await states(ledger)) == sorted(
        [EntryState.REFUSED, EntryState.RENTED, EntryState.RELEASED, EntryState.RENTED]
    )


@pytest.mark.parametrize("then", ["the next rent", "resume_purchases"])
async def test_a_rent_whose_outcome_could_not_be_written_stays_its_callers(
    sandbox: Sandbox, client: NumbersClient, then: str
) -> None:
    store = GatedStore()
    store.fails = writes("rented")
    ledger = PurchaseLedger(store)
    buyer = client.with_options(ledger=ledger)
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    assert await states(ledger) == [(number, EntryState.INTENT)]
    store.fails = no_call
    if then == "resume_purchases":
        await buyer.resume_purchases()
    with pytest.raises(NumberTakenError):
        await buyer.available_numbers.rent(number)
    assert await states(ledger) == [(number, EntryState.RENTED)]


# --- nobody has taken its outcome ---


async def test_an_open_purchase_of_a_version_that_did_not_note_the_order_is_finished(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    entry = await left_open(store, ledger, EntryState.UNKNOWN)
    await store.set(entry.key, entry.written(order="").raw)
    assert (await another.available_numbers.rent(number)).phone_number == number
    assert await states(ledger) == [(number, EntryState.RENTED)]
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize("state", [EntryState.UNKNOWN, EntryState.INTENT])
@pytest.mark.parametrize("was_sold", [False, True])
async def test_a_purchase_that_its_process_died_on_is_finished(
    sandbox: Sandbox,
    buyer: NumbersClient,
    another: NumbersClient,
    ledger: PurchaseLedger,
    store: MemoryStore,
    state: EntryState,
    was_sold: bool,
) -> None:
    number = await offered(buyer)
    if not was_sold:
        sandbox.faults.add("drop_before_commit", operation="RentNumber")
        sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
        with pytest.raises(OutcomeUnknownError):
            await buyer.available_numbers.rent(number)
        sandbox.faults.clear()
    else:
        await buyer.available_numbers.rent(number)
    await left_open(store, ledger, state)
    assert (await another.available_numbers.rent(number)).phone_number == number
    assert await states(ledger) == [(number, EntryState.RENTED)]
    assert [charge.phone_number for charge in sandbox.charges] == [number]


async def test_a_purchase_that_is_under_way_in_another_process_is_told_with_its_owner(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber", times=1)
    first = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await held.reached()
    [entry] = await ledger.entries()
    with pytest.raises(
        NumberTakenError,
        match=f"^{re.escape(number)} is being rented, or may have been rented, by another call",
    ) as caught:
        await another.available_numbers.rent(number)
    assert caught.value.owner == entry.owner
    held.release()
    assert (await first).phone_number == number


@pytest.mark.parametrize("state", [EntryState.UNKNOWN, EntryState.INTENT, EntryState.RENTED])
async def test_a_purchase_with_another_configuration_is_not_adopted(
    sandbox: Sandbox,
    buyer: NumbersClient,
    another: NumbersClient,
    ledger: PurchaseLedger,
    store: MemoryStore,
    state: EntryState,
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    entry = await left_open(store, ledger, state)
    await store.set(entry.key, attrs.evolve(entry, orphaned=True).written().raw)
    with pytest.raises(NumberTakenError):
        await another.available_numbers.rent(number, voice_configuration=voice.rtc("app"))
    assert rents(sandbox) == 1


async def test_what_resume_purchases_found_is_given_to_the_next_rent_once(
    sandbox: Sandbox, buyer: NumbersClient, another: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    await left_open(store, ledger, EntryState.UNKNOWN)
    await another.resume_purchases()
    assert (await another.available_numbers.rent(number)).phone_number == number
    with pytest.raises(NumberTakenError):
        await another.available_numbers.rent(number)
    assert await states(ledger) == [(number, EntryState.RENTED)]
    assert rents(sandbox) == 1


async def test_two_processes_do_not_both_adopt_an_outcome(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    await left_open(store, ledger, EntryState.UNKNOWN)
    await sandbox.client(ledger=ledger).resume_purchases()
    clients = [sandbox.client(ledger=ledger) for _ in range(5)]
    outcomes = await asyncio.gather(
        *(client.available_numbers.rent(number) for client in clients), return_exceptions=True
    )
    assert sum(isinstance(outcome, NumberTakenError) for outcome in outcomes) == 4
    assert rents(sandbox) == 1
