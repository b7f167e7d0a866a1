"""A store in memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

from ..clock import Clock, SystemClock

_NEVER = float("inf")
_PURGE_AT = 1_000
"""Number of values at which expired ones are removed. After that, twice as many as remained."""


class MemoryStore:
    """A Store in memory, which is lost when the process ends."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._entries: dict[str, tuple[bytes, float]] = {}
        self._keys: list[str] = []
        """Those of `_entries`, sorted."""
        self._purge_at = _PURGE_AT

    async def get(self, key: str) -> bytes | None:
        return self._live(key)

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        self._put(key, value, ttl)

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        if self._live(key) is not None:
            return False
        self._put(key, value, ttl)
        return True

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        if self._live(key) != old:
            return False
        expires = self._entries[key][1] if ttl is None else self._clock.time() + ttl
        self._entries[key] = (new, expires)
        return True

    async def delete(self, key: str, old: bytes) -> bool:
        if self._live(key) != old:
            return False
        self._remove(key)
        return True

    async def items(
        self, prefix: str, *, after: str = "", limit: int | None = None
    ) -> list[tuple[str, bytes]]:
        keys = self._keys
        index = max(bisect_left(keys, prefix), bisect_right(keys, after))
        now = self._clock.time()
        found: list[tuple[str, bytes]] = []
        while index < len(keys) and keys[index].startswith(prefix) and (limit is None or len(found) < limit):
            value, expires = self._entries[keys[index]]
            if expires > now:
                found.append((keys[index], value))
            index += 1
        return found

    def _purge(self) -> None:
        now = self._clock.time()
        self._entries = {key: entry for key, entry in self._entries.items() if entry[1] > now}
        self._keys = sorted(self._entries)
        self._purge_at = max(_PURGE_AT, 2 * len(self._entries))

    def _live(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, expires = entry
        if expires != _NEVER and expires <= self._clock.time():
            self._remove(key)
            return None
        return value

    def _put(self, key: str, value: bytes, ttl: float | None) -> None:
        if key not in self._entries:
            insort(self._keys, key)
        self._entries[key] = (value, _NEVER if ttl is None else self._clock.time() + ttl)
        if len(self._entries) >= self._purge_at:
            self._purge()

    def _remove(self, key: str) -> None:
        del self._entries[key]
        del self._keys[bisect_left(self._keys, key)]
