"""A lease: renewed while a purchase works, confirmed just before it sends, lost if another process takes the entry over."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from sinch_numbers import EntryState, Sent, StoreError, TransportError
from sinch_numbers._sending.tasks import TaskGroup
from sinch_numbers.purchasing import leases
from sinch_numbers.purchasing.claims import Claims
from sinch_numbers.purchasing.leases import Lease
from sinch_numbers.stores.bounded import BoundedStore

from .scripted_store import LENGTH, Scripted, claimed


@pytest.fixture
def store() -> Scripted:
    return Scripted()


@pytest.fixture
def claims(store: Scripted) -> Claims:
    return Claims(
        BoundedStore(store, timeout=60), "sinch-numbers/ledger/name/", lease=LENGTH, settle_after=600
    )


# --- a write whose response was lost ---


@pytest.mark.parametrize("how", ["before", "after", "late"])
async def test_a_renewal_whose_response_was_lost_is_read_back(
    store: Scripted, claims: Claims, how: str
) -> None:
    lease = await claimed(claims)
    store.script = [how]
    await lease.renew()
    assert not lease.lost
    assert await store.get(lease.entry.key) == lease.entry.raw
    await lease.renew()
    assert await lease.settle(state=EntryState.RENTED)
    [entry] = await claims.entries()
    assert entry.state is EntryState.RENTED


async def test_a_renewal_that_is_found_in_the_store_is_written_once_more(
    store: Scripted, claims: Claims
) -> None:
    lease = await claimed(claims)
    before = store.writes
    store.script = ["after"]
    await lease.renew()
    assert store.writes - before == 2


@pytest.mark.parametrize("first", ["before", "after"])
@pytest.mark.parametrize("second", ["before", "after"])
async def test_a_lease_is_not_lost_if_the_store_does_not_respond_for_a_while(
    store: Scripted, claims: Claims, first: str, second: str
) -> None:
    lease = await claimed(claims)
    store.script = [first, "unreadable"]
    with pytest.raises(TransportError, match="no response") as caught:
        await lease.renew()
    assert caught.value.sent is Sent.NEVER
    assert isinstance(caught.value.__cause__, StoreError)
    store.script = [second]
    await lease.renew()
    assert not lease.lost
    assert await lease.settle(state=EntryState.RENTED)


async def test_a_lease_is_not_lost_if_the_second_write_gets_no_response_either(
    store: Scripted, claims: Claims
) -> None:
    lease = await claimed(claims)
    store.script = ["after", "after"]
    await lease.renew()
    await lease.renew()
    assert await lease.settle(state=EntryState.RENTED)


# --- lost to another process ---


async def test_of_two_owners_with_the_same_version_one_keeps_the_entry(
    store: Scripted, claims: Claims
) -> None:
    """As two machines do that were cloned from one snapshot, down to their random words."""
    lease = await claimed(claims)
    clone = Lease(BoundedStore(store, timeout=60), lease.entry, length=LENGTH, since=leases.elapsed())
    await clone.confirm()
    with pytest.raises(TransportError, match="another process has taken over") as caught:
        await lease.confirm()
    assert caught.value.sent is Sent.NEVER
    assert lease.lost
    assert not lease.may_send
    assert not await lease.settle(state=EntryState.RENTED)
    assert await clone.settle(state=EntryState.RENTED)


@pytest.mark.parametrize("first", ["before", "after"])
async def test_a_lease_is_lost_if_another_process_wrote_after_a_write_whose_result_is_not_known(
    store: Scripted, claims: Claims, first: str
) -> None:
    lease = await claimed(claims)
    store.script = [first, "unreadable"]
    with pytest.raises(TransportError):
        await lease.renew()
    theirs = lease.entry.written(owner="another")
    await store.set(theirs.key, theirs.raw)
    with pytest.raises(TransportError, match="another process has taken over"):
        await lease.renew()
    assert lease.lost
    assert await store.get(theirs.key) == theirs.raw


async def test_a_lease_is_lost_if_another_process_took_it_before_the_write_was_repeated(
    store: Scripted, claims: Claims
) -> None:
    lease = await claimed(claims)
    theirs = lease.entry.written(owner="another")
    store.script = ["after"]
    store.late = [lambda: store._put(theirs.key, theirs.raw, float("inf"))]
    with pytest.raises(TransportError, match="another process has taken over"):
        await lease.renew()
    assert lease.lost
    assert await store.get(theirs.key) == theirs.raw


# --- age ---


def test_the_age_of_a_lease_counts_the_time_for_which_the_machine_was_suspended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr("time.clock_gettime", {7: 5_000.0}.__getitem__)
    assert leases.elapsed() == 5_000.0


def test_the_age_of_a_lease_is_monotonic_on_a_system_that_does_not_count_suspension(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("time.CLOCK_BOOTTIME", raising=False)
    before = time.monotonic()
    assert before <= leases.elapsed() <= time.monotonic()


async def test_a_lease_is_renewed_before_it_is_stale(claims: Claims, monkeypatch: pytest.MonkeyPatch) -> None:
    lease = await claimed(claims)
    delays: list[float] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later

    def recorded(delay: float, *arguments: Any) -> asyncio.TimerHandle:
        delays.append(delay)
        return call_later(delay, *arguments)

    monkeypatch.setattr(loop, "call_later", recorded)
    with lease.held(TaskGroup()):
        pass
    assert delays == [LENGTH / 4]


async def test_a_stale_lease_is_confirmed_by_a_quick_renewal(
    claims: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    for module in ("leases", "claims"):
        monkeypatch.setattr(f"sinch_numbers.purchasing.{module}.elapsed", lambda: now)
    lease = await claimed(claims)
    now += LENGTH / 2
    assert not lease.is_stale()
    now += 0.1
    assert lease.is_stale()
    await lease.confirm()
    assert not lease.is_stale()


async def test_a_lease_whose_renewals_take_too_long_is_not_confirmed(
    store: Scripted, claims: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example because the machine was suspended in each of them."""
    now = leases.elapsed()

    def elapsed() -> float:
        nonlocal now
        now += 0.6 * LENGTH
        return now

    lease = await claimed(claims)
    monkeypatch.setattr(leases, "elapsed", elapsed)
    before = store.writes
    with pytest.raises(TransportError, match="too slow") as caught:
        await lease.confirm()
    assert caught.value.sent is Sent.NEVER
    assert isinstance(caught.value.__cause__, StoreError)
    assert store.writes - before == 3


async def test_a_lease_renews_itself_only_while_it_is_held(store: Scripted) -> None:
    claims = Claims(
        BoundedStore(store, timeout=60), "sinch-numbers/ledger/name/", lease=0.04, settle_after=600
    )
    lease = await claimed(claims)
    tasks = TaskGroup()
    versions = {lease.entry.version}
    with lease.held(tasks):
        while len(versions) < 4:
            await asyncio.sleep(0)
            versions.add(lease.entry.version)
        assert leases.is_held_here(lease.entry)
    assert not leases.is_held_here(lease.entry)
    await tasks.drain(1)
    before = store.writes
    await lease.renew()
    assert store.writes == before


async def test_a_cancelled_confirmation_does_not_lose_the_lease(claims: Claims) -> None:
    """The renewal goes on in a task of its own, and the lease knows its version."""
    lease = await claimed(claims)
    with lease.held(TaskGroup()):
        for turns in range(6):
            confirming = asyncio.ensure_future(lease.confirm())
            for _ in range(turns):
                await asyncio.sleep(0)
            confirming.cancel()
            await asyncio.wait([confirming])
            await lease.renew()
        assert await lease.settle(state=EntryState.RENTED)
