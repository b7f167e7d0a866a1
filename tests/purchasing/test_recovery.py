"""What a crash left open is settled by asking the API, and nothing is bought."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from sinch_numbers import (
    ConfigurationError,
    Entry,
    EntryState,
    MemoryStore,
    NumbersClient,
    OutcomeUnknownError,
    PurchaseLedger,
)
from sinch_numbers.sandbox import Sandbox

from .steps import offered


class CrashingStore(MemoryStore):
    """Loses everything that would settle an entry, as a killed process does."""

    crashes = True

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        if self.crashes and b'"state": "intent"' not in new:
            return True
        return await super().replace(key, old, new, ttl=ttl)


async def left_open(store: MemoryStore, ledger: PurchaseLedger) -> None:
    """Makes the entries in the store those of a process that was killed."""
    if isinstance(store, CrashingStore):
        store.crashes = False
    for entry in await ledger.entries():
        left = entry.written(state=EntryState.INTENT, owner="another process")
        await MemoryStore.set(store, entry.key, left.raw)


async def settles_in_the_end(sandbox: Sandbox, client: NumbersClient, number: str, state: EntryState) -> None:
    """A number that the API shows settles its entry at once; one that it does not show only after ten minutes."""
    [entry] = await client.resume_purchases()
    assert entry.phone_number == number
    if state is EntryState.REFUSED:
        assert entry.state is EntryState.UNKNOWN
        sandbox.clock.advance(599)
        [entry] = await client.resume_purchases()
        assert entry.state is EntryState.UNKNOWN
        sandbox.clock.advance(1)
        [entry] = await client.resume_purchases()
    assert entry.state is state
    assert await client.resume_purchases() == []


@pytest.mark.parametrize(
    ("kind", "state"),
    [("drop_after_commit", EntryState.RENTED), ("drop_before_commit", EntryState.REFUSED)],
)
async def test_resume_settles_the_rents_that_a_crash_left_open(
    sandbox: Sandbox, client: NumbersClient, kind: str, state: EntryState
) -> None:
    store = CrashingStore(clock=sandbox.clock)
    number = await offered(client)
    sandbox.faults.add(kind, operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    crashed = client.with_options(ledger=PurchaseLedger(store))
    with pytest.raises(OutcomeUnknownError):
        await crashed.available_numbers.rent(number)
    sandbox.faults.clear()
    await left_open(store, PurchaseLedger(store))
    await settles_in_the_end(sandbox, client.with_options(ledger=PurchaseLedger(store)), number, state)
    # It bought nothing.
    assert len(sandbox.charges) == int(kind == "drop_after_commit")


@pytest.mark.parametrize(
    ("kind", "state"),
    [("drop_after_commit", EntryState.RELEASED), ("drop_before_commit", EntryState.REFUSED)],
)
async def test_resume_settles_the_releases_that_a_crash_left_open(
    sandbox: Sandbox, client: NumbersClient, kind: str, state: EntryState
) -> None:
    store = CrashingStore(clock=sandbox.clock)
    number = await offered(client)
    await client.available_numbers.rent(number)
    sandbox.faults.add(kind, operation="ReleaseNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    crashed = client.with_options(ledger=PurchaseLedger(store))
    with pytest.raises(OutcomeUnknownError):
        await crashed.active_numbers.release(number)
    sandbox.faults.clear()
    await left_open(store, PurchaseLedger(store))
    await settles_in_the_end(sandbox, client.with_options(ledger=PurchaseLedger(store)), number, state)


async def test_resume_leaves_an_entry_alone_that_this_process_is_working_on(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber")
    call = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await held.reached()
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.INTENT
    assert await ledger.entries() == [entry]
    held.release()
    await call


async def test_resume_leaves_an_entry_alone_that_another_process_renews(
    sandbox: Sandbox, buyer: NumbersClient
) -> None:
    class Renewed(MemoryStore):
        """Another process renews the entry while this one watches it."""

        async def get(self, key: str) -> bytes | None:
            raw = await super().get(key)
            if raw is not None and "/call/" in key:
                await self.set(key, Entry.read(key, raw).written().raw)
            return await super().get(key)

    renewed = Renewed(clock=sandbox.clock)
    other = PurchaseLedger(renewed)
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    number = await offered(buyer)
    with pytest.raises(OutcomeUnknownError):
        await buyer.with_options(ledger=other).available_numbers.rent(number)
    await left_open(renewed, other)
    [entry] = await buyer.with_options(ledger=other).resume_purchases()
    assert (entry.state, entry.owner) == (EntryState.INTENT, "another process")


async def test_resume_without_waiting_settles_only_unknown_outcomes(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    number = await offered(buyer)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    sandbox.faults.clear()
    await left_open(store, ledger)
    before = sandbox.clock.monotonic()
    [entry] = await buyer.resume_purchases(wait=False)
    assert entry.state is EntryState.INTENT
    assert sandbox.clock.monotonic() == before
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.RENTED
    assert sandbox.clock.monotonic() - before >= 30


async def test_resume_settles_nothing_while_the_api_fails_and_can_be_called_again(
    sandbox: Sandbox, buyer: NumbersClient
) -> None:
    number = await offered(buyer)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.UNKNOWN
    sandbox.faults.clear()
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.RENTED
    assert await buyer.resume_purchases() == []


async def test_an_answer_that_names_no_number_does_not_count_as_absence(
    sandbox: Sandbox, buyer: NumbersClient
) -> None:
    number = await offered(buyer)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=200, body={}, times=None)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    for _ in range(3):
        [entry] = await buyer.resume_purchases()
        assert entry.state is EntryState.UNKNOWN
        sandbox.clock.advance(601)
    sandbox.faults.clear()
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.RENTED


async def test_resume_leaves_an_open_rent_any_to_be_settled_by_hand(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    sandbox.faults.add("drop_after_commit", operation="RentAnyNumber")
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.UNKNOWN
    settled = await ledger.settle(entry, EntryState.RENTED, phone_number="+12025550134")
    assert (await ledger.entries()) == [settled]
    assert (settled.state, settled.phone_number) == (EntryState.RENTED, "+12025550134")
    with pytest.raises(ConfigurationError, match="has changed"):
        await ledger.settle(entry, EntryState.REFUSED)


# --- what it writes ---


async def left_unknown(sandbox: Sandbox, buyer: NumbersClient, fault: str) -> str:
    """A number whose rent has ended without a clear outcome."""
    number = await offered(buyer)
    sandbox.faults.add(fault, operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    sandbox.faults.clear()
    return number


async def test_a_settled_entry_says_when_and_how_and_one_that_is_not_keeps_its_reason(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    await left_unknown(sandbox, buyer, "drop_before_commit")
    [before] = await ledger.entries()
    assert "RentNumber" in before.detail
    sandbox.clock.advance(60)
    [entry] = await buyer.resume_purchases()
    assert (entry.state, entry.detail) == (EntryState.UNKNOWN, before.detail)
    assert entry.unconfirmed_since == pytest.approx(sandbox.clock.time(), abs=2)
    sandbox.clock.advance(600)
    [entry] = await buyer.resume_purchases()
    assert (entry.state, entry.detail) == (EntryState.REFUSED, "settled by asking the API")
    assert entry.settled_at == sandbox.clock.time()
    assert not entry.orphaned


async def test_a_number_that_is_found_is_no_longer_absent_and_waits_for_a_caller(
    sandbox: Sandbox, buyer: NumbersClient
) -> None:
    sandbox.options.visibility_delay = 60
    await left_unknown(sandbox, buyer, "drop_after_commit")
    [absent] = await buyer.resume_purchases()
    assert absent.unconfirmed_since is not None
    sandbox.clock.advance(60)
    [found] = await buyer.resume_purchases()
    assert (found.state, found.unconfirmed_since, found.orphaned) == (EntryState.RENTED, None, True)
    assert found.detail == "settled by asking the API"


async def test_resume_does_not_ask_for_a_number_that_another_entry_has(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    """The process died before it claimed the number, so it has not sent its request."""
    number = await offered(buyer)
    await buyer.available_numbers.rent(number)
    [rented] = await ledger.entries()
    key = rented.key.replace("/call/", "/batch/order/") + "/00000000"
    slot = attrs.evolve(rented, key=key).written(state=EntryState.INTENT, owner="another process")
    await store.set(key, slot.raw)
    before = len(sandbox.requests)
    assert [entry.key for entry in await buyer.resume_purchases()] == [key]
    assert await ledger.entries() == [rented]
    assert len(sandbox.requests) == before


async def test_an_entry_that_another_process_settled_first_is_returned_as_that_left_it(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    class Overtaken(MemoryStore):
        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            if b'"unknown"' in old:
                theirs = Entry.read(key, old).written(state=EntryState.RENTED, owner="another process")
                await super().replace(key, old, theirs.raw)
            return await super().replace(key, old, new, ttl=ttl)

    ledger = PurchaseLedger(Overtaken(clock=sandbox.clock))
    buyer = client.with_options(ledger=ledger)
    await left_unknown(sandbox, buyer, "drop_before_commit")
    [entry] = await buyer.resume_purchases()
    assert (entry.state, entry.owner) == (EntryState.RENTED, "another process")
    assert await ledger.entries() == [entry]
