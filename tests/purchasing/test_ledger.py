"""The ledger: its options, its entries, its file."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from sinch_numbers import (
    ConfigurationError,
    Entry,
    EntryState,
    MemoryStore,
    NumbersClient,
    OutcomeUnknownError,
    PurchaseLedger,
    SQLiteStore,
    StoreError,
)
from sinch_numbers.sandbox import Sandbox

from .steps import US, offered


async def states(ledger: PurchaseLedger) -> list[tuple[str, str | None, EntryState]]:
    return [(entry.operation, entry.phone_number, entry.state) for entry in await ledger.entries()]


async def test_ledgers_with_different_names_in_one_store_have_different_entries(
    client: NumbersClient, store: MemoryStore
) -> None:
    one, two = PurchaseLedger(store, name="one"), PurchaseLedger(store, name="two")
    await client.with_options(ledger=one).available_numbers.rent("+12025550134")
    assert len(await one.entries()) == 1
    assert await two.entries() == []


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_ledger_name_that_is_empty_or_has_a_slash_is_a_configuration_error(
    store: MemoryStore, name: str
) -> None:
    with pytest.raises(ConfigurationError):
        PurchaseLedger(store, name=name)


@pytest.mark.parametrize("option", ["lease", "store_timeout", "settle_after"])
@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), True, "5"])
def test_an_option_that_is_not_a_number_of_seconds_above_0_is_named_in_the_error(
    store: MemoryStore, option: str, seconds: Any
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{option} must be a finite number of seconds above 0"):
        PurchaseLedger(store, **{option: seconds})


def test_a_store_timeout_has_to_be_less_than_an_eighth_of_the_lease(store: MemoryStore) -> None:
    PurchaseLedger(store, lease=8, store_timeout=0.99)
    with pytest.raises(ConfigurationError, match="an eighth of the lease"):
        PurchaseLedger(store, lease=8, store_timeout=1)


async def test_without_a_store_timeout_a_store_has_nine_tenths_of_an_eighth_of_the_lease() -> None:
    class Hanging(MemoryStore):
        async def items(
            self, prefix: str, *, after: str = "", limit: int | None = None
        ) -> list[tuple[str, bytes]]:
            await asyncio.Event().wait()
            return []

    with pytest.raises(StoreError, match=r"did not respond within 0\.009 s"):
        await PurchaseLedger(Hanging(), lease=0.08).entries()


async def test_the_entries_of_one_batch_can_be_read_one_by_one(
    buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    for batch in ("one", "two"):
        await buyer.available_numbers.rent_many(count=2, batch=batch, **US)
    assert [entry.batch async for entry in ledger.each(batch="two")] == ["two", "two"]
    assert [entry async for entry in ledger.each(batch="two")] == await ledger.entries(batch="two")
    assert [entry async for entry in ledger.each()] == await ledger.entries()


async def test_a_batch_name_with_a_slash_is_a_configuration_error(ledger: PurchaseLedger) -> None:
    with pytest.raises(ConfigurationError, match=r"the name of a batch must be .* not 'a/b'"):
        await ledger.entries(batch="a/b")
    with pytest.raises(ConfigurationError, match=r"the name of a batch must be .* not 'a/b'"):
        ledger.each(batch="a/b")


async def test_a_ledger_in_a_file_is_kept_after_the_file_is_closed(
    tmp_path: Path, client: NumbersClient
) -> None:
    path = tmp_path / "ledger.sqlite"
    async with SQLiteStore(path) as file:
        buyer = client.with_options(ledger=PurchaseLedger(file))
        number = await offered(client)
        await buyer.available_numbers.rent(number)
    async with SQLiteStore(path) as file:
        assert await states(PurchaseLedger(file)) == [("RentNumber", number, EntryState.RENTED)]


async def test_batches_without_a_name_are_in_the_order_in_which_they_began(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    bought: list[str | None] = []
    for _ in range(12):
        [outcome] = await buyer.available_numbers.rent_many(count=1, **US)
        bought.append(outcome.phone_number)
        sandbox.clock.advance(1)
    assert [entry.phone_number for entry in await ledger.entries()] == bought


# --- settled by hand ---


@pytest.fixture
async def unknown(sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger) -> Entry:
    """The entry of a rent whose outcome is not known."""
    number = await offered(buyer)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    [entry] = await ledger.entries()
    return entry


async def test_an_entry_that_is_settled_by_hand_says_when_and_why(
    ledger: PurchaseLedger, unknown: Entry
) -> None:
    before = time.time()
    settled = await ledger.settle(unknown, EntryState.RENTED, detail="seen in the dashboard")
    assert await ledger.entries() == [settled]
    assert (settled.state, settled.detail) == (EntryState.RENTED, "seen in the dashboard")
    assert settled.phone_number == unknown.phone_number
    assert settled.settled_at is not None
    assert before <= settled.settled_at <= time.time()


async def test_an_entry_that_is_settled_by_hand_without_a_reason_says_so(
    ledger: PurchaseLedger, unknown: Entry
) -> None:
    assert (await ledger.settle(unknown, EntryState.REFUSED)).detail == "settled by hand"


async def test_the_number_of_a_rent_any_can_be_told_by_hand(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    sandbox.faults.add("drop_after_commit", operation="RentAnyNumber")
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent_any(**US)
    [entry] = await ledger.entries()
    [charge] = sandbox.charges
    await ledger.settle(entry, EntryState.RENTED, phone_number=charge.phone_number)
    assert await states(ledger) == [("RentAnyNumber", charge.phone_number, EntryState.RENTED)]


async def test_an_entry_that_has_changed_since_it_was_read_cannot_be_settled_by_hand(
    ledger: PurchaseLedger, unknown: Entry
) -> None:
    await ledger.settle(unknown, EntryState.RENTED)
    with pytest.raises(ConfigurationError, match=f"the entry '{unknown.key}' has changed"):
        await ledger.settle(unknown, EntryState.REFUSED)


async def test_an_entry_that_another_process_takes_over_while_it_is_settled_by_hand_is_theirs(
    sandbox: Sandbox, unknown: Entry
) -> None:
    class TakenOver(MemoryStore):
        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            if b'"refused"' in new:
                await self.set(key, theirs.raw)
            return await super().replace(key, old, new, ttl=ttl)

    theirs = unknown.written(owner="another process")
    store = TakenOver(clock=sandbox.clock)
    await store.set(unknown.key, unknown.raw)
    ledger = PurchaseLedger(store)
    with pytest.raises(ConfigurationError, match=f"taken over the entry '{unknown.key}'"):
        await ledger.settle(unknown, EntryState.REFUSED)
    assert await ledger.entries() == [theirs]
