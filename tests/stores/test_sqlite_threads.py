"""A store in a file: its purges, its thread, a file that is busy, and what a fork does to it, without other processes."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from sinch_numbers import ConfigurationError, SQLiteStore, _defaults
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.stores import sqlite

# --- what it does now and then ---


async def test_expired_entries_are_removed_once_in_so_many_writes(
    tmp_path: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.stores.sqlite._PURGE_EVERY", 10)
    async with SQLiteStore(tmp_path / "store.db", clock=clock) as store:
        statements: list[str] = []
        await store._run(lambda db: db.set_trace_callback(statements.append))
        for index in range(15):
            await store.set(f"set/{index}", b"")
            await store.add(f"add/{index}", b"")
        await store.get("the thread works in order")
        assert sum(statement.startswith("DELETE") for statement in statements) == 3


async def test_a_write_that_is_due_to_remove_expired_entries_succeeds_while_the_store_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.stores.sqlite._PURGE_EVERY", 1)
    store = SQLiteStore(tmp_path / "store.db")
    writing = asyncio.ensure_future(store.set("a", b"1"))
    await asyncio.sleep(0)
    await store.aclose()
    await writing
    async with SQLiteStore(tmp_path / "store.db") as again:
        assert await again.get("a") == b"1"


@pytest.mark.usefixtures("quiet_loop")
async def test_a_write_succeeds_although_the_expired_entries_cannot_be_removed_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.stores.sqlite._PURGE_EVERY", 1)
    monkeypatch.setattr("sinch_numbers.stores.sqlite_entries._PURGE", "DELETE FROM missing WHERE ? = ?")
    async with SQLiteStore(tmp_path / "store.db") as store:
        await store.set("a", b"1")
        assert await store.get("a") == b"1"


async def test_the_file_is_waited_for_less_long_than_a_ledger_waits_for_its_store(tmp_path: Path) -> None:
    async with SQLiteStore(tmp_path / "store.db") as store:
        [milliseconds] = await store._run(lambda db: db.execute("PRAGMA busy_timeout").fetchone())
    assert 1 <= milliseconds / 1_000 < 0.9 * _defaults.LEASE / 8


async def test_all_work_runs_in_one_thread_until_the_store_is_closed(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    def threads() -> list[str]:
        return [thread.name for thread in set(threading.enumerate()) - before]

    async with SQLiteStore(tmp_path / "store.db") as store:
        await asyncio.gather(*(store.set(str(index), b"") for index in range(20)))
        assert threads() == ["sinch-numbers-store_0"]
    assert threads() == []


# --- a file that another process is opening ---


def busy(code: int = sqlite3.SQLITE_BUSY) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    return error


class Opening:
    """Opens the file as SQLiteStore does, after it has failed some times. Time passes only in its pauses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failures: list[sqlite3.Error]) -> None:
        self.failures = failures
        self.now = 1_000.0
        self._connect = sqlite._connect
        monkeypatch.setattr(sqlite, "_connect", self.connect)
        monkeypatch.setattr(sqlite, "time", self)

    def connect(self, path: str) -> sqlite3.Connection:
        if self.failures:
            raise self.failures.pop(0)
        return self._connect(path)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_a_file_that_another_process_is_opening_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = Opening(monkeypatch, [busy() for _ in range(200)])
    async with SQLiteStore(tmp_path / "store.db") as store:
        assert await store.add("a", b"1")
    assert opening.failures == []


@pytest.mark.parametrize(
    ("failure", "tries"),
    [(busy(), 251), (busy(sqlite3.SQLITE_CANTOPEN), 1), (sqlite3.OperationalError("no code"), 1)],
    ids=["busy for too long", "cannot open", "an error without a code"],
)
async def test_a_file_that_cannot_be_opened_in_time_is_a_configuration_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: sqlite3.Error, tries: int
) -> None:
    opening = Opening(monkeypatch, [failure] * 1_000)
    async with SQLiteStore(tmp_path / "store.db") as store:
        with pytest.raises(ConfigurationError, match="cannot open the SQLite store"):
            await store.get("a")
        assert 1_000 - len(opening.failures) == pytest.approx(tries, abs=1 if tries > 1 else 0)
        opening.failures.clear()
        assert await store.get("a") is None


# --- what os.fork() calls in parent and child; the tests above fork in earnest ---


async def test_a_fork_closes_the_file_and_both_processes_open_it_again(tmp_path: Path) -> None:
    async with SQLiteStore(tmp_path / "store.db") as store:
        await store.set("a", b"1")
        for after_fork in (sqlite._after_fork_in_parent, sqlite._after_fork_in_child):
            thread = store._thread
            sqlite._before_fork()
            assert store._connection is None
            assert store._lock.locked()
            after_fork()
            assert sqlite._forking == []
            assert await store.get("a") == b"1"
            assert (store._thread is thread) == (after_fork is sqlite._after_fork_in_parent)
            if after_fork is sqlite._after_fork_in_child:
                thread.shutdown()


async def test_a_fork_waits_for_the_work_that_is_under_way(tmp_path: Path) -> None:
    began, go_on = threading.Event(), threading.Event()

    def work(db: sqlite3.Connection) -> None:
        began.set()
        assert go_on.wait(10)
        db.execute("INSERT INTO entries VALUES ('a', x'31', NULL)")

    async with SQLiteStore(tmp_path / "store.db") as store:
        working = asyncio.ensure_future(store._run(work))
        await asyncio.to_thread(began.wait)
        forking = asyncio.ensure_future(asyncio.to_thread(store._before_fork))
        await asyncio.sleep(0)
        go_on.set()
        await forking
        store._after_fork_in_parent()
        await working
        assert await store.get("a") == b"1"


async def test_a_process_that_python_did_not_fork_does_not_use_the_connection_of_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SQLiteStore(tmp_path / "store.db") as store:
        await store.set("a", b"1")
        with monkeypatch.context() as patch:
            patch.setattr("os.getpid", lambda: -1)
            with pytest.raises(ConfigurationError, match="forked by other means than"):
                await store.get("a")
    unopened = SQLiteStore(tmp_path / "store.db")
    with monkeypatch.context() as patch:
        patch.setattr("os.getpid", lambda: -1)
        assert await unopened.get("a") == b"1"
        assert await unopened.get("a") == b"1"
        await unopened.aclose()
