"""Reserves budget and opens a ledger entry before a billable call, and settles both after it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import attrs

from .._sending.billable import BillableCall
from .._sending.hooks import call_hook
from .._sending.tasks import shielded
from ..attempts import Processed
from ..errors import NumbersError, NumberTakenError, OutcomeUnknownError
from ..models import ActiveNumber
from .budget import Reservation
from .claims import Claims, taken_error
from .context import PurchaseContext
from .decision import Kind
from .entries import Entry, EntryState
from .leases import Lease
from .orphans import OrphanedPurchase, report_orphan
from .prices import Price, PriceDifference, difference

logger: logging.Logger = logging.getLogger("sinch_numbers")

Claim = Callable[[Price | None], Awaitable[Lease]]
"""Gets the lease on a ledger entry for a purchase at this price. Raises a NumbersError if another process has it."""


@attrs.frozen
class Conclusion:
    """The outcome of a billable call: the number or the error for the caller, and the state for the ledger."""

    state: EntryState
    number: ActiveNumber | None = None
    error: Exception | None = None
    unconfirmed_since: float | None = None

    @property
    def is_callers(self) -> bool:
        """Whether a number was rented for the caller of this call."""
        return self.state is EntryState.RENTED and self.error is None

    def result(self) -> ActiveNumber:
        """The number. Raises the error if there is one."""
        if self.error is not None:
            raise self.error
        assert self.number is not None  # a conclusion has a number or an error
        return self.number

    def difference(self, price: Price) -> PriceDifference | None:
        """How the charge of a number that was rented differs from `price`."""
        if self.number is None or self.state is not EntryState.RENTED:
            return None
        return difference(price, self.number)

    def changes(self) -> dict[str, Any]:
        """The changes of the ledger entry."""
        changes: dict[str, Any] = {"unconfirmed_since": self.unconfirmed_since}
        if self.number is not None:
            changes["phone_number"] = self.number.phone_number
        if self.error is not None:
            changes["detail"] = str(self.error)
        return changes


@attrs.define
class Record:
    """A billable call in progress. Set `conclusion` before the block ends: without one, the call counts as interrupted."""

    conclusion: Conclusion | None = None
    entry: Entry | None = None
    """Its ledger entry, as it was opened."""
    is_anothers: bool = False
    """Whether another process was faster to finish the open purchase, which may have been charged."""


@asynccontextmanager
async def recorded(
    context: PurchaseContext,
    kind: Kind,
    phone_number: str | None,
    call: BillableCall,
    *,
    price: Price | None,
    claim: Claim | None,
    resumed: Entry | None,
    order: str = "",
    on_price_difference: Callable[[PriceDifference], None] | None = None,
) -> AsyncGenerator[Record]:
    """Records the call in the client's budget and ledger while the block runs.

    `claim` gets the lease on a slot of a batch; without it, the call gets a new entry with the digest `order`, or takes
    over `resumed`, the open entry of an earlier call that this one finishes. `on_price_difference` is told, besides the
    client's hook, if the number is charged otherwise than it was offered.

    Raises:
        BudgetExceededError: The budget does not cover the price. Nothing was sent, and no entry was written.
        StoreError: The ledger's store failed or timed out. Nothing was sent.
        OutcomeUnknownError: Another process has taken the slot over.
    """
    record = Record()
    budget = context.purchases.budget if kind is not Kind.RELEASE else None
    if price is None and resumed is not None:
        price = resumed.price
    reservation: Reservation | None = None
    lease: Lease | None = None
    lost = taken = was_open = False
    # What names the purchase while its outcome is open: its entry, or its number, which can be sold only once.
    open_key = phone_number if resumed is None else resumed.key
    with ExitStack() as stack:
        try:
            if budget is not None:
                was_open = resumed is None and budget.counted(open_key) is not None
                reservation = await budget.reserve(price, key=open_key)
            if context.claims is not None:
                claim = claim or _single_claim(
                    context, context.claims, record, kind, phone_number, resumed, order
                )
                lease = await _opened(context, claim, price, resumed)
                stack.enter_context(lease.held(context.tasks))
                call.guard = lease
                record.entry = lease.entry
            yield record
        except NumberTakenError:
            # The entry of another purchase has the number, so a request was never sent for this one, nor for `resumed`.
            taken = lease is None and not record.is_anothers
            raise
        finally:
            conclusion = record.conclusion
            state = EntryState.REFUSED if taken else _state(conclusion, call)
            differs = None if price is None or conclusion is None else conclusion.difference(price)
            if differs is not None:
                _report_difference(context, differs, on_price_difference)
            final = price if differs is None else differs.dearer
            try:
                if lease is not None:
                    is_callers = conclusion is not None and conclusion.is_callers
                    changes = {"price": final, "orphaned": is_callers and call.abandoned}
                    lost = not await _settle(context, lease, state, conclusion, changes)
            finally:
                # Also if the call is cancelled while the entry is written: other purchases wait for the reservation.
                if reservation is not None:
                    is_refused = state is EntryState.REFUSED and not lost
                    if is_refused or record.entry is None:
                        # The refusal of this rent does not settle an earlier, unclear one of the number.
                        key = open_key if was_open or state is EntryState.UNKNOWN else None
                    else:
                        # Whatever the state: the entry is still open if it could not be written.
                        key = record.entry.key
                    reservation.settle(bought=not is_refused or was_open, price=final, key=key)
    if lost and record.conclusion is not None and kind is Kind.RENT:
        raise _lost(kind, phone_number) from record.conclusion.error


def _state(conclusion: Conclusion | None, call: BillableCall) -> EntryState:
    if conclusion is not None:
        return conclusion.state
    # Interrupted: the client was closed, or an error occurred before anything was sent.
    return EntryState.REFUSED if call.processed is Processed.NO else EntryState.UNKNOWN


def _report_difference(
    context: PurchaseContext, found: PriceDifference, listener: Callable[[PriceDifference], None] | None
) -> None:
    logger.warning("%s", found)
    if listener is not None:
        listener(found)
    if context.purchases.on_price_difference is not None:
        call_hook(context.purchases.on_price_difference, found)


def _single_claim(
    context: PurchaseContext,
    claims: Claims,
    record: Record,
    kind: Kind,
    phone_number: str | None,
    resumed: Entry | None,
    order: str,
) -> Claim:
    async def claim(price: Price | None) -> Lease:
        if resumed is None:
            now = context.clock.time()
            return await claims.open_call(kind, phone_number, price=price, now=now, order=order)
        lease = await claims.take_over_rent(resumed)
        if lease is None:
            record.is_anothers = True
            raise taken_error(phone_number or "", await claims.read(resumed.key))
        return lease

    return claim


async def _opened(
    context: PurchaseContext, claim: Claim, price: Price | None, resumed: Entry | None
) -> Lease:
    async def opened() -> Lease:
        return await claim(price)

    opening = context.tasks.start(opened(), name="sinch-numbers ledger")
    try:
        return await shielded(opening)
    except asyncio.CancelledError:
        # Nothing was sent, so the entry that was or is being written is settled again. Waits for that: until then, the next
        # call for the number would find it taken.
        state = EntryState.REFUSED if resumed is None else EntryState.UNKNOWN
        await asyncio.shield(
            context.tasks.start(_take_back(context, opening, state), name="sinch-numbers ledger")
        )
        raise


async def _take_back(context: PurchaseContext, opening: asyncio.Task[Lease], state: EntryState) -> None:
    with contextlib.suppress(NumbersError):
        await _settle(context, await opening, state, None, {})


async def _settle(
    context: PurchaseContext,
    lease: Lease,
    state: EntryState,
    conclusion: Conclusion | None,
    changes: Mapping[str, Any],
) -> bool:
    """Writes the outcome, even if the call is being cancelled. False if another process has taken the entry over.

    A store that fails is logged: it does not hide the outcome from the caller.
    """
    claims = context.claims
    assert claims is not None  # the lease is theirs
    changes = {**changes, **({} if conclusion is None else conclusion.changes())}

    async def write() -> bool:
        kept = await claims.settle(lease, state, settled_at=context.clock.time(), **changes)
        if not kept and conclusion is not None and conclusion.is_callers and conclusion.number is not None:
            return await _keep_charge(context, claims, lease.entry, conclusion.number)
        return kept

    try:
        return await asyncio.shield(
            context.tasks.start(write(), name=f"sinch-numbers ledger {lease.entry.key}")
        )
    except NumbersError:
        entry = lease.entry
        logger.exception(
            "the outcome of %s %s could not be written to the ledger", entry.operation, entry.phone_number
        )
        return not lease.lost


async def _keep_charge(context: PurchaseContext, claims: Claims, entry: Entry, number: ActiveNumber) -> bool:
    """Records a charge whose entry was lost. Whether the number is this call's all the same.

    The caller of a slot gets `Unknown`, so the hook gets the number.
    """
    if await claims.keep_charge(entry, number.phone_number):
        if not entry.is_slot:
            return True
        orphan = OrphanedPurchase(operation=entry.operation, phone_number=number.phone_number, number=number)
        await report_orphan(orphan, context.purchases.on_orphaned_purchase)
        return False
    if entry.operation != Kind.RENT:
        return True
    # Another process found the number. If it only noted that, and nobody has taken it, it is this call's.
    current = await claims.read(entry.key)
    return current is not None and current.orphaned and await claims.take(current) is not None


def _lost(kind: Kind, phone_number: str | None) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{kind} {phone_number}: another process has taken the purchase over and finishes it. "
        "Look in active_numbers before you call again",
        operation=kind,
        phone_number=phone_number,
    )
