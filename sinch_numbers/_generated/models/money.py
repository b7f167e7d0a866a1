from __future__ import annotations

import decimal
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class Money:
    """An object giving details on currency code and the amount charged."""

    currency_code: str | None = None
    """The 3-letter currency code defined in ISO 4217."""

    amount: decimal.Decimal | None = None
    """The amount in decimal form.
    For example `2.00`.
    There are no guarantees on the precision unless documented by the message origin. The amount cannot be updated
    and is read-only."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        currency_code = _pop("currencyCode", None)
        if currency_code is None:
            currency_code = _wire.alias(_rest, "currency")
        if currency_code is not None and not isinstance(currency_code, str):
            currency_code = _wire.value(
                _rest, "Money", "currencyCode", currency_code, _values.to_str, on_drift
            )
        amount = _pop("amount", None)
        if amount is not None:
            amount = _wire.value(_rest, "Money", "amount", amount, _values.to_decimal, on_drift)
        return cls(
            currency_code=currency_code,
            amount=amount,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.currency_code is not None and self.currency_code.__class__ is not _values.Renamed:
            _result["currencyCode"] = self.currency_code
        if self.amount is not None:
            _result["amount"] = _values.from_decimal(self.amount)
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
