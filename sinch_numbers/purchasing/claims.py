"""The ledger's entries as purchases use them: opened, claimed, watched, taken over and settled."""

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
    """Hands out leases on entries.

    A slot is claimed with the store's `add`, which succeeds once, so a batch of N slots never has more than N purchases
    under way or done, whatever crashes and however many processes buy. The number is the fence: a slot takes another
    number only after the API refused this one to its owner, so a request of an earlier owner that arrives late can
    only buy the same number, or nothing.
    """

    def __init__(self, store: BoundedStore, prefix: str, *, lease: float, settle_after: float) -> None:
        """`prefix` of all keys; `lease` and `settle_after` in seconds."""
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
        """The entry as it stands now."""
        raw = await self._store.get(key)
        return None if raw is None else Entry.read(key, raw)

    async def open_call(
        self, kind: Kind, phone_number: str | None, *, price: Price | None, now: float
    ) -> Lease:
        """Writes down that a single call is about to be sent."""
        # Zero-padded microseconds sort as time does; the random word keeps processes apart.
        key = f"{self._prefix}call/{int(now * 1e6):020d}-{secrets.token_hex(4)}"
        lease = await self._add(key, kind, phone_number, price, now)
        assert lease is not None  # nobody else has drawn this key
        return lease

    async def claim(
        self, batch: str, slot: int, phone_number: str, *, price: Price | None, now: float
    ) -> Lease | None:
        """Claims a slot for its number; None if the slot is taken.

        Raises NumberTakenError if another slot has the number: after a crash it may still be on offer.
        """
        lease = await self._add(self.slot_key(batch, slot), Kind.RENT, phone_number, price, now)
        # In this order: a number never points to a slot that is not there yet.
        return None if lease is None else await self._with_number(lease)

    async def watch(self, entries: Iterable[Entry], clock: Clock) -> dict[str, Entry]:
        """The entries, by key, that no living process is at work on.

        An entry that was settled as unknown has no owner. One that is under way has to stay unchanged for longer than a
        lease, by this process's own clock: all are watched at a time, and the wait ends when each has changed.
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
        """Takes a slot over to rent its number again; None if another process was faster.

        Raises NumberTakenError if another slot has the number: then the slot's request was never sent, and it is free.
        """
        lease = await self.take_over(entry)
        return None if lease is None else await self._with_number(lease)

    async def take_over(self, entry: Entry) -> Lease | None:
        """Makes an entry that was watched this process's; None if another process was faster."""
        # A request may be sent from here on: what was seen before proves nothing about it.
        return await self._lease(
            entry.raw, attrs.evolve(entry, state=EntryState.INTENT, unconfirmed_since=None)
        )

    async def settle(self, lease: Lease, state: EntryState, **changes: Any) -> bool:
        """Writes down what became of the entry; False if another process has taken it over."""
        entry = lease.entry
        if state is EntryState.REFUSED and entry.is_slot:
            return await self._release(lease)
        kept = await lease.settle(state=state, **changes)
        if kept and state is EntryState.RELEASED:
            # It may be on offer again, and be bought again.
            number_key = self._number_key(entry.phone_number)
            if (slot := await self._store.get(number_key)) is not None:
                await remove(self._store, number_key, slot)
        return kept

    async def keep_charge(self, entry: Entry, phone_number: str) -> bool:
        """Writes an entry of its own for a charge whose slot is another's, or is lost: no charge goes without an entry.

        False if the entry's new owner has the same number in it, and so finds it rented.
        """
        current = await self.read(entry.key)
        if current is not None and current.phone_number == phone_number:
            return False
        logger.error("%s was rented, and its ledger entry %s is lost", phone_number, entry.key)
        key = f"{self._prefix}extra/{secrets.token_hex(8)}"
        extra = attrs.evolve(entry, key=key, phone_number=phone_number, state=EntryState.RENTED)
        await write(self._store, None, extra.written(), [])
        return True

    def slot_key(self, batch: str, slot: int) -> str:
        """The key of a batch's slot."""
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
        """Writes the entry with an owner of its own; None if something else than `old` stands there."""
        since, owner = elapsed(), new_owner()
        written = None
        try:
            written = await write(self._store, old, entry.written(owner=owner), [])
        finally:
            if written is None:
                drop_owner(owner)
        return None if written is None else Lease(self._store, written, length=self._length, since=since)

    async def _with_number(self, lease: Lease) -> Lease:
        """The lease, once its slot is the only one for its number; else the slot is given back."""
        try:
            if await self.own_number(lease.entry):
                return lease
        except BaseException:
            # It is not known whose the number is. The slot stays, without an owner.
            with contextlib.suppress(StoreError):
                await lease.settle(state=EntryState.UNKNOWN)
            raise
        await lease.remove()
        raise NumberTakenError(f"{lease.entry.phone_number} is, or may be, another purchase's of this ledger")

    async def _release(self, lease: Lease) -> bool:
        """Gives a slot back whose number was surely not bought."""
        entry = lease.entry
        if not await lease.remove():
            return False
        await remove(self._store, self._number_key(entry.phone_number), entry.key.encode())
        return True

    async def own_number(self, entry: Entry) -> bool:
        """Makes the slot the only one for its number; False if another has it: then this one's request was never sent."""
        key, slot = self._number_key(entry.phone_number), entry.key.encode()
        with contextlib.suppress(StoreError):
            if await self._store.add(key, slot):
                return True
        holder = await self._store.get(key)
        if holder is not None and holder != slot and await self._store.get(holder.decode()) is None:
            # Its slot was released, and the process died in between.
            await remove(self._store, key, holder)
            holder = None
        if holder is None and await self._store.add(key, slot):
            return True
        return await self._store.get(key) == slot

    def _number_key(self, phone_number: str | None) -> str:
        return f"{self._prefix}number/{phone_number}"
