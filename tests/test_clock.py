"""The machine's clock."""

from __future__ import annotations

from sinch_numbers import SystemClock


async def test_the_system_clock_goes_forward() -> None:
    clock = SystemClock()
    before = clock.time(), clock.monotonic()
    await clock.sleep(0)

    assert before <= (clock.time(), clock.monotonic())
