"""Opens, claims, watches, takes over and settles the entries of a ledger."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Iterable
from typing import Any

import attrs

from ..clock import Clock
from ..errors import NumberTakenError, StoreError
from ..stores.bounded import BoundedStore
from .decision import Kind
from .entries import Entry, EntryState
from .leases import Lease, drop_owner, elapsed, is_held_here, new_owner, remove, write
from .prices import Price

logger: logging.Logger = logging.getLogger("sinch_numbers")

_LOOKS_PER_LEASE = 8


class Claims:
    """Hands out leases on ledger entries.

    A slot is claimed with the store's `add`, which succeeds only once. So a batch of N slots never has more than N
    purchases, in progress or done, whatever crashes and however many processes buy. The number is the fence: a slot
    takes another number only after the API refused this one to the owner of the slot. A late request of an earlier owner
    can therefore buy only the same number, or nothing.
    """

    def __init__(self, store: BoundedStore, prefix: str, *, lease: float, settle_after: float) -> None:
        """`prefix` is that of all keys. `lease` and `settle_after` are in seconds."""
        self.settle_after = settle_after
        self._store = store
        self._prefix = prefix
        self._length = lease

    async def entries(self, batch: str | None = None) -> list[Entry]:
        """All entries, or those of one batch, sorted by key."""
        folders = ["batch/", "call/", "extra/"] if batch is None else [f"batch/{batch}/"]
        return [
            Entry.read(key, raw)
            for folder in folders
            for key, raw in await self._store.items(self._prefix + folder)
        ]

    async def read(self, key: str) -> Entry | None:
        """The current entry at `key`, or None if there is none."""
        raw = await self._store.get(key)
        return None if raw is None else Entry.read(key, raw)

    async def open_call(
        self, kind: Kind, phone_number: str | None, *, price: Price | None, now: float
    ) -> Lease:
        """Opens an entry for a single call, before it is sent. `now`: seconds since the epoch."""
        # Zero-padded microseconds sort by time; the random part makes the key unique.
        key = f"{self._prefix}call/{int(now * 1e6):020d}-{secrets.token_hex(4)}"
        lease = await self._add(key, kind, phone_number, price, now)
        assert lease is not None  # the key is unique
        return lease

    async def claim(
        self, batch: str, slot: int, phone_number: str, *, price: Price | None, now: float
    ) -> Lease | None:
        """Claims a slot for a number. None if the slot is taken. `now`: seconds since the epoch.

        Raises NumberTakenError if another slot has the number. After a crash, that number may still be on offer.
        """
        lease = await self._add(self.slot_key(batch, slot), Kind.RENT, phone_number, price, now)
        # In this order, so that a number never points to a slot that does not exist yet.
        return None if lease is None else await self._with_number(lease)

    async def watch(self, entries: Iterable[Entry], clock: Clock) -> dict[str, Entry]:
        """The entries, by key, that have no live owner.

        An UNKNOWN entry has no owner. The owner of an INTENT entry is presumed dead if the entry does not change for
        longer than a lease, by this process's own monotonic clock. All entries are watched at once, and the wait ends
        early if all of them have changed.
        """
        watched = {entry.key: entry for entry in entries}
        free = {key: entry for key, entry in watched.items() if entry.state is EntryState.UNKNOWN}
        watched = {
            key: entry for key, entry in watched.items() if key not in free and not is_held_here(entry)
        }
        begin = clock.monotonic()
        while watched and clock.monotonic() - begin < 1.1 * self._length:
            await clock.sleep(self._length / _LOOKS_PER_LEASE)
            for key, entry in [*watched.items()]:
                if is_held_here(entry) or await self._store.get(key) != entry.raw:
                    del watched[key]
        return free | watched

    async def take_over_slot(self, entry: Entry) -> Lease | None:
        """Takes a slot over to rent its number again. None if another process was faster.

        Raises NumberTakenError if another slot has the number: the request of this slot was never sent, so the slot is
        released.
        """
        lease = await self.take_over(entry)
        return None if lease is None else await self._with_number(lease)

    async def take_over(self, entry: Entry) -> Lease | None:
        """Takes an entry over after it was watched. None if another process was faster."""
        # A request may be sent from here on, so what the API said before proves nothing any more.
        return await self._lease(
            entry.raw, attrs.evolve(entry, state=EntryState.INTENT, unconfirmed_since=None)
        )

    async def settle(self, lease: Lease, state: EntryState, **changes: Any) -> bool:
        """Writes the outcome into the entry. False if another process has taken the entry over."""
        entry = lease.entry
        if state is EntryState.REFUSED and entry.is_slot:
            return await self._release(lease)
        kept = await lease.settle(state=state, **changes)
        if kept and state is EntryState.RELEASED:
            # The number may be offered and bought again.
            number_key = self._number_key(entry.phone_number)
            if (slot := await self._store.get(number_key)) is not None:
                await remove(self._store, number_key, slot)
        return kept

    async def keep_charge(self, entry: Entry, phone_number: str) -> bool:
        """Writes an extra entry for a charge whose entry was lost, so that the ledger has every charge.

        Writes nothing and returns False if the new owner of the entry has the same number: it will find it rented.
        """
        current = await self.read(entry.key)
        if current is not None and current.phone_number == phone_number:
            return False
        logger.error(
            "%s was rented, but its ledger entry %s was lost; writing an extra entry", phone_number, entry.key
        )
        key = f"{self._prefix}extra/{secrets.token_hex(8)}"
        extra = attrs.evolve(entry, key=key, phone_number=phone_number, state=EntryState.RENTED)
        await write(self._store, None, extra.written(), [])
        return True

    def slot_key(self, batch: str, slot: int) -> str:
        """The key of a slot."""
        return f"{self._prefix}batch/{batch}/{slot:08d}"

    async def _add(
        self, key: str, kind: Kind, phone_number: str | None, price: Price | None, now: float
    ) -> Lease | None:
        entry = Entry(
            key=key,
            operation=kind,
            phone_number=phone_number,
            state=EntryState.INTENT,
            price=price,
            began_at=now,
        )
        return await self._lease(None, entry)

    async def _lease(self, old: bytes | None, entry: Entry) -> Lease | None:
        """Writes the entry with a new owner. None if the store does not have `old` at its key (None: nothing)."""
        since, owner = elapsed(), new_owner()
        written = None
        try:
            written = await write(self._store, old, entry.written(owner=owner), [])
        finally:
            if written is None:
                drop_owner(owner)
        return None if written is None else Lease(self._store, written, length=self._length, since=since)

    async def _with_number(self, lease: Lease) -> Lease:
        """The lease, once its slot owns its number. If another slot owns it, releases the slot and raises NumberTakenError."""
        try:
            if await self.own_number(lease.entry):
                return lease
        except BaseException:
            # It is not known which slot owns the number. The slot remains, without an owner.
            with contextlib.suppress(StoreError):
                await lease.settle(state=EntryState.UNKNOWN)
            raise
        await lease.remove()
        raise NumberTakenError(
            f"another purchase in this ledger has {lease.entry.phone_number}, or may have it"
        )

    async def _release(self, lease: Lease) -> bool:
        """Releases a slot whose number was certainly not bought. False if another process has taken it over."""
        entry = lease.entry
        if not await lease.remove():
            return False
        await remove(self._store, self._number_key(entry.phone_number), entry.key.encode())
        return True

    async def own_number(self, entry: Entry) -> bool:
        """Makes the slot the owner of its number. False if another slot owns it: then no request was sent for this slot."""
        key, slot = self._number_key(entry.phone_number), entry.key.encode()
        with contextlib.suppress(StoreError):
            if await self._store.add(key, slot):
                return True
        holder = await self._store.get(key)
        if holder is not None and holder != slot and await self._store.get(holder.decode()) is None:
            # The process died after it had removed the slot and before it removed the number.
            await remove(self._store, key, holder)
            holder = None
        if holder is None and await self._store.add(key, slot):
            return True
        return await self._store.get(key) == slot

    def _number_key(self, phone_number: str | None) -> str:
        return f"{self._prefix}number/{phone_number}"
