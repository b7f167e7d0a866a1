"""Calls that wait at the same time share a transaction, and none of them notices the others."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_numbers import MemoryStore, SQLiteStore

KEYS = st.sampled_from(["a", "ab", "b"])
VALUES = st.sampled_from([b"1", b"2"])


@pytest.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[SQLiteStore]:
    monkeypatch.setattr("sinch_numbers.stores.sqlite._PURGE_EVERY", 1_000_000)
    async with SQLiteStore(tmp_path / "store.db") as store:
        await store.get("opened")
        yield store


@contextmanager
def busy(store: SQLiteStore) -> Generator[None]:
    """Keeps the store's thread from its work, so that what is called meanwhile waits together."""
    with store._lock:
        yield


async def together(store: SQLiteStore, *calls: Any) -> list[Any]:
    """The results of the calls, exceptions included, of which all wait when the first is performed."""
    with busy(store):
        tasks = [asyncio.ensure_future(call) for call in calls]
        await asyncio.sleep(0)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def statements(store: SQLiteStore, *calls: Any) -> list[str]:
    """The SQL by which the calls are performed."""
    traced: list[str] = []
    await store._run(lambda db: db.set_trace_callback(traced.append), writes=False)
    await together(store, *calls)
    await store._run(lambda db: db.set_trace_callback(None), writes=False)
    return [sql.split()[0] for sql in traced]


def add_all(store: SQLiteStore, count: int) -> list[Any]:
    return [store.add(f"key/{index}", b"%d" % index) for index in range(count)]


# --- one transaction ---


async def test_writes_that_wait_together_are_one_transaction(store: SQLiteStore) -> None:
    performed = await statements(store, *add_all(store, 50), store.get("key/0"))
    assert performed == ["BEGIN", *["INSERT"] * 50, "SELECT", "COMMIT"]
    assert len(await store.items("key/")) == 50


async def test_reads_alone_take_no_lock_for_writing(store: SQLiteStore) -> None:
    performed = await statements(store, store.get("a"), store.items("a"), store.get("b"))
    assert performed == ["SELECT"] * 3


async def test_a_lone_write_needs_no_transaction_around_it(store: SQLiteStore) -> None:
    assert await statements(store, store.add("a", b"")) == ["INSERT"]


async def test_a_crowd_is_served_in_several_transactions(store: SQLiteStore) -> None:
    performed = await statements(store, *add_all(store, 600))
    assert performed.count("BEGIN") == performed.count("COMMIT") == 3
    assert len(await store.items("key/")) == 600


CALLS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["get", "items"]), KEYS),
        st.tuples(st.sampled_from(["set", "add", "delete"]), KEYS, VALUES),
        st.tuples(st.just("replace"), KEYS, VALUES, VALUES),
    ),
    max_size=30,
)


@given(CALLS)
async def test_calls_that_wait_together_have_the_results_of_calls_in_turn(
    calls: list[tuple[Any, ...]],
) -> None:
    memory = MemoryStore()
    expected = [await getattr(memory, name)(*arguments) for name, *arguments in calls]
    with TemporaryDirectory() as folder:
        async with SQLiteStore(Path(folder, "store.db")) as store:
            results = await together(store, *[getattr(store, name)(*rest) for name, *rest in calls])
            assert results == expected
            assert await store.items("") == await memory.items("")


# --- failures ---


async def test_a_call_that_cannot_be_performed_fails_alone(store: SQLiteStore) -> None:
    await store.set("old", b"1")
    results = await together(
        store,
        store.add("before", b"1"),
        store.set("\ud800", b"no text"),
        store.replace("old", b"1", b"2"),
        store.get("old"),
        store.delete("old", b"1"),
        store.add("before", b"3"),
    )
    assert isinstance(results.pop(1), UnicodeEncodeError)
    assert results == [True, True, b"2", False, False]
    assert await store.items("") == [("before", b"1"), ("old", b"2")]


async def test_a_call_that_fills_the_disk_fails_and_leaves_room_for_the_others(store: SQLiteStore) -> None:
    def limit(db: sqlite3.Connection) -> None:
        pages = int(db.execute("PRAGMA page_count").fetchone()[0])
        db.execute(f"PRAGMA max_page_count = {pages + 10}")

    await store._run(limit)
    results = await together(
        store, store.add("a", b"1"), store.add("b", b"x" * 1_000_000), store.add("c", b"3"), store.get("a")
    )
    assert isinstance(results.pop(1), sqlite3.OperationalError)
    assert results == [True, True, b"1"]
    assert await store.items("") == [("a", b"1"), ("c", b"3")]


async def test_if_the_commit_fails_all_have_failed_and_the_store_goes_on(store: SQLiteStore) -> None:
    def unfulfilled(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO child VALUES (1)")

    def prepare(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        db.execute("CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")

    await store._run(prepare)
    results = await together(
        store, store.add("a", b"1"), store._run(unfulfilled), store.get("a"), store.set("b", b"2")
    )
    assert [type(result) for result in results] == [sqlite3.IntegrityError] * 4
    assert len({id(result) for result in results}) == 4
    assert await store.items("") == []
    assert await together(store, store.add("a", b"2"), store.get("a")) == [True, b"2"]


async def test_if_what_failed_cannot_be_rolled_back_all_have_failed_and_the_store_goes_on(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            if sql == "ROLLBACK":
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(sql, *args)

    monkeypatch.setattr("sqlite3.connect", partial(sqlite3.connect, factory=Connection))
    with store._lock:
        store._disconnect()
    await store.get("opened")
    results = await together(store, store.add("a", b"1"), store.set("\ud800", b"no text"), store.get("a"))
    assert [str(result) for result in results] == ["disk I/O error"] * 3
    assert await store.items("") == []
    assert await together(store, store.add("a", b"2"), store.get("a")) == [True, b"2"]


async def test_while_another_process_writes_reads_succeed_and_the_writes_wait_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.stores.sqlite._BUSY_TIMEOUT", 0.05)
    waits = 0

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            nonlocal waits
            try:
                return super().execute(sql, *args)
            except sqlite3.OperationalError:
                waits += 1
                raise

    async with SQLiteStore(tmp_path / "store.db") as store:
        await store.set("a", b"1")
        connect = sqlite3.connect
        monkeypatch.setattr("sqlite3.connect", partial(connect, factory=Connection))
        with store._lock:
            store._disconnect()
        await store.get("a")
        other = connect(tmp_path / "store.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        results = await together(
            store, *[store.set("a", b"2") for _ in range(20)], store.get("a"), store.items("")
        )
        other.execute("COMMIT")
        other.close()
        assert [str(result) for result in results[:20]] == ["database is locked"] * 20
        assert results[20:] == [b"1", [("a", b"1")]]
        assert waits == 1
        assert await together(store, store.set("a", b"3"), store.get("a")) == [None, b"3"]


async def test_whatever_goes_wrong_no_caller_waits_for_ever(store: SQLiteStore) -> None:
    results = await together(store, store._run(lambda db: db.close()), store.add("a", b"1"), store.get("a"))
    assert [type(result) for result in results] == [sqlite3.ProgrammingError] * 3
    assert await store.add("a", b"1")


# --- callers that leave ---


async def test_a_caller_that_is_cancelled_while_it_waits_leaves_the_others_alone(store: SQLiteStore) -> None:
    with busy(store):
        tasks = [asyncio.ensure_future(call) for call in add_all(store, 5)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        await asyncio.wait([tasks[2]])
    assert tasks.pop(2).cancelled()
    assert await asyncio.gather(*tasks) == [True] * 4
    assert [key for key, _ in await store.items("")] == ["key/0", "key/1", "key/3", "key/4"]


def test_event_loops_in_several_threads_share_a_store(tmp_path: Path) -> None:
    """As a threaded web server does, whose views each run a loop of their own."""
    store = SQLiteStore(tmp_path / "store.db")
    added: list[bool] = []

    async def add(name: str) -> None:
        for _ in range(5):
            added.extend(await asyncio.gather(*(store.add(f"{name}/{index}", b"") for index in range(20))))

    threads = [threading.Thread(target=asyncio.run, args=(add(str(index)),)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert added.count(True) == 8 * 20
    assert len(asyncio.run(_read(store))) == 8 * 20


async def _read(store: SQLiteStore) -> list[tuple[str, bytes]]:
    async with store:
        return await store.items("")


@pytest.mark.parametrize("cancelled", [True, False])
async def test_a_loop_that_was_closed_before_its_call_was_performed_disturbs_nobody(
    store: SQLiteStore, cancelled: bool
) -> None:
    left = asyncio.new_event_loop()
    left.set_exception_handler(lambda loop, context: None)  # of the task that never ends

    async def begin() -> None:
        asyncio.ensure_future(store.add("left", b""))  # noqa: RUF006
        await asyncio.sleep(0)

    def leave() -> None:
        left.run_until_complete(begin())
        for task in asyncio.all_tasks(left) if cancelled else ():
            task.cancel()
        left.close()

    with busy(store):
        await asyncio.to_thread(leave)
        calls = [asyncio.ensure_future(call) for call in (store.add("a", b"1"), store.get("a"))]
        await asyncio.sleep(0)
    assert await asyncio.gather(*calls) == [True, b"1"]
