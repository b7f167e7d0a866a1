"""How exchanges are performed: a bounded number at a time, until the client is closed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    ConfigurationError,
    HttpRequest,
    HttpResponse,
    MockTransport,
    NumbersClient,
    OutcomeUnknownError,
    RetryPolicy,
    Sent,
    Timeout,
    TransportError,
)
from sinch_numbers._sending.billable import BillableCall
from sinch_numbers._sending.operations import active_number
from sinch_numbers.retry import Safety
from sinch_numbers.sandbox import Sandbox, VirtualClock

from ..raw_server import http_response, raw_server
from ..support import NUMBER, NUMBER_URL, make_client, make_keyed_client, turns, until
from .scripted import fine, scripted

ONCE = RetryPolicy(max_attempts=1)


def started(client: NumbersClient, calls: int) -> list[asyncio.Task[Any]]:
    return [asyncio.create_task(client.active_numbers.get(NUMBER)) for _ in range(calls)]


async def cancel(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


class Held:
    """A server's response, which comes when it is released."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.arrived = asyncio.Semaphore(0)

    async def __call__(self, _: bytes) -> bytes:
        self.arrived.release()
        await self.released.wait()
        return http_response(200, b'{"phoneNumber": "%s"}' % NUMBER.encode())


# --- cancellation ---


async def test_after_five_thousand_cancelled_calls_the_next_hundred_succeed_and_no_connection_is_leaked(
    quiet_loop: None,
) -> None:
    held = Held()
    async with raw_server(held) as server:
        client = make_client(base_url=server.url, max_connections=20)
        for _ in range(10):
            calls = started(client, 500)
            await turns()
            await cancel(calls)
        held.released.set()
        with client.raw_responses() as responses:
            await asyncio.gather(*started(client, 100))
        assert [len(response.attempts) for response in responses] == [1] * 100
        await until(lambda: server.open <= 20)
        await client.aclose()
        await until(lambda: server.open == 0)


async def test_after_many_cancelled_calls_over_loopback_the_client_is_still_usable(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    held = sandbox.faults.hold("ListAvailableRegions")
    async with sandbox.serve() as url:
        client = make_keyed_client(base_url=url, auth_url=url, max_connections=10, clock=None)
        for _ in range(10):
            calls = [asyncio.create_task(client.available_regions.list()) for _ in range(100)]
            await held.reached()
            await turns()
            await cancel(calls)
        held.release()
        assert await client.available_regions.list()
        await client.aclose()

    assert sandbox.tokens_issued == 1


async def test_a_read_whose_caller_was_cancelled_ends_at_once_and_its_connection_is_closed(
    quiet_loop: None,
) -> None:
    held = Held()
    async with raw_server(held) as server, make_client(base_url=server.url, max_connections=1) as client:
        calls = started(client, 1)
        await held.arrived.acquire()
        await cancel(calls)
        held.released.set()
        await client.active_numbers.get(NUMBER)

        assert server.connections == 2
        await until(lambda: server.open == 1)


async def test_calls_that_are_cancelled_while_they_wait_for_a_connection_are_never_sent(
    quiet_loop: None,
) -> None:
    held = Held()
    async with raw_server(held) as server, make_client(base_url=server.url, max_connections=1) as client:
        [occupant] = started(client, 1)
        await held.arrived.acquire()
        waiting = started(client, 20)
        await turns()
        await cancel(waiting)
        held.released.set()
        await occupant

    assert len(server.requests) == 1


async def test_a_call_that_is_cancelled_in_the_pause_before_a_retry_is_not_retried(
    httpx_mock: HTTPXMock, quiet_loop: None
) -> None:
    httpx_mock.add_response(503, url=NUMBER_URL)
    paused = asyncio.Event()

    class Slow:
        def time(self) -> float:
            return 0.0

        def monotonic(self) -> float:
            return 0.0

        async def sleep(self, seconds: float) -> None:
            paused.set()
            await asyncio.Event().wait()

    async with make_client(clock=Slow()) as client:
        calls = started(client, 1)
        await paused.wait()
        await cancel(calls)

    assert len(httpx_mock.get_requests()) == 1


# --- the limit ---


async def test_no_more_calls_than_max_connections_are_in_flight(sandbox: Sandbox) -> None:
    held = sandbox.faults.hold("ListAvailableRegions")
    async with sandbox.client(max_connections=3) as client:
        calls = [asyncio.create_task(client.available_regions.list()) for _ in range(10)]
        await held.reached(3)
        await turns(50)
        assert held.hits == 3
        held.release()
        await asyncio.gather(*calls)

    assert held.hits == 10


# --- closing ---


async def test_a_closed_client_sends_nothing(sandbox: Sandbox) -> None:
    client = sandbox.client()
    copy = client.with_options(timeout=Timeout(total=3))
    await client.aclose()
    for each in (client, copy):
        with pytest.raises(ConfigurationError, match="closed"):
            await each.available_regions.list()
        with pytest.raises(ConfigurationError, match="closed"):
            await each.available_numbers.rent(NUMBER)

    assert sandbox.requests == []
    await client.aclose()


async def test_closing_waits_for_exchanges_that_have_begun(quiet_loop: None) -> None:
    held = Held()
    async with raw_server(held) as server:
        client = make_client(base_url=server.url)
        [call] = started(client, 1)
        await held.arrived.acquire()
        closing = asyncio.create_task(client.aclose())
        await turns()
        assert not closing.done()
        held.released.set()
        await closing

    assert (await call).phone_number == NUMBER


async def test_closing_waits_no_longer_than_close_timeout(quiet_loop: None) -> None:
    held = Held()
    async with raw_server(held) as server:
        client = make_client(base_url=server.url, close_timeout=0.01)
        [call] = started(client, 1)
        await held.arrived.acquire()
        await client.aclose()
        with pytest.raises(APIConnectionError, match="closed") as caught:
            await call

    assert caught.value.sent is Sent.UNKNOWN


async def test_a_call_that_waits_for_a_connection_when_the_client_closes_is_never_sent(
    quiet_loop: None,
) -> None:
    held = Held()
    async with raw_server(held) as server:
        client = make_client(base_url=server.url, max_connections=1, close_timeout=0.01, retry=ONCE)
        occupant, waiting = started(client, 2)
        await held.arrived.acquire()
        await client.aclose()
        with pytest.raises(APIConnectionError) as caught:
            await waiting
        await asyncio.gather(occupant, return_exceptions=True)

    assert caught.value.sent is Sent.NEVER
    assert len(server.requests) == 1


async def test_a_call_in_the_pause_before_a_retry_fails_if_the_client_is_closed(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_response(503)
    paused, resume = asyncio.Event(), asyncio.Event()

    class Slow:
        def time(self) -> float:
            return 0.0

        def monotonic(self) -> float:
            return 0.0

        async def sleep(self, seconds: float) -> None:
            paused.set()
            await resume.wait()

    client = make_client(clock=Slow())
    [call] = started(client, 1)
    await paused.wait()
    await client.aclose()
    resume.set()
    with pytest.raises(APIConnectionError, match="closed"):
        await call


async def test_closing_leaves_no_task_and_no_unretrieved_exception(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    sandbox.faults.random(0.5, seed=3)
    client = sandbox.client(retry=ONCE, close_timeout=1)
    calls = started(client, 30)
    await turns(3)
    await cancel(calls[::2])
    await asyncio.gather(*calls, return_exceptions=True)
    await client.aclose()


# --- a transport's bug ---


async def test_a_bug_in_a_transport_reaches_the_caller_of_a_read_unchanged(quiet_loop: None) -> None:
    def broken(_: HttpRequest) -> HttpResponse:
        raise KeyError("a defect")

    async with make_client(transport=scripted(broken, fine), max_connections=1) as client:
        with pytest.raises(KeyError, match="a defect"):
            await client.available_regions.list()
        await client.available_regions.list()


async def test_after_a_bug_in_a_transport_the_api_is_asked_what_became_of_a_purchase(
    quiet_loop: None, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: HttpRequest) -> HttpResponse:
        raise KeyError("a defect")

    def there(_: HttpRequest) -> HttpResponse:
        return HttpResponse(status_code=200, headers={}, content=b'{"phoneNumber": "%s"}' % NUMBER.encode())

    transport = scripted(broken, there)
    async with make_client(transport=transport) as client:
        number = await client.available_numbers.rent(NUMBER)

    assert number.phone_number == NUMBER
    assert [message.method for message in transport.requests] == ["POST", "GET"]
    assert "the transport raised an unexpected exception" in caplog.text


async def test_a_bug_in_a_transport_is_an_attempt_that_may_have_been_sent(clock: VirtualClock) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        clock.advance(2)
        raise KeyError("a defect")

    clock.advance(100)
    with pytest.raises(OutcomeUnknownError) as caught:
        await make_client(clock=clock, transport=MockTransport(broken)).available_numbers.rent(NUMBER)

    [attempt] = caught.value.attempts
    assert (attempt.error, attempt.sent, attempt.elapsed) == ("KeyError: 'a defect'", Sent.UNKNOWN, 2)


async def test_a_request_that_its_lease_forbids_is_a_failed_attempt_that_was_never_sent(
    clock: VirtualClock,
) -> None:
    class Stale:
        may_send = False

        def is_stale(self) -> bool:
            return True

        async def confirm(self) -> None:
            clock.advance(2)
            raise TransportError("taken over", sent=Sent.NEVER)

    call = BillableCall()
    call.guard = Stale()
    clock.advance(100)
    transport = MockTransport(lambda request: HttpResponse())
    context = make_client(clock=clock, transport=transport)._context
    with pytest.raises(APIConnectionError, match="taken over") as caught:
        await context.send(active_number(context, NUMBER).request, Safety.BILLABLE, call)

    [attempt] = caught.value.attempts
    assert (attempt.sent, attempt.elapsed) == (Sent.NEVER, 2)
    assert transport.requests == []
    assert call.exchanges == 0


def test_a_client_that_is_used_in_one_event_loop_after_the_other_limits_its_calls_in_each() -> None:
    in_flight = most = 0

    async def send(request: HttpRequest) -> HttpResponse:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await asyncio.sleep(0)
        in_flight -= 1
        return HttpResponse(content=b'{"availableRegions": []}')

    client = make_client(transport=MockTransport(send), max_connections=2)

    async def main() -> None:
        await asyncio.gather(*(client.available_regions.list() for _ in range(6)))

    for _ in range(2):
        most = 0
        asyncio.run(main())
        assert most == 2
