"""What every store does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_numbers import MemoryStore, SQLiteStore, Store
from sinch_numbers.sandbox import VirtualClock


@pytest.fixture(params=["memory", "sqlite"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock
) -> AsyncGenerator[Store, None]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            yield MemoryStore(clock=clock)
        else:
            yield await stack.enter_async_context(SQLiteStore(tmp_path / "store.db", clock=clock))


async def test_a_value_that_was_set_can_be_got_until_it_is_deleted(store: Store) -> None:
    assert await store.get("a") is None
    await store.set("a", b"1")
    assert await store.get("a") == b"1"
    await store.set("a", b"\x00\xff")
    assert await store.get("a") == b"\x00\xff"
    assert not await store.delete("a", b"1")
    assert await store.get("a") == b"\x00\xff"
    assert await store.delete("a", b"\x00\xff")
    assert await store.get("a") is None
    assert not await store.delete("a", b"\x00\xff")


async def test_an_empty_value_is_a_value(store: Store) -> None:
    await store.set("a", b"")

    assert await store.get("a") == b""
    assert not await store.add("a", b"1")
    assert await store.items("") == [("a", b"")]


async def test_a_key_that_exists_is_not_added_again(store: Store) -> None:
    assert await store.add("a", b"1")
    assert not await store.add("a", b"2")
    assert await store.get("a") == b"1"
    assert await store.delete("a", b"1")
    assert await store.add("a", b"3")


async def test_a_value_is_replaced_only_if_it_is_the_expected_one(store: Store, clock: VirtualClock) -> None:
    assert not await store.replace("a", b"1", b"2")
    await store.set("a", b"1", ttl=10)
    assert not await store.replace("a", b"2", b"3")
    assert await store.replace("a", b"1", b"2")
    assert await store.get("a") == b"2"
    clock.advance(10)
    assert not await store.replace("a", b"2", b"3")
    assert await store.get("a") is None


async def test_a_value_expires_on_the_stores_clock(store: Store, clock: VirtualClock) -> None:
    await store.set("a", b"1", ttl=10)
    await store.set("b", b"2")
    clock.advance(9)
    assert await store.get("a") == b"1"
    clock.advance(1)
    assert await store.get("a") is None
    assert await store.items("") == [("b", b"2")]
    clock.advance(1e9)
    assert await store.get("b") == b"2"


async def test_replacing_a_value_keeps_its_expiry_or_sets_a_new_one(
    store: Store, clock: VirtualClock
) -> None:
    for key, ttl in (("kept", 10), ("later", 10), ("never before", None)):
        await store.set(key, b"1", ttl=ttl)
    clock.advance(5)
    assert await store.replace("kept", b"1", b"2")
    assert await store.replace("later", b"1", b"2", ttl=20)
    assert await store.replace("never before", b"1", b"2", ttl=20)
    clock.advance(5)
    assert [key for key, _ in await store.items("")] == ["later", "never before"]
    clock.advance(14)
    assert [key for key, _ in await store.items("")] == ["later", "never before"]
    clock.advance(1)
    assert await store.items("") == []


async def test_a_value_that_has_not_expired_can_be_deleted(store: Store, clock: VirtualClock) -> None:
    await store.set("a", b"1", ttl=10)
    clock.advance(9)
    assert await store.delete("a", b"1")
    assert await store.items("") == []


async def test_a_value_that_has_expired_is_neither_replaced_nor_deleted(
    store: Store, clock: VirtualClock
) -> None:
    await store.set("a", b"1", ttl=10)
    await store.set("b", b"1", ttl=10)
    clock.advance(10)
    assert not await store.replace("a", b"1", b"2", ttl=10)
    assert not await store.delete("b", b"1")
    assert await store.items("") == []


async def test_a_key_that_has_expired_can_be_added_again(store: Store, clock: VirtualClock) -> None:
    assert await store.add("a", b"1", ttl=10)
    assert not await store.add("a", b"2", ttl=10)
    clock.advance(10)
    assert await store.add("a", b"3")
    clock.advance(1e9)
    assert await store.get("a") == b"3"


async def test_setting_a_key_again_sets_a_new_expiry(store: Store, clock: VirtualClock) -> None:
    await store.set("a", b"1", ttl=10)
    await store.set("a", b"2")
    clock.advance(11)
    assert await store.get("a") == b"2"
    await store.set("a", b"3", ttl=0)
    assert await store.get("a") is None


async def test_entries_are_found_by_prefix_in_order(store: Store, clock: VirtualClock) -> None:
    for key in ("p/b", "p/a", "p", "q/a", "P/a", "p%", "p_", "p/\u00e9", "p/\U0001f600", "p/z"):
        await store.set(key, key.encode())
    await store.set("p/old", b"x", ttl=1)
    clock.advance(1)

    assert [key for key, _ in await store.items("p/")] == ["p/a", "p/b", "p/z", "p/\u00e9", "p/\U0001f600"]
    assert [key for key, _ in await store.items("p%")] == ["p%"]
    assert await store.items("nothing") == []


async def test_entries_are_found_in_pages(store: Store, clock: VirtualClock) -> None:
    for key in ("P", "p", "p/a", "p/b", "p/c", "p/d", "q"):
        await store.set(key, key.encode())
    await store.set("p/bb", b"", ttl=1)
    clock.advance(1)
    assert [key for key, _ in await store.items("p/", limit=2)] == ["p/a", "p/b"]
    assert [key for key, _ in await store.items("p/", after="p/b", limit=1)] == ["p/c"]
    assert [key for key, _ in await store.items("p/", after="p/b")] == ["p/c", "p/d"]
    assert [key for key, _ in await store.items("p/", after="a")] == ["p/a", "p/b", "p/c", "p/d"]
    assert [key for key, _ in await store.items("", limit=2)] == ["P", "p"]
    assert await store.items("p/", after="p/d") == await store.items("p/", limit=0) == []


async def test_of_many_concurrent_adds_of_a_key_one_succeeds(store: Store) -> None:
    added = await asyncio.gather(*(store.add("a", b"%d" % index) for index in range(50)))

    assert added.count(True) == 1
    assert await store.get("a") == b"%d" % added.index(True)


# --- the stores do the same ---


KEYS = st.sampled_from(["a", "ab", "abc", "b", "\u00fc"])

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("get"), KEYS),
        st.tuples(st.just("set"), KEYS, st.sampled_from([None, 0.0, 1.0, 5.0])),
        st.tuples(st.just("add"), KEYS, st.sampled_from([None, 0.0, 1.0, 5.0])),
        st.tuples(st.just("replace"), KEYS, st.sampled_from([None, 0.0, 1.0, 5.0])),
        st.tuples(st.just("delete"), KEYS, st.booleans()),
        st.tuples(st.just("items"), KEYS, KEYS, st.sampled_from([None, 1, 2])),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 1.0, 5.0])),
    ),
    max_size=30,
)


@given(STEPS)
async def test_both_stores_give_the_same_results_for_any_sequence_of_calls(
    steps: list[tuple[object, ...]],
) -> None:
    clock = VirtualClock()
    with TemporaryDirectory() as folder:
        path = Path(folder, "store.db")
        await _do_the_same(steps, clock, path)


async def _do_the_same(steps: list[tuple[object, ...]], clock: VirtualClock, path: Path) -> None:
    async with SQLiteStore(path, clock=clock) as sqlite:
        memory = MemoryStore(clock=clock)
        for index, step in enumerate(steps):
            results = [await _perform(store, clock, index, step) for store in (sqlite, memory)]
            assert results[0] == results[1], step
            if step[0] == "wait":
                clock.advance(float(str(step[1])))


async def _perform(store: Store, clock: VirtualClock, index: int, step: tuple[object, ...]) -> object:
    match step:
        case ("get", str(key)):
            return await store.get(key)
        case ("set", str(key), ttl):
            await store.set(key, b"%d" % index, ttl=ttl if isinstance(ttl, float) else None)
        case ("add", str(key), ttl):
            return await store.add(key, b"%d" % index, ttl=ttl if isinstance(ttl, float) else None)
        case ("replace", str(key), ttl):
            current = await store.get(key) or b"absent"
            ttl = ttl if isinstance(ttl, float) else None
            return await store.replace(key, current, b"%d" % index, ttl=ttl)
        case ("delete", str(key), bool(right)):
            value = await store.get(key)
            return await store.delete(key, value if right and value is not None else b"another value")
        case ("items", str(prefix), str(after), limit):
            return await store.items(prefix, after=after, limit=limit if isinstance(limit, int) else None)
        case _:
            pass
    return None
