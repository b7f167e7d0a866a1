"""A store whose calls a test fails, or holds after they were carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sinch_numbers import MemoryStore

Which = Callable[[str, str, bytes], bool]
"""Whether a call is meant: the name of its method, its key, and the bytes that it writes."""


def no_call(method: str, key: str, new: bytes) -> bool:
    return False


def writes(state: str) -> Which:
    """The calls that write an entry in this state."""
    return lambda method, key, new: f'"state": "{state}"'.encode() in new


class GatedStore(MemoryStore):
    """Set `fails` and `holds` at any time. `reached` is set once a call is held, until `release()`."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Which = no_call
        self.holds: Which = no_call
        self.reached = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        """Lets the calls that are held go on, and holds none any more."""
        self.holds = no_call
        self._released.set()

    async def _pass(self, method: str, key: str, new: bytes = b"") -> None:
        if self.holds(method, key, new):
            self.reached.set()
            await self._released.wait()

    def _check(self, method: str, key: str, new: bytes = b"") -> None:
        if self.fails(method, key, new):
            raise OSError("no space left on device")

    async def get(self, key: str) -> bytes | None:
        self._check("get", key)
        value = await super().get(key)
        await self._pass("get", key)
        return value

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        self._check("add", key, value)
        added = await super().add(key, value, ttl=ttl)
        await self._pass("add", key, value)
        return added

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        self._check("replace", key, new)
        replaced = await super().replace(key, old, new, ttl=ttl)
        await self._pass("replace", key, new)
        return replaced

    async def delete(self, key: str, old: bytes) -> bool:
        self._check("delete", key)
        deleted = await super().delete(key, old)
        await self._pass("delete", key)
        return deleted
