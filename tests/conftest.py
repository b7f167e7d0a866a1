from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from sinch_numbers import NumbersClient
from sinch_numbers.sandbox import Sandbox, VirtualClock

# The same examples in each run, and no verdict on how fast the machine is.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


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
