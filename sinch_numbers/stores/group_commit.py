"""Operations on an SQLite connection, performed as one transaction, so that all of them share one sync to disk."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import attrs


@attrs.define(eq=False, kw_only=True)
class Operation:
    """What a caller has executed, and the future that the caller awaits."""

    work: Callable[[sqlite3.Connection], Any]
    """Executes one statement or several. It may be called again after a rollback."""
    writes: bool
    is_one_statement: bool = True
    """Otherwise it is all or nothing: it needs a transaction also where it is alone."""
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Gives the caller the outcome, unless it was cancelled."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


def perform(db: sqlite3.Connection, operations: Sequence[Operation]) -> bool:
    """Performs `operations` in order, as one transaction if any of them writes, and notes the outcome of each.

    An operation that fails does so alone. If the commit fails, all fail: they may or may not be on disk. Returns False
    if the connection cannot be used any longer.
    """
    if not any(each.writes for each in operations):
        return _each_alone(db, operations)
    if len(operations) == 1 and operations[0].is_one_statement:
        return _each_alone(db, operations)
    try:
        # The lock at once: a read that becomes a write later would fail if another process wrote between them.
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        # Another process has the lock, which only writers need.
        fail([each for each in operations if each.writes], error)
        return _each_alone(db, [each for each in operations if not each.writes])
    try:
        results = [each.work(db) for each in operations]
    except Exception as error:
        if not _rolled_back(db, operations):
            return False
        if len(operations) > 1:
            return _each_alone(db, operations)
        operations[0].error = error
        return True
    try:
        db.execute("COMMIT")
    except sqlite3.Error as error:
        # Not tried again: what was written may come to light when the file is opened anew.
        fail(operations, error)
        return False
    for each, result in zip(operations, results, strict=True):
        each.result = result
    return True


def fail(operations: Sequence[Operation], error: BaseException) -> None:
    """Notes the error as the outcome of each: a copy of its own, since raising one instance grows its traceback."""
    for each in operations:
        each.error = copy(error)


def deliver(operations: Sequence[Operation]) -> None:
    """Tells the callers, in their event loops, what came of their operations. Called in another thread."""
    loops: dict[asyncio.AbstractEventLoop, list[Operation]] = {}
    for each in operations:
        loops.setdefault(each.future.get_loop(), []).append(each)
    for loop, group in loops.items():
        # Once for all of a loop, since waking a loop is what takes time. A loop that was closed has no callers left.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, group)


def _settle(operations: Sequence[Operation]) -> None:
    for each in operations:
        each.settle()


def _each_alone(db: sqlite3.Connection, operations: Sequence[Operation]) -> bool:
    """Performs each operation as a transaction of its own."""
    for index, each in enumerate(operations):
        if not each.is_one_statement:
            if not perform(db, [each]):
                rest = sqlite3.OperationalError("the connection was given up, since a write before it failed")
                fail(operations[index + 1 :], rest)
                return False
            continue
        try:
            each.result = each.work(db)
        except Exception as error:
            each.error = error
    return not db.in_transaction


def _rolled_back(db: sqlite3.Connection, operations: Sequence[Operation]) -> bool:
    try:
        # Some errors, such as a full disk, have rolled it back already.
        if db.in_transaction:
            db.execute("ROLLBACK")
    except sqlite3.Error as error:
        fail(operations, error)
        return False
    return True
