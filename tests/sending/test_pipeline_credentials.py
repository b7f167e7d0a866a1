"""Calls whose credentials are rejected, or do not come in time."""

from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import APITimeoutError, AuthenticationError, NumbersError, Refused, Sent, Timeout
from sinch_numbers.sandbox import Sandbox

from ..auth.calls import regions
from ..support import REGIONS_URL, TOKEN_URL, arrived, make_keyed_client


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
