"""What became of the purchases that a crash left open: the API is asked for each."""

from __future__ import annotations

import attrs

from .. import _defaults
from .context import PurchaseContext
from .decision import Finding, Kind
from .ledger import Entry, EntryState, PurchaseLedger
from .reconciliation import ask

__all__ = ["resume", "settled"]


async def resume(context: PurchaseContext, ledger: PurchaseLedger) -> list[Entry]:
    """Settles the open entries that no living process works on; `NumbersClient.resume_purchases` says the rest."""
    open_entries = await ledger.open_entries(now=context.clock.time())
    found = [await settled(context, ledger, entry) for entry in open_entries]
    return [entry for entry in found if entry is not None]


async def settled(context: PurchaseContext, ledger: PurchaseLedger, entry: Entry) -> Entry | None:
    """`entry` as the API's answers settle it, unchanged where they do not; None where another process was faster."""
    if entry.phone_number is None:
        return entry
    now = context.clock.time()
    state = await _state(context, ledger, entry, now)
    if state is None:
        return entry
    with ledger.at_work(entry):
        own = await ledger.take_over(entry, now=now)
        if own is None:
            return None
        if state is EntryState.REFUSED:
            if (budget := context.purchases.budget) is not None:
                budget.take_back(entry)
            if entry.is_slot:
                await ledger.free(own)
                return attrs.evolve(entry, state=state, settled_at=now)
        own = attrs.evolve(own, began_at=entry.began_at)
        return await ledger.settle(own, state, now=now, detail="settled by asking the API")


async def _state(
    context: PurchaseContext, ledger: PurchaseLedger, entry: Entry, now: float
) -> EntryState | None:
    assert entry.phone_number is not None  # nothing can be asked of a number without a name
    longest = max(_defaults.SETTLED_AFTER, context.settings.timeout.total)
    may_be_under_way = now - entry.began_at <= longest
    kind = Kind(entry.operation)
    if kind is Kind.RENT and entry.is_slot and not await ledger.has_number(entry):
        return EntryState.REFUSED
    finding, _ = await ask(context, kind, entry.phone_number)
    if finding is Finding.UNREACHABLE:
        return None
    if kind is Kind.RELEASE and finding is not Finding.ACTIVE:
        return EntryState.RELEASED
    if kind is Kind.RENT and finding in {Finding.ACTIVE, Finding.EXPIRING}:
        return EntryState.RENTED
    return None if may_be_under_way else EntryState.REFUSED
