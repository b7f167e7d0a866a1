"""The inbox's part of a store: callbacks that are pending, done or dead, their leases, and what is newest.

A receipt is one atomic `add`, which is also the mark against repeats. What is done leaves a mark that lasts as long as a
repeat may come. All other writes are a compare-and-set on the bytes as they were read, so that of two processes that
handle one event the one whose lease expired cannot say that it was done.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from typing import Any

import attrs

from ..stores.bounded import BoundedStore
from .events import json_object
from .records import Record

logger: logging.Logger = logging.getLogger("sinch_numbers.webhooks")

_DEAD_FOR = 30 * 24 * 3600.0
"""Seconds for which dead letters are kept."""
_WORD = re.compile(r"[\w.:+-]{1,128}", re.ASCII)


@attrs.frozen(kw_only=True)
class Envelope:
    """What an event's body says of itself, as far as it can be read. Nothing here has to be a string in the body."""

    key: str
    """Names the event in the store: its project and its id, or a digest of its body if it has none that can be used."""
    event_id: str
    fields: dict[str, Any]

    @classmethod
    def of(cls, body: bytes) -> Envelope:
        """The envelope of a signed body; raises ValueError if the body is not a JSON object."""
        fields = json_object(body)
        event_id, project_id = fields.get("eventId"), fields.get("projectId")
        if not (isinstance(event_id, str) and _WORD.fullmatch(event_id)):
            event_id = digest(body)
        if not (isinstance(project_id, str) and _WORD.fullmatch(project_id)):
            project_id = "-"
        return cls(key=f"{project_id}/{event_id}", event_id=event_id, fields=fields)

    def text(self, name: str) -> str:
        """The field if it is a string, else an empty one."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


def digest(body: bytes) -> str:
    """An id for a body that has none of its own."""
    return "sha256-" + hashlib.sha256(body).hexdigest()


class Mailbox:
    """The records of one inbox in a store."""

    def __init__(self, store: BoundedStore, name: str, *, max_age: float, lease: float) -> None:
        """`max_age` is how long a repeat is recognized, and `lease` how long a handler may be silent, in seconds."""
        self._store = store
        self._prefix = f"sinch-numbers/inbox/{name}/"
        self._max_age = max_age
        self._lease = lease

    async def keep(self, key: str, record: Record) -> bool:
        """Keeps a callback; False if it was received before."""
        if await self.is_done(key):
            return False
        raw = record.to_bytes()
        if not await self._store.add(self._pending(key), raw):
            return False
        if await self.is_done(key):
            # It was handled between the two looks.
            await self._store.delete(self._pending(key), raw)
            return False
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

    async def pending(self) -> list[tuple[str, bytes]]:
        """The keys and records of all pending callbacks, by key."""
        return await self._items("pending/")

    async def dead(self) -> list[tuple[str, bytes]]:
        """The keys and records of all dead letters, by key."""
        return await self._items("dead/")

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

    async def newest(self, envelope: Envelope, kind: str) -> int | None:
        """When the newest event of this resource and kind happened, in nanoseconds since the epoch."""
        raw = await self._store.get(self._resource(*_names(envelope)))
        value = _marks(raw).get(kind)
        return value if isinstance(value, int) else None

    async def note(self, envelope: Envelope, kind: str, nanoseconds: int | None) -> None:
        """Notes that an event was received, and when it happened if it can be the newest of its resource and kind."""
        key = self._resource(*_names(envelope))
        while True:
            raw = await self._store.get(key)
            marks = _marks(raw)
            current = marks.get(kind)
            if nanoseconds is not None and (not isinstance(current, int) or nanoseconds > current):
                marks[kind] = nanoseconds
            marks["last"] = envelope.event_id
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

    async def _items(self, folder: str) -> list[tuple[str, bytes]]:
        prefix = self._prefix + folder
        return [(key.removeprefix(prefix), raw) for key, raw in await self._store.items(prefix)]

    def _pending(self, key: str) -> str:
        return f"{self._prefix}pending/{key}"

    def _done(self, key: str) -> str:
        return f"{self._prefix}done/{key}"

    def _dead(self, key: str) -> str:
        return f"{self._prefix}dead/{key}"

    def _leased(self, key: str) -> str:
        return f"{self._prefix}lease/{key}"

    def _resource(self, *names: str) -> str:
        safe = (name if _WORD.fullmatch(name) else digest(name.encode("utf-8", "replace")) for name in names)
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
