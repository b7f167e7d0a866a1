"""A transport that records when requests arrive, on a clock that can stand still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sinch_numbers import (
    BulkRun,
    HttpRequest,
    HttpResponse,
    NumbersClient,
    RateLimit,
)
from sinch_numbers.sandbox import VirtualClock

from ..support import ANSWER_BODY, NUMBER, make_client


class Stopped(VirtualClock):
    """Sleeping takes until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.goes_on.wait()
        self.advance(seconds)


class Api:
    """Records when requests arrive, by the client's clock, and which."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.requests: list[tuple[float, str]] = []
        self.respond: Callable[[int], HttpResponse] = lambda _: HttpResponse(content=ANSWER_BODY)

    @property
    def at(self) -> list[float]:
        return [at for at, _ in self.requests]

    @property
    def kinds(self) -> str:
        """`s` for each request of a single call and `b` for each of a bulk operation, in order."""
        return "".join("s" if target == "availableRegions" else "b" for _, target in self.requests)

    def client(self, per_second: float, burst: int = 1, **options: Any) -> NumbersClient:
        limit = RateLimit(per_second=per_second, burst=burst)
        return make_client(transport=self, clock=self.clock, rate_limit=limit, **options)

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append((self.clock.monotonic(), request.url.rpartition("/")[2]))
        return self.respond(len(self.requests))

    async def aclose(self) -> None: ...


async def calls(client: NumbersClient, count: int) -> None:
    await asyncio.gather(*(client.available_regions.list() for _ in range(count)))


def bulk(client: NumbersClient, count: int) -> BulkRun[str, object]:
    return client.bulk(client.active_numbers.get, [NUMBER] * count, concurrency=count)


async def running(run: BulkRun[str, object]) -> None:
    await run
