"""What a fault does to the connection of a call over a socket; in process: test_fault_kinds.py."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, basic
from .wire import exchange, fetch, request

pytestmark = pytest.mark.loops("asyncio", "uvloop")

PROJECT = "/v1/projects/p"
RENT = f"{PROJECT}/availableNumbers/{NUMBER}:rent"


@pytest.mark.parametrize(("kind", "commits"), [("drop_before_commit", 0), ("drop_after_commit", 1)])
async def test_a_dropped_connection_sends_no_byte(
    sandbox: Sandbox, url: str, kind: str, commits: int
) -> None:
    sandbox.faults.add(kind)
    assert await exchange(url, request("POST", RENT, {})) == b""
    assert len(sandbox.charges) == commits
    assert (await fetch(url, "GET", f"{PROJECT}/availableRegions"))[0] == 200


async def test_a_truncated_response_ends_in_the_middle_of_its_json(sandbox: Sandbox, url: str) -> None:
    sandbox.faults.add("truncated")
    head, _, content = (await exchange(url, request("POST", RENT, {}))).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    length = int(head.lower().partition(b"content-length: ")[2])
    assert 0 < len(content) == length // 2
    assert content.startswith(b'{"phoneNumber"')


async def test_reset_mid_headers_resets_the_connection(sandbox: Sandbox, url: str) -> None:
    sandbox.faults.add("reset_mid_headers")
    with pytest.raises(ConnectionResetError):
        await exchange(url, request("POST", RENT, {}))
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize(
    ("kind", "commits"), [("hang_before_commit", 0), ("hang_after_commit", 1), ("commit_late", 0)]
)
async def test_a_hang_lasts_until_the_client_gives_up(
    sandbox: Sandbox, url: str, kind: str, commits: int
) -> None:
    sandbox.faults.add(kind, seconds=5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(exchange(url, request("POST", RENT, {})), 0.2)
    assert len(sandbox.charges) == commits
    sandbox.clock.advance(5)
    assert len(sandbox.charges) == (0 if kind == "hang_before_commit" else 1)


@pytest.mark.parametrize(
    ("kind", "has_response"), [("hang_before_commit", False), ("hang_after_commit", True)]
)
async def test_a_hang_can_be_released(sandbox: Sandbox, url: str, kind: str, has_response: bool) -> None:
    fault = sandbox.faults.add(kind)
    call = asyncio.create_task(exchange(url, request("POST", RENT, {})))
    await fault.reached()
    fault.release()
    assert (await call).startswith(b"HTTP/1.1 200") is has_response
    assert len(sandbox.charges) == int(has_response)


async def test_a_delayed_call_gets_its_response_when_the_clock_says_so(sandbox: Sandbox) -> None:
    async with sandbox.serve(speed=0) as url:
        fault = sandbox.faults.add("latency", seconds=60)
        call = asyncio.create_task(fetch(url, "POST", RENT, {}))
        await fault.reached()
        sandbox.clock.advance(59)
        assert (await fetch(url, "GET", f"{PROJECT}/availableRegions"))[0] == 200
        assert not call.done()
        sandbox.clock.advance(1)
        assert (await call)[0] == 200


async def test_a_delay_takes_real_time_unless_told_otherwise(sandbox: Sandbox, url: str) -> None:
    fault = sandbox.faults.add("latency", seconds=0.1)
    before = sandbox.clock.monotonic()
    assert (await fetch(url, "POST", RENT, {}))[0] == 200
    assert fault.hits == 1
    assert sandbox.clock.monotonic() - before >= 0.1


async def test_a_delay_ends_when_the_fault_is_released_or_the_client_gives_up(
    sandbox: Sandbox, url: str
) -> None:
    fault = sandbox.faults.add("latency", seconds=80_000, times=2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(exchange(url, request("POST", RENT, {})), 0.2)
    call = asyncio.create_task(fetch(url, "GET", f"{PROJECT}/activeNumbers/{NUMBER}"))
    await fault.reached(2)
    sandbox.faults.clear()
    assert (await call)[0] == 200


async def test_a_held_call_gets_its_response_in_the_end(sandbox: Sandbox, url: str) -> None:
    held = sandbox.faults.hold("ListAvailableRegions")
    call = asyncio.create_task(fetch(url, "GET", f"{PROJECT}/availableRegions"))
    await held.reached()
    sandbox.faults.clear()
    assert (await call)[0] == 200


async def test_a_connection_over_a_socket_is_never_refused(sandbox: Sandbox, url: str) -> None:
    sandbox.faults.random(rate=1, kinds=["refused", "connect_timeout"])
    sandbox.faults.random(rate=1, kinds=["refused", "status"])
    assert (await fetch(url, "POST", RENT, {}))[0] == 503


async def test_another_server_cannot_drop_a_connection_and_the_error_says_so(sandbox: Sandbox) -> None:
    scope = {"type": "http", "method": "GET", "path": f"{PROJECT}/availableRegions", "query_string": b"", "root_path": "",
             "headers": [(b"authorization", basic().encode())]}  # fmt: skip
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: object) -> None:
        sent.append(message)  # type: ignore[arg-type]  # pyright: ignore

    await sandbox.app(scope, receive, send)
    assert sent[0]["status"] == 200
    sandbox.faults.add("drop_before_commit")
    with pytest.raises(RuntimeError, match=r"sandbox\.serve\(\)"):
        await sandbox.app(scope, receive, send)
