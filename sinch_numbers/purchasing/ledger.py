"""The ledger: it records each purchase before its request is sent, and its outcome afterwards."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from datetime import datetime

from .. import _defaults
from ..errors import ConfigurationError
from ..stores import Store
from ..stores.bounded import BoundedStore
from .claims import Claims
from .entries import Entry, EntryState


class PurchaseLedger:
    """Records all billable calls of a client in a Store: in memory, or in a file (`SQLiteStore`) to survive a crash.

    Pass it to the client as `ledger=`. `client.resume_purchases()` settles the entries that a crash left open. Several
    processes can share a ledger: each open entry has one owner, which renews its lease on the entry while it works.
    """

    def __init__(
        self,
        store: Store,
        *,
        name: str = "default",
        lease: float = _defaults.LEASE,
        store_timeout: float | None = None,
        settle_after: float = _defaults.SETTLE_AFTER,
    ) -> None:
        """All processes that share a ledger must use the same `lease`.

        Args:
            store: Keeps the entries.
            name: Separates ledgers that share a store.
            lease: Seconds without a renewal after which another process may take over a purchase.
            store_timeout: Seconds for one call of the store. It must be less than an eighth of the lease; the default is
                0.9 times that.
            settle_after: Seconds for which the API must report a number absent until a purchase without a clear outcome
                counts as refused. They are measured by the API's own clock.

        Raises:
            ConfigurationError: An option is not valid. The message names the option.
        """
        if not name or "/" in name:
            raise ConfigurationError(
                f"the name of a ledger must be non-empty text without a slash, not {name!r}"
            )
        _check_seconds("lease", lease)
        _check_seconds("settle_after", settle_after)
        timeout = 0.9 * lease / 8 if store_timeout is None else store_timeout
        _check_seconds("store_timeout", timeout)
        if timeout >= lease / 8:
            raise ConfigurationError(
                f"store_timeout must be less than an eighth of the lease of {lease:g} s, not {timeout:g} s"
            )
        self._claims = Claims(
            BoundedStore(store, timeout=timeout),
            f"sinch-numbers/ledger/{name}/",
            lease=lease,
            settle_after=settle_after,
        )

    async def entries(self, *, batch: str | None = None) -> list[Entry]:
        """All entries, or those of one batch, sorted by key. Entries of single calls are in the order in which they began.

        An entry that cannot be read has the state UNREADABLE.

        Raises:
            ConfigurationError: `batch` is not a valid name.
            StoreError: The store failed or timed out.
        """
        return await self._claims.entries(None if batch is None else check_batch(batch))

    def each(self, *, batch: str | None = None) -> AsyncIterator[Entry]:
        """The same entries one after the other, read in pages: for a ledger that is too large for a list."""
        return self._claims.each(None if batch is None else check_batch(batch))

    async def prune(self, *, settled_before: datetime) -> int:
        """Removes entries that were settled before `settled_before`, which must have a time zone. Returns how many.

        A batch is removed as a whole, once all its slots were settled before. Its name cannot be used again: the call
        would buy its numbers a second time. What is removed is not counted any more by `Budget.include`, and the ledger
        forgets who rented its numbers.

        Raises:
            ConfigurationError: `settled_before` has no time zone.
            StoreError: The store failed or timed out. What was removed until then remains removed.
        """
        if settled_before.tzinfo is None:
            raise ConfigurationError(
                "settled_before must have a time zone: datetime.now(UTC) - timedelta(days=365)"
            )
        return await self._claims.prune(settled_before.timestamp())

    async def settle(
        self,
        entry: Entry,
        state: EntryState,
        *,
        phone_number: str | None = None,
        detail: str = "settled by hand",
    ) -> Entry:
        """Settles an open entry by hand, for example one of `rent_any`, for which the API cannot be asked. Returns the entry.

        `phone_number` is the number that you found. If you settle the slot of a batch as REFUSED, the slot is free again.

        Raises:
            ConfigurationError: The entry has changed since you read it: a process works on it, or has settled it.
            StoreError: The store failed or timed out.
        """
        lease = await self._claims.take_over(entry)
        if lease is None:
            raise ConfigurationError(f"the entry {entry.key!r} has changed since it was read: read it again")
        changes = {} if phone_number is None else {"phone_number": phone_number}
        if not await self._claims.settle(lease, state, detail=detail, settled_at=time.time(), **changes):
            raise ConfigurationError(f"another process has taken over the entry {entry.key!r}")
        return lease.entry


def check_batch(batch: str) -> str:
    """`batch` if it is a valid name; otherwise raises ConfigurationError."""
    if not batch or "/" in batch:
        raise ConfigurationError(f"the name of a batch must be non-empty text without a slash, not {batch!r}")
    return batch


def new_batch(now: float) -> str:
    """A unique batch name. `now`: seconds since the epoch."""
    return f"{int(now * 1e6):020d}-{secrets.token_hex(4)}"


def _check_seconds(name: str, value: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise ConfigurationError(f"{name} must be a finite number of seconds above 0, not {value!r}")
