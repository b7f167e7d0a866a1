"""What an inbox keeps of a callback, and what its users see of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

import attrs

from .events import Envelope

logger: logging.Logger = logging.getLogger("sinch_numbers.webhooks")


@attrs.frozen(kw_only=True)
class Receipt:
    """What to respond to a callback with, and why. `status` is 200 whenever the callback is kept."""

    status: int
    """200, 401, 408, 413, 415 or 503."""
    reason: str
    """Such as `stored`, `repeat`, `too old`, `mismatch`, `full`: for logs, and for the body of the response."""
    event_id: str | None = None
    """The event's id, or a digest of its body if it has none; None if the callback is not signed."""


@attrs.frozen(kw_only=True)
class Delivery:
    """How an event reached a handler. The event's id is the key by which a handler can be idempotent."""

    event_id: str
    """The event's id, or a digest of its body if it has none. Stays the same over all attempts."""
    attempt: int
    """Which attempt of this handler it is, from 1, over restarts."""
    stale: bool
    """Whether something newer about the same number, of the same kind, has been received."""
    received_at: datetime
    """When the callback was received, in UTC."""
    raw: bytes = attrs.field(repr=False)
    """The body as it came."""


@attrs.frozen(kw_only=True)
class PendingEvent:
    """An event that is kept, and not handled yet."""

    event_id: str
    received_at: datetime
    attempts: Mapping[str, int] = attrs.field(hash=False)
    """How often each handler has been called, by its name."""
    errors: Mapping[str, str] = attrs.field(hash=False)
    """What each handler raised last."""
    raw: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class DeadLetter:
    """An event that was kept and will not be handled: `WebhookInbox.replay` gives it another chance."""

    event_id: str
    reason: str
    """`too old`, `unreadable`, `too large`, `another project`, `unknown type`, `no handler` or `failed`."""
    received_at: datetime
    attempts: Mapping[str, int] = attrs.field(hash=False)
    errors: Mapping[str, str] = attrs.field(hash=False)
    """What the handlers raised last, by name; empty unless they failed."""
    raw: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Record:
    """A callback in the store: a line of JSON, and the body as it came."""

    received_at: float
    """Seconds since the epoch."""
    body: bytes = attrs.field(repr=False)
    attempts: Mapping[str, int] = attrs.field(factory=dict[str, int])
    done: tuple[str, ...] = ()
    """The handlers that have handled it, by name."""
    errors: Mapping[str, str] = attrs.field(factory=dict[str, str])
    due: Mapping[str, float] = attrs.field(factory=dict[str, float])
    """When each handler that failed is called again, in seconds since the epoch."""
    finished: bool = False
    """Whether nothing is left to do but to take it out of the pending ones."""
    reason: str = ""
    """Why it is a dead letter; empty if it is none."""

    @property
    def received(self) -> datetime:
        return datetime.fromtimestamp(self.received_at, UTC)

    @property
    def event_id(self) -> str:
        """The event's id, or a digest of its body if it has none."""
        return Envelope.of(self.body).event_id

    @property
    def interrupted(self) -> list[str]:
        """The handlers, by name, in whose last attempt the process died."""
        return [name for name in self.attempts if name not in self.done and name not in self.due]

    def due_for(self, handlers: Iterable[str]) -> float | None:
        """When the next of these handlers is to be called, in seconds since the epoch; None if all have handled it."""
        return min((self.due.get(name, 0.0) for name in handlers if name not in self.done), default=None)

    def as_pending(self) -> PendingEvent:
        return PendingEvent(
            event_id=self.event_id,
            received_at=self.received,
            attempts=self.attempts,
            errors=self.errors,
            raw=self.body,
        )

    def as_dead_letter(self) -> DeadLetter:
        return DeadLetter(
            event_id=self.event_id,
            reason=self.reason,
            received_at=self.received,
            attempts=self.attempts,
            errors=self.errors,
            raw=self.body,
        )

    def to_bytes(self) -> bytes:
        head = {
            "received_at": self.received_at,
            "attempts": self.attempts,
            "done": self.done,
            "errors": self.errors,
            "due": self.due,
            "finished": self.finished,
            "reason": self.reason,
        }
        return json.dumps(head).encode() + b"\n" + self.body

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """The record that `to_bytes` wrote; raises ValueError for anything else."""
        line, _, body = raw.partition(b"\n")
        try:
            head: dict[str, Any] = json.loads(line)
            return cls(
                received_at=float(head["received_at"]),
                body=body,
                attempts=dict(head["attempts"]),
                done=tuple(head["done"]),
                errors=dict(head["errors"]),
                due=dict(head["due"]),
                finished=bool(head["finished"]),
                reason=str(head["reason"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a record of an inbox: {error}") from None

    @classmethod
    def read(cls, key: str, raw: bytes) -> Self | None:
        """The record at `key`; None if it is none, which is logged: the others must not wait for it."""
        try:
            return cls.from_bytes(raw)
        except ValueError:
            logger.error("the inbox has a record at %s that cannot be read", key)
            return None
