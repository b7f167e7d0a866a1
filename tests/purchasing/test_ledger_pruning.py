"""A ledger of years: it is read in pages, an entry that is broken stops nothing, and old entries can be removed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers import (
    Budget,
    ConfigurationError,
    Entry,
    EntryState,
    MemoryStore,
    NumbersClient,
    OutcomeUnknownError,
    PurchaseLedger,
    Rented,
    SQLiteStore,
    Store,
    StoreError,
    Unknown,
)
from sinch_numbers.sandbox import Sandbox

from .steps import ORDER, offered

PREFIX = "sinch-numbers/ledger/default/"
BROKEN = [
    b"",
    b"\xff",
    b"null",
    b"[]",
    b"{}",
    b'{"operation": "RentNumber", "phone_number": 5, "state": "rented", "price": null, "began_at": 1.0}',
    b'{"operation": "RentNumber", "phone_number": "+1", "state": "sold", "price": null, "began_at": 1.0}',
    b'{"operation": "RentNumber", "phone_number": "+1", "state": "rented", "price": ["x", "USD"], "began_at": 1.0}',
    b'{"operation": "RentNumber", "phone_number": "+1", "state": "rented", "price": ["NaN", "USD"], "began_at": 1.0}',
    b'{"operation": "RentNumber", "phone_number": "+1", "state": "rented", "price": null, "began_at": "monday"}',
    b"[" * 100_000,
]


def settled_entry(index: int, settled_at: float = 1.0, state: EntryState = EntryState.RENTED) -> Entry:
    return Entry(
        key=f"{PREFIX}call/{index:028d}",
        operation="RentNumber",
        phone_number=f"+1{index:010d}",
        state=state,
        began_at=settled_at,
        settled_at=settled_at,
    ).written()


# --- an entry that is broken ---


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
async def test_a_broken_entry_is_reported_and_the_others_are_read(
    sandbox: Sandbox,
    buyer: NumbersClient,
    ledger: PurchaseLedger,
    store: MemoryStore,
    content: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    await store.set(f"{PREFIX}call/0", content)
    broken, whole = await ledger.entries()
    assert (broken.state, broken.key, broken.raw) == (EntryState.UNREADABLE, f"{PREFIX}call/0", content)
    assert "not a ledger entry" in broken.detail
    assert (whole.phone_number, whole.state) == (number, EntryState.RENTED)
    assert f"{PREFIX}call/0 cannot be read" in caplog.text


async def test_resume_goes_on_after_a_broken_entry(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    [entry] = await ledger.entries()
    await store.set(entry.key, entry.written(state=EntryState.UNKNOWN).raw)
    await store.set(f"{PREFIX}call/0", b"{}")
    resumed = await buyer.resume_purchases()
    assert [entry.state for entry in resumed] == [EntryState.UNREADABLE, EntryState.RENTED]
    assert sandbox.clock.monotonic() < 30  # the broken entry was not watched for a lease


async def test_a_budget_counts_a_broken_entry_as_a_number_and_says_that_its_price_is_missing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    entries = [Entry.read(f"{PREFIX}call/0", b"{}"), settled_entry(1)]
    numbers = Budget(max_numbers=2)
    numbers.include(entries)
    assert numbers.numbers == 2
    money = Budget(max_total=5, currency="USD")
    money.include(entries[:1])
    assert money.spent == 0
    assert f"cannot count the price of the ledger entry {PREFIX}call/0" in caplog.text


async def test_the_slot_of_a_broken_entry_is_unknown_and_the_others_are_filled(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    await store.set(f"{PREFIX}batch/order/00000001", b"broken")
    outcomes = await buyer.available_numbers.rent_many(count=3, **ORDER)
    assert [type(outcome) for outcome in outcomes] == [Rented, Unknown, Rented]
    assert isinstance(outcomes[1], Unknown)
    assert isinstance(outcomes[1].error, OutcomeUnknownError)
    assert outcomes[1].error.operation == "RentNumber"
    assert f"{PREFIX}batch/order/00000001 cannot be read" in str(outcomes[1].error)
    [_, broken, _] = await ledger.entries()
    await ledger.settle(broken, EntryState.REFUSED)
    outcomes = await buyer.available_numbers.rent_many(count=3, **ORDER)
    assert [type(outcome) for outcome in outcomes] == [Rented] * 3
    assert len(sandbox.charges) == 3


# --- a large ledger ---


class Paged(MemoryStore):
    """Counts what is read at once."""

    def __init__(self) -> None:
        super().__init__()
        self.largest = 0
        self.pages = 0

    async def items(
        self, prefix: str, *, after: str = "", limit: int | None = None
    ) -> list[tuple[str, bytes]]:
        found = await super().items(prefix, after=after, limit=limit)
        self.largest = max(self.largest, len(found))
        self.pages += 1
        return found


async def test_a_large_ledger_is_read_in_pages_between_which_others_have_their_turn(sandbox: Sandbox) -> None:
    store = Paged()
    for index in range(2_001):
        entry = settled_entry(index)
        await store.set(entry.key, entry.raw)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    ledger = PurchaseLedger(store)
    async with sandbox.client(ledger=ledger) as client:
        task = asyncio.ensure_future(others())
        assert await client.resume_purchases() == []
        assert len(await ledger.entries()) == 2_001
        assert [entry.phone_number async for entry in ledger.each()][2_000] == "+10000002000"
        task.cancel()
    assert store.largest <= 500
    assert turns >= store.pages >= 3 * 5


async def test_a_store_that_repeats_a_page_for_ever_is_an_error() -> None:
    class Stuck(MemoryStore):
        async def items(
            self, prefix: str, *, after: str = "", limit: int | None = None
        ) -> list[tuple[str, bytes]]:
            return await super().items(prefix, limit=limit)

    store = Stuck()
    for index in range(500):
        await store.set(settled_entry(index).key, settled_entry(index).raw)
    with pytest.raises(StoreError, match="after"):
        await PurchaseLedger(store).entries()


# --- pruning ---

OLD = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["memory", "file"])
async def any_store(request: pytest.FixtureRequest, tmp_path: object) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
    else:
        async with SQLiteStore(f"{tmp_path}/ledger.db") as store:
            yield store


async def test_only_what_was_settled_before_is_removed(any_store: Store) -> None:
    ledger = PurchaseLedger(any_store)
    old, new = OLD.timestamp() - 1, OLD.timestamp()
    kept = [
        settled_entry(1, new),
        settled_entry(2, old, EntryState.UNKNOWN),
        settled_entry(3, old, EntryState.INTENT),
    ]
    for entry in (
        *kept,
        settled_entry(4, old),
        settled_entry(5, old, EntryState.REFUSED),
        settled_entry(6, old, EntryState.RELEASED),
    ):
        await any_store.set(entry.key, entry.raw)
    await any_store.set(f"{PREFIX}call/broken", b"{}")
    assert await ledger.prune(settled_before=OLD) == 3
    assert [entry.key for entry in await ledger.entries()] == [
        *(entry.key for entry in kept),
        f"{PREFIX}call/broken",
    ]
    assert await ledger.prune(settled_before=OLD) == 0


async def test_a_moment_without_a_time_zone_is_refused(ledger: PurchaseLedger) -> None:
    with pytest.raises(ConfigurationError, match="time zone"):
        await ledger.prune(settled_before=datetime(2025, 1, 1))


async def test_a_batch_is_removed_as_a_whole_and_its_name_is_not_an_order_again(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    await buyer.available_numbers.rent_many(count=2, **ORDER)
    sandbox.clock.advance(60)
    newer: dict[str, Any] = {**ORDER, "batch": "newer"}
    await buyer.available_numbers.rent_many(count=2, **newer)
    *_, last = await ledger.entries(batch="order")
    await store.set(last.key, last.written(state=EntryState.UNKNOWN).raw)
    moment = sandbox.clock.now() - timedelta(seconds=30)
    assert await ledger.prune(settled_before=moment) == 0
    await store.set(last.key, last.raw)
    assert await ledger.prune(settled_before=moment) == 2
    assert {entry.batch for entry in await ledger.entries()} == {"newer"}
    with pytest.raises(ConfigurationError, match="'order' was pruned"):
        await buyer.available_numbers.rent_many(count=2, **ORDER)
    assert len(sandbox.charges) == 4


async def test_the_ledger_forgets_who_has_a_number_that_was_pruned(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    await sandbox.client().active_numbers.release(number)
    sandbox.clock.advance(40 * 24 * 3600)
    assert await ledger.prune(settled_before=sandbox.clock.now()) == 1
    assert (await sandbox.client(ledger=ledger).available_numbers.rent(number)).phone_number == number
    budget = Budget(max_total=Decimal(100), currency="USD", max_numbers=5)
    assert budget.numbers == 0
