"""Attempts of one call: how they are counted, reported, and bounded by its deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    Attempt,
    HttpRequest,
    HttpResponse,
    NumbersClient,
    NumbersError,
    RetryPolicy,
    Sent,
    ServerError,
    Timeout,
    TransportError,
)
from sinch_numbers.sandbox import VirtualClock

from ..support import ANSWER, NUMBER, NUMBER_URL, RENT_URL, make_client
from .scripted import fine, scripted

Operation = Callable[[NumbersClient], Awaitable[object]]

READ: tuple[str, Operation] = (NUMBER_URL, lambda client: client.active_numbers.get(NUMBER))
IDEMPOTENT: tuple[str, Operation] = (
    NUMBER_URL,
    lambda client: client.active_numbers.update(NUMBER, display_name="x"),
)


async def attempts_of(client: NumbersClient, operation: Operation) -> tuple[Attempt, ...]:
    with pytest.raises(NumbersError) as caught:
        await operation(client)
    return caught.value.attempts


async def rented(client: NumbersClient) -> object:
    return await client.available_numbers.rent(NUMBER)


def posts(httpx_mock: HTTPXMock) -> int:
    return len(httpx_mock.get_requests(method="POST"))


@pytest.mark.parametrize("safety", [READ, IDEMPOTENT], ids=["read", "update"])
async def test_max_attempts_of_1_makes_one_attempt(
    httpx_mock: HTTPXMock, safety: tuple[str, Operation]
) -> None:
    url, operation = safety
    httpx_mock.add_response(503, url=url)
    attempts = await attempts_of(make_client(retry=RetryPolicy(max_attempts=1)), operation)

    assert len(attempts) == 1


async def test_max_attempts_of_1_sends_a_rent_once_even_if_it_was_never_sent(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectError("x"), url=RENT_URL)
    await attempts_of(make_client(retry=RetryPolicy(max_attempts=1)), rented)

    assert posts(httpx_mock) == 1


async def test_a_rent_that_gets_no_connection_in_time_is_retried_and_was_never_sent() -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def occupy(_: httpx.Request) -> httpx.Response:
        entered.set()
        await leave.wait()
        return httpx.Response(200, json=ANSWER)

    async with httpx.AsyncClient(transport=httpx.MockTransport(occupy)) as http:
        client = make_client(max_connections=1, http_client=http)
        hurried = client.with_options(timeout=Timeout(pool=0.01))
        occupant = asyncio.create_task(client.available_regions.list())
        await entered.wait()
        with pytest.raises(APIConnectionError) as caught:
            await hurried.available_numbers.rent(NUMBER)
        leave.set()
        await occupant

    assert isinstance(caught.value, APITimeoutError)
    assert [attempt.sent for attempt in caught.value.attempts] == [Sent.NEVER] * 3
    assert "no free connection within 0.01 s" in str(caught.value)


async def test_a_success_after_failures_carries_all_attempts(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(503)
    httpx_mock.add_exception(httpx.ReadTimeout("slow"))
    httpx_mock.add_response(200, json={"phoneNumber": NUMBER})
    client = make_client()
    with client.raw_responses() as responses:
        await client.active_numbers.get(NUMBER)

    [raw] = responses
    assert [(attempt.status_code, attempt.sent) for attempt in raw.attempts] == [
        (503, Sent.ARRIVED),
        (None, Sent.UNKNOWN),
        (200, Sent.ARRIVED),
    ]
    assert (raw.operation, raw.method, raw.url, raw.status_code) == (
        "GetActiveNumber",
        "GET",
        NUMBER_URL,
        200,
    )


async def test_the_error_is_that_of_the_last_attempt_and_says_how_many_there_were(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_exception(httpx.ReadTimeout("slow"))
    httpx_mock.add_response(500)
    httpx_mock.add_response(404)
    with pytest.raises(APIStatusError) as caught:
        await make_client().active_numbers.get(NUMBER)

    assert caught.value.status_code == 404
    assert "after 3 attempts" in str(caught.value)


# --- the deadline ---


async def test_a_retry_after_beyond_the_deadline_raises_at_once(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(503, headers={"retry-after": "30"})
    clock = VirtualClock()
    with pytest.raises(ServerError):
        await make_client(clock=clock, timeout=Timeout(total=29)).available_regions.list()

    assert clock.monotonic() == 0


async def test_the_deadline_bounds_all_attempts_and_pauses_together(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(503, headers={"retry-after": "9"}, is_reusable=True)
    clock = VirtualClock()
    client = make_client(clock=clock, timeout=Timeout(total=30), retry=RetryPolicy(max_attempts=100))
    attempts = await attempts_of(client, READ[1])

    assert len(attempts) == 4
    assert clock.monotonic() == pytest.approx(27)


async def test_the_timeouts_of_an_exchange_do_not_exceed_what_is_left_of_the_total() -> None:
    def late(_: HttpRequest) -> HttpResponse:
        clock.advance(9)
        raise TransportError("lost", sent=Sent.UNKNOWN)

    transport = scripted(late, fine)
    client = make_client(transport=transport, timeout=Timeout(total=10), retry=RetryPolicy(initial_delay=0))
    clock: Any = client._context.clock
    await client.available_regions.list()

    assert transport.requests[0].timeout == Timeout(read=10, pool=10, total=10)
    assert transport.requests[1].timeout == Timeout(connect=1, read=1, write=1, pool=1, total=10)
