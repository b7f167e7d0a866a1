"""How a billable call ends: in its own task, with the truth about its outcome, written down.

    rent_number   POST :rent, once; no clear answer -> ask for the number -> it, or POST again where that is safe,
                  or OutcomeUnknownError. A named number can be sold once: a second POST cannot buy a second number.
    rent_any      POST :rentAny, once; no clear answer -> OutcomeUnknownError (which number would be asked for?)
    release_number  like rent_number; released is a number with `expire_at`

The caller's cancellation does not reach a call that has begun: it runs to its end, is not sent again, and its outcome
goes to `on_orphaned_purchase` and the ledger. One that has not begun is cancelled with its caller.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import logging
from collections.abc import Awaitable, Callable

from .._generated.api.active_number import release_number as release_operation
from .._generated.types import Request
from .._sending.billable import BillableCall
from .._sending.tasks import TaskClosed, shielded
from ..attempts import Attempt, Sent
from ..errors import (
    APIConnectionError,
    InvalidResponseError,
    NotFoundError,
    NumbersError,
    NumberTakenError,
    OutcomeUnknownError,
)
from ..models import ActiveNumber
from ..retry import Safety
from .context import OrphanedPurchase, PurchaseContext
from .reconciliation import Absence, look_for_released, look_for_rented

__all__ = [
    "Parse",
    "hand_over",
    "release_number",
    "rent_any_number",
    "rent_number",
    "to_the_end",
]

logger: logging.Logger = logging.getLogger("sinch_numbers")

Parse = Callable[..., ActiveNumber]


Work = Callable[[BillableCall], Awaitable[ActiveNumber]]


async def to_the_end(
    context: PurchaseContext, operation: str, phone_number: str | None, work: Work
) -> ActiveNumber:
    """What `work` returns or raises, in a task that the caller's cancellation does not reach once a byte may have left."""
    call = BillableCall()
    tasks = context.tasks

    async def orphaned(number: ActiveNumber | None, error: NumbersError | None = None) -> None:
        orphan = OrphanedPurchase(operation=operation, phone_number=phone_number, number=number, error=error)
        await hand_over(context, orphan)

    async def settled() -> ActiveNumber:
        try:
            number = await work(call)
        except BaseException as error:
            if call.abandoned and (outcome := _outcome(error, call, operation, phone_number)) is not None:
                await orphaned(None, outcome)
            raise
        if call.abandoned:
            await orphaned(number)
        return number

    task = tasks.start(settled(), name=f"sinch-numbers {operation} {phone_number or ''}".strip())
    try:
        return await shielded(task)
    except TaskClosed:
        raise _closed(call, operation, phone_number) from None
    except asyncio.CancelledError:
        if not task.done():
            call.abandon(task)
            raise
        # The outcome and the cancellation came in the same turn of the loop: nobody has seen the outcome.
        failure = asyncio.CancelledError() if task.cancelled() else task.exception()
        error = None if failure is None else _outcome(failure, call, operation, phone_number)
        if failure is None or error is not None:
            number = task.result() if failure is None else None
            tasks.start(orphaned(number, error), name=f"sinch-numbers orphan {phone_number or operation}")
        raise


def _outcome(
    error: BaseException, call: BillableCall, operation: str, phone_number: str | None
) -> NumbersError | None:
    """What `error` means for a caller who is gone; None where there is nothing to tell: nothing was sent."""
    if isinstance(error, NumbersError):
        return error
    if call.processed is Sent.NEVER:
        return None
    if isinstance(error, asyncio.CancelledError):
        return _closed(call, operation, phone_number)
    outcome = _unknown(error, operation, phone_number, "it ended in an error of its own")
    outcome.__cause__ = error
    return outcome


def _closed(call: BillableCall, operation: str, phone_number: str | None) -> NumbersError:
    if call.processed is Sent.NEVER:
        return APIConnectionError("the client was closed before the request was sent", sent=Sent.NEVER)
    return OutcomeUnknownError(
        f"{operation} {phone_number or ''}: the client was closed before the outcome was known",
        operation=operation,
        phone_number=phone_number,
    )


async def hand_over(context: PurchaseContext, orphan: OrphanedPurchase) -> None:
    """Tells the client's user of an outcome that has no other taker."""
    what = orphan.phone_number or orphan.operation
    outcome = orphan.error if orphan.number is None else "done"
    logger.warning("%s %s outlived its caller: %s", orphan.operation, what, outcome)
    hook = context.purchases.on_orphaned_purchase
    if hook is None:
        return
    try:
        waiting = hook(orphan)
        if inspect.isawaitable(waiting):
            await waiting
    except Exception:
        logger.exception("on_orphaned_purchase raised")


async def rent_number(
    context: PurchaseContext, request: Request, parse: Parse, phone_number: str, call: BillableCall
) -> ActiveNumber:
    """The rented number; every outcome is the truth as far as the API tells.

    Raises:
        NumbersError: The rent was refused, or surely never sent.
        OutcomeUnknownError: It may have been rented.
    """
    locks = context.number_locks
    for attempt in itertools.count(1):
        try:
            # Given from here on, and not only when the ledger has it: another call may be looking for the number.
            return locks.record(await _send_once(context, request, parse, phone_number, call))
        except Exception as error:
            # Not only a NumbersError: a user's token provider may fail in its own way, and money may have been spent.
            if call.processed is not Sent.UNKNOWN:
                raise
            # What was sent before may still be under way, so a 404 can be our own success.
            last = _is_last(context, attempt, call) or isinstance(error, NotFoundError)
            found = await look_for_rented(context, phone_number, patient=last)
            if isinstance(found, ActiveNumber) and found.expire_at is None:
                if locks.was_returned(phone_number):
                    call.processed = Sent.ARRIVED  # a number can be sold once: this rent was refused
                    raise NumberTakenError(
                        f"{phone_number} was rented by another call of this client"
                    ) from error
                return locks.record(found)
            finding = str(found) if isinstance(found, Absence) else "it is active, but released: it expires"
            if last or found is not Absence.OFFERED or not await _may_repeat(context, attempt, call):
                raise _unknown(error, "RentNumber", phone_number, finding) from error
    raise AssertionError  # the loop has no other end


async def release_number(context: PurchaseContext, phone_number: str, call: BillableCall) -> ActiveNumber:
    """The number with `expire_at`; raises NotFoundError where the project has no such number."""
    request = release_operation.build_request(project_id=context.project_id, phone_number=phone_number)
    locks = context.number_locks
    for attempt in itertools.count(1):
        try:
            number = await _send_once(context, request, release_operation.parse_response, phone_number, call)
            return locks.forget(number)
        except Exception as error:
            if call.processed is not Sent.UNKNOWN:
                raise
            found = await look_for_released(context, phone_number)
            if isinstance(found, ActiveNumber) and found.expire_at is not None:
                return locks.forget(found)
            if found is Absence.GONE:
                call.processed = Sent.ARRIVED  # this is the API's word on it
                raise NotFoundError(
                    f"{phone_number} is not active in the project",
                    status_code=404,
                    attempts=_attempts(error),
                ) from error
            finding = found if isinstance(found, Absence) else "it is active and has no expiry"
            if isinstance(found, Absence) or not await _may_repeat(context, attempt, call):
                raise _unknown(error, "ReleaseNumber", phone_number, finding) from error
    raise AssertionError  # the loop has no other end


async def rent_any_number(
    context: PurchaseContext, request: Request, parse: Parse, call: BillableCall
) -> ActiveNumber:
    """The number that the API chose; an unclear outcome cannot be looked up, since the answer alone names the number."""
    try:
        return context.number_locks.record(await _send_once(context, request, parse, None, call))
    except Exception as error:
        if call.processed is not Sent.UNKNOWN:
            raise
        advice = "the answer alone would name the number; rent_first() does the same and can be looked up"
        raise _unknown(error, "RentAnyNumber", None, advice) from error


async def _send_once(
    context: PurchaseContext, request: Request, parse: Parse, phone_number: str | None, call: BillableCall
) -> ActiveNumber:
    """The decoded answer of one POST, repeated only where it surely was not processed."""
    raw = await context.send(request, Safety.BILLABLE, call)
    # A 2xx that does not speak of the number proves nothing: a proxy's page, a truncated body.
    call.processed = Sent.UNKNOWN
    number = context.decode(raw, parse)
    if not number.phone_number or phone_number not in {None, number.phone_number}:
        raise InvalidResponseError(
            f"the {raw.status_code} answer is about {number.phone_number or 'no number'}",
            status_code=raw.status_code,
            request_id=raw.request_id,
            method=raw.method,
            url=raw.url,
            attempts=raw.attempts,
        )
    call.processed = Sent.ARRIVED
    return number


def _is_last(context: PurchaseContext, attempt: int, call: BillableCall) -> bool:
    return call.abandoned or attempt >= context.settings.retry.max_attempts


async def _may_repeat(context: PurchaseContext, attempt: int, call: BillableCall) -> bool:
    if _is_last(context, attempt, call):
        return False
    return await context.pipeline.pause(context.settings, attempt) and not call.abandoned


def _attempts(error: BaseException) -> tuple[Attempt, ...]:
    return error.attempts if isinstance(error, NumbersError) else ()


def _unknown(
    error: BaseException, operation: str, phone_number: str | None, finding: str
) -> OutcomeUnknownError:
    target = f"{operation} {phone_number}" if phone_number else operation
    what = error if isinstance(error, NumbersError) else f"{type(error).__name__}: {error}"
    return OutcomeUnknownError(
        f"{target} may or may not have happened: {what} ({finding}). Look in active_numbers before calling again",
        operation=operation,
        phone_number=phone_number,
        attempts=_attempts(error),
    )
