"""Several calls as one transaction: all that they write is written, or nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from sinch_numbers import ConfigurationError, MemoryStore, SQLiteStore, Store
from sinch_numbers.sandbox import VirtualClock

from .test_group_commit import busy, statements, together


@pytest.fixture
async def store(
    tmp_path: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[SQLiteStore]:
    monkeypatch.setattr("sinch_numbers.stores.sqlite._PURGE_EVERY", 1_000_000)
    async with SQLiteStore(tmp_path / "store.db", clock=clock) as store:
        await store.get("opened")
        yield store


async def moves(store: Store) -> bool:
    """Moves a value from one key to another."""
    value = await store.get("from")
    return value is not None and await store.delete("from", value) and await store.add("to", value)


async def fails(store: Store) -> None:
    """Fails after it has written."""
    await store.set("to", b"half")
    raise LookupError("on purpose")


async def every_call(store: Store) -> list[Any]:
    await store.set("a", b"1")
    return [
        await store.add("a", b"2"),
        await store.add("b", b"2", ttl=10),
        await store.replace("a", b"1", b"3", ttl=5),
        await store.delete("a", b"1"),
        await store.get("a"),
        await store.get("c"),
        await store.items("", after="a", limit=1),
    ]


async def test_in_a_transaction_each_call_does_what_it_does_alone(
    store: SQLiteStore, clock: VirtualClock
) -> None:
    memory = MemoryStore(clock=clock)
    assert await store.transaction(every_call) == await every_call(memory)
    for _ in range(3):
        assert await store.items("") == await memory.items("")
        clock.advance(5)


async def test_a_transaction_begins_and_commits_also_where_it_is_alone(store: SQLiteStore) -> None:
    await store.set("from", b"1")
    performed = await statements(store, store.transaction(moves))
    assert performed == ["BEGIN", "SELECT", "DELETE", "INSERT", "COMMIT"]
    assert await store.items("") == [("to", b"1")]


async def test_transactions_that_wait_with_other_calls_share_one_commit(store: SQLiteStore) -> None:
    performed = await statements(store, store.set("from", b"1"), store.transaction(moves), store.get("to"))
    assert performed == ["BEGIN", "INSERT", "SELECT", "DELETE", "INSERT", "SELECT", "COMMIT"]


async def test_of_a_transaction_that_raises_nothing_is_written(store: SQLiteStore) -> None:
    with pytest.raises(LookupError, match="on purpose"):
        await store.transaction(fails)
    assert await store.items("") == []
    assert await store.add("a", b"1")


async def test_a_transaction_that_raises_harms_none_of_those_that_it_waited_with(store: SQLiteStore) -> None:
    await store.set("from", b"1")
    results = await together(
        store,
        store.add("a", b"1"),
        store.transaction(fails),
        store.transaction(moves),
        store.set("\ud800", b"no text"),
        store.get("to"),
    )
    assert [type(result) for result in results] == [bool, LookupError, bool, UnicodeEncodeError, bytes]
    assert await store.items("") == [("a", b"1"), ("to", b"1")]


async def test_a_transaction_whose_commit_fails_has_failed_and_so_have_those_behind_it(
    store: SQLiteStore,
) -> None:
    def prepare(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        db.execute("CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
        db.execute(
            "CREATE TRIGGER orphan AFTER INSERT ON entries WHEN new.key = 'orphan' "
            "BEGIN INSERT INTO child VALUES (1); END"
        )

    async def orphans(inner: Store) -> None:
        await inner.set("orphan", b"1")

    await store._run(prepare)
    # The first one has each of them performed alone.
    results = await together(
        store,
        store.transaction(fails),
        store.add("before", b"1"),
        store.transaction(orphans),
        store.add("behind", b"1"),
        store.transaction(moves),
    )
    assert [type(result) for result in results] == [
        LookupError,
        bool,
        sqlite3.IntegrityError,
        sqlite3.OperationalError,
        sqlite3.OperationalError,
    ]
    assert await store.items("") == [("before", b"1")]
    assert await store.add("a", b"1")


async def test_while_another_process_writes_a_transaction_fails_without_a_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.stores.sqlite._BUSY_TIMEOUT", 0.05)
    async with SQLiteStore(tmp_path / "store.db") as store:
        await store.set("from", b"1")
        other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await store.transaction(moves)
        other.execute("COMMIT")
        other.close()
        assert await store.transaction(moves)


async def test_a_transaction_that_awaits_anything_else_is_refused(store: SQLiteStore) -> None:
    async def waits(inner: Store) -> None:
        await inner.set("a", b"1")
        await asyncio.sleep(0)

    with pytest.raises(TypeError, match="nothing but the store"):
        await store.transaction(waits)
    assert await store.items("") == []


async def test_a_transaction_runs_in_the_stores_thread(store: SQLiteStore) -> None:
    async def where(inner: Store) -> int:
        return threading.get_ident()

    assert await store.transaction(where) != threading.get_ident()


async def test_a_transaction_whose_caller_left_before_it_began_does_nothing(store: SQLiteStore) -> None:
    await store.set("from", b"1")
    with busy(store):
        task = asyncio.ensure_future(store.transaction(moves))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    assert await store.items("") == [("from", b"1")]


async def test_transactions_count_as_writes_after_which_the_store_is_cleared_of_what_expired(
    store: SQLiteStore, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.stores.sqlite._PURGE_EVERY", 1)
    monkeypatch.setattr(store, "_clock", clock)
    await store.set("old", b"1", ttl=1)
    clock.advance(2)
    await store.transaction(every_call)
    rows = await store._run(lambda db: db.execute("SELECT key FROM entries ORDER BY key").fetchall())
    assert rows == [("a",), ("b",)]


async def test_a_closed_store_takes_no_transaction(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    await store.aclose()
    with pytest.raises(ConfigurationError, match="closed"):
        await store.transaction(moves)
