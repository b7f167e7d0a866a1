"""The record of purchases: each is written down before its request is sent, and its outcome after.

A ledger holds entries and, for a purchase of many, slots. A slot is claimed with the store's `add`, which succeeds once:
so a batch of N slots never has more than N purchases under way or done, whatever crashes and however many processes buy.
One that a crash left open is taken over with the store's `replace`, which of several processes lets one through.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

import attrs

from .. import _defaults
from ..errors import ConfigurationError, NumberTakenError
from ..stores import Store
from .prices import Price

__all__ = ["Entry", "EntryState", "PurchaseLedger"]

# What this process is at work on, by owner and key: for all ledgers, since several may share a store.
_at_work: Counter[tuple[str, str]] = Counter()


class EntryState(StrEnum):
    """What is known of a purchase."""

    INTENT = "intent"
    """Its request may be on the way; after a crash, it may have been."""
    RENTED = "rented"
    RELEASED = "released"
    REFUSED = "refused"
    """Surely not bought."""
    UNKNOWN = "unknown"
    """It may have been bought: `resume` asks again."""


@attrs.frozen(kw_only=True)
class Entry:
    """One purchase or release. The times are in seconds since the epoch."""

    key: str
    operation: str
    phone_number: str | None
    state: EntryState
    price: Price | None = None
    began_at: float
    settled_at: float | None = None
    owner: str = ""
    """The process that wrote it: host, process id and a random word."""
    detail: str = ""
    """Why it was refused, or is unknown."""

    @property
    def is_settled(self) -> bool:
        return self.state not in {EntryState.INTENT, EntryState.UNKNOWN}

    @property
    def may_have_been_charged(self) -> bool:
        """Whether it is a rent that was not surely refused."""
        return self.operation != "ReleaseNumber" and self.state is not EntryState.REFUSED

    @property
    def is_slot(self) -> bool:
        """Whether it is one of a batch's places, which is given back where nothing was bought."""
        return "/batch/" in self.key

    def to_bytes(self) -> bytes:
        fields = attrs.asdict(self, recurse=False) | {"state": str(self.state)}
        del fields["key"]
        if self.price is not None:
            fields["price"] = [str(self.price.amount), self.price.currency_code]
        return json.dumps(fields).encode()

    @classmethod
    def from_bytes(cls, key: str, data: bytes) -> Entry:
        """The entry that `to_bytes` wrote; raises ConfigurationError where the store holds something else there."""
        try:
            fields: dict[str, Any] = json.loads(data)
            price = fields["price"]
            fields["price"] = None if price is None else Price(Decimal(price[0]), str(price[1]))
            fields["state"] = EntryState(fields["state"])
            return cls(key=key, **fields)
        except (ValueError, TypeError, KeyError, IndexError, InvalidOperation):
            raise ConfigurationError(f"the ledger's store holds something else at {key!r}") from None


class PurchaseLedger:
    """Purchases in a Store: in memory for one run, in a file (`SQLiteStore`) to survive a crash.

    Give it to the client (`ledger=`): every billable call is recorded.
    `client.resume_purchases()` settles what a crash left open.
    """

    def __init__(self, store: Store, *, name: str = "default") -> None:
        """`name` separates ledgers that share a store."""
        if not name or "/" in name:
            raise ConfigurationError(f"a ledger's name has to be text without a slash, not {name!r}")
        self._store = store
        self._prefix = f"sinch-numbers/ledger/{name}/"
        self._owner = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"

    async def entries(self, *, batch: str | None = None) -> list[Entry]:
        """All entries, or those of one batch, sorted by key: single calls in the order in which they began."""
        folders = ("batch/", "call/")
        prefixes = (
            [self._prefix + folder for folder in folders] if batch is None else [self._batch_prefix(batch)]
        )
        return [
            Entry.from_bytes(key, value)
            for prefix in prefixes
            for key, value in await self._store.items(prefix)
        ]

    async def open_entries(self, *, now: float) -> list[Entry]:
        """Entries that are not settled and that no process which still runs is at work on; `now` is the epoch's."""
        return [e for e in await self.entries() if not e.is_settled and not self.is_at_work(e, now=now)]

    def is_at_work(self, entry: Entry, *, now: float) -> bool:
        """Whether the process that wrote `entry` still runs, and so may settle it itself."""
        if _at_work[entry.owner, entry.key]:
            return True
        if now - entry.began_at > _defaults.AT_WORK_LIMIT:
            return False
        host, pid, word = entry.owner.rsplit(" ", 2) if entry.owner.count(" ") >= 2 else ("", "0", "")
        if entry.state is EntryState.UNKNOWN or word == self._owner.rsplit(" ", 1)[1]:
            return False
        if host != socket.gethostname():
            return True
        return pid.isdecimal() and int(pid) != os.getpid() and _runs(int(pid))

    async def open_call(
        self, operation: str, phone_number: str | None, *, price: Price | None, now: float
    ) -> Entry:
        """Writes down that a single call is about to be sent."""
        # Zero-padded microseconds sort as time does; the random word keeps processes apart.
        key = f"{self._prefix}call/{int(now * 1e6):020d}-{secrets.token_hex(4)}"
        entry = self._entry(key, operation, phone_number, price, now)
        await self._store.set(key, entry.to_bytes())
        return entry

    def slot(self, batch: str, slot: int, phone_number: str, *, price: Price | None, now: float) -> Entry:
        """A slot of a batch with a number in it, yet to be claimed."""
        return self._entry(f"{self._batch_prefix(batch)}{slot:08d}", "RentNumber", phone_number, price, now)

    async def claim(self, entry: Entry) -> bool:
        """Claims a slot for its number; False where the slot is taken.

        Raises NumberTakenError where another slot has the number: after a crash it may still be on offer.
        """
        if not await self._store.add(entry.key, entry.to_bytes()):
            return False
        # In this order: a number never points to a slot that is not there yet.
        if await self.has_number(entry):
            return True
        await self._store.delete(entry.key, entry.to_bytes())
        raise NumberTakenError(f"{entry.phone_number} is, or may be, another purchase's of this ledger")

    async def has_number(self, entry: Entry) -> bool:
        """Whether the slot is the only one for its number. Where it is not, its request was never sent."""
        key, slot_key = self._number_key(entry.phone_number), entry.key.encode()
        return await self._store.add(key, slot_key) or await self._store.get(key) == slot_key

    async def take_over(self, entry: Entry, *, now: float) -> Entry | None:
        """Makes an open entry this ledger's; None where another process was faster."""
        own = attrs.evolve(entry, state=EntryState.INTENT, owner=self._owner, began_at=now)
        return own if await self._store.replace(entry.key, entry.to_bytes(), own.to_bytes()) else None

    def _number_key(self, phone_number: str | None) -> str:
        return f"{self._prefix}number/{phone_number}"

    async def settle(self, entry: Entry, state: EntryState, *, now: float, **changes: Any) -> Entry:
        """Writes down what became of `entry`."""
        settled = attrs.evolve(entry, state=state, settled_at=now, **changes)
        if state is EntryState.RELEASED:
            # It may be on offer again, and be bought again.
            number_key = self._number_key(entry.phone_number)
            if (slot := await self._store.get(number_key)) is not None:
                await self._store.delete(number_key, slot)
        await self._store.set(entry.key, settled.to_bytes())
        return settled

    async def free(self, entry: Entry) -> None:
        """Gives a slot back, one of this ledger's, whose number was surely not bought."""
        number_key = self._number_key(entry.phone_number)
        await self._store.delete(number_key, entry.key.encode())
        await self._store.delete(entry.key, entry.to_bytes())

    def new_batch(self, now: float) -> str:
        """A batch name that no other purchase has."""
        return f"{int(now * 1e6):020d}-{secrets.token_hex(4)}"

    @staticmethod
    def slot_of(entry: Entry) -> int:
        """The place that a batch's entry fills."""
        return int(entry.key.rpartition("/")[2])

    @contextmanager
    def at_work(self, entry: Entry) -> Generator[None]:
        """Marks `entry` as this ledger's while the block runs: `resume` leaves it alone."""
        mark = (self._owner, entry.key)
        _at_work[mark] += 1
        try:
            yield
        finally:
            _at_work[mark] -= 1
            if not _at_work[mark]:
                del _at_work[mark]

    def _entry(
        self, key: str, operation: str, phone_number: str | None, price: Price | None, now: float
    ) -> Entry:
        return Entry(
            key=key,
            operation=operation,
            phone_number=phone_number,
            state=EntryState.INTENT,
            price=price,
            began_at=now,
            owner=self._owner,
        )

    def _batch_prefix(self, batch: str) -> str:
        if not batch or "/" in batch:
            raise ConfigurationError(f"a batch's name has to be text without a slash, not {batch!r}")
        return f"{self._prefix}batch/{batch}/"


def _runs(pid: int) -> bool:
    if os.name == "nt":
        return True  # signal 0 is Ctrl+C there, and nobody else's to send
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
