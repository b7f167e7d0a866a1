"""A store in this process's memory: what it does not keep."""

from __future__ import annotations

from sinch_numbers import MemoryStore
from sinch_numbers.sandbox import VirtualClock


async def test_expired_entries_do_not_pile_up(clock: VirtualClock) -> None:
    store = MemoryStore(clock=clock)
    for index in range(2_500):
        await store.add(f"event/{index}", b"", ttl=10)
        clock.advance(1)

    assert len(store._entries) < 2_000
