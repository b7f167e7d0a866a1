"""Every call of a store ends in time, and what it raises is a StoreError."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sinch_numbers import MemoryStore, SQLiteStore, Store, StoreError
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.stores.bounded import BoundedStore

from .test_group_commit import statements


class Stubborn(MemoryStore):
    """A store whose driver swallows cancellations until `let_go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()
        self.cancelled = 0

    async def get(self, key: str) -> bytes | None:
        while not self.let_go.is_set():
            try:
                await self.let_go.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
        return b"late"


async def test_a_call_times_out_even_if_the_store_swallows_the_cancellation() -> None:
    store = Stubborn()
    with pytest.raises(StoreError, match="did not respond within"):
        await BoundedStore(store, timeout=0.01).get("a")
    await asyncio.sleep(0)
    assert store.cancelled == 1
    store.let_go.set()


async def test_a_cancelled_caller_waits_a_moment_for_the_stores_call_to_end() -> None:
    class Slow(MemoryStore):
        async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
            begun.set()
            await go_on.wait()
            return await super().add(key, value, ttl=ttl)

    begun, go_on = asyncio.Event(), asyncio.Event()
    store = Slow()
    call = asyncio.ensure_future(BoundedStore(store, timeout=60).add("a", b"1"))
    await begun.wait()
    call.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await store.get("a") == b"1"


async def test_a_cancelled_caller_does_not_wait_for_a_store_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sinch_numbers._defaults.ABANDONED_GRACE", 0.01)
    store = Stubborn()
    call = asyncio.ensure_future(BoundedStore(store, timeout=60).get("a"))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.sleep(0)
    assert store.cancelled == 1
    store.let_go.set()


@pytest.mark.parametrize("error", [OSError("no space"), KeyError("k"), asyncio.CancelledError()])
async def test_what_a_store_raises_becomes_a_store_error_with_its_cause(error: BaseException) -> None:
    class Failing(MemoryStore):
        async def items(
            self, prefix: str, *, after: str = "", limit: int | None = None
        ) -> list[tuple[str, bytes]]:
            raise error

    with pytest.raises(StoreError, match=type(error).__name__) as caught:
        await BoundedStore(Failing(), timeout=60).items("")
    assert type(caught.value.__cause__) is type(error)


async def test_the_time_to_live_reaches_the_store(clock: VirtualClock) -> None:
    store = BoundedStore(MemoryStore(clock=clock), timeout=60)
    await store.set("set", b"1", ttl=10)
    await store.add("added", b"1", ttl=10)
    await store.set("replaced", b"1")
    await store.replace("replaced", b"1", b"2", ttl=10)
    clock.advance(9)
    assert [key for key, _ in await store.items("")] == ["added", "replaced", "set"]
    clock.advance(1)
    assert await store.items("") == []


async def test_a_page_of_a_store_is_what_was_asked_for() -> None:
    store = BoundedStore(MemoryStore(), timeout=60)
    for key in "Aabcd":
        await store.set(key, key.encode())
    assert [key for key, _ in await store.items("")] == [*"Aabcd"]
    assert await store.items("", after="a", limit=2) == [("b", b"b"), ("c", b"c")]


# --- several calls together ---


async def counts(store: Store) -> list[bytes | None]:
    await store.add("a", b"1")
    return [await store.get("a"), await store.get("b")]


async def test_calls_together_are_one_transaction_of_a_store_that_has_transactions(tmp_path: Path) -> None:
    async with SQLiteStore(tmp_path / "store.db") as inner:
        store = BoundedStore(inner, timeout=60)
        await store.get("opened")
        performed = await statements(inner, store.together(counts))
        assert performed == ["BEGIN", "INSERT", "SELECT", "SELECT", "COMMIT"]
        assert await store.together(counts) == [b"1", None]


async def test_a_transaction_has_the_timeout_of_a_call_and_its_failure_is_a_store_error(
    tmp_path: Path,
) -> None:
    async def fails(store: Store) -> None:
        raise LookupError("on purpose")

    async with SQLiteStore(tmp_path / "store.db") as inner:
        await inner.get("opened")
        with pytest.raises(StoreError, match="LookupError: on purpose"):
            await BoundedStore(inner, timeout=60).together(fails)
        with inner._lock, pytest.raises(StoreError, match=r"did not respond within 0\.01 s"):
            await BoundedStore(inner, timeout=0.01).together(counts)
        assert await inner.items("") == []


async def test_a_store_that_inherits_from_one_with_transactions_is_called_call_by_call(
    tmp_path: Path,
) -> None:
    calls: list[str] = []

    class Counted(SQLiteStore):
        async def get(self, key: str) -> bytes | None:
            calls.append(key)
            return await super().get(key)

    async with Counted(tmp_path / "store.db") as inner:
        assert await BoundedStore(inner, timeout=60).together(counts) == [b"1", None]
    assert calls == ["a", "b"]


async def test_another_store_has_the_timeout_for_each_of_the_calls() -> None:
    store = Stubborn()
    with pytest.raises(StoreError, match="did not respond within"):
        await BoundedStore(store, timeout=0.01).together(counts)
    store.let_go.set()


async def test_a_store_in_memory_is_called_without_a_detour() -> None:
    inner = MemoryStore()
    work = BoundedStore(inner, timeout=60).together(counts)
    with pytest.raises(StopIteration) as ended:
        work.send(None)
    assert ended.value.value == [b"1", None]
