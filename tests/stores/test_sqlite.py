"""A store in a file: kept, shared by processes, and used after a fork."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sinch_numbers import ConfigurationError, SQLiteStore
from sinch_numbers.sandbox import Sandbox, VirtualClock
from sinch_numbers.stores import sqlite

# --- the file ---


async def test_a_file_keeps_its_entries_after_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with SQLiteStore(path) as first:
        await first.set("a", b"1")
    async with SQLiteStore(str(path)) as second:
        assert await second.get("a") == b"1"


async def test_closing_an_unused_store_does_not_create_its_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with SQLiteStore(path):
        pass

    assert not os.path.exists(path)  # noqa: ASYNC240


async def test_closing_finishes_the_calls_that_have_begun_and_later_ones_raise(tmp_path: Path) -> None:
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


async def test_expired_entries_do_not_pile_up(tmp_path: Path, clock: VirtualClock) -> None:
    async with SQLiteStore(tmp_path / "store.db", clock=clock) as store:
        for index in range(2_500):
            await store.add(f"event/{index}", b"", ttl=10)
            clock.advance(1)
        counted: int = await store._run(lambda db: db.execute("SELECT count(*) FROM entries").fetchone()[0])

    assert counted < 2_000


def _in_no_folder(path: Path) -> Path:
    return path / "missing" / "store.db"


def _a_folder(path: Path) -> Path:
    return path


def _another_file(path: Path) -> Path:
    (path / "notes.txt").write_text("these are my notes\n" * 100)
    return path / "notes.txt"


@pytest.mark.parametrize("unusable", [_in_no_folder, _a_folder, _another_file])
async def test_a_path_that_cannot_be_used_is_named_in_the_error(
    tmp_path: Path, unusable: Callable[[Path], Path]
) -> None:
    path = unusable(tmp_path)
    async with SQLiteStore(path) as store:
        for _ in range(2):
            with pytest.raises(ConfigurationError, match="cannot open the SQLite store") as caught:
                await store.get("a")
            assert str(path) in str(caught.value)


async def test_a_file_that_cannot_have_a_write_ahead_log_is_a_configuration_error() -> None:
    async with SQLiteStore(":memory:") as store:
        with pytest.raises(ConfigurationError, match="local disk"):
            await store.get("a")


# --- several users of one file ---


async def test_two_stores_on_one_file_see_each_other_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with SQLiteStore(path) as one, SQLiteStore(path) as two:
        assert await one.add("a", b"1")
        assert not await two.add("a", b"2")
        assert await two.delete("a", b"1")
        assert await one.get("a") is None


async def test_clients_share_a_token_through_a_file(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "store.db"
    for _ in range(3):
        async with (
            SQLiteStore(path, clock=sandbox.clock) as store,
            sandbox.client(token_store=store) as client,
        ):
            await client.available_regions.list()

    assert sandbox.tokens_issued == 1


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


@pytest.mark.slow
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


# --- a fork ---


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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_connection_that_crossed_a_fork_is_not_used(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _FORKED_UNSEEN, str(tmp_path / "store.db")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "forked by other means" in run.stdout


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


async def test_all_work_runs_in_one_thread_until_the_store_is_closed(tmp_path: Path) -> None:
    def threads() -> list[str]:
        return [thread.name for thread in threading.enumerate() if "sinch-numbers-store" in thread.name]

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
            if store._thread is not thread and thread is not None:
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
