"""One access token for all calls of a client: requested once, renewed ahead of its expiry."""

from __future__ import annotations

import asyncio
from traceback import walk_tb

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    HttpRequest,
    HttpResponse,
    MockTransport,
    NumbersClient,
    NumbersError,
    RateLimitError,
    RetryPolicy,
    Sent,
    ServerError,
)
from sinch_numbers._defaults import TOKEN_FAILURE_PAUSE
from sinch_numbers.sandbox import Sandbox

from ..support import ANSWER, REGIONS_URL, TOKEN_URL, arrived, make_keyed_client
from .calls import LIFETIME, errors_of, regions

# --- one token for all calls ---


async def test_twenty_concurrent_first_calls_request_one_token(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await asyncio.gather(*regions(client, 20))

    assert arrived(sandbox, "Token") == 1
    assert arrived(sandbox, "ListAvailableRegions", 200) == 20


@pytest.mark.parametrize("form", [1, 2, 3, 4])
async def test_twenty_concurrent_calls_that_get_any_form_of_401_renew_the_token_once(
    sandbox: Sandbox, form: int
) -> None:
    transport, together = sandbox.transport(), asyncio.Barrier(1)

    async def send(request: HttpRequest) -> HttpResponse:
        if not request.url.endswith("/oauth2/token"):
            await together.wait()
        return await transport.send(request)

    async with sandbox.client(transport=MockTransport(send)) as client:
        await client.available_regions.list()
        sandbox.revoke_tokens(form=form)
        together = asyncio.Barrier(20)
        await asyncio.gather(*regions(client, 20))

    assert arrived(sandbox, "ListAvailableRegions", 401) == 20
    assert arrived(sandbox, "Token") == 2


async def test_a_late_401_for_an_old_token_does_not_discard_the_new_one(httpx_mock: HTTPXMock) -> None:
    issued = iter(["old", "new"])
    late = asyncio.Event()
    refused = 0

    async def respond(request: httpx.Request) -> httpx.Response:
        nonlocal refused
        if request.headers["authorization"] == "Bearer new":
            return httpx.Response(200, json=ANSWER)
        refused += 1
        if refused == 2:
            await late.wait()
        return httpx.Response(401)

    def token(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"access_token": next(issued), "expires_in": 3600})

    httpx_mock.add_callback(token, url=TOKEN_URL, is_reusable=True)
    httpx_mock.add_callback(respond, url=REGIONS_URL, is_reusable=True)
    client = make_keyed_client()
    first, second = regions(client, 2)
    await first
    late.set()
    await second

    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 2


async def test_if_the_api_rejects_every_token_not_every_call_requests_a_new_one(
    sandbox: Sandbox,
) -> None:
    sandbox.options.token_lifetime = 3_600
    async with sandbox.client() as client:
        for _ in range(10):
            with pytest.raises(AuthenticationError):
                await _refused(sandbox, client)
        assert sandbox.tokens_issued == 2
        sandbox.clock.advance(10)
        with pytest.raises(AuthenticationError):
            await _refused(sandbox, client)
        assert sandbox.tokens_issued == 3
        assert await client.available_regions.list()


async def _refused(sandbox: Sandbox, client: NumbersClient) -> None:
    sandbox.faults.add("status", operation="ListAvailableRegions", status=401, times=2)
    try:
        await client.available_regions.list()
    finally:
        sandbox.faults.clear()


# --- renewal ahead of expiry ---


async def test_a_token_is_renewed_in_the_background_while_the_old_one_is_used(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await client.available_regions.list()
        sandbox.clock.advance(LIFETIME - 299)
        held = sandbox.faults.hold("Token")

        await asyncio.gather(*regions(client, 20))
        await held.reached()
        await asyncio.gather(*regions(client, 20))
        assert sandbox.tokens_issued == 1

        held.release()

    assert arrived(sandbox, "Token") == 2
    assert arrived(sandbox, "ListAvailableRegions", 200) == 41


async def test_a_token_is_not_renewed_before_its_time(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await client.available_regions.list()
        sandbox.clock.advance(LIFETIME - 301)
        await client.available_regions.list()

    assert arrived(sandbox, "Token") == 1


async def test_calls_wait_for_the_next_token_if_the_old_one_is_about_to_expire(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await client.available_regions.list()
        sandbox.clock.advance(LIFETIME - 9)
        await asyncio.gather(*regions(client, 20))

    assert arrived(sandbox, "Token") == 2
    assert arrived(sandbox, "ListAvailableRegions", 401) == 0


async def test_a_background_renewal_that_fails_fails_no_call_and_is_not_retried_at_once(
    sandbox: Sandbox,
) -> None:
    async with sandbox.client(retry=RetryPolicy(max_attempts=1)) as client:
        await client.available_regions.list()
        sandbox.clock.advance(LIFETIME - 299)
        sandbox.faults.add("status", operation="Token", status=500, times=None)
        for _ in range(20):
            await client.available_regions.list()
            await asyncio.sleep(0)
        assert arrived(sandbox, "Token") == 2

        sandbox.faults.clear()
        sandbox.clock.advance(TOKEN_FAILURE_PAUSE)
        await client.available_regions.list()

    assert arrived(sandbox, "Token", 200) == 2


# --- a token endpoint that fails ---


@pytest.mark.parametrize(("status", "error"), [(429, RateLimitError), (500, ServerError)])
async def test_after_a_token_request_failed_all_calls_fail_at_once_for_a_while(
    sandbox: Sandbox, status: int, error: type[APIStatusError]
) -> None:
    sandbox.faults.add("status", operation="Token", status=status, times=None)
    client = sandbox.client(retry=RetryPolicy(max_attempts=3))
    failures = await errors_of(regions(client, 50))
    failures += [await error for error in [_failure(client) for _ in range(50)]]

    assert {type(failure) for failure in failures} == {error}
    assert arrived(sandbox, "Token") == 3
    assert arrived(sandbox, "ListAvailableRegions") == 0

    sandbox.clock.advance(TOKEN_FAILURE_PAUSE + 0.1)
    sandbox.faults.clear()
    await asyncio.gather(*regions(client, 20))
    assert arrived(sandbox, "Token") == 4


async def _failure(client: NumbersClient) -> NumbersError:
    with pytest.raises(NumbersError) as caught:
        await client.available_regions.list()
    return caught.value


async def test_each_call_that_waits_for_a_failing_token_request_gets_its_own_copy_of_the_error(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.add("refused", operation="Token", times=None)
    client = sandbox.client(retry=RetryPolicy(max_attempts=1))
    one, two = await errors_of(regions(client, 2))

    assert one is not two
    assert str(one) == str(two)
    assert isinstance(one, APIConnectionError)
    assert one.sent is Sent.NEVER
    assert one.url.endswith("/oauth2/token")
    assert one.__cause__ is not None
    later = await _failure(client)
    assert type(later.__cause__) is type(one.__cause__)


async def test_the_traceback_of_a_failure_that_is_raised_many_times_does_not_grow(sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation="Token", times=None)
    client = sandbox.client()

    def depth(error: BaseException | None) -> int:
        if error is None:
            return 0
        return len(list(walk_tb(error.__traceback__))) + depth(error.__context__)

    await _failure(client)
    depths = {depth(await _failure(client)) for _ in range(20)}

    assert len(depths) == 1


# --- cancellation and closing ---


async def test_if_one_waiting_call_is_cancelled_the_others_still_get_the_token(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    held = sandbox.faults.hold("Token")
    async with sandbox.client() as client:
        first, *others = regions(client, 20)
        await held.reached()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        held.release()
        await asyncio.gather(*others)

    assert arrived(sandbox, "Token") == 1
    assert arrived(sandbox, "ListAvailableRegions") == 19


async def test_a_token_whose_callers_were_all_cancelled_is_used_by_the_next_call(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    held = sandbox.faults.hold("Token")
    async with sandbox.client() as client:
        calls = regions(client, 5)
        await held.reached()
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        held.release()
        await client.available_regions.list()

    assert arrived(sandbox, "Token") == 1


async def test_a_token_request_that_fails_after_its_caller_was_cancelled_leaves_no_unretrieved_exception(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    held = sandbox.faults.hold("Token", times=1)
    sandbox.faults.add("status", operation="Token", times=None)
    async with sandbox.client(retry=RetryPolicy(max_attempts=1)) as client:
        [call] = regions(client, 1)
        await held.reached()
        sandbox.clock.advance(1)
        call.cancel()
        await asyncio.wait({call})
        held.release()

    assert call.cancelled()


async def test_closing_the_client_ends_calls_that_wait_for_a_token(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    held = sandbox.faults.hold("Token")
    client = sandbox.client(close_timeout=0.01)
    calls = regions(client, 3)
    await held.reached()
    await client.aclose()
    failures = await errors_of(calls)
    held.release()

    assert {type(failure) for failure in failures} == {APIConnectionError}
    assert "closed" in str(failures[0])
    assert isinstance(failures[0], APIConnectionError)
    assert failures[0].sent is Sent.NEVER
