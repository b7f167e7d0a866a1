"""What a hostile review found: combinations of faults that no single table holds."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from sinch_numbers import (
    HttpRequest,
    HttpResponse,
    NumbersClient,
    OrphanedPurchase,
)
from sinch_numbers.sandbox import Sandbox


@pytest.fixture
def orphans() -> list[OrphanedPurchase]:
    return []


async def offered(client: NumbersClient) -> str:
    [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    return offer.phone_number or ""


async def cancelled_after(steps: int, call: asyncio.Future[object]) -> bool:
    """Cancels `call` after that many turns of the loop; whether it was not done by then."""
    for _ in range(steps):
        await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait([call])
    return call.cancelled()


class WithoutBeforeSend:
    """A transport of a user's who never heard of `before_send`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()

    async def send(self, request: HttpRequest) -> HttpResponse:
        return await self._inner.send(attrs.evolve(request, before_send=None))

    async def aclose(self) -> None: ...


async def test_a_transport_that_ignores_before_send_loses_no_number_of_a_caller_who_left(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    for steps in range(40):
        sandbox.reset()
        orphans.clear()
        async with sandbox.client(
            transport=WithoutBeforeSend(sandbox), on_orphaned_purchase=orphans.append
        ) as client:
            number = await offered(client)
            gone = await cancelled_after(steps, asyncio.ensure_future(client.available_numbers.rent(number)))
        assert len(sandbox.charges) == (len(orphans) if gone else 1), f"cancelled after {steps} steps"
