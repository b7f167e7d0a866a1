"""Calls through an `httpx.AsyncClient` of the user."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sinch_numbers import APIConnectionError, APIStatusError, NumbersClient, RetryPolicy, Sent, Timeout
from sinch_numbers.sandbox import Sandbox

from ..purchasing.steps import offered
from ..support import closed_port, make_client

ONCE = RetryPolicy(max_attempts=1)


def _respond(message: httpx.Request) -> httpx.Response:
    headers = {"x-sent-agent": message.headers["user-agent"], "x-sent-auth": message.headers["authorization"]}
    return httpx.Response(200, json={"availableRegions": []}, headers=headers)


async def test_calls_go_through_the_users_client_which_stays_open() -> None:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(_respond), auth=("user", "password"), headers={"user-agent": "theirs"}
    ) as http_client:
        async with make_client(http_client=http_client) as client:
            with client.raw_responses() as responses:
                await client.available_regions.list()
        assert not http_client.is_closed

    assert responses[0].headers["x-sent-auth"].startswith("Bearer ")
    assert responses[0].headers["x-sent-agent"].startswith("sinch-numbers/")


async def test_redirects_are_not_followed_even_if_the_users_client_follows_them() -> None:
    def redirect(message: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": "https://elsewhere.example/"})

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(redirect), follow_redirects=True
    ) as http_client:
        with pytest.raises(APIStatusError) as caught:
            await make_client(http_client=http_client).available_regions.list()

    assert caught.value.status_code == 302


async def test_a_call_through_a_closed_client_was_never_sent() -> None:
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(_respond))
    await http_client.aclose()
    with pytest.raises(APIConnectionError) as caught:
        await make_client(http_client=http_client, retry=ONCE).available_regions.list()

    assert caught.value.sent is Sent.NEVER


async def test_the_timeouts_of_a_call_reach_the_users_client() -> None:
    seen: list[Any] = []

    def note(message: httpx.Request) -> httpx.Response:
        seen.append(message.extensions["timeout"])
        raise httpx.ReadTimeout("slow", request=message)

    async with httpx.AsyncClient(transport=httpx.MockTransport(note), timeout=99) as http_client:
        timeout = Timeout(connect=1, read=2, write=3, pool=4)
        with pytest.raises(APIConnectionError):
            await make_client(http_client=http_client, timeout=timeout, retry=ONCE).available_regions.list()

    assert seen == [{"connect": 1, "read": 2, "write": 3, "pool": 4}]


async def test_a_hook_of_the_users_client_that_raises_for_a_status_leaves_the_outcome_unknown() -> None:
    async def check(response: httpx.Response) -> None:
        response.raise_for_status()

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(500)), event_hooks={"response": [check]}
    ) as http_client:
        with pytest.raises(APIConnectionError) as caught:
            await make_client(http_client=http_client, retry=ONCE).available_regions.list()

    assert caught.value.sent is Sent.UNKNOWN


async def test_a_connect_error_of_a_hooks_own_request_does_not_hide_a_purchase(
    sandbox: Sandbox, url: str
) -> None:
    """The hook's ConnectError is about its own request; the rent got a response."""
    heard: list[str] = []

    async def audit(response: httpx.Response) -> None:
        path = response.request.url.path
        heard.append(path)
        if path.endswith(":rent") and heard.count(path) == 1:
            async with httpx.AsyncClient() as other:
                await other.post(f"http://127.0.0.1:{closed_port()}")

    async with (
        httpx.AsyncClient(event_hooks={"response": [audit]}) as http_client,
        NumbersClient(
            project_id="p",
            key_id="k",
            key_secret="s",
            base_url=url,
            auth_url=url,
            clock=sandbox.clock,
            http_client=http_client,
        ) as client,
    ):
        number = await offered(client)
        assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1
