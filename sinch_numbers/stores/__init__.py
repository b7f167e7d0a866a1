"""Where small values are kept for longer than a call: tokens, the purchases in flight, events seen."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from .memory import MemoryStore

if TYPE_CHECKING:
    from .sqlite import SQLiteStore

__all__ = ["MemoryStore", "SQLiteStore", "Store"]


class Store(Protocol):
    """A key-value store whose values expire. Each method is atomic among all users of the store."""

    async def get(self, key: str) -> bytes | None:
        """The value of `key`, or None if there is none or it has expired."""
        ...

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        """Sets `key`, to expire after `ttl` seconds (None: never)."""
        ...

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        """Sets `key` only if it is absent or expired; returns whether it did."""
        ...

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        """Sets `key` to `new` only if its value is `old`; returns whether it did.

        It expires after `ttl` seconds then; None leaves the expiry that it has.
        """
        ...

    async def delete(self, key: str, old: bytes) -> bool:
        """Removes `key` only if its value is `old`; returns whether it did."""
        ...

    async def items(self, prefix: str) -> list[tuple[str, bytes]]:
        """All live entries whose key starts with `prefix`, sorted by key."""
        ...


if not TYPE_CHECKING:
    # Loaded when it is first used: most programs need no file.
    def __getattr__(name: str) -> Any:
        if name != "SQLiteStore":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(".sqlite", __name__).SQLiteStore
