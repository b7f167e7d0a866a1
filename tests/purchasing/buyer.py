"""A buyer in a process of its own, which tests stop, kill, fork, and give a wrong clock or a store that misbehaves.

`python -m tests.purchasing.buyer '{"url": ..., "path": ...}'` buys what is missing of a batch and prints an outcome a line.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import attrs

from sinch_numbers import (
    HttpRequest,
    HttpResponse,
    HttpxTransport,
    NumbersClient,
    OrphanedPurchase,
    Outcome,
    PurchaseLedger,
    Rented,
    RetryPolicy,
    SQLiteStore,
    Store,
    SystemClock,
)

BATCH = "order"


@attrs.frozen(kw_only=True)
class Settings:
    """What the buyer does, and what happens to it."""

    url: str
    path: str
    count: int = 1
    batch: str = BATCH
    lease: float = 4.0
    clock_shift: float = 0.0
    """Seconds by which its wall clock is wrong."""
    pid: int | None = None
    """What os.getpid() returns to it, with a host name that is always the same."""
    interrupt: str = ""
    """What interrupts it, once: `stop` (SIGSTOP), `kill` (SIGKILL) or `block` (until a line comes on its standard input)."""
    at: str = ""
    """When: `before check`, `after check` (of the lease, just before the first byte leaves) or `after POST`."""
    store: str = ""
    """How its store misbehaves: `loses responses`, `responds late`, `restarts`, or `goes away` (after the POST)."""
    workers: int = 0
    """How many processes it forks, which then buy; the ledger is made, and used, before that."""


class ShiftedClock(SystemClock):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def time(self) -> float:
        return super().time() + self._seconds


@attrs.define
class Moment:
    """Something that happens once."""

    action: Callable[[], None]
    happened: bool = False

    def come(self) -> None:
        if not self.happened:
            self.happened = True
            self.action()


class Interrupted:
    """A transport that interrupts its process around the first rent."""

    def __init__(self, inner: HttpxTransport, settings: Settings) -> None:
        self._inner = inner
        self._at = settings.at
        self._moment = Moment(interruption(settings.interrupt))
        self.sent = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        if not request.url.endswith(":rent"):
            return await self._inner.send(request)
        check = request.before_send

        async def before_send() -> None:
            self._come("before check")
            if check is not None:
                await check()
            self._come("after check")
            self.sent = True

        response = await self._inner.send(attrs.evolve(request, before_send=before_send))
        self._come("after POST")
        return response

    def _come(self, at: str) -> None:
        if at == self._at:
            self._moment.come()

    async def aclose(self) -> None:
        await self._inner.aclose()


def interruption(kind: str) -> Callable[[], None]:
    pid = os.getpid()

    def interrupt() -> None:
        if kind == "block":
            sys.stdin.readline()
        elif kind:
            os.kill(pid, signal.SIGSTOP if kind == "stop" else signal.SIGKILL)

    return interrupt


class UnreliableStore:
    """A store that carries out its calls and whose responses are lost, in one of the ways of `Settings.store`."""

    def __init__(self, inner: Store, how: str) -> None:
        self._inner = inner
        self._how = how
        self._calls = 0
        self.posted: Callable[[], bool] = lambda: False

    async def _call(self, call: Any) -> Any:
        self._calls += 1
        if self._how == "goes away" and self.posted():
            call.close()
            raise ConnectionError("the store is away")
        if self._how == "restarts" and self._calls in {3, 6, 9, 12}:
            call.close()
            raise ConnectionError("the store restarts")
        response = await call
        if self._how == "loses responses" and self._calls in {3, 7, 11}:
            raise ConnectionError("the response was lost")
        if self._how == "responds late" and self._calls in {3, 7, 11}:
            await asyncio.Event().wait()
        return response

    async def get(self, key: str) -> bytes | None:
        return await self._call(self._inner.get(key))  # type: ignore[no-any-return]

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        await self._call(self._inner.set(key, value, ttl=ttl))

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        return await self._call(self._inner.add(key, value, ttl=ttl))  # type: ignore[no-any-return]

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        return await self._call(self._inner.replace(key, old, new, ttl=ttl))  # type: ignore[no-any-return]

    async def delete(self, key: str, old: bytes) -> bool:
        return await self._call(self._inner.delete(key, old))  # type: ignore[no-any-return]

    async def items(
        self, prefix: str, *, after: str = "", limit: int | None = None
    ) -> list[tuple[str, bytes]]:
        return await self._call(self._inner.items(prefix, after=after, limit=limit))  # type: ignore[no-any-return]


def tell(outcome: Outcome | OrphanedPurchase) -> None:
    """Prints an outcome, in one write: several processes share the pipe."""
    line = {"kind": type(outcome).__name__, "number": outcome.phone_number}
    if not isinstance(outcome, Rented):
        line["error"] = str(getattr(outcome, "error", ""))
    os.write(1, json.dumps(line).encode() + b"\n")


async def buy(settings: Settings, store: UnreliableStore, ledger: PurchaseLedger) -> None:
    transport = Interrupted(HttpxTransport(), settings)
    store.posted = lambda: transport.sent
    client = NumbersClient(
        project_id="sandbox-project",
        key_id="key",
        key_secret="secret",
        base_url=settings.url,
        auth_url=settings.url,
        transport=transport,
        clock=ShiftedClock(settings.clock_shift),
        ledger=ledger,
        retry=RetryPolicy(initial_delay=0.01, quota=100_000),
        on_orphaned_purchase=tell,
    )
    async with client:
        for outcome in await client.available_numbers.rent_many(
            count=settings.count, region_code="US", number_type="LOCAL", batch=settings.batch
        ):
            tell(outcome)


def main() -> None:
    settings = Settings(**json.loads(sys.argv[1]))
    if settings.pid is not None:
        pid = settings.pid
        os.getpid = lambda: pid
        socket.gethostname = lambda: "host"
    file = SQLiteStore(settings.path)
    store = UnreliableStore(file, settings.store)
    ledger = PurchaseLedger(store, lease=settings.lease)
    if settings.workers:
        asyncio.run(ledger.entries())  # the file is open when the workers are forked
    workers: list[int] = []
    for _ in range(settings.workers):
        if (worker := os.fork()) == 0:
            workers.clear()
            break
        workers.append(worker)
    if workers:
        for worker in workers:
            os.waitpid(worker, 0)
        return
    asyncio.run(buy(settings, store, ledger))
    asyncio.run(file.aclose())


if __name__ == "__main__":
    main()
