"""Performs the calls of `client.operations`, which codegen writes."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qsl, unquote

from .._generated.operations import OPERATIONS
from .._generated.types import DecodeError, OnDrift, Request, json_object
from .._sending.billable import BillableCall
from .._sending.expected import Parse
from .._sending.responses import RawResponse
from .._sending.tasks import TaskClosed, shielded
from ..attempts import Processed, Sent
from ..errors import APIConnectionError, ConfigurationError, NumbersError
from ..models import ActiveNumber
from ..pagination import Cursor, Listed, NextPage, Pager, next_token
from ..purchasing.context import PurchaseContext
from ..retry import Safety

T = TypeVar("T")
P = TypeVar("P", bound=NextPage)

logger: logging.Logger = logging.getLogger("sinch_numbers")

_PAGING = ("pageSize", "pageToken")
"""Parameters that do not say which items a listing has."""


async def perform(
    context: PurchaseContext,
    request: Request,
    safety: Safety,
    parse: Callable[[bytes, OnDrift | None], T],
) -> T:
    """The decoded response. Raises ConfigurationError if it is billable, and the client has a budget or a ledger."""
    return context.decode(await send(context, request, safety), parse)


def paged(
    build: Callable[[str | None], Request],
    context: PurchaseContext,
    safety: Safety,
    parse: Parse[P],
    items: Callable[[P], tuple[T, ...]],
    *,
    cursor: Cursor | None,
    max_pages: int | None,
) -> Pager[T]:
    """The listing whose pages `build` requests, each by its page token."""

    async def fetch(page_token: str | None) -> Listed[T]:
        page = await context.call(build(page_token), safety, parse)
        return Listed(items(page), next_token(page), getattr(page, "total_size", None))

    first = build(None)
    filters = [pair for pair in parse_qsl(first.query, keep_blank_values=True) if pair[0] not in _PAGING]
    return Pager(
        fetch,
        filters={"path": first.path, "query": filters},
        identify=lambda _: None,  # which property tells items apart, the document does not say
        cursor=cursor,
        max_pages=max_pages,
    )


async def send(context: PurchaseContext, request: Request, safety: Safety) -> RawResponse:
    """The 2xx response. A billable call is sent at most once, and runs to its end even if its caller is cancelled."""
    if safety is not Safety.BILLABLE:
        return await context.send(request, safety)
    _refuse_if_accounted_for(context, request.operation)
    # It names no number for the pipeline, which would otherwise repeat it after a 429.
    call = BillableCall(names_number=False)
    task = context.tasks.start(
        _send_billable(context, request, call), name=f"sinch-numbers {request.operation}"
    )
    try:
        return await shielded(task)
    except TaskClosed:
        sent = Sent.NEVER if call.processed is Processed.NO else Sent.UNKNOWN
        raise APIConnectionError("the client was closed during the call", sent=sent) from None
    except asyncio.CancelledError:
        call.abandon(task)
        task.add_done_callback(lambda done: _report(request.operation, done))
        raise


async def _send_billable(context: PurchaseContext, request: Request, call: BillableCall) -> RawResponse:
    """The response. What it bought is noted, so that no other call takes it for its own purchase."""
    named = re.search(r"Numbers/([^/]+):[a-zA-Z]+$", unquote(request.path))
    async with context.number_locks.hold(None if named is None else named[1]):
        raw = await context.send(request, Safety.BILLABLE, call)
        try:
            number = ActiveNumber.from_dict(json_object(raw.content))
        except DecodeError:
            return raw
        if number.expire_at is not None:
            context.number_locks.forget(number)
        elif number.phone_number and not call.abandoned:
            context.number_locks.record(number)
        return raw


def _refuse_if_accounted_for(context: PurchaseContext, operation: str) -> None:
    """Raises ConfigurationError if the client accounts for purchases: this one would be in no budget and no ledger."""
    if context.purchases.budget is None and context.purchases.ledger is None:
        return
    row = OPERATIONS.get(operation)
    instead = (
        f"use client.{row.resource}, which does"
        if row is not None and row.resource
        else "use a client without them"
    )
    raise ConfigurationError(
        f"{operation} is billable, and is not counted by the client's budget or recorded in its ledger: {instead}"
    )


def _report(operation: str, done: asyncio.Task[RawResponse]) -> None:
    """Logs the outcome of a billable call whose caller was cancelled: nobody else will hear of it."""
    if done.cancelled():
        return
    error = done.exception()
    if error is None:
        outcome = f"was performed ({done.result().status_code})"
    elif isinstance(error, NumbersError):
        outcome = f"failed ({type(error).__name__})"
    else:
        outcome = "failed"
    logger.warning("%s %s after its caller had been cancelled", operation, outcome)
