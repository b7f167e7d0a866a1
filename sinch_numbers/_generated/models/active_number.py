from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .active_sms_configuration import ActiveSmsConfiguration
from .capability import Capability
from .money import Money
from .number_type import NumberType
from .voice_configuration import VoiceConfiguration, decode_voice_configuration

_NOT_SENT = frozenset(
    {
        "expireAt",
        "nextChargeDate",
        "paymentIntervalMonths",
        "regionCode",
    }
)


@attrs.frozen(kw_only=True)
class ActiveNumber:
    """The phone number that has been bought by a customer and assigned to a project."""

    phone_number: str
    """The phone number in E.164 format with leading `+`. Example: `+12025550134`.
    Empty where an answer lacks it."""

    project_id: str | None = None
    """Project ID. Your project ID can be found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management)."""

    display_name: str | None = None
    """User supplied name for the phone number."""

    region_code: str | None = None
    """ISO 3166-1 alpha-2 country code of the phone number. Example US, UK or SE."""

    type: NumberType | None = None
    """The number type."""

    capability: list[Capability] = attrs.field(factory=lambda: _values.Unsent[Capability]())
    """The capability of the number."""

    money: Money | None = None
    """An object giving details on currency code and the amount charged."""

    payment_interval_months: int | None = None
    """How often the recurring price is charged in months."""

    next_charge_date: datetime.datetime | None = None
    """The date of the next charge."""

    expire_at: datetime.datetime | None = None
    """The timestamp when the subscription will expire if an expiration date has been set."""

    voice_configuration: VoiceConfiguration | None = None
    """The voice configuration of a number. In an answer: the current one. During scheduled provisioning, the app ID,
    service ID, or trunk ID value may be empty in a response if it is still processing or if it has failed. The
    status of scheduled provisioning will show under a `scheduledVoiceProvisioning` object if it's still running.
    Once processed successfully, the `appId`/`serviceId`/`trunkId` sent will appear directly under the
    `voiceConfiguration` object."""

    callback_url: str | None = None
    """The callback URL to be called for a rented number's provisioning / deprovisioning operations."""

    sms_configuration: ActiveSmsConfiguration | None = None
    """The current SMS configuration of a number. The status of scheduled provisioning shows under a
    `scheduledProvisioning` object while it runs or when it failed. Once it has succeeded, the `servicePlanId` that
    was sent appears directly under this object."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        phone_number = _pop("phoneNumber", None)
        if phone_number.__class__ is not str:
            phone_number = _wire.text(_rest, "ActiveNumber", "phoneNumber", phone_number, on_drift)
        project_id = _pop("projectId", None)
        if project_id is not None and project_id.__class__ is not str:
            project_id = _wire.value(_rest, "ActiveNumber", "projectId", project_id, _values.to_str, on_drift)
        display_name = _pop("displayName", None)
        if display_name is not None and display_name.__class__ is not str:
            display_name = _wire.value(
                _rest, "ActiveNumber", "displayName", display_name, _values.to_str, on_drift
            )
        region_code = _pop("regionCode", None)
        if region_code is not None and region_code.__class__ is not str:
            region_code = _wire.value(
                _rest, "ActiveNumber", "regionCode", region_code, _values.to_str, on_drift
            )
        type = _pop("type", None)
        if type is not None:
            type = _wire.enum(_rest, "ActiveNumber", "type", type, NumberType, on_drift)
        _raw = _pop("capability", None)
        capability: list[Capability] = (
            _values.Unsent()
            if _raw is None
            else _wire.enums(_rest, "ActiveNumber", "capability", _raw, Capability, on_drift)
        )
        money = _pop("money", None)
        if money is not None:
            money = _wire.model(_rest, "ActiveNumber", "money", money, Money.from_dict, on_drift)
        payment_interval_months = _pop("paymentIntervalMonths", None)
        if payment_interval_months is not None and payment_interval_months.__class__ is not int:
            payment_interval_months = _wire.value(
                _rest,
                "ActiveNumber",
                "paymentIntervalMonths",
                payment_interval_months,
                _values.to_int,
                on_drift,
            )
        next_charge_date = _pop("nextChargeDate", None)
        if next_charge_date is not None:
            next_charge_date = _wire.value(
                _rest, "ActiveNumber", "nextChargeDate", next_charge_date, _values.to_timestamp, on_drift
            )
        expire_at = _pop("expireAt", None)
        if expire_at is not None:
            expire_at = _wire.value(
                _rest, "ActiveNumber", "expireAt", expire_at, _values.to_timestamp, on_drift
            )
        voice_configuration = _pop("voiceConfiguration", None)
        if voice_configuration is not None:
            voice_configuration = _wire.model(
                _rest,
                "ActiveNumber",
                "voiceConfiguration",
                voice_configuration,
                decode_voice_configuration,
                on_drift,
            )
        callback_url = _pop("callbackUrl", None)
        if callback_url is not None and callback_url.__class__ is not str:
            callback_url = _wire.value(
                _rest, "ActiveNumber", "callbackUrl", callback_url, _values.to_str, on_drift
            )
        sms_configuration = _pop("smsConfiguration", None)
        if sms_configuration is not None:
            sms_configuration = _wire.model(
                _rest,
                "ActiveNumber",
                "smsConfiguration",
                sms_configuration,
                ActiveSmsConfiguration.from_dict,
                on_drift,
            )
        return cls(
            phone_number=phone_number,
            project_id=project_id,
            display_name=display_name,
            region_code=region_code,
            type=type,
            capability=capability,
            money=money,
            payment_interval_months=payment_interval_months,
            next_charge_date=next_charge_date,
            expire_at=expire_at,
            voice_configuration=voice_configuration,
            callback_url=callback_url,
            sms_configuration=sms_configuration,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.phone_number.__class__ is not _values.Missing:
            _result["phoneNumber"] = self.phone_number
        if self.project_id is not None:
            _result["projectId"] = self.project_id
        if self.display_name is not None:
            _result["displayName"] = self.display_name
        if self.region_code is not None:
            _result["regionCode"] = self.region_code
        if self.type is not None:
            _result["type"] = str(self.type)
        if self.capability.__class__ is not _values.Unsent:
            _result["capability"] = [str(item) for item in self.capability]
        if self.money is not None:
            _result["money"] = self.money.to_dict()
        if self.payment_interval_months is not None:
            _result["paymentIntervalMonths"] = self.payment_interval_months
        if self.next_charge_date is not None:
            _result["nextChargeDate"] = _values.from_timestamp(self.next_charge_date)
        if self.expire_at is not None:
            _result["expireAt"] = _values.from_timestamp(self.expire_at)
        if self.voice_configuration is not None:
            _result["voiceConfiguration"] = self.voice_configuration.to_dict()
        if self.callback_url is not None:
            _result["callbackUrl"] = self.callback_url
        if self.sms_configuration is not None:
            _result["smsConfiguration"] = self.sms_configuration.to_dict()
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.phone_number.__class__ is not _values.Missing:
            _result["phoneNumber"] = self.phone_number
        if self.project_id is not None:
            _result["projectId"] = self.project_id
        if self.display_name is not None:
            _result["displayName"] = self.display_name
        if self.type is not None:
            _result["type"] = str(self.type)
        if self.capability.__class__ is not _values.Unsent:
            _result["capability"] = [str(item) for item in self.capability]
        if self.money is not None:
            _result["money"] = self.money.to_request()
        if self.voice_configuration is not None:
            _result["voiceConfiguration"] = self.voice_configuration.to_request()
        if self.callback_url is not None:
            _result["callbackUrl"] = self.callback_url
        if self.sms_configuration is not None:
            _result["smsConfiguration"] = self.sms_configuration.to_request()
        for _key, _value in self.additional_properties.items():
            if _key not in _NOT_SENT:
                _result.setdefault(_key, _value)
        return _result
