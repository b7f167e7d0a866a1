"""One purchase or release as the ledger keeps it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Self

import attrs

from ..errors import ConfigurationError
from .prices import Price


class EntryState(StrEnum):
    """What is known of a purchase."""

    INTENT = "intent"
    """A process is at work on it, or was until it died: its request may have been sent."""
    RENTED = "rented"
    RELEASED = "released"
    REFUSED = "refused"
    """Surely not bought, or not released."""
    UNKNOWN = "unknown"
    """It may have been bought: `resume_purchases()` asks again."""


@attrs.frozen(kw_only=True)
class Entry:
    """One purchase or release. The times are in seconds since the epoch, for people: no decision rests on them."""

    key: str
    operation: str
    phone_number: str | None
    state: EntryState
    price: Price | None = None
    began_at: float
    settled_at: float | None = None
    owner: str = ""
    """Who works on it, or did last: host, process id and a random word. For people, too."""
    detail: str = ""
    """Why it was refused, or is unknown."""
    unconfirmed_since: float | None = None
    """Since when the API says that the purchase did not happen, by the API's own clock. It may still be under way."""
    version: str = ""
    """Random bits that change with each write: a process that is at work renews them."""
    unknown_fields: Mapping[str, Any] = attrs.field(factory=dict[str, Any], repr=False, eq=False)
    """What another version of this package wrote; kept as it is."""
    raw: bytes = attrs.field(default=b"", repr=False, eq=False)
    """The entry's bytes in the store, as they were read or written."""

    @property
    def is_settled(self) -> bool:
        return self.state not in {EntryState.INTENT, EntryState.UNKNOWN}

    @property
    def may_have_been_charged(self) -> bool:
        """Whether it is a rent that was not surely refused."""
        return self.operation != "ReleaseNumber" and self.state is not EntryState.REFUSED

    @property
    def is_slot(self) -> bool:
        """Whether it is a slot of a batch, which is released if nothing was bought."""
        return "/batch/" in self.key

    @property
    def slot(self) -> int:
        """The slot of its batch."""
        return int(self.key.rpartition("/")[2])

    def written(self, **changes: Any) -> Self:
        """The entry with `changes` and a version of its own, with the bytes to write to the store."""
        entry = attrs.evolve(self, version=secrets.token_hex(8), **changes)
        fields = dict(entry.unknown_fields)
        for name in _FIELDS:
            fields[name] = getattr(entry, name)
        fields["state"] = str(entry.state)
        if entry.price is not None:
            fields["price"] = [str(entry.price.amount), entry.price.currency_code]
        return attrs.evolve(entry, raw=json.dumps(fields).encode())

    @classmethod
    def read(cls, key: str, raw: bytes) -> Self:
        """The entry in the store at `key`; raises ConfigurationError if it cannot be read."""
        try:
            fields: dict[str, Any] = json.loads(raw)
            price = fields["price"]
            fields["price"] = None if price is None else Price(Decimal(price[0]), str(price[1]))
            fields["state"] = EntryState(fields["state"])
            unknown = {name: fields.pop(name) for name in [*fields] if name not in _FIELDS}
            return cls(key=key, raw=raw, unknown_fields=unknown, **fields)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidOperation):
            raise ConfigurationError(f"unreadable ledger entry at {key!r}") from None


_FIELDS = tuple(
    field.name for field in attrs.fields(Entry) if field.name not in {"key", "unknown_fields", "raw"}
)
