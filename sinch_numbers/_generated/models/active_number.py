from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .active_sms_configuration import ActiveSmsConfiguration
from .capability import Capability
from .money import Money
from .number_type import NumberType
from .voice_configuration import VoiceConfiguration, decode_voice_configuration

_KNOWN = frozenset(
    {
        "phoneNumber",
        "projectId",
        "displayName",
        "regionCode",
        "type",
        "capability",
        "money",
        "paymentIntervalMonths",
        "nextChargeDate",
        "expireAt",
        "voiceConfiguration",
        "callbackUrl",
        "smsConfiguration",
    }
)
_Capability = _enums.members(Capability)
_NumberType = _enums.members(NumberType)


def _to_capability(value: Iterable[Capability]) -> tuple[Capability, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ActiveNumber(_model.Model):
    """The phone number that has been bought by a customer and assigned to a project."""

    _not_sent = frozenset(
        {
            "expireAt",
            "nextChargeDate",
            "paymentIntervalMonths",
            "regionCode",
        }
    )

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

    capability: tuple[Capability, ...] = attrs.field(default=(), converter=_to_capability)
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

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("phone_number", "phoneNumber", _kinds.STR, required=True, text=True),
            _kinds.Field("project_id", "projectId", _kinds.STR),
            _kinds.Field("display_name", "displayName", _kinds.STR),
            _kinds.Field("region_code", "regionCode", _kinds.STR, read_only=True),
            _kinds.Field("type", "type", _enums.kind_of(NumberType)),
            _kinds.Field("capability", "capability", _enums.kind_of(Capability), many=True),
            _kinds.Field("money", "money", _kinds.model(Money.from_dict, Money)),
            _kinds.Field("payment_interval_months", "paymentIntervalMonths", _kinds.INT, read_only=True),
            _kinds.Field("next_charge_date", "nextChargeDate", _kinds.TIME, read_only=True),
            _kinds.Field("expire_at", "expireAt", _kinds.TIME, read_only=True),
            _kinds.Field(
                "voice_configuration",
                "voiceConfiguration",
                _kinds.model(decode_voice_configuration, VoiceConfiguration),
            ),
            _kinds.Field("callback_url", "callbackUrl", _kinds.STR),
            _kinds.Field(
                "sms_configuration",
                "smsConfiguration",
                _kinds.model(ActiveSmsConfiguration.from_dict, ActiveSmsConfiguration),
            ),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ActiveNumber:
                raise _model.Misfit
            phone_number = _get("phoneNumber")
            if phone_number.__class__ is not str:
                raise _model.Misfit
            project_id = _get("projectId")
            if project_id is not None and project_id.__class__ is not str:
                raise _model.Misfit
            display_name = _get("displayName")
            if display_name is not None and display_name.__class__ is not str:
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
            money = _get("money")
            if money is not None and money.__class__ is not dict:
                raise _model.Misfit
            payment_interval_months = _get("paymentIntervalMonths")
            if payment_interval_months is not None and payment_interval_months.__class__ is not int:
                raise _model.Misfit
            next_charge_date = _get("nextChargeDate")
            if next_charge_date is not None:
                _raw = next_charge_date
                next_charge_date = _model.time(_raw)
                if next_charge_date.tzinfo is None:
                    next_charge_date = next_charge_date.replace(tzinfo=_model.UTC)
                _wire += (("nextChargeDate", _raw, next_charge_date),)
            expire_at = _get("expireAt")
            if expire_at is not None:
                _raw = expire_at
                expire_at = _model.time(_raw)
                if expire_at.tzinfo is None:
                    expire_at = expire_at.replace(tzinfo=_model.UTC)
                _wire += (("expireAt", _raw, expire_at),)
            voice_configuration = _get("voiceConfiguration")
            if voice_configuration is not None and voice_configuration.__class__ is not dict:
                raise _model.Misfit
            callback_url = _get("callbackUrl")
            if callback_url is not None and callback_url.__class__ is not str:
                raise _model.Misfit
            sms_configuration = _get("smsConfiguration")
            if sms_configuration is not None and sms_configuration.__class__ is not dict:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if money is not None:
            money = Money.from_dict(money, on_drift)
        if voice_configuration is not None:
            voice_configuration = decode_voice_configuration(voice_configuration, on_drift)
        if sms_configuration is not None:
            sms_configuration = ActiveSmsConfiguration.from_dict(sms_configuration, on_drift)
        _self: Any = _Draft()
        _self.phone_number = phone_number
        _self.project_id = project_id
        _self.display_name = display_name
        _self.region_code = region_code
        _self.type = type
        _self.capability = capability
        _self.money = money
        _self.payment_interval_months = payment_interval_months
        _self.next_charge_date = next_charge_date
        _self.expire_at = expire_at
        _self.voice_configuration = voice_configuration
        _self.callback_url = callback_url
        _self.sms_configuration = sms_configuration
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ActiveNumber)
