"""A store in a file: it survives a crash, and several processes may use it at a time."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

from ..clock import Clock, SystemClock
from ..errors import ConfigurationError

__all__ = ["SQLiteStore"]

T = TypeVar("T")

_BUSY_TIMEOUT = 30.0
"""Seconds to wait for another process's write."""
_BUSY_PAUSE = 0.01
"""Seconds between two attempts to open a file that another process is opening."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL) WITHOUT ROWID
"""
_GET = "SELECT value FROM entries WHERE key = ? AND (expires IS NULL OR expires > ?)"
_SET = "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)"
# One statement, so that of two processes exactly one sees a change.
_ADD = """
INSERT INTO entries VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires
WHERE entries.expires <= ?
"""
_PURGE = "DELETE FROM entries WHERE expires <= ?"
_PURGE_EVERY = 1_000
"""Writes after which what has expired is thrown away: looking for it reads the whole table."""
_REPLACE = "UPDATE entries SET value = ? WHERE key = ? AND value = ? AND (expires IS NULL OR expires > ?)"
_DELETE = "DELETE FROM entries WHERE key = ?"
_ITEMS = """
SELECT key, value FROM entries
WHERE key >= ? AND substr(key, 1, ?) = ? AND (expires IS NULL OR expires > ?) ORDER BY key
"""


class SQLiteStore:
    """A Store in an SQLite file. What a method wrote is on disk when it returns, even if the process is killed next.

    Its work runs in one thread of its own, so that the event loop never waits for the disk. Close it with `aclose()`,
    or use it as an async context manager.
    """

    def __init__(self, path: str | os.PathLike[str], *, clock: Clock | None = None) -> None:
        """`path` is created where it is missing; its folder has to exist."""
        self._path = os.fspath(path)
        self._clock = clock or SystemClock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sinch-numbers-store")
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        # Many short-lived processes take turns, too.
        self._writes = random.randrange(_PURGE_EVERY)

    async def get(self, key: str) -> bytes | None:
        now = self._clock.time()
        row = await self._run(lambda db: db.execute(_GET, (key, now)).fetchone())
        return None if row is None else bytes(row[0])

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        expires = None if ttl is None else self._clock.time() + ttl
        await self._run(lambda db: db.execute(_SET, (key, value, expires)))
        await self._purge()

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        now = self._clock.time()
        expires = None if ttl is None else now + ttl
        changed = await self._run(lambda db: db.execute(_ADD, (key, value, expires, now)).rowcount)
        await self._purge()
        return changed > 0

    async def replace(self, key: str, old: bytes, new: bytes) -> bool:
        now = self._clock.time()
        return await self._run(lambda db: db.execute(_REPLACE, (new, key, old, now)).rowcount) > 0

    async def delete(self, key: str) -> None:
        await self._run(lambda db: db.execute(_DELETE, (key,)))

    async def items(self, prefix: str) -> list[tuple[str, bytes]]:
        now = self._clock.time()
        found = await self._run(lambda db: db.execute(_ITEMS, (prefix, len(prefix), prefix, now)).fetchall())
        return [(str(key), bytes(value)) for key, value in found]

    async def aclose(self) -> None:
        """Closes the file."""
        if self._closed:
            return
        self._closed = True
        # The last work of the thread: what was begun before is done before.
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    async def _purge(self) -> None:
        self._writes += 1
        if self._writes % _PURGE_EVERY == 0:
            now = self._clock.time()
            await self._run(lambda db: db.execute(_PURGE, (now,)))

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._closed:
            raise ConfigurationError(f"the SQLite store at {self._path} is closed")
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: work(self._connection or self._open())
        )

    def _open(self) -> sqlite3.Connection:
        give_up = time.monotonic() + _BUSY_TIMEOUT
        while True:
            try:
                self._connection = _connect(self._path)
            except sqlite3.Error as error:
                # Of two processes that turn a new file to a write-ahead log at a time, one is refused without a wait.
                busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() >= give_up:
                    raise ConfigurationError(
                        f"no SQLite store can be opened at {self._path}: {error}"
                    ) from error
                time.sleep(_BUSY_PAUSE)
            else:
                return self._connection


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    try:
        # A write-ahead log lets readers go on while one process writes; FULL puts each commit on disk.
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db
