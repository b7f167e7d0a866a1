"""Reserves budget and writes the ledger entry before a billable call, settles both after it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import attrs

from .._sending.billable import BillableCall
from .._sending.operations import get_available_number
from ..attempts import Processed
from ..models import ActiveNumber
from .budget import Reservation
from .context import PurchaseContext
from .decision import Kind
from .ledger import Entry, EntryState, PurchaseLedger
from .prices import Price, price_of

__all__ = ["Conclusion", "Record", "recorded"]

logger: logging.Logger = logging.getLogger("sinch_numbers")


@attrs.frozen
class Conclusion:
    """What became of a billable call: the number or the error for the caller, and the state for the ledger."""

    state: EntryState
    number: ActiveNumber | None = None
    error: Exception | None = None

    def result(self) -> ActiveNumber:
        """The number; raises the error if there is one."""
        if self.error is not None:
            raise self.error
        assert self.number is not None  # a conclusion has one or the other
        return self.number


@attrs.define
class Record:
    """A billable call under way. Set `conclusion` before the block ends; without one the end of the call is open."""

    conclusion: Conclusion | None = None


@asynccontextmanager
async def recorded(
    context: PurchaseContext,
    kind: Kind,
    phone_number: str | None,
    call: BillableCall,
    price: Price | None,
    claimed: Entry | None,
) -> AsyncGenerator[Record]:
    """Enters the call into the client's budget and ledger. `claimed` is its entry if the ledger has it already.

    Raises:
        BudgetExceededError: The budget does not cover the price. Nothing was sent, and no entry stays.
    """
    ledger, entry = context.purchases.ledger, claimed
    record = Record()
    reservation = Reservation.none()
    with ExitStack() as marks:
        if ledger is not None and entry is not None:
            marks.enter_context(ledger.at_work(entry))
        try:
            if kind is not Kind.RELEASE:
                price = await _known_price(context, phone_number, price)
                reservation = _reserve(context, price, claimed)
            if entry is None and ledger is not None:
                now = context.clock.time()
                entry = await ledger.open_call(kind, phone_number, price=price, now=now)
                marks.enter_context(ledger.at_work(entry))
            yield record
        finally:
            state = _state(record.conclusion, call)
            reservation.settle(bought=state is not EntryState.REFUSED)
            # An intent whose end is open is left as it is: `resume_purchases` asks.
            if ledger is not None and entry is not None and state is not EntryState.INTENT:
                await _write(context, ledger, entry, state, record.conclusion)


def _state(conclusion: Conclusion | None, call: BillableCall) -> EntryState:
    if conclusion is not None:
        return conclusion.state
    # Cut short: by closing the client, or by an error before anything was sent.
    return EntryState.REFUSED if call.processed is Processed.NO else EntryState.INTENT


def _reserve(context: PurchaseContext, price: Price | None, claimed: Entry | None) -> Reservation:
    budget = context.purchases.budget
    return Reservation.none() if budget is None else budget.reserve(price, included=claimed)


async def _known_price(
    context: PurchaseContext, phone_number: str | None, price: Price | None
) -> Price | None:
    """The price, looked up if the budget has to know it and the caller does not."""
    budget = context.purchases.budget
    if budget is None or not budget.needs_price or price is not None or phone_number is None:
        return price
    return price_of(await get_available_number(context, phone_number))


async def _write(
    context: PurchaseContext,
    ledger: PurchaseLedger,
    entry: Entry,
    state: EntryState,
    conclusion: Conclusion | None,
) -> None:
    """Settles the entry even if the call is being cancelled. A store that fails does not hide the outcome."""
    changes: dict[str, str | None] = {}
    if conclusion is not None and conclusion.number is not None:
        changes["phone_number"] = conclusion.number.phone_number
    if conclusion is not None and conclusion.error is not None:
        changes["detail"] = str(conclusion.error)
    if state is EntryState.REFUSED and entry.is_slot:
        writing: Coroutine[Any, Any, object] = ledger.free(entry)
    else:
        writing = ledger.settle(entry, state, now=context.clock.time(), **changes)
    try:
        await asyncio.shield(context.tasks.start(writing, name=f"sinch-numbers ledger {entry.key}"))
    except Exception:
        logger.exception("the ledger did not take the outcome of %s %s", entry.operation, entry.phone_number)
