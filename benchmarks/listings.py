"""Large listings: list_all beside one listing after the other, and the memory that an iteration takes.

`python -m benchmarks.listings` lets them take turns, several rounds each, and prints medians and ratios. The memory is the peak
of a process that does nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Literal

from sinch_numbers import NumbersClient

from .server import LARGE, LARGE_PROJECT, NUMBERS, PAGE, REGIONS, STRICT_PROJECT, TYPES, serving

LATENCY = 0.05
"""Seconds before each page, where regions and types are listed."""


def client(url: str, project: str, transport: Literal["httpx", "aiohttp"]) -> NumbersClient:
    return NumbersClient(
        project_id=project, key_id="k", key_secret="s", base_url=url, auth_url=url, transport=transport
    )


async def all_at_once(client: NumbersClient) -> int:
    return len([number async for number in client.active_numbers.list_all()])


async def one_by_one(client: NumbersClient) -> int:
    """What a user would write without `list_all`."""
    found = 0
    for region in await client.available_regions.list():
        for number_type in region.types or ():
            listing = client.active_numbers.list(region_code=region.region_code, number_type=number_type)
            found += len(await listing.collect())
    return found


async def partitions(
    url: str, transport: Literal["httpx", "aiohttp"], *, rounds: int
) -> dict[str, list[float]]:
    """Seconds of each way to list all numbers of a project whose API refuses the one listing, round by round."""
    ways: dict[str, Callable[[NumbersClient], Awaitable[int]]] = {
        "one by one": one_by_one,
        "list_all": all_at_once,
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    async with client(url, STRICT_PROJECT, transport) as ours:
        await ours.available_regions.list()
        for _ in range(rounds):
            for name, way in ways.items():
                begin = time.perf_counter()
                count = await way(ours)
                times[name].append(time.perf_counter() - begin)
                assert count == REGIONS * len(TYPES) * 10
    return times


async def iterate(url: str, project: str, transport: Literal["httpx", "aiohttp"]) -> int:
    async with client(url, project, transport) as ours:
        count = 0
        async for _ in ours.active_numbers.list(page_size=PAGE):
            count += 1
        return count


def peak_of(url: str, project: str, transport: str) -> float:
    """MiB that a process of its own takes at most while it iterates over all numbers of a project."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.listings", "--iterate", url, project, transport],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def peak_of_this_process() -> float:
    """MiB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.listings", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--iterate", nargs=3, metavar=("URL", "PROJECT", "TRANSPORT"), help=argparse.SUPPRESS)
    settings = parser.parse_args()
    if settings.iterate:
        asyncio.run(iterate(*settings.iterate))
        print(peak_of_this_process())
        return
    transports: tuple[Literal["httpx", "aiohttp"], ...] = ("httpx", "aiohttp")
    with serving(latency=LATENCY) as url:
        print(
            f"{REGIONS * len(TYPES)} regions and types, {LATENCY * 1000:.0f} ms a page, and no listing of everything"
        )
        for transport in transports:
            times = asyncio.run(partitions(url, transport, rounds=settings.rounds))
            one, every = (statistics.median(times[name]) for name in ("one by one", "list_all"))
            print(
                f"  {transport:<8} one by one {one:6.3f} s   list_all {every:6.3f} s   {one / every:4.1f} x as fast"
            )
    with serving() as url:
        print(f"peak memory of an iteration over {NUMBERS:,} and over {LARGE:,} numbers, {PAGE:,} a page")
        for transport in transports:
            peaks: dict[str, list[float]] = {"p": [], LARGE_PROJECT: []}
            for _ in range(min(settings.rounds, 3)):
                for project, found in peaks.items():
                    found.append(peak_of(url, project, transport))
            small, large = (statistics.median(found) for found in peaks.values())
            print(
                f"  {transport:<8} {small:6.1f} MiB   {large:6.1f} MiB   difference {large - small:+5.1f} MiB"
            )


if __name__ == "__main__":
    main()
