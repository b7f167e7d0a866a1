"""Steps that many tests of purchases take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from sinch_numbers import ActiveNumber, Budget, Entry, EntryState, NumbersClient, Price
from sinch_numbers.sandbox import Fault, Sandbox

US: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}
ORDER: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL", "batch": "order"}
"""A named batch of `rent_many`, without its size."""


async def offers(client: NumbersClient, count: int) -> list[str]:
    """Numbers that can be rented."""
    found = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=count)
    return [offer.phone_number for offer in found]


async def offered(client: NumbersClient) -> str:
    """A number that can be rented."""
    [number] = await offers(client, 1)
    return number


def rents(sandbox: Sandbox) -> int:
    """How many requests to rent a named number the sandbox has received."""
    return sum(request.operation == "RentNumber" for request in sandbox.requests)


def total_charged(sandbox: Sandbox) -> Decimal:
    """The sum of all charges, whatever their currency."""
    return sum((Decimal(charge.amount) for charge in sandbox.charges), Decimal(0))


async def cancelled_after(steps: int, call: asyncio.Future[ActiveNumber]) -> bool:
    """Cancels `call` after that many turns of the loop; whether it was not done by then."""
    for _ in range(steps):
        await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait([call])
    return call.cancelled()


def counted(budget: Budget) -> list[Decimal | int]:
    """What is spent, what is reserved, and how many numbers."""
    return [budget.spent, budget.reserved, budget.numbers]


def dollars(amount: int) -> Price:
    return Price(Decimal(amount), "USD")


def rent_entry(key: str, amount: int, state: EntryState = EntryState.UNKNOWN) -> Entry:
    return Entry(
        key=key,
        operation="RentNumber",
        phone_number="+12025550134",
        state=state,
        price=dollars(amount),
        began_at=1.0,
    )


async def given_up(call: Callable[[], Awaitable[object]], held: Fault) -> None:
    """Begins `call`, and cancels it once its request has arrived."""
    task = asyncio.ensure_future(call())
    await held.reached()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def settled() -> None:
    """Gives what is under way the time to end."""
    for _ in range(200):
        await asyncio.sleep(0)
