"""Which failures are retried, after which pause, and how many of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    Attempt,
    ConfigurationError,
    NumbersClient,
    NumbersError,
    Processed,
    RateLimitError,
    RetryPolicy,
    Safety,
    Sent,
    Timeout,
)
from sinch_numbers.retry import retry_after
from sinch_numbers.sandbox import VirtualClock

from .support import ANSWER, CALLBACKS_URL, NUMBER, NUMBER_URL, RENT_URL, make_client

Operation = Callable[[NumbersClient], Awaitable[object]]
READ: tuple[str, Operation] = (NUMBER_URL, lambda client: client.active_numbers.get(NUMBER))
IDEMPOTENT: tuple[str, Operation] = (
    NUMBER_URL,
    lambda client: client.active_numbers.update(NUMBER, display_name="x"),
)
SECRET: tuple[str, Operation] = (
    CALLBACKS_URL,
    lambda client: client.callback_configuration.update(hmac_secret="x"),
)
TRANSIENT = {408, 429, 500, 502, 503, 504, *range(520, 528), 529, 530}
LOST: list[Exception] = [
    httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x"), httpx.ReadTimeout("x"), httpx.WriteTimeout("x"),
    httpx.ReadError("x"), httpx.WriteError("x"), httpx.RemoteProtocolError("x"), httpx.ProxyError("x"),
]  # fmt: skip
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


async def attempts_of(client: NumbersClient, operation: Operation) -> tuple[Attempt, ...]:
    with pytest.raises(NumbersError) as caught:
        await operation(client)
    return caught.value.attempts


# --- what is retried, over HTTP ---


@pytest.mark.parametrize("safety", [READ, IDEMPOTENT, SECRET], ids=["read", "update", "callbacks"])
@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 408, 409, 418, 422, 429, *range(500, 506), *range(519, 532), 599]
)
async def test_a_read_or_update_is_retried_after_a_transient_status_only(
    httpx_mock: HTTPXMock, safety: tuple[str, Operation], status: int
) -> None:
    url, operation = safety
    httpx_mock.add_response(status, url=url, is_reusable=True)
    attempts = await attempts_of(make_client(), operation)

    expected = 3 if status in TRANSIENT else 1
    assert [attempt.status_code for attempt in attempts] == [status] * expected
    assert len(httpx_mock.get_requests()) == expected


@pytest.mark.parametrize("safety", [READ, IDEMPOTENT], ids=["read", "update"])
@pytest.mark.parametrize("lost", LOST, ids=lambda error: type(error).__name__)
async def test_a_read_or_update_is_retried_after_any_lost_connection(
    httpx_mock: HTTPXMock, safety: tuple[str, Operation], lost: Exception
) -> None:
    url, operation = safety
    httpx_mock.add_exception(lost, url=url, is_reusable=True)
    attempts = await attempts_of(make_client(), operation)

    sent = Sent.NEVER if isinstance(lost, NEVER_SENT) else Sent.UNKNOWN
    assert [attempt.sent for attempt in attempts] == [sent] * 3
    assert {attempt.error for attempt in attempts} == {f"{type(lost).__name__}: x"}
    assert {attempt.timed_out for attempt in attempts} == {isinstance(lost, httpx.TimeoutException)}


async def rented(client: NumbersClient) -> object:
    return await client.available_numbers.rent(NUMBER)


def posts(httpx_mock: HTTPXMock) -> int:
    return len(httpx_mock.get_requests(method="POST"))


@pytest.mark.httpx_mock(assert_all_responses_were_requested=False)
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 429])
async def test_a_rent_is_retried_after_a_429_and_after_no_other_4xx(
    httpx_mock: HTTPXMock, status: int
) -> None:
    httpx_mock.add_response(status, url=RENT_URL, is_reusable=True)
    httpx_mock.add_response(404, method="GET", is_optional=True)
    await attempts_of(make_client(), rented)

    assert posts(httpx_mock) == (3 if status == 429 else 1)


@pytest.mark.httpx_mock(assert_all_responses_were_requested=False)
@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 530, 599])
async def test_a_rent_whose_response_hides_the_outcome_is_not_sent_again_blindly(
    httpx_mock: HTTPXMock, status: int
) -> None:
    httpx_mock.add_response(status, url=RENT_URL, is_reusable=True)
    httpx_mock.add_response(status, method="GET", is_reusable=True)
    await attempts_of(make_client(retry=RetryPolicy(max_attempts=9)), rented)

    assert posts(httpx_mock) == 1


@pytest.mark.httpx_mock(assert_all_responses_were_requested=False)
@pytest.mark.parametrize("lost", LOST, ids=lambda error: type(error).__name__)
async def test_a_rent_is_retried_if_it_was_never_sent(httpx_mock: HTTPXMock, lost: Exception) -> None:
    httpx_mock.add_exception(lost, url=RENT_URL, is_reusable=True)
    httpx_mock.add_response(500, method="GET", is_reusable=True)
    await attempts_of(make_client(), rented)

    assert posts(httpx_mock) == (3 if isinstance(lost, NEVER_SENT) else 1)


# --- Retry-After, on the virtual clock ---


async def waited(httpx_mock: HTTPXMock, headers: Mapping[str, str], **options: Any) -> float:
    """Seconds that a call waited after a 429 with `headers`, before its success."""
    httpx_mock.add_response(429, headers=dict(headers))
    httpx_mock.add_response(200, json=ANSWER)
    clock = VirtualClock()
    begin = clock.monotonic()
    await make_client(clock=clock, **options).available_regions.list()
    return clock.monotonic() - begin


@pytest.mark.parametrize(("value", "seconds"), [("7", 7), ("0", 0), ("1.5", 1.5), ("-3", 0), (" 60 ", 60)])
async def test_retry_after_in_seconds_is_honoured(httpx_mock: HTTPXMock, value: str, seconds: float) -> None:
    assert await waited(httpx_mock, {"retry-after": value}) == pytest.approx(seconds)


@pytest.mark.parametrize("offset", [0, 30, 60])
async def test_retry_after_as_a_date_is_honoured(httpx_mock: HTTPXMock, offset: int) -> None:
    date = datetime.fromtimestamp(VirtualClock().time(), UTC) + timedelta(seconds=offset)

    assert await waited(httpx_mock, {"retry-after": format_datetime(date, usegmt=True)}) == pytest.approx(
        offset
    )


@pytest.mark.parametrize("wrong_by", [-3600, 3600], ids=["slow", "fast"])
async def test_a_retry_after_date_is_compared_with_the_date_of_the_response_not_with_a_wrong_local_clock(
    httpx_mock: HTTPXMock, wrong_by: int
) -> None:
    theirs = datetime.fromtimestamp(VirtualClock().time(), UTC) - timedelta(seconds=wrong_by)
    headers = {
        "date": format_datetime(theirs, usegmt=True),
        "retry-after": format_datetime(theirs + timedelta(seconds=30), usegmt=True),
    }

    assert await waited(httpx_mock, headers) == 30


@pytest.mark.parametrize("date", ["", "today", "Wed, 21 Oct 20150000000000000000 07:28:00 GMT"])
async def test_a_retry_after_date_is_compared_with_the_local_clock_if_the_response_has_no_readable_date(
    httpx_mock: HTTPXMock, date: str
) -> None:
    ours = datetime.fromtimestamp(VirtualClock().time(), UTC) + timedelta(seconds=30)
    headers = {"date": date, "retry-after": format_datetime(ours, usegmt=True)}

    assert await waited(httpx_mock, headers) == 30


async def test_a_retry_after_date_in_the_past_means_now(httpx_mock: HTTPXMock) -> None:
    assert await waited(httpx_mock, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0


async def test_a_retry_after_date_without_a_zone_is_utc(httpx_mock: HTTPXMock) -> None:
    date = datetime.fromtimestamp(VirtualClock().time(), UTC) + timedelta(seconds=5)
    text = date.strftime("%a, %d %b %Y %H:%M:%S -0000")

    assert await waited(httpx_mock, {"retry-after": text}) == pytest.approx(5)


@pytest.mark.parametrize(
    "value",
    ["", "soon", "nan", "1 minute", "Wed, 99 Foo 2015", "Wed, 21 Oct 20150000000000000000 07:28:00 GMT",
     "Wed, 21 Oct 2015 07:28:00 +99999999999999", "Wed, 21 Oct 2015 07:28:00 GMT" + " " * 100_000 + "x"],
    ids=lambda value: value[:41],
)  # fmt: skip
async def test_a_retry_after_that_cannot_be_read_leaves_the_backoff(
    httpx_mock: HTTPXMock, value: str
) -> None:
    policy = RetryPolicy(initial_delay=0.5)

    assert await waited(httpx_mock, {"retry-after": value}, retry=policy) <= 0.5


@pytest.mark.parametrize("value", ["61", "inf", "1e9"])
async def test_a_retry_after_beyond_the_cap_raises_at_once(httpx_mock: HTTPXMock, value: str) -> None:
    httpx_mock.add_response(429, headers={"retry-after": value})
    clock = VirtualClock()
    with pytest.raises(RateLimitError) as caught:
        await make_client(clock=clock).available_regions.list()

    assert caught.value.retry_after == float(value)
    assert clock.monotonic() == 0


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z]{3}, \d{1,3} [A-Za-z]{3} \d{1,6} [\d:]{1,9} ?.{0,5}")))
def test_no_retry_after_header_makes_the_parser_raise(value: str) -> None:
    seconds = retry_after({"retry-after": value}, now=1_700_000_000.0)

    assert seconds is None or seconds >= 0


# --- the quota ---


async def test_the_retry_quota_bounds_the_retries_in_an_outage(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(503, is_reusable=True)
    client = make_client(retry=RetryPolicy(max_attempts=3, quota=10))
    await asyncio.gather(*(attempts_of(client, READ[1]) for _ in range(50)))

    assert len(httpx_mock.get_requests()) == 50 + 10


async def test_successes_give_retries_back_to_the_quota(httpx_mock: HTTPXMock) -> None:
    client = make_client(retry=RetryPolicy(max_attempts=2, quota=1))
    httpx_mock.add_response(503)
    httpx_mock.add_response(503)
    httpx_mock.add_response(503)
    await attempts_of(client, READ[1])
    assert len(await attempts_of(client, READ[1])) == 1

    httpx_mock.add_response(200, json=ANSWER, is_reusable=True)
    for _ in range(11):
        await client.available_regions.list()
    httpx_mock.reset()
    httpx_mock.add_response(503, is_reusable=True)
    assert len(await attempts_of(client, READ[1])) == 2


async def test_copies_of_a_client_share_one_retry_quota(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(503, is_reusable=True)
    client = make_client(retry=RetryPolicy(max_attempts=2, quota=1))
    await attempts_of(client, READ[1])
    attempts = await attempts_of(client.with_options(timeout=Timeout(total=7)), READ[1])

    assert len(attempts) == 1


# --- the policy as a value ---


ATTEMPTS = st.builds(
    Attempt,
    status_code=st.one_of(st.none(), st.integers(100, 599)),
    sent=st.sampled_from(Sent),
    retry_after=st.one_of(st.none(), st.floats(0, 1e6)),
)


@given(
    ATTEMPTS,
    st.sampled_from(Safety),
    st.integers(1, 10_000),
    st.floats(-10, 1e6),
    st.floats(0, 1),
    st.integers(1, 10_000),
)
def test_a_decision_is_a_bounded_pause_within_the_deadline_or_none(
    attempt: Attempt, safety: Safety, number: int, remaining: float, draw: float, max_attempts: int
) -> None:
    policy = RetryPolicy(max_attempts=max_attempts)
    delay = policy.decide(safety, attempt, attempt_number=number, remaining=remaining, draw=draw)

    if delay is not None:
        assert number < max_attempts
        assert 0 <= delay < remaining
        assert delay <= (policy.max_delay if attempt.retry_after is None else policy.max_retry_after)
        if safety is Safety.BILLABLE:
            assert attempt.processed is Processed.NO
        if safety is Safety.ONCE:
            assert (attempt.status_code, attempt.sent) == (None, Sent.NEVER)


@pytest.mark.parametrize(
    ("number", "longest"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 8), (5_000, 8)]
)
def test_the_pause_grows_exponentially_to_its_bound_with_full_jitter(number: int, longest: float) -> None:
    policy = RetryPolicy()

    assert [policy.backoff(number, draw) for draw in (0, 0.5, 1)] == [0, longest / 2, longest]


@pytest.mark.parametrize(
    "settings",
    [{"max_attempts": 0}, {"max_attempts": -1}, {"initial_delay": -1}, {"max_delay": float("inf")},
     {"max_retry_after": float("nan")},
     {"quota": -1}],
)  # fmt: skip
def test_a_policy_with_an_impossible_value_is_a_configuration_error(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(settings))):
        RetryPolicy(**settings)
