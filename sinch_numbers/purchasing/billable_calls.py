"""Rents and releases numbers: sends the request, and asks the API what became of it if the response does not tell.

rent_number, release_number, rent_any_number
  detached                     runs the call in its own task
    number_locks.hold          one call for each number at once
      recorded                 reserves budget, writes the ledger entry, settles both
        send_and_reconcile     sends, asks and decides until the outcome is clear
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs

from .._generated.api.active_number import release_number as _release
from .._generated.api.available_number import rent_any_number as _rent_any
from .._generated.api.available_number import rent_number as _rent
from .._generated.models import RentAnyNumberRequest, RentNumberRequest
from .._generated.types import Request
from .._sending.billable import BillableCall
from .._sending.responses import invalid_response
from ..attempts import Attempt, Processed
from ..errors import (
    APIStatusError,
    NotFoundError,
    NumbersError,
    NumberTakenError,
    OutcomeUnknownError,
)
from ..models import ActiveNumber
from ..retry import Safety
from .context import PurchaseContext
from .decision import Decision, Evidence, Finding, Kind, Result, decide
from .detached import detached
from .entries import Entry, EntryState
from .prices import Price
from .reconciliation import Patience, ask
from .recording import Claim, Conclusion, recorded

E = TypeVar("E", bound=NumbersError)


@attrs.frozen(kw_only=True)
class _Operation:
    """A billable operation: its request, and the parser of its response."""

    kind: Kind
    phone_number: str | None
    request: Request
    parse: Callable[..., ActiveNumber]

    def __str__(self) -> str:
        return f"{self.kind} {self.phone_number}" if self.phone_number else self.kind


async def rent_number(
    context: PurchaseContext,
    phone_number: str,
    body: RentNumberRequest,
    *,
    price: Price | None = None,
    claim: Claim | None = None,
    resumed: Entry | None = None,
) -> ActiveNumber:
    """The rented number. For `claim` and `resumed`, see `recorded`.

    Raises:
        NumbersError: The rent was refused, or certainly never sent.
        OutcomeUnknownError: The number may have been rented.
    """
    request = _rent.build_request(project_id=context.project_id, phone_number=phone_number, body=body)
    operation = _Operation(
        kind=Kind.RENT, phone_number=phone_number, request=request, parse=_rent.parse_response
    )
    return await _run(context, operation, price=price, claim=claim, resumed=resumed)


async def rent_any_number(context: PurchaseContext, body: RentAnyNumberRequest) -> ActiveNumber:
    """The number that the API chose. Only the response names it, so an unclear outcome cannot be looked up."""
    request = _rent_any.build_request(project_id=context.project_id, body=body)
    operation = _Operation(
        kind=Kind.RENT_ANY, phone_number=None, request=request, parse=_rent_any.parse_response
    )
    return await _run(context, operation)


async def release_number(context: PurchaseContext, phone_number: str) -> ActiveNumber:
    """The number with `expire_at`. Raises NotFoundError if the project does not have it."""
    request = _release.build_request(project_id=context.project_id, phone_number=phone_number)
    operation = _Operation(
        kind=Kind.RELEASE, phone_number=phone_number, request=request, parse=_release.parse_response
    )
    return await _run(context, operation)


async def _run(
    context: PurchaseContext,
    operation: _Operation,
    *,
    price: Price | None = None,
    claim: Claim | None = None,
    resumed: Entry | None = None,
) -> ActiveNumber:
    kind, phone_number = operation.kind, operation.phone_number
    call = BillableCall()
    if resumed is not None:
        call.resume()

    async def work() -> ActiveNumber:
        async with (
            context.number_locks.hold(phone_number),
            recorded(context, kind, phone_number, call, price=price, claim=claim, resumed=resumed) as record,
        ):
            record.conclusion = await send_and_reconcile(context, operation, call, resumed)
        return record.conclusion.result()

    return await detached(context, kind, phone_number, call, work)


async def send_and_reconcile(
    context: PurchaseContext, operation: _Operation, call: BillableCall, resumed: Entry | None = None
) -> Conclusion:
    """Carries out what `decide` says, until the outcome is clear: sends the request, or asks the API for the number."""
    evidence = Evidence(kind=operation.kind, maybe_processed=resumed is not None)
    absent_since = None if resumed is None else resumed.unconfirmed_since
    number: ActiveNumber | None = None
    error: Exception | None = None
    patience: Patience | None = None
    sends = 0
    while True:
        match decision := decide(evidence):
            case Decision.SEND:
                if sends and not (await context.pipeline.pause(context.settings, sends) and call.may_send):
                    evidence = attrs.evolve(evidence, can_send=False)
                    continue
                sends += 1
                result, number, error = await _send(context, operation, call)
                if result is Result.UNCLEAR:
                    absent_since = None
                patience = None
                evidence = Evidence(
                    kind=operation.kind,
                    result=result,
                    maybe_processed=evidence.maybe_processed or result is Result.UNCLEAR,
                )
            case Decision.ASK:
                patience = patience or Patience(context.clock)
                await patience.pause()
                look = await ask(context, operation.kind, operation.phone_number or "")
                number = look.number
                if look.finding in {Finding.OFFERED, Finding.GONE}:
                    absent_since = absent_since or look.api_time
                evidence = attrs.evolve(
                    evidence,
                    finding=look.finding,
                    returned=context.number_locks.was_returned(operation.phone_number),
                    long_absent=context.is_settled(absent_since, look.api_time),
                    can_send=call.may_send and sends < context.settings.retry.max_attempts,
                    can_ask=patience.is_left(),
                )
            case _:
                conclusion = _conclusion(context, operation, decision, evidence.finding, number, error)
                if conclusion.state is EntryState.UNKNOWN:
                    return attrs.evolve(conclusion, unconfirmed_since=absent_since)
                return conclusion


async def _send(
    context: PurchaseContext, operation: _Operation, call: BillableCall
) -> tuple[Result, ActiveNumber | None, Exception | None]:
    """Sends the POST. The pipeline retries it only if it certainly was not processed."""
    before = call.exchanges
    try:
        raw = await context.send(operation.request, Safety.BILLABLE, call)
        number = context.decode(raw, operation.parse)
        if number.phone_number and operation.phone_number in {None, number.phone_number}:
            return Result.DONE, number, None
        # A 2xx that does not name the number proves nothing: a proxy's page, a truncated body.
        error: Exception = invalid_response(
            raw,
            f"expected {operation.phone_number or 'a number'}, got {number.phone_number or 'no phone number'}",
        )
    except Exception as raised:
        # Not only a NumbersError: a token provider may raise anything, and money may have been spent.
        error = raised
    if call.exchanges == before or call.latest is Processed.NO:
        return Result.NOT_PROCESSED, None, error
    refused = call.latest is Processed.YES and isinstance(error, APIStatusError)
    return (Result.REFUSED if refused else Result.UNCLEAR), None, error


def _conclusion(
    context: PurchaseContext,
    operation: _Operation,
    decision: Decision,
    finding: Finding,
    number: ActiveNumber | None,
    error: Exception | None,
) -> Conclusion:
    """The conclusion for the caller and the ledger."""
    name = operation.phone_number
    match decision:
        case Decision.DONE | Decision.FOUND if number is not None:
            if operation.kind is Kind.RELEASE:
                context.number_locks.forget(number)
                return Conclusion(EntryState.RELEASED, number=number)
            # Recorded now, before the ledger is written: another call may be asking for the number.
            context.number_locks.record(number)
            return Conclusion(EntryState.RENTED, number=number)
        case Decision.TAKEN:
            # A number can be sold only once, so this rent was refused.
            taken = NumberTakenError(f"{name} was rented by another call of this client")
            return Conclusion(EntryState.REFUSED, error=_caused_by(taken, error))
        case Decision.GONE:
            gone = NotFoundError(
                f"{name} is not active in the project", status_code=404, attempts=_attempts(error)
            )
            return Conclusion(EntryState.REFUSED, error=_caused_by(gone, error))
        case Decision.REFUSED if error is not None:
            return Conclusion(EntryState.REFUSED, error=error)
        case _:
            return Conclusion(EntryState.UNKNOWN, error=_unknown(operation, finding, error))


def _unknown(operation: _Operation, finding: Finding, error: Exception | None) -> OutcomeUnknownError:
    if error is None:
        what = "an earlier request may still be under way"
    else:
        what = str(error) if isinstance(error, NumbersError) else f"{type(error).__name__}: {error}"
    reason = str(finding)
    if operation.kind is Kind.RENT_ANY:
        reason = "only the response names the number; use rent_first(), whose number can be looked up"
    unknown = OutcomeUnknownError(
        f"{operation} may or may not have been performed: {what} ({reason}). Look in active_numbers before you call again",
        operation=operation.kind,
        phone_number=operation.phone_number,
        attempts=_attempts(error),
    )
    return _caused_by(unknown, error)


def _caused_by(error: E, cause: Exception | None) -> E:
    error.__cause__ = cause
    return error


def _attempts(error: Exception | None) -> tuple[Attempt, ...]:
    return error.attempts if isinstance(error, NumbersError) else ()
