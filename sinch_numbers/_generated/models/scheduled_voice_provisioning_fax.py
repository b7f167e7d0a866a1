from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .provisioning_status import ProvisioningStatus
from .voice_application_type import VoiceApplicationType

_KNOWN = frozenset(
    {
        "type",
        "lastUpdatedTime",
        "status",
        "serviceId",
    }
)
_ProvisioningStatus = _enums.members(ProvisioningStatus)
_VoiceApplicationType = _enums.members(VoiceApplicationType)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ScheduledVoiceProvisioningFAX(_model.Model):
    """The link to a fax service that is being made, or that failed."""

    _not_sent = frozenset(
        {
            "appId",
            "lastUpdatedTime",
            "trunkId",
        }
    )

    type: VoiceApplicationType | None = VoiceApplicationType("FAX")
    """The voice application type. Examples are RTC, EST, FAX"""

    last_updated_time: datetime.datetime | None = None
    """Timestamp when the status was last updated."""

    status: ProvisioningStatus | None = None
    """The provisioning status. It will be either `WAITING`, `IN_PROGRESS` or `FAILED`. If the provisioning fails, a
    reason for the failure will be provided. See a full list of provisioning error descriptions and troubleshooting
    recommendations."""

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
            _kinds.Field("status", "status", _enums.kind_of(ProvisioningStatus)),
            _kinds.Field("service_id", "serviceId", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ScheduledVoiceProvisioningFAX:
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
            status = _get("status")
            if status is not None:
                status = _ProvisioningStatus[status]
            service_id = _get("serviceId")
            if service_id is not None and service_id.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.type = type
        _self.last_updated_time = last_updated_time
        _self.status = status
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


_Draft = _model.draft(ScheduledVoiceProvisioningFAX)
