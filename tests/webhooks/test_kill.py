"""Processes that are killed, stopped or exit lose no callback that they acknowledged."""

from __future__ import annotations

import asyncio
import itertools
import signal
import socket
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from sinch_numbers import SQLiteStore
from sinch_numbers.webhooks import WebhookInbox

from .callbacks import SECRET, body_of, signed
from .receiver import Receiver, started

pytestmark = pytest.mark.slow

CONCURRENCY = 16
"""Events that an inbox handles at a time, by default."""


SHORT = ("--lease", "1")
"""Seconds: the tests wait for leases of processes that died."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "callbacks.db"


def event(event_id: str) -> bytes:
    return body_of(event_id, timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"))


async def left(file: Path) -> tuple[list[str], list[str]]:
    """The ids of what is pending, and of the dead letters."""
    async with SQLiteStore(file) as store:
        inbox = WebhookInbox(SECRET, store=store)
        pending, dead = await inbox.pending(), await inbox.dead_letters()
    return [each.event_id for each in pending], [each.event_id for each in dead]


async def nothing_is_pending(file: Path) -> None:
    async with asyncio.timeout(120):
        while (await left(file))[0]:
            await asyncio.sleep(0.1)


async def put(file: Path, *event_ids: str) -> None:
    """Receives events into the store, in this process, which handles none."""
    async with SQLiteStore(file) as store:
        inbox = WebhookInbox(SECRET, store=store)
        for event_id in event_ids:
            body = event(event_id)
            while (await inbox.receive(body, signed(body))).status != 200:
                await asyncio.sleep(0.1)


async def post(client: httpx.AsyncClient, url: str, body: bytes) -> str:
    """Posts an event until it is acknowledged, as the API does: 503 if the machine is too busy. Returns the reason."""
    while (response := await client.post(url, content=body, headers=signed(body))).status_code == 503:
        await asyncio.sleep(0.1)
    assert response.status_code == 200
    return response.text


async def post_until_it_dies(port: int, count: int, killed_after: int, receiver: Receiver) -> set[str]:
    """Posts `count` events at once, and kills the receiver on the way; returns the ids that were acknowledged."""
    acknowledged: set[str] = set()
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:

        async def send(event_id: str) -> None:
            try:
                await post(client, f"http://127.0.0.1:{port}/", event(event_id))
            except httpx.TransportError:
                return
            acknowledged.add(event_id)
            if len(acknowledged) == killed_after:
                receiver.process.kill()

        await asyncio.gather(*(send(f"id-{index}") for index in range(count)))
    await receiver.exit()
    return acknowledged


@pytest.mark.parametrize("killed_after", [1, 100, 400])
async def test_after_kill_9_with_500_events_in_flight_every_acknowledged_one_is_handled(
    file: Path, killed_after: int
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=500) as listener:
        port = listener.getsockname()[1]
        async with started(file, *SHORT, "--takes", "1", fd=listener.fileno()) as first:
            listener.close()
            acknowledged = await post_until_it_dies(port, 500, killed_after, first)
    assert len(acknowledged) >= killed_after
    # It is killed once more while it recovers, inside handlers.
    async with started(file, *SHORT, "--takes", "60") as second:
        await second.until("begin")
        await second.kill()
    assert second.ids("begin") - second.ids("end")
    handled = first.ids("end") + second.ids("end")
    async with started(file, *SHORT) as third:
        await third.until("end", acknowledged - set(handled))
        await nothing_is_pending(file)
        await third.kill()
    handled += third.ids("end")
    assert acknowledged <= set(handled)
    assert await left(file) == ([], [])
    # Twice only what was at work when a process died.
    assert handled.total() - len(handled) <= 2 * CONCURRENCY


async def test_two_processes_on_one_file_handle_every_event_once(file: Path) -> None:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=60, trust_env=False))
        receivers: list[Receiver] = []
        urls: list[str] = []
        for _ in range(2):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=500))
            urls.append(f"http://127.0.0.1:{listener.getsockname()[1]}/")
            receivers.append(await stack.enter_async_context(started(file, fd=listener.fileno())))
        bodies = [event(f"id-{index}") for index in range(300)]
        # Each event to both, in opposite orders.
        calls = itertools.chain(zip(bodies, itertools.cycle(urls)), zip(bodies[::-1], itertools.cycle(urls)))
        reasons = await asyncio.gather(*(post(client, url, body) for body, url in calls))
        assert set(reasons) == {"stored", "repeat"}
        await nothing_is_pending(file)
        for receiver in receivers:
            await receiver.kill()
    handled = receivers[0].ids("end") + receivers[1].ids("end")
    assert set(handled.values()) == {1}
    assert len(handled) == 300
    assert await left(file) == ([], [])


async def test_an_event_whose_handler_exits_the_process_is_a_dead_letter_and_the_others_are_handled(
    file: Path,
) -> None:
    others = {f"id-{index}" for index in range(20)}
    await put(file, *sorted(others)[:10], "poison", *sorted(others)[10:])
    handled: set[str] = set()
    exits = 0
    while True:
        async with started(file, *SHORT, "--max-attempts", "3") as receiver:
            exiting = asyncio.ensure_future(receiver.exit())
            dead = asyncio.ensure_future(receiver.until("dead", {"poison"}))
            await asyncio.wait({exiting, dead}, return_when=asyncio.FIRST_COMPLETED)
            if dead.done():
                await receiver.until("end", others - handled)
                exiting.cancel()
                break
            dead.cancel()
            assert exiting.result() == 13
            exits += 1
            handled |= set(receiver.ids("end"))
    assert exits == 3
    assert await left(file) == ([], ["poison"])


async def test_a_process_that_is_stopped_for_longer_than_its_lease_loses_its_event_to_another(
    file: Path,
) -> None:
    await put(file, "id-1")
    async with started(file, *SHORT, "--takes", "5") as stopped:
        await stopped.until("begin", {"id-1"})
        stopped.process.send_signal(signal.SIGSTOP)
        async with started(file, *SHORT) as other:
            await other.until("end", {"id-1"})
            assert ("end", "id-1", "2") in other.lines
            stopped.process.send_signal(signal.SIGCONT)
            await stopped.until("end", {"id-1"})
            await put(file, "id-2")
            await nothing_is_pending(file)
            # What the late one said of its event counted for nothing.
            await stopped.kill()
            await other.kill()
    assert stopped.ids("end")["id-2"] + other.ids("end")["id-2"] == 1
    assert stopped.ids("end")["id-1"] == other.ids("end")["id-1"] == 1
    assert await left(file) == ([], [])


async def test_a_handler_that_takes_longer_than_its_lease_keeps_it(file: Path) -> None:
    await put(file, "id-1")
    async with started(file, "--lease", "3", "--takes", "8") as slow:
        await slow.until("begin", {"id-1"})
        async with started(file, "--lease", "3") as other:
            await slow.until("end", {"id-1"})
            await nothing_is_pending(file)
    assert other.lines == []
    assert slow.lines == [("begin", "id-1", "1"), ("end", "id-1", "1")]
