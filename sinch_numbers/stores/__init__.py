"""Stores keep small values for longer than a call: access tokens, ledger entries and callbacks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from .memory import MemoryStore

if TYPE_CHECKING:
    from .sqlite import SQLiteStore

__all__ = ["MemoryStore", "SQLiteStore", "Store"]


class Store(Protocol):
    """A key-value store whose values can expire. Each method is atomic among all processes that use the store.

    For a ledger, a write must be durable when the method returns, and a read must see all writes that returned before.
    A method that fails raises any exception; the SDK then assumes that the write may or may not have happened.
    """

    async def get(self, key: str) -> bytes | None:
        """The value of `key`, or None if it is absent or expired."""
        ...

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        """Sets `key`. It expires after `ttl` seconds (None: never)."""
        ...

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        """Sets `key` only if it is absent or expired. Returns whether it did."""
        ...

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        """Compare-and-set: sets `key` to `new` only if its value is `old`. Returns whether it did.

        It then expires after `ttl` seconds; None keeps its expiry.
        """
        ...

    async def delete(self, key: str, old: bytes) -> bool:
        """Compare-and-delete: removes `key` only if its value is `old`. Returns whether it did."""
        ...

    async def items(
        self, prefix: str, *, after: str = "", limit: int | None = None
    ) -> list[tuple[str, bytes]]:
        """The keys that start with `prefix` and have not expired, with their values, sorted by key.

        Only those that sort behind `after`, and at most `limit` of them (None: all).
        """
        ...


if not TYPE_CHECKING:
    # Loaded on first use: most programs do not need it.
    def __getattr__(name: str) -> Any:
        if name != "SQLiteStore":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(".sqlite", __name__).SQLiteStore
