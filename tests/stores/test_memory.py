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


async def test_a_store_full_of_values_that_do_not_expire_is_seldom_searched_for_expired_ones() -> None:
    class Watched(VirtualClock):
        asked = 0

        def time(self) -> float:
            self.asked += 1
            return super().time()

    clock = Watched()
    store = MemoryStore(clock=clock)
    for index in range(5_000):
        await store.set(str(index), b"")
    # Each search goes through all values: at 1,000, 2,000 and 4,000.
    assert clock.asked == 3
