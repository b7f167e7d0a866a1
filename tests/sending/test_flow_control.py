"""What a bulk run does after a 429: fewer exchanges at once, and none before Retry-After has passed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest

from sinch_numbers import (
    ActiveNumber,
    APITimeoutError,
    BulkProgress,
    Completed,
    Failed,
    HttpRequest,
    HttpResponse,
    NumbersClient,
    RateLimitError,
    RetryPolicy,
    Sent,
    Timeout,
)
from sinch_numbers.sandbox import VirtualClock

from ..support import NUMBER, make_client, make_keyed_client, turns, until

Respond = Callable[[int], HttpResponse]
"""The response to a request, by how many came before it."""


class Api:
    """Responds to each request after some turns of the loop, and counts those in flight."""

    def __init__(self, respond: Respond, *, takes: int = 3) -> None:
        self.clock = VirtualClock()
        self.respond = respond
        self.takes = takes
        self.at: list[float] = []
        self.in_flight = 0
        self.most: list[int] = []
        """For each request, how many were in flight with it."""

    def client(self, **options: object) -> NumbersClient:
        return make_client(transport=self, clock=self.clock, max_connections=1000, **options)

    async def send(self, request: HttpRequest) -> HttpResponse:
        if request.url.endswith("/oauth2/token"):
            return HttpResponse(content=b'{"access_token": "t", "expires_in": 3600}')
        number = len(self.at)
        self.at.append(self.clock.monotonic())
        self.in_flight += 1
        self.most.append(self.in_flight)
        try:
            await turns(self.takes)
        finally:
            self.in_flight -= 1
        response = self.respond(number)
        if response.status_code != 200:
            return response
        found = re.search(r"\+\d+", unquote(request.url))
        assert found
        return HttpResponse(content=b'{"phoneNumber": "%s"}' % found[0].encode())

    async def aclose(self) -> None: ...


FINE = HttpResponse(content=b"{}")


def limited(retry_after: str | None = None) -> HttpResponse:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return HttpResponse(status_code=429, headers=headers, content=b"{}")


def first(count: int, response: HttpResponse) -> Respond:
    return lambda number: response if number < count else FINE


def numbers(count: int) -> list[str]:
    return [f"+1202{index:07}" for index in range(count)]


async def get_many(
    client: NumbersClient, count: int, *, concurrency: int
) -> tuple[list[Completed[str, ActiveNumber] | Failed[str]], list[int]]:
    """The outcomes, and the concurrency that the run reported after each."""
    seen: list[BulkProgress] = []
    outcomes = await client.active_numbers.get_many(
        numbers(count), concurrency=concurrency, on_progress=seen.append
    )
    return outcomes, [each.concurrency for each in seen]


def failed(outcomes: list[Completed[str, ActiveNumber] | Failed[str]]) -> list[Failed[str]]:
    return [outcome for outcome in outcomes if isinstance(outcome, Failed)]


async def test_fifty_429s_at_once_halve_the_concurrency_once_and_all_wait_for_retry_after() -> None:
    api = Api(first(50, limited("7")))
    outcomes, concurrency = await get_many(api.client(), 500, concurrency=50)

    assert failed(outcomes) == []
    assert len(api.at) == 550
    assert api.at[:50] == [0] * 50
    assert min(api.at[50:]) == 7
    assert max(api.most[:50]) == 50
    assert max(api.most[50:75]) == 25
    assert concurrency[0] == 25


async def test_each_round_of_successes_allows_one_more_until_the_first_limit_is_reached() -> None:
    api = Api(first(8, limited()))
    _, concurrency = await get_many(api.client(), 100, concurrency=8)

    assert concurrency[0] == 4
    assert concurrency == sorted(concurrency)
    assert [concurrency.count(level) for level in (4, 5, 6, 7)] == pytest.approx([4, 5, 6, 7], abs=1)
    assert concurrency[-1] == 8


async def test_a_429_in_each_round_halves_it_each_time_down_to_one() -> None:
    api = Api(first(16 + 8 + 4 + 2, limited("1")))
    client = api.client(retry=RetryPolicy(max_attempts=9))
    outcomes, concurrency = await get_many(client, 40, concurrency=16)

    assert failed(outcomes) == []
    rounds = [api.most[:16], api.most[16:24], api.most[24:28], api.most[28:30], api.most[30:31]]
    assert [max(each) for each in rounds] == [16, 8, 4, 2, 1]
    assert concurrency[0] == 2  # after the first success


async def test_a_retry_after_of_one_call_holds_back_the_others_that_have_not_begun() -> None:
    api = Api(lambda number: limited("30") if number == 1 else FINE)
    outcomes, _ = await get_many(api.client(), 20, concurrency=4)

    assert failed(outcomes) == []
    assert [at for at in api.at if at < 30] == [0] * 4


async def test_the_longest_of_several_retry_afters_counts() -> None:
    api = Api(lambda number: limited(["30", "5"][number]) if number < 2 else FINE)
    outcomes, _ = await get_many(api.client(retry=RetryPolicy(max_attempts=9)), 20, concurrency=2)

    assert failed(outcomes) == []
    assert min(api.at[2:]) == 30


async def test_what_was_sent_before_a_429_does_not_raise_the_limit_after_it() -> None:
    api = Api(first(1, limited("5")))
    _, concurrency = await get_many(api.client(), 40, concurrency=40)

    assert {*concurrency[:-1]} == {20}


async def test_an_item_is_not_started_before_retry_after_has_passed() -> None:
    api = Api(first(1, limited("30")))
    client = api.client(retry=RetryPolicy(max_attempts=1))
    begun: list[float] = []

    async def work(number: str) -> ActiveNumber:
        begun.append(api.clock.monotonic())
        return await client.active_numbers.get(number)

    await client.bulk(work, numbers(4), concurrency=1)

    assert begun == [0, 30, 30, 30]


async def test_without_429s_nothing_is_held_back() -> None:
    api = Api(lambda _: FINE)
    _, concurrency = await get_many(api.client(), 100, concurrency=20)

    assert {*concurrency} == {20}
    assert {*api.at} == {0}


async def test_errors_other_than_a_429_change_nothing() -> None:
    api = Api(first(50, HttpResponse(status_code=404, content=b"{}")))
    outcomes, concurrency = await get_many(api.client(), 100, concurrency=20)

    assert len(failed(outcomes)) == 50
    assert {*concurrency} == {20}


async def test_the_429s_of_a_run_use_up_no_retry_quota() -> None:
    api = Api(first(150, limited("1")))
    outcomes, _ = await get_many(api.client(retry=RetryPolicy(quota=3)), 300, concurrency=150)

    assert failed(outcomes) == []


async def test_the_429s_of_other_calls_use_it_up() -> None:
    api = Api(first(5, limited("1")))
    client = api.client(retry=RetryPolicy(quota=3))
    calls = [client.active_numbers.get(number) for number in numbers(5)]
    results = await asyncio.gather(*calls, return_exceptions=True)

    assert sum(isinstance(result, RateLimitError) for result in results) == 2


async def test_without_retries_a_429_fails_its_item_and_slows_the_others_all_the_same() -> None:
    api = Api(first(4, limited("5")))
    client = api.client(retry=RetryPolicy(max_attempts=1))
    outcomes, concurrency = await get_many(client, 20, concurrency=4)

    assert [type(each.error) for each in failed(outcomes)] == [RateLimitError] * 4
    assert min(api.at[4:]) == 5
    assert concurrency[0] == 2


async def test_a_retry_after_that_is_longer_than_allowed_fails_its_item_and_holds_back_no_other() -> None:
    api = Api(first(1, limited("3600")))
    outcomes, _ = await get_many(api.client(), 20, concurrency=4)

    assert len(failed(outcomes)) == 1
    assert max(api.at) == 0


async def test_calls_beside_the_run_are_not_held_back() -> None:
    api = Api(first(4, limited("30")))
    client = api.client()
    running = asyncio.ensure_future(get_many(client, 4, concurrency=4))
    await until(lambda: len(api.at) == 4)
    await client.active_numbers.get(NUMBER)

    assert api.at[4:] == [0]
    await running


async def test_a_run_within_a_run_has_its_own_limit() -> None:
    api = Api(first(4, limited("5")))
    client = api.client()
    inner: list[int] = []

    async def work(_: int) -> None:
        _outcomes, concurrency = await get_many(client, 4, concurrency=4)
        inner.append(concurrency[0])

    outer: list[BulkProgress] = []
    await client.bulk(work, [1], concurrency=10, on_progress=outer.append)

    assert inner == [2]
    assert outer[0].concurrency == 10


async def test_a_429_of_the_token_endpoint_slows_nobody_and_ends() -> None:
    answers = [limited("1"), HttpResponse(content=b'{"access_token": "t", "expires_in": 3600}')]
    api = Api(lambda _: FINE)
    send = api.send

    async def token_first(request: HttpRequest) -> HttpResponse:
        return answers.pop(0) if request.url.endswith("/oauth2/token") else await send(request)

    api.send = token_first  # type: ignore[method-assign]
    client = make_keyed_client(transport=api, clock=api.clock)
    outcomes, concurrency = await get_many(client, 10, concurrency=1)

    assert failed(outcomes) == []
    assert {*concurrency} == {1}
    assert answers == []


async def test_stop_while_the_api_asks_to_wait_leaves_what_was_not_started(quiet_loop: None) -> None:
    api = Api(first(2, limited("30")))
    client = api.client()
    run = client.active_numbers.get_many(numbers(100), concurrency=2)
    running = asyncio.ensure_future(gathered(run))
    await until(lambda: len(api.at) == 2)
    run.stop()

    assert len(await running) == 2
    assert len([*run.remaining]) == 98


async def gathered(
    run: object,
) -> list[Completed[str, ActiveNumber] | Failed[str]]:
    return await run  # type: ignore[misc, no-any-return]


async def test_a_run_that_is_cancelled_while_it_waits_ends_at_once(quiet_loop: None) -> None:
    held = asyncio.Event()

    class Held(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            await held.wait()

    api = Api(first(50, limited("30")))
    api.clock = Held()
    running = asyncio.ensure_future(get_many(api.client(), 100, concurrency=50))
    await until(lambda: len(api.at) == 50 and api.in_flight == 0)
    await turns()
    running.cancel()
    await asyncio.wait([running])

    assert running.cancelled()
    assert len(api.at) == 50


async def test_a_call_whose_timeout_passes_while_it_waits_was_certainly_not_sent() -> None:
    api = Api(first(1, limited("20")))
    client = api.client()
    hasty = api.client(timeout=Timeout(total=10))

    async def work(number: str) -> ActiveNumber:
        if number == NUMBER:
            await until(lambda: len(api.at) == 1 and api.in_flight == 0)
            return await hasty.active_numbers.get(number)
        return await client.active_numbers.get(number)

    fine, late = await client.bulk(work, ["+12025550100", NUMBER])

    assert isinstance(fine, Completed)
    assert isinstance(late, Failed)
    assert isinstance(late.error, APITimeoutError)
    assert late.error.sent is Sent.NEVER
    assert [attempt.elapsed for attempt in late.error.attempts] == [0]  # it does not wait in vain
    assert api.at == [0, 20]


async def test_a_call_that_waits_for_others_of_its_run_times_out_too() -> None:
    held = asyncio.Event()
    api = Api(first(2, limited("0")))
    send = api.send

    async def holding(request: HttpRequest) -> HttpResponse:
        response = await send(request)
        if len(api.at) > 2:
            await held.wait()
        return response

    api.send = holding  # type: ignore[method-assign]
    client = api.client()
    hasty = api.client(timeout=Timeout(total=0.001))

    async def work(number: str) -> ActiveNumber:
        return await (hasty if number == NUMBER else client).active_numbers.get(number)

    async for outcome in client.bulk(work, ["+12025550100", NUMBER], concurrency=2):
        if isinstance(outcome, Failed):
            assert isinstance(outcome.error, APITimeoutError)
            assert outcome.error.sent is Sent.NEVER
        held.set()

    assert len(api.at) == 3


async def test_items_that_wait_for_each_other_do_not_hold_each_other_up() -> None:
    api = Api(first(2, limited("1")))
    client = api.client()
    lock = asyncio.Lock()

    async def work(number: str) -> ActiveNumber:
        async with lock:
            return await client.active_numbers.get(number)

    async with asyncio.timeout(10):
        outcomes = await client.bulk(work, numbers(10), concurrency=4)

    assert failed(outcomes) == []
