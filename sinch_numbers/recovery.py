"""What became of the purchases that a crash left open: the API is asked for each."""

from __future__ import annotations

import attrs

from . import _options
from ._context import Context
from .ledger import Entry, EntryState, PurchaseLedger
from .models import ActiveNumber
from .reconciliation import Absence, look_for_active, look_for_rented

__all__ = ["settled"]


async def settled(context: Context, ledger: PurchaseLedger, entry: Entry) -> Entry:
    """`entry` as the API's answers settle it; unchanged where they do not."""
    if entry.phone_number is None:
        return entry
    now = context.pipeline.clock.time()
    may_be_under_way = now - entry.began_at <= _options.SETTLED_AFTER
    if entry.operation == "ReleaseNumber":
        found = await look_for_active(context, entry.phone_number)
        state = _after_release(found, may_be_under_way)
    else:
        found = await look_for_rented(context, entry.phone_number, patient=False)
        state = _after_rent(found, may_be_under_way)
    if state is None:
        return entry
    if state is EntryState.REFUSED and entry.is_slot:
        await ledger.free(entry)
        return attrs.evolve(entry, state=state, settled_at=now)
    return await ledger.settle(entry, state, now=now, detail="settled by asking the API")


def _after_rent(found: ActiveNumber | Absence, may_be_under_way: bool) -> EntryState | None:
    if isinstance(found, ActiveNumber):
        return EntryState.RENTED
    if found is Absence.UNCLEAR or may_be_under_way:
        return None
    return EntryState.REFUSED


def _after_release(found: ActiveNumber | Absence, may_be_under_way: bool) -> EntryState | None:
    if found is Absence.GONE or (isinstance(found, ActiveNumber) and found.expire_at is not None):
        return EntryState.RELEASED
    if not isinstance(found, ActiveNumber) or may_be_under_way:
        return None
    return EntryState.REFUSED
