"""A store that counts as durable, and fails on request."""

from __future__ import annotations

import asyncio
from typing import Any

from sinch_numbers import MemoryStore
from sinch_numbers.sandbox import VirtualClock


class Durable:
    """A store that counts as durable, whose calls fail or hang as scripted."""

    def __init__(self, clock: VirtualClock) -> None:
        self._inner = MemoryStore(clock=clock)
        self.fail: str = ""
        self.let_go = asyncio.Event()
        self.looks = 0
        """How often `items` was called."""

    async def _answer(self, call: Any, *, write: bool = False) -> Any:
        if self.fail == "before":
            call.close()
            raise OSError("no space left on device")
        if self.fail == "hang":
            call.close()
            await self.let_go.wait()
            raise OSError("too late")
        answer = await call
        if self.fail == "after write" and write:
            raise OSError("connection lost")
        return answer

    async def get(self, key: str) -> bytes | None:
        return await self._answer(self._inner.get(key))  # type: ignore[no-any-return]

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        await self._answer(self._inner.set(key, value, ttl=ttl), write=True)

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        return await self._answer(self._inner.add(key, value, ttl=ttl), write=True)  # type: ignore[no-any-return]

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        return await self._answer(self._inner.replace(key, old, new, ttl=ttl), write=True)  # type: ignore[no-any-return]

    async def delete(self, key: str, old: bytes) -> bool:
        return await self._answer(self._inner.delete(key, old), write=True)  # type: ignore[no-any-return]

    async def items(
        self, prefix: str, *, after: str = "", limit: int | None = None
    ) -> list[tuple[str, bytes]]:
        self.looks += 1
        return await self._answer(self._inner.items(prefix, after=after, limit=limit))  # type: ignore[no-any-return]
