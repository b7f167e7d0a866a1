"""Settles the entries that a crash left open, by asking the API for each number. It buys nothing."""

from __future__ import annotations

from .. import _defaults
from ..bulk import gather_bounded
from .claims import Claims
from .context import PurchaseContext
from .decision import Finding, Kind
from .entries import Entry, EntryState
from .reconciliation import Look, ask


async def resume(context: PurchaseContext, claims: Claims, *, wait: bool) -> list[Entry]:
    """All open entries, in their state after asking. See `NumbersClient.resume_purchases`."""
    unsettled = [entry async for entry in claims.each() if not entry.is_settled]
    open_states = {EntryState.UNKNOWN, EntryState.INTENT} if wait else {EntryState.UNKNOWN}
    watched = [entry for entry in unsettled if entry.state in open_states]
    free = await claims.watch(watched, context.clock)

    async def settle(entry: Entry) -> Entry | None:
        if entry.key in free and entry.phone_number is not None:
            return await _settle(context, claims, entry)
        return await claims.read(entry.key)

    found = await gather_bounded(unsettled, settle, concurrency=_defaults.CONCURRENCY, clock=context.clock)
    return [entry for entry in found if entry is not None]


async def _settle(context: PurchaseContext, claims: Claims, entry: Entry) -> Entry | None:
    """The entry, settled by what the API says. If another process was faster, the entry as that process left it."""
    assert entry.phone_number is not None  # resume() skips entries without a number
    lease = await claims.take_over(entry)
    if lease is None:
        return await claims.read(entry.key)
    with lease.held(context.tasks):
        kind = Kind(entry.operation)
        if kind is Kind.RENT and not await claims.own_number(lease.entry):
            # Another entry has the number, so the request of this one was never sent.
            state, since = EntryState.REFUSED, None
        else:
            look = await ask(context, kind, entry.phone_number)
            state = _state(kind, look)
            since = None if state is not EntryState.UNKNOWN else entry.unconfirmed_since
            if state is EntryState.UNKNOWN and look.finding is not Finding.UNREACHABLE:
                since = since or look.api_time
                if context.is_settled(since, look.api_time):
                    state = EntryState.REFUSED
        await claims.settle(
            lease,
            state,
            settled_at=context.clock.time(),
            # Unless this client has returned the number, and could not write it down.
            orphaned=state is EntryState.RENTED and not context.number_locks.was_returned(entry.phone_number),
            unconfirmed_since=since,
            detail="settled by asking the API" if state is not EntryState.UNKNOWN else entry.detail,
        )
    if state is EntryState.REFUSED and context.purchases.budget is not None:
        context.purchases.budget.take_back(entry)
    return lease.entry


def _state(kind: Kind, look: Look) -> EntryState:
    """The state of the entry according to the API. UNKNOWN if the purchase may still be under way."""
    if kind is Kind.RELEASE and look.finding in {Finding.EXPIRING, Finding.GONE}:
        return EntryState.RELEASED
    if kind is not Kind.RELEASE and look.finding in {Finding.ACTIVE, Finding.EXPIRING}:
        return EntryState.RENTED
    return EntryState.UNKNOWN
