from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    Drift,
    HttpRequest,
    HttpResponse,
    MockTransport,
    NumbersClient,
    RawResponse,
    RetryEvent,
    RetryPolicy,
    Sent,
    SystemClock,
    Timeout,
    TransportError,
    _defaults,
)
from sinch_numbers.sandbox import Sandbox

from ..raw_server import http_answer, raw_server
from ..support import NUMBER, NUMBER_URL, REGIONS_URL, make_client, make_keyed_client

ONCE = RetryPolicy(max_attempts=1)


def started(client: NumbersClient, calls: int) -> list[asyncio.Task[Any]]:
    return [asyncio.create_task(client.active_numbers.get(NUMBER)) for _ in range(calls)]


async def turns(count: int = 10) -> None:
    """Gives the loop's other tasks that many turns."""
    for _ in range(count):
        await asyncio.sleep(0)


async def cancel(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


class Held:
    """A server's answer that comes when released."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.arrived = asyncio.Semaphore(0)

    async def __call__(self, _: bytes) -> bytes:
        self.arrived.release()
        await self.released.wait()
        return http_answer(200, b'{"phoneNumber": "%s"}' % NUMBER.encode())


# --- cancellation ---


async def test_after_five_thousand_cancelled_calls_the_next_one_works_at_once(
    quiet_loop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine: what is held ends in peace, and its connection is used again.
    monkeypatch.setattr(_defaults, "ABANDONED_GRACE", 3_600)
    held = Held()
    async with raw_server(held) as server:
        client = make_client(base_url=server.url, max_connections=20)
        for _ in range(10):
            calls = started(client, 500)
            await turns()
            await cancel(calls)
        held.released.set()
        with client.raw_responses() as responses:
            await client.active_numbers.get(NUMBER)
        await asyncio.gather(*started(client, 50))
        await client.aclose()

    assert len(responses[0].attempts) == 1
    assert server.connections <= 20


async def test_cancelled_calls_of_the_sandbox_over_loopback_leave_it_usable(
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


async def test_a_read_whose_caller_left_ends_in_peace_and_its_connection_serves_the_next(
    quiet_loop: None,
) -> None:
    held = Held()
    async with raw_server(held) as server, make_client(base_url=server.url, max_connections=1) as client:
        calls = started(client, 1)
        await held.arrived.acquire()
        await cancel(calls)
        held.released.set()
        await client.active_numbers.get(NUMBER)

    assert server.connections == 1
    assert len(server.requests) == 2


async def test_a_read_whose_caller_left_and_that_does_not_end_frees_its_place(
    monkeypatch: pytest.MonkeyPatch, quiet_loop: None
) -> None:
    monkeypatch.setattr(_defaults, "ABANDONED_GRACE", 0.01)
    held = Held()
    async with raw_server(held) as server, make_client(base_url=server.url, max_connections=1) as client:
        calls = started(client, 1)
        await held.arrived.acquire()
        await cancel(calls)
        following = started(client, 1)
        async with asyncio.timeout(5):  # else its own timeouts would free the place at last
            await held.arrived.acquire()
        held.released.set()
        await following[0]

    assert server.connections == 2


async def test_calls_that_are_cancelled_while_they_wait_for_a_place_are_never_sent(quiet_loop: None) -> None:
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


async def test_a_call_cancelled_in_the_pause_before_a_repetition_is_not_repeated(
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


# --- closing ---


async def test_a_client_that_is_closed_sends_nothing(sandbox: Sandbox) -> None:
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


async def test_closing_waits_no_longer_than_it_was_told(quiet_loop: None) -> None:
    held = Held()
    async with raw_server(held) as server:
        client = make_client(base_url=server.url, close_timeout=0.01)
        [call] = started(client, 1)
        await held.arrived.acquire()
        await client.aclose()
        with pytest.raises(APIConnectionError, match="closed") as caught:
            await call

    assert caught.value.sent is Sent.UNKNOWN


async def test_a_call_that_waits_for_a_place_when_the_client_closes_is_never_sent(quiet_loop: None) -> None:
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


async def test_a_call_in_the_pause_before_a_repetition_ends_with_the_client(httpx_mock: HTTPXMock) -> None:
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


# --- hooks ---


async def test_each_success_is_shown_to_on_response_and_no_token_is(sandbox: Sandbox) -> None:
    seen: list[RawResponse] = []
    client = sandbox.client(on_response=seen.append)
    await client.available_regions.list()
    await client.callback_configuration.get()

    assert [raw.operation for raw in seen] == ["ListAvailableRegions", "GetCallbackConfiguration"]
    assert all(raw.request_id for raw in seen)


async def test_each_repetition_is_shown_to_on_retry_before_it_happens(httpx_mock: HTTPXMock) -> None:
    seen: list[RetryEvent] = []

    def note(event: RetryEvent) -> None:
        assert len(httpx_mock.get_requests()) == len(seen) + 1
        seen.append(event)

    httpx_mock.add_response(503, headers={"retry-after": "2"})
    httpx_mock.add_exception(httpx.ReadTimeout("x"))
    httpx_mock.add_response(json={})
    await make_client(on_retry=note).active_numbers.get(NUMBER)

    first, second = seen
    assert (first.operation, first.method, first.url) == ("GetActiveNumber", "GET", NUMBER_URL)
    assert (first.attempt.status_code, first.attempt_number, first.delay) == (503, 1, 2)
    assert (second.attempt.status_code, second.attempt_number) == (None, 2)
    assert 0 <= second.delay <= 1


async def test_a_hook_that_raises_harms_no_call_and_is_logged(
    httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError

    httpx_mock.add_response(503)
    httpx_mock.add_response(json={"phoneNumber": 7})
    client = make_client(on_response=explode, on_retry=explode, on_drift=explode)
    number = await client.active_numbers.get(NUMBER)

    assert number.phone_number == ""
    assert [record.message for record in caplog.records].count("a hook raised") == 3


async def test_each_way_in_which_the_api_drifts_is_reported_once(
    httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Drift] = []
    body = {"phoneNumber": 7, "type": "mobile", "capability": ["SMS", "Fax"]}
    httpx_mock.add_response(json=body, is_reusable=True)
    client = make_client(on_drift=seen.append)
    number = await client.active_numbers.get(NUMBER)
    for _ in range(3):
        await client.with_options(retry=ONCE).active_numbers.get(NUMBER)

    assert {(drift.field, drift.problem) for drift in seen} == {
        ("phoneNumber", "wrong type"),
        ("type", "unknown value"),
        ("capability", "unknown value"),
    }
    assert len(seen) == 3
    assert number.additional_properties["phoneNumber"] == 7
    assert sum("differs from its specification" in record.message for record in caplog.records) == 3


async def test_drift_without_end_stops_being_reported(
    httpx_mock: HTTPXMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_defaults, "MAX_DRIFTS", 5)
    seen: list[Drift] = []
    kinds = iter(range(100))

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"type": f"KIND_{next(kinds)}"})

    httpx_mock.add_callback(answer, is_reusable=True)
    client = make_client(on_drift=seen.append)
    for _ in range(20):
        await client.active_numbers.get(NUMBER)

    assert len(seen) == 5


# --- raw responses ---


async def test_raw_responses_show_each_answer_of_the_block_and_no_other(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await client.available_regions.list()
        with client.raw_responses() as outer:
            await client.available_regions.list()
            with client.raw_responses() as inner:
                await asyncio.gather(*(client.callback_configuration.get() for _ in range(3)))
        await client.available_regions.list()

    assert [raw.operation for raw in outer] == ["ListAvailableRegions"]
    assert [raw.operation for raw in inner] == ["GetCallbackConfiguration"] * 3
    assert b"availableRegions" in outer[0].content
    assert outer[0].headers["content-type"] == "application/json"
    assert "availableRegions" not in repr(outer).replace("availableRegions'", "")


async def test_raw_responses_of_a_purchase_show_what_the_api_answered(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        with client.raw_responses() as responses:
            number = await client.available_numbers.rent_first(region_code="US", number_type="LOCAL")

    assert [raw.operation for raw in responses][-1] == "RentNumber"
    assert number.phone_number.encode() in responses[-1].content


async def test_raw_responses_of_two_tasks_do_not_mix(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:

        async def collect(times: int) -> int:
            with client.raw_responses() as responses:
                for _ in range(times):
                    await client.available_regions.list()
            return len(responses)

        assert [*await asyncio.gather(collect(1), collect(5), collect(3))] == [1, 5, 3]


# --- a transport of one's own ---


def scripted(*script: Callable[[HttpRequest], HttpResponse]) -> MockTransport:
    """A transport that does what it is told, once each."""
    left = list(script)
    return MockTransport(lambda request: left.pop(0)(request))


async def test_the_machines_clock_goes_forward() -> None:
    clock = SystemClock()
    before = clock.time(), clock.monotonic()
    await clock.sleep(0)

    assert before <= (clock.time(), clock.monotonic())


def fine(_: HttpRequest) -> HttpResponse:
    return HttpResponse(content=b"{}")


async def test_a_transport_of_ones_own_gets_complete_requests_and_is_not_closed() -> None:
    transport = scripted(fine)
    async with make_client(transport=transport, headers={"X-Tenant": "a"}) as client:
        await client.active_numbers.update(NUMBER, display_name="x")

    [message] = transport.requests
    assert (message.method, message.url) == ("PATCH", NUMBER_URL)
    assert message.content == b'{"displayName":"x"}'
    assert message.headers["Content-Type"] == message.headers["Accept"] == "application/json"
    assert message.headers["X-Tenant"] == "a"
    assert message.headers["User-Agent"].startswith("sinch-numbers/")
    assert "canary" not in repr(message)
    assert not transport.closed


async def test_the_timeouts_of_an_exchange_leave_no_more_than_the_call_has_left() -> None:
    def late(_: HttpRequest) -> HttpResponse:
        clock.advance(9)
        raise TransportError("lost", sent=Sent.UNKNOWN)

    transport = scripted(late, fine)
    client = make_client(transport=transport, timeout=Timeout(total=10), retry=RetryPolicy(initial_delay=0))
    clock: Any = client._context.clock
    await client.available_regions.list()

    assert transport.requests[0].timeout == Timeout(read=10, pool=10, total=10)
    assert transport.requests[1].timeout == Timeout(connect=1, read=1, write=1, pool=1, total=10)


async def test_a_builtin_timeout_of_a_transport_is_a_timeout() -> None:
    def late(_: HttpRequest) -> HttpResponse:
        raise TimeoutError

    with pytest.raises(APITimeoutError) as caught:
        await make_client(transport=scripted(late), retry=ONCE).available_regions.list()

    assert caught.value.sent is Sent.UNKNOWN


async def test_a_defect_of_a_transport_reaches_the_reader_as_it_is(quiet_loop: None) -> None:
    def broken(_: HttpRequest) -> HttpResponse:
        raise KeyError("a defect")

    async with make_client(transport=scripted(broken, fine), max_connections=1) as client:
        with pytest.raises(KeyError, match="a defect"):
            await client.available_regions.list()
        await client.available_regions.list()


async def test_a_defect_of_a_transport_in_a_purchase_leaves_its_outcome_to_be_asked_for(
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
    assert "the transport failed in its own way" in caplog.text


async def test_a_library_logs_nothing_to_the_screen_of_an_application_that_did_not_ask(
    httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    httpx_mock.add_response(url=REGIONS_URL, json={})
    with caplog.at_level(logging.INFO):
        await make_client().available_regions.list()

    assert caplog.records == []
