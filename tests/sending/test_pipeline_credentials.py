"""Calls whose credentials are rejected, or do not come in time."""

from __future__ import annotations

import asyncio

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    HttpResponse,
    MockTransport,
    NumbersError,
    Refused,
    RetryEvent,
    RetryPolicy,
    Sent,
    Timeout,
)
from sinch_numbers.sandbox import Sandbox

from ..auth.calls import regions
from ..support import NUMBER, REGIONS_URL, TOKEN_URL, arrived, make_client, make_keyed_client


async def test_a_401_that_a_new_token_does_not_cure_is_raised_after_one_renewal(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "abc", "expires_in": 3600}, is_reusable=True)
    httpx_mock.add_response(401, url=REGIONS_URL, is_reusable=True)
    with pytest.raises(AuthenticationError) as caught:
        await make_keyed_client().available_regions.list()

    assert [attempt.status_code for attempt in caught.value.attempts] == [401, 401]
    assert "check key_id and key_secret" in str(caught.value)
    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 2


async def test_a_purchase_that_gets_a_401_is_retried_with_a_new_token_and_bought_once(
    sandbox: Sandbox,
) -> None:
    async with sandbox.client() as client:
        [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
        sandbox.revoke_tokens()
        number = await client.available_numbers.rent(offer.phone_number)

    assert number.phone_number == offer.phone_number
    assert len(sandbox.charges) == 1
    assert arrived(sandbox, "RentNumber", 401) == 1


async def test_a_call_whose_token_comes_too_late_times_out_and_was_never_sent(
    sandbox: Sandbox,
) -> None:
    held = sandbox.faults.hold("Token")
    async with sandbox.client() as client:
        hurried = client.with_options(timeout=Timeout(total=0.05))
        patient = regions(client, 1)
        with pytest.raises(APITimeoutError) as caught:
            await hurried.available_regions.list()
        held.release()
        await patient[0]

    assert caught.value.sent is Sent.NEVER
    assert caught.value.attempts == ()
    assert "check the network and `auth_url`" in str(caught.value)
    assert arrived(sandbox, "ListAvailableRegions") == 1


async def test_a_call_whose_deadline_passes_while_it_waits_for_a_token_is_not_sent(sandbox: Sandbox) -> None:
    sandbox.faults.add("latency", operation="Token", seconds=20)
    client = sandbox.client().with_options(timeout=Timeout(total=10))
    with pytest.raises(APITimeoutError) as caught:
        await client.available_numbers.rent("+12025550134")

    assert caught.value.sent is Sent.NEVER
    assert arrived(sandbox, "RentNumber") == 0


@pytest.mark.parametrize("fault", ["status", "drop_before_commit", "html"])
async def test_a_purchase_that_got_no_token_was_never_sent(sandbox: Sandbox, fault: str) -> None:
    sandbox.faults.add(fault, operation="Token", times=None)
    client = sandbox.client()
    with pytest.raises(NumbersError) as caught:
        await client.available_numbers.rent("+12025550134")
    outcomes = await client.active_numbers.release_many(["+12025550134"])

    assert caught.value.attempts == ()
    assert getattr(caught.value, "sent", Sent.NEVER) is Sent.NEVER
    assert [type(outcome) for outcome in outcomes] == [Refused]


async def test_the_exchange_that_renews_a_token_does_not_count_as_an_attempt(httpx_mock: HTTPXMock) -> None:
    tokens = iter(["one", "two"])
    events: list[RetryEvent] = []
    httpx_mock.add_response(401, url=REGIONS_URL)
    httpx_mock.add_response(503, url=REGIONS_URL)
    httpx_mock.add_response(url=REGIONS_URL, json={"availableRegions": []})

    class Vault:
        token = next(tokens)

        async def get_token(self, *, rejected: str | None = None) -> str:
            if rejected is not None:
                self.token = next(tokens)
            return self.token

    client = make_client(auth=Vault(), retry=RetryPolicy(max_attempts=2), on_retry=events.append)
    await client.available_regions.list()
    assert [(event.attempt_number, event.attempt.status_code) for event in events] == [(1, 503)]


@pytest.mark.parametrize(
    ("first", "sent"),
    [(None, Sent.NEVER), (429, Sent.NEVER), (503, Sent.UNKNOWN)],
    ids=["no attempt", "not processed", "maybe processed"],
)
async def test_the_error_of_a_token_provider_says_whether_the_call_was_sent(
    first: int | None, sent: Sent
) -> None:
    tokens = [] if first is None else ["one"]

    def vault() -> str:
        if not tokens:
            raise APIConnectionError("the vault is down", sent=Sent.UNKNOWN)
        return tokens.pop()

    transport = MockTransport(lambda request: HttpResponse(status_code=first or 200))
    client = make_client(auth=vault, transport=transport)
    with pytest.raises(APIConnectionError, match="the vault is down") as caught:
        await client.active_numbers.update(NUMBER, display_name="x")
    assert caught.value.sent is sent
    assert len(caught.value.attempts) == len(transport.requests) == (0 if first is None else 1)


@pytest.mark.parametrize(("status_code", "sent"), [(429, Sent.NEVER), (503, Sent.UNKNOWN)])
async def test_a_token_that_comes_too_late_for_a_retry_leaves_open_what_became_of_the_attempt(
    status_code: int, sent: Sent
) -> None:
    asked = 0

    async def vault() -> str:
        nonlocal asked
        asked += 1
        if asked > 1:
            await asyncio.Event().wait()
        return "token"

    transport = MockTransport(lambda request: HttpResponse(status_code=status_code))
    client = make_client(
        auth=vault, transport=transport, timeout=Timeout(total=0.05), retry=RetryPolicy(initial_delay=0)
    )
    with pytest.raises(APITimeoutError) as caught:
        await client.active_numbers.update(NUMBER, display_name="x")
    assert caught.value.sent is sent
    assert [attempt.status_code for attempt in caught.value.attempts] == [status_code]
