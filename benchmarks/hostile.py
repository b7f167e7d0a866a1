"""What hostile and merely large responses cost: the memory of a gzip bomb, and milliseconds for each megabyte.

`python -m benchmarks.hostile` starts a server in a process of its own that sends 10 MB of gzip, which inflate to 10 GB. Each
transport, in a new process, prints by how much its memory grew, how long it took, and for how long its event loop was
blocked. Then it makes calls that fail with error bodies of 20 kB to 20 MB, and prints the time of each and the time for each
megabyte, which must not grow with the size.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import sys
import time
import zlib
from collections.abc import Callable
from multiprocessing.connection import Connection

import httpx

from sinch_numbers import (
    HttpRequest,
    HttpResponse,
    HttpxTransport,
    MockTransport,
    NumbersClient,
    NumbersError,
    RetryPolicy,
    Transport,
)
from sinch_numbers.transports.aiohttp import AiohttpTransport
from sinch_numbers.transports.httpx_client import HttpxClientTransport

NUMBER = "+12025550134"
MB = 1_000_000
BODIES: dict[str, Callable[[int], bytes]] = {
    "JSON message": lambda size: json.dumps({"error": {"message": "x" * size}}).encode(),
    "JSON list": lambda size: json.dumps({"error": {"details": ["secret"] * (size // 10)}}).encode(),
    "HTML": lambda size: b"<p>hello</p>" * (size // 12),
    'of "token': lambda size: b'"token' * (size // 6),
    "of Bearer": lambda size: b"Bearer " * (size // 7),
    "of backslashes": lambda size: b'{"token": "' + b"\\" * size,
}


async def seconds(display_name: str, body: bytes) -> float:
    """The time of a call that is refused with `body`."""
    transport = MockTransport(lambda _: HttpResponse(status_code=400, content=body))
    client = NumbersClient(
        project_id="p", auth=lambda: "token", transport=transport, retry=RetryPolicy(max_attempts=1)
    )
    begin = time.perf_counter()
    try:
        await client.active_numbers.update(NUMBER, display_name=display_name)
    except NumbersError as error:
        str(error)
    return time.perf_counter() - begin


async def error_bodies(sizes: list[int], rounds: int) -> None:
    print("what                     size         time     for each MB")
    for size in sizes:
        name = "x" * size
        echo = json.dumps({"error": {"message": f"the name {name} is not valid"}}).encode()
        cases = {"display name, echoed": (name, echo)}
        cases |= {f"body {what}": ("", make(size)) for what, make in BODIES.items()}
        for what, (display_name, body) in cases.items():
            best = min([await seconds(display_name or "n", body) for _ in range(rounds)])
            megabytes = (len(display_name) + len(body)) / MB
            print(
                f"{what:<20} {size / MB:>7.2f} MB {best * 1_000:>9.1f} ms {best * 1_000 / megabytes:>9.1f} ms"
            )


def bomb() -> bytes:
    """10 MB of gzip that inflate to about 10 GB."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    begin = packer.compress(b"x") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + block * (10 * MB // len(block))


def serve(ready: Connection) -> None:
    body = bomb()
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(head + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(respond, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


TRANSPORTS: dict[str, Callable[[], Transport]] = {
    "HttpxTransport": HttpxTransport,
    "AiohttpTransport": AiohttpTransport,
    "http_client=": lambda: HttpxClientTransport(httpx.AsyncClient()),
}


def peak() -> float:
    """The largest size of this process so far, in MiB."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 2**20 if sys.platform == "darwin" else size / 2**10


async def explode(name: str, url: str) -> None:
    blocked = 0.0

    async def watch() -> None:
        nonlocal blocked
        while True:
            begin = time.perf_counter()
            await asyncio.sleep(0)
            blocked = max(blocked, time.perf_counter() - begin)

    transport = TRANSPORTS[name]()
    before = peak()
    watcher = asyncio.create_task(watch())
    begin = time.perf_counter()
    try:
        await transport.send(HttpRequest(method="GET", url=url, headers={}))
        outcome = "a response"
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"
    took = time.perf_counter() - begin
    watcher.cancel()
    await transport.aclose()
    print(
        f"{name:<16} {peak() - before:>6.0f} MiB {took * 1_000:>6.0f} ms {blocked * 1_000:>6.0f} ms  {outcome}"
    )


def explode_in_process(name: str, url: str) -> None:
    asyncio.run(explode(name, url))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 200_000, 2_000_000, 20_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    settings = parser.parse_args()
    # First, while this process is small: on Linux, a child's largest size is at least that of its parent.
    context = multiprocessing.get_context("spawn")
    parent, child = context.Pipe()
    server = context.Process(target=serve, args=(child,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{parent.recv()}"
    print("transport        memory        time  blocked  outcome")
    for name in TRANSPORTS:
        exploding = context.Process(target=explode_in_process, args=(name, url))
        exploding.start()
        exploding.join()
    server.terminate()
    print()
    asyncio.run(error_bodies(settings.sizes, settings.rounds))


if __name__ == "__main__":
    main()
