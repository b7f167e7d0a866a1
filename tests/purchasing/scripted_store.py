"""A store whose writes go wrong as scripted, and a claim on a slot in it."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from sinch_numbers import MemoryStore
from sinch_numbers.purchasing.claims import Claims
from sinch_numbers.purchasing.leases import Lease

NUMBER = "+12025550134"
LENGTH = 30.0


@attrs.define
class Scripted(MemoryStore):
    """A store whose next writes go wrong as scripted: `before` they are carried out, `after`, or `late`, at the next read."""

    def __init__(self) -> None:
        super().__init__()
        self.script: list[str] = []
        self.late: list[Callable[[], None]] = []
        self.writes = 0

    async def _write(self, carry_out: Callable[[], bool]) -> bool:
        self.writes += 1
        how = self.script.pop(0) if self.script else ""
        if how == "late":
            self.late.append(carry_out)  # type: ignore[arg-type]
        if how in {"before", "late"}:
            raise OSError("no response")
        done = carry_out()
        if how == "after":
            raise OSError("no response")
        return done

    async def get(self, key: str) -> bytes | None:
        if self.script and self.script[0] == "unreadable":
            self.script.pop(0)
            raise OSError("no response")
        value = await super().get(key)
        while self.late:
            self.late.pop()()
        return value

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        def carry_out() -> bool:
            free = self._live(key) is None
            if free:
                self._put(key, value, float("inf"))
            return free

        return await self._write(carry_out)

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        def carry_out() -> bool:
            same = self._live(key) == old
            if same:
                self._put(key, new, float("inf"))
            return same

        return await self._write(carry_out)

    async def delete(self, key: str, old: bytes) -> bool:
        def carry_out() -> bool:
            same = self._live(key) == old
            if same:
                self._remove(key)
            return same

        return await self._write(carry_out)


async def claimed(claims: Claims, slot: int = 0, number: str = NUMBER) -> Lease:
    lease = await claims.claim("batch", slot, number, price=None, now=1.0)
    assert lease is not None
    return lease
