"""Rents and releases numbers: sends the request, and asks the API what became of it if the response does not tell.

rent_number, release_number, rent_any_number
  adopted                        the outcome of an earlier call with the same order, if nobody took it; again with the lock
  detached                       runs the call in its own task
    number_locks.hold            one call for each number at once
      earlier_purchase           the same, of another process in the ledger, or its purchase to finish
      recorded                   reserves budget, writes the ledger entry, settles both
        send_and_reconcile       sends, asks and decides until the outcome is clear
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

import attrs

from .._generated.api.active_number import release_number as _release
from .._generated.api.available_number import rent_any_number as _rent_any
from .._generated.api.available_number import rent_number as _rent
from .._generated.models import RentAnyNumberRequest, RentNumberRequest
from .._generated.types import Request
from .._sending.billable import BillableCall
from .._sending.operations import available_number, read
from .._sending.requests import build
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
from .adoption import adopted, earlier_purchase
from .attribution import Begin, bought_by, rented_since
from .context import PurchaseContext
from .decision import Bought, Decision, Evidence, Finding, Kind, Result, decide
from .detached import detached
from .entries import Entry, EntryState
from .orphans import Order
from .prices import Price, PriceDifference, price_of
from .reconciliation import Look, Patience, ask, look_for_new
from .recording import Claim, Conclusion, recorded

E = TypeVar("E", bound=NumbersError)


@attrs.frozen(kw_only=True)
class _Operation:
    """A billable operation: its request, the parser of its response, and how the API is asked what became of it."""

    kind: Kind
    phone_number: str | None
    request: Request
    safety: Safety
    parse: Callable[..., ActiveNumber]
    region_code: str = ""
    number_type: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.phone_number}" if self.phone_number else self.kind


async def rent_number(
    context: PurchaseContext,
    phone_number: str,
    body: RentNumberRequest,
    *,
    is_offer: bool = False,
    price: Price | None = None,
    claim: Claim | None = None,
    resumed: Entry | None = None,
    orders: Iterable[Order] = (),
    on_price_difference: Callable[[PriceDifference], None] | None = None,
) -> ActiveNumber:
    """The rented number. For `claim` and `resumed`, see `recorded`.

    What it bought and nobody took, a later call gets that has one of the `orders` or, without `claim`, names the number.
    `is_offer`: whether the client has chosen the number, so that the call does not get what an earlier one bought: a hook
    may have it.

    Raises:
        NumbersError: The rent was refused, or certainly never sent.
        OutcomeUnknownError: The number may have been rented.
    """
    request = build(_rent.build_request, project_id=context.project_id, phone_number=phone_number, body=body)
    operation = _Operation(
        kind=Kind.RENT,
        phone_number=phone_number,
        request=request,
        safety=_rent.SAFETY,
        parse=_rent.parse_response,
    )
    named = Order(phone_number, request.body or b"", names_number=True)
    return await _run(
        context,
        operation,
        adopts=named if claim is None and not is_offer else None,
        price=price,
        claim=claim,
        resumed=resumed,
        orders=(named, *orders) if claim is None else orders,
        on_price_difference=on_price_difference,
    )


async def rent_any_number(context: PurchaseContext, body: RentAnyNumberRequest) -> ActiveNumber:
    """The number that the API chose. Only the response names it, so an unclear outcome cannot be looked up."""
    request = build(_rent_any.build_request, project_id=context.project_id, body=body)
    operation = _Operation(
        kind=Kind.RENT_ANY,
        phone_number=None,
        request=request,
        safety=_rent_any.SAFETY,
        parse=_rent_any.parse_response,
        region_code=body.region_code,
        number_type=body.type,
    )
    order = Order(Kind.RENT_ANY, request.body or b"")
    return await _run(context, operation, adopts=order, orders=[order])


async def release_number(context: PurchaseContext, phone_number: str) -> ActiveNumber:
    """The number with `expire_at`. Raises NotFoundError if the project does not have it."""
    request = build(_release.build_request, project_id=context.project_id, phone_number=phone_number)
    operation = _Operation(
        kind=Kind.RELEASE,
        phone_number=phone_number,
        request=request,
        safety=_release.SAFETY,
        parse=_release.parse_response,
    )
    return await _run(context, operation)


async def _run(
    context: PurchaseContext,
    operation: _Operation,
    *,
    adopts: Order | None = None,
    price: Price | None = None,
    claim: Claim | None = None,
    resumed: Entry | None = None,
    orders: Iterable[Order] = (),
    on_price_difference: Callable[[PriceDifference], None] | None = None,
) -> ActiveNumber:
    if adopts is not None and (number := await adopted(context, adopts)) is not None:
        return number
    kind, phone_number = operation.kind, operation.phone_number
    call = BillableCall(names_number=phone_number is not None)
    digest = hashlib.sha256(operation.request.body or b"").hexdigest()[:32]

    async def work() -> ActiveNumber:
        earlier = resumed
        async with context.number_locks.hold(phone_number):
            if kind is Kind.RENT and phone_number is not None and claim is None:
                # Again: a call that had the lock before may have lost its caller meanwhile.
                if adopts is not None and (number := await adopted(context, adopts)) is not None:
                    return number
                if context.claims is not None:
                    found = await earlier_purchase(
                        context, context.claims, phone_number, digest, call, may_take=adopts is not None
                    )
                    if isinstance(found, ActiveNumber):
                        return found
                    earlier = found
            if earlier is not None:
                call.resume()
            cost = price
            budget = context.purchases.budget if kind is Kind.RENT else None
            if budget is not None and budget.needs_price and cost is None and earlier is None:
                # An earlier, unclear rent of the same number is counted already.
                cost = (
                    None
                    if budget.counted(phone_number) is not None
                    else await _offered_price(context, operation)
                )
            async with recorded(
                context,
                kind,
                phone_number,
                call,
                price=cost,
                claim=claim,
                resumed=earlier,
                order=digest,
                on_price_difference=on_price_difference,
            ) as record:
                record.conclusion = await send_and_reconcile(
                    context, operation, call, resumed=earlier, entry=record.entry
                )
        return record.conclusion.result()

    return await detached(context, kind, phone_number, call, work, orders)


async def send_and_reconcile(
    context: PurchaseContext,
    operation: _Operation,
    call: BillableCall,
    *,
    resumed: Entry | None,
    entry: Entry | None,
) -> Conclusion:
    """Carries out what `decide` says, until the outcome is clear: sends the request, or asks the API for the number.

    `entry` is the ledger entry of the call, and `resumed` what an earlier call left of it.
    """
    evidence = Evidence(kind=operation.kind, maybe_processed=resumed is not None)
    absent_since = None if resumed is None else resumed.unconfirmed_since
    number: ActiveNumber | None = None
    error: Exception | None = None
    patience: Patience | None = None
    begin = Begin(context.clock)
    sends = 0
    while True:
        match decision := decide(evidence):
            case Decision.SEND:
                if sends and not await _pause(context, call, sends, error):
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
                look = await _ask(context, operation, begin, evidence)
                number = look.number
                if look.finding is Finding.OFFERED and operation.phone_number is not None:
                    context.number_locks.record_offers([operation.phone_number])
                if look.finding in {Finding.OFFERED, Finding.GONE}:
                    absent_since = absent_since or look.api_time
                evidence = attrs.evolve(
                    evidence,
                    finding=look.finding,
                    bought=bought_by(context.number_locks, operation.phone_number, look, begin, resumed),
                    long_absent=context.is_settled(absent_since, look.api_time),
                    can_send=call.may_send and sends < context.settings.retry.max_attempts,
                    can_ask=patience.is_left(),
                )
            case _:
                conclusion = _conclusion(context, operation, decision, evidence, number, error, entry)
                if conclusion.state is EntryState.UNKNOWN:
                    return attrs.evolve(conclusion, unconfirmed_since=absent_since)
                return conclusion


async def _offered_price(context: PurchaseContext, operation: _Operation) -> Price | None:
    """The price of the number's offer. If it is not on offer, raises what a rent raises that the API refused."""
    name = operation.phone_number or ""
    begin = Begin(context.clock)
    try:
        price = price_of(await read(context, available_number(context, name)))
    except NotFoundError as error:
        look = await ask(context, Kind.RENT, name, with_offer=False)
        # Not by this call, which has sent nothing.
        bought = bought_by(context.number_locks, name, look, begin, None)
        evidence = Evidence(
            kind=Kind.RENT,
            result=Result.REFUSED,
            finding=look.finding,
            bought=Bought.UNCLEAR if bought is Bought.HERE else bought,
            can_ask=False,
        )
        refusal = _conclusion(context, operation, decide(evidence), evidence, look.number, error, None).error
        raise refusal or error from error
    context.number_locks.record_offers([name])
    return price


async def _ask(context: PurchaseContext, operation: _Operation, begin: Begin, evidence: Evidence) -> Look:
    if operation.phone_number is not None:
        # After a mere refusal, whether the number is still on offer decides nothing.
        return await ask(context, operation.kind, operation.phone_number, with_offer=evidence.maybe_processed)

    def is_new(number: ActiveNumber, api_time: float | None) -> bool:
        if context.number_locks.was_returned(number.phone_number):
            return False
        return rented_since(number, begin.by_api(api_time)) is not Bought.ELSEWHERE

    return await look_for_new(context, operation.region_code, operation.number_type, is_new)


async def _pause(context: PurchaseContext, call: BillableCall, sends: int, error: Exception | None) -> bool:
    """Waits before the request is sent again. False if it must not be sent again."""
    attempts = _attempts(error)
    asked_for = attempts[-1].retry_after if attempts else None
    return await context.pipeline.pause(context.settings, sends, asked_for) and call.may_send


async def _send(
    context: PurchaseContext, operation: _Operation, call: BillableCall
) -> tuple[Result, ActiveNumber | None, Exception | None]:
    """Sends the POST. The pipeline retries it only if it certainly was not processed."""
    before = call.exchanges
    try:
        raw = await context.send(operation.request, operation.safety, call)
        number = context.decode(raw, operation.parse)
        if (
            raw.status_code in _DONE
            and number.phone_number
            and operation.phone_number in {None, number.phone_number}
        ):
            return Result.DONE, number, None
        # It proves nothing: a 202 says that it is not done yet, and what does not name the number comes from a proxy.
        error: Exception = invalid_response(
            raw,
            f"the {raw.status_code} response is about {number.phone_number or 'no number'}",
        )
    except Exception as raised:
        # Not only a NumbersError: a token provider may raise anything, and money may have been spent.
        error = raised
    if call.exchanges == before:
        return Result.NOT_PROCESSED, None, error
    status = error.status_code if isinstance(error, APIStatusError) else None
    if status == 429:
        return Result.LIMITED, None, error
    if call.latest is Processed.NO or status in _DENIED:
        # A 429 before it, which the pipeline retried, is a refusal like any other.
        return (Result.REFUSED if call.was_limited else Result.NOT_PROCESSED), None, error
    refused = call.latest is Processed.YES and status is not None
    return (Result.REFUSED if refused else Result.UNCLEAR), None, error


_DONE = frozenset({200, 201})
"""The documented statuses of a request that was performed."""
_DENIED = frozenset({401, 403})
"""Statuses that a copy of the request would have got as well."""


def _conclusion(
    context: PurchaseContext,
    operation: _Operation,
    decision: Decision,
    evidence: Evidence,
    number: ActiveNumber | None,
    error: Exception | None,
    entry: Entry | None,
) -> Conclusion:
    """The conclusion for the caller and the ledger."""
    name = operation.phone_number
    match decision:
        case Decision.DONE | Decision.FOUND if number is not None:
            if operation.kind is Kind.RELEASE:
                context.number_locks.forget(number)
                context.orphans.forget(number)
                return Conclusion(EntryState.RELEASED, number=number)
            if decision is Decision.FOUND and context.number_locks.was_returned(name) and not _is_slot(entry):
                # It was bought, but the caller of the earlier call has it. A slot is told again what it has.
                taken = _taken(context, number.phone_number, number)
                return Conclusion(EntryState.RENTED, number=number, error=taken)
            # Recorded now, before the ledger is written: another call may be asking for the number.
            context.number_locks.record(number, entry)
            return Conclusion(EntryState.RENTED, number=number)
        case Decision.TAKEN:
            # A number can be sold only once, so this rent was refused.
            return Conclusion(
                EntryState.REFUSED, error=_caused_by(_taken(context, name or "", number), error)
            )
        case Decision.GONE:
            gone = NotFoundError(
                f"{name} is not active in the project", status_code=404, attempts=_attempts(error)
            )
            return Conclusion(EntryState.REFUSED, error=_caused_by(gone, error))
        case Decision.REFUSED if error is not None:
            return Conclusion(EntryState.REFUSED, error=error)
        case _:
            return Conclusion(EntryState.UNKNOWN, error=_unknown(operation, evidence.finding, number, error))


def _is_slot(entry: Entry | None) -> bool:
    return entry is not None and entry.is_slot


def _taken(context: PurchaseContext, name: str, number: ActiveNumber | None) -> NumberTakenError:
    since = context.number_locks.returned_at(name)
    if since is not None:
        return NumberTakenError(
            f"{name} was rented by another call of this client at {since:%Y-%m-%d %H:%M:%S} UTC", since=since
        )
    due = None if number is None else number.next_charge_date
    has = "has" if number is None or number.expire_at is None else "has had, and has released,"
    return NumberTakenError(
        f"the project {has} {name} since before this call: its next charge is due at {due:%Y-%m-%d %H:%M:%S}"
        if due is not None
        else f"the project {has} {name} since before this call"
    )


def _unknown(
    operation: _Operation, finding: Finding, number: ActiveNumber | None, error: Exception | None
) -> OutcomeUnknownError:
    if error is None:
        what = "an earlier request may still be under way"
    else:
        what = str(error) if isinstance(error, NumbersError) else f"{type(error).__name__}: {error}"
    reason = str(finding)
    if operation.kind is Kind.RENT_ANY:
        found = "" if number is None else f"{number.phone_number} may be its number; "
        reason = f"{found}only the response names the number; use rent_first(), whose number can be looked up"
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
