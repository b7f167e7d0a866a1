"""A transport whose responses come from a function."""

from __future__ import annotations

import pytest

from sinch_numbers import HttpRequest, HttpResponse, MockTransport, Sent, TransportError

from ..support import ANSWER_BODY, make_client

REQUEST = HttpRequest(method="GET", url="https://numbers.example/", headers={})


async def test_the_response_is_what_the_function_returns() -> None:
    response = HttpResponse(status_code=204)
    transport = MockTransport(lambda _: response)

    assert await transport.send(REQUEST) is response
    assert transport.requests == [REQUEST]


async def test_the_function_can_be_async() -> None:
    async def respond(request: HttpRequest) -> HttpResponse:
        return HttpResponse(content=request.url.encode())

    assert (await MockTransport(respond).send(REQUEST)).content == b"https://numbers.example/"


async def test_what_the_function_raises_fails_the_exchange() -> None:
    def lose(_: HttpRequest) -> HttpResponse:
        raise TransportError("lost", sent=Sent.UNKNOWN)

    with pytest.raises(TransportError, match="lost"):
        await MockTransport(lose).send(REQUEST)


async def test_a_request_that_before_send_refuses_is_not_received() -> None:
    async def refuse() -> None:
        raise TransportError("refused", sent=Sent.NEVER)

    transport = MockTransport(lambda _: HttpResponse())
    with pytest.raises(TransportError, match="refused"):
        await transport.send(HttpRequest(method="POST", url="https://x/", headers={}, before_send=refuse))

    assert transport.requests == []


async def test_it_records_the_requests_of_a_client_in_order_and_that_it_was_closed() -> None:
    transport = MockTransport(lambda _: HttpResponse(content=ANSWER_BODY))
    async with make_client(transport=transport) as client:
        await client.available_regions.list()
        await client.callback_configuration.get()
    assert not transport.closed
    await transport.aclose()

    assert [request.url.rpartition("/")[2] for request in transport.requests] == [
        "availableRegions",
        "callbackConfiguration",
    ]
    assert transport.closed
