"""A store in an SQLite file. It survives a crash, and several processes can use it at once."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sqlite3
import stat
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Self, TypeVar

from .._sending.tasks import running_loop
from ..clock import Clock, SystemClock
from ..errors import ConfigurationError
from .group_commit import Operation, deliver, fail, perform
from .sqlite_entries import INDEX, SCHEMA, Entries, at_once

T = TypeVar("T")

logger: logging.Logger = logging.getLogger("sinch_numbers")

_NOT_FILES = frozenset({"", ":memory:"})
"""Names that SQLite does not take for a file."""
_BUSY_TIMEOUT = 2.5
"""Seconds to wait for another process's write. Less than the default timeout of a ledger's store."""
_BUSY_PAUSE = 0.01
"""Seconds between two attempts to open a file that another process is opening."""

_BATCH = 256
"""Number of operations that share a transaction, at the most: the first one waits for the last."""

_PURGE_EVERY = 100
"""Number of writes after which expired values are removed."""
_PURGE_LIMIT = 1_000
"""Number of values that are removed at a time: the operations that follow wait for it."""


class SQLiteStore:
    """A Store in an SQLite file. When a method returns, its write is on disk and survives a crash of the process.

    Several processes on one machine can share the file. It must be on a local disk, not on a network file system. All
    work runs in one thread, so the event loop never waits for the disk; calls that wait for the thread together share one
    transaction, and one sync to disk. The store can be created before `os.fork()`: each process then opens the file for
    itself. Close it with `aclose()`, or use it as an async context manager.

    The file may contain an access token. So it is created for its owner only (mode 0600), also the `-wal` and `-shm` files
    beside it. If it exists and every user of the machine has access to it, the logger `sinch_numbers` warns.
    """

    def __init__(self, path: str | os.PathLike[str], *, clock: Clock | None = None) -> None:
        """The file is created if it is missing, on first use. Its folder must exist.

        Methods raise ConfigurationError if the file cannot be opened, or not with a write-ahead log, as for `":memory:"`.
        """
        self._path = os.fspath(path)
        self._clock = clock or SystemClock()
        self._pid = os.getpid()
        self._lock = threading.Lock()
        """Locked while the connection is used, and while the process forks."""
        self._thread = _new_thread()
        self._waiting: deque[Operation] = deque()
        self._is_draining = False
        """Whether the thread was told of what is waiting."""
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        # A random start, so that many short-lived processes purge from time to time as well.
        self._writes = random.randrange(_PURGE_EVERY)
        _stores.add(self)

    async def get(self, key: str) -> bytes | None:
        return await self._do(lambda entries: entries.get(key), writes=False)

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        await self._do(lambda entries: entries.set(key, value, ttl=ttl))
        self._purge()

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        added = await self._do(lambda entries: entries.add(key, value, ttl=ttl))
        self._purge()
        return added

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        return await self._do(lambda entries: entries.replace(key, old, new, ttl=ttl))

    async def delete(self, key: str, old: bytes) -> bool:
        return await self._do(lambda entries: entries.delete(key, old))

    async def items(
        self, prefix: str, *, after: str = "", limit: int | None = None
    ) -> list[tuple[str, bytes]]:
        return await self._do(lambda entries: entries.items(prefix, after=after, limit=limit), writes=False)

    async def transaction(self, work: Callable[[Entries], Coroutine[Any, Any, T]]) -> T:
        """What `work` returns: all that it writes to the store that it is given is written, or nothing of it.

        `work` runs in the store's thread, may run twice, and must await nothing but its store. If it raises, nothing is
        written.
        """
        result = await self._do(work, is_one_statement=False)
        self._purge()
        return result

    async def aclose(self) -> None:
        """Closes the file."""
        if self._closed:
            return
        self._closed = True
        thread = self._executor()
        # The thread works in order: it closes the file after all work that was begun earlier.
        await running_loop().run_in_executor(thread, self._close)
        thread.shutdown()

    def _close(self) -> None:
        with self._lock:
            self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __del__(self, _warn: Callable[..., None] = warnings.warn) -> None:
        if getattr(self, "_connection", None) is not None and self._pid == os.getpid():
            _warn(
                f"unclosed SQLiteStore({self._path!r}): use `async with`, or await aclose()",
                ResourceWarning,
                source=self,
            )
            # From Python 3.13 on, an open connection warns too, by a name that says nothing to the user.
            self._disconnect()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    def _purge(self) -> None:
        self._writes += 1
        if self._writes % _PURGE_EVERY == 0 and not self._closed:
            now = self._clock.time()
            future = self._begin(lambda db: Entries(db, now).purge(_PURGE_LIMIT))
            # Nobody waits for it, and no write fails because of it.
            future.add_done_callback(lambda future: future.exception())

    async def _do(
        self,
        work: Callable[[Entries], Coroutine[Any, Any, T]],
        *,
        writes: bool = True,
        is_one_statement: bool = True,
    ) -> T:
        now = self._clock.time()
        return await self._run(
            lambda db: at_once(work(Entries(db, now))), writes=writes, is_one_statement=is_one_statement
        )

    async def _run(
        self, work: Callable[[sqlite3.Connection], T], *, writes: bool = True, is_one_statement: bool = True
    ) -> T:
        if self._closed:
            raise ConfigurationError(f"the SQLite store at {self._path} is closed")
        return await self._begin(work, writes=writes, is_one_statement=is_one_statement)

    def _begin(
        self, work: Callable[[sqlite3.Connection], T], *, writes: bool = True, is_one_statement: bool = True
    ) -> asyncio.Future[T]:
        """Hands an operation to the thread. It is left out if the future is cancelled before the thread takes it."""
        thread = self._executor()
        future: asyncio.Future[T] = running_loop().create_future()
        self._waiting.append(
            Operation(work=work, writes=writes, is_one_statement=is_one_statement, future=future)
        )
        if not self._is_draining:
            self._is_draining = True
            thread.submit(self._drain)
        return future

    def _drain(self) -> None:
        """Performs what is waiting: what came while the thread was busy goes into one transaction."""
        # In this order: what is appended from now on is either found here, or starts another drain.
        self._is_draining = False
        while self._waiting:
            # Between two transactions the lock is free for a fork.
            with self._lock:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH))]
                batch = [each for each in batch if not each.future.cancelled()]
                self._perform(batch)
            deliver(batch)

    def _perform(self, batch: list[Operation]) -> None:
        if not batch:
            return
        try:
            if not perform(self._connection or self._open(), batch):
                self._disconnect()
        except Exception as error:
            # Whatever it was: its callers must not wait for ever, nor later ones meet the same connection.
            fail(batch, error)
            self._disconnect()

    def _executor(self) -> ThreadPoolExecutor:
        """The thread of this process. After a fork, the child needs a new one: it has none of its parent's threads."""
        if self._pid != os.getpid():
            self._after_fork_in_child()
        return self._thread

    def _before_fork(self) -> None:
        # An open connection must not be carried across a fork: its locks belong to the process that took them, but the
        # child would inherit a copy of their state (sqlite.org/howtocorrupt.html, 2.6). Both processes reopen the file.
        self._lock.acquire()
        self._disconnect()

    def _after_fork_in_parent(self) -> None:
        self._lock.release()

    def _after_fork_in_child(self) -> None:
        if self._connection is not None:
            raise ConfigurationError(
                f"the SQLite store at {self._path} was open when this process was forked by other means than os.fork(): "
                "create the store in the child, or use it only after the fork"
            )
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._thread = _new_thread()
        # Of the parent's calls, which the parent performs.
        self._waiting = deque()
        self._is_draining = False

    def _open(self) -> sqlite3.Connection:
        give_up = time.monotonic() + _BUSY_TIMEOUT
        while True:
            try:
                _keep_private(self._path)
                self._connection = _connect(self._path)
            except OSError as error:
                raise ConfigurationError(
                    f"cannot open the SQLite store at {self._path}: {error.strerror}"
                ) from error
            except sqlite3.Error as error:
                # If two processes switch a new file to a write-ahead log at once, one of them fails without waiting.
                busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() >= give_up:
                    raise ConfigurationError(
                        f"cannot open the SQLite store at {self._path}: {error}"
                    ) from error
                time.sleep(_BUSY_PAUSE)
            else:
                return self._connection


def _new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="sinch-numbers-store")


_creating = threading.Lock()


def _keep_private(path: str) -> None:
    """Creates the file for its owner only, or warns if all users have access to it. SQLite gives -wal and -shm the same mode."""
    if path in _NOT_FILES:
        return
    with _creating, suppress(FileExistsError):
        # Never an existing file: to close it would release the locks of other connections of this process.
        os.close(os.open(os.path.realpath(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if os.name == "nt":
        return  # the mode says nothing there
    exposed = [name for name in (path, f"{path}-wal", f"{path}-shm") if _mode(name) & stat.S_IRWXO]
    if exposed:
        logger.warning(
            "every user of this machine has access to %s, which may contain an access token: run chmod 600 %s",
            exposed[0],
            " ".join(exposed),
        )


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return 0


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    try:
        # With a write-ahead log, readers do not wait for a writer. FULL syncs each commit to disk.
        mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise ConfigurationError(
                f"cannot use {path} as an SQLite store: it must be a file on a local disk that can have a write-ahead log"
            )
        db.execute("PRAGMA synchronous = FULL")
        db.execute(SCHEMA)
        db.execute(INDEX)
    except BaseException:
        db.close()
        raise
    return db


_stores: weakref.WeakSet[SQLiteStore] = weakref.WeakSet()
_forking: list[SQLiteStore] = []


def _before_fork() -> None:
    _forking.extend(_stores)
    for store in _forking:
        store._before_fork()


def _after_fork_in_parent() -> None:
    for store in _forking:
        store._after_fork_in_parent()
    _forking.clear()


def _after_fork_in_child() -> None:
    for store in _forking:
        store._after_fork_in_child()
    _forking.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )
