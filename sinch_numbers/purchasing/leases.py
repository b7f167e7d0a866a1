"""Leases decide who owns a ledger entry. The owner renews its lease; every write is a compare-and-set on the bytes as read.

No wall clock, process id or host name decides anything. An owner measures the age of its lease by a clock that also
runs while the machine is suspended, and stops in time. Another process takes an entry over only after it has watched it
for longer than a lease, by its own monotonic clock, and the entry did not change.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from .._sending.tasks import TaskGroup, shielded
from ..attempts import Sent
from ..errors import StoreError
from ..stores.bounded import BoundedStore
from ..transports import TransportError
from .entries import Entry

logger: logging.Logger = logging.getLogger("sinch_numbers")

_RENEWALS_PER_LEASE = 4
_MAX_CONFIRMATIONS = 3

# The owners of the leases that this process holds. After a fork, the child holds none: they are its parent's.
_held: set[str] = set()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_held.clear)


def owner_name() -> str:
    """A new name for an owner. The random part makes it unique, even after a fork or in a cloned virtual machine."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(8)}"


def new_owner() -> str:
    """A new name for the owner of one lease, which this process holds until `drop_owner`."""
    owner = owner_name()
    _held.add(owner)
    return owner


def drop_owner(owner: str) -> None:
    """Records that this process no longer holds the lease."""
    _held.discard(owner)


def is_held_here(entry: Entry) -> bool:
    """Whether this process holds the lease on the entry."""
    return entry.owner in _held


def elapsed() -> float:
    """Monotonic seconds that include the time for which the machine was suspended, if the system has such a clock."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


async def write(store: BoundedStore, old: bytes | None, entry: Entry, tried: list[Entry]) -> Entry | None:
    """Replaces `old` (None: nothing) by `entry`. Returns the entry that was written, or None if the store has another value.

    If the result of a write is lost, the key is read: the write is retried only if the store still has `old`, and a first
    write that arrives late then fails. Raises StoreError if it is not known what the store has; `tried` then lists all
    values of ours that it may have.
    """
    tried.append(entry)
    try:
        written = await _swap(store, old, entry)
    except StoreError:
        current = await store.get(entry.key)
        if current == entry.raw:
            return await _acknowledged(store, entry, tried)
        written = current == old and await _swap(store, old, entry)
        if not written and current == old:
            written = await store.get(entry.key) == entry.raw  # the first write arrived before the second
    tried.clear()
    return entry if written else None


async def _acknowledged(store: BoundedStore, entry: Entry, tried: list[Entry]) -> Entry | None:
    """Writes again what the store already has: only a write that the store acknowledged is certain to be durable."""
    again = entry.written()
    tried.append(again)
    try:
        written = await store.replace(entry.key, entry.raw, again.raw)
    except StoreError:
        return entry  # the store may have `again` instead: ours in both cases
    tried.clear()
    return again if written else None


async def remove(store: BoundedStore, key: str, old: bytes) -> bool:
    """Removes `key` if its value is `old`. Returns whether it did, or, if the store did not say, whether the key is gone."""
    try:
        return await store.delete(key, old)
    except StoreError:
        current = await store.get(key)
        return current is None or (current == old and await store.delete(key, old))


async def _swap(store: BoundedStore, old: bytes | None, entry: Entry) -> bool:
    if old is None:
        return await store.add(entry.key, entry.raw)
    return await store.replace(entry.key, old, entry.raw)


class Lease:
    """The lease of a live purchase on its ledger entry. `lost` is set once another process has taken the entry over."""

    def __init__(self, store: BoundedStore, entry: Entry, *, length: float, since: float) -> None:
        """`length` is in seconds. `since` is the value of `elapsed()` before the entry was written."""
        self.entry: Entry = entry
        self.lost: bool = False
        self._store = store
        self._length = length
        self._since = since
        self._ended = False
        self._tried: list[Entry] = []
        self._lock = asyncio.Lock()
        self._tasks = TaskGroup()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def may_send(self) -> bool:
        """Whether the lease is not lost."""
        return not self.lost

    def is_stale(self) -> bool:
        """Whether more than half of the lease has passed, so that another process may soon take the entry over."""
        return elapsed() - self._since > self._length / 2

    @contextmanager
    def held(self, tasks: TaskGroup) -> Generator[None]:
        """Renews the lease regularly while the block runs."""
        self._tasks = tasks
        # In the event loop on purpose: a process whose loop hangs must lose its leases.
        self._wait_for_beat()
        try:
            yield
        finally:
            self._end()

    async def renew(self) -> None:
        """Writes a new version. Raises TransportError (never sent) if the lease is lost or the store failed."""
        # In its own task: if it were cancelled half-way, it would not know which version the store has.
        await shielded(self._tasks.start(self._renew(), name=f"sinch-numbers lease {self.entry.key}"))

    async def confirm(self) -> None:
        """Called just before a request is sent. Raises TransportError (never sent) unless the lease is held and fresh."""
        for _ in range(_MAX_CONFIRMATIONS):
            await self.renew()
            if not self.is_stale():
                return
        raise _not_sent(
            StoreError("the ledger's store is too slow for the lease: raise PurchaseLedger(lease=...)")
        )

    async def settle(self, **changes: Any) -> bool:
        """Writes the last version and ends the lease. False if another process has the entry. Raises StoreError on failure."""
        async with self._lock:
            self._end()
            return not self.lost and await self._write(self.entry.written(**changes))

    async def remove(self) -> bool:
        """Removes the entry and ends the lease. False if another process has the entry."""
        async with self._lock:
            self._end()
            return not self.lost and await remove(self._store, self.entry.key, self.entry.raw)

    def _end(self) -> None:
        self._ended = True
        drop_owner(self.entry.owner)
        if self._timer is not None:
            self._timer.cancel()

    def _wait_for_beat(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(
            self._length / _RENEWALS_PER_LEASE, self._start_beat
        )

    def _start_beat(self) -> None:
        self._tasks.start(self._beat(), name=f"sinch-numbers lease {self.entry.key}")

    async def _beat(self) -> None:
        if not self.lost:
            self._wait_for_beat()
        try:
            await self._renew()
        except TransportError as error:
            logger.warning("the lease on %s was not renewed: %s", self.entry.phone_number, error)

    async def _renew(self) -> None:
        async with self._lock:
            if self._ended:
                return
            since = elapsed()
            try:
                renewed = not self.lost and await self._write(self.entry.written())
            except StoreError as error:
                raise _not_sent(error) from error
            if not renewed:
                self.lost = True
                raise TransportError(
                    f"another process has taken over the purchase of {self.entry.phone_number}",
                    sent=Sent.NEVER,
                )
            # The time before the write: another process may have read the new version as early as then.
            self._since = since

    async def _write(self, entry: Entry) -> bool:
        if self._tried:
            # The result of an earlier write is not known: the store has one of these, or another process's value.
            current = await self._store.get(entry.key)
            mine = (tried for tried in (self.entry, *self._tried) if tried.raw == current)
            self.entry = next(mine, self.entry)
        written = await write(self._store, self.entry.raw, entry, self._tried)
        if written is None:
            self.lost = True
            return False
        self.entry = written
        return True


def _not_sent(error: StoreError) -> TransportError:
    failure = TransportError(str(error), sent=Sent.NEVER)
    failure.__cause__ = error
    return failure
