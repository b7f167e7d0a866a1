from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .capability import Capability
from .money import Money
from .number_type import NumberType

_KNOWN = frozenset(
    {
        "phoneNumber",
        "regionCode",
        "type",
        "capability",
        "setupPrice",
        "monthlyPrice",
        "paymentIntervalMonths",
        "supportingDocumentationRequired",
    }
)
_Capability = _enums.members(Capability)
_NumberType = _enums.members(NumberType)


def _to_capability(value: Iterable[Capability]) -> tuple[Capability, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class AvailableNumber(_model.Model):
    """The phone numbers that are available to be rented in
    [dashboard.sinch.com](https://dashboard.sinch.com/numbers/buy-numbers) or via the public numbers API."""

    _not_sent = frozenset(
        {
            "paymentIntervalMonths",
            "phoneNumber",
            "regionCode",
            "supportingDocumentationRequired",
        }
    )

    phone_number: str
    """The phone number in E.164 format with leading `+`. Example `+12025550134`.
    Empty where an answer lacks it."""

    region_code: str | None = None
    """ISO 3166-1 alpha-2 country code of the phone number. Example: US, UK or SE."""

    type: NumberType | None = None
    """The number type."""

    capability: tuple[Capability, ...] = attrs.field(default=(), converter=_to_capability)
    """The capability of the number."""

    setup_price: Money | None = None
    """An object giving details on currency code and the amount charged."""

    monthly_price: Money | None = None
    """An object giving details on currency code and the amount charged."""

    payment_interval_months: int | None = None
    """How often the recurring price is charged in months."""

    supporting_documentation_required: bool | None = None
    """Whether or not supplementary documentation will be required to complete the number rental."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("phone_number", "phoneNumber", _kinds.STR, required=True, text=True, read_only=True),
            _kinds.Field("region_code", "regionCode", _kinds.STR, read_only=True),
            _kinds.Field("type", "type", _enums.kind_of(NumberType)),
            _kinds.Field("capability", "capability", _enums.kind_of(Capability), many=True),
            _kinds.Field("setup_price", "setupPrice", _kinds.model(Money.from_dict, Money)),
            _kinds.Field("monthly_price", "monthlyPrice", _kinds.model(Money.from_dict, Money)),
            _kinds.Field("payment_interval_months", "paymentIntervalMonths", _kinds.INT, read_only=True),
            _kinds.Field(
                "supporting_documentation_required",
                "supportingDocumentationRequired",
                _kinds.BOOL,
                read_only=True,
            ),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not AvailableNumber:
                raise _model.Misfit
            phone_number = _get("phoneNumber")
            if phone_number.__class__ is not str:
                raise _model.Misfit
            region_code = _get("regionCode")
            if region_code is not None and region_code.__class__ is not str:
                raise _model.Misfit
            type = _get("type")
            if type is not None:
                type = _NumberType[type]
            capability = _get("capability")
            if capability.__class__ is list and capability:
                capability = tuple([_Capability[item] for item in capability])
            elif capability is None:
                capability = ()
            else:
                capability, _wire = _model.no_items(capability, "capability", _wire)
            setup_price = _get("setupPrice")
            if setup_price is not None and setup_price.__class__ is not dict:
                raise _model.Misfit
            monthly_price = _get("monthlyPrice")
            if monthly_price is not None and monthly_price.__class__ is not dict:
                raise _model.Misfit
            payment_interval_months = _get("paymentIntervalMonths")
            if payment_interval_months is not None and payment_interval_months.__class__ is not int:
                raise _model.Misfit
            supporting_documentation_required = _get("supportingDocumentationRequired")
            if (
                supporting_documentation_required is not None
                and supporting_documentation_required.__class__ is not bool
            ):
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if setup_price is not None:
            setup_price = Money.from_dict(setup_price, on_drift)
        if monthly_price is not None:
            monthly_price = Money.from_dict(monthly_price, on_drift)
        _self: Any = _Draft()
        _self.phone_number = phone_number
        _self.region_code = region_code
        _self.type = type
        _self.capability = capability
        _self.setup_price = setup_price
        _self.monthly_price = monthly_price
        _self.payment_interval_months = payment_interval_months
        _self.supporting_documentation_required = supporting_documentation_required
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(AvailableNumber)
