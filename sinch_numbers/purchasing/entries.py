"""The entries of a ledger: one for each purchase or release."""

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
    """What is known about a purchase or release."""

    INTENT = "intent"
    """A process is working on it, or was when it died. Its request may have been sent."""
    RENTED = "rented"
    RELEASED = "released"
    REFUSED = "refused"
    """Certainly not performed."""
    UNKNOWN = "unknown"
    """It may or may not have been performed. `resume_purchases()` asks the API again."""


@attrs.frozen(kw_only=True)
class Entry:
    """One purchase or release. Times are in seconds since the epoch. `began_at` and `settled_at` are only for people."""

    key: str
    operation: str
    phone_number: str | None
    state: EntryState
    price: Price | None = None
    began_at: float
    settled_at: float | None = None
    owner: str = ""
    """Who works on it, or did last: host, process id and a random part, which makes each owner unique."""
    detail: str = ""
    """Why it was refused or is unknown, or how it was settled."""
    unconfirmed_since: float | None = None
    """Since when the API has reported the number absent, by the API's own clock. The request may still be under way."""
    version: str = ""
    """Random bits that change with each write. A live owner renews them regularly."""
    unknown_fields: Mapping[str, Any] = attrs.field(factory=dict[str, Any], repr=False, eq=False)
    """Fields that another version of this package wrote. They are kept as they are."""
    raw: bytes = attrs.field(default=b"", repr=False, eq=False)
    """The exact bytes in the store, as they were read or written."""

    @property
    def is_settled(self) -> bool:
        return self.state not in {EntryState.INTENT, EntryState.UNKNOWN}

    @property
    def may_have_been_charged(self) -> bool:
        """Whether it is a rent, and not certainly refused."""
        return self.operation != "ReleaseNumber" and self.state is not EntryState.REFUSED

    @property
    def is_slot(self) -> bool:
        """Whether it is a slot of a batch. A slot is released if nothing was bought."""
        return "/batch/" in self.key

    @property
    def slot(self) -> int:
        """The index of the slot in its batch, from 0."""
        return int(self.key.rpartition("/")[2])

    def written(self, **changes: Any) -> Self:
        """A copy with `changes`, a new version, and the bytes to write to the store in `raw`."""
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
        """The entry that the store has at `key`. Raises ConfigurationError if `raw` is not an entry."""
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
