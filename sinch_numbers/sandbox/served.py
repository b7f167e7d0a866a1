"""The sandbox on a socket, in a thread of its own: for synchronous tests, and for code that reads the environment."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Generator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager

from .backend import PROJECT_ID
from .box import KEY_ID, KEY_SECRET, Sandbox
from .clock import VirtualClock
from .options import SandboxOptions


@contextmanager
def served_sandbox(
    options: SandboxOptions | None = None,
    *,
    seed: int = 0,
    port: int = 0,
    speed: float = 1.0,
    set_environment: bool = True,
) -> Generator[str]:
    """The URL of a sandbox that a thread serves until the block ends.

    In the block, the variables that `NumbersClient.from_env()` reads lead to it, also in processes that are started
    there. Its state can be read and changed by the control API under `/__sandbox__/`.

    Args:
        options: The options of the sandbox.
        seed: The seed of everything random.
        port: The port; 0 picks a free one.
        speed: How many times as fast as real time its clock runs, which starts at the current time. 0: it stands still.
        set_environment: Whether `SINCH_PROJECT_ID` and the like are set in the block. They are the process's.

    Raises:
        OSError: The port is taken.
    """
    ready: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        sandbox = Sandbox(options, seed=seed, clock=VirtualClock(start=None))
        ended = asyncio.Event()
        async with sandbox.serve(port=port, speed=speed) as url:
            ready.set_result((url, asyncio.get_running_loop(), ended))
            await ended.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=run, name="sinch-numbers sandbox", daemon=True)
    thread.start()
    url, loop, ended = ready.result()
    variables = {
        "SINCH_PROJECT_ID": PROJECT_ID,
        "SINCH_KEY_ID": KEY_ID,
        "SINCH_KEY_SECRET": KEY_SECRET,
        "SINCH_NUMBERS_BASE_URL": url,
        "SINCH_AUTH_URL": url,
    }
    try:
        with _environment(variables if set_environment else {}):
            yield url
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Generator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
