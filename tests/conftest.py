from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from sinch_numbers import NumbersClient
from sinch_numbers.sandbox import Sandbox, VirtualClock

from .support import close_made_clients

# The same examples in each run, and no verdict on how fast the machine is.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--loop", choices=("asyncio", "uvloop"), default="asyncio", help="event loop of async tests"
    )
    parser.addoption(
        "--eager-tasks",
        action="store_true",
        help="tasks on asyncio's loop start at once (Python 3.12 or newer)",
    )


LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def loop_factory(name: str, *, eager_tasks: bool) -> LoopFactory:
    """Makes event loops: those of asyncio or of uvloop."""
    if name == "asyncio":
        new = asyncio.new_event_loop
    else:
        import uvloop

        new = uvloop.new_event_loop

    def make() -> asyncio.AbstractEventLoop:
        loop = new()
        # uvloop 0.23 fails with the factory of Python 3.13: it passes eager_start, which that one does not take.
        if sys.version_info >= (3, 12) and eager_tasks and name == "asyncio":
            loop.set_task_factory(asyncio.eager_task_factory)
        return loop

    return make


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, LoopFactory]:
    """The event loops that an async test runs on, once on each: that of `--loop`, or those of its mark `loops`."""
    marker = item.get_closest_marker("loops")
    names: tuple[str, ...] = marker.args if marker else (str(config.getoption("--loop")),)
    eager_tasks = bool(config.getoption("--eager-tasks"))
    return {name: loop_factory(name, eager_tasks=eager_tasks) for name in names}


@pytest.fixture(autouse=True)
def _made_clients() -> Iterator[None]:
    yield
    close_made_clients()


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[NumbersClient]:
    """A client of `sandbox`, in process."""
    async with sandbox.client() as client:
        yield client


@pytest.fixture
async def url(sandbox: Sandbox) -> AsyncIterator[str]:
    """Where `sandbox` is served on a socket."""
    async with sandbox.serve() as url:
        yield url


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def quiet_loop() -> AsyncIterator[None]:
    """Fails a test that leaves a task behind, or an exception that was never retrieved."""
    problems: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: problems.append(context))
    before = asyncio.all_tasks()
    yield
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    await asyncio.sleep(0)
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert problems == []
    assert left == set()
