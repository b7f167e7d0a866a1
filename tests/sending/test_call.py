"""A call's HTTP request, and the exception of a call that gets no response."""

from __future__ import annotations

import errno

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    APITimeoutError,
    HttpRequest,
    HttpResponse,
    MockTransport,
    RetryPolicy,
    Sent,
    StoreError,
    Timeout,
    TransportError,
)
from sinch_numbers.sandbox import Sandbox, VirtualClock

from ..raw_server import http_response, raw_server
from ..support import (
    ANSWER,
    BASE,
    NUMBER,
    NUMBER_URL,
    PROJECT,
    REGIONS_URL,
    closed_port,
    error_of,
    make_client,
)
from .scripted import fine, scripted

ONCE = RetryPolicy(max_attempts=1)

# --- the request ---


async def test_a_users_transport_gets_complete_requests_and_is_not_closed() -> None:
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


async def test_a_prefix_in_the_base_url_is_kept(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        url=f"http://127.0.0.1/prefix/v1/projects/{PROJECT}/availableRegions", json=ANSWER
    )
    await make_client(base_url="http://127.0.0.1/prefix/").available_regions.list()


# --- no response ---


async def test_a_request_whose_connection_is_refused_was_never_sent() -> None:
    port = closed_port()
    client = make_client(base_url=f"http://127.0.0.1:{port}", retry=ONCE)
    error = await error_of(client)

    assert type(error) is APIConnectionError
    assert error.sent is Sent.NEVER
    assert (error.method, error.url) == ("GET", NUMBER_URL.replace(BASE, f"http://127.0.0.1:{port}"))
    [attempt] = error.attempts
    assert (attempt.status_code, attempt.sent, attempt.timed_out) == (None, Sent.NEVER, False)
    assert "the request was not sent" in str(error)
    assert f"[Errno {errno.ECONNREFUSED}]" in str(error)


def _failed(text: str, cause: BaseException) -> httpx.ConnectError:
    error = httpx.ConnectError(text)
    error.__cause__ = OSError("All connection attempts failed")
    error.__cause__.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (_failed("no", ConnectionRefusedError(111, "refused")), "ConnectError: no: [Errno 111] refused"),
        (
            _failed("no", ExceptionGroup("two addresses", [OSError(101, "unreachable"), OSError(111, "refused")])),
            "ConnectError: no: [Errno 101] unreachable",
        ),
        (_failed("[Errno 111] refused", OSError(111, "refused")), "ConnectError: [Errno 111] refused"),
        (_failed("", ValueError("no OSError")), "ConnectError"),
    ],
)  # fmt: skip
async def test_the_error_of_a_lost_connection_says_why_and_does_not_keep_the_error_of_httpx(
    httpx_mock: HTTPXMock, error: httpx.ConnectError, says: str
) -> None:
    httpx_mock.add_exception(error)
    caught = await error_of(make_client(retry=ONCE))

    assert caught.message == says
    assert isinstance(caught.__cause__, TransportError)
    assert caught.__cause__.__cause__ is None
    assert caught.__cause__.__context__ is None


async def test_the_error_of_a_store_that_says_much_is_raised_itself() -> None:
    store_error = StoreError("x" * 1_000)

    def fail(_: HttpRequest) -> HttpResponse:
        raise TransportError(str(store_error), sent=Sent.NEVER) from store_error

    assert await error_of(make_client(transport=MockTransport(fail), retry=ONCE)) is store_error


async def test_a_request_to_a_name_that_does_not_resolve_was_never_sent(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectError("[Errno -2] Name or service not known"))
    error = await error_of(make_client(retry=ONCE))

    assert type(error) is APIConnectionError
    assert error.sent is Sent.NEVER
    assert "Name or service not known" in str(error)


async def test_a_connection_that_is_dropped_before_the_response_leaves_the_outcome_unknown() -> None:
    async def drop(_: bytes) -> None:
        return None

    async with raw_server(drop) as server, make_client(base_url=server.url, retry=ONCE) as client:
        error = await error_of(client)

    assert type(error) is APIConnectionError
    assert error.sent is Sent.UNKNOWN
    assert "the request may have arrived" in str(error)
    assert len(server.requests) == 1


async def test_a_response_that_is_cut_off_in_its_body_leaves_the_outcome_unknown() -> None:
    async def cut(_: bytes) -> bytes:
        server.writers[-1].write(http_response(body=b'{"phoneNumber": "+12025550134"}')[:-5])
        server.writers[-1].close()
        return b""

    async with raw_server(cut) as server, make_client(base_url=server.url, retry=ONCE) as client:
        error = await error_of(client)

    assert type(error) is APIConnectionError
    assert error.sent is Sent.UNKNOWN


async def test_a_response_that_is_not_http_leaves_the_outcome_unknown() -> None:
    async def babble(_: bytes) -> bytes:
        return b"SSH-2.0-OpenSSH_9.6\r\n\r\n"

    async with raw_server(babble) as server, make_client(base_url=server.url, retry=ONCE) as client:
        error = await error_of(client)

    assert type(error) is APIConnectionError
    assert error.sent is Sent.UNKNOWN


async def test_a_response_that_does_not_come_in_time_is_a_timeout_whose_outcome_is_unknown(
    sandbox: Sandbox,
) -> None:
    held = sandbox.faults.hold("GetActiveNumber")
    async with sandbox.serve() as url:
        client = make_client(base_url=url, auth="basic", key_id="k", key_secret="s", retry=ONCE)
        async with client.with_options(timeout=Timeout(read=0.05)) as hurried:
            error = await error_of(hurried)
        held.release()
        await client.aclose()

    assert type(error) is APITimeoutError
    assert error.sent is Sent.UNKNOWN
    assert isinstance(error, APIConnectionError)
    [attempt] = error.attempts
    assert attempt.timed_out


async def test_connecting_that_takes_too_long_is_a_timeout_of_a_request_that_was_never_sent(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_exception(httpx.ConnectTimeout(""))
    error = await error_of(make_client(retry=ONCE))

    assert type(error) is APITimeoutError
    assert error.sent is Sent.NEVER
    assert error.message == "ConnectTimeout"


async def test_a_response_that_trickles_is_bounded_by_the_total_timeout() -> None:
    async def trickle(_: bytes) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"

    async with raw_server(trickle) as server:
        timeout = Timeout(total=0.05, read=10)
        async with make_client(base_url=server.url, timeout=timeout, clock=None) as client:
            error = await error_of(client)

    assert type(error) is APITimeoutError
    assert error.sent is Sent.UNKNOWN


async def test_a_builtin_timeout_error_that_a_transport_raises_is_an_api_timeout_error() -> None:
    def late(_: HttpRequest) -> HttpResponse:
        raise TimeoutError

    with pytest.raises(APITimeoutError) as caught:
        await make_client(transport=scripted(late), retry=ONCE).available_regions.list()

    assert caught.value.sent is Sent.UNKNOWN


# --- what attempts and the log say ---


async def test_an_attempt_says_how_long_it_took(clock: VirtualClock) -> None:
    clock.advance(100)

    def unavailable(request: HttpRequest) -> HttpResponse:
        clock.advance(2)
        return HttpResponse(status_code=503, headers={"retry-after": "1"})

    def lost(request: HttpRequest) -> HttpResponse:
        clock.advance(3)
        raise TransportError("connection reset", sent=Sent.UNKNOWN)

    client = make_client(
        clock=clock, transport=scripted(unavailable, lost), retry=RetryPolicy(max_attempts=2)
    )
    error = await error_of(client)
    assert [(attempt.elapsed, attempt.retry_after) for attempt in error.attempts] == [(2, 1), (3, None)]


async def test_each_attempt_and_each_retry_is_logged(
    clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    def unavailable(request: HttpRequest) -> HttpResponse:
        clock.advance(2)
        return HttpResponse(status_code=503, headers={"retry-after": "1"})

    def lost(request: HttpRequest) -> HttpResponse:
        clock.advance(3)
        raise TransportError("connection reset", sent=Sent.UNKNOWN)

    client = make_client(
        clock=clock, transport=scripted(unavailable, lost, fine), retry=RetryPolicy(initial_delay=0)
    )
    with caplog.at_level("DEBUG", "sinch_numbers"):
        await client.available_regions.list()
    what = f"GET {REGIONS_URL.removeprefix(BASE)}"
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("DEBUG", f"{what} -> 503 in 2.000 s"),
        ("INFO", f"{what}: 503; retry in 1.00 s"),
        ("DEBUG", f"{what} -> no response in 3.000 s (sent: {Sent.UNKNOWN}): connection reset"),
        ("INFO", f"{what}: connection reset; retry in 0.00 s"),
        ("DEBUG", f"{what} -> 200 in 0.000 s"),
    ]
