"""Requests per second: the SDK and its transport against a bare `httpx.AsyncClient`, side by side in one run.

`python -m benchmarks.transport` starts a small server in a process of its own on loopback, and lets the three take
turns on it, several rounds each; it prints the median of each and the ratio to `httpx.AsyncClient`.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

import httpx

from sinch_numbers import HttpRequest, HttpxTransport, NumbersClient, Timeout

PATH = "/v1/projects/p/activeNumbers/%2B12025550134"
BODY = (
    b'{"phoneNumber":"+12025550134","projectId":"p","displayName":"","regionCode":"US","type":"LOCAL",'
    b'"capability":["SMS","VOICE"],"money":{"currencyCode":"USD","amount":"0.80"},"paymentIntervalMonths":1,'
    b'"nextChargeDate":"2026-06-06T14:42:42.022227Z","expireAt":null,"callbackUrl":"",'
    b'"smsConfiguration":{"servicePlanId":"","campaignId":"","scheduledProvisioning":null},'
    b'"voiceConfiguration":{"type":"RTC","appId":"","trunkId":"","serviceId":"","lastUpdatedTime":null,'
    b'"scheduledVoiceProvisioning":null}}'
)
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)


class Server(asyncio.Protocol):
    """Responds to each request with the same number, with as little work as Python allows."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(ANSWER * data.count(b"\r\n\r\n"))


def serve(ready: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=1_000)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def rate(call: Callable[[], Awaitable[object]], *, concurrency: int, requests: int) -> float:
    """Requests per second, `concurrency` of them in flight."""
    left = iter(range(requests))

    async def worker() -> None:
        for _ in left:
            await call()

    begin = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(concurrency)))
    return requests / (time.perf_counter() - begin)


async def compare(url: str, *, concurrency: int, requests: int, rounds: int) -> None:
    client = NumbersClient(project_id="p", auth=lambda: "token", base_url=url, max_connections=concurrency)
    transport = HttpxTransport()
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    bare = httpx.AsyncClient(limits=limits, timeout=30)
    request = HttpRequest(method="GET", url=url + PATH, headers={"Accept": "*/*"}, timeout=Timeout())
    contestants: dict[str, Callable[[], Awaitable[object]]] = {
        "httpx.AsyncClient": lambda: bare.get(url + PATH),
        "HttpxTransport": lambda: transport.send(request),
        "NumbersClient": lambda: client.active_numbers.get("+12025550134"),
    }
    results: dict[str, list[float]] = {name: [] for name in contestants}
    for call in contestants.values():
        await rate(call, concurrency=concurrency, requests=concurrency * 2)
    for _ in range(rounds):
        for name, call in contestants.items():
            results[name].append(await rate(call, concurrency=concurrency, requests=requests))
    base = statistics.median(results["httpx.AsyncClient"])
    for name, rates in results.items():
        median = statistics.median(rates)
        spread = f"{min(rates):.0f} to {max(rates):.0f}"
        print(f"{concurrency:>11}  {name:<18} {median:>8.0f}/s  {median / base:>5.2f}x  ({spread})")
    await asyncio.gather(client.aclose(), transport.aclose(), bare.aclose())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transport", description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 50, 200])
    settings = parser.parse_args()
    parent, child = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(child,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{parent.recv()}"
    print("concurrency  client               median   ratio  (min to max)")
    for concurrency in settings.concurrency:
        asyncio.run(compare(url, concurrency=concurrency, requests=settings.requests, rounds=settings.rounds))
    server.terminate()


if __name__ == "__main__":
    main()
