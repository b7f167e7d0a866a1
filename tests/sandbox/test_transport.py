from __future__ import annotations

import asyncio

import attrs
import pytest

from sinch_numbers import HttpRequest, Sent, TransportError
from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api

RENT = "RentNumber"


async def rented(api: Api) -> bool:
    return any(number["phoneNumber"] == NUMBER for number in api.sandbox.active_numbers())


async def test_a_cancelled_caller_does_not_stop_the_request(api: Api, sandbox: Sandbox) -> None:
    held = sandbox.faults.hold(RENT)
    call = asyncio.create_task(api.rent())
    await held.reached()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    sandbox.faults.clear()
    await asyncio.sleep(0)
    assert await rented(api)


async def test_closing_the_transport_cancels_held_requests(api: Api, sandbox: Sandbox) -> None:
    held = sandbox.faults.hold(RENT)
    call = asyncio.create_task(api.rent())
    await held.reached()
    await api.transport.aclose()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not await rented(api)


async def test_a_request_is_not_sent_if_before_send_raises(api: Api, sandbox: Sandbox) -> None:
    async def object_to() -> None:
        raise TransportError("no", sent=Sent.NEVER)

    request = HttpRequest(method="GET", url="https://x/v1", headers={}, before_send=object_to)
    with pytest.raises(TransportError):
        await api.transport.send(request)
    assert sandbox.requests == []
    with pytest.raises(TransportError):
        await api.transport.send(attrs.evolve(request, url="https://x/oauth2/token"))
