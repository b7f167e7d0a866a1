"""What happens to one event in the store: it is leased, an attempt is counted, and what came of it is written.

Each step is one transaction of an `SQLiteStore`. It may run in the store's thread, and twice, so it changes nothing but the
store, and returns what is so then.
"""

from __future__ import annotations

import attrs

from .events import Envelope
from .handlers import Handler, Handlers
from .mailbox import Mailbox
from .records import Record


@attrs.frozen(kw_only=True)
class Attempt:
    """A call of a handler, which is counted in the store before it is made."""

    handler: Handler
    number: int
    """From 1, over restarts."""
    stale: bool
    before: Record
    """The event's record if the attempt does not count."""


@attrs.frozen(kw_only=True)
class Leased:
    """An event that is leased to this process, as it stands in the store."""

    key: str
    envelope: Envelope
    handlers: list[Handler]
    raw: bytes = attrs.field(repr=False)
    record: Record
    attempt: Attempt | None = None
    """The attempt that is to be made now."""


class Leases:
    """The steps of one process."""

    def __init__(self, handlers: Handlers, *, max_attempts: int, owner: str) -> None:
        self._handlers = handlers
        self._max_attempts = max_attempts
        self._owner = owner

    async def lease(self, mailbox: Mailbox, key: str, is_new: bool, now: float) -> Leased | None:
        """Takes an event; None if there is nothing to do."""
        if not await mailbox.lease(key, self._owner):
            return None
        raw = await mailbox.read(key)
        record = None if raw is None else Record.read(key, raw)
        leased = None
        if raw is not None and record is not None:
            envelope = Envelope.of(record.body)
            handlers = self._handlers.of(envelope.text("eventType"))
            found = Leased(key=key, envelope=envelope, handlers=handlers, raw=raw, record=record)
            leased = await self._prepare(mailbox, found, is_new, now)
        if leased is None:
            await mailbox.give_back(key, self._owner)
        return leased

    async def _prepare(self, mailbox: Mailbox, found: Leased, is_new: bool, now: float) -> Leased | None:
        """Ends an event that needs no call of a handler, or begins the first of the calls."""
        record = found.record
        if not is_new and not record.attempts and not record.finished:
            # Its receiver may have ended at once: it may be a repeat, and its order not noted.
            if await mailbox.discard_repeat(found.key, found.raw):
                return None
            await mailbox.note(found.envelope, record.received_at, wake=False)
        # The process may have died in the last attempt.
        if (judged := self.judged(record, found.handlers)).finished:
            return await self.write(mailbox, found, judged)
        first = next((each for each in found.handlers if self.is_due(record, each, now)), None)
        if first is None or record.interrupted:
            return found
        return await self.begin(mailbox, found, first)

    async def begin(self, mailbox: Mailbox, leased: Leased, handler: Handler) -> Leased | None:
        """Writes an attempt before it runs, so that one that kills the process is counted; None if the event is lost."""
        name, before = handler.name, leased.record
        attempts = {**before.attempts, name: before.attempts.get(name, 0) + 1}
        due = {other: when for other, when in before.due.items() if other != name}
        record = attrs.evolve(before, attempts=attempts, due=due)
        raw = await mailbox.write(leased.key, leased.raw, record)
        if raw is None:
            return None
        stale = await mailbox.is_stale(leased.envelope)
        attempt = Attempt(handler=handler, number=attempts[name], stale=stale, before=before)
        return attrs.evolve(leased, raw=raw, record=record, attempt=attempt)

    async def write(self, mailbox: Mailbox, leased: Leased, record: Record) -> Leased | None:
        """Writes what came of an event, and takes it out if it is finished; None if the event is lost."""
        raw = await mailbox.write(leased.key, leased.raw, record)
        if raw is None:
            return None
        if record.finished:
            await mailbox.finish(leased.key, raw, record)
            await mailbox.give_back(leased.key, self._owner)
        return attrs.evolve(leased, raw=raw, record=record, attempt=None)

    def is_due(self, record: Record, handler: Handler, now: float) -> bool:
        name = handler.name
        return (
            name not in record.done
            and record.due.get(name, 0.0) <= now
            and record.attempts.get(name, 0) < self._max_attempts
        )

    def judged(self, record: Record, handlers: list[Handler]) -> Record:
        """The record, marked as finished if no handler is left to call."""
        left = [handler.name for handler in handlers if handler.name not in record.done]
        given_up = [name for name in left if record.attempts.get(name, 0) >= self._max_attempts]
        if record.finished or not handlers or len(given_up) < len(left):
            return record
        errors = {
            **record.errors,
            **dict.fromkeys(record.interrupted, "the process ended during the attempt"),
        }
        return attrs.evolve(record, finished=True, errors=errors, reason="failed" if left else "")
