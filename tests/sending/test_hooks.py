"""The user's hooks, the reports of drift, and raw_responses()."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import Drift, RawResponse, RetryEvent, RetryPolicy, _defaults
from sinch_numbers.sandbox import Sandbox

from ..support import ANSWER, NUMBER, NUMBER_URL, make_client

ONCE = RetryPolicy(max_attempts=1)


# --- hooks ---


async def test_on_response_is_called_with_each_2xx_but_not_with_token_responses(sandbox: Sandbox) -> None:
    seen: list[RawResponse] = []
    client = sandbox.client(on_response=seen.append)
    await client.available_regions.list()
    await client.callback_configuration.get()

    assert [raw.operation for raw in seen] == ["ListAvailableRegions", "GetCallbackConfiguration"]
    assert all(raw.request_id for raw in seen)


async def test_on_retry_is_called_before_each_retry(httpx_mock: HTTPXMock) -> None:
    seen: list[RetryEvent] = []

    def note(event: RetryEvent) -> None:
        assert len(httpx_mock.get_requests()) == len(seen) + 1
        seen.append(event)

    httpx_mock.add_response(503, headers={"retry-after": "2"})
    httpx_mock.add_exception(httpx.ReadTimeout("x"))
    httpx_mock.add_response(json=ANSWER)
    await make_client(on_retry=note).active_numbers.get(NUMBER)

    first, second = seen
    assert (first.operation, first.method, first.url) == ("GetActiveNumber", "GET", NUMBER_URL)
    assert (first.attempt.status_code, first.attempt_number, first.delay) == (503, 1, 2)
    assert (second.attempt.status_code, second.attempt_number) == (None, 2)
    assert 0 <= second.delay <= 1


async def test_what_a_hook_raises_is_logged_and_fails_no_call(
    httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError

    httpx_mock.add_response(503)
    httpx_mock.add_response(json=ANSWER | {"displayName": 7})
    client = make_client(on_response=explode, on_retry=explode, on_drift=explode)
    number = await client.active_numbers.get(NUMBER)

    assert number.display_name is None
    assert [record.message for record in caplog.records].count("a hook raised") == 3


# --- drift ---


async def test_each_difference_from_the_specification_is_reported_once(
    httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Drift] = []
    body = {"phoneNumber": NUMBER, "displayName": 7, "type": "mobile", "capability": ["SMS", "Fax"]}
    httpx_mock.add_response(json=body, is_reusable=True)
    client = make_client(on_drift=seen.append)
    number = await client.active_numbers.get(NUMBER)
    for _ in range(3):
        await client.with_options(retry=ONCE).active_numbers.get(NUMBER)

    assert {(drift.field, drift.problem) for drift in seen} == {
        ("displayName", "wrong type"),
        ("type", "unknown value"),
        ("capability", "unknown value"),
    }
    assert len(seen) == 3
    assert number.additional_properties["displayName"] == 7
    assert sum("differs from its specification" in record.message for record in caplog.records) == 3


async def test_the_number_of_reported_differences_is_bounded(
    httpx_mock: HTTPXMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_defaults, "MAX_DRIFTS", 5)
    seen: list[Drift] = []
    kinds = iter(range(100))

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ANSWER | {"type": f"KIND_{next(kinds)}"})

    httpx_mock.add_callback(respond, is_reusable=True)
    client = make_client(on_drift=seen.append)
    for _ in range(20):
        await client.active_numbers.get(NUMBER)

    assert len(seen) == 5


# --- raw responses ---


async def test_raw_responses_has_the_responses_of_its_block_and_no_others(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await client.available_regions.list()
        with client.raw_responses() as outer:
            await client.available_regions.list()
            with client.raw_responses() as inner:
                await asyncio.gather(*(client.callback_configuration.get() for _ in range(3)))
        await client.available_regions.list()

    assert [raw.operation for raw in outer] == ["ListAvailableRegions"]
    assert [raw.operation for raw in inner] == ["GetCallbackConfiguration"] * 3
    assert b"availableRegions" in outer[0].content
    assert outer[0].headers["content-type"] == "application/json"
    assert "availableRegions" not in repr(outer).replace("availableRegions'", "")


async def test_raw_responses_has_the_response_to_a_purchase(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        with client.raw_responses() as responses:
            number = await client.available_numbers.rent_first(region_code="US", number_type="LOCAL")

    assert [raw.operation for raw in responses][-1] == "RentNumber"
    assert number.phone_number.encode() in responses[-1].content


async def test_raw_responses_of_concurrent_tasks_do_not_mix(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:

        async def collect(times: int) -> int:
            with client.raw_responses() as responses:
                for _ in range(times):
                    await client.available_regions.list()
            return len(responses)

        assert [*await asyncio.gather(collect(1), collect(5), collect(3))] == [1, 5, 3]
