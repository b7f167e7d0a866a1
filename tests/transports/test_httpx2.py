"""The transports on httpx2, where they differ from the others. See test_every_transport.py."""

from __future__ import annotations

import httpx2
import pytest

from sinch_numbers import APIConnectionError, HttpRequest, RetryPolicy, Sent, TransportError
from sinch_numbers.transports.httpx2 import Httpx2Transport
from sinch_numbers.transports.httpx_client import HttpxClientTransport

from ..raw_server import http_response, raw_server
from ..support import NUMBER, make_client


async def answer(_: bytes) -> bytes:
    return http_response()


async def test_calls_go_through_the_users_client_which_stays_open(quiet_loop: None) -> None:
    async with raw_server(answer) as server, httpx2.AsyncClient(headers={"X-User": "a"}) as http_client:
        async with make_client(base_url=server.url, http_client=http_client) as client:
            assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER
        assert not http_client.is_closed

    assert b"X-User: a" in server.requests[0]


@pytest.mark.parametrize(
    ("error", "sent", "timed_out"),
    [
        (httpx2.ConnectError, Sent.NEVER, False),
        (httpx2.ConnectTimeout, Sent.NEVER, True),
        (httpx2.PoolTimeout, Sent.NEVER, True),
        (httpx2.ProxyError, Sent.NEVER, False),
        (httpx2.ReadError, Sent.UNKNOWN, False),
        (httpx2.ReadTimeout, Sent.UNKNOWN, True),
        (httpx2.WriteTimeout, Sent.UNKNOWN, True),
        (httpx2.RemoteProtocolError, Sent.UNKNOWN, False),
        (httpx2.DecodingError, Sent.UNKNOWN, False),
    ],
)
async def test_an_error_of_the_users_client_says_whether_the_request_was_sent(
    error: type[httpx2.RequestError], sent: Sent, timed_out: bool
) -> None:
    def fail(message: httpx2.Request) -> httpx2.Response:
        raise error("no luck", request=message)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(fail)) as http_client:
        with pytest.raises(TransportError, match="no luck") as caught:
            await HttpxClientTransport(http_client).send(
                HttpRequest(method="GET", url="http://numbers.example", headers={})
            )
        client = make_client(http_client=http_client, retry=RetryPolicy(max_attempts=1))
        with pytest.raises(APIConnectionError) as raised:
            await client.active_numbers.get(NUMBER)

    assert (caught.value.sent, caught.value.timed_out) == (sent, timed_out)
    assert raised.value.sent is sent


async def test_a_mock_of_its_own_transport_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def respond(_: httpx2.AsyncHTTPTransport, message: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(201, json={"for": message.url.path}, request=message)

    monkeypatch.setattr(httpx2.AsyncHTTPTransport, "handle_async_request", respond)
    transport = Httpx2Transport()
    response = await transport.send(HttpRequest(method="GET", url="http://numbers.example/a", headers={}))
    await transport.aclose()

    assert (response.status_code, response.content) == (201, b'{"for":"/a"}')
