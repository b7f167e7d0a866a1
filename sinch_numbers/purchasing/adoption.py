"""What an earlier call left of a number in the ledger: its outcome if nobody has taken it, or a purchase to finish."""

from __future__ import annotations

from ..errors import NumberTakenError
from ..models import ActiveNumber
from .claims import Claims, taken_error
from .context import PurchaseContext
from .decision import Finding, Kind
from .entries import Entry, EntryState
from .reconciliation import ask


async def earlier_purchase(
    context: PurchaseContext, claims: Claims, phone_number: str, order: str
) -> ActiveNumber | Entry | None:
    """The number if an earlier call with the same order bought it and nobody took it, or its open entry to be finished.

    `order` is a digest of the request. Raises NumberTakenError if somebody else has the number, or may get it.
    """
    holder = await claims.holder(phone_number)
    if holder is None:
        return None
    is_same = not holder.is_slot and holder.order in {"", order}
    if holder.state is EntryState.RENTED:
        return await _bought(context, claims, phone_number, holder, is_same)
    if is_same and holder.key in await claims.watch([holder], context.clock):
        return holder
    raise taken_error(phone_number, holder)


async def _bought(
    context: PurchaseContext, claims: Claims, phone_number: str, holder: Entry, is_same: bool
) -> ActiveNumber | None:
    look = await ask(context, Kind.RENT, phone_number)
    if look.finding is Finding.OFFERED:
        # It was released without this ledger.
        await claims.give_number_up(holder)
        return None
    if look.finding is Finding.ACTIVE and holder.orphaned and is_same and await claims.take(holder):
        return look.number
    taken = taken_error(phone_number, holder)
    if look.finding is Finding.GONE:
        raise NumberTakenError(
            f"{taken}, and the API does not show it in the project", owner=taken.owner, since=taken.since
        )
    raise taken
