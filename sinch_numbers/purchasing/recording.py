"""The books of a billable call: reserved and written down before it is sent, settled after, whatever its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import ExitStack
from typing import Any

import attrs

from .._generated.api.available_number import get_available_number
from .._sending.billable import BillableCall
from ..attempts import Sent
from ..errors import NumbersError, OutcomeUnknownError
from ..models import ActiveNumber
from ..retry import Safety
from .budget import Reservation
from .context import PurchaseContext
from .ledger import Entry, EntryState, PurchaseLedger
from .prices import Price, price_of

__all__ = ["Order", "book"]

logger: logging.Logger = logging.getLogger("sinch_numbers")


@attrs.frozen(kw_only=True)
class Order:
    """One billable call to be booked. `claimed` is its entry where the ledger has it already, as a batch's slot."""

    operation: str
    phone_number: str | None
    price: Price | None = None
    success: EntryState = EntryState.RENTED
    claimed: Entry | None = None


async def book(
    context: PurchaseContext, order: Order, call: BillableCall, send: Callable[[], Awaitable[ActiveNumber]]
) -> ActiveNumber:
    """What `send` returns or raises, entered into the client's budget and ledger.

    Raises:
        BudgetExceededError: The budget does not cover the price. Nothing was sent, or stays written down.
    """
    ledger, entry = context.purchases.ledger, order.claimed
    reservation = Reservation.none()
    with ExitStack() as marks:
        if ledger is not None and entry is not None:
            marks.enter_context(ledger.at_work(entry))
        try:
            order = await _priced(context, order)
            reservation = _reserve(context, order)
            if entry is None and ledger is not None:
                entry = await ledger.open_call(
                    order.operation, order.phone_number, price=order.price, now=context.clock.time()
                )
                marks.enter_context(ledger.at_work(entry))
            number = await send()
        except BaseException as error:
            state = _state_after(error, call)
            reservation.settle(bought=state is not EntryState.REFUSED)
            # An intent whose end is open is left as it is: `resume` will ask.
            if ledger is not None and entry is not None and state is not EntryState.INTENT:
                await _write(context, ledger, entry, state, detail=str(error))
            raise
        reservation.settle(bought=True)
        if ledger is not None and entry is not None:
            await _write(context, ledger, entry, order.success, phone_number=number.phone_number)
    return number


def _state_after(error: BaseException, call: BillableCall) -> EntryState:
    if isinstance(error, OutcomeUnknownError):
        return EntryState.UNKNOWN
    if call.processed is Sent.NEVER:
        return EntryState.REFUSED
    if call.processed is Sent.ARRIVED and isinstance(error, NumbersError):
        return EntryState.REFUSED
    return EntryState.INTENT


def _reserve(context: PurchaseContext, order: Order) -> Reservation:
    budget = context.purchases.budget
    if budget is None or order.success is not EntryState.RENTED:
        return Reservation.none()
    return budget.reserve(order.price, included=order.claimed)


async def _priced(context: PurchaseContext, order: Order) -> Order:
    """The order with its price, where the budget has to know it and the caller does not."""
    budget = context.purchases.budget
    if budget is None or not budget.needs_price or order.price is not None:
        return order
    if order.success is not EntryState.RENTED or order.phone_number is None:
        return order
    return attrs.evolve(order, price=await _quoted(context, order.phone_number))


async def _quoted(context: PurchaseContext, phone_number: str) -> Price | None:
    request = get_available_number.build_request(project_id=context.project_id, phone_number=phone_number)
    return price_of(await context.call(request, Safety.READ, get_available_number.parse_response))


async def _write(
    context: PurchaseContext, ledger: PurchaseLedger, entry: Entry, state: EntryState, **changes: str | None
) -> None:
    """Settles the entry even where the call is being cancelled; a store that fails does not hide the outcome."""
    if state is EntryState.REFUSED and entry.is_slot:
        writing: Coroutine[Any, Any, object] = ledger.free(entry)
    else:
        writing = ledger.settle(entry, state, now=context.clock.time(), **changes)
    try:
        await asyncio.shield(context.tasks.start(writing, name=f"sinch-numbers ledger {entry.key}"))
    except Exception:
        logger.exception("the ledger did not take the outcome of %s %s", entry.operation, entry.phone_number)
