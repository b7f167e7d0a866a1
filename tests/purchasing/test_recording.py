"""Each billable call is in the ledger before it is sent, and its outcome after."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers import (
    ActiveNumber,
    Budget,
    EntryState,
    MemoryStore,
    NumbersClient,
    NumbersError,
    NumberTakenError,
    OutcomeUnknownError,
    Price,
    PurchaseLedger,
    Rented,
    RetryPolicy,
    StoreError,
    _defaults,
)
from sinch_numbers.sandbox import Sandbox

from .gated_store import GatedStore, writes
from .steps import ORDER, US, offered, rents


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
    ("operation", "refused", "state"),
    [
        ("Token", False, EntryState.REFUSED),
        ("RentNumber", False, EntryState.RENTED),
        ("RentNumber", True, EntryState.REFUSED),
    ],
)
async def test_the_entry_of_a_cancelled_call_is_settled_with_its_outcome(
    sandbox: Sandbox, ledger: PurchaseLedger, operation: str, refused: bool, state: EntryState
) -> None:
    held = sandbox.faults.hold(operation)
    sandbox.options.trial = refused
    async with sandbox.client(ledger=ledger) as buyer:
        call = asyncio.ensure_future(buyer.available_numbers.rent("+12025550134"))
        await held.reached()
        call.cancel()
        await asyncio.wait([call])
        held.release()
    # Only a number that was rented waits for another call.
    assert [(entry.state, entry.orphaned) for entry in await ledger.entries()] == [
        (state, state is EntryState.RENTED)
    ]


async def test_the_entry_of_a_cancelled_release_has_nothing_for_another_call(
    sandbox: Sandbox, ledger: PurchaseLedger
) -> None:
    number = (await sandbox.client().available_numbers.rent_first(**US)).phone_number
    held = sandbox.faults.hold("ReleaseNumber")
    async with sandbox.client(ledger=ledger) as buyer:
        call = asyncio.ensure_future(buyer.active_numbers.release(number))
        await held.reached()
        call.cancel()
        await asyncio.wait([call])
        held.release()
    assert [(entry.state, entry.orphaned) for entry in await ledger.entries()] == [
        (EntryState.RELEASED, False)
    ]


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


@pytest.mark.parametrize(
    ("operation", "state", "counted"),
    [("Token", EntryState.REFUSED, 0), ("RentNumber", EntryState.UNKNOWN, 1)],
)
async def test_the_entry_of_a_call_that_a_closing_client_cancels_is_refused_only_if_nothing_was_sent(
    sandbox: Sandbox, ledger: PurchaseLedger, operation: str, state: EntryState, counted: int
) -> None:
    held = sandbox.faults.hold(operation, after_commit=True)
    budget = Budget(max_numbers=1)
    client = sandbox.client(ledger=ledger, budget=budget, close_timeout=0)
    call = asyncio.ensure_future(client.available_numbers.rent("+12025550134"))
    await held.reached()
    await client.aclose()
    with pytest.raises(NumbersError, match="closed"):
        await call
    held.release()
    assert [entry.state for entry in await ledger.entries()] == [state]
    assert budget.numbers == counted


async def test_the_entry_says_when_the_call_began_and_when_it_was_settled(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber")
    began = sandbox.clock.time()
    call = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await held.reached()
    sandbox.clock.advance(3)
    held.release()
    await call
    [entry] = await ledger.entries()
    assert began <= entry.began_at <= began + 1
    assert entry.settled_at == sandbox.clock.time()


# --- another process has taken the entry over ---


async def bought_late(
    sandbox: Sandbox, client: NumbersClient, ledger: PurchaseLedger, store: MemoryStore, **settled: Any
) -> asyncio.Task[ActiveNumber]:
    """A rent whose process was paused after its request was sold, for so long that another process settled its entry."""
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    call = asyncio.ensure_future(client.available_numbers.rent(await offered(client)))
    await held.reached()
    [entry] = await ledger.entries()
    await store.set(entry.key, entry.written(owner="another process", **settled).raw)
    held.release()
    await asyncio.wait([call])
    return call


async def test_a_number_that_another_process_has_returned_is_not_returned_again(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    call = await bought_late(sandbox, buyer, ledger, store, state=EntryState.RENTED)
    with pytest.raises(OutcomeUnknownError, match="another process has taken the purchase over") as caught:
        call.result()
    assert caught.value.operation == "RentNumber"
    assert [entry.phone_number for entry in await ledger.entries()] == [caught.value.phone_number]


async def test_a_number_that_another_process_has_only_found_is_returned(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    call = await bought_late(sandbox, buyer, ledger, store, state=EntryState.RENTED, orphaned=True)
    [entry] = await ledger.entries()
    assert (call.result().phone_number, entry.orphaned) == (entry.phone_number, False)


async def test_a_number_that_another_process_has_given_up_gets_an_entry_of_its_own(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    call = await bought_late(sandbox, buyer, ledger, store, state=EntryState.REFUSED)
    number = call.result().phone_number
    assert [(entry.phone_number, entry.state) for entry in await ledger.entries()] == [
        (number, EntryState.REFUSED),
        (number, EntryState.RENTED),
    ]
    async with sandbox.client(ledger=ledger) as another:
        with pytest.raises(NumberTakenError):
            await another.available_numbers.rent(number)


async def test_a_call_whose_entry_another_process_has_taken_over_sends_nothing(
    sandbox: Sandbox, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    held = sandbox.faults.hold("Token")
    async with sandbox.client(ledger=ledger) as buyer:
        call = asyncio.ensure_future(buyer.available_numbers.rent("+12025550134"))
        await held.reached()
        [entry] = await ledger.entries()
        theirs = entry.written(owner="another process")
        await store.set(entry.key, theirs.raw)
        held.release()
        with pytest.raises(NumbersError, match="another process has taken"):
            await call
    assert rents(sandbox) == 0
    assert await ledger.entries() == [theirs]


async def test_a_call_renews_its_lease_while_it_is_under_way(
    buyer: NumbersClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays: list[float] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later

    def recorded(delay: float, *arguments: Any, **options: Any) -> asyncio.TimerHandle:
        delays.append(delay)
        return call_later(delay, *arguments, **options)

    monkeypatch.setattr(loop, "call_later", recorded)
    await buyer.available_numbers.rent(await offered(buyer))
    assert delays.count(_defaults.LEASE / 4) == 1


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

    buyer = client.with_options(ledger=PurchaseLedger(FailsLate()), budget=Budget(max_numbers=2))
    number = await offered(client)
    assert (await buyer.available_numbers.rent(number)).phone_number == number
    [outcome] = await buyer.available_numbers.rent_many(count=1, **ORDER)
    assert isinstance(outcome, Rented)


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
