"""A named batch that another process fills at the same time, or has left half filled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import pytest

from sinch_numbers import (
    Budget,
    Entry,
    EntryState,
    MemoryStore,
    NumbersClient,
    OrphanedPurchase,
    OutcomeUnknownError,
    Price,
    PurchaseLedger,
    Rented,
    Unknown,
)
from sinch_numbers.bulk import Outcome
from sinch_numbers.clock import Clock
from sinch_numbers.sandbox import Sandbox

from .steps import ORDER, dollars, offers

PREFIX = "sinch-numbers/ledger/default/"
SLOT = f"{PREFIX}batch/order/00000000"
THEIRS = "+12025550134"
"""A number of the other process."""


def slot(state: EntryState, **changes: Any) -> Entry:
    """Slot 0 of the batch, as the other process wrote it."""
    blank = Entry(
        key=SLOT,
        operation="RentNumber",
        phone_number=THEIRS,
        state=state,
        began_at=1.0,
        owner="another process",
    )
    return blank.written(**changes)


class Shared(MemoryStore):
    """A store in which another process acts just before a write of slot 0, or just before it is read."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock)
        self.before_write: Callable[[], Awaitable[object]] | None = None
        self.before_read: Callable[[], Awaitable[object]] | None = None

    async def get(self, key: str) -> bytes | None:
        if key == SLOT and (act := self.before_read) is not None:
            self.before_read = None
            await act()
        return await super().get(key)

    async def _write(self, key: str) -> None:
        if key == SLOT and (act := self.before_write) is not None:
            self.before_write = None
            await act()

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        await self._write(key)
        return await super().add(key, value, ttl=ttl)

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        await self._write(key)
        return await super().replace(key, old, new, ttl=ttl)


@pytest.fixture
def store(sandbox: Sandbox) -> Shared:
    return Shared(sandbox.clock)


async def put(store: MemoryStore, entry: Entry) -> None:
    await store.set(entry.key, entry.raw)
    await store.set(f"{PREFIX}number/{entry.phone_number}", entry.key.encode())


async def gone(store: MemoryStore) -> None:
    """The other process was refused its number, and has released the slot."""
    for key in (SLOT, f"{PREFIX}number/{THEIRS}"):
        if (raw := await MemoryStore.get(store, key)) is not None:
            await store.delete(key, raw)


async def only_outcome(buyer: NumbersClient) -> Outcome:
    [outcome] = await buyer.available_numbers.rent_many(count=1, **ORDER)
    return outcome


def assert_busy(outcome: Outcome, what: str, phone_number: str | None) -> None:
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, OutcomeUnknownError)
    assert str(outcome.error).startswith(f"another process is buying {what} of the batch 'order'")
    assert outcome.error.operation == "RentNumber"
    assert outcome.phone_number == outcome.error.phone_number == phone_number


# --- another process is faster ---


async def test_a_slot_that_another_process_claims_first_is_unknown_with_its_number(
    sandbox: Sandbox, buyer: NumbersClient, store: Shared
) -> None:
    store.before_write = lambda: put(store, slot(EntryState.INTENT))
    assert_busy(await only_outcome(buyer), THEIRS, THEIRS)
    assert not sandbox.charges


async def test_a_slot_that_another_process_claimed_and_released_at_once_is_named_by_its_index(
    sandbox: Sandbox, buyer: NumbersClient, store: Shared, client: NumbersClient
) -> None:
    async def claim() -> None:
        await put(store, slot(EntryState.INTENT))
        store.before_read = lambda: gone(store)

    store.before_write = claim
    outcome = await only_outcome(buyer)
    assert isinstance(outcome, Unknown)
    assert str(outcome.error).startswith("another process is buying slot 0 of the batch 'order'")
    assert not sandbox.charges


async def test_a_slot_that_another_process_takes_over_first_is_unknown_with_its_number(
    sandbox: Sandbox, buyer: NumbersClient, store: Shared
) -> None:
    await put(store, slot(EntryState.UNKNOWN))
    store.before_write = lambda: put(store, slot(EntryState.INTENT))
    assert_busy(await only_outcome(buyer), THEIRS, THEIRS)
    assert not sandbox.charges


# --- another process is at work on the slot ---


async def test_a_slot_that_another_process_renews_is_unknown_with_its_number(
    sandbox: Sandbox, buyer: NumbersClient, store: Shared
) -> None:
    await put(store, slot(EntryState.INTENT))
    store.before_read = lambda: put(store, slot(EntryState.INTENT))
    assert_busy(await only_outcome(buyer), THEIRS, THEIRS)
    assert not sandbox.charges


async def test_a_slot_that_another_process_fills_meanwhile_is_rented(
    sandbox: Sandbox, buyer: NumbersClient, store: Shared
) -> None:
    await put(store, slot(EntryState.INTENT))
    store.before_read = lambda: put(store, slot(EntryState.RENTED))
    outcome = await only_outcome(buyer)
    assert isinstance(outcome, Rented)
    assert outcome.phone_number == THEIRS
    assert not sandbox.charges


async def test_a_slot_that_another_process_releases_meanwhile_is_filled(
    sandbox: Sandbox, buyer: NumbersClient, store: Shared
) -> None:
    await put(store, slot(EntryState.INTENT))
    store.before_read = lambda: gone(store)
    outcome = await only_outcome(buyer)
    assert isinstance(outcome, Rented)
    assert [charge.phone_number for charge in sandbox.charges] == [outcome.phone_number]


# --- another process has left the slot ---


async def test_a_slot_that_is_finished_keeps_its_price_and_is_returned_with_its_number(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: Shared
) -> None:
    [number] = await offers(buyer, 1)
    await put(store, slot(EntryState.UNKNOWN, phone_number=number, price=dollars(7)))
    outcome = await only_outcome(buyer)
    assert isinstance(outcome, Rented)
    assert outcome.number is not None
    assert outcome.phone_number == outcome.number.phone_number == number
    [entry] = await ledger.entries()
    assert entry.price == Price(dollars(7).amount, "USD")


async def test_a_slot_that_cannot_be_finished_is_unknown_with_its_number(
    sandbox: Sandbox, buyer: NumbersClient, store: Shared
) -> None:
    await put(store, slot(EntryState.UNKNOWN))
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    outcome = await only_outcome(buyer)
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, OutcomeUnknownError)
    assert outcome.phone_number == outcome.error.phone_number == THEIRS


async def test_the_slots_that_have_to_be_watched_are_filled_last(
    sandbox: Sandbox, buyer: NumbersClient, store: Shared
) -> None:
    [number] = await offers(buyer, 1)
    await put(store, slot(EntryState.UNKNOWN, phone_number=number))
    await buyer.available_numbers.rent_many(count=3, concurrency=1, **ORDER)
    sent = [unquote(request.path) for request in sandbox.requests if request.operation == "RentNumber"]
    assert len(sent) == 3
    assert number in sent[-1]
    assert not any(number in path for path in sent[:-1])


# --- the call itself ---


async def test_a_slot_says_when_its_purchase_began_and_what_it_costs_before_it_is_sent(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    before = sandbox.clock.time()
    held = sandbox.faults.hold("RentNumber")
    call = asyncio.ensure_future(only_outcome(buyer))
    await held.reached()
    [entry] = await ledger.entries()
    held.release()
    await call
    assert entry.state is EntryState.INTENT
    assert before <= entry.began_at <= sandbox.clock.time()
    assert entry.price == Price(sandbox.charges[0].amount, "USD")


@pytest.mark.parametrize("named", [{}, {"batch": "order"}])
async def test_the_price_of_an_offer_is_not_asked_for_again(
    sandbox: Sandbox, buyer: NumbersClient, client: NumbersClient, named: dict[str, str]
) -> None:
    budget = Budget(max_total=10, currency="USD")
    either = (buyer if named else client).with_options(budget=budget)
    order: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL", **named}
    await either.available_numbers.rent_many(count=2, **order)
    assert budget.spent == sum(charge.amount for charge in sandbox.charges)
    assert {request.operation for request in sandbox.requests} == {
        "Token",
        "ListAvailableNumbers",
        "RentNumber",
    }


async def test_an_unknown_outcome_of_a_cancelled_batch_is_reported(
    sandbox: Sandbox, client: NumbersClient, orphans: list[OrphanedPurchase]
) -> None:
    buyer = client.with_options(on_orphaned_purchase=orphans.append)
    one, two = await offers(client, 2)
    held = sandbox.faults.hold("RentNumber", times=1, skip=1)
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=1)
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    buying = buyer.available_numbers.rent_many(phone_numbers=[one, two], concurrency=1)
    call = asyncio.ensure_future(buying)
    await held.reached()
    call.cancel()
    await asyncio.wait([call])
    held.release()
    await client.aclose()
    by_number = {orphan.phone_number: orphan for orphan in orphans}
    assert sorted(by_number, key=str) == sorted([one, two])
    assert by_number[one].operation == "RentNumber"
    assert by_number[one].number is None
    assert isinstance(by_number[one].error, OutcomeUnknownError)
    assert by_number[two].number is not None
