from __future__ import annotations

import decimal
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import amounts as _amounts
from .. import kinds as _kinds
from .. import model as _model
from .. import values as _values
from ..types import OnDrift

_KNOWN = frozenset(
    {
        "currencyCode",
        "amount",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class Money(_model.Model, _amounts.Amount):
    """An object giving details on currency code and the amount charged."""

    currency_code: str | None = None
    """The 3-letter currency code defined in ISO 4217."""

    amount: decimal.Decimal | None = None
    """The amount in decimal form.
    For example `2.00`.
    There are no guarantees on the precision unless documented by the message origin. The amount cannot be updated
    and is read-only."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("currency_code", "currencyCode", _kinds.STR, aliases=("currency",)),
            _kinds.Field("amount", "amount", _kinds.DECIMAL),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not Money:
                raise _model.Misfit
            currency_code = _get("currencyCode")
            if currency_code.__class__ is not str:
                raise _model.Misfit
            amount = _get("amount")
            if amount is not None:
                amount = _values.amount(amount)
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.currency_code = currency_code
        _self.amount = amount
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(Money)
