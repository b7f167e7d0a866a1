from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from sinch_numbers.clock import Clock
from sinch_numbers.sandbox import VirtualClock


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


class Seconds:
    """Stands for `time.monotonic`: real time that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    seconds = Seconds()
    monkeypatch.setattr("sinch_numbers.sandbox.clock.time.monotonic", seconds)
    monkeypatch.setattr("sinch_numbers.sandbox.clock._TICK", 0)
    return seconds


async def ticks() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_running_clock_moves_with_real_time(real: Seconds, clock: VirtualClock) -> None:
    async with clock.running():
        await ticks()
        real.now += 5
        await ticks()
        assert clock.monotonic() == 5
        clock.advance(60)
        real.now += 1
        await ticks()
        assert clock.monotonic() == 66
    real.now += 5
    await ticks()
    assert clock.monotonic() == 66


async def test_a_running_clock_that_is_reset_does_not_count_the_time_before(
    real: Seconds, clock: VirtualClock
) -> None:
    async with clock.running():
        await ticks()
        real.now += 5
        clock.reset()
        real.now += 1
        await ticks()
        assert clock.monotonic() == 1


async def test_a_clock_can_run_faster_than_real_time(real: Seconds, clock: VirtualClock) -> None:
    happened: list[float] = []
    clock.call_later(3600, lambda: happened.append(clock.monotonic()))
    async with clock.running(speed=3600):
        await ticks()
        real.now += 1.5
        await ticks()
    assert happened == [3600]
    assert clock.monotonic() == 5400


async def test_a_clock_with_speed_0_stands_still(real: Seconds, clock: VirtualClock) -> None:
    async with clock.running(speed=0):
        real.now += 5
        await ticks()
    assert clock.monotonic() == 0


async def test_a_clock_that_runs_twice_counts_each_second_once(real: Seconds, clock: VirtualClock) -> None:
    async with clock.running(), clock.running():
        await ticks()
        real.now += 5
        await ticks()
        real.now += 5
        await ticks()
    assert clock.monotonic() == 10


async def test_a_clock_that_runs_fast_stops_at_its_end(real: Seconds, clock: VirtualClock) -> None:
    async with clock.running(speed=100_000):
        await ticks()
        real.now += 1e6
        await ticks()
        assert clock.now().year == 2199
        real.now += 1e6
        await ticks()
        assert clock.now().year == 2199


@pytest.mark.parametrize("speed", [-1.0, float("nan"), float("inf"), 100_001])
async def test_a_speed_out_of_range_is_refused(clock: VirtualClock, speed: float) -> None:
    with pytest.raises(ValueError, match="speed must be between 0 and 100,000"):
        async with clock.running(speed):
            pass


async def test_what_is_scheduled_on_a_running_clock_and_fails_is_raised_at_its_end(
    real: Seconds, clock: VirtualClock
) -> None:
    clock.call_later(1, lambda: 1 // 0)

    async def run() -> None:
        async with clock.running():
            await ticks()
            real.now += 1
            await ticks()

    with pytest.raises(ZeroDivisionError):
        await run()


def test_a_clock_can_start_at_any_time_and_returns_to_it() -> None:
    start = datetime(2030, 5, 1, tzinfo=UTC)
    clock = VirtualClock(start)
    clock.advance(10)
    assert clock.now() == datetime(2030, 5, 1, 0, 0, 10, tzinfo=UTC)
    clock.reset()
    assert clock.now() == start


def test_a_clock_can_start_at_the_current_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sinch_numbers.sandbox.clock.time.time", lambda: 2_000_000_000.5)
    clock = VirtualClock(start=None)
    assert clock.time() == 2_000_000_000.5
    monkeypatch.setattr("sinch_numbers.sandbox.clock.time.time", lambda: 2_000_001_000.0)
    clock.reset()
    assert clock.time() == 2_000_001_000.0
