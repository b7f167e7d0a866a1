"""The entries in an SQLite file, on a connection of the thread that calls: the SQL of `SQLiteStore`."""

from __future__ import annotations

import sqlite3
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL) WITHOUT ROWID
"""
# A file of an earlier version gets it when it is opened.
INDEX = "CREATE INDEX IF NOT EXISTS entries_expires ON entries (expires) WHERE expires IS NOT NULL"
_GET = "SELECT value FROM entries WHERE key = ? AND (expires IS NULL OR expires > ?)"
_SET = "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)"
# One statement, so that only one of two processes changes the row.
_ADD = """
INSERT INTO entries VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires
WHERE entries.expires <= ?
"""
_REPLACE = """
UPDATE entries SET value = ?, expires = coalesce(?, expires)
WHERE key = ? AND value = ? AND (expires IS NULL OR expires > ?)
"""
_DELETE = "DELETE FROM entries WHERE key = ? AND value = ? AND (expires IS NULL OR expires > ?)"
_ITEMS = """
SELECT key, value FROM entries
WHERE key >= ? AND key > ? AND key < ? AND (expires IS NULL OR expires > ?) ORDER BY key LIMIT ?
"""
_BEHIND_ALL = "\U0010ffff"
"""A suffix that makes a prefix sort behind all keys that start with it."""
_PURGE = "DELETE FROM entries WHERE key IN (SELECT key FROM entries WHERE expires <= ? LIMIT ?)"


class Entries:
    """A Store whose methods never wait: each executes its one statement at once."""

    def __init__(self, db: sqlite3.Connection, now: float) -> None:
        self._db = db
        self._now = now

    async def get(self, key: str) -> bytes | None:
        row = self._db.execute(_GET, (key, self._now)).fetchone()
        return None if row is None else bytes(row[0])

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        self._db.execute(_SET, (key, value, self._expiry(ttl)))

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        return self._db.execute(_ADD, (key, value, self._expiry(ttl), self._now)).rowcount > 0

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        return self._db.execute(_REPLACE, (new, self._expiry(ttl), key, old, self._now)).rowcount > 0

    async def delete(self, key: str, old: bytes) -> bool:
        return self._db.execute(_DELETE, (key, old, self._now)).rowcount > 0

    async def items(
        self, prefix: str, *, after: str = "", limit: int | None = None
    ) -> list[tuple[str, bytes]]:
        values = (prefix, after, prefix + _BEHIND_ALL, self._now, -1 if limit is None else limit)
        return [(str(key), bytes(value)) for key, value in self._db.execute(_ITEMS, values).fetchall()]

    def purge(self, limit: int) -> None:
        """Removes expired entries, at most `limit`."""
        self._db.execute(_PURGE, (self._now, limit))

    def _expiry(self, ttl: float | None) -> float | None:
        return None if ttl is None else self._now + ttl


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that awaits nothing but `Entries`. Raises what it raises, and TypeError if it waits."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise TypeError("a transaction may await nothing but the store that it is given")
