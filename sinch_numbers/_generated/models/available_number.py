from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .capability import Capability
from .money import Money
from .number_type import NumberType

_NOT_SENT = frozenset(
    {
        "paymentIntervalMonths",
        "phoneNumber",
        "regionCode",
        "supportingDocumentationRequired",
    }
)


@attrs.frozen(kw_only=True)
class AvailableNumber:
    """The phone numbers that are available to be rented in
    [dashboard.sinch.com](https://dashboard.sinch.com/numbers/buy-numbers) or via the public numbers API."""

    phone_number: str
    """The phone number in E.164 format with leading `+`. Example `+12025550134`.
    Empty where an answer lacks it."""

    region_code: str | None = None
    """ISO 3166-1 alpha-2 country code of the phone number. Example: US, UK or SE."""

    type: NumberType | None = None
    """The number type."""

    capability: list[Capability] = attrs.field(factory=lambda: _values.Unsent[Capability]())
    """The capability of the number."""

    setup_price: Money | None = None
    """An object giving details on currency code and the amount charged."""

    monthly_price: Money | None = None
    """An object giving details on currency code and the amount charged."""

    payment_interval_months: int | None = None
    """How often the recurring price is charged in months."""

    supporting_documentation_required: bool | None = None
    """Whether or not supplementary documentation will be required to complete the number rental."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        phone_number = _pop("phoneNumber", None)
        if phone_number.__class__ is not str:
            phone_number = _wire.text(_rest, "AvailableNumber", "phoneNumber", phone_number, on_drift)
        region_code = _pop("regionCode", None)
        if region_code is not None and region_code.__class__ is not str:
            region_code = _wire.value(
                _rest, "AvailableNumber", "regionCode", region_code, _values.to_str, on_drift
            )
        type = _pop("type", None)
        if type is not None:
            type = _wire.enum(_rest, "AvailableNumber", "type", type, NumberType, on_drift)
        _raw = _pop("capability", None)
        capability: list[Capability] = (
            _values.Unsent()
            if _raw is None
            else _wire.enums(_rest, "AvailableNumber", "capability", _raw, Capability, on_drift)
        )
        setup_price = _pop("setupPrice", None)
        if setup_price is not None:
            setup_price = _wire.model(
                _rest, "AvailableNumber", "setupPrice", setup_price, Money.from_dict, on_drift
            )
        monthly_price = _pop("monthlyPrice", None)
        if monthly_price is not None:
            monthly_price = _wire.model(
                _rest, "AvailableNumber", "monthlyPrice", monthly_price, Money.from_dict, on_drift
            )
        payment_interval_months = _pop("paymentIntervalMonths", None)
        if payment_interval_months is not None and payment_interval_months.__class__ is not int:
            payment_interval_months = _wire.value(
                _rest,
                "AvailableNumber",
                "paymentIntervalMonths",
                payment_interval_months,
                _values.to_int,
                on_drift,
            )
        supporting_documentation_required = _pop("supportingDocumentationRequired", None)
        if (
            supporting_documentation_required is not None
            and supporting_documentation_required.__class__ is not bool
        ):
            supporting_documentation_required = _wire.value(
                _rest,
                "AvailableNumber",
                "supportingDocumentationRequired",
                supporting_documentation_required,
                _values.to_bool,
                on_drift,
            )
        return cls(
            phone_number=phone_number,
            region_code=region_code,
            type=type,
            capability=capability,
            setup_price=setup_price,
            monthly_price=monthly_price,
            payment_interval_months=payment_interval_months,
            supporting_documentation_required=supporting_documentation_required,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.phone_number.__class__ is not _values.Missing:
            _result["phoneNumber"] = self.phone_number
        if self.region_code is not None:
            _result["regionCode"] = self.region_code
        if self.type is not None:
            _result["type"] = str(self.type)
        if self.capability.__class__ is not _values.Unsent:
            _result["capability"] = [str(item) for item in self.capability]
        if self.setup_price is not None:
            _result["setupPrice"] = self.setup_price.to_dict()
        if self.monthly_price is not None:
            _result["monthlyPrice"] = self.monthly_price.to_dict()
        if self.payment_interval_months is not None:
            _result["paymentIntervalMonths"] = self.payment_interval_months
        if self.supporting_documentation_required is not None:
            _result["supportingDocumentationRequired"] = self.supporting_documentation_required
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.type is not None:
            _result["type"] = str(self.type)
        if self.capability.__class__ is not _values.Unsent:
            _result["capability"] = [str(item) for item in self.capability]
        if self.setup_price is not None:
            _result["setupPrice"] = self.setup_price.to_request()
        if self.monthly_price is not None:
            _result["monthlyPrice"] = self.monthly_price.to_request()
        for _key, _value in self.additional_properties.items():
            if _key not in _NOT_SENT:
                _result.setdefault(_key, _value)
        return _result
