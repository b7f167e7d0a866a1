"""A call that ends while its ledger entry is written: nothing is sent, and the entry has no owner."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import Entry, EntryState, MemoryStore, NumbersError, PurchaseLedger
from sinch_numbers.clock import Clock
from sinch_numbers.sandbox import Sandbox

from ..support import NUMBER, turns
from .steps import rents


class Slow(MemoryStore):
    """A store whose writes of open entries wait for `go_on`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock)
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.fails = False

    async def _wait(self, value: bytes) -> None:
        if b'"intent"' in value:
            self.begun.set()
            await self.go_on.wait()
            if self.fails:
                raise OSError("no space left on device")

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        await self._wait(value)
        return await super().add(key, value, ttl=ttl)

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        await self._wait(new)
        return await super().replace(key, old, new, ttl=ttl)


async def left_open(store: MemoryStore) -> None:
    """The entry of a rent of `NUMBER` whose outcome is not known."""
    key = "sinch-numbers/ledger/default/call/1"
    entry = Entry(
        key=key, operation="RentNumber", phone_number=NUMBER, state=EntryState.UNKNOWN, began_at=1.0
    )
    await store.set(key, entry.written().raw)
    await store.set(f"sinch-numbers/ledger/default/number/{NUMBER}", key.encode())


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("resumed", [False, True])
@pytest.mark.usefixtures("quiet_loop")
async def test_a_call_that_is_cancelled_while_its_entry_is_written_sends_nothing_and_leaves_it_without_an_owner(
    sandbox: Sandbox, resumed: bool, fails: bool
) -> None:
    store = Slow(sandbox.clock)
    ledger = PurchaseLedger(store)
    if resumed:
        await left_open(store)
    async with sandbox.client(ledger=ledger) as client:
        call = asyncio.ensure_future(client.available_numbers.rent(NUMBER))
        await store.begun.wait()
        call.cancel()
        await asyncio.wait([call])
        store.fails = fails
        store.go_on.set()
    assert call.cancelled()
    left = [entry.state for entry in await ledger.entries()]
    if resumed:
        assert left == [EntryState.UNKNOWN]  # an earlier request may have been sent
    else:
        assert left == ([] if fails else [EntryState.REFUSED])
    assert rents(sandbox) == 0


async def test_at_no_turn_of_the_loop_does_closing_the_client_settle_an_open_purchase_that_is_taken_over(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.hold("Token")
    for count in range(80):
        ledger = PurchaseLedger(store := MemoryStore(clock=sandbox.clock))
        await left_open(store)
        client = sandbox.client(ledger=ledger, close_timeout=0)
        call = asyncio.ensure_future(client.available_numbers.rent(NUMBER))
        await turns(count)
        await client.aclose()
        with pytest.raises(NumbersError):
            await call
        assert [entry.is_settled for entry in await ledger.entries()] == [False]
