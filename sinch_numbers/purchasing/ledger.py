"""The record of purchases: each is written down before its request is sent, and its outcome after."""

from __future__ import annotations

import secrets
import time

from .. import _defaults
from ..errors import ConfigurationError
from ..stores import Store
from ..stores.bounded import BoundedStore
from .claims import Claims
from .entries import Entry, EntryState


class PurchaseLedger:
    """Purchases in a Store: in memory for one run, in a file (`SQLiteStore`) to survive a crash.

    Give it to the client (`ledger=`): every billable call is recorded. `client.resume_purchases()` settles what a crash
    left open. Several processes can share a ledger: each purchase has one owner, which renews its entry while it works.
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
        """All processes that share a ledger need the same `lease`.

        Args:
            store: Where the entries are.
            name: Separates ledgers that share a store.
            lease: Seconds without a renewal after which another process may finish a purchase.
            store_timeout: Seconds until a call of the store has to end; less than an eighth of the lease, which is the
                default but for a margin.
            settle_after: Seconds for which the API has to say that a number is not active until a purchase without a
                clear outcome counts as refused, by the API's own clock.

        Raises:
            ConfigurationError: An option makes no sense; it names the option.
        """
        if not name or "/" in name:
            raise ConfigurationError(f"a ledger's name has to be text without a slash, not {name!r}")
        _check_seconds("lease", lease)
        _check_seconds("settle_after", settle_after)
        timeout = 0.9 * lease / 8 if store_timeout is None else store_timeout
        _check_seconds("store_timeout", timeout)
        if timeout >= lease / 8:
            raise ConfigurationError(
                f"store_timeout has to be less than an eighth of the lease of {lease:g} s, not {timeout:g} s"
            )
        self._claims = Claims(
            BoundedStore(store, timeout=timeout),
            f"sinch-numbers/ledger/{name}/",
            lease=lease,
            settle_after=settle_after,
        )

    async def entries(self, *, batch: str | None = None) -> list[Entry]:
        """All entries, or those of one batch, sorted by key: single calls in the order in which they began.

        Raises:
            StoreError: The store failed.
        """
        return await self._claims.entries(None if batch is None else check_batch(batch))

    async def settle(
        self,
        entry: Entry,
        state: EntryState,
        *,
        phone_number: str | None = None,
        detail: str = "settled by hand",
    ) -> Entry:
        """Settles an open entry by hand, such as a `rent_any` that the API cannot be asked for; returns it as it stands.

        `phone_number` is the number that was found. A slot of a batch that is settled as REFUSED is free again.

        Raises:
            ConfigurationError: The entry has changed since it was read: a process is at work on it, or settled it.
            StoreError: The ledger's store failed.
        """
        lease = await self._claims.take_over(entry)
        if lease is None:
            raise ConfigurationError(f"the entry {entry.key!r} has changed since it was read")
        changes = {} if phone_number is None else {"phone_number": phone_number}
        if not await self._claims.settle(lease, state, detail=detail, settled_at=time.time(), **changes):
            raise ConfigurationError(f"the entry {entry.key!r} was taken over by another process")
        return lease.entry


def check_batch(batch: str) -> str:
    """`batch` if it can be a batch's name; else raises ConfigurationError."""
    if not batch or "/" in batch:
        raise ConfigurationError(f"a batch's name has to be text without a slash, not {batch!r}")
    return batch


def new_batch(now: float) -> str:
    """A batch name that no other purchase has."""
    return f"{int(now * 1e6):020d}-{secrets.token_hex(4)}"


def _check_seconds(name: str, value: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise ConfigurationError(f"{name} has to be a finite number of seconds above 0, not {value!r}")
