from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from sinch_numbers import Sent, Timeout, TransportError
from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api, Response

RENT = "RentNumber"


async def rented(api: Api) -> bool:
    return any(number["phoneNumber"] == NUMBER for number in api.sandbox.active_numbers())


async def lost(api: Api) -> TransportError:
    """The error of a rent that gets no response."""
    with pytest.raises(TransportError) as caught:
        await api.rent()
    return caught.value


async def test_a_scripted_status_is_returned_without_performing_the_operation(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.faults.add("status", operation=RENT, status=503, times=2, headers={"Retry-After": "7"})
    responses = [await api.rent(), await api.rent()]
    assert [response.status for response in responses] == [503, 503]
    assert responses[0].body["error"] == {"code": 503, "message": "", "status": "UNAVAILABLE", "details": []}
    assert responses[0].headers["retry-after"] == "7"
    assert sandbox.charges == []
    assert (await api.rent()).status == 200
    assert [request.fault for request in sandbox.requests] == ["status", "status", None]


async def test_a_scripted_status_can_be_returned_after_the_operation_was_performed(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.faults.add("status_after_commit", operation=RENT, status=500)
    assert (await api.rent()).status == 500
    assert await rented(api)
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize(
    ("body", "content", "content_type"),
    [
        ("text", b"text", "text/plain; charset=utf-8"),
        (b"\xff", b"\xff", None),
        ({"title": "Oops"}, b'{"title": "Oops"}', "application/json"),
        ([], b"[]", "application/json"),
    ],
)
async def test_a_scripted_body_can_be_text_bytes_or_json(
    api: Api, body: Any, content: bytes, content_type: str | None
) -> None:
    api.sandbox.faults.add("status", status=502, body=body)
    response = await api.rent()
    assert (response.status, response.content, response.headers.get("content-type")) == (
        502,
        content,
        content_type,
    )


async def test_a_429_has_an_empty_body_by_default(api: Api) -> None:
    api.sandbox.faults.add("status", status=429)
    response = await api.rent()
    assert (response.content, response.headers["x-envoy-ratelimited"]) == (b"", "true")


async def test_a_scripted_success_has_an_empty_object_or_no_body(api: Api) -> None:
    for status in (200, 204):
        api.sandbox.faults.add("status", status=status)
    assert [(await api.rent()).content for _ in range(2)] == [b"{}", b""]


@pytest.mark.parametrize(("kind", "commits"), [("drop_before_commit", False), ("drop_after_commit", True)])
async def test_a_dropped_connection_leaves_the_outcome_unknown(api: Api, kind: str, commits: bool) -> None:
    api.sandbox.faults.add(kind, operation=RENT)
    error = await lost(api)
    assert (error.sent, error.timed_out) == (Sent.UNKNOWN, False)
    assert await rented(api) is commits
    assert [(request.status, request.fault) for request in api.sandbox.requests] == [(None, kind)]


@pytest.mark.parametrize("kind", ["truncated", "reset_mid_headers"])
async def test_a_truncated_response_leaves_the_outcome_unknown(api: Api, kind: str) -> None:
    api.sandbox.faults.add(kind)
    error = await lost(api)
    assert (error.sent, error.timed_out, await rented(api)) == (Sent.UNKNOWN, False, True)


@pytest.mark.parametrize(("kind", "commits"), [("hang_before_commit", False), ("hang_after_commit", True)])
async def test_a_hang_times_out_in_virtual_time(api: Api, kind: str, commits: bool) -> None:
    api.timeout = Timeout(read=7)
    api.sandbox.faults.add(kind)
    error = await lost(api)
    assert (error.sent, error.timed_out) == (Sent.UNKNOWN, True)
    assert api.sandbox.clock.monotonic() == 7
    assert await rented(api) is commits


@pytest.mark.parametrize(("kind", "status"), [("hang_before_commit", None), ("hang_after_commit", 200)])
async def test_a_hang_that_was_already_released_does_not_wait(
    api: Api, kind: str, status: int | None
) -> None:
    api.sandbox.faults.add(kind).release()
    response = await api.rent() if status else await lost(api)
    assert (response.status if isinstance(response, Response) else None) == status
    assert api.sandbox.clock.monotonic() == 0


@pytest.mark.parametrize(("kind", "timed_out"), [("refused", False), ("connect_timeout", True)])
async def test_a_failed_connection_means_that_nothing_was_sent(api: Api, kind: str, timed_out: bool) -> None:
    api.sandbox.faults.add(kind)
    error = await lost(api)
    assert (error.sent, error.timed_out) == (Sent.NEVER, timed_out)
    assert not await rented(api)
    assert api.sandbox.requests == []
    assert api.sandbox.clock.monotonic() == (5 if timed_out else 0)


@pytest.mark.parametrize("drop", [False, True])
async def test_a_late_commit_happens_after_the_client_gave_up(api: Api, drop: bool) -> None:
    api.timeout = Timeout(read=10)
    api.sandbox.faults.add("commit_late", seconds=25, drop=drop)
    error = await lost(api)
    assert (error.sent, error.timed_out) == (Sent.UNKNOWN, not drop)
    assert not await rented(api)
    api.sandbox.clock.advance(25)
    assert await rented(api)
    assert len(api.sandbox.charges) == 1


async def test_latency_advances_the_virtual_clock(api: Api) -> None:
    api.sandbox.faults.add("latency", seconds=12)
    assert (await api.rent()).status == 200
    assert api.sandbox.clock.monotonic() == 12


async def test_latency_beyond_the_read_timeout_is_a_timeout_after_the_operation_was_performed(
    api: Api,
) -> None:
    api.timeout = Timeout(read=5)
    api.sandbox.faults.add("latency", seconds=12)
    assert (await lost(api)).timed_out
    assert (await rented(api), api.sandbox.clock.monotonic()) == (True, 5)


async def test_commit_overrides_whether_a_kind_performs_the_operation(api: Api) -> None:
    for kind in ("latency", "hold"):
        api.sandbox.faults.add(kind, commit=False).release()
        assert (await api.rent()).status == 200
        api.sandbox.reset()
    for kind in ("truncated", "html", "drop_after_commit"):
        api.sandbox.faults.add(kind, commit=False)
        with pytest.raises((TransportError, ValueError)):
            _ = (await api.rent()).body
        assert not await rented(api)
    api.sandbox.faults.add("status", commit=True)
    assert ((await api.rent()).status, await rented(api)) == (503, True)


async def test_html_and_invalid_json_are_200s_after_the_operation_was_performed(api: Api) -> None:
    api.sandbox.faults.add("html")
    api.sandbox.faults.add("invalid_json")
    html, broken = await api.rent(), await api.rent("+12025550135")
    assert (html.status, html.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert html.content.startswith(b"<!DOCTYPE html>")
    assert (broken.status, broken.headers["content-type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        _ = broken.body
    assert len(api.sandbox.active_numbers()) == 2


async def test_held_calls_wait_until_they_are_released(api: Api, sandbox: Sandbox) -> None:
    held = sandbox.faults.hold(RENT)
    calls = [asyncio.create_task(api.rent(f"+1202555013{digit}")) for digit in range(3)]
    await held.reached(3)
    assert (held.hits, sandbox.active_numbers()) == (3, [])
    assert (await api.get("availableRegions")).status == 200
    held.release()
    assert [(await call).status for call in calls] == [200, 200, 200]
    assert (await api.rent()).status == 200


async def test_calls_can_be_held_after_they_were_performed(api: Api, sandbox: Sandbox) -> None:
    held = sandbox.faults.hold(RENT, phone_number=NUMBER, after_commit=True)
    call = asyncio.create_task(api.rent())
    await held.reached()
    assert await rented(api)
    sandbox.faults.release()
    assert (await call).status == 200
