"""Calls that are cancelled while the rate limit lets them wait."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from ..support import turns, until
from .limited_api import Api, Stopped, bulk, running


@pytest.fixture
def api() -> Api:
    return Api()


async def test_cancelled_calls_leave_the_queue_and_nothing_of_them_remains(
    api: Api, quiet_loop: None
) -> None:
    api.clock = Stopped()
    client = api.client(per_second=1)
    waiting = [asyncio.ensure_future(client.available_regions.list()) for _ in range(100)]
    await turns()
    assert len(api.at) == 1
    for call in waiting[1:]:
        call.cancel()
    await asyncio.wait(waiting)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    api.clock.advance(1)
    await client.available_regions.list()

    assert api.at == pytest.approx([0, 1])


async def test_those_that_stay_get_the_turns_of_those_that_were_cancelled(api: Api, quiet_loop: None) -> None:
    api.clock = Stopped()
    client = api.client(per_second=1)
    waiting = [asyncio.ensure_future(client.available_regions.list()) for _ in range(10)]
    await turns()
    for call in waiting[1:9]:
        call.cancel()
    api.clock.goes_on.set()
    await asyncio.wait(waiting)

    assert api.at == pytest.approx([0, 1], abs=1e-5)


async def test_a_turn_that_comes_in_the_moment_of_a_cancellation_is_not_lost(api: Api) -> None:
    clock = api.clock = Stopped()
    client = api.client(per_second=1)
    await client.available_regions.list()
    waiting = asyncio.ensure_future(client.available_regions.list())
    await turns()
    clock.goes_on.set()
    await until(lambda: clock.monotonic() >= 1)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert len(api.at) == 1
    await client.available_regions.list()

    assert api.at == pytest.approx([0, 1], abs=1e-5)


async def test_a_call_does_not_overtake_those_that_wait_already(api: Api) -> None:
    clock = api.clock = Stopped()
    client = api.client(per_second=1)
    waiting: list[asyncio.Future[Any]] = [
        asyncio.ensure_future(client.available_regions.list()) for _ in range(3)
    ]
    await turns()
    clock.advance(1)
    waiting.append(asyncio.ensure_future(client.callback_configuration.get()))
    await turns()
    assert len(api.at) == 1
    clock.goes_on.set()
    await asyncio.wait(waiting)

    assert [target for _, target in api.requests] == [*["availableRegions"] * 3, "callbackConfiguration"]


@pytest.mark.parametrize("pause", range(5))
async def test_a_call_right_after_the_last_waiting_one_was_cancelled_gets_its_turn(
    api: Api, pause: int, quiet_loop: None
) -> None:
    clock = api.clock = Stopped()
    client = api.client(per_second=1)
    await client.available_regions.list()
    cancelled = asyncio.ensure_future(client.available_regions.list())
    await turns()
    cancelled.cancel()
    await turns(pause)
    call = asyncio.ensure_future(client.available_regions.list())
    await turns()
    clock.goes_on.set()
    await call

    assert api.at == pytest.approx([0, 1], abs=1e-5)


async def test_at_random_cancellations_the_rate_is_kept_and_nobody_is_forgotten(quiet_loop: None) -> None:
    for seed in range(50):
        draw = random.Random(seed)
        api = Api()
        client = api.client(per_second=10, burst=3)
        job = asyncio.ensure_future(running(bulk(client, 10)))
        single = [asyncio.ensure_future(client.available_regions.list()) for _ in range(20)]
        for call in draw.sample(single, 10):
            await turns(draw.randrange(3))
            call.cancel()
        await asyncio.wait([*single, job])
        sent = api.at

        assert len(sent) >= 20
        for index, at in enumerate(sent[3:]):
            assert at - sent[index] >= 0.1 - 1e-5


async def test_calls_of_a_loop_that_stands_still_hold_up_nobody_in_another(api: Api) -> None:
    clock = api.clock = Stopped()
    client = api.client(per_second=1)
    other = asyncio.new_event_loop()
    left: list[asyncio.Task[Any]] = []

    async def begin() -> None:
        left.extend(other.create_task(client.available_regions.list()) for _ in range(3))
        await turns()

    async def end() -> None:
        for task in left:
            task.cancel()
        await asyncio.wait(left)

    await asyncio.to_thread(other.run_until_complete, begin())
    clock.goes_on = asyncio.Event()
    clock.goes_on.set()
    await client.available_regions.list()

    assert api.at == pytest.approx([0, 1], abs=1e-5)
    await asyncio.to_thread(other.run_until_complete, end())
    other.close()
