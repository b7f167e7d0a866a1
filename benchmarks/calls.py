"""Calls per second and listings, side by side in one run: this SDK on each transport, bare HTTP clients, the official package.

`python -m benchmarks.calls` lets them take turns on one server, several rounds each, and prints medians and ratios. A
contestant that is not installed is left out: `pip install --group bench` installs them all.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from sinch_numbers import ConfigurationError, HttpRequest, HttpResponse, NumbersClient

from .server import NUMBER, PAGE, PATH, number, serving
from .unmodified import unmodified

Call: TypeAlias = Callable[[], Awaitable[object]]
Contestant: TypeAlias = Callable[[str, int], AbstractAsyncContextManager[tuple[Call, Call]]]
"""For a URL and a concurrency: a call that gets one number, and one that lists all, both decoded."""

LISTING = f"/v1/projects/p/activeNumbers?regionCode=US&type=LOCAL&pageSize={PAGE}"


def sdk(transport: Literal["httpx", "httpx2", "aiohttp"]) -> Contestant:
    @asynccontextmanager
    async def open_client(url: str, concurrency: int) -> AsyncGenerator[tuple[Call, Call]]:
        async with NumbersClient(
            project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, max_connections=concurrency,
            transport=transport,
        ) as client:  # fmt: skip

            async def every() -> int:
                pager = client.active_numbers.list(region_code="US", number_type="LOCAL", page_size=PAGE)
                return len([number async for number in pager])

            yield lambda: client.active_numbers.get(NUMBER), every

    return open_client


def bare_httpx(library: str) -> Contestant:
    @asynccontextmanager
    async def open_client(url: str, concurrency: int) -> AsyncGenerator[tuple[Call, Call]]:
        module: Any = importlib.import_module(library)
        limits = module.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
        async with module.AsyncClient(limits=limits, timeout=60) as client:

            async def fetch(path: str) -> Any:
                return json.loads((await client.get(url + path)).content)

            yield lambda: fetch(PATH), lambda: listed(fetch)

    return open_client


@asynccontextmanager
async def bare_aiohttp(url: str, concurrency: int) -> AsyncGenerator[tuple[Call, Call]]:
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=concurrency)) as session:

        async def fetch(path: str) -> Any:
            async with session.get(url + path) as response:
                return json.loads(await response.read())

        yield lambda: fetch(PATH), lambda: listed(fetch)


@asynccontextmanager
async def httpx_aiohttp(url: str, concurrency: int) -> AsyncGenerator[tuple[Call, Call]]:
    module: Any = importlib.import_module("httpx_aiohttp")
    import httpx

    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with module.HttpxAiohttpClient(limits=limits, timeout=60) as client:

        async def fetch(path: str) -> Any:
            return json.loads((await client.get(url + path)).content)

        yield lambda: fetch(PATH), lambda: listed(fetch)


@asynccontextmanager
async def official(url: str, concurrency: int) -> AsyncGenerator[tuple[Call, Call]]:
    """Synchronous, so that each call runs in a thread."""
    module: Any = importlib.import_module("sinch")
    client = module.SinchClient(key_id="k", key_secret="s", project_id="p")
    client.configuration.numbers_origin = client.configuration.auth_origin = url
    with ThreadPoolExecutor(concurrency) as threads:

        def every() -> int:
            listing = client.numbers.list(region_code="US", number_type="LOCAL", page_size=PAGE)
            return len([*listing.iterator()])

        def in_thread(work: Callable[..., object], *args: object) -> Awaitable[object]:
            return asyncio.get_running_loop().run_in_executor(threads, work, *args)

        yield lambda: in_thread(client.numbers.get, NUMBER), lambda: in_thread(every)


async def listed(fetch: Callable[[str], Awaitable[Any]]) -> int:
    """All pages, parsed and not decoded any further."""
    found: list[object] = []
    token = ""
    while True:
        page = await fetch(f"{LISTING}&pageToken={token}" if token else LISTING)
        found += page["activeNumbers"]
        if not (token := page["nextPageToken"]):
            return len(found)


CONTESTANTS: dict[str, Contestant] = {
    "sinch-numbers": sdk("httpx"),
    "sinch-numbers, httpx2": sdk("httpx2"),
    "sinch-numbers, aiohttp": sdk("aiohttp"),
    "httpx": bare_httpx("httpx"),
    "httpx2": bare_httpx("httpx2"),
    "httpx-aiohttp": httpx_aiohttp,
    "aiohttp": bare_aiohttp,
    "openapi-python-client": unmodified,
    "sinch (official)": official,
}


async def rate(call: Call, *, concurrency: int, seconds: float) -> float:
    """Calls per second, `concurrency` of them in flight."""
    end = time.perf_counter() + seconds
    count = 0

    async def worker() -> None:
        nonlocal count
        while time.perf_counter() < end:
            await call()
            count += 1

    begin = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(concurrency)))
    return count / (time.perf_counter() - begin)


async def compare_calls(
    url: str, names: list[str], concurrency: int, *, rounds: int, seconds: float
) -> dict[str, float]:
    """The median calls per second of each contestant."""
    rates: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            async with CONTESTANTS[name](url, concurrency) as (get, _every):
                await rate(get, concurrency=concurrency, seconds=seconds / 5)
                rates[name].append(await rate(get, concurrency=concurrency, seconds=seconds))
    return {name: statistics.median(values) for name, values in rates.items()}


async def compare_listings(url: str, names: list[str], *, rounds: int) -> dict[str, float]:
    """The median seconds that each contestant takes to list all numbers."""
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            async with CONTESTANTS[name](url, 1) as (get, every):
                await get()
                begin = time.perf_counter()
                await every()
                times[name].append(time.perf_counter() - begin)
    return {name: statistics.median(values) for name, values in times.items()}


class _Instant:
    """A transport that responds at once: what is left is the SDK's own share of a call."""

    _response = HttpResponse(content=json.dumps(number(NUMBER)).encode())

    async def send(self, request: HttpRequest) -> HttpResponse:
        return self._response

    async def aclose(self) -> None: ...


async def own_share(*, rounds: int, seconds: float) -> float:
    """Microseconds of a call that are not the transport's."""
    async with NumbersClient(
        project_id="p", key_id="k", key_secret="s", auth="basic", transport=_Instant()
    ) as client:
        rates = [
            await rate(lambda: client.active_numbers.get(NUMBER), concurrency=1, seconds=seconds)
            for _ in range(rounds)
        ]
    return 1e6 / statistics.median(rates)


def installed(url: str) -> list[str]:
    """The contestants that can be used here."""

    async def try_one(name: str) -> None:
        async with CONTESTANTS[name](url, 1) as (get, _every):
            await get()

    found: list[str] = []
    for name in CONTESTANTS:
        try:
            asyncio.run(try_one(name))
        except (ImportError, ConfigurationError) as error:
            print(f"left out: {name} ({error})")
        else:
            found.append(name)
    return found


class Results(NamedTuple):
    """Medians of each contestant."""

    calls: dict[int, dict[str, float]]
    """Calls per second by concurrency."""
    listings: dict[str, float]
    """Seconds to list all numbers."""
    own_share: float
    """Microseconds."""


def measure(*, rounds: int, seconds: float, concurrencies: Sequence[int]) -> Results:
    with serving() as url:
        names = installed(url)
        calls = {
            concurrency: asyncio.run(compare_calls(url, names, concurrency, rounds=rounds, seconds=seconds))
            for concurrency in concurrencies
        }
        listings = asyncio.run(compare_listings(url, names, rounds=rounds))
    return Results(calls, listings, asyncio.run(own_share(rounds=rounds, seconds=seconds)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each round of each contestant")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 50, 200])
    settings = parser.parse_args()
    found = measure(
        rounds=settings.rounds,
        seconds=settings.seconds,
        concurrencies=cast("list[int]", settings.concurrency),
    )
    columns = "".join(f"{each:>10}" for each in found.calls)
    print(f"{'GET one number, calls/s':<26}{columns}{'list 20,000':>16}")
    for name, seconds in found.listings.items():
        row = "".join(f"{rates[name]:>10,.0f}" for rates in found.calls.values())
        print(f"{name:<26}{row}{seconds:>14.3f} s")
    print(f"the SDK's own share of a call: {found.own_share:.1f} microseconds")


if __name__ == "__main__":
    main()
