"""A store in a file: kept, shared by processes, and used after a fork."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from sinch_numbers import ConfigurationError, SQLiteStore
from sinch_numbers.sandbox import Sandbox, VirtualClock

# --- the file ---


async def test_a_file_keeps_its_entries_after_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with SQLiteStore(path) as first:
        await first.set("a", b"1")
    async with SQLiteStore(str(path)) as second:
        assert await second.get("a") == b"1"


async def test_an_unclosed_store_that_is_collected_warns_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        SQLiteStore(7)  # type: ignore[arg-type]
    unused, store = SQLiteStore(tmp_path / "unused.db"), SQLiteStore(tmp_path / "store.db")
    await store.set("a", b"1")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del unused, store
        # The thread lets go of the store when it looks for further work.
        while not caught:
            gc.collect()

    path = str(tmp_path / "store.db")
    assert [(warning.category, str(warning.message)) for warning in caught] == [
        (ResourceWarning, f"unclosed SQLiteStore({path!r}): use `async with`, or await aclose()")
    ]
    # With `python -X tracemalloc`, the warning shows where this store was made.
    assert isinstance(caught[0].source, SQLiteStore)


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


posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


@posix_only
@pytest.mark.parametrize("umask", [0o000, 0o022])
async def test_the_files_are_created_for_their_owner_only(
    tmp_path: Path, umask: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = os.umask(umask)
    try:
        async with SQLiteStore(tmp_path / "store.db") as store, SQLiteStore(tmp_path / "store.db") as other:
            await store.set("token", b"secret")
            await other.get("token")
            found = modes(tmp_path)
    finally:
        os.umask(before)

    assert found == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}
    assert caplog.records == []


@posix_only
async def test_a_file_behind_a_link_is_created_for_its_owner_only(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "store.db")
    async with SQLiteStore(link) as store:
        await store.set("a", b"1")

    assert (tmp_path / "store.db").stat().st_mode & 0o777 == 0o600


@posix_only
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o666])
async def test_an_existing_file_to_which_every_user_has_access_is_used_with_a_warning(
    tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.db"
    path.touch()
    path.chmod(mode)
    async with SQLiteStore(path) as store:
        await store.set("a", b"1")
        assert await store.get("a") == b"1"

    [record] = caplog.records
    assert (record.name, record.levelname) == ("sinch_numbers", "WARNING")
    assert f"chmod 600 {path}" in record.getMessage()
    assert modes(tmp_path) == {"store.db": mode}


@posix_only
async def test_a_write_ahead_log_to_which_every_user_has_access_is_named_as_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.db"
    async with SQLiteStore(path) as first:
        await first.set("a", b"1")
        for name in ("store.db-wal", "store.db-shm"):
            (tmp_path / name).chmod(0o644)
        async with SQLiteStore(path) as second:
            await second.get("a")

    [record] = caplog.records
    assert record.getMessage().endswith(f"chmod 600 {path}-wal {path}-shm")


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o660, 0o640])
async def test_a_file_for_its_owner_or_group_is_used_without_a_warning(
    tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.db"
    path.touch()
    path.chmod(mode)
    async with SQLiteStore(path) as store:
        await store.set("a", b"1")

    assert caplog.records == []


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


async def test_a_file_that_cannot_have_a_write_ahead_log_is_a_configuration_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with SQLiteStore(":memory:") as store:
        with pytest.raises(ConfigurationError, match="local disk"):
            await store.get("a")

    assert modes(tmp_path) == {}


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
            # Never back into the parent's loop: it would read what wakes the parent, which then sleeps for ever.
            asyncio.run(of_child(child))
            os._exit(0)
        children.append(pid)
    await mine
    for pid in children:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    await write("after", 10)
    await store.aclose()

async def of_child(child):
    await write(f"child-{child}", 50)
    assert await store.get("parent/0") == b"1"
    await store.aclose()

asyncio.run(main())
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
