"""Callbacks: how many a receiver acknowledges on time, and how long verifying takes beside the official package.

`python -m benchmarks.callbacks` measures both, each process on this machine:

- A receiver (uvicorn, an inbox with an `SQLiteStore` and one handler) gets events at a fixed rate over 1,000 connections,
  while others send it bodies byte by byte and bodies of 10 MiB. The time of a response counts from when the event was to
  be sent, so that a receiver which falls behind cannot hide it.
- `unwrap`, alone, with keeping the body in a `MemoryStore`, and as an inbox in memory receives it, against verifying and
  parsing with the official package, `sinch`, taking turns. If that is not installed (`pip install sinch`), only the SDK's
  figures are printed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import json
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from typing import Any

import attrs
import uvicorn

from sinch_numbers import MemoryStore, NumberEvent, SQLiteStore
from sinch_numbers.webhooks import Delivery, WebhookInbox, sign, unwrap

SECRET = "my-callback-secret"  # noqa: S105 - of no project
LARGE = 10 * 1024 * 1024
LARGE_PAUSE = 1.0
"""Seconds between two large bodies of one sender."""
SLOW_PAUSE = 1.0
"""Seconds between two bytes of a slow body."""


def event(index: int) -> bytes:
    fields = {
        "eventId": f"01jr7stexp0znky34p{index:08x}",  # a ULID in lower case
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{index:09d}"[:10],
        "projectId": "51bc3f40-f266-4ca8-8938-a1ed0ff32b9a",
        "resourceId": f"+1202555{index % 3_000:04d}",
        "resourceType": "ACTIVE_NUMBER",
        "eventType": "PROVISIONING_TO_VOICE_PLATFORM",
        "status": "SUCCEEDED",
        "failureCode": None,
        "internalFailureCode": None,
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def headers(body: bytes) -> dict[str, str]:
    return {"Content-Type": "application/json", "X-Sinch-Signature": sign(body, SECRET)}


# --- the receiver ---


def receive(channel: Connection, path: str) -> None:
    """A receiver in a process of its own; sends its port, and at the end how many events were handled."""
    inbox = WebhookInbox(SECRET, store=SQLiteStore(path), max_pending=1_000_000)
    handled: Counter[str] = Counter()

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        handled[delivery.event_id] += 1

    listener = socket.create_server(("127.0.0.1", 0), backlog=2_048)
    config = uvicorn.Config(inbox.asgi, log_level="warning", access_log=False)
    server = uvicorn.Server(config)

    async def run() -> None:
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        acknowledged = await asyncio.to_thread(channel.recv)
        deadline = time.monotonic() + 60
        while len(handled) < acknowledged and time.monotonic() < deadline:  # noqa: ASYNC110 - simplest
            await asyncio.sleep(0.2)
        channel.send((len(handled), max(handled.values(), default=0), time.process_time()))
        server.should_exit = True
        await serving

    channel.send(listener.getsockname()[1])
    asyncio.run(run())


class Caller(asyncio.Protocol):
    """One connection that posts events, one at a time."""

    def __init__(self, took: list[float], statuses: Counter[int]) -> None:
        self._took = took
        self._statuses = statuses
        self._due: list[float] = []
        self._received = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._statuses[0] += len(self._due)

    def post(self, request: bytes, due: float) -> None:
        self._due.append(due)
        if self.transport is None:
            self._statuses[0] += 1
            return
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, _ = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(self._received) < len(head) + 4 + length:
            return
        self._statuses[int(head[9:12])] += 1
        self._took.append(time.perf_counter() - self._due.pop(0))
        self._received = self._received[len(head) + 4 + length :]


def request(body: bytes) -> bytes:
    fields = {"Host": "localhost", "Content-Length": str(len(body)), **headers(body)}
    lines = [b"POST /numbers HTTP/1.1", *(f"{name}: {value}".encode() for name, value in fields.items())]
    return b"\r\n".join([*lines, b"", body])


async def post_events(
    port: int, *, rate: int, seconds: float, connections: int
) -> tuple[list[float], Counter[int]]:
    """Posts events at a fixed rate; returns the seconds that each took, and how often each status came."""
    took: list[float] = []
    statuses: Counter[int] = Counter()
    loop = asyncio.get_running_loop()
    requests = [request(event(index)) for index in range(round(rate * seconds))]
    callers: list[Caller] = []
    for _ in range(connections):
        _, caller = await loop.create_connection(lambda: Caller(took, statuses), "127.0.0.1", port)
        callers.append(caller)
    begin = time.perf_counter() + 0.1
    for index, each in enumerate(requests):
        due = begin + index / rate
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        callers[index % connections].post(each, due)
    deadline = time.perf_counter() + 10
    while statuses.total() < len(requests) and time.perf_counter() < deadline:  # noqa: ASYNC110 - simplest
        await asyncio.sleep(0.01)
    return took, statuses


def disturb(port: int, slow: int, large: int) -> None:
    """Sends slow bodies and large ones, in a process of its own, until it is terminated."""

    async def slowly() -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
                answered = asyncio.ensure_future(reader.read(1))
                while not answered.done():
                    writer.write(b"x")
                    await asyncio.wait([answered], timeout=SLOW_PAUSE)
                writer.close()

    async def much(chunked: bool) -> None:
        chunk = b"x" * 65_536
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {LARGE}"
                writer.write(f"POST / HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n".encode())
                for _ in range(LARGE // len(chunk)):
                    writer.write(b"10000\r\n" + chunk + b"\r\n" if chunked else chunk)
                    await writer.drain()
                await reader.read(1)
                writer.close()
            await asyncio.sleep(LARGE_PAUSE)

    async def run() -> None:
        await asyncio.gather(
            *(slowly() for _ in range(slow)), *(much(bool(index % 2)) for index in range(large))
        )

    asyncio.run(run())


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure_receiver(settings: argparse.Namespace) -> None:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="callbacks-") as folder:
        parent, child = context.Pipe()
        path = os.path.join(folder, "callbacks.db")
        receiver = context.Process(target=receive, args=(child, path), daemon=True)
        receiver.start()
        port = parent.recv()
        disturber = context.Process(target=disturb, args=(port, settings.slow, settings.large), daemon=True)
        disturber.start()
        began = time.perf_counter()
        took, statuses = asyncio.run(
            post_events(port, rate=settings.rate, seconds=settings.seconds, connections=settings.connections)
        )
        elapsed = time.perf_counter() - began
        disturber.terminate()
        parent.send(statuses[200])
        handled, most, processor = parent.recv()
        receiver.join()
    print(
        f"{settings.rate} events/s for {settings.seconds:g} s over {settings.connections} connections, beside "
        f"{settings.slow} slow bodies and {settings.large} senders of 10 MiB"
    )
    print(f"responses: {dict(statuses)}; handled: {handled}, none more than {most} time(s)")
    shares = ((0.5, "median"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9"), (1.0, "slowest"))
    print("  ".join(f"{name} {percentile(took, share) * 1_000:.1f} ms" for share, name in shares))
    print(
        f"the receiver used {processor / elapsed:.0%} of a processor, "
        f"{processor / max(1, handled) * 1_000:.2f} ms for each event"
    )


# --- verify and parse ---


@attrs.frozen
class Contestant:
    name: str
    work: Callable[[list[bytes]], Awaitable[None]]


async def with_unwrap(bodies: list[bytes]) -> None:
    for body in bodies:
        unwrap(body, headers_of[body], SECRET)


async def with_memory(bodies: list[bytes]) -> None:
    store = MemoryStore()
    for body in bodies:
        event = unwrap(body, headers_of[body], SECRET)
        assert await store.add(str(event.event_id), body)


async def into_memory(bodies: list[bytes]) -> None:
    inbox = WebhookInbox(SECRET, max_pending=10_000_000, close_timeout=0.01)
    inbox.on()(ignored)
    async with inbox:
        for body in bodies:
            await inbox.receive(body, headers_of[body])


async def ignored(event: NumberEvent, delivery: Delivery) -> None:
    await asyncio.Event().wait()


def official() -> Contestant | None:
    """The official package, if it is installed."""
    try:
        events: Any = importlib.import_module("sinch.domains.numbers.sinch_events.v1").SinchEvents(SECRET)
    except ImportError:
        return None

    async def work(bodies: list[bytes]) -> None:
        for body in bodies:
            assert events.validate_authentication_header(headers_of[body], body)
            events.parse_event(body, headers_of[body])

    return Contestant("sinch: verify, parse", work)


headers_of: dict[bytes, dict[str, str]] = {}


def measure_verifying(settings: argparse.Namespace) -> None:
    bodies = [event(index) for index in range(settings.events)]
    headers_of.update(
        (body, {"Host": "localhost", "Content-Length": "300", **headers(body)}) for body in bodies
    )
    contestants = [
        official(),
        Contestant("unwrap", with_unwrap),
        Contestant("unwrap, MemoryStore", with_memory),
        Contestant("inbox, in memory", into_memory),
    ]
    results: dict[str, list[float]] = {each.name: [] for each in contestants if each is not None}
    for _ in range(settings.rounds):
        for each in contestants:
            if each is None:
                continue
            begin = time.perf_counter()
            asyncio.run(each.work(bodies))
            results[each.name].append((time.perf_counter() - begin) / len(bodies) * 1e6)
    base = statistics.median(next(iter(results.values())))
    print("what                    median     rate  (min to max)")
    for name, times in results.items():
        median = statistics.median(times)
        print(f"{name:<22} {median:>7.1f} us  {base / median:>5.2f}x  ({min(times):.1f} to {max(times):.1f})")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.callbacks", description=__doc__)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--slow", type=int, default=100, help="connections that send their body byte by byte")
    parser.add_argument("--large", type=int, default=4, help="connections that send bodies of 10 MiB")
    parser.add_argument("--events", type=int, default=2_000, help="events to verify in each round")
    parser.add_argument("--rounds", type=int, default=7)
    settings = parser.parse_args()
    measure_receiver(settings)
    measure_verifying(settings)


if __name__ == "__main__":
    main()
