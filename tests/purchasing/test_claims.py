"""A slot has one owner and a number one slot, whatever the store says of its writes."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import EntryState, MemoryStore, NumberTakenError, PurchaseLedger, StoreError
from sinch_numbers.purchasing import leases
from sinch_numbers.purchasing.claims import Claims
from sinch_numbers.sandbox import Sandbox, VirtualClock
from sinch_numbers.stores.bounded import BoundedStore

from .scripted_store import LENGTH, NUMBER, Scripted, claimed


@pytest.fixture
def store() -> Scripted:
    return Scripted()


@pytest.fixture
def claims(store: Scripted) -> Claims:
    return Claims(
        BoundedStore(store, timeout=60), "sinch-numbers/ledger/name/", lease=LENGTH, settle_after=600
    )


async def test_an_entry_is_taken_over_once(claims: Claims) -> None:
    lease = await claimed(claims)
    taken = [await claims.take_over(lease.entry), await claims.take_over(lease.entry)]
    assert taken[0] is not None
    assert taken[1] is None


async def test_an_entry_that_was_taken_over_is_neither_settled_nor_removed_by_its_former_owner(
    store: Scripted, claims: Claims
) -> None:
    lease = await claimed(claims)
    successor = await claims.take_over(lease.entry)
    assert successor is not None
    assert not await claims.settle(lease, EntryState.REFUSED)
    [entry] = await claims.entries()
    assert entry == successor.entry
    assert await store.get(f"sinch-numbers/ledger/name/number/{NUMBER}") == entry.key.encode()


# --- a number is the number of one slot ---


class TakingTurns(MemoryStore):
    """A store that lets other tasks run before and after each of its steps, as a file or a server does."""

    async def get(self, key: str) -> bytes | None:
        await asyncio.sleep(0)
        return await super().get(key)

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        for _ in range(9 if "/batch/one" in key else 1):
            await asyncio.sleep(0)
        added = key not in self._entries
        if added:
            await MemoryStore.set(self, key, value, ttl=ttl)
        await asyncio.sleep(0)
        return added


async def test_two_slots_never_claim_one_number(sandbox: Sandbox) -> None:
    store = TakingTurns(clock=sandbox.clock)

    async def claim(ledger: PurchaseLedger, batch: str, delay: int) -> bool:
        for _ in range(delay):
            await asyncio.sleep(0)
        try:
            lease = await ledger._claims.claim(batch, 0, "+12025550134", price=None, now=1.0)
            return lease is not None
        except NumberTakenError:
            return False

    for delay in range(8):
        batches = f"one-{delay}", f"two-{delay}"
        ledger, other = PurchaseLedger(store, name=f"{delay}"), PurchaseLedger(store, name=f"{delay}")
        assert sum(await asyncio.gather(claim(ledger, batches[0], 0), claim(other, batches[1], delay))) == 1


async def test_a_number_whose_slot_is_gone_can_be_claimed(store: Scripted, claims: Claims) -> None:
    """Its slot was released, and the process died before it released the number."""
    await store.set(
        f"sinch-numbers/ledger/name/number/{NUMBER}", b"sinch-numbers/ledger/name/batch/old/00000000"
    )
    lease = await claimed(claims)
    assert await store.get(f"sinch-numbers/ledger/name/number/{NUMBER}") == lease.entry.key.encode()


# --- a write whose response was lost ---


@pytest.mark.parametrize("how", ["before", "after"])
async def test_a_claim_whose_response_was_lost_is_read_back(
    store: Scripted, claims: Claims, how: str
) -> None:
    store.script = [how]
    lease = await claimed(claims)
    assert await store.get(lease.entry.key) == lease.entry.raw
    assert await claims.claim("batch", 0, "+12025550135", price=None, now=1.0) is None


@pytest.mark.parametrize("how", ["before", "after"])
async def test_a_number_whose_claim_got_no_response_belongs_to_one_slot(
    store: Scripted, claims: Claims, how: str
) -> None:
    store.script = ["", how]
    lease = await claimed(claims)
    assert await store.get(f"sinch-numbers/ledger/name/number/{NUMBER}") == lease.entry.key.encode()


@pytest.mark.parametrize("how", ["before", "after"])
async def test_a_slot_whose_release_got_no_response_is_free(
    store: Scripted, claims: Claims, how: str
) -> None:
    lease = await claimed(claims)
    store.script = [how]
    assert await claims.settle(lease, EntryState.REFUSED)
    assert await store.items("sinch-numbers/ledger/name/") == []


async def test_a_claim_whose_outcome_the_store_does_not_tell_has_no_owner(
    store: Scripted, claims: Claims, clock: VirtualClock
) -> None:
    store.script = ["after", "unreadable"]
    with pytest.raises(StoreError):
        await claimed(claims)
    [entry] = await claims.entries()
    assert not leases.is_held_here(entry)
    assert await claims.watch([entry], clock) == {entry.key: entry}
