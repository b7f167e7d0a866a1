from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .scheduled_voice_provisioning import (
    ScheduledVoiceProvisioning,
    decode_scheduled_voice_provisioning,
)
from .voice_application_type import VoiceApplicationType

_KNOWN = frozenset(
    {
        "type",
        "lastUpdatedTime",
        "scheduledVoiceProvisioning",
        "serviceId",
    }
)
_VoiceApplicationType = _enums.members(VoiceApplicationType)


@attrs.frozen(kw_only=True, repr=False, order=False)
class VoiceConfigurationFAX(_model.Model):
    """A number that belongs to a fax service."""

    _not_sent = frozenset(
        {
            "appId",
            "lastUpdatedTime",
            "scheduledVoiceProvisioning",
            "trunkId",
        }
    )

    type: VoiceApplicationType | None = VoiceApplicationType("FAX")
    """The voice application type. Examples are RTC, EST, FAX"""

    last_updated_time: datetime.datetime | None = None
    """Timestamp when the status was last updated."""

    scheduled_voice_provisioning: ScheduledVoiceProvisioning | None = None
    """The scheduled voice provisioning job that is ongoing or has failed. Null once the number was provisioned for
    voice."""

    service_id: str | None = None
    """The service ID if the type is FAX. The `serviceId` can be found in your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/fax/services)."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("type", "type", _enums.kind_of(VoiceApplicationType), required=True, constant="FAX"),
            _kinds.Field("last_updated_time", "lastUpdatedTime", _kinds.TIME, read_only=True),
            _kinds.Field(
                "scheduled_voice_provisioning",
                "scheduledVoiceProvisioning",
                _kinds.model(decode_scheduled_voice_provisioning, ScheduledVoiceProvisioning),
                read_only=True,
            ),
            _kinds.Field("service_id", "serviceId", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not VoiceConfigurationFAX:
                raise _model.Misfit
            type = _get("type")
            if type is not None:
                type = _VoiceApplicationType[type]
            last_updated_time = _get("lastUpdatedTime")
            if last_updated_time is not None:
                _raw = last_updated_time
                last_updated_time = _model.time(_raw)
                if last_updated_time.tzinfo is None:
                    last_updated_time = last_updated_time.replace(tzinfo=_model.UTC)
                _wire += (("lastUpdatedTime", _raw, last_updated_time),)
            scheduled_voice_provisioning = _get("scheduledVoiceProvisioning")
            if (
                scheduled_voice_provisioning is not None
                and scheduled_voice_provisioning.__class__ is not dict
            ):
                raise _model.Misfit
            service_id = _get("serviceId")
            if service_id is not None and service_id.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if scheduled_voice_provisioning is not None:
            scheduled_voice_provisioning = decode_scheduled_voice_provisioning(
                scheduled_voice_provisioning, on_drift
            )
        _self: Any = _Draft()
        _self.type = type
        _self.last_updated_time = last_updated_time
        _self.scheduled_voice_provisioning = scheduled_voice_provisioning
        _self.service_id = service_id
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(VoiceConfigurationFAX)
