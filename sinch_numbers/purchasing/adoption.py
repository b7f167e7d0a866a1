"""What an earlier call left of a number: its outcome if nobody has taken it, or a purchase to finish."""

from __future__ import annotations

import asyncio
import logging

from .._sending.billable import BillableCall
from .._sending.tasks import shielded
from ..errors import NumberTakenError, OutcomeUnknownError, StoreError
from ..models import ActiveNumber
from .claims import Claims, taken_error
from .context import PurchaseContext
from .decision import Finding, Kind
from .entries import Entry, EntryState
from .orphans import Order, OrphanedPurchase
from .reconciliation import Patience, ask

logger: logging.Logger = logging.getLogger("sinch_numbers")


async def adopted(context: PurchaseContext, order: Order) -> ActiveNumber | None:
    """The number that an earlier call of this client with the same order bought, if its caller was cancelled."""
    while context.orphans.purchases and (number := await context.orphans.adopt(order)) is not None:
        if context.claims is None:
            return number
        # In its own task: it is noted or not, whatever becomes of the caller.
        taking = context.tasks.start(_take(context, context.claims, number), name="sinch-numbers ledger")
        try:
            if await shielded(taking):
                return number
        except BaseException:
            _offer_again(context, order, number, taking)
            raise
    return None


def _offer_again(
    context: PurchaseContext, order: Order, number: ActiveNumber, taking: asyncio.Task[bool]
) -> None:
    """Offers a number to later calls again: the caller that was about to get it is gone."""

    async def again() -> ActiveNumber:
        if not await taking:
            raise NumberTakenError(f"another process has taken {number.phone_number}")
        await note_orphaned(context, number)
        orphan = OrphanedPurchase(operation=Kind.RENT, phone_number=number.phone_number, number=number)
        context.orphans.finished(task, orphan, context.purchases.on_orphaned_purchase)
        return number

    task = context.tasks.start(again(), name="sinch-numbers ledger")
    context.orphans.add([order, Order(number.phone_number, order.body, names_number=True)], task)


async def _take(context: PurchaseContext, claims: Claims, number: ActiveNumber) -> bool:
    """Notes in the ledger that the number was taken. False if another process took it, or released it."""
    returned = context.number_locks.returned_entry(number.phone_number)
    try:
        holder = await claims.holder(number.phone_number)
        if holder is None:
            # It was released, or bought with another ledger.
            return returned is None or await claims.read(returned.key) is None
        if not holder.orphaned:
            return returned is None or holder.owner == returned.owner
        taken = await claims.take(holder)
    except StoreError:
        logger.exception("the ledger could not be told that %s was taken", number.phone_number)
        return True
    if taken is not None:
        context.number_locks.record(number, taken)
    return taken is not None


async def note_orphaned(context: PurchaseContext, number: ActiveNumber) -> None:
    """Notes in the ledger that nobody has taken the number, if it does not say so yet: for calls of other processes."""
    claims, returned = context.claims, context.number_locks.returned_entry(number.phone_number)
    if claims is None or returned is None:
        return
    try:
        holder = await claims.holder(number.phone_number)
        if (
            holder is not None
            and holder.state is EntryState.RENTED
            and not holder.is_slot
            and not holder.orphaned
            and holder.owner == returned.owner
        ):
            await claims.leave(holder)
    except StoreError:
        logger.exception("the ledger could not be told that nobody has taken %s", number.phone_number)


async def earlier_purchase(
    context: PurchaseContext,
    claims: Claims,
    phone_number: str,
    order: str,
    call: BillableCall,
    *,
    may_take: bool,
) -> ActiveNumber | Entry | None:
    """The number if an earlier call with the same order bought it and nobody took it, or its open entry to be finished.

    `order` is a digest of the request. `may_take`: whether this call may get the number of another one. Raises
    NumberTakenError if somebody else has the number, or may get it.
    """
    holder = await claims.holder(phone_number)
    if holder is None:
        return None
    is_same = not holder.is_slot and holder.order in {"", order}
    if holder.state is EntryState.RENTED:
        is_left = may_take and is_same and holder.orphaned
        return await _bought(context, claims, phone_number, holder, is_left, call)
    if is_same and holder.key in await claims.watch([holder], context.clock):
        return holder
    raise taken_error(phone_number, holder)


async def _bought(
    context: PurchaseContext,
    claims: Claims,
    phone_number: str,
    holder: Entry,
    is_left: bool,
    call: BillableCall,
) -> ActiveNumber | None:
    patience = Patience(context.clock)
    while True:
        await patience.pause()
        look = await ask(context, Kind.RENT, phone_number)
        is_unclear = look.finding in {Finding.UNREACHABLE, Finding.GONE}
        if not (is_left and is_unclear and patience.is_left()):
            break
    if look.finding is Finding.OFFERED:
        # It was released without this ledger.
        await claims.give_number_up(holder)
        return None
    if look.number is not None and look.finding is Finding.ACTIVE and is_left:
        # From here on, a cancelled caller leaves an outcome behind.
        call.resume()
        if (taken := await claims.take(holder)) is not None:
            context.number_locks.record(look.number, taken)
            return look.number
    if is_left and is_unclear:
        # Not NumberTakenError, after which callers buy another number: this one is theirs.
        raise OutcomeUnknownError(
            f"an earlier call rented {phone_number}, but {look.finding}. Call again later",
            operation=Kind.RENT,
            phone_number=phone_number,
        )
    error = taken_error(phone_number, holder)
    if look.finding is Finding.GONE:
        raise NumberTakenError(
            f"{error}, and the API does not show it in the project", owner=error.owner, since=error.since
        )
    raise error
