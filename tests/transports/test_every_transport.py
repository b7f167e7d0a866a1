"""What every transport does: the same tests over each of them, on real connections.

A client of the user does the same, if it is not his own choice, as cookies and proxies are.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
from typing import Any

import pytest

from sinch_numbers import (
    APIConnectionError,
    HttpRequest,
    NumbersClient,
    RetryPolicy,
    Sent,
    Timeout,
    Transport,
    TransportError,
)
from sinch_numbers.sandbox import Sandbox

from ..raw_server import Last, http_response, raw_server
from ..support import ANSWER_BODY, NUMBER, make_client, turns, until
from .every import Make, every, own

pytestmark = pytest.mark.usefixtures("quiet_loop")


def request(url: str, **options: Any) -> HttpRequest:
    given: dict[str, Any] = {"method": "GET", "url": url, "headers": {"X-Test": "a"}}
    return HttpRequest(**given | options)


async def answer(_: bytes) -> bytes:
    return http_response()


async def never(_: bytes) -> bytes:
    await asyncio.Event().wait()
    raise AssertionError


async def lost(transport: Transport, message: HttpRequest) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await transport.send(message)
    await transport.aclose()
    return caught.value


# --- requests and responses ---


@every()
@pytest.mark.parametrize("status", [200, 201, 204, 302, 307, 400, 404, 429, 500, 503, 530])
async def test_every_status_is_a_response_and_no_redirect_is_followed(make: Make, status: int) -> None:
    async def respond(_: bytes) -> bytes:
        body = b"" if status == 204 else ANSWER_BODY
        return http_response(status, body, "Location: http://127.0.0.1:9/elsewhere")

    async with raw_server(respond) as server:
        transport = make()
        response = await transport.send(request(server.url))
        await transport.aclose()

    assert response.status_code == status
    assert response.content == (b"" if status == 204 else ANSWER_BODY)
    assert len(server.requests) == 1


@every()
async def test_headers_are_lower_case_and_repeated_ones_are_joined(make: Make) -> None:
    async def respond(_: bytes) -> bytes:
        return http_response(200, b"{}", "X-Request-ID: r", "Via: a", "VIA: b")

    async with raw_server(respond) as server:
        transport = make()
        response = await transport.send(request(server.url))
        await transport.aclose()

    assert response.headers["x-request-id"] == "r"
    assert response.headers["via"] == "a, b"


@every()
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
async def test_a_request_arrives_as_it_is(make: Make, method: str) -> None:
    content = b'{"a":1}' if method != "GET" else b""
    async with raw_server(answer) as server:
        transport = make()
        await transport.send(request(f"{server.url}/v1/%2B1%2F?a=%2B&b=%20", method=method, content=content))
        await transport.aclose()

    [head, _, body] = server.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == f"{method} /v1/%2B1%2F?a=%2B&b=%20 HTTP/1.1".encode()
    assert b"x-test: a" in [line.lower() for line in lines]
    assert not [line for line in lines if line.lower().startswith(b"cookie")]
    assert body == content


@every()
async def test_a_request_asks_for_the_encodings_that_are_decompressed(make: Make) -> None:
    async with raw_server(answer) as server:
        transport = make()
        await transport.send(request(server.url))
        await transport.aclose()

    assert b"accept-encoding: gzip, deflate\r\n" in server.requests[0].lower()


@own()
async def test_no_cookie_is_kept(make: Make) -> None:
    async def respond(_: bytes) -> bytes:
        return http_response(200, b"{}", "Set-Cookie: session=a; Path=/")

    async with raw_server(respond) as server:
        transport = make()
        for _ in range(2):
            await transport.send(request(server.url))
        await transport.aclose()

    assert b"session" not in server.requests[1]


@every()
async def test_a_body_of_a_megabyte_is_sent_and_one_of_ten_is_received(make: Make) -> None:
    large = b"x" * 10_000_000

    async def respond(_: bytes) -> bytes:
        return http_response(200, large)

    async with raw_server(respond) as server:
        transport = make()
        response = await transport.send(request(server.url, method="POST", content=b"y" * 1_000_000))
        await transport.aclose()

    assert server.requests[0].endswith(b"y" * 1_000_000)
    assert response.content == large


@every()
@pytest.mark.parametrize("compressed", [False, True])
async def test_a_response_above_the_limit_is_an_error_that_says_it_arrived(
    make: Make, compressed: bool
) -> None:
    body = b"x" * 2_000

    async def respond(_: bytes) -> bytes:
        if compressed:
            return http_response(200, gzip.compress(body), "Content-Encoding: gzip")
        return http_response(200, body)

    async with raw_server(respond) as server:
        transport = make(max_response_size=2_000)
        assert (await transport.send(request(server.url))).content == body
        await transport.aclose()
        error = await lost(make(max_response_size=1_999), request(server.url))

    assert error.sent is Sent.ARRIVED
    assert "1,999 bytes" in str(error)


# --- what went wrong, and whether the request was sent ---


@every()
async def test_a_connection_that_is_refused_was_never_used(make: Make) -> None:
    error = await lost(make(), request("http://127.0.0.1:1"))

    assert error.sent is Sent.NEVER
    assert not error.timed_out


@every()
async def test_a_host_that_does_not_exist_was_never_asked(make: Make) -> None:
    error = await lost(make(), request("http://name.invalid"))

    assert error.sent is Sent.NEVER


@every()
@pytest.mark.parametrize("url", ["http://127.0.0.1:port/", "http://[::1/", "http:///path"])
async def test_a_url_that_is_not_valid_was_never_asked(make: Make, url: str) -> None:
    error = await lost(make(), request(url))

    assert error.sent is Sent.NEVER


@own()
@pytest.mark.parametrize("proxy", ["http://[::1", "http://127.0.0.1:port", "gopher://127.0.0.1:1", "nothing"])
async def test_a_proxy_that_cannot_be_used_never_gets_the_request(make: Make, proxy: str) -> None:
    error = await lost(make(proxy=proxy), request("http://api.example"))

    assert error.sent is Sent.NEVER


@every()
@pytest.mark.parametrize(
    "response", [None, b"", b"no http\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"]
)
async def test_a_response_that_is_lost_or_broken_leaves_the_outcome_unknown(
    make: Make, response: bytes | None
) -> None:
    async def respond(_: bytes) -> bytes | None:
        return None if response is None else Last(response)

    async with raw_server(respond) as server:
        error = await lost(make(), request(server.url, method="POST"))

    assert error.sent is Sent.UNKNOWN
    assert not error.timed_out


@every()
async def test_a_response_that_does_not_come_in_time_leaves_the_outcome_unknown(make: Make) -> None:
    async with raw_server(never) as server:
        error = await lost(make(), request(server.url, timeout=Timeout(read=0.05)))

    assert error.sent is Sent.UNKNOWN
    assert error.timed_out


@every()
async def test_a_connection_that_is_not_established_in_time_was_never_used(make: Make) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)  # and no TLS handshake

    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    error = await lost(make(), request(url, timeout=Timeout(connect=0.05)))
    server.close()
    for writer in writers:
        writer.close()

    assert error.sent is Sent.NEVER
    assert error.timed_out


@every()
async def test_a_closed_transport_sends_nothing(make: Make) -> None:
    transport = make()
    await transport.aclose()
    error = await lost(transport, request("http://127.0.0.1:1"))

    assert error.sent is Sent.NEVER
    assert "closed" in str(error)


@every()
async def test_an_error_does_not_lead_to_the_frames_that_have_the_secrets(make: Make) -> None:
    error = await lost(make(), request("http://127.0.0.1:1"))

    assert error.__cause__ is None
    assert error.__context__ is None


# --- before_send ---


@every(but=("aiohttp.ClientSession",))  # which does not tell when it has a connection
async def test_before_send_is_awaited_with_a_connection_and_before_the_first_byte(make: Make) -> None:
    seen: list[tuple[int, int]] = []
    async with raw_server(answer) as server:

        async def before() -> None:
            await until(lambda: server.open == 1)
            await turns(50)
            seen.append((server.connections, len(server.requests)))

        transport = make()
        for _ in range(2):
            await transport.send(request(server.url, before_send=before))
        await transport.aclose()

    assert seen == [(1, 0), (1, 1)]


@every()
async def test_a_request_that_before_send_refuses_is_not_sent_and_its_error_is_raised(make: Make) -> None:
    class Refused(Exception):
        pass

    async def before() -> None:
        raise Refused

    async with raw_server(answer) as server:
        transport = make()
        with pytest.raises(Refused):
            await transport.send(request(server.url, before_send=before))
        await transport.send(request(server.url))
        await transport.aclose()

    assert len(server.requests) == 1


# --- a client on it ---


@every()
async def test_a_purchase_over_loopback_is_made_once_although_its_first_response_is_lost(
    make: Make, sandbox: Sandbox
) -> None:
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    async with sandbox.serve() as url:
        transport = make()
        async with NumbersClient(
            project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, transport=transport
        ) as client:
            [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
            number = await client.available_numbers.rent(offer.phone_number)
        await transport.aclose()

    assert number.phone_number == offer.phone_number
    assert len(sandbox.charges) == 1


@every()
async def test_the_error_of_a_client_says_whether_the_request_was_sent(make: Make) -> None:
    transport = make()
    async with make_client(
        base_url="http://127.0.0.1:1", transport=transport, retry=RetryPolicy(max_attempts=1)
    ) as client:
        with pytest.raises(APIConnectionError) as caught:
            await client.active_numbers.get(NUMBER)
    await transport.aclose()

    assert caught.value.sent is Sent.NEVER


@own()
@pytest.mark.parametrize("through_proxy", [False, True])
async def test_a_call_imports_nothing_once_the_first_one_was_made(
    make: Make, monkeypatch: pytest.MonkeyPatch, through_proxy: bool
) -> None:
    searched: list[str] = []

    class Recorder:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            searched.append(name)

    async with raw_server(answer) as server:
        transport = make(proxy=server.url) if through_proxy else make()
        url = "http://api.example" if through_proxy else server.url
        async with make_client(base_url=url, transport=transport, allow_insecure=True) as client:
            await client.active_numbers.get(NUMBER)
            # A module that is not installed would be searched again for each call, in the whole path.
            monkeypatch.setattr(sys, "meta_path", [Recorder, *sys.meta_path])
            for _ in range(3):
                await client.active_numbers.get(NUMBER)
        await transport.aclose()

    assert searched == []
