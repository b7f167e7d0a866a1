"""RateLimit: requests per second, which calls and bulk operations of a client and its copies share."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sinch_numbers import (
    APITimeoutError,
    ConfigurationError,
    HttpResponse,
    NumbersClient,
    RateLimit,
    RetryPolicy,
    Sent,
    Timeout,
    TransportError,
)
from sinch_numbers.sandbox import Sandbox

from ..support import ANSWER_BODY, make_client, make_keyed_client, turns
from .limited_api import Api, Stopped, bulk, calls, running


@pytest.fixture
def api() -> Api:
    return Api()


# --- the rate ---


async def test_requests_are_sent_at_the_rate_in_the_order_of_their_calls(api: Api, quiet_loop: None) -> None:
    client = api.client(per_second=4)
    order: list[int] = []

    async def call(number: int) -> None:
        await client.available_regions.list()
        order.append(number)

    await asyncio.gather(*map(call, range(9)))

    assert api.at == pytest.approx([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2], abs=1e-5)
    assert order == [*range(9)]


async def test_after_a_pause_a_burst_is_sent_at_once(api: Api) -> None:
    client = api.client(per_second=2, burst=3)
    await calls(client, 4)
    api.clock.advance(100)
    await calls(client, 4)

    assert api.at == pytest.approx([0, 0, 0, 0.5, 100.5, 100.5, 100.5, 101], abs=1e-5)


async def test_a_copy_of_the_client_shares_the_limit(api: Api) -> None:
    client = api.client(per_second=1)
    copy = client.with_options(timeout=Timeout(total=60))
    await client.available_regions.list()
    await copy.available_regions.list()
    await client.available_regions.list()

    assert api.at == pytest.approx([0, 1, 2], abs=1e-5)


async def test_retries_count_too(api: Api) -> None:
    api.respond = lambda number: HttpResponse(status_code=503 if number < 3 else 200, content=ANSWER_BODY)
    client = api.client(per_second=0.1, retry=RetryPolicy(initial_delay=0))
    await client.available_regions.list()

    assert api.at == pytest.approx([0, 10, 20], abs=1e-5)


async def test_token_requests_do_not_count(sandbox: Sandbox) -> None:
    client = sandbox.client(rate_limit=RateLimit(per_second=1))
    await client.available_regions.list()

    assert [request.operation for request in sandbox.requests] == ["Token", "ListAvailableRegions"]
    assert sandbox.clock.monotonic() == 0


async def test_without_a_limit_nothing_waits(api: Api) -> None:
    await calls(make_client(transport=api, clock=api.clock), 100)

    assert {*api.at} == {0}


# --- priorities ---


async def test_single_calls_go_first_and_a_fifth_is_left_to_bulk_operations(
    api: Api, quiet_loop: None
) -> None:
    clock = api.clock = Stopped()
    client = api.client(per_second=1, timeout=Timeout(total=1000))
    job = asyncio.ensure_future(running(bulk(client, 10)))
    await turns()
    single = asyncio.ensure_future(calls(client, 20))
    await turns()
    clock.goes_on.set()
    await asyncio.gather(single, job)

    assert api.kinds[1:26] == "ssssb" * 5
    assert api.kinds[26:] == "bbbb"


async def test_a_single_call_does_not_wait_for_a_bulk_operation(api: Api) -> None:
    clock = api.clock = Stopped()
    client = api.client(per_second=1, timeout=Timeout(total=1000))
    job = asyncio.ensure_future(running(bulk(client, 50)))
    await turns()
    single = asyncio.ensure_future(calls(client, 1))
    await turns()
    clock.goes_on.set()
    await asyncio.gather(single, job)

    assert api.kinds[:3] == "bsb"


@pytest.mark.parametrize("region_codes", [None, ["US"]])
async def test_list_all_is_a_bulk_operation(api: Api, region_codes: list[str] | None) -> None:
    clock = api.clock = Stopped()
    client = api.client(per_second=1)
    await calls(client, 1)
    job = asyncio.ensure_future(listed(client, region_codes=region_codes))
    await turns()
    single = asyncio.ensure_future(calls(client, 1))
    await turns()
    clock.goes_on.set()
    await asyncio.gather(single, job)

    assert api.kinds[:3] == "ssb"


async def listed(client: NumbersClient, **options: Any) -> int:
    return len([number async for number in client.active_numbers.list_all(**options)])


# --- timeouts and cancellation ---


async def test_a_call_whose_timeout_would_pass_waiting_fails_at_once_and_was_certainly_not_sent(
    api: Api,
) -> None:
    clock = api.clock = Stopped()
    client = api.client(per_second=0.1, timeout=Timeout(total=15))
    await client.available_regions.list()
    waiting = asyncio.ensure_future(client.available_regions.list())
    await turns()
    with pytest.raises(APITimeoutError, match="rate limit") as caught:
        await client.available_regions.list()

    assert caught.value.sent is Sent.NEVER
    assert len(caught.value.attempts) == 1
    clock.goes_on.set()
    await waiting
    assert api.at == pytest.approx([0, 10], abs=1e-5)


async def test_a_call_that_others_overtake_until_its_timeout_has_passed_was_certainly_not_sent(
    api: Api,
) -> None:
    client = api.client(per_second=1)
    hasty = client.with_options(timeout=Timeout(total=4.5))

    async def work(_: int) -> None:
        await hasty.available_regions.list()

    await client.available_regions.list()
    job = client.bulk(work, [1])
    outcomes, _ = await asyncio.gather(collected(job), calls(client, 9))

    [failed] = outcomes
    assert isinstance(failed.error, APITimeoutError)
    assert failed.error.sent is Sent.NEVER
    assert api.at == pytest.approx([*range(10)], abs=1e-5)  # it used up no turn


async def collected(run: Any) -> list[Any]:
    return [outcome async for outcome in run]


async def test_a_purchase_that_the_rate_limit_keeps_from_being_sent_in_time_buys_nothing(
    sandbox: Sandbox,
) -> None:
    client = sandbox.client(rate_limit=RateLimit(per_second=0.01), timeout=Timeout(total=30))
    await client.available_regions.list()
    with pytest.raises(APITimeoutError, match="rate limit"):
        await client.available_numbers.rent("+12025550134")

    assert [request.operation for request in sandbox.requests if request.method == "POST"] == ["Token"]
    assert sandbox.charges == []


async def test_a_very_low_rate_does_not_ask_the_clock_for_more_than_it_can(api: Api) -> None:
    client = api.client(per_second=1e-300)
    await client.available_regions.list()
    with pytest.raises(APITimeoutError, match="rate limit"):
        await client.available_regions.list()


# --- options ---


@pytest.mark.parametrize(
    "options",
    [
        {"per_second": 0},
        {"per_second": -1},
        {"per_second": float("nan")},
        {"per_second": float("inf")},
        {"per_second": True},
        {"per_second": "10"},
        {"per_second": None},
        {"per_second": 1, "burst": 0},
        {"per_second": 1, "burst": 1.5},
        {"per_second": 1, "burst": True},
    ],
)
def test_a_limit_that_cannot_be_kept_is_refused(options: Any) -> None:
    with pytest.raises(ConfigurationError, match="RateLimit"):
        RateLimit(**options)


def test_something_else_than_a_limit_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="rate_limit"):
        make_client(rate_limit=10)


async def test_a_transport_that_fails_has_used_its_turn(api: Api) -> None:
    def refuse(_: int) -> HttpResponse:
        raise TransportError("refused", sent=Sent.NEVER)

    api.respond = refuse
    client = api.client(per_second=1, retry=RetryPolicy(max_attempts=2, initial_delay=0))
    with pytest.raises(Exception, match="refused"):
        await client.available_regions.list()

    assert api.at == pytest.approx([0, 1], abs=1e-5)


async def test_a_keyed_client_keeps_the_limit_too(api: Api) -> None:
    api.respond = lambda _: HttpResponse(
        content=b'{"access_token": "t", "expires_in": 3600, "availableRegions": []}'
    )
    client = make_keyed_client(transport=api, clock=api.clock, rate_limit=RateLimit(per_second=1))
    await client.available_regions.list()
    await client.available_regions.list()

    assert api.at == pytest.approx([0, 0, 1], abs=1e-5)
