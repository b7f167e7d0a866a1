"""The entries of a ledger: one for each purchase or release."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Self

import attrs

from .prices import Price, is_amount


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
    UNREADABLE = "unreadable"
    """The store has something else at the key, or an entry that is broken. `detail` says what is wrong."""


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
    order: str = ""
    """A digest of the request, for a single call: a later call with the same request may adopt the outcome."""
    orphaned: bool = False
    """Whether the number was rented, and its caller was gone by then, so that nobody has taken it."""
    version: str = ""
    """Random bits that change with each write. A live owner renews them regularly."""
    unknown_fields: Mapping[str, Any] = attrs.field(factory=dict[str, Any], repr=False, eq=False)
    """Fields that another version of this package wrote. They are kept as they are."""
    raw: bytes = attrs.field(default=b"", repr=False, eq=False)
    """The exact bytes in the store, as they were read or written."""

    @property
    def is_settled(self) -> bool:
        return self.state in {EntryState.RENTED, EntryState.RELEASED, EntryState.REFUSED}

    @property
    def may_have_been_charged(self) -> bool:
        """Whether it is a rent, and not certainly refused."""
        return self.operation != "ReleaseNumber" and self.state is not EntryState.REFUSED

    @property
    def is_slot(self) -> bool:
        """Whether it is a slot of a batch. A slot is released if nothing was bought."""
        return self.key.split("/")[3:4] == ["batch"]

    @property
    def slot(self) -> int:
        """The index of the slot in its batch, from 0; -1 if the key has none."""
        index = self.key.rpartition("/")[2]
        return int(index) if index.isdecimal() else -1

    @property
    def batch(self) -> str:
        """The name of the batch of a slot; empty for a single call."""
        return self.key.split("/")[-2] if self.is_slot else ""

    def written(self, **changes: Any) -> Self:
        """A copy with `changes`, a new version, and the bytes to write to the store in `raw`."""
        entry = attrs.evolve(self, version=secrets.token_hex(8), **changes)
        fields = dict(entry.unknown_fields)
        for name in _FIELDS:
            fields[name] = getattr(entry, name)
        if entry.price is not None:
            fields["price"] = [str(entry.price.amount), entry.price.currency_code, str(entry.price.setup)]
        return attrs.evolve(entry, raw=json.dumps(fields).encode())

    @classmethod
    def read(cls, key: str, raw: bytes) -> Self:
        """The entry that the store has at `key`. Its state is UNREADABLE if `raw` is not an entry."""
        try:
            fields: dict[str, Any] = json.loads(raw)
            unknown = {name: fields.pop(name) for name in [*fields] if name not in _FIELDS}
            fields["price"] = _price(fields["price"])
            fields["state"] = EntryState(fields["state"])
            entry = cls(key=key, raw=raw, unknown_fields=unknown, **fields)
            entry._check()
            return entry
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
            return cls(
                key=key,
                operation="",
                phone_number=None,
                state=EntryState.UNREADABLE,
                began_at=0.0,
                detail=f"not a ledger entry: {type(error).__name__}: {error}",
                raw=raw,
            )

    def _check(self) -> None:
        """Raises TypeError or ValueError if a field that decides something has a value that it cannot have."""
        for name in ("operation", "owner", "version", "order"):
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"{name} is not text")
        if not isinstance(self.phone_number, str | None):
            raise TypeError("phone_number is not text")
        for name in ("began_at", "settled_at", "unconfirmed_since"):
            value = getattr(self, name)
            if not isinstance(value, int | float | None) or isinstance(value, bool):
                raise TypeError(f"{name} is not a time")


def _price(fields: list[Any] | None) -> Price | None:
    if fields is None:
        return None
    amount, currency, *more = fields
    return Price(_amount(amount), str(currency), setup=_amount(more[0]) if more else Decimal(0))


def _amount(text: Any) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    if not is_amount(amount):
        raise ValueError(f"{text!r} is not an amount of money")
    return amount


_FIELDS = tuple(
    field.name for field in attrs.fields(Entry) if field.name not in {"key", "unknown_fields", "raw"}
)
