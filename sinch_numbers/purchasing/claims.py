"""Opens, claims, watches, takes over and settles the entries of a ledger."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from ..clock import Clock
from ..errors import ConfigurationError, NumberTakenError, StoreError
from ..stores.bounded import BoundedStore
from .decision import Kind
from .entries import Entry, EntryState
from .leases import Lease, drop_owner, elapsed, is_held_here, new_owner, owner_name, remove, write
from .prices import Price

logger: logging.Logger = logging.getLogger("sinch_numbers")

_LOOKS_PER_LEASE = 8
_PAGE = 500
"""Entries that are read at once."""
_PRUNED = "pruned"
_WITHOUT_NUMBER = frozenset({EntryState.REFUSED, EntryState.RELEASED})
"""The states of an entry that does not have its number, whatever the index of numbers says."""


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
        return [entry async for entry in self.each(batch)]

    async def each(self, batch: str | None = None) -> AsyncIterator[Entry]:
        """The same, read page by page: a ledger of years must not block the event loop."""
        for folder in ["batch/", "call/", "extra/"] if batch is None else [f"batch/{batch}/"]:
            after, is_last = "", False
            while not is_last:
                page = await self._store.items(self._prefix + folder, after=after, limit=_PAGE)
                is_last = len(page) < _PAGE
                if page and page[-1][0] <= after:
                    raise StoreError("the store's items() does not heed `after`")
                after = page[-1][0] if page else after
                for key, raw in page:
                    entry = Entry.read(key, raw)
                    if entry.state is EntryState.UNREADABLE:
                        logger.error("the ledger entry %s cannot be read: %s", key, entry.detail)
                    yield entry

    async def read(self, key: str) -> Entry | None:
        """The current entry at `key`, or None if there is none."""
        raw = await self._store.get(key)
        return None if raw is None else Entry.read(key, raw)

    async def open_call(
        self, kind: Kind, phone_number: str | None, *, price: Price | None, now: float, order: str = ""
    ) -> Lease:
        """Opens an entry for a single call, before it is sent. `now`: seconds since the epoch.

        Raises NumberTakenError if another entry has the number that is to be rented.
        """
        # Zero-padded microseconds sort by time; the random part makes the key unique.
        key = f"{self._prefix}call/{int(now * 1e6):020d}-{secrets.token_hex(4)}"
        lease = await self._add(key, kind, phone_number, price, now, order)
        assert lease is not None  # the key is unique
        return await self._with_number(lease) if kind is Kind.RENT else lease

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

    async def take_over_rent(self, entry: Entry) -> Lease | None:
        """Takes an entry over to rent its number again. None if another process was faster.

        Raises NumberTakenError if another entry has the number: the request of this one was never sent, so it is removed.
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
            if not await lease.remove():
                return False
            await self.give_number_up(entry)
            return True
        kept = await lease.settle(state=state, **changes)
        if kept and state is EntryState.REFUSED and entry.operation == Kind.RENT:
            await self.give_number_up(entry)
        if kept and state is EntryState.RENTED and entry.operation == Kind.RENT_ANY:
            # Whoever has claimed the number: the API sold it to this one.
            await self._store.set(self._number_key(lease.entry.phone_number), entry.key.encode())
        if kept and state is EntryState.RELEASED:
            # The number may be offered and bought again.
            number_key = self._number_key(entry.phone_number)
            if (holder := await self._store.get(number_key)) is not None:
                await remove(self._store, number_key, holder)
        return kept

    async def holder(self, phone_number: str) -> Entry | None:
        """The entry that has the number, or may have it."""
        key = await self._store.get(self._number_key(phone_number))
        entry = None if key is None else await self.read(key.decode(errors="replace"))
        if entry is None or entry.state in _WITHOUT_NUMBER:
            return None
        # A slot that was freed, and has another number since: its process died before it removed the old one's key.
        return None if entry.phone_number not in {None, phone_number} else entry

    async def give_number_up(self, entry: Entry) -> None:
        """Lets other entries have the number of this one: it was certainly not bought, or is not in the project any more."""
        await remove(self._store, self._number_key(entry.phone_number), entry.key.encode())

    async def take(self, entry: Entry) -> Entry | None:
        """Notes that the outcome of an orphaned entry was taken, and by whom. None if somebody else was faster."""
        return await write(self._store, entry.raw, entry.written(orphaned=False, owner=owner_name()), [])

    async def leave(self, entry: Entry) -> None:
        """Notes that nobody has taken the outcome of an entry."""
        await write(self._store, entry.raw, entry.written(orphaned=True), [])

    async def check_order(self, batch: str, order: Mapping[str, Any]) -> None:
        """Keeps what a batch was ordered with. Raises ConfigurationError if it was ordered with something else before."""
        key, raw = self._order_key(batch), json.dumps(order, sort_keys=True).encode()
        with contextlib.suppress(StoreError):
            if await self._store.add(key, raw):
                return
        found = await self._store.get(key)
        if found is None and await self._store.add(key, raw):
            return
        if found == raw or await self._store.get(key) == raw:
            return
        raise ConfigurationError(_order_error(batch, found, order))

    async def prune(self, settled_before: float) -> int:
        """Removes old settled entries, see `PurchaseLedger.prune`. Returns how many."""
        batches: dict[str, list[Entry]] = {}
        count = 0
        async for entry in self.each():
            if entry.is_slot:
                batches.setdefault(entry.batch, []).append(entry)
            elif _is_old(entry, settled_before):
                count += await self._remove_settled(entry)
        for batch, slots in batches.items():
            if all(_is_old(slot, settled_before) for slot in slots):
                # First, so that a later call with the name of the batch is refused, and does not buy its numbers again.
                await self._store.set(self._order_key(batch), json.dumps({_PRUNED: True}).encode())
                for slot in slots:
                    count += await self._remove_settled(slot)
        return count

    async def _remove_settled(self, entry: Entry) -> bool:
        removed = await remove(self._store, entry.key, entry.raw)
        if removed and entry.operation != Kind.RELEASE:
            await self.give_number_up(entry)
        return removed

    async def keep_charge(self, entry: Entry, phone_number: str) -> bool:
        """Writes an extra entry for a charge whose entry was lost, so that the ledger has every charge.

        Writes nothing and returns False if the new owner of the entry has the same number: it will find it rented.
        """
        current = await self.read(entry.key)
        if current is not None and current.phone_number == phone_number and current.may_have_been_charged:
            return False
        logger.error(
            "%s was rented, but its ledger entry %s was lost; writing an extra entry", phone_number, entry.key
        )
        key = f"{self._prefix}extra/{secrets.token_hex(8)}"
        extra = attrs.evolve(entry, key=key, phone_number=phone_number, state=EntryState.RENTED).written()
        await write(self._store, None, extra, [])
        # If nobody else has it, so that no other call takes it for its own.
        await self.own_number(extra)
        return True

    def slot_key(self, batch: str, slot: int) -> str:
        """The key of a slot."""
        return f"{self._prefix}batch/{batch}/{slot:08d}"

    async def _add(
        self,
        key: str,
        kind: Kind,
        phone_number: str | None,
        price: Price | None,
        now: float,
        order: str = "",
    ) -> Lease | None:
        entry = Entry(
            key=key,
            operation=kind,
            phone_number=phone_number,
            state=EntryState.INTENT,
            price=price,
            began_at=now,
            order=order,
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
        """The lease, once its entry owns its number. If another entry owns it, removes the entry and raises NumberTakenError."""
        try:
            if await self.own_number(lease.entry):
                return lease
        except BaseException:
            # It is not known which entry owns the number. This one remains, without an owner.
            with contextlib.suppress(StoreError):
                await lease.settle(state=EntryState.UNKNOWN)
            raise
        await lease.remove()
        number = lease.entry.phone_number or ""
        raise taken_error(number, await self.holder(number))

    async def own_number(self, entry: Entry) -> bool:
        """Makes the entry the owner of its number. False if another entry owns it: then no request was sent for this one."""
        key, own = self._number_key(entry.phone_number), entry.key.encode()
        with contextlib.suppress(StoreError):
            if await self._store.add(key, own):
                return True
        owner = await self._store.get(key)
        if owner is not None and owner != own and await self.holder(entry.phone_number or "") is None:
            # The process died after it had removed or settled the entry and before it removed the number.
            await remove(self._store, key, owner)
            owner = None
        if owner is None and await self._store.add(key, own):
            return True
        return await self._store.get(key) == own

    def _number_key(self, phone_number: str | None) -> str:
        return f"{self._prefix}number/{phone_number}"

    def _order_key(self, batch: str) -> str:
        return f"{self._prefix}order/{batch}"


def taken_error(phone_number: str, holder: Entry | None) -> NumberTakenError:
    """The error that says who has a number, or may have it, and since when."""
    if holder is None:
        return NumberTakenError(f"another purchase in this ledger has {phone_number}, or may have it")
    bought = holder.state is EntryState.RENTED
    since = datetime.fromtimestamp((holder.settled_at if bought else None) or holder.began_at, UTC)
    what = f"slot {holder.slot} of the batch {holder.batch!r}" if holder.is_slot else "another call"
    verb = "was rented" if bought else "is being rented, or may have been rented,"
    return NumberTakenError(
        f"{phone_number} {verb} by {what} in this ledger ({holder.owner or 'unknown owner'}) at {since:%Y-%m-%d %H:%M:%S} UTC",
        owner=holder.owner or None,
        since=since,
    )


def _is_old(entry: Entry, settled_before: float) -> bool:
    return entry.is_settled and (entry.settled_at or entry.began_at) < settled_before


def _order_error(batch: str, found: bytes | None, order: Mapping[str, Any]) -> str:
    try:
        before: dict[str, Any] = json.loads(found or b"")
        if before.get(_PRUNED):
            return f"the batch {batch!r} was pruned from the ledger: use another name for a new order"
        names = [name for name in {**before, **order} if before.get(name) != order.get(name)]
    except (ValueError, AttributeError):
        return f"the ledger has something else at the order of the batch {batch!r}"
    return (
        f"the batch {batch!r} was ordered with other arguments: {', '.join(sorted(names))}. "
        "Call it with the same ones to continue it, or use another name for a new order"
    )
