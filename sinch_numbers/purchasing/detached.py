"""Runs billable calls in their own tasks, so that they outlive a cancelled caller, and reports their outcomes.

If the caller is cancelled after the request may have been sent, the call runs to its end, but sends nothing more. Its
outcome goes to the ledger, and to a later call that orders the same or to `on_orphaned_purchase`. If nothing was sent,
the call is cancelled with its caller.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from .._sending.billable import BillableCall
from .._sending.tasks import TaskClosed, shielded
from ..attempts import Processed, Sent
from ..errors import APIConnectionError, NumbersError, OutcomeUnknownError
from ..models import ActiveNumber
from .adoption import note_orphaned
from .context import PurchaseContext
from .orphans import Order, OrphanedPurchase


async def detached(
    context: PurchaseContext,
    operation: str,
    phone_number: str | None,
    call: BillableCall,
    work: Callable[[], Awaitable[ActiveNumber]],
    orders: Iterable[Order] = (),
) -> ActiveNumber:
    """The result of `work`, run in its own task. Once a request may have been sent, cancelling the caller does not stop it.

    A later call with one of the `orders` gets what an abandoned call has bought.
    """
    hook = context.purchases.on_orphaned_purchase

    def orphan(number: ActiveNumber | None, error: NumbersError | None = None) -> OrphanedPurchase:
        return OrphanedPurchase(operation=operation, phone_number=phone_number, number=number, error=error)

    # Not an awaitable: a task that is cancelled before its first step would never await it.
    async def run(outcome: Callable[[], Awaitable[ActiveNumber]]) -> ActiveNumber:
        task = asyncio.current_task()
        assert task is not None  # it is run in a task
        try:
            number = await outcome()
        except BaseException as raised:
            error = _outcome(raised, call, operation, phone_number) if call.abandoned else None
            if error is not None:
                context.orphans.finished(task, orphan(None, error), hook)
            raise
        if call.abandoned:
            await note_orphaned(context, number)
            context.orphans.finished(task, orphan(number), hook)
        return number

    name = f"sinch-numbers {operation} {phone_number or ''}".strip()
    task = context.tasks.start(run(work), name=name)
    try:
        return await shielded(task)
    except TaskClosed:
        raise _closed(call, operation, phone_number) from None
    except asyncio.CancelledError:
        if task.done():
            # In the same loop iteration as the cancellation, so its result was not delivered.
            call.abandoned = True
            late = task
            task = context.tasks.start(run(lambda: late), name=name)
        else:
            call.abandon(task)
        context.orphans.add(orders, task)
        raise


def _outcome(
    error: BaseException, call: BillableCall, operation: str, phone_number: str | None
) -> NumbersError | None:
    """The error to report for a call whose caller was cancelled. None if nothing was sent, so there is nothing to report."""
    if isinstance(error, NumbersError):
        return error
    if call.processed is Processed.NO:
        return None
    if isinstance(error, asyncio.CancelledError):
        return _closed(call, operation, phone_number)
    target = f"{operation} {phone_number}" if phone_number else operation
    outcome = OutcomeUnknownError(
        f"{target} may or may not have been performed: {type(error).__name__}: {error}. "
        "Look in active_numbers before you call again",
        operation=operation,
        phone_number=phone_number,
    )
    outcome.__cause__ = error
    return outcome


def _closed(call: BillableCall, operation: str, phone_number: str | None) -> NumbersError:
    if call.processed is Processed.NO:
        return APIConnectionError("the client was closed before the request was sent", sent=Sent.NEVER)
    return OutcomeUnknownError(
        f"{operation} {phone_number or ''}: the client was closed before the outcome was known. "
        "Look in active_numbers before you call again",
        operation=operation,
        phone_number=phone_number,
    )
