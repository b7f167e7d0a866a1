from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_numbers import ConfigurationError, MemoryStore, SQLiteStore, Store
from sinch_numbers.sandbox import Sandbox, VirtualClock


@pytest.fixture(params=["memory", "sqlite"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock
) -> AsyncGenerator[Store, None]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            yield MemoryStore(clock=clock)
        else:
            yield await stack.enter_async_context(SQLiteStore(tmp_path / "store.db", clock=clock))


# --- what every store does ---


async def test_what_is_set_can_be_got_until_it_is_deleted(store: Store) -> None:
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


async def test_what_is_there_is_not_added_again(store: Store) -> None:
    assert await store.add("a", b"1")
    assert not await store.add("a", b"2")
    assert await store.get("a") == b"1"
    assert await store.delete("a", b"1")
    assert await store.add("a", b"3")


async def test_a_value_is_replaced_only_where_it_is_the_expected_one(
    store: Store, clock: VirtualClock
) -> None:
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


async def test_what_has_expired_can_be_added_again(store: Store, clock: VirtualClock) -> None:
    assert await store.add("a", b"1", ttl=10)
    assert not await store.add("a", b"2", ttl=10)
    clock.advance(10)
    assert await store.add("a", b"3")
    clock.advance(1e9)
    assert await store.get("a") == b"3"


async def test_setting_anew_sets_a_new_expiry(store: Store, clock: VirtualClock) -> None:
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


async def test_of_many_adders_at_a_time_one_succeeds(store: Store) -> None:
    added = await asyncio.gather(*(store.add("a", b"%d" % index) for index in range(50)))

    assert added.count(True) == 1
    assert await store.get("a") == b"%d" % added.index(True)


async def test_entries_that_have_expired_do_not_pile_up(store: Store, clock: VirtualClock) -> None:
    for index in range(2_500):
        await store.add(f"event/{index}", b"", ttl=10)
        clock.advance(1)

    assert await _size(store) < 2_000


async def _size(store: Store) -> int:
    if isinstance(store, MemoryStore):
        return len(store._entries)
    assert isinstance(store, SQLiteStore)
    counted: int = await store._run(lambda db: db.execute("SELECT count(*) FROM entries").fetchone()[0])
    return counted


KEYS = st.sampled_from(["a", "ab", "abc", "b", "\u00fc"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("get"), KEYS),
        st.tuples(st.just("set"), KEYS, st.sampled_from([None, 0.0, 1.0, 5.0])),
        st.tuples(st.just("add"), KEYS, st.sampled_from([None, 0.0, 1.0, 5.0])),
        st.tuples(st.just("replace"), KEYS),
        st.tuples(st.just("delete"), KEYS, st.booleans()),
        st.tuples(st.just("items"), KEYS),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 1.0, 5.0])),
    ),
    max_size=30,
)


@given(STEPS)
async def test_both_stores_do_the_same_whatever_is_done_to_them(steps: list[tuple[object, ...]]) -> None:
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
        case ("replace", str(key)):
            old = await store.get(key)
            return await store.replace(key, old or b"absent", b"%d" % index)
        case ("delete", str(key), bool(right)):
            old = await store.get(key)
            return await store.delete(key, old if right and old is not None else b"another value")
        case ("items", str(prefix)):
            return await store.items(prefix)
        case _:
            pass
    return None


# --- a store in a file ---


async def test_a_file_keeps_its_entries_when_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with SQLiteStore(path) as first:
        await first.set("a", b"1")
    async with SQLiteStore(str(path)) as second:
        assert await second.get("a") == b"1"


async def test_a_file_that_nobody_used_is_closed_without_being_made(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with SQLiteStore(path):
        pass

    assert not os.path.exists(path)  # noqa: ASYNC240


async def test_two_stores_on_one_file_see_each_other_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with SQLiteStore(path) as one, SQLiteStore(path) as two:
        assert await one.add("a", b"1")
        assert not await two.add("a", b"2")
        assert await two.delete("a", b"1")
        assert await one.get("a") is None


_ADDER = """
import asyncio, sys
from sinch_numbers import SQLiteStore

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    async with SQLiteStore(sys.argv[1]) as store:
        print(sum([await store.add(f"key/{index}", sys.argv[2].encode()) for index in range(50)]))

asyncio.run(main())
"""


def test_of_several_processes_exactly_one_adds_each_key(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", _ADDER, str(path), str(index)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for index in range(4)
    ]  # fmt: skip
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        added = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()

    async def read() -> list[bytes]:
        async with SQLiteStore(path) as store:
            return [value for _, value in await store.items("key/")]

    owners = asyncio.run(read())
    assert sum(added) == 50
    assert [owners.count(b"%d" % index) for index in range(4)] == added


def _in_no_folder(path: Path) -> Path:
    return path / "missing" / "store.db"


def _a_folder(path: Path) -> Path:
    return path


def _another_file(path: Path) -> Path:
    (path / "notes.txt").write_text("these are my notes\n" * 100)
    return path / "notes.txt"


@pytest.mark.parametrize("unusable", [_in_no_folder, _a_folder, _another_file])
async def test_a_path_that_cannot_be_used_is_named(tmp_path: Path, unusable: Callable[[Path], Path]) -> None:
    path = unusable(tmp_path)
    async with SQLiteStore(path) as store:
        for _ in range(2):
            with pytest.raises(ConfigurationError, match="cannot open the SQLite store") as caught:
                await store.get("a")
            assert str(path) in str(caught.value)


async def test_clients_share_a_token_through_a_file(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "store.db"
    for _ in range(3):
        async with (
            SQLiteStore(path, clock=sandbox.clock) as store,
            sandbox.client(token_store=store) as client,
        ):
            await client.available_regions.list()

    assert sandbox.tokens_issued == 1


async def test_a_store_that_was_closed_says_so_and_what_was_begun_before_is_done(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    begun = [asyncio.ensure_future(store.set(str(index), b"1")) for index in range(50)]
    await asyncio.sleep(0)
    await store.aclose()
    await store.aclose()
    await asyncio.gather(*begun)
    with pytest.raises(ConfigurationError, match="is closed"):
        await store.get("0")
    async with SQLiteStore(tmp_path / "store.db") as again:
        assert len(await again.items("")) == 50


_FORKING = """
import asyncio, os, sys
from sinch_numbers import SQLiteStore

store = SQLiteStore(sys.argv[1])

async def write(name, count):
    for index in range(count):
        assert await store.add(f"{name}/{index}", b"1")
    assert len(await store.items(f"{name}/")) == count

async def main():
    # The parent's file is open, its thread at work, when the children are born.
    mine = asyncio.create_task(write("parent", 100))
    while not await store.items("parent/"):
        pass
    children = []
    for child in range(4):
        pid = os.fork()
        if pid == 0:
            children = None
            break
        children.append(pid)
    if children is None:
        return child
    await mine
    for pid in children:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    await write("after", 10)
    await store.aclose()
    return None

async def of_child(child):
    await write(f"child-{child}", 50)
    assert await store.get("parent/0") == b"1"
    await store.aclose()

loop = asyncio.new_event_loop()
child = loop.run_until_complete(main())
if child is not None:
    asyncio.run(of_child(child))
    os._exit(0)
"""


def test_a_store_made_and_used_before_a_fork_works_in_parent_and_children(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    run = subprocess.run(
        [sys.executable, "-c", _FORKING, str(path)], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM entries").fetchone() == (100 + 4 * 50 + 10,)
    db.close()


_FORKED_UNSEEN = """
import asyncio, os, sys
from sinch_numbers import ConfigurationError, SQLiteStore

store = SQLiteStore(sys.argv[1])
asyncio.run(store.set("a", b"1"))
os.getpid = lambda: -1  # as after a fork that Python did not see: the connection is still the parent's
try:
    asyncio.run(store.get("a"))
except ConfigurationError as error:
    print(error)
"""


def test_a_connection_that_crossed_a_fork_is_not_used(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _FORKED_UNSEEN, str(tmp_path / "store.db")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "forked by other means" in run.stdout


async def test_a_file_that_cannot_have_a_write_ahead_log_is_refused() -> None:
    async with SQLiteStore(":memory:") as store:
        with pytest.raises(ConfigurationError, match="local disk"):
            await store.get("a")
