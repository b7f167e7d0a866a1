"""Runs billable calls in their own tasks, so that they outlive a cancelled caller, and reports their outcomes.

If the caller is cancelled after the request may have been sent, the call runs to its end, but sends nothing more. Its
outcome goes to `on_orphaned_purchase` and the ledger. If nothing was sent, the call is cancelled with its caller.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable

from .._sending.billable import BillableCall
from .._sending.tasks import TaskClosed, shielded
from ..attempts import Processed, Sent
from ..errors import APIConnectionError, NumbersError, OutcomeUnknownError
from ..models import ActiveNumber
from .context import OrphanedPurchase, PurchaseContext

logger: logging.Logger = logging.getLogger("sinch_numbers")


async def detached(
    context: PurchaseContext,
    operation: str,
    phone_number: str | None,
    call: BillableCall,
    work: Callable[[], Awaitable[ActiveNumber]],
) -> ActiveNumber:
    """The result of `work`, run in its own task. Once a request may have been sent, cancelling the caller does not stop it."""

    async def report(number: ActiveNumber | None, error: NumbersError | None = None) -> None:
        orphan = OrphanedPurchase(operation=operation, phone_number=phone_number, number=number, error=error)
        await report_orphan(context, orphan)

    async def run() -> ActiveNumber:
        try:
            number = await work()
        except BaseException as error:
            if call.abandoned and (outcome := _outcome(error, call, operation, phone_number)) is not None:
                await report(None, outcome)
            raise
        if call.abandoned:
            await report(number)
        return number

    task = context.tasks.start(run(), name=f"sinch-numbers {operation} {phone_number or ''}".strip())
    try:
        return await shielded(task)
    except TaskClosed:
        raise _closed(call, operation, phone_number) from None
    except asyncio.CancelledError:
        if not task.done():
            call.abandon(task)
            raise
        # The task finished in the same loop iteration as the cancellation, so its result was not delivered.
        failure = asyncio.CancelledError() if task.cancelled() else task.exception()
        error = None if failure is None else _outcome(failure, call, operation, phone_number)
        if failure is None or error is not None:
            number = task.result() if failure is None else None
            context.tasks.start(
                report(number, error), name=f"sinch-numbers orphan {phone_number or operation}"
            )
        raise


async def report_orphan(context: PurchaseContext, orphan: OrphanedPurchase) -> None:
    """Logs an outcome whose caller was cancelled, and passes it to the hook `on_orphaned_purchase`."""
    what = orphan.phone_number or orphan.operation
    outcome = orphan.error if orphan.number is None else "succeeded"
    logger.warning("%s %s outlived its cancelled caller: %s", orphan.operation, what, outcome)
    hook = context.purchases.on_orphaned_purchase
    if hook is None:
        return
    try:
        waiting = hook(orphan)
        if inspect.isawaitable(waiting):
            await waiting
    except Exception:
        logger.exception("on_orphaned_purchase raised")


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
