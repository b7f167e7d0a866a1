"""The inbox's part of a store: callbacks that are pending, done or dead, their leases, and what is newest.

A receipt is one atomic `add`, which is also the mark against repeats. What is done leaves a mark that lasts as long as a
repeat may come. All other writes are a compare-and-set on the bytes as they were read, so that of two processes that
handle one event the one whose lease expired cannot say that it was done.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from copy import copy
from enum import Enum, auto
from typing import Any, TypeVar

from .._generated.types import json_object
from ..stores import Store
from ..stores.bounded import BoundedStore
from .events import WORD, Envelope, digest, kind_of
from .records import Record

T = TypeVar("T")

logger: logging.Logger = logging.getLogger("sinch_numbers.webhooks")

_DEAD_FOR = 30 * 24 * 3600.0
"""Seconds for which dead letters are kept."""
_TOLERANCE = 300
"""Seconds by which an event's timestamp may be ahead of the clock without being in the future."""
_PAGE = 500
"""Callbacks that are read at a time: the event loop and the store have other work."""


class Kept(Enum):
    """What `Mailbox.keep` found."""

    NEW = auto()
    PENDING = auto()
    """A repeat of a callback that is not handled yet."""
    DONE = auto()
    """A repeat of one that was handled, or is a dead letter."""


class Mailbox:
    """The records of one inbox in a store."""

    def __init__(self, store: BoundedStore, name: str, *, max_age: float, lease: float) -> None:
        """`max_age` is how long a repeat is recognized, and `lease` how long a handler may be silent, in seconds."""
        self._bounded = store
        self._store: Store = store
        self._prefix = f"sinch-numbers/inbox/{name}/"
        self._max_age = max_age
        self._lease = lease

    async def together(self, work: Callable[[Mailbox], Coroutine[Any, Any, T]]) -> T:
        """What `work` returns, which awaits methods of the mailbox that it is given, and nothing else.

        An `SQLiteStore` does all of it in one transaction, in its own thread and perhaps twice.
        """

        def over(store: Store) -> Coroutine[Any, Any, T]:
            mailbox = copy(self)
            mailbox._store = store
            return work(mailbox)

        return await self._bounded.together(over)

    async def keep(self, key: str, record: Record) -> Kept:
        """Keeps a callback, unless it was received before."""
        raw = record.to_bytes()
        if not await self._store.add(self._pending(key), raw):
            return Kept.PENDING
        # Only now: a look before the write could not see what is finished between the two.
        return Kept.DONE if await self.discard_repeat(key, raw) else Kept.NEW

    async def discard_repeat(self, key: str, raw: bytes) -> bool:
        """Takes a pending callback out again if it was done before; says whether it was."""
        if not await self.is_done(key):
            return False
        await self._store.delete(self._pending(key), raw)
        return True

    async def is_known(self, key: str) -> bool:
        """Whether the callback was received before."""
        return await self.is_done(key) or await self._store.get(self._pending(key)) is not None

    async def is_done(self, key: str) -> bool:
        """Whether the callback was handled, or has become a dead letter."""
        return await self._store.get(self._done(key)) is not None

    async def bury(self, key: str, record: Record) -> bool:
        """Keeps a callback as a dead letter; False if it was received before."""
        if await self.is_done(key) or not await self._store.add(
            self._dead(key), record.to_bytes(), ttl=_DEAD_FOR
        ):
            return False
        await self._store.add(self._done(key), b"", ttl=self._max_age)
        return True

    async def read(self, key: str) -> bytes | None:
        """The record of a pending callback, as its bytes."""
        return await self._store.get(self._pending(key))

    async def write(self, key: str, old: bytes, record: Record) -> bytes | None:
        """Writes a pending callback's record; None if it is another process's by now."""
        new = record.to_bytes()
        return new if await self._store.replace(self._pending(key), old, new) else None

    async def finish(self, key: str, raw: bytes, record: Record) -> None:
        """Ends a pending callback whose record, which stands in the store as `raw`, says that it is finished.

        Whoever finds such a record may do it: after a crash it is done again.
        """
        if record.reason:
            await self._store.set(self._dead(key), record.to_bytes(), ttl=_DEAD_FOR)
        # In this order: a repeat that comes between the two finds one or the other.
        await self._store.set(self._done(key), b"", ttl=self._max_age)
        await self._store.delete(self._pending(key), raw)

    async def revive(self, key: str) -> bool:
        """Makes a dead letter pending again, with all its attempts before it; False if there is none."""
        raw = await self._store.get(self._dead(key))
        if raw is None:
            return False
        record = Record.from_bytes(raw)
        if (mark := await self._store.get(self._done(key))) is not None:
            await self._store.delete(self._done(key), mark)
        fresh = Record(received_at=record.received_at, body=record.body, done=record.done)
        await self._store.add(self._pending(key), fresh.to_bytes())
        return await self._store.delete(self._dead(key), raw)

    def pending(self) -> AsyncIterator[list[tuple[str, bytes]]]:
        """The keys and records of all pending callbacks, by key: pages, so that no read is long."""
        return self._pages("pending/")

    def dead(self) -> AsyncIterator[list[tuple[str, bytes]]]:
        """The keys and records of all dead letters, as `pending`."""
        return self._pages("dead/")

    async def lease(self, key: str, owner: str) -> bool:
        """Takes a callback to handle it; False if somebody else has it."""
        return await self._store.add(self._leased(key), owner.encode(), ttl=self._lease)

    async def renew(self, key: str, owner: str) -> bool:
        """Keeps a lease for another while; False if it expired and somebody else has the callback."""
        word = owner.encode()
        if await self._store.replace(self._leased(key), word, word, ttl=self._lease):
            return True
        return await self.lease(key, owner)

    async def give_back(self, key: str, owner: str) -> None:
        """Ends a lease before its time."""
        await self._store.delete(self._leased(key), owner.encode())

    async def is_stale(self, envelope: Envelope) -> bool:
        """Whether something newer about the same resource, of the same kind, has been noted."""
        if envelope.happened is None:
            return False
        marks = _marks(await self._store.get(self._resource(*_names(envelope))))
        newest = marks.get(kind_of(envelope.text("eventType")))
        return isinstance(newest, int) and envelope.happened < newest

    async def note(self, envelope: Envelope, received_at: float, *, wake: bool = True) -> None:
        """Notes when an event happened, if it is the newest of its resource and kind.

        With `wake`, those who watch its resource in other processes see that an event has come.
        """
        key, kind = self._resource(*_names(envelope)), kind_of(envelope.text("eventType"))
        happened = envelope.happened
        if happened is not None and happened > (received_at + _TOLERANCE) * 1e9:
            happened = None  # its sender's clock is off, and it must not make others stale
        while True:
            raw = await self._store.get(key)
            marks = _marks(raw)
            current = marks.get(kind)
            is_newest = happened is not None and (not isinstance(current, int) or happened > current)
            if is_newest:
                marks[kind] = happened
            if wake:
                marks["last"] = envelope.event_id
            elif not is_newest:
                return
            new = json.dumps(marks).encode()
            if raw is None:
                written = await self._store.add(key, new, ttl=self._max_age)
            else:
                written = await self._store.replace(key, raw, new, ttl=self._max_age)
            if written:
                return

    async def last_event(self, project_id: str, phone_number: str) -> bytes | None:
        """What changes with each event of a number."""
        return await self._store.get(self._resource(project_id, "ACTIVE_NUMBER", phone_number))

    async def _pages(self, folder: str) -> AsyncGenerator[list[tuple[str, bytes]]]:
        prefix = self._prefix + folder
        after = ""
        while page := await self._store.items(prefix, after=after, limit=_PAGE):
            after = page[-1][0]
            yield [(key.removeprefix(prefix), raw) for key, raw in page]
            if len(page) < _PAGE:
                return

    def _pending(self, key: str) -> str:
        return f"{self._prefix}pending/{key}"

    def _done(self, key: str) -> str:
        return f"{self._prefix}done/{key}"

    def _dead(self, key: str) -> str:
        return f"{self._prefix}dead/{key}"

    def _leased(self, key: str) -> str:
        return f"{self._prefix}lease/{key}"

    def _resource(self, *names: str) -> str:
        safe = (name if WORD.fullmatch(name) else digest(name.encode("utf-8", "replace")) for name in names)
        return f"{self._prefix}newest/{'/'.join(safe)}"


def _names(envelope: Envelope) -> tuple[str, str, str]:
    return envelope.text("projectId"), envelope.text("resourceType"), envelope.text("resourceId")


def _marks(raw: bytes | None) -> dict[str, Any]:
    if raw is None:
        return {}
    try:
        return json_object(raw)
    except ValueError:
        logger.warning("an inbox's mark cannot be read, and is written anew")
        return {}
