"""A call that is cancelled just as it adopts the outcome of an abandoned one: the outcome is offered again."""

from __future__ import annotations

import asyncio
from typing import Any

from sinch_numbers import MemoryStore, OrphanedPurchase, PurchaseLedger
from sinch_numbers.clock import Clock
from sinch_numbers.sandbox import Sandbox

from ..support import arrived
from .steps import given_up, settled

US: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}


class SlowToTake(MemoryStore):
    """A store in which it takes until `go_on` to note that a number was taken."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock)
        self.taking, self.go_on = asyncio.Event(), asyncio.Event()

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        if b'"orphaned": true' in old and b'"orphaned": false' in new:
            self.taking.set()
            await self.go_on.wait()
        return await super().replace(key, old, new, ttl=ttl)


async def test_its_outcome_goes_to_the_hook_and_to_the_next_call_that_names_the_number(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    store = SlowToTake(sandbox.clock)
    ledger = PurchaseLedger(store)
    async with sandbox.client(ledger=ledger) as client:
        held = sandbox.faults.hold("RentNumber", times=1)
        await given_up(lambda: client.available_numbers.rent_first(**US), held)
        held.release()
        await settled()
        buyer = client.with_options(on_orphaned_purchase=orphans.append)
        adopting = asyncio.ensure_future(buyer.available_numbers.rent_first(**US))
        await store.taking.wait()
        adopting.cancel()
        await asyncio.wait([adopting])
        assert adopting.cancelled()
        assert orphans == []
        store.go_on.set()
        await settled()
        [charge] = sandbox.charges
        [orphan] = orphans
        assert (orphan.operation, orphan.phone_number) == ("RentNumber", charge.phone_number)
        assert orphan.number is not None
        assert orphan.number.phone_number == charge.phone_number
        [entry] = await ledger.entries()
        assert entry.orphaned
        # The hook has it, so only a call that names the number gets it.
        another = await buyer.available_numbers.rent_first(**US)
        assert another.phone_number != charge.phone_number
        assert await buyer.available_numbers.rent(charge.phone_number) == orphan.number
        assert len(sandbox.charges) == 2
        # It is known here: neither the API nor another entry had to be asked for it.
        assert arrived(sandbox, "GetActiveNumber") == 0
