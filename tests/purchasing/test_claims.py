"""A slot has one owner and a number one slot, whatever the store says of its writes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from sinch_numbers import Entry, EntryState, MemoryStore, NumberTakenError, PurchaseLedger, StoreError
from sinch_numbers.purchasing import leases
from sinch_numbers.purchasing.claims import Claims, taken_error
from sinch_numbers.purchasing.decision import Kind
from sinch_numbers.sandbox import Sandbox, VirtualClock
from sinch_numbers.stores.bounded import BoundedStore

from .scripted_store import LENGTH, NUMBER, Scripted, claimed

PREFIX = "sinch-numbers/ledger/name/"
NUMBER_KEY = f"{PREFIX}number/{NUMBER}"


@pytest.fixture
def store() -> Scripted:
    return Scripted()


@pytest.fixture
def claims(store: Scripted) -> Claims:
    return Claims(BoundedStore(store, timeout=60), PREFIX, lease=LENGTH, settle_after=600)


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
    assert await store.get(NUMBER_KEY) == entry.key.encode()


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
    await store.set(NUMBER_KEY, b"sinch-numbers/ledger/name/batch/old/00000000")
    lease = await claimed(claims)
    assert await store.get(NUMBER_KEY) == lease.entry.key.encode()


# --- a write whose response was lost ---


async def test_a_number_that_its_slot_has_given_up_for_another_can_be_claimed(
    store: Scripted, claims: Claims
) -> None:
    lease = await claimed(claims)
    store.script = ["", "before", "before"]
    with pytest.raises(StoreError):
        await claims.settle(lease, EntryState.REFUSED)
    await claimed(claims, number="+12025550135")
    assert await claims.holder(NUMBER) is None
    await claimed(claims, slot=1)
    holder = await claims.holder(NUMBER)
    assert holder is not None
    assert holder.slot == 1


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
    assert await store.get(NUMBER_KEY) == lease.entry.key.encode()


@pytest.mark.parametrize("how", ["before", "after"])
async def test_a_slot_whose_release_got_no_response_is_free(
    store: Scripted, claims: Claims, how: str
) -> None:
    lease = await claimed(claims)
    store.script = [how]
    assert await claims.settle(lease, EntryState.REFUSED)
    assert await store.items(PREFIX) == []


async def test_a_claim_whose_outcome_the_store_does_not_tell_has_no_owner(
    store: Scripted, claims: Claims, clock: VirtualClock
) -> None:
    store.script = ["after", "unreadable"]
    with pytest.raises(StoreError):
        await claimed(claims)
    [entry] = await claims.entries()
    assert not leases.is_held_here(entry)
    assert await claims.watch([entry], clock) == {entry.key: entry}


@pytest.mark.parametrize("settling", [[], ["before", "unreadable"]], ids=["settled", "not settled"])
async def test_a_claim_whose_number_the_store_does_not_tell_is_unknown_and_raises_a_store_error(
    store: Scripted, claims: Claims, settling: list[str]
) -> None:
    store.script = ["", "after", "unreadable", *settling]
    with pytest.raises(StoreError):
        await claimed(claims)
    [entry] = await claims.entries()
    assert entry.state is (EntryState.INTENT if settling else EntryState.UNKNOWN)
    assert not leases.is_held_here(entry)


# --- the number of an entry that is settled ---


@pytest.mark.parametrize(
    ("kind", "state", "has_number"),
    [
        (Kind.RENT, EntryState.RENTED, True),
        (Kind.RENT, EntryState.UNKNOWN, True),
        (Kind.RENT, EntryState.REFUSED, False),
        (Kind.RENT_ANY, EntryState.RENTED, True),
        (Kind.RENT_ANY, EntryState.UNKNOWN, False),
        (Kind.RENT_ANY, EntryState.REFUSED, False),
        (Kind.RELEASE, EntryState.REFUSED, False),
        (Kind.RELEASE, EntryState.UNKNOWN, False),
    ],
)
async def test_an_entry_has_its_number_if_it_may_have_rented_it(
    store: Scripted, claims: Claims, kind: Kind, state: EntryState, has_number: bool
) -> None:
    number = None if kind is Kind.RENT_ANY else NUMBER
    lease = await claims.open_call(kind, number, price=None, now=1.0)
    changes = {"phone_number": NUMBER} if state is EntryState.RENTED else {}
    assert await claims.settle(lease, state, **changes)
    key = lease.entry.key.encode()
    assert await store.items(f"{PREFIX}number/") == ([(NUMBER_KEY, key)] if has_number else [])


@pytest.mark.parametrize(
    ("state", "has_number"),
    [(EntryState.RELEASED, False), (EntryState.REFUSED, True), (EntryState.UNKNOWN, True)],
)
async def test_a_number_that_was_released_is_nobodys(
    store: Scripted, claims: Claims, state: EntryState, has_number: bool
) -> None:
    rented = await claimed(claims)
    await claims.settle(rented, EntryState.RENTED)
    releasing = await claims.open_call(Kind.RELEASE, NUMBER, price=None, now=2.0)
    assert await claims.settle(releasing, state)
    assert await store.get(NUMBER_KEY) == (rented.entry.key.encode() if has_number else None)


async def test_an_entry_that_does_not_change_is_watched_for_little_longer_than_a_lease(
    store: Scripted, claims: Claims, clock: VirtualClock
) -> None:
    dead = entry(EntryState.INTENT, owner="another process")
    await put(store, dead)
    assert await claims.watch([dead], clock) == {dead.key: dead}
    assert clock.monotonic() == 9 * LENGTH / 8  # a look each eighth of a lease, until 1.1 leases have passed


def test_the_error_about_a_number_whose_holder_is_gone_names_the_number() -> None:
    assert str(taken_error(NUMBER, None)).startswith(f"another purchase in this ledger has {NUMBER}")


# --- what a crash left of a number ---


def entry(state: EntryState, *, key: str = "call/1", **changes: Any) -> Entry:
    blank = Entry(
        key=f"{PREFIX}{key}", operation="RentNumber", phone_number=NUMBER, state=state, began_at=60.0
    )
    return blank.written(**changes)


async def put(store: MemoryStore, entry: Entry) -> None:
    """An entry that owns its number."""
    await store.set(entry.key, entry.raw)
    await store.set(NUMBER_KEY, entry.key.encode())


@pytest.mark.parametrize("state", [EntryState.REFUSED, EntryState.RELEASED])
async def test_a_number_can_be_claimed_if_the_process_died_between_settling_and_giving_it_up(
    store: Scripted, claims: Claims, state: EntryState
) -> None:
    await put(store, entry(state))
    assert await claims.holder(NUMBER) is None
    lease = await claimed(claims)
    assert await store.get(NUMBER_KEY) == lease.entry.key.encode()


async def test_an_index_of_numbers_that_is_broken_keeps_nobody_from_a_number(
    store: Scripted, claims: Claims
) -> None:
    await store.set(NUMBER_KEY, b"\xff")
    assert await claims.holder(NUMBER) is None
    lease = await claimed(claims)
    assert await store.get(NUMBER_KEY) == lease.entry.key.encode()


@pytest.mark.parametrize(
    ("holder", "message", "since"),
    [
        (entry(EntryState.RENTED, settled_at=120.0), "was rented by another call", 120),
        (entry(EntryState.RENTED), "was rented by another call", 60),
        (entry(EntryState.UNKNOWN, settled_at=120.0), "may have been rented, by another call", 60),
        (
            entry(EntryState.INTENT, key="batch/name/00000003"),
            "is being rented, or may have been rented, by slot 3 of the batch 'name'",
            60,
        ),
    ],
)
async def test_the_error_says_who_has_the_number_and_since_when(
    store: Scripted, claims: Claims, holder: Entry, message: str, since: int
) -> None:
    for owner, shown in [("host 1 word", "host 1 word"), ("", "unknown owner")]:
        await put(store, holder.written(owner=owner))
        with pytest.raises(NumberTakenError, match=rf"^\{NUMBER} .*{message}") as caught:
            await claimed(claims)
        assert f"({shown}) at 1970-01-01 00:0{since // 60}:00 UTC" in str(caught.value)
        assert caught.value.owner == (owner or None)
        assert caught.value.since == datetime.fromtimestamp(since, UTC)
        assert [found.key for found in await claims.entries()] == [holder.key]


async def test_an_unknown_entry_that_is_taken_over_is_at_work_again_and_its_absence_proves_nothing(
    store: Scripted, claims: Claims
) -> None:
    unknown = entry(EntryState.UNKNOWN, unconfirmed_since=50.0)
    await put(store, unknown)
    lease = await claims.take_over(unknown)
    assert lease is not None
    [found] = await claims.entries()
    assert (found.state, found.unconfirmed_since) == (EntryState.INTENT, None)
    assert leases.is_held_here(found)


# --- pruning ---


async def test_an_entry_that_changes_while_it_is_pruned_keeps_its_number() -> None:
    orphaned = entry(EntryState.RENTED, settled_at=60.0, orphaned=True)

    class TakenMeanwhile(MemoryStore):
        async def delete(self, key: str, old: bytes) -> bool:
            await self.replace(orphaned.key, orphaned.raw, orphaned.written(orphaned=False).raw)
            return await super().delete(key, old)

    store = TakenMeanwhile()
    await put(store, orphaned)
    ledger = PurchaseLedger(store, name="name")
    assert await ledger.prune(settled_before=datetime.fromtimestamp(61, UTC)) == 0
    assert [found.orphaned for found in await ledger.entries()] == [False]
    assert await store.get(NUMBER_KEY) == orphaned.key.encode()


async def test_nothing_remains_of_what_is_pruned(store: Scripted, claims: Claims) -> None:
    await put(store, entry(EntryState.RENTED, settled_at=60.0))
    assert await claims.prune(61.0) == 1
    assert await store.items(PREFIX) == []


async def test_an_entry_is_as_old_as_its_settlement_or_else_its_beginning(
    store: Scripted, claims: Claims
) -> None:
    await store.set(f"{PREFIX}call/1", entry(EntryState.RENTED, settled_at=120.0).raw)
    await store.set(f"{PREFIX}call/2", entry(EntryState.RENTED, key="call/2").raw)
    assert await claims.prune(100.0) == 1
    assert [found.key for found in await claims.entries()] == [f"{PREFIX}call/1"]
