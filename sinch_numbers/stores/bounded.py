"""Calls a user's store with a timeout, and turns every failure into a StoreError."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .. import _defaults
from .._sending.tasks import TaskGroup
from ..errors import StoreError
from . import MemoryStore, Store

T = TypeVar("T")


class BoundedStore:
    """Runs each call of `store` in its own task, and abandons the task after `timeout` seconds.

    It does not wait for the cancelled task, because a driver may ignore the cancellation. A write that failed or timed
    out may have happened, or may still happen later: StoreError means that the outcome is not known.
    """

    def __init__(self, store: Store, *, timeout: float) -> None:
        self._store = store
        self._timeout = timeout
        self._tasks = TaskGroup()

    async def get(self, key: str) -> bytes | None:
        return await self._call(self._store.get(key))

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        await self._call(self._store.set(key, value, ttl=ttl))

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        return await self._call(self._store.add(key, value, ttl=ttl))

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        return await self._call(self._store.replace(key, old, new, ttl=ttl))

    async def delete(self, key: str, old: bytes) -> bool:
        return await self._call(self._store.delete(key, old))

    async def items(
        self, prefix: str, *, after: str = "", limit: int | None = None
    ) -> list[tuple[str, bytes]]:
        return await self._call(self._store.items(prefix, after=after, limit=limit))

    async def together(self, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
        """What `work` returns, which awaits calls of the store that it is given, and nothing else.

        An `SQLiteStore` does all of it in one transaction, and may do it twice, so `work` has no other effect. With
        another store it is what it would be without this method: call by call, each with the timeout.
        """
        store: Any = self._store
        kind: type[Any] = type(self._store)
        if kind is MemoryStore:
            return await work(store)  # its methods never wait
        # Of the class itself: one that inherits from it may do something else in a single method.
        if "transaction" in vars(kind):
            return await self._call(store.transaction(work))
        return await work(self)

    async def _call(self, work: Coroutine[Any, Any, T]) -> T:
        task = self._tasks.start(work, name="sinch-numbers store")
        try:
            await asyncio.wait({task}, timeout=self._timeout)
        except asyncio.CancelledError:
            # Nobody waits for the result, but the call gets a moment to finish.
            await asyncio.wait({task}, timeout=_defaults.ABANDONED_GRACE)
            raise
        finally:
            task.cancel()
        if not task.done():
            raise StoreError(f"the store did not respond within {self._timeout:g} s")
        try:
            return task.result()
        except (Exception, asyncio.CancelledError) as error:
            raise StoreError(f"the store failed: {type(error).__name__}: {error}") from error
