from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from sinch_numbers.clock import Clock
from sinch_numbers.sandbox import RealtimeClock, VirtualClock


def test_a_virtual_clock_stands_still_until_it_is_advanced() -> None:
    clock: Clock = VirtualClock()
    assert clock.time() == clock.time() == datetime(2025, 1, 15, 9, 30, tzinfo=UTC).timestamp()
    assert clock.monotonic() == 0


def test_scheduled_actions_run_in_order_each_at_its_time() -> None:
    clock = VirtualClock()
    start = clock.time()
    seen: list[tuple[str, float]] = []
    clock.call_later(5, lambda: seen.append(("third", clock.time() - start)))
    clock.call_later(2, lambda: seen.append(("first", clock.time() - start)))
    clock.call_later(2, lambda: clock.call_later(1, lambda: seen.append(("second", clock.time() - start))))
    clock.call_later(0, lambda: seen.append(("now", clock.time() - start)))
    clock.advance(4)
    clock.advance(4)
    assert seen == [("now", 0), ("first", 2), ("second", 3), ("third", 5)]
    assert clock.monotonic() == 8


def test_ten_tenths_of_a_second_are_exactly_a_second() -> None:
    clock = VirtualClock()
    happened: list[float] = []
    clock.call_later(10, lambda: happened.append(clock.monotonic()))
    for _ in range(100):
        clock.advance(0.1)
    assert happened == [10.0]


async def test_the_shortest_sleep_ends() -> None:
    clock = VirtualClock()
    await clock.sleep(1e-12)
    assert 0 < clock.monotonic() < 0.001


async def test_sleeping_advances_the_clock() -> None:
    clock = VirtualClock()
    await clock.sleep(90)
    await clock.sleep(0)
    assert clock.monotonic() == 90


async def test_tasks_that_start_sleeping_together_sleep_in_parallel() -> None:
    clock = VirtualClock()
    await asyncio.gather(*(clock.sleep(10) for _ in range(50)), clock.sleep(3))
    assert clock.monotonic() == 10


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan"), 1e11])
def test_a_clock_moves_neither_back_nor_without_limit(seconds: float) -> None:
    with pytest.raises(ValueError):
        VirtualClock().advance(seconds)


async def test_a_real_time_clock_follows_real_time() -> None:
    clock = RealtimeClock()
    ticking = asyncio.create_task(clock.run(tick=0.001))
    happened = asyncio.Event()
    clock.call_later(0.002, happened.set)
    await asyncio.wait_for(happened.wait(), 10)
    await clock.sleep(0)
    ticking.cancel()
    assert clock.monotonic() >= 0.002
