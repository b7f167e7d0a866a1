"""Whether a call costs the same among 200 as alone, and after 100,000 others as at first: CPU time and memory, on each transport.

`python -m benchmarks.scaling` prints them, and ratios of which 1.00 is flat. The CPU time is that of this process, without the
server's, so that it does not depend on how busy the machine is.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import time
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias

from sinch_numbers import NumbersClient

from .server import NUMBER, serving

Name: TypeAlias = Literal["httpx", "httpx2", "aiohttp"]
NAMES: tuple[Name, ...] = ("httpx", "httpx2", "aiohttp")
CONCURRENCIES = (1, 10, 50, 200)
WARM_UP = 1_000
"""Calls that are not measured."""


@asynccontextmanager
async def client_on(transport: Name, url: str) -> AsyncGenerator[NumbersClient]:
    async with NumbersClient(
        project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, transport=transport,
        max_connections=max(CONCURRENCIES),
    ) as client:  # fmt: skip
        yield client


async def calls(client: NumbersClient, count: int, concurrency: int) -> None:
    """Gets a number `count` times, `concurrency` of them at once."""

    async def worker() -> None:
        for _ in range(count // concurrency):
            await client.active_numbers.get(NUMBER)

    await asyncio.gather(*(worker() for _ in range(concurrency)))


async def cpu_per_call(client: NumbersClient, count: int, concurrency: int) -> float:
    """Microseconds."""
    begin = time.process_time()
    await calls(client, count, concurrency)
    return (time.process_time() - begin) / count * 1e6


async def by_concurrency(transport: Name, url: str, *, rounds: int, count: int) -> dict[int, float]:
    """The median CPU time of a call. The concurrencies take turns."""
    times: dict[int, list[float]] = {concurrency: [] for concurrency in CONCURRENCIES}
    async with client_on(transport, url) as client:
        for concurrency in CONCURRENCIES:
            await calls(client, WARM_UP, concurrency)
        for _ in range(rounds):
            for concurrency in CONCURRENCIES:
                times[concurrency].append(await cpu_per_call(client, count, concurrency))
    return {concurrency: statistics.median(values) for concurrency, values in times.items()}


async def memory_by_concurrency(transport: Name, url: str, *, count: int) -> dict[int, float]:
    """KiB for each call in flight, at the peak, with its connection."""
    peaks: dict[int, float] = {}
    for concurrency in CONCURRENCIES:
        async with client_on(transport, url) as client:
            await calls(client, 10, 1)
            gc.collect()
            tracemalloc.start()
            await calls(client, count, concurrency)
            peaks[concurrency] = tracemalloc.get_traced_memory()[1] / concurrency / 1024
            tracemalloc.stop()
    return peaks


async def by_age(transport: Name, url: str, *, total: int, windows: int) -> tuple[list[float], list[int]]:
    """The CPU time of a call in each window of calls, one after the other, and the allocated blocks at its end."""
    times: list[float] = []
    blocks: list[int] = []
    async with client_on(transport, url) as client:
        await calls(client, WARM_UP, 50)
        for _ in range(windows):
            times.append(await cpu_per_call(client, total // windows, 50))
            gc.collect()
            blocks.append(sys.getallocatedblocks())
    return times, blocks


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--transports", nargs="+", default=list(NAMES), choices=NAMES)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=2_000, help="in each round, at each concurrency")
    parser.add_argument("--total", type=int, default=100_000, help="calls one after the other")
    settings = parser.parse_args()
    with serving() as url:
        for transport in settings.transports:
            times = asyncio.run(by_concurrency(transport, url, rounds=settings.rounds, count=settings.calls))
            memory = asyncio.run(memory_by_concurrency(transport, url, count=settings.calls))
            ages, blocks = asyncio.run(by_age(transport, url, total=settings.total, windows=20))
            print(transport)
            for concurrency in CONCURRENCIES:
                ratio = times[concurrency] / times[1]
                print(
                    f"  {concurrency:>4} at once: {times[concurrency]:6.0f} us of CPU a call ({ratio:.2f} of one alone), "
                    f"{memory[concurrency]:6.1f} KiB each at the peak"
                )
            first, last = statistics.median(ages[:5]), statistics.median(ages[-5:])
            print(
                f"  calls 1 to {settings.total // 4:,}: {first:.0f} us, the last as many: {last:.0f} us ({last / first:.2f}); "
                f"blocks that stay: {(blocks[-1] - blocks[0]) / settings.total:+.4f} a call"
            )


if __name__ == "__main__":
    main()
