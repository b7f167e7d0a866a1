from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Sequence
from traceback import walk_tb
from typing import Any, TypeVar

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    AvailableRegion,
    ConfigurationError,
    InvalidResponseError,
    MemoryStore,
    NumbersClient,
    NumbersError,
    RateLimitError,
    Refused,
    RetryPolicy,
    Sent,
    ServerError,
    Timeout,
    TokenProvider,
)
from sinch_numbers._defaults import TOKEN_FAILURE_PAUSE
from sinch_numbers.sandbox import Sandbox, SandboxOptions

from ..support import KEY_ID, KEY_SECRET, REGIONS_URL, TOKEN_URL, make_client, make_keyed_client

T = TypeVar("T")

LIFETIME = 3599


def regions(client: NumbersClient, times: int) -> Sequence[asyncio.Task[list[AvailableRegion]]]:
    return [asyncio.create_task(client.available_regions.list()) for _ in range(times)]


async def errors_of(calls: Sequence[Awaitable[Any]]) -> list[NumbersError]:
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, NumbersError) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, NumbersError)]


def arrived(sandbox: Sandbox, operation: str, status: int | None = None) -> int:
    return sum(
        request.operation == operation and status in (None, request.status) for request in sandbox.requests
    )


# --- one token for all ---


async def test_the_token_request_is_what_the_endpoint_expects(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "abc", "expires_in": 3600})
    httpx_mock.add_response(url=REGIONS_URL, json={"availableRegions": []})
    await make_keyed_client().available_regions.list()

    token, call = httpx_mock.get_requests()
    assert (token.method, token.content) == ("POST", b"grant_type=client_credentials")
    assert token.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (
        token.headers["authorization"]
        == "Basic " + base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
    )
    assert call.headers["authorization"] == "Bearer abc"


async def test_twenty_first_calls_at_a_time_ask_for_one_token(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await asyncio.gather(*regions(client, 20))

    assert arrived(sandbox, "Token") == 1
    assert arrived(sandbox, "ListAvailableRegions", 200) == 20


@pytest.mark.parametrize("form", [1, 2, 3, 4])
async def test_twenty_calls_refused_with_any_form_of_401_renew_the_token_once(
    sandbox: Sandbox, form: int
) -> None:
    async with sandbox.client() as client:
        await client.available_regions.list()
        sandbox.revoke_tokens(form=form)
        await asyncio.gather(*regions(client, 20))

    assert arrived(sandbox, "ListAvailableRegions", 401) == 20
    assert arrived(sandbox, "Token") == 2


async def test_a_late_401_of_an_old_token_does_not_throw_the_new_one_away(httpx_mock: HTTPXMock) -> None:
    issued = iter(["old", "new"])
    late = asyncio.Event()
    refused = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal refused
        if request.headers["authorization"] == "Bearer new":
            return httpx.Response(200, json={})
        refused += 1
        if refused == 2:
            await late.wait()
        return httpx.Response(401)

    def token(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"access_token": next(issued), "expires_in": 3600})

    httpx_mock.add_callback(token, url=TOKEN_URL, is_reusable=True)
    httpx_mock.add_callback(answer, url=REGIONS_URL, is_reusable=True)
    client = make_keyed_client()
    first, second = regions(client, 2)
    await first
    late.set()
    await second

    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 2


async def test_a_401_that_no_new_token_cures_is_raised_after_one_renewal(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "abc", "expires_in": 3600}, is_reusable=True)
    httpx_mock.add_response(401, url=REGIONS_URL, is_reusable=True)
    with pytest.raises(AuthenticationError) as caught:
        await make_keyed_client().available_regions.list()

    assert [attempt.status_code for attempt in caught.value.attempts] == [401, 401]
    assert "check key_id and key_secret" in str(caught.value)
    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 2


async def test_a_wrong_key_is_an_authentication_error_of_the_token_endpoint() -> None:
    sandbox = Sandbox(SandboxOptions(key_id="right", key_secret="right"))
    with pytest.raises(AuthenticationError) as caught:
        await sandbox.client().available_regions.list()

    assert caught.value.status == "invalid_client"
    assert caught.value.url.endswith("/oauth2/token")
    assert arrived(sandbox, "Token") == 1
    assert arrived(sandbox, "ListAvailableRegions") == 0


# --- renewal ahead of expiry ---


async def test_a_token_is_renewed_in_the_background_while_the_old_one_serves(sandbox: Sandbox) -> None:
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


async def test_calls_wait_for_the_next_token_where_the_old_one_is_about_to_expire(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await client.available_regions.list()
        sandbox.clock.advance(LIFETIME - 9)
        await asyncio.gather(*regions(client, 20))

    assert arrived(sandbox, "Token") == 2
    assert arrived(sandbox, "ListAvailableRegions", 401) == 0


async def test_a_token_of_a_short_life_is_used_for_most_of_it() -> None:
    sandbox = Sandbox(SandboxOptions(token_lifetime=10))
    async with sandbox.client() as client:
        for _ in range(8):
            await client.available_regions.list()
            sandbox.clock.advance(1)

    assert arrived(sandbox, "Token") == 1


async def test_a_background_renewal_that_fails_harms_no_call_and_is_not_repeated_at_once(
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


ODD: list[Any] = [None, "", "soon", 0, -1, True, [], 10**400, 1e300, "9" * 400]


@pytest.mark.parametrize(
    ("told", "lifetime"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": 3600.5}, 3600.5),
        ({"expires_in": "3600"}, 3600),
        ({}, 300),
        *[({"expires_in": odd}, 300) for odd in ODD],
    ],
)  # fmt: skip
async def test_a_token_lasts_as_long_as_it_says_or_five_minutes_where_that_makes_no_sense(
    httpx_mock: HTTPXMock, told: dict[str, Any], lifetime: float
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "abc", **told}, is_reusable=True)
    httpx_mock.add_response(url=REGIONS_URL, json={}, is_reusable=True)
    store = MemoryStore()
    client = make_keyed_client(token_store=store)
    clock = client._context.clock
    await client.available_regions.list()
    await clock.sleep(lifetime - 10 - 0.2 * lifetime)
    await client.available_regions.list()
    before = len(httpx_mock.get_requests(url=TOKEN_URL))
    await clock.sleep(0.2 * lifetime + 10)
    await client.available_regions.list()

    assert (before, len(httpx_mock.get_requests(url=TOKEN_URL))) == (1, 2)


# --- a token endpoint that fails ---


@pytest.mark.parametrize(("status", "error"), [(429, RateLimitError), (500, ServerError)])
async def test_a_failing_token_endpoint_is_asked_once_for_all_and_left_alone_for_a_while(
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


async def test_all_that_wait_for_a_failing_endpoint_get_an_error_of_their_own(sandbox: Sandbox) -> None:
    sandbox.faults.add("refused", operation="Token", times=None)
    client = sandbox.client(retry=RetryPolicy(max_attempts=1))
    one, two = await errors_of(regions(client, 2))

    assert one is not two
    assert str(one) == str(two)
    assert isinstance(one, APIConnectionError)
    assert one.sent is Sent.NEVER
    assert one.url.endswith("/oauth2/token")
    assert one.__cause__ is not None


async def test_a_failure_that_is_told_many_times_does_not_grow(sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation="Token", times=None)
    client = sandbox.client()

    def depth(error: BaseException | None) -> int:
        if error is None:
            return 0
        return len(list(walk_tb(error.__traceback__))) + depth(error.__context__)

    await _failure(client)
    depths = {depth(await _failure(client)) for _ in range(20)}

    assert len(depths) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b"null", b"[" * 100_000, b'{"access_token": null}', b'{"access_token": ""}',
     b'{"access_token": 7}',
     b'{"access_token": "a b"}', '{"access_token": "t\u00f6ken"}'.encode(), b'{"access_token": "a\\nb"}'],
    ids=range(12),
)  # fmt: skip
async def test_an_answer_without_a_usable_token_is_an_invalid_response(
    httpx_mock: HTTPXMock, body: bytes
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, content=body, is_reusable=True)
    client = make_keyed_client(retry=RetryPolicy(initial_delay=0))
    failures = await errors_of(regions(client, 20))

    assert {type(failure) for failure in failures} == {InvalidResponseError}
    assert "without an access_token" in str(failures[0])
    assert TOKEN_URL in str(failures[0])
    # Repeated as a 502 would be, once for all callers.
    assert len(httpx_mock.get_requests()) == 3


async def test_a_proxys_page_in_place_of_a_token_is_asked_past(sandbox: Sandbox) -> None:
    sandbox.faults.add("html", operation="Token", times=2)
    async with sandbox.client() as client:
        assert len(await asyncio.gather(*regions(client, 20))) == 20
    assert [request.operation for request in sandbox.requests].count("Token") == 3


async def test_a_token_that_comes_too_late_is_a_timeout_of_the_call_that_sent_nothing(
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
    assert arrived(sandbox, "ListAvailableRegions") == 1


async def test_a_call_whose_time_is_up_when_the_token_comes_is_not_sent(sandbox: Sandbox) -> None:
    sandbox.faults.add("latency", operation="Token", seconds=20)
    client = sandbox.client().with_options(timeout=Timeout(total=10))
    with pytest.raises(APITimeoutError) as caught:
        await client.available_numbers.rent("+12025550134")

    assert caught.value.sent is Sent.NEVER
    assert arrived(sandbox, "RentNumber") == 0


@pytest.mark.parametrize("fault", ["status", "drop_before_commit", "html"])
async def test_a_purchase_that_got_no_token_was_surely_not_sent(sandbox: Sandbox, fault: str) -> None:
    sandbox.faults.add(fault, operation="Token", times=None)
    client = sandbox.client()
    with pytest.raises(NumbersError) as caught:
        await client.available_numbers.rent("+12025550134")
    outcomes = await client.active_numbers.release_many(["+12025550134"])

    assert caught.value.attempts == ()
    assert getattr(caught.value, "sent", Sent.NEVER) is Sent.NEVER
    assert [type(outcome) for outcome in outcomes] == [Refused]


# --- cancellation ---


async def test_a_waiter_that_is_cancelled_takes_the_token_from_nobody(
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


async def test_a_token_that_nobody_waits_for_any_more_serves_the_next_call(
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


async def test_a_token_request_that_fails_when_nobody_waits_is_no_unretrieved_exception(
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


async def test_closing_with_a_token_request_that_hangs_tells_its_waiters(
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


# --- tokens shared through a store ---


async def test_two_clients_with_one_store_share_a_token(sandbox: Sandbox) -> None:
    store = MemoryStore(clock=sandbox.clock)
    one, two = sandbox.client(token_store=store), sandbox.client(token_store=store)
    await one.available_regions.list()
    await two.available_regions.list()

    assert arrived(sandbox, "Token") == 1


async def test_clients_of_different_keys_share_no_token_in_one_store(sandbox: Sandbox) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await sandbox.client(token_store=store).available_regions.list()
    await sandbox.client(token_store=store, key_id="another").available_regions.list()
    await sandbox.client(token_store=store, auth_url="https://another.example").available_regions.list()

    assert arrived(sandbox, "Token") == 3


async def test_a_client_takes_the_token_that_another_process_renewed_after_a_revocation(
    sandbox: Sandbox,
) -> None:
    store = MemoryStore(clock=sandbox.clock)
    one, two = sandbox.client(token_store=store), sandbox.client(token_store=store)
    await one.available_regions.list()
    await two.available_regions.list()
    sandbox.revoke_tokens()
    await one.available_regions.list()
    await two.available_regions.list()

    assert arrived(sandbox, "Token") == 2
    assert arrived(sandbox, "ListAvailableRegions", 401) == 2


async def test_a_client_that_starts_with_a_revoked_token_from_the_store_renews_it(sandbox: Sandbox) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await sandbox.client(token_store=store).available_regions.list()
    sandbox.revoke_tokens()
    await sandbox.client(token_store=store).available_regions.list()

    assert arrived(sandbox, "Token") == 2


async def test_a_stored_token_that_is_due_for_renewal_is_renewed_and_not_taken(sandbox: Sandbox) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await sandbox.client(token_store=store).available_regions.list()
    sandbox.clock.advance(LIFETIME - 299)
    await sandbox.client(token_store=store).available_regions.list()

    assert arrived(sandbox, "Token") == 2


@pytest.mark.parametrize(
    "rubbish", [b"", b"{}", b"[]", b"\xff", b'{"value": "x", "issued_at": null}', b"[" * 100_000]
)
async def test_what_is_no_token_in_the_store_is_replaced(sandbox: Sandbox, rubbish: bytes) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await sandbox.client(token_store=store).available_regions.list()
    [(key, _)] = await store.items("sinch-numbers/token/")
    await store.set(key, rubbish)
    await sandbox.client(token_store=store).available_regions.list()

    assert arrived(sandbox, "Token") == 2


class BrokenStore(MemoryStore):
    async def get(self, key: str) -> bytes | None:
        raise OSError("the store is down")

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        raise OSError("the store is down")


async def test_a_store_that_fails_costs_a_token_request_and_no_call(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with sandbox.client(token_store=BrokenStore()) as client:
        await asyncio.gather(*regions(client, 20))
        await client.available_regions.list()

    assert arrived(sandbox, "Token") == 1
    assert "token store" in caplog.text


# --- other ways to prove who one is ---


async def test_basic_sends_the_key_with_every_call_and_asks_for_no_token(sandbox: Sandbox) -> None:
    sandbox.options.key_id, sandbox.options.key_secret = KEY_ID, KEY_SECRET
    client = sandbox.client(auth="basic", key_id=KEY_ID, key_secret=KEY_SECRET)
    await client.available_regions.list()

    assert [request.operation for request in sandbox.requests] == ["ListAvailableRegions"]


async def test_basic_that_is_refused_is_not_tried_again(sandbox: Sandbox) -> None:
    sandbox.options.key_secret = "another"
    with pytest.raises(AuthenticationError) as caught:
        await sandbox.client(auth="basic").available_regions.list()

    assert len(caught.value.attempts) == 1


class Vault:
    """A token provider that hands out the tokens it was given, one after the other as they are refused."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.refused: list[str] = []

    async def get_token(self, *, rejected: str | None = None) -> str:
        if rejected is not None:
            self.refused.append(rejected)
            if rejected == self.tokens[0] and len(self.tokens) > 1:
                del self.tokens[0]
        return self.tokens[0]


async def test_a_provider_of_ones_own_is_asked_for_another_token_after_a_401(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(401, match_headers={"Authorization": "Bearer one"})
    httpx_mock.add_response(json={}, match_headers={"Authorization": "Bearer two"})
    vault: TokenProvider = (tokens := Vault("one", "two"))
    await make_client(auth=vault).available_regions.list()

    assert tokens.refused == ["one"]


async def test_a_provider_whose_tokens_are_all_refused_is_not_asked_for_ever(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(401, is_reusable=True)
    with pytest.raises(AuthenticationError) as caught:
        await make_client(auth=Vault(*"abcdefgh")).available_regions.list()

    assert len(caught.value.attempts) == 2


async def test_a_provider_that_returns_the_refused_token_again_gives_up(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(401)
    with pytest.raises(AuthenticationError) as caught:
        await make_client(auth=Vault("one")).available_regions.list()

    assert len(caught.value.attempts) == 1


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-Evil: 1", "t\u00f6ken", None, b"bytes"])
async def test_what_is_no_token_of_a_provider_is_a_configuration_error(token: Any) -> None:
    with pytest.raises(ConfigurationError, match="token provider"):
        await make_client(auth=Vault(token)).available_regions.list()


async def test_what_a_provider_raises_reaches_the_caller_as_it_is() -> None:
    def sealed() -> str:
        raise LookupError("the vault is sealed")

    with pytest.raises(LookupError, match="sealed"):
        await make_client(auth=sealed).available_regions.list()


async def test_a_providers_own_timeout_reaches_the_caller_as_it_is_too() -> None:
    async def slow() -> str:
        raise TimeoutError("the vault is slow")

    with pytest.raises(TimeoutError, match="vault"):
        await make_client(auth=slow).available_regions.list()


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_function_that_returns_a_token_is_a_provider(httpx_mock: HTTPXMock, is_async: bool) -> None:
    tokens = ["two", "one"]

    async def later() -> str:
        return tokens.pop()

    httpx_mock.add_response(401, match_headers={"Authorization": "Bearer one"})
    httpx_mock.add_response(json={}, match_headers={"Authorization": "Bearer two"})
    # Asked again after a 401, and once more for the next attempt: the last token is given twice.
    tokens.insert(0, "two")
    await make_client(auth=later if is_async else tokens.pop).available_regions.list()

    assert tokens == []


async def test_a_function_that_returns_the_rejected_token_again_gives_up(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(401)
    with pytest.raises(AuthenticationError) as caught:
        await make_client(auth=lambda: "one").available_regions.list()

    assert len(caught.value.attempts) == 1


@pytest.mark.parametrize("auth", [None, 7, object(), ("key", "secret")])
def test_what_gives_no_tokens_is_refused_at_once(auth: Any) -> None:
    with pytest.raises(ConfigurationError, match="auth has to be"):
        make_client(auth=auth)


async def test_a_page_in_place_of_a_token_is_asked_past_within_the_budget_of_repetitions(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.add("html", operation="Token")
    async with sandbox.client(retry=RetryPolicy(quota=0)) as client:
        with pytest.raises(InvalidResponseError):
            await client.available_regions.list()
    assert arrived(sandbox, "Token") == 1

    sandbox.faults.add("html", operation="Token")
    async with sandbox.client() as client:
        await client.available_regions.list()
    assert arrived(sandbox, "Token") == 3


async def test_a_401_of_a_purchase_is_cured_by_a_new_token_and_bought_once(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
        sandbox.revoke_tokens()
        number = await client.available_numbers.rent(offer.phone_number)

    assert number.phone_number == offer.phone_number
    assert len(sandbox.charges) == 1
    assert arrived(sandbox, "RentNumber", 401) == 1


async def test_an_api_that_refuses_every_token_does_not_make_the_client_ask_for_one_with_each_call(
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
